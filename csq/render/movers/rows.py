"""Moves for the next program: one account a row, or one JSON document with all there is."""

import io
import json

import polars as pl

from csq.moves import Moves
from csq.render.delimited import table
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.movers.words import weeks_of
from csq.render.options import Format, Options
from csq.schema import PLACES


def rows(moves: Moves, format: Format, options: Options, *, weeks: int | None) -> bytes:
    """Write the moves in a machine format."""
    if format is Format.JSON:
        return _document(moves, weeks)
    is_flat = format in (Format.CSV, Format.TSV)
    return one_table(moves.accounts.with_columns(_flat()) if is_flat else moves.accounts, format, options)


def one_table(frame: pl.DataFrame, format: Format, options: Options) -> bytes:
    """Write a frame as CSV, TSV, JSON lines or Parquet."""
    if format is Format.PARQUET:
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", row_group_size=100_000)
        return buffer.getvalue()
    if format is Format.JSONL:
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in plain_rows(frame)).encode()
    floats = pl.selectors.float().round(PLACES)
    separator = "\t" if format is Format.TSV else ","
    return table(frame.with_columns(floats), separator=separator, raw=options.raw, excel=options.excel)


def plain_rows(frame: pl.DataFrame) -> list[dict[str, object]]:
    """The rows as JSON has them."""
    return [{name: plain(value) for name, value in row.items()} for row in frame.iter_rows(named=True)]


def _flat() -> pl.Expr:
    """`breadth -30.0; active_days +10.0`."""
    field = pl.element().struct.field
    points = field("points").round(1).cast(pl.String)
    signed = pl.when(field("points") > 0).then("+" + points).otherwise(points)
    return pl.col("parts").list.eval(field("part") + " " + signed).list.join("; ")


def _document(moves: Moves, weeks: int | None) -> bytes:
    past = weeks_of(moves.past, weeks) if weeks else ()
    told = {
        "format_version": FORMAT_VERSION,
        "since": plain(moves.since),
        "until": plain(moves.until),
        "filled": moves.is_filled,
        "worth": plain(moves.worth),
        "moved_down_contract_value": plain(moves.moved_down),
        "new_at_risk": moves.new_at_risk,
        "causes": {str(cause): count for cause, count in moves.causes.items()},
        "measured": list(moves.measured),
        "grid": plain(moves.grid),
        "moves": plain_rows(moves.accounts),
        "weeks": [
            {
                "as_of": plain(week.day),
                "filled": week.is_filled,
                "quadrants": {
                    str(each): {"accounts": week.accounts[each], "contract_value": plain(week.values[each])}
                    for each in week.accounts
                },
            }
            for week in past
        ],
    }
    return (json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
