"""What changed between two runs, as values: who crossed from where to where and why, who is new, who left.

Two runs may be two days of a history, or one day under two rules. Everything that tells of moves reads this.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from csq.schema import DTYPES, Kind, money
from csq.terms import Axis, Cause, Movement, Quadrant

_TEXT, _NUMBER, _MONEY = DTYPES[Kind.TEXT], DTYPES[Kind.NUMBER], DTYPES[Kind.MONEY]

MOVES: Mapping[str, pl.DataType] = {
    "account_id": _TEXT,
    "account_name": _TEXT,
    "tier": _TEXT,
    "change": _TEXT,
    "moved_from": _TEXT,
    "moved_to": _TEXT,
    "moved_because": _TEXT,
    "contract_value_before": _MONEY,
    "contract_value": _MONEY,
    "usage_score_before": _NUMBER,
    "usage_score": _NUMBER,
    "usage_points": _NUMBER,
    "happiness_score_before": _NUMBER,
    "happiness_score": _NUMBER,
    "happiness_points": _NUMBER,
    "parts": pl.List(pl.Struct({"axis": pl.String(), "part": pl.String(), "points": pl.Float64()})),
}
"""Columns of `diff`: one row per account of either run, by account_id.

`change` is a `terms.Movement`, `moved_because` a `terms.Cause` where it moved. `moved_from` is null for who is new,
`moved_to` for who left. Points are those of the later run less those of the earlier, both under the later run's rules,
so that they tell of the customer alone; `parts` are what they are made of, the largest first.
"""

HEIGHT: Mapping[Quadrant, int] = {
    Quadrant.ADVOCATES: 2,
    Quadrant.FRUSTRATED: 1,
    Quadrant.UNDERUSERS: 1,
    Quadrant.AT_RISK: 0,
}
"""How many axes are high; a move to fewer is a move down. Of `unknown` nobody can say."""


class Crossing(NamedTuple):
    """How many accounts stood in one place and stand in another, the same one included."""

    moved_from: Quadrant | None
    """None: they are new."""
    moved_to: Quadrant | None
    """None: they left."""
    accounts: int
    contract_value: Decimal
    """Known money per year: today's, of those who left the last."""


class Worth(NamedTuple):
    """What was won and lost in contract value, money per year; known values only."""

    new: Decimal
    left: Decimal
    grown: Decimal
    """By which accounts that stayed customers are worth more."""
    shrunk: Decimal
    """By which they are worth less, >= 0."""


class Past(NamedTuple):
    """A quadrant on one day of the history."""

    as_of: date
    quadrant: Quadrant
    accounts: int
    contract_value: Decimal
    is_filled: bool
    """Whether the day was placed afterwards, by `csq history fill`."""


class Moves(NamedTuple):
    """What changed since an earlier run, or under other rules."""

    since: date | None
    """Its day; None where the data has no dates, so that only rules can be compared."""
    until: date | None
    is_filled: bool
    """Whether the earlier run was placed afterwards, from the same exports."""
    accounts: pl.DataFrame
    """Columns of `MOVES`: all accounts but those that stayed where they were."""
    grid: tuple[Crossing, ...]
    worth: Worth
    measured: tuple[str, ...]
    """What was measured differently, in words; empty where nothing was."""
    past: tuple[Past, ...] = ()
    """Every quadrant on every day, the earliest first, the last run included."""

    def of(self, change: Movement) -> pl.DataFrame:
        """The accounts with that change, the most valuable first."""
        value = pl.coalesce("contract_value", "contract_value_before")
        found = self.accounts.filter(pl.col("change") == str(change))
        return found.sort(value, "account_id", descending=[True, False], nulls_last=True)

    @property
    def causes(self) -> dict[Cause, int]:
        """How many accounts moved for each cause that there is, the most frequent first."""
        counts = dict(self.accounts["moved_because"].drop_nulls().value_counts().iter_rows())
        return dict(sorted(((each, counts[each]) for each in Cause if each in counts), key=lambda pair: -pair[1]))

    @property
    def new_at_risk(self) -> int:
        """Accounts that are at risk and were not: that moved there, or are new there."""
        return int((self.accounts["moved_to"] == str(Quadrant.AT_RISK)).sum())

    @property
    def moved_down(self) -> Decimal:
        """Contract value of the accounts with fewer high axes than before, whatever the cause."""
        return money(self.accounts.filter(is_down())["contract_value"])


def is_down() -> pl.Expr:
    """Whether a row of `MOVES` is a move to fewer high axes; null where one of the places is not known."""
    height = {str(quadrant): axes for quadrant, axes in HEIGHT.items()}
    before, after = (
        pl.col(name).replace_strict(height, default=None, return_dtype=pl.Int64())
        for name in ("moved_from", "moved_to")
    )
    return after < before


def crossings(accounts: pl.DataFrame) -> tuple[Crossing, ...]:
    """Count every way from place to place. `accounts` has the columns of `MOVES`, those that stayed included."""
    value = pl.coalesce("contract_value", "contract_value_before").fill_null(0).sum()
    counted = accounts.group_by("moved_from", "moved_to").agg(pl.len(), value.alias("value"))
    found = {(row[0], row[1]): (row[2], row[3]) for row in counted.iter_rows()}
    places: tuple[Quadrant | None, ...] = (*Quadrant, None)
    return tuple(
        Crossing(start, end, *found[start, end]) for start in places for end in places if (start, end) in found
    )


def worth(accounts: pl.DataFrame) -> Worth:
    """Say what was won and lost. `accounts` has the columns of `MOVES`, those that stayed included."""
    both = accounts.drop_nulls(["contract_value", "contract_value_before"])
    change = both["contract_value"] - both["contract_value_before"]
    return Worth(
        new=money(accounts.filter(pl.col("change") == str(Movement.NEW))["contract_value"]),
        left=money(accounts.filter(pl.col("change") == str(Movement.LEFT))["contract_value_before"]),
        grown=money(change.filter(change > 0)),
        shrunk=-money(change.filter(change < 0)),
    )


def points_column(axis: Axis) -> str:
    """Name of the column of `MOVES` with the points by which the score of an axis changed."""
    return f"{axis}_points"
