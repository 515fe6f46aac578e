"""What a play takes and whether it is worth it, and which causes were found. All figures are reckoned by hand."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from csq.place.totals import quadrant_totals
from csq.plan.touch import add_touch, add_worth
from csq.playbook.model import Playbook
from csq.report import Report, Total
from csq.section import replace
from csq.terms import Quadrant
from signal_accounts import frame_of
from tables import AS_OF, lines, playbook_of, run

STEPS = """play:
  headline: H
  steps:
    - {do: Always, hours: 2}
    - {do: For many seats, hours: 3, when: seats > 10}
    - {do: For a ticket, hours: 4, when: open_tickets > 0}
    - {do: By machine, who: automation}
    - {do: Once, hours: 1.5, done_by: cause_found}
    - {do: Shorter in low touch, hours: 8, touch: {low: {hours: 0.5}}}
    - {do: By machine in low touch, hours: 1, touch: {low: {who: automation, do: Mail}}}
    - {do: If it is worth it, hours: 5, when: worth_it}
"""
OURS = playbook_of(frustrated=STEPS, advocates="play: {headline: H, steps: [{do: Mail, who: automation}]}").playbook
FOUND = {"quadrant": "frustrated", "seats": 20, "open_tickets": 1, "event_cause_found_days": 3}


def playbook(least: float) -> Playbook:
    touch = replace(OURS.touch, low=("SMB",))
    return replace(OURS, min_value_per_hour=least, touch=touch)


def worth(*accounts: dict[str, Any], least: float = 0) -> pl.DataFrame:
    frame = frame_of(*accounts).drop("touch", "play_hours", "value_per_hour", "worth_it")
    return add_worth(add_touch(frame, playbook(least)), playbook(least))


def told(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select("play_hours", "value_per_hour", "worth_it").rows()


def test_the_hours_of_a_play_are_those_of_its_steps_for_people_that_the_facts_do_not_rule_out() -> None:
    frame = worth(
        # 2 + 3 + 4 + 1.5 (though done) + 8 + 1 + 5 (asked whether it would be worth it)
        {**FOUND, "contract_value": 49_000},
        # a step of which it is not known whether it applies may come: 24.5 again
        {**FOUND, "contract_value": 24_500, "open_tickets": None},
        # no 3, no 4; 0.5 in place of 8; 1, since a person can still be called in: 2 + 1.5 + 0.5 + 1 + 5
        {**FOUND, "contract_value": 5_000, "seats": 5, "open_tickets": 0, "segment": "smb"},
    )
    assert frame["play_hours"].to_list() == [24.5, 24.5, 10]
    assert frame["value_per_hour"].to_list() == [2_000, 1_000, 500]


@pytest.mark.parametrize(
    ("value", "least", "expected"),
    [
        (49_000, 2_000, (24.5, 2_000, True)),  # it reaches the least
        (48_755, 2_000, (24.5, 1_990, False)),
        (0, 1, (24.5, 0, False)),
        (0, 0, (24.5, 0, True)),
        (None, 2_000, (24.5, None, None)),  # not known, which is neither worth it nor not
    ],
)
def test_an_account_is_worth_its_play_from_the_least_value_per_hour_on(
    value: int | None, least: float, expected: tuple[Any, ...]
) -> None:
    assert told(worth({**FOUND, "contract_value": value}, least=least)) == [expected]


def test_a_play_without_an_hour_of_a_person_is_worth_it_whatever_the_value() -> None:
    assert told(worth({"quadrant": "advocates", "contract_value": None}, least=1_000)) == [(0, None, True)]


def totals(frame: pl.DataFrame) -> dict[Quadrant, Total]:
    counted = frame.with_columns(pl.lit(value=False).alias("borderline"))
    return {total.quadrant: total for total in quadrant_totals(counted, list(Quadrant))}


def test_a_quadrant_takes_the_hours_of_all_its_accounts_and_is_worth_what_those_with_a_value_bring() -> None:
    frame = worth(
        {**FOUND, "contract_value": 49_000},  # 24.5 h
        {**FOUND, "contract_value": 5_000, "seats": 5},  # 21.5 h
        {**FOUND, "contract_value": None},  # 24.5 h, of no known value
        {"quadrant": "advocates", "contract_value": 7_000},
    )
    found = totals(frame)
    # 54,000 over 46 h
    frustrated = found[Quadrant.FRUSTRATED]
    assert (frustrated.play_hours, frustrated.value_per_hour) == (70.5, 1173.913)
    assert (found[Quadrant.ADVOCATES].play_hours, found[Quadrant.ADVOCATES].value_per_hour) == (0, None)
    assert (found[Quadrant.AT_RISK].play_hours, found[Quadrant.AT_RISK].value_per_hour) == (0, None)


EVENTS = (
    "account_id,date,kind,cause",
    "A,2026-10-01,cause_found,feature_gap",
    "A,2026-11-01,cause_found,unresolved_bug",  # the newest counts
    "A,2026-11-05,cause_found,",  # and one that names no cause leaves it
    "B,2026-11-01,cause_found,unresolved_bug",
    "C,2026-11-01,cause_found,outgrown",
    "C,2026-11-02,call,oversold",  # a cause of another kind of event is none that was found
    "D,2026-11-01,cause_found,no_tme",
)


def causes() -> Report:
    """Three busy and unhappy accounts, one of which nothing was found, and one that is neither."""
    return run(
        lines("account_id,date,events", *(f"{key},2026-11-12,900" for key in "ABCE"), "D,2026-11-12,1"),
        lines("account_id,email,submitted_at,score", *(f"{key},{key}@x.example,2026-11-02,1" for key in "ABCDE")),
        lines("account_id,arr", *(f"{key},1000" for key in "ABCDE")),
        events=lines(*EVENTS),
        as_of=AS_OF,
        settings="thresholds: {usage: '50'}\n",
        csat_scale=("1-5",),
    )


def test_causes_are_counted_by_quadrant_one_for_each_account() -> None:
    report = causes()
    counted = {total.quadrant: dict(total.causes) for total in report.totals if total.causes}
    assert counted == {Quadrant.FRUSTRATED: {"unresolved_bug": 2, "outgrown": 1}, Quadrant.AT_RISK: {"no_tme": 1}}
    texts = [note.text for note in report.notes]
    assert "causes found: Frustrated unresolved_bug 2, outgrown 1; At risk no_tme 1" in texts
    assert "the cause `no_tme` is no reason code of the playbook: did you mean `no_time`?" in texts


def test_the_money_of_a_cause_is_no_matter_and_an_account_without_one_is_not_counted() -> None:
    report = causes()
    assert sum(sum(total.causes.values()) for total in report.totals) == 4 == report.accounts["cause"].count()
    assert sum(total.contract_value for total in report.totals) == Decimal(5_000)
