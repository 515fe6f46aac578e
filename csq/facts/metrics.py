"""Usage tables (numbers per account, or per account and period) to usage facts, one row per account."""

from datetime import date, timedelta

import polars as pl

from csq.engine.base import Span, exact_mean, exact_sum
from csq.errors import InputError
from csq.facts.usage import USAGE_KEYED, Usage, change_pct
from csq.schema import complete
from csq.sources.load import RoleRows
from csq.sources.usage import METRIC, metric_kind
from csq.terms import Aside, Grain, MetricKind, Unknown

_DAY_GAP = 4
"""Periods closer together than this, at the median, are days; up to 15, weeks; else months."""


def table_facts(rows: RoleRows, accounts: pl.DataFrame, as_of: date | None, days: int, told: dict[str, str]) -> Usage:
    """Measure usage from a table of metrics.

    The window is the newest complete period that ends by as_of, the previous one the period before;
    daily rows are taken together over `days` days, since one day says little.

    Args:
        rows: Table rows with `period` (Date or null) and `metric_<name>` columns.
        accounts: The population, with `seats`.
        as_of: Day by which a period must have ended.
        days: Length of the window for daily rows.
        told: Kinds of metrics by name, from csq.yaml.

    Raises:
        InputError: No period is complete by as_of.
    """
    names = [name.removeprefix(METRIC) for name in rows.frame.columns if name.startswith(METRIC)]
    kinds = {name: kind for name in names if (kind := metric_kind(name, told)) is not None}
    frame = _put(rows.frame, ~pl.col("account_id").is_in(accounts["account_id"].implode()), Aside.NOT_A_CUSTOMER)
    window = None
    if rows.grain is Grain.PERIOD and as_of is not None:
        frame, window = _windowed(frame, as_of, days)
    else:
        frame = frame.with_columns(now=pl.lit(value=True), before=pl.lit(value=False))
    live = frame.filter(pl.col("account_id").is_in(accounts["account_id"].implode()))
    now = _gather(live.filter(pl.col("now") & pl.col("aside").is_null()), kinds)
    before = _gather(live.filter(pl.col("before") & pl.col("aside").is_null()), kinds)
    known = live.select("account_id").unique().with_columns(in_table=pl.lit(value=True))
    joined = (
        accounts.select("account_id", "seats")
        .join(known, on="account_id", how="left", maintain_order="left")
        .join(now, on="account_id", how="left", maintain_order="left")
        .join(before, on="account_id", how="left", maintain_order="left", suffix="_before")
        .join(_last_active(live), on="account_id", how="left", maintain_order="left")
    )
    joined = joined.with_columns(_absent_is_zero(kinds))
    facts = joined.with_columns(**_facts(kinds, as_of, has_before=before.height > 0))
    facts = facts.with_columns(
        usage_change_pct=change_pct("events", "events_previous"),
        seat_use_pct=pl.col("active_users") / pl.col("seats") * 100,
        usage_unknown=_unknown(kinds),
    )
    metric_columns = [METRIC + name for name in kinds]
    out = complete(facts, USAGE_KEYED).select(*(c.name for c in USAGE_KEYED), "usage_unknown", *metric_columns)
    fates = frame.group_by("file", "aside").agg(rows=pl.len()).sort("file", "aside")
    return Usage(frame=out.sort("account_id"), fates=fates, metrics=kinds, window=window)


def _put(frame: pl.DataFrame, mask: pl.Expr, reason: Aside) -> pl.DataFrame:
    keep = pl.col("aside").is_not_null() | ~mask.fill_null(value=False)
    return frame.with_columns(aside=pl.when(keep).then("aside").otherwise(pl.lit(str(reason))))


