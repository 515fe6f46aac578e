"""What moved, in every format: pages for people, rows for machines. `Moves` in, bytes out."""

from csq.errors import UsageError
from csq.moves import Moves
from csq.render.movers.words import MoversPage, page_of
from csq.render.options import OF_FINDINGS, Format, Options


def text_of(page: MoversPage, format: Format, options: Options) -> bytes:
    """Write a page of moves, of plays or of a backtest for the terminal, or as Markdown."""
    if format is Format.TERMINAL:
        from csq.render.terminal.movers import terminal

        return terminal(page, options)
    from csq.render.movers.blocks import markdown

    return markdown(page)


def render_movers(moves: Moves, format: Format, options: Options, *, weeks: int | None, currency: str | None) -> bytes:
    """Write the moves, over so many of the last weeks as well; text is UTF-8.

    Raises UsageError when there is no such page of moves.
    """
    if format not in OF_FINDINGS:
        raise UsageError(f"moves have no format `{format}`", hint="`csq brief` tells of them too")
    if format in (Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.XLSX):
        page = page_of(moves, weeks=weeks, currency=currency)
        if format in (Format.TERMINAL, Format.MARKDOWN):
            return text_of(page, format, options)
        if format is Format.HTML:
            from csq.render.movers.html import html

            return html(page)
        from csq.render.movers.sheet import workbook

        assert moves.until is not None  # snapshots have a day
        return workbook(page, moves.until)
    from csq.render.movers.rows import rows

    return rows(moves, format, options, weeks=weeks)
