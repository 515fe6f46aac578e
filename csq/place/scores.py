"""Usage and happiness on 0-100, from parts that are shown apart.

The usage score is the weighted mean of the parts that are known:
seat_use = active users / seats; breadth = features used / available; active_days = active days /
working days of the window; volume = events per seat, but for everyday ones such as logins, / the 75th percentile of the
account's tier; all capped at 100. For usage tables each metric is a part: people per seat, percentages as they are,
active days of the days there are, counts and time per seat against the tier's 75th percentile.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from csq.facts.survey import DECISION_MAKER_ANSWERS, LOWEST_ROLE_ANSWERS
from csq.facts.usage import TELLING, share_pct
from csq.place.coverage import named
from csq.schema import collect, rounded
from csq.settings.model import ALL_TIERS, Happiness
from csq.sources.columns.metrics import AMOUNTS, Metric
from csq.sources.rows.measures import METRIC
from csq.terms import MetricKind

NEW_DAYS = 90
"""Under this tenure an account is new: measured by its own time, and no yardstick for others."""
LEAST_IN_TIER = 10
"""With fewer accounts a tier's own figures say little; those of all accounts are taken."""
PART, COUNTED = "usage_part_", "_counted_"
"""Prefix of the columns that hold the parts; of those that count the amounts of a part that are known."""
INACTIVE = "_inactive"
"""Column that says whether nothing was done in the window, or nothing but logging in; null where not known."""


AMOUNT = "_amount_"
"""Prefix of the columns that hold what is compared within the tier, by part: events or counts per seat, or people."""
REFERENCE = "_reference_"
"""Prefix of the columns that hold what counts as 100 in the account's tier, by part."""
UNCAPPED = "_uncapped_"
"""Prefix of the columns that hold the parts before they are cut off at 100."""
OWN_DAYS, WORKING_DAYS = "_own_days", "_working_days"
"""Days of the window, and Mondays to Fridays of them, that an account is asked for; null where there is no window."""


class Scored(NamedTuple):
    """`frame` gains `usage_score`, `is_new` and `usage_part_<name>`, and of our own the columns named above.

    `references` are the amounts that count as 100, by part and tier; `stand_ins` say why one is not the tier's own;
    `notes` say what was done without.
    """

    frame: pl.DataFrame
    references: Mapping[str, Mapping[str, float]]
    stand_ins: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...]


def is_new() -> pl.Expr:
    """Whether an account has been a customer for under 90 days; not known where its start is not."""
    return pl.col("tenure_days") < NEW_DAYS


def is_settled() -> pl.Expr:
    """Whether an account is a yardstick for others: it is not known to be new."""
    return ~pl.col("is_new").fill_null(value=False)


