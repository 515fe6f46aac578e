"""A run as a whole: every row and every euro accounted for, whatever shape the exports come in."""

import csv
import json
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csq.errors import InputError
from csq.report import Report
from csq.schema import COLUMNS
from tables import AS_OF, by_id, fates, lines, run

USAGE = (
    "account_id,date,user_id,feature,events",
    "A,2026-11-10,u,f,5",
    "B,2026-11-10,v,f,1",
    "gone,2026-11-10,w,f,1",
    "nobody,2026-11-10,w,f,1",
    ",2026-11-10,w,f,1",
    "A,2026-45-10,u,f,1",
    "A,2026-11-20,u,f,1",
    "A,2020-01-01,u,f,1",
    "A,2026-11-11,u,f,-3",
)
CSAT = (
    "account_id,email,submitted_at,score",
    "A,x,2026-11-01,5",
    "A,x,2026-10-01,4",
    "C,y,2026-11-01,great",
    "C,y,2026-11-01,2",
    "gone,z,2026-11-01,2",
    "nobody,z,2026-11-01,2",
    "B,z,2024-11-01,2",
    "B,z,2026-11-20,2",
)
ACCOUNTS = (
    "account_id,arr,status",
    "A,1000.10,active",
    "B,200.20,active",
    "C,,active",
    "gone,50,churned",
    ",1,active",
    "A,1000.10,active",
)


@pytest.fixture
def messy() -> Report:
    return run(lines(*USAGE), lines(*CSAT), lines(*ACCOUNTS), as_of=AS_OF, csat_scale=("1-5",))


def test_every_row_of_every_file_has_one_fate(messy: Report) -> None:
    assert fates(messy, "usage.csv") == {
        "used": 2,
        "not a current customer": 1,
        "key not among the accounts": 1,
        "after as_of": 1,
        "outside every window": 1,
        "no account key": 1,
        "unreadable date": 1,
        "negative number of events": 1,
    }
    assert fates(messy, "csat.csv") == {
        "used": 2,
        "older answer of the same person": 1,
        "not a current customer": 1,
        "key not among the accounts": 1,
        "outside every window": 1,
        "after as_of": 1,
        "score is not a number": 1,
    }
    assert fates(messy, "accounts.csv") == {
        "used": 3,
        "not a current customer": 1,
        "no account key": 1,
        "exact duplicate": 1,
    }


def test_counts_and_money_add_up_to_all_accounts_and_all_contract_value(messy: Report) -> None:
    for parts in (messy.totals, messy.tiers):
        assert sum(part.accounts for part in parts) == 3
        assert sum(part.contract_value for part in parts) == Decimal("1200.30")
    assert sum(total.unvalued for total in messy.totals) == 1
    assert sum(total.share_pct or 0 for total in messy.totals) == pytest.approx(100)


def test_the_columns_are_those_of_the_schema_in_order_and_no_number_is_nan(messy: Report) -> None:
    names = list(COLUMNS)
    assert messy.accounts.columns[: len(names)] == names
    assert [messy.accounts.schema[name] for name in names] == [column.dtype for column in COLUMNS.values()]
    floats = messy.accounts.select(pl.col(pl.Float64))
    assert not floats.select(pl.any_horizontal(pl.all().is_nan().any() | pl.all().is_infinite().any())).item()


def test_gaps_say_of_how_many_accounts_something_is_unknown_and_what_they_are_worth(messy: Report) -> None:
    told = {gap.reason: (gap.accounts, gap.contract_value) for gap in messy.gaps}
    assert told["usage: not_in_usage"] == (1, 0)
    assert told["happiness: answers_too_old"] == (1, Decimal("200.20"))
    assert told["contract_value"] == (1, 0)
    assert told["seats"] == (3, Decimal("1200.30"))


def test_joins_say_how_the_keys_met_the_accounts(messy: Report) -> None:
    usage, csat = messy.joins
    assert (usage.rows, usage.matched, usage.accounts, usage.absent_accounts, usage.absent_value) == (6, 5, 2, 1, 0)
    assert (csat.rows, csat.matched, csat.accounts, csat.absent_accounts) == (7, 6, 3, 0)
    assert (usage.only_here, usage.only_here_count, usage.ambiguous) == (("nobody",), 1, 0)


def test_two_files_of_five_rows_without_dates_give_every_quadrant() -> None:
    usage = lines("account_id,logins", "A-1,120", "A-2,3", "A-3,45", "A-4,0", "A-5,88")
    csat = lines("account_id,score (1-5)", "A-1,5", "A-2,2", "A-3,4", "A-4,5", "A-5,1")
    report = run(usage, csat)
    # The 75th percentile of logins is 88, so scores are 100, 3.4, 51.1, 0, 100 and their median that of A-3.
    assert {key: row["quadrant"] for key, row in by_id(report).items()} == {
        "A-1": "advocates",
        "A-2": "at_risk",
        "A-3": "advocates",
        "A-4": "underusers",
        "A-5": "frustrated",
    }
    assert (report.as_of, report.as_of_source, report.weighted) == (None, "no dates", False)
    assert [by_id(report)[key]["usage_score"] for key in ("A-2", "A-3")] == [3.4091, 51.1364]
    assert all(row["next_step"] for row in by_id(report).values())


