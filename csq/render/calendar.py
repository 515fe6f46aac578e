"""The week and what comes due as a calendar: all-day entries that take no time, one for each thing to be thought of.

An entry keeps its UID from week to week, and its stamp is the day of the run: a calendar that takes the file in again
updates what it has, and the same run gives the same bytes.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import polars as pl
from icalendar import Calendar, Event

from csq.errors import InputError
from csq.plan.hours import is_planned
from csq.planned import CHECK_IN, PlannedStep, week_of
from csq.render.clean import clean
from csq.render.columns import output_columns
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.report import Report
from csq.terms import Queue


class Entry(NamedTuple):
    """One day to think of something."""

    day: date
    key: str
    """What it is, the same from week to week; the UID is made of it."""
    title: str
    text: str


def calendar(report: Report, options: Options) -> bytes:
    """Write the calendar: deadlines, days to look again, and the week's calls of the accounts that are selected.

    Raises:
        InputError: The run has no day.
        UsageError: `options` name something that is not there.
    """
    if report.as_of is None:
        raise InputError("the data has no dates, and a calendar is made of days", hint="`--as-of DATE`")
    output_columns(report.accounts, options.fields)
    rows = selected_rows(report, options.selection._replace(planned=False))
    if options.selection.top is not None:
        rows = rows.head(options.selection.top)
    entries = [*_due(rows, report.as_of), *_calls(report, rows, report.as_of)]
    page = Calendar()
    for name, value in (("prodid", "-//csq//csq//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        page.add(name, value)
    for entry in sorted(entries):
        page.add_component(_event(entry, datetime.combine(report.as_of, time(), UTC)))
    written: bytes = page.to_ical()
    return written


def _due(rows: pl.DataFrame, as_of: date) -> Iterator[Entry]:
    """Deadlines and days to look again, from the day of the run on."""
    for row in rows.iter_rows(named=True):
        key, name = row["account_id"], _name(row)
        if row["deadline"] is not None and row["deadline"] >= as_of:
            what = "Last day to opt out" if row["deadline"] == row["opt_out_date"] else "Deadline"
            renewal = f", renewal on {row['renewal_date']}" if row["renewal_date"] else ""
            yield Entry(row["deadline"], f"deadline/{key}", f"{what}: {name}", f"{key}{renewal}")
        if row["look_again"] is not None and row["look_again"] >= as_of:
            yield Entry(row["look_again"], f"look again/{key}", f"Look again: {name}", f"{key}: {row['why'] or ''}")


def _calls(report: Report, rows: pl.DataFrame, as_of: date) -> Iterator[Entry]:
    """What a person is to do this week, on its Monday."""
    week = week_of(as_of)
    todo = rows.filter(is_planned(), pl.col("human"), pl.col("queue") != str(Queue.REST))
    for row in todo.iter_rows(named=True):
        planned = PlannedStep(row["account_id"], row["step_id"], week)
        yield Entry(week, str(planned), f"{_name(row)}: {row['step_short']}", f"{row['next_step']}\n{planned}")
    names = {row["account_id"]: _name(row) for row in rows.iter_rows(named=True)}
    for call in (call for each in report.weeks for call in each.check_ins if call.account_id in names):
        planned = PlannedStep(call.account_id, CHECK_IN, week)
        yield Entry(week, str(planned), f"{names[call.account_id]}: check in", f"{call.do}\n{planned}")


def _name(row: dict[str, str | None]) -> str:
    return row["account_name"] or row["account_id"] or ""


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", f"{hashlib.sha256(entry.key.encode(errors='backslashreplace')).hexdigest()[:32]}@csq")
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.day)
    event.add("summary", _printable(entry.title))
    event.add("description", "\n".join(map(_printable, entry.text.split("\n"))))
    event.add("transp", "TRANSPARENT")
    return event


def _printable(text: str) -> str:
    return clean(text).encode(errors="backslashreplace").decode()
