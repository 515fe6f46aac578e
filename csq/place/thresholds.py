"""Cuts: where high begins on an axis, for each tier."""

from collections.abc import Iterator, Mapping
from typing import cast

import polars as pl

from csq.place.scores import LEAST_IN_TIER, is_settled
from csq.report import Cut
from csq.schema import rounded_number
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
    """Take the cut of each tier, rounded to 4 places, in the order in which the tiers come.

    Args:
        frame: Has `tier`, `is_new`, `contract_value` and the axis' score column.
        axis: Which score.
        rule: How.
    """
    tiers = frame["tier"].unique(maintain_order=True).to_list()
    is_scored = pl.col(f"{axis}_score").is_not_null()
    settled = frame.filter(is_scored, is_settled())
    note = None
    if not settled.height and frame[f"{axis}_score"].count():
        settled, note = frame.filter(is_scored), "taken over new accounts, since there are no others"
    if rule.at is not None:
        return tuple(cut for tier in tiers for cut in _fixed(axis, tier, rule.at, settled))
    method = rule.method or "median"
    if method == "weighted_median" and not (settled["contract_value"] > 0).any():
        method, note = "median", note or "the median, since no contract value is known to weigh by"
    cuts = []
    for tier in tiers if settled.height else ():
        own = settled if rule.within is Within.ALL or len(tiers) == 1 else settled.filter(pl.col("tier") == tier)
        few = f"taken over all accounts, since {own.height} in the tier are too few"
        why, own = (few, settled) if own.height < min(LEAST_IN_TIER, settled.height) else (note, own)
        at = _take(own[f"{axis}_score"], own["contract_value"], method)
        cuts.append(_cut(axis, tier, at, method, own.height, why))
    return tuple(cuts)


def _fixed(axis: Axis, tier: str, at: Mapping[str, float], settled: pl.DataFrame) -> Iterator[Cut]:
    """The number told for a tier; the median of all accounts for one that had none when the cuts were pinned."""
    value = at.get(tier, at.get(ALL_TIERS))
    if value is None:
        if settled.height:
            at_median = _take(settled[f"{axis}_score"], settled["contract_value"], "median")
            note = "taken over all accounts, since none is pinned for it"
            yield _cut(axis, tier, at_median, "median", settled.height, note)
        return
    of_all = at.keys() == {ALL_TIERS}
    scored = settled if of_all else settled.filter(pl.col("tier") == tier)
    yield _cut(axis, tier, value, "number", scored.height, None)


def _cut(axis: Axis, tier: str, at: float, method: str, scored: int, note: str | None) -> Cut:
    return Cut(axis=axis, tier=tier, at=rounded_number(at), method=method, scored=scored, note=note)


def _take(scores: pl.Series, values: pl.Series, method: str) -> float:
    """The cut of scores that are all known; where nothing in them is worth anything, the plain median."""
    if method == "weighted_median":
        weighted = weighted_median(scores, values)
        if weighted is not None:
            return weighted
        method = "median"
    share = 0.5 if method == "median" else int(method[1:]) / 100
    return cast("float", scores.quantile(share, "linear"))
