"""Account rows as the cells of a machine format: the same value in every format, to the digit.

Numbers have at most 4 places and money at most 2. What is not a number (NaN, infinity) is null.
"""

import polars as pl

from csq.render.columns import KEYS, OutputColumn, output_columns
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.report import Report
from csq.schema import Kind

# Excel runs a cell that begins with one of these, LibreOffice even behind quotes; the wide forms are turned
# into the narrow ones on import. Leading apostrophes are part of the pattern so that taking one off again
# gives the text back, whatever it was.
_FORMULA = "^'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


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


def value_cells(rows: pl.DataFrame, columns: tuple[OutputColumn, ...]) -> pl.DataFrame:
    """Keep each value what it is, numbers rounded."""
    return rows.select(**{column.name: _rounded(column) for column in columns})


def text_cells(rows: pl.DataFrame, columns: tuple[OutputColumn, ...], *, raw: bool) -> pl.DataFrame:
    """Write each value as text; null stays null.

    Args:
        rows: The rows to write.
        columns: Those of its columns to write, and what they are.
        raw: Do not put an apostrophe before text that a spreadsheet would run.
    """
    return rows.select(**{column.name: _as_text(column, raw=raw) for column in columns})


def guarded_keys(report: Report, options: Options) -> tuple[str, ...]:
    """Name the key columns in which CSV and TSV put an apostrophe, so that joining on them fails."""
    if options.raw:
        return ()
    rows, _ = output_rows(report, options)
    return tuple(name for name in KEYS if rows[name].str.contains(_FORMULA).any())


def _rounded(column: OutputColumn) -> pl.Expr:
    value = pl.col(column.name)
    if column.kind is not Kind.NUMBER:
        return value
    rounded = value.round(4)
    # Minus zero, which rounding makes of -0.00001, is zero.
    return pl.when(rounded == 0).then(0.0).when(rounded.is_finite()).then(rounded)


def _as_text(column: OutputColumn, *, raw: bool) -> pl.Expr:
    value = _rounded(column)
    match column.kind:
        case Kind.NUMBER:
            return value.cast(pl.String).str.strip_suffix(".0")
        case Kind.MONEY:
            return value.cast(pl.String).str.strip_suffix(".00")
        case Kind.WHOLE | Kind.BOOL | Kind.DATE:
            return value.cast(pl.String)
        case Kind.LIST:
            value = value.list.join("; ")
        case Kind.TEXT:
            pass
    # An empty text would be written as "", which spreadsheets do not tell from nothing.
    value = pl.when(value != "").then(value)
    return value if raw else pl.when(value.str.contains(_FORMULA)).then("'" + value).otherwise(value)
