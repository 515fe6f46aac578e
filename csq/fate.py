"""The fate of each row of a file is a column: used, set aside for one reason, or rejected. One function marks it.

The accounting of a run is one group-by over it, so that rows read = used + set aside + rejected, file by file.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from csq.report import REJECT_SCHEMA, SourceFile
from csq.schema import collect
from csq.terms import Aside, Fate, Role

FATE = "fate"
"""Column that holds `used`, a `terms.Aside`, or `rejected`."""
ROWS = "rows"
"""Column that holds how many rows of its file a row stands for: mostly one."""
REASON, COLUMN, VALUE = "reject_reason", "reject_column", "reject_value"
"""Columns that say of a rejected row why, and which cell; null of any other."""
ROW: Mapping[str, pl.DataType] = {
    "file": pl.String(),
    "line": pl.Int64(),
    ROWS: pl.Int64(),
    FATE: pl.String(),
    REASON: pl.String(),
    COLUMN: pl.String(),
    VALUE: pl.String(),
}
"""What every row has, whatever its role; its other columns say what stands in it."""


def as_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of `ROW` that `frame` lacks: each row is one, and used."""
    told = {ROWS: 1, FATE: str(Fate.USED)}
    return frame.with_columns(
        pl.lit(told.get(name), dtype=dtype).alias(name) for name, dtype in ROW.items() if name not in frame.columns
    )


def is_used() -> pl.Expr:
    """Whether a row is in use."""
    return pl.col(FATE) == Fate.USED


def mark(
    frame: pl.DataFrame,
    fates: Mapping[Aside | Fate, pl.Expr],
    *,
    reason: str | None = None,
    column: str | None = None,
    value: pl.Expr | None = None,
) -> pl.DataFrame:
    """Give rows the first of `fates` whose mask holds; a null mask does not, and a row keeps its first fate.

    Args:
        frame: Columns `ROW` and those the masks need.
        fates: Mask by fate.
        reason: Why rows are rejected.
        column: Header of the cell for which they are.
        value: That cell, as it stands.
    """
    fits = {fate: is_used() & mask.fill_null(value=False) for fate, mask in fates.items()}
    cells = {REASON: pl.lit(reason), COLUMN: pl.lit(column), VALUE: pl.lit(None) if value is None else value}
    rejected = fits.get(Fate.REJECTED)
    told = {} if rejected is None else {name: pl.when(rejected).then(cell) for name, cell in cells.items()}
    marked = pl.coalesce(pl.when(mask).then(pl.lit(str(fate))) for fate, mask in fits.items())
    return frame.with_columns(
        pl.coalesce(marked, FATE).alias(FATE), *(pl.coalesce(cell, name).alias(name) for name, cell in told.items())
    )


def count_fates(rows: pl.DataFrame | pl.LazyFrame, *more: str) -> pl.DataFrame:
    """Rows of each file by fate and reason, and by `more` before: these, then file, fate, reject_reason, rows."""
    by = [*more, "file", FATE, REASON]
    return collect(rows.lazy().group_by(by).agg(pl.col(ROWS).sum()).sort(by))


def account(files: Sequence[SourceFile], fates: Mapping[Role, pl.DataFrame]) -> tuple[SourceFile, ...]:
    """The files with what became of their rows.

    Args:
        files: Files of any roles.
        fates: By role: file, fate, reject_reason, rows.
    """
    roles = {file.role: str(file.role) for file in files}
    parts = [fates[role].lazy().select("file", FATE, REASON, ROWS, role=pl.lit(name)) for role, name in roles.items()]
    counted = count_fates(pl.concat(parts, how="vertical_relaxed"), "role").rows() if parts else ()
    return tuple(
        _accounted(file, [told for role, label, *told in counted if (role, label) == (file.role, file.label)])
        for file in files
    )


def _accounted(file: SourceFile, counts: Sequence[Sequence[Any]]) -> SourceFile:
    """Count the rows of a file from its fates, each with a reason or None, and a number of rows."""
    kept = {fate: rows for fate, reason, rows in counts if reason is None}
    return file._replace(
        read=sum(rows for *_, rows in counts),
        used=kept.pop(Fate.USED, 0),
        set_aside={Aside(fate): rows for fate, rows in kept.items()},
        rejected={reason: rows for _, reason, rows in counts if reason is not None},
    )


def rejects(role: Role, rows: pl.LazyFrame) -> pl.LazyFrame:
    """The rejected rows: columns `REJECT_SCHEMA`."""
    told = {"role": pl.lit(str(role)), "column": pl.col(COLUMN), "value": pl.col(VALUE), "reason": pl.col(REASON)}
    lost = rows.filter(pl.col(FATE) == Fate.REJECTED, pl.col(ROWS) > 0)
    return lost.select(told.get(name, pl.col(name)).alias(name) for name in REJECT_SCHEMA)
