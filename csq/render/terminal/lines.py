"""Lines of text with marks of colour, measured in terminal cells.

Text is made safe to print here, where it enters, so that no caller can forget to. Widths are of cells, not of
characters: a Chinese character takes two. Colour is put on last, by `painted`, and changes no width.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

from csq.render.clean import clean


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


class Span(NamedTuple):
    """Some text in one tone."""

    text: str
    tone: Tone | None = None


Line = tuple[Span, ...]
BLANK: Line = ()


def line(*parts: str | Span) -> Line:
    """Put a line together from text and spans."""
    return tuple(part if isinstance(part, Span) else Span(clean(part)) for part in parts)


def strong(text: str) -> Span:
    """Make text bold."""
    return Span(clean(text), Tone.STRONG)


def cells(text: str) -> int:
    """Measure text as it will be printed."""
    return cell_len(clean(text))


def width_of(parts: Line) -> int:
    """Measure a line."""
    return sum(cell_len(span.text) for span in parts)


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """Pad text to `width` cells, or cut it there with an ellipsis."""
    text = clean(text)
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
    words = clean(text).split()
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
    return [(*front, Span(first, tone)), *((Span(" " * indent), Span(each, tone)) for each in rest)]


def beside(left: Sequence[Line], right: Sequence[Line], *, at: int) -> list[Line]:
    """Put two blocks side by side, the right one beginning at cell `at`, beyond the left one."""
    pairs = zip_longest(left, right, fillvalue=BLANK)
    return [(*one, Span(" " * (at - width_of(one))), *other) if other else one for one, other in pairs]


def painted(lines: Iterable[Line], *, colour: bool) -> str:
    """Turn lines into text, with ANSI codes if `colour`, and without blanks at the end of a line."""
    return "".join("".join(_paint(span, colour=colour) for span in each).rstrip(" ") + "\n" for each in lines)


def _paint(span: Span, *, colour: bool) -> str:
    return f"\x1b[{span.tone}m{span.text}\x1b[0m" if colour and span.tone and span.text else span.text
