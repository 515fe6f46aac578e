"""Whose the rows of a big log are does not depend on the way it is read, though most keep but their first key."""

from pathlib import Path

import polars as pl
import pytest

from csq.engine.counts import finish
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from logs import COUNTED, WHOLE, both, clean_lines, same, write

NAMED = "account_id,account_name,user_id,date,feature,events"
PEOPLE = "user_id,date,feature,events"
QUOTED = 'A-001,Name 1,u1,2026-11-01,"Leave, requests",1'


def rows(count: int = 200) -> list[list[str]]:
    """Plain cells: account, user, date, feature, events."""
    return [line.split(",") for line in clean_lines(count * 2) if '"' not in line][:count]


def named(ids: str = "A-{}", names: str = "Name {}") -> list[str]:
    """Rows with an id and a name made of the account's number."""
    return [
        ",".join((ids.format(key[2:]), names.format(key[2:]), *others)) for key, *others in (cells for cells in rows())
    ]


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    lines = [f"A-{n:03},Name {n:03},c{n}.example" for n in range(24)]
    return write(tmp_path / "accounts.csv", lines, "account_id,account_name,domain")


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    """Two thirds of the people; one is known at two accounts."""
    lines = [f"A-{n % 20:03},u{n}" for n in range(60)] + ["A-001,u7"]
    return write(tmp_path / "contacts.csv", lines, "account_id,user_id")


@pytest.mark.parametrize("people", [False, True])
@pytest.mark.parametrize(("line", "way"), [(None, COUNTED), (QUOTED, COUNTED)])
def test_rows_with_several_keys_go_by_their_first(tmp_path, monkeypatch, accounts, contacts, people, line, way):
    usage = write(tmp_path / "usage.csv", [*named(), *([line] if line else [])], NAMED)
    big, whole = both(monkeypatch, [usage], accounts, contacts=contacts if people else None)
    same(big, whole, way)
    assert whole.roles[Role.USAGE].key == "account_id"


@pytest.mark.parametrize("people", [False, True])
def test_a_row_without_its_first_key_goes_by_another(tmp_path, monkeypatch, accounts, contacts, people):
    odd = [",Name 003,u1,2026-11-02,Rosters,5", ",,u2,2026-11-03,Rosters,7", ",Nobody,u3,2026-11-04,Rosters,1"]
    usage = write(tmp_path / "usage.csv", [*named(), *odd], NAMED)
    big, whole = both(monkeypatch, [usage], accounts, contacts=contacts if people else None)
    assert any("taken by another key" in note.text for note in whole.notes)
    same(big, whole, COUNTED)


@pytest.mark.parametrize("with_accounts", [True, False])
def test_people_lead_to_their_accounts(tmp_path, monkeypatch, accounts, contacts, with_accounts):
    usage = write(tmp_path / "usage.csv", [",".join(cells[1:]) for cells in rows()], PEOPLE)
    big, whole = both(monkeypatch, [usage], accounts if with_accounts else None, contacts=contacts)
    same(big, whole, COUNTED)
    assert whole.roles[Role.USAGE].key == "user_id"
    assert whole.roles[Role.USAGE].ambiguous == 1


def test_people_lead_to_their_accounts_in_batches(tmp_path, monkeypatch, accounts, contacts):
    odd = ['u7,2026-11-02,"Leave, requests",5', ",2026-11-03,Rosters,7", "n/a,2026-11-03,Rosters,7"]
    usage = write(tmp_path / "usage.csv", [*(",".join(cells[1:]) for cells in rows()), *odd], PEOPLE)
    big, whole = both(monkeypatch, [usage], accounts, contacts=contacts)
    same(big, whole, COUNTED)
    assert whole.rejects.height == 2


def test_ids_of_another_tool_are_passed_over_for_names(tmp_path, monkeypatch, accounts):
    """The log is read whole, for its rows were to go by the ids."""
    usage = write(tmp_path / "usage.csv", named(ids="hash-{}"), NAMED)
    big, whole = both(monkeypatch, [usage], accounts)
    same(big, whole, WHOLE)
    assert whole.roles[Role.USAGE].key == "account_name"
    assert "more of its rows find an account by another key than by `account_id`" in big.notes[-1].text


@pytest.mark.parametrize(("known", "way"), [(100, COUNTED), (60, WHOLE)])
def test_the_key_that_finds_most_rows_is_taken(tmp_path, monkeypatch, accounts, known, way):
    """All 100 names are known, so an id has to be known in all rows to be taken before the name."""
    lines = [f"{'A' if n * 37 % 100 < known else 'hash'}-001,Name 001,u1,2026-11-01,Rosters,1" for n in range(100)]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines, NAMED)], accounts)
    same(big, whole, way)
    assert whole.roles[Role.USAGE].key == ("account_id" if way == COUNTED else "account_name")


