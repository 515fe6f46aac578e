"""What polars reads of a text, and the proof that this is what the text says.

polars reads ten times as fast as Python's csv module, and keeps quiet about much that is wrong with a file: it leaves
out what a line has too much, and a quote amid a quoted cell. The cells of a record are right if they are as long
together as it is, but for what parts them and the quotes around one of them. What that does not prove, such as a record
of two quoted cells, is held against a pattern.
"""

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from csq.sources.reading.grid import LINE, column, in_parts

PART = 20_000
"""Records of several lines that are put together at a time, so that they are not all held twice."""
WIDEST = 1000
"""Columns up to which a pattern of a whole record can be compiled; wider ones that need it are parsed one by one."""


class Lines(NamedTuple):
    """A UTF-8 text by its lines, read as records of so many cells.

    `table` has `text`, a line without its end; `quotes`, how many stand in it; `starts`, whether a record begins there;
    `record`, which one it is part of, from 0; and `good`, whether that is proved well formed and as wide as told.
    `rows` are the cells of the records, or None where polars reads others; then none is good.
    """

    body: bytes
    delimiter: str
    width: int
    table: pl.DataFrame
    rows: pl.DataFrame | None


def lines_of(body: bytes, delimiter: str, width: int) -> Lines:
    """Cut a text into lines, and let polars read records of so many cells in them.

    Raises:
        UnicodeDecodeError: It is no UTF-8.
    """
    try:
        table = pl.read_lines(io.BytesIO(body), name="text")
    except pl.exceptions.ComputeError:
        body.decode()
        raise
    quotes = pl.col("text").str.count_matches('"', literal=True) if b'"' in body else pl.lit(0, dtype=pl.UInt32())
    table = table.with_columns(quotes=quotes)
    table = table.with_columns(starts=_starts(table["quotes"]), good=pl.lit(value=False))
    table = table.with_columns(record=pl.col("starts").cum_sum() - 1)
    rows = _rows_of(body, delimiter, width, int(table["starts"].sum()))
    good = None if rows is None else _good(rows, body, delimiter, table)
    if good is None:
        return Lines(body, delimiter, width, table, None)
    return Lines(body, delimiter, width, table.with_columns(good=good), rows)


def _starts(quotes: pl.Series) -> pl.Series:
    """Whether a record begins in each line: where no quote is open, that is an even number of them stands before."""
    is_odd = quotes % 2 == 1
    return is_odd == (is_odd.cum_sum() % 2 == 1) if is_odd.any() else ~is_odd


def _of_lines(good: pl.Series, table: pl.DataFrame) -> pl.Series:
    """Whether each line is good, as its record is."""
    return good.alias("good") if len(good) == table.height else good.gather(table["record"])


def _rows_of(body: bytes, delimiter: str, width: int, count: int) -> pl.DataFrame | None:
    """What polars reads of so many records; None if it finds others, or if many are too short to have such rows."""
    if 4 * count * width > 5 * (len(body) + 1):
        return None  # blank cells for all that are not there would fill the memory
    try:
        rows = cells_by_polars(body, delimiter, width)
    except pl.exceptions.PolarsError:
        return None
    return rows if rows.shape == (count, width) else None


def cells_by_polars(body: bytes, delimiter: str, width: int) -> pl.DataFrame:
    """The cells of each record: of one that is too short the last are blank, of one that is too long some left out."""
    return pl.read_csv(
        body,
        separator=delimiter,
        has_header=False,
        schema={column(index): pl.String() for index in range(width)},
        quote_char='"' if b'"' in body else None,
        empty_string_is_null=False,
        truncate_ragged_lines=True,
    )


def _good(rows: pl.DataFrame, body: bytes, delimiter: str, table: pl.DataFrame) -> pl.Series | None:
    """Whether each line's record is proved; None if quotes are astray, so that no record can be told from the next."""
    records = _records(body, delimiter, table)
    cells = rows.select(cells=pl.sum_horizontal(pl.all().str.len_bytes()) + (rows.width - 1))["cells"]
    good = records["is_plain"] & (records["length"] == cells + records["quotes"])
    if good.all():
        return pl.repeat(value=True, n=table.height, eager=True)
    proved = by_pattern(good, table, delimiter, rows.width)
    if proved is None or len(rows) == table.height:
        return proved
    # A record that is none may hide where polars lets the next begin.
    rest = table.filter(~proved & _alone())
    return proved if _fit(rest["text"], delimiter, None).all() else None


def by_pattern(good: pl.Series, table: pl.DataFrame, delimiter: str, width: int) -> pl.Series | None:
    """Whether each line's record is good: is so already, or fits the pattern of its width.

    None if one of several lines fits that of no width: then quotes are astray, and no record is told from the next.
    """
    others = table.with_columns(alone=_alone()).filter(~_of_lines(good, table))
    single = others.filter("alone")
    good = good.scatter(single["record"], _fit_alone(single, delimiter, width))
    for several in _parts(others.filter(~pl.col("alone"))):
        fits = _fit(several["text"], delimiter, width)
        if not _fit(several["text"].filter(~fits), delimiter, None).all():
            return None
        good = good.scatter(several["record"], fits)
    return _of_lines(good, table)


