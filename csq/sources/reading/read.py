"""Bytes to a table of text: whatever a file really is, a `TextTable` comes out, or a sentence that says what to do.

The one seam to the outside. Nothing past this module knows about packing, encodings, delimiters or where a header
stands. A file that parses strictly comes back unchanged, cell for cell; what had to be repaired is listed with its
line. No value is interpreted.
"""

import hashlib
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Self

import polars as pl

from csq.errors import InputError, Location
from csq.sources.reading.containers import Container, Content, open_content
from csq.sources.reading.dialect import (
    LineEnds,
    first_line,
    line_ends,
    obvious_delimiter,
    read_sound,
    read_strictly,
    without_end,
)
from csq.sources.reading.encoding import Decoded, decode, refuse_other_text
from csq.sources.reading.grid import LINE, RawTable, Remark, cell_columns, column, spans
from csq.sources.reading.layout import Layout, arrange, comment_lines, told
from csq.sources.reading.proof import lines_of
from csq.sources.reading.streams import MAX_BYTES, read_bytes, refuse_if_tight, refuse_short_lines

__all__ = ["LINE", "TextTable", "column", "read_bytes", "read_table", "read_text_table", "table_from_bytes"]


LARGE = 2**16
"""Bytes from which on the way through polars pays; a smaller file is read before polars has begun."""

MOST_BY_HAND = 2**24
"""Characters up to which each row is looked at to repair it, which takes fifty times their memory."""
SHORT_LINE = 8
"""Bytes of a line below which, on average, a big file is parsed row by row."""
LONGEST_CELL = 1 << 20
"""Bytes of one cell. Spreadsheets take up to 50,000 characters; longer ones are most often a quote left open."""
LONGEST_HEADER = 1 << 21
"""Characters of all names of columns: 128 each, of as many columns as a spreadsheet has."""


class TextTable(NamedTuple):
    """A file as text.

    `frame` has the column `line` (Int64) and one String column per header, named `c0`, `c1`, ...:
    headers may repeat, positions cannot. Empty cells are empty strings here, not nulls.

    Attributes:
        header: Names of the columns, without blanks around them; a column without a name has "".
        header_line: Line of the header, from 1; in a workbook its row. Of a file without one that of its first row.
        is_named: Whether it has a header; if not, its columns are called `column_1`, `column_2`, ...
        delimiter: What parts the cells; "" in a workbook or Parquet.
        extra_headers: Further header rows under the first, as they stand in the file, each as wide as `header`.
        preamble: The titles and comments above the header, the cells of one line joined by commas.
        repairs: What was repaired, by line. Empty for a file that parses strictly.
        broken: Rows that could not be brought to the width of the header, by line; they are not in `frame`.
        dropped: Lines that are no data, by kind: `blank`, `comment`, `preamble`, `upper header`, `repeated header`,
            `footer`, `total`, `further table`.
        notes: What else the reader did, one sentence each: packing, encoding, delimiter, sheet, lines not data.
        warnings: What of the file a person may not see, or cannot be read, one sentence each.
    """

    label: str
    sha256: str
    header: tuple[str, ...]
    header_line: int
    frame: pl.DataFrame
    is_named: bool = True
    delimiter: str = ","
    extra_headers: tuple[tuple[str, ...], ...] = ()
    preamble: tuple[str, ...] = ()
    repairs: tuple[Remark, ...] = ()
    broken: tuple[Remark, ...] = ()
    dropped: Mapping[str, tuple[int, ...]] = {}
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fault: str | None = None
    """Why the names of the header may stand over the wrong columns."""

    def settled(self) -> Self:
        """The same. Raises InputError if names may stand over the wrong columns, for whoever goes by names."""
        if self.fault:
            raise InputError(
                f"{self.fault} in `{self.label}`",
                location=self.where(),
                hint="put the delimiter or the name in that the first line lacks",
            )
        return self

    def where(self, line: int | None = None) -> Location:
        """A location in this file; the header line when none is given, with its text as the excerpt."""
        if line is None or line == self.header_line:
            return Location(label=self.label, line=self.header_line, excerpt=",".join(self.header))
        return Location(label=self.label, line=line)


NO_ROWS = "it has a header and no rows"


def no_rows(table: TextTable) -> InputError:
    """The error for a file without rows, where some are needed."""
    return InputError(
        f"`{table.label}` has a header and no rows",
        location=table.where(),
        hint="export it again; if its first line is data, put the names of the columns above it",
    )


class InputFile(NamedTuple):
    """A file to be read: itself, or what was laid down of a pipe or unpacked of it."""

    path: Path
    label: str
    """What it is called in messages."""
    notes: tuple[str, ...] = ()
    sha256: str | None = None
    """Digest of the file itself, where it is packed."""

    @property
    def whole(self) -> Path:
        """The file to read whole: the reader of whole files unpacks by itself."""
        return Path(self.label) if self.sha256 else self.path


