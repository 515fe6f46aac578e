"""The fate of every row, and what the user may say about rows that are faulty."""

import re
from itertools import permutations

import polars as pl
import pytest

from csq.cli.quality import Limit
from csq.errors import Exit, UsageError
from csq.fate import as_rows, count_fates, mark
from csq.terms import Aside, Fate, Role

ACCOUNTS = "account_id,arr\n" + "".join(f"A-{n},{n}000\n" for n in range(1, 21))
USAGE = "account_id,user_id,date\n" + "".join(f"A-{n},u{n},2026-11-{n:02}\n" for n in range(1, 21))


def folder(tmp_path, csat: str, **others: str) -> str:
    inputs = tmp_path / "exports"
    inputs.mkdir(exist_ok=True)
    texts = {"accounts": ACCOUNTS, "usage": USAGE, "csat": csat, **others}
    for name, text in texts.items():
        (inputs / f"{name}.csv").write_text(text)
    return str(inputs)


def survey(*rows: str, good: int = 20) -> str:
    lines = [f"A-{n},{n % 5 + 1},2026-11-{n:02},u{n}@acme.example" for n in range(1, good + 1)]
    return "\n".join(["account_id,score,submitted at,email", *lines, *rows]) + "\n"


FAULTY = ("A-1,9,2026-11-01,a@acme.example", ",5,2026-11-01,=b@acme.example", "A-3,=2+3,2026-11-01,c@acme.example")


def test_read_is_used_and_set_aside_and_rejected(csq, tmp_path):
    inputs = folder(tmp_path, survey(*FAULTY, "X-1,5,2026-11-02,d@x.example", "A-2,5,2024-01-01,e@acme.example"))
    text = csq("check", inputs, "--csat-scale", "1-5").stdout.decode()
    assert "25 rows read = 20 used + 2 set aside" in text
    assert "+ 3 rejected (1 no account key, 1 score is not a number, 1 score outside the scale 1-5)" in text


def test_rejects_are_written_as_they_stand_and_guarded(csq, tmp_path):
    inputs = folder(tmp_path, survey(*FAULTY))
    result = csq("check", inputs, "--csat-scale", "1-5", "--rejects", "rejects.csv")
    assert result.code == Exit.FOUND
    path = f"{inputs}/csat.csv"
    assert (tmp_path / "rejects.csv").read_text().splitlines() == [
        "file,line,column,value,reason",
        f"{path},22,score,9,score outside the scale 1-5",
        f'{path},23,account_id,"",no account key',
        f"{path},24,score,'=2+3,score is not a number",
    ]


@pytest.mark.parametrize("value", ["oops;=1+1;x", "a|b", 'a"b', "a\tb"])
def test_a_rejected_value_stays_in_its_cell_wherever_a_spreadsheet_parts(csq, tmp_path, value):
    inputs = folder(tmp_path, survey('A-1,"{}",2026-11-01,a@acme.example'.format(value.replace('"', '""'))))
    csq("check", inputs, "--csat-scale", "1-5", "--rejects", "rejects.csv")
    cell = value.replace('"', '""')
    told = f'{inputs}/csat.csv,22,score,"{cell}",score is not a number'
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1] == told


def test_too_many_rejects_stop_the_run_with_their_reasons_and_are_written_all_the_same(csq, tmp_path):
    inputs = folder(tmp_path, survey(*FAULTY))
    result = csq("triage", inputs, "--csat-scale", "1-5", "--rejects", "rejects.csv", "-o", "out.csv")
    assert result.code == Exit.INPUT
    lines = result.stderr.splitlines()
    assert lines[0] == f"error: 3 of 23 rows in `{inputs}/csat.csv` were rejected, over the limit of 5%"
    assert lines[1:4] == [
        "         1  `score`: score outside the scale 1-5, first on line 22: `9`",
        "         1  `account_id`: no account key, first on line 23",
        "         1  `score`: score is not a number, first on line 24: `=2+3`",
    ]
    assert lines[-1] == "hint: they are in `rejects.csv`; `--max-rejects 14%` accepts them"
    assert len((tmp_path / "rejects.csv").read_text().splitlines()) == 4
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(("limit", "code"), [("14%", Exit.OK), ("3", Exit.OK), ("13%", Exit.INPUT), ("2", Exit.INPUT)])
def test_the_limit_is_in_rows_or_in_percent_of_a_file(csq, tmp_path, limit, code):
    inputs = folder(tmp_path, survey(*FAULTY))
    assert csq("triage", inputs, "--csat-scale", "1-5", "--max-rejects", limit).code == code


