"""Rows of names and rows of data, told apart: each cell is looked at against those that stand below it.

A name is a word above figures, days or addresses; a cell that looks like all those below it is one of them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from csq.regex import regex
from csq.roles import ROLES
from csq.sources.cells.values import BLANKS, squeeze
from csq.sources.reading.sums import looks_like_number

Cells = Sequence[str]

SAMPLE, _IN_ALL, _AT_LEAST = 100, 100_000, 10
"""Rows under a row that are looked at; of very wide ones fewer, so that their cells are no more; so many of any."""
MOSTLY = 0.9
"""Share of a column's filled cells that make it one of their kind."""
KNOWN = frozenset(name for spec in ROLES.values() for field in spec.fields for name in field.names)
"""What columns are called, as `squeeze` has it."""

_DAY = regex(r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2}))([T ].*)?")
_TIME = regex(r"\d{1,2}:\d{2}(:\d{2})?( ?[ap]m)?", re.IGNORECASE)
_MAIL = regex(r"[^@\s]+@[^@\s]+\.\w+")
_LINK = regex(r"https?://\S+")
_RANGE = regex(r"\d ?[-\u2013/] ?\d")
_PERIOD = regex(r"(19|20)\d\d([-/.]?\d{1,2})?|\d{1,2}[-/.](19|20)\d\d")


class CellLook(StrEnum):
    """What a cell is, by its looks."""

    BLANK = "blank"
    DAY = "day"
    TIME = "time"
    MAIL = "mail"
    LINK = "link"
    NUMBER = "number"
    CODE = "code"
    """Letters and digits, as in `A-1001`, `Q1` or `Plan 9`."""
    WORD = "word"


LONG = 1000
"""Characters of a cell that are looked at."""
VALUES = frozenset({CellLook.DAY, CellLook.TIME, CellLook.MAIL, CellLook.LINK, CellLook.NUMBER})
"""Kinds that hardly ever name a column."""


@lru_cache(maxsize=1 << 16)
def kind(cell: str) -> CellLook:
    """Tell the kind of a cell, by how it begins; one that says `n/a` is blank."""
    cell = cell.strip()[:LONG]
    if cell.casefold() in BLANKS:
        return CellLook.BLANK
    for known, pattern in (
        (CellLook.DAY, _DAY),
        (CellLook.TIME, _TIME),
        (CellLook.MAIL, _MAIL),
        (CellLook.LINK, _LINK),
    ):
        if pattern.fullmatch(cell):
            return known
    if looks_like_number(cell) and not _RANGE.search(cell):
        return CellLook.NUMBER
    return CellLook.CODE if any(map(str.isdigit, cell)) else CellLook.WORD


def kinds_below(rows: Sequence[Cells]) -> list[CellLook]:
    """The kind that nearly all filled cells of a column have; a blank where they have several, or none is filled."""
    return [_common(map(kind, cells)) for cells in zip(*_sample(rows), strict=True)]


