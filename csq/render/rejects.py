"""Tables for a person to go through in a spreadsheet: rejected rows, and keys that may be an account."""

from decimal import Decimal

import polars as pl

from csq.render.delimited import table
from csq.sources.joining import aliases

COLUMNS = ("file", "line", "column", "value", "reason")


def rejects_csv(rejects: pl.DataFrame) -> bytes:
    """Write rejects (`report.REJECT_SCHEMA`)."""
    return table(rejects.sort("file", "line", "column").select(COLUMNS))


def aliases_csv(told: pl.DataFrame, found: pl.DataFrame) -> bytes:
    """Write both as one table.

    Args:
        told: Lines of `sources.aliases.SAID`, which stay as they are.
        found: `Candidates.table`.
    """
    new = found.with_columns(
        pl.col("rows").cast(pl.String()), pl.col("value").map_elements(_money, return_dtype=pl.String())
    )
    return table(pl.concat([told.select(aliases.COLUMNS), new.select(aliases.COLUMNS)]))


def _money(value: Decimal) -> str:
    return f"{value:f}".removesuffix(".00")
