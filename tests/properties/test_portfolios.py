"""A thousand portfolios, made up at random from a seed: the advice never contradicts the facts beside it."""

from functools import cache
from random import Random
from typing import Any

import polars as pl
import pytest

from csq.plan.condition_coverage import find_clashes
from csq.plan.hours import plan_week
from csq.plan.prescribe import prescribe
from csq.plan.priority import add_rank
from csq.plan.signals import judge
from csq.playbook.text import fields, spelled
from csq.settings.model import Capacity
from csq.terms import Quadrant, Touch
from signal_accounts import DEFAULT, frame_of
from tables import AS_OF

PORTFOLIOS, ACCOUNTS, CHANGES = 1_000, 5, 9
DAYS = [0, 3, 30, 59, 60, 90, 91, 120, 180, 181, 300, 400]
FACTS: dict[str, list[Any]] = {
    "contract_value": [0, 500, 9_999, 10_000, 80_000, None],
    "tier_median_value": [1_000, 50_000],
    "fit": ["good", "bad", None],
    "willing": [True, False, None],
    "internal_owner": ["Ada", "nobody", None],
    "is_reference": [True, False, None],
    "is_new": [True, False],
    "tenure_days": [10, 80, 200, 900],
    "season_quiet": [True, False],
    "open_tickets": [0, 2, None],
    "goals_behind": [0, 1, None],
    "goals_overdue": [0, 2],
    "goal_due_days": [5, 100, None],
    "has_goals": [True, False, None],
    "contraction_days": [20, 180, 181, None],
    "last_outcome": ["renewed", "contracted", "expanded", "churned", None],
    "last_outcome_days": DAYS,
    "csat_change": [-60, -20, 0, 25, None],
    "usage_trend_pct": [-100, -40, 0, 60, None],
    "seat_use_pct": [0, 12, 60, 95, 130, None],
    "top_user_idle_days": [0, 21, None],
    "top_user_new_days": [5, 400],
    "top_user_share_pct": [10, 55, 80],
    "role_gap": [0, 40, None],
    "lowest_role": ["end_user", "decision_maker", "influencer"],
    "lowest_role_mean": [10, 90],
    "unhappy_side": ["users", "decision_makers", None],
    "promises_open": [0, 1],
    "promise_open_days": [5, 100],
    "favours_asked": [0, 1, 3],
    "surveys_per_person": [1, 4],
    "days_to_renewal": [-20, 5, 80, 200, None],
    "days_to_deadline": [-20, 5, 80, 200, None],
    "renewal_overdue_days": [0, 20, None],
    "auto_renew": [True, False, None],
    "champion_left_days": [*DAYS, None],
    "successor_stance": ["for", "against", None],
    "next_feature": ["Reports", None],
    "evidence": ["firm", "thin", "none"],
    "silence": ["never_asked", "no_answer", "stale", None],
    "segment": ["SMB", "Enterprise", "self-serve", None],
    **{
        f"event_{kind}_days": [*DAYS, None]
        for kind in (
            "last_contact", "favour_asked", "thanked", "renewal_talk", "expansion_talk", "case_study_done",
            "cause_found", "initial_effort_done", "explained", "escalated", "escalation_closed", "internal_initiative",
            "no_reply", "new_boss", "budget_cut", "competitor_contact", "competitor_feature_request",
            "investor_conflict", "new_user_trained", "first_result_agreed", "successor_met", "value_shown",
        )
    },
}  # fmt: skip
LEVELS = {"usage_level": ["high", "low", "unknown"], "happiness_level": ["high", "low", "unknown"]}
AGAINST = {
    "before you give up": ("Stop politely", "Point them to the self-service"),
    "Ask for no favour": ("Ask for one thing", "Ask for their advice", "get them on board", "offer for more seats"),
    "Another email will not help": ("Never surveyed. Send",),
    "Pushing now costs goodwill": ("time or know-how", "free re-implementation", "Assign a dedicated account manager"),
    "Earn back what is there": ("get them on board", "offer for more seats", "Ask for one thing"),
    "Easy to take for granted": ("Ask for one thing", "Ask for their advice"),
    "You can sink endless hours": ("Give them one point of contact", "Do not wait for the fix"),
}
"""What a risk says, and parts of steps that would say the opposite."""
WRITTEN = [
    *(step for each in Quadrant for step in DEFAULT.entry(each).play.steps),
    *(step for signal in DEFAULT.signals.values() for step in signal.steps),
    *(entry.qualify for each in Quadrant if (entry := DEFAULT.entry(each)).qualify),
]
STEPS = [each for step in WRITTEN for each in (step, *map(step.for_touch, Touch))]


