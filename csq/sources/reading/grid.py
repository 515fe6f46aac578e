"""What every way of parsing hands on: rows of one width with the line each starts on, and what it took to get there."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Self

import polars as pl

LINE = "line"
"""Column that holds the line a row starts on, counted from 1."""

Row = tuple[int, list[str]]
Remark = tuple[int, str]
"""A line, and what was the matter with it."""


class RawTable(NamedTuple):
    """All rows of a file, the header's among them.

    `frame` has `line` (Int64) and one String column for each cell, `c0`, `c1`, ... `repairs` were made, rows in
    `broken` could not be and are not in the frame; `dropped` are lines that hold no row, each with its kind; `titles`
    are the texts that stood above the header. `delimiter` is "" where nothing was cut. `warnings` are what a person who
    saw the file would want to know, `notes` all else that was done.
    """

    frame: pl.DataFrame
    delimiter: str = ""
    titles: tuple[str, ...] = ()
    repairs: tuple[Remark, ...] = ()
    broken: tuple[Remark, ...] = ()
    dropped: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    fault: str | None = None
    """Why the names of the header may stand over the wrong columns."""

    def noting(self, *notes: str) -> Self:
        """Return the same with `notes` in front."""
        return self._replace(notes=(*notes, *self.notes))


def column(index: int) -> str:
    """Name in a frame of the column at `index`."""
    return f"c{index}"


def cell_columns(frame: pl.DataFrame) -> list[str]:
    """Names of all columns but `line`."""
    return [name for name in frame.columns if name != LINE]


def to_frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Lay out rows of one width as a frame."""
    width = len(rows[0][1]) if rows else 0
    schema = {LINE: pl.Int64(), **{column(index): pl.String() for index in range(width)}}
    return pl.DataFrame([(line, *cells) for line, cells in rows], schema=schema, orient="row")


_TOGETHER = 1 << 14
"""Cells that are taken out of a frame at a time."""


def rows_of(frame: pl.DataFrame) -> Iterator[tuple[int, *tuple[str, ...]]]:
    """The rows of a frame, of a wide one a few at a time; cells that are alike are one text, held once."""
    known: dict[str, str] = {}
    for line, *cells in frame.iter_rows(buffer_size=1 + _TOGETHER // frame.width):
        yield line, *(known.setdefault(cell, cell) for cell in cells)


def in_parts(text: pl.Series) -> pl.DataFrame:
    """A column as a frame in a part for each thread: a look at each cell is then taken in all of them at once."""
    step = -(-max(1, text.len()) // pl.thread_pool_size())
    parts = [text.slice(start, step) for start in range(0, max(1, text.len()), step)]
    return pl.concat(parts, rechunk=False).to_frame()


def spans(lines: Sequence[int]) -> str:
    """Lines in words: `line 4`, `lines 1-3 and 7`; long lists are cut short."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    words = [f"{low:,}" if low == high else f"{low:,}-{high:,}" for low, high in runs]
    if len(words) > 5:
        words = [*words[:4], f"{len(words) - 4:,} more"]
    told = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    return f"line{'s' if len(lines) > 1 else ''} {told}"
