"""What every part of the page shares: its width, its money, and how quadrants are told apart."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from csq.render import prose
from csq.render.terminal.lines import Line, Span, Tone, cells, fitted, hanging, strong
from csq.report import Report
from csq.terms import Quadrant

MARK = "~"
"""Stands before an account that is borderline."""

_NARROWEST = 60
_PROSE = 110
_RULE = 96
_KEY = 12

TONES: Mapping[Quadrant, Tone | None] = {
    Quadrant.ADVOCATES: Tone.GREEN,
    Quadrant.FRUSTRATED: Tone.MAGENTA,
    Quadrant.AT_RISK: Tone.RED,
    Quadrant.UNDERUSERS: Tone.CYAN,
    Quadrant.UNKNOWN: None,
}


class Page(NamedTuple):
    """The report, and the sheet it is laid out on."""

    report: Report
    width: int | None
    """Cells, at least 60; None when nothing is to be cut or wrapped."""

    @classmethod
    def of(cls, report: Report, width: int | None) -> "Page":
        """Make a page that is wide enough to be laid out at all."""
        return cls(report, None if width is None else max(width, _NARROWEST))

    @property
    def prose(self) -> int | None:
        """Width to wrap sentences at: lines much longer than this are hard to read."""
        return None if self.width is None else min(self.width, _PROSE)

    @property
    def rule(self) -> int:
        """Width of a rule across the page."""
        return self.width or _RULE

    def money(self, value: Decimal) -> str:
        """Write an amount with the currency, if that is known."""
        return prose.money(value, self.report.currency)


def chip(quadrant: Quadrant) -> Span:
    """Mark a quadrant with its colour; its name stands beside it, in no colour, to be read on any background."""
    return Span("■", TONES[quadrant])


def block(entries: Iterable[tuple[str, str, str]], width: int | None) -> list[Line]:
    """Lay out a list of (title, name, text) in columns, the text hanging; a title is shown where it first stands."""
    rows = list(entries)
    names = max((cells(name) for _, name, _ in rows), default=0)
    shown = ["", *(title for title, _, _ in rows)]
    return [
        line
        for before, (title, name, text) in zip(shown, rows, strict=False)
        for line in hanging(
            (strong(fitted("" if title == before else title, _KEY)), Span(fitted(name, names) + "  ")), text, width
        )
    ]
