"""How much memory is left: of the machine, and of what a container or a service may have of it.

Whoever takes more is killed without a word, so that it has to be known before. Linux tells it in files; where they are
not there, there is no limit.
"""

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC, _GROUPS = Path("/proc"), Path("/sys/fs/cgroup")
_OF_GROUP = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory.high", "memory.current", "inactive_file"),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)
"""The files of a limit and of what is used, and what of that is given back when it is needed, in both versions."""


def memory_free(proc: Path = _PROC, groups: Path = _GROUPS) -> float:
    """Bytes of memory that there are for this process; infinite where nothing tells.

    Args:
        proc: Where the system tells of the machine and of this process.
        groups: Where it tells of control groups.
    """
    return min((*_of_machine(proc), *_of_groups(proc, groups)), default=math.inf)


def _of_machine(proc: Path) -> Iterator[float]:
    told = _table(proc / "meminfo")
    if "MemAvailable:" in told:
        yield (told["MemAvailable:"] + told.get("SwapFree:", 0)) * 1024


def _of_groups(proc: Path, groups: Path) -> Iterator[float]:
    """What each group that this process is in has left: its own, and those above."""
    for line in _lines(proc / "self" / "cgroup"):
        kinds, _, path = line.partition(":")[2].partition(":")
        top = groups / kinds  # the second version names none; groups of other kinds tell of no memory
        # Within a container the path may be that of the host, of which no more than the top is seen.
        own = top / path.lstrip("/")
        for group in (own, *(each for each in own.parents if each.is_relative_to(top))):
            for limit, used, spare in _OF_GROUP:
                with suppress(OSError, ValueError):  # not there, or `max`
                    most, held = (int((group / name).read_text()) for name in (limit, used))
                    yield max(0, most - held + min(held, _table(group / "memory.stat").get(spare, 0)))


def _table(path: Path) -> dict[str, int]:
    rows = (line.split() for line in _lines(path))
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []
