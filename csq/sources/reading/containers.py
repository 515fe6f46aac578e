"""What a file really is, told from its first bytes: text, a packed file, a workbook, Parquet, or nothing for csq.

Packed files are opened as far down as they go. What cannot be a table of accounts is refused by the name of what
it is, with what to do about it. Nothing is unpacked past a limit that follows from the size of the packed file.
"""

import gzip
import io
import lzma
import sys
import zipfile
import zlib
from enum import StrEnum
from typing import NamedTuple

from csq.errors import InputError, TooBigError
from csq.sources.reading.streams import MAX_BYTES, MEGABYTE

SMALL = 64 * MEGABYTE
"""Unpacked, this much is always allowed."""
RATIO = 30
"""Above that, at most this many times the packed size. Text rarely packs better."""
BITE = 4096
"""Bytes of zstd taken at a time: they unpack to 128 MB at the very most."""
USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How members of a zip may be packed. Of others all that was read is unpacked at once: in 1,500 bytes may be 2 GB."""
DEPTH = 3
"""Packed files within packed files, at most."""

BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)
"""What zipfile raises at a part that cannot be unpacked."""


class Container(StrEnum):
    """The kinds of file that can hold a table."""

    TEXT = "text"
    WORKBOOK = "workbook"
    PARQUET = "parquet"


class Content(NamedTuple):
    """The bytes at the bottom of all packing, their kind, and one sentence for each packing taken off."""

    data: bytes
    kind: Container
    notes: tuple[str, ...] = ()


_UNWANTED: tuple[tuple[bytes, str, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password", "save it as .xlsx or as CSV"),
    (b"%PDF", "a PDF", "export the table itself, as CSV or XLSX"),
    (b"BZh", "packed with bzip2", "unpack it first: `bunzip2 FILE`"),
    (b"\xfd7zXZ", "packed with xz", "unpack it first: `unxz FILE`"),
    (b"7z\xbc\xaf", "a 7-Zip archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"\x89PNG", "a picture (PNG)", "export the table itself, as CSV or XLSX"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "export the table itself, as CSV or XLSX"),
    (b"GIF8", "a picture (GIF)", "export the table itself, as CSV or XLSX"),
    (b"SQLite format 3\0", "an SQLite database", "export the table as CSV"),
    (b"{\\rtf", "a text document (RTF)", "export the table itself, as CSV or XLSX"),
)


def open_content(data: bytes, label: str) -> Content:
    """Take off all packing and say what is left.

    Raises:
        InputError: It is nothing that holds a table, it is damaged, it holds several files, or it would unpack
            to more than the limit.
    """
    notes: list[str] = []
    for _ in range(DEPTH + 1):
        for magic, what, hint in _UNWANTED:
            if data.startswith(magic):
                raise InputError(f"`{label}` is {what}", hint=hint)
        if data.startswith(b"PAR1"):
            return Content(data=data, kind=Container.PARQUET, notes=tuple(notes))
        if data.startswith(b"\x1f\x8b"):
            data = _gunzip(data, label)
            notes.append("unpacked with gzip")
        elif data.startswith(b"\x28\xb5\x2f\xfd"):
            data = _unzstd(data, label)
            notes.append("unpacked with zstd")
        elif data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            archive = _archive(data, label)
            if "[Content_Types].xml" in archive.namelist() or _is_open_document(archive, label):
                return Content(data=_workbook(data, archive, label), kind=Container.WORKBOOK, notes=tuple(notes))
            name, data = _only_member(data, archive, label)
            notes.append(f"`{name}` unpacked from a zip")
        else:
            return Content(data=data, kind=Container.TEXT, notes=tuple(notes))
    raise InputError(f"`{label}` is packed more than {DEPTH} times over", hint="unpack it first")


def _is_open_document(archive: zipfile.ZipFile, label: str) -> bool:
    """Whether it is a spreadsheet of LibreOffice. Raises InputError for a text or slides of it."""
    if not {"mimetype", "content.xml"} <= {*archive.namelist()}:
        return False
    try:
        with archive.open("mimetype") as stream:
            kind = stream.read(100).decode("ascii", "replace").strip()
    except BROKEN as error:
        raise _damaged(label, "zip") from error
    if kind.startswith(_OPEN_DOCUMENT) and "spreadsheet" not in kind:
        raise InputError(f"`{label}` is an OpenDocument file without a sheet", hint="export the table as CSV or XLSX")
    return kind.startswith(_OPEN_DOCUMENT)


_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def ceiling(packed: int) -> int:
    """How many bytes a file of so many may hold."""
    return min(max(SMALL, RATIO * packed), MAX_BYTES)


_WAYS = {
    Container.TEXT: "unpack it first and give the file itself",
    Container.WORKBOOK: "save its sheet as CSV and give that",
    Container.PARQUET: "save it as CSV and give that",
}
"""How a file is read all the same, by what is in it."""


def too_big(label: str, packed: int, kind: Container = Container.TEXT) -> TooBigError:
    """Say that a file holds more, and how to have it read all the same."""
    return TooBigError(
        f"`{label}` would unpack to more than {ceiling(packed) // MEGABYTE:,} MB from {packed / MEGABYTE:,.1f} MB",
        hint=f"if that is meant, {_WAYS[kind]}",
    )


def _damaged(label: str, what: str) -> InputError:
    return InputError(f"`{label}` is a damaged {what} file, perhaps cut short", hint="download or export it again")


def _gunzip(data: bytes, label: str) -> bytes:
    limit = ceiling(len(data))
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            text = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(label, "gzip") from error
    if len(text) > limit:
        raise too_big(label, len(data))
    return text


def _unzstd(data: bytes, label: str) -> bytes:
    # Only a decompressor of its own tells a file that was cut short from a whole one; small bites keep the limit.
    if sys.version_info >= (3, 14):
        from compression import zstd

        new, broken = zstd.ZstdDecompressor, zstd.ZstdError
    else:
        import zstandard

        new, broken = zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError
    limit = ceiling(len(data))
    parts: list[bytes] = []
    frame, size, at = new(), 0, 0
    try:
        while at < len(data):
            parts.append(frame.decompress(data[at : at + BITE]))
            at = min(at + BITE, len(data)) - (len(frame.unused_data) if frame.eof else 0)
            size += len(parts[-1])
            if size > limit:
                raise too_big(label, len(data))
            if frame.eof and at < len(data):
                frame = new()
    except broken as error:
        raise _damaged(label, "zstd") from error
    if not frame.eof:
        raise _damaged(label, "zstd")
    return b"".join(parts)


def _archive(data: bytes, label: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise _damaged(label, "zip") from error
    if any(member.compress_type not in USUAL for member in archive.infolist()):
        raise InputError(f"`{label}` is a zip packed otherwise than is usual", hint="unpack it first")
    return archive


def _workbook(data: bytes, archive: zipfile.ZipFile, label: str) -> bytes:
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        raise InputError(f"`{label}` is a binary Excel workbook (.xlsb)", hint="save it as .xlsx or as CSV")
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise InputError(f"`{label}` is an Office document without a sheet", hint="export the table as CSV or XLSX")
    left = ceiling(len(data))
    if sum(member.file_size for member in archive.infolist()) > left:
        raise too_big(label, len(data), Container.WORKBOOK)
    for member in archive.infolist():
        left -= _true_size(archive, member, left)
        if left < 0:
            raise too_big(label, len(data), Container.WORKBOOK)
    return data


def _true_size(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> int:
    """The unpacked size of a part, which what it says of itself does not bound; at most a little over the limit."""
    size = 0
    told, member.file_size = member.file_size, limit + MEGABYTE
    try:
        with archive.open(member) as stream:
            while size <= limit and (bite := stream.read(MEGABYTE)):
                size += len(bite)
    except BROKEN:
        pass  # whether a damaged part is needed is for the reader of the workbook to say
    finally:
        member.file_size = told
    return size


def _only_member(data: bytes, archive: zipfile.ZipFile, label: str) -> tuple[str, bytes]:
    """The one file in a zip; what a Mac adds on its own does not count."""
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir() and not member.filename.startswith("__MACOSX/") and ".DS_Store" not in member.filename
    ]
    if not members:
        raise InputError(f"`{label}` is a zip with no file in it", hint="export it again")
    if len(members) > 1:
        names = ", ".join(f"`{member.filename}`" for member in members[:5])
        more = f" and {len(members) - 5:,} more" if len(members) > 5 else ""
        raise InputError(
            f"`{label}` is a zip with {len(members):,} files: {names}{more}",
            hint="unpack it, and give each file by its flag",
        )
    (member,) = members
    if member.flag_bits & 0x1:
        raise InputError(f"`{label}` is a zip with a password", hint="unpack it first")
    if member.file_size > ceiling(len(data)):
        raise too_big(label, len(data))
    try:
        with archive.open(member) as stream:
            # The declared size is only a claim: read no further than it.
            return member.filename, stream.read(member.file_size + 1)
    except BROKEN as error:
        raise _damaged(label, "zip") from error
