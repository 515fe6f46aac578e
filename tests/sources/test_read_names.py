"""Whether the first line of a file names its columns, or is one of data; and files that have nothing but names."""

from pathlib import Path

import pytest

from csq.errors import Exit
from csq.sources.reading.grid import LINE
from csq.sources.reading.read import TextTable, table_from_bytes

UNNAMED = {
    "scores": "a1,5\na1,5\na2,4\na1,5\n",
    "days": "Acme,2026-01-02,good\nBeta,2026-01-03,bad\n",
    "days and times": "18/09/2026,16:15,boots\n19/09/2026,9:30,rods\n",
    "addresses": "ann@acme.example;slow\nbob@beta.example;fine\n",
    "amounts": "Acme\t$1,200.50\nBeta\t$900.00\nCid\t$75.10\n",
    "years in a column of years": "Acme,2019\nBeta,2021\nCid,2024\n",
    "a blank among them": "a1,5,\na2,4,late\na3,,ok\n",
    "a word that is a name elsewhere": "a1,active,5\na2,active,4\na3,left,4\n",
}
"""The first line of each is data: a score, a day, an address or an amount, as below it, and no name."""

NAMED = {
    "a name that csq knows": "account_id,5\na1,5\na2,4\n",
    "a word over numbers": "x,5\n1,4\n2,5\n",
    "years over amounts": "Kunde,2024,2025\nAcme,100,120\nBeta,80,90\n",
    "months over amounts": "Kunde,2026-01,2026-02\nAcme,100120,120300\nBeta,80000,90000\n",
    "days over amounts": "Kunde,2026-01-01,2026-01-08\nAcme,100,120\nBeta,80,90\n",
    "numbers that count on": "who,1,2,3\nAcme,5,4,5\nBeta,3,3,2\n",
    "numbers of questions": "1,2,3\nyes,no,4\nno,no,5\n",
    "words over words": "Ann,Oslo\nBob,Rome\nCid,Bern\n",
    "a corner left blank": ",101,205\nNorth,150,180\nSouth,120,140\n",
    "numbers longer than those below": "Site,101,205\nNorth,5,1\nSouth,2,4\n",
}
"""The first line of each names the columns, or nothing tells that it does not."""


def read(text: str) -> TextTable:
    return table_from_bytes(text.encode(), "t.csv")


@pytest.mark.parametrize("kind", UNNAMED)
def test_a_first_line_of_data_is_kept_and_the_columns_are_numbered(kind):
    lines = UNNAMED[kind].splitlines()
    table = read(UNNAMED[kind])

    assert table.header == tuple(f"column_{n}" for n in range(1, table.frame.width))
    assert table.frame[LINE].to_list() == [*range(1, len(lines) + 1)]
    assert [table.delimiter.join(row) for row in table.frame.drop(LINE).rows()] == lines
    assert "no line names the columns" in "".join(table.notes)


@pytest.mark.parametrize("kind", NAMED)
def test_a_first_line_that_may_be_names_is_the_header(kind):
    table = read(NAMED[kind])

    assert table.is_named
    assert ",".join(table.header) == NAMED[kind].splitlines()[0]


def test_a_run_asks_for_the_columns_of_a_file_that_names_none(csq, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("csat.csv").write_text("a1,2026-11-02,5\na2,2026-11-03,4\n")
    asked = csq("check", "--csat", "csat.csv", "--csat-scale", "1-5")

    assert asked.code == Exit.INPUT
    assert "no line names its columns, and the first is data" in asked.stderr
    assert "--column account_id=column_1" in asked.stderr

    told = ["account_id=column_1", "submitted_at=column_2", "score=column_3"]
    result = csq(
        "check", "--csat", "csat.csv", "--csat-scale", "1-5", *[part for one in told for part in ("--column", one)]
    )

    assert result.code == Exit.OK
    assert "2 rows read = 2 used" in result.stdout.decode()


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("goals", "account_id,goal,target_date"),
        ("contacts", "account_id,user_id,role"),
        ("events", "account_id,date,kind"),
        ("outcomes", "account_id,closed_on,outcome"),
        ("overrides", "account_id,field,value,author,reason"),
    ],
)
def test_a_header_alone_is_no_error_for_what_there_may_be_none_of(csq, tmp_path, monkeypatch, name, header):
    monkeypatch.chdir(tmp_path)
    Path("csat.csv").write_text("account_id,csat,date\na,5,2026-11-01\nb,4,2026-11-02\n")
    Path(f"{name}.csv").write_text(f"{header}\n")
    result = csq("check", "--csat", "csat.csv", f"--{name}", f"{name}.csv", "--csat-scale", "1-5")

    assert result.code == Exit.OK, result.stderr
    assert f"`{name}.csv`: it has a header and no rows" in result.stdout.decode()


@pytest.mark.parametrize("name", ["usage", "csat", "accounts"])
def test_a_header_alone_is_an_error_where_there_must_be_rows_and_none_beside_a_file_with_rows(
    csq, tmp_path, monkeypatch, name
):
    monkeypatch.chdir(tmp_path)
    rows = {
        "usage": "account_id,date,active_users\na,2026-11-01,5\nb,2026-11-02,4\n",
        "csat": "account_id,csat,date\na,5,2026-11-01\nb,4,2026-11-02\n",
        "accounts": "account_id,arr\na,100\nb,200\n",
    }
    for role, text in rows.items():
        Path(f"{role}.csv").write_text(text)
    Path("empty.csv").write_text(rows[name].partition("\n")[0] + "\n")
    given = [part for role in rows if role != name for part in (f"--{role}", f"{role}.csv")]
    alone = csq("check", *given, f"--{name}", "empty.csv", "--csat-scale", "1-5")
    beside = csq("check", *given, f"--{name}", "empty.csv", f"--{name}", f"{name}.csv", "--csat-scale", "1-5")

    assert alone.code == Exit.INPUT
    assert "`empty.csv` has a header and no rows" in alone.stderr
    assert beside.code == Exit.OK, beside.stderr
    assert "`empty.csv`: it has a header and no rows" in beside.stdout.decode()
