"""Rejected rows as CSV: where each stands, the cell that is at fault as it stands there, and the reason."""

import polars as pl

from csq.render.delimited import FORMULA

COLUMNS = ("file", "line", "column", "value", "reason")


def rejects_csv(rejects: pl.DataFrame) -> bytes:
    """Write rejects (`report.REJECT_SCHEMA`), a header always; text that a spreadsheet would run gets one `'`."""
    text = [name for name in COLUMNS if name != "line"]
    guarded = [
        pl.when(pl.col(name).str.contains(FORMULA)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name in text
    ]
    return rejects.sort("file", "line", "column").select(COLUMNS).with_columns(guarded).write_csv().encode()
