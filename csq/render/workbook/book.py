"""The workbook and its sheets: where values become cells, and nothing in a cell is ever run."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

import polars as pl
from xlsxwriter import Workbook
from xlsxwriter.chart_scatter import ChartScatter
from xlsxwriter.format import Format

from csq.render import wording
from csq.render.cells import output_rows, value_cells
from csq.render.marks import COLOURS, MARKS
from csq.render.options import Options
from csq.render.workbook.lists import (
    FIRST_DAY,
    TEXTS,
    CellStyles,
    ListColumn,
    ListSheet,
    Style,
    XmlCells,
    by_kind,
    height,
    lines,
    number_of,
)
from csq.report import Report
from csq.terms import Quadrant

ROWS = 1_048_576
"""Rows that Excel has on a sheet."""
LONGEST = 32_767
"""UTF-16 units that Excel has in a cell."""

Value: TypeAlias = str | float | Decimal | date | bool | None

BOLD: Style = {"bold": True}
TITLE: Style = {"bold": True, "font_size": 16}
HEADING: Style = {"bold": True, "font_size": 12}
QUIET: Style = {"font_color": "#595959"}
WRAP: Style = {"text_wrap": True}
# Text that fills its column would touch what stands in the next one.
APART: Style = {"align": "left", "indent": 1}
# Text also when somebody edits the cell: 00123 does not become 123 then, nor =1+1 a formula.
TEXT: Style = {"num_format": "@"}
# Excel before 2010 shows long text in this format as ####, so it gets an apostrophe, which does the same.
LONG_TEXT: Style = {"quote_prefix": True}
LONG = 255
# Excel has its own way with truth values; LibreOffice would show 1 and 0.
BOOL: Style = {"num_format": '"TRUE";"TRUE";"FALSE"', "align": "center"}
WHOLE: Style = {"num_format": "#,##0"}
DATE: Style = {"num_format": "yyyy-mm-dd", "align": "left"}
RIGHT: Style = {"align": "right", "indent": 1}
HEAD: Style = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EDEDED", "valign": "bottom"}
_BASE: Style = {"font_size": 10, "valign": "top"}

_OWN: Mapping[str, tuple[Sequence[str], Callable[[Mapping[str, Any]], str]]] = {
    "_answers": (("responses", "asked"), lambda row: wording.answers(**row)),
    "_happiness": (wording.HAPPINESS, wording.happiness),
    "_parts": (wording.PARTS, wording.parts),
    "_sides": (wording.SIDES, lambda row: wording.divided(*row.values())),
}
"""What is to be said of each account beside its columns, by the columns that it is made of: the answers behind its
happiness, the score with them, what its usage score rests on, and on whom its quadrant is divided."""

_A4 = 9


class Book:
    """A workbook in memory, with the accounts it shows and what it has to say of itself."""

    def __init__(self, report: Report, options: Options) -> None:
        """Take what is shown of `report`. Raises UsageError where `options` name something that is not there."""
        self.report = report
        self.options = options
        selected, self.columns = output_rows(report, options)
        told = selected.select("account_id").join(report.accounts, on="account_id", how="left", maintain_order="left")
        own = {name: wording.each(told, names, text) for name, (names, text) in _OWN.items()}
        self.rows = value_cells(selected, self.columns).with_columns(**own)
        self.cut = 0
        """Texts that were longer than a cell."""
        self._buffer = io.BytesIO()
        # In memory, because otherwise the accounts would lie in temporary files for a while.
        self._workbook = Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._sheets: list[Sheet] = []
        self._formats: dict[frozenset[tuple[str, str | int | float]], Format] = {}
        day = report.as_of or date(1980, 1, 1)
        self._workbook.set_properties(
            {"title": wording.title(report)[0], "created": datetime(day.year, day.month, day.day)}  # noqa: DTZ001
        )

    def style(self, *styles: Style) -> Format:
        """Make one format of several styles, the later ones winning; the same ones give the same format."""
        properties = dict(_BASE)
        for style in styles:
            properties.update(style)
        key = frozenset(properties.items())
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(properties)
        return self._formats[key]

    def sheet(self, name: str, widths: Sequence[float]) -> "Sheet":
        """Add a sheet, to be printed on A4 and as wide as the paper, with `widths` of its columns in characters."""
        self._sheets.append(Sheet(self, name, widths))
        return self._sheets[-1]

    def scatter(self) -> ChartScatter:
        """Make a chart that is on no sheet yet."""
        chart = self._workbook.add_chart({"type": "scatter", "subtype": "straight"})
        assert isinstance(chart, ChartScatter)
        return chart

    def close(self) -> bytes:
        """Write it all."""
        for sheet in self._sheets:
            sheet.set_heights()
        self._workbook.close()
        return self._buffer.getvalue()

    def fitting(self, text: str, cells: int = 1) -> str:
        """Cut `text` to what Excel has room for, and count the cells that it stands in."""
        if not text.isascii():
            # A file name may hold bytes that are no UTF-8.
            text = text.encode(errors="backslashreplace").decode()
        if 2 * len(text) <= LONGEST or len(text.encode("utf-16-le")) <= 2 * LONGEST:
            return text
        self.cut += cells
        return text.encode("utf-16-le")[: 2 * (LONGEST - 1)].decode("utf-16-le", errors="ignore") + "…"


class Sheet:
    """A sheet that is written from top to bottom."""

    def __init__(self, book: Book, name: str, widths: Sequence[float]) -> None:
        """Add it to `book`."""
        self.book = book
        self.name = name
        self.row = 0
        """The next row."""
        self._widths = widths
        self._lines: dict[int, int] = {}
        page = book._workbook.add_worksheet(name, ListSheet)
        assert isinstance(page, ListSheet)
        self.page = page
        for column, width in enumerate(widths):
            page.set_column(column, column, width, book.style())
        page.set_paper(_A4)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&L&A&RPage &P of &N")

    def put(self, column: int, value: Value, *styles: Style, row: int | None = None) -> None:
        """Write one cell, on the current row unless told otherwise."""
        at = self.row if row is None else row
        if _is_number(value):
            styles = (RIGHT, *styles)
        self._write(at, column, value, self.book.style(*styles))
        if WRAP in styles and isinstance(value, str):
            self.make_room(at, value, self._widths[column])

    def across(self, first: int, last: int, text: str, *styles: Style) -> None:
        """Write a text over several columns of the current row, which becomes as high as the text needs."""
        form = self.book.style(*styles)
        told = self.book.fitting(text)
        if last > first:
            self.page.merge_range(self.row, first, self.row, last, "", form)
        self.page.write_string(self.row, first, told, form)
        self.make_room(self.row, told, sum(self._widths[first : last + 1]))

    def long_list(self, first: int, columns: Sequence[ListColumn]) -> None:
        """End the sheet with a list, from row `first` down; a row becomes as high as its wrapped texts need."""
        cells, needed = [], []
        for number, column in enumerate(columns):
            styles = (WRAP, APART) if column.is_wrapped else ()
            if column.values is None:
                cells.append(XmlCells(number, "", None, self._formats(column.looks, *styles)))
                continue
            for kind, values in by_kind(column.values):
                told = values
                if kind == TEXTS:
                    told, taken = self._texts(values, self._widths[number] - 1 if column.is_wrapped else None)
                    needed.append(taken.alias(f"{number}"))
                is_right = column.values.dtype.is_numeric()
                cells.append(XmlCells(number, kind, told, self._formats(column.looks, *styles, is_right=is_right)))
        self.page.end_with(first, cells, pl.DataFrame(needed).max_horizontal())

    def _formats(self, looks: Style | CellStyles, *styles: Style, is_right: bool = False) -> int | pl.Series:
        """The number of the format of all cells, or of each."""
        right = RIGHT if is_right else {}
        if not isinstance(looks, CellStyles):
            return number_of(self.book.style(right, looks, *styles))
        keys = looks.keys.unique(maintain_order=True)
        numbers = [number_of(self.book.style(right, looks.styles[key], *styles)) for key in keys]
        return looks.keys.replace_strict(keys, pl.Series(numbers, dtype=pl.Int64))

    def _texts(self, texts: pl.Series, width: float | None) -> tuple[pl.Series, pl.Series]:
        """Where texts stand among those of the workbook, and the lines they take; null where one is enough."""
        counted = texts.drop_nulls().to_frame("text").group_by("text", maintain_order=True).len()
        told = [self.book.fitting(text, cells) for text, cells in counted.iter_rows()]
        taken = [None if width is None or (taken := lines(text, width)) == 1 else taken for text in told]
        places = self.page.places(told, counted["len"])
        found = texts.to_frame("text").join(
            counted.select("text", places=places, lines=pl.Series(taken, dtype=pl.Int64)),
            on="text", how="left", maintain_order="left",
        )  # fmt: skip
        return found["places"], found["lines"]

    def make_room(self, row: int, text: str, width: float) -> None:
        """See that `row` becomes high enough for `text`, wrapped in `width` characters."""
        if len(text) > width or "\n" in text:
            self._lines[row] = max(self._lines.get(row, 1), lines(text, width))

    def _write(self, at: int, column: int, value: Value, form: Format) -> None:
        match value:
            case None:
                self.page.write_blank(at, column, None, form)
            case bool():
                self.page.write_boolean(at, column, value, form)
            case str():
                self.page.write_string(at, column, self.book.fitting(value), form)
            case date() if value < FIRST_DAY:
                self.page.write_string(at, column, value.isoformat(), form)
            case date():
                self.page.write_datetime(at, column, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
            case _:
                # A float is written with 16 digits, 91.6667 as 91.66670000000001; a decimal as it is.
                self.page.write_number(at, column, Decimal(str(value)), form)  # type: ignore[call-overload]

    def set_heights(self) -> None:
        """Make each row as high as its text needs: not every program does so by itself."""
        for row, taken in self._lines.items():
            if taken > 1:
                self.page.set_row(row, height(taken))

    def line(self, *values: Value, styles: Sequence[Style] = ()) -> None:
        """Write a row from the first column on."""
        for column, value in enumerate(values):
            self.put(column, value, *styles)
        self.row += 1

    def print_to(self, column: int, pages: int) -> None:
        """Print what stands above the current row, up to `column`, on so many pages; the rest is for the screen."""
        self.page.print_area(0, 0, max(self.row - 1, 0), column)
        self.page.fit_to_pages(1, pages)

    def skip(self, rows: int = 1) -> None:
        """Leave rows empty."""
        self.row += rows

    def title(self, title: str, *below: str) -> None:
        """Begin the sheet: a title, and sentences below it."""
        self.page.hide_gridlines(2)
        self.page.set_row(self.row, 24)
        self.line(title, styles=(TITLE,))
        for sentence in filter(None, below):
            self.line(sentence, styles=(QUIET,))
        self.skip()

    def heading(self, text: str, column: int = 0) -> None:
        """Begin a part of the sheet."""
        self.page.set_row(self.row, 20)
        self.put(column, text, HEADING)
        self.row += 1

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[Value]], styles: Sequence[Style] = (), column: int = 0
    ) -> None:
        """Write a table.

        Args:
            heads: The headings.
            rows: The cells below them.
            styles: Of each column, in order.
            column: Where it begins.
        """
        for number, head in enumerate(heads):
            self.put(column + number, head, HEAD, _aligned(styles, number))
        self.row += 1
        for cells in rows:
            for number, value in enumerate(cells):
                self.put(column + number, value, styles[number] if number < len(styles) else WRAP)
            self.row += 1


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def marked(quadrant: Quadrant) -> Style:
    """Show a quadrant with its mark before its text, which stays as it is: the mark is a number format."""
    return {"num_format": f'"{MARKS[quadrant]} "@', "font_color": COLOURS[quadrant], "bold": True}


def _aligned(styles: Sequence[Style], number: int) -> Style:
    """Put a heading where the cells below it stand."""
    is_number = number < len(styles) and str(styles[number].get("num_format", "@")) not in {"@", DATE["num_format"]}
    return RIGHT if is_number else {}
