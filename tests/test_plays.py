"""`csq plays`: what a history of weeks planned, what the events say was done, and where those accounts stood later."""

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from csq.backtest.plays import WEEK, PlayRow, plays
from csq.playbook.load import load_playbook

PLAYBOOK = load_playbook(None).playbook
MONDAY = date(2026, 1, 5)
STEP = "next_feature"
"""Of the underusers; an `initial_effort_done` shows that it is done."""


def week(number: int, account: str, quadrant: str, step: str | None = STEP, **more: Any) -> dict[str, Any]:
    own = {"as_of": MONDAY + timedelta(weeks=number), "account_id": account, "quadrant": quadrant, "step_id": step}
    return {**dict.fromkeys(WEEK), "is_filled": False, "queue": "rescue", "tier": "large", "hours": 1.0, **own, **more}


def event(account: str, day: date, kind: str = "initial_effort_done", planned: str | None = None) -> dict[str, Any]:
    return {"account_id": account, "date": day, "kind": kind, "planned_step": planned}


def told(weeks: list[dict[str, Any]], events: list[dict[str, Any]] | None, **more: Any) -> dict[str | None, PlayRow]:
    rows = (
        pl.DataFrame(
            events, schema={**dict.fromkeys(("account_id", "kind", "planned_step"), pl.String), "date": pl.Date}
        )
        if events is not None
        else None
    )
    found = plays(pl.DataFrame(weeks, schema=WEEK), rows, PLAYBOOK, **more)
    return {row.step: row for row in found.rows if row.by == "all" and row.play == "underusers"}


def test_a_step_planned_week_after_week_is_planned_once():
    weeks = [week(number, "A", "underusers") for number in range(3)]
    weeks += [week(3, "A", "underusers", None), week(4, "A", "underusers")]
    assert told(weeks, [])[STEP].planned == 2  # weeks 0 to 2, and week 4


def test_it_is_done_by_an_event_from_its_first_week_to_four_weeks_after_the_last():
    weeks = [week(number, account, "underusers") for account in "ABC" for number in range(2)]
    events = [
        event("A", MONDAY - timedelta(days=1)),  # before it was planned
        event("B", MONDAY + timedelta(weeks=5)),  # four weeks after the second and last week
        event("C", MONDAY + timedelta(weeks=5, days=1)),
    ]
    assert told(weeks, events)[STEP].done == 1


def test_a_tick_of_the_step_says_so_too_and_one_that_was_only_tried_does_not():
    weeks = [week(0, account, "underusers", "stop_for_now") for account in "AB"]
    events = [
        event("A", MONDAY, "step_done", f"A/stop_for_now/{MONDAY}"),
        event("B", MONDAY, "step_tried", f"B/stop_for_now/{MONDAY}"),
    ]
    (row,) = [row for key, row in told_any(weeks, events).items() if key == "stop_for_now"]
    assert (row.planned, row.done) == (2, 1)


def told_any(weeks: list[dict[str, Any]], events: list[dict[str, Any]]) -> dict[str | None, PlayRow]:
    schema = {**dict.fromkeys(("account_id", "kind", "planned_step"), pl.String), "date": pl.Date}
    found = plays(pl.DataFrame(weeks, schema=WEEK), pl.DataFrame(events, schema=schema), PLAYBOOK)
    return {row.step: row for row in found.rows if row.by == "all"}


def test_where_accounts_stood_later_is_told_apart_for_those_it_was_done_for():
    """Twelve of twenty were done, and stand among the advocates after four weeks; of the others half have left."""
    names = [f"A{number:02}" for number in range(20)]
    weeks = [week(0, name, "underusers") for name in names]
    weeks += [week(4, name, "advocates", None) for name in names[:12]]
    weeks += [week(4, name, "underusers", None) for name in names[12:16]]
    row = told(weeks, [event(name, MONDAY) for name in names[:12]])[STEP]
    four, eight, _ = row.stood
    assert (row.planned, row.done) == (20, 12)
    assert (four.done, four.not_done) == ({"advocates": 12}, {"left": 4, "underusers": 4})
    assert eight.counts == (0, 0)  # no snapshot is that much later


def test_a_snapshot_four_days_off_is_not_that_week():
    weeks = [week(0, "A", "underusers"), {**week(4, "A", "advocates", None), "as_of": MONDAY + timedelta(days=32)}]
    assert told(weeks, [])[STEP].stood[0].counts == (0, 0)


def test_a_week_that_was_filled_in_planned_nothing_and_still_tells_where_accounts_stood():
    weeks = [week(0, "A", "underusers"), week(4, "A", "advocates", is_filled=True)]
    row = told(weeks, [])[STEP]
    assert (row.planned, row.stood[0].not_done) == (1, {"advocates": 1})
    # Where nothing else is there it tells what would have been planned, and says so.
    found = plays(pl.DataFrame([week(0, "A", "underusers", is_filled=True)], schema=WEEK), None, PLAYBOOK)
    assert (found.is_filled, len(found.rows)) == (True, 4)  # play and step, each for all and for its tier


def test_without_events_what_was_done_is_not_known_and_that_is_not_nought():
    row = told([week(0, "A", "underusers")], None)[STEP]
    assert (row.planned, row.done, row.stood) == (1, None, ())


def test_only_the_last_weeks_count_where_they_are_asked_for():
    weeks = [week(0, "A", "underusers"), week(5, "B", "underusers")]
    assert told(weeks, [], last=2)[STEP].planned == 1


def test_what_was_planned_without_hours_of_a_week_is_what_did_not_rest():
    weeks = [week(0, "A", "underusers", queue="rest"), week(0, "B", "underusers", this_week=True)]
    weeks.append(week(0, "C", "underusers", this_week=False))
    assert told(weeks, [])[STEP].planned == 1


@pytest.fixture
def kept(csq: Any, sample_data: Any) -> str:
    for day in ("2026-10-18", "2026-11-15"):
        assert csq("triage", sample_data, "--as-of", day, "--history", "kept", "-q").code == 0
    return "kept"


def test_the_command_tells_of_a_history_in_every_format_and_says_that_it_claims_no_cause(csq, sample_data, kept):
    page = csq("plays", sample_data, "--history", kept)
    assert page.code == 0
    assert b"no cause" in page.stdout
    assert b"too few" in page.stdout
    found = json.loads(csq("plays", sample_data, "--history", kept, "-f", "json").stdout)
    assert found["weeks"] == 2
    assert found["claims_cause"] is False
    assert all(row["planned"] >= (row["done"] or 0) for row in found["plays"])
    targets = [f"plays.{suffix}" for suffix in ("csv", "tsv", "jsonl", "md", "html", "xlsx", "parquet")]
    words = [word for target in targets for word in ("-o", target)]
    assert csq("plays", sample_data, "--history", kept, "-q", *words).code == 0


def test_without_a_history_or_a_week_in_it_the_command_says_what_to_do(csq, sample_data):
    assert csq("plays", sample_data).code == 2
    empty = csq("plays", sample_data, "--history", "nothing")
    assert empty.code == 3
    assert "csq triage" in empty.stderr
