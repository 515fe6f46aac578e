"""What one cell of a score column says: a number, out of how many, with which words; or words alone; or it is spoiled.

A cell is more than its digits: `4/5` tells the top of the scale, `1 (very good)` its direction, and `5-Apr` is no
answer at all but what a spreadsheet makes of `4/5`.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, combinations, groupby
from typing import NamedTuple

import polars as pl

from csq.regex import regex
from csq.schema import collect
from csq.sources.cells.answer_words import EMPTY, ENDS, FACES, FULL, POINTS, SAME_WORD, UNITS, WORD_SCALES
from csq.sources.cells.dates import MONTH_NAMES
from csq.sources.cells.values import nowhere

_NUMBER = r"[+-]?\d++(?:[.,]\d++)*+|[.,]\d++"
_OUT_OF = r"(?:/|\bout of\b|\bof\b|\bvon\b|\bsur\b|\bsobre\b|\bde\b|\bsu\b|\bvan\b|\buit\b)"
_UNITS = "|".join(UNITS)
_MONTHS = "|".join(sorted(MONTH_NAMES, key=len, reverse=True))
_CUT = r"\s*[-\u2013\u2014:=.)(,|]+\s*|\s+"
_DATE = regex(
    rf"\d{{1,2}}[-./ ]+(?:{_MONTHS})\.?(?:[-./ ,]+\d{{2,4}})?|(?:{_MONTHS})\.?[-./ ]+\d{{1,4}}(?:[-./ ,]+\d{{2,4}})?"
    r"|\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}([-./])\d{1,2}\1\d{2,4}(?: .*)?",
    re.IGNORECASE,
)
_PART = regex(
    rf"(?P<number>{_NUMBER})\s*(?P<before>{_UNITS})?\s*\(?\s*{_OUT_OF}\s*(?P<top>\d{{1,3}})\)?"
    rf"\s*(?P<stars>{_UNITS})?(?:(?:{_CUT})(?P<label>.*\D.*))?",
    re.IGNORECASE,
)
_STARS = regex(rf"(?P<number>{_NUMBER})\s*(?:{_UNITS}|[{FULL}])(?:(?:{_CUT})(?P<label>.*\D.*))?", re.IGNORECASE)
_PLAIN = regex(rf"(?P<number>{_NUMBER})\s*(?P<percent>%)?")
_FIRST = regex(rf"(?P<number>\d{{1,3}}(?:[.,]\d+)?)(?:{_CUT})(?P<label>.*[^\W\d].*)")
_LAST = regex(rf"(?P<label>[^\W\d][^\d]*?)(?:{_CUT})(?P<number>\d{{1,3}})\)?")
_DRAWN = regex(rf"((?:[{FULL}] ?)*)((?:[{EMPTY}] ?)*)")
_DIGIT, _LONG_DASH = regex(r"\d"), regex("[\u2010-\u2015\u2212](?=\\d)")
_TONES = regex("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_THUMB, _BLANKS = regex(r":?[+-]1:?"), regex(r"[\s_-]+")
_FACE = {face: word for word, faces in FACES.items() for face in faces}


LONGEST = 400
"""Characters of a cell that are read: an answer has fewer."""
AGREEING = 0.2
"""Share of the words that may run the other way: whether `poor` or `bad` is worse is a matter of taste."""


class Answer(NamedTuple):
    """One cell of a score column."""

    number: str | None = None
    """As it is written."""
    top: float | None = None
    """The end of the scale, where the cell names it."""
    is_stars: bool = False
    label: str | None = None
    """The words beside the number, plain."""
    word: str | None = None
    """The words of a cell without a number, plain."""
    is_date: bool = False
    """It reads like a date."""


def plain(text: str) -> str:
    """Words without accents, skin tones and case, with blanks for `_` and `-`: what ways to write them share."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFD", _TONES.sub("", text))
        text = "".join(each for each in text if not unicodedata.combining(each))
    if _THUMB.fullmatch(text):
        return text
    return _BLANKS.sub(" ", text.replace("\u2019", "'").replace("/", " ")).strip(" .!?\"'()[]")


def read_answer(cell: str) -> Answer:
    """Read one cell that is not blank, by how it begins. Many may differ, so what cannot fit is not tried."""
    cell = cell.strip()[:LONGEST]
    text = (cell if cell.isascii() else _TONES.sub("", cell)).strip().strip("\"'").strip()
    text = _LONG_DASH.sub("-", text) if _LONG_DASH.match(text) else text
    if text.isdecimal():
        return Answer(text)
    if text[:1] in FULL + EMPTY and (drawn := _DRAWN.fullmatch(text)):
        full, empty = (len(part.replace(" ", "")) for part in drawn.groups())
        return Answer(number=str(full), top=float(full + empty) if empty else None, is_stars=True)
    if _DIGIT.search(text) and (numbered := _read_numbered(text)):
        return numbered
    faces = set() if text.isascii() else {_FACE[each] for each in text if each in _FACE}
    if len(faces) == 1 and all(each in _FACE for each in text):
        return Answer(word=next(iter(faces)))
    return Answer(word=plain(text))


