"""Planned steps: the id each has for good, and the kinds of events that say what became of it.

An id is `ACCOUNT/STEP/WEEK`, the week by its Monday: `A-1044/case_study/2026-11-16`. It stands wherever people tick
steps off, and in the column `planned_step` of the events, so that what was ticked finds its account and its step in
whatever order, sheet or file it comes back.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from csq.terms import Tick

KINDS: Mapping[Tick, str] = {tick: f"step_{tick.replace(' ', '_')}" for tick in Tick}
"""The kind of event of each tick; a step that is done is recorded as its `done_by`, where it has one."""
OPEN = (KINDS[Tick.TRIED], KINDS[Tick.NOT_NOW])
"""Kinds after which the step is still to be done."""
CHECK_IN, CHECKED_IN = "check_in", "last_contact"
"""What stands for a step in the id of a call to an account that tools look after, and the event that it is."""
AGAIN = 90
"""Days after which a step that was done may come back, unless it says otherwise; one that was dropped, at the least."""
ID = r"(.+)/(\w+)/(\d{4}-\d{2}-\d{2})"
"""Account, step and week of an id."""
_NEAREST = timedelta(days=3)
"""A week's plan is made from the Friday before its Monday to the Thursday after."""


class PlannedStep(NamedTuple):
    """What an id stands for."""

    account_id: str
    step: str
    week: date
    """Its Monday."""

    def __str__(self) -> str:
        """The id."""
        return f"{self.account_id}/{self.step}/{self.week}"


def week_of(day: date) -> date:
    """The Monday of the week that a run of `day` plans: the nearest one."""
    near = day + _NEAREST
    return near - timedelta(days=near.weekday())


def week_of_days(days: pl.Expr) -> pl.Expr:
    """The same of a column of days."""
    return days.dt.offset_by(f"{_NEAREST.days}d").dt.truncate("1w")


def parse(text: str) -> PlannedStep | None:
    """What an id stands for; None where the text is none."""
    found = "/" in text and re.fullmatch(ID, text.strip())
    try:
        return PlannedStep(found[1], found[2], date.fromisoformat(found[3])) if found else None
    except ValueError:  # such as the 31st of February
        return None


def done_column(step: str) -> str:
    """Our own column of the days since a step was ticked as done."""
    return f"_done_{step}"


def dropped_column(step: str) -> str:
    """Our own column of the days since a step was dropped."""
    return f"_dropped_{step}"