def _alone() -> pl.Expr:
    """Whether a line is a record by itself."""
    return pl.col("starts") & pl.col("starts").shift(-1, fill_value=True)


def _fit_alone(lines: pl.DataFrame, delimiter: str, width: int) -> pl.Series:
    """Whether each line is a well formed record of this width: all cells quoted, or else by the pattern."""
    fits = lines["quotes"] == 2 * width
    fits = fits.scatter(fits.arg_true(), _are_quoted(lines["text"].filter(fits), delimiter, width))
    rest = (~fits).arg_true()
    return fits.scatter(rest, _fit(lines["text"].gather(rest), delimiter, width))


def _are_quoted(text: pl.Series, delimiter: str, width: int) -> pl.Series:
    """Whether lines with two quotes for each of so many cells are that many cells, each between two of them.

    So it is if `","` stands between any two cells, and `"` at both ends: then there is no quote left to be in a cell.
    At an end `","` would have its quote counted twice.
    """
    between, line = f'"{delimiter}"', pl.col("text")
    ends = line.str.starts_with('"') & line.str.ends_with('"')
    twice = line.str.starts_with(between) | line.str.ends_with(between)
    parted = line.str.count_matches(between, literal=True) == width - 1
    return in_parts(text).select(ends & ~twice & parted).to_series()


def _records(body: bytes, delimiter: str, table: pl.DataFrame) -> pl.DataFrame:
    """Of each record its `length` without the line end behind it, its `quotes`, and whether it `is_plain`.

    A plain record has no quotes, or two, one of them where a cell begins, but not as its last character. If it is as
    long as its cells, what parts them and its quotes, these are around one cell. For of two others the first is amid a
    bare cell, which keeps it, and the second opens a cell that is never closed: read, it goes on too far; cut off, as
    what a row has too much, it leaves more than a quote missing, but for the end that is ruled out.
    """
    text, quotes = pl.col("text"), pl.col("quotes")
    length = text.str.len_bytes()
    if table["quotes"].max() == 0:
        return table.select("quotes", length=length, is_plain=True)
    opening = f'{delimiter}"'
    opens, stays = text.str.starts_with('"') | text.str.contains(opening, literal=True), ~text.str.ends_with(opening)
    looks = in_parts(table["text"]).select(length=length, opens=opens, stays=stays)
    told = looks.with_columns(table["starts"], table["quotes"])
    if not table["starts"].all():
        # By running totals: to group the lines takes four times as long.
        end = 1 + (b"\r" in body)
        so_far = told.with_columns((pl.col("length") + end).cast(pl.Int64).cum_sum(), quotes.cast(pl.Int64).cum_sum())
        last = so_far.filter(pl.col("starts").shift(-1, fill_value=True))
        told = last.with_columns(
            told["opens"].filter(told["starts"]),
            length=pl.col("length") - pl.col("length").shift(1, fill_value=0) - end,
            quotes=quotes - quotes.shift(1, fill_value=0),
        )
    return told.select("quotes", "length", is_plain=(quotes == 0) | (quotes == 2) & pl.col("opens") & pl.col("stays"))


def _parts(lines: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Records of several lines, some at a time: `record` and its `text`, for whose line ends other blanks stand."""
    starts = lines["starts"].arg_true()
    ends = pl.when(pl.col("starts").shift(-1, fill_value=True)).then(pl.lit("\n")).otherwise(pl.lit("\v"))
    for first in range(0, len(starts), PART):
        end = starts[first + PART] if first + PART < len(starts) else lines.height
        part = lines[starts[first] : end]
        joined = part.select((pl.col("text") + ends).str.join(""))["text"].str.strip_chars_end("\n")
        text = joined.str.split("\n").explode(empty_as_null=True, keep_nulls=True)
        yield pl.DataFrame([text, part["record"].filter(part["starts"])])


def _fit(records: pl.Series, delimiter: str, width: int | None) -> pl.Series:
    """Whether each record is well formed, and of this width if one is given."""
    if records.is_empty() or (width or 0) > WIDEST:
        return pl.repeat(value=False, n=records.len(), eager=True)
    return in_parts(records.alias("text")).select(pl.col("text").str.contains(well_formed(delimiter, width)))["text"]


def well_formed(delimiter: str, width: int | None) -> str:
    """A record of `width` cells, or of any number, each bare of quotes or properly quoted."""
    cell = rf'(?:"(?:[^"]|"")*"|[^"\n{re.escape(delimiter)}]*)'
    return rf"^{cell}(?:{re.escape(delimiter)}{cell}){'*' if width is None else f'{{{width - 1}}}'}\r?$"


def cells_in(delimiter: str) -> pl.Expr:
    """How many cells a line has at most."""
    return pl.col("text").str.count_matches(delimiter, literal=True) + 1


def read_proved(lines: Lines) -> pl.DataFrame | None:
    """All records of a text, each with the line it starts on, if all are proved well formed and as wide as told."""
    if lines.rows is None or not lines.table["good"].all():
        return None
    return numbered(lines.rows, lines.table["starts"])


def numbered(rows: pl.DataFrame, starts: pl.Series) -> pl.DataFrame:
    """Rows with the lines on which they start in front."""
    return rows.select((starts.arg_true().cast(pl.Int64) + 1).alias(LINE), pl.all())
