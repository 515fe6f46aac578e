"""The picture: usage from left to right, happiness from bottom to top, area by contract value.

Everything is in units of the drawing, whole ones where there is one for every account. An account whose score
on an axis is not known stands in the margin of that axis, spread out evenly along what says nothing.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from math import pi, sqrt
from typing import NamedTuple

import polars as pl

from csq.render import prose
from csq.render.html.marks import shape
from csq.render.marks import MARKS
from csq.render.wording import label
from csq.report import Cut, Report
from csq.schema import BORDERLINE
from csq.terms import Axis, Quadrant

_ACROSS, _DOWN = 12.0, 9.0
"""Units for one point of a score."""
_MARGIN = 110
_GAP = 62
_LEFT = 62
_RIGHT = 250
_BELOW = 64
_PAD = 36
"""Room around the scores 0 and 100, for marks that stand there."""
_LINE = 36
"""Height of a line of text."""

_SMALLEST, _LARGEST = 6.0, 40.0
_INK = 0.13
"""Share of the picture that the marks may cover together, so that thousands of them stay apart."""

_NAMED = 1000
"""Up to so many marks carry their account's name; more are drawn in one stroke, for the script to take apart."""

# Multiples of these, less their whole part, fill a line and a square more evenly than chance would.
_GOLDEN, _PLASTIC = 0.618034, 0.754878

_CORNERS = {
    Quadrant.UNDERUSERS: (0, 100),
    Quadrant.ADVOCATES: (100, 100),
    Quadrant.AT_RISK: (0, 0),
    Quadrant.FRUSTRATED: (100, 0),
}


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float


class Lane(NamedTuple):
    """The marks of one quadrant, in the order of the rows."""

    quadrant: Quadrant
    is_hollow: bool
    """Their contract values are not known, though others are."""
    marks: tuple[tuple[str, str], ...]
    """Path and name of each account."""


class Line(NamedTuple):
    """A cut: where its line and its label stand, and the band in which an account is borderline."""

    at: float
    start: float
    """Where the line begins: for usage above the picture, at its label; for happiness at its right end."""
    band: Box
    text: str
    label_at: float


class Corner(NamedTuple):
    """The name of a quadrant in its corner of the picture."""

    text: str
    quadrant: Quadrant
    x: float
    y: float
    is_right: bool


class Scatter(NamedTuple):
    """The whole picture."""

    width: float
    height: float
    plot: Box
    no_usage: Box
    no_happiness: Box
    neither: Box
    usage_cuts: tuple[Line, ...]
    happiness_cuts: tuple[Line, ...]
    corners: tuple[Corner, ...]
    lanes: tuple[Lane, ...]
    is_named: bool
    """Each mark is drawn for itself, with its account's name."""
    largest: Decimal | None
    """The contract value of the largest mark."""

    @property
    def ticks(self) -> tuple[tuple[int, float, float], ...]:
        """A score, and where it stands on either axis."""
        x, y = self.plot.x + _PAD, self.plot.y + _PAD
        return tuple((score, x + score * _ACROSS, y + (100 - score) * _DOWN) for score in (0, 25, 50, 75, 100))


def scatter(report: Report, rows: pl.DataFrame) -> Scatter:
    """Draw the accounts of `rows`, with the cuts of the report."""
    usage, happiness = (_by_place(report.cuts, axis) for axis in Axis)
    top = _LINE * max(len(usage) + 0.5, 2.5)
    plot = Box(x=_LEFT + _MARGIN + _GAP, y=top, width=100 * _ACROSS + 2 * _PAD, height=100 * _DOWN + 2 * _PAD)
    below = plot.y + plot.height + _GAP
    neither = Box(x=_LEFT, y=below, width=_MARGIN, height=_MARGIN)
    return Scatter(
        width=plot.x + plot.width + _RIGHT,
        height=below + _MARGIN + _BELOW,
        plot=plot,
        no_usage=Box(x=_LEFT, y=plot.y, width=_MARGIN, height=plot.height),
        no_happiness=Box(x=plot.x, y=below, width=plot.width, height=_MARGIN),
        neither=neither,
        usage_cuts=tuple(_usage_lines(usage, plot)),
        happiness_cuts=tuple(_happiness_lines(happiness, plot)),
        corners=tuple(_corner(report, quadrant, plot) for quadrant in _CORNERS),
        lanes=_lanes(report, rows, plot, neither),
        is_named=rows.height <= _NAMED,
        largest=max(rows["contract_value"].drop_nulls(), default=None),
    )


