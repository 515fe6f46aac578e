"""CSV and TSV: one account a row, a header always, UTF-8.

Cells are quoted only where they must be. An apostrophe stands before text that a spreadsheet would run as a
formula, unless the raw text is asked for; numbers are never touched.
"""

import polars as pl

from csq.render.cells import output_rows, text_cells
from csq.render.columns import KEYS
from csq.render.options import Options
from csq.report import Report
from csq.schema import Kind

_BOM = b"\xef\xbb\xbf"

# Excel runs a cell that begins with one of these, LibreOffice even behind quotes; the wide forms are turned
# into the narrow ones on import. Leading apostrophes are part of the pattern so that taking one off again
# gives the text back, whatever it was.
_FORMULA = "^'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_PARTING = r'[,;\t|"\r\n]'
"""A spreadsheet that parts cells at `;` would begin a new one, and run it as a formula, in a bare `Acme;=1+1;x`."""


def csv(report: Report, options: Options) -> bytes:
    """Write the accounts with commas."""
    return _delimited(report, options, separator=",")


def tsv(report: Report, options: Options) -> bytes:
    """Write the accounts with tabs."""
    return _delimited(report, options, separator="\t")


def guarded_keys(report: Report, options: Options) -> tuple[str, ...]:
    """Name the key columns in which an apostrophe is put before a value, so that joining on it fails."""
    rows, _ = output_rows(report, options)
    return tuple(name for name in KEYS if not options.raw and rows[name].str.contains(_FORMULA).any())


def guarded(name: str) -> pl.Expr:
    """A column of text with one `'` before what a spreadsheet would run."""
    text = pl.col(name)
    return pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text).alias(name)


def _delimited(report: Report, options: Options, *, separator: str) -> bytes:
    rows, columns = output_rows(report, options)
    cells = text_cells(rows, columns)
    words = [column.name for column in columns if column.kind in {Kind.TEXT, Kind.LIST}]
    if not options.raw:
        cells = cells.with_columns(guarded(name) for name in words)
    # Not the csv module, which leaves a lone carriage return unquoted.
    text = cells.with_columns(_quoted(pl.col(name)).alias(name) for name in words).write_csv(
        separator=separator,
        line_terminator="\r\n" if options.excel else "\n",
        include_header=False,
        quote_style="never",
    )
    end = "\r\n" if options.excel else "\n"
    header = separator.join(pl.select(_quoted(pl.lit(pl.Series(cells.columns)))).to_series())
    return (_BOM if options.excel else b"") + f"{header}{end}{text}".encode()


def _quoted(text: pl.Expr) -> pl.Expr:
    """Text in quotes where any program might part it, whichever delimiter it believes in."""
    return pl.when(text.str.contains(_PARTING)).then('"' + text.str.replace_all('"', '""') + '"').otherwise(text)
