"""Text that parses strictly under no delimiter: read as well as the evidence allows, every repair told with its line.

The rows that are well formed decide how wide a row is and what its columns look like. Titles in front and footers
behind are set apart; stray quotes become text; short and long rows are aligned to the columns their cells fit. A row
that fits in no way, or in several, is broken: it is reported and not read.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from csq.sources.reading.align import ColumnLooks
from csq.sources.reading.dialect import DELIMITERS, delimiter_note
from csq.sources.reading.grid import RawTable, Remark, Row, to_frame
from csq.sources.reading.layout import is_footer

SAMPLE = 2000
"""Lines by which a style is chosen."""
LONGEST_CELL = 200
"""Lines that one quoted cell may go on for."""
LONGEST_NAME = 80
"""Of a column, where lines above the header are set apart. Prose has longer runs between its commas."""
MOST_QUOTES = 200
"""In one line; above this nobody can tell what was meant."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """A way of writing CSV: what parts cells, what quotes them, whether a backslash escapes, whether blanks follow."""

    delimiter: str
    quote: str = '"'
    backslash: bool = False
    spaced: bool = False

    def note(self) -> str:
        """Say what is unusual about it."""
        words = [delimiter_note(self.delimiter + " " if self.spaced else self.delimiter)]
        words += ["quoted by `'`"] if self.quote == "'" else []
        words += ["escaped by `\\`"] if self.backslash else []
        return ", ".join(words)

    def pattern(self) -> re.Pattern[str]:
        """A well-formed record. An apostrophe in a bare cell is one; a double quote is a fault."""
        delimiter, quote = re.escape(self.delimiter), self.quote
        inner = rf"(?:[^{quote}\\]|\\.|{quote}{quote})*" if self.backslash else rf"(?:[^{quote}]|{quote}{quote})*"
        bare = rf"(?!{quote})[^{delimiter}\n]*" if quote == "'" else rf'[^"{delimiter}\n]*'
        blanks = " *" if self.spaced else ""
        cell = rf"{blanks}(?:{quote}{inner}{quote}|{bare})"
        return re.compile(rf"{cell}(?:{delimiter}{cell})*", re.DOTALL)

    def cells(self, record: str) -> list[str]:
        """Cut a well-formed record."""
        reader = csv.reader(
            [record],
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar="\\" if self.backslash else None,
            skipinitialspace=self.spaced,
        )
        return next(reader, [""])


@dataclass(kw_only=True)
class Draft:
    """Records as cut, before short and long ones are seen to. `gaps` are the lines that follow a blank one."""

    style: Style
    width: int
    rows: list[Row] = field(default_factory=list)
    repairs: list[Remark] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)

    def share(self) -> float:
        """How much of the file is as wide as it should be; what had to be mended counts a little less."""
        full = sum(len(cells) == self.width for _, cells in self.rows)
        return (full - 0.1 * len(self.repairs)) / max(len(self.rows), 1)


def repair(text: str) -> RawTable | None:
    """Read what no strict parse takes; None if not even half of it looks like rows of one table."""
    lines = [line.rstrip("\r\n") for line in io.StringIO(text, newline="")]
    drafts = [draft for style in _styles(text) if (draft := cut(lines[:SAMPLE], style)) and draft.share() > 0]
    if not drafts:
        return None
    best = max(drafts, key=lambda draft: draft.share() + 0.02 * min(draft.width, 10))
    draft = cut(lines, best.style, best.width) if len(lines) > SAMPLE else best
    return _finish(draft) if draft else None


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


def cut(lines: Sequence[str], style: Style, width: int | None = None) -> Draft | None:
    """Cut all lines, joining those that a quoted cell goes over; None if no width is usual among them."""
    pattern = style.pattern()
    single = [style.cells(line) if line.strip() and pattern.fullmatch(line) else None for line in lines]
    widths = Counter(len(cells) for cells in single if cells and len(cells) > 1)
    if width is None:
        if not widths:
            return None
        first = next(len(cells) for cells in single if cells and len(cells) > 1)
        width = max(widths, key=lambda one: (widths[one], one == first))
    draft = Draft(style=style, width=width)
    at = 0
    while at < len(lines):
        cells = single[at]
        taken = 1
        if not lines[at].strip():
            draft.blank.append(at + 1)
        elif cells is not None:
            draft.rows.append((at + 1, cells))
        else:
            taken = _joined(lines, single, at, pattern, draft)
        at += taken
    return draft


def _joined(
    lines: Sequence[str], single: Sequence[list[str] | None], at: int, pattern: re.Pattern[str], draft: Draft
) -> int:
    """Cut a record that is no well-formed line: it goes on, or its quotes are astray. Returns the lines it took."""
    for end in range(at + 2, min(at + LONGEST_CELL, len(lines) + 1)):
        following = single[end - 1]
        if following is not None and len(following) == draft.width:
            break  # a sound row of its own: the quote above it never opened anything
        record = "\n".join(lines[at:end])
        if pattern.fullmatch(record):
            cells = draft.style.cells(record)
            if len(cells) == draft.width:
                draft.rows.append((at + 1, cells))
                return end - at
    found = _with_stray_quotes(lines[at], draft.width, draft.style)
    if found is None:
        found = lines[at].split(draft.style.delimiter)
    draft.repairs.append((at + 1, "a quote in the wrong place is taken as text"))
    draft.rows.append((at + 1, found))
    return 1


def _with_stray_quotes(line: str, width: int, style: Style) -> list[str] | None:
    """Cut a line into exactly `width` cells with the fewest quotes taken as text; None if that cannot be."""
    if line.count(style.quote) > MOST_QUOTES:
        return None
    done = len(line) + 1
    layer: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for _ in range(width):
        following: dict[int, tuple[float, tuple[str, ...]]] = {}
        for at, (cost, cells) in layer.items():
            if at == done:
                continue
            for end, cell, more in _ways(line, at, style):
                start = done if end == len(line) else end + 1
                if start not in following or cost + more < following[start][0]:
                    following[start] = (cost + more, (*cells, cell))
        layer = following
    return list(layer[done][1]) if done in layer else None


def _ways(line: str, at: int, style: Style) -> Iterator[tuple[int, str, float]]:
    """All ways to end the cell that begins at `at`: where, what it says, and how many quotes that makes text."""
    quote = style.quote
    weight = 1.0 if quote == '"' else 0.1  # an apostrophe in text is nothing to wonder at
    start = at
    while style.spaced and line[start : start + 1] == " ":
        start += 1
    if line[start : start + 1] == quote:
        close = line.find(quote, start + 1)
        while close != -1:
            if close + 1 == len(line) or line[close + 1] == style.delimiter:
                inner = line[start + 1 : close]
                stray = inner.replace(quote * 2, "").count(quote)
                yield close + 1, inner.replace(quote * 2, quote), stray * weight
            close = line.find(quote, close + 1)
    end = line.find(style.delimiter, start)
    end = len(line) if end == -1 else end
    bare = line[start:end]
    yield end, bare, bare.count(quote) * weight + bare.startswith(quote) * 0.5


def _finish(draft: Draft) -> RawTable | None:
    """Set titles and footers apart, find the header, and align what is too short or too long."""
    blank = [*draft.blank, *(line for line, cells in draft.rows if not any(_stripped(cells)))]
    rows = [(line, cells) for line, cells in draft.rows if any(_stripped(cells))]
    dropped = [(line, "blank") for line in blank]
    titles: list[str] = []
    while rows and len(rows[0][1]) < draft.width and sum(map(bool, _stripped(rows[0][1]))) <= 2 < draft.width + 1:
        if not any(len(cells) == draft.width for _, cells in rows[1:]) or _opens(rows, draft.width):
            break
        line, cells = rows.pop(0)
        dropped.append((line, "preamble"))
        titles.append(",".join(cells))
    dropped += _footers(rows, draft.width, blank)
    apart = len(dropped) > len(blank)
    if len(rows) < 2 or (apart and max(map(len, rows[0][1])) > LONGEST_NAME):
        return None
    width = max(draft.width, len(rows[0][1])) if _header_is_wider(rows, draft.width) else draft.width
    usual = 1 + sum(len(cells) in (draft.width, width) for _, cells in rows[1:])
    if usual < max(2, len(rows) * (0.8 if apart else 0.5)):
        return None
    kept, repairs, broken = _aligned(rows, width)
    lost = {line for line, _ in broken} | {line for line, _ in dropped}
    notes = () if draft.style == Style(delimiter=",") else (draft.style.note(),)
    return RawTable(
        frame=to_frame(kept),
        delimiter=draft.style.delimiter,
        titles=tuple(titles),
        repairs=together(draft.repairs, repairs, lost),
        broken=tuple(broken),
        dropped=tuple(sorted(dropped)),
        notes=notes,
    )


def _stripped(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells]


def _opens(rows: Sequence[Row], width: int) -> bool:
    """Whether a narrow first row is the header all the same: nothing but rows of full width with data follow it."""
    filled = sum(map(bool, _stripped(rows[0][1])))
    return filled > 1 and filled * 2 >= width


def _footers(rows: list[Row], width: int, blank: Sequence[int]) -> list[Remark]:
    """Take narrow rows off the end that speak like a footer, or stand apart from the table by a blank line."""
    full = [index for index, (_, cells) in enumerate(rows) if len(cells) == width]
    last = full[-1] if full else -1
    tail = rows[last + 1 :]
    if not tail or any(len([cell for cell in _stripped(cells) if cell]) > 2 for _, cells in tail):
        return []
    apart = any(rows[last][0] < line < tail[0][0] for line in blank)
    if not apart and not all(is_footer(cells) for _, cells in tail):
        return []
    del rows[last + 1 :]
    return [(line, "total" if is_footer(cells) == "total" else "footer") for line, cells in tail]


def _header_is_wider(rows: Sequence[Row], width: int) -> bool:
    return len([cell for cell in _stripped(rows[0][1]) if cell]) > width


def _aligned(rows: Sequence[Row], width: int) -> tuple[list[Row], list[Remark], list[Remark]]:
    """Bring the header and every row to `width` cells, by what the columns of the full rows look like."""
    columns = ColumnLooks([cells for _, cells in rows[1:] if len(cells) == width])
    kept, repairs, broken = align_rows(rows[1:], width, columns)
    line, cells = rows[0]
    if len(cells) != width:
        cells, what = columns.header(cells, width)
        repairs.insert(0, (line, what))
    return [(line, cells), *kept], repairs, broken


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
    for line, what in then:
        seen[line] = f"{seen[line]}; {what}" if line in seen else what
    return tuple((line, seen[line]) for line in sorted(seen) if line not in lost)