def test_rows_that_are_set_aside_never_count_as_rejected(csq, tmp_path):
    inputs = folder(tmp_path, survey(*[f"A-1,3,2020-01-{n:02},z{n}@acme.example" for n in range(1, 15)]))
    assert csq("triage", inputs, "--csat-scale", "1-5", "--max-rejects", "0").code == Exit.OK


@pytest.mark.parametrize("text", ["", "5 %", "-1", "101%", "half"])
def test_a_limit_that_is_none_is_a_usage_error(text):
    with pytest.raises(UsageError):
        Limit(text)


def test_rejects_never_replace_an_input(csq, tmp_path):
    inputs = folder(tmp_path, survey())
    result = csq("check", inputs, "--rejects", f"{inputs}/csat.csv")
    assert result.code == Exit.USAGE
    assert (tmp_path / "exports" / "csat.csv").read_text() == survey()


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("X-1,5,2026-11-02,d@x.example", "1  rows without an account"),
        ("A-1,9,2026-11-02,d@x.example", "1  rejected rows"),
        ("A-1,5,soon,d@x.example", "1  unreadable cells"),
        ("A-1,5,2026-11-02", "1  repairs"),
    ],
)
def test_strict_stops_at_what_is_otherwise_told(csq, tmp_path, row, what):
    inputs = folder(tmp_path, survey(row))
    told = ("triage", inputs, "--csat-scale", "1-5")
    assert csq(*told).code == Exit.OK
    result = csq(*told, "--strict")
    assert result.code == Exit.INPUT
    assert what in result.stderr
    assert csq("check", inputs, "--csat-scale", "1-5", "--strict").code == Exit.INPUT
    clean = folder(tmp_path, survey())
    assert csq("triage", clean, "--strict", "--csat-scale", "1-5").code == Exit.OK


def test_keys_that_a_spreadsheet_damaged_are_named_where_nothing_matches(csq, tmp_path):
    inputs = folder(tmp_path, survey(), accounts=ACCOUNTS.replace("A-", "00"), usage=USAGE.replace("A-", ""))
    result = csq("triage", inputs, "--csat-scale", "1-5")
    assert result.code == Exit.INPUT
    assert "the zeros in front are lost: `1` is `001` there" in result.stderr


def test_contacts_lead_people_to_accounts_from_a_flag_and_from_a_folder(csq, tmp_path):
    nps = "Visitor ID,Date,Rating,Response Group,Response,NPS Themes,Channel\n"
    nps += "".join(f"v{n},2026-11-{n:02},{n % 11},x,,,app\n" for n in range(1, 21))
    people = "Visitor ID,Account ID\n" + "".join(f"v{n},A-{n}\n" for n in range(1, 21))
    inputs = folder(tmp_path, nps)
    assert "`--contacts FILE` maps visitors to accounts" in csq("triage", inputs).stderr
    (tmp_path / "people.csv").write_text(people)
    assert csq("triage", inputs, "--contacts", "people.csv").code == Exit.OK
    text = csq("check", folder(tmp_path, nps, contacts=people)).stdout.decode()
    assert "20 of 20 rows match, for 20 accounts" in text
    assert "contacts: " in text
    assert text.count("20 rows read = 20 used + 0 set aside + 0 rejected") == 4


def test_the_exports_that_are_known_are_listed_with_their_headers(csq):
    result = csq("check", "--formats")
    assert result.code == Exit.OK
    text = result.stdout.decode()
    assert "Pendo NPS (--csat)\n  Visitor ID, Date, Rating, Response Group, NPS Themes\n" in text
    assert "GA4 report: " in text


def test_an_encoding_that_is_told_is_used(csq, tmp_path):
    inputs = folder(tmp_path, survey())
    (tmp_path / "exports" / "accounts.csv").write_bytes(
        ACCOUNTS.replace("arr", "arr,owner").replace("000\n", "000,Zoë\n").encode("mac-roman")
    )
    told = csq("triage", inputs, "--csat-scale", "1-5", "--encoding", "mac-roman", "-f", "csv")
    assert "Zoë" in told.stdout.decode()