def label_of(path: Path) -> str:
    """What a file is called in messages and frames, which hold no bytes that are not UTF-8."""
    return "stdin" if str(path) == "-" else str(path).encode(errors="backslashreplace").decode()


def read_table(
    path: Path, label: str | None = None, *, encoding: str | None = None, max_bytes: int = MAX_BYTES
) -> TextTable:
    """Read one file, whole. One with a header and no rows is a table without rows.

    Args:
        path: The file; `-` is stdin.
        label: What to call it in messages; its path when none is given.
        encoding: Its encoding, if it is text and the bytes do not tell.
        max_bytes: The most that it may have.

    Raises:
        InputError: It cannot be opened, is too big, is empty, or is nothing that holds a table.
    """
    data = read_bytes(path, max_bytes)
    return table_from_bytes(data, label or label_of(path), encoding=encoding, max_bytes=max_bytes)


def table_from_bytes(data: bytes, label: str, *, encoding: str | None = None, max_bytes: int = MAX_BYTES) -> TextTable:
    """Read a file that is in memory already; see `read_table`."""
    content = open_content(data, label)
    if len(content.data) > len(data):  # packed
        refuse_if_tight(label, len(content.data))
    with ThreadPoolExecutor(max_workers=1) as beside:
        digest = beside.submit(hashlib.sha256, data)  # takes half as long as to read the file
        layout = _laid_out(content, label, encoding, max_bytes)
    return _table(layout, label, digest.result().hexdigest(), content.notes)


def _laid_out(content: Content, label: str, encoding: str | None, max_bytes: int) -> Layout:
    """The rows of what a file holds, under its header."""
    # Blanks and byte order marks.
    if re.fullmatch(rb"[ \t\r\n\0\xef\xbb\xbf\xff\xfe]*", content.data):
        raise _empty(f"`{label}` is empty")
    if content.kind is Container.PARQUET:
        from csq.sources.reading.parquet import read_parquet  # text needs none of it

        names, frame = read_parquet(content.data, label)
        lines = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias(LINE)
        return Layout(
            header=tuple(name.strip() for name in names),
            header_line=1,
            extra_headers=(),
            grid=_short(RawTable(frame=frame.insert_column(0, lines)), label, max_bytes),
        )
    if content.kind is Container.WORKBOOK:
        from csq.sources.reading.workbook import read_sheet  # likewise

        return arrange(_short(read_sheet(content.data, label), label, max_bytes))
    decoded = decode(content.data, label, encoding)
    ends = line_ends(content.data)
    refuse_short_lines(len(content.data), ends.lines, label, max_bytes)
    return arrange(_short(_parse(decoded, label, ends), label, max_bytes))


def _empty(what: str) -> InputError:
    return InputError(what, hint="export it again; csq needs a header line and at least one row")


def read_text_table(path: Path | str, *, encoding: str | None = None) -> pl.DataFrame:
    """Read one file as text: the header found, repairs applied, one String column per header.

    A column without a name is called `column_N`, N counting from 1; a name that is taken gets `_2`, `_3`, ... A file
    with a header and no rows is a frame without rows.

    Raises:
        InputError: It cannot be opened, is empty, or is nothing that holds a table.
    """
    table = read_table(Path(path), encoding=encoding)
    return table.frame.drop(LINE).rename(dict(zip(table.frame.columns[1:], unique_names(table.header), strict=True)))


def unique_names(header: tuple[str, ...]) -> list[str]:
    """Names for the columns of a frame: each there, each once."""
    names: list[str] = []
    for index, name in enumerate(header, start=1):
        first = name or f"column_{index}"
        free = first if name else next(_numbered(first, {*header}))
        names.append(free if free not in names else next(_numbered(first, {*header, *names})))
    return names


def _numbered(name: str, taken: set[str]) -> Iterator[str]:
    """`name`, `name_2`, `name_3`, ... without those that are taken."""
    names = (f"{name}_{count}" if count > 1 else name for count in itertools.count(1))
    return (one for one in names if one not in taken)


def _table(layout: Layout, label: str, sha256: str, notes: tuple[str, ...]) -> TextTable:
    grid = layout.grid
    if (size := sum(map(len, layout.header))) > LONGEST_HEADER:
        raise InputError(
            f"the header of `{label}` has {size:,} characters; csq reads up to {LONGEST_HEADER:,}",
            location=Location(label=label, line=layout.header_line),
            hint="shorten the names of the columns",
        )
    kinds = dict.fromkeys(kind for _, kind in grid.dropped)
    none = (NO_ROWS,) if grid.frame.is_empty() else ()
    return TextTable(
        label=label,
        sha256=sha256,
        header=layout.header,
        header_line=layout.header_line,
        is_named=layout.is_named,
        frame=grid.frame,
        delimiter=grid.delimiter,
        extra_headers=layout.extra_headers,
        preamble=grid.titles,
        repairs=grid.repairs,
        broken=grid.broken,
        dropped={kind: tuple(line for line, what in grid.dropped if what == kind) for kind in kinds},
        notes=(*notes, *broken_note(grid.broken), *grid.notes, *told(grid.dropped), *none),
        warnings=grid.warnings,
        fault=grid.fault,
    )


