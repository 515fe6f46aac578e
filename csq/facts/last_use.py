"""Who still uses the product, whatever the contract says: the last day of use of every account, members or not."""

from datetime import date, timedelta

import polars as pl

from csq.facts.metrics import told_length
from csq.facts.periods import length_of, span
from csq.fate import is_used
from csq.sources.columns.metrics import SCORED
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import RoleRows
from csq.terms import Grain, Length

LAST_USE = "_last_use"
_NOBODY = pl.DataFrame(schema={"account_id": pl.String(), LAST_USE: pl.Date()})


def last_use(rows: RoleRows | None, as_of: date | None, days: int) -> pl.DataFrame:
    """The last day of use by as_of, of accounts with use in the last `days` days: account_id, LAST_USE.

    Of a table of periods the days are those up to the end of its newest period, and a period counts to its last day;
    a table without dates is taken to speak of as_of, unless it says when an account was last active.
    """
    if rows is None or as_of is None:
        return _NOBODY
    if rows.grain is Grain.LOG:
        found, newest = _of_log(rows), as_of
    elif rows.grain is Grain.ACCOUNT:
        found, newest = _of_accounts(rows, as_of), as_of
    else:
        found, newest = _of_periods(rows, as_of)
    recent = found.filter(pl.col(LAST_USE).is_between(newest - timedelta(days=days - 1), as_of))
    return recent.drop_nulls().group_by("account_id").agg(pl.col(LAST_USE).max()).sort("account_id")


def _of_log(rows: RoleRows) -> pl.DataFrame:
    if rows.counts is not None:
        return rows.counts.days.filter(is_used()).select("account_id", pl.col("last_active").alias(LAST_USE))
    used = rows.keyed.filter(is_used(), pl.col("events") > 0)
    return used.select("account_id", pl.col("at").dt.date().alias(LAST_USE))


def _of_accounts(rows: RoleRows, as_of: date) -> pl.DataFrame:
    if "last_active_date" in rows.frame.columns:
        return rows.keyed.filter(is_used()).select("account_id", pl.col("last_active_date").alias(LAST_USE))
    return _used(rows).select("account_id", pl.lit(as_of).alias(LAST_USE))


def _of_periods(rows: RoleRows, as_of: date) -> tuple[pl.DataFrame, date]:
    """Account and last day of the periods with use, and the last day of the newest period that is over by as_of."""
    starts = rows.keyed["period"].drop_nulls().unique().sort().to_list()
    length = length_of(starts, told_length(rows)) if starts else Length.DAY
    ends = {start: start if length is Length.DAY else span(start, length).last for start in starts}
    end = pl.col("period").replace_strict(ends, default=None, return_dtype=pl.Date())
    newest = max((day for day in ends.values() if day <= as_of), default=as_of)
    return _used(rows).select("account_id", end.alias(LAST_USE)), newest


def _used(rows: RoleRows) -> pl.DataFrame:
    """The rows of a table that say that something was done. A running total tells of long ago."""
    tells = [METRIC + name for name, metric in rows.metrics.items() if metric.kind in SCORED and not metric.running]
    done = [pl.col(name) > 0 for name in tells if name in rows.frame.columns]
    return rows.keyed.filter(is_used(), pl.any_horizontal(pl.lit(value=False), *done))
