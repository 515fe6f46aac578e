"""Moves for the next program: one account a row, or one JSON document with all there is."""

import io
import json

import polars as pl

from csq.moves import Moves
from csq.render.delimited import table
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.movers.words import weeks_of
from csq.render.options import Format, Options


def rows(moves: Moves, format: Format, options: Options, *, weeks: int | None) -> bytes:
    """Write the moves in a machine format."""
    if format is Format.PARQUET:
        buffer = io.BytesIO()
        moves.accounts.write_parquet(buffer, compression="zstd", row_group_size=100_000)
        return buffer.getvalue()
    if format is Format.JSON:
        return _document(moves, weeks)
    if format is Format.JSONL:
        told = (json.dumps(each, ensure_ascii=False) for each in plain_rows(moves))
        return "".join(f"{each}\n" for each in told).encode()
    flat = moves.accounts.with_columns(_flat())
    return table(flat, separator="\t" if format is Format.TSV else ",", raw=options.raw, excel=options.excel)


def _flat() -> pl.Expr:
    """`breadth -30.0; active_days +10.0`."""
    field = pl.element().struct.field
    points = field("points").round(1).cast(pl.String)
    signed = pl.when(field("points") > 0).then("+" + points).otherwise(points)
    return pl.col("parts").list.eval(field("part") + " " + signed).list.join("; ")


def plain_rows(moves: Moves) -> list[dict[str, object]]:
    """The accounts as JSON has them."""
    return [
        {name: [dict(part) for part in value or ()] if name == "parts" else plain(value) for name, value in row.items()}
        for row in moves.accounts.iter_rows(named=True)
    ]


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
        "moves": plain_rows(moves),
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
