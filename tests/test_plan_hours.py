"""Hours to accounts: order, shares, flow, check-ins, and what is said of the rest. All figures are reckoned by hand."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from csq.plan.hours import Work, capacity_notes, fit, plan_week
from csq.playbook.model import CheckIns
from csq.schema import COLUMNS
from csq.section import replace
from csq.settings.model import Capacity
from csq.split import Split
from csq.terms import Queue
from signal_accounts import DEFAULT

SPLIT = Split(rescue=0.8, protect=0.2)
CALLS = CheckIns(count=2, hours=0.5, do="Call {account_name}")


@pytest.mark.parametrize(
    ("work", "hours", "fits"),
    [
        ("r2 r2 r2 p1 p1", 5, "r2 r2 p1"),  # 4 and 1: each fills its share
        ("p1 p1 r1 r1 r1 r1", 5, "p1 r1 r1 r1 r1"),  # the second p1 would take what four rescues can use
        ("p1 r3 r3 r3 r1", 5, "p1 r3 r1"),  # 4 for rescue: one of 3, the next two are too long, the last is not
        ("p3 r1 r1", 5, "p3 r1 r1"),  # the first, though 3 is more than protect's share
        ("r1 p1 p1 p1 p1", 5, "r1 p1 p1 p1 p1"),  # rescue has no more than 1, the rest flows
        ("p1 r6 r1", 5, "p1 r1"),  # what no week of 5 h holds is passed over
        ("r6 p2 p2", 5, "p2 p2"),  # nor does it keep hours from others
        ("p0.5 p0.5 r2 r2", 4, "p0.5 p0.5 r2"),  # half an hour that fits now is not kept for a step of 2 h further down
        # In 4 h the short steps must be in: they fit beside the first r2, and nothing else does. Were the shares kept
        # in 5 h, the hour more would drop two of them for an r2 of a lower rank.
        ("p0.5 p0.5 p0.5 p0.5 r2 r2", 4, "p0.5 p0.5 p0.5 p0.5 r2"),
        ("p0.5 p0.5 p0.5 p0.5 r2 r2", 5, "p0.5 p0.5 p0.5 p0.5 r2"),
        ("p0.5 p0.5 p0.5 p0.5 r2 r2", 6, "p0.5 p0.5 p0.5 p0.5 r2 r2"),
        ("", 5, ""),
        ("r1 p1", 0, ""),
        ("r0.1 r0.2", 0.3, "r0.1 r0.2"),  # although 0.1 + 0.2 is a little over 0.3
        ("r0 r0 p0", 0, "r0 r0 p0"),
    ],
)
def test_a_desk_goes_down_the_rank_each_queue_within_its_share_and_idle_hours_flow(
    work: str, hours: float, fits: str
) -> None:
    pieces = [Work(Queue.RESCUE if word[0] == "r" else Queue.PROTECT, float(word[1:])) for word in work.split()]
    taken = fit(pieces, hours, SPLIT)
    assert [word for word, fits_in in zip(work.split(), taken, strict=True) if fits_in] == fits.split()


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
    return plan_week(frame, replace(DEFAULT, check_ins=calls), capacity)


def test_what_did_not_fit_is_told_with_its_value_and_the_hours_it_lacks() -> None:
    value = {"contract_value": Decimal("1.5")}
    told = rows({"hours": 3.0}, {"hours": 3.0, **value}, {"contract_value": None, "hours": 2.5}, {"hours": 1.5})
    frame, (ann,) = week(told, Capacity(default=5))
    # 3 h, then 2 h are left: too few for 3 and for 2.5, enough for the 1.5 after them.
    assert frame["this_week"].to_list() == [True, False, False, True]
    assert (ann.left_out, ann.left_out_value, ann.left_out_unvalued) == (2, Decimal("1.50"), 1)
    assert (ann.wanted_hours, ann.rescue_hours, ann.more_hours) == (10, 4.5, 5)
    assert [(each.account_id, each.rank, each.contract_value, each.hours) for each in ann.left_out_first] == [
        ("A2", 2, Decimal("1.50"), 3),
        ("A3", 3, None, 2.5),
    ]


def test_a_desks_week_is_the_same_whoever_stands_between_its_accounts() -> None:
    told = [{"owner": owner, "hours": hours} for hours in (3.0, 1.0, 2.0, 2.5, 4.0, 1.5) for owner in ("Bob", "Ann")]
    told += [{"owner": "Bob", "hours": 9.0, "contract_value": None}] * 3
    capacity = Capacity(default=5, owners={"Bob": 2})
    frame, (ann, bob) = week(rows(*told), capacity)
    for desk in (ann, bob):
        mine = frame.filter(desk=desk.owner)
        alone, weeks = week(mine.drop("desk", "this_week"), capacity)
        assert weeks == (desk,)
        assert alone["this_week"].equals(mine["this_week"])
    # Bob has 2 h: the 3 he is to begin with are too long, 1 fits, and nothing else does.
    assert (bob.left_out, bob.left_out_unvalued, bob.rescue_hours) == (8, 3, 1)
    assert [each.account_id for each in bob.left_out_first] == ["A1", "A5", "A7"]


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


def test_those_nobody_talked_to_for_longest_are_called_in_hours_that_fit_no_step() -> None:
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
    waiting = pl.concat([told, rows({}, {}, {}, {}, {}, {"hours": 2.0}).tail(1)])
    assert [call.account_id for call in week(waiting, Capacity(default=1.75), CALLS)[1][0].check_ins] == ["A4"]


def test_hours_for_somebody_who_owns_no_account_are_told() -> None:
    frame, _ = week(rows({}), Capacity(owners={"Anne": 5}))
    assert [note.text for note in capacity_notes(frame, Capacity(owners={"Anne": 5}))] == [
        "`capacity` gives hours to Anne, who owns no account: did you mean `Ann`?",
        "no hours in `capacity` for Ann: their accounts are left out of the week",
    ]
