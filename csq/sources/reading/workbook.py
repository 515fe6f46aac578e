"""The one sheet of an XLSX workbook that is a table, as text: what a person sees in a cell, days in ISO form.

What a person does not see is told with its cells: hidden rows and columns, which are read; formulas without a result
and errors, which have no value; merged cells, which are filled down.
"""

import contextlib
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import cast

from csq.errors import InputError, Location
from csq.regex import regex
from csq.sources.reading import sheet_values
from csq.sources.reading.apart import Failed, read_apart
from csq.sources.reading.containers import BROKEN, Container, too_big
from csq.sources.reading.grid import RawTable, spans, to_frame
from csq.sources.reading.merged import Filled, fill_down, join_headers
from csq.sources.reading.number_formats import Look, look_of
from csq.sources.reading.sheet_values import SPARSE, Place, SheetCells, Sheets
from csq.sources.reading.sheet_xml import BookXml, SheetXml, cell_name, column_name, reach_of
from csq.sources.reading.streams import MEGABYTE

EXACT = 10**16
"""Whole numbers below this are written out."""
FORMULA = "#FORMULA!"
"""Stands before a formula that has no stored result."""
_LOOKS_GROUPED = regex(r"(?<![\d.])([1-9]\d{0,2}\.\d{3})(?!\d)")
_TEXT, _TEXT_RATIO = 32 * MEGABYTE, 10
"""Characters that cells may hold in any case; else so many times the size of the workbook, which seldom has five."""
_SHOWN = 5
"""Cells named one by one, at most."""


def read_sheet(data: bytes, label: str) -> RawTable:
    """Return the rows of the one visible sheet with data.

    Raises:
        InputError: The workbook is damaged, no visible sheet holds data, or several do.
    """
    sheets, hidden = visible_sheets(data, label)
    title = _only([name for name, sheet in sheets.items() if sheet.rows], label, hidden=hidden)
    try:
        found, looks = _look_up(data, title, label)
    except (LookupError, *BROKEN) as error:
        raise _damaged(label, error) from None
    notes = [f"sheet `{title}` of the workbook"] if len(sheets) > 1 or hidden else []
    if hidden:
        notes.append(f"{hidden} hidden sheet{'s' if hidden > 1 else ''} not read")
    cells = _texts(sheets[title].rows, found, looks)
    merged = _within(sheets[title].merged, len(cells), len(cells[0]))
    if (top := join_headers(cells, merged)) is not None:
        notes.append(f"the header is of two rows, {top + 1} and {top + 2}")
        merged = [each for each in merged if each[0][0] > top]
    down, doubtful = fill_down(cells, merged)
    _refuse_long(cells, len(data), label)
    return RawTable(
        frame=to_frame(list(enumerate(cells, start=1))),
        notes=(*notes, *_said_of_filled(down)),
        warnings=(*_said_of_cells(found), *_said_of_amounts(doubtful), *_said_of_hidden(cells, found)),
    )


def _refuse_long(cells: Sequence[Sequence[str]], packed: int, label: str) -> None:
    """Refuse a sheet of more text than a table of its size could hold. Raises InputError."""
    most = max(_TEXT, _TEXT_RATIO * packed)
    if sum(map(len, chain.from_iterable(cells))) > most:
        raise InputError(
            f"`{label}` unpacks to more than {most // MEGABYTE:,} MB of text from {packed / MEGABYTE:,.1f} MB",
            hint="if that is meant, save its sheet as CSV and give that",
        )


def visible_sheets(data: bytes, label: str) -> tuple[Mapping[str, SheetCells], int]:
    """The visible sheets, and how many are hidden."""
    try:
        sheets = cast("Sheets", read_apart(f"{sheet_values.__name__}:read_values", data))
    except Failed as fault:
        if not fault.is_too_much:
            raise _damaged(label, fault) from None
        reach = _reach(data)
        raise _too_far(label, *reach) if reach else too_big(label, len(data), Container.WORKBOOK) from None
    if sheets.reach:
        raise _too_far(label, *sheets.reach)
    return sheets.visible, sheets.hidden


