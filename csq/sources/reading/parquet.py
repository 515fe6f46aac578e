"""Parquet files as text: IDs whole, days and times in ISO form."""

import io

import polars as pl

from csq.errors import InputError
from csq.sources.reading.containers import ceiling, too_big

CELL = 8
"""Bytes that a cell takes unpacked, at least."""
EXACT = 2**53
"""Above this a floating-point number has lost digits."""


def read_parquet(data: bytes, label: str) -> tuple[list[str], pl.DataFrame]:
    """Return the names of the columns, and all their cells as text; null is the empty string.

    Raises:
        InputError: The file is damaged, holds far more than its size tells, or a column holds lists or records.
    """
    try:
        scan = pl.scan_parquet(io.BytesIO(data))
        # A value that is the same in all rows takes no room in the file.
        if scan.select(pl.len()).collect().item() * len(scan.collect_schema()) * CELL > ceiling(len(data)):
            raise too_big(label, len(data))
        frame = pl.read_parquet(io.BytesIO(data))
        if sum(map(_length, frame.get_columns())) > ceiling(len(data)):
            raise too_big(label, len(data))
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"`{label}` is a damaged Parquet file: {reason}", hint="write it again") from None
    for name, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
            raise InputError(
                f"column `{name}` of `{label}` holds {str(dtype).casefold()}, not plain values",
                hint="write it without this column, or with it as text",
            )
    return list(frame.columns), frame.select(
        _as_text(pl.nth(index), dtype).fill_null("").alias(f"c{index}")
        for index, dtype in enumerate(frame.schema.values())
    )


def _length(column: pl.Series) -> int:
    """Bytes that the texts of a column take when each is written out."""
    if column.dtype == pl.String():
        return int(column.str.len_bytes().sum())
    if column.dtype in (pl.Categorical, pl.Enum):
        return int(column.cat.len_bytes().sum())
    return 0


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso:strict").str.replace("T", " ")
    if dtype in (pl.Float32, pl.Float64):
        whole = (column == column.round(0)) & (column.abs() < EXACT)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String)
