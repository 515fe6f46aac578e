"""Strict CSV: the delimiter under which every row has one width, and nothing is changed in any cell.

There are two ways to the same grid. `read_sound` takes what polars reads, where it is proved right; `read_strictly`
parses with Python's csv module, and knows what is wrong with a file that is not strict.
"""

import csv
import io
import itertools
import re
import sys
from typing import BinaryIO, NamedTuple

import polars as pl

from csq.errors import InputError, Location
from csq.sources.reading.grid import LINE, RawTable, Remark, Row, column, to_frame
from csq.sources.reading.proof import WIDEST, Lines, lines_of, read_proved, well_formed

DELIMITERS = (",", ";", "\t", "|")
RARE_DELIMITERS = {"\x1f": 2, "\x01": 2, "^": 2, "~": 2, ":": 4, " ": 4}
"""Tried when the others leave a single column, each with the columns it must give: words are full of blanks."""
NAMES = {",": "`,`", "\t": "tab", "\x1f": "the unit separator", "\x01": "control-A", " ": "blank"}
LONGEST_LONE_HEADER = 100
"""A single column with a longer header is no table: text, or columns of fixed width."""

LONGEST_CELL = 200
"""Lines that a quoted cell may go on for past the end of a part."""
MOST_COLUMNS = 1 << 14
"""As many as a spreadsheet has."""
BATCH = 500_000
"""Cells that are held as lists, before they are put into a frame."""

csv.field_size_limit(sys.maxsize)


def delimiter_note(delimiter: str) -> str:
    """Say which delimiter was found."""
    return f"delimiter {NAMES.get(delimiter, f'`{delimiter}`')}"


def read_sound(lines: Lines) -> RawTable | None:
    """The table that `read_strictly` finds in these lines, with no blank one at their end; None if that is not sure."""
    frame = read_proved(lines)
    notes = () if lines.delimiter == "," else (delimiter_note(lines.delimiter),)
    return None if frame is None else RawTable(frame=frame, delimiter=lines.delimiter, notes=notes)


def first_line(body: bytes) -> str:
    """The first line of a text."""
    end = body.find(b"\n")
    return body[: end if end >= 0 else None].decode()


_SOON = 2**20
"""Bytes whose lines Python counts as soon as polars."""


class LineEnds(NamedTuple):
    """How often a line feed stands in a text, a carriage return, and one right before the other."""

    feeds: int
    returns: int
    pairs: int

    @property
    def lines(self) -> int:
        """How many lines there are, whichever way they end."""
        return max(self.feeds, self.returns)

    @property
    def are_alike(self) -> bool:
        """Whether all lines end in a line feed alone, or all in both."""
        return not self.returns or self.pairs == self.lines


def line_ends(body: bytes) -> LineEnds:
    """Count the ends of lines; polars goes through many in half the time."""
    returns = body.count(b"\r") if b"\r" in body else 0  # to look for what is not there is ten times as quick
    if len(body) >= _SOON and not body.endswith(b"\r"):  # of that one polars would make an end
        try:
            lines, size = _lines_and_bytes(body)
        except pl.exceptions.ComputeError:
            pass  # no UTF-8
        else:
            feeds = lines - (not body.endswith(b"\n"))
            return LineEnds(feeds, returns, len(body) - size - feeds)
    return LineEnds(body.count(b"\n"), returns, body.count(b"\r\n") if returns else 0)


def _lines_and_bytes(body: bytes) -> tuple[int, int]:
    """How many lines there are between line feeds, and their bytes, ends left out."""
    text, bytes_of = pl.scan_lines(io.BytesIO(body), name="text"), pl.col("text").str.len_bytes().cast(pl.Int64())
    lines, size = text.select(pl.len(), bytes_of.sum().alias("size")).collect().row(0)
    return int(lines), int(size)


def take_records(stream: BinaryIO, size: int) -> bytes:
    """Read about `size` bytes on, to the end of a line at which no quote is open.

    A quote that stands astray never closes: then the end of a line it is, and whoever parses finds out.
    """
    data = stream.read(size)
    data += stream.readline()
    if b'"' not in data or data.count(b'"') % 2 == 0:
        return data
    here, more = stream.tell(), b""
    for line in itertools.islice(stream, LONGEST_CELL):
        more += line
        if line.count(b'"') % 2:
            return data + more
    stream.seek(here)
    return data


