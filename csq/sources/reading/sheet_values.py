"""The values in the visible sheets of a workbook, as calamine reads them; to be run apart, for it can die of them.

Imports no polars, since a process of its own has to load all that stands here.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import python_calamine as calamine

from csq.regex import regex

Place = tuple[int, int]
"""Row and column of a cell, both from 0."""

MOST_CELLS = 100_000_000
"""calamine lays a sheet out in full, from its first used cell to its last."""
SPARSE, _PER_CELL = 5_000_000, 100
"""From so many cells laid out on, at most so many for each that holds something."""
_ERROR = regex(rb"""(<[^<>]*\bt=["']e["'][^<>]*>(?:<f[^<]*(?:</f>)?)?<v>)[^<]*""")
_WORKSHEET = regex(r"xl/worksheets/[^/]+\.xml")


class SheetCells(NamedTuple):
    """The cells of a sheet from A1 on, and its merged ones."""

    rows: Sequence[Sequence[object]]
    merged: Sequence[tuple[Place, Place]]


class Sheets(NamedTuple):
    """The visible sheets by name, and how many are hidden."""

    visible: Mapping[str, SheetCells]
    hidden: int
    reach: tuple[int, int] | None = None
    """Rows and columns of a sheet whose cells are so far apart that it is not read."""


def read_values(data: bytes) -> Sheets:
    """Read the visible sheets of a workbook. Raises CalamineError or ValueError for one that nothing can hold."""
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ is calamine.SheetTypeEnum.WorkSheet and sheet.visible is calamine.SheetVisibleEnum.Visible
        ]
        sheets = [(name, book.get_sheet_by_name(name)) for name in visible]
    except calamine.CalamineError as error:
        changed = _with_old_errors(data) if "error value" in str(error) else data
        if changed == data:
            raise
        return read_values(changed)
    hidden = len(book.sheets_metadata) - len(visible)
    if reach := next((reach for _, sheet in sheets if (reach := _reach_of_sparse(sheet))), None):
        return Sheets({}, hidden, reach)
    return Sheets({name: SheetCells(_values(each), each.merged_cell_ranges or ()) for name, each in sheets}, hidden)


def _values(sheet: calamine.CalamineSheet) -> Sequence[Sequence[object]]:
    try:
        return sheet.to_python(skip_empty_area=False)
    except BaseException as error:  # what panics in Rust is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("a date in it is beyond any calendar") from None


def _reach_of_sparse(sheet: calamine.CalamineSheet) -> tuple[int, int] | None:
    """Rows and columns of a sheet, if its cells are so far apart that it is the distance that takes the memory."""
    row, column = sheet.end or (0, 0)
    area = (row + 1) * (column + 1)
    filled = 0
    if SPARSE < area <= MOST_CELLS:
        filled = sum(value != "" for values in sheet.iter_rows() for value in values)
    return (row + 1, column + 1) if area > max(SPARSE, filled * _PER_CELL) else None


def _with_old_errors(data: bytes) -> bytes:
    """The workbook with every error a `#VALUE!`: at one that it does not know, such as #SPILL!, calamine gives up."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w") as written:
        for name in archive.namelist():
            part = archive.read(name)
            written.writestr(name, _ERROR.sub(rb"\1#VALUE!", part) if _WORKSHEET.fullmatch(name) else part)
    return copy.getvalue()
