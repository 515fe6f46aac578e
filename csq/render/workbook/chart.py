"""The picture: usage against happiness, a series with a shape of its own for each quadrant, and the cuts as lines.

A chart in a workbook draws cells, so what it draws stands on a sheet of its own at the end. Names reach the chart
only through cells, because a name that is given to it directly is a formula if it begins with `=`.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from math import sqrt
from typing import Any

import polars as pl
from xlsxwriter.chart_scatter import ChartScatter

from csq.render import prose
from csq.render.clean import clean
from csq.render.marks import COLOURS
from csq.render.workbook.book import HEAD, QUIET, TEXT, Book, Sheet, marked
from csq.render.workbook.labels import Box, beside, free
from csq.terms import Axis, Quadrant

HEIGHT = 440
WIDTH = 1150
_ROW = 20
"""Pixels of a row."""

_DRAWN = 1_000
"""Points at most: more take minutes to draw and cannot be told apart."""
_CONSIDERED = 40
_NAMED = 10
_LONGEST_NAME = 28
_SHAPES: Mapping[Quadrant, str] = {
    Quadrant.ADVOCATES: "circle",
    Quadrant.FRUSTRATED: "diamond",
    Quadrant.AT_RISK: "triangle",
    Quadrant.UNDERUSERS: "square",
}
_SIZES = (5, 8, 12, 17)
"""Points that a mark is wide: a chart of this kind has one width a series, so values are put into classes."""
_SMALL = {"size": 8, "color": "#404040"}
_LINES = 6
"""Column of the sheet that the second table begins on: names, cuts and labels."""

_NAME = "Chart data"


def chart(book: Book, onto: Sheet, row: int) -> None:
    """Write what is drawn on a sheet of its own, and put the chart on `onto`, from `row` down."""
    points = drawable(book)
    # It is there for the chart alone, which shows what stands on a hidden sheet as well.
    sheet = book.sheet(_NAME, (22, 34, 14, 11, 11, 3, 34, 11, 11))
    drawn = book.scatter()
    heads = ("Account ID", "Account", "Quadrant", "Usage", "Happiness", "", "Line or label", "Usage", "Happiness")
    for column, head in enumerate(heads):
        if head:
            sheet.put(column, head, HEAD)
    sheet.row = 1
    named = _Named(sheet, drawn)
    first = 1
    listed = set()
    largest = max(points["contract_value"].drop_nulls(), default=None)
    for play in book.report.plays:
        # The largest first, so that smaller ones are drawn over them.
        part = points.filter(pl.col("quadrant") == play.quadrant).sort(
            "contract_value", "rank", descending=[True, False], nulls_last=True
        )
        if part.height:
            _rows(sheet, part, first, play.quadrant)
            name = named.name(f"{play.label} ({part.height:,})")
            listed.add(len(drawn.series))
            for size, rows in _classes(part, largest):
                drawn.add_series(_series(play.quadrant, name, first, first + rows - 1, size))
                first += rows
    named.cuts(book)
    named.largest(points)
    sheet.page.freeze_panes(1, 0)
    sheet.page.hide()
    drawn.show_hidden_data()
    said = _described(book, points)
    if points.height:
        _lay_out(drawn, [number for number in range(len(drawn.series)) if number not in listed])
        onto.page.insert_chart(row, 0, drawn, {"object_position": 2, "description": said})
    onto.put(0, said, QUIET, row=row + rows_taken(points))


def drawable(book: Book) -> pl.DataFrame:
    """Take the accounts with both scores, by rank; where there are too many, those that are worth most."""
    most = _known(book).sort("contract_value", "account_id", descending=[True, False], nulls_last=True).head(_DRAWN)
    return most.sort("rank", "account_id", nulls_last=True)


def _known(book: Book) -> pl.DataFrame:
    return book.rows.drop_nulls([f"{axis}_score" for axis in Axis])


def rows_taken(points: pl.DataFrame) -> int:
    """Count the rows that the chart of `points` covers: none when there are none."""
    return HEIGHT // _ROW if points.height else 0


def _described(book: Book, points: pl.DataFrame) -> str:
    """Say what the picture shows and what it leaves out."""
    known = _known(book).height
    if points.is_empty():
        return "There is no chart, because no account has both scores."
    texts = [f"One mark an account, {points.height:,} in all; dashed lines are the cuts."]
    if points["contract_value"].count():
        texts.append("The larger a mark, the higher the contract value; a hollow one has no known value.")
    if known > points.height:
        texts.append(f"Of {known:,} accounts these have the highest contract value.")
    if unknown := book.rows.height - known:
        texts.append(f"{prose.count(unknown, 'account')} without both scores cannot be drawn.")
    return " ".join(texts)


def _rows(sheet: Sheet, part: pl.DataFrame, first: int, quadrant: Quadrant) -> None:
    shown = {
        "account_id": TEXT,
        "account_name": TEXT,
        "quadrant": marked(quadrant),
        "usage_score": {},
        "happiness_score": {},
    }
    for column, (name, style) in enumerate(shown.items()):
        for row, value in enumerate(part[name], start=first):
            if value is not None:
                sheet.put(column, value, style, row=row)


def _classes(part: pl.DataFrame, largest: Decimal | None) -> Iterator[tuple[int, int]]:
    """Size of the marks and how many there are of it, row after row; 0 where no value is known, but others are."""
    sizes = (_size(value, largest) for value in part["contract_value"])
    for size, rows in groupby(sizes):
        yield size, len(list(rows))


def _size(value: Decimal | None, largest: Decimal | None) -> int:
    """The class whose area comes next to the share of the value."""
    if value is None:
        return 0 if largest is not None else _SIZES[1]
    share = sqrt(value / largest) if largest else 0.0
    return next(size for size in _SIZES if size >= share * _SIZES[-1] or size == _SIZES[-1])


def _series(quadrant: Quadrant, name: Sequence[object], first: int, last: int, size: int) -> dict[str, Any]:
    colour = COLOURS[quadrant]
    return {
        "name": name,
        "categories": [_NAME, first, 3, last, 3],
        "values": [_NAME, first, 4, last, 4],
        "line": {"none": True},
        "marker": {
            "type": _SHAPES.get(quadrant, "x"),
            "size": size or _SIZES[0],
            "border": {"color": colour, "width": 1},
            "fill": {"color": colour, "transparency": 50} if size else {"none": True},
        },
    }


class _Named:
    """The second table of the sheet: names that the chart takes from cells, each with a point or two."""

    def __init__(self, sheet: Sheet, drawn: ChartScatter) -> None:
        self._sheet = sheet
        self._drawn = drawn
        self._row = 1
        self._taken: list[Box] = []
        """Where words stand."""

    def name(self, text: str, *points: tuple[float, float]) -> Sequence[object]:
        """Write a name, and its points from that row down; return the cell for a series to be named by."""
        row = self._row
        self._sheet.put(_LINES, clean(text), TEXT, row=row)
        for number, point in enumerate(points):
            for column, value in enumerate(point, start=1):
                self._sheet.put(_LINES + column, value, row=row + number)
        self._row += max(len(points), 1)
        return [_NAME, row, _LINES]

    def cuts(self, book: Book) -> None:
        """Draw a line for each cut, named at its end."""
        at: dict[tuple[Axis, float], list[str]] = {}
        for cut in book.report.cuts:
            at.setdefault((cut.axis, cut.at), []).append(cut.tier)
        shared = {axis for axis in Axis if sum(each is axis for each, _ in at) == 1}
        for number, ((axis, value), tiers) in enumerate(sorted(at.items(), key=lambda item: item[0])):
            text = f"{prose.exact(round(value, 1))}{'' if axis in shared else ' ' + ', '.join(tiers)}"
            if axis is Axis.USAGE:
                # Names one below the other, since cuts of neighbouring tiers lie close together.
                points = ((value, 0.0), (value, 100.0), (value, 99.0 - 4 * (number % 5)))
            else:
                points = ((0.0, value), (100.0, value), (0.0, value))
            self._line(self.name(text, *points), self._row - len(points), "right")
            _, box = next(beside(text, *points[-1]))
            self._taken.append(box)

    def largest(self, points: pl.DataFrame) -> None:
        """Name the accounts that are worth most, where there is room beside the mark."""
        worth = points.filter(pl.col("contract_value") > 0)
        most = worth.sort("contract_value", "account_id", descending=[True, False]).head(_CONSIDERED)
        marks = points.select("usage_score", "happiness_score").rows()
        named = 0
        for key, name, *at in most.select("account_id", "account_name", "usage_score", "happiness_score").iter_rows():
            text = clean(name or key)
            short = text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"
            if not (found := free(short, tuple(at), marks, self._taken)):
                continue
            position, box = found
            self._taken.append(box)
            self._label(self.name(short, tuple(at)), self._row - 1, position)
            if (named := named + 1) == _NAMED:
                break

    def _line(self, name: Sequence[object], first: int, position: str) -> None:
        # The third point keeps its label.
        labels = [{"delete": True}, {"delete": True}]
        self._drawn.add_series(
            {
                "name": name,
                "categories": [_NAME, first, _LINES + 1, first + 2, _LINES + 1],
                "values": [_NAME, first, _LINES + 2, first + 2, _LINES + 2],
                "line": {"color": "#595959", "width": 1, "dash_type": "dash"},
                "marker": {"type": "none"},
                "data_labels": {"series_name": True, "position": position, "font": _SMALL, "custom": labels},
            }
        )

    def _label(self, name: Sequence[object], row: int, position: str) -> None:
        self._drawn.add_series(
            {
                "name": name,
                "categories": [_NAME, row, _LINES + 1, row, _LINES + 1],
                "values": [_NAME, row, _LINES + 2, row, _LINES + 2],
                "line": {"none": True},
                # Not seen, but as large as the largest, so that the name stands beside the mark and not on it.
                "marker": {"type": "square", "size": _SIZES[-1], "border": {"none": True}, "fill": {"none": True}},
                "data_labels": {"series_name": True, "position": position, "font": _SMALL},
            }
        )


def _lay_out(drawn: ChartScatter, unlisted: Sequence[int]) -> None:
    """Set size, axes and legend; the series `unlisted` have their names beside them instead."""
    for axis, set_axis in (("Usage", drawn.set_x_axis), ("Happiness", drawn.set_y_axis)):
        set_axis(
            {
                "name": f"{axis} score",
                "name_font": {"size": 10, "bold": True},
                "min": 0,
                "max": 100,
                "major_unit": 10,
                "num_font": {"size": 9},
                "num_format": "0",
                "major_gridlines": {"visible": True, "line": {"color": "#E6E6E6", "width": 0.5}},
                "line": {"color": "#7F7F7F"},
            }
        )
    drawn.set_legend({"position": "top", "font": {"size": 10}, "delete_series": list(unlisted)})
    drawn.set_title({"none": True})
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
    drawn.set_chartarea({"border": {"none": True}})
