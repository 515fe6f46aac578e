"""A log on a server: which it is, and its beginning as text."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import polars as pl

from csq.engine import anywhere
from csq.errors import InputError
from csq.regex import regex
from csq.roles import KEY_NAMES
from csq.sources.cells.values import read_text
from csq.sources.columns.headers import detect, match_headers, unit_of
from csq.sources.reading.dialect import obvious_delimiter
from csq.sources.reading.grid import LINE, column
from csq.sources.reading.read import TextTable
from csq.sources.roles.usage import read_usage
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import Typed
from csq.sources.spark.session import told_of
from csq.terms import Grain, Role

HEAD = 500
"""Rows that tell what the columns are."""
CSV = regex(r"\.(csv|tsv|tab|txt|psv)(\.(gz|bz2|zst|zstd|lz4))?$", re.IGNORECASE)
PARQUET = regex(r"(\.(parquet|pq)|/[^/.]*)$", re.IGNORECASE)
_PLAIN = {
    "date": (anywhere.DATE, "days written as 2026-11-15 or 2026-11-15T08:00:00Z"),
    "events": (r"^-?[0-9]+([.][0-9]+)?$", "numbers written as 1234.5"),
}
"""How cells are written that a server can read, by field."""
_PLACES = regex(r"[/*]|^~")


class ServerLog(NamedTuple):
    """A log on a server: its rows, what its beginning says of them, and which column is which field."""

    rows: Any
    typed: Typed
    fields: Mapping[str, str]

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return self.typed.tables[0].label


def open_there(session: Any, log: str, options: ReadOptions) -> ServerLog:
    """Open a log and tell its columns by its beginning, as those of a file are told.

    Args:
        session: A session of the server.
        log: A path as the server sees it, or the name of a table.
        options: How logs are read.

    Raises:
        InputError: It is not there or no log, or what a column says is left open or not written as the server reads it.
    """
    import narwhals as nw

    with told_of(f"the server, asked for `{log}`,"):
        rows = nw.from_native(_opened(session, log)).lazy()
        schema = rows.collect_schema()
        if not schema:
            raise InputError(f"the server has nothing at `{log}`", hint="give the path as the server sees it")
        head = pl.from_arrow(anywhere.texts(rows).head(HEAD).to_native().toArrow())
    assert isinstance(head, pl.DataFrame)
    table = _as_table(head, log)
    _check_columns(table, options)
    typed = read_usage((table,), options)
    _check_log(typed)
    fields = {name: typed.header(name) for name in typed.fields}
    for name in (*KEY_NAMES, "user_id"):
        if name in fields and schema[fields[name]].is_float():
            told = f"`{fields[name]}` of `{log}` holds floating-point numbers, and ids are none"
            raise InputError(told, hint="make it text or whole numbers, in a view on the server")
    return ServerLog(rows, typed, fields)


def _opened(session: Any, log: str) -> Any:
    """A file, a folder of Parquet or a table."""
    if CSV.search(log):
        first = session.read.text(log).limit(1).toArrow().to_pylist()
        header = str(first[0]["value"]) if first else ""
        delimiter = found[0] if (found := obvious_delimiter(header)) else ","
        # A row that is not as wide as the header would be cut or filled up in silence.
        strict = {"mode": "FAILFAST", "columnPruning": False}
        return session.read.options(header=True, sep=delimiter, escape='"', **strict).csv(log)
    if "`" not in log and PARQUET.search(log):
        return session.read.parquet(log)
    if "`" not in log and _PLACES.search(log):
        raise InputError(f"`{log}` is neither CSV nor Parquet", hint="name a table or a view of it that the server has")
    return session.table(log)


def _as_table(head: pl.DataFrame, label: str) -> TextTable:
    """The beginning of a log as that of a file."""
    cells = head.rename({name: column(index) for index, name in enumerate(head.columns)}).fill_null("")
    lines = pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias(LINE)
    return TextTable(
        label=label, sha256="", header=tuple(head.columns), header_line=1, frame=cells.select(lines, pl.all())
    )


def _check_columns(table: TextTable, options: ReadOptions) -> None:
    """Make certain that days and numbers are written as a server reads them. Raises InputError."""
    preset = detect(table, Role.USAGE)
    fields = match_headers(table, Role.USAGE, options.told(Role.USAGE, [table]), preset)
    if preset and preset.unwanted:
        told = f"`{table.label}` is an export of {preset.name}, of which not every row counts"
        raise InputError(told, hint="have csq read the file itself: `--engine local`")
    for name, (pattern, written) in _PLAIN.items():
        if name not in fields:
            continue
        header = table.header[fields[name]]
        cells = read_text(table.frame[column(fields[name])].str.strip_chars()).values.drop_nulls()
        strange = cells.filter(~cells.str.contains(pattern))
        if "/" in (unit_of(header) or "") or len(strange) * 2 > len(cells):
            shown = f"`{strange[0]}`" if len(strange) else "times of a zone of its own"
            raise InputError(
                f"`{header}` of `{table.label}` holds {shown}, and a server reads {written}",
                hint=f"make it so in a view on the server, or name another column: `--column {name}=HEADER`",
            )


def _check_log(typed: Typed) -> None:
    """Make certain that it is a log with days. Raises InputError."""
    label = typed.tables[0].label
    if typed.grain is not Grain.LOG:
        told = f"`{label}` is a table of numbers, no log of events: there is nothing to roll up"
        raise InputError(told, hint="give a log with a row for each event")
    if "date" not in typed.fields:
        hint = '`--column date="HEADER"` names the column of the days'
        raise InputError(f"`{label}` has no dates, and days cannot be told", hint=hint)
