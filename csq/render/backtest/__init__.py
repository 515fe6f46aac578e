"""What a backtest found, in every format. A `Backtest` in, bytes out."""

from csq.backtest.model import Backtest
from csq.errors import UsageError
from csq.render.movers import text_of
from csq.render.options import OF_FINDINGS, Format, Options


def render_backtest(found: Backtest, format: Format, options: Options) -> bytes:
    """Write a backtest; text is UTF-8. Raises UsageError for a format that there is none in."""
    if format not in OF_FINDINGS:
        raise UsageError(f"backtests have no format `{format}`", hint="choose from terminal, md, csv, json, xlsx, html")
    if format in (Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.XLSX):
        from csq.render.backtest.words import page_of

        page = page_of(found)
        if format in (Format.TERMINAL, Format.MARKDOWN):
            return text_of(page, format, options)
        if format is Format.HTML:
            from csq.render.backtest.html import html

            return html(found, page)
        from csq.render.backtest.sheet import workbook

        return workbook(found, page)
    from csq.render.backtest.rows import rows

    return rows(found, format, options)