def test_strict_counts_rows_of_every_role_that_found_no_account(csq, tmp_path):
    goals = "account_id,goal,target_date\nZ-1,Ship,2027-01-01\n"
    result = csq("triage", folder(tmp_path, survey(), goals=goals), "--csat-scale", "1-5", "--strict")
    assert result.code == Exit.INPUT
    assert "1  rows without an account" in result.stderr


def test_strict_counts_the_rows_of_a_big_log_and_not_its_days(csq, tmp_path, monkeypatch):
    monkeypatch.setattr("csq.sources.load.BIG", 0)
    stray = "".join(f"Z-1,u{n},2026-11-20\n" for n in range(7))
    inputs = folder(tmp_path, survey(), usage=USAGE + stray)
    result = csq("triage", inputs, "--csat-scale", "1-5", "--strict")
    assert "7  rows without an account" in result.stderr


EVERYTHING = """\
account_id,company_name,arr,nps_score,date,user_id,goal,target_date,kind,outcome,field,value,author,reason
A,Alpha,1000,5,2026-11-01,u1,Ship,2027-01-01,call,renewed,owner,Kim,Jo,told so
B,Beta,1000,40,2026-11-02,u2,Ship,2027-01-01,call,churned,owner,Kim,Jo,told so
,Gamma,1000,-20,,,,,,,owner,Kim,Jo,told so
Z,Zeta,1000,7,2026-11-03,u4,Sell,soon,,won,owner,Kim,Jo,told so
"""
"""One file that every role can be read from, and a row that most of them reject."""


@pytest.mark.parametrize(("one", "other"), list(permutations(Role, 2)))
def test_a_file_in_two_roles_adds_up_for_each_of_them(csq, tmp_path, one, other):
    (tmp_path / "all.csv").write_text(EVERYTHING)
    (tmp_path / "usage.csv").write_text(USAGE)
    roles = [one, other] if Role.USAGE in (one, other) or Role.CSAT in (one, other) else [one, other, Role.USAGE]
    flags = [word for role in roles for word in (f"--{role}", "all.csv")]
    result = csq("check", *flags, "--csat-scale=-100-100", "--as-of", "2026-11-15")
    assert result.code in (Exit.OK, Exit.FOUND), result.stderr
    told = re.findall(r"(\d+) rows read = (\d+) used \+ (\d+) set aside.* \+ (\d+) rejected", result.stdout.decode())
    assert len(told) == len(roles)
    for read, *fates in told:
        assert (int(read), sum(map(int, fates))) == (4, 4)


def test_a_customers_file_with_scores_adds_up_as_accounts_and_as_answers(csq, tmp_path):
    rows = ("customer_id,company_name,arr,nps_score", "A,Alpha,1000,5", "B,Beta,1000,40", "C,Gamma,1000,-20")
    (tmp_path / "customers.csv").write_text("\n".join(rows))
    result = csq("check", "--accounts", "customers.csv", "--csat", "customers.csv", "--csat-scale=-100-100")
    assert result.stdout.decode().count("3 rows read = 3 used + 0 set aside + 0 rejected") == 2


def test_a_row_keeps_its_first_fate_and_a_mask_that_is_not_known_marks_nothing():
    rows = as_rows(pl.DataFrame({"file": "a.csv", "line": [2, 3, 4], "late": [True, None, False], "old": True}))
    rows = mark(rows, {Aside.AFTER_AS_OF: pl.col("late"), Aside.OUTSIDE_WINDOWS: ~pl.col("late")})
    assert rows["fate"].to_list() == [Aside.AFTER_AS_OF, Fate.USED, Aside.OUTSIDE_WINDOWS]
    rows = mark(rows, {Fate.REJECTED: pl.col("old")}, reason="too old", column="Old", value=pl.lit("yes"))
    assert rows["fate"].to_list() == [Aside.AFTER_AS_OF, Fate.REJECTED, Aside.OUTSIDE_WINDOWS]
    assert rows["reject_reason"].to_list() == [None, "too old", None]
    assert count_fates(rows)["rows"].to_list() == [1, 1, 1]
