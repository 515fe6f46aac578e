"""What a survey score means: its kind, its scale, and the score on 0-100.

A scale is declared by the user, named in the header, spelled in words in the cells, or is the
smallest standard scale that holds all answers and whose top answer occurs. Anything else is an
error that names the candidates: an unknown scale is never assumed.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from csq.terms import Survey

STANDARD = ((0.0, 1.0), (1.0, 5.0), (0.0, 5.0), (1.0, 7.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0), (-100.0, 100.0))
"""Scales in the order in which they are tried."""

WORD_SCALES: tuple[tuple[str, ...], ...] = tuple(
    tuple(scale.split("; "))
    for scale in (
        "bad; good",
        "no; yes",
        "👎; 👍",
        "unhappy; neutral; happy",
        "detractor; passive; promoter",
        "very dissatisfied; dissatisfied; neither satisfied nor dissatisfied; satisfied; very satisfied",
        "very dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; somewhat satisfied; "
        "very satisfied",
        "extremely dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; somewhat satisfied; "
        "extremely satisfied",
        "very dissatisfied; dissatisfied; somewhat dissatisfied; neither satisfied nor dissatisfied; "
        "somewhat satisfied; satisfied; very satisfied",
        "extremely dissatisfied; moderately dissatisfied; slightly dissatisfied; neither satisfied nor dissatisfied; "
        "slightly satisfied; moderately satisfied; extremely satisfied",
        "not at all satisfied; slightly satisfied; moderately satisfied; very satisfied; extremely satisfied",
        "not at all satisfied; not so satisfied; somewhat satisfied; very satisfied; extremely satisfied",
        "very unhappy; unhappy; neutral; happy; very happy",
        "very poor; poor; fair; good; excellent",
        "poor; fair; good; very good; excellent",
        "very bad; bad; neutral; good; very good",
        "terrible; bad; okay; good; great",
        "strongly disagree; disagree; neither agree nor disagree; agree; strongly agree",
        "strongly disagree; disagree; somewhat disagree; neither agree nor disagree; somewhat agree; agree; "
        "strongly agree",
        "very difficult; difficult; neutral; easy; very easy",
        "very difficult; somewhat difficult; neither easy nor difficult; somewhat easy; very easy",
        "not at all likely; slightly likely; moderately likely; very likely; extremely likely",
        "not at all likely; not so likely; somewhat likely; very likely; extremely likely",
    )
)
"""Answers in words, each scale from its lowest to its highest, in the order in which they are tried."""
SAME_WORD: Mapping[str, str] = {
    "neutral": "neither satisfied nor dissatisfied", "good, i'm satisfied": "good", "bad, i'm not satisfied": "bad",
    "good, i’m satisfied": "good", "bad, i’m not satisfied": "bad", "good_with_comment": "good",
    "good_without_comment": "good", "bad_with_comment": "bad", "bad_without_comment": "bad", "ok": "okay",
    "average": "fair", "undecided": "neither agree nor disagree",
}  # fmt: skip
"""Other words for an answer; a scale that has the word itself takes that."""
ASKED: tuple[str, ...] = ("offered", "sent", "pending", "no response", "no answer", "unanswered", "not answered")
"""Score cells that say that the question was put and not answered."""
UNASKED: tuple[str, ...] = ("not offered", "unoffered", "not sent", "not applicable", "no rating")
"""Score cells that say that the question was never put."""


class UnknownScale(Exception):
    """No standard scale fits; `candidates` hold all values though their top never occurs."""

    def __init__(self, low: float, high: float, candidates: tuple[str, ...]) -> None:
        """Keep the span of the values, for the message."""
        super().__init__(low, high, candidates)
        self.low, self.high, self.candidates = low, high, candidates


class Scale(NamedTuple):
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


def scale_in_header(text: str, header: str, kind: Survey) -> Scale | None:
    """The scale a header or its label (both in `text`) names, as in `CSAT (1-5)` or `NPS`; None when none."""
    match = re.search(r"(?<!\d)(\d{1,3}) ?(?:[-\u2013]|to) ?(\d{1,3})(?!\d)", text)
    if match and float(match[1]) < float(match[2]) and (float(match[1]), float(match[2])) in STANDARD:
        return Scale(float(match[1]), float(match[2]), f"named in the header or label of `{header}`")
    if kind is Survey.NPS:
        return Scale(0.0, 10.0, f"the header `{header}` speaks of recommending")
    if kind is Survey.CES:
        return Scale(1.0, 7.0, f"the header `{header}` speaks of effort")
    return None


def smallest_scale(values: pl.Series, scales: tuple[tuple[float, float], ...] = STANDARD) -> Scale:
    """The smallest of `scales` that holds all of `values` and whose top value occurs.

    Raises:
        UnknownScale: There is none.
    """
    low, high = _bound(values.min()), _bound(values.max())
    holding = [(floor, top) for floor, top in scales if floor <= low and high <= top]
    for floor, top in holding:
        if high == top:
            never = f"; the answers never go below {low:g}" if low > floor else ""
            return Scale(floor, top, f"the smallest standard scale that holds all answers{never}")
    raise UnknownScale(low, high, tuple(f"{floor:g}-{top:g}" for floor, top in holding))


def _bound(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def to_hundred(score: pl.Series, scale: Scale) -> pl.Series:
    """Put answers given on `scale` on 0-100: (x - low) x 100 / (high - low); null outside the scale."""
    inside = score.is_between(scale.low, scale.high)
    return ((score - scale.low) * 100 / (scale.high - scale.low)).set(~inside, None)


class Worded(NamedTuple):
    """Answers in words: points on 0-100 (null where a cell is none of them), and the scale they are from."""

    points: pl.Series
    scale: str


def read_words(tidied: pl.Series) -> Worded | None:
    """Points for answers in words; None when the column is not in words at all.

    The scale is the first that holds every word of the column, else the one that holds most of them: the answers that
    are not on it have no points.
    """
    words = tidied.str.to_lowercase()
    given = set(words.drop_nulls())
    if not any(re.search(r"[^\W\d]|👍|👎", word) for word in given):
        return None
    best: tuple[int, Mapping[str, float]] = (0, {})
    for scale in WORD_SCALES:
        points = {word: 100.0 * i / (len(scale) - 1) for i, word in enumerate(scale)}
        points |= {word: points[same] for word, same in SAME_WORD.items() if same in points and word not in points}
        known = len(given & points.keys())
        if known > best[0]:
            best = (known, points)
    values = words.replace_strict(best[1], default=None, return_dtype=pl.Float64())
    if values.is_not_null().sum() * 2 <= tidied.is_not_null().sum():
        return None
    lowest, highest = (min(best[1], key=best[1].__getitem__), max(best[1], key=best[1].__getitem__))
    return Worded(values, f"from `{lowest}` to `{highest}`")
