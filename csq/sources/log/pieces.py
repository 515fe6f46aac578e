"""A delimited file in pieces of whole rows, each read in the fastest way that is certain to read it right.

How a piece is read is decided piece by piece: plain, straight from its bytes, where that is proved to be the same; else
strictly; else with repairs. The rows are those that reading the file whole gives, with the lines they stand on.
"""

import codecs
import io
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from os import SEEK_CUR
from typing import NamedTuple, Self

import polars as pl

from csq.sources.log.opening import HEAD, LogFile, Whole
from csq.sources.log.repair import learn_columns, mend
from csq.sources.log.scan import Scan, plain_rows
from csq.sources.reading.align import ColumnLooks
from csq.sources.reading.dialect import read_part, take_records
from csq.sources.reading.grid import LINE, Remark, cell_columns
from csq.sources.reading.layout import told
from csq.sources.reading.read import TextTable, broken_note

PIECE = 16 * 2**20
"""Bytes that are read together: the memory of so many is used again for the next."""
PART = 2**20
"""Bytes of a piece that are read apart where not all of it is plain."""
DOUBTFUL = 2**18
"""Bytes that are read together where they do not parse strictly."""
BESIDE = 2
"""Pieces that are read at a time, so that no core waits for the end of one."""


class OddRows(NamedTuple):
    """Rows that are not plain.

    `frame` has `line` and the cells, `c0`, `c1`, ...; `dropped` are the rows among them that are no data, `repairs` and
    `broken` as in a `TextTable`.
    """

    frame: pl.DataFrame
    dropped: tuple[Remark, ...] = ()
    repairs: tuple[Remark, ...] = ()
    broken: tuple[Remark, ...] = ()

    def below(self, lines: int) -> Self:
        """The same below so many lines."""
        repairs, broken = (
            tuple((line + lines, what) for line, what in remarks) for remarks in (self.repairs, self.broken)
        )
        return self._replace(frame=self.frame.with_columns(pl.col(LINE) + lines), repairs=repairs, broken=broken)


def read_pieces(
    file: LogFile, scan: Scan | None, look: Callable[[bytes], object]
) -> Generator[pl.DataFrame | OddRows, None, None]:
    """Read a file: its plain rows (see `plain_rows`), and what is not plain.

    Args:
        file: The file.
        scan: Where the fields of a plain row stand; None if no row can be plain.
        look: Is shown all bytes of the file, in their order.

    Raises:
        Whole: It has to be read whole.
    """
    line, rest = 1, b""
    for data, reading in _ahead(file, scan, look):
        rows = reading.result() if reading and not rest else None
        parts = [(data, rows)] if rows is not None else _apart(rest + data, scan)
        rest = b""
        for part, rows in parts:
            if rows is not None and not rest:
                yield rows
                line += rows.height
            else:
                line, rest = yield from _careful(file, rest + part, line)
    if rest:
        raise Whole("its last row is in doubt")


def _apart(data: bytes, scan: Scan | None) -> list[tuple[bytes, pl.DataFrame | None]]:
    """A piece cut into those parts of it that are plain, with their rows, and what lies between."""
    found: list[tuple[bytes, pl.DataFrame | None]] = []
    stream = io.BytesIO(data)
    while scan and (part := take_records(stream, PART)):
        rows = plain_rows(part, scan)
        if rows is None and found and found[-1][1] is None:
            found[-1] = (found[-1][0] + part, None)
        else:
            found.append((part, rows))
    return found if scan else [(data, None)]


Ahead = Iterator[tuple[bytes, Future[pl.DataFrame | None] | None]]


def _ahead(file: LogFile, scan: Scan | None, look: Callable[[bytes], object]) -> Ahead:
    """Pieces whose plain reading has begun.

    To read and look at the bytes takes one core, which is time for the pieces before.
    """
    coming: deque[tuple[bytes, Future[pl.DataFrame | None] | None]] = deque()
    with file.path.open("rb") as stream, ThreadPoolExecutor(BESIDE) as beside:
        look(stream.read(file.skip))
        while data := take_records(stream, PIECE):
            coming.append((data, beside.submit(plain_rows, data, scan) if scan else None))
            look(data)
            if len(coming) > BESIDE:
                yield coming.popleft()
        yield from coming


