"""What a column may be by its cells, so that none is suggested for what it cannot be."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import polars as pl

from csq.roles import Cell
from csq.sources.cells.answers import are_known, read_answers
from csq.sources.cells.dates import read_times
from csq.sources.cells.numbers import read_numbers
from csq.sources.cells.values import Ambiguous, Cells, below, places_of, read_bool, tidy_together, together
from csq.sources.reading.read import TextTable, column

_LOOKED_AT, _IN_ALL, _AT_LEAST = 200, 200_000, 20
"""Cells of a column that are looked at; of very many columns fewer, so that all are no more; of each so many."""
_FREE = ("value", "note", "comment")
"""Fields of text that may hold anything."""

_Test = Callable[[Sequence[pl.Series]], Iterable[bool]]
"""Of each of some columns without blank cells, whether it holds what is looked for."""


class Looks:
    """What the columns of a table can be by their first cells; each is looked at once, whatever is asked of it."""

    def __init__(self, table: TextTable) -> None:  # noqa: D107
        self.table = table
        self._cells: list[pl.Series] = []
        self._verdicts: dict[_Test, dict[int, bool]] = {}

    def cells(self, place: int) -> pl.Series:
        """The first cells of a column, made tidy, without blank ones."""
        if not self._cells:
            width = len(self.table.header)
            head = self.table.frame.head(max(_AT_LEAST, min(_LOOKED_AT, _IN_ALL // width)))
            tidied = tidy_together(head[column(place)] for place in range(width))
            self._cells = [*_without_blanks(tidied)]
        return self._cells[place]

    def can_be(self, place: int, field: str, kind: Cell) -> bool:
        """Whether a column can be what a field holds; blank cells can be anything."""
        return bool(self.which([place], field, kind))

    def which(self, places: Sequence[int], field: str, kind: Cell) -> list[int]:
        """Those of some columns that can be what a field holds, looked at together."""
        if kind is Cell.TEXT and field in _FREE:
            return [*places]
        told = {place for place in places if len(self.cells(place))}
        match kind:
            case Cell.DATE | Cell.TIME:
                able = self._those(told, _are_dates)
            case Cell.NUMBER | Cell.WHOLE | Cell.MONEY:
                able = self._those(told, _are_numbers)
            case Cell.SCORE:
                numbers = self._those(told, _are_numbers)
                numbers -= self._those(numbers, _are_dates)
                able = numbers | self._those(told - numbers, _are_answers)
            case Cell.BOOL:
                able = self._those(told, _are_yes_or_no)
            case Cell.TEXT:
                able = told - self._those(told, _are_dates)
                able -= self._those(able, _are_numbers)
            case _:
                able = told - self._those(told, _are_like_dates)
        return [place for place in places if place in able or place not in told]

    def candidates(self, field: str, kind: Cell) -> list[str]:
        """The headers whose cells can be what a field holds."""
        header = self.table.header
        return [header[place] for place in self.which([at for at, name in enumerate(header) if name], field, kind)]

    def _those(self, places: set[int], test: _Test) -> set[int]:
        """The places of the columns that hold what a test looks for."""
        known = self._verdicts.setdefault(test, {})
        if asked := sorted(places - {*known}):
            known |= zip(asked, test([self.cells(place) for place in asked]), strict=True)
        return {place for place in places if known[place]}


def share_where(columns: Iterable[pl.Series], mask: Callable[[pl.Series], pl.Series]) -> Iterator[float]:
    """In which share of the cells of each column a mask holds, which is asked of many columns at once."""
    for some in together(columns):
        holds = mask(below(some))
        for each, place in zip(some, places_of(some), strict=True):
            yield int(holds[place].sum()) / max(len(each), 1)


def _without_blanks(columns: Iterable[pl.Series]) -> Iterator[pl.Series]:
    """The cells of each column that are not blank."""
    for some in together(columns):
        if not any(each.null_count() for each in some):
            yield from some
            continue
        told, start = below(some).drop_nulls(), 0
        for each in some:
            yield told[start : (start := start + len(each) - each.null_count())]


def _are_dates(columns: Sequence[pl.Series]) -> Iterator[bool]:
    return _are(columns, read_times)


def _are_numbers(columns: Sequence[pl.Series]) -> Iterator[bool]:
    return _are(columns, read_numbers)


def _are(
    columns: Sequence[pl.Series], read: Callable[[Iterable[pl.Series]], Iterable[Cells | Ambiguous]]
) -> Iterator[bool]:
    """Which columns are read for the most part; one without digits in most cells is neither dates nor numbers."""
    digits = [share > 0.5 for share in share_where(columns, lambda cells: cells.str.contains("[0-9]"))]
    found = iter(read(each for each, has_digits in zip(columns, digits, strict=True) if has_digits))
    return (has_digits and _mostly(next(found)) for has_digits in digits)


def _mostly(cells: Cells | Ambiguous) -> bool:
    return isinstance(cells, Ambiguous) or bool(cells.unreadable.sum() * 2 < len(cells.values))


def _are_yes_or_no(columns: Sequence[pl.Series]) -> Iterator[bool]:
    return (share < 0.5 for share in share_where(columns, lambda cells: read_bool(cells).unreadable))


def _are_answers(columns: Sequence[pl.Series]) -> Iterator[bool]:
    """Whether there are answers in words, stars or faces, or with a number in them."""
    known = share_where(columns, _is_answer)
    drawn = share_where(columns, lambda cells: cells.str.contains(r"[^\w\s.,;:!?'()/&-]"))
    return (answers > 0.5 or signs == 1 for answers, signs in zip(known, drawn, strict=True))


def _is_answer(cells: pl.Series) -> pl.Series:
    read = read_answers(cells)
    return read["number"].is_not_null() | are_known(read["word"])


def _are_like_dates(columns: Sequence[pl.Series]) -> Iterator[bool]:
    like_dates = share_where(columns, lambda cells: cells.str.contains(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b"))
    return (share == 1 for share in like_dates)
