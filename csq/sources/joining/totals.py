"""Totals among the rows of accounts and of usage tables, told by their numbers once these are read.

The reader of text takes off what says that it is a total at the end of a file. Here the last row of a file, or of a
period, is one where it has a total word or no key and its numbers are sums or means; and without a word only where
every number sums up at least three unequal rows, nothing else stands in the row, and no other file names its key. So is
a first row with a total word, and a row with one all of whose numbers sum up the rows since the subtotal before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import polars as pl

from csq.fate import COLUMN, FATE, REASON, ROW, VALUE, is_used
from csq.report import Note, masked
from csq.roles import ROLES, Cell
from csq.schema import collect
from csq.sources.reading.read import LINE
from csq.sources.reading.sums import Word, is_mean, is_sum, total_word, total_words
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import FILE, KEY, RoleRows
from csq.terms import Aside, Fate, Grain, NoteKind, Role

_WHERE = "where"
"""Which rows a total sums up: those `above` it, or `below`."""
_UNLIKE = 3
"""Rows of unlike amounts that a total without a total word sums up at the least."""
_OPEN = (Fate.USED, Aside.UNMATCHED, Fate.REJECTED)
"""What a total may have been taken for before."""
_OF_A_ROW = {
    KEY,
    "account_id",
    "period",
    "period_length",
    "date",
    "contract_value",
    "is_subscription",
    "key_kind",
    *ROW,
}
"""What is known of any row, a total or not."""
_AMOUNTS = (Cell.NUMBER, Cell.WHOLE, Cell.MONEY)


def settle_totals(found: Mapping[Role, RoleRows]) -> Mapping[Role, RoleRows]:
    """Set the totals aside that stand among the rows of accounts and of usage tables."""
    settled = dict(found)
    for role in (Role.ACCOUNTS, Role.USAGE):
        rows = found.get(role)
        if rows is not None and (role is Role.ACCOUNTS or rows.grain in (Grain.PERIOD, Grain.ACCOUNT)):
            others = [each for name, each in found.items() if name is not role]
            totals = pl.DataFrame(
                list(_totals(rows, others)),
                schema={FILE: pl.String(), LINE: pl.Int64(), _WHERE: pl.String()},
                orient="row",
            )
            settled[role] = _aside(rows, totals) if totals.height else rows
    return settled


def _aside(rows: RoleRows, totals: pl.DataFrame) -> RoleRows:
    """Set rows aside, whatever was made of them before."""
    here = pl.struct(FILE, LINE).is_in(totals.select(FILE, LINE).to_struct().implode())
    blank = [name for name in (REASON, COLUMN, VALUE, "account_id", KEY) if name in rows.frame.columns]
    frame = rows.frame.with_columns(
        pl.when(here).then(pl.lit(str(Aside.TOTAL))).otherwise(FATE).alias(FATE),
        *(pl.when(~here).then(name).alias(name) for name in blank),
    )
    keys = rows.frame.select(FILE, LINE, _key(rows)).join(totals.unique(), on=[FILE, LINE]).sort(FILE, LINE).iter_rows()
    notes = [
        Note(
            kind=NoteKind.CHOICE,
            text=f"`{file}`: line {line:,} is a total of the rows {where} it"
            + (f", not an account `{masked(key)}`" if key else ", and has no key"),
        )
        for file, line, key, where in keys
    ]
    return replace(rows, frame=frame, notes=(*rows.notes, *notes))


def _key(rows: RoleRows) -> pl.Expr:
    return pl.col(KEY if KEY in rows.frame.columns else "account_id").alias("_key")


def _totals(rows: RoleRows, others: list[RoleRows]) -> Iterator[tuple[str, int, str]]:
    """File and line of each total, and where the rows stand that it sums up."""
    names = _amounts(rows)
    if not names:
        return
    is_open = pl.col(FATE).is_in([str(fate) for fate in _OPEN])
    by = [FILE, "period"] if rows.grain is Grain.PERIOD else [FILE]
    needed = {FILE, LINE, FATE, *by, *names}
    told = [name for name in rows.frame.columns if name in needed or name not in _OF_A_ROW]
    frame = collect(rows.frame.lazy().filter(is_open).select(_key(rows), *told).sort(FILE, LINE))
    words = total_words(frame["_key"])
    counts = is_used() | (pl.col(FATE) == Aside.UNMATCHED)
    for _, whole in frame.group_by(by, maintain_order=True):
        part = whole
        if subtotals := _subtotals(whole, names, words):
            yield from ((file, line, "above") for file, line in whole[subtotals][[FILE, LINE]].rows())
            part = whole[[row for row in range(whole.height) if row not in subtotals]]
        first, last = part.head(1), part.tail(1)
        alone = [key for key, word in words.items() if word is Word.ALONE]
        body = part.head(-1).filter(counts, ~pl.col("_key").is_in(alone))
        if body.height > 1 and _is_total(last, body, names, others):
            yield (*last[[FILE, LINE]].row(0), "above")
        elif first["_key"][0] in words:
            below = part.tail(-1).filter(counts)
            if below.height > 1 and _is_total(first, below, names, others):
                yield (*first[[FILE, LINE]].row(0), "below")


def _subtotals(part: pl.DataFrame, names: list[str], words: Mapping[str, Word]) -> list[int]:
    """Rows with a total word, all of whose numbers sum up the rows since the one before; the last is none alone."""
    found: list[int] = []
    start = 0
    for row in part["_key"].is_in([*words]).arg_true():
        block = part.slice(start, row - start)
        told = [name for name in names if part[name][row]]
        sums = [is_sum(block[name].cast(pl.Float64), float(part[name][row])) for name in told]
        if block.height > 1 and told and all(sums) and (found or row + 1 < part.height):
            found.append(row)
            start = row + 1
    return found


def _amounts(rows: RoleRows) -> list[str]:
    """The columns that hold amounts, of which some are known."""
    if rows.role is Role.USAGE:
        names = [name for name in rows.frame.columns if name.startswith(METRIC)]
    else:
        names = [field.name for field in ROLES[rows.role].fields if field.cell in _AMOUNTS]
    return [name for name in names if rows.frame[name].count() > 1]


def _is_named(key: str, others: list[RoleRows]) -> bool:
    """Whether other files name a key."""
    columns = (each.frame[name] for each in others for name in ("account_id", KEY) if name in each.frame.columns)
    return any((column == key).any() for column in columns)


def _is_total(last: pl.DataFrame, body: pl.DataFrame, names: list[str], others: list[RoleRows]) -> bool:
    row = last.row(0, named=True)
    sums = [name for name in names if row[name] and is_sum(body[name].cast(pl.Float64), float(row[name]))]
    if row["_key"] is None or total_word(row["_key"]):
        filled = [name for name in names if row[name]]
        means = [name for name in filled if is_mean(body[name].drop_nulls().cast(pl.Float64), float(row[name]))]
        needed = len(filled) if total_word(row["_key"] or "") is Word.FIRST else len(filled) / 2
        return len({*sums, *means}) >= max(needed, 1)
    known = [name for name in names if body[name].count()]
    unlike = max((body[name].n_unique() for name in sums), default=0)
    return (
        len(sums) == len(known) > 0
        and unlike >= _UNLIKE
        and row[FATE] != Fate.REJECTED
        and not _is_named(row["_key"], others)
        and _says_no_more(row, body, names)
    )


def _says_no_more(row: Mapping[str, object], body: pl.DataFrame, names: list[str]) -> bool:
    """Whether nothing but its label and numbers stands in a row, of what stands in most of the others."""
    label = {"_key", *_OF_A_ROW, *names}
    if len(names) > 1:
        label.add("account_name")
    usual = [name for name in body.columns if name not in label and body[name].count() * 2 > body.height]
    return all(row[name] is None for name in usual)
