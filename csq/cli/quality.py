"""Whether the inputs are good enough to go on: rejected rows against their limit, and what `--strict` refuses."""

import math
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from csq.cli import emit
from csq.errors import InputError, UsageError
from csq.fate import FATE, ROWS
from csq.render.rejects import rejects_csv
from csq.report import SourceFile
from csq.sources.load import Tables
from csq.terms import Aside


@dataclass(frozen=True)
class Limit:
    """How many rows of a file may be rejected: `N`, or `N%` of those read."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what is no such limit."""
        match = re.fullmatch(r"(\d+(?:\.\d+)?)%|\d+", self.text)
        if not match or (match[1] and float(match[1]) > 100):
            raise UsageError(
                f"`--max-rejects {self.text}` is no limit", hint="a number of rows, or a percentage such as 5%"
            )

    def allows(self, rejected: int, read: int) -> bool:
        """Whether so many rows of so many may be rejected."""
        if self.text.endswith("%"):
            return rejected * 100 <= float(self.text[:-1]) * read
        return rejected <= int(self.text)


def write_rejects(path: Path, tables: Tables) -> None:
    """Write the rejected rows to `path`. Raises OutputError when it cannot be written."""
    emit.to_file(path, rejects_csv(tables.rejects))


def check_rejects(tables: Tables, limit: Limit, written: str | None) -> None:
    """Refuse a file of which too much was rejected: what is left of it may say something else.

    Raises:
        InputError: With the reasons, most frequent first, and where each was met first.
    """
    for file in tables.files:
        rejected = sum(file.rejected.values())
        if not limit.allows(rejected, file.read):
            raise _too_many(tables, file, rejected, limit, written)


def _too_many(tables: Tables, file: SourceFile, rejected: int, limit: Limit, written: str | None) -> InputError:
    reasons = (
        tables.rejects.filter(pl.col("file") == file.label)
        .sort("line")
        .group_by("column", "reason", maintain_order=True)
        .agg(pl.len().alias("rows"), pl.col("line").first(), pl.col("value").first())
        .sort("rows", descending=True, maintain_order=True)
    )
    where = (
        f"they are in `{written}`" if written else f"`csq check --{file.role} {file.label} --rejects FILE` lists them"
    )
    return InputError(
        f"{rejected:,} of {file.read:,} rows in `{file.label}` were rejected, over the limit of {limit.text}",
        details=tuple(_reason(row) for row in reasons.iter_rows(named=True)),
        hint=f"{where}; `--max-rejects {math.ceil(rejected * 100 / file.read)}%` accepts them",
    )


def _reason(row: dict[str, object]) -> str:
    value = str(row["value"] or "")
    shown = f": `{value}`" if value and "@" not in value else ""  # an address is nobody's business here
    column = f"`{row['column']}`: " if row["column"] else ""
    return f"{row['rows']:>6,}  {column}{row['reason']}, first on line {row['line']:,}{shown}"


def check_strict(tables: Tables) -> None:
    """Refuse anything that was repaired, could not be read or found no account.

    Raises:
        InputError: With each kind of fault counted.
    """
    lost = pl.col(FATE).is_in([str(Aside.UNMATCHED), str(Aside.AMBIGUOUS)])
    without = sum(rows.frame.filter(lost)[ROWS].sum() for rows in tables.roles.values())
    faults = {
        "repairs": sum(rows.repairs for rows in tables.roles.values()),
        "rejected rows": tables.rejects.height,
        "unreadable cells": tables.faults.height,
        "rows without an account": without,
    }
    found = [f"{count:>6,}  {what}" for what, count in faults.items() if count]
    if found:
        raise InputError(
            "the inputs are not clean, and `--strict` was given",
            details=tuple(found),
            hint="`csq check` says where; mend the exports, or run without `--strict`",
        )