def working_days(first: date, last: date) -> int:
    """Mondays to Fridays from `first` to `last`, both included."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return weeks * 5 + sum((first + timedelta(days=n)).isoweekday() <= 5 for n in range(rest))


def score_usage(
    frame: pl.DataFrame,
    *,
    metrics: Mapping[str, Metric],
    window: tuple[date, date] | None,
    weights: Mapping[str, float],
    pinned: Mapping[str, Mapping[str, float]],
) -> Scored:
    """Score the usage of every account, from facts with `tier`; metrics are empty for an event log.

    A part weighs 1 where its weight is absent. Pinned references, by part and tier, stand in for the 75th percentiles.
    """
    per_seat = frame["seats"].count() > 0
    notes: tuple[str, ...] = (
        () if per_seat else ("no seats are known: amounts are compared account by account, not per seat",)
    )
    amounts = _amounts(metrics, window, per_seat=per_seat)
    frame = collect(
        frame.lazy()
        .with_columns(is_new=is_new())
        .with_columns(_days(window))
        .with_columns(amount.alias(AMOUNT + name) for name, amount in amounts.items())
    )
    references, stand_ins = _references(frame, amounts, pinned)
    parts = _plain_parts(metrics, dated=window is not None, per_seat=per_seat)
    tiers = {*frame["tier"].unique()}
    lacking = {name: by_tier for name, by_tier in references.items() if not by_tier.keys() >= tiers}
    said = (_unscored(name, by_tier, frame) for name, by_tier in lacking.items())
    notes += tuple(text for text in said if text)
    notes += tuple(
        f"`{name}` of the tier `{tier}` is held against all accounts, since {why}"
        for name, by_tier in stand_ins.items()
        for tier, why in by_tier.items()
        if name in pinned
    )
    parts |= {name: pl.col(AMOUNT + name) / pl.col(REFERENCE + name) * 100 for name in references}
    counted = {PART + name: weights.get(name, 1.0) for name in parts}
    score = weighted_mean(counted)
    scored = collect(
        frame.lazy()
        .join(_by_tier(references, tiers), on="tier", how="left", maintain_order="left")
        .with_columns(part.alias(UNCAPPED + name) for name, part in parts.items())
        .with_columns(pl.col(UNCAPPED + name).clip(0, 100).alias(PART + name) for name in parts)
        .with_columns(rounded(score).alias("usage_score"), _inactive(metrics).alias(INACTIVE))
        .drop(REFERENCE + name for name in references)
    )
    scored = scored.with_columns(**_parts_known(scored, [name for name, weight in counted.items() if weight > 0]))
    return Scored(frame=scored, references=references, stand_ins=stand_ins, notes=notes)


def _by_tier(references: Mapping[str, Mapping[str, float]], tiers: Collection[str]) -> pl.LazyFrame:
    """The references of each tier in a row."""
    columns = {REFERENCE + name: [by_tier.get(tier) for tier in tiers] for name, by_tier in references.items()}
    dtypes = {"tier": pl.String(), **dict.fromkeys(columns, pl.Float64())}
    return pl.LazyFrame({"tier": [*tiers], **columns}, schema=dtypes)


def _parts_known(frame: pl.DataFrame, parts: Sequence[str]) -> dict[str, pl.Expr]:
    """How many parts a score rests on, of how many that are known of anybody, and those that most of its tier have."""
    is_scored = pl.col("usage_score").is_not_null()
    by_tier = frame.filter(is_scored).group_by("tier").agg(pl.len(), pl.col(parts).count())
    rows = by_tier.rows(named=True)
    lacking = {}
    for name in (name for name in parts if frame[name].has_nulls()):
        usual = tuple(row["tier"] for row in rows if row[name] * 2 > row["len"])
        lacking[name.removeprefix(PART)] = pl.col(name).is_null() & _is_among(usual)
    possible = sum(frame[name].count() > 0 for name in parts)
    have = pl.sum_horizontal(pl.lit(0), pl.col(parts).is_not_null().cast(pl.Int64))
    return {
        "usage_parts": pl.when(is_scored).then(have),
        "usage_parts_possible": pl.when(is_scored).then(pl.lit(possible, dtype=pl.Int64())),
        "usage_parts_lacking": pl.when(is_scored).then(named(lacking).list.join(", ").replace("", None)),
    }


@lru_cache
def _is_among(tiers: tuple[str, ...]) -> pl.Expr:
    return pl.col("tier").is_in(pl.Series(tiers, dtype=pl.String()).implode())


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


def _amounts(metrics: Mapping[str, Metric], window: tuple[date, date] | None, *, per_seat: bool) -> dict[str, pl.Expr]:
    """What is compared within the tier, by part: events, counts and time per seat, people where no seats are known.

    So are active days where no length of a window is known, but never per seat.
    """
    once, always = pl.lit(1), pl.lit(1.0)
    seats = pl.col("seats") if per_seat else once
    share = pl.col(OWN_DAYS) / ((window[1] - window[0]).days + 1) if window else always

    def amount(column: str, *, by_seats: bool = True, is_average: bool = False) -> pl.Expr:
        return pl.col(column) / (seats if by_seats else once) / (always if is_average else share)

    if not metrics:
        return {"volume": amount(TELLING)}
    amounts = {}
    for name, metric in metrics.items():
        if metric.kind in (MetricKind.COUNT, MetricKind.TIME):
            amounts[name] = amount(METRIC + name, by_seats=metric.is_per_seat, is_average=metric.is_average)
        elif metric.kind is MetricKind.DAYS and days_of(metric, dated=window is not None) is None:
            amounts[name] = amount(METRIC + name, by_seats=False)
        elif metric.kind is MetricKind.USERS and not per_seat:
            amounts[name] = pl.col(METRIC + name)
    return amounts


def days_of(metric: Metric, *, dated: bool) -> int | str | None:
    """What active days are a share of: so many days, the days in a column, or what is not known.

    A month, a quarter or a year that a header names is that of the table, where the table has one.
    """
    return metric.window_days or (OWN_DAYS if dated else metric.span_days)


def _plain_parts(metrics: Mapping[str, Metric], *, dated: bool, per_seat: bool) -> dict[str, pl.Expr]:
    """Parts that need no comparison."""
    if metrics:
        parts = {name: pl.col(METRIC + name) for name, metric in metrics.items() if metric.kind is MetricKind.PERCENT}
        for name, metric in metrics.items():
            if metric.kind is MetricKind.USERS and per_seat:
                parts[name] = share_pct(METRIC + name, "seats")
            if metric.kind is MetricKind.DAYS and (days := days_of(metric, dated=dated)) is not None:
                parts[name] = pl.col(METRIC + name) / (pl.col(days) if isinstance(days, str) else pl.lit(days)) * 100
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
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, str]]]:
    """What counts as 100, by part and tier: the pinned amount, else the 75th percentile of the tier's settled accounts.

    That of all accounts stands in, and why is told, where the tier has under 10 of them, its own is zero, or csq.yaml
    pins the part for other tiers; where that is zero too there is none. Ten digits are kept, so that a printed
    reference is the one that was used.
    """
    if not names:
        return {}, {}
    settled = collect(frame.lazy().select("tier", *(_of_settled(AMOUNT + name) for name in names))).lazy()
    p75 = {name: pl.col(AMOUNT + name).quantile(0.75, "linear") for name in names}
    known = {f"{COUNTED}{name}": pl.col(AMOUNT + name).count() for name in names}
    by_tier = collect(settled.group_by(pl.col("tier").alias(PART)).agg(**p75, **known).sort(PART))
    of_tiers, of_all = by_tier.rows(named=True), collect(settled.select(**p75)).row(0, named=True)
    references: dict[str, dict[str, float]] = {name: {} for name in names}
    stand_ins: dict[str, dict[str, str]] = {name: {} for name in names}
    for name in names:
        told, everywhere = pinned.get(name, {}), _ten_digits(of_all[name])
        for tier, own, count in ((each[PART], each[name], each[COUNTED + name]) for each in of_tiers):
            pin = told.get(tier) or told.get(ALL_TIERS)
            why = _why_not_own(_ten_digits(own), count, is_pinned=bool(told))
            reference = pin or (everywhere if why else _ten_digits(own))
            if reference:
                references[name][tier] = reference
            if reference and why and not pin and (told or by_tier.height > 1):
                stand_ins[name][tier] = why
    return references, stand_ins


def _why_not_own(own: float, count: int, *, is_pinned: bool) -> str | None:
    """Why the reference of a tier is that of all accounts; None where it is its own."""
    if is_pinned:
        return "none is pinned for the tier"
    if count < LEAST_IN_TIER:
        return f"{count} in the tier are too few"
    return None if own else "three quarters of the tier have none of it"


def _unscored(name: str, by_tier: Mapping[str, float], frame: pl.DataFrame) -> str | None:
    """What is said where nearly nobody did something, so that there is no amount that could count as 100."""
    known = set(frame["tier"].filter(frame[AMOUNT + name].is_not_null()).unique())
    without = sorted(known - by_tier.keys())
    if not without:
        return None
    where = "" if len(without) == len(known) else f" in {' and '.join(f'`{tier}`' for tier in without)}"
    return f"`{name}` scores nothing{where}: three quarters of the accounts have none of it"


def _of_settled(amount: str) -> pl.Expr:
    """The amounts of settled accounts; of new ones too where there are no others."""
    counts = is_settled() & pl.col(amount).is_not_null()
    return pl.when(counts | ~counts.any()).then(amount).alias(amount)


def _ten_digits(quantile: float | None) -> float:
    """The quantile as it is printed; nothing where it is no amount that others could be a share of."""
    return float(f"{quantile:.10g}") if quantile and quantile > 0 else 0.0


def weighted_mean(weights: Mapping[str, float]) -> pl.Expr:
    """Mean of the columns that are known, by weight; null when none is."""
    known = [(pl.col(name), weight) for name, weight in weights.items() if weight > 0]
    if not known:
        return pl.lit(None, dtype=pl.Float64())
    total = pl.sum_horizontal(column.fill_null(0.0) * weight for column, weight in known)
    weight_known = pl.sum_horizontal(column.is_not_null().cast(pl.Float64) * weight for column, weight in known)
    return total / pl.when(weight_known > 0).then(weight_known)


def _inactive(metrics: Mapping[str, Metric]) -> pl.Expr:
    """Whether nothing was done in the window that says more than that somebody was there; null where not known."""
    if not metrics:
        return pl.coalesce(TELLING, "events") == 0
    amounts = [name for name, metric in metrics.items() if metric.kind in AMOUNTS]
    telling = amounts or [name for name, metric in metrics.items() if metric.kind is MetricKind.PERCENT]
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
    return rounded(score)


def score_answers(method: Happiness) -> pl.Expr:
    """How many answers the happiness score is a mean of: those of one role where it hangs on that role."""
    by_role = {Happiness.DECISION_MAKER_FIRST: DECISION_MAKER_ANSWERS, Happiness.LOWEST_ROLE: LOWEST_ROLE_ANSWERS}
    own = pl.col(by_role[method]) if method in by_role else pl.lit(None, dtype=pl.Int64())
    return pl.coalesce(own, "responses")
