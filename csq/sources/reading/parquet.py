"""Parquet files as text: IDs whole, days and times in ISO form."""

import io
from pathlib import Path
from typing import cast

import polars as pl

from csq.errors import InputError
from csq.sources.reading.apart import Failed, memory_for, read_apart
from csq.sources.reading.containers import Container, ceiling, too_big
from csq.sources.reading.streams import refuse_if_tight

CELL, TEXT_CELL = 8, 60
"""Bytes that a cell takes unpacked, at least, and those that it takes until all are text."""
EXACT = 2**53
"""Above this a floating-point number has lost digits."""
LOG = 2**20
"""Bytes of a file from which on it may be a log, however many rows it has; in a smaller one they are a trap."""
HEAD = 200
"""Rows that tell what the columns of a log are."""


def read_parquet(data: bytes, label: str) -> tuple[list[str], pl.DataFrame]:
    """Return the names of the columns, and all their cells as text; null is the empty string.

    Raises:
        InputError: The file is damaged, or a column holds lists or records.
    """
    try:
        names, nested, packed = cast("Packed", read_apart(f"{__name__}:pack", data))
    except Failed as fault:
        if fault.is_too_much:
            raise too_big(label, len(data), Container.PARQUET) from None
        raise InputError(f"`{label}` is a damaged Parquet file: {fault}", hint="write it again") from None
    for name, dtype in nested:
        raise InputError(
            f"column `{name}` of `{label}` holds {dtype}, not plain values",
            hint="write it without this column, or with it as text",
        )
    refuse_if_tight(label, len(packed))
    return names, pl.read_ipc(io.BytesIO(packed))


def is_dense(path: Path) -> bool:
    """Whether a file, none that may be a trap, has more rows than are held: a log of few values, to be counted there.

    Whatever else is the matter with it is for its reader to say.
    """
    return _of_file(path, "has_many_rows") is True


def first_rows(path: Path) -> bytes | None:
    """The first rows of a file as one of its kind; None where it cannot be read."""
    return cast("bytes | None", _of_file(path, "pack_head"))


def _of_file(path: Path, name: str) -> object:
    if path.stat().st_size < LOG:
        return None
    try:
        return read_apart(f"{__name__}:{name}", path.read_bytes())
    except Failed:
        return None


def has_many_rows(data: bytes) -> bool:
    """Whether its cells as text take more memory than who reads it may have; to be run apart."""
    return cell_count(data) * TEXT_CELL > memory_for(len(data))


def cell_count(data: bytes) -> int:
    """How many cells a file has: a value that is the same in all rows takes no room in it."""
    scan = pl.scan_parquet(io.BytesIO(data))
    return int(scan.select(pl.len()).collect().item()) * len(scan.collect_schema())


def pack_head(data: bytes) -> bytes:
    """The first rows alone; to be run apart."""
    packed = io.BytesIO()
    pl.read_parquet(io.BytesIO(data), n_rows=HEAD).write_parquet(packed)
    return packed.getvalue()


Packed = tuple[list[str], list[tuple[str, str]], bytes]
"""Names of the columns, those that hold no plain values with their types, and the cells in Arrow's form."""


def pack(data: bytes) -> Packed:
    """Read Parquet, to be run apart, for a damaged file may bring down who reads it.

    Raises:
        MemoryError: It holds far more than its size tells.
    """
    schema = pl.read_parquet_schema(io.BytesIO(data))
    nested = [(name, str(dtype).casefold()) for name, dtype in schema.items() if _holds_more(dtype)]
    if nested:
        return list(schema), nested, b""
    if cell_count(data) * CELL > ceiling(len(data)):
        raise MemoryError
    frame, packed = pl.read_parquet(io.BytesIO(data)), io.BytesIO()
    if sum(map(_length, frame.get_columns())) > ceiling(len(data)):
        raise MemoryError
    text = frame.select(
        _as_text(pl.nth(index), dtype).fill_null("").alias(f"c{index}")
        for index, dtype in enumerate(frame.schema.values())
    )
    text.write_ipc(packed)
    return list(frame.columns), [], packed.getvalue()


def _length(column: pl.Series) -> int:
    """Bytes that the texts of a column take when each is written out."""
    if column.dtype == pl.String():
        return int(column.str.len_bytes().sum())
    if column.dtype in (pl.Categorical, pl.Enum):
        return int(column.cat.len_bytes().sum())
    return 0


def _holds_more(dtype: pl.DataType) -> bool:
    """Whether a column holds lists, records or bytes."""
    return dtype.is_nested() or dtype in (pl.Binary, pl.Object)


def _as_text(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return column.dt.to_string("iso:strict").str.replace("T", " ")
    if dtype in (pl.Float32, pl.Float64):
        whole = (column == column.round(0)) & (column.abs() < EXACT)
        return (
            pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        )
    return column.cast(pl.String)
