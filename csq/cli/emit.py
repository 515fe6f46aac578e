"""Output: the only module that writes to stdout and to files. What comes in arrives whole or not at all.

`-o FILE` and `> FILE` hold the same bytes. A file is written beside its place and renamed into it, so a run that
fails, is interrupted or finds the disk full leaves the old one as it was.
"""

import contextlib
import errno
import io
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeVar

from csq import scratch
from csq.cli import stop
from csq.errors import OutputError
from csq.located import named
from csq.render import Output, write
from csq.suggest import in_shell

try:
    import fcntl
except ImportError:  # there is none on Windows, where a file that is open cannot be removed anyway
    fcntl = None  # type: ignore[assignment]

Found = TypeVar("Found")

FRESH = 60
"""Seconds in which a claim that has just been made and holds nothing yet is left alone."""

CLAIM = len(".csq-") + 16
"""Characters of the name of a claim, without suffix, with which the names of its files begin."""

STDOUT = 1
"""File descriptor of standard output."""

HELD = 2**24
"""Bytes that are held in memory before they go where they cannot be taken back from; more are laid down."""


@contextlib.contextmanager
def complete(data: Output) -> Iterator[Output]:
    """The same, made to its end, so that only the writing can still fail. Raises OutputError where there is no room."""
    if isinstance(data, bytes):
        yield data
        return
    place = scratch.place()
    with tempfile.SpooledTemporaryFile(HELD, dir=str(place)) as made:
        try:
            write(data, made)
        except OSError as error:
            told = f"cannot write in `{place}`: {reason(error)}"
            raise OutputError(told, hint="`TMPDIR=DIR` takes another place") from error
        made.seek(0)
        yield partial(shutil.copyfileobj, made)


def to_stdout(data: Output) -> None:
    """Write all of `data` to standard output.

    The descriptor is opened anew because `sys.stdout.buffer` is unbuffered under `PYTHONUNBUFFERED`, where a write may
    take a part of the data and return without an error.

    Raises:
        BrokenPipeError: The reader went away.
        OutputError: It is closed, full or broken.
    """
    try:
        with open(STDOUT, "wb", closefd=False) as stream:
            write(data, stream)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EBADF:
            raise OutputError("standard output is closed", hint="`-o FILE` writes a file instead") from error
        raise OutputError(f"cannot write to standard output: {reason(error)}") from error


class TextStdout(io.TextIOBase):
    """A `sys.stdout` for what others print, such as help: it leaves by the same door, and fails as loudly."""

    def write(self, text: str) -> int:
        """Write `text` as UTF-8, at once."""
        to_stdout(text.encode())
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def fileno(self) -> int:
        """Return the descriptor behind it, for those who ask how wide the terminal is."""
        return STDOUT

    def isatty(self) -> bool:
        """Tell whether a terminal is behind it."""
        return os.isatty(STDOUT)


def to_file(path: Path, data: Output) -> None:
    """Put `data` in the place of `path`; see `to_files`."""
    to_files([(path, data)])


def to_files(files: Sequence[tuple[Path, Output]], private: Collection[Path] = ()) -> None:
    """Put each `data` in the place of its path, all of them or none.

    A symbolic link stays one: the file it points to is replaced. Mode and owner of an existing file are kept; a new one
    gets what the umask leaves; a private one can be read by its owner alone. What is no regular file, such as a pipe, a
    device or `/dev/stdout` whatever is behind it, is written to as it is.

    Raises:
        BrokenPipeError: A path is a pipe whose reader went away.
        OutputError: A file cannot be written; the message says which and why, and what stands all the same.
        Stopped: A signal came; nothing is replaced.
    """
    for path, _ in files:
        _told(path, partial(_check, path), (OSError, RuntimeError, ValueError))  # of links in a circle, of a NUL
    written: list[Beside] = []
    with contextlib.ExitStack() as held:
        claims = _Claims(held)
        try:
            for path, data in files:
                if not _is_written_through(path):
                    written.append(_told(path, partial(_write_beside, path, data, claims, private=path in private)))
            # What is written through cannot be taken back, so not before all else is on the disk.
            for path, data in files:
                if _is_written_through(path):
                    with complete(data) as made:
                        _told(path, partial(_write_through, path, made))
            _put_in_place(written)
        finally:
            for each in written:
                each.temporary.unlink(missing_ok=True)
                stop.beside.discard(each.temporary)


