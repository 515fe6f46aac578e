"""The deadline and overdue renewals, reckoned by hand. The day is 2026-11-15; 31 December is 46 days later."""

from typing import Any

import pytest

from tables import AS_OF, by_id, lines, run

USAGE = lines("account_id,user_id,date", "A,u,2026-11-10")
CSAT = lines("account_id,csat,submitted_at", "A,5,2026-11-01")
FACTS = ("days_to_deadline", "renewal_overdue_days", "priority_urgency")


def deadline(accounts: str, **others: str) -> list[Any]:
    report = run(USAGE, CSAT, accounts, csat_scale=("1-5",), as_of=AS_OF, **others)
    return [by_id(report)["A"][name] for name in FACTS]


@pytest.mark.parametrize(
    ("header", "row", "facts"),
    [
        ("renewal_date", "2026-12-31", [46, 0, 1.5]),
        ("renewal_date", "2027-05-31", [197, 0, 1]),
        ("renewal_date,notice_days", "2027-05-31,60", [137, 0, 1.2]),
        ("renewal_date,Notice Period Days", "2027-05-31,90", [107, 0, 1.2]),
        ("renewal_date,notice_days", "2026-12-31,60", [-14, 0, 1.5]),  # the notice is over, the renewal ahead
        ("renewal_date,opt_out_date", "2027-05-31,2026-12-01", [16, 0, 1.5]),
        ("renewal_date,notice_days,opt_out_date", "2027-05-31,30,2026-12-01", [16, 0, 1.5]),  # the date itself wins
        ("renewal_date,opt_out_date", "2026-12-31,2027-03-01", [46, 0, 1.5]),  # later than the renewal: the renewal
        ("opt_out_date", "2026-12-01", [16, None, 1.5]),
        ("renewal_date", "2026-11-15", [0, 0, 1.5]),
        ("renewal_date", "2026-11-14", [-1, 1, 1.5]),
        ("renewal_date", "2025-11-15", [-365, 365, 1.5]),
        ("renewal_date,auto_renew", "2026-11-14,no", [-1, 1, 1.5]),
        ("renewal_date,auto_renew", "2026-11-14,yes", [None, 0, 1]),  # it renewed by itself; the next date is not known
        ("renewal_date,auto_renew,opt_out_date", "2026-11-14,yes,2027-09-01", [290, 0, 1]),  # but the next opt-out is
        ("renewal_date", "", [None, None, 1]),
    ],
)
def test_the_deadline_is_the_opt_out_date_else_the_renewal_less_notice(header: str, row: str, facts: list[Any]) -> None:
    assert deadline(lines(f"account_id,arr,{header}", f"A,100,{row}")) == facts


@pytest.mark.parametrize(
    ("outcome", "facts"),
    [
        ("2026-11-09,renewed", [None, 0, 1]),  # on the day of the renewal
        ("2026-11-12,churned", [None, 0, 1]),
        ("2026-08-11,renewed", [None, 0, 1]),  # signed 90 days ahead
        ("2026-08-10,renewed", [-6, 6, 1.5]),  # 91 days ahead: that of the term before
        ("2026-11-08,expanded", [-6, 6, 1.5]),  # they took more in the middle of the term, which settles no renewal
    ],
)
def test_an_outcome_on_record_settles_the_renewal_it_is_about(outcome: str, facts: list[Any]) -> None:
    told = lines("account_id,date,outcome", f"A,{outcome}")
    assert deadline(lines("account_id,arr,renewal_date", "A,100,2026-11-09"), outcomes=told) == facts


@pytest.mark.parametrize(
    ("outcome", "facts"),
    [
        ("2026-11-15,renewed", [None, 0, 1]),  # signed today, for a term that ends in five days
        ("2026-08-22,renewed", [None, 0, 1]),  # 90 days before its end, as above
        ("2026-08-21,renewed", [5, 0, 1.5]),  # 91 days: that of the term before
        ("2026-11-10,expanded", [5, 0, 1.5]),  # more seats are no renewal
        ("2026-11-10,contracted", [5, 0, 1.5]),
    ],
)
def test_a_renewal_signed_ahead_leaves_no_deadline(outcome: str, facts: list[Any]) -> None:
    told = lines("account_id,date,outcome", f"A,{outcome}")
    assert deadline(lines("account_id,arr,renewal_date", "A,100,2026-11-20"), outcomes=told) == facts


def test_of_several_subscriptions_the_first_deadline_counts() -> None:
    accounts = lines(
        "account_id,subscription_id,arr,renewal_date,notice_days",
        "A,s1,100,2027-01-31,30",  # deadline 2027-01-01
        "A,s2,100,2027-02-28,90",  # deadline 2026-11-30
    )
    assert deadline(accounts) == [15, 0, 1.5]


def test_a_notice_that_is_no_number_of_days_is_a_fault_and_not_known() -> None:
    accounts = lines("account_id,arr,renewal_date,notice_days", "A,100,2026-12-31,three months")
    report = run(USAGE, CSAT, accounts, csat_scale=("1-5",), as_of=AS_OF)
    assert report.faults.select("column", "value").rows() == [("notice_days", "three months")]
    assert by_id(report)["A"]["days_to_deadline"] == 46


def test_contractions_are_those_that_say_so_and_those_by_which_they_pay_less() -> None:
    outcomes = lines(
        "account_id,date,outcome,value_after",
        "A,2025-11-01,renewed,100",
        "A,2026-08-07,renewed,80",  # 100 days ago, and 20 less
        "A,2026-11-05,expanded,90",
    )
    report = run(USAGE, CSAT, outcomes=outcomes, csat_scale=("1-5",), as_of=AS_OF)
    assert by_id(report)["A"]["contraction_days"] == 100
    said = outcomes.replace("2026-08-07,renewed,80", "2026-08-07,contracted,")
    assert by_id(run(USAGE, CSAT, outcomes=said, csat_scale=("1-5",), as_of=AS_OF))["A"]["contraction_days"] == 100


def test_answers_to_nps_fall_into_its_own_three_parts() -> None:
    answers = [f"A,{score},2026-11-01" for score in (0, 3, 6, 7, 8, 8, 9, 10)]
    report = run(USAGE, lines("account_id,nps,submitted_at", *answers), as_of=AS_OF)
    row = by_id(report)["A"]
    # Of 8 answers 3 are 0-6, 3 are 7 or 8, and 2 are 9 or 10.
    assert [row[name] for name in ("answers_low_pct", "answers_middle_pct", "top_box_pct")] == [37.5, 37.5, 25]