def _sample(rows: Sequence[Cells]) -> Sequence[Cells]:
    """The first rows, as many as are looked at."""
    return rows[: max(_AT_LEAST, min(SAMPLE, _IN_ALL // len(rows[0])))] if rows else rows


def _common(kinds: "map[CellLook]") -> CellLook:
    counts = Counter(kinds)
    del counts[CellLook.BLANK]
    most = counts.most_common(1)
    return most[0][0] if most and most[0][1] >= MOSTLY * counts.total() else CellLook.BLANK


def is_data(first: Cells, below: Sequence[Cells]) -> bool:
    """Whether the first row of a file is one of data: a value in it is like those below, nothing in it is a name."""
    below = _sample(below)
    if not below or not first[0].strip():
        return False
    ascend = _ascend(first)
    signs = [_sign(cell, column, ascend=ascend) for cell, column in zip(first, zip(*below, strict=True), strict=True)]
    return any(signs) and False not in signs


def _sign(cell: str, column: Cells, *, ascend: bool) -> bool | None:
    """Whether a cell of the first row is one of data (True) or a name (False), by those below; None leaves it open."""
    own, common = kind(cell), _common(map(kind, column))
    if squeeze(cell) in KNOWN and cell not in column:
        return False
    if CellLook.BLANK in (own, common) or not {own, common} & VALUES:
        return None
    if own is not common:
        return False
    if own is not CellLook.NUMBER:
        return True
    return True if len(column) > 1 and not ascend and _is_one_of(cell, column) else None


def _ascend(cells: Cells) -> bool:
    """Whether three whole numbers side by side ascend, as such that head the columns of a table do."""
    numbers = [int(cell) if re.fullmatch(r"\d{1,9}", cell.strip()) else None for cell in cells]
    steps = [one is not None and other is not None and one < other for one, other in pairwise(numbers)]
    return any(one and other for one, other in pairwise(steps))


def _is_one_of(cell: str, column: Cells) -> bool:
    """Whether a number may stand in a column: as long as others there, and no year or month above amounts."""
    filled = [other.strip() for other in column if other.strip()]
    if _PERIOD.fullmatch(cell.strip()) and not all(map(_PERIOD.fullmatch, filled)):
        return False
    lengths = [len(re.findall(r"\d", other.partition(".")[0])) for other in filled]
    return min(lengths) - 1 <= len(re.findall(r"\d", cell.partition(".")[0])) <= max(lengths) + 1


def are_names(cells: Cells) -> bool:
    """Whether a row is nothing but words, two or more and each of them once."""
    filled = [cell.strip().casefold() for cell in cells if cell.strip()]
    return len({*filled}) == len(filled) > 1 and not {*map(kind, filled)} - {CellLook.WORD, CellLook.CODE}


def is_header(cells: Cells, below: Sequence[Cells]) -> bool:
    """Whether a row is of names, and csq knows all of them, or values stand under one."""
    return are_names(cells) and (are_known(cells) or over_values(cells, kinds_below(below)))


def are_known(cells: Cells) -> bool:
    """Whether csq knows every cell that is filled as the name of a column."""
    return all(squeeze(cell) in KNOWN for cell in cells if cell.strip())


def over_values(cells: Cells, kinds: Sequence[CellLook]) -> bool:
    """Whether a word stands where a column has values."""
    return any(
        kind(cell) in (CellLook.WORD, CellLook.CODE) and common in VALUES
        for cell, common in zip(cells, kinds, strict=False)
    )


def are_labels(cells: Cells, below: Sequence[Cells]) -> bool:
    """Whether a row under the header says more of the columns: a word over each column of values, two or more."""
    kinds = kinds_below(below)
    values = [cell for cell, common in zip(cells, kinds, strict=True) if common in VALUES]
    is_row = any(kind(cell) is common is CellLook.CODE for cell, common in zip(cells, kinds, strict=True))
    return not is_row and len(values) > 1 and {*map(kind, values)} <= {CellLook.WORD, CellLook.CODE}


def under_groups(upper: Cells, lower: Cells, below: Sequence[Cells]) -> list[str] | None:
    """The names of columns whose header is of two rows, the upper one naming groups of them; None where it is not so.

    A name that stands under several groups gets the group's name in front.
    """
    used = [index for index, cells in enumerate(zip(upper, lower, *_sample(below), strict=True)) if any(cells)]
    group = ""
    groups: dict[int, str] = {}
    for index in used:
        group = upper[index].strip() or group
        groups[index] = group
    counts = Counter(groups.values())
    wide = [index for index in used if groups[index] and counts[groups[index]] > 1]
    named = all(lower[index].strip() or (upper[index].strip() and counts[groups[index]] < 2) for index in used)
    if len(counts) < 2 or not wide or not named or not are_labels(lower, below):
        return None
    names = [lower[index].strip() or upper[index].strip() for index in range(len(upper))]
    times, grouped = Counter(names), {*wide}
    return [
        f"{groups[index]} {name}" if index in grouped and times[name] > 1 else name for index, name in enumerate(names)
    ]
