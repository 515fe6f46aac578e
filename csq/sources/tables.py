"""Text tables to typed rows: every cell read by its field's rule, every row that cannot be used named.

Files of one role with the same header are one table in parts: conventions are settled over all of
them, so that splitting an export changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from csq.errors import InputError, Location
from csq.report import REJECT_SCHEMA, Note
from csq.schema import Kind
from csq.sources.fields import FIELDS, Cell
from csq.sources.headers import match_headers
from csq.sources.read import LINE, TextTable, column
from csq.sources.values import (
    Ambiguous,
    Cells,
    DateOrder,
    Decimal,
    read_bool,
    read_date,
    read_number,
    read_text,
    read_time,
)
from csq.terms import NoteKind, Role

FILE = "file"
"""Column of typed rows: the label of the file the row stands in."""


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What the user has settled about reading; nothing in it is about placement."""

    columns: Mapping[Role, Mapping[str, str]] = field(default_factory=dict)
    """Headers by role and field."""
    keys: Mapping[Role, str] = field(default_factory=dict)
    """Key column of the accounts that a role's key refers to."""
    decimal: Decimal | None = None
    date_order: DateOrder | None = None
    csat_scale: tuple[str, ...] = ()
    """`1-5`, or `FILE=1-5` for one file."""
    overlap: str | None = None
    """`dedupe` or `add`."""
    run_day: date | None = None
    """Dates of usage and answers after it are rejected; None when `--as-of` rules."""
    custom: Mapping[str, Kind] = field(default_factory=dict)
    """Custom facts the playbook declares, columns of the accounts files."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """Kinds of usage metrics, by column, that csq.yaml overrides."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """Typed rows of the files with one header, and what could not be read.

    `frame` has `file`, `line` and one column per field found; rejected rows are still in it, and
    named in `rejects`; `drop_rejected` takes them out once all checks are made.
    """

    role: Role
    tables: tuple[TextTable, ...]
    fields: Mapping[str, int]
    text: pl.DataFrame
    frame: pl.DataFrame
    rejects: pl.DataFrame
    faults: pl.DataFrame
    notes: tuple[Note, ...]

    def header(self, name: str) -> str:
        """The header that became field `name`."""
        return self.tables[0].header[self.fields[name]]

    def reject(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """Mark rows where `mask` holds, for what stands in field `name`; a row keeps its first reason."""
        found = listing(self, mask, name, reason)
        fresh = found.join(self.rejects.select(FILE, LINE), on=[FILE, LINE], how="anti", maintain_order="left")
        return self.replace(rejects=pl.concat([self.rejects, fresh]))

    def fault(self, mask: pl.Series, name: str, reason: str) -> "Typed":
        """List optional cells where `mask` holds as unreadable."""
        return self.replace(faults=pl.concat([self.faults, listing(self, mask, name, reason)]))

    def replace(self, **changes: object) -> "Typed":
        """A copy with some parts changed."""
        return Typed(**{**self.__dict__, **changes})

    def usable(self) -> pl.DataFrame:
        """The rows that no check rejected, in the order of the files."""
        return self.frame.join(self.rejects.select(FILE, LINE), on=[FILE, LINE], how="anti", maintain_order="left")


def no_rejects() -> pl.DataFrame:
    """An empty list of rejects."""
    return pl.DataFrame(schema=REJECT_SCHEMA)


def listing(typed: Typed, mask: pl.Series, name: str, reason: str) -> pl.DataFrame:
    """One line per row where `mask` holds, with file, line, header, the cell as it stands, and the reason."""
    header = typed.header(name) if name in typed.fields else name
    value = pl.col(column(typed.fields[name])) if name in typed.fields else pl.lit(None, dtype=pl.String())
    return typed.text.filter(mask).select(
        role=pl.lit(str(typed.role)), file=FILE, line=LINE, column=pl.lit(header), value=value, reason=pl.lit(reason)
    )


def group_by_header(tables: Iterable[TextTable]) -> list[tuple[TextTable, ...]]:
    """Files with the same headers in the same order belong together."""
    groups: dict[tuple[str, ...], list[TextTable]] = {}
    for table in tables:
        groups.setdefault(table.header, []).append(table)
    return [tuple(group) for group in groups.values()]


def read_fields(tables: tuple[TextTable, ...], role: Role, options: ReadOptions) -> Typed:
    """Read every known field of files with one header.

    Raises:
        InputError: A needed column is missing, or a column fits two conventions.
    """
    matched = match_headers(tables[0], role, options.columns.get(role, {}))
    text = pl.concat([table.frame.with_columns(pl.lit(table.label).alias(FILE)) for table in tables])
    kinds = {known.name: known.cell for known in FIELDS[role]}
    typed = Typed(
        role=role,
        tables=tables,
        fields=matched,
        text=text,
        frame=text.select(FILE, LINE),
        rejects=no_rejects(),
        faults=no_rejects(),
        notes=(),
    )
    for name, index in matched.items():
        # Scores need the kind of survey first; they are read where that is known.
        kind = kinds.get(name, Cell.TEXT)
        if kind is not Cell.SCORE:
            typed = add_cells(typed, name, kind, column(index), options)
    return typed


UNREADABLE: Mapping[Cell, str] = {
    Cell.NUMBER: "not a number",
    Cell.WHOLE: "not a whole number",
    Cell.MONEY: "not an amount of money",
    Cell.DATE: "not a date",
    Cell.TIME: "not a date",
    Cell.BOOL: "neither yes nor no",
}
"""What is said of an optional cell that cannot be read. Any text can be read as a key or as text."""
REQUIRED_TIMES = {(Role.USAGE, "date"), (Role.USAGE, "period")}
"""Fields whose unreadable or blank cells reject the row: without its day an event cannot be placed in a window."""


def add_cells(typed: Typed, name: str, kind: Cell, source: str, options: ReadOptions) -> Typed:
    """Read column `source` of the text as field `name`; list what is unreadable as fault or reject."""
    cells = convert(typed, name, kind, typed.text[source], options)
    values = cells.values.rename(name)
    typed = typed.replace(frame=typed.frame.with_columns(values))
    if cells.choice:
        typed = typed.replace(
            notes=(
                *typed.notes,
                Note(kind=NoteKind.CHOICE, text=f"{cells.choice} in `{name}` of {labels(typed.tables)}"),
            )
        )
    if (typed.role, name) in REQUIRED_TIMES:
        typed = typed.reject(cells.unreadable, name, "unreadable date")
        typed = typed.reject(values.is_null(), name, "no date")
        if options.run_day:
            typed = typed.reject(
                (values.dt.date() > options.run_day).fill_null(value=False), name, "date after the run day"
            )
        return typed
    if cells.unreadable.any():
        typed = typed.fault(cells.unreadable, name, UNREADABLE[kind])
    return typed


def convert(typed: Typed, name: str, kind: Cell, text: pl.Series, options: ReadOptions) -> Cells:
    """Read text as `kind`. Raises InputError when the column leaves its convention open."""
    try:
        if kind in (Cell.KEY, Cell.TEXT):
            return read_text(text)
        if kind is Cell.BOOL:
            return read_bool(text)
        if kind is Cell.DATE:
            return read_date(text, order=options.date_order)
        if kind is Cell.TIME:
            return read_time(text, order=options.date_order)
        number = read_number(text, decimal=options.decimal)
    except Ambiguous as question:
        raise open_question(typed, name, text, question) from None
    return _countable(number, kind)


MOST = 1e15
"""No amount that csq counts is larger, and sums of larger ones would not fit."""


def _countable(cells: Cells, kind: Cell) -> Cells:
    """Numbers of a size to count with; whole numbers and money never negative; seats in ones, money in cents."""
    wrong = (cells.values.abs() > MOST).fill_null(value=False)
    if kind not in (Cell.WHOLE, Cell.MONEY):
        return Cells(cells.values.set(wrong, None), cells.unreadable | wrong, cells.choice)
    wrong |= (cells.values < 0).fill_null(value=False)
    if kind is Cell.WHOLE:
        wrong |= (cells.values != cells.values.round()).fill_null(value=False)
        values = cells.values.set(wrong, None).cast(pl.Int64)
    else:
        values = cells.values.set(wrong, None).cast(pl.Decimal(38, 2))
    return Cells(values, cells.unreadable | wrong, cells.choice)


def open_question(typed: Typed, name: str, text: pl.Series, question: Ambiguous) -> InputError:
    """The error for a column that fits two conventions, with the cells that show it and the flag."""
    rows = typed.text[list(question.rows)]
    cells = [text[row] for row in question.rows]
    where = [f"`{cell}` on line {line:,}" for cell, line in zip(cells, rows[LINE], strict=True)]
    header = typed.tables[0].header[typed.fields[name]] if name in typed.fields else name
    return InputError(
        f"column `{header}` {question.question}: {' and '.join(where)}",
        location=Location(label=rows[FILE][0], line=rows[LINE][0]),
        hint=f"say which: `{question.flag}`",
    )


def labels(tables: Iterable[TextTable]) -> str:
    """The files' names for a sentence."""
    return ", ".join(f"`{table.label}`" for table in tables)
