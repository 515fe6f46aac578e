"""What cannot be read twice, or only by unpacking it, laid down as a plain file: pipes, stdin and packed logs.

Whatever is wrong with a packed file is left to who reads it whole and can say so.
"""

import gzip
import hashlib
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from csq import scratch
from csq.errors import InputError
from csq.sources.containers import BROKEN, MEGABYTE, RATIO, SMALL, USUAL
from csq.sources.read import Source, label_of, refuse_device, stdin

LEAST = MEGABYTE
"""Packed bytes below which a file is not worth unpacking on disk."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def laid_down(paths: Sequence[Path]) -> Iterator[list[Source]]:
    """The files as plain ones, for as long as they are read.

    Raises:
        InputError: A pipe cannot be read.
    """
    with scratch.folder() as folder:
        yield [_source(path, folder / str(number)) for number, path in enumerate(paths)]


def _source(path: Path, target: Path) -> Source:
    label = label_of(path)
    refuse_device(path)
    try:
        if str(path) == "-":
            _copy(stdin(), target)
            return Source(target, label)
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            with path.open("rb") as stream:
                _copy(stream, target)
            return Source(target, label)
    except OSError as error:
        if label == "stdin" or path.exists():
            raise InputError(f"cannot read `{label}`: {error}") from None
        return Source(path, label)
    return _unpacked(path, target) or Source(path, label)


def _copy(stream: _Readable, target: Path, limit: int | None = None) -> bool:
    """Write the bytes down; whether they keep to the limit."""
    written = 0
    with target.open("wb") as out:
        while data := stream.read(MEGABYTE):
            written += out.write(data)
            if limit is not None and written > limit:
                return False
    return True


def _unpacked(path: Path, target: Path) -> Source | None:
    """A packed file unpacked; None where it is not packed, small, or nothing that could be a log."""
    packed = path.stat().st_size
    if packed < LEAST:
        return None
    limit = max(SMALL, RATIO * packed)
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic.startswith(b"\x1f\x8b"):
                note = "unpacked with gzip"
                with gzip.open(file) as stream:
                    sound = _copy(stream, target, limit)
            elif magic == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive:
                    (member,) = archive.infolist()
                    if member.compress_type not in USUAL:
                        return None
                    note = f"`{member.filename}` unpacked from a zip"
                    with archive.open(member) as stream:
                        sound = _copy(stream, target, limit)
            else:
                return None
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except BROKEN:
        return None
    return Source(target, label_of(path), (note,), digest) if sound else None
