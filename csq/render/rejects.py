"""Rejected rows as CSV: where each stands, the cell that is at fault as it stands there, and the reason."""

import polars as pl

from csq.render.delimited import guarded

COLUMNS = ("file", "line", "column", "value", "reason")


def rejects_csv(rejects: pl.DataFrame) -> bytes:
    """Write rejects (`report.REJECT_SCHEMA`), a header always; text that a spreadsheet would run gets one `'`."""
    text = [guarded(name) for name in COLUMNS if name != "line"]
    return rejects.sort("file", "line", "column").select(COLUMNS).with_columns(text).write_csv().encode()
