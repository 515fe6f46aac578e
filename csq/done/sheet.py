"""Ticks in a workbook: found by the ids of the steps, so rows may be sorted, columns moved and headings renamed."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from csq.done.ticks import Said, Stray, Ticked, Ticks, understood, unrecorded, without_id, without_tick
from csq.errors import InputError, Location
from csq.planned import PlannedStep, parse
from csq.sources.reading.containers import Container, open_content
from csq.sources.reading.sheet_xml import column_name
from csq.sources.reading.workbook import visible_sheets

DONE, NOTE = "done", "note"
"""Headings of the columns in which people tick, and say more."""
Rows = Sequence[Sequence[object]]


class _Layout(NamedTuple):
    """Where in a sheet what stands."""

    ids: Mapping[int, PlannedStep]
    """By row, counted from 0."""
    done: int | None
    """Column of the ticks; None where no column can be."""
    note: int | None
    head: int
    """Row of the headings; -1 where they are gone."""


def ticks_of_workbook(data: bytes, label: str, today: date) -> Ticks:
    """Read the ticks of all visible sheets. Raises InputError when there are no planned steps, or a tick is none."""
    content = open_content(data, label)
    if content.kind is not Container.WORKBOOK:
        raise InputError(f"`{label}` is no workbook", hint="save it as `.xlsx` or `.ods`")
    sheets, _ = visible_sheets(content.data, label)
    layouts = {name: found for name, sheet in sheets.items() if (found := _layout(sheet.rows, label))}
    if not layouts:
        hint = "`csq triage DIR -o week.xlsx` writes a sheet with them, and a column `done`"
        raise InputError(f"`{label}` holds no planned steps, such as `A-1044/case_study/2026-11-16`", hint=hint)
    ticked: list[Ticked] = []
    warnings: list[str] = []
    strays: list[Stray] = []
    for name, layout in layouts.items():
        rows = sheets[name].rows
        mine = [*_ticked(rows, layout, label, today)]
        astray = [*_astray(rows, layout, {each.line for each in mine})]
        ticked += mine
        warnings += unrecorded(astray, label)
        strays += astray
        if layout.done is None:
            warnings.append(f"sheet `{name}` of `{label}` has no column `{DONE}`: no tick is read from it")
    return Ticks(tuple(ticked), tuple(warnings), tuple(strays))


def _layout(rows: Rows, label: str) -> _Layout | None:
    """Where the ids of a sheet stand, its headings, ticks and notes; None where there are no ids."""
    found = [
        (row, column, planned)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if isinstance(cell, str) and (planned := parse(cell))
    ]
    if not found:
        return None
    column = Counter(column for _, column, _ in found).most_common(1)[0][0]
    ids = {row: planned for row, at, planned in found if at == column}
    heads = [row for name in (DONE, NOTE) for row in _rows_with(rows, name) if row not in ids]
    head = heads[0] if heads else -1
    named = [at for at, cell in enumerate(rows[head]) if _heading(cell) == DONE] if head >= 0 else []
    if not named:
        named = [at for at in range(len(rows[0])) if at != column and _may_be_ticks(rows, ids, at)]
    if len(named) > 1:
        columns = " and ".join(column_name(at) for at in named)
        message = f"columns {columns} of `{label}` may both be the ticks"
        raise InputError(message, location=Location(label, max(head, 0) + 1), hint=f"call the one that is `{DONE}`")
    notes = [at for at, cell in enumerate(rows[head]) if _heading(cell) == NOTE] if head >= 0 else []
    return _Layout(ids, named[0] if named else None, notes[0] if notes else None, head)


def _rows_with(rows: Rows, name: str) -> Iterator[int]:
    return (row for row, cells in enumerate(rows) if name in map(_heading, cells))


def _heading(cell: object) -> str:
    return str(cell).strip().casefold()


def _may_be_ticks(rows: Rows, ids: Mapping[int, PlannedStep], column: int) -> bool:
    """Whether a column holds ticks in words, some at least, and nothing else."""
    cells = [cell for row in ids if isinstance(cell := rows[row][column], str | bool) and str(cell).strip()]
    if not cells or any(not isinstance(rows[row][column], str | bool | date) for row in ids):
        return False
    try:
        said = [understood(cell, Location(""), date.max) for cell in cells]
    except InputError:
        return False
    return any(each.tick for each in said)


def _ticked(rows: Rows, layout: _Layout, label: str, today: date) -> Iterator[Ticked]:
    if layout.done is None:
        return
    for row, planned in layout.ids.items():
        said = understood(rows[row][layout.done], Location(label, row + 1, layout.done + 1), today)
        if said.tick:
            notes = "; ".join(filter(None, (said.note, *_note(rows, layout, row).splitlines())))
            yield Ticked(planned, Said(said.tick, notes, said.on), label, row + 1)


def _note(rows: Rows, layout: _Layout, row: int) -> str:
    return str(rows[row][layout.note]).strip() if layout.note is not None else ""


def _astray(rows: Rows, layout: _Layout, ticked: Collection[int]) -> Iterator[Stray]:
    """Lines below the headings with a tick and no id, or with an id, a note and no tick; `ticked` are the others."""
    below = max(layout.head, min(layout.ids))
    for row in range(max(layout.head + 1, 0), len(rows)):
        if row in layout.ids:
            if row + 1 not in ticked and _note(rows, layout, row):
                yield without_tick(row + 1)
        elif row > below and layout.done is not None and str(rows[row][layout.done]).strip():
            yield without_id(row + 1)
