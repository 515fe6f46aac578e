"""A big delimited file in batches of whole rows: those that reading it whole gives, with the lines they stand on.

Only for a file that parses strictly by the delimiter of its header, and has nothing below its rows: what can be told
only by all rows together, such as a repair or a total, is for the reader of whole files.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from csq.engine.scan import NotPlain
from csq.sources.biglog import read_head
from csq.sources.dialect import obvious_delimiter, read_part, take_records
from csq.sources.grid import LINE, Remark, cell_columns
from csq.sources.layout import may_end, told
from csq.sources.read import TextTable
from csq.sources.tables import ReadOptions

BATCH = 16 * 2**20
"""Bytes that are read together. What is made of them takes some ten times as much for a moment."""


@dataclass(frozen=True, kw_only=True)
class BatchedFile:
    """A file to be read in batches. `table` is its beginning: what holds of all its rows is told there."""

    path: Path
    table: TextTable


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some rows of a file.

    `frame` has `line` and the cells, `c0`, `c1`, ...; `data` are the bytes it was read from, `dropped` the rows in them
    that are no data.
    """

    data: bytes
    frame: pl.DataFrame
    dropped: tuple[Remark, ...]


def open_batched(path: Path, options: ReadOptions) -> BatchedFile:
    """Look at the beginning of a file. Raises NotPlain where it shows that the file has to be read whole."""
    table, size = read_head(path, options)
    with path.open("rb") as stream:
        header = stream.read(size).decode("utf-8-sig").rstrip("\r\n")
    if obvious_delimiter(header) != (table.delimiter, len(table.header)) or len(table.header) < 2:
        raise NotPlain("its header leaves open what parts the cells")
    return BatchedFile(path=path, table=table)


def read_batches(file: BatchedFile) -> Iterator[Batch]:
    """Read a file from its beginning.

    Raises:
        NotPlain: It has to be read whole.
    """
    line = 0
    header: list[str] = []
    last: tuple[str, ...] = ()
    with file.path.open("rb") as stream:
        while data := take_records(stream, BATCH):
            frame = _parse(data, file.table, line)
            if not header:
                _, *header = frame.row(0)
                frame = frame[1:]
            frame, dropped = _without_other_rows(frame, header)
            last = frame.row(-1)[1:] if frame.height else last
            yield Batch(data=data, frame=frame, dropped=dropped)
            line += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    if last and may_end(last):
        raise NotPlain("its last row reads like the foot of a report")


def with_rows(file: BatchedFile, rows: pl.DataFrame, dropped: tuple[Remark, ...] = ()) -> TextTable:
    """A table of some rows of a file; `dropped` are all the rows of it that are no data."""
    return replace(file.table, frame=rows, notes=(*file.table.notes, *told(dropped)))


def _parse(data: bytes, table: TextTable, above: int) -> pl.DataFrame:
    """The records in `data`, below so many lines."""
    if above == 0:
        data = data.removeprefix(codecs.BOM_UTF8)
    try:
        frame = read_part(data, table.delimiter, len(table.header))
    except UnicodeDecodeError:
        raise NotPlain("it is not all UTF-8") from None
    if frame is None:
        raise NotPlain(f"not all rows from line {above + 1:,} on parse strictly, as wide as the header")
    return frame.with_columns(pl.col(LINE) + above)


def _without_other_rows(frame: pl.DataFrame, header: list[str]) -> tuple[pl.DataFrame, tuple[Remark, ...]]:
    """Take out blank rows and repeated headers."""
    names = cell_columns(frame)
    is_blank = pl.all_horizontal(pl.col(name).str.strip_chars() == "" for name in names)
    is_header = pl.all_horizontal(pl.col(name) == cell for name, cell in zip(names, header, strict=True))
    kind = pl.when(is_blank).then(pl.lit("blank")).when(is_header).then(pl.lit("repeated header"))
    marked = frame.with_columns(kind.alias("kind"))
    dropped = marked.filter(pl.col("kind").is_not_null()).select(LINE, "kind")
    return marked.filter(pl.col("kind").is_null()).drop("kind"), tuple(dropped.iter_rows())
