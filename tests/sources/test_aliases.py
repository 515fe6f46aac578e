"""Keys that a person has said are an account: used, counted apart, and refused with their line where they cannot be."""

from pathlib import Path

import pytest

from csq.errors import InputError
from csq.sources.load import Tables
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Role
from reading import RUN_DAY, read, rows

HEADER = "role,key,account_id,account_name,why,rows,value"
ACCOUNTS = "account_id,account_name,domain; 00123,Acme,acme.example; 2,Globex,globex.example; 3,Zed,; 4,Zed,"


def said(folder: Path, aliases: str, csat: str, accounts: str | None = ACCOUNTS) -> Tables:
    path = folder / "said.csv"
    path.write_text(f"{HEADER}\n{aliases}\n")
    options = ReadOptions(run_day=RUN_DAY, csat_scale=("1-5",), aliases=(path,))
    return read(folder, options=options, **({"accounts": accounts} if accounts else {}), csat=csat)


def joined(tables: Tables) -> list[tuple[object, ...]]:
    return rows(tables.roles[Role.CSAT].keyed, "key", "account_id", "fate")


def test_an_alias_is_used_for_its_role_and_a_line_without_an_account_is_not(tmp_path):
    """Line 2 is decided, line 3 is not yet, line 4 is of another role."""
    aliases = "csat,ACME Inc,00123,Acme,,,\ncsat,Globx,,,close,,\nusage,Other,2,,,,"
    tables = said(tmp_path, aliases, "company,score; ACME Inc,5; Globx,4; Other,3; Globex,2")
    assert joined(tables) == [
        ("ACME Inc", "00123", "used"),
        ("Globx", None, str(Aside.UNMATCHED)),
        ("Other", None, str(Aside.UNMATCHED)),
        ("Globex", "2", "used"),
    ]


def test_keys_come_back_as_they_were_written_for_a_spreadsheet(tmp_path):
    """An apostrophe before what a spreadsheet would run is no part of the key, and a semicolon may part the cells."""
    tables = said(tmp_path, "csat,'-Acme,00123,,,,\ncsat,'=Globex,2,,,,", "company,score; -Acme,5; =Globex,4")
    assert [account for _, account, _ in joined(tables)] == ["00123", "2"]
    (tmp_path / "said.csv").write_text("role;key;account_id\ncsat;Acme, Inc;2\n")
    options = ReadOptions(run_day=RUN_DAY, csat_scale=("1-5",), aliases=(tmp_path / "said.csv",))
    tables = read(tmp_path, options=options, accounts=ACCOUNTS, csat='company,score; "Acme, Inc",5')
    assert joined(tables) == [("Acme, Inc", "2", "used")]


def test_a_domain_can_be_an_alias(tmp_path):
    tables = said(
        tmp_path, "csat,acme-group.example,00123,,,,", "email,score; j@eu.acme-group.example,5; k@globex.example,4"
    )
    assert [account for _, account, _ in joined(tables)] == ["00123", "2"]


def test_a_key_that_fits_two_accounts_can_be_settled(tmp_path):
    assert joined(said(tmp_path, "csat,Zed,4,,,,", "company,score; Zed,5; Acme,4"))[0] == ("Zed", "4", "used")


def test_an_alias_that_says_what_the_accounts_say_too_is_none(tmp_path):
    """The CRM was mended since; the line does no harm."""
    tables = said(tmp_path, "csat,Acme,00123,,,,", "company,score; Acme,5")
    assert rows(tables.roles[Role.CSAT].keyed, "account_id", "key_kind") == [("00123", "account_name")]


def test_without_an_accounts_file_an_alias_is_another_name_of_a_key(tmp_path):
    tables = said(tmp_path, "csat,ACME Inc,Acme,,,,", "company,score; ACME Inc,5; Acme,4", accounts=None)
    assert rows(tables.roles[Role.CSAT].frame, "account_id") == [("Acme",), ("Acme",)]


@pytest.mark.parametrize(
    ("aliases", "line", "message", "hint"),
    [
        ("csat,X,2,,,,\ncsat,X,00123,,,,", 3, "`X` is said to be `00123`, and `2` on line 2", "keep the line"),
        ("csat,Y,2,,,,\ncsat,X,9,,,,", 3, "`X` is said to be `9`, which is the id of no account", "account_id"),
        ("csat,X,Globex,,,,", 2, "`Globex`, which is the id of no account", "did you mean `2`"),
        ("csat,X,0123,,,,", 2, "is the id of no account", "did you mean `00123`"),
        ("csat,Globex,00123,,,,", 2, "`Globex` is said to be `00123`, but it is a key of `2`", "take the line out"),
        ("csat,globex.example,00123,,,,", 2, "but it is a key of `2`", "take the line out"),
        ("csat,Zed,2,,,,", 2, "but it is a key of `3`, `4`", "take the line out"),
        ("csta,X,2,,,,", 2, "`csta` is no role", "did you mean `csat`"),
        (",X,2,,,,", 2, "no role", "one of"),
        ("csat,,2,,,,", 2, "no key that would be `2`", "name the key"),
    ],
)
def test_an_alias_that_cannot_be_used_is_an_error_with_its_line(tmp_path, aliases, line, message, hint):
    with pytest.raises(InputError) as fault:
        said(tmp_path, aliases, "company,score; Acme,5")
    assert message in fault.value.message
    assert fault.value.location
    assert (fault.value.location.label[-8:], fault.value.location.line) == ("said.csv", line)
    assert hint in str(fault.value.hint)


def test_a_file_that_is_none_of_aliases_says_which_column_it_lacks(tmp_path):
    path = tmp_path / "said.csv"
    path.write_text("role,key\ncsat,X\n")
    with pytest.raises(InputError, match="no column `account_id`"):
        read(tmp_path, options=ReadOptions(aliases=(path,)), accounts=ACCOUNTS, csat="company,score; Acme,5")