def _look_up(data: bytes, title: str, label: str) -> tuple[SheetXml, dict[int, Look]]:
    """What the parts of the workbook say of a sheet, and the looks of the styles that have one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "xl/workbook.xml" not in {name.casefold() for name in archive.namelist()}:
            return SheetXml(), {}  # of OpenDocument nothing is known but the values
        xml = BookXml(archive, label)
        looks = {style: look for style, each in enumerate(xml.formats()) if (look := look_of(*each))}
        return xml.sheet(title, list(looks)), looks


def _only(titles: Sequence[str], label: str, *, hidden: int) -> str:
    if not titles:
        more = "; what is hidden is not read" if hidden else ""
        raise InputError(f"`{label}` has no sheet with data{more}", hint="unhide the sheet, or save it as CSV")
    if len(titles) > 1:
        more = f" and {len(titles) - _SHOWN:,} more" if len(titles) > _SHOWN else ""
        names = ", ".join(f"`{name}`" for name in titles[:_SHOWN]) + more
        raise InputError(
            f"`{label}` has {len(titles):,} sheets with data: {names}",
            hint="save the one to read as CSV, or hide or delete the others",
        )
    return titles[0]


def _within(merged: Iterable[tuple[Place, Place]], height: int, width: int) -> list[tuple[Place, Place]]:
    """The merged ranges, cut to the cells there are: a title may be merged over more columns than the table has."""
    return [
        (first, (min(last[0], height - 1), min(last[1], width - 1)))
        for first, last in merged
        if first[0] < height and first[1] < width
    ]


def _texts(values: Sequence[Sequence[object]], found: SheetXml, looks: Mapping[int, Look]) -> list[list[str]]:
    """The cells as a person sees them; errors and formulas without a result by their names."""
    # Most cells are text as it is.
    cells = [[value if type(value) is str else _text(value) for value in row] for row in values]
    height, width = len(cells), len(cells[0])
    for (row, column), style in found.styles.items():
        if row < height and column < width:
            cells[row][column] = _dressed(values[row][column], cells[row][column], looks[style])
    unvalued = {place: f"{FORMULA} {formula}" for place, formula in found.unvalued.items()}
    for (row, column), text in (unvalued | found.errors).items():
        if row < height and column < width:
            cells[row][column] = text
    return cells


def _text(value: object) -> str:
    """A cell as it reads: 5.0 is 5, a day without a time is a day."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < EXACT
        # Spreadsheets count with 15 digits. A fourth decimal keeps 1.234 from reading as a thousand.
        return str(int(value)) if whole else _LOOKS_GROUPED.sub(r"\g<1>0", repr(float(f"{value:.15g}")).upper())
    if isinstance(value, dt.datetime):
        if value.microsecond and value.year < dt.MAXYEAR:  # parts of a day are stored inexactly
            value = (value + dt.timedelta(seconds=0.5)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.timedelta):
        hours, seconds = divmod(round(value.total_seconds()), 3600)
        return f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
    return str(value)


def _dressed(value: object, text: str, look: Look) -> str:
    if isinstance(value, float):
        return _LOOKS_GROUPED.sub(r"\g<1>0", look.number(text))
    return text[:7] if look.hides_day and isinstance(value, dt.date) and text.endswith("-01") else text


def _said_of_cells(found: SheetXml) -> Iterable[str]:
    if each := found.unvalued:
        told = f"{len(each):,} formula{'s' if len(each) > 1 else ''} without a stored result"
        yield f"{told}, so no value: {_cells(each)}; open the workbook in a spreadsheet and save it"
    if each := found.errors:
        told = f"{len(each):,} error{'s' if len(each) > 1 else ''} in cells"
        yield f"{told}, so no value: {_cells(each)}; mend what they come from"


def _cells(found: Mapping[Place, str]) -> str:
    """Cells with what stands in them, by columns, first come first."""
    places = sorted(found, key=lambda place: (place[1], place[0]))
    shown = [f"{cell_name(place)} `{found[place][:40]}`" for place in places[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else "")


def _said_of_filled(down: Sequence[Filled]) -> list[str]:
    return [f"{_merged(down)} filled down"] if down else []


def _said_of_amounts(doubtful: Sequence[Filled]) -> list[str]:
    if not doubtful:
        return []
    return [f"{_merged(doubtful)} left without a value: it is no row's own; write one into each row"]


def _merged(filled: Sequence[Filled]) -> str:
    more = f" and {len(filled) - _SHOWN:,} more" if len(filled) > _SHOWN else ""
    told = ", ".join(map(str, filled[:_SHOWN])) + more
    return f"{len(filled):,} merged cell{'s' if len(filled) > 1 else ''} over several rows ({told})"


def _said_of_hidden(cells: Sequence[Sequence[str]], found: SheetXml) -> Iterable[str]:
    rows = [row + 1 for row in found.hidden_rows if row < len(cells) and any(cell.strip() for cell in cells[row])]
    if rows:
        told = f"{len(rows):,} hidden row{'s' if len(rows) > 1 else ''} ({spans(rows).partition(' ')[2]})"
        yield f"{told} read like those you see: delete in the workbook what is not meant"
    width = len(cells[0])
    after = 0
    for low, high in sorted(found.hidden_columns):
        for column in range(max(low, after), min(high + 1, width)):
            header = next((row[column].strip() for row in cells if row[column].strip()), "")
            if header:
                yield f"hidden column {column_name(column)} (`{header[:40]}`) read like those you see"
        after = max(after, high + 1)


def _damaged(label: str, error: Exception) -> InputError:
    return InputError(f"`{label}` is a damaged workbook: {error}", hint="save it again as .xlsx")


def _too_far(label: str, rows: int, columns: int) -> InputError:
    return InputError(
        f"a sheet of `{label}` reaches to row {rows:,} and column {columns:,}",
        location=Location(label=label, line=rows),
        hint="delete the stray cells at its far end, or save the table as CSV",
    )


def _reach(data: bytes) -> tuple[int, int] | None:
    """Rows and columns of the part that reaches furthest, if that is what fills the memory."""
    reached = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():  # by a link any part can be a sheet, and two can have one name
            with contextlib.suppress(*BROKEN):
                reached.append(reach_of(archive.read(member)))
    rows, columns = max(reached, key=lambda each: each[0] * each[1], default=(0, 0))
    return (rows, columns) if rows * columns > SPARSE else None
