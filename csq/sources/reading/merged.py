"""Merged cells over several rows: what stands in the first of them holds for all, if it names something.

An amount does not: whether it is each row's or theirs together, the sheet does not say. It is marked as unreadable.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from csq.regex import regex
from csq.roles import ROLES, Cell
from csq.sources.cells.values import squeeze
from csq.sources.reading.sheet_values import Place
from csq.sources.reading.sheet_xml import cell_name

MERGED = "#MERGED!"
_AMOUNTS = (Cell.NUMBER, Cell.WHOLE, Cell.MONEY, Cell.SCORE)
_NUMBER = regex(r"\W{0,3}[a-z]{0,3}\W?\d[\d.,'\s]*\W{0,3}", re.IGNORECASE)


class Filled(NamedTuple):
    """Merged cells that were dealt with: the first and the last, and what stands in them."""

    first: Place
    last: Place
    value: str

    def __str__(self) -> str:
        """As in A2:A4 `C501`."""
        return f"{cell_name(self.first)}:{cell_name(self.last)} `{self.value}`"


def fill_down(cells: Sequence[list[str]], merged: Iterable[tuple[Place, Place]]) -> tuple[list[Filled], list[Filled]]:
    """Fill merged cells in place. Return those filled down, and those whose amount is nobody's.

    A row that holds nothing but merged cells is a part of the row above, and left alone.
    """
    tall = _apart(merged, len(cells))
    covered = {(row, column) for (top, column), (bottom, _) in tall for row in range(top + 1, bottom + 1)}
    for row, column in covered:
        cells[row][column] = ""
    own = {row for row in {row for row, _ in covered} if any(cell.strip() for cell in cells[row])}
    tops = {column: top for (top, column), _ in reversed(tall)}
    labels = {column: _holds_labels(cells, column, top) for column, top in tops.items()}
    down: list[Filled] = []
    doubtful: list[Filled] = []
    for (top, column), last in tall:
        value, rows = cells[top][column], [row for row in range(top + 1, last[0] + 1) if row in own]
        if not rows or not value.strip():
            continue
        is_label = not _NUMBER.fullmatch(value) if labels[column] is None else labels[column]
        (down if is_label else doubtful).append(Filled((top, column), last, value))
        for row in (top, *rows):
            cells[row][column] = value if is_label else f"{MERGED} {value}"
    return down, doubtful


def join_headers(cells: Sequence[list[str]], merged: Sequence[tuple[Place, Place]]) -> int | None:
    """Put a header of two rows, whose upper one names groups of columns, into its lower one; return the upper one.

    A name that stands under several groups gets the group's name in front; a lone group is left as a title.
    """
    wide = sorted(each for each in merged if each[0][0] == each[1][0] and each[0][1] < each[1][1])
    top = wide[0][0][0] if wide else len(cells)
    if top + 1 >= len(cells) or any(sum(map(bool, row)) > 1 for row in cells[:top]):
        return None
    upper, lower = cells[top], cells[top + 1]
    groups = {
        column: upper[left] for (row, left), (_, right) in wide if row == top for column in range(left, right + 1)
    }
    alone = [column for column in range(len(upper)) if column not in groups]
    tall = {column for (row, column), (bottom, _) in merged if (row, bottom) == (top, top + 1)}
    apart = all(column in tall or not (upper[column] and lower[column]) for column in alone)
    named = all(lower[column] for column in groups) and (tall or not any(map(_NUMBER.fullmatch, lower)))
    if not (apart and named):
        return None
    names = [lower[column] or upper[column] for column in range(len(upper))]
    for column, group in groups.items():
        lower[column] = f"{group} {names[column]}" if names.count(names[column]) > 1 else names[column]
    for column in alone:
        lower[column], upper[column] = names[column], ""
    if len({*groups.values()}) > 1:
        upper[:] = [""] * len(upper)
    return top


def _apart(merged: Iterable[tuple[Place, Place]], height: int) -> list[tuple[Place, Place]]:
    """The ranges over several rows, cut to the sheet; one that overlaps another is no merged cell of any program's."""
    tall: list[tuple[Place, Place]] = []
    for (top, column), (bottom, _) in sorted(merged, key=lambda each: (each[0][1], each[0][0])):
        low = min(bottom, height - 1)
        overlaps = bool(tall) and tall[-1][0][1] == column and tall[-1][1][0] >= top
        if low > top and not overlaps:
            tall.append(((top, column), (low, column)))
    return sorted(tall)


def _holds_labels(cells: Sequence[list[str]], column: int, top: int) -> bool | None:
    """Whether a column holds keys, words or days: as the header above `top` says, or as the first one; else None."""
    above = {squeeze(row[column]) for row in cells[:top] if row[column]}
    kinds = {known.cell for spec in ROLES.values() for known in spec.fields if above & {*known.names}}
    if kinds:
        return not kinds & {*_AMOUNTS}
    return None if any(cell.strip() for row in cells for cell in row[:column]) else True
