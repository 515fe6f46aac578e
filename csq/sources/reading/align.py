"""Rows that are too short or too long: where the missing or surplus cell is, told by what the columns look like."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from math import log
from typing import NamedTuple

from csq.regex import regex

SAMPLE = 1000
"""Full rows that are looked at."""
MOST_LOOKS = 200_000
"""Cells that are looked at: of very wide rows fewer are."""
ENOUGH = 3
"""Full rows below which columns have no looks yet."""
CLEAR = 2.0
"""How much likelier (as a logarithm) a place must be than the end of the row, or than the next best place."""
RARE = log(0.01)
MOST_SURPLUS = 50
"""Cells too many above which none are joined: they are rows run into one another."""

_RUNS = ((regex(r"[0-9]+"), "9"), (regex(r"[^\W\d_]+"), "a"), (regex(r"\s+"), " "))
Mended = tuple[list[str], str]


@lru_cache(maxsize=1 << 16)
def _look(cell: str) -> str:
    """`A-1001` and `B-7` look alike, as do `2026-08-19` and `2026-08-20`; all longer text looks alike."""
    for pattern, letter in _RUNS:
        cell = pattern.sub(letter, cell)
    return cell if len(cell) <= 9 and cell.count(" ") < 2 else "text"


class _Way(NamedTuple):
    """One way to shorten a row: cells `at` and those after it give way to `whole`, or to nothing."""

    likelihood: float
    at: int
    whole: str | None
    what: str


class ColumnLooks:
    """What the cells of each column look like in the full rows of a file."""

    def __init__(self, rows: Sequence[Sequence[str]], delimiter: str) -> None:
        """Learn from `rows`, all of one width."""
        width = max(len(rows[0]), 1) if rows else 1
        self._rows = rows[: min(SAMPLE, max(ENOUGH, MOST_LOOKS // width))]
        self._delimiter = delimiter
        total = len(self._rows)
        self._likely = [
            {look: max(log(count / total), RARE) for look, count in Counter(map(_look, cells)).items()}
            for cells in zip(*self._rows, strict=True)
        ]
        self._blank = [looks.get("", RARE) for looks in self._likely]

    def _likelihoods(self, cells: Sequence[str], first: int = 0) -> list[float]:
        """How likely each cell is in its column, the first of them standing in column `first`."""
        return [looks.get(_look(cell), RARE) for looks, cell in zip(self._likely[first:], cells, strict=False)]

    def header(self, cells: list[str], width: int) -> Mended:
        """Bring the header to `width`: columns without a name stand at the end, unless the first counts the rows."""
        missing = width - len(cells)
        if missing > 0:
            first = [row[0].strip().strip('"') for row in self._rows]
            if missing == 1 and first[0] in ("0", "1") and first == [str(int(first[0]) + n) for n in range(len(first))]:
                return ["", *cells], "the header has no name for the first column, which counts the rows"
            return [*cells, *[""] * missing], f"the header has no name for the last {missing:,} of {width:,} columns"
        blank = {*[index for index, cell in enumerate(cells) if not cell.strip()][missing:]}
        kept = [cell for index, cell in enumerate(cells) if index not in blank]
        return kept[
            :width
        ], f"the header has {-missing:,} cells more than the rows; {-missing:,} without a name left out"

    def shifted(self, cells: Sequence[str], width: int) -> str | None:
        """Say why a header's names may stand over the wrong columns: one too few, and no column that needs none."""
        missing = width - len(cells)
        if missing <= 0 or not any(cell.strip() for row in self._rows for cell in row[width - missing :]):
            return None
        if self.header([*cells], width)[0][0] == "" and cells[0].strip():
            return None  # the first column counts the rows
        return f"the header has {len(cells):,} names for {width:,} columns with data, so that names may have shifted"

    def fit(self, cells: list[str], width: int) -> Mended | None:
        """Bring a row to `width` cells, or None if there is no telling how."""
        return self._lengthened(cells, width) if len(cells) < width else self._shortened(cells, width)

    def _lengthened(self, cells: list[str], width: int) -> Mended | None:
        missing = width - len(cells)
        at = len(cells)
        if at == 1 and width > 2 and len(self._rows) >= ENOUGH and _look(cells[0]) not in self._likely[0]:
            return None  # none of the file's delimiters stands in it
        if len(self._rows) >= ENOUGH:
            before = _sums(self._likelihoods(cells))
            after = _sums(self._likelihoods(cells, missing))
            blank = _sums(self._blank)
            ways = [before[cut] + blank[cut + missing] - blank[cut] + after[-1] - after[cut] for cut in range(at + 1)]
            best = max(range(at + 1), key=ways.__getitem__)
            at = best if ways[best] - ways[at] >= CLEAR else at
        return [*cells[:at], *[""] * missing, *cells[at:]], _missing(missing, width, is_end=at == len(cells))

    def _shortened(self, cells: list[str], width: int) -> Mended | None:
        surplus = len(cells) - width
        if not any(cell.strip() for cell in cells[width:]) and (len(self._rows) < ENOUGH or surplus > 1):
            return cells[:width], f"{surplus:,} blank cells more than the {width:,} columns, left out at the end"
        if len(self._rows) < ENOUGH or surplus > MOST_SURPLUS:
            return None
        ranked = sorted(self._ways(cells, surplus), reverse=True, key=lambda way: way.likelihood)
        if not ranked or (len(ranked) > 1 and ranked[0].likelihood - ranked[1].likelihood < CLEAR):
            return None
        best = ranked[0]
        whole = [] if best.whole is None else [best.whole]
        return [*cells[: best.at], *whole, *cells[best.at + surplus + len(whole) :]], best.what

    def _ways(self, cells: Sequence[str], surplus: int) -> Iterator[_Way]:
        """The ways to shorten a row that make a difference."""
        before = _sums(self._likelihoods(cells))
        after = _sums(self._likelihoods(cells[surplus:]))
        width = len(cells) - surplus
        is_blank = [not cell.strip() for cell in cells]
        if surplus == 1:
            for at, cell in enumerate(cells):
                if is_blank[at] and (at == 0 or cells[at - 1] != cell):  # of blanks in a row any one is as good
                    likelihood = before[min(at, width)] + after[-1] - after[min(at, width)]
                    yield _Way(likelihood, at, None, "a blank cell too many is left out")
        blanks = list(accumulate(is_blank, initial=0))
        for at in range(width):
            if blanks[at + surplus + 1] > blanks[at]:
                continue
            whole = self._delimiter.join(cells[at : at + surplus + 1])
            # The whole must look like its column: a score with half a comment in it is no score.
            if (likely := self._likely[at].get(_look(whole))) is not None:
                what = f"{surplus + 1:,} cells joined to one, as text with the delimiter in it"
                yield _Way(before[at] + likely + after[-1] - after[at + 1], at, whole, what)


def _sums(parts: Sequence[float]) -> list[float]:
    """The sums of the first none, one, two, ... of some numbers."""
    return list(accumulate(parts, initial=0.0))


@lru_cache(maxsize=1024)
def _missing(missing: int, width: int, *, is_end: bool) -> str:
    where = "at the end" if is_end else "where the other cells fit their columns"
    return f"{missing:,} of {width:,} cells missing, taken as blank {where}"
