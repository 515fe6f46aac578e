"""Usage tables (numbers per account, or per account and period) to usage facts, one row per account.

An account that the table knows and that has no row for the window did nothing in it: its counts are
zero there. A blank cell is not known. People are never added up: of days, or of parts, the most count.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, cast

import polars as pl

from csq.engine.base import exact_mean, exact_sum
from csq.facts.periods import Periods, find_periods
from csq.facts.running import ask_of_running, growth
from csq.facts.usage import TELLING, USAGE_KEYED, USAGE_UNKNOWN, Usage, change_pct, is_sure, share_pct
from csq.facts.users import (
    ACTIVE_USERS,
    FEATURES_USED,
    WAS_ACTIVE,
    count_active,
    count_features,
    with_active,
    without_everyday,
)
from csq.fate import FATE, is_used, mark
from csq.report import Note
from csq.schema import collect, complete
from csq.sources.columns.metrics import AMOUNTS, SCORED, Metric
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, Fate, Grain, Length, MetricKind, NoteKind, Unknown

MONTH = 31
"""Days beyond which people were not all there in a window of four weeks or a month."""
BEFORE = ":before"
"""Suffix of what was measured in the period before; no metric's name can end in it."""


def table_facts(
    rows: RoleRows, accounts: pl.DataFrame, as_of: date | None, days: int, everyday: frozenset[str] = frozenset()
) -> Usage:
    """Measure usage from a table of metrics.

    The window is the newest complete period that ends by as_of, the previous one the period before;
    daily rows are taken together over `days` days, since one day says little.

    Args:
        rows: Table rows with `period` (Date or null) and `metric_<name>` columns.
        accounts: The population, with `seats`.
        as_of: Day by which a period must have ended.
        days: Length of the window for daily rows.
        everyday: Features that say no more than that somebody was there, squeezed.

    Raises:
        InputError: No period is complete by as_of, or a column reads like a running total.
    """
    table = _prepare(rows, as_of, days, everyday)
    metrics, periods = table.metrics, table.periods
    members = accounts["account_id"]
    frame = _mark(table.frame, members, periods, as_of)
    measured = _measure(frame, accounts, metrics, periods)
    facts = collect(
        measured.lazy()
        .with_columns(**_facts(metrics, as_of, has_features="feature" in frame.columns))
        .with_columns(
            usage_change_pct=change_pct("events", "events_previous"),
            usage_change_sure=_sure(metrics),
            seat_use_pct=share_pct("active_users", "seats"),
            **{USAGE_UNKNOWN: _unknown(metrics)},
        )
    )
    # Without a metric there is nothing to score, as in a log without an event that says more than that somebody came.
    facts = facts if metrics else facts.with_columns(pl.lit(None, dtype=pl.Float64()).alias(TELLING))
    columns = [METRIC + name for name in metrics] or [TELLING]
    return Usage(
        frame=complete(facts, USAGE_KEYED)[[*(c.name for c in USAGE_KEYED), USAGE_UNKNOWN, *columns]],
        fates=frame,
        metrics=metrics,
        window=(periods.now.first, periods.now.last) if periods else None,
        at_least=table.at_least,
        notes=table.notes,
    )


class _Table(NamedTuple):
    """A table with its metrics as they are counted, `WAS_ACTIVE` where rows are users' or features', and the window."""

    frame: pl.DataFrame
    metrics: dict[str, Metric]
    periods: Periods | None
    at_least: tuple[str, ...]
    notes: tuple[Note, ...]


def _prepare(rows: RoleRows, as_of: date | None, days: int, everyday: frozenset[str]) -> _Table:
    """Running totals as what they grew by, users counted, and what is to be said of both."""
    told = rows.keyed["period"]
    starts = cast("list[date]", told.drop_nulls().unique().sort().to_list() if told.count() else [])
    length = told_length(rows)
    periods = find_periods(starts, as_of, days, length) if rows.grain is Grain.PERIOD and as_of and starts else None
    frame, metrics, notes = _without_running(rows, periods)
    frame = with_active(frame, metrics, rows.grain, as_of, days)
    if "user_id" in frame.columns:
        metrics[ACTIVE_USERS] = Metric(MetricKind.USERS)
    frame, metrics = without_everyday(frame, metrics, everyday)
    is_daily = periods is not None and periods.length is Length.DAY and len(starts) > 1
    is_apart = is_daily or "feature" in frame.columns
    parts = tuple(name for name, metric in rows.metrics.items() if is_apart and _is_of_people(metric))
    if parts:
        by, largest = ("day", "its largest day") if is_daily else ("feature", "its most used feature")
        shown = " and ".join(f"`{name}`" for name in parts)
        notes.append(f"{shown} by {by}: the active users of the window are at least those of {largest}")
    rolling = [name for name, metric in metrics.items() if is_daily and _is_rolling(metric)]
    if rolling and periods:
        shown = " and ".join(f"`{name}`" for name in rolling)
        notes.append(f"{shown} by day: each row looks back over more than its day, so that only the newest counts")
        frame = frame.with_columns(_newest_of_window(frame, rolling, periods))
    told_notes = tuple(Note(kind=NoteKind.WARNING, text=text) for text in notes)
    return _Table(frame, metrics, periods, parts, told_notes)


