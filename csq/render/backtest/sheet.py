"""A backtest as a workbook: the page's tables, then the capture curve and the loss bars as figures with charts."""

import io

from xlsxwriter import Workbook
from xlsxwriter.chart_bar import ChartBar
from xlsxwriter.chart_line import ChartLine

from csq.backtest.model import Backtest
from csq.backtest.orders import CURVE
from csq.render.backtest.words import SAID, place
from csq.render.movers.sheet import begun
from csq.render.movers.words import MoversPage

_CURVES, _LOSSES = "Capture", "Losses"


def workbook(found: Backtest, page: MoversPage) -> bytes:
    """Write the workbook, as of the last outcome."""
    buffer = io.BytesIO()
    book = begun(buffer, page, found.last, "Backtest")
    if found.ranked:
        _curves(book, found)
    _losses(book, found)
    book.close()
    return buffer.getvalue()


def _curves(book: Workbook, found: Backtest) -> None:
    """Percent of the lost value that each order meets, by percent of the hours."""
    sheet, bold = book.add_worksheet(_CURVES), book.add_format({"bold": True, "text_wrap": True})
    sheet.set_column(0, len(found.ranked), 16)
    sheet.write_string(0, 0, "Percent of the hours", bold)
    for row, share in enumerate(CURVE, start=1):
        sheet.write_number(row, 0, round(share * 100, 4))
    chart = book.add_chart({"type": "line"})
    assert isinstance(chart, ChartLine)
    for column, each in enumerate(found.ranked, start=1):
        sheet.write_string(0, column, SAID.get(each.order, str(each.order)), bold)
        for row, met in enumerate(each.curve, start=1):
            sheet.write_number(row, column, round(met, 4))
        chart.add_series(
            {
                "name": [_CURVES, 0, column],
                "categories": [_CURVES, 1, 0, len(CURVE), 0],
                "values": [_CURVES, 1, column, len(CURVE), column],
            }
        )
    chart.set_title({"name": "Percent of the lost value met, by percent of the hours"})
    sheet.insert_chart(len(CURVE) + 2, 0, chart, {"description": "A line for each order of work"})


def _losses(book: Workbook, found: Backtest) -> None:
    """The share of lost ones of each place with its interval, percent."""
    sheet, bold = book.add_worksheet(_LOSSES), book.add_format({"bold": True, "text_wrap": True})
    sheet.set_column(0, 6, 16)
    heads = ("Stood in", "Outcomes", "Lost", "Lost %", "95 % interval, low", "95 % interval, high")
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    mine = [each for each in found.groups if each.tier is None and each.lost.pct is not None]
    for row, group in enumerate(mine, start=1):
        sheet.write_string(row, 0, place(group))
        figures = (group.outcomes, group.lost.hits, group.lost.pct, group.lost.low_pct, group.lost.high_pct)
        for column, value in enumerate(figures, start=1):
            sheet.write_number(row, column, round(value or 0.0, 4))
    chart = book.add_chart({"type": "bar"})
    assert isinstance(chart, ChartBar)
    ends = [[round(value or 0.0, 4) for value in (g.lost.pct, g.lost.low_pct, g.lost.high_pct)] for g in mine]
    chart.add_series(
        {
            "name": "Lost, percent, with 95 % interval",
            "categories": [_LOSSES, 1, 0, len(mine), 0],
            "values": [_LOSSES, 1, 3, len(mine), 3],
            "x_error_bars": {
                "type": "custom",
                "plus_values": [round(high - pct, 4) for pct, _, high in ends],
                "minus_values": [round(pct - low, 4) for pct, low, _ in ends],
            },
        }
    )
    sheet.insert_chart(len(mine) + 2, 0, chart, {"description": "A bar for each place, with its interval"})