def _windowed(frame: pl.DataFrame, as_of: date, days: int) -> tuple[pl.DataFrame, tuple[date, date]]:
    """Mark the rows of the newest complete period and of the one before; set the others aside."""
    starts = frame["period"].drop_nulls().unique().sort()
    gaps = starts.diff().dt.total_days().drop_nulls()
    gap = float(gaps.median() or 31)  # type: ignore[arg-type]
    period = pl.col("period")
    if gap < _DAY_GAP:
        first, last = as_of - timedelta(days=days - 1), as_of
        spans = ((first, last), (first - timedelta(days=days), first - timedelta(days=1)))
        frame = _put(frame, period > as_of, Aside.AFTER_AS_OF)
    else:
        end = period.dt.offset_by("6d") if gap <= 15 else period.dt.month_end()
        complete_starts = frame.select(period.filter(end <= as_of).unique().sort()).to_series()
        if not len(complete_starts):
            raise InputError(
                f"no period of the usage table is complete by {as_of}: the first starts on {starts[0]}",
                hint="pass a later `--as-of`, or export an earlier period too",
            )
        newest = complete_starts[-1]
        back = newest - timedelta(days=7) if gap <= 15 else (newest - timedelta(days=1)).replace(day=1)
        spans = ((newest, newest), (back, newest - timedelta(days=1)))
        frame = _put(frame, period > as_of, Aside.AFTER_AS_OF)
        frame = _put(frame, end > as_of, Aside.PARTIAL_PERIOD)
    frame = frame.with_columns(now=Span(*spans[0]).holds(period), before=Span(*spans[1]).holds(period))
    window = spans[0] if gap < _DAY_GAP else (spans[0][0], frame.select(end.filter("now").max()).item())
    return _put(frame, ~(pl.col("now") | pl.col("before")), Aside.OUTSIDE_WINDOWS), window


def _gather(rows: pl.DataFrame, kinds: dict[str, MetricKind]) -> pl.DataFrame:
    """One row per account: counts summed, people and percentages averaged over its rows."""

    def together(name: str, kind: MetricKind) -> pl.Expr:
        column = pl.col(METRIC + name)
        if kind is MetricKind.COUNT:
            return pl.when(column.count() > 0).then(exact_sum(column)).alias(METRIC + name)
        return exact_mean(column).alias(METRIC + name)

    grouped = rows.group_by("account_id")
    return grouped.agg(
        *(together(name, kind) for name, kind in kinds.items()), pl.lit(value=True).first().alias("has_row")
    ).sort("account_id")


def _last_active(rows: pl.DataFrame) -> pl.DataFrame:
    if "last_active_date" not in rows.columns:
        return pl.DataFrame(schema={"account_id": pl.String(), "last_active_date": pl.Date()})
    return rows.group_by("account_id").agg(pl.col("last_active_date").max()).sort("account_id")


def _absent_is_zero(kinds: dict[str, MetricKind]) -> list[pl.Expr]:
    """An account the table knows that has no row for this period did nothing in it; a blank cell stays unknown."""
    absent = pl.col("in_table") & pl.col("has_row").is_null()
    additive = [name for name, kind in kinds.items() if kind in (MetricKind.COUNT, MetricKind.USERS)]
    return [pl.when(absent).then(0.0).otherwise(METRIC + name).alias(METRIC + name) for name in additive]


def _facts(kinds: dict[str, MetricKind], as_of: date | None, *, has_before: bool) -> dict[str, pl.Expr]:
    """Metrics that are facts under another name: the count of events, the active users, the last active day."""
    counts = [name for name, kind in kinds.items() if kind is MetricKind.COUNT]
    events = "events" if "events" in counts else counts[0] if len(counts) == 1 else None
    users = next((name for name, kind in kinds.items() if kind is MetricKind.USERS), None)
    return {
        "idle_days": (pl.lit(as_of, dtype=pl.Date()) - pl.col("last_active_date")).dt.total_days(),
        "events": _column(events),
        "events_previous": pl.col(f"{METRIC}{events}_before") if events and has_before else _column(None),
        "active_users": _column(users),
    }


def _column(name: str | None) -> pl.Expr:
    return pl.col(METRIC + name) if name else pl.lit(None, dtype=pl.Float64())


def _unknown(kinds: dict[str, MetricKind]) -> pl.Expr:
    scored = [pl.col(METRIC + name).is_not_null() for name, kind in kinds.items() if kind is not MetricKind.TROUBLE]
    any_known = pl.any_horizontal(scored) if scored else pl.lit(value=False)
    return (
        pl.when(pl.col("in_table").is_null())
        .then(pl.lit(str(Unknown.NOT_IN_USAGE)))
        .when(~any_known)
        .then(pl.lit(str(Unknown.NO_USABLE_METRIC)))
    )
