"""The same exports as of earlier days, under today's tiers, cuts and references, so that only customers move.

What is dated later is not known then. What has no date is taken as it stands today.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

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
SPARE = 6
"""Days by which a usage window may begin before the log does: not everybody is there on the first of them."""


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
    rows = tables.roles.get(Role.USAGE)
    if rows is not None and (first := first_day(rows)):
        begins = day - timedelta(days=asked.settings.windows.usage - 1)
        if begins < first - timedelta(days=SPARE):
            raise InputError(f"the usage begins on {first}, and the window on {begins}")
    settings = asked._replace(settings=pinned(asked.settings, pins))
    return pipeline.run(known_on(tables, day), settings, playbook, as_of=AsOf(day, "--as-of"))


def first_day(rows: RoleRows) -> date | None:
    """The first day that a log, or a table of days, tells of; None where it tells of none, or of longer periods."""
    if rows.counts is not None:
        first = rows.counts.days["first"].min()
        return first if isinstance(first, date) else None
    if rows.grain is Grain.PERIOD:
        starts = rows.keyed["period"].drop_nulls().unique().sort().to_list()
        is_daily = starts and length_of(starts, told_length(rows)) is Length.DAY
        return starts[0] if is_daily else None
    if rows.grain is not Grain.LOG:
        return None
    first = rows.keyed["at"].cast(pl.Date).min()
    return first if isinstance(first, date) else None
