"""Account rows as the cells of a machine format: the same value in every format, to the digit.

Numbers have at most 4 places and money at most 2. What is not a number (NaN, infinity) is null.
"""

from collections import deque
from collections.abc import Callable
from typing import IO

import polars as pl

from csq.render.columns import OutputColumn, output_columns
from csq.render.options import SLICE, Options
from csq.render.rows import selected_rows
from csq.report import Report
from csq.schema import Kind

WRITERS = 2
"""Slices that are written at once."""


def output_rows(report: Report, options: Options) -> tuple[pl.DataFrame, tuple[OutputColumn, ...]]:
    """Take the rows and columns that go out, with what each column is.

    Raises:
        UsageError: `options` name something that is not there.
    """
    columns = output_columns(report.accounts, options.fields)
    rows = selected_rows(report, options.selection)
    if options.selection.top is not None:
        rows = rows.head(options.selection.top)
    return rows.select(column.name for column in columns), columns


def write_slices(rows: pl.DataFrame, made: Callable[[pl.DataFrame], bytes], stream: IO[bytes]) -> None:
    """Write what is `made` of some rows after the other, in their order; of many some are made while others wait."""
    if rows.height <= SLICE:
        stream.write(made(rows))
        return
    from concurrent.futures import Future, ThreadPoolExecutor

    coming: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(WRITERS) as pool:
        for some in rows.iter_slices(SLICE):
            if len(coming) > WRITERS:
                stream.write(coming.popleft().result())
            coming.append(pool.submit(made, some))
        for each in coming:
            stream.write(each.result())


def value_cells(rows: pl.DataFrame, columns: tuple[OutputColumn, ...]) -> pl.DataFrame:
    """Keep each value what it is, numbers rounded."""
    return rows.select(**values(columns))


def values(columns: tuple[OutputColumn, ...]) -> dict[str, pl.Expr]:
    """Each column as it is, numbers rounded."""
    return {column.name: _rounded(column) for column in columns}


def text_cells(rows: pl.DataFrame, columns: tuple[OutputColumn, ...]) -> pl.DataFrame:
    """Write each value as text, lists joined with `; `; null stays null, and empty text becomes it."""
    return rows.select(**{column.name: _as_text(column) for column in columns})


def _rounded(column: OutputColumn) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind is not Kind.NUMBER:
        return value
    rounded = value.round(4)
    # Minus zero, which rounding makes of -0.00001, is zero.
    return pl.when(rounded == 0).then(0.0).when(rounded.is_finite()).then(rounded)


def _as_text(column: OutputColumn) -> pl.Expr:
    value = _rounded(column)
    match column.kind:
        case Kind.NUMBER:
            return value.cast(pl.String).str.strip_suffix(".0")
        case Kind.MONEY:
            return value.cast(pl.String).str.strip_suffix(".00")
        case Kind.LIST:
            text = value.list.join("; ")
        case _:
            text = value.cast(pl.String)
    return pl.when(text != "").then(text)
