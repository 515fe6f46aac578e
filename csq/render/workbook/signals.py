"""Signals: which ones hold, for how many accounts and how much money, and for whom."""

import polars as pl

from csq.render import prose
from csq.render.workbook.accounts import quiet_green_corners
from csq.render.workbook.book import HEAD, ROWS, TEXT, WHOLE, Book, Sheet, marked
from csq.terms import Quadrant

_WIDTHS = (30, 30, 14, 18, 14, 14, 66)
_HEADS = ("Signal", "Account name", "Account ID", "Owner", "Quadrant", "Contract value", "Next step")
_COLUMNS = ("signals", "account_name", "account_id", "owner", "quadrant", "contract_value", "next_step")


def signals(book: Book) -> None:
    """Write the sheet: a table of signals, and below it one row for each signal and account."""
    sheet = book.sheet("Signals", _WIDTHS)
    held = book.rows.select("rank", *_COLUMNS).explode("signals", empty_as_null=True).drop_nulls("signals")
    if held.is_empty():
        judged = book.rows["signals"].count()
        words = "No signal holds for any of these accounts." if judged else "No signals were judged in this run."
        sheet.title("Signals", words)
        return
    accounts = prose.count(held["account_id"].n_unique(), "account")
    sheet.title("Signals", f"{prose.count(held['signals'].n_unique(), 'signal')} on {accounts}.")
    _counts(sheet, held)
    sheet.skip()
    _list(sheet, held)


def _counts(sheet: Sheet, held: pl.DataFrame) -> None:
    counts = held.group_by("signals").agg(pl.len().cast(pl.Int64), pl.col("contract_value").sum())
    ordered = counts.sort("len", "signals", descending=[True, False])
    sheet.table(("Signal", "Accounts", "Contract value"), ordered.iter_rows(), (TEXT, WHOLE, WHOLE))


def _list(sheet: Sheet, held: pl.DataFrame) -> None:
    head, room = sheet.row, ROWS - sheet.row - 1
    rows = held.sort("signals", "rank", "account_id").head(room)
    if rows.height < held.height:
        sheet.put(6, f"The first {rows.height:,} of {held.height:,} rows: a sheet has no more.", row=0)
    for column, text in enumerate(_HEADS):
        sheet.put(column, text, HEAD)
    marks = {str(quadrant): marked(quadrant) for quadrant in Quadrant}
    shown = {"quadrant": [marks[quadrant] for quadrant in rows["quadrant"]], "contract_value": [WHOLE] * rows.height}
    for column, name in enumerate(_COLUMNS):
        texts = [TEXT] * rows.height
        is_wrapped = name == "next_step"
        sheet.column(column, head + 1, rows[name].to_list(), shown.get(name, texts), is_wrapped=is_wrapped)
    last = head + rows.height
    sheet.page.autofilter(head, 0, last, len(_HEADS) - 1)
    quiet_green_corners(sheet, _COLUMNS, head + 1, last)
