"""Moves on a terminal: tables for who and where, bars for how it went from week to week."""

from collections.abc import Iterable

from csq.render import prose
from csq.render.movers.words import MoversPage, PastWeek, WordTable
from csq.render.options import Options
from csq.render.terminal.layout import BLANK, TONES, Line, PageWidth, TonedText, chip, hanging, line, painted, strong
from csq.terms import Quadrant

_BAR = 30
"""Cells of the longest bar."""


def terminal(page: MoversPage, options: Options) -> bytes:
    """Write the page, as wide as the options say."""
    sheet = PageWidth.of(options.width)
    lines = [line(strong(page.title))]
    for text in page.summary:
        lines += hanging(BLANK, text, sheet.prose)
    lines += [*tables(page.tables, sheet), *_weeks(page, sheet)]
    return (painted(lines, colour=options.colour).rstrip("\n") + "\n").encode(errors="backslashreplace")


def tables(of: Iterable[WordTable], sheet: PageWidth) -> list[Line]:
    """Lay out tables, each under its heading; one without rows by what it says then, or not at all."""
    lines: list[Line] = []
    for table in of:
        if table.rows:
            rows = [table.heads, *table.rows]
            lines += [BLANK, *sheet.heading(table.title), *sheet.table(rows, right=table.right, header=True)]
        elif table.absent:
            lines += [BLANK, *sheet.heading(table.title), *sheet.text(table.absent)]
    return lines


def _weeks(page: MoversPage, sheet: PageWidth) -> list[Line]:
    """A bar for each quadrant and day, all on one scale of accounts."""
    if not page.weeks:
        return []
    most = max((count for week in page.weeks for count in week.accounts.values()), default=0) or 1
    lines: list[Line] = [BLANK, *sheet.heading("Week by week", "accounts, contract value")]
    for quadrant in Quadrant:
        lines.append(line("  ", chip(quadrant), " ", strong(quadrant.replace("_", " "))))
        lines += [_bar(week, quadrant, most, page.currency) for week in page.weeks]
    return lines


def _bar(week: PastWeek, quadrant: Quadrant, most: int, currency: str | None) -> Line:
    count, value = week.accounts[quadrant], week.values[quadrant]
    bar = "█" * max(round(count * _BAR / most), 1 if count else 0)
    filled = "filled" if week.is_filled else ""
    told = f"    {week.day}  {count:>6,}  {prose.total(value, currency):>12}  "
    return (*line(told), TonedText(f"{bar:<{_BAR}}", TONES[quadrant]), *line(f"  {filled}" if filled else ""))
