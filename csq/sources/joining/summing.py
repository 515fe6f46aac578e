"""Which row at the end, or the beginning, of a table sums up the others: of all tables at once.

A file by day is a table for each day: thousands, of which next to none has a total.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

import polars as pl

from csq.fate import FATE, ROW, is_used
from csq.sources.reading.read import LINE
from csq.sources.reading.sums import Word, is_near
from csq.sources.rows.typed import KEY
from csq.terms import Aside, Fate

TOTAL_KEY, WORD = "_key", "_word"
"""Columns with what stands where a row has its key, and which `Word` that has."""
_END, _OTHERS = "_end", "_others"
"""Columns that say whether a row is the one in question, and whether it is one of those that it may sum up."""
_AT_ONCE = 50
"""Columns that are summed up together: a query of some thousands takes gigabytes."""
UNLIKE = 3
"""Rows of unlike amounts that a total without a total word sums up at the least."""
OF_A_ROW = {
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


def summing(
    frame: pl.DataFrame,
    line: pl.Expr,
    by: Sequence[str],
    names: Sequence[str],
    *,
    elsewhere: pl.Series,
    but_totals: bool,
) -> pl.DataFrame:
    """Find the row on one line of each table, if its numbers are sums or means of the others.

    With a total word or no key that is half of its numbers, and with more words, which may be a name, all; else it
    takes every sum, of unlike amounts, and nothing else in the row, nor its key in another file.

    Args:
        frame: Rows of the tables, with `TOTAL_KEY`, `WORD`, and whatever else may stand in a row.
        line: The line of the row in question.
        by: Columns that make rows one table, the file among them.
        names: Columns of amounts.
        elsewhere: Keys that other files name.
        but_totals: Whether rows with a total word alone are none of those it sums up.

    Returns:
        `by` and the line of each such row.
    """
    key = pl.col(TOTAL_KEY)
    counts = (is_used() | (pl.col(FATE) == Aside.UNMATCHED)) & key.is_not_null()
    if but_totals:
        counts &= pl.col(WORD).ne_missing(Word.ALONE)
    # As columns of all rows: to filter those of each table anew for each number takes ten times as long.
    is_end = pl.col(LINE) == line.over(by)
    frame = frame.with_columns(is_end.alias(_END)).with_columns((counts & ~pl.col(_END)).alias(_OTHERS))
    tables = frame.group_by(by, maintain_order=True).agg(
        line.alias(LINE),
        pl.col(_OTHERS).sum(),
        *(pl.when(_END).then(name).max().alias(name) for name in (TOTAL_KEY, WORD, FATE)),
        says_more=_says_more(frame.columns, names),
    )
    tables = tables.hstack(_counts(frame, by, names))
    named = key.is_null() | pl.col(WORD).is_not_null()
    needed = pl.when(pl.col(WORD) == Word.FIRST).then(pl.col("filled")).otherwise(pl.col("filled") / 2)
    speaks = pl.col("fits") >= pl.max_horizontal(needed, 1)
    proved = (pl.col("sums") == pl.col("known")) & (pl.col("unlike") > 0) & ~pl.col("says_more")
    proved &= (pl.col(FATE) != Fate.REJECTED) & ~key.is_in(elsewhere.implode())
    return tables.filter((pl.col(_OTHERS) > 1) & pl.when(named).then(speaks).otherwise(proved)).select(*by, LINE)


def _counts(frame: pl.DataFrame, by: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
    """What `_arithmetic` tells of all columns, a row for each table in order: of some columns after the others."""
    tables = frame.group_by(by, maintain_order=True)
    parts = (tables.agg(**_arithmetic(names[at : at + _AT_ONCE])) for at in range(0, len(names), _AT_ONCE))
    return reduce(add, (part.drop(by) for part in parts))


def _arithmetic(names: Sequence[str]) -> dict[str, pl.Expr]:
    """How many numbers of the row are sums, and how many that or means; how many it has, and how many the others have.

    And how many sum up amounts that are `unlike` enough.
    """
    sums, fits, known, filled, unlike = [], [], [], [], []
    for name in names:
        value = pl.col(name).cast(pl.Float64())
        parts, total = pl.when(_OTHERS).then(value), pl.when(_END).then(value).sum()
        low, high = parts.min(), parts.max()
        is_sum = (total != 0) & is_near(parts.sum(), total)
        is_mean = (total != 0) & (low != high) & is_near(parts.mean(), total)
        sums.append(is_sum)
        fits.append(is_sum | is_mean.fill_null(value=False))
        known.append(parts.count() > 0)
        filled.append(total != 0)
        unlike.append(is_sum & (value.filter(_OTHERS).n_unique() >= UNLIKE))
    counts = {"sums": sums, "fits": fits, "known": known, "filled": filled, "unlike": unlike}
    return {name: pl.sum_horizontal(each) for name, each in counts.items()}


def _says_more(columns: Sequence[str], names: Sequence[str]) -> pl.Expr:
    """Whether anything but its label and numbers stands in a row, of what stands in most of the others."""
    label = {_END, _OTHERS, TOTAL_KEY, WORD, *OF_A_ROW, *names, *(["account_name"] if len(names) > 1 else [])}
    others, end = pl.col(_OTHERS), pl.col(_END)
    told = [pl.col(name).is_not_null() for name in columns if name not in label]
    usual = [((others & each).sum() * 2 > others.sum()) & (end & each).any() for each in told]
    return pl.any_horizontal(pl.lit(value=False), *usual)
