"""The week and what comes due as a calendar: all-day entries that take no time, one for each thing to be thought of.

An entry keeps its UID from week to week, and its stamp is the day of the run: a calendar that takes the file in again
updates what it has, and the same run gives the same bytes. An entry is eight lines of RFC 5545, written here: the
library that knows all of it takes a minute to fold those of 100,000 accounts.
"""

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, UsageError
from csq.plan.hours import is_planned
from csq.planned import CHECK_IN, PlannedStep, week_of
from csq.render.clean import clean
from csq.render.columns import output_columns
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.report import Report
from csq.terms import Queue

MOST_ENTRIES = 100_000
"""Days to think of something: no calendar takes in a file of more."""
_HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//csq//csq//EN", "METHOD:PUBLISH")
_OCTETS = 74
"""Of a line; what is longer goes on in the next one, behind a space."""
_TOLD = (
    "account_id", "account_name", "deadline", "opt_out_date", "renewal_date", "look_again", "why", "step_id",
    "step_short", "next_step",
)  # fmt: skip
"""Columns that entries are made of."""


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
        UsageError: `options` name something that is not there, or there are over `MOST_ENTRIES`.
    """
    if report.as_of is None:
        raise InputError("the data has no dates, and a calendar is made of days", hint="`--as-of DATE`")
    output_columns(report.accounts, options.fields)
    rows = selected_rows(report, options.selection._replace(planned=False))
    if options.selection.top is not None:
        rows = rows.head(options.selection.top)
    found = chain(_due(rows, report.as_of), _calls(report, rows, report.as_of))
    if len(entries := [*islice(found, MOST_ENTRIES + 1)]) > MOST_ENTRIES:
        hint = "`--top N` takes the first N accounts, `--owner NAME` those of one owner"
        raise UsageError(f"a calendar has room for {MOST_ENTRIES:,} entries, and there are more", hint=hint)
    lines = (line for entry in sorted(entries) for line in _event(entry, report.as_of))
    return b"".join(_folded(line) + b"\r\n" for line in (*_HEAD, *lines, "END:VCALENDAR"))


def _due(rows: pl.DataFrame, as_of: date) -> Iterator[Entry]:
    """Deadlines and days to look again, from the day of the run on."""
    for row in rows.select(_TOLD).iter_rows(named=True):
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
    for row in todo.select(_TOLD).iter_rows(named=True):
        planned = PlannedStep(row["account_id"], row["step_id"], week)
        yield Entry(week, str(planned), f"{_name(row)}: {row['step_short']}", f"{row['next_step']}\n{planned}")
    names = {row["account_id"]: _name(row) for row in rows.select(_TOLD[:2]).iter_rows(named=True)}
    for call in (call for each in report.weeks for call in each.check_ins if call.account_id in names):
        planned = PlannedStep(call.account_id, CHECK_IN, week)
        yield Entry(week, str(planned), f"{names[call.account_id]}: check in", f"{call.do}\n{planned}")


def _name(row: dict[str, str | None]) -> str:
    return row["account_name"] or row["account_id"] or ""


def _event(entry: Entry, as_of: date) -> Iterator[str]:
    uid = hashlib.sha256(entry.key.encode(errors="backslashreplace")).hexdigest()[:32]
    yield "BEGIN:VEVENT"
    yield f"SUMMARY:{_escaped(entry.title)}"
    yield f"DTSTART;VALUE=DATE:{_digits(entry.day)}"
    yield f"DTSTAMP:{_digits(as_of)}T000000Z"
    yield f"UID:{uid}@csq"
    yield "DESCRIPTION:" + r"\n".join(map(_escaped, entry.text.split("\n")))
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """Printable text, in which what the format has a use for is itself."""
    printable = clean(text).encode(errors="backslashreplace").decode()
    for mark in "\\;,":
        printable = printable.replace(mark, f"\\{mark}")
    return printable


def _folded(line: str) -> bytes:
    """A line as RFC 5545 has it: cut within no character, and not between a backslash and what it stands before."""
    rest, parts = line.encode(), []
    while len(rest) > _OCTETS:
        end = _OCTETS
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        end -= (end - len(rest[:end].rstrip(b"\\"))) % 2
        parts.append(rest[:end])
        rest = rest[end:]
    return b"\r\n ".join((*parts, rest))
