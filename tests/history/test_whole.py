"""A history stays whole: whatever kills a run, whoever runs beside it, and however full the disk is."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from conftest import ROOT, Csq
from csq.history.store import open_history
from tables import write_log

KILLS = int(os.environ.get("KILLS", "6"))
"""How many runs are killed; more than a few by hand: `KILLS=50 pytest tests/history/test_whole.py`."""
DAY = "2026-11-15"


@pytest.fixture
def exports() -> Path:
    folder = Path("exports")
    write_log(folder, 3000)
    return folder.resolve()


def start(exports: Path, *more: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "csq", "triage", str(exports), "-q", "--as-of", DAY, "--history", "h", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def wait(run: subprocess.Popen[bytes]) -> tuple[int, str]:
    _, told = run.communicate(timeout=120)
    return run.returncode, told.decode()


def is_whole() -> bool:
    """Whether every snapshot can be read, and tells of as many accounts as its record."""
    history = open_history(Path("h"))
    for day in history.days:
        snapshot = history.load(day)
        if snapshot.standing.accounts.height != sum(each["accounts"] for each in snapshot.record["totals"]):
            return False
    return True


def test_a_run_that_is_killed_at_any_moment_leaves_every_snapshot_and_output_whole(exports: Path) -> None:
    dice = random.Random(22)
    begun = time.monotonic()
    assert wait(start(exports, "-o", "week.csv")) == (0, "")
    usual = time.monotonic() - begun
    wholes = {Path("week.csv").read_bytes()}
    for number in range(KILLS):
        cut = str(dice.randint(1, 99))
        run = start(exports, "--usage-cut", cut, "--replace", "-o", "week.csv")
        # Half of them late, when files are written.
        time.sleep(usual * (dice.uniform(0.6, 1.1) if number % 2 else dice.uniform(0, 1)))
        run.send_signal(dice.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)))
        wait(run)
        assert is_whole()
        assert Path("week.csv").read_bytes().endswith(b"\n")
    assert wait(start(exports, "--replace", "-o", "week.csv")) == (0, "")
    assert Path("week.csv").read_bytes() in wholes
    left = [str(path) for path in Path().rglob("*.tmp")]
    assert left == []
    assert sorted(path.name for path in Path(f"h/as_of={DAY}").iterdir()) == ["run.json", "snapshot.parquet"]


def test_two_runs_at_once_are_both_right(exports: Path) -> None:
    runs = [start(exports, "-o", f"{number}.csv") for number in range(2)]
    assert [wait(run) for run in runs] == [(0, ""), (0, "")]
    assert Path("0.csv").read_bytes() == Path("1.csv").read_bytes()
    assert is_whole()


def test_a_run_waits_for_one_that_holds_the_history_and_then_says_so(
    csq: Csq, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    Path("h").mkdir()
    monkeypatch.setattr("csq.cli.lock.PATIENCE", 0.1)
    with FileLock("h/.lock"):
        result = csq("triage", exports, "--as-of", DAY, "--history", "h", "-o", "week.csv")
    assert result.code == 5
    assert "error: another run holds the history `h`" in result.stderr
    assert not Path("week.csv").exists()


def test_a_full_disk_keeps_the_old_snapshot_and_the_old_output(
    csq: Csq, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up at the second file of the snapshot; a disk of a megabyte does it where one may be mounted."""
    run = ("triage", exports, "--as-of", DAY, "--history", "h", "-o", "week.csv")
    assert csq(*run).code == 0
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    synced = os.fsync

    def full(descriptor: int) -> None:
        if "as_of" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(28, "No space left on device")
        synced(descriptor)

    monkeypatch.setattr("os.fsync", full)
    result = csq(*run, "--usage-cut", "20", "--replace")
    assert result.code == 5
    assert "no space left on device" in result.stderr
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


def test_a_snapshot_of_the_first_schema_stays_readable(csq: Csq, exports: Path) -> None:
    """The fixture was written by csq 0.1.0: three accounts, of which the exports know A-1 and A-2."""
    fixture = Path(__file__).parent / "schema-1"
    day = Path("h/as_of=2026-11-08")
    day.mkdir(parents=True)
    for name in ("snapshot.parquet", "run.json"):
        (day / name).write_bytes((fixture / name).read_bytes())
    assert json.loads((day / "run.json").read_text())["schema_version"] == 1
    snapshot = open_history(Path("h")).load(open_history(Path("h")).days[0])
    frame = snapshot.standing.accounts
    assert dict(frame.select("account_id", "quadrant").rows()) == {
        "A-1": "advocates",
        "A-2": "at_risk",
        "Z": "frustrated",
    }
    assert frame.schema["contract_value"] == pl.Decimal(38, 2)
    moves = json.loads(csq("movers", exports, "--as-of", DAY, "--history", "h", "-f", "json").stdout)
    assert (moves["since"], {row["account_id"] for row in moves["moves"] if row["change"] == "left"}) == (
        "2026-11-08",
        {"Z"},
    )
