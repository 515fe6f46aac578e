"""What may have been meant by a name that nobody knows."""

import pytest

from csq.suggest import near_miss, nearest, unknown_name

OWNERS = ("Dana Reyes", "Dana Ries", "Sam Okafor")


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("ownr", ("owner", "order"), "did you mean `owner`?"),
        ("OWNER", ("Owner",), "did you mean `Owner`?"),
        ("owner", (), None),
        ("colour", ("owner", "seats"), None),
        ("", ("a", ""), None),
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
