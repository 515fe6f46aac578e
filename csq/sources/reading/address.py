"""Usage that is not a file of this machine: how it is named on the command line, and in messages."""

import re
from pathlib import Path

from csq.errors import UsageError
from csq.regex import regex

SCHEMES = ("s3", "s3a", "gs", "gcs", "az", "azure", "abfs", "abfss", "adl", "http", "https", "hf")
"""What polars reads Parquet from."""
_REMOTE = regex(rf"({'|'.join(SCHEMES)}):/+(.*)", re.IGNORECASE | re.DOTALL)
PARQUET = (".parquet", ".pq")
BIG = 64 * 2**20
"""Bytes of a Parquet file from which on it is counted where it lies; a smaller one only if its rows are very many."""


def address_of(path: Path) -> str | None:
    """What polars is to read: a URL, the Parquet files of a folder, or one of them that is big or has very many rows.

    None of what is read otherwise.

    Raises:
        UsageError: It has a password in it.
    """
    if found := _REMOTE.fullmatch(path.as_posix()):
        if "@" in found[2].partition("/")[0]:
            raise UsageError("a password has no place on the command line", hint="give it in the environment")
        return f"{found[1].lower()}://{found[2]}"
    if path.is_dir():
        return f"{path.as_posix()}/**/*.parquet" if any(path.rglob("*.parquet")) else None
    return str(path) if is_counted_there(path) else None


def is_counted_there(path: Path) -> bool:
    """Whether it is a Parquet file of this machine that is too big to be held, or has too many rows."""
    if path.suffix.casefold() not in PARQUET or not path.is_file():
        return False
    from csq.sources.reading.parquet import is_dense  # few runs need it

    return not is_small(path) or is_dense(path)


def is_small(path: Path) -> bool:
    """Whether it is a file of this machine that is read whole where it has to be."""
    return path.is_file() and path.stat().st_size <= BIG


def shown(address: str) -> str:
    """An address as messages show it: what it is signed with is nobody's business."""
    return address.partition("?")[0] if "://" in address else address


def is_remote(text: str) -> bool:
    """Whether what is given is no file of this machine."""
    return _REMOTE.fullmatch(text) is not None
