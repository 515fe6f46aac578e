"""Who the accounts are and what each is worth: attribute rows and subscriptions to one row per account.

Attributes come from files with one row per account, value and seats else from the subscriptions
active at as_of. Contract value stays exact money; unknown is null, never zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from csq.errors import InputError, Location
from csq.report import Note
from csq.schema import ACCOUNT, complete
from csq.sources.load import RoleRows
from csq.terms import Aside, NoteKind

NOT_CUSTOMERS = (
    "churned", "churn", "cancelled", "canceled", "prospect", "lead", "trial", "trialing", "former", "former customer",
    "ended", "expired", "lost",
)  # fmt: skip
"""Statuses, lower-cased, of organisations that are not paying customers now."""


@dataclass(frozen=True, kw_only=True)
class Population:
    """The accounts of a run.

    frame: one row per account, columns `schema.ACCOUNT`, then `features_entitled` and custom columns.
    fates: file, aside, rows of the accounts files.
    """

    frame: pl.DataFrame
    fates: pl.DataFrame
    notes: tuple[Note, ...]
    currency: str | None


def keys_as_accounts(ids: pl.Series) -> Population:
    """The population when there is no accounts file: every key is an account, of which nothing else is known."""
    frame = complete(pl.DataFrame({"account_id": ids.drop_nulls().unique().sort()}), ACCOUNT)
    note = Note(
        kind=NoteKind.WARNING,
        text="no accounts file: every key in usage and csat is an account, and nothing is weighted by contract value",
    )
    return Population(frame=frame, fates=_no_fates(), notes=(note,), currency=None)


def build_population(
    rows: RoleRows, custom: tuple[str, ...], as_of: date | None, *, base: str | None, rates: Mapping[str, Decimal]
) -> Population:
    """One row per current customer.

    Args:
        rows: Accounts rows; `is_subscription` tells the two kinds of rows apart.
        custom: Extra columns to carry along.
        as_of: Day the subscriptions are looked at; None takes those without an end.
        base: Currency that contract values are put into.
        rates: Worth in `base` of one unit of each other currency.

    Raises:
        InputError: Several currencies and no rates, or one subscription told in two ways.
    """
    frame, currency, notes = _one_currency(rows.frame, base, rates)
    frame = frame.with_columns(
        active=_active(as_of),
        future=(pl.col("start_date") > pl.lit(as_of, dtype=pl.Date())).fill_null(value=False),
        customer=~pl.col("status").str.to_lowercase().is_in(NOT_CUSTOMERS).fill_null(value=False),
    )
    open_rows = frame.filter(pl.col("aside").is_null())
    attributes = open_rows.filter(~pl.col("is_subscription"))
    subscriptions = open_rows.filter("is_subscription")
    merged, conflicts = _merge_attributes(attributes, custom)
    summed = _sum_subscriptions(subscriptions.filter(pl.col("active") & pl.col("customer")))
    joined = merged.join(summed, on="account_id", how="full", coalesce=True, suffix="_sub")
    columns = {
        name: pl.coalesce(name, f"{name}_sub")
        for name in summed.columns
        if name in merged.columns and name != "account_id"
    }
    since = open_rows.group_by("account_id").agg(since=pl.col("start_date").min())
    joined = joined.with_columns(**columns).join(since, on="account_id", how="left", maintain_order="left")
    joined = joined.with_columns(start_date=pl.coalesce("start_date", "since"))
    gone = _gone(open_rows)
    members = joined.filter(~pl.col("account_id").is_in(gone.implode())).sort("account_id")
    keep = [*(column.name for column in ACCOUNT), "features_entitled", *custom]
    frame_out = complete(members, ACCOUNT).select(
        name for name in keep if name in (*members.columns, *(c.name for c in ACCOUNT))
    )
    notes += _told_twice(merged, summed, conflicts) + _left_out(joined, gone)
    return Population(frame=frame_out, fates=_fates(frame, gone), notes=tuple(notes), currency=currency)


def _active(as_of: date | None) -> pl.Expr:
    if as_of is None:
        return pl.col("end_date").is_null()
    started = (pl.col("start_date") <= pl.lit(as_of)).fill_null(value=True)
    return started & (pl.col("end_date") > pl.lit(as_of)).fill_null(value=True)


def _one_currency(
    frame: pl.DataFrame, base: str | None, rates: Mapping[str, Decimal]
) -> tuple[pl.DataFrame, str | None, list[Note]]:
    """All contract values in one currency, which is named when it is known."""
    valued = frame.filter(pl.col("contract_value").is_not_null())
    names = valued.select(pl.col("currency").str.to_uppercase())["currency"]
    found = sorted(names.drop_nulls().unique())
    if base is None:
        if len(found) > 1:
            raise InputError(
                f"contract values in several currencies: {', '.join(found)}",
                hint="give their worth in csq.yaml: `currency: {base: EUR, rates: {USD: 0.92}}`",
            )
        return frame, (found[0] if found else None), []
    unknown = sorted(set(found) - {base.upper()} - {name.upper() for name in rates})
    if unknown:
        raise InputError(
            f"no rate for {', '.join(unknown)} into {base}", hint="add it to `currency: rates:` in csq.yaml"
        )
    rate = {name.upper(): float(value) for name, value in rates.items()} | {base.upper(): 1.0}
    factor = pl.col("currency").str.to_uppercase().replace_strict(rate, default=1.0, return_dtype=pl.Float64())
    converted = (pl.col("contract_value").cast(pl.Float64) * factor).round(2).cast(pl.Decimal(38, 2))
    notes = [Note(kind=NoteKind.CHOICE, text=f"contract values in {base}, by the rates in csq.yaml")]
    if names.null_count() and found:
        notes.append(
            Note(
                kind=NoteKind.WARNING, text=f"{names.null_count():,} contract values name no currency: taken as {base}"
            )
        )
    return frame.with_columns(contract_value=converted, currency=pl.lit(base)), base, notes


def _merge_attributes(attributes: pl.DataFrame, custom: tuple[str, ...]) -> tuple[pl.DataFrame, list[Note]]:
    """One row per account from files with one row each; where two files differ the first file's word stands."""
    names = [column.name for column in ACCOUNT if column.name != "account_id"] + ["features_entitled", *custom]
    names = list(dict.fromkeys(name for name in names if name in attributes.columns))
    ordered = attributes.sort("account_id", "file", "line")
    merged = ordered.group_by("account_id", maintain_order=True).agg(
        pl.col(name).drop_nulls().first() for name in names
    )
    differ = ordered.group_by("account_id").agg(pl.col(name).drop_nulls().n_unique() > 1 for name in names)
    counts = differ.select(pl.col(name).sum() for name in names).row(0) if names else ()
    notes = [
        Note(
            kind=NoteKind.WARNING,
            text=f"{count:,} accounts have two values for `{name}` in different files: the first file's is used",
        )
        for name, count in zip(names, counts, strict=True)
        if count
    ]
    return merged, notes


