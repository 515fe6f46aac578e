"""`--column`: one header for a field, in every file or in one."""

from pathlib import Path
from typing import Any

import pytest

from csq.cli.columns import read_columns
from csq.errors import UsageError
from tables import lines


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two logs whose dates have different headers, which no name tells."""
    (tmp_path / "a.csv").write_text(lines("account_id,user_id,seen_by_us", "A,u,2026-05-01"))
    (tmp_path / "b.csv").write_text(lines("account_id,user_id,fetched", "A,v,2026-05-02", "A,w,2026-05-03"))
    return tmp_path


def test_a_field_told_twice_is_refused_with_the_form_for_one_file(csq: Any, logs: Path) -> None:
    found = csq("check", "--usage", logs / "a.csv", "--usage", logs / "b.csv", "--column", "date=seen_by_us",
                "--column", "date=fetched")  # fmt: skip
    assert found.code == 2
    assert "`--column date` is given twice: `seen_by_us` and `fetched`" in found.stderr
    assert "`--column date=FILE:seen_by_us`" in found.stderr


@pytest.mark.parametrize("whole", [True, False])
def test_one_header_for_each_file(csq: Any, logs: Path, *, whole: bool) -> None:
    a, b = (str(logs / name) if whole else name for name in ("a.csv", "b.csv"))
    found = csq("check", "--usage", logs / "a.csv", "--usage", logs / "b.csv", "--column", f"date={a}:seen_by_us",
                "--column", f"date={b}:Fetched")  # fmt: skip
    assert found.code == 0, found.stderr
    assert found.stdout.count(b"-> date") == 2
    assert b"as of 2026-05-03" in found.stdout


def test_a_header_that_is_not_in_its_file_is_named_with_the_near_miss(csq: Any, logs: Path) -> None:
    found = csq("check", "--usage", logs / "a.csv", "--usage", logs / "b.csv", "--column", "date=b.csv:fetchd")
    assert found.code == 2
    assert "b.csv` has no column `fetchd`" in found.stderr
    assert "b.csv:fetched`?" in found.stderr


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("date=Survey: sent on", "Survey: sent on"),  # a header with a colon
        (r"date=C:\exports\june.csv:day", "day"),
        ("date=june.csv:a:b", "a:b"),
    ],
)
def test_what_stands_before_a_colon_is_a_file_only_if_the_run_reads_it(text: str, header: str) -> None:
    told = read_columns([text], [r"C:\exports\june.csv", "x/june.csv"])
    assert {**told.by_field, **{k: v for pairs in told.by_file.values() for k, v in pairs.items()}} == {"date": header}


def test_two_files_of_one_name_have_to_be_told_apart() -> None:
    with pytest.raises(UsageError, match=r"several files are called `u\.csv`"):
        read_columns(["date=u.csv:day"], ["a/u.csv", "b/u.csv"])
    assert read_columns(["date=a/u.csv:day"], ["a/u.csv", "b/u.csv"]).by_file == {"a/u.csv": {"date": "day"}}


def test_the_same_word_twice_is_one_word_and_a_file_has_its_own() -> None:
    told = read_columns(["date=day", "date=day", "date=u.csv:when"], ["u.csv", "v.csv"])
    assert (told.by_field, told.by_file) == ({"date": "day"}, {"u.csv": {"date": "when"}})
    with pytest.raises(UsageError, match=r"twice for `u\.csv`"):
        read_columns(["date=u.csv:a", "date=u.csv:b"], ["u.csv"])
