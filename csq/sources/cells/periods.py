"""Months, weeks and quarters as people write them, in cells and in headers: `Oct-26`, `2026M10`, `W41 2026`, `Q3 2026`.

A month of which no year is told stays without one: whoever asks for it has to know the year from elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from csq.regex import regex
from csq.sources.cells.dates import MONTH, DateOrder, read_date
from csq.sources.cells.values import Cells, tidy
from csq.terms import Length

_NAME = r"(?P<name>[^\W\d]{3,10})"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SHORT_YEAR = r"(?P<year>(?:19|20)\d\d|\d\d)"
_WEEK = r"(?:w|wk|week|kw|cw|isoweek)"
_QUARTER = r"(?:q|qtr|quarter)"
_FORMS = (
    regex(rf"{_NAME} ?{_SHORT_YEAR}?"),
    regex(rf"{_YEAR} ?{_NAME}"),
    regex(rf"{_YEAR}(?: | ?m ?)(?P<month>\d\d?)"),
    regex(rf"{_YEAR}(?P<month>\d\d)"),
    regex(rf"m?(?P<month>\d\d?) {_YEAR}"),
    regex(rf"{_WEEK} ?(?P<week>\d\d?)(?: {_SHORT_YEAR})?"),
    regex(rf"{_YEAR} ?{_WEEK} ?(?P<week>\d\d?)"),
    regex(rf"{_QUARTER} ?(?P<quarter>[1-4])(?: {_SHORT_YEAR})?"),
    regex(rf"{_YEAR} ?{_QUARTER} ?(?P<quarter>[1-4])"),
    regex(rf"(?P<quarter>[1-4]) ?q ?{_SHORT_YEAR}?"),
)
"""What a period looks like once its words are parted by single blanks."""
_SPOKEN = (
    (regex("quarter|qtr|quartal|kwartaal|trimest"), Length.QUARTER),
    (regex("week|kw|woche|semaine|semana|settimana"), Length.WEEK),
    (regex("month|monat|mois|mes|mês|maand"), Length.MONTH),
)
"""Parts of the words of a header that say how long its periods are."""
_ENDS = r"end(?:s|ed|ing|date|ingdate)?|ende|fin|fim|einde|fine|\w+(?:end|ending)"
"""A word of a header that says its periods go by their last days."""
MOST = {Length.WEEK: 53, Length.MONTH: 12, Length.QUARTER: 4}
"""How many periods of a length a year has at most."""


class Label(NamedTuple):
    """A period by its name: the `number` of its month, ISO week or quarter in a year, which may not be told."""

    length: Length
    number: int
    year: int | None = None

    @property
    def first(self) -> date | None:
        """Its first day; None without a year, or where the year has no such week."""
        if self.year is None:
            return None
        try:
            if self.length is Length.WEEK:
                return date.fromisocalendar(self.year, self.number, 1)
            return date(self.year, self.number if self.length is Length.MONTH else self.number * 3 - 2, 1)
        except ValueError:
            return None


def words(text: str) -> list[str]:
    """The words and numbers of a header or a cell, lower-case: parted by blanks, marks, and where capitals begin."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"(?<=[^\W\d_])(?<=[a-zà-ÿ])(?=[A-Z])", " ", plain)
    return [word for word in re.split(r"[\W_]+", plain.casefold()) if word]


@lru_cache(maxsize=4096)
def label_of(text: str, spoken: Length | None = None) -> Label | None:
    """The period that `text` names, and nothing else; None where it names none.

    Args:
        text: A cell, or part of a header.
        spoken: What the header says its cells are: `202641` and `41` are weeks where it speaks of weeks.
    """
    parted = " ".join(words(text))
    if not any(map(str.isdecimal, parted)):  # by its name alone it can only be a month
        return _label(Length.MONTH, MONTH.get(parted, 0), None)
    bare = re.fullmatch(rf"(?:{_YEAR} ?)?(?P<number>\d\d?)", parted)
    if spoken and (bare := bare or re.fullmatch(rf"(?P<number>\d\d?) {_YEAR}", parted)):
        return _label(spoken, int(bare["number"]), bare["year"])
    for form in _FORMS:
        if match := form.fullmatch(parted):
            parts = match.groupdict()
            if name := parts.get("name"):
                return _label(Length.MONTH, MONTH.get(name, 0), parts["year"])
            length = next(length for length in MOST if parts.get(str(length)))
            return _label(length, int(parts[str(length)]), parts["year"])
    return None


