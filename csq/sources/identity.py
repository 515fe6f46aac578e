"""Whose row is it: the account behind each key, or the reason why there is none.

A role's key refers to one key column of the accounts, told (`--key`) or found by what matches.
A key that fits two accounts is reported and set aside, never settled by the order of the rows.
"""

from dataclasses import dataclass

import polars as pl

from csq.errors import InputError, UsageError
from csq.sources.fields import KEY_NAMES
from csq.sources.tables import Typed
from csq.terms import Aside

FREE_MAIL = (
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "ymail.com", "hotmail.com", "hotmail.co.uk",
    "outlook.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net",
    "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "mail.ru", "yandex.ru", "yandex.com",
    "zoho.com", "qq.com", "163.com", "126.com", "orange.fr", "wanadoo.fr", "free.fr", "libero.it", "comcast.net",
)  # fmt: skip
"""Domains that anybody can have an address at, so that they tell nothing about an account."""

SAME_KEY = "key"


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Rows of a role with their accounts.

    `frame` gains `account_id` (null where unmatched) and `aside` (a `terms.Aside` or null). `key` is the
    key column of the accounts that was used.
    """

    typed: Typed
    frame: pl.DataFrame
    key: str
    ambiguous: int


def domain_of(text: pl.Expr) -> pl.Expr:
    """Domain of an e-mail address, a URL or a bare domain, lower-case, without `www.`; null for free mail."""
    domain = (
        text.str.to_lowercase()
        .str.replace(r"^[a-z]+://", "")
        .str.replace(r"^.*@", "")
        .str.replace(r"^www\.", "")
        .str.extract(r"^([^/:?#\s]+\.[^/:?#\s]+)", 1)
    )
    return pl.when(domain.is_in(FREE_MAIL)).then(None).otherwise(domain)


def key_map(accounts: pl.DataFrame) -> pl.DataFrame:
    """Every key that leads to an account: columns `kind` (a key column), `key`, `account_id`, each pair once."""
    parts = []
    for kind in KEY_NAMES:
        if kind in accounts.columns:
            key = domain_of(pl.col(kind)) if kind == "email_domain" else pl.col(kind)
            parts.append(accounts.select(pl.lit(kind).alias("kind"), key.alias(SAME_KEY), "account_id"))
    return pl.concat(parts).drop_nulls().unique().sort("kind", SAME_KEY, "account_id")


def match_rows(typed: Typed, accounts: pl.DataFrame | None, told: str | None) -> Matched:
    """Find the account of each usable row.

    Args:
        typed: Rows of usage or csat files.
        accounts: Account rows with their key columns; None means that every key is an account.
        told: Key column given by the user for this role.

    Raises:
        UsageError: The key told is not a column of the accounts.
        InputError: No key column of the file can be used.
    """
    have = [name for name in (*KEY_NAMES, "email") if name in typed.fields]
    if accounts is None:
        key = next((name for name in have if name != "email"), "email")
        typed = _reject_blank(typed, key, typed.frame[key])
        ids = domain_of(pl.col(key)) if key in ("email", "email_domain") else pl.col(key)
        frame = typed.usable().with_columns(ids.alias("account_id"), aside=pl.lit(None, dtype=pl.String()))
        return Matched(typed=typed, frame=frame, key=key, ambiguous=0)
    keys = key_map(accounts)
    kinds = keys["kind"].unique().to_list()
    if told and told not in kinds:
        raise UsageError(
            f"`--key {typed.role}={told}`: the accounts have no such key column",
            hint=f"they have: {', '.join(sorted(kinds))}",
        )
    tried = [(name, kind) for name in have for kind in _kinds_for(name, kinds, told)]
    if not tried:
        raise InputError(
            f"no column of `{typed.tables[0].label}` can name an account of the accounts file",
            location=typed.tables[0].where(),
            hint=f"the accounts go by {', '.join(sorted(kinds))}: name the column by `--column`",
        )
    name, kind = _best(typed, keys, tried)
    typed = _reject_blank(typed, name, typed.frame[name])
    return _join(typed, keys.filter(pl.col("kind") == kind), name, kind)


def _kinds_for(name: str, kinds: list[str], told: str | None) -> list[str]:
    """Key columns of the accounts that a file's column may refer to, likeliest first."""
    if told:
        return [told]
    if name == "email":
        return [kind for kind in ("email_domain",) if kind in kinds]
    # An export's `account` or `customer id` may hold any of the accounts' keys, its name included.
    wider = (
        ("account_id", "external_id", "subscription_id", "account_name")
        if name in ("account_id", "account_name")
        else ()
    )
    return [kind for kind in dict.fromkeys((name, *wider)) if kind in kinds]


def _values(name: str, kind: str) -> pl.Expr:
    return domain_of(pl.col(name)) if kind == "email_domain" else pl.col(name)


def _best(typed: Typed, keys: pl.DataFrame, tried: list[tuple[str, str]]) -> tuple[str, str]:
    """The first pair under which half of the rows find an account, else the one under which most do."""
    rows = typed.usable()
    hits: list[tuple[int, tuple[str, str]]] = []
    for name, kind in tried:
        known = keys.filter(pl.col("kind") == kind)[SAME_KEY].unique()
        count = int(rows.select(_values(name, kind).is_in(known.implode()).sum()).item())
        if count * 2 >= rows.height:
            return name, kind
        hits.append((count, (name, kind)))
    return max(hits, key=lambda hit: hit[0])[1]


def _reject_blank(typed: Typed, name: str, values: pl.Series) -> Typed:
    blank = values.is_null()
    return typed.reject(blank, name, "no account key") if blank.any() else typed


def _join(typed: Typed, keys: pl.DataFrame, name: str, kind: str) -> Matched:
    counts = keys.group_by(SAME_KEY).agg(pl.len().alias("fits"), pl.col("account_id").first())
    rows = typed.usable().drop("account_id", strict=False) if name != "account_id" else typed.usable()
    rows = rows.with_columns(_values(name, kind).alias(SAME_KEY)).drop("account_id", strict=False)
    joined = rows.join(counts, on=SAME_KEY, how="left", maintain_order="left")
    several = pl.col("fits").fill_null(0) > 1
    frame = joined.with_columns(
        account_id=pl.when(several).then(None).otherwise(pl.col("account_id")),
        aside=pl.when(several)
        .then(pl.lit(str(Aside.AMBIGUOUS)))
        .when(pl.col("fits").is_null())
        .then(pl.lit(str(Aside.UNMATCHED))),
    ).drop("fits")
    ambiguous = joined.filter(several)[SAME_KEY].n_unique()
    return Matched(typed=typed, frame=frame, key=kind, ambiguous=ambiguous)
