"""What a backtest finds, as values: shares, estimates and tables that every output is made from."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

import polars as pl

from csq.terms import Axis, Outcome, Quadrant

FEWEST = 30
"""Losses under which no order of the accounts is judged."""
SHARES = (0.1, 0.2, 0.4)
"""Of the hours, at which is told what the list would have caught."""


class Rate(NamedTuple):
    """A share with its 95 % Wilson interval, percent; null of none."""

    hits: int
    n: int
    pct: float | None
    low_pct: float | None
    high_pct: float | None


class Estimate(NamedTuple):
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    @property
    def is_over(self) -> float:
        """Whether the whole interval lies over one half, which is chance."""
        return self.low > 0.5


class Verdict(StrEnum):
    """Which axis told the lost from the kept."""

    USAGE = "usage"
    HAPPINESS = "happiness"
    BOTH = "both alike"
    CANNOT_TELL = "cannot tell"
    TOO_FEW = "too few"
    LEAK = "leak"


class Order(StrEnum):
    """An order in which accounts might be worked down, the likeliest to be lost first."""

    USAGE = "usage alone"
    HAPPINESS = "happiness alone"
    BOTH = "both"
    QUADRANT = "quadrant"
    CSQ = "csq's order"
    SCORE = "plain weighted score"
    LARGEST = "largest first"
    CHANCE = "chance"


class Kept(StrEnum):
    """Which accounts a row of the loss table is about."""

    ALL = "all"
    QUADRANT = "quadrant"
    SILENT = "silent"
    DIVIDED = "divided"


class Group(NamedTuple):
    """What became of the accounts of one kind."""

    kind: Kept
    name: str
    """The quadrant; else as `kind`."""
    tier: str | None
    """None: all tiers."""
    outcomes: int
    accounts: int
    """Distinct ones; an account may have decided several times."""
    lost: Rate
    lost_value: Decimal
    """Money per year before they left, as far as it is known."""
    lost_unvalued: int
    """Lost ones whose value is not known."""
    grr_pct: float | None
    """Gross revenue retention: what was kept of the value before, without growth."""
    nrr_pct: float | None
    """Net revenue retention: with growth."""
    valued: int
    """Outcomes whose value before and after is known, which both are made of."""


class Ranked(NamedTuple):
    """How well an order told the lost from the kept."""

    order: Order
    auc: Estimate
    weighted: Estimate | None
    """By contract value; None where none is known."""
    caught_pct: tuple[float, ...]
    """Of the lost value, at `SHARES` of the hours."""
    curve: tuple[float, ...]
    """The same at every twentieth of the hours, from none to all."""


class Held(NamedTuple):
    """How often a signal held, or a step was done, by the day the accounts are placed on."""

    kind: str
    """`signal` or `step`."""
    name: str
    text: str
    lost: Rate
    """Of those that were lost and of whom it is known."""
    kept: Rate


class CutPoint(NamedTuple):
    """What the loss rates are on both sides of a cut."""

    axis: Axis
    at: float
    below: Rate
    above: Rate
    """At or above."""


class Surprise(NamedTuple):
    """An account lost from the best quadrant, or grown from the worst, and what was known then."""

    account_id: str
    account_name: str | None
    outcome: Outcome
    date: datetime.date
    known_on: datetime.date
    contract_value: Decimal | None
    value_after: Decimal | None
    quadrant: Quadrant
    usage_score: float | None
    happiness_score: float | None
    responses: int | None
    evidence: str | None
    active_users: float | None
    signals: tuple[str, ...]
    is_listed: bool
    """Whether an accounts file still has it, so that it can be explained."""


class Hangs(NamedTuple):
    """Whether the answer hangs on what has no date: it, and what it is without that."""

    undated: tuple[str, ...]
    """What was taken as it stands today."""
    verdict: Verdict
    """Without it."""
    usage_auc: float | None
    happiness_auc: float | None


class Leak(NamedTuple):
    """A fact that separates the lost perfectly: as a rule it was written after they had left."""

    fact: str
    how: str
    is_of_axis: bool
    """Whether an axis is made of it, so that no verdict stands on it."""


class Backtest(NamedTuple):
    """What became of the accounts, held against where they stood."""

    horizon: int
    """Days before the outcome."""
    first: datetime.date
    """Of the outcomes."""
    last: datetime.date
    read: int
    """Rows of outcomes."""
    used: int
    set_aside: Mapping[str, int]
    rejected: int
    outcomes: int
    """Decisions: the rows of one account on one day are one."""
    accounts: int
    lost: int
    not_yet: int
    """Decisions left out: of accounts that were no customers yet, or no more, on the day they would be placed on."""
    from_history: int
    """Decisions whose placing a snapshot has."""
    uncovered: int
    """Decisions whose usage window the exports do not reach back to: usage is unknown there."""
    later: int
    """Rows of usage, answers, events and the like that are dated after the day their account is placed on."""
    left_out: tuple[str, ...]
    """What has no date, and is left out since it may tell of what came later, in words."""
    disputed: tuple[str, ...]
    """What is to be said of decisions that rows tell in more than one way."""
    still_here: datetime.date | None
    """The day on which customers without an outcome count as kept, where no outcome says that anybody was."""
    assumed: int
    """Renewals without a value, taken at the value before."""
    compared: int
    """Decisions of which both axes are known."""
    compared_lost: int
    verdict: Verdict
    difference: Estimate | None
    """AUC of usage less that of happiness."""
    groups: tuple[Group, ...]
    ranked: tuple[Ranked, ...]
    held: tuple[Held, ...]
    cuts: tuple[CutPoint, ...]
    surprises: tuple[Surprise, ...]
    hangs: Hangs
    leaks: tuple[Leak, ...]
    cases: pl.DataFrame
    """One row a decision, with what was known: for tests, and no output."""
    currency: str | None
    replicates: int
    seed: int
