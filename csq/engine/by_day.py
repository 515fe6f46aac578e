"""A usage log as counts of its days, from which those for any windows are taken without reading the log again.

Plain sums over integers again. `DAYS` names the columns; `what` says whether `name` is a user's or a feature's, so that
each row of a log is counted twice: once with its user and once with its feature.
"""

from collections.abc import Sequence

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.counts import IsEveryday, LogCounts, count_apart, never_everyday
from csq.fate import ROWS

USER, FEATURE = "user", "feature"
"""What a row counts."""
WHOSE = ("day", "what", "name")
"""What tells the counts of an account apart."""
DAYS = {
    "day": pl.Date(),
    "what": pl.String(),
    "name": pl.String(),
    "units": pl.Int64(),
    ROWS: pl.Int64(),
}
"""Columns beside those that name the account: units are ten-thousandths of an event, rows those of the log."""


def count_by_day(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Count rows of a log: columns `by`, day, units, user_id, feature. Returns `by` and `DAYS`, in no order."""
    kinds = {USER: pl.col("user_id"), FEATURE: pl.col("feature")}
    counted = [
        rows.lazy()
        .group_by(*by, "day", name.cast(pl.String()).alias("name"))
        .agg(pl.col("units").sum(), pl.len().cast(pl.Int64()).alias(ROWS))
        .select(*by, "day", pl.lit(what).alias("what"), "name", pl.col("units").cast(pl.Int64()), ROWS)
        for what, name in kinds.items()
    ]
    return pl.concat(pl.collect_all(counted, engine="streaming"))


def add_days(parts: Sequence[pl.DataFrame], by: Sequence[str]) -> pl.DataFrame:
    """The counts of all rows of the parts, sorted, so that the same rows give the same bytes."""
    rows = pl.concat(parts)
    named = [name for name in by if rows[name].null_count() < rows.height]
    keys = [*WHOSE[:2], *named, WHOSE[2]]
    added = rows.lazy().group_by(keys).agg(pl.col("units", ROWS).sum()).collect(engine="streaming")
    empty = (pl.lit(None, dtype=pl.String()).alias(name) for name in by if name not in named)
    return added.sort(keys).with_columns(*empty).select(*WHOSE[:2], *by, WHOSE[2], "units", ROWS)


def thin(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The same counts on fewer days, for when no single one of them matters.

    Of each account and name the first and the last day stay, and those of them with an event; what was counted on all
    days stands on the last with an event, but for one unit on the first.
    """
    named = [name for name in by if counts[name].null_count() < counts.height]
    day, active = pl.col("day"), pl.col("day").filter(pl.col("units") > 0)
    ends = {"first": day.min(), "last": day.max(), "first_active": active.min(), "last_active": active.max()}
    found = counts.lazy().group_by(*named, *WHOSE[1:]).agg(pl.col("units", ROWS).sum(), **ends)
    is_once = pl.col("first_active").eq_missing(pl.col("last_active"))
    found = found.with_columns(day=pl.coalesce("last_active", "last"), is_once=is_once)
    zero, main, first, begun = pl.lit(0, dtype=pl.Int64()), pl.col("day"), pl.col("first"), pl.col("first_active")
    nothing = found.with_columns(zero.alias("units"), zero.alias(ROWS))
    rows = [
        found.with_columns(pl.col("units") - pl.when("is_once").then(0).otherwise(1)),
        nothing.filter(~pl.col("is_once")).with_columns(day=begun, units=zero + 1),
        nothing.filter(main != first, begun.ne_missing(first)).with_columns(day=first),
        nothing.filter(main != pl.col("last")).with_columns(day="last"),
    ]
    empty = (pl.lit(None, dtype=pl.String()).alias(name) for name in by if name not in named)
    columns = [*WHOSE[:2], *by, WHOSE[2], "units", ROWS]
    thinned = pl.concat(rows).with_columns(*empty).select(columns).collect(engine="streaming")
    return thinned.sort(*WHOSE[:2], *named, WHOSE[2])


def count_days(
    counts: pl.DataFrame, windows: UsageWindows, by: Sequence[str], is_everyday: IsEveryday = never_everyday
) -> LogCounts:
    """The counts for some windows: columns `by` and `DAYS`, thin where no day is looked at."""
    features = counts.filter(pl.col("what") == FEATURE).rename({"name": "feature"})
    users = counts.filter(pl.col("what") == USER).rename({"name": "user_id"})
    names = features["feature"].drop_nulls().unique()
    return count_apart(features, users, windows, by, [name for name in names if is_everyday(name)])
