"""Numbers as people read them. Rounding never changes the story they tell."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

_THOUSAND = 1000


def count(number: int, noun: str) -> str:
    """Write a number with its noun: `1 account`, `1,204 accounts`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def money(value: Decimal, currency: str | None = None) -> str:
    """Write an amount: `1,204,500 EUR`; with cents, if it has any, only under a thousand."""
    is_whole = abs(value) >= _THOUSAND or value == value.to_integral_value()
    amount = f"{value.quantize(Decimal(1), ROUND_HALF_UP):,}" if is_whole else f"{value:,.2f}"
    return f"{amount} {currency}" if currency else amount


def share(percent: float) -> str:
    """Write a share without places; `0 %` means none of it and `100 %` all of it."""
    if 0 < percent < 1:
        return "<1 %"
    if 99 < percent < 100:
        return ">99 %"
    return f"{percent:.0f} %"


def score(value: float, *, edges: Iterable[float], signed: bool = False) -> str:
    """Write a score with one place, or with more where it would otherwise fall on or over one of `edges`.

    Args:
        value: Points, rounded to 4 places.
        edges: Values that must stay on the side they are on, such as a cut.
        signed: Write the plus, for a margin.
    """
    sides = [_side(value, edge) for edge in edges]
    for places in range(1, 4):
        text = f"{value:+.{places}f}" if signed else f"{value:.{places}f}"
        if [_side(float(text), edge) for edge in edges] == sides:
            return text
    return f"{value:+.4f}" if signed else f"{value:.4f}"


def exact(value: float) -> str:
    """Write a cut as it is compared: up to 4 places, none that are zero."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _side(value: float, edge: float) -> int:
    return (value > edge) - (value < edge)
