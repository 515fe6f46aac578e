"""Whose row it is: by id, name, domain or person; damage named, ambiguity reported, nothing settled by order."""

import polars as pl
import pytest

from csq.errors import InputError, UsageError
from csq.sources.cells.keys import name_damage, salesforce_twin
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Role
from reading import RUN_DAY, notes, read, rows

SCALED = ReadOptions(run_day=RUN_DAY, csat_scale=("1-5",))
ACCOUNTS = (
    "Account ID,Account Name,External ID,Domain; 00123,Acme,cus_1,acme.example; 00124,Globex,cus_2,globex.example"
)


@pytest.mark.parametrize(
    ("csat", "key"),
    [
        ("account_id,score; 00123,5; 00124,1", "account_id"),
        ("external_id,score; cus_1,5; cus_2,1", "external_id"),
        ("customer id,score; cus_1,5; cus_2,1", "external_id"),
        ("company,score; Acme,5;  Globex ,1", "account_name"),
        ("email,score; jane@ACME.example,5; rick@www.globex.example,1", "email_domain"),
        ("website,score; https://www.acme.example/x,5; globex.example,1", "email_domain"),
    ],
)
def test_a_row_finds_its_account_by_whichever_key_it_has(tmp_path, csat, key):
    tables = read(tmp_path, accounts=ACCOUNTS, csat=csat)
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("00123",), ("00124",)]
    assert tables.roles[Role.CSAT].key == key


@pytest.mark.parametrize(
    ("csat", "key", "runner_up", "rows_of_it"),
    [
        # Two of four names are known, which was enough once; all domains are.
        (
            "company,email,score; Acme,a@acme.example,5; Globex,b@eu.globex.example,1; Acme Inc,c@acme.example,2; "
            "Globx,d@globex.example,3",
            "email_domain",
            "account_name",
            2,
        ),
        # Three of four ids are known; one domain is.
        (
            "account_id,email,score; 00123,a@acme.example,5; 00124,b@x.example,1; 00123,c@y.example,2; 9,d@z.example,3",
            "account_id",
            "email_domain",
            1,
        ),
        # As many by either: the id goes before the name.
        ("account_id,company,score; 00123,Acme,5; 00124,Globex,1", "account_id", "account_name", 2),
    ],
)
def test_the_key_that_joins_most_rows_is_taken_and_the_next_best_told(tmp_path, csat, key, runner_up, rows_of_it):
    found = read(tmp_path, accounts=ACCOUNTS, csat=csat, options=SCALED).roles[Role.CSAT]
    assert found.key == key
    assert found.runner_up is not None
    assert (found.runner_up.kind, found.runner_up.rows) == (runner_up, rows_of_it)


@pytest.mark.parametrize(
    ("usage", "header"),
    [
        ("tenant,date,user_id; 00123,2026-05-01,u; 00124,2026-05-02,v; 9,2026-05-02,w", "tenant"),  # two ids of three
        ("who,plan,date,user_id; Acme,x,2026-05-01,u; ,x,2026-05-02,v", "who"),  # a name; blank cells say nothing
        ("ref,date,user_id; cus_1,2026-05-01,u; cus_2,2026-05-02,v", "ref"),
    ],
)
def test_a_column_that_holds_the_keys_under_a_name_of_its_own_is_named_with_its_flag(tmp_path, usage, header):
    with pytest.raises(InputError, match=f"`{header}` holds such keys") as fault:
        read(tmp_path, accounts=ACCOUNTS, usage=usage)
    assert f"`--column account_id={header}` says so" in str(fault.value.hint)
    assert fault.value.asks[0].path == ("columns", "usage", "account_id")


def test_where_no_column_holds_keys_the_kinds_that_there_are_are_named(tmp_path):
    with pytest.raises(InputError, match="can name an account of the accounts file") as fault:
        read(tmp_path, accounts="account_id,arr; 00123,1", usage="tenant,user_id,feature; x,u,a; y,u,a; 00123,u,a")
    assert "`--column account_id=HEADER`" in str(fault.value.hint)


@pytest.mark.parametrize(
    ("accounts", "address"),
    [
        ("account_id,website; A,https://acme.co.uk; B,globex.example", "jane@mail.acme.co.uk"),
        ("account_id,website; A,eu.acme.com; B,globex.example", "jane@acme.com"),
        ("account_id,website; A,acme.com; B,globex.example", "jane@EU.acme.com"),
        ('account_id,website; A,"acme.com, acme.de"; B,globex.example', "jane@acme.de"),
        ("account_id,website; A,acme.de;acme.com", "jane@acme.com"),
    ],
)
def test_the_domain_of_an_address_is_a_key(tmp_path, accounts, address):
    for header in ("email", "user_id", "account"):
        found = read(tmp_path, accounts=accounts, csat=f"{header},score; {address},5", options=SCALED)
        assert rows(found.roles[Role.CSAT].keyed, "account_id") == [("A",)], header


def test_companies_under_one_suffix_are_not_one(tmp_path):
    accounts = "account_id,website; A,acme.co.uk; B,zed.onmicrosoft.com"
    asked = "email,score; x@globex.co.uk,5; y@acme.onmicrosoft.com,4; z@acme.co.uk,3"
    found = read(tmp_path, accounts=accounts, csat=asked, options=SCALED)
    assert rows(found.roles[Role.CSAT].keyed, "account_id") == [(None,), (None,), ("A",)]


def test_free_mail_leads_to_nobody(tmp_path):
    accounts = "account_id,email_domain; A,gmail.com; B,acme.example"
    tables = read(tmp_path, accounts=accounts, csat="email,score; x@gmail.com,5; y@acme.example,4; z@acme.example,5")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "fate") == [("B", "used"), ("B", "used")]
    assert tables.rejects["reason"].to_list() == ["no account key"]


