"""The bytes of a file, a pipe or stdin: no more of them than may be held, and none that never come."""

import math
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from csq.errors import InputError, TooBigError, UsageError
from csq.located import is_endless, named
from csq.sources.reading.memory import memory_free

MEGABYTE = 1 << 20
MAX_BYTES = 500 * MEGABYTE
"""Bytes of one file that are held in memory, unless `--max-size` tells another limit."""
PATIENCE = 10.0
"""Seconds that somebody may take to open the other end of a named pipe."""

SHORT_LINE, LINE_WEIGHT, FEW_LINES = 16, 500, 1_000_000
"""Bytes of a line below which, on average, each weighs what its row takes in memory, unless lines are few."""
NEED_PER_BYTE, NEED = 40, 1200 * MEGABYTE
"""Address space that a run may take for each byte of a file, and apart from that; of it a third is memory."""
HELD_PER_BYTE, HELD = 2, 60 * MEGABYTE
"""Memory that a run takes at least for each byte of a file, and apart from that; most take more."""
LEAST = 1000 * MEGABYTE
"""Address space without which polars does not load, or ends the process as it starts its threads."""
MOST_OF_LOG = 40 * MEGABYTE
"""Bytes of a log from which on it takes no more."""

_LIFT = "lift its limit, such as by `ulimit -v unlimited`"
_UNITS = {"": 1, "kb": 1 << 10, "mb": MEGABYTE, "gb": 1 << 30}


def size_of(text: str) -> int:
    """Bytes of a size such as `2GB` or `800 MB`. Raises UsageError for one that is none."""
    told = re.fullmatch(r"\s*(\d{1,15})\s*([kmg]b|)\s*", text.casefold())
    if not told or int(told[1]) == 0:
        raise UsageError(f"`--max-size {text}` is no size", hint="a number of bytes, or such as 800MB or 2GB")
    return int(told[1]) * _UNITS[told[2]]


def stdin() -> BinaryIO:
    """Standard input. Raises InputError where it is closed, or would be read for ever."""
    if sys.stdin is None:
        raise InputError("standard input is closed", hint="give a file, or pipe one into csq")
    with suppress(OSError, ValueError):  # what stands for it may be no open file
        if is_endless(file := sys.stdin.buffer.fileno()) and not os.isatty(file):
            raise InputError("standard input is a device", hint="pipe a file into csq")
    return sys.stdin.buffer


@contextmanager
def stream_of(path: Path) -> Iterator[BinaryIO]:
    """Open a file, `-` being stdin; at a named pipe wait for who writes into it, but not for ever.

    Raises:
        InputError: It is a device that never ends, nobody writes into the pipe, or stdin is closed.
        OSError: It cannot be opened.
    """
    if str(path) == "-":
        yield stdin()
        return
    if is_endless(path):
        raise InputError(f"`{path}` is a device", hint="name a file, or give `-` for what is piped into csq")
    if stat.S_ISFIFO(path.stat().st_mode):
        with open(path, "rb", opener=_when_written) as stream:
            yield stream
        return
    with path.open("rb") as stream:
        yield stream


def _when_written(path: str, flags: int) -> int:
    """Open a named pipe when there is something to read: to open one that nobody writes into would never end."""
    import select  # few runs need it; on Windows there are no such pipes

    pipe = os.open(path, flags | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    if not poll.poll(PATIENCE * 1000) and not _has_writer(pipe):
        os.close(pipe)
        raise InputError(f"nobody writes into the pipe `{path}`", hint="start what writes into it, then csq")
    os.set_blocking(pipe, True)
    return pipe


def _has_writer(pipe: int) -> bool:
    """Whether somebody holds the other end of a pipe with nothing in it: to nobody's pipe there is an end."""
    try:
        os.read(pipe, 1)
    except BlockingIOError:
        return True
    return False


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return what stands in `path`, `-` being stdin.

    Raises:
        InputError: What keeps it from being read, or that it is larger than `most` bytes.
    """
    try:
        size = path.stat().st_size if str(path) != "-" and path.is_file() else most
        if size > most:
            raise too_big(str(path), most)
        with stream_of(path) as stream:
            data = stream.read(size + 1)  # to lay out room for the most takes longer than to read
            if len(data) > size:  # it grew, or has no size, as files of the system have none
                data += stream.read(most + 1 - len(data))
    except IsADirectoryError:
        raise InputError(f"`{path}` is a directory", hint="name a file, or give the directory alone") from None
    except FileNotFoundError:
        raise InputError(f"no such file: {named(path)}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read `{path}`: {error}") from None
    label = "stdin" if str(path) == "-" else str(path)
    if len(data) > most:
        raise too_big(label, most)
    refuse_if_tight(label, len(data))
    return data


def refuse_short_lines(size: int, lines: int, label: str, most: int) -> None:
    """Raise InputError if a text of so many bytes has so many lines that their rows take more than a file may have."""
    weight = lines * LINE_WEIGHT
    if lines > FEW_LINES and size < lines * SHORT_LINE and weight > most:
        raise InputError(
            f"`{label}` has {lines:,} lines of {size / lines:.0f} bytes, and to hold them takes "
            f"{weight / MEGABYTE:,.0f} MB, more than the {most / MEGABYTE:,.0f} MB that csq reads of one file",
            hint=f"add them up first, or lift the limit with `--max-size {weight // MEGABYTE + 1}MB`",
        )


def memory_left() -> float:
    """Bytes of memory that this process may still take; infinite without a limit."""
    try:
        import resource

        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except (ImportError, OSError):  # no such limit on Windows, no such file on a Mac
        return math.inf
    return math.inf if most == resource.RLIM_INFINITY else max(0, most - held)


def refuse_if_tight(label: str, size: int) -> None:
    """Raise InputError if this process may not have the memory that a file takes: to run out of it would end it."""
    need = size * NEED_PER_BYTE + NEED
    if size > MEGABYTE and need > (left := memory_left()):
        raise InputError(
            f"`{label}` may take {need / MEGABYTE:,.0f} MB of address space, and this process may have "
            f"{left / MEGABYTE:,.0f} MB more",
            hint=f"{_LIFT}, or give csq fewer rows at a time",
        )
    held = size * HELD_PER_BYTE + HELD
    if size > MEGABYTE and held > (free := memory_free()):
        raise InputError(
            f"`{label}` takes at least {held / MEGABYTE:,.0f} MB of memory, and {free / MEGABYTE:,.0f} MB are left",
            hint="give csq fewer rows at a time, or more memory: that of its container, or of the machine",
        )


def refuse_no_memory() -> None:
    """Raise InputError if this process may not have the memory that any run takes."""
    if (left := memory_left()) < LEAST:
        raise InputError(
            f"a run takes {LEAST / MEGABYTE:,.0f} MB of address space at least, and this process may have "
            f"{left / MEGABYTE:,.0f} MB more",
            hint=_LIFT,
        )


def too_big(label: str, most: int) -> TooBigError:
    """The error for a file of more than `most` bytes."""
    told = f"{most / MEGABYTE:,.0f} MB" if most >= MEGABYTE else f"{most:,} bytes"
    return TooBigError(
        f"`{label}` has more than {told}, the most that csq reads of one file",
        hint="export fewer columns or a shorter time, or lift the limit with `--max-size 2GB` if there is the memory",
    )
