"""Tiers, cuts and references that hold from run to run, so that nobody crosses because the neighbours moved."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from csq.pipeline import Triage
from csq.section import plain, replace
from csq.settings.model import CutRule, Settings, Tiers
from csq.terms import Axis

TIERS = "tiers"
_MEASURED_BY: Mapping[Axis, tuple[str, ...]] = {
    Axis.USAGE: ("metrics", "features", "weights"),
    Axis.HAPPINESS: ("happiness",),
}
"""Keys of csq.yaml besides cut and window that an axis is measured by."""
_WINDOW = {Axis.USAGE: "usage", Axis.HAPPINESS: "csat"}


class Pins(NamedTuple):
    """What a run pins for those after it."""

    pinned_on: date
    """The day on which it was taken."""
    bands: Mapping[str, Decimal]
    """Least contract value by tier; none where there is one tier."""
    cuts: Mapping[Axis, Mapping[str, float]]
    """Where high begins, by axis and tier."""
    references: Mapping[str, Mapping[str, float]]
    """Amounts that count as 100, by usage part and tier."""
    asked: Mapping[str, str]
    """By `tiers` and axis what was asked for. Who asks for something else gets that, taken anew."""


def asked_for(settings: Settings) -> dict[str, str]:
    """What csq.yaml and the command line ask for, as far as tiers, cuts and references hang on it."""
    asked = {TIERS: _text(plain(settings.tiers))}
    for axis, names in _MEASURED_BY.items():
        rule: CutRule = getattr(settings.thresholds, axis)
        told = {name: plain(getattr(settings, name)) for name in names}
        asked[axis] = _text([plain(rule), getattr(settings.windows, _WINDOW[axis]), told])
    return asked


def pinned(settings: Settings, pins: Pins) -> Settings:
    """Settings with what is pinned in place of what would be taken anew. What they fix themselves stands."""
    asked = asked_for(settings)
    if asked[TIERS] != pins.asked.get(TIERS):
        return settings
    tiers = settings.tiers or Tiers(bands=dict(pins.bands), column=None)
    changes: dict[str, Any] = {}
    for axis in Axis:
        rule, at = getattr(settings.thresholds, axis), dict(pins.cuts.get(axis, {}))
        if asked[axis] == pins.asked.get(axis) and rule.at is None and at:
            changes[axis] = CutRule(at=at)
    if asked[Axis.USAGE] == pins.asked.get(Axis.USAGE):
        changes["references"] = {**pins.references, **settings.thresholds.references}
    thresholds = replace(settings.thresholds, **changes)
    return replace(settings, tiers=tiers, thresholds=thresholds)


def holds(settings: Settings, pins: Pins) -> bool:
    """Whether all that is pinned is asked for as it was."""
    return asked_for(settings) == dict(pins.asked)


def pins_of(found: Triage, asked: Settings, before: Pins | None, day: date) -> Pins:
    """What a run pins; of what was pinned before, a tier that has no account today keeps its cuts.

    `asked` are the settings before anything was pinned.
    """
    kept = before if before and holds(asked, before) else None
    cuts: dict[Axis, dict[str, float]] = {axis: dict(kept.cuts.get(axis, {})) if kept else {} for axis in Axis}
    for cut in found.placed.cuts:
        cuts[cut.axis][cut.tier] = cut.at
    references = {part: dict(by_tier) for part, by_tier in (kept.references if kept else {}).items()}
    for part, by_tier in found.placed.references.items():
        references.setdefault(part, {}).update(by_tier)
    return Pins(kept.pinned_on if kept else day, found.placed.bands, cuts, references, asked_for(asked))


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
