"""How far an account is from a cut: the smallest change that crosses it, found by trying all of them."""

from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from csq.explain.standing import users_across
from csq.place.quadrants import SCORE_ANSWERS, add_answers_to_flip
from csq.terms import Level

CUTS = st.one_of(st.sampled_from([0.0, 50.0, 70.0, 100.0]), st.floats(0, 100).map(lambda cut: round(cut, 4)))


@given(seats=st.integers(1, 60), users=st.integers(0, 80), rest=st.floats(0, 100), cut=CUTS)
def test_no_smaller_change_of_users_crosses_the_cut(seats: int, users: int, rest: float, cut: float) -> None:
    def score(count: int) -> float:
        return round((rest + min(count / seats * 100, 100)) / 2, 4)

    level = Level.HIGH if score(users) >= cut else Level.LOW
    step = 1 if level is Level.LOW else -1
    tried = range(users + step, 200 if step > 0 else -1, step)
    crossing = next((count for count in tried if (score(count) >= cut) != (level is Level.HIGH)), None)
    found = users_across(now=users, seats=seats, cut=cut, level=level, score=score)
    assert found == crossing


def flip(mean: float, answers: int, cut: float, level: Level) -> int | None:
    row = {
        "happiness_score": round(mean, 4),
        SCORE_ANSWERS: answers,
        "happiness_cut": cut,
        "happiness_level": str(level),
    }
    more: int | None = add_answers_to_flip(pl.LazyFrame([row])).collect()["answers_to_flip"].item()
    return more


@given(answers=st.lists(st.sampled_from([0, 25, 50, 75, 100]), min_size=1, max_size=8), cut=CUTS)
def test_no_smaller_number_of_answers_crosses_the_cut(answers: list[int], cut: float) -> None:
    mean, line = round(Fraction(sum(answers), len(answers)), 4), Fraction(str(cut))
    level = Level.HIGH if mean >= line else Level.LOW
    new = 100 if level is Level.LOW else 0

    def crosses(more: int) -> bool:
        then = round((mean * len(answers) + new * more) / (len(answers) + more), 4)
        return (then >= line) != (level is Level.HIGH)

    found = flip(float(mean), len(answers), cut, level)
    if found is None:
        assert cut == new
    else:
        assert crosses(found)
        assert found == 1 or not crosses(found - 1)


def test_six_more_users_by_hand() -> None:
    """9 of 20 seats is 45; with breadth 50 the score is 47.5. To reach 60 it takes 70 % of the seats: 14 users."""

    def score(users: int) -> float:
        return (users / 20 * 100 + 50) / 2

    assert users_across(now=9, seats=20, cut=60, level=Level.LOW, score=score) == 14