def _lanes(report: Report, rows: pl.DataFrame, plot: Box, neither: Box) -> tuple[Lane, ...]:
    values = [float(value or 0) for value in rows["contract_value"]]
    unit = _radius_unit(values, plot)
    lanes: dict[tuple[Quadrant, bool], list[tuple[str, str]]] = {}
    known = rows.select("quadrant", "usage_score", "happiness_score", "contract_value", "account_name", "account_id")
    for number, (name, usage, happiness, value, account, key) in enumerate(known.iter_rows()):
        across = number * _GOLDEN % 1
        spread = number * _PLASTIC % 1 if usage is None and happiness is None else across
        x = neither.x + _inset(across) if usage is None else plot.x + _PAD + usage * _ACROSS
        y = neither.y + _inset(spread) if happiness is None else plot.y + _PAD + (100 - happiness) * _DOWN
        path = shape(Quadrant(name), x, y, max(sqrt(values[number]) * unit, _SMALLEST))
        lane = lanes.setdefault((Quadrant(name), report.weighted and value is None), [])
        lane.append((path, account or key))
    return tuple(
        Lane(quadrant=quadrant, is_hollow=is_hollow, marks=tuple(marks))
        for (quadrant, is_hollow), marks in lanes.items()
    )


def _radius_unit(values: list[float], plot: Box) -> float:
    """Choose how large a mark is: its radius over the square root of its value."""
    if not any(values):
        return 0.0
    return min(_LARGEST / sqrt(max(values)), sqrt(_INK * plot.width * plot.height / (pi * sum(values))))


def _inset(part: float) -> float:
    """Place a part of the way across a margin, clear of its borders."""
    return _MARGIN * (0.12 + 0.76 * part)


def _by_place(cuts: Iterable[Cut], axis: Axis) -> list[tuple[float, str]]:
    """Put cuts that are the same together, lowest first, with a label that names their tiers if there are several."""
    tiers: dict[float, list[str]] = {}
    for cut in cuts:
        if cut.axis is axis:
            tiers.setdefault(cut.at, []).append(cut.tier)
    if len(tiers) == 1:
        return [(at, f"high from {prose.exact(at)}") for at in tiers]
    return [(at, f"{_shortened(', '.join(names))} {prose.exact(at)}") for at, names in sorted(tiers.items())]


def _shortened(text: str) -> str:
    return text if len(text) <= 12 else f"{text[:11]}…"


def _usage_lines(places: list[tuple[float, str]], plot: Box) -> Iterator[Line]:
    """Stand each label on a line of its own, the rightmost lowest, so that no line of a cut crosses a label."""
    rise = plot.y - _LINE * (len(places) + 0.5)
    for number, (at, text) in enumerate(places):
        x = plot.x + _PAD + at * _ACROSS
        low, high = max(at - BORDERLINE, 0), min(at + BORDERLINE, 100)
        yield Line(
            at=x,
            start=rise + number * _LINE + 8,
            band=Box(x=plot.x + _PAD + low * _ACROSS, y=plot.y, width=(high - low) * _ACROSS, height=plot.height),
            text=text,
            label_at=rise + (number + 1) * _LINE,
        )


def _happiness_lines(places: list[tuple[float, str]], plot: Box) -> Iterator[Line]:
    """Put each label beside the end of its line, or as far below it as the one above needs."""
    before = float("-inf")
    for at, text in reversed(places):
        y = plot.y + _PAD + (100 - at) * _DOWN
        low, high = max(at - BORDERLINE, 0), min(at + BORDERLINE, 100)
        before = max(y, before + _LINE)
        top = plot.y + _PAD + (100 - high) * _DOWN
        yield Line(
            at=y,
            start=plot.x + plot.width + 10,
            band=Box(x=plot.x, y=top, width=plot.width, height=(high - low) * _DOWN),
            text=text,
            label_at=before,
        )


def _corner(report: Report, quadrant: Quadrant, plot: Box) -> Corner:
    usage, happiness = _CORNERS[quadrant]
    return Corner(
        text=f"{MARKS[quadrant]} {label(report, quadrant)}",
        quadrant=quadrant,
        x=plot.x + plot.width - 16 if usage else plot.x + 16,
        y=plot.y + _LINE if happiness else plot.y + plot.height - 16,
        is_right=bool(usage),
    )