def open_to_append(path: Path) -> int:
    """Open a file, or make one, that lines are added to. Raises OutputError when it cannot be written to."""
    # A pipe that nobody reads would wait for ever.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0)
    return _told(path, lambda: os.open(path, flags, 0o666), (OSError, ValueError))


def append(descriptor: int, path: Path, line: bytes) -> None:
    """Add a line to an open file, the whole of it or nothing, and close it. Raises OutputError when it cannot be."""

    def add() -> None:
        if fcntl is not None:  # so that nobody adds a line while half of ours is taken back
            with contextlib.suppress(OSError):
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = os.fstat(descriptor).st_size
        if os.write(descriptor, line) < len(line):
            os.ftruncate(descriptor, before)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    try:
        _told(path, add)
    finally:
        os.close(descriptor)


class Beside(NamedTuple):
    """A file that is written and not yet in its place."""

    path: Path
    target: Path
    """The path, or where its links lead."""
    temporary: Path


def _put_in_place(written: Sequence[Beside]) -> None:
    """Rename what was written beside, all at once for anybody who sends a signal.

    Who kills the process outright may still come between two renames. To give back the room of an old file takes far
    longer than to rename over it, so that is put off until all are in place: they stay open that long.
    """
    standing: list[str] = []
    with contextlib.ExitStack() as held, stop.REPLACING:
        for each in written if fcntl is not None else ():
            with contextlib.suppress(OSError):
                held.callback(os.close, os.open(each.target, os.O_RDONLY | os.O_NONBLOCK))
        stop.check()
        for path, target, temporary in written:
            try:
                temporary.replace(target)
            except OSError as error:
                stands = f"; {', '.join(standing)} stands already" if standing else ""
                told = f"cannot write `{path}`: {reason(error)}{stands}"
                raise OutputError(told, hint=hint_for(path, error)) from error
            standing.append(f"`{path}`")
    for directory in {each.target.parent for each in written}:
        _sync_directory(directory)


def _told(path: Path, act: Callable[[], Found], faults: tuple[type[Exception], ...] = (OSError,)) -> Found:
    """Do something with a path, and say what keeps it from being done, where that is one of the faults."""
    try:
        return act()
    except BrokenPipeError:
        raise
    except faults as error:
        is_loop = isinstance(error, RuntimeError)
        told = f"`{path}`: it is a loop of links" if is_loop else f"{named(path)}: {reason(error)}"
        raise OutputError(f"cannot write {told}", hint=hint_for(path, error)) from error