def _read_numbered(text: str) -> Answer | None:
    """Read one cell with a digit in it; None where it is a word all the same."""
    if _DATE.fullmatch(text):
        return Answer(is_date=True)
    if not _DIGIT.match(text) and text[0] not in "+-.,":
        last = _LAST.fullmatch(text)
        return Answer(last["number"], None, False, _label(last["label"])) if last else None
    if found := _PART.fullmatch(text):
        return Answer(
            found["number"], float(found["top"]), bool(found["stars"] or found["before"]), _label(found["label"])
        )
    if found := _STARS.fullmatch(text):
        return Answer(found["number"], None, True, _label(found["label"]))
    if found := _PLAIN.fullmatch(text):
        return Answer(text, 100.0 if found["percent"] else None)
    if found := _FIRST.fullmatch(text):
        return Answer(found["number"], None, False, _label(found["label"]))
    return None


def _label(text: str | None) -> str | None:
    words = plain(text) if text else ""
    return None if not words or words in POINTS else words


SCHEMA = {
    "number": pl.String(),
    "top": pl.Float64(),
    "is_stars": pl.Boolean(),
    "label": pl.String(),
    "word": pl.String(),
    "is_date": pl.Boolean(),
}


def read_answers(tidied: pl.Series) -> pl.DataFrame:
    """The cells of a column, columns as in `Answer`; each distinct text is read once. A blank one says nothing."""
    cells = tidied.to_frame("cell").lazy()
    distinct = collect(cells.drop_nulls().unique(maintain_order=True))
    read = pl.DataFrame([read_answer(cell) for cell in distinct["cell"]], schema=SCHEMA, orient="row")
    return collect(
        cells.join(distinct.hstack(read).lazy(), on="cell", how="left", maintain_order="left").select(*SCHEMA)
    )


class WordScale(NamedTuple):
    """Answers in words, from the worst to the best, with the points of every way to write them."""

    words: tuple[str, ...]
    points: Mapping[str, float]

    def __str__(self) -> str:
        """From which word to which."""
        return f"from `{self.words[0]}` to `{self.words[-1]}`"

    @property
    def ends(self) -> tuple[frozenset[str], frozenset[str]]:
        """All ways to write the worst and the best answer."""
        return tuple(frozenset(word for word, at in self.points.items() if at == end) for end in (0.0, 100.0))  # type: ignore[return-value]


@cache
def word_scales() -> tuple[WordScale, ...]:
    """All scales in words, those with few answers first."""
    scales = (tuple(text.split("; ")) for texts in WORD_SCALES.values() for text in texts)
    return tuple(_word_scale(words) for words in sorted(dict.fromkeys(scales), key=len))


def _word_scale(words: tuple[str, ...]) -> WordScale:
    points = {plain(word): 100.0 * place / (len(words) - 1) for place, word in enumerate(words)}
    others = {plain(other): points[plain(word)] for word in words for other in SAME_WORD.get(word, ())}
    return WordScale(words, {**others, **points})


def with_spellings(told: Mapping[str, float]) -> dict[str, float]:
    """Points by word, plain, for all ways to write it: those of `good` are those of `Good, I'm satisfied` as well."""
    points = {plain(word): at for word, at in told.items()}
    others = {plain(other): word for word, ways in SAME_WORD.items() for other in ways}
    return {**{other: points[plain(word)] for other, word in others.items() if plain(word) in points}, **points}


@cache
def valence() -> Mapping[str, float]:
    """How good a word is, 0-100: its mean place on the scales that have it."""
    places: dict[str, list[float]] = {}
    for scale in word_scales():
        for word, at in scale.points.items():
            places.setdefault(word, []).append(at)
    return {word: sum(at) / len(at) for word, at in places.items()} | dict(ENDS)


def are_known(words: pl.Series) -> pl.Series:
    """Which words stand on a scale."""
    # Most surveys are in numbers, and to lay out all scales takes longer than to read a small one.
    if not words.count():
        return nowhere(len(words))
    return words.is_in(list(valence())).fill_null(value=False)


def direction(pairs: Iterable[tuple[float, str]], low: float, high: float) -> bool | None:
    """Whether the numbers `low`-`high` rise with the words beside them; None where csq knows no word that tells.

    Raises:
        ValueError: Some words say so and others the reverse.
    """
    known = sorted({(valence()[words], number) for number, words in pairs if words in valence()})
    levels = [(points, [number for _, number in same]) for points, same in groupby(known, lambda pair: pair[0])]
    up = down = 0.0
    for (less, lower), (more, upper) in combinations(levels, 2):
        up += (more - less) * _excess(upper, lower)
        down += (more - less) * _excess(lower, upper)
    if not (up or down):
        middle = (low + high) / 2
        slopes = [(number - middle) * (points - 50) for points, number in known]
        up, down = sum(slope for slope in slopes if slope > 0), -sum(slope for slope in slopes if slope < 0)
    if min(up, down) > AGREEING * (up + down):
        raise ValueError
    return up > down if up or down else None


def _excess(numbers: Sequence[float], others: Sequence[float]) -> float:
    """By how much numbers exceed those of others that are below them, in sum; both ascend."""
    sums = [0.0, *accumulate(others)]
    below = [(number, bisect_left(others, number)) for number in numbers]
    return sum(number * count - sums[count] for number, count in below)


def pairs_in(text: str) -> Iterator[tuple[float, str]]:
    """Numbers with their words in a header: `1 = best, 5 = worst`."""
    for found in re.finditer(r"(\d{1,3})\s*[=:]\s*([^\d,;/()\[\]=:]+)", text):
        yield float(found[1]), plain(found[2])
