"""What a score's number means: the kind of survey, and the scales its answers may be given on.

A scale is told, named in the header or by a cell (`4/5`), or shown by enough answers. Where it is not, every
standard scale that holds the answers stays a candidate: which of them it is matters only where an account would
stand elsewhere, and that is for those to say who place accounts.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import polars as pl

from csq.regex import regex
from csq.sources.cells.answer_words import NO_ANSWER_CODES
from csq.sources.cells.values import nowhere
from csq.terms import Survey

STANDARD = ((0.0, 1.0), (1.0, 5.0), (0.0, 5.0), (1.0, 7.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0))
"""Scales in the order in which they are tried."""
SIGNED = ((-1.0, 1.0), (-2.0, 2.0), (-3.0, 3.0), (-5.0, 5.0), (-10.0, 10.0), (-100.0, 100.0))
"""Scales with zero in the middle, where an answer is below it."""
STARS = ((1.0, 5.0), (1.0, 10.0))
NPS = (0.0, 10.0)
MANY, SOME, DIFFERENT = 20, 8, 3
"""So many answers, so many of them different, show a scale: MANY with its top among them, SOME with both ends."""


class UnknownScale(Exception):
    """No scale fits answers that go from `low` to `high`."""

    def __init__(self, low: float, high: float) -> None:
        """Keep the span of the answers, for the message."""
        super().__init__(low, high)
        self.low, self.high = low, high


class Scale(NamedTuple):
    """The worst and the best answer that can be given; where 1 is best, `best` is the smaller number."""

    worst: float
    best: float
    why: str
    """How it was found, for the notes."""

    def __str__(self) -> str:
        """`1-5`."""
        return f"{self.worst:g}-{self.best:g}"

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and the highest number."""
        return min(self.worst, self.best), max(self.worst, self.best)

    def holds(self, low: float, high: float) -> bool:
        """Whether all answers from `low` to `high` lie on it."""
        return self.span[0] <= low and high <= self.span[1]

    def reversed(self, why: str) -> "Scale":
        """The same with the other end the best."""
        return Scale(self.best, self.worst, why)


def parse_scale(text: str, why: str = "told") -> Scale:
    """`1-5`, `0..10` or `-100-100`, from the worst answer to the best. Raises ValueError when it is no scale."""
    match = re.fullmatch(r"\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*(?:-|\.\.|to)\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*", text)
    if not match or float(match[1]) == float(match[2]):
        raise ValueError(text)
    return Scale(float(match[1]), float(match[2]), why)


def kind_of(header: str, field: str) -> Survey | None:
    """The survey kind that a score column's field or header speaks of; None when it says nothing."""
    words = f"{field} {header}".casefold()
    if re.search(r"\bnps\b|recommend|promoter|(?<![a-z])nps", words):
        return Survey.NPS
    if re.search(r"effort|(?<![a-z])ces(?![a-z])", words):
        return Survey.CES
    return Survey.CSAT if re.search(r"csat|satisf|happi|zufrieden|rating", words) else None


_SPAN = regex(r"(?<![\w-])(-?\d{1,3}) ?(?:[-\u2013]|to|bis|a|\u00e0|tot) ?(\d{1,3})(?![\d-])")
_TOP = regex(r"(?:/|\bout of\b|\bof\b|\bvon\b|\bsur\b|\bde\b|\bsu\b|\bvan\b) ?(\d{1,3})(?!\d|[-/]\d)", re.IGNORECASE)


def scale_in_header(text: str, header: str) -> Scale | None:
    """The scale a header or its label (both in `text`) names, as in `CSAT (1-5)`; None when none."""
    for match in _SPAN.finditer(text):
        low, high = sorted((float(match[1]), float(match[2])))
        bracketed = re.search(rf"[\[(] ?{re.escape(match[0])}\b", text) and low in (0, 1) and 2 <= high <= 100
        if (low, high) in (*STANDARD, (-100.0, 100.0)) or bracketed:
            return Scale(low, high, f"named in the header or label of `{header}`")
    return None


def top_in_header(text: str) -> float | None:
    """The top of the scale, as in `Rating (out of 5)`; None when a header names none."""
    found = {float(match[1]) for match in _TOP.finditer(text)} & {3.0, 4.0, 5.0, 6.0, 7.0, 10.0, 100.0}
    return next(iter(found)) if len(found) == 1 else None


