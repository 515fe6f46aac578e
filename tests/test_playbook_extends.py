"""A team's file over the built-in playbook: what it changes, what it leaves, and the lines its faults are told with."""

import json
from pathlib import Path

import pytest

from csq import yamlfile
from csq.errors import Exit
from csq.playbook import load
from csq.playbook.json_schema import POINTER
from csq.playbook.load import TEMPLATE, check_playbook, load_playbook
from csq.playbook.model import Playbook
from csq.section import replace
from csq.terms import Quadrant

SIX_LINES = """extends: built-in
quadrants:
  at_risk: {play: {steps: [{id: find_buyer, do: Ring the buyer}]}}
signals:
  mood: {when: "seats > 3", severity: info, text: Mood}
  took_more: off
"""
BUILT_IN = load_playbook(None).playbook


def whole(text: str) -> Playbook:
    found, problems = check_playbook(text, "ours.yaml")
    assert found is not None, [str(problem) for problem in problems]
    return found


def ids(playbook: Playbook, quadrant: Quadrant = Quadrant.AT_RISK) -> list[str]:
    return [step.id for step in playbook.entry(quadrant).play.steps]


def test_six_lines_change_one_text_add_a_signal_and_switch_one_off_and_leave_everything_else() -> None:
    found = whole(SIX_LINES)
    assert list(found.signals) == [*(name for name in BUILT_IN.signals if name != "took_more"), "mood"]
    changed = {step.id: step for step in found.entry(Quadrant.AT_RISK).play.steps}
    before = {step.id: step for step in BUILT_IN.entry(Quadrant.AT_RISK).play.steps}
    assert changed["find_buyer"] == replace(before["find_buyer"], do="Ring the buyer")
    assert {**changed, "find_buyer": 0} == {**before, "find_buyer": 0}
    assert found.entry(Quadrant.ADVOCATES) == BUILT_IN.entry(Quadrant.ADVOCATES)


def test_a_later_fix_of_the_built_in_playbook_reaches_the_teams_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = tmp_path / "ours.yaml"
    ours.write_text(SIX_LINES)
    before = load_playbook(ours)
    later = tmp_path / "later.yaml"
    later.write_text(load.PACKAGED.read_text(encoding="utf-8").replace("label: Advocates", "label: Fans"))
    monkeypatch.setattr(load, "PACKAGED", later)
    after = load_playbook(ours)
    assert (before.playbook.quadrants.advocates.label, after.playbook.quadrants.advocates.label) == (
        "Advocates",
        "Fans",
    )
    assert before.sha256 != after.sha256


