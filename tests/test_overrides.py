"""Overrides: facts of an account as a person corrects them, used with what stood there before kept beside them."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from conftest import Csq
from csq.errors import InputError
from csq.facts.build import build_facts
from csq.settings.load import load_settings
from csq.sources.finding.locate import roles_of
from csq.sources.load import Tables
from csq.terms import Aside, NoteKind
from tables import by_id, lines, read, run

AS_OF = date(2026, 11, 15)
ACCOUNTS = lines(
    "account_id,account_name,arr,seats,owner,fit,renewal_date,status",
    "A-1,Acme,12000,10,Dana,,2026-12-31,active",
    "A-2,Benelux,9000,4,Dana,good,,active",
    "A-3,Gone,500,1,Dana,good,,churned",
)
USAGE = lines("account,logins", "A-1,10", "A-2,2")
CSAT = lines("account,score (1-5)", "A-1,5", "A-2,4")
HEAD = "account,field,value,author,reason,expires_on"


def overridden(*rows: str, head: str = HEAD, accounts: str | None = ACCOUNTS) -> Tables:
    return read(USAGE, CSAT, accounts, overrides=lines(head, *rows))


def facts(*rows: str, accounts: str | None = ACCOUNTS, as_of: date | None = AS_OF) -> pl.DataFrame:
    return build_facts(overridden(*rows, accounts=accounts), load_settings(None).settings, as_of).frame


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("fit", "Bad", "bad"),
        ("owner", "Kim Ode", "Kim Ode"),
        ("seats", "25", 25),
        ("contract_value", "48000.50", Decimal("48000.50")),
        ("willing", "no", False),
        ("renewal_date", "2027-01-31", date(2027, 1, 31)),
        ("internal_owner", "Rosa", "Rosa"),
        ("north_star", "orders a day", "orders a day"),
        ("Renewal Date", "2027-01-31", date(2027, 1, 31)),
    ],
)
def test_an_override_is_read_by_the_rule_of_its_field_and_used(field: str, value: str, expected: object) -> None:
    frame = facts(f"A-1,{field},{value},Dana,she told me,")
    column = field.lower().replace(" ", "_")
    assert frame.filter(pl.col("account_id") == "A-1")[column].to_list() == [expected]
    assert frame.filter(pl.col("account_id") == "A-2")[column].to_list() != [expected]


def test_what_rests_on_an_overridden_fact_follows_it() -> None:
    # 31 January 2027 is 77 days after 15 November 2026: 15 to the end of November, 31 of December, 31 of January.
    frame = facts("A-1,renewal_date,2027-01-31,Dana,new contract,")
    assert frame.filter(pl.col("account_id") == "A-1")["days_to_renewal"].to_list() == [15 + 31 + 31]


def test_overrides_work_without_an_accounts_file() -> None:
    frame = facts("A-2,owner,Kim,Dana,handed over,", accounts=None)
    assert dict(frame.select("account_id", "owner").iter_rows()) == {"A-1": None, "A-2": "Kim"}


def test_without_a_file_of_overrides_nobody_has_a_day_to_rest_until() -> None:
    frame = build_facts(read(USAGE, CSAT, ACCOUNTS), load_settings(None).settings, AS_OF).frame
    assert frame.schema["_rest_until"] == pl.Date()
    assert frame["_rest_until"].null_count() == frame.height


def test_rest_until_is_a_day_for_the_plan_and_no_fact() -> None:
    frame = facts("A-1,rest_until,2026-12-01,Dana,in a merger,")
    assert dict(frame.select("account_id", "_rest_until").iter_rows()) == {"A-1": date(2026, 12, 1), "A-2": None}
    assert "rest_until" not in frame.columns


def test_an_override_holds_to_the_end_of_the_day_on_which_it_expires() -> None:
    row = "A-1,owner,Kim,Dana,on leave,2026-11-15"
    assert facts(row)["owner"].to_list() == ["Kim", "Dana"]
    assert facts(row, as_of=date(2026, 11, 16))["owner"].to_list() == ["Dana", "Dana"]


def test_an_expired_override_is_told_with_its_line_and_not_used() -> None:
    report = run(USAGE, CSAT, ACCOUNTS, as_of=AS_OF, overrides=lines(HEAD, "A-1,owner,Kim,Dana,on leave,2026-11-01"))
    assert by_id(report)["A-1"]["owner"] == "Dana"
    told = [note.text for note in report.notes if note.kind is NoteKind.WARNING and "expired" in note.text]
    assert told == ["1 override expired, and what the files say is used: overrides.csv:2 (`owner` of `A-1`)"]


def test_overrides_that_are_used_are_counted_in_a_note() -> None:
    rows = ("A-1,owner,Kim,Dana,moved,", "A-1,fit,good,Dana,met them,", "A-2,seats,9,Dana,invoice,")
    report = run(USAGE, CSAT, ACCOUNTS, as_of=AS_OF, overrides=lines(HEAD, *rows))
    assert "3 overrides are used, for 2 accounts; `csq explain` tells what stood there before" in [
        note.text for note in report.notes
    ]


def test_every_row_of_overrides_has_one_fate() -> None:
    rows = (
        "A-1,owner,Kim,Dana,moved,",
        "A-1,fit,good,Dana,met them,2026-01-01",
        "A-3,fit,bad,Dana,gone,",
        "Z-9,fit,bad,Dana,who,",
    )
    report = run(USAGE, CSAT, ACCOUNTS, as_of=AS_OF, overrides=lines(HEAD, *rows))
    file = next(source for source in report.sources if source.label == "overrides.csv")
    assert (file.read, file.used) == (4, 1)
    assert file.set_aside == {Aside.EXPIRED_OVERRIDE: 1, Aside.UNMATCHED: 2}
    unknown = [note.text for note in report.notes if "of no current account" in note.text]
    assert unknown == [
        "2 overrides of no current account, and not used: overrides.csv:4 (`fit` of `A-3`), "
        "overrides.csv:5 (`fit` of `Z-9`)"
    ]


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        ("A-1,quadrant,advocates,Dana,I know,", "no score or quadrant is set by hand", "these can be set"),
        ("A-1,usage_score,90,Dana,I know,", "no score or quadrant is set by hand", "these can be set"),
        ("A-1,csat_mean,90,Dana,I know,", "no score or quadrant is set by hand", "these can be set"),
        ("A-1,priority,90,Dana,I know,", "no score or quadrant is set by hand", "these can be set"),
        ("A-1,status,churned,Dana,I know,", "it decides whether there is such an account", "these can be set"),
        ("A-1,ownr,Kim,Dana,typo,", "no field `ownr`", "did you mean `owner`?"),
        ("A-1,seats,many,Dana,so,", "`seats` cannot be `many`: not a whole number", "mend"),
        ("A-1,seats,0,Dana,so,", "`seats` cannot be `0`", "mend"),
        ("A-1,fit,splendid,Dana,so,", "`fit` cannot be `splendid`: it is good or bad", "mend"),
        ("A-1,willing,perhaps,Dana,so,", "`willing` cannot be `perhaps`: neither yes nor no", "mend"),
        ("A-1,rest_until,soon,Dana,so,", "`rest_until` cannot be `soon`: not a date", "mend"),
        ("A-1,owner,,Dana,so,", "no value", "account, field, value, author, reason"),
        ("A-1,owner,Kim,,so,", "no author", "account, field, value, author, reason"),
        ("A-1,owner,Kim,Dana,,", "no reason", "account, field, value, author, reason"),
        ("A-1,owner,Kim,Dana,so,later", "`later` is not a date", "2026-11-16"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_by_file_and_line(row: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as error:
        overridden("A-2,owner,Kim,Dana,fine,", row)
    assert message in error.value.message
    assert hint in str(error.value.hint)
    assert str(error.value.location) == "overrides.csv:3"


@pytest.mark.parametrize("name", ["field", "value", "author", "reason"])
def test_a_file_without_a_column_that_it_must_have_is_refused(name: str) -> None:
    head = HEAD.replace(name, "other")
    with pytest.raises(InputError, match=f"no column for `{name}`"):
        overridden("A-1,owner,Kim,Dana,so,", head=head)


def test_a_date_that_may_be_two_days_is_a_question_and_no_guess() -> None:
    with pytest.raises(InputError) as error:
        overridden("A-1,renewal_date,03/04/2027,Dana,so,")
    assert "--date-order" in str(error.value.hint)


def test_two_overrides_of_one_field_that_both_hold_are_refused_with_both_lines() -> None:
    with pytest.raises(InputError, match=r"overridden twice, on line 2 .* and line 3") as error:
        facts("A-1,owner,Kim,Dana,so,", "A-1,owner,Lee,Dana,or so,")
    assert str(error.value.location) == "overrides.csv:3"


def test_an_expired_override_may_be_followed_by_another_one() -> None:
    rows = ("A-1,owner,Kim,Dana,on leave,2026-11-01", "A-1,owner,Lee,Dana,for good,")
    assert facts(*rows)["owner"].to_list() == ["Lee", "Dana"]


def test_a_file_called_overrides_in_the_folder_is_found_whatever_else_its_name_says() -> None:
    assert [str(role) for role in roles_of(Path("overrides.csv"))] == ["overrides"]
    assert [str(role) for role in roles_of(Path("account_overrides.csv"))] == ["overrides"]


def test_explain_keeps_what_stood_there_before_with_who_said_it_and_why(csq: Csq, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    row = "A-1,fit,bad,Dana,they need an ERP,2027-01-01"
    for name, text in {"accounts": ACCOUNTS, "usage": USAGE, "csat": CSAT, "overrides": lines(HEAD, row)}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    flags = ("A-1", folder, "--as-of", "2026-11-15", "--csat-scale", "1-5")
    told = json.loads(csq("explain", *flags, "-f", "json").stdout)["overrides"]
    assert [(each["field"], each["before"], each["after"], each["author"], each["line"]) for each in told] == [
        ("fit", None, "bad", "Dana", 2)
    ]
    page = csq("explain", *flags).stdout.decode()
    assert "Overrides" in page
    assert "they need an ERP" in page
    assert "not known" in page


def test_the_flag_stands_in_for_the_file_of_the_folder(csq: Csq, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {"accounts": ACCOUNTS, "usage": USAGE, "csat": CSAT}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    mine = tmp_path / "mine.csv"
    mine.write_text(lines(HEAD, "A-1,owner,Kim,Dana,so,"), encoding="utf-8")
    result = csq("triage", folder, "--overrides", mine, "-f", "jsonl", "--csat-scale", "1-5")
    assert {row["account_id"]: row["owner"] for row in map(json.loads, result.stdout.splitlines())} == {
        "A-1": "Kim",
        "A-2": "Dana",
    }
