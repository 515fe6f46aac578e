"""What every section of the page shares: its width, and how titles, lists and tables are laid out on it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from csq.explain.model import Row
from csq.render.terminal.lines import BLANK, Line, Span, Tone, cells, fitted, hanging, line, strong

_PROSE = 104
"""Lines of prose much longer than this are hard to read."""
_NARROWEST = 60
INDENT = 2
_GAP = 2
_LEAST = 24
"""Cells that the last column of a table needs to be read in."""

Columns: TypeAlias = Mapping[str, Callable[[Row], str]]
"""How the cell of each column is written, by its heading."""


class Sheet(NamedTuple):
    """How wide the page is; None when nothing is to be cut or wrapped."""

    width: int | None

    @classmethod
    def of(cls, width: int | None) -> "Sheet":
        """Make a sheet that is wide enough to be laid out at all."""
        return cls(None if width is None else max(width, _NARROWEST))

    @property
    def prose(self) -> int | None:
        """Width to wrap sentences at."""
        return None if self.width is None else min(self.width, _PROSE)

    def title(self, text: str, aside: str = "") -> list[Line]:
        """Head a section: its name, a rule, and on the right what it comes to."""
        rule = self.prose or _PROSE
        room = rule - cells(text) - cells(aside) - (2 if aside else 1)
        if room < 1:
            return [BLANK, line(strong(text)), *hanging(line(" " * INDENT), aside, self.prose)]
        tail = f" {aside}" if aside else ""
        return [BLANK, line(strong(text), " ", "─" * room, tail)]

    def text(self, text: str, tone: Tone | None = None) -> list[Line]:
        """Lay out a paragraph."""
        return hanging(line(" " * INDENT), text, self.prose, tone)

    def item(self, mark: str | Span, text: str, *, at: int = INDENT, tone: Tone | None = None) -> list[Line]:
        """Lay out one item of a list behind its mark."""
        return hanging(line(" " * at, mark, " "), text, self.prose, tone)

    def rows(self, rows: Iterable[Row], columns: Columns, *, right: Iterable[int] = ()) -> list[Line]:
        """Lay out a table with a heading for each of `columns`; nothing without rows."""
        written = [[write(row) for write in columns.values()] for row in rows]
        return self.table([tuple(columns), *written], right=right, header=True)

    def table(self, rows: Sequence[Sequence[str]], *, right: Iterable[int] = (), header: bool = False) -> list[Line]:
        """Align columns; the last takes the rest of the line, or a line of its own where too little is left of it.

        Columns with nothing in them are left out.
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
        is_below = self.prose is not None and self.prose - taken < min(longest, _LEAST)
        lines: list[Line] = []
        for place, row in enumerate(rows):
            tone = Tone.STRONG if header and place == 0 else None
            columns = (fitted(row[number], width, right=number in ends) for number, width in widths.items())
            front = line(" " * INDENT, Span("".join(column + " " * _GAP for column in columns), tone))
            if not is_below:
                lines.extend(hanging(front, row[last], self.prose, tone))
                continue
            lines.append(front)
            if row[last] and tone is None:
                lines.extend(hanging(line(" " * (INDENT + _GAP)), row[last], self.prose))
        return lines
