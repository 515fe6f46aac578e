"""A rollup gives what the logs give that it was made of, however these are cut, and is there whole or not at all."""

import errno
import json
import os
import random
import stat
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from csq.engine.base import UsageWindows
from csq.engine.by_day import add_days, count_by_day, count_days, thin
from csq.engine.counts import add, count_rows, finish
from csq.fate import FATE
from csq.sources.rollup.layout import days_in, read_days
from kills_rollup import assert_days_are_whole, assert_whole_between_renames, seconds_to_stop

LAST = date(2026, 11, 16)
BY = ("file", "account_id", FATE)
HEADER = "account_id,user_id,date,feature,events"


def lines(days: int = 400, per_day: int = 3, seed: int = 1) -> list[str]:
    """Rows of a log, some with no user, no feature or no events, the newest day last."""
    dice = random.Random(seed)
    return [
        f"A-{dice.randrange(9)},{dice.choice(['u1', 'u2', 'u3', ''])},{LAST - timedelta(days=back)},"
        f"{dice.choice(['Rosters', 'login', ''])},{dice.choice([0, 1, 2, 1.5])}"
        for back in reversed(range(days))
        for _ in range(per_day)
    ]


def write(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.fixture
def accounts(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,seats,arr\n" + "".join(f"A-{n},5,{n + 1}000\n" for n in range(8)))
    return path


def facts(csq, *words: str | Path) -> list[dict[str, object]]:
    """What a run says of every account."""
    done = csq("triage", *words, "-f", "json", "-q")
    assert done.code == 0, done.stderr
    return json.loads(done.stdout)["accounts"]


@st.composite
def rows_of_logs(draw):
    row = st.tuples(
        st.sampled_from(["A", "B"]),
        st.sampled_from(["u1", "u2", None]),
        st.sampled_from(["Rosters", "login", None]),
        st.integers(0, 500).map(lambda back: LAST + timedelta(days=5) - timedelta(days=back)),
        st.sampled_from([0.0, 1.0, 2.0, 1.5]),
    )
    schema = {
        "account_id": pl.String(),
        "user_id": pl.String(),
        "feature": pl.String(),
        "at": pl.Date(),
        "events": pl.Float64(),
    }
    rows = pl.DataFrame(draw(st.lists(row, min_size=1, max_size=60)), schema=schema, orient="row")
    return rows.with_columns(pl.col("at").cast(pl.Datetime("us")), file=pl.lit("log"), fate=pl.lit("used"))


@settings(max_examples=40)
@given(rows=rows_of_logs(), days=st.sampled_from([1, 7, 28, 60]), cut=st.integers(0, 60))
def test_the_counts_of_days_give_those_of_any_windows_thin_or_not(rows, days, cut):
    windows = UsageWindows(LAST, days)
    everyday = "login".__eq__
    told = finish(count_rows(rows, windows, BY, everyday), pl.Series(["A", "B"]))
    ready = rows.with_columns(day=pl.col("at").dt.date(), units=(pl.col("events") * 10_000).cast(pl.Int64))
    parts = [count_by_day(part, BY) for part in (ready[:cut], ready[cut:])]
    counts = add_days(parts, BY)
    compared = pl.any_horizontal(span.holds(pl.col("day")) for span in windows.compared.values())
    before = pl.col("day") <= LAST
    slim = pl.concat([thin(counts.filter(~compared, span), BY) for span in (before, ~before)])
    for same in ((counts, counts.clear()), (counts.filter(compared), slim)):
        found = finish(count_days(*(part.lazy() for part in same), windows, BY, everyday), pl.Series(["A", "B"]))
        for name, value in told._asdict().items():
            if name == "days":  # which day of a thin month it was that told, is no matter
                assert_frame_equal(found.days.drop("telling"), told.days.drop("telling"), check_row_order=False)
                assert found.days["telling"].sum() == told.days["telling"].sum()
            elif isinstance(value, pl.DataFrame):
                assert_frame_equal(getattr(found, name), value, check_row_order=name in ("features", "fates"))
            else:
                assert getattr(found, name) == value, name
    split = add([count_days(part.lazy(), part.clear().lazy(), windows, BY, everyday) for part in parts])
    assert_frame_equal(finish(split, pl.Series(["A", "B"])).days, told.days, check_row_order=False)


def test_a_rollup_gives_the_facts_of_the_log_whatever_the_day_and_the_window(csq, tmp_path, accounts):
    log = write(tmp_path / "log.csv", lines())
    assert csq("rollup", log, "-o", "rolled").code == 0
    for words in ([], ["--as-of", "2026-09-30"], ["--window", "90"], ["--as-of", "2026-03-01", "--window", "7"]):
        assert facts(csq, "--usage", "rolled", "--accounts", accounts, *words) == facts(
            csq, "--usage", log, "--accounts", accounts, *words
        )


def test_any_cut_over_files_runs_and_rollups_gives_the_same(csq, tmp_path, accounts):
    rows = lines(120, 4)
    whole = write(tmp_path / "whole.csv", rows)
    wanted = facts(csq, "--usage", whole, "--accounts", accounts)
    first, second, third = (write(tmp_path / f"{n}.csv", rows[n * 160 : (n + 1) * 160]) for n in range(3))
    assert csq("rollup", first, second, "-o", "one").code == 0
    assert csq("rollup", third, "-o", "other").code == 0
    assert facts(csq, "--usage", "one", "--usage", "other", "--accounts", accounts) == wanted
    assert facts(csq, "--usage", "one", "--usage", third, "--accounts", accounts) == wanted
    assert csq("rollup", third, "-o", "one").code == 0
    assert facts(csq, "--usage", "one", "--accounts", accounts) == wanted


def test_a_day_that_is_given_again_is_replaced_whole_and_that_is_said_where_it_shrinks(csq, tmp_path):
    write(tmp_path / "a.csv", ["A,u1,2026-11-01,F,5", "A,u1,2026-11-02,F,7", "A,u2,2026-11-02,F,1"])
    write(tmp_path / "b.csv", ["A,u1,2026-11-02,F,9"])
    csq("rollup", "a.csv", "-o", "rolled")
    before = {path: path.read_bytes() for path in Path("rolled").rglob("*.parquet")}
    assert csq("rollup", "a.csv", "-o", "rolled").code == 0
    assert {path: path.read_bytes() for path in Path("rolled").rglob("*.parquet")} == before
    done = csq("rollup", "b.csv", "-o", "rolled")
    assert "2026-11-02 had 2 rows and has 1 now" in done.stderr
    day = pl.read_parquet("rolled/day=2026-11-02/counts.parquet").filter(pl.col("what") == "user")
    assert day.select("name", "units", "rows").rows() == [("u1", 90_000, 1)]
    assert (
        Path("rolled/day=2026-11-01/counts.parquet").read_bytes()
        == before[Path("rolled/day=2026-11-01/counts.parquet")]
    )


def test_only_its_owner_reads_it_and_hashed_users_have_no_name(csq, tmp_path, accounts):
    log = write(tmp_path / "log.csv", [row.replace("u1", "jane@acme.example") for row in lines(40)])
    assert csq("rollup", log, "-o", "rolled", "--hash-users").code == 0
    files = [path for path in Path("rolled").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert not any(b"jane" in path.read_bytes() for path in files)
    names = pl.read_parquet("rolled/day=*/counts.parquet").filter(pl.col("what") == "user")["name"].drop_nulls()
    assert names.str.contains("^[0-9a-f]{32}$").all()
    hidden = facts(csq, "--usage", "rolled", "--accounts", accounts)
    assert hidden == facts(csq, "--usage", log, "--accounts", accounts)
    assert csq("rollup", log, "-o", "rolled").code == 2
    manifest = json.loads(Path("rolled/manifest.json").read_text())
    assert manifest["hash_users"]
    assert len(manifest["days"]) == 40
    assert manifest["inputs"].keys() == {str(log)}


def test_two_rollups_at_once_wait_for_each_other_and_say_so(csq, tmp_path, monkeypatch):
    log = write(tmp_path / "log.csv", lines(5))
    assert csq("rollup", log, "-o", "rolled").code == 0
    monkeypatch.setattr("csq.cli.lock.PATIENCE", 0.2)
    with FileLock("rolled/.lock"):
        done = csq("rollup", log, "-o", "rolled")
    assert done.code == 5
    assert "another run holds the rollup `rolled`: waiting" in done.stderr
    assert "error: another run holds the rollup `rolled`" in done.stderr
    assert csq("rollup", log, "-o", "rolled").code == 0


def test_a_disk_that_fills_leaves_what_was_there(csq, tmp_path, monkeypatch, accounts):
    write(tmp_path / "a.csv", lines(30))
    write(tmp_path / "b.csv", lines(30, seed=2))
    csq("rollup", "a.csv", "-o", "rolled")
    before = facts(csq, "--usage", "rolled", "--accounts", accounts)

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("csq.cli.emit.os.fsync", full)
        done = csq("rollup", "b.csv", "-o", "rolled")
    assert done.code == 5
    assert "no space left on device" in done.stderr
    assert not [*Path("rolled").rglob("*.tmp")]
    assert facts(csq, "--usage", "rolled", "--accounts", accounts) == before


def test_a_run_that_is_killed_leaves_whole_days(csq, tmp_path, accounts):
    """At one moment here; `python tests/kills_rollup.py 30` tries thirty."""
    assert_days_are_whole(tmp_path, seed=1)


def test_a_run_that_is_killed_between_two_renames_leaves_whole_days_and_no_month_of_older_ones(tmp_path):
    """Before each: of the manifest, of two days, of the manifest again and of two months, and before each removal."""
    assert assert_whole_between_renames(tmp_path, [date(2026, 9, 30), date(2026, 10, 1)]) > 8


@pytest.mark.parametrize("begun", ["csq-*", "rolled/manifest.json", "rolled/day=*/counts.parquet"])
def test_ctrl_c_ends_a_rollup_within_a_second_and_leaves_whole_days(tmp_path, begun):
    """While it reads, as it begins to write, and between days; a second more where others use the machine."""
    rows = 2_000
    days = [LAST - timedelta(days=back) for back in reversed(range(200))]
    each = "".join(f"A-{n % 50},u{n},{{day}},F{n % 7},1\n" for n in range(rows))
    log = tmp_path / "log.csv"
    log.write_text(f"{HEADER}\n" + "".join(each.replace("{day}", str(day)) for day in days))
    assert seconds_to_stop(tmp_path, log, begun) < 2
    whole = days_in(tmp_path / "rolled")
    counts = read_days(tmp_path / "rolled", whole, ["account_id"])
    assert set(counts.group_by("day", "what").agg(pl.col("rows").sum())["rows"]) <= {rows}


@pytest.mark.parametrize(
    ("logs", "words", "code", "said"),
    [
        (["table.csv"], [], 3, "is a table of numbers, no log of events"),
        (["undated.csv"], [], 3, "no dates"),
        (["log.csv"], ["-o", "log.csv"], 2, "`log.csv` is a file"),
        (["log.csv"], ["-o", "full"], 2, "holds something else"),
        (["nowhere.csv"], [], 3, "no such file: `nowhere.csv`"),
        (["bad.csv"], [], 3, "2 of 3 rows in `bad.csv` were rejected"),
    ],
)
def test_what_is_no_log_or_no_place_is_refused(csq, tmp_path, logs, words, code, said):
    write(tmp_path / "log.csv", lines(5))
    write(tmp_path / "bad.csv", ["A-1,u1,2026-11-01,F,1", "A-1,u1,never,F,1", "A-1,u1,2026-11-31,F,1"])
    (tmp_path / "table.csv").write_text("account_id,month,logins\nA,2026-10,4\nB,2026-10,9\n")
    (tmp_path / "undated.csv").write_text("account_id,user_id,feature\nA,u1,F\nB,u2,F\n")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    done = csq("rollup", *logs, *(words or ["-o", "rolled"]))
    assert (done.code, said in done.stderr) == (code, True), done.stderr


def test_the_keys_of_a_log_find_their_accounts_when_the_rollup_is_read(csq, tmp_path):
    """By name here, for the ids are another system's. A row without either is rejected."""
    rows = [f"X{n % 3},Acme {n % 3},u{n},2026-11-{n % 14 + 1:02},F" for n in range(30)]
    header = "account_id,account_name,user_id,date,feature"
    (tmp_path / "log.csv").write_text("\n".join([header, *rows, ",Acme 1,u9,2026-11-03,F", "(none),,u9,2026-11-03,F"]))
    (tmp_path / "crm.csv").write_text("account_id,account_name\n1,Acme 0\n2,Acme 1\n3,Acme 2\n")
    assert csq("rollup", "log.csv", "-o", "rolled").code == 0
    told = facts(csq, "--usage", "rolled", "--accounts", "crm.csv")
    assert told == facts(csq, "--usage", "log.csv", "--accounts", "crm.csv")
    assert {row["account_id"]: row["active_users"] for row in told} == {"1": 10, "2": 11, "3": 10}


def test_two_sources_of_one_day_are_refused_until_it_is_said_that_they_add_up(csq, tmp_path, accounts):
    write(tmp_path / "a.csv", lines(20))
    write(tmp_path / "b.csv", lines(20, seed=2))
    for name in "ab":
        csq("rollup", f"{name}.csv", "-o", name)
    done = csq("triage", "--usage", "a", "--usage", "b")
    assert done.code == 3
    assert "`a` and `b` both tell of 2026-10-28" in done.stderr
    added = facts(csq, "--usage", "a", "--usage", "b", "--overlap", "add", "--accounts", accounts)
    assert added == facts(csq, "--usage", "a.csv", "--usage", "b.csv", "--overlap", "add", "--accounts", accounts)


def test_formats_that_cannot_hold_so_many_accounts_refuse_before_the_work(csq, tmp_path, accounts, monkeypatch):
    from csq.render import Format

    log = write(tmp_path / "log.csv", lines(5))
    monkeypatch.setattr("csq.cli.output.MOST", {Format.XLSX: 7})
    done = csq("triage", "--usage", log, "--accounts", accounts, "-o", "week.xlsx", "-o", "week.csv")
    assert done.code == 2
    assert done.stderr.startswith("error: `xlsx` holds 7 accounts, and there are 8\n")
    assert not Path("week.csv").exists()
    assert csq("triage", "--usage", log, "--accounts", accounts, "-o", "week.xlsx", "--top", "7").code == 0
