"""Text to values, a column at a time, by rules that are told or that the column itself settles.

Each reader takes a Series of text and returns a `Cells`: the values, null where a cell is blank or
unreadable, and a mask of the unreadable ones. What a column leaves open (day or month first,
decimal comma or point) is an `Ambiguous`, which the caller turns into an error with file and line:
nothing is guessed.
"""

from dataclasses import dataclass
from typing import Literal

import polars as pl

BLANKS = ("", "-", "--", "n/a", "na", "#n/a", "null", "none", "nan", "(none)", "(blank)")
"""Cells that mean "nothing here", lower-cased."""

Decimal = Literal[".", ","]
DateOrder = Literal["dmy", "mdy", "ymd"]


@dataclass(frozen=True)
class Cells:
    """A column read: `values`, and where it could not be (`unreadable`, same length)."""

    values: pl.Series
    unreadable: pl.Series
    choice: str | None = None
    """The convention the column settled, in words, when there was one to settle."""


@dataclass(frozen=True)
class Ambiguous(Exception):
    """A column that fits two conventions, or mixes them. `rows` are positions that show it."""

    question: str
    flag: str
    rows: tuple[int, ...]


def tidy(text: pl.Series) -> pl.Series:
    """Compatibility forms, odd blanks and zero-width characters made plain; null where blank. Case is kept."""
    plain = (
        pl.lit(text)
        .str.normalize("NFKC")
        .str.replace_all(r"[\u{200B}-\u{200D}\u{2060}\u{FEFF}\u{00AD}]", "")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
    return blank_to_null(pl.select(plain).to_series())


def blank_to_null(text: pl.Series) -> pl.Series:
    """Null where a cell says that it is empty."""
    return pl.select(
        pl.when(pl.lit(text).str.strip_chars().str.to_lowercase().is_in(BLANKS)).then(None).otherwise(pl.lit(text))
    ).to_series()


def read_text(text: pl.Series) -> Cells:
    """Names, notes, words: any text is readable."""
    values = tidy(text)
    return Cells(values, pl.repeat(False, len(values), eager=True))


def read_bool(text: pl.Series) -> Cells:
    """Yes or no, true or false, 1 or 0."""
    words = {"yes": True, "y": True, "true": True, "t": True, "1": True, "1.0": True, "x": True}
    words |= {"no": False, "n": False, "false": False, "f": False, "0": False, "0.0": False}
    tidied = tidy(text)
    values = tidied.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean())
    return Cells(values, tidied.is_not_null() & values.is_null())


# A number may carry a currency (sign or code), a sign, thousands marks, a multiplier and a percent sign.
_MONEY_MARKS = r"\p{Sc}|^[A-Za-z]{3}\s|\s[A-Za-z]{3}$|^[A-Z]{3}|[A-Z]{3}$"
_TIMES = {"k": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "bn": 1e9, "b": 1e9}


def read_number(text: pl.Series, *, decimal: Decimal | None = None) -> Cells:
    """Numbers with currency marks, thousands, `(500)` and `500-`, `1.2k`; `62.5%` is 62.5.

    Raises:
        Ambiguous: Every telling cell has one mark and three digits after it (`1,234`), or the column
            mixes decimal comma and decimal point.
    """
    tidied = tidy(text)
    frame = pl.select(
        cell=pl.lit(tidied),
        body=pl.lit(tidied)
        .str.replace_all("[\u2212\u2013]", "-")
        .str.replace_all(_MONEY_MARKS, "")
        .str.replace_all(r"[\s'\u2019%]", ""),
    ).with_columns(
        negative=pl.col("body").str.contains(r"^\(.*\)$|^-|-$"),
        # One sign only: `--5` stays unreadable.
        body=pl.col("body").str.replace(r"^\((.*)\)$", "$1").str.replace(r"^[+-]|-$", ""),
    )
    frame = frame.with_columns(
        times=pl.col("body").str.extract(r"(?i)^[\d.,]+(k|mm?|mn|bn?)$").str.to_lowercase(),
        body=pl.col("body").str.replace(r"(?i)(k|mm?|mn|bn?)$", ""),
    )
    body = frame["body"]
    mark, choice = decimal, None
    if mark is None:
        mark = _settle_decimal(body)
        choice = f"decimal mark `{mark}`" if mark else None
    number = _plain(body, mark or ".").cast(pl.Float64, strict=False)
    values = frame.select(
        (
            pl.lit(number)
            * pl.when("negative").then(-1.0).otherwise(1.0)
            * pl.col("times").replace_strict(_TIMES, default=1.0, return_dtype=pl.Float64())
        ).alias("values")
    )["values"]
    finite = values.is_finite().fill_null(value=False)
    return Cells(values.set(~finite, None), tidied.is_not_null() & ~finite, choice)


