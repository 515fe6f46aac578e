"""Which rows of a period table make the window: the newest complete period, or the days that end at as_of."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from csq.engine.base import Span, UsageWindows
from csq.errors import InputError


class Length(Enum):
    """How long the periods of a table are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Periods(NamedTuple):
    """The window of a table, and what lies around it."""

    now: Span
    before: Span
    partial: tuple[date, ...]
    """Periods that are not over by as_of."""
    compared: bool
    """Whether the table reaches back over the whole window before."""


def find_periods(starts: Sequence[date], as_of: date, days: int) -> Periods:
    """Take the newest complete period that ends by as_of; of daily rows the `days` days that end there.

    Args:
        starts: The days that the table names its periods by, distinct and sorted, at least one.
        as_of: Day by which a period must have ended.
        days: Length of the window for daily rows.

    Raises:
        InputError: No period is complete by as_of.
    """
    length = length_of(starts)
    if length is Length.DAY:
        windows = UsageWindows(as_of, days)
        reached = starts[0] <= windows.before.first
        return Periods(now=windows.now, before=windows.before, partial=(), compared=reached)
    spans = {start: _span(start, length) for start in starts}
    complete = [span for span in spans.values() if span.last <= as_of]
    if not complete:
        raise InputError(
            f"no {length.value} of the usage table is complete by {as_of}: the first begins on {starts[0]}",
            hint="pass a later `--as-of`, or export an earlier period too",
        )
    now = complete[-1]
    eve = now.first - timedelta(days=1)
    before = _span(eve if length is Length.MONTH else now.first - timedelta(days=7), length)
    return Periods(
        now=now,
        before=before,
        partial=tuple(start for start, span in spans.items() if span.last > as_of),
        compared=any(before.first <= start <= before.last for start in starts),
    )


def length_of(starts: Sequence[date]) -> Length:
    """Months all begin, or all end, where the calendar's do; weeks lie whole weeks apart; all else are days."""
    if all(start.day == 1 for start in starts) or all((start + timedelta(days=1)).day == 1 for start in starts):
        return Length.MONTH
    whole_weeks = all((later - earlier).days % 7 == 0 for earlier, later in pairwise(starts))
    return Length.WEEK if whole_weeks and len(starts) > 1 else Length.DAY


def newest_end(starts: Sequence[date], run_day: date | None) -> date:
    """The last day of the newest period that is over by the run day; the newest start where none is.

    Args:
        starts: As for `find_periods`.
        run_day: Today; None takes every period for over.
    """
    length = length_of(starts)
    ends = [last_day(start, length) for start in starts]
    return max((end for end in ends if run_day is None or end <= run_day), default=starts[-1])


def last_day(start: date, length: Length) -> date:
    """The last day of the period that a table names by `start`."""
    return start if length is Length.DAY else _span(start, length).last


def _span(start: date, length: Length) -> Span:
    if length is Length.WEEK:
        return Span(start, start + timedelta(days=6))
    # A month goes by any of its days: some exports name it by its first, others by its last.
    next_month = (start.replace(day=1) + timedelta(days=31)).replace(day=1)
    return Span(start.replace(day=1), next_month - timedelta(days=1))
