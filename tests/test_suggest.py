"""What may have been meant by a name that nobody knows."""

import pytest

from csq import suggest
from csq.suggest import first, near_miss, nearest, unknown_name

OWNERS = ("Dana Reyes", "Dana Ries", "Sam Okafor")


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("ownr", ("owner", "order"), "did you mean `owner`?"),
        ("OWNER", ("Owner",), "did you mean `Owner`?"),
        ("owner", (), None),
        ("colour", ("owner", "seats"), None),
        ("", ("a", ""), None),
        ("a" * 199 + "b", ("a" * 199 + "c",), f"did you mean `{'a' * 199}c`?"),
        ("a" * 200 + "b", ("a" * 199,), None),
        ("a" * 199, ("a" * 200 + "b",), None),
    ],
)
def test_the_one_known_name_that_is_nearest_is_offered_if_any_is_near(word, known, expected):
    assert near_miss(word, known) == expected


def test_names_that_are_equally_near_come_by_the_alphabet_whatever_their_order():
    assert nearest(["cat", "bat"], "hat", most=2) == nearest(["bat", "cat"], "hat", most=2) == ("bat", "cat")


def test_the_nearest_to_any_of_several_spellings_comes_first():
    assert nearest(["E-mail", "Mail"], "email", "emailaddress", form=lambda name: name.lower().replace("-", "")) == (
        "E-mail",
    )


def test_of_names_of_people_a_single_word_is_enough():
    assert unknown_name("no owner", "sam", OWNERS).hint == "did you mean `Sam Okafor`?"
    assert unknown_name("no owner", "dana", OWNERS).hint == "did you mean `Dana Reyes` or `Dana Ries`?"
    assert near_miss("sam", OWNERS) is None


def test_where_nothing_is_near_the_first_that_there_are_are_listed():
    names = [f"segment {number}" for number in range(10, 22)]
    assert unknown_name("no tier", "x", names).hint == (
        "there are `segment 10`, `segment 11`, `segment 12`, `segment 13`, `segment 14`, `segment 15`, `segment 16`, "
        "`segment 17` and 4 more"
    )
    assert unknown_name("no tier", "x", ()).hint == "there are none"


def test_of_thousands_of_names_few_are_compared_letter_by_letter(monkeypatch):
    compared = []

    class Counting(suggest.SequenceMatcher):
        def ratio(self):
            compared.append(self.a)
            return super().ratio()

    monkeypatch.setattr(suggest, "SequenceMatcher", Counting)
    names = [f"q{number} score" for number in range(4_000)]
    assert nearest(names, "score", "rating", "csat score", most=2) == ("q0 score", "q1 score")
    assert len(compared) < 50


def test_what_is_told_of_many_is_the_first_of_them_and_how_many_more_there_are():
    assert first(["a", "b"]) == "a, b"
    assert first([str(number) for number in range(16_000)], " and ").endswith("18 and 19 and 15,980 more")
    assert first(["x" * 900, "y"]) == "x" * 900 + " and 1 more"
