"""Text that parses strictly under no delimiter: read as well as the evidence allows, every repair told with its line.

The rows that are well formed decide how wide a row is and what its columns look like. Titles in front and footers
behind are set apart; stray quotes become text; short and long rows are aligned to the columns their cells fit. A row
that fits in no way, or in several, is broken: it is reported and not read.
"""

import io
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

import polars as pl

from csq.sources.reading.align import ColumnLooks
from csq.sources.reading.bulk import read_bulk
from csq.sources.reading.cutting import Draft, Style, cut
from csq.sources.reading.dialect import DELIMITERS
from csq.sources.reading.further import KIND, cut_off
from csq.sources.reading.grid import LINE, RawTable, Remark, Row, to_frame
from csq.sources.reading.layout import is_footer, is_prose
from csq.sources.reading.names import is_header
from csq.sources.reading.proof import Lines

SAMPLE = 2000
"""Lines by which a style is chosen."""
MOST_RUNS = 1000
"""Of rows that are put among others by copying none; to cut a frame so often takes as long as to sort a big one."""
LONGEST_NAME = 80
"""Of a column, where lines above the header are set apart. Prose has longer runs between its commas."""


def repair(text: str) -> RawTable | None:
    """Read what no strict parse takes; None if not even half of it looks like rows of one table."""
    lines = [line.rstrip("\r\n") for line in io.StringIO(text, newline="")]
    drafts = [draft for style in _styles(text) if (draft := cut(lines[:SAMPLE], style)) and draft.share() > 0]
    if not drafts:
        return None
    best = max(drafts, key=lambda draft: draft.share() + 0.02 * min(draft.width, 10))
    draft = cut(lines, best.style, best.width) if len(lines) > SAMPLE else best
    return _finish(draft) if draft else None


def repair_few(lines: Lines) -> RawTable | None:
    """Read lines most of which are sound, without a look at each; None where it takes that."""
    bulk = read_bulk(lines)
    return _finish(bulk.draft, bulk.rows) if bulk else None


def _styles(text: str) -> Iterator[Style]:
    """The styles there is any sign of, the usual ones first."""
    for delimiter in [delimiter for delimiter in DELIMITERS if delimiter in text]:
        spaced = f'{delimiter} "' in text
        yield Style(delimiter=delimiter)
        if spaced:
            yield Style(delimiter=delimiter, spaced=True)
        if '\\"' in text:
            yield Style(delimiter=delimiter, backslash=True)
        if f"{delimiter}'" in text:
            yield Style(delimiter=delimiter, quote="'")


def _finish(draft: Draft, others: pl.DataFrame | None = None) -> RawTable | None:
    """Set titles and footers apart, find the header, and align what is too short or too long.

    Args:
        draft: Rows as they were cut.
        others: More rows from amid them, which are as wide as they should be.
    """
    more = 0 if others is None else others.height
    rows = [(line, cells) for line, cells in draft.rows if not "".join(cells).isspace() and any(cells)]
    filled = {line for line, _ in rows}
    blank = [*draft.blank, *(line for line, _ in draft.rows if line not in filled)]
    dropped = [(line, "blank") for line in blank]
    end, wide = cut_off(rows, draft.width, blank)
    if end < len(rows) and (others is None or not (others[LINE] > rows[end][0]).any()):
        dropped += [(line, KIND) for line, _ in rows[end:]]
        rows, draft.width = rows[:end], wide
    titles: list[str] = []
    full = [cells for _, cells in rows if len(cells) == draft.width][: SAMPLE + 1]
    while full and len(rows[0][1]) < draft.width and not _opens(rows[0][1], full):
        line, cells = rows.pop(0)
        dropped.append((line, "preamble"))
        titles.append(",".join(cells))
    dropped += _footers(rows, draft.width, blank)
    apart = len(dropped) > len(blank)
    if len(rows) < 2 or (apart and max(map(len, rows[0][1])) > LONGEST_NAME):
        return None
    width = max(draft.width, len(rows[0][1])) if _header_is_wider(rows, draft.width) else draft.width
    usual = 1 + more + sum(len(cells) in (draft.width, width) for _, cells in rows[1:])
    if usual < max(2, (len(rows) + more) * (0.8 if apart else 0.5)) or (more and width != draft.width):
        return None
    kept, repairs, broken, fault = _aligned(rows, width, draft.style.delimiter)
    lost = {line for line, _ in broken} | {line for line, _ in dropped}
    notes = () if draft.style == Style(delimiter=",") else (draft.style.note(),)
    frame = to_frame(kept)
    return RawTable(
        frame=_among(frame, others) if others is not None and more else frame,
        delimiter=draft.style.delimiter,
        titles=tuple(titles),
        repairs=together(draft.repairs, repairs, lost),
        broken=tuple(broken),
        dropped=tuple(sorted(dropped)),
        notes=notes,
        fault=fault,
    )


