"""The week as a run gives it: capacity from csq.yaml, steps done, and what is said without contract values."""

import json
from decimal import Decimal

import pytest

from csq.errors import ConfigError
from csq.render import Format, Options, render
from tables import AS_OF, by_id, lines, run

USAGE = lines("account_id,logins", "ad,90", "fr,80", "ri,2", "un,1")
CSAT = lines("account_id,csat", "ad,5", "fr,1", "ri,1", "un,5")
ACCOUNTS = lines(
    "account_id,arr,fit,willing,internal_owner,owner",
    "ad,10000,good,yes,Ada,Ann",
    "fr,20000,good,yes,Ada,Ann",
    "ri,30000,good,yes,,Bob",
    "un,40000,good,yes,Ada,Bob",
)
EVENTS = lines("account_id,date,kind", "fr,2026-11-01,cause_found", "fr,2026-11-05,cause_found", "fr,2026-11-01,lunch")
SETTINGS = "thresholds: {usage: 50}\n"
CAPACITY = "capacity: {default: 2, owners: {Bob: 3}}\n"


def week(settings: str = CAPACITY, **others: str):
    told = {"usage": USAGE, "csat": CSAT, "accounts": ACCOUNTS, "events": EVENTS, **others}
    return run(**told, settings=SETTINGS + settings, csat_scale=("1-5",), as_of=AS_OF)


def test_each_owner_has_a_week_of_the_hours_that_the_settings_give() -> None:
    report = week()
    ann, bob = report.weeks
    assert (report.has_capacity, ann.owner, ann.hours, bob.owner, bob.hours) == (True, "Ann", 2, "Bob", 3)
    # Bob: an hour to qualify ri (30,000 x 0.6), then 3 h for un (40,000 x 0.3), which 3 h of a week do not hold.
    rows = by_id(report)
    assert (rows["ri"]["this_week"], rows["un"]["this_week"]) == (True, False)
    assert (bob.rescue_hours, bob.left_out, bob.left_out_value, bob.more_hours) == (1, 1, Decimal(40000), 1)


def test_without_capacity_the_weeks_say_only_what_is_wanted() -> None:
    report = week("")
    assert not report.has_capacity
    assert [each.hours for each in report.weeks] == [None, None]
    assert report.accounts["this_week"].null_count() == 4
    assert report.weeks[1].wanted_hours == 4


def test_events_of_steps_done_go_out_with_the_newest_day_and_others_do_not() -> None:
    report = week()
    assert report.done.rows() == [("fr", "cause_found", 10)]
    written = json.loads(render(report, Format.JSON, Options()))
    assert written["done"] == [{"account_id": "fr", "event": "cause_found", "days": 10}]


def test_without_tiers_and_contract_values_the_ranking_is_said_to_be_unweighted() -> None:
    report = run(USAGE, CSAT, settings=SETTINGS, csat_scale=("1-5",), as_of=AS_OF)
    expected = "no contract value is known: the ranking is unweighted, and large and small accounts are compared alike"
    assert expected in [note.text for note in report.notes]
    assert report.accounts["value_assumed"].all()


def test_a_capacity_of_no_hours_is_a_fault() -> None:
    with pytest.raises(ConfigError) as caught:
        week("capacity: {split: {rescue: 0.5, protect: 0.5}}\n")
    assert [each.message for each in caught.value.problems] == ["the capacity comes to no hours at all"]
