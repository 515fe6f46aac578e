"""How many accounts and how much money stand where: the grid, the tiers, and what is not known."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from csq.place.coverage import unknowns
from csq.report import Gap, Tier, Total
from csq.schema import collect, money, rounded_number
from csq.terms import Quadrant, Unknown

REASONS: Mapping[str, str] = {
    f"usage: {Unknown.NO_USAGE_FILE}": "usage unknown: no usage file",
    f"usage: {Unknown.NOT_IN_USAGE}": "usage unknown: not in the usage files",
    f"usage: {Unknown.NO_USABLE_METRIC}": "usage unknown: no number that can be scored",
    f"happiness: {Unknown.NO_CSAT_FILE}": "happiness unknown: no csat file",
    f"happiness: {Unknown.NEVER_ASKED}": "happiness unknown: never asked",
    f"happiness: {Unknown.ASKED_BEFORE}": "happiness unknown: asked before the window only, no answer",
    f"happiness: {Unknown.NO_ANSWER}": "happiness unknown: asked, no answer",
    f"happiness: {Unknown.NOT_IN_CSAT}": "happiness unknown: not in the csat files",
    f"happiness: {Unknown.ANSWERS_TOO_OLD}": "happiness unknown: answers older than the window",
    f"happiness: {Unknown.NO_USABLE_METRIC}": "happiness unknown: averages, which do not show the answers",
    "contract_value": "contract value unknown",
    "seats": "seats unknown",
    "renewal_date": "renewal date unknown",
    "owner": "no owner",
    "start_date": "start date unknown",
    "goals": "no goals on record",
    "champion": "no champion on record",
    "decision_maker": "no decision maker on record",
    "fit": "fit unknown",
    "north_star": "no north star metric",
    "last_contact": "last contact unknown",
    "outcome": "no outcome on record",
}
"""Entries of `missing`, and how they are said to people, in the order in which they are told."""


def _counted(frame: pl.DataFrame, by: str, **more: pl.Expr) -> dict[str, dict[str, Any]]:
    """Accounts and money of each value of a column, and more, all in one pass."""
    value = pl.col("contract_value")
    counts = frame.group_by(by).agg(
        accounts=pl.len(),
        contract_value=value.sum(),
        unvalued=value.null_count(),
        borderline=pl.col("borderline").sum(),
        **more,
    )
    return {row[by]: row for row in counts.iter_rows(named=True)}


def quadrant_totals(frame: pl.DataFrame, order: Sequence[Quadrant]) -> tuple[Total, ...]:
    """One total per quadrant in `order`; they add up to all accounts and all known contract value.

    Args:
        frame: Accounts with `play_hours` and `cause`.
        order: Of the quadrants.
    """
    everything, hours = money(frame["contract_value"]), pl.col("play_hours")
    valued = hours.filter(pl.col("contract_value").is_not_null())
    counted = _counted(frame, "quadrant", hours=hours.sum(), of_valued=valued.sum())
    causes = _causes(frame)
    none = {"accounts": 0, "contract_value": Decimal(0), "unvalued": 0, "borderline": 0, "hours": 0.0, "of_valued": 0.0}
    return tuple(
        Total(
            quadrant=quadrant,
            accounts=found["accounts"],
            contract_value=found["contract_value"],
            share_pct=float(found["contract_value"] / everything * 100) if everything else None,
            unvalued=found["unvalued"],
            borderline=found["borderline"],
            play_hours=rounded_number(found["hours"]),
            value_per_hour=_per_hour(found["contract_value"], found["of_valued"]),
            causes=causes.get(quadrant, {}),
        )
        for quadrant in order
        for found in [counted.get(quadrant, none)]
    )


def _per_hour(value: Decimal, hours: float) -> float | None:
    """What accounts are worth by the hours that their plays take."""
    return rounded_number(float(value) / hours) if hours else None


def _causes(frame: pl.DataFrame) -> dict[str, dict[str, int]]:
    """How often each cause was found in each quadrant, the most frequent first."""
    counts = frame.lazy().drop_nulls("cause").group_by("quadrant", "cause").len()
    found: dict[str, dict[str, int]] = {}
    for quadrant, cause, count in collect(counts.sort("len", "cause", descending=[True, False])).iter_rows():
        found.setdefault(quadrant, {})[cause] = count
    return found


def tier_totals(frame: pl.DataFrame, bands: Mapping[str, Decimal]) -> tuple[Tier, ...]:
    """Accounts and money of each tier, highest band first, the others by name."""
    counted = _counted(frame, "tier")
    names = [*(name for name in bands if name in counted), *sorted(set(counted) - set(bands))]
    return tuple(
        Tier(
            name=name,
            at_least=bands.get(name),
            accounts=counted[name]["accounts"],
            contract_value=counted[name]["contract_value"],
        )
        for name in names
    )


def gaps(frame: pl.DataFrame) -> tuple[Gap, ...]:
    """For each thing that is not known of some account: of how many, and what they are worth."""
    unknown = unknowns()
    value = pl.col("contract_value")
    counted = frame.select(mask.sum().alias(name) for name, mask in unknown.items()).row(0, named=True)
    valued = frame.select(value.filter(mask).sum().alias(name) for name, mask in unknown.items()).row(0, named=True)
    return tuple(
        Gap(reason=reason, text=text, accounts=counted[reason], contract_value=valued[reason])
        for reason, text in REASONS.items()
        if counted.get(reason)
    )