def test_rows_that_their_names_lead_on_are_not_found_by_their_first_key(tmp_path, monkeypatch, accounts):
    """Of 100 rows 40 are found by id and, where there is none, 20 by name; but 60 would be by name."""
    lines = [
        f"{'A-001' if n < 40 else 'hash' if n < 80 else ''},{'Name 002' if n >= 40 else ''},u1,2026-11-01,Rosters,1"
        for n in range(100)
    ]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines, NAMED)], accounts)
    same(big, whole, WHOLE)
    assert whole.roles[Role.USAGE].key == "account_name"


def test_ids_of_another_tool_are_passed_over_for_people(tmp_path, monkeypatch, accounts, contacts):
    lines = [",".join(("hash-1", *cells[1:])) for cells in rows()]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], accounts, contacts=contacts)
    same(big, whole, WHOLE)
    assert whole.roles[Role.USAGE].key == "user_id"


def test_a_key_that_is_told_rules(tmp_path, monkeypatch, accounts):
    options = ReadOptions(usage_days=28, keys={Role.USAGE: "account_name"})
    usage = write(tmp_path / "usage.csv", named(ids="Name {}"), NAMED)
    same(*both(monkeypatch, [usage], accounts, options=options), COUNTED)


@pytest.mark.parametrize("domain", ["joe@gmail.com", "nothing"])
@pytest.mark.parametrize("with_accounts", [True, False])
def test_a_domain_that_leads_nowhere_is_rejected_with_its_line(tmp_path, monkeypatch, accounts, domain, with_accounts):
    lines = [",".join((f"c{int(cells[0][2:])}.example", *cells[1:])) for cells in rows()]
    lines += [f"{domain},u1,2026-11-02,Rosters,1"] * 2
    usage = write(tmp_path / "usage.csv", lines, "domain,user_id,date,feature,events")
    big, whole = both(monkeypatch, [usage], accounts if with_accounts else None)
    same(big, whole, COUNTED)
    assert whole.rejects["line"].to_list() == [202, 203]


def test_a_row_without_an_account_takes_that_of_its_domain(tmp_path, monkeypatch):
    """Without an accounts file the other rows of the domain have to be seen."""
    lines = [",".join((cells[0], f"c{cells[0][2:]}.example", *cells[1:])) for cells in rows()]
    header = "account_id,domain,user_id,date,feature,events"
    same(*both(monkeypatch, [write(tmp_path / "all.csv", lines, header)]), COUNTED)
    usage = write(tmp_path / "usage.csv", [*lines, ",c003.example,u1,2026-11-02,Rosters,1"], header)
    big, whole = both(monkeypatch, [usage])
    same(big, whole, WHOLE)
    assert whole.roles[Role.USAGE].keyed["account_id"].to_list()[-1] == "A-003"


def test_rows_kept_for_their_event_ids_are_not_found_by_a_key_that_is_passed_over(tmp_path, monkeypatch, accounts):
    """Names find more rows than ids do, and those of repeated events would be known by them in any way of reading."""
    lines = [f"A-001,,u1,2026-11-01,Rosters,1,e{n}" for n in range(40)]
    lines += [f"hash,Name 002,u1,2026-11-01,Rosters,1,f{n}" for n in range(15)]
    lines += [f"hash,Name 003,u1,2026-11-01,Rosters,1,g{n // 2}" for n in range(44)]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines, f"{NAMED},event_id")], accounts)
    same(big, whole, WHOLE)
    assert whole.roles[Role.USAGE].key == "account_name"


@pytest.mark.parametrize(
    ("header", "keys", "users", "features"),
    [
        ("account_id", ("A-{}",), ("u1",), ("Rosters",)),
        ("domain", ("c{}.example", "eu.c{}.example"), ("u1",), ("Rosters",)),
        ("account_id", ("A-{}",), ("Ann@Acme.example", "ann@acme.example"), ("Rosters",)),
        ("account_id", ("A-{}",), ("u1",), ("Rosters", "Rosters ")),
    ],
    ids=["each once", "two keys of one account", "two spellings of one user", "two of one feature"],
)
def test_users_and_features_are_told_once_of_an_account(tmp_path, monkeypatch, header, keys, users, features):
    """Each account has one user and one feature, however many ways there are to write them or the account."""
    listed = [f"A-{n},Name {n},c{n}.example" for n in range(24)]
    accounts = write(tmp_path / "accounts.csv", listed, "account_id,account_name,domain")
    lines = [
        f"{key.format(n)},{user},2026-11-{day:02},{feature},1"
        for day in range(1, 15)
        for n in range(24)
        for key in keys
        for user in users
        for feature in features
    ]
    usage = write(tmp_path / "usage.csv", lines, f"{header},user_id,date,feature,events")
    big, whole = both(monkeypatch, [usage], accounts)
    same(big, whole, COUNTED)
    counts = big.roles[Role.USAGE].counts
    assert counts
    assert counts.is_summed == (len(keys) == len(users) == len(features) == 1)
    log = finish(counts, pl.Series([f"A-{n}" for n in range(24)]).sort())
    assert (log.users.height, log.features.height) == (24, 24)
