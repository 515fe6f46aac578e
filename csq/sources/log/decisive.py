"""The decisive rows of a long table: the few by which its columns settle how they are read.

A column settles by all of its cells whether the day stands before the month and which mark is the decimal one. What a
cell says about that depends on little of it. So the cells fall into classes of which one speaks for all, and the rows
chosen here settle every question as the whole table would, in the same words and with the same lines.
"""

from collections.abc import Mapping

import polars as pl

from csq.roles import Cell
from csq.sources.cells.values import tidy
from csq.sources.reading.grid import LINE

TIMES = (Cell.DATE, Cell.PERIOD, Cell.TIME)
NUMBERS = (Cell.NUMBER, Cell.WHOLE, Cell.MONEY)
FEW = 6
"""Digits of the longest number that can be read with either decimal mark, such as `123,456`."""


def decisive_rows(rows: pl.DataFrame, kinds: Mapping[str, Cell]) -> pl.DataFrame:
    """Choose the rows that speak for all in the columns of `kinds`.

    Choosing from parts, and again from what was chosen there, gives the same.

    Args:
        rows: Column `line` and columns of text.
        kinds: What the columns to settle are read as.
    """
    lines = [pl.Series(LINE, [], dtype=pl.Int64())]
    for name, kind in kinds.items():
        if kind in (*TIMES, *NUMBERS):
            cells = rows.select(LINE, pl.col(name).alias("raw")).unique("raw", keep="first", maintain_order=True)
            cells = cells.with_columns(tidy(cells["raw"]).alias("cell"))
            lines += _of_times(cells) if kind in TIMES else _of_numbers(cells)
    return rows.filter(pl.col(LINE).is_in(pl.concat(lines).implode())).sort(LINE)


def _of_times(cells: pl.DataFrame) -> list[pl.Series]:
    """The first, the smallest and the largest cell of each form, told apart by the two numbers that may be a day.

    Bare numbers are dates only if all lie in a range: within one form the order of the text is that of the numbers.
    The largest also tell the newest day, but for forms in which the year stands behind the name of a month.
    """
    cell = pl.col("cell")
    form = cell.str.replace_all("[0-9]", "9")
    day_or_month = cell.str.extract(r"^([0-9]{1,2}[-/.][0-9]{1,2})[-/.]")
    chosen = cells.group_by(form.alias("form"), day_or_month.alias("day")).agg(
        pl.col(LINE).min(),
        pl.col(LINE).sort_by("cell", LINE).first().alias("least"),
        pl.col(LINE).sort_by("cell", LINE).last().alias("most"),
    )
    return [chosen[name].alias(LINE) for name in (LINE, "least", "most")]


def _of_numbers(cells: pl.DataFrame) -> list[pl.Series]:
    """The first cell of each form. Zeros tell `0.125` or `1.000` from `1.125`, but nothing in a longer number."""
    cell = pl.col("cell")
    is_short = cell.str.count_matches("[0-9]") <= FEW
    form = pl.when(is_short).then(cell.str.replace_all("[1-9]", "9")).otherwise(cell.str.replace_all("[0-9]", "9"))
    return [cells.group_by(form.alias("form")).agg(pl.col(LINE).min())[LINE]]
