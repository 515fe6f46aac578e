"""Accounts: every public column of every account shown, to be filtered and sorted."""

from collections.abc import Iterator, Sequence
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
    marked,
)
from csq.render.workbook.lists import CellStyles, ListColumn, Style
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
_DIVIDED = ", divided"
_QUADRANTS = {str(quadrant): marked(quadrant) for quadrant in Quadrant} | {
    f"{quadrant}{_DIVIDED}": {**marked(quadrant), "num_format": f'{marked(quadrant)["num_format"]}"{_DIVIDED}"'}
    for quadrant in Quadrant
}


def accounts(book: Book) -> None:
    """Write the sheet: a heading and one row an account, nothing above or below."""
    widths, heads, columns = [], {}, []
    for column in book.columns:
        values = book.rows[column.name]
        heads[column.name] = (column.label, RIGHT if column.is_right else {})
        columns.append(ListColumn(values, looks(book.rows, column)))
        widths.append(_width(column, values) + _more(book, column.name))
        for label, texts in _beside(book, column.name):
            heads[label] = (label, {})
            columns.append(ListColumn(texts, TEXT))
            widths.append(_BESIDE)
    sheet, names = book.sheet(NAME, widths), list(heads)
    for number, (label, style) in enumerate(heads.values()):
        sheet.put(number, label, HEAD, style)
    sheet.long_list(1, columns)
    page, last = sheet.page, book.rows.height
    page.set_row(0, 42)
    page.autofilter(0, 0, last, len(names) - 1)
    page.freeze_panes(1, len(_FROZEN))
    page.repeat_rows(0)
    scored = [column for column, name in enumerate(names) if name in ("happiness_score", "Answers")]
    page.print_area(0, 0, last, max(scored, default=len(names) - 1))
    page.fit_to_pages(1, max(ceil(last / _PRINTED), 1))
    quiet_green_corners(sheet, names, 1, last)


def _beside(book: Book, name: str) -> Iterator[tuple[str, pl.Series]]:
    """What stands beside a score, so that nobody reads it without: the answers behind it, or its parts."""
    if name == "happiness_score":
        yield "Answers", book.rows["_answers"]
    if name == "usage_score" and book.rows["_parts"].count():
        yield "Usage rests on", book.rows["_parts"]


def _more(book: Book, name: str) -> int:
    """The further width of a column that says of some accounts on whom they are divided: else a number is ####."""
    sides = book.rows["_sides"]
    if not sides.count():
        return 0
    return {"quadrant": len(_DIVIDED), "happiness_score": _longest(sides)}.get(name, 0)


def looks(rows: pl.DataFrame, column: OutputColumn) -> Style | CellStyles:
    """Choose how the cells of a column are shown, in these rows of the book."""
    if column.name == "quadrant":
        # The value stays what it is, to be filtered by; how it is shown says the rest.
        divided = pl.when(pl.col("_sides").is_not_null()).then(pl.lit(_DIVIDED)).otherwise(pl.lit(""))
        return CellStyles(rows.select(pl.col("quadrant").cast(pl.String) + divided).to_series(), _QUADRANTS)
    for axis in Axis:
        score, margin = f"{axis}_score", f"{axis}_margin"
        if column.name == score:
            cut = pl.col(score) - pl.col(margin)
            side = pl.format('" ({})"', pl.col("_sides")) if axis is Axis.HAPPINESS else pl.lit("")
            return _numbers(rows, _decimals(places(pl.col(score), (pl.lit(0.0), pl.lit(100.0), cut)), side))
        if column.name == margin:
            form = _decimals(places(pl.col(margin), [pl.lit(edge) for edge in wording.MARGIN_EDGES]))
            return _numbers(rows, pl.format("+{};-{};{}", form, form, form))
    return _style(column, rows[column.name])


def _numbers(rows: pl.DataFrame, formats: pl.Expr) -> CellStyles:
    keys = rows.select(formats).to_series()
    return CellStyles(keys, {form: {"num_format": form} for form in keys.unique()})


def places(value: pl.Expr, edges: Sequence[pl.Expr]) -> pl.Expr:
    """Find how many places to show, so that a rounded value stays on its side of each edge.

    Excel rounds a half away from zero. Counted in ten-thousandths, because all have at most 4 places.
    """
    exact, *limits = ((each * 10_000).round().cast(pl.Int64) for each in (value, *edges))
    found = pl.lit(4)
    for number in (3, 2, 1):
        unit = 10 ** (4 - number)
        shown = (exact.abs() + unit // 2) // unit * unit * exact.sign()
        stays = [((shown - limit).sign() == (exact - limit).sign()).fill_null(value=True) for limit in limits]
        found = pl.when(pl.all_horizontal(stays)).then(number).otherwise(found)
    return found


def _decimals(places: pl.Expr, side: pl.Expr | None = None) -> pl.Expr:
    return pl.concat_str(pl.lit("0."), pl.lit("0").repeat_by(places).list.join(""), side, ignore_nulls=True)


def _style(column: OutputColumn, values: pl.Series) -> Style:
    match column.kind:
        case Kind.TEXT | Kind.LIST:
            return TEXT if _longest(values) <= LONG else LONG_TEXT
        case Kind.DATE:
            return DATE
        case Kind.BOOL:
            return BOOL
        case Kind.NUMBER if column.unit in {"percent", "points"}:
            return {"num_format": "0.0"}
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
