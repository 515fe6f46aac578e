"""`csq movers`, and what a triage says of moves: who, from where to where, why, and what it is worth."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from conftest import Csq
from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare, run_triage
from csq.history.diff import diff
from csq.history.pins import pinned, pins_of
from csq.history.standing import standing_of

SETTINGS = "thresholds: {usage: {at: 50}, happiness: {at: 70}}\n"
WEEK_1, WEEK_2 = "2026-11-08", "2026-11-15"


def put(folder: Path, people: dict[str, tuple[int, int, int]]) -> None:
    """Write exports in which every account has a value, users of its 10 seats active all week, and one answer."""
    folder.mkdir(exist_ok=True)
    log, answers, accounts = ["account_id,date,user_id,events"], ["account_id,submitted_at,score (1-5)"], []
    days = [f"2026-{month}-{day:02d}" for month, last in (("10", 31), ("11", 15)) for day in range(1, last + 1)]
    for key, (value, users, score) in people.items():
        accounts.append(f"{key},{key.title()} Ltd,{value},10")
        log += [f"{key},{day},u{user},1" for day in days for user in range(users)]
        answers.append(f"{key},2026-09-01,{score}")
    (folder / "usage.csv").write_text("\n".join(log) + "\n")
    (folder / "csat.csv").write_text("\n".join(answers) + "\n")
    (folder / "accounts.csv").write_text("\n".join(["account_id,account_name,arr,seats", *accounts]) + "\n")


@pytest.fixture
def history(csq: Csq) -> Path:
    """Two weeks. star falls from 10 active users to none, angry says 1 in place of 5, gone is gone, fresh is new.

    grown is worth 500 more, still stays as it is.
    """
    Path("csq.yaml").write_text(SETTINGS + "history: h\n")
    first = {"star": (900, 10, 5), "angry": (700, 10, 5), "gone": (300, 10, 5), "grown": (100, 10, 5)}
    put(Path("week1"), {**first, "still": (50, 10, 5)})
    second = {**first, "star": (900, 1, 5), "angry": (700, 10, 1), "grown": (600, 10, 5), "fresh": (200, 10, 5)}
    del second["gone"]
    put(Path("week2"), {**second, "still": (50, 10, 5)})
    assert csq("triage", "week1", "--as-of", WEEK_1, "-q").code == 0
    assert csq("triage", "week2", "--as-of", WEEK_2, "-q").code == 0
    return Path("h")


def test_the_last_two_snapshots_say_who_moved_and_why(csq: Csq, history: Path) -> None:
    document = json.loads(csq("movers", "--history", history, "--weeks", "8", "-f", "json").stdout)
    assert (document["format_version"], document["since"], document["until"]) == (3, WEEK_1, WEEK_2)
    moves = {row["account_id"]: row for row in document["moves"]}
    assert {key: (row["change"], row["moved_from"], row["moved_to"]) for key, row in moves.items()} == {
        "star": ("moved", "advocates", "underusers"),
        "angry": ("moved", "advocates", "frustrated"),
        "gone": ("left", "advocates", None),
        "fresh": ("new", None, "advocates"),
    }
    assert [moves[key]["moved_because"] for key in ("star", "angry")] == ["usage crossed", "happiness crossed"]
    # A score of 5 is 100, one of 1 is 0; of ten seats nine fell silent.
    assert moves["angry"]["parts"] == [{"axis": "happiness", "part": "mean answer", "points": -100.0}]
    assert moves["star"]["parts"][0]["part"] in ("seat_use", "volume")
    assert document["worth"] == {"new": 200, "left": 300, "grown": 500, "shrunk": 0}
    assert document["moved_down_contract_value"] == 1600
    assert [week["as_of"] for week in document["weeks"]] == [WEEK_1, WEEK_2]
    assert document["weeks"][0]["quadrants"]["advocates"] == {"accounts": 5, "contract_value": 2050}


def test_pages_name_them_with_their_value_and_the_surprises(csq: Csq, history: Path) -> None:
    page = csq("movers", "--history", history, "--weeks", "4").stdout.decode()
    for text in (
        "Movers from 2026-11-08 to 2026-11-15",
        "2 accounts moved, 1 new, 1 left; 1,600 moved down; 300 lost; 700 won",
        "Star Ltd     900  ● advocates  ■ underusers  usage crossed: ",
        "Angry Ltd    700  ● advocates  ◆ frustrated  happiness crossed: mean answer -100.0",
        "Gone Ltd    300  ● advocates  surprise",
        "█",
    ):
        assert text in page, page
    for suffix in ("md", "html"):
        assert csq("movers", "--history", history, "--weeks", "4", "-o", f"m.{suffix}").code == 0
        written = Path(f"m.{suffix}").read_text()
        assert all(text in written for text in ("Star Ltd", "usage crossed", "From where to where", "Week by week"))
    assert "<polyline" in Path("m.html").read_text()
    assert csq("movers", "--history", history, "--weeks", "4", "-o", "m.xlsx").code == 0
    assert len(CalamineWorkbook.from_path("m.xlsx").get_sheet_by_name("Week by week").to_python()) == 3
    rows = list(csv.DictReader(io.StringIO(csq("movers", "--history", history, "-f", "csv").stdout.decode())))
    assert {row["account_id"] for row in rows} == {"star", "angry", "gone", "fresh"}


def test_a_page_lists_the_thousand_of_most_value_and_a_document_all(csq: Csq) -> None:
    Path("csq.yaml").write_text(SETTINGS + "history: h\n")
    put(Path("week1"), {"star": (900, 1, 5)})
    put(Path("week2"), {"star": (900, 1, 5), **{f"n{value}": (value, 0, 5) for value in range(1, 1102)}})
    assert csq("triage", "week1", "--as-of", WEEK_1, "-q").code == 0
    assert csq("triage", "week2", "--as-of", WEEK_2, "-q").code == 0
    for form in ("terminal", "md", "html"):
        page = csq("movers", "--history", "h", "-f", form).stdout.decode()
        named = {int(value) for value in re.findall(r"N(\d+) Ltd", page)}
        assert named == {*range(102, 1102)}, form
        assert "New (101 more in json)" in page, form
    assert len(json.loads(csq("movers", "--history", "h", "-f", "json").stdout)["moves"]) == 1101


def test_every_page_of_a_triage_has_them_and_the_columns_stand_at_the_end(csq: Csq, history: Path) -> None:
    run = ("triage", "week2", "--as-of", WEEK_2)
    told = "Since 2026-11-08: 2 accounts moved, 1 new, 1 left"
    assert told in csq(*run).stdout.decode()
    assert told in csq("brief", "week2", "--as-of", WEEK_2).stdout.decode()
    assert "Gone Ltd" in csq(*run, "-v").stdout.decode()
    assert csq(*run, "-o", "w.md", "-o", "w.html", "-o", "w.xlsx", "-q").code == 0
    assert all("Gone Ltd" in Path(name).read_text() for name in ("w.md", "w.html"))
    assert "Since last time" in CalamineWorkbook.from_path("w.xlsx").sheet_names
    document = json.loads(csq(*run, "-f", "json").stdout)
    star = next(row for row in document["accounts"] if row["account_id"] == "star")
    assert (star["moved_from"], star["weeks_here"], star["moved_because"]) == ("advocates", 0, "usage crossed")
    assert list(star)[-3:] == ["weeks_here", "moved_because", "times_deferred"]


def test_of_exports_it_says_what_moved_since_the_last_snapshot_and_keeps_nothing(csq: Csq, history: Path) -> None:
    before = sorted(history.rglob("*"))
    put(Path("week3"), {"star": (900, 10, 5), "angry": (700, 10, 1), "still": (50, 10, 5)})
    now = ("movers", "week3", "--as-of", "2026-11-16", "--history", history, "-f", "json")
    document = json.loads(csq(*now).stdout)
    assert document["since"] == WEEK_2
    moves = {row["account_id"]: (row["change"], row["moved_from"], row["moved_to"]) for row in document["moves"]}
    assert moves["star"] == ("moved", "underusers", "advocates")
    assert moves["fresh"] == ("left", "advocates", None)
    since = json.loads(csq(*now, "--since", "2026-11-10").stdout)
    assert since["since"] == WEEK_1
    assert {row["account_id"] for row in since["moves"]} == {"angry", "gone", "grown"}
    assert sorted(history.rglob("*")) == before


def test_for_excel_ids_of_moves_keep_their_zeros(csq: Csq) -> None:
    """007 moves from one place to another: Excel would make a 7 of it. Two answers of 5 on 1-5 are 100, of 1 are 0."""
    Path("csq.yaml").write_text(SETTINGS + "history: h\n")
    put(Path("week1"), {"007": (900, 10, 5), "008": (700, 10, 5)})
    put(Path("week2"), {"007": (900, 10, 1), "008": (700, 10, 5)})
    assert csq("triage", "week1", "--as-of", WEEK_1, "--csat-scale", "1-5", "-q").code == 0
    assert csq("triage", "week2", "--as-of", WEEK_2, "--csat-scale", "1-5", "-q").code == 0
    assert csq("movers", "--history", "h", "-f", "csv").stdout.decode().splitlines()[1].startswith("007,")
    for_excel = csq("movers", "--history", "h", "-f", "csv", "--excel").stdout.decode("utf-8-sig")
    assert next(csv.reader(for_excel.splitlines()[1:]))[0] == '="007"'


def test_what_cannot_be_compared_is_said(csq: Csq, history: Path) -> None:
    nothing = csq("movers", "--history", "nowhere")
    assert (nothing.code, "no snapshot" in nothing.stderr) == (3, True)
    early = csq("movers", "--since", "2020-01-01")
    assert early.code == 2
    assert "the first is of 2026-11-08" in early.stderr
    assert csq("movers", "--since", "yesterday").code == 2
    Path("csq.yaml").unlink()
    assert csq("movers").code == 2


def test_no_page_replaces_an_export_or_a_snapshot(csq: Csq, history: Path) -> None:
    snapshot = next(history.rglob("snapshot.parquet"))
    kept = snapshot.read_bytes()
    assert csq("movers", "--history", history, "-f", "md", "-o", snapshot).code == 2
    assert snapshot.read_bytes() == kept
    Path("usage.csv").write_text("account_id,logins\nA-1,3\n", encoding="utf-8")
    told = ("--usage", "usage.csv", "--history", history, "--as-of", "2026-11-15", "-f", "md", "-o", "usage.csv")
    assert csq("movers", *told).code == 2
    assert Path("usage.csv").read_text(encoding="utf-8") == "account_id,logins\nA-1,3\n"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("new_at_risk > 0", 0),  # the two that fell have one high axis left
        ("moved_down_contract_value > 1500", 1),  # 900 + 700
        ("left_contract_value >= 300", 1),
        ("left_contract_value > 300", 0),
    ],
)
def test_an_alarm_can_ask_about_moves(csq: Csq, history: Path, condition: str, code: int) -> None:
    assert csq("triage", "week2", "--as-of", WEEK_2, "-q", "--fail-on", condition).code == code


def test_without_a_history_an_alarm_about_moves_is_not_judged(csq: Csq) -> None:
    put(Path("week1"), {"star": (900, 10, 5), "still": (50, 10, 5)})
    result = csq("triage", "week1", "--as-of", WEEK_1, "--fail-on", "new_at_risk > 0")
    assert result.code == 0
    assert "could not be judged" in result.stderr


def test_a_moved_threshold_alone_gives_only_the_line_moved(csq: Csq, sample_data: Path) -> None:
    csq("triage", sample_data, "--history", "h", "--as-of", WEEK_1, "-q")
    for cut in ("--usage-cut", "--happiness-cut"):
        other = prepare(Inputs(directory=str(sample_data), as_of=WEEK_1), Method(), Faults(), None)
        before = standing_of(run_triage(other))
        told = Method(usage_cut="85") if cut == "--usage-cut" else Method(happiness_cut="40")
        after = standing_of(run_triage(prepare(Inputs(directory=str(sample_data), as_of=WEEK_1), told, Faults(), None)))
        causes = diff(before, after)["moved_because"].drop_nulls()
        assert len(causes) > 5
        assert set(causes) == {"the line moved"}


def test_a_window_and_a_scale_are_measured_differently(csq: Csq, sample_data: Path) -> None:
    told = Inputs(directory=str(sample_data), as_of=WEEK_2)
    before = standing_of(run_triage(prepare(told, Method(), Faults(), None)))
    after = standing_of(run_triage(prepare(told, Method(window=7), Faults(), None)))
    assert set(diff(before, after)["moved_because"].drop_nulls()) == {"measured differently"}
    scaled = told._replace(csat_scale=["0-5"])
    after = standing_of(run_triage(prepare(scaled, Method(), Faults(), None)))
    assert set(diff(before, after)["moved_because"].drop_nulls()) == {"measured differently"}


KEYS = [f"A{n:02d}" for n in range(14)]


@settings(max_examples=12)
@given(
    st.dictionaries(st.sampled_from(KEYS), st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=4),
    st.dictionaries(st.sampled_from(KEYS), st.tuples(st.integers(0, 9), st.integers(1, 5))),
)
def test_neighbours_that_change_never_move_an_account_whose_own_data_did_not(
    tmp_path_factory: pytest.TempPathFactory, first: dict[str, Any], changed: dict[str, Any]
) -> None:
    """Cuts, references and the number of features are pinned by the first run; then only the changed ones may move."""
    folder = tmp_path_factory.mktemp("neighbours")
    everyone = {key: first.get(key, (3, 4)) for key in KEYS}

    def exports(name: str, people: dict[str, Any]) -> str:
        put(folder / name, {key: (100, users, score) for key, (users, score) in people.items()})
        log = (folder / name / "usage.csv").read_text().splitlines()
        rows = [f"{row},f{int(row[1:3]) % 3 + len(people[row[:3]]) + people[row[:3]][0] % 4}" for row in log[1:]]
        (folder / name / "usage.csv").write_text("\n".join([f"{log[0]},feature", *rows]) + "\n")
        return str(folder / name)

    before = prepare(Inputs(directory=exports("a", everyone), as_of=WEEK_2), Method(), Faults(), None)
    found = run_triage(before)
    day = found.as_of.day
    assert day is not None
    pins = pins_of(found, before.settings.settings, None, day)
    after = prepare(Inputs(directory=exports("b", {**everyone, **changed}), as_of=WEEK_2), Method(), Faults(), None)
    after = after._replace(settings=after.settings._replace(settings=pinned(after.settings.settings, pins)))
    moves = diff(standing_of(found), standing_of(run_triage(after))).filter(pl.col("change") != "stayed")
    assert {*moves["account_id"]} <= {*changed}
