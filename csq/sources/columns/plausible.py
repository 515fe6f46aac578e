"""What a column may be by its cells, so that none is suggested for what it cannot be."""

from collections.abc import Callable, Sequence

import polars as pl

from csq.regex import regex
from csq.roles import Cell
from csq.sources.cells.answers import are_known, read_answers
from csq.sources.cells.dates import read_time
from csq.sources.cells.numbers import read_number, read_numbers
from csq.sources.cells.values import Ambiguous, Cells, read_bool, tidy_together
from csq.sources.reading.read import TextTable, column

_LOOKED_AT = 200
"""Cells of a column that are looked at."""
_DIGIT = regex("[0-9]")
_FREE = ("value", "note", "comment")
"""Fields of text that may hold anything."""


class Looks:
    """What the columns of a table can be by their first cells; each is looked at once, whatever is asked of it."""

    def __init__(self, table: TextTable) -> None:  # noqa: D107
        self.table = table
        self._tidied: list[pl.Series] = []
        self._verdicts: dict[tuple[int, Callable[[pl.Series], bool]], bool] = {}

    def cells(self, place: int) -> pl.Series:
        """The first cells of a column, made tidy, without blank ones."""
        if not self._tidied:
            head = self.table.frame.head(_LOOKED_AT)
            self._tidied = [*tidy_together(head[column(place)] for place in range(len(self.table.header)))]
        cells = self._tidied[place]
        return cells.drop_nulls() if cells.null_count() else cells

    def can_be(self, place: int, field: str, kind: Cell) -> bool:
        """Whether a column can be what a field holds; blank cells can be anything."""
        if self.cells(place).is_empty() or (kind is Cell.TEXT and field in _FREE):
            return True
        match kind:
            case Cell.DATE | Cell.TIME:
                return self._are(place, _are_dates)
            case Cell.NUMBER | Cell.WHOLE | Cell.MONEY:
                return self._are(place, _are_numbers)
            case Cell.SCORE:
                is_number = self._are(place, _are_numbers) and not self._are(place, _are_dates)
                return is_number or self._are(place, _are_answers)
            case Cell.BOOL:
                return self._are(place, _are_yes_or_no)
            case Cell.TEXT:
                return not self._are(place, _are_dates) and not self._are(place, _are_numbers)
        return not self._are(place, _are_like_dates)

    def are_numbers(self, places: Sequence[int]) -> list[bool]:
        """Which of some columns can hold numbers, read together."""
        columns = [self.cells(place) for place in places]
        return [
            cells.is_empty() or (_have_digits(cells) and (isinstance(read, Ambiguous) or _mostly(read)))
            for cells, read in zip(columns, read_numbers(columns), strict=True)
        ]

    def candidates(self, field: str, kind: Cell) -> list[str]:
        """The headers whose cells can be what a field holds."""
        header = self.table.header
        return [name for place, name in enumerate(header) if name and self.can_be(place, field, kind)]

    def _are(self, place: int, test: Callable[[pl.Series], bool]) -> bool:
        if (place, test) not in self._verdicts:
            self._verdicts[place, test] = test(self.cells(place))
        return self._verdicts[place, test]


def _are_dates(cells: pl.Series) -> bool:
    try:
        return _have_digits(cells) and _mostly(read_time(cells))
    except Ambiguous:
        return True


def _are_numbers(cells: pl.Series) -> bool:
    try:
        return _have_digits(cells) and _mostly(read_number(cells))
    except Ambiguous:
        return True


def _have_digits(cells: pl.Series) -> bool:
    """Whether most have a digit, without which there is neither a date nor a number."""
    return sum(_DIGIT.search(cell) is not None for cell in cells.to_list()) * 2 > len(cells)


def _are_yes_or_no(cells: pl.Series) -> bool:
    return _mostly(read_bool(cells))


def _are_answers(cells: pl.Series) -> bool:
    """Whether there are answers in words, stars or faces, or with a number in them."""
    read = read_answers(cells)
    known = read["number"].is_not_null() | are_known(read["word"])
    return bool(known.sum() * 2 > len(cells)) or cells.str.contains(r"[^\w\s.,;:!?'()/&-]").all()


def _are_like_dates(cells: pl.Series) -> bool:
    return cells.str.contains(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b").all()


def _mostly(cells: Cells) -> bool:
    return bool(cells.unreadable.sum() * 2 < len(cells.values))
