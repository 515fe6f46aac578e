"""Usage and happiness on 0-100, from parts that are shown apart.

The usage score is the weighted mean of the parts that are known:
seat_use = active users / seats; breadth = features used / available; active_days = active days /
working days of the window; volume = events per seat / the 75th percentile of the account's tier; all
capped at 100. For usage tables each metric is a part: people per seat, percentages as they are, counts
per seat against the tier's 75th percentile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from csq.settings.model import ALL_TIERS, Happiness
from csq.terms import MetricKind

NEW_DAYS = 90
"""Under this tenure an account is new: measured by its own time, and no yardstick for others."""
LEAST_IN_TIER = 10
"""With fewer accounts a tier's own figures say little; those of all accounts are taken."""
PART = "usage_part_"
"""Prefix of the columns that hold the parts."""
LOG_PARTS = ("seat_use", "breadth", "active_days", "volume")


@dataclass(frozen=True, kw_only=True)
class Scored:
    """`frame` gains `usage_score`, `inactive`, `is_new`, `happiness_score` and one `usage_part_<name>` per part.

    `references` are the amounts that count as 100, by part and tier; `notes` say what was done
    without.
    """

    frame: pl.DataFrame
    references: Mapping[str, Mapping[str, float]]
    notes: tuple[str, ...]