def test_one_axis_alone_places_nobody_and_keeps_the_level_that_is_known() -> None:
    usage = run(lines("account_id,logins", "A,9", "B,1"))
    # Whoever hardly uses it comes first: with one axis only, what can be said of it is the plan.
    assert [(row["usage_level"], row["happiness_level"], row["quadrant"]) for row in by_id(usage).values()] == [
        ("low", "unknown", "unknown"),
        ("high", "unknown", "unknown"),
    ]
    assert [row["queue"] for row in by_id(usage).values()] == ["rescue", "rest"]
    assert any(note.text == "no csat file: happiness is unknown for every account" for note in usage.notes)
    csat = run(csat=lines("account_id,score (1-5)", "A,5", "B,1"))
    assert [(row["usage_level"], row["happiness_level"]) for row in by_id(csat).values()] == [
        ("unknown", "low"),
        ("unknown", "high"),
    ]
    assert [row["queue"] for row in by_id(csat).values()] == ["rescue", "rest"]
    assert any(note.text == "no usage file: usage is unknown for every account" for note in csat.notes)


def test_as_of_is_told_else_the_newest_usage_date_else_the_newest_answer() -> None:
    usage, csat = lines("account_id,date", "A,2026-11-10"), lines("account_id,date,score (1-5)", "A,2026-11-12,5")
    assert (run(usage, csat).as_of, run(usage, csat).as_of_source) == (AS_OF.replace(day=10), "newest usage date")
    table = lines("account_id,logins", "A,1")
    assert (run(table, csat).as_of, run(table, csat).as_of_source) == (AS_OF.replace(day=12), "newest csat date")
    assert run(usage, csat, as_of=AS_OF).as_of_source == "--as-of"


@pytest.fixture
def exports(sample_data: Path) -> Path:
    folder = Path("exports")
    folder.mkdir()
    for name in ("usage", "usage_2025", "csat", "accounts"):
        (folder / f"{name}.csv").write_bytes((sample_data / f"{name}.csv").read_bytes())
    return folder


def outputs(csq: Any) -> tuple[bytes, dict[str, Any]]:
    result = csq("triage", "exports", "-f", "csv", "-q", "-o", "out.json")
    assert result.code == 0, result.stderr
    found = json.loads(Path("out.json").read_bytes())
    table = csq("triage", "exports", "-f", "csv", "-q").stdout
    return table, {name: found[name] for name in ("accounts", "cuts", "totals", "tiers", "gaps", "pinned", "as_of")}


def _records(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, rows


def _write(path: Path, rows: list[list[str]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def _shuffle(path: Path) -> None:
    header, rows = _records(path)
    random.Random(7).shuffle(rows)
    _write(path, [header, *rows])


def _split(path: Path) -> None:
    header, rows = _records(path)
    for part in range(3):
        _write(path.with_name(f"{path.stem}_{part}.csv"), [header, *rows[part::3]])
    path.unlink()


def _tabs(path: Path) -> None:
    header, rows = _records(path)
    _write(path.with_suffix(".tsv"), [header, *rows], "\t")
    path.unlink()


@pytest.mark.parametrize("reshape", [_shuffle, _split, _tabs])
def test_rows_shuffled_files_split_or_tabs_for_commas_give_the_same_bytes(
    csq: Any, exports: Path, reshape: Any
) -> None:
    before = outputs(csq)
    for path in list(exports.iterdir()):
        reshape(path)
    assert outputs(csq) == before


def test_when_nobody_is_left_the_run_says_what_took_them_instead_of_an_empty_report() -> None:
    with pytest.raises(InputError, match="no account is left") as error:
        run(
            lines("account_id,date,user_id,feature", "A,2026-11-10,u,f"),
            lines("account_id,email,submitted_at,score", "A,u,2026-11-10,5"),
            lines("account_id,arr,status", "A,10,churned"),
        )
    assert error.value.details == ("status `churned`, 1 account worth 10 a year",)


def test_one_thread_or_eight_give_the_same_bytes(sample_data: Path) -> None:
    command = [sys.executable, "-m", "csq", "triage", str(sample_data), "-f", "json", "-q"]
    environment = os.environ | {"PYTHONPATH": str(sample_data.parent)}
    one, eight = (
        subprocess.run(command, env=environment | {"POLARS_MAX_THREADS": n}, capture_output=True, check=True).stdout
        for n in ("1", "8")
    )
    assert one == eight
    assert len(one) > 100_000


def test_answers_that_are_mostly_later_than_the_newest_usage_are_said_with_the_day_that_counts_them(
    csq, tmp_path
) -> None:
    (tmp_path / "usage.csv").write_text("account_id,month,logins\nA,2026-09,5\nA,2026-10,6\n")
    (tmp_path / "csat.csv").write_text("account_id,csat (1-5),date\nA,5,2026-11-02\nA,4,2026-11-05\nA,5,2026-10-01\n")
    said = csq("triage", tmp_path, "-f", "csv").stderr
    told = "2 of 3 rows of the csat files are later than 2026-10-31, the newest usage date, and do not count"
    assert f"warning: {told}: `--as-of 2026-11-05` counts them" in said
    assert "do not count" not in csq("triage", tmp_path, "-f", "csv", "--as-of", "2026-10-31").stderr
