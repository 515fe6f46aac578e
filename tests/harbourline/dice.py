"""Draws that come out the same on every platform and Python.

Each stream has a key, and all is drawn through `Random.random()`, the one method whose sequence is promised. So a new
account or a new file draws from streams of its own and leaves all others as they are.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

SEED = "Harbourline"

T = TypeVar("T")


class Dice:
    """The stream of draws for whatever `key` names."""

    def __init__(self, *key: str) -> None:
        self._draw = Random("/".join((SEED, *key))).random

    def chance(self, likely: float) -> bool:
        """True as often as `likely` says, 0-1."""
        return self._draw() < likely

    def between(self, span: tuple[float, float]) -> float:
        """A number from the lower end of `span` up to the higher."""
        low, high = span
        return low + (high - low) * self._draw()

    def whole(self, span: tuple[int, int]) -> int:
        """A whole number of `span`, both ends included."""
        low, high = span
        return low + int((high - low + 1) * self._draw())

    def pick(self, items: Sequence[T]) -> T:
        """One of `items`."""
        return items[int(len(items) * self._draw())]

    def some(self, items: Iterable[T], count: int) -> list[T]:
        """Up to `count` different ones of `items`, shuffled."""
        shuffled = sorted((self._draw(), place, item) for place, item in enumerate(items))
        return [item for _, _, item in shuffled[:count]]
