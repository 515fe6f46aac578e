"""Sections: keys with defaults, which are checked only where somebody wrote them."""

from decimal import Decimal
from typing import Annotated

import pytest

from csq.section import Objection, Rule, Text, YamlSection, key, plain, replace, trusted
from csq.settings.model import Columns, CutRule, Settings, Tiers, Windows
from csq.terms import Role
from csq.validation import model_of


class Stop(YamlSection):
    """A place on the way."""

    town: Text = key(..., "its name")
    days: Annotated[int, Rule(ge=1)] = key(1, "days there")
    bed: Text = key(..., "where to sleep", make=lambda stop: f"{stop.town} inn")

    def check(self) -> None:
        """Nobody stays in Hull."""
        if self.town == "Hull" and self.days > 1:
            raise Objection("too-long", "nobody stays in Hull")


class Trip(YamlSection):
    """A journey."""

    stops: tuple[Stop, ...] = key((), "in order")
    prices: dict[Text, Decimal] = key({}, "by town")
    home: Stop | None = key(None, "where it ends")


def test_what_is_not_given_is_the_default_or_made_of_the_rest():
    assert (Stop(town="York").days, Stop(town="York").bed) == (1, "York inn")
    assert Stop(town="York", bed="tent").bed == "tent"


def test_sections_are_alike_when_their_values_are_given_or_not():
    assert Stop(town="York") == Stop(town="York", days=1)
    assert Stop(town="York") != Stop(town="Bath")
    assert Settings() != Windows()


def test_a_section_changes_only_by_another_being_made():
    stop = Stop(town="York")
    with pytest.raises(AttributeError, match=r"Stop\.days does not change"):
        stop.days = 2
    assert (replace(stop, days=2).days, replace(stop, town="Bath").bed, stop.days) == (2, "Bath inn", 1)


def test_a_section_of_a_file_is_checked_and_remembers_what_it_was_given():
    trip = model_of(Trip).model_validate({"stops": [{"town": " York ", "days": None}], "prices": {"York": "2.50"}})
    assert trip == Trip(stops=(Stop(town="York"),), prices={"York": Decimal("2.50")})
    assert plain(trip, with_defaults=False) == {"stops": [{"town": "York"}], "prices": {"York": "2.50"}}
    assert plain(trip)["stops"] == [{"town": "York", "days": 1, "bed": "York inn"}]
    for wrong in (
        {"stops": [{"days": 1}]},
        {"stops": [{"town": "York", "days": 0}]},
        {"home": {"town": "Hull", "days": 2}},
    ):
        with pytest.raises(ValueError, match="1 validation error"):
            model_of(Trip).model_validate(wrong)


def test_what_was_written_of_a_section_makes_it_again():
    trip = Trip(stops=(Stop(town="York", days=2), Stop(town="Bath")), home=Stop(town="Hull"))
    assert trusted(Trip)(plain(trip, with_defaults=False)) == trip


def test_a_section_with_a_key_for_each_role_and_one_with_a_short_form():
    assert Columns().of(Role.USAGE) == {}
    assert model_of(CutRule).model_validate("q75") == CutRule(method="q75")
    assert model_of(CutRule).model_validate(55) == CutRule(at={"all": 55.0})
    assert plain(Tiers(column="edition")) == {"bands": None, "column": "edition"}
