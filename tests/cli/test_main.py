"""The one door: every ending has its exit code, its message and its stream."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import pytest
import typer

from csq import __version__
from csq.cli import diagnostics, emit
from csq.cli import main as door
from csq.errors import ConfigError, CsqError, Exit, InputError, Location, OutputError, Problem, UsageError

Command = Callable[[Callable[..., object]], None]


@pytest.fixture
def command(monkeypatch) -> Command:
    """Make the command line have one command, `probe`, that does what a test wants."""

    def register(function: Callable[..., object]) -> None:
        monkeypatch.setattr(door, "COMMANDS", ("probe", "other"))
        monkeypatch.setattr(door, "_command", lambda name: (function if name == "probe" else lambda: None, None))

    return register


def raising(error: BaseException) -> Callable[[], None]:
    def probe() -> None:
        raise error

    return probe


class Panic(BaseException):
    """What polars raises when its engine fails is no Exception either."""


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (lambda: None, Exit.OK),
        (lambda: Exit.FOUND, Exit.FOUND),
        (raising(typer.Exit(Exit.FOUND)), Exit.FOUND),
        (raising(UsageError("x")), Exit.USAGE),
        (raising(InputError("x")), Exit.INPUT),
        (raising(ConfigError("x")), Exit.CONFIG),
        (raising(OutputError("x")), Exit.OUTPUT),
        (raising(ZeroDivisionError("x")), Exit.BUG),
        (raising(Panic("x")), Exit.BUG),
        (raising(KeyboardInterrupt()), Exit.INTERRUPTED),
        (raising(BrokenPipeError()), Exit.PIPE),
    ],
)
def test_every_ending_has_its_exit_code(csq, command, function, code):
    command(function)
    assert csq("probe").code == code


@pytest.mark.parametrize("ending", [KeyboardInterrupt(), BrokenPipeError()])
def test_an_interrupt_and_a_closed_pipe_are_silent(csq, command, ending):
    command(raising(ending))
    result = csq("probe")
    assert (result.stdout, result.stderr) == (b"", "")


def test_a_command_that_goes_well_says_nothing_of_its_own(csq, command):
    command(lambda: emit.to_stdout(b"data\n"))
    result = csq("probe")
    assert (result.code, result.stdout, result.stderr) == (0, b"data\n", "")


def test_an_error_says_what_where_and_what_to_do(csq, command):
    location = Location(
        label="accounts.csv", line=1, column=24, excerpt="Account Name,Seats,CSM,Anual Contract", width=14
    )
    command(raising(InputError("no column for contract value", location=location, hint="did you mean `ACV`?")))
    result = csq("probe")
    assert result.stdout == b""
    assert result.stderr == (
        "error: no column for contract value\n"
        "  --> accounts.csv:1:24\n"
        "   |\n"
        " 1 | Account Name,Seats,CSM,Anual Contract\n"
        "   |                        ^^^^^^^^^^^^^^\n"
        "\n"
        "hint: did you mean `ACV`?\n"
    )


def test_the_caret_stays_under_its_cell_in_a_long_line_and_behind_wide_characters(csq, command):
    excerpt = "," * 500 + "owenr" + "," * 500
    command(raising(InputError("x", location=Location(label="a.csv", line=1234, column=501, excerpt=excerpt, width=5))))
    *_, line, carets = csq("probe").stderr.splitlines()
    assert line[carets.index("^") : carets.rindex("^") + 1] == "owenr"
    assert len(line) < 120

    command(raising(InputError("x", location=Location(label="a.csv", line=1, column=4, excerpt="株式,bad", width=3))))
    *_, line, carets = csq("probe").stderr.splitlines()
    assert (line, carets) == (" 1 | 株式,bad", "   |      ^^^")


def test_details_stand_under_the_message(csq, command):
    command(raising(UsageError("two accounts match `acme`", details=("A-1  Acme", "A-2  Acme"), hint="say `A-1`")))
    assert csq("probe").stderr == (
        "error: two accounts match `acme`\n    A-1  Acme\n    A-2  Acme\n\nhint: say `A-1`\n"
    )


def test_all_faults_of_a_file_are_reported_at_once(csq, command):
    first = Problem(
        location=Location(label="playbooks.yaml", line=3, column=5, excerpt="    owenr: csm", width=5),
        path="quadrants.at_risk",
        message="unknown key `owenr`",
        code="playbook/unknown-key",
        hint="did you mean `owner`?",
    )
    second = Problem(location=Location(label="playbooks.yaml"), path="", message="`order` is missing", code="x/y")
    command(raising(ConfigError("`playbooks.yaml` has 2 faults", problems=(first, second), hint="mend them")))
    assert csq("probe").stderr == (
        "error: `playbooks.yaml` has 2 faults\n"
        "\n"
        "playbooks.yaml:3:5: quadrants.at_risk: unknown key `owenr`\n"
        "   |\n"
        " 3 |     owenr: csm\n"
        "   |     ^^^^^\n"
        "hint: did you mean `owner`?\n"
        "\n"
        "playbooks.yaml: `order` is missing\n"
        "\n"
        "hint: mend them\n"
    )


def test_control_characters_from_data_never_reach_the_terminal(csq, command):
    location = Location(label="\x1b]0;x\x07.csv", line=1, column=1, excerpt="\x1b[31mred\u202e")
    command(raising(InputError("bad \x1b[2J", location=location, hint="\x9b1m", details=("\r",))))
    assert all(character.isprintable() or character == "\n" for character in csq("probe").stderr)


def test_quiet_says_only_errors_and_the_next_run_speaks_again(csq, command):
    def probe(quiet: bool = False) -> None:
        if quiet:
            diagnostics.configure(level=diagnostics.Verbosity.QUIET)
        diagnostics.note("a note")
        diagnostics.warning("a warning")
        diagnostics.detail("a detail")

    command(probe)
    assert csq("probe", "--quiet").stderr == ""
    assert csq("probe").stderr == "note: a note\nwarning: a warning\n"


def test_verbose_adds_details(csq, command):
    def probe() -> None:
        diagnostics.configure(level=diagnostics.Verbosity.VERBOSE)
        diagnostics.detail("read 3 files")

    command(probe)
    assert csq("probe").stderr == "read 3 files\n"


def test_colour_is_for_labels_and_only_when_wanted(csq, command):
    def probe() -> None:
        diagnostics.configure(colour=True)
        diagnostics.note("text")

    command(probe)
    assert csq("probe").stderr == "\x1b[1;36mnote:\x1b[0m text\n"


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["prob"], "no such command `prob`", "did you mean `probe`?"),
        (["probe", "--fromat", "csv"], "no such option: `--fromat`", "did you mean `--format`?"),
        (["probe", "a"], "got unexpected extra argument(s) (a)", "`csq probe --help` lists what there is"),
    ],
)
def test_a_wrong_command_line_is_exit_2_with_the_near_miss(csq, command, argv, message, hint):
    def probe(format: str = "", top: int = 1) -> None: ...

    command(probe)
    result = csq(*argv)
    assert (result.code, result.stdout) == (Exit.USAGE, b"")
    first, *_, last = result.stderr.splitlines()
    assert first.startswith(f"error: {message}")
    assert last == f"hint: {hint}"


@pytest.mark.parametrize("argv", [["triage", "."], ["plan", "."], ["whatif", ".", "--set", "windows.usage=14"]])
@pytest.mark.parametrize("given", ["1w", "0", "3661", "1.5", pytest.param("1" * 5000, id="thousands of digits")])
def test_a_number_that_is_none_is_told_with_its_limits_and_what_the_option_is(csq, argv, given):
    result = csq(*argv, "--window", given)
    assert result.code == Exit.USAGE
    assert result.stderr == (
        f"error: `--window {given}` is no whole number from 1 to 3660\n\n"
        "hint: Days of usage counted, 1-3660; default 28\n"
    )


def test_what_a_newcomer_types_is_led_on(csq, tmp_path):
    """Files in place of the folder, two of them, and help about a command."""
    for name in ("accounts.csv", "csat.csv"):
        Path(name).write_text("account_id\n")
    assert "name its role: `--accounts accounts.csv`" in csq("triage", "accounts.csv").stderr
    assert "each file by its role: `--usage FILE`" in csq("triage", "accounts.csv", "csat.csv").stderr
    assert csq("triage", "accounts.csv", "a" * 5000).code == Exit.USAGE  # no file can have such a name
    assert csq("help", "history").stderr == "error: `history` is a command\n\nhint: `csq history --help`\n"
    assert csq("help", "plan").stderr == "error: `plan` is a command\n\nhint: `csq plan --help`\n"


def test_no_command_at_all_shows_the_help_on_stderr(csq, command):
    command(lambda: None)
    bare, asked = csq(), csq("--help")
    assert (bare.code, bare.stdout) == (Exit.USAGE, b"")
    assert (asked.code, asked.stderr) == (Exit.OK, "")
    assert bare.stderr == asked.stdout.decode()
    assert csq("-h") == asked


def test_help_lists_every_exit_code_with_its_meaning(csq):
    shown = [line.split(maxsplit=1) for line in csq("--help").stdout.decode().splitlines()]
    assert all(code.meaning.endswith(".") for code in Exit)
    for code in Exit:
        assert [str(code.value), code.meaning] in shown


def test_version_is_that_of_the_package(csq):
    assert csq("--version").stdout.decode() == f"csq {__version__}\n"


def test_a_bug_says_how_to_report_it_and_names_no_data(csq, command):
    def probe(account: str, usage: str = "", output: Annotated[str, typer.Option("-o")] = "") -> None:
        emit.to_file(None, account)  # type: ignore[arg-type]

    command(probe)
    result = csq("probe", "Secret Ltd", "--usage=secret.csv", "-osecret")
    assert result.code == Exit.BUG
    first, versions, line, *_, hint = result.stderr.splitlines()
    assert first.startswith("error: this is a bug in csq: AttributeError in `csq.cli.emit`, line ")
    assert versions.startswith(f"    csq {__version__}, Python 3.")
    assert line == "    csq probe ... --usage=... -o"
    assert hint.startswith("hint: set `CSQ_DEBUG=1` for the traceback")
    assert "ecret" not in result.stderr


@pytest.mark.parametrize("error", [InputError("no file"), ZeroDivisionError("x")])
def test_a_traceback_is_shown_only_to_those_who_ask(csq, command, monkeypatch, error):
    command(raising(error))
    assert "Traceback" not in csq("probe").stderr
    monkeypatch.setenv("CSQ_DEBUG", "1")
    assert csq("probe").stderr.startswith("Traceback (most recent call last):\n")


def test_base_errors_are_for_their_families_to_exit(csq, command):
    command(raising(CsqError("x")))
    assert csq("probe").code == Exit.INPUT


SCRIPT = """
import os, signal, sys
from pathlib import Path
from csq.__main__ import main as door
from csq.cli import emit, main
from csq.errors import OutputError, UsageError

