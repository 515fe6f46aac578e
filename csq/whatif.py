"""What would stand elsewhere under other rules: two runs over the same exports, and what differs, as values."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from csq.moves import Moves
from csq.pipeline import Triage
from csq.plan.hours import is_planned
from csq.playbook.differ import Difference, differences
from csq.playbook.model import Playbook
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


class Side(NamedTuple):
    """One of the two runs, as far as it is compared: of many accounts a whole one takes much memory."""

    stands: Mapping[tuple[str, Quadrant], Stand]
    """By tier and quadrant, of those with accounts."""
    listed: pl.DataFrame
    """The accounts of the week's list, by rank: account_id, account_name, contract_value and `_TOLD`."""
    playbook: Playbook
    nothing: Stand
    """What is where there is no account."""
    currency: str | None


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


def side_of(found: Triage) -> Side:
    """Take from a run what is compared of it."""
    is_fitted = found.settings.settings.capacity is not None
    return Side(
        _stands(found.accounts, is_fitted=is_fitted),
        found.accounts.filter(is_planned()).select("account_id", "account_name", "contract_value", *_TOLD),
        found.playbook.playbook,
        Stand(0, Decimal(0), 0.0, 0.0 if is_fitted else None),
        found.facts.currency,
    )


def _stands(accounts: pl.DataFrame, *, is_fitted: bool) -> dict[tuple[str, Quadrant], Stand]:
    """What each quadrant of each tier comes to, where there are accounts."""
    works = (pl.col("this_week") & pl.col("human")).fill_null(value=False)
    counted = accounts.group_by("tier", "quadrant").agg(
        pl.len(),
        pl.col("contract_value").sum().fill_null(0),
        pl.col("play_hours").sum(),
        pl.col("hours").filter(works).sum(),
    )
    return {
        (tier, Quadrant(quadrant)): Stand(
            count, value, rounded_number(plays), rounded_number(week) if is_fitted else None
        )
        for tier, quadrant, count, value, plays, week in counted.iter_rows()
    }


def compare(before: Side, after: Side, moves: Moves, asked: tuple[Settings, Settings]) -> WhatIf:
    """Hold a run under other rules against today's; `asked` are the settings of both before anything was pinned."""
    tiers = [*dict.fromkeys(tier for side in (before, after) for tier in sorted({tier for tier, _ in side.stands}))]
    order = after.playbook.order
    then, now = (
        {(tier, each): side.stands.get((tier, each), side.nothing) for tier in tiers for each in order}
        for side in (before, after)
    )
    return WhatIf(
        changes=(
            *differences(asked[1], asked[0], with_defaults=True),
            *(each._replace(path=f"playbook: {each.path}") for each in differences(after.playbook, before.playbook)),
        ),
        moves=moves,
        quadrants=tuple(
            Shift(each, None, *(_sum([stands[tier, each] for tier in tiers]) for stands in (then, now)))
            for each in order
        ),
        tiers=tuple(Shift(each, tier, then[tier, each], now[tier, each]) for tier in tiers for each in order),
        week=_week(before.listed, after.listed),
        currency=after.currency,
    )


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
    both = after.join(before, on="account_id", how="full", coalesce=True, suffix="_before")
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
