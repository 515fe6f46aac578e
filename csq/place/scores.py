"""Usage and happiness on 0-100, from parts that are shown apart.

The usage score is the weighted mean of the parts that are known:
seat_use = active users / seats; breadth = features used / available; active_days = active days /
working days of the window; volume = events per seat / the 75th percentile of the account's tier; all
capped at 100. For usage tables each metric is a part: people per seat, percentages as they are, counts
per seat against the tier's 75th percentile.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from csq.facts.usage import share_pct
from csq.schema import collect
from csq.settings.model import ALL_TIERS, Happiness
from csq.sources.usage import METRIC
from csq.terms import MetricKind

NEW_DAYS = 90
"""Under this tenure an account is new: measured by its own time, and no yardstick for others."""
LEAST_IN_TIER = 10
"""With fewer accounts a tier's own figures say little; those of all accounts are taken."""
PART = "usage_part_"
"""Prefix of the columns that hold the parts."""
INACTIVE = "_inactive"
"""Column that says whether nothing at all was done in the window; null where that is not known."""


AMOUNT = "_amount_"
"""Prefix of the columns that hold what is compared within the tier, by part: events or counts per seat, or people."""
UNCAPPED = "_uncapped_"
"""Prefix of the columns that hold the parts before they are cut off at 100."""
OWN_DAYS, WORKING_DAYS = "_own_days", "_working_days"
"""Days of the window, and Mondays to Fridays of them, that an account is asked for; null where there is no window."""


class Scored(NamedTuple):
    """`frame` gains `usage_score`, `is_new` and `usage_part_<name>`, and of our own the columns named above.

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
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first + timedelta(days=n)).isoweekday() <= 5 for n in range(rest))


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
    per_seat = frame["seats"].is_not_null().any()
    notes = () if per_seat else ("no seats are known: amounts are compared account by account, not per seat",)
    amounts = _amounts(metrics, window, per_seat=per_seat)
    frame = collect(
        frame.lazy()
        .with_columns(is_new=is_new())
        .with_columns(_days(window))
        .with_columns(amount.alias(AMOUNT + name) for name, amount in amounts.items())
    )
    references = _references(frame, amounts, pinned)
    parts = _plain_parts(metrics, dated=window is not None, per_seat=per_seat)
    for name, by_tier in references.items():
        reference = pl.col("tier").replace_strict(by_tier, default=None, return_dtype=pl.Float64())
        parts[name] = pl.col(AMOUNT + name) / reference * 100
    score = _weighted_mean({PART + name: weights.get(name, 1.0) for name in parts})
    scored = collect(
        frame.lazy()
        .with_columns(part.alias(UNCAPPED + name) for name, part in parts.items())
        .with_columns(pl.col(UNCAPPED + name).clip(0, 100).alias(PART + name) for name in parts)
        .with_columns(score.round(4).alias("usage_score"), _inactive(metrics).alias(INACTIVE))
    )
    return Scored(frame=scored, references=references, notes=notes)


def _days(window: tuple[date, date] | None) -> list[pl.Expr]:
    """Days of the window that an account is asked for: all of them, or those since its start while it is new."""
    if window is None:
        return [pl.lit(None, dtype=pl.Int64()).alias(name) for name in (OWN_DAYS, WORKING_DAYS)]
    first, last = window
    days = (last - first).days + 1
    since_start = (pl.lit(last) - pl.col("start_date")).dt.total_days() + 1
    own = pl.when("is_new").then(since_start.clip(1, days)).otherwise(days)
    # Of one or two days, a weekend, none is a working day: being active on them counts all the same.
    working = {n: max(working_days(last - timedelta(days=n - 1), last), 1) for n in range(1, days + 1)}
    return [own.alias(OWN_DAYS), own.replace_strict(working, default=None, return_dtype=pl.Int64()).alias(WORKING_DAYS)]


def _amounts(
    metrics: Mapping[str, MetricKind], window: tuple[date, date] | None, *, per_seat: bool
) -> dict[str, pl.Expr]:
    """What is compared within the tier, by part: events or counts per seat, people where no seats are known."""
    seats = pl.col("seats") if per_seat else pl.lit(1)
    share = pl.col(OWN_DAYS) / ((window[1] - window[0]).days + 1) if window else pl.lit(1.0)
    counts = {name: pl.col(METRIC + name) for name, kind in metrics.items() if kind is MetricKind.COUNT}
    counts = counts if metrics else {"volume": pl.col("events")}
    people = {name: pl.col(METRIC + name) for name, kind in metrics.items() if kind is MetricKind.USERS}
    return {name: count / seats / share for name, count in counts.items()} | ({} if per_seat else people)


def _plain_parts(metrics: Mapping[str, MetricKind], *, dated: bool, per_seat: bool) -> dict[str, pl.Expr]:
    """Parts that need no comparison."""
    if metrics:
        parts = {name: pl.col(METRIC + name) for name, kind in metrics.items() if kind is MetricKind.PERCENT}
        if per_seat:
            people = [name for name, kind in metrics.items() if kind is MetricKind.USERS]
            parts |= {name: share_pct(METRIC + name, "seats") for name in people}
        return parts
    parts = {
        "seat_use": share_pct("active_users", "seats"),
        "breadth": share_pct("features_used", "features_available"),
    }
    if dated:
        parts["active_days"] = pl.col("active_days") / pl.col(WORKING_DAYS) * 100
    return parts


def _references(
    frame: pl.DataFrame, names: Collection[str], pinned: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    """What counts as 100, by part and tier: the pinned amount, else the 75th percentile of the tier's settled accounts.

    That of all accounts stands in where the tier has under 10 of them or its own is zero. Ten digits
    are kept, so that a printed reference is the one that was used.
    """
    settled = frame.select("tier", *(_of_settled(AMOUNT + name) for name in names))
    p75 = {name: pl.col(AMOUNT + name).quantile(0.75, "linear") for name in names}
    enough = {name: pl.when(pl.col(AMOUNT + name).count() >= LEAST_IN_TIER).then(p75[name]) for name in names}
    by_tier = settled.group_by(pl.col("tier").alias(PART)).agg(**enough).sort(PART)
    of_all = settled.select(**p75)
    # Where three quarters do nothing, doing anything is full marks; dividing by zero is not.
    return {
        name: {
            tier: told.get(tier) or told.get(ALL_TIERS) or _ten_digits(own) or _ten_digits(of_all[name][0]) or 1e-9
            for tier, own in by_tier.select(PART, name).iter_rows()
        }
        for name in names
        for told in [pinned.get(name, {})]
    }


def _of_settled(amount: str) -> pl.Expr:
    """The amounts of settled accounts; of new ones too where there are no others."""
    is_settled = ~pl.col("is_new") & pl.col(amount).is_not_null()
    return pl.when(is_settled | ~is_settled.any()).then(amount).alias(amount)


def _ten_digits(quantile: float | None) -> float:
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
    """Whether nothing at all was done in the window; null where that is not known."""
    if not metrics:
        return pl.col("events") == 0
    amounts = [name for name, kind in metrics.items() if kind in (MetricKind.COUNT, MetricKind.USERS)]
    telling = amounts or [name for name, kind in metrics.items() if kind is MetricKind.PERCENT]
    if not telling:
        return pl.lit(None, dtype=pl.Boolean())
    most = pl.max_horizontal(pl.col(METRIC + name).abs() for name in telling)
    return most == 0


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
