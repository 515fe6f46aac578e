"""Usage tables with a column for each month, week, quarter or day, turned to a row for each.

A header names a period, and may name what is counted in it: `Jan-26`, `logins_jan`, `Logins 2026-01`. Columns that sum
periods up, and numbers that are of no period, are left out and named.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from csq.regex import regex
from csq.roles import USAGE
from csq.sources.cells.dates import MONTH, read_time
from csq.sources.cells.numbers import read_numbers
from csq.sources.cells.periods import MOST, Label, label_of, spoken_length, words
from csq.sources.cells.values import Ambiguous, squeeze
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.rows.tables import no_year
from csq.suggest import first
from csq.terms import Length

_COUNTED = {
    "uniques": "unique users",
    "%active": "active percent",
    "active%": "active percent",
    "average": "average events per user",
}
"""What a chart counts, by the metric type that stands above its header; anything else is events."""
_SHORTEST = (Length.WEEK, Length.MONTH, Length.QUARTER)
_YEAR_ALONE = regex(r"(?<![\d])(?<!\d[-_. ])(20\d\d)(?!\d|[-_. ]\d)")
_DATED = {name for field in USAGE if field.name in ("date", "period") for name in field.names}
_FIELDS = {name for field in USAGE for name in field.names}


class _Column(NamedTuple):
    """A column of one period: what it counts, as its header says or "", and the day that the header is."""

    place: int
    counted: str
    label: Label | None
    day: str | None = None


def lengthen(table: TextTable, year: int | None) -> TextTable:
    """A row for each period of a table that has periods for columns; the same table when it has none.

    Args:
        table: A usage table.
        year: The year of the first period, where its header names none.

    Raises:
        InputError: The headers name no year, and none is told.
    """
    if any(squeeze(header) in _DATED for header in table.header):
        return table
    columns = _periods(table)
    if not columns:
        return table
    others = [i for i, header in enumerate(table.header) if header and i not in {each.place for each in columns}]
    kept, left = _worth_keeping(table, others)
    if not kept:
        return table
    labels = [each.label for each in columns if each.label]
    shortest = next((length for length in _SHORTEST if any(each.length is length for each in labels)), None)
    sums = [each.place for each in columns if each.label and each.label.length is not shortest]
    columns = [each for each in columns if each.place not in sums]
    named, note = _in_years(table, columns, year)
    if left := sorted([*left, *sums]):
        names = first([f"`{table.header[i]}`" for i in left])
        table = table._replace(notes=(*table.notes, f"{names} left out: of no single {shortest or 'day'}"))
    if note:
        table = table._replace(notes=(*table.notes, note))
    return _long(table, kept, columns, named)


def with_year(table: TextTable) -> TextTable:
    """The year that stands in a column of its own put before each month, week or quarter."""
    years = [i for i, header in enumerate(table.header) if squeeze(header) in ("year", "yr", "calendaryear", "isoyear")]
    spoken = [i for i, header in enumerate(table.header) if spoken_length(header) and squeeze(header) in _DATED]
    if len(years) != 1 or len(spoken) != 1:
        return table
    year, period = pl.col(column(years[0])).str.strip_chars(), pl.col(column(spoken[0]))
    length = spoken_length(table.header[spoken[0]])
    undated = [cell for cell in table.frame[column(spoken[0])].unique() if _has_no_year(cell, length)]
    both = pl.when(period.is_in(undated)).then(pl.concat_str(year, period, separator=" ")).otherwise(period)
    return table._replace(frame=table.frame.with_columns(both.alias(column(spoken[0]))))


def _has_no_year(cell: str, spoken: Length | None) -> bool:
    label = label_of(cell, spoken)
    return label is not None and label.year is None


_MOST_WORDS = 40
"""Of a header: with more it is a question, or worse, and names no period."""


def _periods(table: TextTable) -> list[_Column]:
    """Columns whose header names a period. One that says more, or less, needs another of its kind beside it."""
    is_day = _dates_among(table.header)
    found = [each for i, header in enumerate(table.header) if header and (each := _read_header(i, header, is_day[i]))]
    days = [each for each in found if each.day]
    if days:
        return days if days == found else []
    together: dict[tuple[str, Length | None], set[Label]] = {}
    for each in found:
        if each.label:
            together.setdefault((each.counted, each.label.length), set()).add(each.label)
    lone = [each for each in found if each.label and not each.counted and each.label.year]
    several = [each for each in found if each.label and len(together[each.counted, each.label.length]) > 1]
    return several or (lone if len(found) == 1 and not table.header[found[0].place].isdecimal() else [])


def _read_header(place: int, header: str, is_day: bool) -> _Column | None:
    """The longest part of a header that names a period, one with its year before others."""
    said = words(header)
    if len(said) > _MOST_WORDS:
        return None
    telling = [word in MONTH or any(map(str.isdecimal, word)) for word in said]
    spans = [(i, j) for i in range(len(said)) for j in range(i + 1, min(i + 3, len(said)) + 1)]
    parts = [(label, i, j) for i, j in spans if any(telling[i:j]) and (label := label_of(" ".join(said[i:j])))]
    if not parts:
        return _Column(place, "", None, header) if is_day else None
    label, i, j = max(parts, key=lambda part: (part[0].year is not None, part[2] - part[1]))
    if is_day and any(word.isdecimal() for word in (*said[:i], *said[j:])):
        return _Column(place, "", None, header)
    return _Column(place, "_".join([*said[:i], *said[j:]]), label)


def _dates_among(headers: Sequence[str]) -> list[bool]:
    """Which headers are days, whatever their order, which all of them together settle; bare numbers are none."""
    able = [bool(re.search(r"\d", header)) and not re.fullmatch(r"[\d.,]+", header) for header in headers]
    if not any(able):
        return able
    text = pl.Series([header if is_able else None for header, is_able in zip(headers, able, strict=True)])
    read = [read_time(text, order=order).values.is_not_null() for order in ("dmy", "mdy")]
    return (read[0] | read[1]).to_list()


def _worth_keeping(table: TextTable, others: Iterable[int]) -> tuple[list[int], list[int]]:
    """The columns that hold for every period, and those of numbers that are of no single one, such as totals."""
    kept: list[int] = []
    left: list[int] = []
    others = [*others]
    columns = read_numbers(table.frame[column(place)] for place in others)
    for place, cells in zip(others, columns, strict=True):
        is_field = squeeze(table.header[place]) in _FIELDS or not kept
        is_number = isinstance(cells, Ambiguous) or cells.values.count() > cells.unreadable.sum()
        (kept if is_field or not is_number else left).append(place)
    return kept, left


def _in_years(table: TextTable, columns: Sequence[_Column], year: int | None) -> tuple[dict[int, str], str | None]:
    """What to call the period of each column, with its year, and what to say of it."""
    groups: dict[str, dict[int, Label]] = {}
    for each in columns:
        if each.label:
            groups.setdefault(each.counted, {})[each.place] = each.label
    named = {each.place: each.day for each in columns if each.day}
    note = None
    for labels in groups.values():
        dated = _dated(labels, year)
        if dated is None and (found := _year_of_table(table)) and (dated := _dated(labels, found, turns=0)):
            note = f"its {next(iter(labels.values())).length}s are those of {found}, as its name or title says"
        if dated is None:
            header = table.header[next(place for place, label in labels.items() if label.year is None)]
            raise no_year(header, header, table.where())
        # A week that its year does not have stays as it is written, and is rejected as a date.
        named |= {place: str(label.first or table.header[place]) for place, label in dated.items()}
    return named, note


def _dated(labels: dict[int, Label], year: int | None, turns: int = 1) -> dict[int, Label] | None:
    """The labels with their years: where the numbers fall, the next year begins. None where that cannot be told.

    Args:
        labels: By place, in the order of time or against it.
        year: Year of the earliest, if it names none.
        turns: How often a new year may begin among those that name none.
    """
    if all(label.year for label in labels.values()):
        return labels
    ordered = _in_order(labels, turns)
    current = ordered[0][1].year or year if ordered else None
    if current is None:
        return None
    dated: dict[int, Label] = {}
    before = 0
    for place, label in ordered:
        current = label.year or current + (label.number <= before)
        before = label.number
        dated[place] = label._replace(year=current)
    return dated


def _in_order(labels: dict[int, Label], turns: int) -> list[tuple[int, Label]]:
    """The labels as time goes: as they stand, or the other way round where they count down one by one; else none."""
    there, back = [*labels.items()], [*reversed(labels.items())]
    if not _falls(there):
        return there
    counts_down = all(
        (later.number - earlier.number) % MOST[later.length] == 1 for (_, earlier), (_, later) in pairwise(back)
    )
    if counts_down and _falls(back) <= turns:
        return back
    return there if _falls(there) <= turns else []


def _falls(ordered: list[tuple[int, Label]]) -> int:
    return sum(later.number <= earlier.number for (_, earlier), (_, later) in pairwise(ordered))


def _year_of_table(table: TextTable) -> int | None:
    """The one year that stands by itself in the title of a table, or in its file's name."""
    for texts in (table.preamble, (table.label.rpartition("/")[2],)):
        if found := {int(year) for text in texts for year in _YEAR_ALONE.findall(text)}:
            return found.pop() if len(found) == 1 else None
    return None


