"""The same exports as of earlier days, under today's tiers, cuts and references, so that only customers move.

What is dated later is not known then. What has no date is taken as it stands today.
"""

from datetime import date, timedelta

from csq import pipeline
from csq.errors import InputError
from csq.history.pins import Pins, pinned
from csq.known import days_told, gap_before, known_on
from csq.pipeline import AsOf, Triage
from csq.playbook.load import LoadedPlaybook
from csq.settings.load import LoadedSettings
from csq.sources.load import Tables
from csq.sources.rows.typed import RoleRows
from csq.terms import Role

UNDATED = "contract value, seats, owner, status and goals"
"""What the exports tell as it is today, and nothing of how it was."""


def earlier_weeks(day: date, number: int) -> tuple[date, ...]:
    """So many days, a week apart, before `day`; the earliest first."""
    return tuple(day - timedelta(weeks=back) for back in range(number, 0, -1))


def place_on(day: date, tables: Tables, asked: LoadedSettings, playbook: LoadedPlaybook, pins: Pins) -> Triage:
    """Triage what was known on an earlier day, under today's playbook, tiers, cuts and references.

    All rows of today are given, but a log that was counted as it was read is counted for that day; and the settings
    before anything was pinned. Raises InputError when too little was known on that day to be placed.
    """
    if rows := tables.roles.get(Role.USAGE):
        _refuse_gap(rows, day, asked.settings.windows.usage)
    settings = asked._replace(settings=pinned(asked.settings, pins))
    return pipeline.run(known_on(tables, day), settings, playbook, as_of=AsOf(day, "--as-of"))


def _refuse_gap(rows: RoleRows, day: date, length: int) -> None:
    """Refuse a day on whose window the exports are silent."""
    known = days_told(rows)
    if known is not None and (gap := gap_before(known, day, length)):
        raise InputError(f"the exports have no usage for {gap.days} days from {gap.first} on")
