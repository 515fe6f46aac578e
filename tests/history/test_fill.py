"""`csq history fill`: a past from the same exports, by today's tiers and cuts, so that only customers move."""

import csv
import io
import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Csq
from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare, run_triage
from csq.history.fill import earlier_weeks, place_on
from csq.history.pins import pinned, pins_of
from csq.history.standing import standing_of

SUNDAY = date(2026, 11, 15)


def snapshot(day: object, folder: str = "h") -> pl.DataFrame:
    return pl.read_parquet(f"{folder}/as_of={day}/snapshot.parquet")


def test_earlier_weeks_lie_whole_weeks_before_the_day() -> None:
    assert earlier_weeks(SUNDAY, 2) == (date(2026, 11, 1), date(2026, 11, 8))


def test_a_first_run_tells_moves_and_trends_after_a_fill(csq: Csq, sample_data: Path) -> None:
    filled = csq("history", "fill", sample_data, "--weeks", "8", "--history", "h")
    assert (filled.code, filled.stdout) == (0, b"")
    assert "note: filled 8 weeks, 2026-09-20 to 2026-11-08, in `h`" in filled.stderr
    assert "contract value, seats, owner, status and goals have no date" in filled.stderr
    runs = [json.loads(path.read_text()) for path in sorted(Path("h").glob("*/run.json"))]
    assert [run["filled"] for run in runs] == [True] * 8
    assert len({json.dumps([run["cuts"], run["references"], run["tiers"]]) for run in runs}) == 1
    table = csq("triage", sample_data, "--history", "h", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(table.stdout.decode())))
    assert any(row["moved_from"] for row in rows)
    assert {row["moved_because"] for row in rows} <= {
        "",
        "usage crossed",
        "happiness crossed",
        "data appeared or went missing",
    }
    assert max(int(row["weeks_here"]) for row in rows) == 8


def test_the_sample_tells_a_believable_eight_weeks(csq: Csq, sample_data: Path) -> None:
    """A few accounts move every week, most stay, and no quadrant empties or doubles from one week to the next."""
    csq("history", "fill", sample_data, "--weeks", "8", "--history", "h", "-q")
    csq("triage", sample_data, "--history", "h", "-q")
    document = json.loads(csq("movers", "--history", "h", "--weeks", "8", "-f", "json").stdout)
    weeks = [{name: told["accounts"] for name, told in week["quadrants"].items()} for week in document["weeks"]]
    assert len(weeks) == 8
    for before, after in pairwise(weeks):
        assert all(abs(after[name] - before[name]) <= max(8, before[name] / 4) for name in after)
    days = sorted(path.name.removeprefix("as_of=") for path in Path("h").glob("as_of=*"))
    for earlier, later in pairwise(days):
        both = snapshot(earlier).join(snapshot(later), on="account_id")
        moved = both.filter(pl.col("quadrant") != pl.col("quadrant_right")).height
        assert 1 <= moved <= both.height / 5, later


def test_a_week_that_the_exports_do_not_reach_back_to_is_left_out_and_said(csq: Csq, sample_data: Path) -> None:
    """The log of this year begins on 2026-08-24; the window of 2026-09-13 begins a week before, on 2026-08-17."""
    result = csq("history", "fill", sample_data, "--weeks", "10", "--history", "h")
    assert result.code == 0
    assert min(path.name for path in Path("h").glob("as_of=*")) == "as_of=2026-09-20"
    assert "warning: left out 2026-09-06 to 2026-09-13: the exports have no usage for 7 days" in result.stderr


def test_nothing_to_fill_is_an_error_and_no_history_too(csq: Csq) -> None:
    Path("usage.csv").write_text("account_id,date,events\nA,2026-11-15,5\nB,2026-11-14,1\n")
    Path("csat.csv").write_text("account_id,score (1-5)\nA,5\nB,1\n")
    files = ("--usage", "usage.csv", "--csat", "csat.csv")
    result = csq("history", "fill", *files, "--history", "h")
    assert result.code == 3
    assert "error: no week before 2026-11-15 can be filled" in result.stderr
    assert csq("history", "fill", *files).code == 2
    assert not list(Path().glob("h/as_of=*"))


