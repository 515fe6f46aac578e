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
    PARQUET = "parquet"
    MARKDOWN = "md"


SUFFIXES: Mapping[str, Format] = {
    ".txt": Format.TERMINAL,
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".parquet": Format.PARQUET,
    ".md": Format.MARKDOWN,
}
"""The format of an output file, by its suffix in lower case."""
