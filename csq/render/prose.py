"""Numbers as people read them: at most one place. Rounding never changes the story they tell."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

_SUMS = ((Decimal(1_000_000), "M"), (Decimal(1000), "k"))
"""Units of a sum."""
_WHOLE_FROM = 100
"""Units from which a place more says nothing."""


def count(number: int, noun: str) -> str:
    """Write a number with its noun: `1 account`, `1,204 accounts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(value: Decimal, currency: str | None = None) -> str:
    """Write the amount of one account whole: `1,204,500 EUR`; `<1` is not nothing."""
    amount = "<1" if 0 < value < 1 else f"{value.quantize(Decimal(1), ROUND_HALF_UP):,}"
    return f"{amount} {currency}" if currency else amount


def total(value: Decimal, currency: str | None = None) -> str:
    """Write a sum in the unit it is spoken in: `1.2 M EUR`, `345 k`; under ten thousand it is whole."""
    amount = money(value)
    if value >= 10_000:
        thousands = value.quantize(Decimal("1E3"), ROUND_HALF_UP)
        unit, name = next(each for each in _SUMS if thousands >= each[0])
        places = Decimal("0.1") if name == "M" and value < unit * _WHOLE_FROM else Decimal(1)
        amount = f"{(value / unit).quantize(places, ROUND_HALF_UP):,} {name}"
    return f"{amount} {currency}" if currency else amount


def share(percent: float) -> str:
    """Write a share without places; `0 %` means none of it and `100 %` all of it."""
    if 0 < percent < 1:
        return "<1 %"
    if 99 < percent < 100:
        return ">99 %"
    return f"{percent:.0f} %"


def score(value: float, *, edges: Iterable[float], signed: bool = False) -> str:
    """Write a score with one place; what rounding would take onto or over one of `edges` is rounded away from it.

    Args:
        value: Points, rounded to 4 places.
        edges: Values that must stay on the side they are on, such as a cut, which is shown with one place as well.
        signed: Write the plus, for a margin.
    """
    tenths = _tenths(value)
    for edge in edges:
        side = _side(value, edge)
        if side and side != _side(tenths, _tenths(edge)):
            tenths = _tenths(edge) + side
    shown = tenths / 10
    return f"{shown:+.1f}" if signed else f"{shown:.1f}"


def exact(value: float) -> str:
    """Write a cut as it is compared: up to 4 places, none that are zero."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _tenths(value: float) -> int:
    """A value in tenths, as `.1f` would write it."""
    return round(float(f"{value:.1f}") * 10)


def _side(value: float, edge: float) -> int:
    return (value > edge) - (value < edge)
