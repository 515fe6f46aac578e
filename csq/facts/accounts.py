"""Who the accounts are and what each is worth: attribute rows and subscriptions to one row per account.

Attributes come from files with one row per account, value and seats else from the subscriptions
active at as_of. Contract value stays exact money; unknown is null, never zero.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Location, Setting
from csq.facts.customers import AHEAD, COUNTS, GONE, find_customers
from csq.facts.own import AGREED, AT, TOLD, apart, beside, together
from csq.facts.standing import StatusKind, offered
from csq.fate import ROW, is_used, mark
from csq.report import Note
from csq.schema import ACCOUNT, collect, complete
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, NoteKind

_RATE = pl.Decimal(38, 9)


class Population(NamedTuple):
    """The accounts of a run.

    frame: one row per account sorted by account_id, columns `schema.ACCOUNT`, then `features_entitled` and
    custom columns. fates: the rows of the accounts files with what became of them, columns `fate.ROW` and others.
    """

    frame: pl.DataFrame
    fates: pl.DataFrame
    notes: tuple[Note, ...]
    currency: str | None


def keys_as_accounts(ids: pl.Series) -> Population:
    """The population when there is no accounts file: every key is an account, of which nothing else is known."""
    keys = ids.to_frame("account_id").lazy().drop_nulls().unique().sort("account_id")
    frame = complete(collect(keys.with_columns(features_entitled=pl.lit(None, dtype=pl.String()))), ACCOUNT)
    note = Note(kind=NoteKind.WARNING, text="no accounts file: every key in usage and csat is an account")
    return Population(frame=frame, fates=pl.DataFrame(schema=ROW), notes=(note,), currency=None)


def build_population(
    rows: RoleRows,
    custom: tuple[str, ...],
    as_of: date | None,
    *,
    used: pl.DataFrame,
    statuses: Mapping[str, StatusKind],
    base: str | None,
    rates: Mapping[str, Decimal],
) -> Population:
    """One row per current customer.

    Args:
        rows: Accounts rows; `is_subscription` tells the two kinds of rows apart.
        custom: Extra columns to carry along.
        as_of: Day the subscriptions are looked at; None takes those without an end, else those that end last.
        used: account_id and last day of use of those who used the product lately.
        statuses: What the words of a status say.
        base: Currency that contract values are put into.
        rates: Worth in `base` of one unit of each other currency.

    Raises:
        InputError: Several currencies and no rates, one subscription told in two ways, or no customer is left.
    """
    lean, own = apart(rows.frame, custom)
    found = find_customers(lean, as_of, used, statuses)
    frame, currency, notes = _one_currency(found.frame, base, rates)
    told = frame.filter(is_used())
    attributes, own_told, conflicts = _merge_attributes(told.filter(~pl.col("is_subscription")), own)
    lasting = told.filter("is_subscription", pl.col(COUNTS) | pl.col(AHEAD))
    agreed, own_agreed, differing = _agreed(lasting, own)
    subscriptions = _sum_subscriptions(lasting).join(agreed, on="account_id", how="left")
    everyone = _join(attributes, subscriptions, told, as_of)
    members = everyone.join(found.accounts, on="account_id", how="left").filter(pl.col(GONE).is_null())
    members = _with_renewals(members, told).sort("account_id")
    keep = [*(column.name for column in ACCOUNT), "features_entitled"]
    kept = {*custom}
    headers = {name: header for file in rows.files for header, name in file.columns if name in kept}
    notes += [
        *conflicts,
        *differing,
        *_told_twice(attributes, subscriptions),
        *found.notes,
        *offered(together(told, own), headers, statuses),
    ]
    return Population(
        frame=complete(members, ACCOUNT).select(keep).hstack(beside(members, own_told, own_agreed)),
        fates=_fates(frame, found.accounts.filter(pl.col(GONE).is_not_null())["account_id"]),
        notes=tuple(notes),
        currency=currency,
    )


def _one_currency(
    frame: pl.DataFrame, base: str | None, rates: Mapping[str, Decimal]
) -> tuple[pl.DataFrame, str | None, list[Note]]:
    """All contract values that count in one currency, which is named when it is known."""
    valued = frame.filter(pl.col("contract_value").is_not_null() & is_used() & pl.col(COUNTS))
    names = valued.select(pl.col("currency").str.to_uppercase())["currency"]
    found = sorted(names.drop_nulls().unique())
    if base is None:
        if len(found) > 1:
            raise _several_currencies(frame.filter(is_used() & pl.col(COUNTS)))
        return frame, (found[0] if found else None), []
    rate = {name.upper(): value for name, value in rates.items()} | {base.upper(): Decimal(1)}
    if unknown := sorted(set(found) - rate.keys()):
        raise InputError(
            f"no rate for {', '.join(unknown)} into {base}", hint="add it to `currency: rates:` in csq.yaml"
        )
    notes = [Note(kind=NoteKind.CHOICE, text=f"contract values in {base}, by the rates in csq.yaml")]
    if blank := names.null_count():
        values = "1 contract value names" if blank == 1 else f"{blank:,} contract values name"
        notes.append(Note(kind=NoteKind.WARNING, text=f"{values} no currency: taken as {base}"))
    # Decimal all the way: a Float64 does not hold every cent.
    factor = pl.col("currency").str.to_uppercase().replace_strict(rate, default=Decimal(1), return_dtype=_RATE)
    converted = (pl.col("contract_value") * factor).round(2).cast(pl.Decimal(38, 2))
    return frame.with_columns(contract_value=converted, currency=pl.lit(base)), base, notes


def _several_currencies(frame: pl.DataFrame) -> InputError:
    """The error for amounts that cannot be added up, at the first one that is not in the currency of those above it.

    Currencies of amounts that cannot be read are named as well: they need rates, too.
    """
    rows = frame.drop_nulls("currency").sort("file", "line")
    found = sorted(rows["currency"].str.to_uppercase().unique())
    other = rows.filter(pl.col("currency").str.to_uppercase() != rows["currency"][0].upper()).row(0, named=True)
    base, *others = found
    rates = ", ".join(f"{name}: RATE" for name in others)
    return InputError(
        f"contract values in several currencies: {', '.join(found)}",
        location=Location(label=other["file"], line=other["line"]),
        hint=f"give their worth in csq.yaml: `currency: {{base: {base}, rates: {{{rates}}}}}`, "
        f"a rate being what one of it is worth in {base}",
        asks=(
            Setting(("currency", "base"), base, "contract values are in several currencies", (*others,)),
            *(Setting(("currency", "rates", name), "", f"what one {name} is worth in the base") for name in found),
        ),
    )


def _attributes(rows: pl.DataFrame) -> list[str]:
    """The attributes that rows have as columns."""
    there = {*rows.columns}
    wanted = [*(column.name for column in ACCOUNT if column.name != "account_id"), "features_entitled"]
    return [name for name in dict.fromkeys(wanted) if name in there]


def _merge_attributes(attributes: pl.DataFrame, own: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, list[Note]]:
    """One row per account, with `TOLD`, from files with one row each; where two differ the first file's word stands.

    Also their own columns, and what is to be said.
    """
    names = _attributes(attributes)
    if not attributes["account_id"].is_duplicated().any():
        return attributes.select("account_id", *names, pl.col(AT).alias(TOLD)).sort("account_id"), own, []
    rows = together(attributes, own).sort("account_id", "file", "line")
    by_account = rows.group_by("account_id", maintain_order=True)
    told = [pl.col(name).drop_nulls() for name in (*names, *own.columns)]
    merged = by_account.agg(name.first() for name in told)
    differ = by_account.agg(name.n_unique() > 1 for name in told).drop("account_id").sum()
    notes = []
    for name, count in zip(differ.columns, differ.row(0), strict=True):
        if count:
            accounts = "1 account has" if count == 1 else f"{count:,} accounts have"
            text = f"{accounts} two values for `{name}` in different files: the first file's is used"
            notes.append(Note(kind=NoteKind.WARNING, text=text))
    return merged.select("account_id", *names).with_row_index(TOLD), merged[:, own.columns], notes


_SUMMED = (
    *("contract_value", "seats", "account_name", "owner", "segment", "currency"),
    *("status", "start_date", "renewal_date", "auto_renew", "notice_days", "opt_out_date"),
)
"""What subscriptions say of an account by rules of their own."""


def _agreed(lasting: pl.DataFrame, own: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, list[Note]]:
    """What else subscriptions say of an account, with `AGREED`, where all that say it say the same.

    Also their own columns, likewise, and what they do not agree on.
    """
    if lasting.is_empty():  # as where no file is of subscriptions: nobody says anything
        return lasting.select("account_id", pl.col(AT).alias(AGREED)), own.clear(), []
    names = [name for name in _attributes(lasting) if name not in _SUMMED]
    by_account = together(lasting, own).group_by("account_id", maintain_order=True)
    said = {name: pl.col(name).drop_nulls() for name in (*names, *own.columns)}
    agreed = by_account.agg(pl.when(each.n_unique() == 1).then(each.first()).alias(name) for name, each in said.items())
    differ = by_account.agg(each.n_unique() > 1 for each in said.values()).drop("account_id").sum()
    told = [f"`{name}` of {count:,}" for name, count in zip(differ.columns, differ.row(0) or (), strict=True) if count]
    text = f"told in different ways by the subscriptions of an account, and not taken there: {', '.join(told)}"
    notes = [Note(kind=NoteKind.CHOICE, text=text)] if told else []
    return agreed.select("account_id", *names).with_row_index(AGREED), agreed[:, own.columns], notes


def _sum_subscriptions(lasting: pl.DataFrame) -> pl.DataFrame:
    """Value and seats over the distinct active subscriptions of an account; null where none says anything."""
    active = lasting.filter(COUNTS)
    named = active.filter(pl.col("subscription_id").is_not_null()).unique(
        ["account_id", "subscription_id", "contract_value", "seats"], keep="first", maintain_order=True
    )
    twice = named.filter(pl.len().over("subscription_id") > 1)
    if twice.height:
        one, other = twice.sort("subscription_id", "file", "line").head(2).iter_rows(named=True)
        raise InputError(
            f"subscription `{one['subscription_id']}` is told in two ways, on line {one['line']:,} of `{one['file']}` "
            f"and line {other['line']:,} of `{other['file']}`",
            details=tuple(
                f"{name} differs: {one[name]} and {other[name]}"
                for name in ("account_id", "contract_value", "seats")
                if one[name] != other[name]
            ),
            location=Location(label=one["file"], line=one["line"]),
            hint="keep the row that holds now, or give the other an end date",
        )
    # Rows without an id cannot be told apart from one another, so each stands for itself.
    distinct = pl.concat([named, active.filter(pl.col("subscription_id").is_null())])
    summed = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in ("contract_value", "seats")
    ]
    first = [pl.col(name).drop_nulls().min() for name in ("account_name", "owner", "segment", "currency")]
    renewal = (pl.col("renewal_date").min(), _all_renew(), *_first_notice())
    described = lasting.group_by("account_id").agg(*first, *renewal)
    return described.join(distinct.group_by("account_id").agg(summed), on="account_id", how="left").sort("account_id")


def _all_renew() -> pl.Expr:
    """Whether every term that says so renews itself; null where none says."""
    return pl.when(pl.col("auto_renew").count() > 0).then(pl.col("auto_renew").all()).alias("auto_renew")


def _first_notice() -> tuple[pl.Expr, ...]:
    """The notice of the renewal that comes first, and of several the first day on which one can be given."""
    noticed = pl.coalesce("opt_out_date", pl.col("renewal_date") - pl.duration(days=pl.col("notice_days")))
    several = pl.when(pl.len() > 1).then(noticed.min()).otherwise(pl.col("opt_out_date").first())
    first = pl.col("renewal_date").fill_null(date.max).arg_min()
    return pl.col("notice_days").get(first), several.alias("opt_out_date")


def _join(
    attributes: pl.DataFrame, subscriptions: pl.DataFrame, told: pl.DataFrame, as_of: date | None
) -> pl.DataFrame:
    """Attributes, and where they are silent what the subscriptions say; seats of nought are no seats."""
    there = {*attributes.columns} - {"account_id"}
    both = [name for name in subscriptions.columns if name in there]
    start = pl.col("start_date")
    begun = start if as_of is None else start.filter(start <= pl.lit(as_of))
    since = told.group_by("account_id").agg(begun.min().alias("_since"))
    joined = attributes.join(subscriptions, on="account_id", how="full", coalesce=True, suffix=":sub")
    return (
        joined.with_columns(pl.coalesce(name, f"{name}:sub") for name in both)
        .join(since, on="account_id", how="left")
        .with_columns(start_date=pl.coalesce("start_date", "_since"), seats=pl.col("seats").replace(0, None))
    )


def _with_renewals(members: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The day a term ends is the renewal date where there is no other; a term that renewed itself says no next one."""
    ends = told.filter(COUNTS).group_by("account_id").agg(_term_end=pl.col("term_end").min())
    passed = pl.col("term_ended") & pl.col("auto_renew")
    end = pl.when(~passed.fill_null(value=False)).then("_term_end")
    joined = members.join(ends, on="account_id", how="left")
    return joined.with_columns(renewal_date=pl.coalesce("renewal_date", end)).drop("_term_end")


def _told_twice(attributes: pl.DataFrame, subscriptions: pl.DataFrame) -> list[Note]:
    """What both the attributes and the subscriptions tell, where the attributes' word stands."""
    notes = []
    for name, what in (("seats", "seats"), ("contract_value", "the contract value")):
        if attributes[name].count() and subscriptions[name].count():
            text = f"{what} from the file with one row per account, not the sum over subscriptions"
            notes.append(Note(kind=NoteKind.CHOICE, text=text))
    seated = attributes.filter(pl.col("seats") > 0)["account_id"]
    without = subscriptions.filter(pl.col("seats") == 0, ~pl.col("account_id").is_in(seated.implode()))
    if none := without.height:
        accounts = "1 account have" if none == 1 else f"{none:,} accounts have"
        text = f"the subscriptions of {accounts} no seats in all: the seats are unknown there"
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    return notes


def _fates(frame: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    inactive, of_nobody = pl.col("is_subscription") & ~pl.col(COUNTS), pl.col("account_id").is_in(gone.implode())
    return mark(frame, {Aside.INACTIVE: inactive, Aside.NOT_A_CUSTOMER: of_nobody})
