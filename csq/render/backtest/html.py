"""A backtest as a self-contained page: capture curves, bars of loss with their intervals, then all tables."""

from typing import NamedTuple

from csq.backtest.model import Backtest, Kept, Order
from csq.backtest.orders import CURVE
from csq.render.backtest.words import SAID, place
from csq.render.html.template import page as filled
from csq.render.movers.words import MoversPage

_WIDTH, _HEIGHT = 900, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 640, 14, 320
_APART = 18
"""Units between the words at the ends of two curves."""
_DRAWN = {Order.USAGE: "advocates", Order.HAPPINESS: "frustrated", Order.CSQ: "underusers", Order.CHANCE: "unknown"}
"""The orders that are drawn, and whose colour each has."""
_ROW = 34
_STYLE = """
.curves polyline { fill: none; stroke: var(--own); stroke-width: 3; }
.curves .chance { stroke-dasharray: 6 6; }
.curves text, .bars text { font-size: 14px; fill: var(--ink); }
.curves .axis, .bars .axis { fill: none; stroke: var(--line); }
.bars rect { fill: var(--own); fill-opacity: 0.5; }
.bars .interval { fill: none; stroke: var(--ink); stroke-width: 2; }
"""


class Curve(NamedTuple):
    """What one order meets of the lost value as the hours go on."""

    colour: str
    label: str
    points: str
    end: float
    """How far down its name stands."""
    is_chance: bool


class Bar(NamedTuple):
    """The share of lost ones in one place, and its interval."""

    colour: str
    label: str
    told: str
    top: float
    to: float
    low: float
    high: float


class Chart(NamedTuple):
    """Both pictures, in units of their own."""

    curves: tuple[Curve, ...]
    bars: tuple[Bar, ...]
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = _RIGHT
    top: int = _TOP
    bottom: int = _BOTTOM
    bar_left: int = 160
    bar_right: int = 540


def html(found: Backtest, page: MoversPage) -> bytes:
    """Write the page."""
    return filled("backtest.html.j2", style=_STYLE, page=page, chart=Chart(_curves(found), _bars(found)))


def _curves(found: Backtest) -> tuple[Curve, ...]:
    across = _RIGHT - _LEFT
    drawn, ends = [], [0.0]
    named = [each for each in found.ranked if each.order in _DRAWN]
    for each in sorted(named, key=lambda one: -one.curve[len(CURVE) // 2]):
        places = [
            f"{_LEFT + across * share:.1f},{_BOTTOM - (_BOTTOM - _TOP) * met / 100:.1f}"
            for share, met in zip(CURVE, each.curve, strict=True)
        ]
        ends.append(ends[-1] + _APART)
        label = SAID.get(each.order, str(each.order))
        is_chance = each.order is Order.CHANCE
        drawn.append(Curve(_DRAWN[each.order], label, " ".join(places), ends[-1] + _TOP, is_chance))
    return tuple(drawn)


def _bars(found: Backtest) -> tuple[Bar, ...]:
    across = Chart._field_defaults["bar_right"] - Chart._field_defaults["bar_left"]
    left = Chart._field_defaults["bar_left"]
    bars: list[Bar] = []
    for group in found.groups:
        pct, low, high = group.lost.pct, group.lost.low_pct, group.lost.high_pct
        if group.tier is not None or pct is None or low is None or high is None:
            continue
        ends = (round(left + across * value / 100, 1) for value in (pct, low, high))
        told = f"{group.lost.hits:,} of {group.lost.n:,}: {pct:.0f} %, 95 % interval {low:.0f} to {high:.0f} %"
        colour = group.name if group.kind is Kept.QUADRANT else "unknown"
        bars.append(Bar(colour, place(group), told, 10.0 + _ROW * len(bars), *ends))
    return tuple(bars)
