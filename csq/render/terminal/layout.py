"""Laying out text for a terminal: lines with marks of colour, measured in cells, and the sheet they stand on.

Text is made safe to print, and names are cut that nobody reads to their end, here, where they enter, so that no caller
can forget to. Widths are of cells, not of characters: a Chinese character takes two. Colour is put on last, by
`painted`, and changes no width.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from csq.render.clean import clean, short, shown
from csq.render.marks import MARKS
from csq.terms import Quadrant

MEASURE = 100
"""Cells of a line of prose, and of a rule, however wide the terminal: longer lines are hard to read."""
_NARROWEST = 60
INDENT = 2
_GAP = 2
_LEAST = 24
"""Cells that the last column of a table needs to be read in."""
_ENDLESS = 10**6
"""Cells of a line that is not broken."""
_KEY = 12
"""Cells of the titles of a list of entries."""


class Tone(StrEnum):
    """How a span stands out, by its ANSI code.

    Only base colours, which every terminal's theme sets to be read on its own background, and never bold
    together with colour, which many terminals show as the bright, on white unreadable, variant.
    """

    STRONG = "1"
    RED = "31"
    GREEN = "32"
    MAGENTA = "35"
    CYAN = "36"


class TonedText(NamedTuple):
    """Some text in one tone."""

    text: str
    tone: Tone | None = None


Line = tuple[TonedText, ...]
BLANK: Line = ()


def line(*parts: str | TonedText) -> Line:
    """Put a line together from text and spans."""
    return tuple(part if isinstance(part, TonedText) else TonedText(shown(part)) for part in parts)


def strong(text: str) -> TonedText:
    """Make text bold."""
    return TonedText(shown(text), Tone.STRONG)


def cells(text: str) -> int:
    """Measure text as it will be printed."""
    return cell_len(shown(text))


def width_of(parts: Line) -> int:
    """Measure a line."""
    return sum(cell_len(span.text) for span in parts)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Pad text to `width` cells, or cut it there with an ellipsis."""
    text = shown(text)
    room = width - cell_len(text)
    if room < 0:
        return set_cell_size(text, width - 1) + "…"
    return " " * room + text if right else text + " " * room