def test_forms_and_blanks_do_not_matter_and_case_does(tmp_path):
    tables = read(tmp_path, accounts="account_id,x; Ａ-1,a; b-2,b", csat="account_id,score; A-1 ,5; B-2,4")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "fate") == [("A-1", "used"), (None, str(Aside.UNMATCHED))]
    assert "upper and lower case differ: `B-2` is `b-2` there" in notes(tables)


def test_a_key_of_two_accounts_is_reported_whatever_the_order(tmp_path):
    for accounts in ("account_id,name; 1,Acme; 2,Acme; 3,Globex", "account_id,name; 2,Acme; 3,Globex; 1,Acme"):
        tables = read(tmp_path, accounts=accounts, csat="company,score; Acme,5; Globex,4")
        assert rows(tables.roles[Role.CSAT].keyed, "account_id", "fate") == [
            (None, str(Aside.AMBIGUOUS)),
            ("3", "used"),
        ]
        assert tables.roles[Role.CSAT].ambiguous == 1


@pytest.mark.parametrize(
    ("lost", "known", "said"),
    [
        ("123", "00123", "the zeros in front are lost: `123` is `00123` there"),
        ("00123", "123", "the zeros in front are lost: `00123` is `123` there"),
        ("1.23457E+11", "123456789012", "a spreadsheet rounded them: `1.23457E+11` is `123456789012` there"),
        ("1.2E+15", "1200000000000001", "a spreadsheet rounded them"),
        ("1001.0", "1001", "a decimal point was put behind them: `1001.0` is `1001` there"),
    ],
)
def test_ids_that_a_spreadsheet_damaged_are_named_and_never_matched(tmp_path, lost, known, said):
    tables = read(tmp_path, accounts=f"account_id,x; {known},a; Z,z", csat=f"account_id,score; {lost},5; Z,4")
    assert said in notes(tables)
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "fate") == [(None, str(Aside.UNMATCHED)), ("Z", "used")]
    assert said in tables.roles[Role.CSAT].damage[0]


def test_a_key_that_is_simply_unknown_is_not_called_damaged():
    assert name_damage(pl.Series(["7", "x", "1E+2"]), pl.Series(["8", "y"])) == []


def test_salesforce_ids_of_both_lengths_are_one_account(tmp_path):
    # The last three letters tell the capitals of the first fifteen: checked by hand, five letters at a time.
    assert salesforce_twin("001A000001abcDE") == "001A000001abcDEIAY"
    assert salesforce_twin("001A000001abcDEIAY") == "001A000001abcDE"
    assert salesforce_twin("001A000001abcDEAAA") is None
    assert salesforce_twin("A-1001") is None
    tables = read(tmp_path, accounts="account_id,x; 001A000001abcDE,a", csat="account_id,score; 001A000001abcDEIAY,5")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("001A000001abcDE",)]


def test_people_lead_to_accounts_by_the_contacts(tmp_path):
    tables = read(
        tmp_path,
        contacts="Visitor ID,Email,Account ID; v1,jane@acme.example,00123; v2,rick@gmail.com,00124",
        accounts=ACCOUNTS,
        csat="visitor id,score; v1,5; v2,1; v3,4; Rick@Gmail.com,5",
    )
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("00123",), ("00124",), (None,), ("00124",)]
    tables = read(
        tmp_path,
        contacts="Email,Account ID; jane@acme.example,00123; rick@gmail.com,00124",
        accounts=ACCOUNTS,
        csat="email,score; Jane@acme.example,5; Rick@Gmail.com,1",
    )
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("00123",), ("00124",)]


def test_a_person_of_two_accounts_is_ambiguous(tmp_path):
    contacts = "user id,account id; u1,00123; u1,00124; u2,00124"
    tables = read(tmp_path, contacts=contacts, accounts=ACCOUNTS, csat="user id,score; u1,5; u2,4")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "fate") == [
        (None, str(Aside.AMBIGUOUS)),
        ("00124", "used"),
    ]


def test_a_row_without_its_key_goes_by_the_next_it_has_and_that_is_said(tmp_path):
    tables = read(
        tmp_path,
        accounts=ACCOUNTS,
        csat="company,domain,score; Acme,acme.example,5; Acme,x.example,4; -,globex.example,1; ,,3",
    )
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("00123",), ("00123",), ("00124",)]
    assert tables.rejects["line"].to_list() == [5]
    assert "a row of" in notes(tables)


def test_without_accounts_a_domain_that_others_name_is_theirs(tmp_path):
    csat = "company,domain,score; Acme,acme.example,5; ,acme.example,4; ,gmail.com,3; ,new.example,2"
    tables = read(tmp_path, csat=csat)
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("Acme",), ("Acme",), ("new.example",)]


def test_a_key_that_is_told_is_the_only_one_tried(tmp_path):
    options = ReadOptions(run_day=RUN_DAY, keys={Role.CSAT: "external_id"})
    tables = read(tmp_path, options=options, accounts=ACCOUNTS, csat="account_id,score; cus_1,5; 00124,4")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("00123",), (None,)]
    with pytest.raises(UsageError, match="no such key column"):
        read(
            tmp_path,
            options=ReadOptions(keys={Role.CSAT: "subscription_id"}),
            accounts=ACCOUNTS,
            csat="account_id,score; 1,5",
        )


def test_nothing_that_names_an_account_is_an_error_with_a_way_out(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, csat="score,comment; 5,good")
    assert "--column account_id=" in str(fault.value.hint)