def _check(path: Path) -> None:
    """Find out what can be found out before anything is written. Raises OSError."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if _is_written_through(path):
        return
    target = path.resolve()
    target.parent.stat()
    if target.exists() and not os.access(target, os.W_OK):
        # The rename would not ask; a file that its owner protected is not ours to replace.
        is_read_only = hasattr(os, "statvfs") and os.statvfs(target).f_flag & os.ST_RDONLY
        code = errno.EROFS if is_read_only else errno.EACCES
        raise OSError(code, os.strerror(code))


def _is_written_through(path: Path) -> bool:
    return _descriptor(path) is not None or (path.exists() and not path.is_file())


def _descriptor(path: Path) -> int | None:
    """The open file that a path such as `/dev/stdout` or `/dev/fd/63` stands for, through any links to it."""
    for _ in range(40):  # as many links as the kernel follows
        folder = os.path.realpath(path.parent)
        if folder in (f"/proc/{os.getpid()}/fd", "/dev/fd") and path.name.isdecimal():
            return int(path.name)
        if not path.is_symlink():
            return None
        path = Path(folder) / path.readlink()
    return None


def _write_through(path: Path, data: Output) -> None:
    descriptor = _descriptor(path)
    with path.open("wb") if descriptor is None else open(descriptor, "wb", closefd=False) as stream:
        write(data, stream)


class _Claims(dict[Path, str]):
    """What the names of the files that are written beside their places in a folder begin with; claimed when needed."""

    def __init__(self, held: contextlib.ExitStack) -> None:
        self.held = held

    def __missing__(self, folder: Path) -> str:
        self[folder] = self.held.enter_context(_claim(folder))
        return self[folder]


@contextlib.contextmanager
def _claim(folder: Path) -> Iterator[str]:
    """Clear a folder of what dead runs have left, and hold a lock by which others know the files of this one."""
    sweep(folder)
    claim = folder / f".csq-{secrets.token_hex(8)}.tmp"
    try:
        with os.fdopen(stop.begin(claim), "wb", buffering=0) as stream:
            _lock(stream.fileno())
            stream.write(b"\n")  # an empty one may not be locked yet
            yield claim.stem
    finally:
        claim.unlink(missing_ok=True)
        stop.beside.discard(claim)


def sweep(folder: Path) -> None:
    """Remove what runs that were killed have left: nobody holds the lock on their claim."""
    dead: dict[Path, bool] = {}
    for left in folder.glob(".csq-*.tmp"):
        claim = folder / f"{left.stem[:CLAIM]}.tmp"
        if claim not in dead:
            dead[claim] = _is_dead(claim)
        if dead[claim]:
            with contextlib.suppress(OSError):
                left.unlink()


def _is_dead(claim: Path) -> bool:
    """Whether the run that made a claim is no more. What is no plain file is none of ours."""
    if not os.path.lexists(claim):
        return True
    if claim.is_symlink() or not claim.is_file():
        return False
    try:
        with claim.open("rb") as stream:
            found = os.fstat(stream.fileno())
            is_fresh = not found.st_size and time.time() - found.st_mtime < FRESH
            return not is_fresh and _lock(stream.fileno())
    except OSError:
        return False


def _write_beside(path: Path, data: Output, claims: _Claims, *, private: bool) -> Beside:
    """Write a file beside its place, as nobody may read who may not read what stands there, and see it on the disk."""
    target = path.resolve()
    old = target.stat() if target.exists() else None
    temporary = target.with_name(f"{claims[target.parent]}-{secrets.token_hex(8)}.tmp")
    try:
        with os.fdopen(stop.begin(temporary), "wb") as stream:
            if old is not None and hasattr(os, "fchown"):
                with contextlib.suppress(OSError):  # only root may give files away
                    os.fchown(stream.fileno(), old.st_uid, old.st_gid)
            if not private:
                temporary.chmod(stat.S_IMODE(old.st_mode) if old else 0o666 & ~_umask())
            write(data, stream)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:  # an interrupt too must not leave the half of a file behind
        temporary.unlink(missing_ok=True)
        stop.beside.discard(temporary)
        raise
    return Beside(path, target, temporary)


def _lock(descriptor: int) -> bool:
    """Lock an open file for as long as it is open; whether it could be, so that nobody else had it."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def make_folder(path: Path) -> None:
    """Make a folder where there is none. Raises OutputError when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder `{path}`: {reason(error)}", hint="choose another place") from error


def remove(path: Path) -> bool:
    """Remove a file of ours, if it is still there and a plain file; say whether it was. Raises OutputError."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        path.unlink()
    except OSError as error:
        raise OutputError(f"cannot remove `{path}`: {reason(error)}", hint="remove it, or choose another") from error
    return True


def _sync_directory(directory: Path) -> None:
    """Make the rename itself survive a power cut, where the file system can."""
    # The new file is in place by now, so a directory that cannot be read or synced is no reason to fail.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def reason(error: Exception) -> str:
    """What the operating system says, in the form of our messages."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text[:1].lower() + text[1:]


def hint_for(path: Path, error: Exception) -> str:
    """The next thing to do about a file that cannot be written."""
    if isinstance(error, IsADirectoryError):
        return f"name a file in it, such as `-o {in_shell(str(path / 'triage.csv'))}`"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        where = Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent
        return f"there is no directory `{where}`; create it first"
    if isinstance(error, PermissionError):
        return "choose a place that you may write to; what was there is unchanged"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room or choose another disk; what was there is unchanged"
    return "choose another place; what was there is unchanged"
