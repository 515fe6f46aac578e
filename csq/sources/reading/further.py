"""Several tables in one file, one below the other: where the first of them ends.

A further table begins with a row of names of its own: they are other names than those of the first table, and stand
over other columns, or over values where it has words. The same names again are the same table.
"""

from bisect import bisect
from collections.abc import Sequence, Set
from itertools import pairwise
from operator import eq
from typing import NamedTuple

import polars as pl

from csq.sources.reading.grid import LINE, Remark, Row
from csq.sources.reading.names import SAMPLE, VALUES, CellLook, are_names, is_header, kinds_below, over_values

KIND = "further table"
"""What the lines of further tables are called in `dropped`."""
MOST = 100
"""Blank lines under which a table is looked for."""


class _Run(NamedTuple):
    """Rows of one width that follow each other."""

    start: int
    end: int
    rows: Sequence[Row]

    @property
    def top(self) -> list[str]:
        """The cells of the first."""
        return self.rows[self.start][1]

    def body(self) -> list[list[str]]:
        """Those of the others, as many as are looked at."""
        return [cells for _, cells in self.rows[self.start + 1 : min(self.end, self.start + 1 + SAMPLE)]]

    @property
    def is_title(self) -> bool:
        """Whether it is but a title."""
        return self.end == self.start + 1 and _filled(self.top) == 1


def cut_off(rows: Sequence[Row], width: int, blank: Sequence[int]) -> tuple[int, int]:
    """How many of some rows belong to the first table, and how wide it is.

    Args:
        rows: Rows as cut, titles among them.
        width: Cells that most of them have.
        blank: Lines between them that are blank.
    """
    if not rows:
        return 0, width
    runs = _runs(rows)
    while len(runs) > 1 and runs[0].is_title:
        runs = runs[1:]
    first, tops = runs[0], _under_blank(rows, blank)
    own = len(first.top)
    # Names and what they say, two in a line, are as often a title.
    if (
        own != width
        and own > 1
        and first.end - first.start > 2
        and is_header(first.top, first.body() if own > 2 else [])
    ):
        width, header, kinds = own, first.top, kinds_below(first.body())
    else:
        full = [cells for run in runs if len(run.top) == width for cells in (run.top, *run.body())]
        header, kinds = full[0] if full else [], kinds_below(full[1:])
    for before, run, after in zip(runs, runs[1:], [*runs[2:], None], strict=False):
        if len(run.top) == width or not _begins(run, header, kinds, tops):
            continue
        if after is None or after.is_title or len(after.top) != width or _begins(after, [], [], tops):
            return before.start if before.is_title else run.start, width
    return len(rows), width


def _runs(rows: Sequence[Row]) -> list[_Run]:
    starts = [0, *(at for at in range(1, len(rows)) if len(rows[at][1]) != len(rows[at - 1][1])), len(rows)]
    return [_Run(start, end, rows) for start, end in pairwise(starts)]


def _under_blank(rows: Sequence[Row], blank: Sequence[int]) -> set[int]:
    """The places of rows that stand right under a blank line."""
    lines = [line for line, _ in rows]
    return {bisect(lines, line) for line in blank}


def _begins(run: _Run, header: Sequence[str], kinds: Sequence[CellLook], tops: Set[int]) -> bool:
    """Whether a run is a further table, under one with that header and such columns."""
    cells = run.top
    if run.end - run.start < 2 or not are_names(cells) or (header and all(map(eq, cells, header))):
        return False  # the same names are those of the same table
    return run.start in tops or over_values(cells, kinds) or is_header(cells, run.body())


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def below_blank(frame: pl.DataFrame, blank: Sequence[int], header: Sequence[str]) -> list[Remark]:
    """The rows of further tables that are as wide as the first, each under a blank line, for all that is known."""
    if not blank or frame.height < 3:
        return []
    starts = frame.with_row_index("at").filter(pl.col(LINE).is_in([line + 1 for line in blank]))["at"].head(MOST)
    for at in (at for at in starts if at > 1):
        rows = [row[1:] for row in frame.slice(at, SAMPLE + 2).rows()]
        title = len(rows) > 2 and len(header) > 1 and _filled(rows[0]) == 1
        names, *body = rows[title:]
        if not body or not are_names(names) or [*names] == [*header]:
            continue
        above = kinds_below([row[1:] for row in frame.slice(max(0, at - SAMPLE), min(at, SAMPLE)).rows()])
        if _is_other(names, above, body, header):
            return [(line, KIND) for line in frame[LINE][at:]]
    return []


def _is_other(
    names: Sequence[str], above: Sequence[CellLook], body: Sequence[Sequence[str]], header: Sequence[str]
) -> bool:
    """Whether a row stands between two tables: words of it under values, over other cells than those or such again."""
    below = kinds_below(body)
    under = [index for index, one in enumerate(above) if one in VALUES and names[index].strip()]
    if not under or not over_values(names, above):
        return False
    narrower = len(body) > 1 and any(
        not name.strip() and kept is not CellLook.BLANK and not any(row[index].strip() for row in body)
        for index, (name, kept) in enumerate(zip(names, above, strict=True))
    )
    apart = any(below[index] not in (above[index], CellLook.BLANK) for index in under)
    # The same columns again: a row of data may have a word for a number, but no name of a column.
    again = not {*filter(None, names)}.isdisjoint(header)
    return narrower or apart or (again and over_values(names, below))
