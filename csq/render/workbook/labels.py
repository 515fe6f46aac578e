"""Where names stand in the chart: beside their mark, on no other mark and on no other name.

Measured in points of the two axes, from what a character and a mark take in a chart of its size.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_LETTER, _LINE = 0.5, 4.0
"""Points of usage that a letter takes, and points of happiness that a line of text takes."""
_BESIDE, _OVER = 1.3, 3.5
"""Points from the middle of a mark to a name beside it, and to one above or below it."""
_MARK_WIDE, _MARK_HIGH = 0.7, 2.0
"""Points from the middle of a mark to its edges, for most marks."""
_END = 100.0


class Box(NamedTuple):
    """A rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


def beside(text: str, x: float, y: float) -> Iterator[tuple[str, Box]]:
    """Each position that a name can have, with the room that it takes there."""
    wide, half = len(text) * _LETTER, _LINE / 2
    yield "right", Box(x + _BESIDE, y - half, x + _BESIDE + wide, y + half)
    yield "left", Box(x - _BESIDE - wide, y - half, x - _BESIDE, y + half)
    yield "above", Box(x - wide / 2, y + _OVER, x + wide / 2, y + _OVER + _LINE)
    yield "below", Box(x - wide / 2, y - _OVER - _LINE, x + wide / 2, y - _OVER)


def free(
    text: str, at: tuple[float, float], marks: Iterable[tuple[float, float]], taken: Sequence[Box]
) -> tuple[str, Box] | None:
    """The first position where nothing else stands and no border is crossed; None where there is none.

    Args:
        text: The name.
        at: Usage and happiness of its own mark.
        marks: Those of all marks.
        taken: Where words stand already.
    """
    others = [Box(x - _MARK_WIDE, y - _MARK_HIGH, x + _MARK_WIDE, y + _MARK_HIGH) for x, y in marks if (x, y) != at]
    for position, box in beside(text, *at):
        is_inside = min(box.left, box.bottom) >= 0 and max(box.right, box.top) <= _END
        if is_inside and not any(box.meets(each) for each in (*others, *taken)):
            return position, box
    return None
