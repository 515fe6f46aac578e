"""Rows that are understood and not used: each is given one reason, the first that fits, and counted by it."""

import polars as pl

from csq.terms import Aside

ASIDE = "aside"
"""Column that holds a row's reason, a `terms.Aside`; null while the row is in use."""

FATES: dict[str, pl.DataType] = {"file": pl.String(), ASIDE: pl.String(), "rows": pl.UInt32()}
"""Columns of a count of rows by file and reason; the reason is null for used rows."""


def set_aside(frame: pl.DataFrame, mask: pl.Expr, reason: Aside) -> pl.DataFrame:
    """Give `reason` to the rows that are still in use and where `mask` holds; a null mask does not."""
    fits = pl.col(ASIDE).is_null() & mask.fill_null(value=False)
    return frame.with_columns(pl.when(fits).then(pl.lit(str(reason))).otherwise(ASIDE).alias(ASIDE))


def count_fates(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each file by reason: columns `FATES`."""
    return rows.group_by("file", ASIDE).agg(rows=pl.len()).sort("file", ASIDE)


def no_fates() -> pl.DataFrame:
    """The count where there are no files."""
    return pl.DataFrame(schema=FATES)
