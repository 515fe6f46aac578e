"""Which header is which field: told, by preset, by name, by what a question asks."""

import pytest

from csq.errors import InputError
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from reading import RUN_DAY, notes, read, rows


def fields(tables, role="csat"):
    (file,) = (file for file in tables.files if file.role == role)
    return {field: header for header, field in file.columns}


def test_case_blanks_and_marks_in_headers_do_not_matter(tmp_path):
    tables = read(tmp_path, csat="ACCOUNT-ID,Csat_Score,Submitted At; A,5,2026-01-02")
    assert fields(tables) == {"account_id": "ACCOUNT-ID", "score": "Csat_Score", "submitted_at": "Submitted At"}


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Date", "2026-08-19 22:00"),
        ("Date (UTC)", "2026-08-19 22:00"),
        ("Date (Europe/Berlin)", "2026-08-19 20:00"),
        ("Date [America/New_York]", "2026-08-20 02:00"),
        ("Date (Nowhere/Land)", "2026-08-19 22:00"),
    ],
)
def test_a_time_zone_in_a_header_is_that_of_its_times(tmp_path, header, moment):
    tables = read(tmp_path, csat=f"account_id,score,{header}; A,5,2026-08-19 22:00:00")
    assert str(tables.roles[Role.CSAT].keyed["at"][0]).startswith(moment)


@pytest.mark.parametrize(("header", "currency"), [("ARR (USD)", "USD"), ("ARR [€]", "EUR"), ("ARR", None)])
def test_a_currency_in_a_header_is_that_of_its_amounts(tmp_path, header, currency):
    tables = read(tmp_path, accounts=f"account_id,{header}; A,5000")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "currency") == [(currency,)]
    assert str(tables.roles[Role.ACCOUNTS].frame["contract_value"][0]) == "5000.00"


def test_other_words_in_brackets_are_part_of_a_header(tmp_path):
    tables = read(tmp_path, accounts="account_id,ARR (old),ARR (usd); A,1,5000")
    assert fields(tables, "accounts")["arr"] == "ARR (usd)"
    assert "arr" not in fields(read(tmp_path, accounts="account_id,ARR (OLD); A,1"), "accounts")


def test_questions_are_known_by_what_they_ask(tmp_path):
    header = (
        'account_id,"How likely are you to recommend us, all in all?",Overall how satisfied are you?,'
        "How easy was it to get help?,Why did you choose this score?,How satisfied are you with support?"
    )
    found = fields(read(tmp_path, csat=f"{header}; A,9,5,7,fine,1; B,10,1,1,bad,5"))
    assert (found["nps"], found["score"]) == (
        "How likely are you to recommend us, all in all?",
        "Overall how satisfied are you?",
    )
    assert (found["ces"], found["comment"]) == ("How easy was it to get help?", "Why did you choose this score?")


def test_two_questions_of_one_kind_are_a_question_for_the_user(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, csat="account_id,How satisfied are you with A?,How satisfied are you with B?; A,5,5")
    assert "--column score=HEADER" in str(fault.value.hint)


def test_two_headers_of_one_name_are_a_question_for_the_user(tmp_path):
    with pytest.raises(InputError, match="two columns"):
        read(tmp_path, csat="account_id,Score,score; A,5,5")


def test_what_is_told_comes_before_preset_and_name(tmp_path):
    options = ReadOptions(run_day=RUN_DAY, columns={Role.CSAT: {"account_id": "Channel"}})
    csat = "Visitor ID,Date,Rating,Response Group,Response,NPS Themes,Channel; v,2026-01-02,9,P,,,A-1"
    tables = read(tmp_path, options=options, csat=csat)
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "answer") == [("A-1", 90.0)]


def test_a_preset_needs_all_its_headers(tmp_path):
    tables = read(tmp_path, csat="Visitor ID,Account ID,Date,Rating,Channel; v,A-1,2026-01-02,5,in-app")
    assert "Pendo" not in notes(tables)
    assert str(tables.roles[Role.CSAT].keyed["survey"][0]) == "csat"


def test_an_account_in_json_is_found_only_where_no_column_names_one(tmp_path):
    cell = '"{""plan"": ""pro"", ""customer_id"": ""A-7""}"'
    tables = read(tmp_path, csat=f'score,traits; 5,{cell}; 4,"not json"')
    assert fields(tables)["account_id"] == "traits > customer_id"
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("A-7",)]
    assert tables.rejects["reason"].to_list() == ["no account key"]
    assert "account_id" not in fields(read(tmp_path, csat=f"company,score,traits; Acme,5,{cell}"))


def test_dates_across_the_columns_become_rows(tmp_path):
    tables = read(tmp_path, usage="Company,Jul 2026,Aug 2026; Acme,10,20; Globex,,5")
    found = rows(tables.roles[Role.USAGE].keyed, "account_id", "period", "metric_events")
    assert [(account, str(day), count) for account, day, count in found] == [
        ("Acme", "2026-07-01", 10.0),
        ("Acme", "2026-08-01", 20.0),
        ("Globex", "2026-07-01", None),
        ("Globex", "2026-08-01", 5.0),
    ]


@pytest.mark.parametrize(
    "part", ["_", " ", "- ", "(1=", "(1-5) ", "in ", "in last 1 ", "any ", "likely ", "easy ", "$", "Jan 1 "]
)
@pytest.mark.parametrize("role", ["csat", "usage", "accounts"])
def test_a_header_of_sixty_thousand_characters_is_a_column_like_any_other(tmp_path, role, part):
    """To try each way of parting it, or each pair of its words, would take minutes and more."""
    header = "note" + part * (60_000 // len(part)) + "end"
    tables = read(tmp_path, **{role: f'account_id,arr,logins,score,"{header}"; A,1,2,5,x; B,2,3,4,y'})
    assert {"account_id", *(["score"] if role == "csat" else [])} <= set(fields(tables, role))


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("How likely is it, and is it likely at all, that you recommend us?", "nps"),
        ("Was it easy or hard for us to resolve it?", "ces"),
        ("Any more, or other, comments?", "comment"),
        ("Any more?\nYour comments", None),
    ],
)
def test_two_words_of_a_question_stand_apart_in_one_line(tmp_path, question, field):
    assert fields(read(tmp_path, csat=f'account_id,csat,"{question}"; A,5,5; B,4,4')).get(field or "") == (
        question if field else None
    )
