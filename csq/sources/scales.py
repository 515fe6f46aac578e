"""What a survey score means: its kind, its scale, and the score on 0-100.

A scale is declared by the user, named in the header, spelled in words in the cells, or is the
smallest standard scale that holds all answers and whose top answer occurs. Anything else is an
error that names the candidates: an unknown scale is never assumed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from csq.terms import Survey

STANDARD = ((0.0, 1.0), (1.0, 5.0), (0.0, 5.0), (1.0, 7.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0), (-100.0, 100.0))
"""Scales in the order in which they are tried."""

WORDS: Mapping[str, float] = {
    "very dissatisfied": 0.0, "dissatisfied": 25.0, "somewhat dissatisfied": 25.0, "neutral": 50.0,
    "neither satisfied nor dissatisfied": 50.0, "satisfied": 75.0, "somewhat satisfied": 75.0, "very satisfied": 100.0,
    "very unhappy": 0.0, "unhappy": 25.0, "happy": 75.0, "very happy": 100.0,
    "very poor": 0.0, "poor": 25.0, "fair": 50.0, "excellent": 100.0,
    "bad": 0.0, "good": 100.0,
}  # fmt: skip
"""Answers in words, on 0-100. `good` is the top of good/bad; a Likert set may hold it too, see `read_words`."""


class UnknownScale(Exception):
    """No standard scale fits; `candidates` hold all values though their top never occurs."""

    def __init__(self, low: float, high: float, candidates: tuple[str, ...]) -> None:
        """Keep the span of the values, for the message."""
        super().__init__(low, high, candidates)
        self.low, self.high, self.candidates = low, high, candidates


@dataclass(frozen=True)
class Scale:
    """Lowest and highest answer that can be given."""

    low: float
    high: float
    why: str
    """How it was found, for the notes."""

    def __str__(self) -> str:
        """`1-5`."""
        return f"{self.low:g}-{self.high:g}"


def parse_scale(text: str) -> Scale:
    """`1-5`, `0..10` or `-100-100`. Raises ValueError when it is no scale."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(?:-|\.\.|to)\s*(-?\d+(?:\.\d+)?)\s*", text)
    if not match or float(match[1]) >= float(match[2]):
        raise ValueError(text)
    return Scale(float(match[1]), float(match[2]), "told")


def kind_of(header: str, field: str) -> Survey:
    """The survey kind that a score column's field or header speaks of; csat when it says nothing."""
    words = f"{field} {header}".casefold()
    if re.search(r"\bnps\b|recommend|promoter|(?<![a-z])nps", words):
        return Survey.NPS
    if re.search(r"effort|(?<![a-z])ces(?![a-z])", words):
        return Survey.CES
    return Survey.CSAT


def scale_in_header(header: str, kind: Survey) -> Scale | None:
    """The scale a header names, as in `CSAT (1-5)` or `NPS`; None when it names none."""
    match = re.search(r"(?<!\d)(\d{1,3}) ?[-\u2013] ?(\d{1,3})(?!\d)", header)
    if match and float(match[1]) < float(match[2]) and (float(match[1]), float(match[2])) in STANDARD:
        return Scale(float(match[1]), float(match[2]), f"named in the header `{header}`")
    if kind is Survey.NPS:
        return Scale(0.0, 10.0, f"the header `{header}` speaks of recommending")
    if kind is Survey.CES:
        return Scale(1.0, 7.0, f"the header `{header}` speaks of effort")
    return None


def smallest_scale(values: pl.Series) -> Scale:
    """The smallest standard scale that holds all of `values` and whose top value occurs.

    Raises:
        UnknownScale: There is none.
    """
    low, high = _bound(values.min()), _bound(values.max())
    holding = [(floor, top) for floor, top in STANDARD if floor <= low and high <= top]
    for floor, top in holding:
        if high == top:
            never = f"; the answers never go below {low:g}" if low > floor else ""
            return Scale(floor, top, f"the smallest standard scale that holds all answers{never}")
    raise UnknownScale(low, high, tuple(f"{floor:g}-{top:g}" for floor, top in holding))


def _bound(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def to_hundred(score: pl.Series, scale: Scale) -> pl.Series:
    """Put answers given on `scale` on 0-100: (x - low) / (high - low) x 100; null outside the scale."""
    inside = score.is_between(scale.low, scale.high)
    return ((score - scale.low) / (scale.high - scale.low) * 100).set(~inside, None)


def read_words(tidied: pl.Series) -> pl.Series | None:
    """Points for answers in words, null where a cell is none; None when the column is not in words at all."""
    points = tidied.str.to_lowercase().replace_strict(WORDS, default=None, return_dtype=pl.Float64())
    # A good among poor, fair and excellent is one step below the top, not the top.
    if tidied.str.to_lowercase().is_in(["poor", "fair", "excellent"]).any():
        points = points.set(tidied.str.to_lowercase() == "good", 75.0)
    return points if points.is_not_null().sum() * 2 > tidied.is_not_null().sum() else None
