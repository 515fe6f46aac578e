"""Long lists: the rows at the end of a sheet, taken as whole columns and written without a step for each cell.

A list of 50,000 accounts has millions of cells. xlsxwriter, which makes all else, takes some microseconds for each.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import polars as pl
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from csq.render.clean import columns

if TYPE_CHECKING:
    from xlsxwriter.format import Format

Style: TypeAlias = Mapping[str, str | int | float]

FIRST_DAY = date(1900, 3, 1)
"""Excel takes 1900 for a leap year, so that earlier days have no number that all programs agree on."""
_DAY_ZERO = date(1899, 12, 30)
_SLICE = 10_000
"""Rows whose text is made together."""
_LINE = 13
"""Points of a line of text."""
_PER_WIDTH = 1.2
"""Characters of a sentence to each character of a column's width, which is that of a larger digit."""
_HIGHEST = 409
"""Points that Excel allows a row."""


class CellStyles(NamedTuple):
    """How cells are shown, where that differs from cell to cell."""

    keys: pl.Series
    """Of each cell, which of the styles it has."""
    styles: Mapping[str, Style]


class ListColumn(NamedTuple):
    """A column of a list. What is null stays empty; without values, all cells do, but have their style."""

    values: pl.Series | None
    looks: Style | CellStyles
    is_wrapped: bool = False


class XmlCells(NamedTuple):
    """Cells of one kind in a column, null where there is none."""

    column: int
    kind: str
    """The attribute that tells the kind in XML, empty for numbers."""
    values: pl.Series | None
    """Numbers, and for texts their places among those of the workbook; None where all cells are empty."""
    formats: int | pl.Series
    """The number of their format, or of that of each cell."""


class ListSheet(Worksheet):
    """A sheet of xlsxwriter that may end in a list. Here alone we lean on how xlsxwriter writes rows."""

    def __init__(self) -> None:
        """Begin without a list."""
        super().__init__()
        self._first = 0
        self._cells: Sequence[XmlCells] = ()
        self._heights = pl.Series(dtype=pl.Int64)

    def end_with(self, first: int, cells: Sequence[XmlCells], needed: pl.Series) -> None:
        """Take the list, from row `first` down; nothing may be written into its rows otherwise.

        Args:
            first: The row, from 0.
            cells: By column.
            needed: Lines of text in each row, null where one is enough.
        """
        self._first, self._cells = first, cells
        self._heights = (needed * _LINE + 2).clip(upper_bound=_HIGHEST)
        self._check_dimensions(first + needed.len() - 1, max(each.column for each in cells))

    def places(self, texts: Sequence[str], counts: pl.Series) -> pl.Series:
        """Give different texts, each in so many cells, their places among those of the workbook."""
        table: Any = self.str_table
        table.count += int(counts.sum()) - len(texts)
        return pl.Series([table._get_shared_string_index(text) for text in texts], dtype=pl.Int64)

    def _write_rows(self) -> None:
        super()._write_rows()
        file: Any = self.fh
        frame = pl.DataFrame(self._heights.alias("ht")).with_row_index("row", offset=self._first + 1)
        for number, each in enumerate(self._cells):
            parts = {"v": each.values, "s": each.formats}
            frame = frame.with_columns(
                **{f"{name}{number}": part for name, part in parts.items() if isinstance(part, pl.Series)}
            )
        row = _row([_cell(each, number) for number, each in enumerate(self._cells)])
        for rows in frame.with_columns(pl.col("row").cast(pl.String)).iter_slices(_SLICE):
            file.write(rows.select(row.str.join("")).item())


def _row(cells: Sequence[pl.Expr]) -> pl.Expr:
    height = pl.format(' ht="{}" customHeight="1"', pl.col("ht"))
    head = (pl.lit('<row r="'), pl.col("row"), pl.lit('"'), height, pl.lit(">"))
    return pl.concat_str(*head, *cells, pl.lit("</row>"), ignore_nulls=True)


def _cell(cells: XmlCells, number: int) -> pl.Expr:
    """A cell as XML, null where there is none."""
    is_one = isinstance(cells.formats, int)
    form = pl.lit(str(cells.formats)) if is_one else pl.col(f"s{number}")
    head = (pl.lit(f'<c r="{xl_col_to_name(cells.column)}'), pl.col("row"), pl.lit('" s="'), form)
    if cells.values is None:
        return pl.concat_str(*head, pl.lit('"/>'))
    return pl.concat_str(*head, pl.lit(f'"{cells.kind}><v>'), pl.col(f"v{number}"), pl.lit("</v></c>"))


def number_of(form: "Format") -> int:
    """The number by which cells name their format."""
    return int(form._get_xf_index())  # type: ignore[no-untyped-call]


TEXTS = ' t="s"'
"""The attribute of a cell whose value is the place of a text."""


def by_kind(values: pl.Series) -> Iterator[tuple[str, pl.Series]]:
    """Take the cells of a column apart by how they are written; texts are still themselves, lists are joined."""
    value, dtype = pl.col("values"), values.dtype
    frame = values.to_frame("values")
    if dtype == pl.Date:
        is_late = value >= FIRST_DAY
        yield "", frame.select(pl.when(is_late).then((value - _DAY_ZERO).dt.total_days())).to_series()
        yield TEXTS, frame.select(pl.when(~is_late).then(value.cast(pl.String))).to_series()
    elif dtype == pl.Boolean:
        yield ' t="b"', values.cast(pl.Int8)
    elif dtype.is_numeric():
        yield "", values
    elif dtype == pl.List:
        joined = value.list.join("; ")
        yield TEXTS, frame.select(pl.when(joined != "").then(joined)).to_series()
    else:
        yield TEXTS, values.cast(pl.String)


def lines(text: str, width: float) -> int:
    """Count the lines that text takes in a column; wide characters take two places."""
    if len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, ceil(columns(part) / (_PER_WIDTH * width))) for part in text.split("\n"))


def height(lines: int) -> int:
    """Points of a row of so many lines."""
    return min(lines * _LINE + 2, _HIGHEST)
