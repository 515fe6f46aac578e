"""Which rows of a period table make the window: the newest complete period, or the days that end at as_of."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from csq.engine.base import DaySpan, UsageWindows
from csq.errors import InputError
from csq.sources.cells.periods import last_day
from csq.terms import Length


class Periods(NamedTuple):
    """The window of a table, and what lies around it."""

    now: DaySpan
    before: DaySpan
    partial: tuple[date, ...]
    """Periods that are not over by as_of."""
    length: Length
    compared: bool
    """Whether the table reaches back over the whole window before."""


def find_periods(starts: Sequence[date], as_of: date, days: int, told: Length | None = None) -> Periods:
    """Take the newest complete period that ends by as_of; of daily rows the `days` days that end there.

    Args:
        starts: The days that the table names its periods by, distinct and sorted, at least one.
        as_of: Day by which a period must have ended.
        days: Length of the window for daily rows.
        told: How long the periods are, as the table says.

    Raises:
        InputError: No period is complete by as_of.
    """
    length = length_of(starts, told)
    if length is Length.DAY:
        windows = UsageWindows(as_of, days)
        reached = starts[0] <= windows.before.first
        return Periods(now=windows.now, before=windows.before, partial=(), length=length, compared=reached)
    spans = {start: span(start, length) for start in starts}
    complete = [each for each in spans.values() if each.last <= as_of]
    if not complete:
        raise InputError(
            f"no {length.value} of the usage table is complete by {as_of}: the first begins on {starts[0]}",
            hint="pass a later `--as-of`, or export an earlier period too",
        )
    now = complete[-1]
    before = before_of(now, length)
    return Periods(
        now=now,
        before=before,
        partial=tuple(start for start, each in spans.items() if each.last > as_of),
        length=length,
        compared=any(before.first <= start <= before.last for start in starts),
    )


def length_of(starts: Sequence[date], told: Length | None = None) -> Length:
    """What the table says, where no two of its periods overlap then; else by how they lie.

    Months all begin, or all end, where the calendar's do, and three or more quarters lie three months apart each; weeks
    lie whole weeks apart; all else are days.
    """
    if told and all(span(earlier, told).last < span(later, told).first for earlier, later in pairwise(starts)):
        return told
    if all(start.day == 1 for start in starts) or all((start + timedelta(days=1)).day == 1 for start in starts):
        apart = [_months(later) - _months(earlier) for earlier, later in pairwise(starts)]
        return Length.QUARTER if len(apart) > 1 and all(months == 3 for months in apart) else Length.MONTH
    whole_weeks = all((later - earlier).days % 7 == 0 for earlier, later in pairwise(starts))
    return Length.WEEK if whole_weeks and len(starts) > 1 else Length.DAY


def newest_end(starts: Sequence[date], run_day: date | None, told: Length | None = None) -> date:
    """The last day of the newest period that is over by the run day; the newest start where none is.

    Args:
        starts: As for `find_periods`.
        run_day: Today; None takes every period for over.
        told: As for `find_periods`.
    """
    length = length_of(starts, told)
    ends = [start if length is Length.DAY else span(start, length).last for start in starts]
    return max((end for end in ends if run_day is None or end <= run_day), default=starts[-1])


def before_of(now: DaySpan, length: Length) -> DaySpan:
    """The week, month or quarter before another."""
    return span(now.first - timedelta(days=7 if length is Length.WEEK else 1), length)


def _months(day: date) -> int:
    return day.year * 12 + day.month


def span(start: date, length: Length) -> DaySpan:
    """The week, month or quarter that is named by `start`."""
    if length is Length.WEEK:
        return DaySpan(start, last_day(start, length))
    # A month goes by any of its days: some exports name it by its first, others by its last.
    first = start.replace(day=1)
    if length is Length.QUARTER and (start + timedelta(days=1)).day == 1:
        year, month = divmod(_months(first) - 3, 12)
        first = date(year, month + 1, 1)
    return DaySpan(first, last_day(first, length))