def _label(length: Length, number: int, year: str | None) -> Label | None:
    if not 1 <= number <= MOST[length]:
        return None
    return Label(length, number, None if year is None else int(year) + (2000 if len(year) == 2 else 0))


def spoken_length(header: str) -> Length | None:
    """How long the periods of a column are, as its header says: `usage_week`, `Month`."""
    said = " ".join(words(header))
    return next((length for parts, length in _SPOKEN if parts.search(said)), None)


def by_last_days(days: pl.Series, header: str) -> pl.Series:
    """The first days of weeks that go by their last ones, as their header says (`Week Ending`); months stay."""
    told = days.drop_nulls().unique().sort()
    if not any(re.fullmatch(_ENDS, word) for word in words(header)):
        return days
    is_week = spoken_length(header) is Length.WEEK
    if spoken_length(header) is None and len(told) > 1:
        apart = told.diff().drop_nulls().dt.total_days()
        is_week = bool((apart % 7 == 0).all()) and bool(((told + timedelta(days=1)).dt.day() != 1).any())
    return days - timedelta(days=6) if is_week else days


def years_of(labels: Iterable[Label], year: int) -> dict[Label, int] | None:
    """The years of periods of one length that name none, the first of which lies in `year`; None if it is open.

    Args:
        labels: In the order in which a file tells them first. Where they cross into the next year, that shows there.
        year: The year that is told.
    """
    ordered = [*labels]
    numbers = [label.number for label in ordered]
    last = 52 if ordered[0].length is Length.WEEK else MOST[ordered[0].length]
    has_gap = max(numbers) - min(numbers) + 1 > len(numbers)
    has_both_ends = min(numbers) == 1 and max(numbers) >= last
    # January beside December, and nothing between them, is as likely to be the one after it.
    if numbers in (sorted(numbers), sorted(numbers)[::-1]):
        return None if has_gap and has_both_ends else dict.fromkeys(ordered, year)
    for way in (ordered, ordered[::-1]):
        if turn := _turn_of_year([label.number for label in way], last):
            return dict.fromkeys(way[:turn], year) | dict.fromkeys(way[turn:], year + 1)
    return None if has_gap or has_both_ends else dict.fromkeys(ordered, year)


def _turn_of_year(numbers: list[int], last: int) -> int | None:
    """The place of the 1 before which all rises to the end of a year, and after which all rises, to less."""
    turn = numbers.index(1) if 1 in numbers else 0
    before, after = numbers[:turn], numbers[turn:]
    rises = before == sorted(before) and after == sorted(after)
    return turn if before and before[-1] >= last and rises and after[-1] < before[0] else None


def read_period(
    text: pl.Series,
    *,
    order: DateOrder | None = None,
    spoken: Length | None = None,
    years: Mapping[Label, int] | None = None,
) -> Cells:
    """First days of periods, as Date. What names none, such as `2026-10-05`, is read as a date.

    Args:
        text: The cells.
        order: What `03/04/2026` means, where it is told.
        spoken: How long the periods are, as the header says.
        years: The years of those that name none, where they are told.

    Raises:
        Ambiguous: As `read_date` does.
    """
    dated = {
        cell: label if label.year else label._replace(year=(years or {}).get(label))
        for cell, label in labels_in(text, spoken).items()
    }
    days = {cell: label.first for cell, label in dated.items() if label.first}
    names = pl.Series([*days], dtype=pl.String())
    known = text.replace_strict(names, pl.Series([*days.values()], dtype=pl.Date()), default=None)
    dates = read_date(text.set(known.is_not_null(), ""), order=order)
    return Cells(pl.select(pl.coalesce(known, dates.values)).to_series(), dates.unreadable, dates.choice)


def labels_in(text: pl.Series, spoken: Length | None) -> dict[str, Label]:
    """The cells that name a period, as they stand, each once."""
    cells = text.unique(maintain_order=True)
    plain = tidy(cells)
    found = {cell: label_of(said, spoken) for cell, said in zip(cells, plain, strict=True) if said}
    return {cell: label for cell, label in found.items() if label}


def last_day(first: date, length: Length) -> date:
    """The last day of the week, month or quarter that begins on `first`."""
    if length is Length.WEEK:
        return first + timedelta(days=6)
    months = 1 if length is Length.MONTH else 3
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
