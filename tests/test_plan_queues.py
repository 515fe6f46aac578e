"""Which queue an account draws on and why: the cases under `cases/plan/`, and what a playbook may say of rest."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from csq.plan.prescribe import prescribe
from csq.plan.signals import judge
from csq.playbook.load import check_playbook
from signal_accounts import DEFAULT, frame_of
from small_playbook import small
from tables import AS_OF

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "plan" / "queues.yaml").read_text(encoding="utf-8"))


def planned(given: dict[str, Any]) -> dict[str, Any]:
    rest_until = pl.Series("_rest_until", [given.pop("_rest_until", None)], dtype=pl.Date())
    frame = frame_of(given).with_columns(rest_until)
    judged = judge(frame, DEFAULT, are_events_given=True)
    return prescribe(frame, DEFAULT, judged, as_of=AS_OF, are_events_given=True).row(0, named=True)


@pytest.mark.parametrize("name", CASES)
def test_queue_rule(name: str) -> None:
    expected = dict(CASES[name]["expect"])
    row = planned(dict(CASES[name]["given"]))
    for text in ("next_step", "why"):
        if beginning := expected.pop(text, ""):
            assert row[text].startswith(beginning)
        elif beginning is None:
            assert row[text] is None
    assert {each: row[each] for each in expected} == expected


@pytest.mark.parametrize(
    ("rest", "line", "message"),
    [
        ('[{when: "fit = bad", because: B}]', "fit = bad", "unknown"),
        ("[{because: B}]", "because", "an account rests `when` a condition holds or `after` an event: give one"),
        ('[{when: "fit IS NULL", until: [x], because: B}]', "until", "`until` and `again_days` belong to `after`"),
        ("[{after: effort, again_days: 0, because: B}]", "again_days", "`again_days` must be at least 1, not `0`"),
        ("[{after: effort, because: 'for {no_fact}'}]", "no_fact", "braces are filled in `do` and `text` only"),
    ],
)
def test_a_faulty_rest_is_told_with_its_line(rest: str, line: str, message: str) -> None:
    text = small(("    queue: rest\n", f"    queue: rest\n    rest: {rest}\n"))
    playbook, problems = check_playbook(text, "playbooks.yaml")
    assert playbook is None
    assert message in problems[0].message
    where = next(number for number, each in enumerate(text.splitlines(), start=1) if line in each)
    assert problems[0].location is not None
    assert problems[0].location.line == where


def test_a_qualifying_step_without_a_gate_is_a_fault() -> None:
    text = small(("    queue: rest\n", "    queue: rest\n    qualify: {do: Ask}\n"))
    assert [each.message for each in check_playbook(text, "p")[1]] == ["`qualify` is never reached without a `gate`"]


def test_the_first_rest_that_holds_says_why_and_when_to_look_again() -> None:
    rests = "[{when: \"fit = 'bad'\", because: bad fit}, {after: effort, again_days: 90, because: tried}]"
    playbook, _ = check_playbook(small(("    queue: rest\n", f"    queue: rescue\n    rest: {rests}\n")), "p")
    assert playbook is not None
    told = []
    for fit, days in (("bad", None), ("good", 10), ("bad", 10), ("good", None)):
        frame = frame_of({"quadrant": "advocates", "fit": fit, "event_effort_days": days})
        judged = judge(frame, playbook, are_events_given=True)
        row = prescribe(frame, playbook, judged, as_of=AS_OF, are_events_given=True).row(0, named=True)
        told.append((row["queue"], row["look_again"]))
    again = AS_OF + timedelta(days=80)
    assert told == [("rest", None), ("rest", again), ("rest", None), ("rescue", None)]


@pytest.mark.parametrize(("idle", "is_sought"), [(23, False), (29, False), (60, True)])
def test_a_power_user_who_stopped_with_the_champion_is_not_looked_for_as_well(idle: int, is_sought: bool) -> None:
    gone = {"champion_left_days": 23, "successor_stance": None, "top_user_idle_days": idle, "active_users": 3}
    row = planned({"quadrant": "advocates", "season_quiet": False, **gone})
    assert row["next_step"].startswith("Champion left 23 days ago.")
    assert ("power user was not seen" in row["next_step"]) is is_sought
