"""CSV and TSV: one account a row, a header always, UTF-8.

Cells are quoted only where they must be. Unless the raw text is asked for, an apostrophe stands before text that a
spreadsheet would run as a formula, and for Excel text that it would take for a number or a date, such as an id of
digits, is written as `="00123"`, which opens as that text. Numbers are never touched.
"""

import io
from collections.abc import Callable, Sequence
from typing import IO

import polars as pl

from csq.render import Output
from csq.render.cells import output_rows, text_cells, write_slices
from csq.render.columns import KEYS
from csq.render.options import Options
from csq.report import Report
from csq.schema import Kind

_BOM = b"\xef\xbb\xbf"

# Excel runs a cell that begins with one of these, LibreOffice even behind quotes; the wide forms are turned
# into the narrow ones on import. Some programs drop what cannot be seen on the way, so that what stands behind a
# control or format character begins the cell. Leading apostrophes are part of the pattern so that taking one off again
# gives the text back, whatever it was.
_UNSEEN = r"\s*[\p{Cc}\p{Cf}][\s\p{Cc}\p{Cf}]*"
_FORMULA = f"^'*(?:[\t\r\n]|(?:{_UNSEEN})?[=+\\-@\uff1d\uff0b\uff0d\uff20])"
_MISTAKEN = "^(0[0-9]+|[0-9]{16,}|[0-9]+[eE][0-9]+|[0-9]{1,4}[-/.][0-9]{1,2}([-/.][0-9]{1,4})?)$"
"""Text that comes out of a spreadsheet as another: zeros go, digits beyond the 15th too, 1E5 and 1-2 become others."""
_PARTING = r'[,;\t|"\r\n]|^$'
"""What is quoted. A spreadsheet that parts cells at `;` would begin a new one, and run it as a formula, in a bare
`Acme;=1+1;x`; an empty text in quotes is not taken for nothing."""

_Changes = Sequence[tuple[Callable[[pl.Expr], pl.Expr], Sequence[str]]]
"""What is done to columns of text, one after the other."""
MANY, SHARED = 1000, 4
"""Rows, and cells to a text, from which on it is worth to look for cells that are alike."""


def csv(report: Report, options: Options) -> Output:
    """Write the accounts with commas."""
    return _delimited(report, options, separator=",")


def tsv(report: Report, options: Options) -> Output:
    """Write the accounts with tabs."""
    return _delimited(report, options, separator="\t")


def guarded_keys(report: Report, options: Options) -> tuple[str, ...]:
    """Name the key columns in which an apostrophe is put before a value, so that joining on it fails."""
    rows, _ = output_rows(report, options)
    return tuple(name for name in KEYS if not options.raw and rows[name].str.contains(_FORMULA).any())


def kept(report: Report, options: Options) -> tuple[str, ...]:
    """Name the columns in which text is written so that Excel leaves it as it is."""
    if options.raw or not options.excel:
        return ()
    rows, columns = output_rows(report, options)
    return tuple(
        each.name for each in columns if each.kind is Kind.TEXT and rows[each.name].str.contains(_MISTAKEN).any()
    )


def table(rows: pl.DataFrame, *, separator: str = ",", raw: bool = False, excel: bool = False) -> bytes:
    """Write a frame for a spreadsheet, a header always; text that it would run gets one `'`, unless it is to be raw."""
    words = [name for name, kind in rows.schema.items() if kind == pl.String()]
    changes = [(_guarded, [] if raw else words), (_as_it_is, words if excel and not raw else []), (_quoted, words)]
    end = "\r\n" if excel else "\n"
    return (_BOM if excel else b"") + _header(rows.columns, separator, end) + _rows(rows, changes, separator, end)


def _guarded(text: pl.Expr) -> pl.Expr:
    """Text with one `'` before what a spreadsheet would run."""
    return pl.when(text.str.contains(_FORMULA)).then("'" + text).otherwise(text)


def _delimited(report: Report, options: Options, *, separator: str) -> Output:
    rows, columns = output_rows(report, options)
    words = [column.name for column in columns if column.kind in {Kind.TEXT, Kind.LIST}]
    texts = [column.name for column in columns if column.kind is Kind.TEXT]
    keeps = options.excel and not options.raw
    changes = [(_guarded, [] if options.raw else words), (_as_it_is, texts if keeps else []), (_quoted, words)]
    end = "\r\n" if options.excel else "\n"

    def write(stream: IO[bytes]) -> None:
        stream.write((_BOM if options.excel else b"") + _header(rows.columns, separator, end))
        write_slices(rows, lambda some: _rows(text_cells(some, columns), changes, separator, end), stream)

    return write


def _header(names: list[str], separator: str, end: str) -> bytes:
    return (separator.join(pl.select(_quoted(pl.lit(pl.Series(names)))).to_series()) + end).encode()


def _rows(cells: pl.DataFrame, changes: _Changes, separator: str, end: str) -> bytes:
    # Not the csv module, which leaves a lone carriage return unquoted.
    buffer = io.BytesIO()
    _told(cells, changes).write_csv(
        buffer, separator=separator, line_terminator=end, include_header=False, quote_style="never"
    )
    return buffer.getvalue()


def _told(cells: pl.DataFrame, changes: _Changes) -> pl.DataFrame:
    """Cells with their texts changed; what many say is changed once for all."""
    words = dict.fromkeys(name for _, names in changes for name in names)
    each = {name: cells[name].drop_nulls().unique() for name in words} if cells.height >= MANY else {}
    shared = {name: texts for name, texts in each.items() if 0 < len(texts) * SHARED <= cells.height}
    apart = _changed(cells, [(change, [name for name in names if name not in shared]) for change, names in changes])
    return apart.with_columns(
        cells[name].replace_strict(texts, _changed(texts.to_frame(), own)[name], default=None)
        for name, texts in shared.items()
        for own in [[(change, [name]) for change, names in changes if name in names]]
    )


def _changed(cells: pl.DataFrame, changes: _Changes) -> pl.DataFrame:
    for change, names in changes:
        cells = cells.with_columns(change(pl.col(name)).alias(name) for name in names)
    return cells


def _as_it_is(text: pl.Expr) -> pl.Expr:
    """Text in which what a spreadsheet would mistake is the result of a formula without any names."""
    return pl.when(text.str.contains(_MISTAKEN)).then('="' + text + '"').otherwise(text)


def _quoted(text: pl.Expr) -> pl.Expr:
    """Text in quotes where any program might part it, whichever delimiter it believes in."""
    return pl.when(text.str.contains(_PARTING)).then('"' + text.str.replace_all('"', '""') + '"').otherwise(text)
