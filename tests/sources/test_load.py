"""What is loaded, what is said of it, and what is not lost on the way."""

from pathlib import Path

import pytest

from csq.errors import UsageError
from csq.sources.finding.locate import in_directory, roles_of
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from reading import notes, read


def test_a_broken_row_is_read_and_rejected(tmp_path):
    good = "; ".join(f"A-{n},{n % 5 + 1},x" for n in range(30))
    tables = read(tmp_path, csat=f"account_id,score,comment; {good}; A-1,5,x,y,z,w,v; B-1,4,x")
    (file,) = tables.files
    frame = tables.roles[Role.CSAT].keyed
    assert file.read == frame.height + sum(file.rejected.values()) + sum(file.set_aside.values())
    assert file.read in (31, 32)
    assert "repaired" in notes(tables) or tables.rejects.height == 1


def test_a_repair_is_told_with_its_line(tmp_path):
    good = "; ".join(f"A-{n},{n % 5 + 1},x" for n in range(30))
    tables = read(tmp_path, csat=f"account_id,score,comment; {good}; A-1,5")
    assert "on line 32" in notes(tables)
    assert tables.roles[Role.CSAT].repairs == 1


def test_a_column_that_is_told_and_in_no_file_is_a_usage_error(tmp_path):
    options = ReadOptions(columns={Role.CSAT: {"score": "Raiting"}})
    with pytest.raises(UsageError, match="no file for csat has a column `Raiting`") as fault:
        read(tmp_path, options=options, csat="account_id,Rating; A,5")
    assert fault.value.hint == "did you mean `--column score=Rating`?"


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("usage_2026.csv.gz", [Role.USAGE]),
        ("pendo_visitors.csv", [Role.CONTACTS]),
        ("CRM contacts.xlsx", [Role.ACCOUNTS, Role.CONTACTS]),
        ("nps.parquet", [Role.CSAT]),
        ("usage.pdf", []),
    ],
)
def test_a_name_tells_the_role(name, roles):
    assert roles_of(Path(name)) == roles


LOG = "account_id,date,feature\nA,2026-05-01,search\n"


def test_contacts_in_a_folder_are_found(tmp_path):
    (tmp_path / "usage.csv").write_text(LOG)
    (tmp_path / "contacts.csv").write_text("account_id,email,role\nA,jo@a.example,champion\n")
    assert in_directory(tmp_path, {}, ReadOptions()).paths[Role.CONTACTS] == [tmp_path / "contacts.csv"]


def test_a_file_that_is_told_is_not_asked_what_it_is(tmp_path):
    for name in ("usage.csv", "account_events.csv", "events.csv"):
        (tmp_path / name).write_text(LOG)
    told = [tmp_path / "account_events.csv"]
    found = in_directory(tmp_path, {Role.EVENTS: told}, ReadOptions()).paths
    assert found[Role.EVENTS] == told
    assert found[Role.ACCOUNTS] == []
    assert tmp_path / "usage.csv" in found[Role.USAGE]


def test_a_folder_without_usage_will_do_where_usage_is_told(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id,arr\nA,1000\n")
    found = in_directory(tmp_path, {Role.USAGE: [Path("elsewhere/log.csv")]}, ReadOptions()).paths
    assert found[Role.USAGE] == [Path("elsewhere/log.csv")]
    assert found[Role.ACCOUNTS] == [tmp_path / "accounts.csv"]