def _plain(body: pl.Series, mark: str) -> pl.Series:
    """Digits with a decimal point, null unless the thousands marks stand where they may."""
    point, thousands = (r"\.", ",") if mark == "." else (",", r"\.")
    shape = rf"^(\d{{1,3}}({thousands}\d{{3}})+|\d+)?({point}\d*)?([eE][+-]?\d{{1,3}})?$"
    other = "," if mark == "." else "."
    return pl.select(
        pl.when(pl.lit(body).str.contains(shape) & pl.lit(body).str.contains(r"\d")).then(
            pl.lit(body).str.replace_all(other, "", literal=True).str.replace(mark, ".", literal=True)
        )
    ).to_series()


def _settle_decimal(body: pl.Series) -> Decimal | None:
    """The decimal mark that the column's own cells prove; None when no cell has a mark.

    A cell proves its mark unless it reads both ways: one mark, one to three digits before it (not a
    lone zero) and exactly three after it.
    """

    def hits(pattern: str) -> list[int]:
        return body.str.contains(pattern).fill_null(value=False).arg_true().to_list()

    point = hits(r"^\d{1,3}(,\d{3})+\.\d*$|^(\d*\.(\d{0,2}|\d{4,})|0\.\d+|\d{4,}\.\d+)([eE].*)?$|^\d{1,3}(,\d{3}){2,}$")
    comma = hits(r"^\d{1,3}(\.\d{3})+,\d*$|^(\d*,(\d{0,2}|\d{4,})|0,\d+|\d{4,},\d+)([eE].*)?$|^\d{1,3}(\.\d{3}){2,}$")
    open_cells = hits(r"^[1-9]\d{0,2}[.,]\d{3}$")
    if point and comma:
        raise Ambiguous("has both decimal points and decimal commas", "--decimal ,|.", (point[0], comma[0]))
    if open_cells and not point and not comma:
        raise Ambiguous("reads as thousands or as decimals", "--decimal ,|.", (open_cells[0],))
    return "." if point else "," if comma else None