def _careful(file: LogFile, data: bytes, line: int) -> Generator[OddRows, None, tuple[int, bytes]]:
    """The rows of a piece, strictly or with repairs. Returns the line it ends on, and what is left for the next."""
    stream, size = io.BytesIO(data), max(len(data), 1)
    while part := take_records(stream, size):
        batch, taken = _strict(part, file, is_short=size <= DOUBTFUL), part
        if batch is None and size > DOUBTFUL:
            # To repair takes a hundred times as long, so come near to what has to be.
            stream.seek(-len(part), SEEK_CUR)
            size = DOUBTFUL
            continue
        size = min(size * 2, PIECE) if batch else size
        if batch is None:
            batch, taken = _mended(part, file)
            stream.seek(len(taken) - len(part), SEEK_CUR)
        yield _without_other_rows(batch.below(line), file.header)
        line += taken.count(b"\n") + taken.count(b"\r") - taken.count(b"\r\n")
        if len(taken) < len(part) and stream.tell() + len(part) - len(taken) == len(data):
            break
    return line, data[stream.tell() :]


def _strict(data: bytes, file: LogFile, *, is_short: bool) -> OddRows | None:
    """The records in `data`; None where they do not parse strictly, or that takes long to tell of what is not short."""
    if b"\0" in data:
        raise Whole("it holds NUL bytes")
    try:
        frame = read_part(data, file.table.delimiter, len(file.header), by_hand=is_short)
    except UnicodeDecodeError:
        raise Whole("it is not all UTF-8") from None
    return OddRows(frame=frame) if frame is not None else None


def _mended(data: bytes, file: LogFile) -> tuple[OddRows, bytes]:
    """The records in `data`, up to the last that is sound, with those that have to be repaired; and their bytes."""
    found = mend(data, file.table.delimiter, len(file.header), _columns(file))
    return OddRows(frame=found.frame, repairs=found.repairs, broken=found.broken), data[: found.size]


@lru_cache(maxsize=8)
def _columns(file: LogFile) -> ColumnLooks:
    """What the columns look like at the beginning of the file."""
    with file.path.open("rb") as stream:
        head = take_records(stream, HEAD).removeprefix(codecs.BOM_UTF8)
    return learn_columns(head, file.table.delimiter, len(file.header))


def _without_other_rows(batch: OddRows, header: Sequence[str]) -> OddRows:
    """Take out blank rows and repeated headers."""
    names = cell_columns(batch.frame)
    is_blank = pl.all_horizontal(pl.col(name).str.strip_chars() == "" for name in names)
    is_header = pl.all_horizontal(pl.col(name) == cell for name, cell in zip(names, header, strict=True))
    kind = pl.when(is_blank).then(pl.lit("blank")).when(is_header).then(pl.lit("repeated header"))
    marked = batch.frame.with_columns(kind.alias("kind"))
    dropped = marked.filter(pl.col("kind").is_not_null()).select(LINE, "kind")
    rows = marked.filter(pl.col("kind").is_null()).drop("kind")
    return batch._replace(frame=rows, dropped=tuple(dropped.iter_rows()))


def with_rows(file: LogFile, rows: pl.DataFrame, batches: Sequence[OddRows]) -> TextTable:
    """A table of some rows of a file, with what was remarked in `batches`."""
    dropped, repairs, broken = (
        tuple(remark for batch in batches for remark in getattr(batch, name))
        for name in ("dropped", "repairs", "broken")
    )
    notes = (*broken_note(broken), *file.table.notes, *told(dropped))
    return file.table._replace(frame=rows, repairs=repairs, broken=broken, notes=notes)
