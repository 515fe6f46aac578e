"""What would stand elsewhere under other rules: two runs over the same exports, and what differs, as values."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from csq.moves import Moves
from csq.pipeline import Triage
from csq.plan.hours import is_planned
from csq.playbook.differ import Difference, differences
from csq.schema import DTYPES, Kind, money, rounded_number
from csq.settings.model import Settings
from csq.terms import Movement, Quadrant, WeekChange

_TOLD: Mapping[str, pl.DataType] = {
    "rank": DTYPES[Kind.WHOLE],
    "next_step": DTYPES[Kind.TEXT],
    "step_short": DTYPES[Kind.TEXT],
    "hours": DTYPES[Kind.NUMBER],
    "desk": DTYPES[Kind.TEXT],
}
"""What the week's list says of an account."""
_ALTERS = ("next_step", "hours", "desk")
"""Where one of these differs the list says something else; the rank alone is no news."""

WEEK: Mapping[str, pl.DataType] = {
    "account_id": DTYPES[Kind.TEXT],
    "account_name": DTYPES[Kind.TEXT],
    "contract_value": DTYPES[Kind.MONEY],
    "change": DTYPES[Kind.TEXT],
    **{name: dtype for key, dtype in _TOLD.items() for name in (f"{key}_before", key)},
}
"""Columns of `WhatIf.week`; `change` is a `terms.WeekChange`."""


class Stand(NamedTuple):
    """What is in one place under one set of rules."""

    accounts: int
    contract_value: Decimal
    """Known money per year."""
    play_hours: float
    """People's hours of the whole plays."""
    week_hours: float | None
    """People's hours of the steps that fit the week; None where csq.yaml gives no hours."""


class Shift(NamedTuple):
    """A quadrant, of one tier or of all, today and under the other rules."""

    quadrant: Quadrant
    tier: str | None
    """None: all tiers."""
    before: Stand
    after: Stand


class WhatIf(NamedTuple):
    """What would be otherwise."""

    changes: tuple[Difference, ...]
    """Where the other csq.yaml and playbook say something else than today's."""
    moves: Moves
    quadrants: tuple[Shift, ...]
    tiers: tuple[Shift, ...]
    """Every quadrant of every tier that there is in either run."""
    week: pl.DataFrame
    """Columns `WEEK`: what changes in this week's list, by rank."""
    currency: str | None

    @property
    def moved(self) -> int:
        """Accounts that would stand in another quadrant."""
        return self.moves.of(Movement.MOVED).height

    @property
    def moved_value(self) -> Decimal:
        """Their known contract value, money per year."""
        value = pl.coalesce("contract_value", "contract_value_before")
        return money(self.moves.of(Movement.MOVED).select(value).to_series())

    @property
    def hours(self) -> float:
        """Hours that all plays together would take more; less, when negative."""
        return rounded_number(sum(each.after.play_hours - each.before.play_hours for each in self.quadrants))


class Swept(NamedTuple):
    """One key of csq.yaml over a range."""

    key: str
    points: tuple[tuple[str, WhatIf], ...]
    """Each value, and what would be otherwise with it."""


def compare(before: Triage, after: Triage, moves: Moves, asked: tuple[Settings, Settings]) -> WhatIf:
    """Hold a run under other rules against today's; `asked` are the settings of both before anything was pinned."""
    tiers = [*dict.fromkeys(tier for found in (before, after) for tier in found.accounts["tier"].unique().sort())]
    order = after.playbook.playbook.order
    then, now = (_stands(found, tiers, order) for found in (before, after))
    return WhatIf(
        changes=(
            *differences(asked[1], asked[0], with_defaults=True),
            *(
                each._replace(path=f"playbook: {each.path}")
                for each in differences(after.playbook.playbook, before.playbook.playbook)
            ),
        ),
        moves=moves,
        quadrants=tuple(
            Shift(each, None, *(_sum([stands[tier, each] for tier in tiers]) for stands in (then, now)))
            for each in order
        ),
        tiers=tuple(Shift(each, tier, then[tier, each], now[tier, each]) for tier in tiers for each in order),
        week=_week(before.accounts, after.accounts),
        currency=after.facts.currency,
    )


def _stands(found: Triage, tiers: Sequence[str], order: Sequence[Quadrant]) -> dict[tuple[str, Quadrant], Stand]:
    """What each quadrant of each tier comes to."""
    works = (pl.col("this_week") & pl.col("human")).fill_null(value=False)
    counted = found.accounts.group_by("tier", "quadrant").agg(
        pl.len(),
        pl.col("contract_value").sum().fill_null(0),
        pl.col("play_hours").sum(),
        pl.col("hours").filter(works).sum(),
    )
    rows = {(row[0], row[1]): row[2:] for row in counted.iter_rows()}
    is_fitted = found.settings.settings.capacity is not None
    none = (0, Decimal(0), 0.0, 0.0)
    return {
        (tier, quadrant): Stand(accounts, value, rounded_number(plays), rounded_number(week) if is_fitted else None)
        for tier in tiers
        for quadrant in order
        for accounts, value, plays, week in [rows.get((tier, quadrant), none)]
    }


def _sum(stands: Sequence[Stand]) -> Stand:
    weeks = [each.week_hours for each in stands if each.week_hours is not None]
    return Stand(
        sum(each.accounts for each in stands),
        sum((each.contract_value for each in stands), Decimal(0)),
        rounded_number(sum(each.play_hours for each in stands)),
        rounded_number(sum(weeks)) if weeks else None,
    )


def _week(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """What changes in the week's list: who comes, who goes, and whose entry says something else."""
    own = ("account_id", "account_name", "contract_value", *_TOLD)
    then, now = (frame.filter(is_planned()).select(own) for frame in (before, after))
    both = now.join(then, on="account_id", how="full", coalesce=True, suffix="_before")
    ranks = pl.col("rank"), pl.col("rank_before")
    is_altered = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_before")) for name in _ALTERS)
    return (
        both.with_columns(
            pl.coalesce("account_name", "account_name_before"),
            pl.coalesce("contract_value", "contract_value_before"),
            change=pl.when(ranks[1].is_null())
            .then(pl.lit(str(WeekChange.ADDED)))
            .when(ranks[0].is_null())
            .then(pl.lit(str(WeekChange.DROPPED)))
            .when(is_altered)
            .then(pl.lit(str(WeekChange.ALTERED))),
        )
        .drop_nulls("change")
        .sort(pl.coalesce(*ranks), "account_id")
        .select(pl.col(name).cast(dtype) for name, dtype in WEEK.items())
    )
