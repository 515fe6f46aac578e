"""The log reduced in memory with polars."""

from datetime import date, datetime

import polars as pl

from csq.engine.base import LogSummary, ReducedLog, UsageWindows, exact_sum
from csq.fate import FATE, count_fates, is_used, mark
from csq.terms import Aside, Fate


def reduce_log(log: pl.DataFrame, members: pl.Series, windows: UsageWindows | None) -> LogSummary:
    """Reduce log rows to one small table per question.

    Args:
        log: Columns file, account_id, at (Datetime or null), user_id, feature, events, key, and those of `fate.ROW`.
        members: The account_ids of the population.
        windows: None when the log has no dates; then every row counts as now.
    """
    rows = _mark(log.with_columns(day=pl.col("at").dt.date()), members, windows)
    seen = rows.filter(is_used() | (pl.col(FATE) == Aside.OUTSIDE_WINDOWS))
    now = windows.now.holds(pl.col("day")) if windows else pl.lit(value=True)
    before = windows.before.holds(pl.col("day")) if windows else pl.lit(value=False)
    # A row that counts zero events says that the account is in the log, not that anybody was active.
    active = seen.filter(pl.col("events") > 0).with_columns(now=now, before=before)
    recent = pl.col("now") | pl.col("before")
    return LogSummary(
        days=seen.group_by("account_id", "day").agg(events=exact_sum(pl.col("events"))).sort("account_id", "day"),
        users=active.drop_nulls("user_id")
        .group_by("account_id", "user_id")
        .agg(
            recent=recent.any(),
            events=exact_sum(pl.col("events").filter(recent)),
            active=pl.col("now").any(),
            last_day=pl.col("day").max(),
            first_day=pl.col("day").min(),
        )
        .filter("recent")
        .drop("recent")
        .sort("account_id", "user_id"),
        features=active.drop_nulls("feature")
        .group_by("account_id", "feature")
        .agg(now=pl.col("now").any(), before=pl.col("before").any())
        .sort("account_id", "feature"),
        fates=count_fates(rows),
        first_day=_first_day(log),
    )


def finish_log(days: pl.DataFrame, reduced: ReducedLog, members: pl.Series) -> LogSummary:
    """What `reduce_log` gives, of a log that is already one row for each account and day.

    Args:
        days: Columns account_id, at, events, key, and those of `fate.ROW`.
        reduced: The users and features of the same log.
        members: The account_ids of the population.
    """
    rows = _mark(days.with_columns(pl.col("at").dt.date().alias("day")), members, reduced.windows)
    seen = rows.filter(is_used() | (pl.col(FATE) == Aside.OUTSIDE_WINDOWS))
    ours = pl.col("account_id").is_in(members.implode())
    return LogSummary(
        days=seen.group_by("account_id", "day").agg(events=exact_sum(pl.col("events"))).sort("account_id", "day"),
        users=reduced.users.filter(ours).with_columns(pl.col("events").cast(pl.Float64)),
        features=reduced.features.filter(ours),
        fates=count_fates(rows),
        first_day=_first_day(days),
    )


def _first_day(log: pl.DataFrame) -> date | None:
    first = log.filter(pl.col("key").is_not_null())["at"].min()
    return first.date() if isinstance(first, datetime) else None


def _mark(rows: pl.DataFrame, members: pl.Series, windows: UsageWindows | None) -> pl.DataFrame:
    """Give every row that will not be counted its reason."""
    fates: dict[Aside | Fate, pl.Expr] = {Aside.NOT_A_CUSTOMER: ~pl.col("account_id").is_in(members.implode())}
    if windows is not None:
        day, spans = pl.col("day"), (windows.now, windows.before, windows.year_ago)
        fates[Aside.AFTER_AS_OF] = day > windows.as_of
        fates[Aside.OUTSIDE_WINDOWS] = ~pl.any_horizontal(span.holds(day) for span in spans)
    return mark(rows, fates)
