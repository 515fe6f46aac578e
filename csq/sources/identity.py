"""Whose row is it: the account behind each key, or the reason why there is none.

A role's key refers to one key column of the accounts, told (`--key`) or found by what matches; a row
without it goes by the next key it has. People lead to an account through the contacts. A key that
fits two accounts is reported and set aside, never settled by the order of the rows.
"""

from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, UsageError
from csq.sources.fields import KEY_NAMES, PEOPLE
from csq.sources.headers import missing_key
from csq.sources.keys import domain_of, name_damage, salesforce_twin
from csq.sources.read import column
from csq.sources.typed import Typed, labels
from csq.terms import Aside, NoteKind

SAME_KEY = "key"
NOBODY = ("(none)", "(not set)", "(other)")
"""Key cells by which an export says that a row is no account's, lower-cased."""

Pair = tuple[str, str]
"""A field of the file, and the kind of key it is looked up among."""


class Known(NamedTuple):
    """What keys can be looked up in: rows of the accounts and of the contacts, None without such files."""

    accounts: pl.DataFrame | None = None
    contacts: pl.DataFrame | None = None


class Matched(NamedTuple):
    """Rows of a role with their accounts.

    `frame` gains `account_id` (null where unmatched), `key` (what was looked up) and `aside` (a
    `terms.Aside` or null). `key` is the key column of the accounts that was used, `field` the column
    of the file that was looked up in it, `damage` what keeps keys from matching.
    """

    typed: Typed
    frame: pl.DataFrame
    key: str
    field: str
    ambiguous: int
    damage: tuple[str, ...] = ()


