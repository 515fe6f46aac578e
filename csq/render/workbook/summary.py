"""Summary: the grid, whom to turn to first and why, the picture, where high begins, and what is not known.

Only the first accounts and the picture mind a selection.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from csq.render import prose, wording
from csq.render.marks import COLOURS, GRID, MARKS
from csq.render.view import view_of
from csq.render.view.account import Account
from csq.render.view.model import Week
from csq.render.workbook.book import APART, BOLD, HEAD, QUIET, RIGHT, WHOLE, WRAP, Book, Sheet, Value, marked
from csq.render.workbook.chart import drawable, rows_taken
from csq.render.workbook.lists import Style
from csq.report import Cut, Total
from csq.schema import COLUMNS
from csq.terms import Axis

_WIDTHS = (12, 15, 15, 15, 15, 3, 24, 11, 17, 9, 12, 17)
_LEFT = 0
_RIGHT = 6
_CELL = 4
"""Rows of a cell of the grid."""

_SHARE: Style = {"num_format": '[=0]0" %";[<1]"<1 %";0" %"'}
_AT: Style = {"num_format": "0.####"}
_MIDDLE: Style = {"align": "center"}
_SUM: Style = {"top": 1, "bold": True}


def summary(book: Book) -> tuple[Sheet, int]:
    """Write the sheet, and return it with the row that the chart begins on."""
    report = book.report
    sheet = book.sheet("Summary", _WIDTHS)
    sheet.page.fit_to_pages(1, 1)
    title, source = wording.title(report)
    base = wording.base(report) + ("" if report.weighted else f"; {wording.UNWEIGHTED}")
    chosen = wording.chosen(book.options.selection)
    shown = f"Accounts on the other sheets and in the chart: only {chosen}. The numbers here are over all accounts."
    sheet.title(f"{title} {source}".strip(), base, shown if chosen else "")
    top = sheet.row
    _grid(sheet)
    below = sheet.row
    sheet.row = top
    _totals(sheet)
    sheet.row = max(below, sheet.row) + 1
    _week(sheet, view_of(report, book.options.selection).week)
    row = sheet.row
    sheet.skip(rows_taken(drawable(book)) + 2)
    top = sheet.row
    _gaps(sheet)
    below = sheet.row
    sheet.row = top
    _cuts(sheet)
    sheet.row = max(below, sheet.row) + 1
    return sheet, row


def _grid(sheet: Sheet) -> None:
    """Draw usage from left to right and happiness from bottom to top."""
    totals = sheet.book.report.grid
    page, style = sheet.page, sheet.book.style
    page.merge_range(sheet.row, 1, sheet.row, 2, "usage low", style(BOLD, _MIDDLE))
    page.merge_range(sheet.row, 3, sheet.row, 4, "usage high", style(BOLD, _MIDDLE))
    sheet.row += 1
    for level, pair in GRID:
        axis = style(BOLD, WRAP, RIGHT, {"valign": "vcenter"})
        page.merge_range(sheet.row, 0, sheet.row + _CELL - 1, 0, f"happiness {level}", axis)
        for column, quadrant in zip((1, 3), pair, strict=True):
            _cell(sheet, column, totals[quadrant])
        sheet.row += _CELL


def _cell(sheet: Sheet, column: int, total: Total) -> None:
    """Write a quadrant into merged cells: its name in its colour, its numbers below."""
    book = sheet.book
    texts = (
        prose.count(total.accounts, "account"),
        wording.worth(book.report, total),
        wording.doubts(book.report, total),
    )
    name = f"{MARKS[total.quadrant]} {wording.label(book.report, total.quadrant)}"
    frame = book.style(WRAP, {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter", "indent": 1})
    strong = book.style(BOLD, {"font_color": COLOURS[total.quadrant], "font_size": 12})
    numbers = "".join(f"\n{text}" for text in texts if text)
    page = sheet.page
    page.merge_range(sheet.row, column, sheet.row + _CELL - 1, column + 1, "", frame)
    page.write_rich_string(sheet.row, column, strong, book.fitting(name), book.style(), numbers, frame)


def _totals(sheet: Sheet) -> None:
    """Write the numbers of the grid as numbers, in the order of attack, with their sum."""
    report = sheet.book.report
    row = sheet.row
    value = f"Contract value{f' {report.currency}' if report.currency else ''}"
    heads = ("Quadrant", "Accounts", value, "Share", "Borderline", "Without value")
    for number, head in enumerate(heads):
        sheet.put(_RIGHT + number, head, HEAD, RIGHT if number else {})
    for total in report.totals:
        row += 1
        sheet.put(_RIGHT, wording.label(report, total.quadrant), marked(total.quadrant), row=row)
        money = total.contract_value if report.weighted else None
        for number, cell in enumerate((total.accounts, money, None, total.borderline, total.unvalued), start=1):
            sheet.put(_RIGHT + number, cell, WHOLE, row=row)
        sheet.put(_RIGHT + 3, total.share_pct, _SHARE, row=row)
    row += 1
    sums: Sequence[Value] = (
        "All",
        sum(total.accounts for total in report.totals),
        sum((total.contract_value for total in report.totals), start=Decimal(0)) if report.weighted else None,
        None,
        sum(total.borderline for total in report.totals),
        sum(total.unvalued for total in report.totals),
    )
    for number, sum_ in enumerate(sums):
        sheet.put(_RIGHT + number, sum_, WHOLE if number else {}, _SUM, row=row)
    sheet.row = row + 1


_FIRST: Mapping[str, tuple[int, int]] = {
    "Rank": (0, 0),
    "Account": (1, 2),
    "Value": (3, 3),
    "Why": (4, 6),
    "Next step": (7, 10),
    "Owner": (11, 11),
}
"""The columns that each part of a line goes over, first and last."""


def _week(sheet: Sheet, week: Week) -> None:
    """Write whom to turn to first, a line an account, with why and what to do."""
    sheet.heading(week.title)
    if not week.first:
        sheet.line("Nothing to do for the accounts shown.")
    else:
        _across(sheet, dict(zip(_FIRST, _FIRST, strict=True)), HEAD)
        for account in week.first:
            _across(sheet, _told(account), WRAP)
    if week.more:
        sheet.line(week.more, styles=(QUIET,))
    sheet.skip()


def _told(account: Account) -> Mapping[str, str]:
    return {
        "Rank": f"{account.rank:,}",
        "Account": f"{account.mark} {account.name}",
        "Value": account.value,
        "Why": account.why_alone,
        "Next step": account.short,
        "Owner": account.owner,
    }


def _across(sheet: Sheet, texts: Mapping[str, str], *styles: Style) -> None:
    """Write a line into merged cells, and make it as high as its longest text needs."""
    for name, (first, last) in _FIRST.items():
        sheet.across(first, last, texts[name], *styles, APART)
    sheet.row += 1


def _gaps(sheet: Sheet) -> None:
    report = sheet.book.report
    sheet.heading("Not known", _LEFT)
    if not report.gaps:
        sheet.line("Nothing is unknown.")
        return
    heads = ("Accounts", "Contract value", "Why") if report.weighted else ("Accounts", "", "Why")
    for number, head in enumerate((*heads, "", "")):
        sheet.put(number, head, HEAD, RIGHT if number < len(heads) - 1 else {})
    sheet.row += 1
    for gap in report.gaps:
        sheet.line(gap.accounts, gap.contract_value or None, styles=(WHOLE,))
        sheet.put(2, gap.text, row=sheet.row - 1)


def _cuts(sheet: Sheet) -> None:
    """Say where high begins, and over which days."""
    report = sheet.book.report
    sheet.heading("Where high begins: at the cut and above", _RIGHT)
    if report.cuts:
        heads = ("Axis and tier", "From", "Method")
        sheet.table(heads, _same(report.cuts), (WRAP, _AT, {}), column=_RIGHT)
    else:
        sheet.put(_RIGHT, "No cut: nothing is scored.")
        sheet.row += 1
    for text in _remarks(sheet.book):
        sheet.put(_RIGHT, text, QUIET)
        sheet.row += 1


def _same(cuts: Sequence[Cut]) -> Iterator[tuple[str, float, str]]:
    """Say each cut once, with the tiers that share it."""
    tiers: dict[tuple[str, float, str], list[str]] = {}
    for cut in cuts:
        method = cut.method.replace("_", " ")
        how = method if method == "number" else f"{method} of {cut.scored:,}"
        tiers.setdefault((cut.axis, cut.at, how), []).append(cut.tier)
    for (axis, at, how), which in tiers.items():
        is_alone = len(which) == sum(cut.axis is axis for cut in cuts) > 1
        yield f"{axis}, {'all tiers' if is_alone else ', '.join(which)}", at, how


def _remarks(book: Book) -> Iterator[str]:
    notes: dict[str, list[str]] = {}
    for cut in book.report.cuts:
        if cut.note:
            notes.setdefault(cut.note, []).append(f"{cut.axis}, {cut.tier}")
    for note, which in notes.items():
        yield f"{'; '.join(which)}: {note}"
    for how in dict.fromkeys(wording.taken_how(cut.method, "each tier") for cut in book.report.cuts):
        if how:
            yield f"{how[:1].upper()}{how[1:]}."
    for told in dict.fromkeys(wording.at(cut) for cut in book.report.cuts if cut.axis is Axis.HAPPINESS):
        yield f"Happiness: {told}."
    yield f"Borderline: {COLUMNS['borderline'].meaning}."
    for window in book.report.windows:
        yield f"Window, {window.axis}: {wording.days(window)}."
