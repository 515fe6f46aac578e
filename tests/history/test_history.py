"""`--history`: each run keeps a snapshot, pins what it was placed by, and tells what moved since the one before."""

import csv
import json
import stat
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Csq, Result

ACCOUNTS = "account_id,account_name,arr,seats\n" + "".join(f"A{n},Account {n},{1000 * n},10\n" for n in range(1, 13))
MONDAYS = ("2026-11-02", "2026-11-09", "2026-11-16")


def usage() -> str:
    """A log in which account An has n events every Monday."""
    days = ("2026-10-05", "2026-10-12", "2026-10-19", "2026-10-26", *MONDAYS)
    rows = [f"A{n},{day},u{n},{n},f{n % 4}" for n in range(1, 13) for day in days]
    return "\n".join(["account_id,date,user_id,events,feature", *rows]) + "\n"


def csat(**scores: int) -> str:
    rows = [f"A{n},p{n}@example.com,2026-10-01,{scores.get(f'A{n}', 5 if n % 2 else 2)}" for n in range(1, 13)]
    return "account_id,email,submitted_at,score (1-5)\n" + "\n".join(rows) + "\n"


@pytest.fixture
def exports() -> Path:
    folder = Path("exports")
    folder.mkdir()
    put(folder, usage(), csat())
    return folder


def put(folder: Path, log: str, answers: str, accounts: str = ACCOUNTS) -> None:
    for name, text in (("usage", log), ("csat", answers), ("accounts", accounts)):
        (folder / f"{name}.csv").write_text(text)


def rows(result: Result) -> dict[str, dict[str, str]]:
    assert result.code == 0, result.stderr
    return {row["account_id"]: row for row in csv.DictReader(result.stdout.decode().splitlines())}


def run_json(day: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"h/as_of={day}/run.json").read_text())
    return found


def files(folder: Path = Path("h")) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_each_run_keeps_a_snapshot_that_only_its_owner_can_read(csq: Csq, exports: Path) -> None:
    assert csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2]).code == 0
    folder = Path("h/as_of=2026-11-16")
    assert sorted(path.name for path in folder.iterdir()) == ["run.json", "snapshot.parquet"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    told = run_json(MONDAYS[2])
    assert {"csq_version", "schema_version", "format_version", "inputs", "settings", "playbook"} < told.keys()
    assert {"cuts", "references", "totals", "tiers", "pinned_on"} < told.keys()
    assert [each["name"] for each in told["inputs"]] == ["accounts.csv", "usage.csv", "csat.csv"]
    frame = pl.read_parquet(folder / "snapshot.parquet")
    assert {"usage_score", "usage_part_seat_use", "usage_amount_volume", "usage_level", "signals"} < {*frame.columns}


def test_a_snapshot_names_no_person(csq: Csq, sample_data: Path) -> None:
    assert csq("triage", sample_data, "--history", "h", "-q").code == 0
    people = set()
    for row in csv.DictReader((sample_data / "contacts.csv").read_text(encoding="utf-8").splitlines()):
        people |= {value for name, value in row.items() if value and name in ("Name", "Email", "User ID")}
    kept = "".join(pl.read_parquet("h/as_of=2026-11-15/snapshot.parquet").select(pl.col(pl.String)).write_csv())
    assert people
    assert not {name for name in people if name in kept}
    assert "@" not in kept + Path("h/as_of=2026-11-15/run.json").read_text()


def test_the_same_day_again_changes_no_byte_and_under_other_settings_it_is_refused(csq: Csq, exports: Path) -> None:
    run = ("triage", exports, "--history", "h", "--as-of", MONDAYS[2])
    csq(*run)
    first = files()
    assert csq(*run, "--quadrant", "at_risk", "--top", "1").code == 0  # filters never reach it
    assert files() == first
    other = csq(*run, "--usage-cut", "90", "-o", "week.csv")
    assert (other.code, other.stdout) == (5, b"")
    assert "error: the history `h` has 2026-11-16 under other settings" in other.stderr
    assert "`--replace`" in other.stderr
    assert files() == first
    assert not Path("week.csv").exists()
    assert csq(*run, "--usage-cut", "90", "--replace").code == 0
    assert run_json(MONDAYS[2])["cuts"]["usage"]["all"] == 90


def test_the_next_run_tells_who_moved_and_for_how_many_weeks_everyone_is_where_it_is(csq: Csq, exports: Path) -> None:
    """A11 has the most usage and is happy; it answers again with a 1 in the second week.

    A12 is unhappy throughout: 0 weeks in its quadrant on the first day of all, then 1, then 2.
    """
    first = rows(csq("triage", exports, "--history", "h", "--as-of", MONDAYS[0], "-f", "csv"))
    assert {row["moved_from"] for row in first.values()} == {""}
    assert {row["weeks_here"] for row in first.values()} == {"0"}
    put(exports, usage(), csat().replace("A11,p11@example.com,2026-10-01,5", "A11,p11@example.com,2026-11-05,1"))
    second = rows(csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1], "-f", "csv"))
    assert (second["A11"]["moved_from"], second["A11"]["quadrant"]) == ("advocates", "frustrated")
    assert (second["A11"]["moved_because"], second["A11"]["weeks_here"]) == ("happiness crossed", "0")
    assert (second["A12"]["moved_from"], second["A12"]["weeks_here"]) == ("", "1")
    third = rows(csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2], "-f", "csv"))
    assert [third[key]["weeks_here"] for key in ("A11", "A12")] == ["1", "2"]
    assert list(third["A11"])[-3:] == ["weeks_here", "moved_because", "times_deferred"]


