"""Weeks of work in which people tick steps off at random, and writers that are killed while they record it.

`python tests/loop.py` runs 12 weeks of 200 accounts, then kills 50 recordings, two at a time, and says of each how it
went. A number is the seed.
"""

import contextlib
import csv
import io
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from csq.cli.main import main
from csq.plan.prescribe import steps_by_id
from csq.planned import KINDS, PlannedStep, parse
from csq.playbook.load import load_playbook
from csq.terms import Tick
from tables import lines

LAST = date(2026, 11, 22)
"""The Sunday before the last week."""
OWNERS = ("Dana Reyes", "Priya Nair", "Tomás Ferreira")
STEPS = steps_by_id(load_playbook(None).playbook)
SETTINGS = "history: ../history\nthresholds: {usage: 40, happiness: 70}\nscales: {csat: {csat: 1-5}}\n"
RECORD = "csq-events.csv"


def lay_out(folder: Path, accounts: int, sundays: Iterable[date], dice: random.Random) -> None:
    """Exports of so many accounts that use the product more or less, every week."""
    folder.mkdir(parents=True)
    keys = [f"A-{number}" for number in range(accounts)]
    busy = {key: dice.randint(0, 4) for key in keys}
    days = [day - timedelta(days=back) for day in sundays for back in range(5)]
    used = [f"{key},u{user},{day},f{user},3" for key in keys for day in days for user in range(busy[key])]
    (folder / "usage.csv").write_text(lines("account_id,user_id,date,feature,events", *used))
    answers = [f"{key},{dice.randint(1, 5)},{key}-{n},2026-08-01" for key in keys for n in range(3)]
    (folder / "csat.csv").write_text(lines("account_id,csat,user_id,submitted_at", *answers))
    rows = [f"{key},Name {key},{dice.randint(1, 99)}000,{dice.choice(OWNERS)},6,{dice.choice('01234')}" for key in keys]
    (folder / "accounts.csv").write_text(lines("account_id,account_name,arr,owner,seats,open_tickets", *rows))
    (folder / "csq.yaml").write_text(SETTINGS + "capacity: {default: 60}\n")


def run(*argv: object) -> tuple[str, str]:
    """What csq prints in this process; it has to succeed."""
    with tempfile.TemporaryFile() as out, contextlib.redirect_stderr(io.StringIO()) as said:
        kept = os.dup(1)
        os.dup2(out.fileno(), 1)
        try:
            code = main([str(word) for word in argv])
        finally:
            os.dup2(kept, 1)
            os.close(kept)
        out.seek(0)
        text = out.read().decode()
    assert code == 0, (argv, code, said.getvalue())
    return text, said.getvalue()


def simulate(room: Path, *, weeks: int, accounts: int, seed: int) -> Counter[str]:
    """Triage, plan, tick and record, week by week; whatever csq gets wrong raises AssertionError."""
    dice = random.Random(seed)
    exports = room / "exports"
    sundays = [LAST - timedelta(weeks=back) for back in reversed(range(weeks))]
    lay_out(exports, accounts, [sundays[0] - timedelta(weeks=back) for back in range(1, 5)] + sundays, dice)
    settled: dict[tuple[str, str], tuple[date, Tick]] = {}
    put_off: Counter[tuple[str, str]] = Counter()
    told: set[tuple[str, Tick]] = set()
    seen: Counter[str] = Counter()
    for sunday in sundays:
        flags = (exports, "--as-of", sunday, "-q")
        text, _ = run("triage", *flags, "-f", "csv", "--fields", "step_id,human")
        run("plan", *flags, "-o", f"{room}/plans/")
        rows = {row["account_id"]: row for row in csv.DictReader(text.splitlines())}
        for key, row in rows.items():
            check(key, row, sunday, settled, put_off, seen)
        ticks = {key: tick(dice) for key, row in rows.items() if is_planned(row)}
        write_ticks(room / "plans", ticks)
        day = sunday + timedelta(days=3)
        for _ in range(2):  # a file that is read twice adds nothing twice
            run("done", "--from", f"{room}/plans", "--data", exports, "--on", day)
        for key, what in ticks.items():
            pair = (key, rows[key]["step_id"])
            if what:
                told.add((str(PlannedStep(*pair, sunday + timedelta(days=1))), what))
                seen[what] += 1
            if what in (Tick.DONE, Tick.NO_LONGER):
                settled[pair] = day, what
                put_off.pop(pair, None)
            else:
                put_off[pair] += 1
    assert on_record(exports / RECORD) == told
    return seen