def _sum_subscriptions(active: pl.DataFrame) -> pl.DataFrame:
    """Value and seats over the distinct active subscriptions of an account; null where none says anything."""
    told = active.unique(
        ["account_id", "subscription_id", "contract_value", "seats"], keep="first", maintain_order=True
    )
    twice = told.filter(pl.col("subscription_id").is_not_null() & (pl.len().over("subscription_id") > 1))
    if twice.height:
        one, other = twice.sort("subscription_id", "file", "line").head(2).iter_rows(named=True)
        raise InputError(
            f"subscription `{one['subscription_id']}` is told in two ways, on line {one['line']:,} of `{one['file']}` "
            f"and line {other['line']:,} of `{other['file']}`",
            location=Location(label=one["file"], line=one["line"]),
            hint="keep the row that holds now, or give the other an end date",
        )
    summed = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in ("contract_value", "seats")
    ]
    first = [pl.col(name).drop_nulls().sort().first() for name in ("account_name", "owner", "segment", "currency")]
    return told.group_by("account_id").agg(*summed, *first, pl.col("renewal_date").min()).sort("account_id")


def _gone(open_rows: pl.DataFrame) -> pl.Series:
    """Accounts that are no customers now: their status says so, or everything they had has ended."""
    by_account = open_rows.group_by("account_id").agg(
        customer=pl.col("customer").filter(~pl.col("is_subscription")).all(),
        going_on=(pl.col("active") | pl.col("future")).filter(pl.col("is_subscription") & pl.col("customer")).any(),
        subscribed=pl.col("is_subscription").any(),
        lasting=(pl.col("active") | pl.col("future")).filter(~pl.col("is_subscription")).all(),
    )
    ended = pl.when("subscribed").then(~pl.col("going_on")).otherwise(~pl.col("lasting"))
    return by_account.filter(~pl.col("customer") | ended)["account_id"].sort()


def _told_twice(merged: pl.DataFrame, summed: pl.DataFrame, conflicts: list[Note]) -> list[Note]:
    """What both the attributes and the subscriptions tell, where the attributes' word stands."""
    notes = list(conflicts)
    if merged.height and summed.height:
        for name, what in (("seats", "seats"), ("contract_value", "the contract value")):
            if name in merged.columns and merged[name].count() and summed[name].count():
                text = f"{what} from the file with one row per account, not the sum over subscriptions"
                notes.append(Note(kind=NoteKind.CHOICE, text=text))
    return notes


def _left_out(joined: pl.DataFrame, gone: pl.Series) -> list[Note]:
    count = joined.filter(pl.col("account_id").is_in(gone.implode())).height
    text = f"{count:,} accounts of the accounts files are not current customers, by status or because all has ended"
    return [Note(kind=NoteKind.SET_ASIDE, text=text)] if count else []


def _fates(frame: pl.DataFrame, gone: pl.Series) -> pl.DataFrame:
    ended = pl.col("is_subscription") & ~(pl.col("active") & pl.col("customer"))
    aside = (
        pl.when(pl.col("aside").is_not_null())
        .then("aside")
        .when(ended)
        .then(pl.lit(str(Aside.INACTIVE)))
        .when(pl.col("account_id").is_in(gone.implode()))
        .then(pl.lit(str(Aside.NOT_A_CUSTOMER)))
    )
    return frame.group_by("file", aside.alias("aside")).agg(rows=pl.len()).sort("file", "aside")


def _no_fates() -> pl.DataFrame:
    return pl.DataFrame(schema={"file": pl.String(), "aside": pl.String(), "rows": pl.UInt32()})
