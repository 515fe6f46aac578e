"""Rows aligned by hand, because a drawn table costs a millisecond a row.

All rows of a page share their columns, so that values can be compared across quadrants. Where the page is too
narrow, columns move to lines below the row, or margins are left out; nothing but a name is ever cut.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from csq.render.terminal.layout import Line, beside, cells, fitted, hanging, line, strong, width_of

_INDENT = 2
_GAP = 2
_NAME_AT_LEAST = 18
_NAME_AT_MOST = 40
_KEY_AT_MOST = 80
"""However wide the page: one key of thousands of characters must not pad all rows."""
_STEP_AT_LEAST = 32

LAYOUTS = (
    ("rank", "account", "id", "value", "usage", "happiness", "remarks", "step"),
    ("rank", "account", "id", "value", "usage", "happiness", "step"),
    ("rank", "account", "id", "value", "usage", "happiness", "remarks"),
    ("rank", "account", "id", "value", "usage", "happiness"),
    ("rank", "account", "value", "usage", "happiness"),
    ("rank", "account", "value", "usage score", "happiness score"),
)
"""Columns of a row, for the widest page first. `account` can shrink; `step` takes the rest of the line."""


class TextColumn(NamedTuple):
    """A heading, and the text of each row."""

    header: str
    texts: Sequence[str]
    is_right: bool = False

    @property
    def natural(self) -> int:
        """Cells it takes to show every text whole."""
        return max(map(cells, (self.header, *self.texts)))


class AlignedTable(NamedTuple):
    """Accounts as aligned text, by row number."""

    columns: Sequence[TextColumn]
    widths: Sequence[int]
    details: Sequence[Sequence[str]]
    """For each row, lines to put below it."""
    steps: TextColumn
    is_step_beside: bool
    width: int | None
    """Where a line ends; None for nowhere."""

    def header(self) -> Line:
        """Head the rows of one quadrant."""
        titles = self._aligned([column.header for column in self.columns])
        return line(strong("".join((*titles, self.steps.header)) if self.is_step_beside else "".join(titles).rstrip()))

    def row(self, number: int) -> list[Line]:
        """Lay out one account: its row, the details below it, and the next step beside or below them."""
        rank, name, *rest = self._aligned([column.texts[number] for column in self.columns])
        row = line(rank, strong(name), *rest)
        at = width_of(row)
        front = " " * (_INDENT + self.widths[0] + _GAP)
        end = at if self.is_step_beside and self.width else self.width
        left = [row, *(each for text in self.details[number] for each in hanging(line(front), text, end))]
        step = self.steps.texts[number]
        if not step:
            return left
        if self.is_step_beside:
            return beside(left, hanging(line("→ "), step, self.width and self.width - at), at=at)
        return [*left, *hanging(line(front, "→ "), step, self.width)]

    def _aligned(self, texts: Sequence[str]) -> list[str]:
        # Where a line ends nowhere, nothing is cut: what is too long for its column moves the rest of its row.
        wide = [cells(text) if self.width is None else 0 for text in texts]
        parts = zip(texts, map(max, self.widths, wide), self.columns, strict=True)
        first, *rest = (fitted(text, width, right=column.is_right) + " " * _GAP for text, width, column in parts)
        return [" " * _INDENT + first, *rest]


def fit(columns: Mapping[str, TextColumn], width: int | None) -> tuple[tuple[str, ...], list[int]]:
    """Choose the fullest layout that leaves room for the names, and the width of each of its columns.

    Args:
        columns: The columns there are; a layout does without those that are missing.
        width: Cells of the page, or None.
    """
    natural = {name: column.natural for name, column in columns.items()}
    natural |= {name: min(natural[name], _KEY_AT_MOST) for name in ("account", "id") if name in natural}
    # Beside the row a step may take two lines; a longer one reads better below, across the page.
    step = max(_STEP_AT_LEAST, natural["step"] * 5 // 9)
    for wanted in LAYOUTS:
        layout = tuple(name for name in wanted if name in columns)
        taken = [step if name == "step" else natural[name] for name in layout if name != "account"]
        room = None if width is None else width - _INDENT - sum(taken) - _GAP * len(taken)
        if room is None or room >= min(natural["account"], _NAME_AT_LEAST):
            break
    if room is not None:
        natural["account"] = max(min(natural["account"], room, _NAME_AT_MOST), 1)
    return layout, [natural[name] for name in layout if name != "step"]
