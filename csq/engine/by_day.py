"""A usage log as counts of its days, from which those for any windows are taken without reading the log again.

Plain sums over integers again. `DAYS` names the columns; `what` says whether `name` is a user's or a feature's, so that
each row of a log is counted twice: once with its user and once with its feature.
"""

from collections.abc import Sequence

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.counts import IsEveryday, LogCounts, count_apart, is_telling, never_everyday
from csq.fate import ROWS

USER, FEATURE, ACCOUNT = "user", "feature", "account"
"""What a row counts. An account is counted by itself only where its days are thin."""
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
    return _summed(rows, _named(rows, by), by)


def _named(rows: pl.DataFrame, by: Sequence[str]) -> list[str]:
    """The columns that hold anything: to group by a text takes its time."""
    return [name for name in by if rows[name].null_count() < rows.height]


def _summed(rows: pl.DataFrame, named: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    keys = ["day", "what", *named, "name"]
    summed = _ranked(rows, keys[1:]).lazy().group_by(keys).agg(pl.col("units", ROWS).sum())
    return _in_order(summed.collect(engine="streaming"), named, by)


def _in_order(counts: pl.DataFrame, named: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """Counts by what they are counted by, sorted, with their texts and all columns `by`."""
    keys = ["day", "what", *named, "name"]
    texts = counts.sort(keys).with_columns(pl.col(keys[1:]).cast(pl.String()))
    empty = (pl.lit(None, dtype=pl.String()).alias(name) for name in by if name not in named)
    return texts.with_columns(*empty).select("day", "what", *by, "name", "units", ROWS)


def _ranked(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Texts as their places in the order of all of them: these are grouped and sorted in a third of the time."""
    orders = {name: pl.Enum(rows[name].cast(pl.String()).drop_nulls().unique().sort()) for name in columns}
    return rows.with_columns(pl.col(name).cast(order) for name, order in orders.items())


def thin(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The same counts with less in them, for days on which no user and no feature is looked at by itself.

    Units and rows of an account stand on each of its days. Of a user the first day with an event is left, of a feature
    the last one, with all their units; where there is none, any.
    """
    named = _named(counts, by)
    ranked = _ranked(counts, [*named, "name"])
    users, features = (ranked.lazy().filter(pl.col("what") == what) for what in (USER, FEATURE))
    day, active = pl.col("day"), pl.col("day").filter(pl.col("units") > 0)
    units, rows, no_rows = pl.col("units").sum(), pl.col(ROWS).sum(), pl.lit(0, dtype=pl.Int64()).alias(ROWS)
    no_name = pl.lit(None, dtype=ranked.schema["name"])
    told = {
        USER: users.group_by(*named, "name").agg(units, no_rows, day=pl.coalesce(active.min(), day.min())),
        FEATURE: features.group_by(*named, "name").agg(units, no_rows, day=pl.coalesce(active.max(), day.max())),
        ACCOUNT: features.group_by(*named, "day").agg(units, rows, name=no_name),
    }
    columns = ["day", "what", *named, "name", "units", ROWS]
    parts = [part.with_columns(what=pl.lit(what)).select(columns) for what, part in told.items()]
    return _in_order(pl.concat(pl.collect_all(parts, engine="streaming")), named, by)


def count_days(
    days: pl.LazyFrame,
    thin_days: pl.LazyFrame,
    windows: UsageWindows,
    by: Sequence[str],
    is_everyday: IsEveryday = never_everyday,
) -> LogCounts:
    """The counts for some windows, from counts of days: columns `by` and `DAYS`.

    The thin days lie in no span that is compared, and all by as_of or all after it.
    """
    kinds = [(days, FEATURE), (thin_days, FEATURE), (thin_days, ACCOUNT), (days, USER), (thin_days, USER)]
    parts = [rows.filter(pl.col("what") == what).select(*by, "day", "name", "units", ROWS) for rows, what in kinds]
    whole, slim, accounts, *users = pl.collect_all(parts, engine="streaming")
    features = pl.concat([whole, slim]).rename({"name": "feature"})
    names = features["feature"].drop_nulls().unique()
    everyday = [name for name in names if is_everyday(name)]
    told = features.filter(is_telling(everyday)).select(*by, "day", telling="units")
    return count_apart(
        pl.concat([whole, accounts, told], how="diagonal"),
        features,
        pl.concat(users).rename({"name": "user_id"}),
        windows,
        by,
        everyday,
        {name: pl.col(name).sum() for name in ("units", ROWS, "telling")},
    )
