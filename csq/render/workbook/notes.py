"""Data notes: what became of every row, how the files met, what was chosen, and the lines that pin the cuts."""

from csq.render import wording
from csq.render.workbook.book import LONGEST, QUIET, TEXT, WHOLE, WRAP, Book, Sheet, Value

_WIDTHS = (13, 40, 18, 11, 11, 11, 11, 36)


def data_notes(book: Book) -> Sheet:
    """Write the sheet."""
    report = book.report
    sheet = book.sheet("Data notes", _WIDTHS)
    sheet.title("Data notes", "Every row that was read is used, set aside or rejected.")
    _files(sheet)
    _joins(sheet)
    _notes(sheet)
    sheet.print_to(len(_WIDTHS) - 1, 2)
    sheet.heading("Columns of the files")
    rows = [
        (source.role, source.label, *pair)
        for source in report.sources
        for pair in (*((field, header) for header, field in source.columns), *(("", each) for each in source.unused))
    ]
    named = [(role, label, header, field or "not used") for role, label, field, header in rows]
    sheet.table(("Role", "File", "Header", "Taken for"), named, ({}, WRAP, TEXT, TEXT))
    sheet.skip()
    if report.pinned and not report.is_pinned:
        sheet.heading("Put into csq.yaml to keep these tiers, references and cuts")
        for line in report.pinned.rstrip("\n").split("\n"):
            sheet.line(line, styles=({"font_name": "Courier New"}, TEXT))
    return sheet


def what_was_cut(sheet: Sheet) -> None:
    """Say at the end of the sheet how many texts did not fit into their cells."""
    if cut := sheet.book.cut:
        sheet.skip()
        texts = "1 text was" if cut == 1 else f"{cut:,} texts were"
        sheet.line(f"{texts} longer than the {LONGEST:,} characters of a cell: the end is cut, and shown as …")


def _files(sheet: Sheet) -> None:
    report = sheet.book.report
    heads = ("Role", "File", "One row is", "Read", "Used", "Set aside", "Rejected", "Why")
    rows: list[tuple[Value, ...]] = [
        (
            source.role,
            source.label,
            source.grain or "",
            source.read,
            source.used,
            sum(source.set_aside.values()),
            sum(source.rejected.values()),
            "\n".join(wording.reasons(source.set_aside) + wording.reasons(source.rejected)),
        )
        for source in report.sources
    ]
    sheet.heading("Files")
    sheet.table(heads, rows, ({}, WRAP, {}, WHOLE, WHOLE, WHOLE, WHOLE, WRAP))
    if faults := report.faults.height:
        sheet.line(f"Cells that could not be read and count as unknown: {faults:,}", styles=(QUIET,))
    sheet.skip()


def _joins(sheet: Sheet) -> None:
    if not sheet.book.report.joins:
        return
    sheet.heading("How the files met the accounts")
    heads = (
        "Role",
        "By",
        "Rows",
        "Matched",
        "Accounts",
        "Keys of no account",
        "Accounts without",
        "Keys of no account",
    )
    rows = [
        (
            join.role,
            join.key,
            join.rows,
            join.matched,
            join.accounts,
            join.only_here_count,
            join.absent_accounts,
            ", ".join(join.only_here),
        )
        for join in sheet.book.report.joins
    ]
    sheet.table(heads, rows, ({}, {}, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WRAP))
    sheet.skip()


def _notes(sheet: Sheet) -> None:
    notes = wording.notes(sheet.book.report)
    if not notes:
        return
    sheet.heading("Notes")
    last = len(_WIDTHS) - 1
    for title, text in notes:
        sheet.put(0, title)
        sheet.across(1, last, text, WRAP)
        sheet.row += 1
    sheet.skip()