def _is_rolling(metric: Metric) -> bool:
    """Whether it tells an amount of several days, which days that follow each other tell again and again."""
    return metric.kind in AMOUNTS and metric.kind is not MetricKind.USERS and metric.looks_back


def _newest_of_window(frame: pl.DataFrame, rolling: Sequence[str], periods: Periods) -> list[pl.Expr]:
    """The columns with nothing but what the newest row of each window tells, for each account, user or feature."""
    owner = [name for name in ("account_id", "user_id", "feature") if name in frame.columns]
    period = pl.col("period")
    window = pl.when(periods.now.holds(period)).then(1).when(periods.before.holds(period)).then(0)
    kept = []
    for name in (METRIC + name for name in rolling):
        told = pl.when(is_used() & pl.col(name).is_not_null()).then(period)
        kept.append(pl.when(told == told.max().over(*owner, window)).then(name).alias(name))
    return kept


def _is_of_people(metric: Metric) -> bool:
    """Whether it counts the people of one day, or feature, alone."""
    return metric.kind is MetricKind.USERS and not (metric.looks_back or metric.is_average)


def told_length(rows: RoleRows) -> Length | None:
    """How long the periods of a table are, where all of its files say the same of them."""
    if "period_length" not in rows.frame.columns or not rows.frame["period_length"].count():
        return None
    told = rows.frame["period_length"].drop_nulls().unique().to_list()
    return Length(told[0]) if len(told) == 1 else None


def _without_running(rows: RoleRows, periods: Periods | None) -> tuple[pl.DataFrame, dict[str, Metric], list[str]]:
    """The rows and metrics with running totals as what they grew by, and what is to be said of it."""
    metrics = dict(rows.metrics)
    if periods is None:
        return rows.frame, metrics, []
    ask_of_running(rows.frame, _may_be_running(rows), periods.length)
    totals = {name: metric.running for name, metric in sorted(metrics.items()) if metric.running}
    shown = " and ".join(f"`{name}`" for name in totals)
    notes = [f"{shown} read as a running total: what it grew by is counted"] if totals else []
    counted = {name: metric.grown() if metric.running else metric for name, metric in metrics.items()}
    return growth(rows.frame, totals, periods.length), counted, notes


def _may_be_running(rows: RoleRows) -> dict[str, str]:
    """Amounts of which neither csq.yaml nor their name says whether they are running totals, with their headers.

    Features that come into use seldom go out of it again: their number may well never fall.
    """
    headers = {field: header for file in rows.files for header, field in file.columns}
    return {
        name: headers.get(name, name)
        for name, metric in rows.metrics.items()
        if metric.is_summed and metric.is_per_seat and not (metric.running or metric.is_told or metric.looks_back)
    }


def _mark(frame: pl.DataFrame, members: pl.Series, periods: Periods | None, as_of: date | None) -> pl.DataFrame:
    """Give every row that will not be counted its reason."""
    fates: dict[Aside | Fate, pl.Expr] = {Aside.NOT_A_CUSTOMER: ~pl.col("account_id").is_in(pl.Series([members]))}
    if periods is not None:
        period = pl.col("period")
        fates = {
            Aside.AFTER_AS_OF: period > pl.lit(as_of),
            **fates,
            Aside.PARTIAL_PERIOD: period.is_in(periods.partial),
            Aside.OUTSIDE_WINDOWS: ~(periods.now.holds(period) | periods.before.holds(period)),
        }
    elif WAS_ACTIVE in frame.columns and "last_active_date" in frame.columns:
        fates[Aside.AFTER_AS_OF] = pl.col("last_active_date") > pl.lit(as_of, dtype=pl.Date())
    return mark(frame, fates)


def _measure(
    rows: pl.DataFrame, accounts: pl.DataFrame, metrics: dict[str, Metric], periods: Periods | None
) -> pl.DataFrame:
    """One row per account, sorted: the metrics of the window and, with a suffix, of the one before.

    `in_table` is true where the table knows the account by a row of the window or an earlier one.
    """
    mine = rows.lazy().filter(pl.col("account_id").is_in(pl.Series([accounts["account_id"]])))
    used = mine.filter(is_used())
    in_reach = is_used() | (pl.col(FATE) == Aside.OUTSIDE_WINDOWS)
    has_last = "last_active_date" in rows.columns
    last = pl.col("last_active_date").max() if has_last else pl.lit(None, dtype=pl.Date()).alias("last_active_date")
    known = mine.filter(in_reach).group_by("account_id").agg(last, in_table=pl.lit(value=True).first())
    joined = accounts.lazy().select("account_id", "seats")
    joined = joined.join(known, on="account_id", how="left", maintain_order="left")
    spans = {"": periods.now, BEFORE: periods.before} if periods else {}
    for suffix in ("", BEFORE) if periods and periods.compared else ("",):
        # To filter by a literal fails in polars 2.1 once it cuts a frame into parts.
        part = used.filter(spans[suffix].holds(pl.col("period"))) if periods else used
        joined = joined.join(_gather(part, metrics, suffix), on="account_id", how="left", maintain_order="left")
        joined = joined.with_columns(_absent_is_zero(metrics, suffix))
    if not periods or not periods.compared:
        none = pl.lit(None, dtype=pl.Float64())
        joined = joined.with_columns(none.alias(METRIC + name + BEFORE) for name in metrics)
    return collect(joined.sort("account_id"))


