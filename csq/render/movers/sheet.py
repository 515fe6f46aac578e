"""Moves as a workbook: the tables as text, the weeks as numbers with a line chart over them."""

import io
from datetime import date, datetime

from xlsxwriter import Workbook
from xlsxwriter.chart_line import ChartLine
from xlsxwriter.worksheet import Worksheet

from csq.render.marks import COLOURS
from csq.render.movers.words import MoversPage, WordTable
from csq.terms import Quadrant

_WIDTH = 24
"""Characters of a column."""


def workbook(page: MoversPage, day: date) -> bytes:
    """Write the workbook; `day` is what it says of its time of creation, so that its bytes hang on nothing else."""
    buffer = io.BytesIO()
    book = begun(buffer, page, day, "Movers")
    if page.weeks:
        _weeks(book, page)
    book.close()
    return buffer.getvalue()


def begun(buffer: io.BytesIO, page: MoversPage, day: date, name: str) -> Workbook:
    """A workbook whose first sheet has the page: what it says, and its tables."""
    book = Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": page.title, "created": datetime(day.year, day.month, day.day)})  # noqa: DTZ001
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 9, _WIDTH)
    bold = book.add_format({"bold": True})
    sheet.write_string(0, 0, page.title, bold)
    row = 1
    for text in page.summary:
        sheet.write_string(row, 0, text)
        row += 1
    for table in page.tables:
        row = _table(book, sheet, table, row + 1)
    return book


def _table(book: Workbook, sheet: Worksheet, table: WordTable, row: int) -> int:
    """Write a table from a row down; the next free row."""
    if not table.rows and not table.absent:
        return row
    bold, right = book.add_format({"bold": True}), book.add_format({"align": "right"})
    sheet.write_string(row, 0, table.title if table.rows else f"{table.title}: {table.absent}", bold)
    for line, cells in enumerate((table.heads, *table.rows) if table.rows else (), start=row + 1):
        for column, cell in enumerate(cells):
            form = bold if line == row + 1 else right if column in table.right else None
            sheet.write_string(line, column, cell, form)
    return row + 2 + len(table.rows)


def _weeks(book: Workbook, page: MoversPage) -> None:
    """A sheet with the accounts and value of every quadrant by day, and a chart of the accounts."""
    name = "Week by week"
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 10, 16)
    bold = book.add_format({"bold": True, "text_wrap": True})
    words = [each.replace("_", " ") for each in Quadrant]
    for column, head in enumerate(["Day", *words, *(f"{word}, contract value" for word in words)]):
        sheet.write_string(0, column, head, bold)
    for row, week in enumerate(page.weeks, start=1):
        sheet.write_string(row, 0, f"{week.day}{' (filled)' if week.is_filled else ''}")
        for column, quadrant in enumerate(Quadrant, start=1):
            sheet.write_number(row, column, week.accounts[quadrant])
            sheet.write_number(row, column + len(words), float(week.values[quadrant]))
    chart = book.add_chart({"type": "line"})
    assert isinstance(chart, ChartLine)
    last = len(page.weeks)
    for column, quadrant in enumerate(Quadrant, start=1):
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, 0, last, 0],
                "values": [name, 1, column, last, column],
                "line": {"color": COLOURS[quadrant]},
            }
        )
    chart.set_title({"name": "Accounts in each quadrant"})
    sheet.insert_chart(last + 2, 0, chart, {"description": "A line for each quadrant: its accounts by day"})
