"""Who still uses the product, whatever the contract says: the last day of use of every account, members or not."""

from datetime import date, timedelta

import polars as pl

from csq.facts.periods import last_day, length_of
from csq.fate import is_used
from csq.sources.typed import RoleRows
from csq.sources.usage import METRIC, metric_kind
from csq.terms import Grain, MetricKind

LAST_USE = "_last_use"
_NOBODY = pl.DataFrame(schema={"account_id": pl.String(), LAST_USE: pl.Date()})


def last_use(rows: RoleRows | None, as_of: date | None, days: int) -> pl.DataFrame:
    """The last day of use by as_of, of accounts with use in the last `days` days: account_id, LAST_USE.

    Of a table of periods the days are those up to the end of its newest period, and a period counts to its last day;
    a table without dates is taken to speak of as_of, unless it says when an account was last active.
    """
    if rows is None or as_of is None:
        return _NOBODY
    found = _of_log(rows) if rows.grain is Grain.LOG else _of_table(rows, as_of)
    found = found.drop_nulls().filter(pl.col(LAST_USE) <= as_of)
    newest = as_of if rows.grain is Grain.LOG else found[LAST_USE].max()
    if not isinstance(newest, date):
        return _NOBODY
    recent = found.filter(pl.col(LAST_USE) > newest - timedelta(days=days))
    return recent.group_by("account_id").agg(pl.col(LAST_USE).max()).sort("account_id")


def _of_log(rows: RoleRows) -> pl.DataFrame:
    if rows.counts is not None:
        return rows.counts.days.filter(is_used()).select("account_id", pl.col("last_active").alias(LAST_USE))
    used = rows.keyed.filter(is_used(), pl.col("events") > 0)
    return used.select("account_id", pl.col("at").dt.date().alias(LAST_USE))


def _of_table(rows: RoleRows, as_of: date) -> pl.DataFrame:
    metrics = [
        name
        for name in rows.frame.columns
        if name.startswith(METRIC) and metric_kind(name.removeprefix(METRIC), {}) is not MetricKind.TROUBLE
    ]
    used = rows.keyed.filter(is_used(), pl.any_horizontal(pl.lit(value=False), *(pl.col(name) > 0 for name in metrics)))
    if rows.grain is Grain.ACCOUNT:
        seen = pl.col("last_active_date") if "last_active_date" in used.columns else pl.lit(as_of)
        return used.select("account_id", seen.cast(pl.Date).alias(LAST_USE))
    starts = rows.keyed["period"].drop_nulls().unique().sort().to_list()
    if not starts:
        return _NOBODY
    length = length_of(starts)
    ends = {start: last_day(start, length) for start in starts}
    return used.select("account_id", pl.col("period").replace_strict(ends, return_dtype=pl.Date()).alias(LAST_USE))
