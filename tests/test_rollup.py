"""A rollup gives what the logs give that it was made of, however these are cut, and is there whole or not at all."""

import json
import random
import stat
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from csq.engine.base import UsageWindows
from csq.engine.by_day import add_days, count_by_day, count_days, thin
from csq.engine.counts import add, count_rows, finish
from csq.fate import FATE

LAST = date(2026, 11, 16)
ROOT = Path(__file__).parent.parent
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
        found = finish(count_days(*same, windows, BY, everyday), pl.Series(["A", "B"]))
        for name, value in told._asdict().items():
            if name == "days":  # which day of a thin month it was that told, is no matter
                assert_frame_equal(found.days.drop("telling"), told.days.drop("telling"))
                assert found.days["telling"].sum() == told.days["telling"].sum()
            elif isinstance(value, pl.DataFrame):
                assert_frame_equal(getattr(found, name), value)
            else:
                assert getattr(found, name) == value, name
    split = add([count_days(part, part.clear(), windows, BY, everyday) for part in parts])
    assert_frame_equal(finish(split, pl.Series(["A", "B"])).days, told.days)


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