def test_a_team_runs_by_six_lines_sees_its_own_faults_and_gets_later_fixes(
    csq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two accounts that are little used and unhappy, one with 20 seats and one with 2, and a good fit each."""
    Path("usage.csv").write_text("account_id,date,events\nA,2026-11-12,1\nB,2026-11-12,1\nC,2026-11-12,900\n")
    Path("csat.csv").write_text("account_id,submitted_at,score\nA,2026-11-02,1\nB,2026-11-02,1\nC,2026-11-02,5\n")
    owner = "good,yes,Ada"
    Path("accounts.csv").write_text(
        f"account_id,arr,seats,fit,willing,internal_owner\nA,90000,20,{owner}\nB,90000,2,{owner}\nC,90000,20,{owner}\n"
    )
    Path("csq.yaml").write_text("scales: {csat: {score: 1-5}}\nthresholds: {usage: '50'}\n")

    def rows() -> dict[str, tuple[str, list[str], str]]:
        run = csq("triage", ".", "-q", "-f", "json", "--fields", "account_id,next_step,signals,play")
        assert run.code == Exit.OK, run.stderr
        told = json.loads(run.stdout)["accounts"]
        return {row["account_id"]: (row["next_step"], row["signals"], row["play"]) for row in told}

    before = rows()
    assert before["A"][0].startswith("Find whoever bought it")
    Path("playbooks.yaml").write_text(SIX_LINES)
    after = rows()
    assert (after["A"][0], after["B"][0], after["C"][0]) == ("Ring the buyer", "Ring the buyer", before["C"][0])
    assert after["A"][1] == [*before["A"][1], "mood"]
    assert after["B"][1] == before["B"][1]

    # A fault in each of its two changes is told with the line and column where it stands in those six lines.
    faults = SIX_LINES.replace("{id: find_buyer", "{id: find_byer").replace("seats > 3", "seets > 3")
    Path("playbooks.yaml").write_text(faults.replace(", do: Ring the buyer", ", hours: 1"))
    lint = csq("playbook", "lint")
    assert lint.code == Exit.FOUND
    assert [line.split(": ")[0] for line in lint.stdout.decode().splitlines()] == [
        "playbooks.yaml:3:28",
        "playbooks.yaml:5:17",
    ]

    # The built-in playbook is mended later on: what the team left to it changes, what it says itself stays.
    Path("playbooks.yaml").write_text(SIX_LINES)
    later = tmp_path / "later.yaml"
    text = load.PACKAGED.read_text(encoding="utf-8").replace("Find whoever bought it.", "Look for whoever bought it.")
    later.write_text(text.replace("headline: One hour to see", "headline: An hour to see"))
    monkeypatch.setattr(load, "PACKAGED", later)
    fixed = rows()
    assert fixed["A"][0] == "Ring the buyer"
    assert (after["A"][2][:8], fixed["A"][2][:7]) == ("One hour", "An hour")


def at_risk_steps(steps: str) -> str:
    return f"extends: built-in\nquadrants: {{at_risk: {{play: {{steps: [{steps}]}}}}}}\n"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # A new step follows the one above it in the team's list; with none above it comes first.
        ("{id: own, do: x}", ["own", "stop_politely", "find_buyer", "account_manager"]),
        ("{id: find_buyer}, {id: own, do: x}", ["stop_politely", "find_buyer", "own", "account_manager"]),
        ("{id: find_buyer}, {do: A b}, {id: own, do: x}", ["stop_politely", "find_buyer", "a_b", "own"]),
        ("{id: find_buyer, off: true}, {id: own, do: x}", ["stop_politely", "own", "account_manager", "escalate"]),
        ("{id: stop_politely, off: true}", ["find_buyer", "account_manager", "escalate", "reimplement"]),
        ("", ["stop_politely", "find_buyer", "account_manager", "escalate"]),
    ],
)
def test_where_a_step_of_ones_own_comes_to_stand(steps: str, expected: list[str]) -> None:
    assert ids(whole(at_risk_steps(steps)))[:4] == expected


def test_keys_merge_by_name_and_lists_without_names_are_replaced_whole() -> None:
    found = whole("""extends: built-in
quadrants:
  frustrated: {weight: 2, reasons: [Only this], label: }
signals:
  champion_left: {quadrants: {advocates: {severity: watch}}, blocks: [thanks]}
signal_weights: {act: 9}
""")
    entry, before = found.entry(Quadrant.FRUSTRATED), BUILT_IN.entry(Quadrant.FRUSTRATED)
    # A blank changes nothing.
    told = [(reason.code, reason.reason) for reason in entry.reasons]
    assert (entry.weight, told, entry.label) == (2, [("only_this", "Only this")], before.label)
    left, was = found.signals["champion_left"], BUILT_IN.signals["champion_left"]
    assert left.quadrants[Quadrant.ADVOCATES].severity == "watch"
    assert left.quadrants[Quadrant.UNDERUSERS] == was.quadrants[Quadrant.UNDERUSERS]
    assert (left.blocks, left.text) == (("thanks",), was.text)
    assert (found.signal_weights.act, found.signal_weights.watch) == (9, BUILT_IN.signal_weights.watch)


def test_a_signal_switched_off_is_no_longer_muted_by_others_either() -> None:
    assert "renewal_near" in BUILT_IN.signals["deadline_near"].mutes
    found = whole("extends: built-in\nsignals: {renewal_near: {off: true}}\n")
    assert "renewal_near" not in found.signals
    assert "renewal_near" not in found.signals["deadline_near"].mutes


FAULTY = """extends: built-in
quadrants:
  at_risk:
    play:
      steps:
        - {id: find_byer, short: x}
        - {id: find_buyer, do: "Ring {ownr}", hours: -1}
        - {id: ceo_calls, off: true}
signals:
  mood: {when: "seets > 3", severity: info, text: Mood}
  took_mor: off
  renewal_near: {mutes: [deadline_near]}
"""


def test_faults_of_the_whole_are_told_with_the_lines_of_the_teams_file(csq) -> None:
    Path("ours.yaml").write_text(FAULTY)
    run = csq("playbook", "lint", "ours.yaml")
    assert run.code == Exit.FOUND
    steps = "quadrants.at_risk.play.steps"
    none = "the built-in playbook has no"
    # Where find_buyer stands in the whole: second. The circle runs over a mute of the built-in.
    assert run.stdout.decode().splitlines() == [
        f"ours.yaml:6:11: {steps}[1]: {none} step `find_byer` here; did you mean `find_buyer`?",
        f"ours.yaml:7:38: {steps}[2].do: unknown fact `ownr` in braces; did you mean `owner`?",
        f"ours.yaml:7:54: {steps}[2].hours: `hours` must be at least 0, not `-1`",
        f"ours.yaml:8:11: {steps}[3]: {none} step `ceo_calls` here; did you mean `ceo_call`?",
        "ours.yaml:10:17: signals.mood.when: unknown column `seets`; did you mean `seats`?",
        f"ours.yaml:11:3: signals.took_mor: {none} signal `took_mor` here; did you mean `took_more`?",
        "ours.yaml:12:18: signals.renewal_near.mutes: signals that mute each other in a circle: "
        "renewal_near, deadline_near, renewal_near; leave one of the mutes out",
    ]


def test_only_the_built_in_playbook_can_be_built_on(csq) -> None:
    Path("ours.yaml").write_text("extends: theirs\n")
    told = csq("playbook", "lint", "ours.yaml").stdout.decode().splitlines()
    assert "ours.yaml:1:10: extends: `extends` must be one of `built-in`, not `theirs`" in told


@pytest.mark.parametrize("text", ["extends: built-in\n", "extends: built-in\nsignals:\nquadrants:\n"])
def test_a_file_that_changes_nothing_is_the_built_in_playbook_and_differs_in_nothing(csq, text: str) -> None:
    assert replace(whole(text), extends=None) == BUILT_IN
    Path("playbooks.yaml").write_text(text)
    assert csq("playbook", "show", "--diff").stdout == b""


def test_diff_prints_what_differs_and_nothing_else(csq) -> None:
    Path("playbooks.yaml").write_text(SIX_LINES)
    before = next(step.do for step in BUILT_IN.entry(Quadrant.AT_RISK).play.steps if step.id == "find_buyer")
    changed = ["quadrants.at_risk.play.steps.find_buyer.do", f"  - {before}", "  + Ring the buyer"]
    assert csq("playbook", "show", "at_risk", "--diff").stdout.decode().splitlines() == changed
    assert csq("playbook", "show", "--diff").stdout.decode().splitlines() == [
        *changed,
        *("signals.took_more", "  - left out"),
        *("signals.mood.when", "  + seats > 3"),
        *("signals.mood.severity", "  + info"),
        *("signals.mood.text", "  + Mood"),
    ]


def test_a_whole_file_is_held_against_the_built_in_playbook_too(csq) -> None:
    assert csq("playbook", "init").code == Exit.OK
    assert csq("playbook", "show", "--diff").stdout == b""
    text = Path("playbooks.yaml").read_text(encoding="utf-8")
    Path("playbooks.yaml").write_text(text.replace("label: Advocates", "label: Fans"))
    told = csq("playbook", "show", "--diff").stdout.decode().splitlines()
    assert told == ["quadrants.advocates.label", "  - Advocates", "  + Fans"]


def test_init_extends_writes_a_short_file_whose_examples_work_once_their_marks_are_off(csq) -> None:
    assert csq("playbook", "init", "--extends").code == Exit.OK
    written = Path("playbooks.yaml").read_text(encoding="utf-8")
    assert written == POINTER + TEMPLATE.read_text(encoding="utf-8")
    assert len(written.splitlines()) < 60
    assert yamlfile.parse(written, "p").data == {"extends": "built-in"}
    head, mark, examples = written.partition("extends: built-in\n")
    Path("playbooks.yaml").write_text(
        head + mark + "".join(line.removeprefix("# ") for line in examples.splitlines(keepends=True))
    )
    run = csq("playbook", "lint")
    assert (run.code, run.stdout) == (Exit.OK, b"")
    told = csq("playbook", "show", "--diff").stdout.decode()
    assert "at_risk.play.steps.executive_sponsor.do\n  + " in told
    assert "at_risk.play.steps.ceo_call\n  - left out" in told
    assert "signals.took_more\n  - left out" in told
