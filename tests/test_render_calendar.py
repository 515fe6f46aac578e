"""The week as a calendar: valid, the same bytes for the same run, and taken in again it updates."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from icalendar import Calendar

from csq.errors import InputError, UsageError
from csq.render import Format, Options, Selection, render
from csq.report import CheckIn, OwnerWeek
from factories import accounts, report

AS_OF = date(2026, 11, 16)
"""A Monday: the week is its own."""
BASE = {
    "account_id": "A-1",
    "account_name": "Acme",
    "owner": "Dana",
    "desk": "Dana",
    "queue": "rescue",
    "next_step": "Call them. Ask why.",
    "step_short": "Call them",
    "step_id": "call_them",
    "human": True,
    "this_week": True,
}


def made(*rows, **others):
    full = [{**BASE, "rank": number, **row} for number, row in enumerate(rows, start=1)]
    return report(as_of=AS_OF, accounts=accounts(*full), **others)


def entries(told, **selection):
    data = render(told, Format.CALENDAR, Options(selection=Selection(**selection)))
    return Calendar.from_ical(data).walk("VEVENT")


def said(told, **selection):
    return [(each.decoded("dtstart"), str(each["summary"])) for each in entries(told, **selection)]


def test_calls_stand_on_the_monday_and_what_comes_due_on_its_day():
    told = made(
        {"deadline": date(2026, 12, 1), "renewal_date": date(2026, 12, 31)},
        {"account_id": "A-2", "account_name": "Bolt", "deadline": date(2026, 12, 2), "opt_out_date": date(2026, 12, 2),
         "this_week": False},
        {"account_id": "A-3", "account_name": "Cog", "queue": "rest", "look_again": date(2026, 11, 30),
         "next_step": None, "step_short": None, "step_id": None, "human": None, "this_week": False},
    )  # fmt: skip
    assert said(told) == [
        (AS_OF, "Acme: Call them"),
        (date(2026, 11, 30), "Look again: Cog"),
        (date(2026, 12, 1), "Deadline: Acme"),
        (date(2026, 12, 2), "Last day to opt out: Bolt"),
    ]


def test_a_call_says_what_to_do_and_the_id_to_tick_it_off_by():
    (entry,) = entries(made({}))
    assert str(entry["description"]) == "Call them. Ask why.\nA-1/call_them/2026-11-16"


def test_what_is_past_and_what_a_machine_does_is_left_out():
    assert said(made({"deadline": date(2026, 11, 15), "human": False})) == []


def test_calls_to_accounts_that_tools_look_after_are_calls():
    call = CheckIn(account_id="A-1", do="Call, ten minutes", hours=0.5)
    hours = dict.fromkeys(("rescue_hours", "protect_hours", "check_in_hours", "wanted_hours", "more_hours"), 0.0)
    left = {"left_out": 0, "left_out_value": Decimal(0), "left_out_unvalued": 0}
    told = made({"human": False}, weeks=(OwnerWeek(owner="Dana", hours=1.0, **hours, **left, check_ins=(call,)),))
    assert said(told) == [(AS_OF, "Acme: check in")]


def test_more_entries_than_a_calendar_takes_in_are_refused(monkeypatch):
    monkeypatch.setattr("csq.render.calendar.MOST_ENTRIES", 2)
    told = made(*({"account_id": f"A-{number}"} for number in range(3)))
    with pytest.raises(UsageError, match="room for 2 entries, and there are more"):
        said(told)
    assert len(said(told, top=2)) == 2


def test_entries_are_all_day_take_no_time_and_bear_the_stamp_of_the_run():
    (entry,) = entries(made({}))
    assert type(entry.decoded("dtstart")) is date
    assert entry["transp"] == "TRANSPARENT"
    assert entry.decoded("dtstamp").isoformat() == "2026-11-16T00:00:00+00:00"


def test_the_same_run_gives_the_same_bytes_and_each_entry_has_an_id_of_its_own():
    told = made({"deadline": date(2026, 12, 1), "look_again": date(2026, 12, 1)}, {"account_id": "A-2"})
    ids = [str(each["uid"]) for each in entries(told)]
    assert len(ids) == len({*ids}) == 4
    assert render(told, Format.CALENDAR) == render(told, Format.CALENDAR)


def test_a_deadline_that_moves_keeps_its_id_and_a_call_has_one_for_each_week():
    told = made({"deadline": date(2026, 12, 1)})
    moved = made({"deadline": date(2026, 12, 9)})._replace(as_of=date(2026, 11, 23))
    before, after = ({str(each["summary"]): str(each["uid"]) for each in entries(each)} for each in (told, moved))
    assert before["Deadline: Acme"] == after["Deadline: Acme"]
    assert before["Acme: Call them"] != after["Acme: Call them"]
    # A run in the middle of the same week updates the call.
    midweek = {str(each["summary"]): str(each["uid"]) for each in entries(told._replace(as_of=date(2026, 11, 18)))}
    assert before["Acme: Call them"] == midweek["Acme: Call them"]


@pytest.mark.parametrize("name", ["Acme, Inc.; \\ & Co", "Ünal\nBEGIN:VEVENT", "x" * 300, "\x1b[31m", "日本"])
def test_a_name_of_any_kind_leaves_the_calendar_whole(name):
    told = made({"account_name": name})
    (entry,) = entries(told)
    assert str(entry["summary"]).endswith(": Call them")
    assert all(len(line) <= 75 for line in render(told, Format.CALENDAR).split(b"\r\n"))


@pytest.mark.parametrize("name", [r"C:\Notes", "\\" * 200, "a;" * 90, "日本\\," * 40, "é" * 100])
def test_a_name_is_read_back_as_it_is_wherever_its_line_is_cut(name):
    lines = render(made({"account_name": name}), Format.CALENDAR).split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    told = b"".join(line[1:] if line.startswith(b" ") else b"\n" + line for line in lines).decode()
    (summary,) = re.findall("^SUMMARY:(.*)$", told, re.MULTILINE)
    assert re.sub(r"\\(.)", r"\1", summary) == f"{name}: Call them"
    # No line ends between a backslash and what it stands before.
    assert not [line for line in lines if (len(line) - len(line.rstrip(b"\\"))) % 2]


def test_rows_are_selected_as_in_any_output():
    told = made({}, {"account_id": "A-2", "account_name": "Bolt", "owner": "Eve", "desk": "Eve"})
    assert [text for _, text in said(told, owner=("Eve",))] == ["Bolt: Call them"]
    assert [text for _, text in said(told, desk=("Dana",), planned=True)] == ["Acme: Call them"]


def test_without_a_day_there_is_no_calendar():
    with pytest.raises(InputError, match="no dates"):
        render(made({})._replace(as_of=None), Format.CALENDAR)


def test_the_plan_writes_a_calendar_per_owner(csq, sample_data):
    assert csq("plan", sample_data, "-q", "-o", "plans/", "-f", "ics").code == 0
    written = sorted(path.name for path in Path("plans").glob("*.ics"))
    assert "priya-nair.ics" in written
    found = [Calendar.from_ical(path.read_bytes()).walk("VEVENT") for path in Path("plans").glob("*.ics")]
    ids = [str(each["uid"]) for events in found for each in events]
    assert len(ids) == len({*ids}) > 100
