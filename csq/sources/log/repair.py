"""Rows amid a big file that do not parse strictly, repaired as they would be if the file were read whole.

What decides a repair is near it or at the beginning of the file: the row itself, the lines that follow up to the next
sound row, and what the columns look like in the first full rows.
"""

from typing import NamedTuple

import polars as pl

from csq.sources.log.opening import Whole
from csq.sources.reading.align import SAMPLE, ColumnLooks
from csq.sources.reading.cutting import LONGEST_CELL, Draft, Style, cut
from csq.sources.reading.grid import Remark, to_frame
from csq.sources.reading.repair import align_rows, together


class Mended(NamedTuple):
    """Rows with the lines they stand on, counted from the first of them, and what it took.

    `size` are the bytes read: a part that ends amid a row in doubt is read to the last sound row.
    """

    size: int
    frame: pl.DataFrame
    repairs: tuple[Remark, ...]
    broken: tuple[Remark, ...]


def learn_columns(head: bytes, delimiter: str, width: int) -> ColumnLooks:
    """What the columns look like in the first full rows of a file.

    Args:
        head: The beginning of the file, its header included.
        delimiter: What parts the cells.
        width: Cells of the header.

    Raises:
        Whole: The beginning holds too few of them, so that all of the file has to be seen.
    """
    draft = cut(_lines(head), Style(delimiter=delimiter), width)
    rows = draft.rows[1:-LONGEST_CELL] if draft else []
    full = [cells for _, cells in rows if len(cells) == width and any(cell.strip() for cell in cells)]
    if len(full) < SAMPLE:
        raise Whole("too few rows at its beginning are whole to align others by them")
    return ColumnLooks(full, delimiter)


def mend(data: bytes, delimiter: str, width: int, columns: ColumnLooks) -> Mended:
    """Read records from amid a UTF-8 file.

    Args:
        data: Whole lines, the first of which begins a record.
        delimiter: What parts the cells.
        width: Cells of the header.
        columns: What they look like.

    Raises:
        Whole: Too little of it is sound.
    """
    lines = _lines(data)
    draft = cut(lines, Style(delimiter=delimiter), width)
    sound = _last_sound(lines, draft, width) if draft else None
    if draft is None or sound is None or draft.share() < 0.5:
        raise Whole("most of its rows are no rows of one table")
    rows = [(line, cells) for line, cells in draft.rows if line <= sound and any(cell.strip() for cell in cells)]
    kept, repairs, broken = align_rows(rows, width, columns)
    told = together([remark for remark in draft.repairs if remark[0] <= sound], repairs, {line for line, _ in broken})
    size = len(data) if sound == draft.rows[-1][0] else sum(map(len, data.splitlines(keepends=True)[:sound]))
    return Mended(size=size, frame=to_frame(kept), repairs=told, broken=tuple(broken))


def _lines(data: bytes) -> list[str]:
    return [line.rstrip(b"\r\n").decode() for line in data.splitlines(keepends=True)]


def _last_sound(lines: list[str], draft: Draft, width: int) -> int | None:
    """The last line that is a full row by itself. What is cut above it does not hang on what stands below."""
    pattern, doubtful = draft.style.patterns.record, {line for line, _ in draft.repairs}
    for line, cells in reversed(draft.rows):
        if len(cells) == width and line not in doubtful and pattern.fullmatch(lines[line - 1]):
            return line
    return None
