"""The page a person reads on Monday: head, grid, gaps, signals, each quadrant in the order of attack, notes.

Width and colour come in as values. Colour is on marks only, each beside a word that says the same. With no
width nothing is wrapped or cut, so that what is piped into a file or another program is whole.
"""

import polars as pl

from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.render.terminal.accounts import account_table
from csq.render.terminal.grid import grid_and_gaps
from csq.render.terminal.head import head
from csq.render.terminal.lines import BLANK, Line, painted
from csq.render.terminal.notes import notes
from csq.render.terminal.page import Page
from csq.render.terminal.quadrants import quadrant_section
from csq.render.terminal.signals import signals
from csq.report import Report

_TOP = 5


def terminal(report: Report, options: Options) -> bytes:
    """Write the page, with the top 5 accounts of each quadrant unless the selection says how many.

    Raises:
        UsageError: `options` name something that is not there.
    """
    page = Page.of(report, options.width)
    lines = [
        *head(page, options.selection),
        BLANK,
        *grid_and_gaps(page),
        BLANK,
        *signals(page),
        *_sections(page, options),
        *notes(page),
    ]
    return (painted(lines, colour=options.colour).rstrip("\n") + "\n").encode()


def _sections(page: Page, options: Options) -> list[Line]:
    """Lay out the quadrants that are selected, their accounts aligned with one another."""
    selection = options.selection
    selected = selected_rows(page.report, selection)
    plays = [play for play in page.report.plays if not selection.quadrant or play.quadrant in selection.quadrant]
    parts = [selected.filter(pl.col("quadrant") == play.quadrant) for play in plays]
    shown = [part.head(_TOP if selection.top is None else selection.top) for part in parts]
    table = account_table(page, pl.concat([selected.clear(), *shown]), options.fields)
    lines: list[Line] = []
    first = 0
    for play, part, rows in zip(plays, parts, shown, strict=True):
        numbers = range(first, first + rows.height)
        lines.extend(quadrant_section(page, play, table, numbers, selected=part.height))
        lines.append(BLANK)
        first = numbers.stop
    return lines
