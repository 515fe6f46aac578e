"""What cells and headers of accounts and surveys mean: known, told by line, or left out."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csq.errors import InputError
from csq.fate import REASON
from csq.sources.cells.dates import placeholders, read_date
from csq.sources.cells.values import read_id
from csq.terms import NoteKind, Role
from reading import notes, read, rows
from tables import by_id, lines, run


@pytest.mark.parametrize(
    "cell",
    ["1900-01-01", "1899-12-30", "0001-01-01", "1970-01-01", "1969-12-31", "2099-12-31", "31.12.9999", "1753-01-01"],
)
def test_a_placeholder_date_is_unknown_and_told_by_line(tmp_path: Path, cell: str) -> None:
    tables = read(tmp_path, accounts=f"account_id,renewal_date; A,15.03.2027; B,{cell}")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "renewal_date")[1] == (None,)
    assert rows(tables.faults, "line", "value", "reason") == [(3, cell, "a placeholder for a date")]


def test_real_dates_are_no_placeholders() -> None:
    days = read_date(pl.Series(["1998-05-01", "2000-01-01", "2026-12-31", "2040-01-01", None])).values
    assert placeholders(days).to_list() == [False] * 5


def test_an_end_that_never_comes_ends_nobody() -> None:
    report = run(lines("account_id,date", "A,2026-11-10"), accounts=lines("account_id,end_date", "A,1900-01-01"))
    assert list(by_id(report)) == ["A"]


def test_use_on_a_placeholder_date_is_rejected_and_never_the_newest_day(tmp_path: Path) -> None:
    tables = read(tmp_path, usage="account_id,date; A,1970-01-01; A,2026-11-01")
    assert rows(tables.roles[Role.USAGE].frame, REASON) == [("a placeholder for a date",), (None,)]


def test_a_nought_among_epoch_seconds_is_one_unknown_date_and_spoils_no_other(tmp_path: Path) -> None:
    # 1,783,000,000 s after 1970 is 2 July 2026
    tables = read(tmp_path, accounts="account_id,start_date; A,1783000000; B,0")
    assert [str(day) for (day,) in rows(tables.roles[Role.ACCOUNTS].frame, "start_date")] == ["2026-07-02", "None"]
    assert rows(tables.faults, "line", "value") == [(3, "0")]


@pytest.mark.parametrize("word", ["NA", "None", "null", "nan"])
def test_an_id_that_looks_like_nothing_is_one_where_another_file_names_it(tmp_path: Path, word: str) -> None:
    tables = read(
        tmp_path,
        accounts=f"account_id,arr; {word},120; NC,90",
        usage=f"account_id,date,user_id; {word},2026-11-01,u; NC,2026-11-02,v; -,2026-11-02,w",
    )
    assert rows(tables.roles[Role.ACCOUNTS].frame, "account_id", "fate") == [(word, "used"), ("NC", "used")]
    used = tables.roles[Role.USAGE].frame
    assert rows(used, "account_id", "fate") == [(word, "used"), ("NC", "used"), (None, "rejected")]
    assert f"`{word}` is the id of an account: other files name it too" in notes(tables)


def test_an_id_that_looks_like_nothing_and_joins_nowhere_is_rejected_by_line(tmp_path: Path) -> None:
    tables = read(
        tmp_path,
        accounts="account_id,arr; A,1; NA,120",
        usage="account_id,date,user_id; A,2026-11-01,u; null,2026-11-02,v",
    )
    told = rows(tables.rejects, "role", "line", "value", "reason")
    assert told == [("accounts", 3, "NA", "no account key"), ("usage", 3, "null", "no account key")]


def test_in_an_accounts_file_alone_an_id_that_looks_like_nothing_is_rejected_for_no_file_names_it(
    tmp_path: Path,
) -> None:
    tables = read(tmp_path, accounts="account_id,arr; A,1; NA,120")
    assert rows(tables.rejects, "line", "value", "reason") == [(3, "NA", "no account key")]


def test_without_an_accounts_file_na_stays_no_id(tmp_path: Path) -> None:
    tables = read(tmp_path, usage="account_id,date,user_id; A,2026-11-01,u; NA,2026-11-02,v")
    assert rows(tables.rejects, "line", "value") == [(3, "NA")]


def test_names_of_people_and_companies_are_never_taken_for_nothing(tmp_path: Path) -> None:
    tables = read(tmp_path, accounts="account_id,account_name,owner; 1,None Such Bakery,Nan Lee; 2,N/A Design,#N/A")
    found = rows(tables.roles[Role.ACCOUNTS].frame, "account_name", "owner")
    assert found == [("None Such Bakery", "Nan Lee"), ("N/A Design", None)]


@pytest.mark.parametrize(
    "written",
    [
        "'00501",
        '="00501"',
        "\u200b00501",
        "00501\ufeff",
        "\u202a00501\u202c",
        "\x1f00501",
        "\u201900501",
        "005\u00ad01",
    ],
)
def test_marks_that_nobody_sees_or_wrote_are_taken_off_ids_and_told(tmp_path: Path, written: str) -> None:
    cell = f'"{written.replace(chr(34), chr(34) * 2)}"'
    tables = read(tmp_path, accounts="account_id,arr; 00501,1", csat=f"account_id,score; {cell},5")
    assert rows(tables.roles[Role.CSAT].frame, "account_id") == [("00501",)]
    assert "repaired a cell of `account_id` in" in notes(tables)
    assert "first on line 2: `" in notes(tables)


def test_what_cannot_be_seen_is_spelled_out(tmp_path: Path) -> None:
    tables = read(tmp_path, csat="account_id,score; A\u200b1,5")
    assert "`A<U+200B>1` is the id `A1`" in notes(tables)


def test_an_apostrophe_of_a_name_stays() -> None:
    assert read_id(pl.Series(["'tHooft", "O'Neill", "'C-501"])).values.to_list() == ["'tHooft", "O'Neill", "C-501"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("120\u202f000,50", "120000.50"),  # narrow no-break space
        ("120\u00a0000,50", "120000.50"),
        ("1\u2019120\u2019000.50", "1120000.50"),  # Swiss
        ("1'120'000.50", "1120000.50"),
        ("€120.000,50", "120000.50"),
        ("CHF 1’120.50", "1120.50"),
    ],
)
def test_money_in_the_style_of_its_country(tmp_path: Path, cell: str, value: str) -> None:
    tables = read(tmp_path, accounts=f'account_id,arr; A,"{cell}"')
    assert rows(tables.roles[Role.ACCOUNTS].frame, "contract_value") == [(Decimal(value),)]


def test_several_currencies_in_the_cells_ask_for_rates_and_not_for_a_decimal_mark() -> None:
    accounts = lines("account_id,arr", 'A,"$120,000.00"', 'B,"€90.000,00"', 'C,"$60,000.00"')
    with pytest.raises(InputError, match="several currencies: EUR, USD") as error:
        run(csat=lines("account_id,csat (1-5)", "A,5"), accounts=accounts)
    assert "`currency: {base: EUR, rates: {USD: RATE}}`" in (error.value.hint or "")
    assert str(error.value.location) == "accounts.csv:3"
    report = run(
        csat=lines("account_id,csat (1-5)", "A,5"),
        accounts=accounts,
        settings="currency: {base: EUR, rates: {USD: 0.5}}\n",
    )
    # 120,000 x 0.5, 90,000 and 60,000 x 0.5
    worth = {key: row["contract_value"] for key, row in by_id(report).items()}
    assert worth == {"A": 60000, "B": 90000, "C": 30000}


def test_currencies_of_amounts_that_the_decimal_mark_told_makes_unreadable_are_named_too() -> None:
    accounts = lines("account_id,arr", 'A,"$120,000.00"', 'B,"€90.000,00"', 'C,"£60,000.00"')
    with pytest.raises(InputError, match="several currencies: EUR, GBP, USD"):
        run(csat=lines("account_id,csat (1-5)", "A,5"), accounts=accounts, decimal=".")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Initial_MRR", "mrr"),
        ("Original ARR", "arr"),
        ("signed_acv", "acv"),
        ("ARR at start", "arr"),
        ("expected ARR", None),
    ],
)
def test_money_that_may_not_be_todays_is_offered_and_not_taken(tmp_path: Path, header: str, field: str | None) -> None:
    told = notes(read(tmp_path, accounts=f"account_id,{header},arr_growth,Annual Revenue; A,1200,5,9000"))
    assert ("is not taken for contract value" in told) is (field is not None)
    assert field is None or f'`columns: {{accounts: {{{field}: "{header}"}}}}`' in told
    assert "arr_growth" not in told.replace("not used", "")


@pytest.mark.parametrize("header", ["mrr_cents", "arr_k", "ARR (in thousands)", "ARR (k€)", "acv_mio"])
def test_money_in_cents_or_thousands_is_neither_taken_nor_offered_as_it_stands(tmp_path: Path, header: str) -> None:
    tables = read(tmp_path, accounts=f"account_id,{header}; A,1200")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "contract_value") == [(None,)]
    assert f"`{header}` of" in notes(tables)
    assert "in whole ones: export it so" in notes(tables)
    assert "`columns:" not in notes(tables)


@pytest.mark.parametrize(
    ("header", "value", "currency"),
    [
        ("ARR_EUR", 1200, "EUR"),
        ("arr in usd", 1200, "USD"),
        ("USD ARR", 1200, "USD"),
        ("ARR €", 1200, "EUR"),
        ("mrr_gbp", 14400, "GBP"),
        ("monthly_revenue", 14400, None),
        ("Monthly Fee", 14400, None),
        ("current_arr", 1200, None),
        ("Initial_MRR", None, None),  # what it was once
        ("expected ARR", None, None),
        ("arr_all", None, None),
        ("Annual Revenue", None, None),  # what the company earns
    ],
)
def test_money_by_more_of_its_usual_names(tmp_path: Path, header: str, value: int | None, currency: str | None) -> None:
    tables = read(tmp_path, accounts=f"account_id,{header}; A,1200")
    worth = None if value is None else Decimal(value)
    assert rows(tables.roles[Role.ACCOUNTS].frame, "contract_value", "currency") == [(worth, currency)]


@pytest.mark.parametrize(
    "header",
    ["licensed_users", "user_count", "Number of Seats", "# Seats", "Licences", "seat limit", "Purchased Seats"],
)
def test_seats_by_more_of_their_usual_names(tmp_path: Path, header: str) -> None:
    tables = read(tmp_path, accounts=f"account_id,org_name,{header}; A,Acme,12")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "account_name", "seats") == [("Acme", 12)]


@pytest.mark.parametrize("header", ["Date Submitted", "created_date", "feedback_date", "Completed On", "response time"])
def test_days_of_surveys_by_more_of_their_usual_names(tmp_path: Path, header: str) -> None:
    tables = read(tmp_path, csat=f"account_id,score,{header}; A,5,2026-11-02; A,1,2026-11-03")
    assert [str(at)[:10] for (at,) in rows(tables.roles[Role.CSAT].frame, "at")] == ["2026-11-02", "2026-11-03"]


@pytest.mark.parametrize("cell", ["0", "Unlimited", "unlimited", "∞", "Site license", "-1"])
def test_what_is_no_number_of_seats_is_unknown_and_told_by_line(tmp_path: Path, cell: str) -> None:
    tables = read(tmp_path, accounts=f"account_id,arr,seats; A,1000,{cell}; B,1000,10")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "seats", "fate") == [(None, "used"), (10, "used")]
    assert rows(tables.faults, "line", "column", "value") == [(2, "seats", cell)]


def test_a_subscription_of_extras_may_have_no_seats(tmp_path: Path) -> None:
    tables = read(tmp_path, accounts="account_id,subscription_id,seats; A,base,10; A,extra,0")
    assert tables.faults.is_empty()


@pytest.mark.parametrize(
    ("texts", "offered"),
    [
        ({"events": "account_id,churn_reason,churn_date,kind; A,price,2026-06-04,call"}, "churn_date"),
        ({"csat": "account_id,status,scored; A,answered,5; B,answered,4"}, "scored"),
        ({"csat": "account_id,status,state; A,answered,open"}, None),
        ({"events": "account_id,date,kinds_id; A,2026-06-04,17"}, None),
    ],
)
def test_no_column_is_suggested_for_what_its_cells_cannot_be(
    tmp_path: Path, texts: dict[str, str], offered: str | None
) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, **texts)
    hint = error.value.hint or ""
    assert (f"did you mean `{offered}`?" in hint) if offered else ("did you mean" not in hint)


@pytest.mark.parametrize(
    ("survey", "remedy"),
    [
        (lines("account_id,nps_score", "A,42", "B,-20", "C,8"), "--csat-scale nps.csv=-100-100"),
        (lines("account_id,nps_score", "A,85", "B,70", "C,8"), "--csat-scale nps.csv=0-100"),
        (lines("account_id,score", "-,1", "-,5", "C,4"), "--column account_id=HEADER"),
    ],
)
def test_more_rejects_are_never_offered_where_a_scale_or_a_key_is_the_remedy(
    csq: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survey: str, remedy: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nps.csv").write_text(survey)
    found = csq("triage", "--csat", "nps.csv")
    assert found.code == 3
    if "--column" in remedy or "nps_score" in survey:
        assert remedy in found.stderr
    assert "--max-rejects" not in found.stderr


def test_faults_of_one_column_are_told_in_the_order_of_their_lines() -> None:
    # A grouping that is not sorted comes in another order from run to run.
    accounts = lines("account_id,seats", "A,many", "B,0", "C,some", "D,0")
    for _ in range(10):
        report = run(csat=lines("account_id,csat (1-5)", "A,5"), accounts=accounts)
        faults = [note.text for note in report.notes if note.kind is NoteKind.FAULT]
        assert [text.split("first on ")[1] for text in faults] == [
            "line 2: not a whole number, taken as unknown",
            "line 3: no number of seats, taken as unknown",
        ]
