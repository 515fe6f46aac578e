"""A folder of one's own for what is laid down while a run lasts: customers' data, so what killed runs left is removed.

Who may still need a folder holds a lock on it. Each has the number of its process in its name.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from csq.regex import regex

try:
    import fcntl
except ImportError:  # there is none on Windows, and nothing is swept there
    fcntl = None  # type: ignore[assignment]

FRESH = 60
"""Seconds in which a folder may not be locked yet by who has just made it."""
_OURS = regex(r"csq-\d+-\w+")


def place() -> Path:
    """Where such folders are made. Python would find out by writing a file, which a kill at that moment leaves."""
    told = [*filter(None, map(os.environ.get, ("TMPDIR", "TEMP", "TMP"))), "/tmp"]
    free = (Path(name).absolute() for name in told if Path(name).is_dir() and os.access(name, os.W_OK | os.X_OK))
    return next(free, None) or Path(tempfile.gettempdir())


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is there until the block ends, and removed by the next run if this one is killed."""
    prefix = f"csq-{os.getpid()}-"
    with contextlib.ExitStack() as held, tempfile.TemporaryDirectory(prefix=prefix, dir=place()) as name:
        if fcntl is not None:
            held.enter_context(_locked(Path(name)))
            _sweep(Path(name))
        yield Path(name)


def clear() -> None:
    """Remove the folders of this process, which is about to end."""
    for path in place().glob(f"csq-{os.getpid()}-*"):
        shutil.rmtree(path, ignore_errors=True)


def _sweep(mine: Path) -> None:
    """Remove the folders of our own whose runs are no more; `mine` has just been made."""
    now = mine.stat().st_mtime
    for path in mine.parent.glob("csq-*-*"):
        with contextlib.suppress(OSError):  # of another user, held, or gone by now
            found = path.lstat()
            is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and _OURS.fullmatch(path.name)
            if is_ours and now - found.st_mtime > FRESH:
                with _locked(path):
                    shutil.rmtree(path)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock on a folder. Raises OSError where another does."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)
