"""`csq explain`: everything behind one account, found by id, name or a part of either, and nothing made up."""

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Csq
from csq.pipeline import Triage
from csq.render.view.account import Account

ACCOUNTS = """account_id,account_name,arr,seats,owner,renewal_date,fit
A-1,Acme Ltd,12000,10,Dana,2026-12-31,good
A-2,Acme Benelux,9000,4,Dana,,
B-1,Zed & Söhne,500,2,,,
"""
USAGE = """account_id,user_id,date,feature,events
A-1,u1,2026-11-10,Reports,5
A-1,u2,2026-11-11,Forms,5
A-2,u3,2026-11-10,Reports,40
B-1,u4,2026-11-13,Reports,1
"""
CSAT = """account_id,email,role,submitted_at,score,comment
A-1,eve@acme.example,decision_maker,2026-11-01,5,Good
A-1,bob@acme.example,end_user,2026-11-02,1,"Too slow, \x1b[31mreally"
A-2,pat@acme.example,end_user,2026-11-02,4,
"""
EVENTS = """account_id,date,kind,note
A-1,2026-11-01,competitor_contact,They called
"""
OUTCOMES = """account_id,date,outcome,value_after
A-1,2025-11-01,Renewal,10000
A-1,2026-10-16,Upsell,12000
A-2,2026-10-16,Churn,
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {"accounts": ACCOUNTS, "usage": USAGE, "csat": CSAT, "events": EVENTS}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


FLAGS = ("--usage-cut", "50", "--csat-scale", "1-5", "--as-of", "2026-11-15")


def page(csq: Csq, *argv: str | Path) -> str:
    result = csq("explain", *argv, *FLAGS)
    assert result.code == 0, result.stderr
    return result.stdout.decode()


def document(csq: Csq, *argv: str | Path) -> dict[str, Any]:
    return json.loads(page(csq, *argv, "-f", "json"))


@pytest.mark.parametrize("asked", ["A-1", "a-1", "Acme Ltd", "acme ltd", "LTD"])
def test_an_account_is_found_by_id_name_or_part_of_either_whatever_the_case(
    csq: Csq, exports: Path, asked: str
) -> None:
    assert page(csq, asked, exports).startswith("Acme Ltd (A-1)\n")


def test_a_part_that_fits_two_accounts_names_them_and_ends_with_2(csq: Csq, exports: Path) -> None:
    result = csq("explain", "acme", exports, *FLAGS)
    assert (result.code, result.stdout) == (2, b"")
    assert result.stderr == (
        "error: 2 accounts match `acme`\n    A-1  Acme Ltd\n    A-2  Acme Benelux\n\nhint: `csq explain A-1`\n"
    )


def test_an_account_that_is_not_there_offers_what_is_near_and_ends_with_2(csq: Csq, exports: Path) -> None:
    result = csq("explain", "Acme Ldt", exports, *FLAGS)
    assert result.code == 2
    assert result.stderr.startswith("error: no account matches `Acme Ldt`\n    A-1  Acme Ltd\n")
    assert result.stderr.endswith("hint: did you mean `A-1`?\n")


@pytest.mark.parametrize("asked", ["", " ", "nobody at all"])
def test_nothing_and_what_is_like_nothing_match_no_account(csq: Csq, exports: Path, asked: str) -> None:
    assert csq("explain", asked, exports, *FLAGS).code == 2


def test_it_names_the_lines_that_each_file_tells_of_the_account(csq: Csq, exports: Path) -> None:
    lines = {each["role"]: (each["rows"], each["ranges"]) for each in document(csq, "A-1", exports)["lines"]}
    assert lines == {
        "accounts": (1, [[2, 2]]), "usage": (2, [[2, 3]]), "csat": (2, [[2, 3]]), "events": (1, [[2, 2]])
    }  # fmt: skip
    assert "csat.csv: 2 rows, lines 2-3" in page(csq, "A-1", exports)


def test_the_usage_score_can_be_redone_from_its_parts(csq: Csq, exports: Path) -> None:
    """Seat use 2 of 10, breadth 2 of 2, active on 2 of 20 working days, 1 event a seat against the 75th percentile."""
    usage = document(csq, "A-1", exports)["standings"][0]
    parts = {part["name"]: part for part in usage["parts"]}
    assert parts["seat_use"]["how"] == "2 active users / 10 seats x 100 = 20"
    assert parts["breadth"]["how"] == "2 / 2 features x 100 = 100"
    assert parts["active_days"]["how"] == "2 active / 20 working days x 100 = 10"
    # Events per seat are 1, 10 and 0.5: the 75th percentile lies half way from 1 to 10.
    assert parts["volume"]["reference"] == 5.5
    assert parts["volume"]["how"].startswith("10 events / 10 seats = 1; / 5.5, which is 100 in the tier")
    assert usage["score"] == pytest.approx((20 + 100 + 10 + 100 / 5.5) / 4, abs=1e-4)
    assert usage["how"] == "(20 x 1 + 100 x 1 + 10 x 1 + 18.1818 x 1) / 4 = 37.0455"


def test_the_distance_is_the_smallest_change_that_crosses_the_cut(csq: Csq, exports: Path) -> None:
    """Three of the four parts come to 128.18, so 200 takes 71.82 % of 10 seats: 8 users, 6 more than 2."""
    usage, happiness = document(csq, "A-1", exports)["standings"]
    assert usage["distance"] == "6 more active users would make it high (8 instead of 2)"
    # 100 and 0 make 50; one more 100 makes 66.7, two make 75.
    assert happiness["how"] == "(100 + 0) / 2 = 50"
    assert happiness["distance"] == "2 more answers at the top of the scale would make it high"


def test_an_axis_that_is_unknown_says_why_and_makes_no_distance_up(csq: Csq, exports: Path) -> None:
    happiness = document(csq, "B-1", exports)["standings"][1]
    assert (happiness["level"], happiness["score"]) == ("unknown", None)
    assert happiness["how"].startswith("not known: ")
    assert happiness["distance"] == "no level, so no distance"


def test_it_tells_the_signals_with_the_facts_they_rest_on_and_those_not_judged(csq: Csq, exports: Path) -> None:
    found = document(csq, "A-1", exports)
    told = {each["name"]: each for each in found["signals"]}
    assert told["competitor_contact"]["because"] == "event_competitor_contact_days [14] <= 90"
    assert told["competitor_contact"]["steps"][0]["state"] == "next"
    assert found["next_step"].startswith("A competitor contacted them 14 days ago. Ask whether they are comparing")
    unjudged = {each["name"]: each["missing"] for each in found["unjudged"]}
    assert unjudged["no_goals"] == ["has_goals"]
    assert "new_boss" not in unjudged  # there is a record of events, and none of a new boss


def test_the_gate_is_open_closed_or_unknown_as_far_as_is_known(csq: Csq, exports: Path) -> None:
    gate = {each["need"]: (each["state"], each["because"]) for each in document(csq, "A-1", exports)["gate"]}
    assert gate["good fit"] == ("open", "fit [good] = 'good' OR COALESCE(is_new [unknown], FALSE)")
    assert gate["commitment on their side"] == (
        "unknown",
        "willing [unknown] OR COALESCE(is_new [unknown], FALSE)",
    )


def test_people_are_named_here_and_what_they_write_cannot_reach_the_terminal(csq: Csq, exports: Path) -> None:
    text = page(csq, "A-1", exports, "--color", "never")
    assert "bob@acme.example: Too slow, \ufffd[31mreally" in text
    assert "\x1b" not in text


def test_the_outcomes_of_an_account_are_told_the_newest_first(csq: Csq, exports: Path) -> None:
    assert "Outcomes ─" in page(csq, "A-1", exports)
    assert page(csq, "A-1", exports).split("Outcomes ─")[1].split("\n")[0].endswith("none on record")
    (exports / "outcomes.csv").write_text(OUTCOMES, encoding="utf-8")
    found = document(csq, "A-1", exports)
    assert [(each["date"], each["days"], each["outcome"], each["value_after"]) for each in found["outcomes"]] == [
        ("2026-10-16", 30, "expanded", 12000),
        ("2025-11-01", 379, "renewed", 10000),
    ]
    facts = {each["name"]: each["value"] for each in found["facts"]}
    assert (facts["last_outcome"], facts["outcome_value_change_pct"]) == ("expanded", 20)
    text = page(csq, "A-1", exports).split("Outcomes ─")[1].splitlines()
    assert [line.split() for line in text[1:4]] == [
        ["on", "days", "outcome", "value", "after", "row"],
        ["2026-10-16", "30", "expanded", "12,000", "outcomes.csv:3"],
        ["2025-11-01", "379", "renewed", "10,000", "outcomes.csv:2"],
    ]
    assert {"role": "outcomes", "rows": 2, "ranges": [[2, 3]]}.items() <= found["lines"][-1].items()


def test_facts_have_units_and_what_is_not_known_is_listed_as_such(csq: Csq, exports: Path) -> None:
    facts = {each["name"]: each for each in document(csq, "A-1", exports)["facts"]}
    assert (facts["seat_use_pct"]["value"], facts["seat_use_pct"]["unit"]) == (20, "percent")
    assert facts["contract_value"]["value"] == 12000
    assert facts["north_star"]["value"] is None
    assert "Not known: currency" in page(csq, "A-1", exports)


def worded(found: Triage, key: str) -> Account:
    """An account in the words of all pages."""
    from csq.pipeline import report
    from csq.render.view import accounts

    whole = report(found)
    (account,) = accounts(whole, whole.accounts.filter(account_id=key))
    return account


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_page(csq: Csq, exports: Path, width: int) -> None:
    from csq.cli.options import Faults, Inputs, Method
    from csq.cli.run import prepare
    from csq.explain.build import explain
    from csq.pipeline import run
    from csq.render.explain import as_text

    prepared = prepare(Inputs(directory=str(exports), csat_scale=["1-5"], as_of="2026-11-15"), Method(), Faults(), None)
    found = run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)
    lines = as_text(explain(found, "B-1"), worded(found, "B-1"), width=width, colour=False).decode().splitlines()
    assert max(map(len, lines)) <= width


def test_every_account_of_the_sample_can_be_explained(sample_data: Path) -> None:
    from csq.cli.options import Faults, Inputs, Method
    from csq.cli.run import prepare
    from csq.explain.build import explain
    from csq.pipeline import run
    from csq.render.explain import as_json, as_text

    prepared = prepare(Inputs(directory=str(sample_data)), Method(), Faults(), None)
    found = run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)
    for key in found.accounts["account_id"].gather_every(8):
        explanation = explain(found, key)
        assert json.loads(as_json(explanation))["account_id"] == key
        lines = as_text(explanation, worded(found, key), width=80, colour=False).decode().splitlines()
        assert max(map(len, lines)) <= 80


def test_a_format_it_does_not_have_is_refused_with_those_it_has(csq: Csq, exports: Path) -> None:
    result = csq("explain", "A-1", exports, "-f", "csv")
    assert (result.code, result.stderr) == (2, "error: no format `csv`\n\nhint: choose from text, json\n")


def test_lint_with_data_counts_the_accounts_that_each_condition_hits(
    csq: Csq, exports: Path, sample_data: Path
) -> None:
    result = csq("playbook", "lint", "--data", sample_data)
    assert result.code == 0
    lines = [" ".join(line.split()) for line in result.stdout.decode().splitlines()]
    assert "16 195 signals.advocate_ticket.when: quadrant = 'advocates' AND open_tickets > 0" in lines
    (exports / "csq.yaml").write_text("scales: {csat: 1-5}\n")
    bare = csq("playbook", "lint", "--data", exports).stdout.decode()
    impossible = bare.split("cannot hold as the data is")[1]
    assert "has_goals: signals.no_goals.when: NOT has_goals" in impossible


def test_twenty_thousand_characters_of_and_are_a_fault_of_the_playbook_and_no_crash(csq: Csq, tmp_path: Path) -> None:
    playbook = Path(__file__).parents[2] / "playbooks.yaml"
    long = " AND ".join(["seats > 1"] * 1_500)
    file = tmp_path / "long.yaml"
    text = playbook.read_text(encoding="utf-8")
    file.write_text(text.replace('when: "decision_makers = 0"', f'when: "{long}"'), encoding="utf-8")
    result = csq("playbook", "lint", file)
    assert result.code == 1
    assert "a condition of 20,995 characters, of at most 1,000" in result.stdout.decode()


def test_the_priority_can_be_redone_from_its_factors_and_the_place_says_why(csq: Csq, exports: Path) -> None:
    found = document(csq, "A-1", exports)
    of = found["priority"]
    # 12,000 a year, at risk (0.6), 46 days to renewal (1.5), a competitor who called (act: 3).
    assert (of["value"], of["weight"], of["urgency"], of["signal"], of["priority"]) == (12000, 0.6, 1.5, 3, 32400)
    assert found["queue"] == "rescue"
    expected = (
        "A competitor contacted them 14 days ago; "
        "not known: commitment on their side, internal owner; usage low, happiness low"
    )
    assert found["why"] == expected
    text = page(csq, "A-1", exports)
    assert "32,400" in text[text.index("Place in the week") :]


def test_an_account_behind_a_closed_gate_says_what_is_missing(csq: Csq, exports: Path) -> None:
    (exports / "csat.csv").write_text("account_id,score\nB-1,1\n", encoding="utf-8")
    found = document(csq, "B-1", exports)
    assert (found["quadrant"], found["queue"], found["gate_state"]) == ("at_risk", "rest", "closed")
    expected = "not yet: contract value worth the hours; not known: good fit, commitment on their side, internal owner"
    assert found["why"] == expected
    assert "Gate, closed" in page(csq, "B-1", exports)


@pytest.mark.parametrize("dirt", ["", 'A-1,u1,2026-11-12,"a, b",1\n(not set),u1,2026-11-12,Reports,1\n'])
def test_rows_counted_as_they_were_read_have_no_lines_and_are_said_to_be_counted(csq, exports, monkeypatch, dirt):
    """Rows with lines (rejected, or held for their event ids) and rows without may meet in one account."""
    usage = exports / "usage.csv"
    usage.write_text(f"{USAGE}{dirt}", encoding="utf-8")
    before = document(csq, "A-1", exports)
    monkeypatch.setattr("csq.sources.load.BIG", 0)
    assert "None" not in page(csq, "A-1", exports)
    assert f"{usage}: {2 + bool(dirt)} rows, counted as read" in page(csq, "A-1", exports)
    after = document(csq, "A-1", exports)
    assert [rows["ranges"] for rows in after["lines"] if rows["role"] == "usage"] == [[]]
    assert before["facts"] == after["facts"]


def test_a_counted_event_told_twice_is_explained_with_the_lines_of_its_rows(csq, exports, monkeypatch):
    lines = USAGE.replace("events\n", "events,event_id\n").splitlines()
    rows = [lines[0], *(f"{line},e{number}" for number, line in enumerate(lines[1:])), f"{lines[1]},e0"]
    (exports / "usage.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    monkeypatch.setattr("csq.sources.load.BIG", 0)
    (found,) = [rows for rows in document(csq, "A-1", exports)["lines"] if rows["role"] == "usage"]
    assert (found["rows"], found["ranges"]) == (3, [[2, 2], [6, 6]])


def test_of_many_features_the_page_shows_fifty_and_counts_the_rest(csq, exports):
    """A-2 uses 60 of its own besides Reports, so that A-1, with Reports and Forms, leaves 60 unused."""
    rows = "".join(f"A-2,u3,2026-11-10,x{number:02},1\n" for number in range(60))
    (exports / "usage.csv").write_text(USAGE + rows, encoding="utf-8")
    text = " ".join(page(csq, "A-1", exports).split())
    assert "x00, x01" in text
    assert "x49 and 10 more (all in `-f json`)" in text
    assert "x50" not in text
    unused = [each["feature"] for each in document(csq, "A-1", exports)["features"] if not each["now"]]
    assert unused == [f"x{number:02}" for number in range(60)]


ASIDE = """account_id,account_name,arr,status,end_date
A-1,Acme Benelux,12000,active,
A-2,Acme,9000,churned,
A-3,Globex,5000,,2026-01-31
A-4,Zed,500,,
"""


@pytest.fixture
def left_out(exports: Path) -> Path:
    (exports / "accounts.csv").write_text(ASIDE)
    (exports / "usage.csv").write_text(USAGE.replace("B-1", "Z-9"))
    return exports


@pytest.mark.parametrize(
    ("asked", "key", "why"),
    [
        ("A-2", "A-2", "its status is `churned`"),
        ("acme", "A-2", "its status is `churned`"),  # all of its name, of the other only a part
        ("Globex", "A-3", "it ended on 2026-01-31"),
        ("glob", "A-3", "it ended on 2026-01-31"),
    ],
)
def test_an_account_that_is_left_out_is_found_with_the_reason(csq, left_out, asked, key, why):
    text = page(csq, asked, left_out)
    assert text.startswith(key)
    assert "not in the triage" in text
    assert f"accounts.csv`: not a current customer, {why}" in text
    told = document(csq, asked, left_out)
    assert (told["in_triage"], told["account_id"]) == (False, key)
    assert why in told["why"][0]


def test_a_part_of_a_name_means_an_account_of_the_triage_first(csq, left_out):
    assert "Acme Benelux" in page(csq, "acme b", left_out)


def test_a_key_of_no_account_is_told_with_its_line(csq, left_out):
    result = csq("explain", "Z-9", left_out, *FLAGS, "--min-match", "0")
    assert result.code == 2
    assert "it is a key of usage, first on line 5 of" in result.stderr


def test_a_near_name_is_offered_as_a_command_to_paste(csq, exports):
    (exports / "accounts.csv").write_text("account_id,account_name\nA 1,Zed One\nA 2,Zed Two\nA-1,x\nA-2,y\n")
    result = csq("explain", "zed", exports, *FLAGS, "--min-match", "0")
    assert 'hint: `csq explain "A 1"`' in result.stderr
