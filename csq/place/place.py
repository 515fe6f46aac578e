"""Facts to placement: tiers, then scores, then cuts, then quadrants."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from csq.facts.build import Facts
from csq.place.coverage import coverage_pct
from csq.place.pinned import pinned_lines
from csq.place.quadrants import SCORE_ANSWERS, place_accounts
from csq.place.scores import LEAST_IN_TIER, happiness_score, is_settled, score_answers, score_usage
from csq.place.thresholds import take_cuts
from csq.place.tiers import assign_tiers, tier_median_value
from csq.report import Cut, Note
from csq.schema import collect, unknown_column
from csq.settings.model import ALL_TIERS, BREADTH, Settings
from csq.terms import Axis, NoteKind, Unknown


class Placed(NamedTuple):
    """`frame` is that of the facts with `schema.PLACE`, `schema.COVERAGE` and the usage parts added."""

    frame: pl.DataFrame
    bands: Mapping[str, Decimal]
    cuts: tuple[Cut, ...]
    references: Mapping[str, Mapping[str, float]]
    """Amounts that count as 100, by usage part and tier."""
    stand_ins: Mapping[str, Mapping[str, str]]
    """Why one of them is that of all accounts, by usage part and tier."""
    pinned: str
    notes: tuple[Note, ...]


def place(facts: Facts, settings: Settings) -> Placed:
    """Place every account.

    Raises:
        UsageError: csq.yaml takes tiers from a column that is not there.
        ConfigError: It makes too many of them.
    """
    tier, bands = assign_tiers(facts.frame, settings.tiers)
    scored = score_usage(
        facts.frame.with_columns(tier),
        metrics=facts.metrics,
        window=facts.usage_window,
        weights=settings.weights,
        pinned=settings.thresholds.references,
    )
    frame = collect(
        scored.frame.lazy()
        .with_columns(
            score_answers(settings.happiness).alias(SCORE_ANSWERS), happiness_score=happiness_score(settings.happiness)
        )
        .with_columns(tier_median_value=tier_median_value())
        .with_columns(_unscored(axis) for axis in Axis)
        .with_columns(coverage_pct=coverage_pct())
    )
    references = {**scored.references, **_features(facts, settings)}
    # Tiers in the order of their bands, then by name, so that cuts and pinned lines always read alike.
    order = {name: place for place, name in enumerate(bands)}
    in_order = pl.col("tier").replace_strict(order, default=len(order), return_dtype=pl.Int64()), "tier", "account_id"
    scores = frame[["account_id", "tier", "is_new", "contract_value", *(f"{axis}_score" for axis in Axis)]]
    by_tier = scores.sort(in_order)
    rules = {Axis.USAGE: settings.thresholds.usage, Axis.HAPPINESS: settings.thresholds.happiness}
    cuts = tuple(cut for axis, rule in rules.items() for cut in take_cuts(by_tier, axis, rule))
    noted = [f"the {cut.axis} cut of the tier `{cut.tier}` is {cut.note}" for cut in cuts if cut.note]
    return Placed(
        frame=place_accounts(frame, cuts),
        bands=bands,
        cuts=cuts,
        references=references,
        stand_ins=scored.stand_ins,
        pinned=pinned_lines(bands, cuts, references),
        notes=(
            *(Note(kind=NoteKind.CHOICE, text=text) for text in (*scored.notes, *noted)),
            *(Note(kind=NoteKind.WARNING, text=text) for axis in Axis for text in _doubts(axis, cuts, by_tier)),
            *(Note(kind=NoteKind.WARNING, text=text) for text in _renewed_starts(frame)),
        ),
    )


def _features(facts: Facts, settings: Settings) -> Mapping[str, Mapping[str, float]]:
    """How many features breadth is a share of, where the log alone says who may use which: what neighbours use."""
    features = facts.features
    if features.unlimited.is_empty() or features.in_log.is_empty():
        return {}
    return {
        BREADTH: {ALL_TIERS: settings.thresholds.references.get(BREADTH, {}).get(ALL_TIERS) or len(features.in_log)}
    }


def _doubts(axis: Axis, cuts: Sequence[Cut], frame: pl.DataFrame) -> Iterator[str]:
    """What makes the cuts of an axis say little: few accounts, one score for all, or nothing that is under them."""
    own = [cut for cut in cuts if cut.axis is axis]
    taken = [cut for cut in own if cut.method != "number"]
    scores = frame.filter(is_settled(), pl.col(f"{axis}_score").is_not_null())
    if taken and scores.height < LEAST_IN_TIER:
        count = "1 account has" if scores.height == 1 else f"{scores.height:,} accounts have"
        yield f"{count} a {axis} score to take the cut over: under {LEAST_IN_TIER} say little of where high begins"
    for cut in taken:
        mine = scores if cut.scored == scores.height else scores.filter(pl.col("tier") == cut.tier)
        if cut.scored > 1 and mine[f"{axis}_score"].n_unique() == 1:
            whom = f"all {cut.scored:,} accounts that the cut of the tier `{cut.tier}` is taken over"
            yield f"one {axis} score for {whom}: all of them are high"
    if zero := [f"`{cut.tier}`" for cut in own if cut.at == 0]:
        high = "whoever did anything at all is high" if axis is Axis.USAGE else "every score is high"
        yield f"the {axis} cut is 0 in the tier {' and '.join(zero)}: {high}"


def _renewed_starts(frame: pl.DataFrame) -> Iterator[str]:
    """What speaks against start dates: use from before them, as where each new contract begins anew."""
    if known := int((frame["is_new"] & (frame["events_year_ago"] > 0)).sum()):
        whom = "1 account is" if known == 1 else f"{known:,} accounts are"
        yield (
            f"{whom} new by `start_date` and used the product a year ago: if that is the start of the current "
            "contract, `--column start_date=HEADER` names the column of the first"
        )


def _unscored(axis: Axis) -> pl.Expr:
    """Why an axis is unknown: it was not measured, or what was measured makes no score."""
    name = unknown_column(axis)
    unscored = pl.when(pl.col(f"{axis}_score").is_null()).then(pl.lit(str(Unknown.NO_USABLE_METRIC)))
    return pl.coalesce(name, unscored).alias(name)
