"""Whether a row sums up those above it: told by arithmetic, in whatever language and style its cells are written.

A total word or a blank key makes a row a candidate; its numbers decide, being sums or means of their columns.
"""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, overload

import polars as pl

from csq.schema import collect
from csq.sources.cells.numbers import CODES, read_number
from csq.sources.reading.grid import cell_columns
from csq.sources.reading.total_words import TOTAL_WORDS


class Word(StrEnum):
    """How a cell calls its row a total."""

    ALONE = "alone"
    """It says nothing else: `Total:`, `Summe`, `Total (8 records)`."""
    FIRST = "first"
    """There are more words, so that it may be a name: `Total ARR`, `EU Total`, `Total Logistics`."""


_WORD = pl.Enum(Word)
_FEW = 10_000
"""Cells that take longer to be shared out among threads than to be looked at."""
_CODES = frozenset(CODES.lower().split())


def total_word(cell: str) -> Word | None:
    """Whether a cell begins, or ends, with a total word."""
    bare = cell.lower() if cell.isascii() else _unaccented(cell)
    plain = re.sub(_BETWEEN, " ", re.sub(_BESIDE, "", bare)).strip(_AROUND)
    if plain in _WORDS:
        return Word.ALONE
    return Word.FIRST if re.search(_AT_AN_END, plain) else None


def total_words(cells: pl.Series) -> pl.Series:
    """Which `Word` each cell of a column has, or null: as `total_word` tells, of a million keys in a second."""
    cell = pl.col("cell")
    is_ascii = ~cell.str.contains("[^\\x00-\\x7F]")
    is_likely = ~is_ascii | cell.str.contains_any(sorted(_PARTS), ascii_case_insensitive=True)
    unaccented = cell.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    bare = pl.when(is_ascii).then(cell.str.to_lowercase()).otherwise(unaccented.str.replace_many(_FOLDED))
    plain = bare.str.replace_all(_BESIDE, "").str.replace_all(_BETWEEN, " ").str.strip_chars(_AROUND)
    word = pl.when(pl.col("plain").is_in([*_WORDS])).then(pl.lit(Word.ALONE)).otherwise(pl.lit(Word.FIRST))
    told = cells.to_frame("cell").lazy().with_row_index("row").filter(is_likely).select("row", plain=plain)
    told = told.filter(pl.col("plain").str.contains(_AT_AN_END)).select("row", word=word.cast(_WORD))
    # In all threads where there are many, as the order of the rows does not matter here.
    found = told.collect(engine="streaming") if len(cells) > _FEW else collect(told)
    return pl.repeat(None, len(cells), dtype=_WORD, eager=True).scatter(found["row"], found["word"])


def _unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M").casefold()


_WORDS = frozenset(map(_unaccented, TOTAL_WORDS))
_PARTS = frozenset(part for word in _WORDS for part in word.split())
_ANY = "|".join(sorted(_WORDS, key=len, reverse=True))
_AT_AN_END = rf"^(?:{_ANY})(?: |$)|(?:^| )(?:{_ANY})$"
"""A total word before, or behind, any others."""
_BESIDE, _BETWEEN, _AROUND = r"\([^()]*\)", r"[\s_-]+", " :.*="
"""What is said beside a word in brackets, what stands between words, and what around them."""
_FOLDED = {"ß": "ss", "ς": "σ"}
"""Letters that are those of a word in another case."""
NEAR = 1e-6
"""Part of a total, or a mean, by which it may be off."""
LONGEST_NUMBER = 200
"""Characters past which a cell is no number, whatever stands in it."""


def looks_like_number(cell: str) -> bool:
    """Whether nothing stands in a cell but digits, marks and currencies; a date passes for one."""
    if len(cell) > LONGEST_NUMBER or not any(c.isdigit() for c in cell):
        return False
    words = re.findall(r"[^\W\d_]+", cell)
    return all(word.casefold() in _CODES for word in words)


def sums_up(frame: pl.DataFrame, cells: Sequence[str], below: int) -> bool:
    """Whether the numbers of a row sum up the rows above it.

    Args:
        frame: Rows of text, that row among them.
        cells: The row.
        below: Rows under it, which are none of the table's.

    A row with a total word alone, or with none, sums up by half of its numbers, since an export may weight a mean; one
    that may be a name by all of them.
    """
    names = cell_columns(frame)
    body = frame.slice(0, frame.height - 1 - below)
    label = next((cell for cell in cells if cell.strip()), "")
    body = body.filter(total_words(body[names[0]]).ne_missing(Word.ALONE))
    found = [_fits(body[name], cell) for name, cell in zip(names, cells, strict=True) if looks_like_number(cell)]
    told = [fit for fit in found if fit is not None]
    needed = len(told) if total_word(label) is Word.FIRST else len(told) / 2
    return sum(told) >= max(needed, 1)


def _fits(column: pl.Series, cell: str) -> bool | None:
    """Whether a cell is the sum or the mean of a column in either reading of its marks; None where it cannot tell."""
    fits = None
    for decimal in (".", ","):
        values = read_number(pl.concat([column.rename(""), pl.Series([cell])]), decimal=decimal).values
        parts, total = values[:-1].drop_nulls(), values[-1]
        # Most of a column has to be numbers: dates, ids and words sum up to nothing.
        if total is None or len(parts) < 2 or len(parts) * 2 < len(column):
            continue
        if is_sum(parts, total) or is_mean(parts, total, cell):
            return True
        fits = False if total else fits
    return fits


def is_sum(parts: pl.Series, total: float) -> bool:
    """Whether some numbers come to a total that is not nothing."""
    return bool(total) and is_near(float(parts.sum()), total)


@overload
def is_near(found: float, told: float) -> bool: ...
@overload
def is_near(found: pl.Expr, told: pl.Expr) -> pl.Expr: ...
def is_near(found: Any, told: Any) -> Any:
    """Whether what a total, or a mean, tells is what was found, but for the rounding of tools."""
    return abs(found - told) <= NEAR * abs(told)


def is_mean(parts: pl.Series, mean: float, cell: str | None = None) -> bool:
    """Whether numbers that differ have that mean, to the places it is written with."""
    if parts.n_unique() < 2:
        return False
    places = len(re.sub(r".*[.,]", "", re.sub(r"[^\d.,]", "", cell))) if cell and re.search(r"[.,]", cell) else 0
    found = float(parts.mean() or 0)  # type: ignore[arg-type]
    return abs(found - mean) <= 0.5 * 10.0**-places if places else is_near(found, mean)
