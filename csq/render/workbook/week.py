"""This week: whom to turn to, in the order of work, each with the next step.

Where the week's hours are divided, these are the accounts that fit into them; else all that are not at rest.
"""

import polars as pl

from csq.render import prose
from csq.render.view import accounts
from csq.render.workbook.accounts import cells, quiet_green_corners, styles
from csq.render.workbook.book import HEAD, RIGHT, TEXT, Book
from csq.terms import Queue

HAPPINESS = "happiness"
"""The happiness score as text: of an account that is divided, both sides of it."""
WHY = "reasons"
"""Why an account is to be turned to, as every page says it."""
_TEXTS = {HAPPINESS: "Happiness", WHY: "Why"}
"""Columns of words, with their headings."""
_WIDTHS = {
    "rank": 6,
    "account_name": 30,
    "account_id": 13,
    "owner": 16,
    "quadrant": 14,
    "contract_value": 12,
    HAPPINESS: 16,
    "days_to_renewal": 10,
    WHY: 36,
    "next_step": 64,
    "queue": 9,
    "hours": 7,
}
"""The columns of the list and their widths."""
_PRINTED = 25
"""Accounts on paper where no hours are divided."""
_EMPTY = 9
"""The width of a column without a value."""
_WRAPPED = {"account_name", "owner", "next_step"}


def this_week(book: Book) -> None:
    """Write the sheet."""
    is_divided = book.report.accounts["this_week"].count() > 0
    chosen = pl.col("this_week") if is_divided else pl.col("queue").is_null() | (pl.col("queue") != Queue.REST)
    rows = book.rows.with_columns(pl.Series(HAPPINESS, book.happiness, dtype=pl.String()))
    listed = rows.with_row_index("at").filter(chosen.fill_null(value=False))
    of_all = book.report.accounts
    told = listed.select("account_id").join(of_all, on="account_id", how="left", maintain_order="left")
    whys = [account.why_with_parts for account in accounts(book.report, told)]
    listed = listed.with_columns(pl.Series(WHY, whys, dtype=pl.String()))
    widths = [width if listed[name].count() else min(width, _EMPTY) for name, width in _WIDTHS.items()]
    sheet = book.sheet("This week", widths)
    sheet.title("This week", _said(listed, is_divided=is_divided))
    if listed.is_empty():
        return
    head = sheet.row
    columns = {column.name: column for column in book.columns}
    for number, name in enumerate(_WIDTHS):
        if name in _TEXTS:
            sheet.put(number, _TEXTS[name], HEAD)
            sheet.column(number, head + 1, listed[name].to_list(), [TEXT] * listed.height, is_wrapped=True)
            continue
        column = columns[name]
        sheet.put(number, column.label, HEAD, RIGHT if column.is_right else {})
        looks = styles(book, column)
        shown = [looks[at] for at in listed["at"]]
        sheet.column(number, head + 1, cells(listed[name]), shown, is_wrapped=name in _WRAPPED)
    last = head + listed.height
    sheet.page.autofilter(head, 0, last, len(_WIDTHS) - 1)
    sheet.page.freeze_panes(head + 1, 2)
    sheet.page.repeat_rows(head)
    if not is_divided:
        # Nothing says where the week ends; paper has its beginning.
        sheet.page.print_area(0, 0, min(last, head + _PRINTED), len(_WIDTHS) - 1)
        sheet.page.fit_to_pages(1, 1)
    quiet_green_corners(sheet, list(_WIDTHS), head + 1, last)


def _said(listed: pl.DataFrame, *, is_divided: bool) -> str:
    accounts = prose.count(listed.height, "account")
    if is_divided:
        return f"{accounts}, {listed['hours'].sum():g} hours: what fits into the week, in the order of work."
    return f"{accounts} in the order of work, those at rest left out. No hours are set to tell where the week ends."
