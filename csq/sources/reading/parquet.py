"""Parquet files as text: IDs whole, days and times in ISO form."""

import io

import polars as pl

from csq.errors import InputError

EXACT = 2**53
"""Above this a floating-point number has lost digits."""


def read_parquet(data: bytes, label: str) -> tuple[list[str], pl.DataFrame]:
    """Return the names of the columns, and all their cells as text; null is the empty string.

    Raises:
        InputError: The file is damaged, or a column holds lists or records.
    """
    try:
        frame = pl.read_parquet(io.BytesIO(data))
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


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso:strict").str.replace("T", " ")
    if dtype in (pl.Float32, pl.Float64):
        whole = (column == column.round(0)) & (column.abs() < EXACT)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String)
