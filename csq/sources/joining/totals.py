"""Totals among the rows of accounts and of usage tables, told by their numbers once these are read.

The reader of text takes off what says that it is a total at the end of a file. Here the last row of a file, or of a
period, is one where it has a total word or no key and its numbers are sums or means; and without a word only where
every number sums up at least three unequal rows, nothing else stands in the row, and no other file names its key. So is
a first row with a total word, and a row with one all of whose numbers sum up the rows since the subtotal before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import add

import polars as pl

from csq.fate import COLUMN, FATE, REASON, VALUE
from csq.report import Note, masked
from csq.roles import ROLES, Cell
from csq.sources.joining.summing import OF_A_ROW, TOTAL_KEY, WORD, summing
from csq.sources.reading.read import LINE
from csq.sources.reading.sums import NEAR, is_near, total_words
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import FILE, KEY, RoleRows
from csq.terms import Aside, Fate, Grain, NoteKind, Role

_WHERE = "where"
"""Which rows a total sums up: those `above` it, or `below`."""
_OPEN = (Fate.USED, Aside.UNMATCHED, Fate.REJECTED)
"""What a total may have been taken for before."""
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
    return pl.col(KEY if KEY in rows.frame.columns else "account_id").alias(TOTAL_KEY)


def _totals(rows: RoleRows, others: list[RoleRows]) -> Iterator[tuple[str, int, str]]:
    """File and line of each total, and where the rows stand that it sums up."""
    names = _amounts(rows)
    if not names:
        return
    by = [FILE, "period"] if rows.grain is Grain.PERIOD else [FILE]
    needed = {FILE, LINE, FATE, *by, *names}
    told = [name for name in rows.frame.columns if name in needed or name not in OF_A_ROW]
    is_open = rows.frame.select(pl.col(FATE).is_in([str(fate) for fate in _OPEN])).to_series()
    frame = rows.frame.select(_key(rows), *told)
    frame = frame if is_open.all() else frame.filter(is_open)
    frame = frame.with_columns(total_words(frame[TOTAL_KEY]).alias(WORD))
    known = [each.frame[name] for each in others for name in ("account_id", KEY) if name in each.frame.columns]
    elsewhere = pl.concat(known).drop_nulls().unique() if known else pl.Series(dtype=pl.String())
    begin, end = pl.col(LINE).min(), pl.col(LINE).max()
    has_words = frame[WORD].count() > 0
    subtotals: list[tuple[str, int]] = []
    if has_words and (subtotals := _subtotals(frame, by, names)):
        gone = pl.DataFrame(subtotals, schema={FILE: pl.String(), LINE: pl.Int64()}, orient="row")
        frame = frame.join(gone, on=[FILE, LINE], how="anti")
    last = summing(frame, end, by, names, elsewhere=elsewhere, but_totals=True)
    yield from ((*at, "above") for at in (*subtotals, *last[[FILE, LINE]].rows()))
    if has_words:
        rest = _with_word(frame, pl.col(LINE) == begin, by).join(last, on=by, how="anti", nulls_equal=True)
        first = summing(rest, begin, by, names, elsewhere=elsewhere, but_totals=False)
        yield from ((*at, "below") for at in first[[FILE, LINE]].rows())


def _with_word(frame: pl.DataFrame, there: pl.Expr, by: list[str]) -> pl.DataFrame:
    """The tables with a total word in some row."""
    return frame.filter((there & pl.col(WORD).is_not_null()).any().over(by))


def _subtotals(frame: pl.DataFrame, by: list[str], names: list[str]) -> list[tuple[str, int]]:
    """File and line of the rows with a total word that sum up those since the one before; the last is none alone."""
    blocks = _blocks(frame, by, names)
    blocks = blocks.filter(_may_sum_up(names).any().over("table"))  # in tables with none each is a name
    sums = zip(*(blocks[f"{name} above"].to_list() for name in names), strict=True)
    rows = zip(*(blocks[name].to_list() for name in names), strict=True)
    ends = zip(*(blocks[name].to_list() for name in ("table", "last", "others")), sums, rows, strict=True)
    found: list[int] = []
    table, above, count, begun = -1, [0.0] * len(names), 0, False
    for place, (at, is_last, others, more, row) in enumerate(ends):
        if at != table:
            table, above, count, begun = at, [0.0] * len(names), 0, False
        above = [*map(add, above, more)]
        count += others
        may = count > 1 and (begun or not is_last) and any(row)
        if may and all(map(_fits, above, row)):
            found.append(place)
            above, count, begun = [0.0] * len(names), 0, True
        else:  # a name that has the word in it is a row like any other
            above = [*map(add, above, row)]
            count += 1
    return blocks[found].select(FILE, LINE).rows()


def _fits(above: float, total: float) -> bool:
    return not total or is_near(above, total)


def _may_sum_up(names: list[str]) -> pl.Expr:
    """Whether a row has the sums of all rows of its table before it, about: the first that sums any up does."""
    told, fits = [], []
    for name in names:
        own, above = pl.col(name), pl.col(f"{name} above")
        before = ((own + above).cum_sum() - own).over("table")
        told.append(own != 0)
        fits.append((own == 0) | ((before - own).abs() <= 2 * NEAR * own.abs()))
    return pl.any_horizontal(told) & pl.all_horizontal(fits)


def _blocks(frame: pl.DataFrame, by: list[str], names: list[str]) -> pl.DataFrame:
    """The rows with a total word of the tables that have one above their last row, table by table and in order.

    Each with the number of its `table`, whether it is the `last` there, its amounts, and the rows since the one before:
    how many `others`, and their sums, `<name> above`. All at once, since a key may be `Total` in every row.
    """
    told = (
        _with_word(frame, pl.col(LINE) != pl.col(LINE).max(), by)
        .sort(*by, LINE)
        .select(
            FILE,
            LINE,
            pl.col(names).cast(pl.Float64()).fill_null(0),
            named=pl.col(WORD).is_not_null(),
            table=pl.struct(by).rle_id(),
        )
    )
    is_last = pl.col("table").ne_missing(pl.col("table").shift(-1))
    begins = (pl.col("named") | is_last).shift(1, fill_value=True)
    others = pl.when(~pl.col("named"))
    parts = told.with_columns(
        begins.cum_sum().alias("block"),
        is_last.alias("last"),
        others.then(pl.lit(1)).otherwise(0).alias("others"),
        *(others.then(name).otherwise(0.0).alias(f"{name} above") for name in names),
    )
    last = pl.col(FILE, LINE, "named", "table", "last", *names).last()
    sums = pl.col("others", *(f"{name} above" for name in names)).sum()
    blocks = parts.group_by("block", maintain_order=True).agg(last, sums)
    return blocks.filter("named")


def _amounts(rows: RoleRows) -> list[str]:
    """The columns that hold amounts, of which some are known."""
    if rows.role is Role.USAGE:
        names = [name for name in rows.frame.columns if name.startswith(METRIC)]
    else:
        names = [field.name for field in ROLES[rows.role].fields if field.cell in _AMOUNTS]
    return [name for name in names if rows.frame[name].count() > 1]
