"""Explanation: everything behind one account. Every output of `csq explain` reads only it.

Unlike a `Report` it holds personal data: names, addresses and comments of the account's people.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from csq.report import Cut, Tier, Window
from csq.terms import Axis, Evidence, Gate, Level, Quadrant, Queue, Role, Severity, Who

Row = Mapping[str, object]
"""A row of a table, by column."""


class State(StrEnum):
    """How a step stands for the account."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"
    NOT_DUE = "does not apply"
    BLOCKED = "not now"
    NOT_JUDGED = "not judged"


class Lines(NamedTuple):
    """Where the account's rows stand in one file."""

    role: Role
    file: str
    rows: int
    ranges: tuple[tuple[int, int], ...]
    """First and last line of each unbroken run, counted from 1, in order; of rows counted as they were read, none."""


class Fact(NamedTuple):
    """One thing that is measured; `value` None means that it is not known."""

    name: str
    value: object
    unit: str
    meaning: str
    group: str
    """`account`, `usage`, `happiness`, `context`, `events` or `own columns`."""


class Part(NamedTuple):
    """One part of the usage score."""

    name: str
    score: float | None
    """0-100; None when it is not known, and then it is left out of the mean."""
    weight: float
    how: str
    """The arithmetic, with the account's own numbers."""
    reference: float | None = None
    """The amount that counts as 100 in the account's tier, where there is one."""


class AxisStanding(NamedTuple):
    """The account on one axis."""

    axis: Axis
    level: Level
    score: float | None
    cut: Cut | None
    margin: float | None
    parts: tuple[Part, ...]
    how: str
    """The arithmetic from the parts, or the answers, to the score; why there is none."""
    distance: str
    """The smallest change that would put it on the other side of the cut, all else equal, or that there is none."""


class StepState(NamedTuple):
    """One step, and how it stands."""

    do: str
    who: Who
    human: bool
    hours: float
    state: State
    why: str = ""
    """What shows that it is done, or the condition that keeps it from being due, with the account's facts in it."""


class SignalTold(NamedTuple):
    """A signal that holds."""

    name: str
    severity: Severity
    text: str
    because: str
    """Its condition, with the account's facts beside their names."""
    steps: tuple[StepState, ...]
    risks: tuple[str, ...]


class Unjudged(NamedTuple):
    """A signal that is neither told nor taken for false, because facts are missing."""

    name: str
    because: str
    """Its condition, with the account's facts beside their names."""
    missing: tuple[str, ...]


class NeedState(NamedTuple):
    """One need of the gate, and whether it is there as far as is known."""

    need: str
    state: Gate
    because: str
    """Its condition, with the account's facts beside their names."""


class Certainty(NamedTuple):
    """What stands behind the happiness score."""

    evidence: Evidence
    mean_low: float | None
    mean_high: float | None
    """Ends of the 95 % interval of the mean that is compared with the cut, 0-100; None without answers."""
    answers_to_flip: int | None
    responses: int | None
    asked: int | None
    top_box_pct: float | None
    low_pct: float | None
    """Lower end of the 95 % Wilson interval of the share of answers at 75 or above."""
    high_pct: float | None


class Priority(NamedTuple):
    """The priority, factor by factor: value x weight x urgency x signal, rounded to cents."""

    value: float
    is_assumed: bool
    """No contract value is known: the lowest known positive one is taken, or 1."""
    weight: float
    urgency: float
    signal: float
    priority: float


class Explanation(NamedTuple):
    """Everything behind one account."""

    version: str
    as_of: date | None
    as_of_source: str
    windows: tuple[Window, ...]
    settings_label: str
    playbook_label: str
    currency: str | None
    account_id: str
    account_name: str | None
    contract_value: Decimal | None
    quadrant: Quadrant
    quadrant_label: str
    means: str
    borderline: bool
    unhappy_side: str | None
    """`users` or `decision_makers`, where only one of them is over the happiness cut."""
    rank: int
    accounts: int
    """Of how many the rank is one."""
    queue: Queue
    why: str
    """Why it is in its queue, or why it rests."""
    look_again: date | None
    priority: Priority
    desk: str
    hours: float | None
    """Of the next step."""
    this_week: bool | None
    tier: Tier
    below: Decimal | None
    """Where the next higher tier begins, money per year."""
    standings: tuple[AxisStanding, ...]
    certainty: Certainty
    play: str
    next_step: str | None
    steps: tuple[StepState, ...]
    gate: tuple[NeedState, ...]
    gate_state: Gate | None
    """None without a gate."""
    qualify: tuple[StepState, ...]
    """The one step while the gate is not known; empty when the gate is, or the playbook has none."""
    signals: tuple[SignalTold, ...]
    unjudged: tuple[Unjudged, ...]
    risks: tuple[str, ...]
    goals: tuple[Row, ...]
    people: tuple[Row, ...]
    events: tuple[Row, ...]
    outcomes: tuple[Row, ...]
    features: tuple[Row, ...]
    answers: tuple[Row, ...]
    overrides: tuple[Row, ...]
    facts: tuple[Fact, ...]
    lines: tuple[Lines, ...]
