"""XLSX: the result as a workbook that is opened, filtered and passed on.

Text is text: nothing in a cell is a formula or a link, and an ID stays what it is even when its cell is edited.
Values are those of the other formats; Excel itself keeps 15 digits of a number. The workbook is made in memory and
its time of creation is the day of the report, so the same report gives the same bytes.
"""

from csq.errors import OutputError
from csq.render.options import Options
from csq.render.workbook.about import about
from csq.render.workbook.accounts import accounts
from csq.render.workbook.book import ROWS, Book
from csq.render.workbook.chart import chart
from csq.render.workbook.moves import moves
from csq.render.workbook.notes import data_notes, what_was_cut
from csq.render.workbook.plays import plays
from csq.render.workbook.signals import signals
from csq.render.workbook.summary import summary
from csq.render.workbook.week import this_week
from csq.report import Report


def workbook(report: Report, options: Options) -> bytes:
    """Write the workbook, its sheets in the order in which they are read.

    Raises:
        UsageError: `options` name something that is not there.
        OutputError: There are more accounts than an Excel sheet has rows.
    """
    book = Book(report, options)
    if book.rows.height >= ROWS:
        raise OutputError(
            f"{book.rows.height:,} accounts do not fit into a sheet of {ROWS:,} rows",
            hint="write `.csv` or `.parquet`, or fewer accounts with `--top N`",
        )
    top, row = summary(book)
    this_week(book)
    accounts(book)
    plays(book)
    signals(book)
    moves(book)
    notes = data_notes(book)
    about(book)
    chart(book, top, row)
    # Last, because only now it is known whether every text fitted into its cell.
    what_was_cut(notes)
    return book.close()
