"""What a run holds against others: a file that it changes, or a folder of days."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from csq.cli import diagnostics, emit
from csq.errors import OutputError

LOCK = ".lock"
"""Name of the lock in a folder of days."""
PATIENCE = 60.0
"""Seconds to wait for another run that writes to the same place."""


@contextlib.contextmanager
def held(lock: Path, what: str) -> Iterator[None]:
    """Hold something against other runs by a lock. Raises OutputError when one holds it too long, or it cannot be."""
    from filelock import FileLock, Timeout

    holding = FileLock(lock, timeout=PATIENCE, mode=0o600)
    try:
        try:
            holding.acquire(timeout=0)
        except Timeout:
            diagnostics.note(f"another run holds {what}: waiting up to {PATIENCE:.0f} seconds for it")
            holding.acquire()
    except Timeout as error:
        raise OutputError(f"another run holds {what}", hint="run again when it is done") from error
    except OSError as error:
        raise OutputError(f"cannot lock {what}: {emit.reason(error)}", hint=emit.hint_for(lock, error)) from error
    try:
        yield
    finally:
        holding.release()


@contextlib.contextmanager
def locked(folder: Path, what: str = "history") -> Iterator[None]:
    """Hold a folder of days against other runs. Raises OutputError when one holds it too long, or it cannot be held."""
    emit.make_folder(folder)
    with held(folder / LOCK, f"the {what} `{folder}`"):
        _tidy(folder)
        yield


def _tidy(folder: Path) -> None:
    """Clear away what runs that were killed have left in the folders of their days."""
    for place in folder.glob("*=*"):
        emit.sweep(place)
        with contextlib.suppress(OSError):  # a day lies in it, then
            place.rmdir()
