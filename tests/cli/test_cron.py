"""A job that nobody watches: the right exit code, one sentence on stderr, last week's output whole, no litter.

Disks that are full or read-only are real where a process may mount its own: a tmpfs in a namespace that ends with it.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import ROOT, Csq
from csq.errors import Exit
from tables import write_log

CSQ = f"{shlex.quote(sys.executable)} -m csq"
OLD = b"last week\n"
AS_CRON = ["env", "-i", "HOME=/", "LOGNAME=root", "SHELL=/bin/sh", "PATH=/usr/bin:/bin", f"PYTHONPATH={ROOT}"]
"""What cron gives a job, and where this csq is found."""
IN_PRIVATE = ["unshare", "--mount"]
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d exit=\d+ as_of=\S+ accounts=\S+ advocates=\S+ frustrated=\S+ "
    r"at_risk=\S+ underusers=\S+ unknown=\S+ rows=\S+ rejected=\S+ seconds=\d+\.\d\n"
)


def may_mount() -> bool:
    if not shutil.which("unshare"):
        return False
    return not subprocess.run(
        [*IN_PRIVATE, "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
    ).returncode


MOUNTS = pytest.mark.skipif(not may_mount(), reason="may mount nothing")


@pytest.fixture
def exports() -> Path:
    folder = Path("exports")
    write_log(folder, 2000)
    Path("out").mkdir()
    Path("out/week.csv").write_bytes(OLD)
    return folder


def job(command: str, *before: str) -> tuple[int, bytes, str]:
    """A line as cron runs it, standard input closed; `before` are words that it is run through."""
    done = subprocess.run(
        [*before, *AS_CRON, "/bin/sh", "-c", f"{command.replace('CSQ', CSQ)} <&-"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr.decode()


def files(folder: str = "out") -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def assert_one_error(stderr: str) -> None:
    """One sentence, and perhaps what to do about it."""
    lines = stderr.rstrip("\n").split("\n")
    assert lines[0].startswith("error: ")
    assert len(lines) == 1 or (lines[1] == "" and lines[2].startswith("hint: ") and len(lines) == 3), stderr


def test_a_good_run_is_silent_in_an_empty_environment(exports: Path) -> None:
    assert job("CSQ triage exports -q -o out/week.csv --history out/h") == (0, b"", "")
    assert files()["week.csv"].startswith(b"rank,")
    assert not Path("nowhere").exists()  # where home is: nothing is written to a place that nobody named


@pytest.mark.parametrize("command", ["triage", "plan", "brief", "check", "explain A-1", "whatif --set windows.usage=7"])
def test_no_command_asks_anything(exports: Path, command: str) -> None:
    code, _, stderr = job(f"CSQ {command} exports -q >/dev/null")
    assert (code, stderr) == (0, "")


def test_starting_a_settings_file_without_a_terminal_asks_nothing(exports: Path) -> None:
    code, _, stderr = job("CSQ init exports")
    assert code in (Exit.OK, Exit.INPUT)
    assert "question" not in stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    ("streams", "code"),
    [(">/dev/full", Exit.OUTPUT), (">&-", Exit.OUTPUT), ("2>&-", Exit.OK), ("2>/dev/full", Exit.OK)],
)
def test_a_stream_that_is_closed_or_full_ends_as_it_should(exports: Path, streams: str, code: int) -> None:
    """Data that arrives nowhere is an error; that nobody listens to what is said about it is none."""
    told, _, stderr = job(f"CSQ triage exports -f csv -q {streams}")
    assert told == code
    if code:
        assert_one_error(stderr)
    # A file is written all the same, wherever the streams lead.
    assert job(f"CSQ triage exports -q -o out/week.csv {streams}")[0] == Exit.OK


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        ("triage nowhere -o out/week.csv", Exit.INPUT),
        ("triage exports --usage none.csv -o out/week.csv", Exit.INPUT),
        ("triage exports --config none.yaml -o out/week.csv", Exit.CONFIG),
        ("triage exports -o out/week.csv -o none/week.html", Exit.OUTPUT),
        ("triage exports -o out/week.csv --rejects none/rejects.csv", Exit.OUTPUT),
        ("triage exports -o out/week.csv --log none/csq.log", Exit.OUTPUT),
        ("triage exports -o out/week.csv --log exports", Exit.OUTPUT),
        ("triage exports -o out/week.csv --history exports/usage.csv/h", Exit.OUTPUT),
    ],
)
def test_a_missing_folder_leaves_last_week_whole(exports: Path, flags: str, code: int) -> None:
    before = files("exports")
    told, stdout, stderr = job(f"CSQ {flags} -q")
    assert (told, stdout) == (code, b"")
    assert_one_error(stderr)
    assert (files(), files("exports")) == ({"week.csv": OLD}, before)


def on_disk(prepare: str, command: str) -> tuple[int, bytes, str]:
    """A job whose `disk` is a tmpfs of a megabyte; afterwards what lies on it is copied to `seen`."""
    script = (
        "mkdir -p disk && mount -t tmpfs -o size=1m none disk && printf 'last week\\n' > disk/week.csv && "
        f'{prepare} && {{ "$@"; code=$?; cp -a disk/. seen/; exit $code; }}'
    )
    Path("seen").mkdir()
    return job(command, *IN_PRIVATE, "sh", "-c", script, "sh")


@MOUNTS
def test_a_full_disk_leaves_last_week_whole_and_no_litter(exports: Path) -> None:
    """All but 16 kB are taken, and the page alone is larger than that."""
    fill = "dd if=/dev/zero of=disk/other bs=1k count=1000 status=none"
    code, stdout, stderr = on_disk(fill, "CSQ triage exports -q -o disk/week.csv -o disk/week.html --history disk/h")
    assert (code, stdout) == (Exit.OUTPUT, b"")
    assert_one_error(stderr)
    assert "no space left on device" in stderr
    found = files("seen")
    assert found.pop("week.csv") == OLD
    assert {name for name, data in found.items() if data} == {"other"}  # the lock of a history is empty
    assert not list(Path("seen").rglob("*.tmp"))


@MOUNTS
def test_a_full_disk_leaves_whole_lines_in_the_log(exports: Path) -> None:
    """Six bytes of it are free: the run is done all the same, and says that its line is missing."""
    held = "2026-11-16T06:00:02+01:00 exit=0".ljust(4089, ".") + "\n"
    Path("held").write_text(held)
    fill = "cp held disk/csq.log && { dd if=/dev/zero of=disk/other bs=4k count=500 status=none 2>&1 || true; }"
    code, _, stderr = on_disk(fill, "CSQ triage exports -q -o out/week.csv --log disk/csq.log")
    assert code == Exit.OUTPUT
    assert_one_error(stderr)
    assert Path("seen/csq.log").read_text() == held
    assert files()["week.csv"] != OLD


@MOUNTS
@pytest.mark.parametrize(
    "flags", ["-o disk/week.csv", "--history disk/h -o out/w.csv", "--log disk/csq.log -o out/w.csv"]
)
def test_a_read_only_disk_leaves_last_week_whole(exports: Path, flags: str) -> None:
    code, stdout, stderr = on_disk("mount -o remount,ro disk", f"CSQ triage exports -q {flags}")
    assert (code, stdout) == (Exit.OUTPUT, b"")
    assert_one_error(stderr)
    assert "read-only file system" in stderr
    assert files("seen") == {"week.csv": OLD}
    assert files() == {"week.csv": OLD}


def start(*more: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "csq", "triage", "exports", "-q", "-o", "out/week.csv", "--log", "csq.log", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_two_runs_at_once_both_end_well_and_each_has_its_line(exports: Path) -> None:
    runs = [start("--history", "h") for _ in range(2)]
    assert [run.communicate(timeout=120) for run in runs] == [(b"", b"")] * 2
    assert [run.returncode for run in runs] == [0, 0]
    lines = Path("csq.log").read_text().splitlines(keepends=True)
    assert len(lines) == 2
    assert all(LINE.fullmatch(line) and " exit=0 " in line for line in lines)
    assert set(files()) == {"week.csv"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_stop_says_so_in_its_log_alone(exports: Path, number: signal.Signals) -> None:
    """It is stopped while it waits for its input, so that it cannot be done before."""
    words = [sys.executable, "-m", "csq", "triage", "--usage", "-", "-q", "-o", "out/week.csv", "--log", "csq.log"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        until = time.monotonic() + 60
        while not Path("csq.log").exists() and time.monotonic() < until:
            time.sleep(0.01)
        run.send_signal(number)
        assert run.wait(timeout=30) == Exit.TERMINATED
        assert run.stderr is not None
        assert run.stderr.read() == b""
    (line,) = Path("csq.log").read_text().splitlines(keepends=True)
    assert LINE.fullmatch(line)
    assert " exit=143 as_of=- accounts=- " in line
    assert files() == {"week.csv": OLD}


def test_a_run_that_is_killed_leaves_no_half_line(exports: Path) -> None:
    run = start()
    while not Path("csq.log").exists() and run.poll() is None:
        time.sleep(0.01)
    run.kill()
    run.communicate(timeout=60)
    assert start().communicate(timeout=120) == (b"", b"")
    lines = Path("csq.log").read_text().splitlines(keepends=True)
    assert all(LINE.fullmatch(line) for line in lines)
    assert set(files()) == {"week.csv"}


def test_every_run_adds_a_line_with_its_exit_code_and_counts(csq: Csq, exports: Path) -> None:
    """Three runs: one that is done, one that is to end with 1, one that finds no folder."""
    log = ("--log", "csq.log", "-q")
    assert csq("triage", exports, *log, "-o", "out/week.csv").code == 0
    assert csq("triage", exports, *log, "-o", "out/week.csv", "--fail-on", "accounts > 3").code == 1
    assert csq("triage", "nowhere", *log).code == 3
    assert csq("triage", exports, "-q", "-o", "out/week.csv").code == 0  # nobody asked for a line
    lines = Path("csq.log").read_text().splitlines(keepends=True)
    assert all(LINE.fullmatch(line) for line in lines)
    told = [dict(word.split("=") for word in line.split()[1:]) for line in lines]
    assert [line["exit"] for line in told] == ["0", "1", "3"]
    # 40 accounts, 2,000 rows of use and 40 answers; the newest day of use is the fifteenth.
    assert (told[0]["as_of"], told[0]["accounts"], told[0]["rows"], told[0]["rejected"]) == (
        "2026-11-15",
        "40",
        "2040",
        "0",
    )
    assert sum(int(told[0][name]) for name in ("advocates", "frustrated", "at_risk", "underusers", "unknown")) == 40
    assert {told[2][name] for name in ("as_of", "accounts", "rows")} == {"-"}


@pytest.mark.parametrize(
    "name", ["exports/usage.csv", "exports/usage-2.csv", "exports/csq.yaml", "out/week.csv", "out/new.csv"]
)
def test_a_log_is_neither_an_input_nor_another_output(csq: Csq, exports: Path, name: str) -> None:
    """Nor does anything else that is there already get a line; a file that was not there is not there then either."""
    Path("exports/csq.yaml").write_text("windows: {usage: 14}\n")
    before = files("exports") | files()
    result = csq("triage", exports, "-o", "out/week.csv", "-o", "out/new.csv", "--log", name)
    assert result.code == Exit.USAGE
    assert files("exports") | files() == before


README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVER = f"""
mount -t tmpfs none /opt && mkdir -p /opt/csq/.venv/bin && mount -t tmpfs none /srv && mkdir /srv/out
cp -r '{ROOT / "sample_data"}' /srv/exports
printf '#!/bin/sh\\nPYTHONPATH={ROOT} exec {sys.executable} -m csq "$@"\\n' > /opt/csq/.venv/bin/csq
chmod +x /opt/csq/.venv/bin/csq
"""
"""The server of the README: csq under /opt, exports and results under /srv, in a namespace of its own."""


def on_server(script: str) -> subprocess.CompletedProcess[str]:
    words = [*IN_PRIVATE, "sh", "-e", "-c", SERVER + script]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


@MOUNTS
def test_the_crontab_line_of_the_readme_runs_as_it_stands() -> None:
    """Five fields, then what cron gives to a shell; more is at risk in the sample than it allows, so it ends with 1."""
    (line,) = re.findall(r"^0 6 \* \* 1  (.+)$", README, flags=re.MULTILINE)
    assert "%" not in line  # which cron takes for the end of the line
    cron = "env -i HOME=/ LOGNAME=root SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c"
    done = on_server(f"set +e; cd /; {cron} {shlex.quote(line)} <&-; echo $?; ls -A /srv/out; cat /srv/out/csq.log")
    code, *listed, logged = done.stdout.splitlines()
    assert (code, listed) == ("1", ["csq.log", "week.csv"]), done.stderr
    assert LINE.fullmatch(f"{logged}\n")
    assert done.stderr.startswith("found: `at_risk_contract_value > 500000`")


@MOUNTS
def test_the_systemd_units_of_the_readme_run_as_they_stand() -> None:
    """The service is started as systemd does, without a shell; what systemd thinks of both is asked where it is."""
    (block,) = re.findall(r"^```ini\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
    service, timer = re.split(r"^# csq\.timer\n", block.removeprefix("# csq.service\n"), flags=re.MULTILINE)
    (command,) = re.findall(r"^ExecStart=(.+)$", service, flags=re.MULTILINE)
    written = "".join(
        f"printf %s {shlex.quote(text)} > /srv/{name}\n"
        for name, text in (("csq.service", service), ("csq.timer", timer))
    )
    verify = "systemd-analyze verify /srv/csq.service /srv/csq.timer\n" if shutil.which("systemd-analyze") else ""
    started = shlex.join(["env", "-i", "PATH=/usr/bin:/bin", *shlex.split(command)])
    done = on_server(f"{written}{verify}cd /; {started} </dev/null; ls -A /srv/out")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["csq.log", "week.csv", "week.html"]
