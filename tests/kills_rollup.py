"""Rollups that are killed at random moments: each of their days is the old one or the new one, and whole.

`python tests/kills_rollup.py 30` kills so many, and says how they went.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from csq.sources.rollup.layout import days_in, read_days

DAYS = [date(2026, 9, 1) + timedelta(days=number) for number in range(40)]
OLD, NEW = 10_000, 20_000


def write_log(path: Path, events: int) -> None:
    """Every account and user has so many events on every day."""
    rows = (f"A-{n},u{n},{day},F,{events}" for day in DAYS for n in range(20))
    path.write_text("account_id,user_id,date,feature,events\n" + "\n".join(rows) + "\n")


def roll_up(log: Path, target: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "csq", "rollup", str(log), "-o", str(target), "-q"]
    nowhere = subprocess.DEVNULL
    environment = os.environ | {"TMPDIR": str(log.parent)}
    return subprocess.Popen(words, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere)


def assert_days_are_whole(room: Path, seed: int, within: float = 2.5) -> str:
    """Kill a run over an older rollup; returns how far it came."""
    room = Path(tempfile.mkdtemp(dir=room))
    target = room / "rolled"
    for name, events in (("old", 1), ("new", 2)):
        write_log(room / f"{name}.csv", events)
    assert roll_up(room / "old.csv", target).wait() == 0
    run = roll_up(room / "new.csv", target)
    time.sleep(random.Random(seed).random() * within)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert days_in(target) == DAYS
    counts = read_days(target, DAYS, ["account_id"])
    by_day = counts.group_by("day", "what").agg(pl.col("units").unique(), pl.len())
    assert set(by_day["len"]) == {20}
    assert {tuple(units) for units in by_day["units"]} <= {(OLD,), (NEW,)}
    new = by_day.filter(pl.col("units").list.first() == NEW)["day"].n_unique()
    assert roll_up(room / "new.csv", target).wait() == 0
    assert set(read_days(target, DAYS, ["account_id"])["units"]) == {NEW}
    assert not [*target.rglob("*.tmp")]
    return f"{new} of {len(DAYS)} days were new"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for moment in range(int(sys.argv[1]) if len(sys.argv) > 1 else 30):
            print(moment, assert_days_are_whole(Path(place), moment))
