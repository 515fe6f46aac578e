"""Moves for the next program: one account a row, or one JSON document with all there is."""

import json

import polars as pl

from csq.moves import Moves
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.movers.words import weeks_of
from csq.render.one_table import one_table, plain_rows
from csq.render.options import Format, Options


def rows(moves: Moves, format: Format, options: Options, *, weeks: int | None) -> bytes:
    """Write the moves in a machine format."""
    if format is Format.JSON:
        return _document(moves, weeks)
    is_flat = format in (Format.CSV, Format.TSV)
    return one_table(moves.accounts.with_columns(_flat()) if is_flat else moves.accounts, format, options)


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
