"""`csq check` at the door: what was understood, and whether all of it was."""

import json
import shlex

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


@pytest.fixture
def misnamed(tmp_path):
    """Two of five companies are called as the accounts call them."""
    (tmp_path / "accounts.csv").write_text(
        "account_id,account_name,arr\n1,Alpha Tools Ltd,1000\n2,Beta GmbH,2000\n3,Gamma Inc.,3000.50\n"
        "4,Delta & Sons,4000\n5,Epsilon  SA,5000\n6,Zeta Motors,\n"
    )
    companies = (
        "alpha tools ltd",
        "Beta GmbH ",
        "Gamma Inc",
        "Delta and Sons",
        "Epsilon SA",
        "Zeta Mottors",
        "Strange",
    )
    lines = [f"{name},2026-05-01,{n}0\n" for n, name in enumerate(companies, 1)]
    (tmp_path / "usage.csv").write_text("company,month,logins\n" + "".join(lines))
    return "--accounts", "accounts.csv", "--usage", "usage.csv"


HEADER = "role,key,account_id,account_name,why,rows,value"
FILLED = [
    "usage,Delta and Sons,4,Delta & Sons,same but for punctuation,1,4000",
    "usage,Gamma Inc,3,Gamma Inc.,same but for punctuation,1,3000.50",
    "usage,alpha tools ltd,1,Alpha Tools Ltd,same but for case,1,1000",
]
CLOSE = "usage,Zeta Mottors,,,close by spelling: 6 Zeta Motors,1,"


def test_too_little_that_matches_names_the_command_that_mends_it_and_it_does(csq, misnamed, tmp_path):
    refused = csq("triage", *misnamed)
    assert refused.code == 3
    told = "csq check --usage usage.csv --accounts accounts.csv --aliases aliases.csv"
    assert f"hint: `{told}` offers" in refused.stderr
    assert csq(*shlex.split(told)[1:]).code == 1
    assert (tmp_path / "aliases.csv").read_text().splitlines() == [HEADER, *FILLED, CLOSE]
    result = csq("triage", *misnamed, "--aliases", "aliases.csv", "-f", "json")
    assert result.code == 0
    (join,) = json.loads(result.stdout)["joins"]
    assert (join["matched"], join["aliased"], join["only_here"]) == (5, 3, ["Strange", "Zeta Mottors"])
    assert (
        "5 of 7 rows match, 3 of them by an alias"
        in csq("check", *misnamed, "--aliases", "aliases.csv").stdout.decode()
    )


def test_a_command_to_paste_is_quoted(csq, misnamed, tmp_path):
    (tmp_path / "usage.csv").rename(tmp_path / "of May $1's.csv")
    refused = csq("triage", "--accounts", "accounts.csv", "--usage", "of May $1's.csv", "--as-of", "2026-05-31")
    command = refused.stderr.partition("hint: `")[2].partition("` offers")[0]
    assert shlex.split(command)[3] == "of May $1's.csv"
    assert csq(*shlex.split(command)[1:]).code == 1


def test_what_a_file_of_aliases_says_stays_and_what_is_new_is_added(csq, misnamed, tmp_path):
    """One line was decided by a person, one was cleared, and a key of last month is not in this month's files."""
    decided = [
        "usage,Zeta Mottors,6,Zeta Motors,I asked Dana,1,",
        "usage,Gamma Inc,,,not them,1,",
        "csat,Old Name,2,Beta GmbH,,3,2000",
    ]
    (tmp_path / "aliases.csv").write_text("\n".join([HEADER, *decided]) + "\n")
    (tmp_path / "csq.yaml").write_text("aliases: aliases.csv\n")
    for _ in range(2):
        csq("check", *misnamed, "--aliases", "aliases.csv")
        assert (tmp_path / "aliases.csv").read_text().splitlines() == [HEADER, *decided, FILLED[0], FILLED[2]]


def test_aliases_of_the_settings_are_taken_over_into_another_file(csq, misnamed, tmp_path):
    (tmp_path / "said.csv").write_text(f"{HEADER}\nusage,Strange,6,,,,\n")
    (tmp_path / "csq.yaml").write_text("aliases: said.csv\n")
    assert "1 of them by an alias" in csq("check", *misnamed).stdout.decode()
    csq("check", *misnamed, "--aliases", "new.csv")
    assert (tmp_path / "new.csv").read_text().splitlines() == [HEADER, "usage,Strange,6,,,,", *FILLED, CLOSE]


