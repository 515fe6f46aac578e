"""Output: the only module that writes to stdout and to files. Bytes come in whole; they arrive whole or not at all.

`-o FILE` and `> FILE` hold the same bytes. A file is written beside its place and renamed into it, so a run that
fails, is interrupted or finds the disk full leaves the old one as it was.
"""

import contextlib
import errno
import fnmatch
import glob
import io
import os
import secrets
import stat
from collections.abc import Sequence
from pathlib import Path

from csq.errors import OutputError, UsageError
from csq.sources import locate

STDOUT = 1
"""File descriptor of standard output."""


def to_stdout(data: bytes) -> None:
    """Write all of `data` to standard output.

    The descriptor is opened anew because `sys.stdout.buffer` is unbuffered under `PYTHONUNBUFFERED`, where a write may
    take a part of the data and return without an error.

    Raises:
        BrokenPipeError: The reader went away.
        OutputError: It is closed, full or broken.
    """
    try:
        with open(STDOUT, "wb", closefd=False) as stream:
            stream.write(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EBADF:
            raise OutputError("standard output is closed", hint="`-o FILE` writes a file instead") from error
        raise OutputError(f"cannot write to standard output: {_reason(error)}") from error


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


def to_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of `path`, or leave what is there untouched.

    A symbolic link stays one: the file it points to is replaced. The mode of an existing file is kept; a new one gets
    what the umask leaves. A pipe or device is written to as it is.

    Raises:
        BrokenPipeError: `path` is a pipe whose reader went away.
        OutputError: The file cannot be written; the message says why.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():
            # Before links are resolved: what `/dev/stdout` and `/dev/fd/63` point to has no path of its own.
            with path.open("wb") as stream:
                stream.write(data)
        else:
            _replace(path.resolve(), data)
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError
        raise OutputError(f"cannot write `{path}`: {_reason(error)}", hint=_hint(path, error)) from error


def make_folder(path: Path) -> None:
    """Make a folder where there is none. Raises OutputError when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder `{path}`: {_reason(error)}", hint="choose another place") from error


def remove(path: Path) -> bool:
    """Remove a file of ours, if it is still there and a plain file; say whether it was. Raises OutputError."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        path.unlink()
    except OSError as error:
        raise OutputError(f"cannot remove `{path}`: {_reason(error)}", hint="remove it, or choose another") from error
    return True


def _replace(target: Path, data: bytes) -> None:
    """Write a file beside `target`, see it safely on the disk, and rename it over."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else None
    if mode is not None and not os.access(target, os.W_OK):
        # The rename would not ask; a file that its owner protected is not ours to replace.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    beside = target.with_name(f".csq-{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            beside.chmod(mode)
        beside.replace(target)
    except BaseException:  # a signal too must not leave the half of a file behind
        beside.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _sync_directory(directory: Path) -> None:
    """Make the rename itself survive a power cut, where the file system can."""
    # The new file is in place by now, so a directory that cannot be read or synced is no reason to fail.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _reason(error: Exception) -> str:
    """What the operating system says, in the form of our messages."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return text[:1].lower() + text[1:]


def _hint(path: Path, error: Exception) -> str:
    """The next thing to do about a file that cannot be written."""
    if isinstance(error, IsADirectoryError):
        return f"name a file in it, such as `-o {path / 'triage.csv'}`"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"there is no directory `{path.parent}`; create it first"
    if isinstance(error, PermissionError):
        return "choose a place that you may write to; what was there is unchanged"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "make room or choose another disk; what was there is unchanged"
    return "choose another place; what was there is unchanged"


def check_targets(outputs: Sequence[Path], inputs: Sequence[Path], input_patterns: Sequence[str]) -> None:
    """Refuse outputs that would destroy an input or become one. To be called before anything is read.

    Args:
        outputs: Files to be written.
        inputs: Files to be read, settings and playbook included.
        input_patterns: Directories and glob patterns as they were given, which next week's run will look through again.

    Raises:
        UsageError: An output is an input, is named twice, or would be taken for an input by the next run.
    """
    read = {_identity(path) for path in inputs}
    written: set[Path] = set()
    for output in outputs:
        identity = _identity(output)
        if identity in read:
            raise UsageError(f"`{output}` is both an input and an output", hint="give the output another name")
        if identity in written:
            raise UsageError(f"`{output}` is named twice as an output", hint="give each output its own name")
        for pattern in input_patterns:
            if _would_take(pattern, identity):
                raise UsageError(
                    f"`{output}` would be read as an input by the next run of `{pattern}`",
                    hint="give the output another name, or put it in another directory",
                )
        written.add(identity)


def _identity(path: Path) -> Path:
    """The place in the file system that `path` leads to, whether or not there is a file yet."""
    return Path(os.path.realpath(path))


def _would_take(pattern: str, output: Path) -> bool:
    """Whether a directory scan or a glob would come upon `output` once it is written."""
    if Path(pattern).is_dir():
        return output.parent == _identity(Path(pattern)) and bool(locate.roles_of(output))
    if Path(pattern).exists() or not glob.has_magic(pattern):
        return False
    # A star does not reach across a slash, so name and directory are compared one by one.
    folder, name = os.path.split(pattern)
    here = glob.glob(folder) if glob.has_magic(folder) else [folder]  # noqa: PTH207 - it may be absolute
    return fnmatch.fnmatchcase(output.name, name) and any(_identity(Path(each)) == output.parent for each in here)
