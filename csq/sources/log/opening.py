"""What the beginning of a usage log says of all of it, and why some logs cannot be counted in pieces."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from csq.errors import InputError
from csq.roles import SIGN_UPS
from csq.sources.cells.values import squeeze
from csq.sources.reading.dialect import obvious_delimiter, take_records
from csq.sources.reading.layout import may_end
from csq.sources.reading.read import InputFile, TextTable, broken_note, table_from_bytes
from csq.sources.roles.usage import is_event_id
from csq.sources.rows.measures import is_use
from csq.sources.rows.shapes import reshape
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

HEAD = 2**18
"""Bytes that settle what a file's columns are."""
SPOTS, SPOT = 32, 2**14
"""Places of a file, and bytes at each, that are looked at before all of it is read."""


TAIL = 2**14
"""Bytes of the end in which the last row is looked for."""


class Whole(Exception):
    """Why a log has to be read whole: only all of its rows together can tell what they say."""


@dataclass(frozen=True, kw_only=True, eq=False)
class LogFile:
    """A file to be read in pieces. `table` is its beginning."""

    path: Path
    table: TextTable
    header: tuple[str, ...]
    """The header's cells as they stand."""
    skip: int
    """Bytes of the header line."""
    sha256: str | None = None
    """Digest of the packed file that it comes from."""

    @property
    def label(self) -> str:
        """What the file is called in messages."""
        return self.table.label


def open_log(source: InputFile, options: ReadOptions) -> LogFile:
    """Look at the beginning of a file.

    Raises:
        Whole: It is no delimited text, something but a header stands above its rows, or something below them.
    """
    path = source.path
    if options.encoding:
        raise Whole("its encoding is told")
    try:
        with path.open("rb") as stream:
            head = take_records(stream, HEAD)
    except OSError:
        raise Whole("it cannot be opened") from None
    first = head.partition(b"\n")[0]
    try:
        table = table_from_bytes(head, source.label)
        line = head.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
        header = tuple(next(csv.reader([line], delimiter=table.delimiter), [])) if table.delimiter else ()
    except (InputError, UnicodeDecodeError, csv.Error):
        raise Whole("its beginning is no plain table") from None
    touched = table.extra_headers or set(table.dropped) - {"blank"}
    if (
        touched
        or tuple(name.strip() for name in header) != table.header
        or reshape(table, Role.USAGE, options.year) is not table
    ):
        raise Whole("its header is not the first line, and all of it")
    if obvious_delimiter(line) != (table.delimiter, len(header)) or len(header) < 2:
        raise Whole("its header leaves open what parts the cells")
    last = _last_cells(path, table.delimiter)
    if len(last) == len(header) and may_end(last):
        raise Whole("its last row reads like the foot of a report")
    lost = broken_note(table.broken)
    notes = (*source.notes, *(note for note in table.notes if note not in lost))
    table = table._replace(repairs=(), broken=(), notes=notes)
    return LogFile(path=path, table=table, header=header, skip=len(first) + 1, sha256=source.sha256)


def check_log(header: Sequence[str], fields: Mapping[str, int], options: ReadOptions) -> None:
    """Make certain that a file is an event log, whatever stands in the rows that were not looked at yet.

    Raises:
        Whole: Only all of them can tell.
    """
    others = [name for index, name in enumerate(header) if name and index not in fields.values()]
    measures = any(is_use(name, options) for name in others)
    signs_up = "user_id" in fields and "date" in fields and squeeze(header[fields["date"]]) in SIGN_UPS
    is_row_of_log = "user_id" in fields or is_event_id(header, fields)
    is_open = measures or signs_up or "period" in fields or (bool(others) and not is_row_of_log)
    if "date" not in fields or ("feature" not in fields and is_open):
        raise Whole("its header alone does not tell that it is an event log")


def spots(file: LogFile) -> list[list[str]]:
    """Lines from all over a file, cut into cells: those that look like rows."""
    size, delimiter = file.path.stat().st_size, file.table.delimiter
    lines: list[bytes] = []
    with file.path.open("rb") as stream:
        for spot in range(SPOTS + 1):
            stream.seek(max(file.skip, (size - SPOT) * spot // SPOTS))
            lines += stream.read(SPOT).split(b"\n")[1:-1]
    cells = (line.decode("latin-1").removesuffix("\r").split(delimiter) for line in lines)
    return [row for row in cells if len(row) == len(file.header)]


def _last_cells(path: Path, delimiter: str) -> list[str]:
    """The cells of the last record that is not blank, which is the last row where it has as many as the header."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - TAIL))
        lines = [line.decode(errors="replace") for line in stream.read().splitlines()]
    while lines and not lines[-1].replace(delimiter, "").strip():
        lines.pop()
    last = lines.pop() if lines else ""
    while last.count('"') % 2 and lines:  # it began lines above
        last = f"{lines.pop()}\n{last}"
    try:
        return next(csv.reader([last], delimiter=delimiter), [])
    except csv.Error:
        return last.split(delimiter)
