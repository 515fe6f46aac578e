"""The days a usage log is counted over, and sums that do not depend on the order of its rows."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

YEAR_AGO_DAYS = 364
"""Fifty-two weeks: the same weekdays a year earlier."""


class DaySpan(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, day: pl.Expr) -> pl.Expr:
        """Whether a Date lies in the span."""
        return day.is_between(pl.lit(self.first), pl.lit(self.last))


SINGLE_DAYS = 146
"""How far back facts look at single days: at a first event up to 90 days ago, and at the 56 days before it."""


def earlier(day: date, days: int) -> date:
    """The day so many days before, or the first that there is."""
    return day - timedelta(days=min(days, (day - date.min).days))


class UsageWindows(NamedTuple):
    """The three spans usage is counted over, each `days` long: now, before, a year ago."""

    as_of: date
    days: int

    @property
    def now(self) -> DaySpan:
        """The window ending at as_of."""
        return DaySpan(earlier(self.as_of, self.days - 1), self.as_of)

    @property
    def before(self) -> DaySpan:
        """The window before."""
        return self._back(self.days)

    @property
    def year_ago(self) -> DaySpan:
        """The window 364 days earlier."""
        return self._back(YEAR_AGO_DAYS)

    @property
    def compared(self) -> Mapping[str, DaySpan]:
        """The spans that are held against each other, by name."""
        return {"now": self.now, "before": self.before, "year_ago": self.year_ago}

    @property
    def single_days(self) -> DaySpan:
        """The days that are looked at one by one, beside those of the windows."""
        return DaySpan(earlier(self.as_of, SINGLE_DAYS), self.as_of)

    def looked_at(self, day: pl.Expr) -> pl.Expr:
        """Whether a Date is looked at at all, but for the first and the last of an account."""
        return pl.any_horizontal(span.holds(day) for span in (self.now, self.before, self.year_ago, self.single_days))

    def _back(self, days: int) -> DaySpan:
        return DaySpan(earlier(self.now.first, days), earlier(self.now.last, days))


def exact_sum(values: pl.Expr) -> pl.Expr:
    """A sum that does not depend on the order of the rows: over ten-thousandths, in integers."""
    return (values * 10_000).round().cast(pl.Int128).sum() / 10_000


def exact_mean(values: pl.Expr, counts: pl.Expr | None = None) -> pl.Expr:
    """A mean that does not depend on the order of the rows, to six decimals; nulls are passed over, null of no values.

    Each value counts so often, a whole number; once when that is absent.
    """
    counts = pl.lit(1) if counts is None else counts
    total = ((values * 1_000_000).round().cast(pl.Int128) * counts).sum() / 1_000_000
    weight = pl.when(values.is_not_null()).then(counts).sum()
    return total / weight.replace(0, None)