def read_part(data: bytes, delimiter: str, width: int, *, by_hand: bool = True) -> pl.DataFrame | None:
    """Read records from amid a UTF-8 file whose delimiter and width are known; lines count from the first of them.

    They are the rows that `read_strictly` finds there in the whole file. None if they are not strict, or not whole, or
    if polars cannot read them and Python's csv module, which takes ten times as long, is not to: `by_hand`.
    """
    body = without_end(data)
    if not body.strip(b"\r\n"):
        return to_frame([(0, [""] * width)]).clear()
    is_sound = b"\0" not in body and line_ends(body).are_alike
    frame = read_proved(lines_of(body, delimiter, width)) if is_sound else None
    if frame is not None or b"\0" in body or not by_hand:
        return frame
    found = _rows(body.decode(), delimiter, "")
    return found.frame if isinstance(found, _Parsed) and len(found.header) == width else None


def without_end(data: bytes) -> bytes:
    """The same without blank lines at its end. One line end may stay, for it costs a copy of all to take it off."""
    return data.rstrip(b"\r\n") if data.endswith((b"\n\n", b"\n\r\n", b"\r\r")) else data


def obvious_delimiter(header: str) -> tuple[str, int] | None:
    """The delimiter that cuts the header widest, if no other could cut it as wide."""
    counts = sorted(((header.count(delimiter), delimiter) for delimiter in DELIMITERS), reverse=True)
    (most, delimiter), (second, _) = counts[:2]
    header = header.removesuffix("\r")
    if most == 0 or second >= most or most >= (WIDEST if '"' in header else MOST_COLUMNS):
        return None
    is_sound = '"' not in header or re.match(well_formed(delimiter, most + 1), header)
    return (delimiter, most + 1) if is_sound else None


def read_strictly(text: str, label: str) -> RawTable | dict[str, InputError]:
    """Parse by the delimiter under which all rows have one width, the widest such.

    Without one, return the fault each delimiter met. A file of a single column counts as strict by the comma alone,
    and only if no other delimiter stands in its header.

    Raises:
        InputError: It has more columns than any table.
    """
    refuse_wide(text, label)
    best: tuple[str, _Parsed] | None = None
    faults: dict[str, InputError] = {}
    for delimiter in [delimiter for delimiter in DELIMITERS if delimiter in text]:
        found = _rows(text, delimiter, label)
        if isinstance(found, InputError):
            faults[delimiter] = found
        elif best is None or len(found.header) > len(best[1].header):
            best = (delimiter, found)
    if best is None or len(best[1].header) == 1:
        for delimiter, least in RARE_DELIMITERS.items():
            if delimiter not in text:
                continue
            found = _rows(text, delimiter, label)
            if not isinstance(found, InputError) and found.is_table(least):
                return found.grid(delimiter)
        if (single := _single_column(text, label, faults)) is None:
            return faults
        best = (",", single)
        if (inner := _within_quotes(single, label)) is not None:
            return inner
    delimiter, parsed = best
    return parsed.grid(delimiter)


def _within_quotes(found: "_Parsed", label: str) -> RawTable | None:
    """The table in a single column each of whose cells is a whole line of it; None where that is not certain.

    `Smith, Ann` under `Name, first` is one cell: there a blank stands after each comma.
    """
    lines = found.frame[column(0)]
    if not any(delimiter in lines[0] for delimiter in DELIMITERS) or lines.str.contains(r"[\r\n]").any():
        return None
    inner = read_strictly("\n".join(lines), label)
    if not isinstance(inner, RawTable) or not inner.delimiter or inner.frame.width < 3:
        return None
    names = [name.casefold() for name in inner.frame.row(0)[1:]]
    if len({*names}) < len(names) or any(not name or name != name.strip() for name in names):
        return None
    numbers = found.frame[LINE].gather(inner.frame[LINE] - 1)
    blank = tuple((found.frame[LINE][line - 1], what) for line, what in inner.dropped)
    note = "each line is one quoted cell: the quotes around it are left out"
    return inner.noting(note)._replace(frame=inner.frame.with_columns(numbers), dropped=(*found.blank, *blank))