def account(random: Random, portfolio: int, number: int) -> dict[str, Any]:
    """An ordinary account of some quadrant with a handful of facts changed; the portfolio is its owner."""
    quadrant = random.choice(list(Quadrant)).value
    row: dict[str, Any] = {"account_id": f"{portfolio:04}-{number}", "owner": f"{portfolio:04}", "quadrant": quadrant}
    if quadrant == "unknown":
        row |= {name: random.choice(levels) for name, levels in LEVELS.items()}
        row[random.choice(list(LEVELS))] = "unknown"
    return row | {name: random.choice(FACTS[name]) for name in random.sample(list(FACTS), CHANGES)}


def said(text: str, row: dict[str, Any]) -> str:
    """A text with the facts of an account: put together once for all accounts of which it says the same."""
    return _said(text, tuple((name, row.get(name)) for name in fields(text)))


@cache
def _said(text: str, facts: tuple[tuple[str, Any], ...]) -> str:
    return spelled(text, dict(facts))


@pytest.fixture(scope="module")
def placed() -> pl.DataFrame:
    random = Random(17)
    return frame_of(
        *(account(random, portfolio, number) for portfolio in range(PORTFOLIOS) for number in range(ACCOUNTS))
    )


@pytest.fixture(scope="module")
def planned(placed: pl.DataFrame) -> pl.DataFrame:
    judged = judge(placed, DEFAULT, are_events_given=True)
    return add_rank(prescribe(placed, DEFAULT, judged, as_of=AS_OF, are_events_given=True))


@pytest.fixture(scope="module")
def rows(planned: pl.DataFrame) -> list[dict[str, Any]]:
    return planned.to_dicts()


def test_every_account_has_a_step_or_a_reason_to_rest(rows) -> None:
    assert len(rows) == PORTFOLIOS * ACCOUNTS
    assert all(row["next_step"] or row["queue"] == "rest" for row in rows)
    assert all(row["why"] for row in rows)
    assert {row["queue"] for row in rows} == {"rescue", "protect", "rest"}


def test_no_step_is_of_a_kind_that_a_signal_which_holds_blocks(rows) -> None:
    seen = set()
    for row in rows:
        # Two steps may read alike; the one that was taken is one of them.
        kinds = {step.kind for step in STEPS if (row["next_step"] or "").startswith(said(step.do, row))}
        assert kinds or row["next_step"] is None
        blocked = {kind for name in row["signals"] for kind in DEFAULT.signals[name].blocks}
        assert not kinds or kinds - blocked, (row["next_step"], row["signals"])
        seen |= kinds
    assert {"favour", "adoption", "effort", "thanks", "find_out", "onboarding", "renewal"} <= seen


def test_a_favour_is_asked_only_on_firm_evidence_and_thin_evidence_asks_for_more_answers_first(rows) -> None:
    favours = {each.id for each in STEPS if each.kind == "favour"}
    asked = [row for row in rows if row["step_id"] in favours]
    assert {row["step_id"] for row in asked} == favours
    assert {row["evidence"] for row in asked} == {"firm"}
    more = [row for row in rows if row["step_id"] == "second_voice"]
    assert {row["evidence"] for row in more} == {"thin", "none"}


def test_in_low_and_tech_touch_a_person_has_a_reason(rows) -> None:
    """Reasons: an act signal, a deadline within 30 days, or a play worth 2,000 a year per hour."""
    few = [row for row in rows if row["touch"] != "high"]
    for row in few:
        near = row["days_to_deadline"] is not None and 0 <= row["days_to_deadline"] <= 30
        worth = row["value_per_hour"] is not None and row["value_per_hour"] >= 2000
        assert row["person_due"] == (row["severity"] == "act" or near or worth)
        assert row["person_due"] or not row["human"], row["next_step"]
    assert {row["human"] for row in few if row["queue"] != "rest"} == {True, False}


def test_no_risk_contradicts_the_step_beside_it(rows) -> None:
    told = set()
    for row in rows:
        for risk in row["risks"]:
            for says, steps in AGAINST.items():
                if says in risk:
                    told.add(says)
                    assert not any(step in (row["next_step"] or "") for step in steps), (risk, row["next_step"])
    assert told == set(AGAINST)


