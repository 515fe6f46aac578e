"""Sheets of an XLSX workbook and Parquet files as text: what a person sees in a cell, IDs whole, dates in ISO form."""

import datetime as dt
import io
import re
import zipfile

import polars as pl

from csq.errors import InputError, Location

Row = tuple[int, list[str]]

MOST_CELLS = 100_000_000
"""calamine lays a sheet out in full, from its first used cell to its last: one stray cell in the far corner
would ask for 17 billion of them."""
EXACT = 2**53
"""Above this a number in a sheet has lost digits."""


def read_sheet(data: bytes, label: str) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows of the one visible sheet with data, each with its row number, and what there is to say.

    Raises:
        InputError: The workbook is damaged, no visible sheet holds data, or several do.
    """
    import python_calamine as calamine

    _refuse_stray_cells(data, label)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ is calamine.SheetTypeEnum.WorkSheet and sheet.visible is calamine.SheetVisibleEnum.Visible
        ]
        hidden = len(book.sheets_metadata) - len(visible)
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in visible}
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise InputError(f"`{label}` is a damaged workbook: {error}", hint="save it again as .xlsx") from None
    filled = [name for name, cells in sheets.items() if cells]
    if not filled:
        more = "; what is hidden is not read" if hidden else ""
        raise InputError(f"`{label}` has no sheet with data{more}", hint="unhide the sheet, or save it as CSV")
    if len(filled) > 1:
        names = ", ".join(f"`{name}`" for name in filled)
        raise InputError(
            f"`{label}` has {len(filled)} sheets with data: {names}",
            hint="save the one to read as CSV, or hide or delete the others",
        )
    rows = [(line, [_text(cell) for cell in cells]) for line, cells in enumerate(sheets[filled[0]], start=1)]
    notes = [f"sheet `{filled[0]}` of the workbook"] if len(sheets) > 1 or hidden else []
    if hidden:
        notes.append(f"{hidden} hidden sheet{'s' if hidden > 1 else ''} not read")
    return rows, tuple(notes)


def _text(value: object) -> str:
    """A cell as it reads: 5.0 is 5, a day without a time is a day."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value).upper()
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return str(value)


def _refuse_stray_cells(data: bytes, label: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                continue
            try:
                xml = archive.read(name)
            except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError):
                continue  # calamine has the better words for a damaged sheet
            last = re.match(rb'<row[^>]*? r="(\d{1,7})"', xml[xml.rfind(b"<row ") :])
            rows = int(last[1]) if last else 0
            if rows * 26 <= MOST_CELLS:
                letters = {*re.findall(rb'<c r="([A-Z]{3})\d', xml)} if b'<c r="' in xml else set()
            else:
                letters = {*re.findall(rb'<c r="([A-Z]{1,3})\d', xml)}
            columns = max((_number(name) for name in letters), default=26)
            if rows * columns > MOST_CELLS:
                raise InputError(
                    f"a sheet of `{label}` reaches to row {rows:,} and column {columns:,}",
                    location=Location(label=label, line=rows),
                    hint="delete the stray cells at its far end, or save the table as CSV",
                )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def read_parquet(data: bytes, label: str) -> tuple[list[str], pl.DataFrame]:
    """Return the names of the columns, and all their cells as text; null is the empty string.

    Raises:
        InputError: The file is damaged, or a column holds lists or records.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"`{label}` is a damaged Parquet file: {reason}", hint="write it again") from None
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            raise InputError(
                f"column `{name}` of `{label}` holds {str(dtype).casefold()}, not plain values",
                hint="write it without this column, or with it as text",
            )
    return list(frame.columns), frame.select(
        _as_text(pl.nth(index), dtype).fill_null("").alias(f"c{index}")
        for index, dtype in enumerate(frame.schema.values())
    )


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso:strict").str.replace("T", " ")
    if dtype in (pl.Float32, pl.Float64):
        whole = (column == column.round(0)) & (column.abs() < EXACT)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String)
