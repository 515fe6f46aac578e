"""Moves as a self-contained page, with a line for each quadrant over the weeks."""

from typing import NamedTuple

from csq.render.html.template import page as filled
from csq.render.marks import MARKS
from csq.render.movers.words import MoversPage, week_table
from csq.terms import Quadrant

_WIDTH, _HEIGHT = 900, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 740, 14, 280
_APART = 18
"""Units between the words at the ends of two lines."""
_STYLE = """
.weeks polyline { fill: none; stroke: var(--own); stroke-width: 3; }
.weeks text { font-size: 14px; fill: var(--ink); }
.weeks .axis { fill: none; stroke: var(--line); }
"""


class QuadrantLine(NamedTuple):
    """Accounts of a quadrant from week to week."""

    quadrant: Quadrant
    label: str
    points: str
    end: float
    """How far down its name stands."""


class WeekChart(NamedTuple):
    """The picture, in units of its own."""

    lines: tuple[QuadrantLine, ...]
    most: str
    first: str
    last: str
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    bottom: int = _BOTTOM


def html(page: MoversPage) -> bytes:
    """Write the page."""
    chart = _chart(page) if page.weeks else None
    return filled("movers.html.j2", style=_STYLE, page=page, chart=chart, weeks=week_table(page))


def _chart(page: MoversPage) -> WeekChart:
    most = max((count for week in page.weeks for count in week.accounts.values()), default=0) or 1
    across = (_RIGHT - _LEFT) / max(len(page.weeks) - 1, 1)

    def down(count: int) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * count / most, 1)

    ends: list[float] = []
    lines = []
    last = page.weeks[-1]
    for quadrant in sorted(Quadrant, key=lambda each: down(last.accounts[each])):
        points = [
            f"{round(_LEFT + across * number, 1)},{down(week.accounts[quadrant])}"
            for number, week in enumerate(page.weeks)
        ]
        ends.append(max(down(last.accounts[quadrant]) + 5, ends[-1] + _APART if ends else 0))
        label = f"{MARKS[quadrant]} {quadrant.replace('_', ' ')} {last.accounts[quadrant]:,}"
        lines.append(QuadrantLine(quadrant, label, " ".join(points), ends[-1]))
    return WeekChart(tuple(lines), f"{most:,}", str(page.weeks[0].day), str(last.day))
