"""The page a person reads on Monday. One screen answers first: whom to turn to, why, what to do, what is not known.

Width and colour come in as values. Colour is on marks only, each a shape of its own beside a word that says the same.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from csq.render.cells import text_cells
from csq.render.columns import PUBLIC, output_columns
from csq.render.options import Options
from csq.render.terminal.grid import grid_and_gaps
from csq.render.terminal.layout import MEASURE, Line, PageWidth, painted
from csq.render.terminal.sections import closing, head, in_short, whole, whole_closing
from csq.render.terminal.week import first_this_week
from csq.render.view import view_of
from csq.render.view.model import View
from csq.report import Report

if TYPE_CHECKING:
    from csq.render.terminal.table import AlignedTable

_BLANK: list[Line] = [()]


def terminal(report: Report, options: Options) -> bytes:
    """Write the page: one screen, or all there is. Accounts of a quadrant are names, or rows where rows are chosen.

    Raises:
        UsageError: `options` name something that is not there.
    """
    view = view_of(report, options.selection)
    # One screen is laid out whoever reads it; of all else a program finds every name and sentence whole, on one line.
    sheet = PageWidth.of(options.width if options.width or _has_rows(options) else MEASURE)
    table = _table(report, view, options, sheet)
    # What begins with a rule needs no blank line before it where lines are few.
    between = _BLANK if options.whole else []
    lines = [
        *head(view, sheet),
        *_BLANK,
        *grid_and_gaps(view.grid, sheet, is_whole=options.whole),
        *between,
        *first_this_week(view.week, sheet),
        *between,
        *(each for section in _sections(view, sheet, table, options) for each in section),
        *(whole_closing(view, sheet) if options.whole else closing(view, sheet)),
    ]
    return (painted(lines, colour=options.colour).rstrip("\n") + "\n").encode()


def _table(report: Report, view: View, options: Options, sheet: PageWidth) -> "AlignedTable | None":
    """The accounts of all quadrants as rows, aligned with one another; None where their names will do."""
    fields = _fields(report, view, options.fields)
    if not _has_rows(options):
        return None
    from csq.render.terminal.accounts import account_table  # most pages have none

    return account_table([account for section in view.sections for account in section.first], fields, sheet)


def _has_rows(options: Options) -> bool:
    return bool(options.whole or options.selection.top is not None or options.selection.sort or options.fields)


def _fields(report: Report, view: View, names: tuple[str, ...]) -> Sequence[str]:
    """The columns that were asked for beyond the public ones: one text an account, or none at all."""
    extra = tuple(column for column in output_columns(report.accounts, names) if column.name not in PUBLIC)
    if not extra:
        return ()
    keys = [account.account_id for section in view.sections for account in section.first]
    rows = pl.DataFrame({"account_id": keys}, schema={"account_id": pl.String}).join(
        report.accounts, on="account_id", how="left", maintain_order="left"
    )
    return [
        ", ".join(
            f"{column.label}: {'unknown' if text is None else text}" for column, text in zip(extra, row, strict=True)
        )
        for row in text_cells(rows, extra).iter_rows()
    ]


def _sections(view: View, sheet: PageWidth, table: "AlignedTable | None", options: Options) -> Iterator[list[Line]]:
    first = 0
    for section in view.sections:
        numbers = range(first, first + len(section.first))
        first = numbers.stop
        rows: list[Line] = []
        if table is not None and numbers:
            rows = [table.header(), *(each for number in numbers for each in table.row(number))]
        if options.whole:
            yield [*whole(section, sheet, rows), *_BLANK]
        else:
            yield in_short(section, sheet, rows if table is not None else None)
    if not options.whole:
        yield _BLANK