def test_a_file_of_aliases_is_never_an_output_of_anything_else(csq, misnamed, tmp_path):
    said = f"{HEADER}\nusage,Strange,6,,,,\n"
    (tmp_path / "said.csv").write_text(said)
    assert csq("triage", *misnamed, "--aliases", "said.csv", "-o", "said.csv").code == 2
    assert csq("check", *misnamed, "--aliases", "usage.csv").code == 2
    (tmp_path / "said.csv").write_text(f"{said}usage,Gamma Inc,9,,,,\n")
    refused = csq("check", *misnamed, "--aliases", "said.csv")
    assert refused.code == 3
    assert "said.csv:3" in refused.stderr
    assert (tmp_path / "said.csv").read_text() == f"{said}usage,Gamma Inc,9,,,,\n"
    assert csq("triage", *misnamed, "--aliases", "none.csv").code == 3


def test_accounts_to_offer_have_to_be_there(csq, tmp_path):
    (tmp_path / "usage.csv").write_text("company,month,logins\nA,2026-05-01,1\n")
    result = csq("check", "--usage", "usage.csv", "--aliases", "aliases.csv")
    assert result.code == 2
    assert not (tmp_path / "aliases.csv").exists()


@pytest.mark.parametrize("role", ["usage", "csat", "accounts", "goals", "contacts", "events", "outcomes"])
def test_a_file_of_any_role_is_read_alone(csq, sample_data, role):
    result = csq("check", f"--{role}", sample_data / f"{role}.csv")
    assert result.code in (0, 1)
    assert f"{role}.csv: used as {role}" in result.stdout.decode()
    assert "of no single account" not in result.stdout.decode()


def test_a_verdict_ends_it_with_what_is_open(csq, misnamed):
    text = csq("check", *misnamed, "--min-match", "60").stdout.decode()
    verdict = text[text.index("verdict\n") :]
    assert "accounts.csv: used as accounts\n    trust: full, 6 of 6 rows are understood\n    open: nothing" in verdict
    assert "usage.csv: used as usage (account and period)" in verdict
    assert "trust: low, 2 of 7 rows are understood, and under 60% of usage match an account" in verdict
    assert "open: 5 rows of no single account: `csq check --usage" in verdict
    assert "trust: partial" in csq("check", *misnamed, "--min-match", "20").stdout.decode()
    assert csq("check", *misnamed, "--min-match", "lots").code == 2


def test_what_a_plan_takes_is_not_done_to_check(csq, exports, monkeypatch):
    """Of 5 MB that is half the time and the memory; who stands where is still found, for notes speak of it."""
    for stage in ("judge", "prescribe", "plan_week"):
        monkeypatch.setattr(f"csq.pipeline.{stage}", None)

    result = csq("check", exports)
    assert result.code == 0
    assert "2 accounts have a usage score to take the cut over" in result.stdout.decode()


def test_check_warns_of_hours_that_go_to_nobody_as_a_run_does(csq, exports):
    (exports / "accounts.csv").write_text("Account ID,ARR,Owner\nA,100.50,Dana\nB,200,Eve\n")
    (exports / "csq.yaml").write_text("capacity: {owners: {Dana: 4, Bob: 5}}\n")

    text = csq("check", exports).stdout.decode()
    assert "`capacity` gives hours to Bob, who owns no account" in text
    assert "no hours in `capacity` for Eve" in text


def test_check_says_that_accounts_go_by_a_code(csq, exports):
    (exports / "accounts.csv").write_text("Account ID,Account Name,ARR\nA,ann@acme.example,1\nB,bob@b.example,2\n")
    (exports / "usage.csv").write_text("Account,Day\nA,2026-04-01\nB,2026-04-02\n")

    text = csq("check", exports).stdout.decode()
    assert "2 accounts go by an e-mail address" in text
    assert "@" not in text


def test_of_many_columns_that_are_not_used_some_are_named_and_the_others_counted(csq, exports):
    names = [f"mood{number}" for number in range(1_000)]
    (exports / "csat.csv").write_text(f"Customer ID,Rating (1-5),{','.join(names)}\nA,5{',' * 1_000}\n")
    text = csq("check", "--csat", exports / "csat.csv").stdout.decode()
    assert "mood18, mood19 and 980 more\n" in text
    assert "mood20" not in text


def test_a_name_that_nobody_reads_to_its_end_is_cut_in_what_people_read(csq, exports):
    long = "\N{GRINNING FACE}" * 200_000
    (exports / "accounts.csv").write_text(f"Account ID,ARR,{long}\nA,100.50,\n", encoding="utf-8")
    told = csq("check", "--accounts", exports / "accounts.csv")
    assert "\N{GRINNING FACE}…" in told.stdout.decode()
    assert len(told.stdout.decode()) < 20_000
    refused = csq("check", "--goals", exports / "accounts.csv")
    assert refused.code == 3
    assert len(refused.stderr) < 60_000
