"""Rollups that are killed or stopped: each of their days is the old one or the new one, and whole.

`python tests/kills_rollup.py 30` kills so many at random moments, then one before each of the renames and removals that
a run makes, and says how they went.
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


def write_log(path: Path, events: int, days: list[date]) -> None:
    """Every account and user has so many events on every day."""
    rows = (f"A-{n},u{n},{day},F,{events}" for day in days for n in range(20))
    path.write_text("account_id,user_id,date,feature,events\n" + "\n".join(rows) + "\n")


def roll_up(log: Path, target: Path) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "csq", "rollup", str(log), "-o", str(target), "-q"]
    nowhere = subprocess.DEVNULL
    environment = os.environ | {"TMPDIR": str(log.parent)}
    return subprocess.Popen(words, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere)


KILLING = """
import os, shutil, signal, sys
from pathlib import Path

from csq.cli import fail_on, keep, output, progress, quality, rollup, rollup_there, rules
from csq.cli.main import main
from csq.sources import load, roll_up
from csq.sources.finding import locate

left = None


def killing(act):
    def acting(*args, **named):
        global left
        if left is not None:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return act(*args, **named)

    return acting


def run(target, moment):
    global left
    child = os.fork()
    if not child:
        left = moment
        sys.argv[1:] = ["rollup", "new.csv", "-o", target, "-q"]
        main()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


os.replace, os.unlink = killing(os.replace), killing(os.unlink)
moment, ended = 0, None
while ended != 0:
    shutil.copytree("rolled", f"killed-{moment}")
    ended = run(f"killed-{moment}", moment)
    assert ended in (0, -signal.SIGKILL)
    shutil.copytree(f"killed-{moment}", f"again-{moment}")
    assert moment % 3 or run(f"again-{moment}", None) == 0
    moment += 1
"""
"""A csq that kills itself before it replaces or removes a file for the so manieth time, for each time that it does so.

A process that has imported what is needed splits off one for each, before polars has any threads.
"""


def assert_days_are_whole(room: Path, seed: int, within: float = 2.5) -> str:
    """Kill a run over an older rollup; returns how far it came."""
    room, target = over_an_older_one(room, DAYS)
    run = roll_up(room / "new.csv", target)
    time.sleep(random.Random(seed).random() * within)
    run.send_signal(signal.SIGKILL)
    run.wait()
    new = assert_old_or_new(target, DAYS)
    assert roll_up(room / "new.csv", target).wait() == 0
    assert_new(target, DAYS)
    return f"{new} of {len(DAYS)} days were new"


def assert_whole_between_renames(room: Path, days: list[date]) -> int:
    """Kill runs before each file that they replace or remove, one run for each; returns how many there were."""
    room, _ = over_an_older_one(room, days)
    subprocess.run([sys.executable, "-c", KILLING], cwd=room, env=os.environ | {"TMPDIR": str(room)}, check=True)
    moments = len([*room.glob("killed-*")])
    for moment in range(moments):
        assert_old_or_new(room / f"killed-{moment}", days)
        if not moment % 3:
            assert_new(room / f"again-{moment}", days)
    return moments


def over_an_older_one(room: Path, days: list[date]) -> tuple[Path, Path]:
    """A room with an older rollup, and the log of a newer one."""
    room = Path(tempfile.mkdtemp(dir=room))
    for name, events in (("old", 1), ("new", 2)):
        write_log(room / f"{name}.csv", events, days)
    assert roll_up(room / "old.csv", room / "rolled").wait() == 0
    return room, room / "rolled"


def assert_old_or_new(target: Path, days: list[date]) -> int:
    """See that each day is the old or the new one, and each month what its days say; returns how many are new."""
    assert days_in(target) == days
    counts = read_days(target, days, ["account_id"])
    by_day = counts.group_by("day", "what").agg(pl.col("units").unique(), pl.len())
    assert set(by_day["len"]) == {20}
    assert {tuple(units) for units in by_day["units"]} <= {(OLD,), (NEW,)}
    for path in (target / "months").glob("*.parquet"):
        told = pl.read_parquet(path).filter(pl.col("what") == "user")["units"].sum()
        mine = counts.filter(pl.col("what") == "user", pl.col("day").dt.to_string("%Y-%m") == path.stem)
        assert told == mine["units"].sum()
    return by_day.filter(pl.col("units").list.first() == NEW)["day"].n_unique()


def assert_new(target: Path, days: list[date]) -> None:
    """See that all is new, and nothing is left behind."""
    assert assert_old_or_new(target, days) == len(days)
    assert not [*target.rglob("*.tmp")]


def seconds_to_stop(room: Path, log: Path, begun: str) -> float:
    """How long a run takes to end that is told to by Ctrl-C once a path like `begun` is there."""
    run = roll_up(log, room / "rolled")
    while not [*room.glob(begun)]:
        assert run.poll() is None
        time.sleep(0.005)
    run.send_signal(signal.SIGINT)
    told = time.monotonic()
    assert run.wait(60) == 130
    return time.monotonic() - told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for moment in range(int(sys.argv[1]) if len(sys.argv) > 1 else 30):
            print(moment, assert_days_are_whole(Path(place), moment))
        print(assert_whole_between_renames(Path(place), DAYS[::7]), "moments between renames")
