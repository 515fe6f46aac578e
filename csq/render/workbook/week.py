"""This week: whom to turn to, in the order of work, each with the next step, and a column to tick it off.

Where the week's hours are divided, these are the accounts that fit into them; else all that are not at rest. Each row
ends in the id of its step, by which `csq done --from` finds it again.
"""

from datetime import date

import polars as pl

from csq.planned import PlannedStep, week_of
from csq.render import prose
from csq.render.view import accounts
from csq.render.workbook.accounts import looks, quiet_green_corners
from csq.render.workbook.book import APART, HEAD, QUIET, RIGHT, TEXT, WRAP, Book, Sheet
from csq.render.workbook.lists import ListColumn
from csq.terms import Queue, Tick

HAPPINESS = "_happiness"
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
    "quadrant": 20,
    "contract_value": 12,
    HAPPINESS: 16,
    "days_to_renewal": 10,
    WHY: 36,
    "next_step": 64,
    "queue": 9,
    "hours": 7,
}
"""The columns of the list and their widths."""
_TICKS = {"done": 11, "note": 30, "step": 16}
"""Columns to be filled in, and that of the ids, with their widths."""
_PRINTED = 25
"""Accounts on paper where no hours are divided."""
_EMPTY = 9
"""The width of a column without a value."""
_WRAPPED = {"account_name", "owner", "next_step", "queue", HAPPINESS, WHY}


def this_week(book: Book) -> None:
    """Write the sheet."""
    is_divided = book.report.accounts["this_week"].count() > 0
    chosen = pl.col("this_week") if is_divided else pl.col("queue").is_null() | (pl.col("queue") != Queue.REST)
    listed = book.rows.filter(chosen.fill_null(value=False))
    of_all = book.report.accounts
    told = listed.select("account_id").join(of_all, on="account_id", how="left", maintain_order="left")
    whys = [account.why_with_parts for account in accounts(book.report, told)]
    listed = listed.with_columns(pl.Series(WHY, whys, dtype=pl.String()))
    widths = [width if listed[name].count() else min(width, _EMPTY) for name, width in _WIDTHS.items()]
    sheet = book.sheet("This week", [*widths, *_TICKS.values()])
    sheet.title("This week", _said(listed, is_divided=is_divided))
    if listed.is_empty():
        return
    head = sheet.row
    described = {column.name: column for column in book.columns}
    columns = []
    for number, name in enumerate(_WIDTHS):
        is_wrapped = name in _WRAPPED
        if name in _TEXTS:
            sheet.put(number, _TEXTS[name], HEAD, APART)
            columns.append(ListColumn(listed[name], TEXT, is_wrapped))
            continue
        column = described[name]
        sheet.put(number, column.label, HEAD, RIGHT if column.is_right else APART if is_wrapped else {})
        columns.append(ListColumn(listed[name], looks(listed, column), is_wrapped))
    columns += _ticks(sheet, told, book.report.as_of)
    sheet.long_list(head + 1, columns)
    last, end = head + listed.height, len(columns) - 1
    sheet.page.autofilter(head, 0, last, end)
    sheet.page.freeze_panes(head + 1, 2)
    sheet.page.repeat_rows(head)
    if not is_divided:
        # Nothing says where the week ends; paper has its beginning.
        sheet.page.print_area(0, 0, min(last, head + _PRINTED), end)
        sheet.page.fit_to_pages(1, 1)
    quiet_green_corners(sheet, list(_WIDTHS), head + 1, last)


def _ticks(sheet: Sheet, told: pl.DataFrame, as_of: date | None) -> list[ListColumn]:
    """Head the columns to tick steps off, and return them; without a day there is no week, and so none."""
    if as_of is None:
        return []
    first, head = len(_WIDTHS), sheet.row
    for number, name in enumerate(_TICKS):
        sheet.put(first + number, name, HEAD, APART)
    week = week_of(as_of)
    ids = [
        step and str(PlannedStep(account, step, week)) for account, step in told[["account_id", "step_id"]].iter_rows()
    ]
    # What is not in the list is let pass: people write a day, or a word more.
    choices = {"validate": "list", "source": [str(tick) for tick in Tick], "error_type": "information"}
    sheet.page.data_validation(head + 1, first, head + told.height, first, choices)
    unticked = pl.repeat(None, told.height, dtype=pl.String, eager=True)
    return [
        ListColumn(unticked, {}),
        ListColumn(None, {**TEXT, **WRAP}),
        ListColumn(pl.Series(ids, dtype=pl.String), {**TEXT, **QUIET}),
    ]


def _said(listed: pl.DataFrame, *, is_divided: bool) -> str:
    accounts = prose.count(listed.height, "account")
    if is_divided:
        return f"{accounts}, {listed['hours'].sum():g} hours: what fits into the week, in the order of work."
    return f"{accounts} in the order of work, those at rest left out. No hours are set to tell where the week ends."