def _long(table: TextTable, keys: list[int], columns: list[_Column], named: dict[int, str]) -> TextTable:
    """A row for each period, on the line of the row it comes from."""
    counted = list(dict.fromkeys(each.counted for each in columns))
    lengths = {each.label.length for each in columns if each.label}
    # Of these columns alone, as to select from a frame of thousands takes long each time.
    frame = table.frame[[LINE, *map(column, (*keys, *(each.place for each in columns)))]]
    parts = []
    for period in dict.fromkeys(named.values()):
        places = {each.counted: each.place for each in columns if named[each.place] == period}
        parts.append(
            frame.select(
                LINE,
                *(pl.col(column(place)).alias(column(at)) for at, place in enumerate(keys)),
                pl.lit(period).alias(column(len(keys))),
                *(
                    (pl.col(column(places[name])) if name in places else pl.lit("")).alias(column(len(keys) + 1 + at))
                    for at, name in enumerate(counted)
                ),
            )
        )
    header = (
        *(table.header[i] for i in keys),
        str(next(iter(lengths), "period")),
        *(name or _above(table) for name in counted),
    )
    return table._replace(header=header, extra_headers=(), frame=pl.concat(parts).sort(LINE, maintain_order=True))


def _above(table: TextTable) -> str:
    """What the metric type above a chart's header says that is counted."""
    for line in table.preamble:
        if name := _COUNTED.get(line.casefold().replace(" ", "").strip('",')):
            return name
    return "events"
