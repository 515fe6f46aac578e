"""Who is a customer: by the words of a status, and by terms that have ended or have not."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conftest import Csq
from csq.errors import ConfigError, InputError
from csq.facts.standing import StatusKind, standing_of, vocabulary
from csq.report import Report
from tables import by_id, lines, only, run

KNOWN = vocabulary((), ())
MAY = lines("account_id,month,logins", "A,2026-04-01,90", "A,2026-05-01,100", "B,2026-04-01,10", "B,2026-05-01,10")
"""Both accounts used the product in May; the run looks back from 31 May 2026."""


def standings(*statuses: str) -> set[StatusKind]:
    return {standing_of(status, KNOWN) for status in statuses}


def test_a_status_of_thousands_of_words_is_a_note_and_unknown() -> None:
    assert standings("active " * 49 + "churned", "customer " * 3000, "active " * 30_000) == {StatusKind.UNKNOWN}
    assert standings("active " * 50, "customer " * 48 + "- active") == {StatusKind.CURRENT}


def texts(report: Report) -> str:
    return "\n".join(note.text for note in report.notes)


def test_words_of_paying_customers_in_six_languages_and_the_systems_own() -> None:
    people = ("Active", "LIVE", "paying", "Customer", "in good standing", "Closed Won", "At Risk", "up-for-renewal")
    systems = ("past_due", "pastDue", "non_renewing", "Customer - Direct", "Activated", "evangelist", "future")
    others = ("Aktiv", "Bestandskunde", "actif", "signé", "activo", "al día", "ativo", "em dia", "actief", "attivo")
    assert standings(*people, *systems, *others) == {StatusKind.CURRENT}


def test_words_of_who_is_no_customer_any_more_or_not_yet() -> None:
    people = ("churned", "Canceled", "CANCELLED", "lapsed", "Terminated", "Closed Lost", "ex-customer", "not active")
    systems = ("incomplete_expired", "incomplete", "trialing", "in_trial", "salesqualifiedlead", "Outdated", "Draft")
    others = ("gekündigt", "inaktiv", "résilié", "perdu", "cancelado", "baja", "encerrado", "opgezegd", "disdetto")
    assert standings(*people, *systems, *others) == {StatusKind.FORMER}


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("Cancelled - non payment", StatusKind.FORMER),
        ("cancelled: customer request", StatusKind.FORMER),  # the noun says nothing of now
        ("Customer - lost", StatusKind.FORMER),
        ("Kunde (verloren)", StatusKind.FORMER),
        ("Active - annual plan", StatusKind.CURRENT),
        ("churn risk - high", StatusKind.CURRENT),  # not `churn`, though it begins with it
        ("pending cancellation", StatusKind.CURRENT),  # still paying
        ("Active - churned in spring", StatusKind.UNKNOWN),  # both
        ("paused", StatusKind.UNKNOWN),  # still a customer in one system, none in another
        ("unpaid", StatusKind.UNKNOWN),
        ("Gold", StatusKind.UNKNOWN),
        ("activity", StatusKind.UNKNOWN),  # whole words only
        ("--", StatusKind.UNKNOWN),
    ],
)
def test_a_status_counts_by_the_words_it_begins_with(status: str, standing: StatusKind) -> None:
    assert standing_of(status, KNOWN) is standing


STATUSES = lines("account_id,arr,status", "A,1000,hibernating", "B,2000,active", "C,400,On: hold")


def test_a_word_known_neither_way_keeps_its_account_and_is_reported_with_what_it_is_worth() -> None:
    report = run(MAY, accounts=STATUSES)
    assert set(by_id(report)) == {"A", "B", "C"}
    assert (
        "2 statuses that csq does not know, so that their accounts stay: `On: hold`, 1 account worth 400 a year; "
        "`hibernating`, 1 account worth 1,000 a year" in texts(report)
    )
    assert '`statuses: {current: ["On: hold", hibernating]}`' in texts(report)  # as csq.yaml can hold it


def test_of_many_unknown_words_those_of_most_accounts_are_told() -> None:
    words = ["zzz", "zzz", "aaa", "b", "c", "d", "e", "f"]
    rows = [f"A{place},100,{word}" for place, word in enumerate(words)]
    told = texts(run(MAY, accounts=lines("account_id,arr,status", *rows)))
    assert (
        "7 statuses that csq does not know, so that their accounts stay: `zzz`, 2 accounts worth 200 a year; "
        "`aaa`, 1 account worth 100 a year; `b`, 1 account worth 100 a year; `c`, 1 account worth 100 a year; "
        "`d`, 1 account worth 100 a year; `...`, 2 more"
    ) in told


def test_csq_yaml_settles_a_word_and_overrules_csqs_own() -> None:
    report = run(MAY, accounts=STATUSES, settings="statuses: {current: ['on: hold'], former: [Hibernating, active]}\n")
    assert list(by_id(report)) == ["C"]
    assert "does not know" not in texts(report)
    told = "2 accounts of the accounts files are no current customers: status `active`, 1 account worth 2,000 a year; "
    assert told + "status `hibernating`, 1 account worth 1,000 a year" in texts(report)


def test_a_word_cannot_be_both() -> None:
    with pytest.raises(ConfigError) as error:
        run(MAY, accounts=STATUSES, settings="statuses: {current: [Paused], former: [paused]}\n")
    assert "status `Paused` is both current and former" in str(error.value.problems[0])


def test_subscriptions_of_a_billing_system_are_in_or_out_by_its_own_words() -> None:
    report = run(
        csat=lines("account_id,score (1-5)", "a,5"),
        accounts=lines(
            "Customer ID,subscription_id,arr,Status",
            "a,1,12000,active",
            "b,2,9600,trialing",
            "c,3,8400,past_due",
            "d,4,7200,canceled",
            "e,5,4800,incomplete_expired",
            "f,6,3600,unpaid",
            "f,7,600,paused",
        ),
    )
    # f is neither: it stays with 3,600 + 600, and is told; b, d and e are told as no customers.
    assert {key: row["contract_value"] for key, row in by_id(report).items()} == {"a": 12000, "c": 8400, "f": 4200}
    assert "`unpaid`, 1 account worth 3,600 a year" in texts(report)
    assert "status `trialing`, 1 account worth 9,600 a year" in texts(report)


def ended(account: str, usage: str = MAY, **told: Any) -> dict[str, Any]:
    """Account A, whose term ended on 30 April 2026 by a header; others of its cells as told."""
    header = ",".join(["account_id,arr", "contract_end", *told])
    rows = (f"A,900000,2026-04-30,{account}", f"B,2000,2027-04-30{',' * len(told)}")
    return by_id(run(usage, accounts=lines(header, *rows)))


ONLY_B = lines("account_id,month,logins", "A,2026-04-01,90", "A,2026-05-01,0", "B,2026-04-01,10", "B,2026-05-01,10")


@pytest.mark.parametrize(
    ("header", "cell", "stays"),
    [("status", "active", True), ("auto_renewal", "true", True), ("auto_renew", "no", False), ("status", "", False)],
)
def test_a_term_that_ended_ends_nobody_who_goes_on_by_status_or_by_renewing_itself(
    header: str, cell: str, stays: bool
) -> None:
    found = ended(cell, ONLY_B, **{header: None})
    assert list(found) == (["A", "B"] if stays else ["B"])
    assert found["B"]["term_ended"] is False
    if stays:
        assert (found["A"]["term_ended"], found["A"]["contract_value"]) == (True, 900000)


@pytest.mark.parametrize(
    ("usage", "stays"),
    [
        (MAY, True),
        (ONLY_B, False),  # nothing since the end
        (lines("account_id,date,user_id", "A,2026-05-30,u", "B,2026-05-31,v"), True),
        (lines("account_id,date,user_id", "A,2026-04-30,u", "B,2026-05-31,v"), False),  # the last day of the term
        (lines("account_id,date,user_id", "A,2026-05-02,u", "B,2026-05-31,v"), False),  # after it, not in the 28 days
    ],
)
def test_a_term_that_ended_ends_nobody_who_still_uses_the_product(usage: str, stays: bool) -> None:
    found = by_id(run(usage, accounts=lines("account_id,arr,contract_end", "A,900000,2026-04-30", "B,2000,2027-04-30")))
    assert list(found) == (["A", "B"] if stays else ["B"])


def test_a_date_of_churn_is_overruled_by_a_status_and_not_by_use() -> None:
    gone = run(MAY, accounts=lines("account_id,churn_date", "A,2026-04-30", "B,"))
    assert list(by_id(gone)) == ["B"]
    back = run(MAY, accounts=lines("account_id,churn_date,status", "A,2026-04-30,active", "B,,active"))
    assert by_id(back).keys() == {"A", "B"}


def test_ended_subscriptions_that_go_on_are_worth_what_ended_last() -> None:
    header = "account_id,subscription_id,arr,seats,start_date,end_date"
    found = by_id(
        run(
            MAY,
            accounts=lines(
                header,
                "A,s1,100,1,2024-05-01,2025-04-30",
                "A,s2,300,3,2025-05-01,2026-04-30",  # of these two this one
                "B,s3,50,5,2026-01-01,",
            ),
        )
    )
    assert (found["A"]["contract_value"], found["A"]["seats"], found["A"]["term_ended"]) == (300, 3, True)


def test_subscriptions_that_ended_and_are_active_by_status_all_count() -> None:
    header = "account_id,subscription_id,arr,end_date,status"
    report = run(
        MAY, accounts=lines(header, "A,base,300,2026-04-30,active", "A,extra,20,2026-05-15,active", "B,b,1,,active")
    )
    assert by_id(report)["A"]["contract_value"] == 320


def test_the_end_of_a_term_is_the_renewal_date_where_there_is_no_other() -> None:
    # 20 June is 20 days after 31 May; B says a day of its own.
    found = by_id(
        run(
            MAY, accounts=lines("account_id,contract_end_date,renewal_date", "A,2026-06-20,", "B,2026-06-20,2026-07-01")
        )
    )
    assert (found["A"]["days_to_renewal"], found["B"]["days_to_renewal"]) == (20, 31)


def test_a_term_that_renewed_itself_leaves_the_next_renewal_unknown() -> None:
    accounts = lines("account_id,contract_end,auto_renew,status", "A,2026-04-30,yes,active", "B,2026-04-30,no,active")
    found = by_id(run(MAY, accounts=accounts))
    assert (found["A"]["days_to_renewal"], found["B"]["days_to_renewal"]) == (None, -31)


@pytest.mark.parametrize(
    "csat", ["account_id,score (1-5)\nA,5\n", "account_id,score (1-5),submitted_at\nA,5,2026-05-31\n"]
)
def test_an_end_in_the_future_ends_nobody_without_a_usage_file(csat: str) -> None:
    report = run(csat=csat, accounts=lines("account_id,arr,end_date", "A,10,2027-01-01"))
    assert only(report)["contract_value"] == 10


def test_where_nobody_is_left_the_hint_says_what_would_settle_it() -> None:
    accounts = lines("account_id,arr,status,end_date", "A,10,Lost,", "B,20,,2026-01-31")
    with pytest.raises(InputError) as error:
        run(ONLY_B.replace("B,2026-05-01,10", "B,2026-05-01,0"), accounts=accounts, as_of=date(2026, 5, 31))
    assert error.value.details == (
        "status `Lost`, 1 account worth 10 a year",
        "all has ended, 1 account worth 20 a year",
    )
    assert "statuses: {current: [Lost]}" in (error.value.hint or "")
    assert error.value.location is not None
    assert error.value.location.label == "accounts.csv"


@pytest.mark.parametrize(
    ("header", "stays", "gone"),
    [("churned", "No", "Yes"), ("is_active", "true", "false"), ("Churn Flag", "0", "1"), ("Active", "TRUE", "FALSE")],
)
def test_a_flag_that_says_who_has_left_is_said_with_the_lines_that_read_it(
    csq: Csq, header: str, stays: str, gone: str
) -> None:
    Path("accounts.csv").write_text(lines(f"account_id,arr,{header}", f"A,100,{stays}", f"B,200,{gone}"))
    Path("csat.csv").write_text(lines("account_id,csat (1-5)", "A,5", "B,5"))
    found = csq("triage", ".", "-f", "json")
    assert {row["account_id"] for row in json.loads(found.stdout)["accounts"]} == {"A", "B"}
    (told,) = [text for text in found.stderr.splitlines() if "not read as a status" in text]
    assert f"`{header}` of `accounts.csv` says of 1 account that they are no customers" in told
    Path("csq.yaml").write_text("\n".join(re.findall("`((?:columns|statuses): .*?)`", told)))
    found = csq("triage", ".", "-f", "json")
    assert {row["account_id"] for row in json.loads(found.stdout)["accounts"]} == {"A"}


def test_a_flag_of_subscriptions_is_counted_in_subscriptions(csq: Csq) -> None:
    """A has ended one of its three: that is one subscription, and no account that has left."""
    rows = ("s1,A,100,yes", "s2,A,100,no", "s3,A,50,no")
    Path("accounts.csv").write_text(lines("subscription_id,account_id,arr,churned", *rows))
    Path("csat.csv").write_text(lines("account_id,csat (1-5)", "A,5"))
    assert "says of 1 subscription that" in csq("triage", ".", "-f", "json").stderr


@pytest.mark.parametrize(
    ("header", "gone"), [("Type", "Former Customer"), ("stage", "Closed Lost"), ("State", "Churned")]
)
def test_a_column_in_the_words_of_a_status_is_said_where_there_is_none(header: str, gone: str) -> None:
    accounts = ("A,100,Customer,Pro", "B,200,Active,Free", f"C,300,{gone},Trial Plus", "D,400,Customer,Max")
    csat = lines("account_id,csat (1-5)", "A,5", "C,5")
    found = run(csat=csat, accounts=lines(f"account_id,arr,{header},plan", *accounts))
    assert f"`{header}` of the accounts files says of 1 row that they are no customers" in texts(found)
    assert f'`columns: {{accounts: {{status: "{header}"}}}}`' in texts(found)
    assert "`plan`" not in texts(found)  # most of its words speak of nobody's leaving
    with_status = lines(f"account_id,arr,{header},status", *(row.replace("Pro", "live") for row in accounts))
    assert "not read as a status" not in texts(run(csat=csat, accounts=with_status))
