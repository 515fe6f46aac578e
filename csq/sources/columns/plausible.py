"""What a column may be by its cells, so that none is suggested for what it cannot be."""

from collections.abc import Iterator

import polars as pl

from csq.roles import Cell
from csq.sources.cells.answers import are_known, read_answers
from csq.sources.cells.dates import read_time
from csq.sources.cells.numbers import read_number
from csq.sources.cells.values import Ambiguous, Cells, read_bool, tidy
from csq.sources.reading.read import TextTable, column

_LOOKED_AT = 200
"""Cells of a column that are looked at."""
_FREE = ("value", "note", "comment")
"""Fields of text that may hold anything."""


def candidates(table: TextTable, field: str, kind: Cell) -> Iterator[str]:
    """The headers whose cells can be what a field holds."""
    for index, header in enumerate(table.header):
        if header and can_be(tidy(table.frame[column(index)].head(_LOOKED_AT)).drop_nulls(), field, kind):
            yield header


def can_be(cells: pl.Series, field: str, kind: Cell) -> bool:
    """Whether the cells of a column, made tidy, can be what a field holds; blank ones can be anything."""
    if cells.is_empty() or (kind is Cell.TEXT and field in _FREE):
        return True
    match kind:
        case Cell.DATE | Cell.TIME:
            return _are_dates(cells)
        case Cell.NUMBER | Cell.WHOLE | Cell.MONEY:
            return _are_numbers(cells)
        case Cell.SCORE:
            return (_are_numbers(cells) and not _are_dates(cells)) or _are_answers(cells)
        case Cell.BOOL:
            return _mostly(read_bool(cells))
        case Cell.TEXT:
            return not _are_dates(cells) and not _are_numbers(cells)
    return not cells.str.contains(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b").all()


def _are_dates(cells: pl.Series) -> bool:
    try:
        return _mostly(read_time(cells))
    except Ambiguous:
        return True


def _are_numbers(cells: pl.Series) -> bool:
    try:
        return _mostly(read_number(cells))
    except Ambiguous:
        return True


def _are_answers(cells: pl.Series) -> bool:
    """Whether there are answers in words, stars or faces, or with a number in them."""
    read = read_answers(cells)
    known = read["number"].is_not_null() | are_known(read["word"])
    return bool(known.sum() * 2 > len(cells)) or cells.str.contains(r"[^\w\s.,;:!?'()/&-]").all()


def _mostly(cells: Cells) -> bool:
    return bool(cells.unreadable.sum() * 2 < len(cells.values))
