"""Signals: which ones hold, for how many accounts and how much money, and for whom."""

import polars as pl

from csq.render import prose
from csq.render.workbook.accounts import quiet_green_corners
from csq.render.workbook.book import APART, HEAD, ROWS, TEXT, WHOLE, Book, Sheet, marked
from csq.render.workbook.lists import CellStyles, ListColumn, Style
from csq.terms import Quadrant, Severity

_PARTS = "_parts"
"""What is to be said of the parts of a usage score; a column only where there is something to say."""
_COLUMNS = {
    "signals": ("Signal", 30),
    "severity": ("Severity", 10),
    "account_name": ("Account name", 30),
    "account_id": ("Account ID", 14),
    "owner": ("Owner", 18),
    "quadrant": ("Quadrant", 14),
    "contract_value": ("Contract value", 14),
    "next_step": ("Next step", 66),
    _PARTS: ("Usage rests on", 22),
}
"""The columns of the list, with their headings and widths."""
_LOUDEST_FIRST = [str(each) for each in (Severity.ACT, Severity.WATCH, Severity.INFO)]


def signals(book: Book) -> None:
    """Write the sheet: a table of signals, and below it one row for each signal and account."""
    sheet = book.sheet("Signals", [width for _, width in _COLUMNS.values()])
    told = [name for name in _COLUMNS if name != "severity"]
    held = book.rows.select("rank", *told).explode("signals", empty_as_null=True).drop_nulls("signals")
    held = held.join(_severities(book), on=["account_id", "signals"], how="left", maintain_order="left")
    held = held.with_columns(pl.col("signals").str.replace_all("_", " ", literal=True))
    if held.is_empty():
        judged = book.rows["signals"].count()
        words = "No signal holds for any of these accounts." if judged else "No signals were judged in this run."
        sheet.title("Signals", words)
        return
    accounts = prose.count(held["account_id"].n_unique(), "account")
    sheet.title("Signals", f"{prose.count(held['signals'].n_unique(), 'signal')} on {accounts}.")
    _counts(sheet, held)
    sheet.print_to(3, 1)
    sheet.skip()
    _list(sheet, held)


def _severities(book: Book) -> pl.DataFrame:
    """How loud a signal is for an account, which hangs on its quadrant."""
    loudness = pl.col("severity").cast(pl.Enum(_LOUDEST_FIRST))
    return book.report.fired.select("account_id", pl.col("signal").cast(pl.String).alias("signals"), loudness)


def _counts(sheet: Sheet, held: pl.DataFrame) -> None:
    counts = held.group_by("signals", "severity").agg(pl.len().cast(pl.Int64), pl.col("contract_value").sum())
    ordered = counts.sort("severity", "len", "signals", descending=[False, True, False], nulls_last=True)
    heads = ("Signal", "Severity", "Accounts", "Contract value")
    sheet.table(heads, ordered.iter_rows(), (TEXT, TEXT, WHOLE, WHOLE))


def _list(sheet: Sheet, held: pl.DataFrame) -> None:
    head, room = sheet.row, ROWS - sheet.row - 1
    rows = held.sort("severity", "signals", "rank", "account_id", nulls_last=True).head(room)
    if rows.height < held.height:
        sheet.put(7, f"The first {rows.height:,} of {held.height:,} rows: a sheet has no more.", row=0)
    names = [name for name in _COLUMNS if name != _PARTS or rows[name].count()]
    marks = CellStyles(rows["quadrant"].cast(pl.String), {str(quadrant): marked(quadrant) for quadrant in Quadrant})
    looks: dict[str, Style | CellStyles] = {"quadrant": marks, "contract_value": WHOLE}
    wrapped = {"next_step"}
    for column, name in enumerate(names):
        sheet.put(column, _COLUMNS[name][0], HEAD, APART if name in wrapped else {})
    sheet.long_list(head + 1, [ListColumn(rows[name], looks.get(name, TEXT), name in wrapped) for name in names])
    last = head + rows.height
    sheet.page.autofilter(head, 0, last, len(names) - 1)
    quiet_green_corners(sheet, names, head + 1, last)
