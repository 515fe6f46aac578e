"""About: from what, by which rules and by which csq this workbook was made, and what its columns mean."""

from csq.render import wording
from csq.render.json_text import FORMAT_VERSION
from csq.render.workbook.book import BOLD, DATE, TEXT, WRAP, Book, Sheet, Value

_WIDTHS = (24, 44, 16, 20, 68)


def about(book: Book) -> None:
    """Write the sheet."""
    report = book.report
    sheet = book.sheet("About", _WIDTHS)
    sheet.title("About")
    entries: tuple[tuple[str, Value], ...] = (
        ("Made by", f"csq {report.version}"),
        ("Format version", FORMAT_VERSION),
        ("As of", report.as_of or "the data has no dates"),
        ("Which is", report.as_of_source if report.as_of else None),
        ("Currency", report.currency or "not known"),
        *((f"Window, {window.axis}", wording.days(window)) for window in report.windows),
        ("Accounts shown", wording.chosen(book.options.selection) or "all"),
    )
    for what, value in entries:
        _entry(sheet, what, value)
    sheet.skip()
    sheet.heading("Files and rules")
    rows: list[tuple[Value, ...]] = [(source.role, source.label, source.sha256) for source in report.sources]
    rows.append(("settings", report.settings_label, report.settings_sha256))
    rows.append(("playbook", report.playbook_label, report.playbook_sha256))
    sheet.table(("What", "File", "SHA-256", "", ""), rows, ({}, WRAP, {"font_name": "Courier New", "font_size": 9}))
    sheet.skip()
    sheet.print_to(len(_WIDTHS) - 1, 1)
    sheet.heading("Columns of the sheet Accounts")
    described = [
        (column.label, column.name, column.unit, column.span, column.meaning or "a column of your own")
        for column in book.columns
    ]
    sheet.table(
        ("Column", "In the other formats", "Unit", "Values", "Meaning"), described, (TEXT, TEXT, WRAP, WRAP, WRAP)
    )


def _entry(sheet: Sheet, what: str, value: Value) -> None:
    if value is None:
        return
    sheet.put(0, what, BOLD)
    sheet.put(1, value, DATE if not isinstance(value, str | int) else {"align": "left"})
    sheet.row += 1