def test_no_risk_stands_beside_the_figure_that_refutes_it(rows) -> None:
    """Of four risks the fact that each is about, as the row has it."""
    holds = {
        "can cost more than the account pays": lambda row: not row["worth_it"],
        "Biggest risk: the power user": lambda row: row["top_user_share_pct"] >= 50,
        "they seldom complain": lambda row: not row["open_tickets"],
        "If another tool would suit them": lambda row: row["fit"] != "good",
    }
    told = set()
    for row in rows:
        for says, is_so in holds.items():
            if any(says in risk for risk in row["risks"]):
                told.add(says)
                assert is_so(row), (says, row)
    assert told == set(holds)


def test_whose_deadline_is_near_is_asked_about_it_whatever_comes_first(rows) -> None:
    """Within 30 days, unless the renewal was talked about in the last 30; those that rest are asked nothing."""

    def is_talked_about(row: dict[str, Any]) -> bool:
        return row["event_renewal_talk_days"] is not None and row["event_renewal_talk_days"] <= 30

    near = [row for row in rows if "deadline_near" in row["signals"] and row["queue"] != "rest" and row["human"]]
    due = [row for row in near if not is_talked_about(row)]
    assert len({row["step_id"] for row in due}) > 5
    assert all("will they renew" in row["next_step"] or "they will renew" in row["next_step"] for row in due)


def test_the_qualifying_hour_asks_what_is_not_known_and_nothing_that_is(rows) -> None:
    asks = {
        "Will they put in time?": "willing",
        "Who owns it there?": "internal_owner",
        "What do they pay?": "worth_it",
    }
    qualified = [row for row in rows if row["step_id"] == "qualify"]
    assert qualified
    for row in qualified:
        for question, fact in asks.items():
            assert (question in row["next_step"]) == (row[fact] is None), row["next_step"]


def test_a_signal_that_takes_over_gives_the_next_step_of_an_account_that_does_not_rest(rows) -> None:
    taking = {name for name, signal in DEFAULT.signals.items() if signal.takes_over}
    for row in rows:
        if row["queue"] == "rest" or not taking & set(row["signals"]):
            continue
        mine = [step for name in row["signals"] for step in DEFAULT.signals[name].steps]
        own = {said(each.do, row) for step in mine for each in (step, *map(step.for_touch, Touch))}
        acts = [name for name in row["signals"] if DEFAULT.signals[name].takes_over and DEFAULT.signals[name].steps]
        due = [
            step
            for name in acts
            for step in DEFAULT.signals[name].steps
            if not step.when and not step.done_by and (row["person_due"] or not step.for_touch(row["touch"]).human)
        ]
        assert (row["next_step"] or "").startswith(tuple(own)) or not due, (row["signals"], row["next_step"])


def test_each_week_holds_the_first_account_that_fits_and_nothing_left_out_would(planned) -> None:
    random = Random(4)
    hours = {f"{portfolio:04}": random.randint(0, 16) / 2 for portfolio in range(PORTFOLIOS)}
    frame, weeks = plan_week(planned, DEFAULT, Capacity(default=1, owners=hours))
    for week in weeks:
        mine = frame.filter(pl.col("desk") == week.owner, pl.col("queue") != "rest", "human").sort("rank")
        spent = mine.filter("this_week")["hours"].sum()
        left = mine.filter(~pl.col("this_week"))["hours"]
        assert spent <= hours[week.owner]
        assert left.is_empty() or left.min() > hours[week.owner] - spent
        if mine.height and mine["hours"][0] <= hours[week.owner]:
            assert mine["this_week"][0]


def test_the_clashes_that_are_told_are_those_for_which_a_step_was_passed_over(placed) -> None:
    judged = judge(placed, DEFAULT, are_events_given=True)
    clashes = find_clashes(placed, DEFAULT, judged)
    assert all(clash.kind in DEFAULT.signals[clash.signal].blocks and clash.accounts for clash in clashes)
    favours = {clash.signal for clash in clashes if clash.kind == "favour"}
    assert {"success_gap", "contraction", "role_unhappy", "overuse", "promise_open", "escalation_open"} <= favours
    assert {"renewal_overdue"} <= favours
