"""Runs of csq that are killed or told to stop at random moments: what they were to replace is all old or all new.

`python tests/kills.py 60` ends so many runs per kind of output, half of them while files are being written, and looks
after every tenth, and at the end, that the next whole run leaves nothing behind; a line says of each kind how it went.
Who kills a run outright may come between two of several files, each of which is whole then.
A second argument is the seed, further ones name the kinds to try.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
KINDS: Mapping[str, tuple[str, ...]] = {
    **{suffix: (f"week.{suffix}",) for suffix in ("csv", "json", "html", "md", "xlsx", "parquet")},
    "plans": ("plans/",),
    "several": ("a.csv", "b.json", "c.html", "d.xlsx", "e.parquet"),
}
OLD = b"last week\n"
USAGE = "account_id,user_id,date,feature,events\n" + "".join(
    f"A-{n % 40},u{n % 90},2026-11-{n % 15 + 1:02},f{n % 7},{n % 5}\n" for n in range(3000)
)
ACCOUNTS = "account_id,arr,owner\n" + "".join(f"A-{n},{n}000,Owner {n % 5}\n" for n in range(40))


def start(exports: Path, outputs: tuple[str, ...], room: Path) -> subprocess.Popen[bytes]:
    """A run that writes `outputs` in a room of its own."""
    command = "plan" if outputs[0].endswith("/") else "triage"
    flags = [word for name in outputs for word in ("-o", name)]
    words = [sys.executable, "-m", "csq", command, str(exports), "-q", "--as-of", "2026-11-15", *flags]
    nowhere = subprocess.DEVNULL
    environment = os.environ | {"TMPDIR": str(room / "tmp")}
    return subprocess.Popen(words, cwd=room, env=environment, stdin=nowhere, stdout=nowhere, stderr=nowhere)


def standing(room: Path) -> dict[str, bytes]:
    """All files of a room but those that a dead run may leave to the next."""
    files = [path for path in room.rglob("*") if path.is_file()]
    kept = [path for path in files if path.suffix != ".tmp" and path.parent != room / "tmp"]
    return {str(path.relative_to(room)): path.read_bytes() for path in kept}


def left(room: Path) -> list[str]:
    """What runs have left beside their outputs and among temporary files.

    An empty claim may be of a run that has just begun, and is left for a minute.
    """
    beside = (path for path in room.rglob(".csq-*.tmp") if path.stat().st_size)
    return [str(path) for path in (*beside, *(room / "tmp").iterdir())]


def lay_out(room: Path, outputs: tuple[str, ...]) -> dict[str, bytes]:
    """Put last week's files into a room; of a folder of plans those of another plan."""
    for name in outputs:
        if name.endswith("/"):
            for path in (room / name).glob("*.md"):
                path.write_bytes(OLD)
        else:
            (room / name).write_bytes(OLD)
    return standing(room)


def end_one(exports: Path, outputs: tuple[str, ...], room: Path, dice: random.Random, seconds: float) -> signal.Signals:
    """Start a run and end it at a random moment, every other time while it writes; by which signal."""
    with start(exports, outputs, room) as run:
        if dice.random() < 0.5:
            while run.poll() is None and not [*room.rglob(".csq-*.tmp")]:
                time.sleep(0.0005)
            time.sleep(dice.random() * 0.02)
        else:
            time.sleep(dice.random() * seconds)
        number = dice.choice(SIGNALS)
        if run.poll() is None:
            run.send_signal(number)
        run.wait(timeout=60)
    return number


def is_between(
    old: Mapping[str, bytes], new: Mapping[str, bytes], stands: Mapping[str, bytes], outputs: tuple[str, ...]
) -> bool:
    """Whether each file is whole, and those that were named first are the new ones."""
    are_whole = all(stands.get(name) in (old.get(name), new.get(name)) for name in old | new)
    are_new = [stands[name] == new[name] for name in outputs if name in new]
    return are_whole and are_new == sorted(are_new, reverse=True)


def torture(kind: str, count: int, seed: int = 0) -> list[str]:
    """End `count` runs of a kind; return what was neither old nor new, or left behind."""
    dice, outputs = random.Random(f"{seed} {kind}"), KINDS[kind]
    found: list[str] = []
    ended = {"old": 0, "new": 0}
    with tempfile.TemporaryDirectory() as place:
        room, exports = Path(place, "room"), Path(place, "exports")
        exports.mkdir()
        (room / "tmp").mkdir(parents=True)
        (exports / "usage.csv").write_text(USAGE, encoding="utf-8")
        (exports / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
        began = time.monotonic()
        start(exports, outputs, room).wait()
        seconds, new = time.monotonic() - began, standing(room)
        for number in range(count):
            old = lay_out(room, outputs)
            by = end_one(exports, outputs, room, dice, seconds)
            stands = standing(room)
            if stands not in (old, new) and not (by is signal.SIGKILL and is_between(old, new, stands, outputs)):
                mixed = [name for name in new if stands.get(name) != new[name]]
                found.append(f"run {number}: neither old nor new; not new: {mixed}")
            ended["new" if stands == new else "old"] += 1
            if number % 10 == 9 or number == count - 1:
                start(exports, outputs, room).wait()
                found += [f"run {number}: left {name}" for name in left(room)]
                if standing(room) != new:
                    found.append(f"run {number}: the next run does not come to the same")
    verdict = "; ".join(found) or "all old or all new, nothing left behind"
    sys.stdout.write(f"{kind}: {count} ended, {ended['old']} left the old, {ended['new']} had the new: {verdict}\n")
    sys.stdout.flush()
    return found


if __name__ == "__main__":
    count, seed, *kinds = [*sys.argv[1:], "0"] if len(sys.argv) == 2 else sys.argv[1:]
    broken = [fault for kind in kinds or KINDS for fault in torture(kind, int(count), int(seed))]
    sys.exit(bool(broken))
