"""A reduced event log to usage facts, one row per account.

An account the log knows but that did nothing in the window has zeros; one that the log does not
know has nulls and the reason `not_in_usage`. A window the log does not reach back to is not known.
"""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from csq.engine.base import LogSummary, UsageWindows, exact_sum
from csq.engine.local import finish_log, reduce_log
from csq.schema import COLUMNS, USAGE, complete
from csq.sources.load import RoleRows
from csq.terms import MetricKind, Unknown

USAGE_KEYED = (COLUMNS["account_id"], *USAGE)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """frame: account_id, `schema.USAGE`, `usage_unknown`, and of metric tables `metric_<name>` columns.

    fates: file, aside, rows. `metrics` gives the kind of each metric column, by name without prefix.
    """

    frame: pl.DataFrame
    fates: pl.DataFrame
    metrics: dict[str, MetricKind] = field(default_factory=dict)
    window: tuple[date, date] | None = None
    """First and last day counted, where there are days."""


def no_usage(members: pl.Series) -> Usage:
    """What is known of usage without a usage file."""
    frame = complete(pl.DataFrame({"account_id": members}), USAGE_KEYED)
    fates = pl.DataFrame(schema={"file": pl.String(), "aside": pl.String(), "rows": pl.UInt32()})
    return Usage(frame=frame.with_columns(usage_unknown=pl.lit(str(Unknown.NO_USAGE_FILE))), fates=fates)


def log_facts(rows: RoleRows, accounts: pl.DataFrame, as_of: date | None, days: int) -> Usage:
    """Measure usage from an event log.

    Args:
        rows: Log rows, see `engine.local.reduce_log`.
        accounts: The population, with `seats` and `features_entitled` where known.
        as_of: Last day of the window; None where the log has no dates, so that all of it counts.
        days: Length of the window.
    """
    windows = UsageWindows(as_of, days) if as_of and rows.frame["at"].is_not_null().any() else None
    log = _reduce(rows, accounts["account_id"], windows)
    frame = accounts.select("account_id", "seats", *(n for n in ("features_entitled",) if n in accounts.columns))
    parts = (_volume(log, windows), _people(log, windows), _features(log, frame))
    for part in parts:
        frame = frame.join(part, on="account_id", how="left", maintain_order="left")
    in_log = pl.col("events").is_not_null()
    has_users = log.users.height > 0
    has_features = rows.reduced.has_features if rows.reduced else rows.frame["feature"].is_not_null().any()
    frame = frame.with_columns(
        usage_unknown=pl.when(~in_log).then(pl.lit(str(Unknown.NOT_IN_USAGE))),
        # Known to the log and without a row in a window is zero; a column the log lacks stays unknown.
        active_users=pl.when(in_log & pl.lit(has_users)).then(pl.col("active_users").fill_null(0)).cast(pl.Float64),
        features_used=pl.when(in_log & pl.lit(has_features)).then(pl.col("features_used").fill_null(0)),
        features_dropped=pl.when(in_log & pl.lit(has_features)).then(pl.col("features_dropped").fill_null(0)),
    )
    frame = frame.with_columns(
        usage_change_pct=change_pct("events", "events_previous"),
        usage_change_yoy_pct=change_pct("events", "events_year_ago"),
        seat_use_pct=pl.col("active_users") / pl.col("seats") * 100,
        breadth_pct=(pl.col("features_used") / pl.col("features_available") * 100).clip(0, 100),
        features_unused=(pl.col("features_available") - pl.col("features_used")).clip(0),
    )
    if windows is None or log.first_day is None or log.first_day > windows.before.first:
        # Without the window before nothing can be told to have been dropped since.
        frame = frame.with_columns(features_dropped=pl.lit(None, dtype=pl.Int64()))
    promised = complete(frame, USAGE_KEYED).select(*(c.name for c in USAGE_KEYED), "usage_unknown").sort("account_id")
    window = (windows.now.first, windows.now.last) if windows else None
    return Usage(frame=promised, fates=log.fates, window=window)


def _reduce(rows: RoleRows, members: pl.Series, windows: UsageWindows | None) -> LogSummary:
    """The log as small tables, whether its rows are here or were counted as they were read."""
    if rows.reduced is None:
        return reduce_log(rows.frame, members, windows)
    if rows.reduced.windows != windows:
        raise ValueError(f"the log was counted for {rows.reduced.windows}, not for {windows}")
    return finish_log(rows.frame, rows.reduced, members)


def change_pct(now: str, before: str) -> pl.Expr:
    """Change in percent; null from nothing, since no percentage leads up from zero."""
    return pl.when(pl.col(before) > 0).then((pl.col(now) / pl.col(before) - 1) * 100)


def _volume(log: LogSummary, windows: UsageWindows | None) -> pl.DataFrame:
    """Events and active days by window, and the last day of all."""
    events, day = pl.col("events"), pl.col("day")
    if windows is None:
        return log.days.group_by("account_id").agg(events=exact_sum(events)).sort("account_id")
    active = events > 0

    def within(span: str) -> pl.Expr:
        inside = getattr(windows, span)
        reached = log.first_day is not None and log.first_day <= inside.first
        total = exact_sum(events.filter(inside.holds(day)))
        return total if reached else pl.lit(None, dtype=pl.Float64())

    last = day.filter(active).max()
    return (
        log.days.group_by("account_id")
        .agg(
            events=exact_sum(events.filter(windows.now.holds(day))),
            events_previous=within("before"),
            events_year_ago=within("year_ago"),
            active_days=day.filter(active & windows.now.holds(day)).n_unique(),
            last_active_date=last,
            idle_days=(pl.lit(windows.as_of) - last).dt.total_days(),
        )
        .sort("account_id")
    )


def _people(log: LogSummary, windows: UsageWindows | None) -> pl.DataFrame:
    """Active users, and the user with the most events of this window and the one before."""
    top = log.users.sort(["account_id", "events", "user_id"], descending=[False, True, False])
    idle = (pl.lit(windows.as_of if windows else None, dtype=pl.Date()) - pl.col("last_day").first()).dt.total_days()
    return top.group_by("account_id", maintain_order=True).agg(
        active_users=pl.col("active").sum(),
        top_user=pl.col("user_id").first(),
        top_user_share_pct=pl.col("events").first() / pl.col("events").sum() * 100,
        top_user_idle_days=idle,
    )


def _features(log: LogSummary, accounts: pl.DataFrame) -> pl.DataFrame:
    """Features used and dropped, against those entitled or else all that the log knows."""
    known = log.features["feature"].n_unique()
    entitled = (
        pl.col("features_entitled").str.split(";").list.eval(pl.element().str.strip_chars()).list.n_unique()
        if "features_entitled" in accounts.columns
        else pl.lit(None, dtype=pl.Int64())
    )
    # A bare number in the column is how many, a list is which.
    count = (
        pl.col("features_entitled").cast(pl.Int64, strict=False)
        if "features_entitled" in accounts.columns
        else pl.lit(None, dtype=pl.Int64())
    )
    used = log.features.group_by("account_id").agg(
        features_used=pl.col("now").sum(), features_dropped=(pl.col("before") & ~pl.col("now")).sum()
    )
    available = accounts.select("account_id", features_available=pl.coalesce(count, entitled, pl.lit(known or None)))
    return available.join(used, on="account_id", how="left", maintain_order="left")
