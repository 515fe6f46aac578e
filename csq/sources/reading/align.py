"""Rows that are too short or too long: where the missing or surplus cell is, told by what the columns look like."""

import re
from collections import Counter
from collections.abc import Sequence

SAMPLE = 1000
"""Full rows that are looked at."""
ENOUGH = 3
"""Full rows below which columns have no looks yet."""
CLEAR = 2.0
"""How much likelier (as a logarithm) a place must be than the end of the row, or than the next best place."""
RARE = 0.01

_RUNS = ((re.compile(r"[0-9]+"), "9"), (re.compile(r"[^\W\d_]+"), "a"), (re.compile(r"\s+"), " "))
Mended = tuple[list[str], str]


def _look(cell: str) -> str:
    """`A-1001` and `B-7` look alike, as do `2026-08-19` and `2026-08-20`; all longer text looks alike."""
    for pattern, letter in _RUNS:
        cell = pattern.sub(letter, cell)
    return cell if len(cell) <= 9 and cell.count(" ") < 2 else "text"


class ColumnLooks:
    """What the cells of each column look like in the full rows of a file."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        """Learn from `rows`, all of one width."""
        self._rows = rows[:SAMPLE]
        self._looks = [Counter(map(_look, cells)) for cells in zip(*self._rows, strict=True)]

    def _likelihood(self, cells: Sequence[str]) -> float:
        from math import log

        total = len(self._rows)
        return sum(log(max(looks[_look(cell)] / total, RARE)) for looks, cell in zip(self._looks, cells, strict=True))

    def header(self, cells: list[str], width: int) -> Mended:
        """Bring the header to `width`: columns without a name stand at the end, unless the first counts the rows."""
        missing = width - len(cells)
        if missing > 0:
            first = [row[0].strip().strip('"') for row in self._rows]
            if missing == 1 and first[0] in ("0", "1") and first == [str(int(first[0]) + n) for n in range(len(first))]:
                return ["", *cells], "the header has no name for the first column, which counts the rows"
            return [*cells, *[""] * missing], f"the header has no name for the last {missing:,} of {width:,} columns"
        blank = [index for index, cell in enumerate(cells) if not cell.strip()][missing:]
        kept = [cell for index, cell in enumerate(cells) if index not in blank]
        return kept[
            :width
        ], f"the header has {-missing:,} cells more than the rows; {-missing:,} without a name left out"

    def fit(self, cells: list[str], width: int) -> Mended | None:
        """Bring a row to `width` cells, or None if there is no telling how."""
        return self._lengthened(cells, width) if len(cells) < width else self._shortened(cells, width)

    def _lengthened(self, cells: list[str], width: int) -> Mended:
        missing = width - len(cells)
        ends = [*cells, *[""] * missing]
        told = f"{missing:,} of {width:,} cells missing, taken as blank"
        if len(self._rows) < ENOUGH:
            return ends, f"{told} at the end"
        ways = [[*cells[:at], *[""] * missing, *cells[at:]] for at in range(len(cells) + 1)]
        best = max(ways, key=self._likelihood)
        if self._likelihood(best) - self._likelihood(ends) < CLEAR:
            return ends, f"{told} at the end"
        return best, f"{told} where the other cells fit their columns"

    def _shortened(self, cells: list[str], width: int) -> Mended | None:
        surplus = len(cells) - width
        if not any(cell.strip() for cell in cells[width:]) and (len(self._rows) < ENOUGH or surplus > 1):
            return cells[:width], f"{surplus:,} blank cells more than the {width:,} columns, left out at the end"
        if len(self._rows) < ENOUGH:
            return None
        ways: dict[tuple[str, ...], str] = {}
        if surplus == 1:
            for at, cell in enumerate(cells):
                if not cell.strip():
                    ways[*cells[:at], *cells[at + 1 :]] = "a blank cell too many is left out"
        for at in range(width):
            whole = ",".join(cells[at : at + surplus + 1])
            # The whole must look like its column: a score with half a comment in it is no score.
            if _look(whole) in self._looks[at] and all(cell.strip() for cell in cells[at : at + surplus + 1]):
                joined = (*cells[:at], whole, *cells[at + surplus + 1 :])
                ways.setdefault(joined, f"{surplus + 1:,} cells joined to one, as text with the delimiter in it")
        return self._clearest(ways)

    def _clearest(self, ways: dict[tuple[str, ...], str]) -> Mended | None:
        ranked = sorted(ways, key=self._likelihood, reverse=True)
        if not ranked:
            return None
        if len(ranked) > 1 and self._likelihood(ranked[0]) - self._likelihood(ranked[1]) < CLEAR:
            return None
        return list(ranked[0]), ways[ranked[0]]
