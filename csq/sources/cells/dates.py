"""Dates and times as people and tools write them: ISO, day or month first, month names, weeks, epoch, serials.

Day or month first is told, or proved by the column's own cells. Bare numbers are dates only where
every cell of a date column is one and the same kind of them: epoch seconds and finer, or the days
that spreadsheets count from 1900.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

import polars as pl

from csq.regex import regex
from csq.schema import collect
from csq.sources.cells.values import (
    FEW,
    Ambiguous,
    Cells,
    are_worth_it,
    at_once,
    nowhere,
    or_question,
    per_distinct,
    tidied,
    together,
)

DateOrder = Literal["dmy", "mdy", "ymd"]
ORDERS: Mapping[DateOrder, str] = {"dmy": "day before month", "mdy": "month before day", "ymd": "year, month, day"}
"""What an order is called in a note."""

_MONTHS = (
    "january jan januar janvier enero gennaio gen januari janeiro ene janv",
    "february feb februar février fevrier fév fev febrero febbraio februari fevereiro févr",
    "march mar märz maerz mrz mär mars marzo maart mrt março marco",
    "april apr avril avr abril aprile abr",
    "may mai mayo maggio mag mei maio",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aout agosto ago augustus",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
)
MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
MONTH_NAMES = tuple(MONTH)
"""How months are written, lower-cased."""
_OFFSETS = {
    "z": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "cet": 60, "cest": 120,
}  # fmt: skip
"""Minutes east of Greenwich. Abbreviations that name two zones, such as CST, BST and IST, are left out."""

_CLOCK = (
    r"(?:(?:T|,? +| at )(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r" ?(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"(?: ?\(?(?P<zone>(?:UTC|GMT)?[+-][0-9]{1,2}:?(?:[0-9]{2})?|"
    + "|".join(name.upper() for name in _OFFSETS)
    + r")\)?)?)?$"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_WEEKDAY = r"^(?:\p{L}{2,9}\.?,? +)?"
_NAME = r"(?P<name>\p{L}{3,10})\.?"
_PATTERNS = (
    r"^(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})(?:[-/.](?P<day>[0-9]{1,2}))?" + _CLOCK,
    r"^(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
    r"(?:T?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>Z)?)?$",
    r"^(?P<first>[0-9]{1,2})[-/.](?P<next>[0-9]{1,2})[-/.](?P<last>[0-9]{4}|[0-9]{2})" + _CLOCK,
    _WEEKDAY + _DAY + r"[- /]*" + _NAME + r",?[- /]*(?P<year>[0-9]{4}|[0-9]{2})" + _CLOCK,
    _WEEKDAY + _NAME + r"[- /]+" + _DAY + r",?[- /]+(?P<year>[0-9]{4})" + _CLOCK,
    r"^(?P<year>[0-9]{4})[- /]" + _NAME + r"[- /](?P<day>[0-9]{1,2})" + _CLOCK,
    r"^(?:" + _NAME + r"[ -]?|(?P<month>[0-9]{1,2})[-/.])(?P<year>[0-9]{4})$",
    r"^(?P<year>[0-9]{4})-?W(?P<week>[0-9]{2})(?:-?(?P<weekday>[1-7]))?$",
)
_PARTS = (
    "year", "month", "day", "hour", "minute", "second", "half", "zone", "first", "next", "last", "name", "week",
    "weekday",
)  # fmt: skip

# Bare numbers: pattern, what they count, microseconds each, and the first and last that are taken for a date.
_DAY_US = 86_400_000_000
_BARE = (
    (r"^[0-9]{5}(\.[0-9]+)?$", "days of a spreadsheet, counted from 1900", _DAY_US, 25_569, 73_050),
    (r"^[0-9]{9,10}(\.[0-9]+)?$", "epoch seconds", 1_000_000, 946_684_800, 4_102_444_800),
    (r"^[0-9]{12,13}$", "epoch milliseconds", 1_000, 946_684_800_000, 4_102_444_800_000),
    (r"^[0-9]{15,16}$", "epoch microseconds", 1, 946_684_800_000_000, 4_102_444_800_000_000),
)
_SERIAL_ZERO = 25_569
"""The day that a spreadsheet counts for 1 January 1970."""

_NO_DAY = regex(r"[^0-9]*|-?[0-9]{1,4}|-?[0-9]{1,3}\.[0-9]{0,3}")
"""Words, and numbers too short for any date: to look closer takes ten times as long."""


def read_time(text: pl.Series, *, order: DateOrder | None = None, zone: str | None = None) -> Cells:
    """Dates with or without a time of day, as Datetime in UTC (as written when no zone is known).

    A month (`2026-08`) is its first day, an ISO week (`2026-W32`) its Monday.

    Args:
        text: The cells.
        order: What `03/04/2026` means, where it is told: in a column whose cells prove nothing, or both ways.
        zone: The time zone of cells with a time of day that name none, such as `America/New_York`.

    Raises:
        Ambiguous: None is told, and every cell of the column reads both day first and month first, or it mixes them.
    """
    return per_distinct(text, lambda distinct: _times(distinct, order, zone))


def read_date(text: pl.Series, *, order: DateOrder | None = None, zone: str | None = None) -> Cells:
    """Like `read_time`, the time of day dropped: a Date."""
    cells = read_time(text, order=order, zone=zone)
    return Cells(cells.values.dt.date(), cells.unreadable, cells.choice)


_UNSET = (date(1969, 12, 31), date(1970, 1, 1), date(1980, 1, 1), date(2038, 1, 19))
"""Where the clocks of systems begin or end, near and far of Greenwich."""
_FIRST, _LAST = 1950, 2090
"""No contract, survey or use is of a year before the one, or from the other on: 1900, 2099 and 9999 are no dates."""


def placeholders(values: pl.Series) -> pl.Series:
    """Which dates only stand for a date that is not known or never comes; of other cells none."""
    if not values.dtype.is_temporal():
        return nowhere(len(values))
    day = values.dt.date() if values.dtype != pl.Date else values
    year = day.dt.year()
    return (day.is_in(_UNSET) | (year < _FIRST) | (year >= _LAST)).fill_null(value=False)


@lru_cache
def is_zone(name: str) -> bool:
    """Whether a time zone of that name is known."""
    try:
        pl.Series([datetime(2026, 1, 1)]).dt.replace_time_zone(name)  # noqa: DTZ001 - the zone is what is tried
    except pl.exceptions.ComputeError:
        return False
    return True


def read_times(columns: Iterable[pl.Series]) -> Iterator[Cells | Ambiguous]:
    """Read each column as `read_time` does, or what it leaves open; of many short ones each distinct text once."""
    for some in together(columns):
        if are_worth_it(some):
            yield from _read_together(some)
        else:
            yield from (or_question(read_time, column) for column in some)


def _read_together(columns: Sequence[pl.Series]) -> list[Cells | Ambiguous]:
    """Read columns at once, in each of the ways to write dates those that are not read yet."""
    found: dict[int, Cells | Ambiguous] = {}
    rest = dict(enumerate(columns))
    for parse, settle in ((_days, _as_days), (_bare, _as_bare), (_both_orders, _as_written)):
        parsed = dict(zip(rest, at_once([*rest.values()], parse), strict=True)) if rest else {}
        read = {place: or_question(settle, cells) for place, cells in parsed.items()}
        found |= {place: cells for place, cells in read.items() if cells}
        rest = {place: parsed[place]["cell"] for place, cells in read.items() if not cells}
    return [found[place] for place in range(len(columns))]


def _times(text: pl.Series, order: DateOrder | None, zone: str | None) -> Cells:
    days = _days(text)
    cell = days["cell"]
    return _as_days(days) or _as_bare(_bare(cell)) or _as_written(_parts(cell), order, zone)


def _days(text: pl.Series) -> pl.DataFrame:
    """Each cell made tidy, the day that it is, and whether it is written as one: as `2026-11-15`."""
    cell = pl.col("cell")
    moment = cell.str.to_datetime("%Y-%m-%d", strict=False, time_unit="us")
    is_iso = cell.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return collect(tidied(text).with_columns(moment=moment, is_iso=is_iso).with_columns(lost=_is_lost("moment")))


def _is_lost(moment: str) -> pl.Expr:
    """Whether a cell says something that is no moment."""
    return pl.col("cell").is_not_null() & pl.col(moment).is_null()


def _as_days(cells: pl.DataFrame) -> Cells | None:
    """The dates of a column in which all are written as days are, or none can be any; else None."""
    cell = cells["cell"]
    if cells["is_iso"].all() or (len(cell) < FEW and all(_NO_DAY.fullmatch(text or "") for text in cell.to_list())):
        return Cells(cells["moment"], cells["lost"])
    return None


def _bare(text: pl.Series) -> pl.DataFrame:
    """Of each cell that is a bare number what it would be: the `kind`, -1 where it is none, null where it is unset.

    A nought stands for no date beside others; alone, it is no sort of date.
    """
    cell = pl.col("cell")
    is_unset = cell.is_in(("0", "0.0", "-1")).fill_null(value=False)
    kind: pl.Expr = pl.when(~is_unset & cell.is_not_null()).then(-1)
    moment: pl.Expr = pl.lit(None, dtype=pl.Datetime("us"))
    for place, (pattern, _, unit, first, last) in enumerate(_BARE):
        text_of = pl.when(cell.str.contains(pattern)).then(cell)
        number, whole = text_of.cast(pl.Float64), text_of.str.extract(r"^([0-9]+)").cast(pl.Int64)
        # To the millisecond: a spreadsheet's fraction of a day carries no more.
        rest = ((number - whole) * (unit / 1_000)).round().cast(pl.Int64) * 1_000 if unit > 1 else 0
        zero = _SERIAL_ZERO if unit == _DAY_US else 0
        is_kind = number.is_between(first, last, closed="left").fill_null(value=False)
        kind = pl.when(is_kind).then(place).otherwise(kind)
        moment = pl.when(is_kind).then(((whole - zero) * unit + rest).cast(pl.Datetime("us"))).otherwise(moment)
    return collect(text.to_frame("cell").lazy().with_columns(kind=kind, moment=moment, is_unset=is_unset))


def _as_bare(cells: pl.DataFrame) -> Cells | None:
    """The moments of a column in which all are bare numbers, of one kind and within a century of now; else None."""
    kind = cells["kind"]
    first, last = kind.min(), kind.max()
    if first is None or first != last or first == -1:
        return None
    return Cells(cells["moment"], cells["is_unset"], f"{_BARE[int(first)][1]}, as dates in UTC")  # type: ignore[arg-type]


def _both_orders(text: pl.Series) -> pl.DataFrame:
    """The parts of each cell, and the moment that they are by either order."""
    return _with_moments(_parts(text), "dmy", "mdy")


def _with_moments(parts: pl.DataFrame, *orders: DateOrder) -> pl.DataFrame:
    """The same with the moments by some orders, and whether what is told is none by them."""
    moments = parts.lazy().with_columns(_moment(_placed(order)).alias(order) for order in orders)
    return collect(moments.with_columns(_is_lost(order).alias("lost" + order) for order in orders))


def _as_written(cells: pl.DataFrame, order: DateOrder | None = None, zone: str | None = None) -> Cells:
    """The moments of a column of parsed cells, by the order that they prove, else by the one that is told."""
    choice = None
    if cells["first"].null_count() < cells.height:
        told, order = order, _order_of(cells, order)
        choice = ORDERS[order] if order != told else None
    order = order or "mdy"
    cells = cells if order in cells.columns else _with_moments(cells, order)
    moment = cells[order]
    if zone is None:
        return Cells(moment, cells["lost" + order], choice)
    naive = cells["zone"].is_null() & cells["hour"].is_not_null()
    there = moment.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    moment = moment.zip_with(~naive, there.dt.convert_time_zone("UTC").dt.replace_time_zone(None))
    return Cells(moment, cells["cell"].is_not_null() & moment.is_null(), choice)


def _parts(text: pl.Series) -> pl.DataFrame:
    """Year, month, day and so on of each cell, as numbers, by the first pattern that fits."""
    patterns = {str(number): pattern for number, pattern in enumerate(_PATTERNS)}

    def part(name: str) -> pl.Expr:
        told = (pl.col(number).struct.field(name) for number, pattern in patterns.items() if f"<{name}>" in pattern)
        return pl.coalesce(told).alias(name)

    # Written with four digits the year 1 is no 2001: it stands for no date, as any of that age does.
    years = [pl.col(name).str.replace(r"^00([0-9]{2})$", "10${1}") for name in ("year", "first", "last")]
    numbers = [name for name in _PARTS if name not in ("half", "zone", "name")]
    return collect(
        text.to_frame("cell")
        .lazy()
        .select("cell", *(pl.col("cell").str.extract_groups(each).alias(at) for at, each in patterns.items()))
        .select("cell", *map(part, _PARTS))
        .with_columns(years)
        .with_columns(pl.col(numbers).cast(pl.Int64))
    )


def _placed(order: DateOrder) -> dict[str, pl.Expr]:
    """Year, month and day from whichever pattern fitted."""
    short = {"dmy": ("last", "next", "first"), "mdy": ("last", "first", "next"), "ymd": ("first", "next", "last")}
    year, month, day = (pl.col(name) for name in short[order])
    year = pl.coalesce("year", year)
    name = pl.col("name").str.to_lowercase().replace_strict(MONTH, default=None, return_dtype=pl.Int64())
    # A year and a month alone stand for the month's first day.
    alone = pl.when((pl.col("year").is_not_null()) & (pl.col("month").is_not_null() | pl.col("name").is_not_null()))
    return {
        "year": pl.when(year < 70).then(year + 2000).when(year < 100).then(year + 1900).otherwise(year),
        "month": pl.coalesce("month", name, month),
        "day": pl.coalesce("day", day, alone.then(1)),
    }


def _moment(placed: dict[str, pl.Expr]) -> pl.Expr:
    """Datetime from the parts; null where they name no real moment, such as the 45th of month 13."""
    half = pl.col("half").str.to_lowercase().str.slice(0, 1)
    hour = pl.col("hour").fill_null(0)
    on_the_dial = hour.is_between(1, 12)
    hour = (
        pl.when(half.is_null())
        .then(hour)
        .when(on_the_dial)
        .then(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    )

    def text(part: pl.Expr, width: int = 2) -> pl.Expr:
        return part.cast(pl.String).str.zfill(width)

    clock = pl.concat_str(
        [text(hour), text(pl.col("minute").fill_null(0)), text(pl.col("second").fill_null(0))], separator="-"
    )
    day = pl.concat_str([text(placed["year"], 4), text(placed["month"]), text(placed["day"])], separator="-")
    moment = pl.concat_str([day, clock], separator="-").str.to_datetime(
        "%Y-%m-%d-%H-%M-%S", strict=False, time_unit="us"
    )
    week = pl.concat_str([text(pl.col("year"), 4), text(pl.col("week")), text(pl.col("weekday").fill_null(1), 1)])
    monday = week.str.to_datetime("%G%V%u", strict=False, time_unit="us")
    return (pl.coalesce(moment, monday) - pl.duration(minutes=_offset())).alias("moment")


def _offset() -> pl.Expr:
    """Minutes east of Greenwich, 0 where none are given."""
    zone = pl.col("zone").str.to_lowercase()
    digits = zone.str.extract(r"([+-][0-9:]+)$").str.replace(":", "")
    hours = digits.str.slice(1, 2).cast(pl.Int64, strict=False)
    minutes = digits.str.slice(3, 2).replace("", None).cast(pl.Int64, strict=False).fill_null(0)
    sign = pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    named = zone.replace_strict(_OFFSETS, default=None, return_dtype=pl.Int64())
    return pl.coalesce(named, sign * (hours * 60 + minutes), 0)


def _order_of(parts: pl.DataFrame, told: DateOrder | None) -> DateOrder:
    """The order that the cells prove; what is told where they prove none. Years in front are only ever told."""
    short = parts.filter(pl.col("first").is_not_null())
    if told == "ymd" and short.select(((pl.col("next") <= 12) & (pl.col("last") <= 31)).all()).item():
        return told
    try:
        return _settle_order(parts["first"], parts["next"])
    except Ambiguous:
        if told is None:
            raise
        return told


def _settle_order(first: pl.Series, second: pl.Series) -> DateOrder:
    """Day or month first, as some cell proves; cells such as 05/05 fit both and prove nothing."""
    day_first, month_first = _first_where(first > 12), _first_where(second > 12)
    open_cell = _first_where(first != second)
    if day_first is not None and month_first is not None:
        raise Ambiguous(
            "has dates day first and dates month first", "--date-order dmy|mdy|ymd", (day_first, month_first)
        )
    if open_cell is not None and day_first is None and month_first is None:
        raise Ambiguous("reads day first or month first", "--date-order dmy|mdy|ymd", (open_cell,))
    return "dmy" if day_first is not None else "mdy"


def _first_where(mask: pl.Series) -> int | None:
    return mask.arg_max() if mask.any() else None