def key_map(accounts: pl.DataFrame | None, contacts: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every key that leads to an account: columns `kind` (a key column), `key`, `account_id`, each pair once."""
    parts = [pl.DataFrame(schema={"key_kind": pl.String(), SAME_KEY: pl.String(), "account_id": pl.String()})]
    if accounts is not None:
        parts += [_keys_of(accounts, kind, kind) for kind in KEY_NAMES if kind in accounts.columns]
        ids = accounts.select(pl.lit("account_id").alias("key_kind"), "account_id")
        if "aliases" in accounts.columns:
            parts.append(ids.select("key_kind", accounts["aliases"].alias(SAME_KEY), "account_id").explode(SAME_KEY))
        twins = {key: other for key in ids["account_id"].drop_nulls() if (other := salesforce_twin(key))}
        if twins:
            twin = pl.col("account_id").replace_strict(twins, default=None, return_dtype=pl.String())
            parts.append(ids.select("key_kind", twin.alias(SAME_KEY), "account_id"))
    if contacts is not None:
        for name in (name for name in PEOPLE if name in contacts.columns):
            # Many tools call a person by the e-mail address.
            mail = contacts.filter(pl.col(name).str.contains("@", literal=True))
            parts += [_keys_of(contacts, name, "user_id"), _keys_of(mail, name, "email")]
    return pl.concat(parts).drop_nulls().unique().sort("key_kind", SAME_KEY, "account_id")


def _keys_of(rows: pl.DataFrame, name: str, kind: str) -> pl.DataFrame:
    return rows.select(pl.lit(kind).alias("key_kind"), _values(name, kind).alias(SAME_KEY), "account_id")


def match_rows(
    typed: Typed, accounts: pl.DataFrame | None, told: str | None, contacts: pl.DataFrame | None = None
) -> Matched:
    """Find the account of each usable row.

    Args:
        typed: Rows of usage, csat or contacts files.
        accounts: Account rows with their key columns; None means that every key is an account.
        told: Key column given by the user for this role.
        contacts: Contact rows with the account of each; None without such a file.

    Raises:
        UsageError: The key told is not a column of the accounts.
        InputError: No key column of the file can be used.
    """
    have = [name for name in (*KEY_NAMES, *PEOPLE) if name in typed.fields]
    keys = key_map(accounts, contacts)
    kinds = keys["key_kind"].unique().to_list()
    if told and accounts is not None and told not in kinds:
        raise UsageError(
            f"`--key {typed.role}={told}`: the accounts have no such key column",
            hint=f"they have: {', '.join(sorted(set(kinds) & set(KEY_NAMES)))}",
        )
    own = _own_key(have, people=contacts is not None) if accounts is None else None
    if own is not None:
        return _by_itself(typed, own, keys, [name for name in have if name in PEOPLE and contacts is not None])
    tried = [(name, kind) for name in have for kind in _kinds_for(name, kinds, told)]
    if not tried:
        raise _no_way(typed, accounts, kinds)
    first = _best(typed, keys, tried)
    return _joined(typed, keys, [first, *(pair for pair in tried if pair[0] != first[0])])


def may_lead(fields: Iterable[str], known: Known, told: str | None) -> list[str]:
    """The fields of a file by which `match_rows` would look for accounts, in the order of its trials."""
    people = known.contacts is not None
    have = [name for name in (*KEY_NAMES, *PEOPLE) if name in fields]
    if known.accounts is None and _own_key(have, people=people) is not None:
        return [name for name in have if people or name not in PEOPLE]
    kinds = key_map(*known)["key_kind"].unique().to_list()
    return [name for name in have if _kinds_for(name, kinds, told)]


def _own_key(have: list[str], *, people: bool) -> str | None:
    """The column whose values are the accounts, where no accounts file says which there are."""
    own = next((name for name in have if name not in PEOPLE), None)
    return own or ("email" if "email" in have and not people else None)


def _no_way(typed: Typed, accounts: pl.DataFrame | None, kinds: list[str]) -> InputError:
    table = typed.tables[0]
    if accounts is None or (typed.preset and typed.preset.hint):
        return missing_key(table, typed.role, typed.preset)
    return InputError(
        f"no column of `{table.label}` can name an account of the accounts file",
        location=table.where(),
        hint=f"the accounts go by {', '.join(sorted(kinds))}: name the column by `--column`",
    )


def _kinds_for(name: str, kinds: list[str], told: str | None) -> list[str]:
    """Kinds of keys that a file's column may be one of, likeliest first."""
    if name in PEOPLE:
        wider: tuple[str, ...] = ("email", "email_domain") if name == "email" else ("user_id", "email")
    elif told:
        return [told]
    else:
        # An export's `account` or `customer id` may hold any of the accounts' keys, its name included.
        loose = name in ("account_id", "account_name")
        wider = (name, *(("account_id", "external_id", "subscription_id", "account_name") if loose else ()))
    return [kind for kind in dict.fromkeys(wider) if kind in kinds]


def _values(name: str, kind: str) -> pl.Expr:
    if kind == "email_domain":
        return domain_of(pl.col(name))
    return pl.col(name).str.to_lowercase() if kind == "email" else pl.col(name)


def _best(typed: Typed, keys: pl.DataFrame, tried: list[Pair]) -> Pair:
    """The first pair under which half of the rows find an account, else the one under which most do."""
    rows = typed.usable()
    # A log that was counted as it was read has one row for many.
    weight = pl.col("rows") if "rows" in rows.columns else pl.lit(1)
    whole = int(rows.select(weight.sum() if "rows" in rows.columns else pl.len()).item())
    hits: list[tuple[int, Pair]] = []
    for name, kind in tried:
        known = keys.filter(pl.col("key_kind") == kind)[SAME_KEY].unique()
        here = _values(name, kind).is_in(known.implode()).fill_null(value=False)
        count = int(rows.select((here.cast(pl.Int64) * weight).sum()).item())
        if count * 2 >= whole > 0:
            return name, kind
        hits.append((count, (name, kind)))
    return max(hits, key=lambda hit: hit[0])[1]


def _by_itself(typed: Typed, own: str, keys: pl.DataFrame, people: list[str]) -> Matched:
    """Every key is an account. A row without one goes by its person's, or by a domain that others of the file share."""
    typed = _nobodys(typed, own)
    ids = domain_of(pl.col(own)) if own in ("email", "email_domain") else pl.col(own)
    frame = typed.frame.with_columns(ids.alias(SAME_KEY))
    for name in people:
        kind = "user_id" if name == "user_id" else "email"
        frame = frame.with_columns(
            pl.coalesce(
                SAME_KEY,
                _values(name, kind).replace_strict(_unique(keys, kind), default=None, return_dtype=pl.String()),
            )
        )
    if "email_domain" in typed.fields and own != "email_domain":
        domain = domain_of(pl.col("email_domain"))
        one = frame.group_by(domain.alias("domain")).agg(pl.col(SAME_KEY).drop_nulls().unique()).drop_nulls()
        one = one.filter(pl.col(SAME_KEY).list.len() == 1)
        shared = dict(one.select("domain", pl.col(SAME_KEY).list.first()).iter_rows())
        frame = frame.with_columns(
            pl.coalesce(SAME_KEY, domain.replace_strict(shared, default=None, return_dtype=pl.String()), domain)
        )
    typed = typed.replace(frame=frame)
    typed = _noted(typed, own, ids.is_null() & pl.col(SAME_KEY).is_not_null())
    typed = _reject_blank(typed, own, frame[SAME_KEY])
    rows = typed.usable().with_columns(account_id=pl.col(SAME_KEY), aside=pl.lit(None, dtype=pl.String()))
    return Matched(typed=typed, frame=rows, key=own, field=own, ambiguous=0)


def _unique(keys: pl.DataFrame, kind: str) -> dict[str, str]:
    """The keys of a kind that lead to one account."""
    one = keys.filter((pl.col("key_kind") == kind) & (pl.len().over("key_kind", SAME_KEY) == 1))
    return dict(one.select(SAME_KEY, "account_id").iter_rows())


def _noted(typed: Typed, name: str, by_another: pl.Expr) -> Typed:
    count = int(typed.usable().select(by_another.sum()).item())
    if not count:
        return typed
    rows = "a row" if count == 1 else f"{count:,} rows"
    text = f"{rows} of {labels(typed.tables)} without `{typed.header(name)}`: taken by another key"
    return typed.noting(text)


def _nobodys(typed: Typed, name: str) -> Typed:
    """Set the rows aside that the export itself says are of no account."""
    cells = typed.text[column(typed.fields[name])].str.strip_chars().str.to_lowercase()
    return typed.put_aside(cells.is_in(NOBODY), Aside.NOBODY)


def _reject_blank(typed: Typed, name: str, values: pl.Series) -> Typed:
    blank = values.is_null()
    if typed.preset and typed.preset.anonymous:
        return typed.put_aside(blank, Aside.NOBODY)
    return typed.reject(blank, name, "no account key") if blank.any() else typed


def _joined(typed: Typed, keys: pl.DataFrame, pairs: list[Pair]) -> Matched:
    """Look rows up by the first pair whose cell is not blank."""
    name, kind = pairs[0]
    typed = _nobodys(typed, name)
    frame = typed.frame
    looked = [pl.when(_values(*pair).is_not_null()).then(pl.lit(pair[1])) for pair in pairs]
    rows = frame.with_columns(
        pl.coalesce(looked).alias("key_kind"), pl.coalesce(_values(*pair) for pair in pairs).alias(SAME_KEY)
    )
    typed = typed.replace(frame=rows)
    typed = _noted(typed, name, pl.col("key_kind") != kind)
    typed = _reject_blank(typed, name, rows[SAME_KEY])
    counts = keys.group_by("key_kind", SAME_KEY).agg(pl.len().alias("fits"), pl.col("account_id").first())
    usable = typed.usable().drop("account_id", strict=False)
    joined = usable.join(counts, on=["key_kind", SAME_KEY], how="left", maintain_order="left")
    several = pl.col("fits").fill_null(0) > 1
    matched = joined.with_columns(
        account_id=pl.when(several).then(None).otherwise(pl.col("account_id")),
        aside=pl.when(several)
        .then(pl.lit(str(Aside.AMBIGUOUS)))
        .when(pl.col("fits").is_null())
        .then(pl.lit(str(Aside.UNMATCHED))),
    ).drop("fits", "key_kind")
    lost = matched.filter(pl.col("aside") == Aside.UNMATCHED)[SAME_KEY]
    damage = tuple(name_damage(lost, keys.filter(pl.col("key_kind") == kind)[SAME_KEY]))
    for text in damage:
        typed = typed.noting(f"keys of {labels(typed.tables)}: {text}", NoteKind.WARNING)
    ambiguous = joined.filter(several)[SAME_KEY].n_unique()
    return Matched(typed=typed, frame=matched, key=kind, field=name, ambiguous=ambiguous, damage=damage)
