"""What is longer than the terminal goes through the pager; a pipe, a file, a short text and machine formats do not."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csq.cli import pager

TEXT = "".join(f"line {number}\n" for number in range(20)).encode()
USAGE = "account,logins\n" + "".join(f"A{number},{number}\n" for number in range(30))
CSAT = "account,score (1-5)\n" + "".join(f"A{number},{number % 5 + 1}\n" for number in range(30))


@pytest.fixture
def terminal(monkeypatch):
    """Standard output as a terminal of 10 lines and 40 columns, with a pager that writes to the file `paged`."""
    isatty = os.isatty
    monkeypatch.setattr(os, "isatty", lambda descriptor: descriptor == 1 or isatty(descriptor))
    for name, value in {"LINES": "10", "COLUMNS": "40", "PAGER": "cat > paged"}.items():
        monkeypatch.setenv(name, value)
    for name in pager.TOLD:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "usage.csv").write_text(USAGE)
    (folder / "csat.csv").write_text(CSAT)
    return folder


def paged() -> bytes | None:
    return Path("paged").read_bytes() if Path("paged").exists() else None


@pytest.mark.parametrize(
    ("text", "is_long"),
    [
        ("x\n" * 9, False),  # with the line of the prompt that is all the terminal holds
        ("x\n" * 10, True),
        ("x" * 360 + "\n", False),  # one line that takes nine rows of 40 columns
        ("x" * 361 + "\n", True),
        ("界" * 181 + "\n", True),  # two columns each
        ("\x1b[1;31m" * 60 + "x\n", False),  # colours take no room
    ],
)
def test_a_text_is_paged_when_it_takes_more_rows_than_the_terminal_has(terminal, capfdbinary, text, is_long):
    pager.show(text.encode())
    assert paged() == (text.encode() if is_long else None)
    assert capfdbinary.readouterr().out == (b"" if is_long else text.encode())


COMMANDS = [["triage", "exports"], ["plan", "exports"], ["explain", "A7", "exports"], ["check", "exports"]]
COMMANDS += [["check", "--formats"], ["help", "fields"]]


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_every_command_for_people_is_paged_unless_it_is_told_not_to_be(terminal, csq, exports, argv):
    result = csq(*argv)
    assert (result.code, result.stdout) == (0, b"")
    told = csq(*argv, "--no-pager")
    assert (told.code, told.stdout) == (0, paged())


@pytest.mark.parametrize(
    "argv",
    [
        ["triage", "exports", "-f", "csv"],
        ["triage", "exports", "-f", "json"],
        ["triage", "exports", "-o", "-"],
        ["triage", "exports", "-o", "week.txt"],
        ["plan", "exports", "-f", "md"],
        ["explain", "A7", "exports", "-f", "json"],
        ["help", "fields", "-f", "md"],
    ],
    ids=" ".join,
)
def test_what_machines_and_files_get_is_not_paged(terminal, csq, exports, argv):
    assert csq(*argv).code == 0
    assert paged() is None


def test_a_pipe_is_never_paged(monkeypatch, csq, exports):
    for name, value in {"LINES": "10", "PAGER": "cat > paged"}.items():
        monkeypatch.setenv(name, value)
    assert csq("triage", exports).stdout.startswith(b"Triage")
    assert paged() is None


@pytest.mark.parametrize("told", ["", " ", "cat"])
def test_no_pager_is_wanted(terminal, capfdbinary, told):
    terminal.setenv("PAGER", told)
    pager.show(TEXT)
    assert capfdbinary.readouterr() == (TEXT, b"")


@pytest.mark.parametrize(
    ("term", "found", "expected"),
    [("xterm", "/usr/bin/less", "less"), ("xterm", None, None), ("dumb", "/usr/bin/less", None)],
)
def test_without_a_word_it_is_less_where_there_is_one_and_the_terminal_can(terminal, term, found, expected):
    terminal.delenv("PAGER")
    terminal.setenv("TERM", term)
    terminal.setattr("shutil.which", lambda _: found)
    assert pager._command() == expected


def test_a_pager_is_told_what_git_tells_it_unless_the_environment_does(terminal):
    terminal.setenv("PAGER", 'cat > paged; echo "$LESS $LV" >> told')
    pager.show(TEXT)
    terminal.setenv("LESS", "S")
    pager.show(TEXT)
    assert Path("told").read_text() == "FRX -c\nS -c\n"


def test_a_pager_that_is_not_there_costs_no_line(terminal, capfdbinary):
    terminal.setenv("PAGER", "no-such-pager -R")
    pager.show(TEXT)
    assert capfdbinary.readouterr().out == TEXT


def test_to_leave_the_pager_early_is_no_error(terminal, capfdbinary):
    terminal.setenv("PAGER", "head -n 1")
    pager.show(b"first\n" + b"x" * 5_000_000)
    assert capfdbinary.readouterr() == (b"first\n", b"")


def test_the_exit_code_is_that_of_the_run_and_not_of_the_pager(terminal, csq, exports):
    (exports / "csat.csv").write_text(CSAT + "A1,7\n")  # 7 is not on a scale of 1-5
    terminal.setenv("PAGER", "cat > paged; exit 3")
    assert csq("check", exports).code == 1


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a pseudo-terminal as Linux has it")
@pytest.mark.parametrize("argv", [["help", "fields"], ["check", "--formats"]], ids=" ".join)
def test_ctrl_c_is_the_pagers_and_the_run_waits_for_it(tmp_path, argv):
    """On a terminal Ctrl-C reaches both; a pager goes on, and the shell's prompt must not come back before it ends."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PAGER": "touch open; sleep 2; cat > paged", "LINES": "10"}
    words = [sys.executable, "-m", "csq", *argv]
    with subprocess.Popen(words, stdout=theirs, stderr=subprocess.PIPE, env=environment) as run:
        os.close(theirs)
        deadline = time.monotonic() + 20
        while not Path("open").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        assert run.wait(timeout=20) == 0
        assert run.stderr is not None
        assert run.stderr.read() == b""
    os.close(ours)
    assert re.match(rb"Fields|Exports", paged() or b"")
