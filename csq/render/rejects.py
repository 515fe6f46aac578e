"""Tables for a person to go through in a spreadsheet: rejected rows, and keys that may be an account."""

from decimal import Decimal

import polars as pl

from csq.render.delimited import guarded
from csq.sources.joining import aliases

COLUMNS = ("file", "line", "column", "value", "reason")


def rejects_csv(rejects: pl.DataFrame) -> bytes:
    """Write rejects (`report.REJECT_SCHEMA`), a header always; text that a spreadsheet would run gets one `'`."""
    text = [guarded(name) for name in COLUMNS if name != "line"]
    return rejects.sort("file", "line", "column").select(COLUMNS).with_columns(text).write_csv().encode()


def aliases_csv(told: pl.DataFrame, found: pl.DataFrame) -> bytes:
    """Write both as one table, a header always; text that a spreadsheet would run gets one `'`.

    Args:
        told: Lines of `sources.aliases.SAID`, which stay as they are.
        found: `Candidates.table`.
    """
    new = found.with_columns(
        pl.col("rows").cast(pl.String()), pl.col("value").map_elements(_money, return_dtype=pl.String())
    )
    lines = pl.concat([told.select(aliases.COLUMNS), new.select(aliases.COLUMNS)])
    return lines.with_columns(guarded(name) for name in aliases.COLUMNS).write_csv().encode()


def _money(value: Decimal) -> str:
    return f"{value:f}".removesuffix(".00")
