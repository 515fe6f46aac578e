"""Arithmetic of the rules, in exact fractions, and the settings of a run as they are put on the command line."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction
from typing import NamedTuple

Z = Fraction("1.959964")
Number = Fraction | int
Facts = dict[str, object]


class Span(NamedTuple):
    """Days from the first to the last, both counted."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def back(self, days: int) -> "Span":
        return Span(self.first - timedelta(days), self.last - timedelta(days))

    def days(self) -> list[date]:
        return [self.first + timedelta(each) for each in range((self.last - self.first).days + 1)]


def ending(day: date, days: int) -> Span:
    return Span(day - timedelta(days - 1), day)


def rounded(value: Number | None) -> Fraction | None:
    """To 4 places, a half to the even digit."""
    return None if value is None else Fraction(round(Fraction(value) * 10_000), 10_000)


def ten_digits(value: Fraction) -> Fraction:
    return Fraction(Context(prec=10).divide(Decimal(value.numerator), Decimal(value.denominator)))


def mean(values: Iterable[Number]) -> Fraction | None:
    known = list(values)
    return Fraction(sum(known)) / len(known) if known else None


def share(part: Number | None, whole: Number | None) -> Fraction | None:
    """In percent; not known of nothing."""
    return None if part is None or not whole else Fraction(part) * 100 / whole


def change(now: Number | None, before: Number | None) -> Fraction | None:
    return None if now is None or not before else Fraction(now - before) * 100 / before


def percentile(values: Iterable[Number], at: Fraction) -> Fraction | None:
    """`at` of 0-1, on the line between neighbours."""
    ordered: Sequence[Number] = sorted(values)
    if not ordered:
        return None
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * Fraction(ordered[high] - ordered[low])


def wilson(portion: Fraction, count: Number) -> tuple[Fraction, Fraction]:
    """The 95 % interval of a share of `count` answers, in percent."""
    middle = portion + Z * Z / (2 * count)
    inside = portion * (1 - portion) / count + Z * Z / (4 * count * count)
    root = Fraction((Decimal(inside.numerator) / inside.denominator).sqrt())
    ends = [100 * (middle + sign * Z * root) / (1 + Z * Z / count) for sign in (-1, 1)]
    return max(ends[0], Fraction(0)), min(ends[1], Fraction(100))
