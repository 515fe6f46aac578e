"""A run that is told to stop replaces nothing, ends at once with 130 or 143, and leaves nothing behind."""

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from csq import scratch
from csq.cli import emit, stop
from csq.cli.main import main
from csq.errors import Exit
from kills import torture

CSQ = [sys.executable, "-m", "csq"]
USAGE = "account_id,user_id,date,feature,events\n" + "".join(
    f"A-{n % 40},u{n % 90},2026-11-{n % 15 + 1:02},f{n % 7},{n % 5}\n" for n in range(3000)
)
CODES = {signal.SIGTERM: Exit.TERMINATED, signal.SIGHUP: Exit.TERMINATED, signal.SIGINT: Exit.INTERRUPTED}


def start(*argv: object, **streams: object) -> subprocess.Popen[bytes]:
    words = [*CSQ, *map(str, argv)]
    return subprocess.Popen(words, **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams))


def wait_until_signals_are_noted(run: subprocess.Popen[bytes]) -> None:
    """Before that the interpreter itself is starting, which is not ours."""
    status = Path(f"/proc/{run.pid}/status")
    while run.poll() is None:
        caught = re.search(r"SigCgt:\s*(\w+)", status.read_text(encoding="utf-8"))
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.005)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "usage.csv").write_text(USAGE, encoding="utf-8")
    return folder


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="cannot tell when signals are noted")
@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize("seed", range(4))
def test_at_any_moment_everything_is_old_or_everything_is_new(exports, tmp_path, number, seed):
    """From the first import to the last rename; the whole run takes about a second."""
    outputs = [tmp_path / f"week.{suffix}" for suffix in ("csv", "json", "html")]
    for path in outputs:
        path.write_text("last week", encoding="utf-8")
    flags = [word for path in outputs for word in ("-o", path)]
    run = start("triage", exports, "-q", *flags)
    wait_until_signals_are_noted(run)
    time.sleep(random.Random(seed * 10 + number).random() * 1.2)
    run.send_signal(number)
    told = time.monotonic()
    _, stderr = run.communicate(timeout=20)
    assert time.monotonic() - told < 2
    assert b"Traceback" not in stderr
    assert run.returncode in (CODES[number], Exit.OK)  # it may have been done before
    old = {path.read_text(encoding="utf-8") == "last week" for path in outputs}
    assert len(old) == 1
    assert old == {run.returncode != Exit.OK} or run.returncode == CODES[number]
    assert not list(tmp_path.glob(".csq-*"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals that kill")
@pytest.mark.parametrize("kind", ["parquet", "plans", "several"])
def test_a_run_that_is_ended_leaves_all_old_or_all_new_and_killed_outright_each_file_whole(kind):
    """A few moments of each; `tests/kills.py` tries more, and every format."""
    assert not torture(kind, 3)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="cannot tell when signals are noted")
@pytest.mark.parametrize("number", CODES)
def test_a_run_that_waits_for_its_input_ends_at_once(number):
    with start("triage", "--usage", "-", stdin=subprocess.PIPE) as run:
        wait_until_signals_are_noted(run)
        time.sleep(1)
        run.send_signal(number)
        told = time.monotonic()
        assert run.wait(timeout=20) == CODES[number]
        assert time.monotonic() - told < 2
        assert run.stderr is not None
        assert run.stderr.read() == b""


def test_what_a_killed_run_has_left_is_removed_by_the_next(exports, tmp_path, csq):
    (tmp_path / ".csq-0123456789abcdef.tmp").write_text("half a file", encoding="utf-8")
    assert csq("triage", exports, "-q", "-o", tmp_path / "week.csv").code == Exit.OK
    assert {path.name for path in tmp_path.iterdir()} == {"exports", "week.csv"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs signals that kill")
def test_what_a_killed_run_has_laid_down_is_removed_by_the_next(exports, tmp_path, csq, monkeypatch):
    """What stdin holds is laid down where temporary files go: customers' data, which must not stay there."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    with start("triage", "--usage", "-", stdin=subprocess.PIPE) as run:
        run.stdin.write(USAGE.encode() * 20)
        run.stdin.flush()
        while not (left := [*place.glob("csq-*")]):
            time.sleep(0.01)
        run.kill()
    assert csq("triage", exports, "-q", "-f", "csv").code == Exit.OK
    assert [*place.iterdir()] == left  # it may be that of a run which is about to lock it
    os.utime(left[0], (0, 0))
    (place / "csq-notes-of-mine").mkdir()
    assert csq("triage", "--usage", "-", "-q", "-f", "csv", stdin=USAGE.encode()).code == Exit.OK
    assert [path.name for path in place.iterdir()] == ["csq-notes-of-mine"]


def test_what_another_run_has_laid_down_is_left_alone(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with scratch.folder() as one:
        os.utime(one, (0, 0))
        with scratch.folder() as other:
            assert one.exists()
        assert not other.exists()
    assert not [*tmp_path.iterdir()]


def test_what_another_run_is_writing_is_left_alone(exports, tmp_path, csq):
    fcntl = pytest.importorskip("fcntl")
    other = tmp_path / ".csq-0123456789abcdef.tmp"
    other.write_text("half a file", encoding="utf-8")
    with other.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert csq("triage", exports, "-q", "-o", tmp_path / "week.csv").code == Exit.OK
    assert other.exists()


def test_a_run_that_ends_begins_no_file(tmp_path):
    # What it began after all had been cleared away was left beside its place.
    path = tmp_path / "week.csv"
    writer = threading.Thread(target=emit.to_file, args=(path, b"new"), daemon=True)
    with stop.REPLACING:
        writer.start()
        writer.join(0.3)
        assert not list(tmp_path.iterdir())
    writer.join()
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_written_beside_is_never_readable_by_more_than_its_target(tmp_path, monkeypatch):

    seen: list[int] = []
    target = tmp_path / "week.csv"
    target.write_text("last week", encoding="utf-8")
    target.chmod(0o600)
    sync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: seen.append(os.fstat(descriptor).st_mode & 0o777) or sync(descriptor)
    )
    emit.to_file(target, b"this week")
    assert seen[0] == 0o600


def test_a_run_that_was_told_to_stop_ends_as_such_whatever_else_it_meets(tmp_path, monkeypatch, capfd):
    # What it works with may be cleared away under it, which was told as a bug.
    noted, writer = socket.socketpair()
    with noted, writer:
        monkeypatch.setattr(stop, "_noted", noted)
        assert main(["check", str(tmp_path)]) == Exit.INPUT
        writer.send(bytes([signal.SIGTERM]))
        capfd.readouterr()
        assert main(["check", str(tmp_path)]) == Exit.TERMINATED
        assert not capfd.readouterr().err
