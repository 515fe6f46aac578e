"""How far an account is from the other side of a cut, in things that people can count.

Solved, not guessed: the smallest whole number that does it while everything else stays as it is. The
cut stays where it is too, though a median would move a little with the account.
"""

from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from csq.terms import Level


class CountChange(NamedTuple):
    """From how many to how many."""

    now: int
    then: int

    @property
    def by(self) -> int:
        """How many more; negative: fewer."""
        return self.then - self.now


def users_across(
    *, now: int, seats: int, cut: float, level: Level, score: Callable[[int], float]
) -> CountChange | None:
    """The nearest number of active users that puts an account on the other side of the usage cut.

    Args:
        now: Active users.
        seats: Where more users stop counting.
        cut: 0-100; a score equal to it is high.
        level: Where the account stands now.
        score: The usage score with that many active users, never falling, rounded as scores are.

    Returns:
        None when no number of active users does it.
    """
    high_from = bisect_left(range(seats + 1), True, key=lambda users: score(users) >= cut)
    if level is Level.LOW:
        return CountChange(now, high_from) if now < high_from <= seats else None
    return CountChange(now, high_from - 1) if 0 < high_from <= now else None
