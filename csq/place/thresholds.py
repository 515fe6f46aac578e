"""Cuts: where high begins on an axis, for each tier."""

from collections.abc import Mapping

import polars as pl

from csq.errors import ConfigError
from csq.place.scores import LEAST_IN_TIER
from csq.report import Cut
from csq.settings.model import ALL_TIERS, CutRule, Within
from csq.terms import Axis


def weighted_median(values: pl.Series, weights: pl.Series) -> float | None:
    """The value at which half of the weight lies below: with equal weights, the median.

    The smallest value whose cumulated weight passes half the total; where it meets half exactly, the
    mean of that value and the next. Weights are exact (Decimal or integer), so ties are no accident.
    """
    frame = pl.DataFrame({"value": values, "weight": weights}).drop_nulls().filter(pl.col("weight") > 0).sort("value")
    if not frame.height:
        return None
    cumulated = frame["weight"].cum_sum()
    half = cumulated[-1] / 2
    place = int((cumulated < half).sum())
    value = float(frame["value"][place])
    return (value + float(frame["value"][place + 1])) / 2 if cumulated[place] == half else value


def take_cuts(frame: pl.DataFrame, axis: Axis, rule: CutRule) -> tuple[Cut, ...]:
    """Take the cut of each tier, rounded to 4 places, sorted as the tiers come.

    Args:
        frame: Has `tier`, `is_new`, `contract_value` and the axis' score column.
        axis: Which score.
        rule: How.

    Raises:
        ConfigError: The rule gives numbers for tiers, but none for one that is there.
    """
    score = f"{axis}_score"
    tiers = frame["tier"].unique(maintain_order=True).to_list()
    scored = frame.filter(pl.col(score).is_not_null())
    settled = scored.filter(~pl.col("is_new"))
    note = None
    if not settled.height and scored.height:
        settled, note = scored, "all accounts are new, so new ones count"
    if rule.at is not None:
        return tuple(_fixed(axis, tier, rule.at, settled) for tier in tiers)
    method = rule.method or "median"
    if rule.within is Within.ALL:
        at = _take(settled, score, method)
        return tuple(_cut(axis, tier, at, method, settled.height, note) for tier in tiers) if at is not None else ()
    cuts = []
    for tier in tiers:
        own = settled.filter(pl.col("tier") == tier)
        few = own.height < LEAST_IN_TIER
        at = _take(settled if few else own, score, method)
        why = f"taken over all accounts, since {own.height} in the tier are too few" if few and len(tiers) > 1 else note
        if at is not None:
            cuts.append(_cut(axis, tier, at, method, settled.height if few else own.height, why))
    return tuple(cuts)


def _fixed(axis: Axis, tier: str, at: Mapping[str, float], settled: pl.DataFrame) -> Cut:
    value = at.get(tier, at.get(ALL_TIERS))
    if value is None:
        raise ConfigError(
            f"csq.yaml gives no {axis} cut for the tier `{tier}`",
            hint=f"add it under `thresholds: {axis}: at:`; the accounts' tiers come from `tiers:`",
        )
    scored = settled if len(at) == 1 and ALL_TIERS in at else settled.filter(pl.col("tier") == tier)
    return _cut(axis, tier, value, "number", scored.height, None)


def _cut(axis: Axis, tier: str, at: float, method: str, scored: int, note: str | None) -> Cut:
    return Cut(axis=axis, tier=tier, at=round(at, 4), method=method, scored=scored, note=note)


def _take(frame: pl.DataFrame, score: str, method: str) -> float | None:
    if method == "weighted_median":
        weighted = weighted_median(frame[score], frame["contract_value"])
        if weighted is not None:
            return weighted
        method = "median"
    share = 0.5 if method == "median" else int(method[1:]) / 100
    value = frame[score].quantile(share, "linear")
    return None if value is None else float(value)
