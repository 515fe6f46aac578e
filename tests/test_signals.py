"""The signals of the playbook that comes with csq: the cases that a customer-success lead can read and add to."""

from typing import Any

import polars as pl
import pytest
import yaml

from csq.plan.signals import judge, reading
from csq.playbook.load import PACKAGED
from csq.playbook.text import fill
from signal_accounts import CASES, DEFAULT, ORDINARY, frame_of, judged, judged_all, playbook_of

SIGNALS: dict[str, dict[str, Any]] = {
    name: cases
    for path in sorted(CASES.glob("*.yaml"))
    if path.stem != "ordinary"
    for name, cases in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}
WITH_UNKNOWN = [name for name, kinds in SIGNALS.items() if not isinstance(kinds["unknown"], str)]

Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    """Every case, all judged in one run: by signal and kind of case."""
    cases = {
        (name, kind): case["given"]
        for name, kinds in SIGNALS.items()
        for kind, case in kinds.items()
        if not isinstance(case, str)
    }
    return dict(zip(cases, judged_all(list(cases.values())), strict=True))


def test_each_signal_has_a_case_where_it_holds_one_where_it_must_not_and_one_where_a_fact_is_unknown() -> None:
    assert set(SIGNALS) == set(DEFAULT.signals)
    assert {tuple(kinds) for kinds in SIGNALS.values()} == {("holds", "silent", "unknown")}


@pytest.mark.parametrize("name", SIGNALS)
def test_it_holds_as_the_case_says(name: str, rows: Rows) -> None:
    case, row = SIGNALS[name]["holds"], rows[name, "holds"]
    assert row["signals"] == [name, *case.get("also", [])]
    assert case["says"] in fill(reading(DEFAULT.signals[name], row["quadrant"])[1], row)
    assert case.get("next_step", "") in row["next_step"]
    for risk in case.get("risks", []):
        assert any(risk in told for told in row["risks"])
    assert name not in row["unjudged"]


@pytest.mark.parametrize("name", SIGNALS)
def test_it_is_silent_as_the_case_says(name: str, rows: Rows) -> None:
    case, row = SIGNALS[name]["silent"], rows[name, "silent"]
    assert row["signals"] == case.get("also", [])
    assert name not in row["unjudged"]


@pytest.mark.parametrize("name", WITH_UNKNOWN)
def test_without_a_fact_it_is_silent_and_listed_as_not_judged_with_that_fact(name: str, rows: Rows) -> None:
    case, row = SIGNALS[name]["unknown"], rows[name, "unknown"]
    assert name not in row["signals"]
    assert row["unjudged"][name] == case["missing"]


def test_an_ordinary_account_has_no_signal_and_none_that_could_not_be_judged() -> None:
    row = judged({})
    assert (row["signals"], row["unjudged"]) == ([], {})


def test_a_busy_account_that_the_outcomes_call_churned_is_a_trap_and_a_list_to_check() -> None:
    row = judged({"quadrant": "frustrated", "last_outcome": "churned", "last_outcome_days": 40})
    assert row["signals"] == ["usage_trap_outcome", "churned_yet_listed"]
    told = [fill(reading(DEFAULT.signals[name], "frustrated")[1], row) for name in row["signals"]]
    assert told == [
        "High usage, but decided against us: churned 40 days ago",
        "Churned 40 days ago on record, still on the customer list",
    ]


def test_where_nothing_is_known_nothing_looks_like_all_clear() -> None:
    """Each signal is listed as not judged, but for those that the place of the account already answers."""
    place = {"quadrant": "advocates", "evidence": "firm", "is_new": False, "season_quiet": False}
    unknown = dict.fromkeys(name for name in ORDINARY if name != "record_of_events")
    row = judged({**unknown, **place, "record_of_events": False})
    answered = {"no_north_star", "new_account", "thin_evidence", "captive", "late_bloomer", "season_start_missed"}
    answered |= {"unhappy_tickets"}
    assert row["signals"] == []
    assert set(row["unjudged"]) == set(DEFAULT.signals) - answered


@pytest.mark.parametrize("word", ["safe", "healthy", "probability"])
def test_no_text_of_the_playbook_calls_an_account_safe_or_puts_a_number_on_its_leaving(word: str) -> None:
    assert word not in PACKAGED.read_text(encoding="utf-8").casefold()


def test_a_signal_may_rest_on_a_hundred_facts_and_each_that_is_missing_is_named() -> None:
    facts = [f"f{number}" for number in range(100)]
    playbook = playbook_of(f"  wide: {{when: {'+'.join(facts)} > 0, severity: act, text: T}}\n", facts=facts)
    frame = frame_of({}, {}, {}).with_columns(
        *(pl.Series(name, [1.0, 1.0 if number % 2 else None, 1.0]) for number, name in enumerate(facts[:-1])),
        pl.Series(facts[-1], [1.0, 1.0, None]),
    )
    found = judge(frame, playbook, are_events_given=False)
    assert found.fired["account_id"].to_list() == ["A-1"]
    assert found.unjudged.rows() == [("A-2", "wide", facts[:-1:2]), ("A-3", "wide", facts[-1:])]
    assert found.totals[0].missing == tuple(sorted([*facts[:-1:2], facts[-1]]))


def test_a_hundred_signals_over_a_hundred_facts_are_each_judged_by_their_own() -> None:
    facts = [f"f{number}" for number in range(100)]
    signals = "".join(f"  s{name}: {{when: {name} > 0, severity: info, text: T}}\n" for name in facts)
    frame = frame_of({}, {}).with_columns(
        pl.Series(name, [number % 3 or None, -1.0], dtype=pl.Float64()) for number, name in enumerate(facts)
    )
    found = judge(frame, playbook_of(signals, facts=facts), are_events_given=False)
    assert found.fired["signal"].to_list() == [f"s{name}" for number, name in enumerate(facts) if number % 3]
    assert found.unjudged.rows() == [("A-1", f"s{name}", [name]) for name in facts[::3]]
