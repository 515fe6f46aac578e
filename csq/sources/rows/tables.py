"""Text tables to typed rows: every cell read by its field's rule, every row that cannot be used named.

Files of one role with the same header are one table in parts: conventions are settled over all of
them, so that splitting an export changes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Location, Setting
from csq.fate import FATE, REASON, ROW, as_rows
from csq.report import Note
from csq.roles import PEOPLE, ROLES, Cell
from csq.schema import Kind
from csq.sources.cells.dates import DateOrder, is_zone, placeholders, read_date, read_time
from csq.sources.cells.keys import fold_address
from csq.sources.cells.numbers import DecimalMark, read_number
from csq.sources.cells.periods import Label, by_last_days, labels_in, read_period, spoken_length, years_of
from csq.sources.cells.values import Ambiguous, Cells, read_bool, read_id, read_text
from csq.sources.columns.headers import detect, match_headers, missing_column, unit_of
from csq.sources.columns.metrics import KindsTold
from csq.sources.columns.presets import Preset
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.reading.streams import MAX_BYTES
from csq.sources.rows.conventions import conventions_of, settle_by_others
from csq.sources.rows.ids import OWN_IDS
from csq.sources.rows.typed import FILE, ReadColumn, Typed, labels, no_rejects, no_rows
from csq.suggest import first
from csq.terms import Fate, NoteKind, Role


class ReadOptions(NamedTuple):
    """What the user has settled about reading; nothing in it is about placement."""

    columns: Mapping[Role, Mapping[str, str]] = {}
    """Headers by role and field."""
    file_columns: Mapping[str, Mapping[str, str]] = {}
    """Headers by file and field, where they are told for one file; they go before those of its role."""
    roles: Mapping[str, tuple[Role, ...]] = {}
    """What a file is used as, by label, where csq.yaml tells it; nothing where it tells to leave it."""
    keys: Mapping[Role, str] = {}
    """Key column of the accounts that a role's key refers to."""
    aliases: tuple[Path, ...] = ()
    """Files of keys that a person has said are an account."""
    decimal: DecimalMark | None = None
    """Decimal mark of columns that neither settle it nor stand in a file that does."""
    date_order: DateOrder | None = None
    """Likewise for the order in dates."""
    decimals: Mapping[str, DecimalMark] = {}
    """Decimal marks by file, where they are told for one."""
    date_orders: Mapping[str, DateOrder] = {}
    """Likewise for the order in dates."""
    csat_scale: tuple[str, ...] = ()
    """`1-5`, or `FILE=1-5` for one file."""
    scales: Mapping[str, Mapping[str, str]] = {}
    """Scales by survey kind and header, as csq.yaml tells them; the header `all` stands for every other."""
    answers: Mapping[str, float] = {}
    """Points of answers in words, 0-100, as csq.yaml tells them."""
    overlap: str | None = None
    """`dedupe` or `add`."""
    run_day: date | None = None
    """Dates of usage and answers after it are rejected; None when `--as-of` rules."""
    custom: Mapping[str, Kind] = {}
    """Custom facts the playbook declares, columns of the accounts files."""
    metrics: KindsTold = KindsTold({})
    """Kinds of usage metrics that csq.yaml tells."""
    everyday: frozenset[str] = frozenset()
    """Events of a log that say no more than that somebody was there, squeezed."""
    as_of: date | None = None
    """The day told to look back from; the newest usage date rules when it is None."""
    usage_days: int | None = None
    """Length of the usage windows, so that a big log can be counted as it is read; None: no log is."""
    year: int | None = None
    """Year of months, weeks and quarters that name none."""
    encoding: str | None = None
    """Encoding of the text files, where their bytes do not tell."""
    max_bytes: int = MAX_BYTES
    """The most that a file read whole, or a pipe, may have."""

    def told(self, role: Role, tables: Iterable[TextTable]) -> dict[str, str]:
        """Headers by field that are told for files of one role that are read alike."""
        own = {field.name for field in ROLES[role].fields}
        here = [pairs for table in tables for pairs in self.file_columns.get(table.label, {}).items()]
        return {**self.columns.get(role, {}), **{name: header for name, header in here if name in own}}

    def alike(self, table: TextTable) -> tuple[tuple[str, ...], ...]:
        """What files share that are read alike: the same headers in the same order, told to mean the same."""
        conventions = (self.decimals.get(table.label, ""), self.date_orders.get(table.label, ""))
        return (table.header, conventions, *sorted(self.file_columns.get(table.label, {}).items()))


def group_by_header(tables: Iterable[TextTable], options: ReadOptions) -> list[tuple[TextTable, ...]]:
    """Files that are read alike belong together."""
    groups: dict[tuple[tuple[str, ...], ...], list[TextTable]] = {}
    for table in tables:
        groups.setdefault(options.alike(table), []).append(table)
    return [tuple(group) for group in groups.values()]