def test_nobody_moves_because_the_neighbours_do_until_the_cuts_are_taken_anew(csq: Csq, exports: Path) -> None:
    """All but A6 stop: alone the median would fall to nothing. Pinned, A6 stays low, as it was; anew it is high."""
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1])
    pinned = run_json(MONDAYS[1])
    others = tuple(f"A{n}" for n in range(1, 13) if n != 6)
    log = usage().splitlines()
    kept = [row for row in log if row.split(",")[0] not in others or row.split(",")[1] < "2026-10-25"]
    put(exports, "\n".join(kept) + "\n", csat())
    now = csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2], "-f", "csv")
    assert rows(now)["A6"]["moved_from"] == ""
    told = run_json(MONDAYS[2])
    assert (told["cuts"], told["references"]) == (pinned["cuts"], pinned["references"])
    assert told["pinned_on"] == MONDAYS[1]
    page = csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2])
    assert "pinned on 2026-11-09" in page.stdout.decode()
    assert csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2], "--recut", "-q").code == 0
    assert run_json(MONDAYS[2])["cuts"]["usage"] != pinned["cuts"]["usage"]
    assert run_json(MONDAYS[2])["pinned_on"] == MONDAYS[2]


def test_a_rule_that_csq_yaml_changes_is_taken_anew_and_the_line_has_moved(csq: Csq, exports: Path) -> None:
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1])
    Path("csq.yaml").write_text("history: h\nthresholds: {happiness: {at: 20}}\n")
    now = rows(csq("triage", exports, "--as-of", MONDAYS[2], "-f", "csv"))
    moved = {row["moved_because"] for row in now.values() if row["moved_from"]}
    assert moved == {"the line moved"}
    assert Path("h/as_of=2026-11-16").is_dir()


def test_other_commands_see_the_same_cuts_and_keep_nothing(csq: Csq, exports: Path) -> None:
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1])
    before = files()
    for command in (("plan",), ("brief",), ("explain", "A6")):
        assert csq(*command, exports, "--history", "h", "--as-of", MONDAYS[2]).code == 0
    assert files() == before


def test_data_without_dates_cannot_be_kept(csq: Csq) -> None:
    Path("usage.csv").write_text("account_id,logins\nA,5\nB,1\n")
    Path("csat.csv").write_text("account_id,score (1-5)\nA,5\nB,1\n")
    result = csq("triage", "--usage", "usage.csv", "--csat", "csat.csv", "--history", "h")
    assert result.code == 3
    assert "error: the data has no dates" in result.stderr
    assert "--as-of" in result.stderr


def test_a_snapshot_that_is_damaged_or_from_a_later_csq_is_named(csq: Csq, exports: Path) -> None:
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1])
    table = Path("h/as_of=2026-11-09/snapshot.parquet")
    whole, record = table.read_bytes(), json.loads(table.with_name("run.json").read_text())
    table.with_name("run.json").write_text(json.dumps({**record, "schema_version": 99, "csq_version": "9.0"}))
    later = csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2])
    assert later.code == 3
    assert "was written by csq 9.0" in later.stderr
    table.write_bytes(whole[:100])
    damaged = csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2])
    assert damaged.code == 3
    assert f"`{table}` is no snapshot" in damaged.stderr


def test_a_run_that_was_killed_between_its_two_files_left_a_whole_snapshot(csq: Csq, exports: Path) -> None:
    """The record of another day beside the table is none of its own: that stands in the table too."""
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[0])
    csq("triage", exports, "--history", "h", "--as-of", MONDAYS[1])
    first, second = (Path(f"h/as_of={day}/run.json") for day in MONDAYS[:2])
    second.write_bytes(first.read_bytes())
    whole = rows(csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2], "-f", "csv"))
    second.unlink()
    assert rows(csq("triage", exports, "--history", "h", "--as-of", MONDAYS[2], "-f", "csv")) == whole


def test_a_history_that_cannot_be_written_to_leaves_last_weeks_output(csq: Csq, exports: Path) -> None:
    Path("week.csv").write_text("last week\n")
    Path("h").write_text("no folder")
    result = csq("triage", exports, "--history", "h", "-o", "week.csv", "--as-of", MONDAYS[0])
    assert result.code == 3
    assert "the history `h` is a file" in result.stderr
    assert Path("week.csv").read_text() == "last week\n"
