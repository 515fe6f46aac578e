"""`csq check` at the door: what was understood, and whether all of it was."""

import pytest


@pytest.fixture
def exports(tmp_path):
    (tmp_path / "usage.csv").write_text("Account,Day,Who\nA,2026-04-01,u1\nB,2026-04-02,u2\n")
    (tmp_path / "csat.csv").write_text("Customer ID,Rating (1-5)\nA,5\nB,1\n")
    (tmp_path / "accounts.csv").write_text("Account ID,ARR,Mood\nA,100.50,fine\nB,200,sour\n")
    return tmp_path


def test_clean_files_end_with_0_and_say_which_header_became_which_field(csq, exports):
    result = csq("check", exports)
    assert result.code == 0
    text = result.stdout.decode()
    assert "Account  -> account_id" in text
    assert "not used: Who" in text
    assert "Rating (1-5)  -> score" in text
    assert "2 rows read = 2 used + 0 set aside + 0 rejected" in text
    assert "scale 1-5 for csat" in text


def test_the_join_is_told_with_its_money(csq, exports):
    (exports / "csat.csv").write_text("Customer ID,Rating (1-5)\nA,5\nA,1\nZ,4\n")
    result = csq("check", exports)
    text = result.stdout.decode()
    assert "2 of 3 rows match, for 1 accounts" in text
    assert "1 accounts without a row, worth 200 a year" in text
    assert "1 keys among no account: Z" in text
    assert result.code == 1


def test_a_rejected_row_is_told_with_its_place_and_ends_with_1(csq, exports):
    (exports / "csat.csv").write_text("Customer ID,Rating (1-5)\nA,5\nB,great stuff\n")
    result = csq("check", exports)
    assert result.code == 1
    assert "csat.csv:3 Rating (1-5) `great stuff`: score is not a number" in result.stdout.decode()


def test_an_unreadable_optional_cell_is_told_and_its_row_used(csq, exports):
    (exports / "accounts.csv").write_text("Account ID,ARR\nA,100.50\nB,a lot\n")
    result = csq("check", exports)
    assert result.code == 1
    text = result.stdout.decode()
    assert "accounts.csv:3 ARR `a lot`: not an amount of money" in text
    assert "2 rows read = 2 used" in text


def test_an_email_address_is_not_shown(csq, exports):
    (exports / "csat.csv").write_text("Customer ID,Rating (1-5)\nA,5\nB,jane@acme.example\n")
    text = csq("check", exports).stdout.decode()
    assert "jane@" not in text
    assert "(an e-mail address)" in text


def test_an_email_address_that_is_a_key_without_an_account_is_not_shown(csq, exports):
    (exports / "csat.csv").write_text("Customer ID,Rating (1-5)\nA,5\nA,1\njane@acme.example,4\n")
    text = csq("check", exports).stdout.decode() + csq("triage", exports).stdout.decode()
    assert "1 keys among no account: (an e-mail address)" in text
    assert "jane@" not in text


@pytest.mark.parametrize("mark", ["'{}", '"=""{}"""', "{}\u200b"])
def test_an_id_that_was_repaired_is_not_clean_to_strict(csq, tmp_path, mark):
    (tmp_path / "accounts.csv").write_text("account_id,account_name\n007,Bond\n")
    usage = tmp_path / "usage.csv"
    usage.write_text("account_id,month,logins\n007,2026-10,5\n")
    assert csq("check", tmp_path, "--strict").code == 0
    usage.write_text(f"account_id,month,logins\n{mark.format('007')},2026-10,5\n")
    refused = csq("check", tmp_path, "--strict")
    assert (refused.code, "1  repairs" in refused.stderr) == (3, True)
