"""Running totals: columns of a period table that say how much was ever done, not how much in a period.

Told by csq.yaml or by the name, they are counted by what they grew; those that only look like one are asked about.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from csq.engine.base import exact_sum
from csq.errors import InputError, Location, Setting
from csq.facts.periods import before_of, span
from csq.fate import is_used
from csq.sources.columns.use_words import EVER
from csq.sources.reading.grid import LINE
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import FILE
from csq.suggest import in_yaml
from csq.terms import Length

PERIODS, ACCOUNTS = 6, 10
"""How many periods, and accounts with as many, it takes to see that a column never falls."""


def ask_of_running(frame: pl.DataFrame, headers: Mapping[str, str], length: Length) -> None:
    """Ask about counts that fall for no account and rise for most.

    Args:
        frame: Rows of a table with account_id, period and the metrics.
        headers: Those that csq.yaml does not speak of, with their headers in the files.
        length: How long a period is.

    Raises:
        InputError: One of them reads like a running total.
    """
    for name, header in sorted(headers.items()):
        value = pl.col(METRIC + name)
        # Of a frame with what is not asked of it too, each of the metrics would copy all.
        used = frame.select(used=is_used() & value.is_not_null())["used"]
        series = _by_period(frame.select("account_id", "period", value).filter(used), value)
        steps = series.group_by("account_id").agg(
            periods=pl.len(), falls=(value.diff() < 0).any(), rises=value.last() > value.first()
        )
        long = steps.filter(pl.col("periods") >= PERIODS)
        if long.height >= ACCOUNTS and not steps["falls"].any() and long["rises"].sum() * 2 > long.height:
            ordered = frame.filter(used).sort(METRIC + name, FILE, LINE, descending=[True, False, False])
            largest = ordered.row(0, named=True)
            raise InputError(
                f"column `{header}` never falls from one {length} to the next, for any of {steps.height:,} accounts: "
                "it reads like a running total",
                location=Location(label=largest[FILE], line=largest[LINE]),
                hint=f"`metrics: {{{in_yaml(header)}: running}}` in csq.yaml counts what it grew by, "
                f"`metrics: {{{in_yaml(header)}: count}}` takes it as it stands",
                asks=(Setting(("metrics", header), "running", "it never falls", ("count",)),),
            )


def _by_period(rows: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    """One row for each account and period, in order, with the sum of a value; most tables have one already."""
    rows = rows.sort("account_id", "period")
    again = pl.all_horizontal(pl.col("account_id", "period").eq_missing(pl.col("account_id", "period").shift()))
    if not rows.select(again.any()).item():
        return rows
    return rows.group_by("account_id", "period").agg(exact_sum(value)).sort("account_id", "period")


def growth(frame: pl.DataFrame, totals: Mapping[str, str], length: Length) -> pl.DataFrame:
    """The rows with what running totals grew by since the period before; null where that is not known.

    A total that falls was set to zero at a moment that nobody told.

    Args:
        frame: As for `ask_of_running`.
        totals: The running totals by name, with the period that each starts again with, a key of `use_words.RUNNING`.
        length: How long a period is.
    """
    if not totals:
        return frame
    owner = [name for name in ("account_id", "user_id") if name in frame.columns]
    columns = [METRIC + name for name in totals]
    told = frame.lazy().filter(is_used()).group_by(*owner, "period")
    sums = told.agg(pl.when(pl.col(each).count() > 0).then(exact_sum(pl.col(each))).alias(each) for each in columns)
    earlier = pl.col("period").shift(1).over(owner, order_by="period")
    follows = pl.lit(value=True) if length is Length.DAY else earlier.is_between(*_before(frame["period"], length))
    grown = sums.select(
        *owner,
        "period",
        *(_grown(METRIC + name, again, owner, earlier, follows, length) for name, again in totals.items()),
    ).collect()
    first = is_used() & pl.int_range(pl.len()).over(*owner, "period", is_used()).eq(0)
    key = [*owner, "period"]
    joined = frame.drop(columns).join(grown, on=key, how="left", nulls_equal=True, maintain_order="left")
    once = (pl.when(first).then(each).alias(each) for each in columns)
    return joined.with_columns(once).select(frame.columns)


def _grown(
    column: str, again: str, owner: Sequence[str], earlier: pl.Expr, follows: pl.Expr, length: Length
) -> pl.Expr:
    """What a total grew by; over daily rows since the day that it was last told on."""
    total = pl.col(column)
    known = total.forward_fill() if length is Length.DAY else total
    grown = total - known.shift(1).over(owner, order_by="period")
    grown = pl.when(follows & (grown >= 0)).then(grown).otherwise(None)
    if again != EVER:
        starts = pl.col("period").dt.truncate(again) != earlier.dt.truncate(again)
        grown = pl.when(starts).then(total).otherwise(grown)
    return grown.alias(column)


def _before(starts: pl.Series, length: Length) -> tuple[pl.Expr, pl.Expr]:
    """The first and the last day of the period before that of each row."""
    days = starts.drop_nulls().unique()
    spans = [before_of(span(start, length), length) for start in days]
    first = pl.col("period").replace_strict(days, pl.Series([each.first for each in spans], dtype=pl.Date()))
    last = pl.col("period").replace_strict(days, pl.Series([each.last for each in spans], dtype=pl.Date()))
    return first, last