def refuse_wide(text: str, label: str) -> None:
    """Raise InputError if a line has more cells than any table has columns; quoted text may be as long as it likes."""
    for line in re.finditer(rf"(?:\A|(?<=[\r\n]))[^\r\n]{{{MOST_COLUMNS},}}", text):
        outside = line[0].split('"')[text.count('"', 0, line.start()) % 2 :: 2]
        most = max(sum(part.count(delimiter) for part in outside) for delimiter in DELIMITERS)
        if most >= MOST_COLUMNS:
            raise InputError(
                f"a line of `{label}` has {most + 1:,} cells; csq reads up to {MOST_COLUMNS:,} columns",
                location=Location(label=label, line=text.count("\n", 0, line.start()) + 1),
                hint="export fewer columns, or put the line ends in that were lost",
            )


class _Parsed(NamedTuple):
    """Strictly parsed records, the header among them, and the blank lines passed over."""

    frame: pl.DataFrame
    blank: tuple[Remark, ...]

    @property
    def header(self) -> tuple[str, ...]:
        return self.frame.row(0)[1:]

    def is_table(self, least: int) -> bool:
        header = [cell.strip() for cell in self.header]
        return self.frame.height > 2 and len(header) >= least and all(header) and len(set(header)) == len(header)

    def grid(self, delimiter: str) -> RawTable:
        notes = () if delimiter == "," else (delimiter_note(delimiter),)
        return RawTable(frame=self.frame, delimiter=delimiter, dropped=self.blank, notes=notes)


def _single_column(text: str, label: str, faults: dict[str, InputError]) -> _Parsed | None:
    if "," in faults:
        return None
    found = _rows(text, ",", label)
    if isinstance(found, InputError):
        faults[","] = found
        return None
    (header,) = found.header
    if any(delimiter in header for delimiter in faults):
        return None
    if len(header) > LONGEST_LONE_HEADER:
        raise InputError(
            f"`{label}` has one column, and its first line is {len(header):,} characters long",
            location=Location(label=label, line=found.frame[LINE][0]),
            hint="text in columns of fixed width is not read; save it as CSV",
        )
    return found


def _rows(text: str, delimiter: str, label: str) -> _Parsed | InputError:
    """Strictly parsed records with the line each starts on; or the first fault."""
    # newline="" keeps line ends inside quoted cells and still counts CR, LF and CRLF as one line each.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    frames: list[pl.DataFrame] = []
    blank: list[Remark] = []
    start, width = 1, 0
    try:
        for cells in reader:
            if not cells:
                blank.append((start, "blank"))
            elif width and len(cells) != width:
                return InputError(
                    f"line {start:,} of `{label}` has {len(cells):,} cells, the header has {width:,}",
                    location=Location(label=label, line=start),
                    hint="quote cells that contain the delimiter, or mend the row",
                )
            else:
                width = len(cells)
                rows.append((start, cells))
                if len(rows) * width > BATCH:  # lists of text take ten times the memory of a frame
                    frames.append(to_frame(rows))
                    rows = []
            start = reader.line_num + 1
    except csv.Error as error:
        return _not_valid(label, start, str(error))
    if '"' in text and (fault := _misquoted(text, delimiter, label)):
        return fault  # the parser takes a quote amid a bare cell, and cuts the cell where the quote was to keep it
    return _Parsed(pl.concat([*frames, to_frame(rows)] if rows or not frames else frames), tuple(blank))


def _misquoted(text: str, delimiter: str, label: str) -> InputError | None:
    """The fault of the first cell that is neither bare of quotes nor quoted, if there is one."""
    cell = rf'(?:"(?:[^"]++|"")*+"|[^"{re.escape(delimiter)}\r\n]*+)'
    sound = re.match(rf"(?:{cell}(?:{re.escape(delimiter)}|\r\n?|\n))*+{cell}", text)
    end = sound.end() if sound else 0
    if end == len(text):
        return None
    line = len(io.StringIO(text[:end], newline=None).read().split("\n"))
    return _not_valid(label, line, "a quote in the wrong place")


def _not_valid(label: str, line: int, why: str) -> InputError:
    return InputError(f"line {line:,} of `{label}` is not valid CSV: {why}", location=Location(label=label, line=line))
