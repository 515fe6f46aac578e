"""Accounts: every public column of every account shown, to be filtered and sorted."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from math import ceil

import polars as pl
from xlsxwriter.utility import xl_range

from csq.render import wording
from csq.render.columns import KEYS, OutputColumn
from csq.render.workbook.book import (
    BOOL,
    DATE,
    HEAD,
    LONG,
    LONG_TEXT,
    RIGHT,
    TEXT,
    WHOLE,
    Book,
    Sheet,
    Style,
    Value,
    marked,
)
from csq.schema import Kind
from csq.terms import Axis, Quadrant

NAME = "Accounts"
_WIDEST = {Kind.TEXT: 44, Kind.LIST: 44}
_NARROWEST = 9
_WHOLE = ("money per year", "weighted money")
"""Units of numbers that are shown without places."""
_LONGEST_WORD = 14
_FROZEN = ("rank", "account_id", "account_name")
_PRINTED = 100
"""Accounts on a page of paper, which has the columns up to the scores; the others are for the screen."""
_BESIDE = 22
"""The width of what stands beside a score."""


def accounts(book: Book) -> None:
    """Write the sheet: a heading and one row an account, nothing above or below."""
    widths, names = [], []
    columns = []
    for column in book.columns:
        columns.append(
            (column.name, column.label, column.is_right, cells(book.rows[column.name]), styles(book, column))
        )
        widths.append(_width(column, book.rows[column.name]) + _more(book, column.name))
        for label, texts in _beside(book, column.name):
            columns.append((label, label, False, texts, [TEXT] * len(texts)))
            widths.append(_BESIDE)
    sheet = book.sheet(NAME, widths)
    for number, (name, label, is_right, values, looks) in enumerate(columns):
        names.append(name)
        sheet.put(number, label, HEAD, RIGHT if is_right else {})
        sheet.column(number, 1, values, looks)
    page, last = sheet.page, book.rows.height
    page.set_row(0, 42)
    page.autofilter(0, 0, last, len(names) - 1)
    page.freeze_panes(1, len(_FROZEN))
    page.repeat_rows(0)
    scored = [column for column, name in enumerate(names) if name in ("happiness_score", "Answers")]
    page.print_area(0, 0, last, max(scored, default=len(names) - 1))
    page.fit_to_pages(1, max(ceil(last / _PRINTED), 1))
    quiet_green_corners(sheet, names, 1, last)


def _beside(book: Book, name: str) -> Iterator[tuple[str, list[Value]]]:
    """What stands beside a score, so that nobody reads it without: the answers behind it, or its parts."""
    if name == "happiness_score":
        yield "Answers", [*book.answers]
    if name == "usage_score" and any(book.parts):
        yield "Usage rests on", [*book.parts]


def _more(book: Book, name: str) -> int:
    """The further width of a column that says of some accounts on whom they are divided: else a number is ####."""
    if not any(book.sides):
        return 0
    return {"quadrant": len(", divided"), "happiness_score": max(map(len, book.sides))}.get(name, 0)


def cells(values: pl.Series) -> list[Value]:
    """Make the values of the account table values of cells: lists are joined, and empty ones are none."""
    if values.dtype != pl.List:
        return values.to_list()
    return [text or None for text in values.list.join("; ")]


def styles(book: Book, column: OutputColumn) -> Sequence[Style]:
    """Choose how each cell of a column is shown."""
    values = book.rows[column.name]
    if column.name == "quadrant":
        by_name = {str(quadrant): marked(quadrant) for quadrant in Quadrant}
        # The value stays what it is, to be filtered by; how it is shown says the rest.
        return [
            {**by_name[value], "num_format": f'{by_name[value]["num_format"]}", divided"'} if side else by_name[value]
            for value, side in zip(values, book.sides, strict=True)
        ]
    for axis in Axis:
        score, margin = book.rows[f"{axis}_score"], book.rows[f"{axis}_margin"]
        if column.name == score.name:
            sides = book.sides if axis is Axis.HAPPINESS else [""] * len(values)
            return [
                _decimals(places(value, (0, 100, cut)), side=side)
                for value, cut, side in zip(score, score - margin, sides, strict=True)
            ]
        if column.name == margin.name:
            return [_decimals(places(value, wording.MARGIN_EDGES), signed=True) for value in margin]
    return [_style(column, values)] * len(values)


def places(value: float | None, edges: Sequence[float | None]) -> int:
    """Find how many places to show, so that a rounded value stays on its side of each edge.

    Excel rounds a half away from zero, unlike Python.
    """
    if value is None:
        return 1
    exact = Decimal(str(value))
    sides = [_side(exact, edge) for edge in edges]
    for number in range(1, 4):
        shown = exact.quantize(Decimal(1).scaleb(-number), ROUND_HALF_UP)
        if [_side(shown, edge) for edge in edges] == sides:
            return number
    return 4


def _side(value: Decimal, edge: float | None) -> int:
    if edge is None:
        return 0
    limit = Decimal(str(round(edge, 4)))
    return (value > limit) - (value < limit)


@cache
def _decimals(number: int, *, signed: bool = False, side: str = "") -> Style:
    form = "0." + "0" * number + (f'" ({side})"' if side else "")
    return {"num_format": f"+{form};-{form};{form}" if signed else form}


def _style(column: OutputColumn, values: pl.Series) -> Style:
    match column.kind:
        case Kind.TEXT | Kind.LIST:
            return TEXT if _longest(values) <= LONG else LONG_TEXT
        case Kind.DATE:
            return DATE
        case Kind.BOOL:
            return BOOL
        case Kind.NUMBER if column.unit in {"percent", "points"}:
            return _decimals(1)
        case Kind.NUMBER if column.unit not in _WHOLE:
            return {"num_format": "General"}
        case _:
            return WHOLE


def _longest(values: pl.Series) -> int:
    """Characters of the longest text, lists joined."""
    text = values.list.join("; ") if values.dtype == pl.List else values
    longest = text.str.len_chars().max()
    return longest if isinstance(longest, int) else 0


def _width(column: OutputColumn, values: pl.Series) -> float:
    """Make room for what a column holds, and for the longest word of its heading."""
    word = max(len(word) for word in column.label.split())
    if column.kind in _WIDEST:
        return min(max(_longest(values) + 2, word + 3, _NARROWEST), _WIDEST[column.kind])
    room = _LONGEST_WORD if column.kind is Kind.MONEY or column.unit in _WHOLE else _NARROWEST
    return max(word + 3, room)


def quiet_green_corners(sheet: Sheet, names: Sequence[str], first: int, last: int) -> None:
    """Tell Excel that IDs and names in these rows which look like numbers are meant as text."""
    columns = [names.index(name) for name in KEYS if name in names]
    if columns and last >= first:
        ranges = " ".join(xl_range(first, column, last, column) for column in columns)
        sheet.page.ignore_errors({"number_stored_as_text": ranges})
