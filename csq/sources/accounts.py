"""Accounts files: attributes with one row per account, subscriptions with several, and custom columns."""

import re

import polars as pl

from csq.errors import InputError, Location
from csq.playbook.names import is_event
from csq.report import Note
from csq.schema import COLUMNS, DTYPES, Kind
from csq.sources.fields import ACCOUNTS, MONEY_FIELDS, Cell
from csq.sources.headers import squeeze
from csq.sources.read import LINE, TextTable, column
from csq.sources.tables import FILE, ReadOptions, Typed, add_cells, labels, read_fields
from csq.terms import Aside, NoteKind, Role

_CELLS = {Kind.NUMBER: Cell.NUMBER, Kind.BOOL: Cell.BOOL, Kind.DATE: Cell.DATE}
_EMPTY = {
    Cell.KEY: pl.String(),
    Cell.TEXT: pl.String(),
    Cell.WHOLE: pl.Int64(),
    Cell.MONEY: pl.Decimal(38, 2),
    Cell.DATE: pl.Date(),
    Cell.BOOL: pl.Boolean(),
}


def read_accounts(tables: tuple[TextTable, ...], options: ReadOptions) -> tuple[Typed, tuple[str, ...]]:
    """Read accounts files with one header; also return the names of the custom columns.

    The frame has every accounts field (null where the files have none), `contract_value` (Decimal,
    per year), `is_subscription`, `aside` and the custom columns; `account_id` is the name where the
    files know no id.

    Raises:
        InputError: One account is told in several different rows without a subscription id.
    """
    typed = read_fields(tables, Role.ACCOUNTS, options)
    typed, custom = _keep_custom(typed, options)
    key = "account_id" if "account_id" in typed.fields else "account_name"
    typed = typed.reject(typed.frame[key].is_null(), key, "no account key")
    typed = _add_value(typed)
    frame = typed.frame.with_columns(
        pl.lit(None, dtype=_EMPTY[known.cell]).alias(known.name)
        for known in ACCOUNTS
        if known.name not in typed.frame.columns
    ).with_columns(
        pl.col(key).alias("account_id"),
        pl.col("fit").str.to_lowercase(),
    )
    # Rows alike in every cell say one thing, whichever files they stand in.
    place = pl.struct(FILE, LINE).rank("ordinal").over([name for name in frame.columns if name not in (FILE, LINE)])
    frame = frame.with_columns(aside=pl.when(place > 1).then(pl.lit(str(Aside.DUPLICATE))))
    typed = typed.replace(frame=frame)
    several = typed.usable().filter(pl.col("aside").is_null() & (pl.len().over("account_id", "aside") > 1))
    if several.height and "subscription_id" not in typed.fields:
        raise _told_twice(several)
    is_subscription = pl.lit("subscription_id" in typed.fields)
    return typed.replace(frame=frame.with_columns(is_subscription=is_subscription)), custom


def _add_value(typed: Typed) -> Typed:
    """Contract value per year from the one money column that is taken."""
    have = [name for name in MONEY_FIELDS if name in typed.fields]
    if not have:
        return typed.replace(frame=typed.frame.with_columns(contract_value=pl.lit(None, dtype=pl.Decimal(38, 2))))
    taken = have[0]
    value = pl.col(taken) * 12 if taken == "mrr" else pl.col(taken)
    typed = typed.replace(frame=typed.frame.with_columns(value.cast(pl.Decimal(38, 2)).alias("contract_value")))
    text = f"contract value from `{typed.header(taken)}`{' x 12' if taken == 'mrr' else ''} of {labels(typed.tables)}"
    if have[1:]:
        text += f", not from {', '.join(f'`{typed.header(name)}`' for name in have[1:])}"
    return typed.replace(notes=(*typed.notes, Note(kind=NoteKind.CHOICE, text=text)))


def _keep_custom(typed: Typed, options: ReadOptions) -> tuple[Typed, tuple[str, ...]]:
    """Columns that are no field of csq's: typed as the playbook declares them, else text."""
    declared = {squeeze(name): (name, kind) for name, kind in options.custom.items()}
    kept: list[str] = []
    for index, header in enumerate(typed.tables[0].header):
        if index in typed.fields.values() or not squeeze(header):
            continue
        plain = re.sub(r"[\W_]+", "_", header.casefold()).strip("_")
        name, kind = declared.get(squeeze(header), (plain, Kind.TEXT))
        # A column that is named like a fact is not that fact: csq measures its own.
        taken = {*COLUMNS, *kept, *(known.name for known in ACCOUNTS), FILE, LINE}
        if name in taken or is_event(name):
            continue
        typed = typed.replace(fields={**typed.fields, name: index})
        typed = add_cells(typed, name, _CELLS.get(kind, Cell.TEXT), column(index), options)
        typed = typed.replace(frame=typed.frame.with_columns(pl.col(name).cast(DTYPES[kind])))
        kept.append(name)
    return typed, tuple(kept)


def _told_twice(several: pl.DataFrame) -> InputError:
    one, other = several.sort("account_id", FILE, LINE).head(2).iter_rows(named=True)
    return InputError(
        f"account `{one['account_id']}` is told in two ways, on line {one[LINE]:,} of `{one[FILE]}` and line "
        f"{other[LINE]:,} of `{other[FILE]}`",
        location=Location(label=one[FILE], line=one[LINE]),
        hint='keep one row per account, or name the column of its contracts: `--column subscription_id="HEADER"`',
    )
