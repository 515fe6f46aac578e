"""A frame as one table for machines, whatever its rows are: moves, plays, the findings of a backtest."""

import io
import json

import polars as pl

from csq.render.delimited import table
from csq.render.json_text import plain
from csq.render.options import Format, Options
from csq.render.parquet import ROW_GROUP
from csq.schema import PLACES


def one_table(frame: pl.DataFrame, format: Format, options: Options) -> bytes:
    """Write a frame as CSV, TSV, JSON lines or Parquet; in the first two numbers have at most 4 places."""
    if format is Format.PARQUET:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", row_group_size=ROW_GROUP)
        return buffer.getvalue()
    if format is Format.JSONL:
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in plain_rows(frame)).encode()
    floats = pl.selectors.float().round(PLACES)
    separator = "\t" if format is Format.TSV else ","
    return table(frame.with_columns(floats), separator=separator, raw=options.raw, excel=options.excel)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    """The rows as JSON has them."""
    return [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]