def read_fields(tables: tuple[TextTable, ...], role: Role, options: ReadOptions) -> Typed:
    """Read every known field of files with one header.

    Raises:
        InputError: A column that the role must have is missing, or a column fits two conventions.
    """
    preset = detect(tables[0], role)
    matched = match_headers(tables[0], role, options.told(role, tables), preset)
    text = pl.concat([table.frame.with_columns(pl.lit(table.label).alias(FILE)) for table in tables])
    kinds = {known.name: known.cell for known in ROLES[role].fields}
    text, unwanted = _wanted(tables[0], text, preset)
    typed = Typed(
        role=role,
        tables=tables,
        fields=matched,
        text=text,
        frame=as_rows(text[[FILE, LINE]]),
        apart=pl.concat([_broken(tables), unwanted]),
        faults=no_rejects(),
        notes=_told(tables, preset),
        preset=preset,
    )
    for name, index in matched.items():
        # Scores need the kind of survey first; they are read where that is known.
        kind = kinds.get(name, Cell.TEXT)
        if kind is not Cell.SCORE:
            typed = add_cells(typed, name, kind, column(index), options)
    for name in ROLES[role].needs if ROLES[role].instead not in matched else ():
        if name not in matched:
            raise missing_column(tables[0], role, name)
    return typed


UNREADABLE: Mapping[Cell, str] = {
    Cell.NUMBER: "not a number",
    Cell.WHOLE: "not a whole number",
    Cell.MONEY: "not an amount of money",
    Cell.DATE: "not a date",
    Cell.PERIOD: "not a period",
    Cell.TIME: "not a date",
    Cell.BOOL: "neither yes nor no",
    Cell.KEY: "a spreadsheet's error",
    Cell.TEXT: "a spreadsheet's error",
}
"""What is said of an optional cell that cannot be read."""


