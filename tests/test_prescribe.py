"""The playbook applied to placed accounts: next step, risks, order of work."""

import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csq.plan.texts import filled_for, told_once
from csq.playbook.load import LoadedPlaybook
from csq.report import Report
from csq.schema import PLAN, WORTH
from tables import AS_OF, PACKAGED, by_id, lines, playbook_of, run

USAGE = lines("account_id,logins", "ad,90", "fr,80", "ri,2", "un,1", "big,3", "dark,2")
CSAT = lines("account_id,csat", "ad,5", "fr,1", "ri,1", "un,5", "big,1")
ACCOUNTS = lines(
    "account_id,account_name,arr,open_tickets,fit",
    "ad,Ada,10,0,good",
    "fr,Fry,20,3,bad",
    "ri,Rio,30,,good",
    "un,Una,40,1,",
    "big,Big,500,7,good",
    "dark,Dark,,0,good",
)


def triaged(playbook: LoadedPlaybook) -> Report:
    return run(
        USAGE, CSAT, ACCOUNTS, playbook=playbook, csat_scale=("1-5",), as_of=AS_OF, settings="thresholds: {usage: 50}"
    )


def at_risk(*steps: str, risks: str = "[]") -> dict[str, dict[str, Any]]:
    """The accounts under a playbook with these steps and risks, each flow-style YAML, for `at_risk`."""
    play = f"play: {{headline: Save them, steps: [{', '.join(steps)}]}}\nrisks: {risks}"
    return dict(by_id(triaged(playbook_of(play))))


def test_the_accounts_of_these_tests_stand_where_their_names_say() -> None:
    found = {key: row["quadrant"] for key, row in at_risk("{do: call}").items()}
    assert found == {
        "ad": "advocates", "fr": "frustrated", "ri": "at_risk", "big": "at_risk", "un": "underusers", "dark": "unknown"
    }  # fmt: skip


def test_the_next_step_is_the_first_whose_condition_holds() -> None:
    rows = at_risk('{do: escalate, when: "open_tickets > 5"}', '{do: look, when: "contract_value > 1"}', "{do: call}")
    assert (rows["big"]["next_step"], rows["ri"]["next_step"]) == ("escalate", "look")


def test_a_condition_over_what_is_not_known_is_not_judged_either_way() -> None:
    rows = at_risk('{do: many, when: "open_tickets > 5"}', '{do: few, when: "NOT open_tickets > 5"}', "{do: call}")
    assert rows["ri"]["next_step"] == "call"


def test_where_no_step_applies_there_is_no_next_step() -> None:
    assert at_risk('{do: never, when: "contract_value < 0"}')["ri"]["next_step"] is None


def test_a_step_that_is_done_by_an_event_stands_while_no_such_event_is_on_record() -> None:
    assert at_risk("{do: first, done_by: first_done}", "{do: second}")["ri"]["next_step"] == "first"


def test_the_next_step_is_told_with_its_id_and_in_one_line_the_first_sentence_where_the_playbook_has_none() -> None:
    told = ("step_id", "step_short")
    rows = at_risk(
        '{do: "Call {account_name}. Ask why", when: "open_tickets > 5"}', "{do: Call, id: ring, short: Ring}"
    )
    assert [rows["big"][name] for name in told] == ["call_ask_why", "Call Big"]
    assert [rows["ri"][name] for name in told] == ["ring", "Ring"]


def test_risks_are_those_that_apply_in_the_order_of_the_playbook() -> None:
    risks = '[{text: always}, {text: tickets, when: "open_tickets > 0"}, {text: rich, when: "contract_value >= 500"}]'
    rows = at_risk("{do: call}", risks=risks)
    assert (rows["big"]["risks"], rows["ri"]["risks"]) == (["always", "tickets", "rich"], ["always"])
    assert rows["ad"]["risks"] == []


def test_facts_in_braces_are_filled_in_for_each_account_and_left_open_in_the_printed_play() -> None:
    playbook = playbook_of(
        "play: {headline: Save, steps: [{do: 'Write to {account_name}: {open_tickets} tickets'}]}\n"
        "risks: [{text: 'worth {contract_value}'}]"
    )
    report = triaged(playbook)
    rows = by_id(report)
    assert rows["big"]["next_step"] == "Write to Big: 7 tickets"
    assert rows["ri"]["next_step"] == "Write to Rio: unknown tickets"
    assert rows["big"]["risks"] == ["worth 500"]
    (printed,) = [play for play in report.plays if play.quadrant == "at_risk"]
    assert printed.steps[0].do == "Write to …: … tickets"


def test_the_totals_keep_the_order_of_attack_while_rank_goes_by_priority() -> None:
    order = "[at_risk, unknown, underusers, frustrated, advocates]"
    report = triaged(playbook_of(order=order))
    # The value of dark is not known, so it is taken for the least there is, the 10 of ad.
    assert report.accounts["account_id"].to_list() == ["big", "un", "ri", "fr", "ad", "dark"]
    assert report.accounts["rank"].to_list() == [1, 2, 3, 4, 5, 6]
    assert [str(total.quadrant) for total in report.totals] == [
        "at_risk",
        "unknown",
        "underusers",
        "frustrated",
        "advocates",
    ]


def test_equal_or_unknown_value_goes_by_account_id() -> None:
    report = run(lines("account_id,logins", "b,1", "a,1", "c,1"), playbook=playbook_of())
    assert report.accounts["account_id"].to_list() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("quadrant", "queue"), [("ad", "protect"), ("fr", "rest"), ("ri", "rest"), ("un", "rescue"), ("dark", "rescue")]
)
def test_the_packaged_playbook_gives_each_account_a_play_a_queue_and_a_step(quadrant: str, queue: str) -> None:
    row = by_id(triaged(PACKAGED))[quadrant]
    assert row["queue"] == queue
    assert row["play"]
    assert row["next_step"]


