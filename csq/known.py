"""What exports of today knew on an earlier day: rows that are dated later were not known then.

What has no date is taken as it stands today.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from csq.facts.metrics import told_length
from csq.facts.periods import length_of
from csq.fate import is_used
from csq.sources.load import Tables
from csq.sources.rows.typed import RoleRows
from csq.terms import Grain, Length, Outcome, Role

DATED: Mapping[Role, str] = {
    Role.USAGE: "at",
    Role.CSAT: "at",
    Role.EVENTS: "date",
    Role.OUTCOMES: "date",
    Role.CONTACTS: "since",
    Role.ACCOUNTS: "start_date",
}
"""By role the column that tells of a row since when it can be known."""
EDGE = 7
"""Days without a row at the beginning of a usage window from which on the exports do not reach back to it."""


class SilentDays(NamedTuple):
    """Days of a window in which the exports have no row of anybody."""

    first: date
    days: int


def dated_by(rows: RoleRows) -> str | None:
    """The column that tells since when a row of a role can be known; None where there is none."""
    name = "period" if rows.grain is Grain.PERIOD else DATED.get(rows.role)
    return name if name in rows.frame.columns else None


def known_on(tables: Tables, day: date) -> Tables:
    """The tables without the rows that are dated later. Rows without a date are kept, and those that are counted."""
    return tables._replace(roles={role: _known(rows, day) for role, rows in tables.roles.items()})


def _known(rows: RoleRows, day: date) -> RoleRows:
    name = dated_by(rows)
    if name is None:
        return rows
    later = (pl.col(name).cast(pl.Date) > day).fill_null(value=False)
    return replace(rows, frame=rows.frame.filter(~later))


def with_who_left_later(tables: Tables, day: date) -> Tables:
    """The tables as of a day, without the status of who has left since: it was a customer then, as an outcome tells."""
    accounts, outcomes = tables.roles.get(Role.ACCOUNTS), tables.roles.get(Role.OUTCOMES)
    if accounts is None or outcomes is None:
        return tables
    left = outcomes.frame.filter(is_used(), pl.col("outcome") == str(Outcome.CHURNED)).drop_nulls("account_id")
    days = left.group_by("account_id").agg(pl.col("date").min())
    later = days.filter(pl.col("date") > day)["account_id"]
    status = pl.when(~pl.col("account_id").is_in(later.implode())).then("status").alias("status")
    frame = accounts.frame.with_columns(status)
    return tables._replace(roles={**tables.roles, Role.ACCOUNTS: replace(accounts, frame=frame)})


def days_told(rows: RoleRows) -> pl.Series | None:
    """The days that a log, or a table of days, has rows of, sorted; None for tables of longer periods or of none."""
    if rows.counts is not None:
        return rows.counts.days["day"].drop_nulls().unique().sort()
    if rows.grain is Grain.PERIOD:
        starts = rows.keyed["period"].drop_nulls().unique().sort()
        is_daily = len(starts) and length_of(starts.to_list(), told_length(rows)) is Length.DAY
        return starts if is_daily else None
    days = rows.keyed["at"].cast(pl.Date).drop_nulls().unique().sort() if rows.grain is Grain.LOG else None
    return days if days is not None and len(days) else None


def gap_before(known: pl.Series, day: date, length: int) -> SilentDays | None:
    """The longest gap of the window of `length` days up to `day`, where its first week, or half of it, is silent.

    Args:
        known: The days that the exports have rows of, sorted.
        day: Last day of the window.
        length: Its days.
    """
    first = day - timedelta(days=length - 1)
    within = known.filter((known >= first) & (known <= day)).to_list()
    marks = [first - timedelta(days=1), *within, day + timedelta(days=1)]
    gaps = [(later - earlier).days - 1 for earlier, later in pairwise(marks)]
    if gaps[0] < min(EDGE, length) and max(gaps) * 2 < length:
        return None
    return SilentDays(marks[gaps.index(max(gaps))] + timedelta(days=1), max(gaps))
