"""Lines that parse strictly under no delimiter cut into records, every quote that stands astray told with its line.

A line that is well formed is a record; one that opens a quoted cell goes on until that closes. What is neither has
quotes that are text, and is cut such that the fewest of them are.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from csq.sources.reading.dialect import delimiter_note
from csq.sources.reading.grid import Remark, Row

LONGEST_CELL = 200
"""Lines that one quoted cell may go on for."""
MOST_QUOTES = 200
"""In one line; above this nobody can tell what was meant."""
MOST_WAYS = 2_000_000
"""Ends of cells that are tried in one file where its quotes are a riddle; some seconds."""
ASTRAY = "a quote in the wrong place is taken as text"
LOST = "a delimiter that is missing before a quote is put in"
WHOLE = "quotes around the whole line are left out"
BLANKS = "blanks around quotes are left out"


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

    @cached_property
    def patterns(self) -> "Patterns":
        """What lines look like in this style. An apostrophe in a bare cell is one; a double quote is a fault."""
        delimiter, quote = re.escape(self.delimiter), self.quote
        # Possessive throughout: what is given up at a fault is not tried again, whatever the length of the line.
        inner = rf"(?:[^{quote}\\]++|\\.|{quote}{quote})*+" if self.backslash else rf"(?:[^{quote}]++|{quote}{quote})*+"
        bare = rf"(?!{quote})[^{delimiter}\n]*+" if quote == "'" else rf'[^"{delimiter}\n]*+'
        blanks = " *+" if self.spaced else ""
        cell = rf"{blanks}(?:{quote}{inner}{quote}|{bare})"
        first, rest = rf"(?:{cell}{delimiter})*+", rf"(?:{delimiter}{cell})*+"
        after = rf" *+(?:{delimiter}|$)"
        return Patterns(
            record=re.compile(rf"{cell}{rest}", re.DOTALL),
            text=re.compile(rf"(?:{cell}(?:{delimiter}|\n))*+{cell}", re.DOTALL),
            opens=re.compile(rf"{first}{blanks}{quote}{inner}", re.DOTALL),
            closes=re.compile(rf"{inner}{quote}{rest}", re.DOTALL),
            reopens=re.compile(rf"{inner}{quote}{rest}{delimiter}{blanks}{quote}{inner}", re.DOTALL),
            cells=re.compile(
                rf"{quote}((?:[^{quote}]++|{quote}{quote}|{quote}(?!{after}))*+){quote}{after}"
                rf"|([^{delimiter}]*+)(?:{delimiter}|$)"
            ),
            lost=re.compile(rf"[^{delimiter}{quote}]{quote}\w[^{quote}]*{delimiter}[^{quote}]*{quote}{after}"),
        )

    def cells(self, record: str) -> list[str]:
        """Cut a well-formed record."""
        if self.quote not in record and not self.spaced and not self.backslash:
            return record.split(self.delimiter)
        reader = csv.reader(
            [record],
            delimiter=self.delimiter,
            quotechar=self.quote,
            escapechar="\\" if self.backslash else None,
            skipinitialspace=self.spaced,
        )
        return next(reader, [""])


class Patterns(NamedTuple):
    """What lines look like in a style."""

    record: re.Pattern[str]
    """A well-formed record."""
    text: re.Pattern[str]
    """Well-formed records of any widths."""
    opens: re.Pattern[str]
    """The first line of a record that goes on."""
    closes: re.Pattern[str]
    """The last line of a record, a quote being open before it."""
    reopens: re.Pattern[str]
    """Likewise one that closes a quote and opens another."""
    cells: re.Pattern[str]
    """A cell that ends at the first quote before a delimiter, or at a delimiter, whatever quotes stand in it."""
    lost: re.Pattern[str]
    """A quote amid a bare cell that opens a text with the delimiter in it: between them one was lost."""


@dataclass(kw_only=True)
class Draft:
    """Records as cut, before short and long ones are seen to."""

    style: Style
    width: int
    is_sound: bool = False
    """Whether every quote stands where it should."""
    rows: list[Row] = field(default_factory=list)
    repairs: list[Remark] = field(default_factory=list)
    blank: list[int] = field(default_factory=list)
    ways: int = 0
    """Ends of cells tried so far."""

    def share(self) -> float:
        """How much of the file is as wide as it should be; what had to be mended counts a little less."""
        full = sum(len(cells) == self.width for _, cells in self.rows)
        return (full - 0.1 * len(self.repairs)) / max(len(self.rows), 1)


def cut(lines: Sequence[str], style: Style, width: int | None = None, *, is_sound: bool | None = None) -> Draft | None:
    """Cut all lines, joining those that a quoted cell goes over; None if no width is usual among them.

    Args:
        lines: Without their ends.
        style: How they are written.
        width: Cells of a row, where that is known.
        is_sound: Whether every quote stands where it should, so that only widths vary; None to find out.
    """
    if is_sound is None:
        is_sound = style.patterns.text.fullmatch("\n".join(lines)) is not None
    is_record = style.patterns.record.fullmatch
    single = [style.cells(line) if is_record(line) and not line.isspace() and line else None for line in lines]
    if width is None:
        widths = Counter(len(cells) for cells in single if cells and len(cells) > 1)
        if not widths:
            return None
        first = next(len(cells) for cells in single if cells and len(cells) > 1)
        width = max(widths, key=lambda one: (widths[one], one == first))
    draft = Draft(style=style, width=width, is_sound=is_sound)
    at = 0
    while at < len(lines):
        cells = single[at]
        taken = 1
        if cells is not None:
            inner = style.cells(cells[0]) if len(cells) == 1 and style.delimiter in cells[0] else []
            if len(inner) == width:
                draft.repairs.append((at + 1, WHOLE))
            draft.rows.append((at + 1, inner if len(inner) == width else cells))
        elif not lines[at].strip():
            draft.blank.append(at + 1)
        elif taken := _lines_of_record(lines, single, at, draft):
            draft.rows.append((at + 1, style.cells("\n".join(lines[at : at + taken]))))
        else:
            taken = 1
            cells, what = _with_stray_quotes(lines[at], draft)
            draft.repairs.append((at + 1, what))
            draft.rows.append((at + 1, cells))
        at += taken
    return draft


def _lines_of_record(lines: Sequence[str], single: Sequence[list[str] | None], at: int, draft: Draft) -> int:
    """Count the lines of a record that begins at `at` and goes on; 0 if its quotes are astray."""
    patterns, quote = draft.style.patterns, draft.style.quote
    if not patterns.opens.fullmatch(lines[at]):
        return 0
    for here in range(at + 1, len(lines) if draft.is_sound else min(at + LONGEST_CELL, len(lines))):
        line, following = lines[here], single[here]
        if not draft.is_sound and following is not None and len(following) == draft.width:
            return 0  # a sound row of its own: the quote above it never opened anything
        if quote not in line and not draft.style.backslash:
            continue
        if patterns.closes.fullmatch(line):
            return here + 1 - at
        if quote in line and not patterns.reopens.fullmatch(line):
            return 0
    return 0


def _with_stray_quotes(line: str, draft: Draft) -> tuple[list[str], str]:
    """Cut a line whose quotes are astray, into as many cells as the file has if that can be; and say what was done."""
    style, width = draft.style, draft.width
    quote = style.quote
    is_lost = style.patterns.lost.search(line)
    found = style.patterns.cells.findall(line)
    # At the end of the line, where the last cell has ended, stands an empty match.
    ends = found if line.endswith(style.delimiter) else found[:-1]
    if len(ends) == width and not is_lost and not style.spaced:
        cells = [inner.replace(quote * 2, quote) if inner else bare for inner, bare in ends]
        return cells, ASTRAY if _quotes_left(line, cells, style) else BLANKS
    cells = _fewest_astray(line, draft) or []
    if not cells:
        return line.split(style.delimiter), ASTRAY
    return cells, LOST if is_lost else ASTRAY if _quotes_left(line, cells, style) else BLANKS


def _quotes_left(line: str, cells: Sequence[str], style: Style) -> bool:
    """Whether quotes of a line are text in its cells, rather than all of them around the cells, or doubled."""
    left = sum(cell.count(style.quote) for cell in cells)
    return left > 0 and left * 2 > line.count(style.quote * 2)


def _fewest_astray(line: str, draft: Draft) -> list[str] | None:
    """Cut a line into exactly `width` cells with the fewest quotes taken as text; None if that cannot be."""
    if line.count(draft.style.quote) > MOST_QUOTES:
        return None
    done = len(line) + 1
    layers: list[_Layer] = [{0: (0.0, 0, "")}]
    ways: dict[int, list[tuple[int, str, float]]] = {}
    for _ in range(draft.width):
        following: _Layer = {}
        for at in [at for at in layers[-1] if at != done]:
            cost = layers[-1][at][0]
            ways[at] = ways.get(at) or list(_ways(line, at, draft.style))
            draft.ways += len(ways[at])
            for start, cell, more in ways[at]:
                if start not in following or cost + more < following[start][0]:
                    following[start] = (cost + more, at, cell)
        layers.append(following)
        if draft.ways > MOST_WAYS:
            return None
    return _back(layers, done) if done in layers[-1] else None


_Layer = dict[int, tuple[float, int, str]]
"""Places where a cell may begin: how odd what stands before is, where the cell before began, and what it says."""


def _back(layers: Sequence[_Layer], at: int) -> list[str]:
    """The cells on the way to `at`."""
    cells = []
    for layer in reversed(layers[1:]):
        _, at, cell = layer[at]
        cells.append(cell)
    return cells[::-1]


def _ways(line: str, at: int, style: Style) -> Iterator[tuple[int, str, float]]:
    """All ways to end the cell that begins at `at`: where the next begins, what it says, and what is odd about it."""
    quote, delimiter = style.quote, style.delimiter
    weight = 1.0 if quote == '"' else 0.1  # an apostrophe in text is nothing to wonder at
    done = len(line) + 1
    start = at
    while line[start : start + 1] == " ":
        start += 1
    if line[start : start + 1] == quote:
        close = line.find(quote, start + 1)
        while close != -1:
            after = close + 1
            while line[after : after + 1] == " ":
                after += 1
            if after == len(line) or line[after] == delimiter:
                inner = line[start + 1 : close]
                stray = inner.replace(quote * 2, "").count(quote)
                odd = 0.0 if style.spaced or start == at else 0.3
                yield (done if after == len(line) else after + 1), inner.replace(quote * 2, quote), stray * weight + odd
            close = line.find(quote, close + 1)
    else:
        start = start if style.spaced else at
        lost = line.find(quote, start)
        end = line.find(delimiter, start)
        if -1 < lost < end and style.patterns.lost.match(line, lost - 1):
            yield lost, line[start:lost], 0.5
    start = start if style.spaced else at
    end = line.find(delimiter, start)
    end = len(line) if end == -1 else end
    bare = line[start:end]
    yield (done if end == len(line) else end + 1), bare, bare.count(quote) * weight + bare.startswith(quote) * 0.5