def _gather(rows: pl.LazyFrame, metrics: dict[str, Metric], suffix: str) -> pl.LazyFrame:
    """One row per account: amounts summed, percentages and averages averaged over its rows, of people the most.

    Of people who are counted over a window that reaches back, the newest; of the days of several users, or on which
    several features were used, the most.
    """
    columns = rows.collect_schema()
    is_in_parts = WAS_ACTIVE in columns
    period = pl.col("period")

    def together(name: str, metric: Metric) -> pl.Expr:
        column = pl.col(METRIC + name)
        if metric.kind is MetricKind.DAYS and is_in_parts:
            return column.max().alias(METRIC + name + suffix)
        if name == FEATURES_USED and "feature" in columns:
            return count_features().alias(METRIC + name + suffix)
        if metric.is_summed:
            return pl.when(column.count() > 0).then(exact_sum(column)).alias(METRIC + name + suffix)
        if name == ACTIVE_USERS and "user_id" in columns:
            return count_active().alias(METRIC + name + suffix)
        if metric.kind is MetricKind.USERS and not metric.is_average:
            newest = column.filter(period.eq_missing(period.max()))
            return (newest if metric.looks_back else column).max().alias(METRIC + name + suffix)
        return exact_mean(column).alias(METRIC + name + suffix)

    gathered = [together(name, metric) for name, metric in metrics.items()]
    return rows.group_by("account_id").agg(*gathered, pl.lit(value=True).first().alias("has_row" + suffix))


def _absent_is_zero(metrics: dict[str, Metric], suffix: str) -> list[pl.Expr]:
    """An account the table knows that has no row for this period did nothing in it; a blank cell stays unknown."""
    absent = pl.col("in_table") & pl.col("has_row" + suffix).is_null()
    names = [METRIC + name + suffix for name, metric in metrics.items() if metric.kind in AMOUNTS]
    return [pl.when(absent).then(0.0).otherwise(name).alias(name) for name in names]


def _facts(metrics: dict[str, Metric], as_of: date | None, *, has_features: bool) -> dict[str, pl.Expr]:
    """Metrics that are facts under another name: the count of events, active users, features, the last active day."""
    counts = [name for name, metric in metrics.items() if metric.kind is MetricKind.COUNT and metric.is_per_seat]
    events = "events" if "events" in counts else counts[0] if len(counts) == 1 else None
    users = _of_users(metrics)
    return {
        "idle_days": (pl.lit(as_of, dtype=pl.Date()) - pl.col("last_active_date")).dt.total_days(),
        "events": _column(events, ""),
        "events_previous": _column(events, BEFORE),
        "active_users": _column(users, ""),
        "features_used": _column(FEATURES_USED if has_features else None, ""),
    }


def _sure(metrics: dict[str, Metric]) -> pl.Expr:
    """Whether the change is sure: of active days, else of active users, else of the events of a table."""
    for kind in (MetricKind.DAYS, MetricKind.USERS):
        if name := next((name for name, metric in metrics.items() if metric.kind is kind), None):
            return is_sure(_column(name, ""), _column(name, BEFORE))
    return is_sure(pl.col("events"), pl.col("events_previous"))


def _of_users(metrics: dict[str, Metric]) -> str | None:
    """The metric that tells most of who was there in the window: people of a month rather than of a day or a year."""

    def worth(metric: Metric) -> tuple[bool, int]:
        days = metric.window_days or metric.span_days or MONTH
        return not metric.is_average, days if days <= MONTH else 0

    names = [name for name, metric in metrics.items() if metric.kind is MetricKind.USERS]
    return max(names, key=lambda name: worth(metrics[name]), default=None)


def _column(name: str | None, suffix: str) -> pl.Expr:
    return pl.col(METRIC + name + suffix) if name else pl.lit(None, dtype=pl.Float64())


def _unknown(metrics: dict[str, Metric]) -> pl.Expr:
    """Why usage is not known; null where a metric that is scored is."""
    scored = [pl.col(METRIC + name).is_not_null() for name, metric in metrics.items() if metric.kind in SCORED]
    any_known = pl.any_horizontal(scored) if scored else pl.lit(value=False)
    return (
        pl.when(pl.col("in_table").is_null())
        .then(pl.lit(str(Unknown.NOT_IN_USAGE)))
        .when(~any_known)
        .then(pl.lit(str(Unknown.NO_USABLE_METRIC)))
    )