def _among(few: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Put a few rows among others, all in the order of their lines."""
    places = others[LINE].search_sorted(few[LINE])
    if places.n_unique() > MOST_RUNS:
        return pl.concat([few, others]).sort(LINE)
    parts, at, first = [], 0, 0
    for place, run in groupby(places):
        after = first + len([*run])
        parts += [others[at:place], few[first:after]]
        at, first = place, after
    return pl.concat([*parts, others[at:]])


def _stripped(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _opens(cells: Sequence[str], full: Sequence[Sequence[str]]) -> bool:
    """Whether a narrow first row is the header all the same: the rows of full width that follow it have none."""
    filled = sum(map(bool, _stripped(cells)))
    return not is_header(full[0], full[1:]) and (filled > 2 or (filled > 1 and filled * 2 >= len(full[0])))


def _footers(rows: list[Row], width: int, blank: Sequence[int]) -> list[Remark]:
    """Take narrow rows off the end that speak like a footer, or stand apart from the table by a blank line."""
    full = [index for index, (_, cells) in enumerate(rows) if len(cells) == width]
    last = full[-1] if full else -1
    tail = rows[last + 1 :]
    if not tail or not all(sum(map(bool, _stripped(cells))) <= 2 or is_prose(cells) for _, cells in tail):
        return []
    apart = any(rows[last][0] < line < tail[0][0] for line in blank)
    if not apart and not all(is_footer(cells) for _, cells in tail):
        return []
    del rows[last + 1 :]
    return [(line, "total" if is_footer(cells) == "total" else "footer") for line, cells in tail]


def _header_is_wider(rows: Sequence[Row], width: int) -> bool:
    return len([cell for cell in _stripped(rows[0][1]) if cell]) > width


def _aligned(
    rows: Sequence[Row], width: int, delimiter: str
) -> tuple[list[Row], list[Remark], list[Remark], str | None]:
    """Bring the header and every row to `width` cells, by what the columns of the full rows look like."""
    columns = ColumnLooks([cells for _, cells in rows[1:] if len(cells) == width], delimiter)
    kept, repairs, broken = align_rows(rows[1:], width, columns)
    line, cells = rows[0]
    fault = columns.shifted(cells, width)
    if len(cells) != width:
        cells, what = columns.header(cells, width)
        repairs.insert(0, (line, what))
    return [(line, cells), *kept], repairs, broken, fault


def align_rows(rows: Sequence[Row], width: int, columns: ColumnLooks) -> tuple[list[Row], list[Remark], list[Remark]]:
    """Bring every row to `width` cells: the rows that could be, what was done to them, and those that could not."""
    kept: list[Row] = []
    repairs: list[Remark] = []
    broken: list[Remark] = []
    for line, cells in rows:
        mended = (cells, "") if len(cells) == width else columns.fit(cells, width)
        if mended is None:
            broken.append((line, f"{len(cells):,} cells where the header has {width:,}"))
            continue
        kept.append((line, mended[0]))
        if mended[1]:
            repairs.append((line, mended[1]))
    return kept, repairs, broken


def together(first: Sequence[Remark], then: Sequence[Remark], lost: Set[int]) -> tuple[Remark, ...]:
    """What was done to each line, in one remark; nothing of lines that are lost all the same."""
    seen = dict(first)
    if not then and not lost:
        return tuple(sorted(seen.items()))
    for line, what in then:
        seen[line] = f"{seen[line]}; {what}" if line in seen else what
    return tuple((line, seen[line]) for line in sorted(seen) if line not in lost)
