"""Tables that lie another way than one row per thing with named columns, turned so that they do not.

Periods across the columns become rows, JSON cells with an account's key become a column of their own,
and the names that a survey tool puts in a second row come up into the header.
"""

import json
import re

import polars as pl

from csq.regex import regex
from csq.roles import KEYS
from csq.sources.cells.values import squeeze
from csq.sources.columns.headers import INSIDE
from csq.sources.reading.read import TextTable, column
from csq.sources.rows.wide import lengthen, with_year
from csq.terms import Role

_NUMBERED = regex(r"V\d+")


def reshape(table: TextTable, role: Role, year: int | None = None) -> TextTable:
    """The table as the rest of the reader expects it; the same when it already is.

    Args:
        table: A file.
        role: What it is for.
        year: Year of the first of its periods that name none.

    Raises:
        InputError: Periods across the columns name no year, and none is told.
    """
    table = _names_from_labels(table)
    if role is Role.USAGE:
        table = lengthen(with_year(table), year)
    return _with_json_keys(table) if role in (Role.USAGE, Role.CSAT) else table


def _names_from_labels(table: TextTable) -> TextTable:
    """Columns called `V1`, `V2`, ... go by the name in the row under the header."""
    if not table.extra_headers or not any(_NUMBERED.fullmatch(header) for header in table.header):
        return table
    named = zip(table.header, table.extra_headers[0], strict=True)
    header = tuple(label.strip() if _NUMBERED.fullmatch(name) and label.strip() else name for name, label in named)
    return table._replace(header=header)


def _with_json_keys(table: TextTable) -> TextTable:
    """Columns for the account keys in JSON cells, named `column > key`, where no header is such a key."""
    names = {name for field in KEYS for name in field.names}
    if any(squeeze(header) in names for header in table.header):
        return table
    header, frame = table.header, table.frame
    for index, outer in enumerate(table.header):
        cells = frame[column(index)]
        for key in _json_keys(cells):
            if squeeze(key) in names:
                path = f"$['{key}']"
                inner = pl.col(column(index)).str.json_path_match(path).fill_null("").alias(column(len(header)))
                frame, header = frame.with_columns(inner), (*header, f"{outer}{INSIDE}{key}")
    return table if header is table.header else table._replace(header=header, frame=frame, extra_headers=())


def _json_keys(cells: pl.Series) -> list[str]:
    """The plain keys of the first cell that holds a JSON object; none when the first cells that say anything do not."""
    filled = cells.head(100).filter(cells.head(100).str.contains(r"^\s*\{"))
    if filled.is_empty():
        return []
    try:
        found = json.loads(filled[0])
    except ValueError:
        return []
    return [key for key in found if re.fullmatch(r"[\w $.-]+", key)] if isinstance(found, dict) else []