def probe():
    {body}

main.COMMANDS = ("probe", "other")
main._command = lambda name: (probe, None)
sys.argv = ["csq", {word!r}]
sys.exit(door())
"""


def process(body: str, word: str = "probe", **streams: object) -> subprocess.CompletedProcess[str]:
    """Run a command with this body as a process of its own, as the installed script would."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    script = [sys.executable, "-c", SCRIPT.format(body=body, word=word)]
    return subprocess.run(script, env=environment, text=True, check=False, **streams)


def test_a_reader_that_goes_away_is_exit_141_and_silence():
    reader, writer = os.pipe()
    os.close(reader)
    result = process("emit.to_stdout(b'x' * 1_000_000)", stdout=writer)
    os.close(writer)
    assert (result.returncode, result.stderr) == (Exit.PIPE, "")


def test_help_to_a_reader_that_goes_away_is_exit_141_and_silence():
    reader, writer = os.pipe()
    os.close(reader)
    result = process("pass", "--help", stdout=writer)
    os.close(writer)
    assert (result.returncode, result.stderr) == (Exit.PIPE, "")


@pytest.mark.parametrize("closed", ["1", "0, 1"])
def test_a_closed_stdout_is_noticed_and_no_file_takes_its_place(closed, tmp_path):
    body = "kept = open('kept.txt', 'w'); emit.to_stdout(b'data')"
    result = process(body, preexec_fn=lambda: [os.close(int(number)) for number in closed.split(", ")])
    assert result.returncode == Exit.OUTPUT
    assert result.stderr == "error: standard output is closed\n\nhint: `-o FILE` writes a file instead\n"
    assert (tmp_path / "kept.txt").read_bytes() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_exit_5_on_stdout_and_changes_nothing_on_stderr():
    with Path("/dev/full").open("wb") as full:
        assert process("emit.to_stdout(b'data')", stdout=full).returncode == Exit.OUTPUT
        assert process("raise OutputError('x')", stderr=full).returncode == Exit.OUTPUT
        assert process("raise UsageError('x')", stderr=full).returncode == Exit.USAGE