def broken_note(broken: Sequence[Remark]) -> tuple[str, ...]:
    """Say how many rows are broken, and where; nothing where none is."""
    lines = [line for line, _ in broken]
    return (f"{len(lines):,} broken row{'s' if len(lines) > 1 else ''} not read ({spans(lines)})",) if lines else ()


def _short(grid: RawTable, label: str, max_bytes: int) -> RawTable:
    """The same. Raises InputError at a cell so long that each look at it would take as long as a file.

    Whoever lets a file have more than `MAX_BYTES` lets a cell have as much.
    """
    longest = LONGEST_CELL if max_bytes <= MAX_BYTES else max_bytes
    for place, name in enumerate(cell_columns(grid.frame), start=1):
        if grid.frame[name].estimated_size() <= longest:  # nor is any cell of it longer
            continue
        sizes = grid.frame[name].str.len_bytes()
        row = sizes.arg_max()
        if row is not None and sizes[row] > longest:
            line = int(grid.frame[LINE][row])
            raise InputError(
                f"line {line:,} of `{label}` has a cell of {sizes[row]:,} bytes in column {place:,}; csq reads up to "
                f"{longest:,}",
                location=Location(label=label, line=line),
                hint="if a quote was left open before it, close it; else shorten the cell, or lift the limit with "
                "`--max-size 2GB`",
            )
    return grid


def _parse(decoded: Decoded, label: str, ends: LineEnds) -> RawTable:
    """Text with such lines to rows of one width: the fast way where it is the same, then strictly, then with repairs.

    Raises:
        InputError: It is no table in any of these ways; the fault is that of the likeliest delimiter.
    """
    refuse_other_text(decoded.head, label)
    if decoded.utf8 is not None and (grid := _parse_large(decoded.utf8, ends)):
        return grid.noting(*decoded.notes)
    text = decoded.text
    repairs: tuple[Remark, ...] = ()
    if "\0" in text:
        repairs = _nul_repairs(text)
        text = text.replace("\0", "")
    comments, text = _without_comments(text)
    if not text or text.isspace():
        raise _empty(f"`{label}` is empty but for its comments")
    body = text.encode() if comments or repairs or decoded.utf8 is None else b""
    grid = _parse_large(body, line_ends(body)) or _parse_text(text.rstrip("\r\n"), label)
    if comments:
        grid = _under(comments, grid)
    return grid._replace(repairs=tuple(sorted((*repairs, *grid.repairs)))).noting(*decoded.notes)


def _parse_large(body: bytes, ends: LineEnds) -> RawTable | None:
    """Text with such lines through polars, but for rows that need repair; None where that may not be the same."""
    if len(body) <= LARGE or (len(body) > MOST_BY_HAND and ends.lines * SHORT_LINE > len(body)):
        return None  # to tell lines apart takes many times the memory of short ones
    if body.startswith((b"\n", b"\r", b'"#', b"#", b"sep=", b'"sep=')):
        return None
    found = obvious_delimiter(first_line(body))
    if found is None or b"\0" in body or not ends.are_alike:
        return None
    cut = lines_of(without_end(body), *found)
    if (grid := read_sound(cut)) is not None:
        return grid
    from csq.sources.reading.repair import repair_few  # few files need it

    return repair_few(cut)


def _parse_text(text: str, label: str) -> RawTable:
    strict = read_strictly(text, label)
    if isinstance(strict, RawTable):
        return strict
    from csq.sources.reading.repair import repair  # few files need it

    repaired = repair(text) if len(text) < MOST_BY_HAND else None
    if repaired is not None:
        return repaired
    first_line = text.splitlines()[0]
    raise strict[max(strict, key=first_line.count)]


def _nul_repairs(text: str) -> tuple[Remark, ...]:
    lines = io.StringIO(text, newline="")
    return tuple((number, "NUL bytes left out") for number, line in enumerate(lines, start=1) if "\0" in line)


def _without_comments(text: str) -> tuple[list[str], str]:
    """The lines of a comment block, and the text below it."""
    above = comment_lines(text)
    if not above:
        return [], text
    lines = list(io.StringIO(text, newline=""))
    return [line.rstrip("\r\n") for line in lines[:above]], "".join(lines[above:])


def _under(lines: list[str], grid: RawTable) -> RawTable:
    """The same grid under the lines of a comment block."""
    above = len(lines)

    def down(remarks: tuple[Remark, ...]) -> tuple[Remark, ...]:
        return tuple((line + above, what) for line, what in remarks)

    comments = tuple((line, "comment") for line in range(1, above + 1))
    return grid._replace(
        frame=grid.frame.with_columns(pl.col(LINE) + above),
        repairs=down(grid.repairs),
        broken=down(grid.broken),
        dropped=(*comments, *down(grid.dropped)),
        titles=(*lines, *grid.titles),
    )