def wrapped(text: str, width: int | None) -> list[str]:
    """Break text between words into lines of at most `width` cells; a word longer than that is broken too.

    Args:
        text: Words; white space between them counts as one space.
        width: Cells, >= 1; None to break nothing.
    """
    words = [*map(short, clean(text).split())]
    if width is None:
        return [" ".join(words)]
    lines = [""]
    for word in words:
        for piece in chop_cells(word, width):
            joined = f"{lines[-1]} {piece}" if lines[-1] else piece
            if cell_len(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def hanging(front: Line, text: str, width: int | None, tone: Tone | None = None) -> list[Line]:
    """Put `front` before wrapped text, and as much blank before the lines that follow."""
    indent = width_of(front)
    first, *rest = wrapped(text, None if width is None else max(width - indent, 1))
    return [(*front, TonedText(first, tone)), *((TonedText(" " * indent), TonedText(each, tone)) for each in rest)]


def beside(left: Sequence[Line], right: Sequence[Line], *, at: int) -> list[Line]:
    """Put two blocks side by side, the right one beginning at cell `at`, beyond the left one."""
    pairs = zip_longest(left, right, fillvalue=BLANK)
    return [(*one, TonedText(" " * (at - width_of(one))), *other) if other else one for one, other in pairs]


def painted(lines: Iterable[Line], *, colour: bool) -> str:
    """Turn lines into text, with ANSI codes if `colour`, and without blanks at the end of a line."""
    return "".join("".join(_paint(span, colour=colour) for span in each).rstrip(" ") + "\n" for each in lines)


def _paint(span: TonedText, *, colour: bool) -> str:
    return f"\x1b[{span.tone}m{span.text}\x1b[0m" if colour and span.tone and span.text else span.text


TONES: Mapping[Quadrant, Tone | None] = {
    Quadrant.ADVOCATES: Tone.GREEN,
    Quadrant.FRUSTRATED: Tone.MAGENTA,
    Quadrant.AT_RISK: Tone.RED,
    Quadrant.UNDERUSERS: Tone.CYAN,
    Quadrant.UNKNOWN: None,
}


def chip(quadrant: Quadrant) -> TonedText:
    """Mark a quadrant by shape and colour; its name stands beside it, in no colour, to be read on any background."""
    return TonedText(MARKS[quadrant], TONES[quadrant])


class PageWidth(NamedTuple):
    """How wide the page is; None when nothing is to be cut or wrapped."""

    width: int | None

    @classmethod
    def of(cls, width: int | None) -> "PageWidth":
        """Make a sheet that is wide enough to be laid out at all."""
        return cls(None if width is None else max(width, _NARROWEST))

    @property
    def prose(self) -> int | None:
        """Width to wrap sentences at."""
        return None if self.width is None else min(self.width, MEASURE)

    def heading(self, text: str, aside: str = "", mark: TonedText | None = None) -> list[Line]:
        """Head a section: its name, a rule, and on the right what it comes to; below each other without room."""
        front = line(mark, " ") if mark else BLANK
        tail = f" {aside}" if aside else ""
        room = (self.prose or MEASURE) - width_of(front) - cells(text) - cells(tail) - 1
        if room > 0:
            return [(*front, *line(strong(text), " "), TonedText("─" * room, mark.tone if mark else None), *line(tail))]
        below = hanging(line(" " * INDENT), aside, self.width) if aside else []
        return [*hanging(front, text, self.width, Tone.STRONG), *below]

    def text(self, text: str, tone: Tone | None = None) -> list[Line]:
        """Lay out a paragraph."""
        return hanging(line(" " * INDENT), text, self.prose, tone)

    def item(self, mark: str | TonedText, text: str, *, at: int = INDENT, tone: Tone | None = None) -> list[Line]:
        """Lay out one item of a list behind its mark."""
        return hanging(line(" " * at, mark, " "), text, self.prose, tone)

    def entries(self, entries: Iterable[tuple[str, str, str]]) -> list[Line]:
        """Lay out (title, name, text) in columns, the text hanging; a title is shown where it first stands."""
        rows = list(entries)
        names = max((cells(name) for _, name, _ in rows), default=0)
        before = ["", *(title for title, _, _ in rows)]
        return [
            each
            for above, (title, name, text) in zip(before, rows, strict=False)
            for each in hanging(
                (strong(fitted("" if title == above else title, _KEY)), TonedText(fitted(name, names) + "  ")),
                text,
                self.prose,
            )
        ]

    def table(self, rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), header: bool = False) -> list[Line]:
        """Align columns; the last takes the rest of the line, or a line of its own where too little is left of it.

        Columns with nothing in them are left out. Numbers stay in their row: heads and texts are broken for them.
        """
        body = rows[1:] if header else rows
        kept = [number for number in range(len(rows[0])) if any(row[number] for row in body)] if body else []
        if not kept:
            return []
        ends = set(right)
        *fixed, last = kept
        widths = {number: max(cells(row[number]) for row in rows) for number in fixed}
        taken = INDENT + sum(widths.values()) + _GAP * len(widths)
        longest = max(cells(row[last]) for row in rows)
        if last in ends and (figures := self._figures(rows, kept, ends, header=header)):
            return figures
        is_below = self.prose is not None and self.prose - taken < min(longest, _LEAST)
        lines: list[Line] = []
        for place, row in enumerate(rows):
            tone = Tone.STRONG if header and place == 0 else None
            columns = (fitted(row[number], width, right=number in ends) for number, width in widths.items())
            front = line(" " * INDENT, TonedText("".join(column + " " * _GAP for column in columns), tone))
            if not is_below:
                lines.extend(hanging(front, row[last], self.prose, tone))
                continue
            lines.append(front)
            if row[last] and tone is None:
                lines.extend(hanging(line(" " * (INDENT + _GAP)), row[last], self.prose))
        return lines

    def _figures(
        self, rows: Sequence[Sequence[str]], kept: Sequence[int], ends: set[int], *, header: bool
    ) -> list[Line]:
        """A table that ends in figures, broken in as few places as it takes to fit; nothing where it never does.

        Heads and then long texts are broken, then the gaps are closed, and at last figures: `5 (453 k` over `USD)`.
        """
        heads = int(header)
        for gap, broken in ((_GAP, heads), (1, heads), (1, len(rows))):
            room = (self.prose or _ENDLESS) - INDENT - gap * (len(kept) - 1)
            widths = _broken(rows, kept, ends, room, broken)
            if sum(widths.values()) <= room:
                break
        else:
            return []
        lines = []
        for place, row in enumerate(rows):
            parts = [wrapped(row[number], width) for number, width in widths.items()]
            for pieces in zip_longest(*parts, fillvalue=""):
                fit = zip(pieces, widths.items(), strict=True)
                told = (" " * gap).join(fitted(each, width, right=number in ends) for each, (number, width) in fit)
                lines.append(line(" " * INDENT, TonedText(told, Tone.STRONG if place < heads else None)))
        return lines


def _broken(
    rows: Sequence[Sequence[str]], kept: Sequence[int], ends: set[int], room: int, broken: int
) -> dict[int, int]:
    """Widths of columns that come near to `room`: columns of text are broken, of figures in the first rows alone."""
    widths = {number: max(cells(row[number]) for row in rows) for number in kept}
    for number in kept:
        if sum(widths.values()) > room and number in ends:
            words = (word for row in rows[:broken] for word in row[number].split())
            widths[number] = max(map(cells, (*words, *(row[number] for row in rows[broken:]))))
    for number in sorted(set(kept) - ends, key=lambda each: -widths[each]):
        over = max(sum(widths.values()) - room, 0)
        widths[number] = max(widths[number] - over, min(widths[number], _LEAST))
    return widths