def check(key: str, row: dict[str, str], day: date, settled: dict, put_off: Counter, seen: Counter[str]) -> None:
    """An account's step of a week: none that is settled, and one that was put off three times asks."""
    pair = (key, row["step_id"])
    if pair in settled:
        since, how = settled[pair]
        least = STEPS[pair[1]].again_after
        least = max(least, 90) if how is Tick.NO_LONGER else least
        assert (day - since).days >= least, f"{pair} is back on {day}, {how} on {since}"
        seen["came back when it might"] += 1
    if row["step_id"] and row["human"] == "true":
        assert int(row["times_deferred"]) == put_off[pair], (pair, day, row["times_deferred"], put_off[pair])
        asks = row["next_step"].startswith("Put off")
        assert asks == (put_off[pair] >= 3)
        seen["asked for a decision"] += asks


def is_planned(row: dict[str, str]) -> bool:
    """Whether a person has a step to do this week."""
    return bool(row["step_id"]) and row["human"] == "true" and row["queue"] != "rest" and row["this_week"] == "true"


def tick(dice: random.Random) -> Tick | None:
    return dice.choices([None, *Tick], weights=(50, 30, 8, 8, 4))[0]


def write_ticks(plans: Path, ticks: dict[str, Tick | None]) -> None:
    """Tick the lines of the checklists, as people do."""
    for path in plans.glob("*.md"):
        text = []
        for each in path.read_text().splitlines():
            found = re.fullmatch(r"- \[ \] (.*`(.+)`)", each)
            planned = parse(found[2]) if found else None
            what = ticks.get(planned.account_id) if planned and planned.step != "check_in" else None
            note = "" if what is Tick.DONE else f" {what}: a note, with a comma"
            text.append(f"- [x] {found[1]}{note}" if found and what else each)
        path.write_text("\n".join(text) + "\n")


def on_record(path: Path) -> set[tuple[str, Tick]]:
    """The ticks of a record, each of which stands there once."""
    kinds = {kind: tick for tick, kind in KINDS.items()}
    rows = [*csv.DictReader(path.read_text().splitlines())] if path.exists() else []
    extra = {"favour_asked", "cause_found"}
    found = [
        (row["planned_step"], kinds.get(row["kind"], Tick.DONE))
        for row in rows
        if parse(row["planned_step"]).step not in extra
    ]
    assert len(found) == len({*found}), "an event is on record twice"
    return {*found}


def start(room: Path, name: str) -> subprocess.Popen[bytes]:
    """A recording of a checklist in a process of its own."""
    words = [sys.executable, "-m", "csq", "done", "--from", str(room / name), "--data", str(room / "exports"), "-q"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def checklist(room: Path, name: str, keys: Iterable[str], week: date) -> set[tuple[str, Tick]]:
    """A checklist of a week with every line ticked."""
    ids = [f"{key}/say_thanks/{week}" for key in keys]
    (room / name).write_text("".join(f"- [x] 1 Somebody `{each}`\n" for each in ids))
    return {(each, Tick.DONE) for each in ids}


def kill(room: Path, *, kills: int, seed: int) -> Counter[str]:
    """Record with two writers at once, killing one of them at some moment: nothing is lost or doubled."""
    dice = random.Random(seed)
    lay_out(room / "exports", 40, [date(2026, 11, 15)], dice)
    path, ended = room / "exports" / RECORD, Counter[str]()
    begun = time.monotonic()
    monday = date(2024, 1, 1)
    everything = checklist(room, "first.md", ["A-0"], monday)
    assert start(room, "first.md").wait() == 0
    usual = time.monotonic() - begun
    for number in range(kills):
        before = path.read_bytes()
        names = [f"{number}-{each}.md" for each in "ab"]
        for at, name in enumerate(names):
            # Both have some accounts, and each has some of its own.
            keys = [f"A-{n}" for n in range(at, 40, 1 + number % 3)]
            everything |= checklist(room, name, keys, monday + timedelta(weeks=number + 1))
        writers = [start(room, name) for name in names]
        time.sleep(dice.uniform(0.5, 1.2) * usual)
        writers[0].send_signal(dice.choice((signal.SIGKILL, signal.SIGTERM)))
        ended.update(f"exit {writer.wait()}" for writer in writers)
        assert path.read_bytes().startswith(before), "what stood there was changed"
        ended["recordings that were cut short"] += writers[0].returncode != 0
        assert on_record(path) <= everything
    assert start(room, ".").wait() == 0
    assert on_record(path) == everything
    left = [each.name for each in path.parent.iterdir() if each.suffix == ".tmp"]
    assert not left, left
    return ended


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory() as place:
        print("12 weeks of 200 accounts:", dict(simulate(Path(place) / "weeks", weeks=12, accounts=200, seed=number)))
        print("50 kills:", dict(kill(Path(place) / "kills", kills=50, seed=number)))
