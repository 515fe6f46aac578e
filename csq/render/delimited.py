"""CSV and TSV: one account a row, a header always, UTF-8.

Cells are quoted only where they must be. Lists are joined with `; `.
"""

from csq.render.cells import output_rows, text_cells
from csq.render.options import Options
from csq.report import Report

_BOM = b"\xef\xbb\xbf"


def csv(report: Report, options: Options) -> bytes:
    """Write the accounts with commas."""
    return _delimited(report, options, separator=",")


def tsv(report: Report, options: Options) -> bytes:
    """Write the accounts with tabs."""
    return _delimited(report, options, separator="\t")


def _delimited(report: Report, options: Options, *, separator: str) -> bytes:
    rows, columns = output_rows(report, options)
    cells = text_cells(rows, columns, raw=options.raw)
    # Not the csv module, which leaves a lone carriage return unquoted.
    text = cells.write_csv(separator=separator, line_terminator="\r\n" if options.excel else "\n")
    return (_BOM if options.excel else b"") + text.encode()
