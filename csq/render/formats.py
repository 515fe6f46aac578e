"""The formats csq writes, and the file suffixes that stand for them."""

from collections.abc import Mapping
from enum import StrEnum


class Format(StrEnum):
    """How a report is written."""

    TERMINAL = "terminal"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    JSONL = "jsonl"
    XLSX = "xlsx"
    PARQUET = "parquet"
    MARKDOWN = "md"
    HTML = "html"


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
}
"""The format of an output file, by its suffix in lower case."""