def test_an_edited_playbook_changes_what_to_do_and_nothing_else() -> None:
    plan = {column.name for column in (*WORTH, *PLAN)}
    one, two = triaged(PACKAGED), triaged(playbook_of(order="[unknown, at_risk, underusers, frustrated, advocates]"))
    known = [name for name in one.accounts.columns if name not in plan]
    before, after = (report.accounts.select(known).sort("account_id") for report in (one, two))
    assert before.equals(after)
    assert not one.accounts.select("account_id", *sorted(plan)).equals(two.accounts.select("account_id", *sorted(plan)))
    assert (one.cuts, one.tiers, one.pinned) == (two.cuts, two.tiers, two.pinned)


def test_an_edited_playbook_file_is_what_the_next_run_says(csq: Any, sample_data: Path) -> None:
    assert csq("playbook", "init").code == 0
    Path("exports").mkdir()
    for name in ("usage", "csat", "accounts"):
        Path("exports", f"{name}.csv").write_bytes((sample_data / f"{name}.csv").read_bytes())
    before = csq("triage", "exports", "-f", "csv", "-q").stdout.decode()
    text = Path("playbooks.yaml").read_text(encoding="utf-8")
    headline = "Thank them, look after them, ask for little"
    assert headline in before
    Path("playbooks.yaml").write_text(text.replace(headline, "Leave them in peace"), encoding="utf-8")
    after = csq("triage", "exports", "-f", "csv", "-q").stdout.decode()
    assert after == before.replace(f'"{headline}"', "Leave them in peace")


def test_the_qualifying_step_asks_what_is_not_known_and_nothing_else() -> None:
    gate = """gate:
- {need: fit, when: "fit = 'good'", ask: "A fit?"}
- {need: owner, when: "internal_owner = 'Ada'", ask: "Who owns it?"}
- {need: will, when: "willing"}
qualify: {do: "Find out."}
play: {headline: Save them, steps: [{do: Call them.}]}"""
    rows = by_id(triaged(playbook_of(gate)))
    assert rows["big"]["next_step"] == "Find out. Who owns it?"  # it is a good fit, and of its will nothing is asked


def test_each_row_reads_its_own_text_with_its_own_facts_and_nobody_is_named() -> None:
    rows = pl.DataFrame({"account_id": ["A", "B", "C", "D"], "seats": [1, 5, None, 5]})
    texts = {1: "{seats} seats.", 2: "{nobody} knows. {top_user} does."}
    chosen = pl.Series([1, 1, 1, 9])
    assert filled_for(rows, texts, chosen).to_list() == ["1 seat.", "5 seats.", None, None]
    assert filled_for(rows, texts, chosen, keep=True).to_list() == ["1 seat.", "5 seats.", "unknown seats.", None]
    people = rows.with_columns(top_user=pl.Series(["eve@acme.example", None, "x", "y"]))
    told = filled_for(people, {3: "Call {top_user}."}, pl.Series([3, 3, 1, 3])).to_list()
    assert told[1:3] == [None, None]
    assert "eve" not in told[0]
    assert told[0] == told[3]


def test_a_text_reads_the_same_for_few_accounts_as_for_many_and_few_take_no_query_of_each_text() -> None:
    """A text is spelled for each of few accounts, and for many once for all that are alike."""
    texts = {place: f"{place}: {{seats}} seats, {{csat_change}} points, {{goals}}." for place in range(40)}
    few = pl.DataFrame({"seats": [1, 5, None, 0] * 20, "csat_change": [1.5, None, -0.0, 0.0, float("nan")] * 16})
    few = few.with_columns(goals=pl.when(pl.col("seats") != 5).then(pl.lit(["Grow", "Save"])))
    chosen = pl.Series([row % 41 for row in range(few.height)])
    many = pl.concat([few] * 50)
    asked = []
    sys.setprofile(
        lambda _frame, event, called: asked.append(1) if event == "c_call" and called.__name__ == "collect" else None
    )
    try:
        told = filled_for(few, texts, chosen, keep=True)
    finally:
        sys.setprofile(None)
    assert 0 < len(asked) < len(texts)
    assert filled_for(many, texts, pl.concat([chosen] * 50), keep=True).equals(pl.concat([told] * 50))


def test_what_is_told_once_is_told_of_each_as_if_it_stood_alone() -> None:
    # `a` and `b` tell apart, `same` does not, and of `none` nothing is known.
    row = {"a": ["x", None, "y", "x"], "b": [1, 1, None, 2], "same": "s", "none": [None] * 4}
    few = pl.DataFrame(row, schema_overrides={"none": pl.String()})
    told = {
        "text": pl.format("{} {} {}", pl.col("a").fill_null("-"), pl.col("number"), pl.col("same")),
        "either": pl.coalesce("none", "a"),
        "alike": pl.lit("always"),
    }
    known = {"a": "a", "number": "b", "same": "same", "none": pl.col("none")}
    expected = [("x 1 s", "x", "always"), ("- 1 s", None, "always"), (None, "y", "always"), ("x 2 s", "x", "always")]
    assert told_once(few, known, **told).rows() == expected
    assert told_once(pl.concat([few] * 50), known, **told).rows() == expected * 50
    assert told_once(pl.concat([few[1]] * 200), known, **told).rows() == [expected[1]] * 200
    assert told_once(few.clear(), known, **told).rows() == []