def test_a_real_snapshot_stays_and_takes_the_place_of_a_filled_one(csq: Csq, sample_data: Path) -> None:
    csq("triage", sample_data, "--history", "h", "--as-of", "2026-11-08", "-q")
    real = Path("h/as_of=2026-11-08/snapshot.parquet").read_bytes()
    again = csq("history", "fill", sample_data, "--weeks", "2", "--history", "h")
    assert "left as they are, since a triage kept them: 2026-11-08" in again.stderr
    assert Path("h/as_of=2026-11-08/snapshot.parquet").read_bytes() == real
    assert json.loads(Path("h/as_of=2026-11-01/run.json").read_text())["filled"]
    other = csq("triage", sample_data, "--history", "h", "--as-of", "2026-11-01", "--usage-cut", "60", "-q")
    assert other.code == 0, other.stderr
    assert not json.loads(Path("h/as_of=2026-11-01/run.json").read_text())["filled"]


DAYS = [SUNDAY - timedelta(days=back) for back in range(120)]
KEYS = [f"A{n}" for n in range(12)]


@st.composite
def exports(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Rows of a log, of answers and of accounts over four months; every day of the log has a row of
    somebody, and the first an answer."""
    log = [f"A0,{day},u,f0,1" for day in DAYS]
    row = st.tuples(
        st.sampled_from(KEYS), st.sampled_from(DAYS), st.integers(0, 3), st.integers(0, 4), st.integers(1, 9)
    )
    log += [f"{key},{day},u{user},f{feature},{n}" for key, day, user, feature, n in draw(st.lists(row, max_size=80))]
    answer = st.tuples(st.sampled_from(KEYS), st.sampled_from(DAYS), st.integers(0, 3), st.integers(1, 5))
    csat = [f"{KEYS[0]},p9,{DAYS[-1]},3"]
    csat += [f"{key},p{who},{day},{score}" for key, day, who, score in draw(st.lists(answer, max_size=40))]
    starts = [draw(st.sampled_from(["", "2024-01-01", "2026-10-20"])) for _ in KEYS]
    accounts = [f"{key},{1000 * (n + 1)},10,{start}" for n, (key, start) in enumerate(zip(KEYS, starts, strict=True))]
    return log, csat, accounts


def write(folder: str, log: list[str], csat: list[str], accounts: list[str]) -> None:
    Path(folder).mkdir(exist_ok=True)
    for name, head, rows in (
        ("usage", "account_id,date,user_id,feature,events", log),
        ("csat", "account_id,user_id,submitted_at,score (1-5)", csat),
        ("accounts", "account_id,arr,seats,start_date", accounts),
    ):
        Path(folder, f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")


@settings(max_examples=25)
@given(exports(), st.integers(1, 10))
def test_a_filled_week_is_the_triage_of_the_exports_cut_off_then_under_the_same_cuts(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[list[str], list[str], list[str]], back: int
) -> None:
    """Cut off by hand: rows whose date is later are not in the files, nor are accounts that start later."""
    log, csat, accounts = made
    folder = tmp_path_factory.mktemp("fill")
    day = SUNDAY - timedelta(weeks=back)

    def known(rows: list[str], place: int) -> list[str]:
        return [row for row in rows if not (cell := row.split(",")[place]) or cell <= day.isoformat()]

    write(f"{folder}/all", log, csat, accounts)
    write(f"{folder}/cut", known(log, 1), known(csat, 2), known(accounts, 3))
    run = prepare(Inputs(directory=f"{folder}/all", as_of=str(SUNDAY)), Method(), Faults(), None)
    today = run_triage(run)
    pins = pins_of(today, run.settings.settings, None, SUNDAY)
    filled = standing_of(place_on(day, run.tables, run.settings, run.playbook, pins))
    cut = prepare(Inputs(directory=f"{folder}/cut", as_of=str(day)), Method(), Faults(), None)
    cut = cut._replace(settings=cut.settings._replace(settings=pinned(cut.settings.settings, pins)))
    alone = standing_of(run_triage(cut))
    same = ["account_id", "quadrant", "usage_score", "happiness_score", "usage_level", "happiness_level", "tier"]
    assert filled.accounts.select(same).rows() == alone.accounts.select(same).rows()