def is_new() -> pl.Expr:
    """Whether an account has been a customer for under 90 days; false where that is not known."""
    return (pl.col("tenure_days") < NEW_DAYS).fill_null(value=False)


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays from `first` to `last`, both included."""
    days = (last - first).days + 1
    return sum((first + timedelta(days=n)).isoweekday() <= 5 for n in range(days))


def score_usage(
    frame: pl.DataFrame,
    *,
    metrics: Mapping[str, MetricKind],
    window: tuple[date, date] | None,
    weights: Mapping[str, float],
    pinned: Mapping[str, Mapping[str, float]],
) -> Scored:
    """Score the usage of every account.

    Args:
        frame: Facts with `tier`.
        metrics: Kinds of the `metric_<name>` columns; empty for an event log.
        window: First and last day usage was counted over, where there are days.
        weights: Weight of each part; 1 where absent.
        pinned: References by part and tier that stand in for the 75th percentiles.
    """
    frame = frame.with_columns(is_new=is_new())
    notes: list[str] = []
    per_seat = frame["seats"].is_not_null().any()
    if not per_seat:
        notes.append("no seats are known: volume is compared account by account, not per seat")
    amounts = _amounts(metrics, per_seat=per_seat, window=window)
    frame = frame.with_columns(**{f"_{name}": amount for name, amount in amounts.items()})
    references = {name: _references(frame, f"_{name}", pinned.get(name, {})) for name in amounts}
    parts = _plain_parts(metrics, window, per_seat=per_seat)
    for name, by_tier in references.items():
        reference = pl.col("tier").replace_strict(by_tier, default=by_tier.get(ALL_TIERS), return_dtype=pl.Float64())
        parts[name] = pl.col(f"_{name}") / reference * 100
    capped = {PART + name: part.clip(0, 100) for name, part in parts.items()}
    frame = frame.with_columns(**capped).drop(f"_{name}" for name in amounts)
    score = _weighted_mean({PART + name: weights.get(name, 1.0) for name in parts})
    frame = frame.with_columns(usage_score=score.round(4), inactive=_inactive(metrics))
    return Scored(frame=frame, references=references, notes=tuple(notes))


def _amounts(
    metrics: Mapping[str, MetricKind], *, per_seat: bool, window: tuple[date, date] | None
) -> dict[str, pl.Expr]:
    """What is compared within the tier, by part: events or counts per seat, people where no seats are known."""
    seats = pl.col("seats") if per_seat else pl.lit(1)
    if not metrics:
        share = pl.lit(1.0)
        if window:
            days = (window[1] - window[0]).days + 1
            share = (pl.col("tenure_days") + 1).clip(1, days) / days
            # A new account is asked for no more than the days it has had.
            share = pl.when(pl.col("is_new")).then(share).otherwise(1.0)
        return {"volume": pl.col("events") / seats / share}
    counted = {name: pl.col(f"metric_{name}") / seats for name, kind in metrics.items() if kind is MetricKind.COUNT}
    people = {name: pl.col(f"metric_{name}") for name, kind in metrics.items() if kind is MetricKind.USERS}
    return counted if per_seat else counted | people


def _plain_parts(
    metrics: Mapping[str, MetricKind], window: tuple[date, date] | None, *, per_seat: bool
) -> dict[str, pl.Expr]:
    """Parts that need no comparison."""
    if metrics:
        parts = {name: pl.col(f"metric_{name}") for name, kind in metrics.items() if kind is MetricKind.PERCENT}
        if per_seat:
            people = [name for name, kind in metrics.items() if kind is MetricKind.USERS]
            parts |= {name: pl.col(f"metric_{name}") / pl.col("seats") * 100 for name in people}
        return parts
    parts = {"seat_use": pl.col("seat_use_pct"), "breadth": pl.col("breadth_pct")}
    if window:
        first, last = window
        # Working days from each possible start to the end of the window, looked up by tenure.
        by_tenure = {n: max(working_days(last - timedelta(days=n), last), 1) for n in range((last - first).days + 1)}
        tenure = pl.col("tenure_days").clip(0, (last - first).days)
        own = tenure.replace_strict(by_tenure, default=None, return_dtype=pl.Int64())
        working = pl.when(pl.col("is_new")).then(own).otherwise(by_tenure[(last - first).days])
        parts["active_days"] = pl.col("active_days") / working * 100
    return parts


def _references(frame: pl.DataFrame, amount: str, pinned: Mapping[str, float]) -> dict[str, float]:
    """75th percentile of an amount in each tier, over all accounts for small tiers; pinned ones stand.

    Ten digits are kept, so that a printed reference is the one that was used.
    """
    settled = frame.filter(~pl.col("is_new") & pl.col(amount).is_not_null())
    if not settled.height:
        settled = frame.filter(pl.col(amount).is_not_null())
    overall = _p75(settled[amount])
    found: dict[str, float] = {}
    for tier in sorted(frame["tier"].unique()):
        own = settled.filter(pl.col("tier") == tier)[amount]
        told = pinned.get(tier, pinned.get(ALL_TIERS))
        found[tier] = told if told is not None else (_p75(own) if len(own) >= LEAST_IN_TIER else 0.0) or overall
    # Where three quarters do nothing, doing anything is full marks; dividing by zero is not.
    return {tier: reference or 1e-9 for tier, reference in found.items()}


def _p75(values: pl.Series) -> float:
    quantile = values.quantile(0.75, "linear")
    return float(f"{quantile:.10g}") if quantile else 0.0


def _weighted_mean(weights: Mapping[str, float]) -> pl.Expr:
    """Mean of the columns that are known, by weight; null when none is."""
    known = [(pl.col(name), weight) for name, weight in weights.items() if weight > 0]
    if not known:
        return pl.lit(None, dtype=pl.Float64())
    total = pl.sum_horizontal(column.fill_null(0.0) * weight for column, weight in known)
    weight_known = pl.sum_horizontal(column.is_not_null().cast(pl.Float64) * weight for column, weight in known)
    return total / pl.when(weight_known > 0).then(weight_known)


def _inactive(metrics: Mapping[str, MetricKind]) -> pl.Expr:
    """Whether nothing at all was done in the window; null where usage is not known."""
    if not metrics:
        return pl.col("events") == 0
    kinds = [MetricKind.COUNT, MetricKind.USERS]
    telling = [name for name, kind in metrics.items() if kind in kinds] or [
        name for name, kind in metrics.items() if kind is MetricKind.PERCENT
    ]
    return (
        pl.sum_horizontal(pl.col(f"metric_{name}").abs() for name in telling) == 0 if telling else pl.lit(value=False)
    )


def happiness_score(method: Happiness) -> pl.Expr:
    """The happiness score by the chosen method, 0-100, rounded to 4 places; null without answers."""
    mean = pl.col("csat_mean")
    score = {
        Happiness.CSAT_MEAN: mean,
        Happiness.TOP_BOX: pl.col("top_box_pct"),
        Happiness.DECISION_MAKER_FIRST: pl.coalesce("decision_maker_mean", mean),
        Happiness.LOWEST_ROLE: pl.coalesce("lowest_role_mean", mean),
    }[method]
    return score.round(4)
