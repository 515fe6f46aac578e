"""Tables that lie another way than one row per thing with named columns, turned so that they do not.

Dates across the columns become rows, JSON cells with an account's key become a column of their own,
and the names that a survey tool puts in a second row come up into the header.
"""

import json
import re
from dataclasses import replace

import polars as pl

from csq.roles import KEYS
from csq.sources.dates import read_time
from csq.sources.headers import INSIDE, squeeze
from csq.sources.read import LINE, TextTable, column
from csq.sources.values import Ambiguous
from csq.terms import Role

_COUNTED = {
    "uniques": "unique users",
    "%active": "active percent",
    "active%": "active percent",
    "average": "average events per user",
}
"""What a chart counts, by the metric type that stands above its header; anything else is events."""
_NUMBERED = re.compile(r"V\d+")


def reshape(table: TextTable, role: Role) -> TextTable:
    """The table as the rest of the reader expects it; the same when it already is."""
    table = _names_from_labels(table)
    if role is Role.USAGE and (dates := _date_columns(table)):
        table = _long(table, dates)
    return _with_json_keys(table) if role in (Role.USAGE, Role.CSAT) else table


def _names_from_labels(table: TextTable) -> TextTable:
    """Columns called `V1`, `V2`, ... go by the name in the row under the header."""
    if not table.extra_headers or not any(_NUMBERED.fullmatch(header) for header in table.header):
        return table
    named = zip(table.header, table.extra_headers[0], strict=True)
    header = tuple(label.strip() if _NUMBERED.fullmatch(name) and label.strip() else name for name, label in named)
    return replace(table, header=header)


def _date_columns(table: TextTable) -> list[int]:
    """Columns whose header is a date, when all from the second or third on are."""
    dates = [i for i, header in enumerate(table.header) if _is_date(header)]
    rest = [i for i, header in enumerate(table.header) if i not in dates and header]
    return dates if dates and 0 < len(rest) <= 3 and max(rest) < min(dates) else []


def _is_date(header: str) -> bool:
    if not re.search(r"\d", header) or re.fullmatch(r"[\d.,]+", header):
        return False
    try:
        return bool(read_time(pl.Series([header])).values.is_not_null().all())
    except Ambiguous:
        return True  # it is one, though its order is settled by all of them together


def _long(table: TextTable, dates: list[int]) -> TextTable:
    """A row for each date, on the line of the row it comes from."""
    keys = [i for i in range(len(table.header)) if i not in dates and table.header[i]]
    parts = [
        table.frame.select(
            LINE,
            *(pl.col(column(place)).alias(column(at)) for at, place in enumerate(keys)),
            pl.lit(table.header[index]).alias(column(len(keys))),
            pl.col(column(index)).alias(column(len(keys) + 1)),
        )
        for index in dates
    ]
    header = (*(table.header[i] for i in keys), "period", _counted(table))
    return replace(table, header=header, extra_headers=(), frame=pl.concat(parts).sort(LINE, maintain_order=True))


def _counted(table: TextTable) -> str:
    for line in table.preamble:
        if name := _COUNTED.get(line.casefold().replace(" ", "").strip('",')):
            return name
    return "events"


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
    return table if header is table.header else replace(table, header=header, frame=frame, extra_headers=())


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
