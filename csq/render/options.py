"""What a person can choose about an output, as values. Nothing here is about the data itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Format(StrEnum):
    """How a report is written."""

    TERMINAL = "terminal"
    BRIEF = "brief"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    XLSX = "xlsx"
    PARQUET = "parquet"
    MARKDOWN = "md"
    HTML = "html"
    CALENDAR = "ics"


SUFFIXES: Mapping[str, Format] = {
    ".txt": Format.TERMINAL,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".xlsx": Format.XLSX,
    ".parquet": Format.PARQUET,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".ics": Format.CALENDAR,
}
"""The format of an output file, by its suffix in lower case."""


OF_FINDINGS = (
    Format.TERMINAL, Format.MARKDOWN, Format.HTML, Format.XLSX, Format.CSV, Format.TSV, Format.JSON, Format.JSONL,
    Format.PARQUET,
)  # fmt: skip
"""Formats of backtests, moves and plays, too."""
MOST: Mapping[Format, int] = {
    Format.XLSX: 50_000,
    Format.HTML: 100_000,
    Format.MARKDOWN: 100_000,
    Format.JSON: 200_000,
}
"""Accounts that a format can hold: what opens it has to hold it too, and csq reads its ticks from a workbook of which
it writes the next. The others hold a million and more."""
SLICE = 8_000
"""Accounts that are written together, so that a million take no more room than a few times these."""


class Selection(NamedTuple):
    """Which accounts are shown, and in what order. Cuts, ranks and totals never depend on it.

    Of each of the first four and of `desk`, an account is shown when its value is among those named; none named: all.
    """

    quadrant: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    top: int | None = None
    """At most so many accounts, >= 0: of each quadrant in the terminal and in Markdown, overall elsewhere."""
    sort: str | None = None
    """A column to sort by, `-` in front for the largest first; by rank when None."""
    desk: tuple[str, ...] = ()
    """As owner, and `unassigned` or `team` stands for those without one."""
    planned: bool = False
    """Only accounts with something to do this week, by a person or a tool; without hours, all that are not at rest."""


class Options(NamedTuple):
    """How an output is written. Each format takes what concerns it and ignores the rest."""

    selection: Selection = Selection()
    fields: tuple[str, ...] = ()
    """Columns to add after the public ones."""
    raw: bool = False
    """Leave text as it is that a spreadsheet would run as a formula."""
    excel: bool = False
    """Byte order mark and CRLF, which Excel needs to read CSV as UTF-8."""
    width: int | None = None
    """Columns of the terminal; None when there is none."""
    colour: bool = False
    whole: bool = False
    """Everything there is on the terminal page, not only its first screen."""