def find_scales(values: pl.Series, *, top: float | None = None, is_stars: bool = False) -> tuple[Scale, ...]:
    """The scales that answers may be given on, the likeliest first; one where they leave no doubt.

    Args:
        values: All answers, without nulls; at least one.
        top: The highest answer that can be given, where a header or the cells name it.
        is_stars: The answers are stars, of which at least one is given.

    Raises:
        UnknownScale: No standard scale holds them.
    """
    low, high = _bound(values.min()), _bound(values.max())
    holding = [(floor, end) for floor, end in _pool(low, top, is_stars=is_stars) if floor <= low and high <= end]
    if not holding:
        raise UnknownScale(low, high)
    if len(holding) == 1:
        why = f"the answers are out of {top:g}" if top else "the only standard scale that holds all answers"
        return (Scale(*holding[0], why),)
    shown = _shown(values, holding)
    if shown is None:
        scales = tuple(Scale(*span, "the smallest standard scale that holds all answers") for span in holding)
        return (*scales, *_beside_nines(values)) if top is None and not is_stars else scales
    never = f"; the answers never go below {low:g}" if low > shown[0] else ""
    scale = Scale(*shown, f"the smallest standard scale that holds all answers{never}")
    # Whoever gives no 0 and no 1 may have been asked for 0 to 10 as well as for 1 to 10.
    return (scale, Scale(*NPS, "that of most questions up to 10")) if shown == (1.0, 10.0) and low > 1 else (scale,)


def _beside_nines(values: pl.Series) -> tuple[Scale, ...]:
    """The scale that all answers but the highest, 8 and 9, are on, where these may be codes for no answer."""
    rest = values.filter(values < 8)
    codes = values.filter(values >= 8)
    if not len(rest) or not len(codes) or not codes.is_in([8.0, 9.0]).all():
        return ()
    low, high = _bound(rest.min()), _bound(rest.max())
    span = next((span for span in STANDARD if span[0] <= low and high == span[1] and high < 8), None)
    return (Scale(*span, f"{_bound(values.max()):g} may be a code for no answer"),) if span else ()


def _pool(low: float, top: float | None, *, is_stars: bool) -> tuple[tuple[float, float], ...]:
    if top in (1, 100):
        return ((0.0, top),)
    if top is not None:
        return ((1.0, top),) if is_stars and low >= 1 else ((1.0, top), (0.0, top))
    if is_stars:
        return STARS if low >= 1 else ((0.0, 5.0), (0.0, 10.0))
    return SIGNED if low < 0 else STANDARD


def _shown(values: pl.Series, holding: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """The first scale that enough answers show."""
    low, high = values.min(), values.max()
    if values.n_unique() < DIFFERENT:
        return None
    for floor, end in holding:
        if high == end and (len(values) >= MANY or (len(values) >= SOME and low == floor)):
            return floor, end
    return None


def faces_or_nps(values: pl.Series) -> tuple[Scale, ...]:
    """The scales of answers that a header calls NPS: 0-10, and where none of several is above 5 a row of faces too."""
    scale = Scale(*NPS, "NPS")
    high = _bound(values.max())
    if high > 5 or len(values) < SOME:
        return (scale,)
    faces = {(1.0, max(high, 3.0)), (1.0, 5.0)} if _bound(values.min()) >= 1 else {(0.0, 5.0)}
    return (scale, *(Scale(*span, "nothing is above 5 of 10") for span in sorted(faces)))


def smallest_scale(values: pl.Series, scales: tuple[tuple[float, float], ...]) -> tuple[float, float] | None:
    """The first of `scales` that holds all of `values` and whose top occurs."""
    low, high = _bound(values.min()), _bound(values.max())
    return next((scale for scale in scales if scale[0] <= low and high == scale[1]), None)


def codes_in(values: pl.Series) -> pl.Series:
    """Which numbers may be codes for no answer, such as -99 beside 1 to 5.

    A -1 beside nothing above 3, or several small negatives, may as well be answers on a scale with zero in the middle.
    """
    codes = values.is_in([float(code) for code in NO_ANSWER_CODES])
    if not codes.any():
        return nowhere(len(values))
    codes = codes.fill_null(value=False)
    rest = values.filter(~codes).drop_nulls()
    small = values.is_between(-9, -1).fill_null(value=False)
    if not len(rest) or _bound(rest.max()) <= 3 or values.filter(small).n_unique() >= 3:
        codes = codes & ~small
    return codes if len(values.filter(~codes).drop_nulls()) else nowhere(len(values))


def _bound(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def to_hundred(score: pl.Series, scale: Scale) -> pl.Series:
    """Put answers given on `scale` on 0-100: (x - worst) x 100 / (best - worst); null outside the scale."""
    inside = score.is_between(*scale.span)
    return (abs(score - scale.worst) * 100 / abs(scale.best - scale.worst)).set(~inside, None)
