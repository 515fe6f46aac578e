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
from csq.sources.reading.containers import BROKEN, RATIO, SMALL, USUAL
from csq.sources.reading.read import InputFile, label_of
from csq.sources.reading.streams import MEGABYTE, MOST_OF_LOG, refuse_if_tight, stream_of, too_big

LEAST = MEGABYTE
"""Packed bytes below which a file is not worth unpacking on disk."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@contextmanager
def laid_down(paths: Sequence[Path], max_bytes: int) -> Iterator[list[InputFile]]:
    """The files as plain ones, for as long as they are read.

    Raises:
        InputError: A pipe cannot be read, or gives more than `max_bytes`; or this process may have too little memory.
    """
    with scratch.folder() as folder:
        sources = [_source(path, folder / str(number), max_bytes) for number, path in enumerate(paths)]
        for source in (source for source in sources if source.path.is_file()):
            refuse_if_tight(source.label, min(source.path.stat().st_size, MOST_OF_LOG))
        yield sources


def _source(path: Path, target: Path, max_bytes: int) -> InputFile:
    label = label_of(path)
    try:
        if str(path) == "-" or not (path.is_dir() or stat.S_ISREG(path.stat().st_mode)):
            with stream_of(path) as stream:
                if not _copy(stream, target, max_bytes):
                    raise too_big(label, max_bytes)
            return InputFile(target, label)
    except OSError as error:
        if label == "stdin" or path.exists():
            raise InputError(f"cannot read `{label}`: {error}") from None
        return InputFile(path, label)
    return _unpacked(path, target) or InputFile(path, label)


def _copy(stream: _Readable, target: Path, limit: int | None = None) -> bool:
    """Write the bytes down; whether they keep to the limit."""
    written = 0
    with target.open("wb") as out:
        while data := stream.read(MEGABYTE):
            written += out.write(data)
            if limit is not None and written > limit:
                return False
    return True


def _unpacked(path: Path, target: Path) -> InputFile | None:
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
    return InputFile(target, label_of(path), (note,), digest) if sound else None