def _wanted(table: TextTable, text: pl.DataFrame, preset: Preset | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows to read, and of those that the preset knows to be unwanted the columns `ROW`."""
    fate = pl.lit(None, dtype=pl.String())
    for unwanted in preset.unwanted if preset else ():
        if unwanted.header in table.header:
            cell = pl.col(column(table.header.index(unwanted.header))).str.strip_chars().str.to_lowercase()
            fate = pl.when(cell.is_in(unwanted.values)).then(pl.lit(str(unwanted.aside))).otherwise(fate)
    if fate.meta.is_literal():
        return text, no_rows()
    marked = text.with_columns(fate.alias(FATE))
    rows = as_rows(marked.drop_nulls(FATE)).select(*ROW)
    return marked.filter(pl.col(FATE).is_null()).drop(FATE), rows


def _broken(tables: tuple[TextTable, ...]) -> pl.DataFrame:
    """Rows that could not be brought to the width of their header, rejected."""
    told = [{FILE: table.label, LINE: line, REASON: text} for table in tables for line, text in table.broken]
    if not told:
        return no_rows()
    rows = pl.DataFrame(told, schema={FILE: pl.String(), LINE: pl.Int64(), REASON: pl.String()})
    return as_rows(rows.with_columns(pl.lit(str(Fate.REJECTED)).alias(FATE))).select(*ROW)


def _told(tables: tuple[TextTable, ...], preset: Preset | None) -> tuple[Note, ...]:
    """What the files are known as, and what was done to read them."""
    notes = []
    if preset:
        text = f"{labels(tables)} read as an export of {preset.name}" + (f"; {preset.note}" if preset.note else "")
        notes.append(Note(kind=NoteKind.CHOICE, text=text))
    for table in tables:
        notes += [Note(kind=NoteKind.CHOICE, text=f"`{table.label}`: {text}") for text in table.notes]
        notes += [Note(kind=NoteKind.WARNING, text=f"`{table.label}`: {text}") for text in table.warnings]
        first = {text: line for line, text in reversed(table.repairs)}
        for text, count in Counter(text for _, text in table.repairs).items():
            times = f" {count:,} times, first" if count > 1 else ""
            note = f"repaired `{table.label}`{times} on line {first[text]:,}: {text}"
            notes.append(Note(kind=NoteKind.WARNING, text=note))
    return tuple(notes)


def _zone(typed: Typed, name: str) -> str | None:
    """The time zone of a column's times that name none: in its header, or in a label row by the preset."""
    if name not in typed.fields:
        return None
    unit = unit_of(typed.header(name))
    if unit and "/" in unit and is_zone(unit):
        return unit
    if typed.preset and typed.preset.zone:
        for row in typed.tables[0].extra_headers:
            found = re.search(typed.preset.zone, row[typed.fields[name]])
            if found and is_zone(found[1]):
                return found[1]
    return None


CURRENCY = "_currency_"
"""Prefix of the columns of accounts that hold the currency which the cells of an amount name, by field."""


def add_cells(typed: Typed, name: str, kind: Cell, source: str, options: ReadOptions) -> Typed:
    """Read column `source` of the text as field `name`; list what is unreadable as fault or reject."""
    read = read_column(typed, name, kind, source, options)
    must_have = name in ROLES[typed.role].days
    # Without an id a row is rejected as it is.
    typed = typed.adding([read._replace(wrong=()) if must_have or name == "account_id" else read])
    if read.currency is not None and kind is Cell.MONEY and typed.role is Role.ACCOUNTS:
        typed = typed.with_columns(read.currency.alias(CURRENCY + name))
    if not must_have:
        return typed
    for wrong, reason in read.wrong:
        typed = typed.reject(wrong, name, reason)
    is_later = pl.col(name).dt.date() > pl.lit(options.run_day, dtype=pl.Date())
    lost = read.values.to_frame().select(none=pl.col(name).is_null(), later=is_later.fill_null(value=False))
    typed = typed.reject(lost["none"], name, "no date")
    return typed.reject(lost["later"], name, "date after the run day")


def read_column(
    typed: Typed, name: str, kind: Cell, source: str, options: ReadOptions, cells: Cells | None = None
) -> ReadColumn:
    """Read column `source` of the text as field `name`, which `typed` knows.

    `cells`: the column's, where they have been read as texts or numbers before.
    """
    if cells is None:
        cells = convert(typed, name, kind, typed.text[source], options)
    elif kind is Cell.NUMBER:
        cells = _countable(cells, kind)
    reason = "unreadable date" if name in ROLES[typed.role].days else UNREADABLE.get(kind, "")
    read = ReadColumn(cells.values.rename(name), ((cells.unreadable, reason),), currency=cells.currency)
    if (unset := placeholders(read.values)).any():
        read = read.without(unset, "a placeholder for a date")
    if name in PEOPLE and kind is Cell.KEY:
        read = read._replace(values=read.values.to_frame().select(fold_address(pl.col(name)))[name])
    notes = []
    if kind in (Cell.DATE, Cell.TIME) and (zone := _zone(typed, name)) and read.values.is_not_null().any():
        notes.append(Note(NoteKind.CHOICE, f"times in `{typed.header(name)}` are those of {zone}, put into UTC"))
    if cells.choice:
        text = f"{cells.choice} in `{typed.shown(name)}` of {labels(typed.tables)}"
        settles = conventions_of(typed.tables, cells.choice, typed.shown(name))
        notes.append(Note(NoteKind.CHOICE, text, settles=settles))
    return read._replace(notes=tuple(notes))


def convert(typed: Typed, name: str, kind: Cell, text: pl.Series, options: ReadOptions) -> Cells:
    """Read text as `kind`. Raises InputError when the column, its file and the user leave its convention open."""

    def read(decimal: DecimalMark | None, order: DateOrder | None) -> Cells:
        return _converted(typed, name, kind, text, decimal, order, options.year)

    decimal, order = (
        next((told[table.label] for table in typed.tables if table.label in told), None)
        for told in (options.decimals, options.date_orders)
    )
    if options.date_order == "ymd":  # years in front look like days, so no cell can prove them
        order = order or options.date_order
    try:
        return read(decimal, order)  # type: ignore[arg-type]
    except Ambiguous as question:
        if (others := settle_by_others(typed.text, text, question)) is not None:
            cells = read(others.decimal or decimal, others.order or order)  # type: ignore[arg-type]
            headers = first([f"`{typed.tables[0].header[place]}`" for place in others.places], " and ")
            return cells._replace(choice=f"{others.name}, as in {headers},")
        try:
            return read(decimal or options.decimal, order or options.date_order)  # type: ignore[arg-type]
        except Ambiguous:
            raise open_question(typed, name, text, question) from None


def _converted(
    typed: Typed,
    name: str,
    kind: Cell,
    text: pl.Series,
    decimal: DecimalMark | None,
    order: DateOrder | None,
    year: int | None,
) -> Cells:
    if kind is Cell.KEY and name in OWN_IDS:
        return read_id(text)
    if kind in (Cell.KEY, Cell.TEXT):
        return read_text(text)
    if kind is Cell.BOOL:
        return read_bool(text)
    if kind is Cell.DATE:
        return _on_the_calendar(read_date(text, order=order, zone=_zone(typed, name)))
    if kind is Cell.TIME:
        return _on_the_calendar(read_time(text, order=order, zone=_zone(typed, name)))
    if kind is Cell.PERIOD:
        return _on_the_calendar(_periods(typed, name, text, order, year))
    return _countable(read_number(text, decimal=decimal, whole=kind is Cell.WHOLE), kind)


def _periods(typed: Typed, name: str, text: pl.Series, order: DateOrder | None, year: int | None) -> Cells:
    """The first days of periods. Raises InputError where some name no year and none is told."""
    header = typed.header(name)
    spoken = spoken_length(header)
    undated = {cell: label for cell, label in labels_in(text, spoken).items() if label.year is None}
    years: dict[Label, int] = {}
    for length in {label.length for label in undated.values()}:
        mine = {cell: label for cell, label in undated.items() if label.length is length}
        found = years_of(dict.fromkeys(mine.values()), year) if year else None
        if found is None:
            cell = max(mine, key=lambda cell: mine[cell].number) if year else next(iter(mine))
            row = typed.text.row((text == cell).arg_true()[0], named=True)
            raise no_year(header, cell, Location(label=row[FILE], line=row[LINE]), told=year)
        years |= found
    cells = read_period(text, order=order, spoken=spoken, years=years)
    return Cells(by_last_days(cells.values, header), cells.unreadable, cells.choice)


def no_year(header: str, period: str, where: Location, *, told: int | None = None) -> InputError:
    """The error for a period of which no year is known, or which may be of the year that is told or of another."""
    what = f"`{period}` in `{header}` names no year" if period != header else f"column `{header}` names no year"
    hint = "say which in csq.yaml, such as `year: 2026`, or write it into the file, such as `Jan 2026`"
    if told:
        what += f": its {'order' if period != header else 'name'} does not tell whether it lies in {told}"
        hint = "write the year into the file, such as `Jan 2026`, or into a column `year` beside it"
    asks = () if told else (Setting(("year",), "", what),)
    return InputError(what, location=where, hint=hint, asks=asks)


def _on_the_calendar(cells: Cells) -> Cells:
    """Dates from the year 1 on: to polars there is a year 0, to Python and to people there is none."""
    wrong = (cells.values.dt.year() < 1).fill_null(value=False)
    return Cells(cells.values.set(wrong, None), cells.unreadable | wrong, cells.choice) if wrong.any() else cells


MOST = 1e15
"""No amount that csq counts is larger, and sums of larger ones would not fit."""


def _countable(cells: Cells, kind: Cell) -> Cells:
    """Numbers of a size to count with; whole numbers and money never negative; seats in ones, money in cents."""
    values, number = cells.values, pl.col("number")
    if kind is Cell.NUMBER and not values.is_empty() and -MOST <= (values.min() or 0) <= (values.max() or 0) <= MOST:  # type: ignore[operator]
        return cells
    wrong = number.abs() > MOST
    if kind in (Cell.WHOLE, Cell.MONEY):
        wrong |= number < 0
    if kind is Cell.WHOLE:
        wrong |= number != number.round()
    is_wrong = values.to_frame("number").select(wrong.fill_null(value=False)).to_series()
    values = values.set(is_wrong, None) if is_wrong.any() else values
    if kind is Cell.WHOLE:
        values = values.cast(pl.Int64)
    elif kind is Cell.MONEY:
        values = values.cast(pl.Decimal(38, 2))
    return Cells(values, cells.unreadable | is_wrong, cells.choice, cells.currency)


def open_question(typed: Typed, name: str, text: pl.Series, question: Ambiguous) -> InputError:
    """The error for a column that fits two conventions, with the cells that show it and the flag."""
    rows = typed.text[list(question.rows)]
    cells = [text[row] for row in question.rows]
    where = [f"`{cell}` on line {line:,}" for cell, line in zip(cells, rows[LINE], strict=True)]
    return InputError(
        f"column `{typed.shown(name)}` {question.question}: {' and '.join(where)}",
        location=Location(label=rows[FILE][0], line=rows[LINE][0]),
        hint=f"say which: `{question.flag}`, or of one file: `{question.flag.replace(' ', ' FILE=', 1)}`",
        asks=_ways(typed, name, question),
    )


_WAYS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "--decimal": ("decimal", ('"."', '","')),
    "--date-order": ("date_order", ("dmy", "mdy")),
}
"""The key of csq.yaml for what a flag tells of one file, and the values that csq may take for it."""


def _ways(typed: Typed, name: str, question: Ambiguous) -> tuple[Setting, ...]:
    if len(question.rows) > 1:  # it is written both ways, so that none would do
        return ()
    key, (first, *others) = _WAYS[question.flag.split()[0]]
    return tuple(
        Setting(
            ("files", Path(table.label).name, key),
            first,
            f"`{typed.shown(name)}` of `{Path(table.label).name}` {question.question}",
            (*others,),
        )
        for table in typed.tables
    )
