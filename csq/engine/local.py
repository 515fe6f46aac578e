"""The log reduced in memory with polars."""

from datetime import date

import polars as pl

from csq.engine.base import LogSummary, UsageWindows, exact_sum
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
    recent = pl.col("now") | pl.col("before")
    first = log["at"].min()
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
        fates=rows.group_by("file", "aside").agg(rows=pl.len()).sort("file", "aside"),
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