_CLOCK = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?([AaPp][Mm])?(?: ?(Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?$"
_YMD = r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?" + _CLOCK
_COMPACT = r"^((?:19|20)\d{2})(\d{2})(\d{2})$"
_XXY = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _CLOCK


def read_time(text: pl.Series, *, order: DateOrder | None = None) -> Cells:
    """Dates with or without a time of day, as Datetime in UTC (as written when no zone is given).

    Year first in any punctuation, `20260831`, a month (`2026-08`, its first day), day or month first
    when the column itself, or `order`, settles which.

    Raises:
        Ambiguous: Every cell of the column reads both day first and month first, or it mixes them.
    """
    tidied = tidy(text)
    numeric = tidied.str.extract_groups(_XXY).struct.unnest()
    first, second = (numeric[numeric.columns[i]].cast(pl.Int64) for i in (0, 1))
    choice = None
    if order not in ("dmy", "mdy") and first.is_not_null().any():
        order = _settle_order(first, second)
        choice = "day before month" if order == "dmy" else "month before day"
    day, month = (first, second) if order == "dmy" else (second, first)
    parts = [tidied.str.extract_groups(pattern).struct.unnest() for pattern in (_YMD, _COMPACT)]
    for part in parts:
        part.columns = [f"p{i}" for i in range(part.width)]
    numeric.columns = [f"p{i}" for i in range(numeric.width)]
    short_year = numeric["p2"].cast(pl.Int64)
    year = pl.select(pl.when(pl.lit(short_year) < 100).then(pl.lit(short_year) + 2000).otherwise(pl.lit(short_year)))
    frame = pl.select(
        year=pl.coalesce(parts[0]["p0"].cast(pl.Int64), parts[1]["p0"].cast(pl.Int64), year.to_series()),
        month=pl.coalesce(parts[0]["p1"].cast(pl.Int64), parts[1]["p1"].cast(pl.Int64), month),
        # A year and a month alone stand for the month's first day.
        day=pl.coalesce(
            parts[0]["p2"].cast(pl.Int64),
            parts[1]["p2"].cast(pl.Int64),
            day,
            parts[0]["p1"].is_not_null().cast(pl.Int64),
        ),
        hour=pl.coalesce(parts[0]["p3"], numeric["p3"]).cast(pl.Int64).fill_null(0),
        minute=pl.coalesce(parts[0]["p4"], numeric["p4"]).cast(pl.Int64).fill_null(0),
        second=pl.coalesce(parts[0]["p5"], numeric["p5"]).cast(pl.Int64).fill_null(0),
        half=pl.coalesce(parts[0]["p6"], numeric["p6"]).str.to_lowercase(),
        zone=pl.coalesce(parts[0]["p7"], numeric["p7"]).str.replace(":", ""),
    )
    values = frame.select(_moment())["moment"]
    return Cells(values, tidied.is_not_null() & values.is_null(), choice)


def read_date(text: pl.Series, *, order: DateOrder | None = None) -> Cells:
    """Like `read_time`, the time of day dropped: a Date."""
    cells = read_time(text, order=order)
    return Cells(cells.values.dt.date(), cells.unreadable, cells.choice)


def _moment() -> pl.Expr:
    """Datetime from the parts; null where they name no real moment, such as the 45th of month 13."""
    hour = (
        pl.when(pl.col("half") == "pm")
        .then(pl.col("hour") % 12 + 12)
        .when(pl.col("half") == "am")
        .then(pl.col("hour") % 12)
        .otherwise(pl.col("hour"))
    )
    pad = [pl.col(name).cast(pl.String).str.zfill(2) for name in ("month", "day")]
    clock = [part.cast(pl.String).str.zfill(2) for part in (hour, pl.col("minute"), pl.col("second"))]
    stamp = pl.concat_str([pl.col("year").cast(pl.String).str.zfill(4), *pad, *clock], separator="-")
    sign = pl.when(pl.col("zone").str.starts_with("-")).then(-1).otherwise(1)
    minutes = pl.col("zone").str.slice(1, 2).cast(pl.Int64, strict=False) * 60 + pl.col("zone").str.slice(3, 2).cast(
        pl.Int64, strict=False
    )
    moment = stamp.str.to_datetime("%Y-%m-%d-%H-%M-%S", strict=False, time_unit="us")
    return (moment - pl.duration(minutes=(sign * minutes).fill_null(0))).alias("moment")


def _settle_order(first: pl.Series, second: pl.Series) -> DateOrder:
    """Day or month first, as some cell proves; cells such as 05/05 fit both and prove nothing."""
    day_first = (first > 12).arg_true().to_list()
    month_first = (second > 12).arg_true().to_list()
    open_cells = (first != second).arg_true().to_list()
    if day_first and month_first:
        raise Ambiguous(
            "has dates day first and dates month first", "--date-order dmy|mdy", (day_first[0], month_first[0])
        )
    if open_cells and not day_first and not month_first:
        raise Ambiguous("reads day first or month first", "--date-order dmy|mdy", (open_cells[0],))
    return "dmy" if day_first else "mdy"
