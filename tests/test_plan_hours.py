"""Hours to accounts: order, split, flow, check-ins, and what is said of the rest. All figures are reckoned by hand."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from csq.plan.hours import Fit, capacity_notes, enough, fit, plan_week
from csq.playbook.model import CheckIns
from csq.schema import COLUMNS
from csq.settings.model import Capacity
from csq.split import Split
from signal_accounts import DEFAULT

SPLIT = Split(rescue=0.8, protect=0.2)
CALLS = CheckIns(count=2, hours=0.5, do="Call {account_name}")


@pytest.mark.parametrize(
    ("rescue", "protect", "hours", "fits"),
    [
        ([2, 2, 2], [1, 1], 5, (2, 1)),  # 4 and 1: both fill, neither flows
        ([2, 5, 1], [1, 1], 5, (1, 1)),  # the 5 does not fit, so the 1 behind it waits
        ([1], [1, 1, 1, 1, 1], 5, (1, 4)),  # 3 of 4 flow to protect, which then has 4
        ([2, 2, 2], [0.5], 6, (2, 1)),  # 4.8 + 0.7 is 5.5: the third rescue step of 2 lacks half an hour
        ([2, 2, 2], [0.5], 6.5, (3, 1)),
        ([], [], 5, (0, 0)),
        ([1], [1], 0, (0, 0)),
        ([0.1, 0.2], [], 0.3, (2, 0)),  # although 0.1 + 0.2 is a little over 0.3
        ([0, 0], [0], 0, (2, 1)),
    ],
)
def test_each_queue_fills_in_order_and_hours_flow_only_out_of_one_with_no_accounts_left(
    rescue: list[float], protect: list[float], hours: float, fits: tuple[int, int]
) -> None:
    assert fit(rescue, protect, hours, SPLIT) == Fit(rescue=fits[0], protect=fits[1])


@pytest.mark.parametrize(
    ("rescue", "protect", "calls", "hours"),
    [
        (8, 2, 0, 10),  # exactly the split
        (4, 4, 1, 8),  # rescue leaves 2.4 of its 6.4 to protect
        (10, 1, 0, 11),
        (10, 1, 1, 12),  # 9.6 of rescue's own, and 0.4 after the call: at 12 h exactly, before 12.5
        (10, 0.1, 5, 12.5),  # the calls would take 5: its own share does it first
    ],
)
def test_enough_is_the_least_week_in_which_every_step_fits(
    rescue: float, protect: float, calls: float, hours: float
) -> None:
    assert enough(rescue, protect, calls, SPLIT) == pytest.approx(hours)


def rows(*told: dict[str, Any]) -> pl.DataFrame:
    base = {"owner": "Ann", "queue": "rescue", "human": True, "hours": 1.0, "next_step": "call", "account_name": "N"}
    full = [
        {"account_id": f"A{rank}", "rank": rank, "contract_value": Decimal(100), **base, **row}
        for rank, row in enumerate(told, start=1)
    ]
    names = [*full[0], "event_last_contact_days"]
    kinds = {name: COLUMNS[name].dtype if name in COLUMNS else pl.Int64() for name in names}
    return pl.DataFrame({name: pl.Series(name, [row.get(name) for row in full], dtype=kinds[name]) for name in names})


def week(frame: pl.DataFrame, capacity: Capacity | None, calls: CheckIns | None = None) -> Any:
    return plan_week(frame, DEFAULT.model_copy(update={"check_ins": calls}), capacity)


def test_what_did_not_fit_is_told_with_its_value_and_the_hours_it_lacks() -> None:
    value = {"contract_value": Decimal("1.5")}
    frame, (ann,) = week(rows({"hours": 3.0}, {"hours": 3.0, **value}, {"contract_value": None}), Capacity(default=5))
    assert frame["this_week"].to_list() == [True, False, False]
    assert (ann.left_out, ann.left_out_value, ann.left_out_unvalued) == (2, Decimal("1.50"), 1)
    assert (ann.wanted_hours, ann.rescue_hours, ann.more_hours) == (7, 3, 2)


def test_without_capacity_nothing_is_said_to_fit_or_not() -> None:
    frame, (ann,) = week(rows({}, {}), None, CALLS)
    assert frame["this_week"].null_count() == 2
    assert (ann.hours, ann.wanted_hours, ann.left_out, ann.check_ins) == (None, 2, 0, ())


def test_automated_steps_cost_none_and_rest_is_not_in_the_week() -> None:
    frame, _ = week(rows({"human": False, "hours": 9.0}, {"queue": "rest"}, {"next_step": None}), Capacity(default=1))
    assert frame["this_week"].to_list() == [True, False, False]


def test_accounts_without_an_owner_have_the_default_hours_unless_others_are_set_aside_for_them() -> None:
    told = rows({}, {"owner": None})
    frame, (ann, nobody) = week(told, Capacity(default=5))
    assert (ann.owner, nobody.owner, nobody.hours) == ("Ann", "unassigned", 5)
    assert frame["this_week"].to_list() == [True, True]
    assert week(told, Capacity(default=5, owners={"unassigned": 0}))[0]["this_week"].to_list() == [True, False]


def test_without_any_owner_all_are_one_team() -> None:
    frame, (team,) = week(rows({"owner": None}, {"owner": None}), Capacity(default=5))
    assert (team.owner, team.hours, frame["desk"].to_list()) == ("team", 5, ["team", "team"])


def test_the_split_of_the_settings_goes_before_the_playbooks() -> None:
    told = rows(*[{"queue": queue} for queue in ("rescue", "protect") for _ in range(4)])
    ours = week(told, Capacity(default=4, split=Split(rescue=0.5, protect=0.5)))[1][0]
    assert (ours.rescue_hours, ours.protect_hours) == (2, 2)
    assert week(told, Capacity(default=5))[1][0].rescue_hours == 4


def test_those_nobody_talked_to_for_longest_are_called_and_calls_come_after_the_accounts() -> None:
    quiet = {"queue": "protect", "human": False, "hours": 0.0}
    told = rows(
        {"queue": "protect"},
        {**quiet, "event_last_contact_days": 30},
        {**quiet, "event_last_contact_days": 90},
        {**quiet, "event_last_contact_days": None, "account_name": "Zed"},
        {**quiet, "event_last_contact_days": 90},
    )
    ann = week(told, Capacity(default=2), CALLS)[1][0]
    assert [(call.account_id, call.do) for call in ann.check_ins] == [("A4", "Call Zed"), ("A3", "Call N")]
    assert (ann.protect_hours, ann.check_in_hours) == (1, 1)
    assert [call.account_id for call in week(told, Capacity(default=1.5), CALLS)[1][0].check_ins] == ["A4"]
    assert week(told, Capacity(default=1), CALLS)[1][0].check_ins == ()


def test_hours_for_somebody_who_owns_no_account_are_told() -> None:
    frame, _ = week(rows({}), Capacity(owners={"Anne": 5}))
    assert [note.text for note in capacity_notes(frame, Capacity(owners={"Anne": 5}))] == [
        "`capacity` gives hours to Anne, who owns no account: did you mean `Ann`?",
        "no hours in `capacity` for Ann: their accounts are left out of the week",
    ]
