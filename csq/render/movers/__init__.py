"""What moved, in every format: pages for people, rows for machines. `Moves` in, bytes out."""

from csq.errors import UsageError
from csq.moves import Moves
from csq.render.options import Format, Options

NOT_HERE = (Format.BRIEF, Format.CALENDAR)
"""Formats in which nobody asks for moves alone."""


def render_movers(moves: Moves, format: Format, options: Options, *, weeks: int | None, currency: str | None) -> bytes:
    """Write the moves; text is UTF-8.

    Args:
        moves: What changed.
        format: How it is written.
        options: Width, colour, and what of spreadsheets.
        weeks: How many of the last weeks to show over time; None shows none.
        currency: Of contract values, if known.

    Raises:
        UsageError: There is no such page of moves.
    """
    if format in NOT_HERE:
        raise UsageError(f"moves have no format `{format}`", hint="`csq brief` tells of them too")
    if format in (Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.XLSX):
        from csq.render.movers.words import page_of

        page = page_of(moves, weeks=weeks, currency=currency)
        if format is Format.TERMINAL:
            from csq.render.terminal.movers import terminal

            return terminal(page, options)
        if format is Format.MARKDOWN:
            from csq.render.movers.blocks import markdown

            return markdown(page)
        if format is Format.HTML:
            from csq.render.movers.html import html

            return html(page)
        from csq.render.movers.sheet import workbook

        assert moves.until is not None  # snapshots have a day
        return workbook(page, moves.until)
    from csq.render.movers.rows import rows

    return rows(moves, format, options, weeks=weeks)
