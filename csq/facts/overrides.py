"""Overrides applied: the accounts as a person corrected them, with what stood there before kept beside it."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Location
from csq.fate import FATE, ROW, is_used, mark
from csq.report import Note
from csq.schema import DTYPES, ORDERED_REST, Kind
from csq.sources.roles.overrides import CAN_BE_SET, REST_UNTIL
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, NoteKind

SHOWN: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "field": pl.String(),
    "before": pl.String(),
    "after": pl.String(),
    "author": pl.String(),
    "reason": pl.String(),
    "expires_on": pl.Date(),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the overrides that are used."""
_NAMED = 5


class Overridden(NamedTuple):
    """The accounts after the overrides. `used` has the columns of `SHOWN`, in the order of the files."""

    accounts: pl.DataFrame
    used: pl.DataFrame
    fates: pl.DataFrame
    notes: tuple[Note, ...]


def override(accounts: pl.DataFrame, rows: RoleRows | None, as_of: date | None) -> Overridden:
    """Put what the overrides say in the place of what the files say, and add `schema.ORDERED_REST`.

    Args:
        accounts: The population, columns `schema.ACCOUNT` and others.
        rows: The overrides; None without a file.
        as_of: An override holds to the end of the day on which it expires; without a day, for ever.

    Raises:
        InputError: Two overrides that hold give one field of one account two values.
    """
    accounts = accounts.with_columns(pl.lit(None, dtype=pl.Date()).alias(ORDERED_REST))
    if rows is None:
        return Overridden(accounts=accounts, used=pl.DataFrame(schema=SHOWN), fates=pl.DataFrame(schema=ROW), notes=())
    strange = ~pl.col("account_id").is_in(accounts["account_id"].implode())
    expired = pl.col("expires_on") < pl.lit(as_of, dtype=pl.Date())
    frame = mark(rows.frame, {Aside.UNMATCHED: strange, Aside.EXPIRED_OVERRIDE: expired})
    holding = frame.filter(is_used()).sort("file", "line")
    _refuse_two(holding)
    before = []
    for name in holding["field"].unique(maintain_order=True):
        accounts, stood = _set(accounts, holding.filter(pl.col("field") == name), name)
        before.append(stood)
    parts = [pl.DataFrame(schema={"file": pl.String(), "line": pl.Int64(), "before": pl.String()}), *before]
    used = holding.join(pl.concat(parts), on=["file", "line"], how="left", maintain_order="left")
    return Overridden(accounts=accounts, used=used.select(*SHOWN), fates=frame, notes=tuple(_notes(frame, used)))


def _set(accounts: pl.DataFrame, rows: pl.DataFrame, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Set one field; also what it was on each account that was told otherwise: file, line, before."""
    column = ORDERED_REST if name == REST_UNTIL else name
    told = rows.select("account_id", _typed(CAN_BE_SET[name].kind).alias("_told"))
    stood = accounts.select("account_id", pl.col(column).cast(pl.String()).alias("before"))
    before = rows.join(stood, on="account_id", how="left", maintain_order="left").select("file", "line", "before")
    joined = accounts.join(told, on="account_id", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("_told", column).alias(column)).drop("_told"), before


def _typed(kind: Kind) -> pl.Expr:
    after = pl.col("after")
    if kind is Kind.BOOL:
        return after == "true"
    return after.str.to_date("%Y-%m-%d") if kind is Kind.DATE else after.cast(DTYPES[kind])


def _refuse_two(holding: pl.DataFrame) -> None:
    """Two answers to one question: which is meant is not for the order of the lines to say."""
    twice = holding.filter(pl.len().over("account_id", "field") > 1)
    if twice.height:
        one, other = twice.sort("account_id", "field", "file", "line").head(2).iter_rows(named=True)
        raise InputError(
            f"`{one['field']}` of account `{one['account_id']}` is overridden twice, on line {one['line']:,} of "
            f"`{one['file']}` and line {other['line']:,} of `{other['file']}`",
            location=Location(label=other["file"], line=other["line"]),
            hint="keep the line that holds now, or let the other expire: `expires_on`",
        )


def _notes(frame: pl.DataFrame, used: pl.DataFrame) -> list[Note]:
    notes = []
    if used.height:
        overrides = "1 override is" if used.height == 1 else f"{used.height:,} overrides are"
        number = used["account_id"].n_unique()
        accounts = "1 account" if number == 1 else f"{number:,} accounts"
        text = f"{overrides} used, for {accounts}; `csq explain` tells what stood there before"
        notes.append(Note(kind=NoteKind.CHOICE, text=text))
    for aside, what in (
        (Aside.EXPIRED_OVERRIDE, "expired, and what the files say is used"),
        (Aside.UNMATCHED, "of no current account, and not used"),
    ):
        rows = frame.filter(pl.col(FATE) == aside).sort("file", "line")
        if rows.height:
            named = [_named(row) for row in rows.head(_NAMED).iter_rows(named=True)]
            more = ", ..." if rows.height > _NAMED else ""
            overrides = "1 override" if rows.height == 1 else f"{rows.height:,} overrides"
            notes.append(Note(kind=NoteKind.WARNING, text=f"{overrides} {what}: {', '.join(named)}{more}"))
    return notes


def _named(row: Mapping[str, object]) -> str:
    key = str(row["key"])
    shown = "(an e-mail address)" if "@" in key else f"`{key}`"
    return f"{row['file']}:{row['line']} (`{row['field']}` of {shown})"
