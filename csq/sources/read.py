"""Bytes to a table of text: dialect, header and exact line numbers; no value is interpreted.

The one seam to the outside: whatever a file really is, a `TextTable` comes out of `read_table`
or an `InputError` that says what the file is and what to do. Nothing past this module knows about
delimiters or encodings.
"""

import csv
import hashlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from csq.errors import InputError, Location

DELIMITERS = (",", ";", "\t", "|")
LINE = "line"
"""Column of a `TextTable` that holds the line a row starts on, counted from 1."""


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A file as text.

    `frame` has the column `line` (Int64) and one String column per header, named `c0`, `c1`, ...:
    headers may repeat, positions cannot. Empty cells are empty strings here, not nulls.
    """

    label: str
    sha256: str
    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame

    def where(self, line: int | None = None) -> Location:
        """A location in this file; the header line when none is given, with its text as the excerpt."""
        if line is None or line == self.header_line:
            return Location(label=self.label, line=self.header_line, excerpt=",".join(self.header))
        return Location(label=self.label, line=line)


def column(index: int) -> str:
    """Name in `TextTable.frame` of the column at `index`."""
    return f"c{index}"


def read_bytes(path: Path) -> bytes:
    """Return what stands in `path`, `-` being stdin. Raises InputError naming what keeps it from being read."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except IsADirectoryError:
        raise InputError(f"`{path}` is a directory", hint="name a file, or give the directory alone") from None
    except FileNotFoundError:
        raise InputError(f"no such file: `{path}`") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read `{path}`: {error}") from None
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise InputError(f"`{path}` is empty", hint="export it again; csq needs a header line and at least one row")
    return data


def read_table(path: Path, label: str | None = None) -> TextTable:
    """Read one delimited text file, whole and unchanged.

    Raises:
        InputError: It cannot be opened, is empty, is not UTF-8, or is no rectangular CSV in any of
            the known delimiters.
    """
    data = read_bytes(path)
    label = label or ("stdin" if str(path) == "-" else str(path))
    text = _decode(data, label)
    rows = _parse(text, label)
    header_line, header = rows[0]
    body = rows[1:]
    if not body:
        raise InputError(f"`{label}` has a header and no rows", location=Location(label=label, line=header_line))
    schema = {LINE: pl.Int64(), **{column(i): pl.String() for i in range(len(header))}}
    frame = pl.DataFrame([(line, *cells) for line, cells in body], schema=schema, orient="row")
    return TextTable(
        label=label,
        sha256=hashlib.sha256(data).hexdigest(),
        header=tuple(cell.strip() for cell in header),
        header_line=header_line,
        frame=frame,
    )


def _decode(data: bytes, label: str) -> str:
    """UTF-8, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"`{label}` is not UTF-8",
            location=Location(label=label, line=line),
            hint="save it as `CSV UTF-8`, or convert it: `iconv -f WINDOWS-1252 -t UTF-8`",
        ) from None


Row = tuple[int, list[str]]


def _rows(text: str, delimiter: str, label: str) -> list[Row]:
    """Strictly parsed records with the line each starts on; blank lines are passed over.

    Raises:
        InputError: A quote is not closed or stands in the wrong place, or a row's width differs
            from the header's.
    """
    # newline="" keeps line ends inside quoted cells and still counts CR, LF and CRLF as one line each.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            if cells:
                rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"line {start:,} of `{label}` is not valid CSV: {error}", location=Location(label=label, line=start)
        ) from None
    width = len(rows[0][1]) if rows else 0
    for line, cells in rows:
        if len(cells) != width:
            raise InputError(
                f"line {line:,} of `{label}` has {len(cells):,} cells, the header has {width:,}",
                location=Location(label=label, line=line),
                hint="quote cells that contain the delimiter, or mend the row",
            )
    return rows


def _parse(text: str, label: str) -> list[Row]:
    """Rows by the delimiter under which all have one width, the widest such; else the likeliest's fault."""
    csv.field_size_limit(sys.maxsize)
    best: list[Row] = []
    faults: dict[str, InputError] = {}
    for delimiter in DELIMITERS:
        try:
            rows = _rows(text, delimiter, label)
        except InputError as fault:
            faults[delimiter] = fault
            continue
        if rows and (not best or len(rows[0][1]) > len(best[0][1])):
            best = rows
    if best and (len(best[0][1]) > 1 or not faults):
        return best
    if not faults:
        raise InputError(f"`{label}` has no rows")
    first_line = text.splitlines()[0]
    raise faults[max(faults, key=first_line.count)]
