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
from csq.render.marks import MARKS
from csq.render.wording import label
from csq.report import Cut, Report
from csq.schema import BORDERLINE
from csq.terms import Axis, Quadrant

_ACROSS, _DOWN = 12.0, 5.6
"""Units for one point of a score."""
_MARGIN = 130
_GAP = 62
_LEFT = 90
_RIGHT = 235
_LINE = 46
"""Height of a line of text."""
_SMALLEST, _LARGEST = 10.0, 46.0
_PAD = 76
"""Room around the scores 0 and 100, so that no mark reaches out of the picture to the words around it."""
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


class PlotArea(NamedTuple):
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


class CutLine(NamedTuple):
    """A cut: where its line stands, the band in which an account is borderline, and what it says."""

    axis: Axis
    tier: str
    """Whose cut it is; empty where all tiers share it."""
    at: float
    band: PlotArea
    text: str


class Corner(NamedTuple):
    """The name of a quadrant, outside the picture at its corner."""

    text: str
    quadrant: Quadrant
    x: float
    y: float
    is_right: bool


class Scatter(NamedTuple):
    """The whole picture."""

    width: float
    height: float
    plot: PlotArea
    no_usage: PlotArea
    no_happiness: PlotArea
    neither: PlotArea
    cuts: tuple[CutLine, ...]
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
    plot = PlotArea(
        x=_LEFT + _MARGIN + _GAP, y=2.5 * _LINE, width=100 * _ACROSS + 2 * _PAD, height=100 * _DOWN + 2 * _PAD
    )
    below = plot.y + plot.height + 2.4 * _LINE
    neither = PlotArea(x=_LEFT, y=below, width=_MARGIN, height=_MARGIN)
    return Scatter(
        width=plot.x + plot.width + _RIGHT,
        height=below + _MARGIN + 1.4 * _LINE,
        plot=plot,
        no_usage=PlotArea(x=_LEFT, y=plot.y, width=_MARGIN, height=plot.height),
        no_happiness=PlotArea(x=plot.x, y=below, width=plot.width, height=_MARGIN),
        neither=neither,
        cuts=tuple(line for axis in Axis for line in _lines(report.cuts, axis, plot)),
        corners=tuple(_corner(report, quadrant, plot) for quadrant in _CORNERS),
        lanes=_lanes(report, rows, plot, neither),
        is_named=rows.height <= _NAMED,
        largest=max(rows["contract_value"].drop_nulls(), default=None),
    )


def _lanes(report: Report, rows: pl.DataFrame, plot: PlotArea, neither: PlotArea) -> tuple[Lane, ...]:
    values = [float(value or 0) for value in rows["contract_value"]]
    unit = _radius_unit(values, plot)
    lanes: dict[tuple[Quadrant, bool], list[tuple[str, str]]] = {}
    known = rows.select("quadrant", "usage_score", "happiness_score", "contract_value", "account_name", "account_id")
    for number, (name, usage, happiness, value, account, key) in enumerate(known.iter_rows()):
        across = number * _GOLDEN % 1
        spread = number * _PLASTIC % 1 if usage is None and happiness is None else across
        x = neither.x + _inset(across) if usage is None else _across(plot, usage)
        y = neither.y + _inset(spread) if happiness is None else _down(plot, happiness)
        path = shape(Quadrant(name), x, y, max(sqrt(values[number]) * unit, _SMALLEST))
        lane = lanes.setdefault((Quadrant(name), report.weighted and value is None), [])
        lane.append((path, account or key))
    return tuple(
        Lane(quadrant=quadrant, is_hollow=is_hollow, marks=tuple(marks))
        for (quadrant, is_hollow), marks in lanes.items()
    )


def _radius_unit(values: list[float], plot: PlotArea) -> float:
    """Choose how large a mark is: its radius over the square root of its value."""
    if not any(values):
        return 0.0
    return min(_LARGEST / sqrt(max(values)), sqrt(_INK * plot.width * plot.height / (pi * sum(values))))


def _inset(part: float) -> float:
    """Place a part of the way across a margin, so that no mark reaches out of it."""
    return _LARGEST + (_MARGIN - 2 * _LARGEST) * part


def _lines(cuts: Iterable[Cut], axis: Axis, plot: PlotArea) -> Iterator[CutLine]:
    """Draw the cut of each tier, or one line where all tiers have the same."""
    mine = [cut for cut in cuts if cut.axis is axis]
    is_one = len({cut.at for cut in mine}) == 1
    for cut in mine[:1] if is_one else mine:
        low, high = max(cut.at - BORDERLINE, 0), min(cut.at + BORDERLINE, 100)
        text = f"from {prose.exact(round(cut.at, 1))}"
        yield CutLine(
            axis=axis,
            tier="" if is_one else cut.tier,
            at=_across(plot, cut.at) if axis is Axis.USAGE else _down(plot, cut.at),
            band=PlotArea(_across(plot, low), plot.y, (high - low) * _ACROSS, plot.height)
            if axis is Axis.USAGE
            else PlotArea(plot.x, _down(plot, high), plot.width, (high - low) * _DOWN),
            text=f"high {text}" if is_one else f"{cut.tier}: high {text}",
        )


def _across(plot: PlotArea, usage: float) -> float:
    return plot.x + _PAD + usage * _ACROSS


def _down(plot: PlotArea, happiness: float) -> float:
    return plot.y + _PAD + (100 - happiness) * _DOWN


def _corner(report: Report, quadrant: Quadrant, plot: PlotArea) -> Corner:
    usage, happiness = _CORNERS[quadrant]
    return Corner(
        text=f"{MARKS[quadrant]} {label(report, quadrant)}",
        quadrant=quadrant,
        x=plot.x + plot.width if usage else plot.x,
        y=plot.y - 14 if happiness else plot.y + plot.height + 0.9 * _LINE,
        is_right=bool(usage),
    )


def shape(quadrant: Quadrant, x: float, y: float, radius: float) -> str:
    """Draw the shape of a quadrant around a point, as data of an SVG path in whole units.

    It is that of the character that stands for it in a line of text, with the area of a circle of that radius.
    """
    half = radius * sqrt(pi) / 2
    across, down = round(x), round(y)
    match quadrant:
        case Quadrant.ADVOCATES | Quadrant.UNKNOWN:  # the page leaves that of unknown empty
            r = round(radius)
            # One arc, less the last unit: a whole circle has no arc.
            return f"M{across} {down - r}a{r} {r} 0 1 1-1 0z"
        case Quadrant.UNDERUSERS:
            h = round(half)
            return f"M{across - h} {down - h}h{2 * h}v{2 * h}h-{2 * h}z"
        case Quadrant.AT_RISK:
            a, tall = round(radius * 1.347), round(radius * 2.333)
            return f"M{across} {round(y - radius * 1.555)}l{a} {tall}h-{2 * a}z"
        case Quadrant.FRUSTRATED:
            d = round(half * sqrt(2))
            return f"M{across} {down - d}l{d} {d}-{d} {d}-{d}-{d}z"
