"""The same exports as of earlier days, under today's tiers, cuts and references, so that only customers move.

What is dated later is not known then. What has no date is taken as it stands today.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from csq import pipeline
from csq.errors import InputError
from csq.facts.metrics import told_length
from csq.facts.periods import length_of
from csq.history.pins import Pins, pinned
from csq.pipeline import AsOf, Triage
from csq.playbook.load import LoadedPlaybook
from csq.settings.load import LoadedSettings
from csq.sources.load import Tables
from csq.sources.rows.typed import RoleRows
from csq.terms import Grain, Length, Role

DATED: Mapping[Role, str] = {
    Role.USAGE: "at",
    Role.CSAT: "at",
    Role.EVENTS: "date",
    Role.OUTCOMES: "date",
    Role.CONTACTS: "since",
    Role.ACCOUNTS: "start_date",
}
"""By role the column that tells of a row since when it can be known."""
UNDATED = "contract value, seats, owner, status and goals"
"""What the exports tell as it is today, and nothing of how it was."""
EDGE = 7
"""Days without a row at the beginning of a usage window from which on the exports do not reach back to it."""


def earlier_weeks(day: date, number: int) -> tuple[date, ...]:
    """So many days, a week apart, before `day`; the earliest first."""
    return tuple(day - timedelta(weeks=back) for back in range(number, 0, -1))


def known_on(tables: Tables, day: date) -> Tables:
    """The tables without the rows that are dated later. Rows without a date are kept, and those that are counted."""
    return tables._replace(roles={role: _known(rows, role, day) for role, rows in tables.roles.items()})


def _known(rows: RoleRows, role: Role, day: date) -> RoleRows:
    name = "period" if rows.grain is Grain.PERIOD else DATED.get(role)
    if name is None or name not in rows.frame.columns:
        return rows
    later = (pl.col(name).cast(pl.Date) > day).fill_null(value=False)
    return replace(rows, frame=rows.frame.filter(~later))


def place_on(day: date, tables: Tables, asked: LoadedSettings, playbook: LoadedPlaybook, pins: Pins) -> Triage:
    """Triage what was known on an earlier day, under today's tiers, cuts and references.

    Args:
        day: The day.
        tables: All rows of today; of a log that was counted as it was read, as it was counted for `day`.
        asked: Settings before anything was pinned.
        playbook: Today's.
        pins: What today's run pins.

    Raises:
        InputError: Too little was known on that day to be placed.
    """
    if rows := tables.roles.get(Role.USAGE):
        _refuse_gap(rows, day, asked.settings.windows.usage)
    settings = asked._replace(settings=pinned(asked.settings, pins))
    return pipeline.run(known_on(tables, day), settings, playbook, as_of=AsOf(day, "--as-of"))


def _refuse_gap(rows: RoleRows, day: date, length: int) -> None:
    """Refuse a day on whose window the exports are silent: its first week, or half of it, without a row of anybody."""
    known = _days(rows)
    if known is None:
        return
    first = day - timedelta(days=length - 1)
    within = known.filter((known >= first) & (known <= day)).to_list()
    marks = [first - timedelta(days=1), *within, day + timedelta(days=1)]
    gaps = [(later - earlier).days - 1 for earlier, later in pairwise(marks)]
    if gaps[0] >= min(EDGE, length) or max(gaps) * 2 >= length:
        missing = marks[gaps.index(max(gaps))] + timedelta(days=1)
        raise InputError(f"the exports have no usage for {max(gaps)} days from {missing} on")


def _days(rows: RoleRows) -> pl.Series | None:
    """The days that a log, or a table of days, has rows of, sorted; None for tables of longer periods or of none."""
    if rows.counts is not None:
        return rows.counts.days["day"].drop_nulls().unique().sort()
    if rows.grain is Grain.PERIOD:
        starts = rows.keyed["period"].drop_nulls().unique().sort()
        is_daily = len(starts) and length_of(starts.to_list(), told_length(rows)) is Length.DAY
        return starts if is_daily else None
    days = rows.keyed["at"].cast(pl.Date).drop_nulls().unique().sort() if rows.grain is Grain.LOG else None
    return days if days is not None and len(days) else None
