"""The log reduced in memory with polars."""

from datetime import date

import polars as pl

from csq.engine.base import LogSummary, ReducedLog, UsageWindows, exact_sum
from csq.terms import Aside


def reduce_log(log: pl.DataFrame, members: pl.Series, windows: UsageWindows | None) -> LogSummary:
    """Reduce log rows to one small table per question.

    Args:
        log: Columns file, account_id, at (Datetime or null), user_id, feature, events, aside.
        members: The account_ids of the population.
        windows: None when the log has no dates; then every row counts as now.
    """
    rows = _mark(log.with_columns(pl.col("at").dt.date().alias("day")), members, windows)
    seen = rows.filter(pl.col("aside").is_null() | (pl.col("aside") == Aside.OUTSIDE_WINDOWS))
    now = windows.now.holds(pl.col("day")) if windows else pl.lit(value=True)
    before = windows.before.holds(pl.col("day")) if windows else pl.lit(value=False)
    # A row that counts zero events says that the account is in the log, not that anybody was active.
    active = seen.filter(pl.col("events") > 0).with_columns(now=now, before=before)
    recent = active.filter(pl.col("now") | pl.col("before"))
    first = log["at"].min()
    return LogSummary(
        days=seen.group_by("account_id", "day").agg(events=exact_sum(pl.col("events"))).sort("account_id", "day"),
        users=recent.drop_nulls("user_id")
        .group_by("account_id", "user_id")
        .agg(events=exact_sum(pl.col("events")), active=pl.col("now").any(), last_day=pl.col("day").max())
        .sort("account_id", "user_id"),
        features=active.drop_nulls("feature")
        .group_by("account_id", "feature")
        .agg(now=pl.col("now").any(), before=pl.col("before").any())
        .sort("account_id", "feature"),
        fates=rows.group_by("file", "aside").agg(rows=pl.len()).sort("file", "aside"),
        first_day=first.date() if isinstance(first, date) else None,  # type: ignore[attr-defined]
    )


def finish_log(days: pl.DataFrame, reduced: ReducedLog, members: pl.Series) -> LogSummary:
    """What `reduce_log` gives, of a log that is already one row for each account and day.

    Args:
        days: Columns file, account_id, at, events, aside, rows (how many the log has).
        reduced: The users and features of the same log.
        members: The account_ids of the population.
    """
    rows = _mark(days.with_columns(pl.col("at").dt.date().alias("day")), members, reduced.windows)
    seen = rows.filter(pl.col("aside").is_null() | (pl.col("aside") == Aside.OUTSIDE_WINDOWS))
    ours = pl.col("account_id").is_in(members.implode())
    first = days["at"].min()
    return LogSummary(
        days=seen.group_by("account_id", "day").agg(events=exact_sum(pl.col("events"))).sort("account_id", "day"),
        users=reduced.users.filter(ours).with_columns(pl.col("events").cast(pl.Float64)),
        features=reduced.features.filter(ours),
        fates=rows.group_by("file", "aside").agg(pl.col("rows").sum()).sort("file", "aside"),
        first_day=first.date() if isinstance(first, date) else None,  # type: ignore[attr-defined]
    )


def _mark(rows: pl.DataFrame, members: pl.Series, windows: UsageWindows | None) -> pl.DataFrame:
    """Give every row that will not be counted its reason."""
    reasons = [(~pl.col("account_id").is_in(members.implode()), Aside.NOT_A_CUSTOMER)]
    if windows:
        inside = (
            windows.now.holds(pl.col("day"))
            | windows.before.holds(pl.col("day"))
            | windows.year_ago.holds(pl.col("day"))
        )
        reasons += [(pl.col("day") > windows.as_of, Aside.AFTER_AS_OF), (~inside, Aside.OUTSIDE_WINDOWS)]
    aside = pl.col("aside")
    for mask, reason in reasons:
        aside = pl.when(aside.is_null() & mask.fill_null(value=False)).then(pl.lit(str(reason))).otherwise(aside)
    return rows.with_columns(aside.alias("aside"))
