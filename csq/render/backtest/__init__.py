"""What a backtest found, in every format. A `Backtest` in, bytes out."""

from csq.backtest.model import Backtest
from csq.errors import UsageError
from csq.render.options import Format, Options

NOT_HERE = (Format.BRIEF, Format.CALENDAR)
"""Formats in which nobody asks for a backtest."""


def render_backtest(found: Backtest, format: Format, options: Options) -> bytes:
    """Write a backtest; text is UTF-8. Raises UsageError for a format that there is none in."""
    if format in NOT_HERE:
        raise UsageError(f"backtests have no format `{format}`", hint="choose from terminal, md, csv, json, xlsx, html")
    if format in (Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.XLSX):
        from csq.render.backtest.words import page_of

        page = page_of(found)
        if format is Format.TERMINAL:
            from csq.render.terminal.movers import terminal

            return terminal(page, options)
        if format is Format.MARKDOWN:
            from csq.render.movers.blocks import markdown

            return markdown(page)
        if format is Format.HTML:
            from csq.render.backtest.html import html

            return html(found, page)
        from csq.render.backtest.sheet import workbook

        return workbook(found, page)
    from csq.render.backtest.rows import rows

    return rows(found, format, options)