def test_closed_stderr_changes_nothing():
    result = process("emit.to_stdout(b'data'); raise UsageError('x')", preexec_fn=lambda: os.close(2))
    assert (result.returncode, result.stdout) == (Exit.USAGE, "data")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, Exit.TERMINATED), (signal.SIGHUP, Exit.TERMINATED), (signal.SIGINT, Exit.INTERRUPTED)],
)
def test_a_signal_in_mid_write_leaves_the_old_file_whole_and_nothing_beside_it(number, code, tmp_path):
    (tmp_path / "out.csv").write_text("last week\n")
    stop = f"os.fsync = lambda _: os.kill(os.getpid(), {int(number)})"
    result = process(f"{stop}; emit.to_file(Path('out.csv'), b'this week')")
    assert (result.returncode, result.stderr) == (code, "")
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_text() == "last week\n"


def test_a_hang_up_that_is_ignored_stays_ignored():
    body = "os.kill(os.getpid(), signal.SIGHUP); emit.to_stdout(b'done')"
    result = process(body, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    assert (result.returncode, result.stdout) == (Exit.OK, "done")


def test_a_command_sees_the_terminal_that_it_writes_to():
    primary, secondary = os.openpty()
    body = "emit.to_stdout(str((sys.stdout.isatty(), os.isatty(sys.stdout.fileno()))).encode())"
    assert process(body).stdout == "(False, False)"
    assert process(body, stdout=secondary).returncode == Exit.OK
    assert os.read(primary, 100) == b"(True, True)"
    os.close(primary)
    os.close(secondary)


def test_signal_handlers_are_put_back(csq, command):
    command(lambda: None)
    before = signal.getsignal(signal.SIGTERM)
    csq("probe")
    assert signal.getsignal(signal.SIGTERM) is before


def test_python_m_csq_is_the_same_door():
    result = subprocess.run([sys.executable, "-m", "csq", "--version"], capture_output=True, text=True, check=True)
    assert result.stdout == f"csq {__version__}\n"
