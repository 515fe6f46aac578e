"""Since last time: who moved, from where to where, who is new and who left."""

from csq.render.movers.words import page_of
from csq.render.workbook.book import RIGHT, TEXT, WRAP, Book

_WIDTHS = (34, 18, 22, 22, 48, 18, 18)


def moves(book: Book) -> None:
    """Write the sheet, where there is a history."""
    report = book.report
    if report.moves is None:
        return
    page = page_of(report.moves, currency=report.currency)
    sheet = book.sheet("Since last time", _WIDTHS)
    sheet.title("Since last time", *page.summary)
    for table in page.tables:
        if not table.rows and not table.absent:
            continue
        sheet.heading(table.title)
        if table.rows:
            styles = [{**RIGHT, **TEXT} if number in table.right else WRAP for number in range(len(table.heads))]
            sheet.table(table.heads, table.rows, styles)
        else:
            sheet.line(table.absent)
        sheet.skip()
    sheet.print_to(len(_WIDTHS) - 1, 1)
