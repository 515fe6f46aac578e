"""`csq playbook`: what it prints, where it writes, and how it ends."""

import hashlib
from pathlib import Path

import pytest

from csq.errors import Exit
from csq.playbook.json_schema import POINTER, json_schema
from csq.playbook.load import load_playbook
from small_playbook import SMALL, small


def test_init_writes_the_built_in_playbook_and_overwrites_only_when_forced(csq):
    assert csq("playbook", "init").code == Exit.OK
    written = Path("playbooks.yaml").read_bytes()
    assert hashlib.sha256(written.removeprefix(POINTER.encode())).hexdigest() == load_playbook(None).sha256
    Path("playbooks.yaml").write_text("mine")
    refused = csq("playbook", "init")
    assert (refused.code, refused.stdout) == (Exit.USAGE, b"")
    assert "error: `playbooks.yaml` exists already" in refused.stderr
    assert Path("playbooks.yaml").read_text() == "mine"
    assert csq("playbook", "init", "--force").code == Exit.OK
    assert Path("playbooks.yaml").read_bytes() == written


def test_lint_lists_every_fault_and_ends_with_1(csq):
    Path("p.yaml").write_text(small(("weight: 1", "weigth: 1"), ("do: Call them", "{do: x, when: seets > 5}")))
    run = csq("playbook", "lint", "p.yaml")
    assert run.code == Exit.FOUND
    assert run.stdout.decode().splitlines() == [
        "p.yaml:7:5: quadrants.advocates.weigth: unknown key `weigth`; did you mean `weight`?",
        "p.yaml:11:25: quadrants.advocates.play.steps[1].when: unknown column `seets`; did you mean `seats`?",
    ]


@pytest.mark.parametrize("data", [b"a: [", b"\xff\xfe", b"a: \x1b[31m", b"", b"quadrants: {x: '\xe2\x80\xae'}"])
def test_lint_tells_of_a_file_that_is_no_playbook_as_of_any_fault(csq, data):
    Path("p.yaml").write_bytes(data)
    run = csq("playbook", "lint", "p.yaml")
    assert run.code == Exit.FOUND
    assert all(line.startswith("p.yaml:") for line in run.stdout.decode().splitlines())
    assert b"\x1b" not in run.stdout


def test_lint_ends_with_0_and_a_word_when_there_are_no_faults(csq):
    Path("p.yaml").write_text(SMALL)
    run = csq("playbook", "lint", "p.yaml")
    assert (run.code, run.stdout, run.stderr) == (Exit.OK, b"", "note: no faults in `p.yaml`\n")
    assert csq("playbook", "lint").stderr == "note: no faults in the built in playbook\n"


def test_lint_ends_with_4_only_when_the_file_cannot_be_opened(csq):
    run = csq("playbook", "lint", "nope.yaml")
    assert (run.code, run.stdout) == (Exit.CONFIG, b"")
    assert "cannot read `nope.yaml`: no such file or directory" in run.stderr


def test_show_and_lint_take_the_playbook_that_a_run_here_would_use(csq):
    Path("ours.yaml").write_text(small(("label: advocates", "label: Our best")))
    Path("csq.yaml").write_text("playbook: ours.yaml\n")
    assert csq("playbook", "show", "advocates").stdout.startswith(b"Our best (advocates)\n")
    assert csq("playbook", "lint").stderr == "note: no faults in `ours.yaml`\n"


def test_show_prints_all_quadrants_in_the_order_of_attack(csq):
    Path("p.yaml").write_text(small(("[advocates, frustrated,", "[frustrated, advocates,")))
    text = csq("playbook", "show", "--playbook", "p.yaml").stdout.decode()
    heads = [line for line in text.splitlines() if line.endswith(")")]
    assert [head.split(" ")[0] for head in heads] == ["frustrated", "advocates", "at_risk", "underusers", "unknown"]


def test_show_of_a_quadrant_that_is_none_is_a_mistake_of_the_command_line(csq):
    run = csq("playbook", "show", "champions")
    assert (run.code, run.stdout) == (Exit.USAGE, b"")
    assert "`underusers`" in run.stderr


def test_schema_prints_the_schema(csq):
    run = csq("playbook", "schema")
    assert (run.code, run.stdout.decode(), run.stderr) == (Exit.OK, json_schema(), "")


@pytest.mark.parametrize("command", ["init", "lint", "show", "schema"])
def test_the_help_of_every_command_shows_two_or_three_examples(csq, command):
    text = csq("playbook", command, "-h").stdout.decode()
    assert text.split("Examples:")[1].count(f"csq playbook {command}") in (2, 3)


def test_lint_on_data_lists_what_never_holds_and_which_steps_a_signal_contradicts(csq):
    steps = "        - {do: Ask, kind: favour, when: seats > 1}\n        - {do: Call them, when: seats > 999}\n"
    text = small(("        - do: Call them\n", steps))
    text += "signals:\n  debt: {when: seats > 5, severity: info, text: T, blocks: [favour]}\n"
    text += "  never: {when: seats > 99, severity: info, text: T}\n"
    Path("playbooks.yaml").write_text(text)
    Path("usage.csv").write_text("account_id,logins\nA,900\nB,8\n")
    Path("csat.csv").write_text("account_id,csat\nA,9\nB,10\n")
    Path("csq.yaml").write_text("scales: {csat: {csat: 1-10}}\n")
    Path("accounts.csv").write_text("account_id,seats\nA,10\nB,2\n")
    run = csq("playbook", "lint", "--data", ".", "playbooks.yaml")
    assert run.code == Exit.OK, run.stderr
    told = run.stdout.decode().split("\n\n")
    assert told[-2].splitlines()[0] == "never holds on these accounts"
    assert "  signals.never.when: seats > 99" in told[-2].splitlines()
    assert told[-1].splitlines() == [
        "contradicts a signal that holds, so that the step is passed over",
        "  quadrants.advocates.play.steps[1] (favour): blocked by signals.debt, 1 account",
    ]
