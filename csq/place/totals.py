"""How many accounts and how much money stand where: the grid, the tiers, and what is not known."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import polars as pl

from csq.report import Gap, Tier, Total
from csq.terms import Quadrant, Unknown

REASONS: Mapping[str, str] = {
    f"usage: {Unknown.NO_USAGE_FILE}": "usage unknown: no usage file",
    f"usage: {Unknown.NOT_IN_USAGE}": "usage unknown: not in the usage files",
    f"usage: {Unknown.NO_USABLE_METRIC}": "usage unknown: no number that can be scored",
    f"happiness: {Unknown.NO_CSAT_FILE}": "happiness unknown: no csat file",
    f"happiness: {Unknown.NEVER_ASKED}": "happiness unknown: never asked",
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
}
"""Entries of `missing`, and how they are said to people, in the order in which they are told."""


def money(values: pl.Series) -> Decimal:
    """Exact sum of the known values."""
    total = values.drop_nulls().sum()
    return total if isinstance(total, Decimal) else Decimal(0)


def quadrant_totals(frame: pl.DataFrame, order: Sequence[Quadrant]) -> tuple[Total, ...]:
    """One total per quadrant in `order`; they add up to all accounts and all known contract value."""
    everything = money(frame["contract_value"])
    totals = []
    for quadrant in order:
        rows = frame.filter(pl.col("quadrant") == quadrant)
        value = money(rows["contract_value"])
        totals.append(
            Total(
                quadrant=quadrant,
                accounts=rows.height,
                contract_value=value,
                share_pct=float(value / everything * 100) if everything else None,
                unvalued=rows["contract_value"].null_count(),
                borderline=int(rows["borderline"].sum()),
            )
        )
    return tuple(totals)


def tier_totals(frame: pl.DataFrame, bands: Mapping[str, Decimal]) -> tuple[Tier, ...]:
    """Accounts and money of each tier, highest band first, the others by name."""
    names = [*bands, *sorted(set(frame["tier"].unique()) - set(bands))]
    rows = {name: frame.filter(pl.col("tier") == name) for name in names}
    return tuple(
        Tier(
            name=name,
            at_least=bands.get(name),
            accounts=rows[name].height,
            contract_value=money(rows[name]["contract_value"]),
        )
        for name in names
        if rows[name].height
    )


def gaps(frame: pl.DataFrame) -> tuple[Gap, ...]:
    """For each thing that is not known of some account: of how many, and what they are worth."""
    found = []
    for reason, text in REASONS.items():
        rows = frame.filter(pl.col("missing").list.contains(reason))
        if rows.height:
            found.append(
                Gap(reason=reason, text=text, accounts=rows.height, contract_value=money(rows["contract_value"]))
            )
    return tuple(found)
