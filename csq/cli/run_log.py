"""`--log FILE`: one line for each run, however it ends, in a file that only grows.

`2026-11-16T06:00:02+01:00 exit=0 as_of=2026-11-15 accounts=195 ... rejected=9 seconds=1.4`; what the run did not come
to know is `-`. A run that is killed with -9 leaves no line.
"""

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csq.cli import diagnostics, emit, stop
from csq.errors import Exit, OutputError, UsageError
from csq.terms import Quadrant

if TYPE_CHECKING:
    from csq.pipeline import Checked
    from csq.report import Report

COUNTED = ("as_of", "accounts", *Quadrant, "rows", "rejected")
"""What a line tells besides exit code and seconds."""


class RunLog:
    """The line of this run, to be written when it ends."""

    def __init__(self, path: Path) -> None:
        """Open the file, so that a place that cannot be written to is told before anything is done."""
        self.path = path
        self.is_new = not os.path.lexists(path)
        if path.is_file() and _is_foreign(path):
            raise UsageError(f"`--log {path}` is no log of csq, and holds something else", hint="name another file")
        self.descriptor = emit.open_to_append(path)
        self.day = datetime.now().astimezone().isoformat(timespec="seconds")
        self.begun = time.monotonic()
        self.counts: dict[str, object] = dict.fromkeys(COUNTED, "-")

    def line(self, code: int) -> str:
        """The line for a run that ends with `code`."""
        told = {"exit": code, **self.counts, "seconds": f"{time.monotonic() - self.begun:.1f}"}
        return " ".join([self.day, *(f"{name}={value}" for name, value in told.items())]) + "\n"


_current: RunLog | None = None
_ENDING = threading.Lock()
"""Held while the line is written: the run may end and be told to stop at one moment."""


def begin(path: str | None) -> None:
    """Keep a line for this run, if it is asked for. Raises OutputError when the file cannot be written to."""
    global _current
    _current = None if path is None else RunLog(Path(path))
    if _current is not None:
        stop.on_end = end


def check(refuse: Callable[[list[Path]], None]) -> None:
    """Let the place be looked at, now that inputs and outputs are known. Where it is refused it gets no line."""
    global _current
    if _current is not None:
        try:
            refuse([_current.path])
        except UsageError:
            os.close(_current.descriptor)
            if _current.is_new:
                emit.remove(_current.path)
            _current = None
            raise


def _is_foreign(path: Path) -> bool:
    with contextlib.suppress(OSError), path.open("rb") as stream:
        begin = stream.read(64)
        # How a line begins. A file that begins otherwise is somebody's data, and gets none.
        return bool(begin) and not re.match(rb"\d{4}-\d\d-\d\dT\S+ exit=\d", begin)
    return False  # who may not be read may be written to, and opening it tells


def counted(report: "Report | Checked") -> None:
    """Note what a run counted."""
    if _current is not None:
        totals = {str(each.quadrant): each.accounts for each in report.totals}
        rows = {"rows": sum(file.read for file in report.sources), "rejected": report.rejects.height}
        _current.counts |= {"as_of": report.as_of or "-", "accounts": report.accounts.height, **totals, **rows}


def end(code: int) -> int:
    """Write the line of a run that ends with `code`; the code it then ends with: 5 where only the line is missing."""
    global _current
    with _ENDING:
        log, _current = _current, None
        if log is None:
            return code
        try:
            emit.append(log.descriptor, log.path, log.line(code).encode())
        except OutputError as error:
            diagnostics.report(error)
            return Exit.OUTPUT if code in (Exit.OK, Exit.FOUND) else code
        return code
