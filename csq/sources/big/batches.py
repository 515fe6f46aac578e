"""A big delimited file in batches of whole rows: those that reading it whole gives, with the lines they stand on.

Only for a file cut by the delimiter of its header that has nothing below its rows: what can be told only by all rows
together, such as a total, is for the reader of whole files.
"""

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from os import SEEK_CUR
from pathlib import Path
from typing import Self

import polars as pl

from csq.engine.rows import NotPlain
from csq.sources.align import Columns
from csq.sources.big import plain
from csq.sources.big.mending import learn_columns, mend
from csq.sources.big.plain import read_head
from csq.sources.dialect import obvious_delimiter, read_part, take_records
from csq.sources.grid import LINE, Remark, cell_columns
from csq.sources.layout import may_end, told
from csq.sources.read import TextTable, broken_note
from csq.sources.tables import ReadOptions

BATCH = 16 * 2**20
"""Bytes that are read together. What is made of them takes some ten times as much for a moment."""
DOUBTFUL = 2**18
"""Bytes that are read together where they do not parse strictly."""


@dataclass(frozen=True, kw_only=True)
class BatchedFile:
    """A file to be read in batches. `table` is its beginning: what holds of all its rows is told there."""

    path: Path
    table: TextTable


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some rows of a file.

    `frame` has `line` and the cells, `c0`, `c1`, ...; `data` are the bytes it was read from, `dropped` the rows in them
    that are no data, `repairs` and `broken` as in a `TextTable`.
    """

    data: bytes
    frame: pl.DataFrame
    dropped: tuple[Remark, ...] = ()
    repairs: tuple[Remark, ...] = ()
    broken: tuple[Remark, ...] = ()

    def below(self, lines: int) -> Self:
        """The same below so many lines."""
        repairs, broken = (
            tuple((line + lines, what) for line, what in remarks) for remarks in (self.repairs, self.broken)
        )
        return replace(self, frame=self.frame.with_columns(pl.col(LINE) + lines), repairs=repairs, broken=broken)


def open_batched(path: Path, options: ReadOptions) -> BatchedFile:
    """Look at the beginning of a file. Raises NotPlain where it shows that the file has to be read whole."""
    table, size = read_head(path, options)
    with path.open("rb") as stream:
        header = stream.read(size).decode("utf-8-sig").rstrip("\r\n")
    if obvious_delimiter(header) != (table.delimiter, len(table.header)) or len(table.header) < 2:
        raise NotPlain("its header leaves open what parts the cells")
    lost = broken_note(table.broken)
    notes = tuple(note for note in table.notes if note not in lost)
    return BatchedFile(path=path, table=replace(table, repairs=(), broken=(), notes=notes))


def read_batches(file: BatchedFile) -> Iterator[Batch]:
    """Read a file from its beginning.

    Raises:
        NotPlain: It has to be read whole.
    """
    line = 0
    header: list[str] = []
    last: tuple[str, ...] = ()
    columns: Columns | None = None
    with file.path.open("rb") as stream:
        size = BATCH
        while data := take_records(stream, size):
            batch = _strict(data, file.table, is_first=not line, is_short=size <= DOUBTFUL)
            size = min(size * 2, BATCH) if batch else size
            if batch is None and size > DOUBTFUL:
                # To repair takes a hundred times as long, so come near to what has to be.
                stream.seek(-len(data), SEEK_CUR)
                size = DOUBTFUL
                continue
            if batch is None:
                columns = columns or _columns(file)
                batch = _mended(data, file.table, columns, is_first=not line, is_end=not stream.peek(1))
                stream.seek(len(batch.data) - len(data), SEEK_CUR)
            if not header:
                _, *header = batch.frame.row(0)
                batch = replace(batch, frame=batch.frame[1:])
            batch = _without_other_rows(batch.below(line), header)
            last = batch.frame.row(-1)[1:] if batch.frame.height else last
            yield batch
            line += batch.data.count(b"\n") + batch.data.count(b"\r") - batch.data.count(b"\r\n")
    if last and may_end(last):
        raise NotPlain("its last row reads like the foot of a report")


def with_rows(file: BatchedFile, rows: pl.DataFrame, batches: Sequence[Batch]) -> TextTable:
    """A table of some rows of a file, with what was remarked in `batches`."""
    dropped, repairs, broken = (
        tuple(remark for batch in batches for remark in getattr(batch, name))
        for name in ("dropped", "repairs", "broken")
    )
    notes = (*broken_note(broken), *file.table.notes, *told(dropped))
    return replace(file.table, frame=rows, repairs=repairs, broken=broken, notes=notes)


def _strict(data: bytes, table: TextTable, *, is_first: bool, is_short: bool) -> Batch | None:
    """The records in `data`; None where they do not parse strictly, or that takes long to tell of what is not short."""
    if b"\0" in data:
        raise NotPlain("it holds NUL bytes")
    text = data.removeprefix(codecs.BOM_UTF8) if is_first else data
    try:
        frame = read_part(text, table.delimiter, len(table.header), by_hand=is_short)
    except UnicodeDecodeError:
        raise NotPlain("it is not all UTF-8") from None
    return Batch(data=data, frame=frame) if frame is not None else None


def _columns(file: BatchedFile) -> Columns:
    """What the columns look like at the beginning of the file."""
    with file.path.open("rb") as stream:
        head = take_records(stream, plain.HEAD).removeprefix(codecs.BOM_UTF8)
    return learn_columns(head, file.table.delimiter, len(file.table.header))


def _mended(data: bytes, table: TextTable, columns: Columns, *, is_first: bool, is_end: bool) -> Batch:
    """The records in `data`, up to the last that is sound, with those that have to be repaired."""
    mark = len(codecs.BOM_UTF8) if is_first and data.startswith(codecs.BOM_UTF8) else 0
    found = mend(data[mark:], table.delimiter, len(table.header), columns, is_end=is_end)
    return Batch(data=data[: mark + found.size], frame=found.frame, repairs=found.repairs, broken=found.broken)


def _without_other_rows(batch: Batch, header: list[str]) -> Batch:
    """Take out blank rows and repeated headers."""
    names = cell_columns(batch.frame)
    is_blank = pl.all_horizontal(pl.col(name).str.strip_chars() == "" for name in names)
    is_header = pl.all_horizontal(pl.col(name) == cell for name, cell in zip(names, header, strict=True))
    kind = pl.when(is_blank).then(pl.lit("blank")).when(is_header).then(pl.lit("repeated header"))
    marked = batch.frame.with_columns(kind.alias("kind"))
    dropped = marked.filter(pl.col("kind").is_not_null()).select(LINE, "kind")
    rows = marked.filter(pl.col("kind").is_null()).drop("kind")
    return replace(batch, frame=rows, dropped=tuple(dropped.iter_rows()))
