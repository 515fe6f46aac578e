"""`csq whatif`: what it tells is the difference of two whole runs, and nothing is written."""

import json
import os
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import Csq

EDITS = int(os.environ.get("EDITS", "20"))
"""How many random edits are tried; many by hand: `EDITS=200 pytest tests/cli/test_whatif.py`."""
SETTINGS = "thresholds: {usage: median, happiness: 70}\ncapacity: {default: 6}\n"
NAMES = ["account_id", "quadrant", "contract_value", "next_step", "this_week", "human", "queue", "hours", "desk"]


@pytest.fixture
def exports() -> Path:
    """Forty accounts of every size, with answers of every sort; A5 and A7 never answered, A9 is not in the log."""
    folder = Path("exports")
    folder.mkdir()
    accounts = [f"A{n},{700 * n * n % 90000},{5 + n % 9},Owner {n % 3}" for n in range(40)]
    log = [
        f"A{n},2026-{month}-{day},u{user},f{user % 5}"
        for n in range(40)
        if n != 9
        for month, day in (("10", "12"), ("11", "02"), ("11", "16"))
        for user in range(1 + n * n % 8)
    ]
    answers = [
        f"A{n},{role}{n}@example.com,{role},2026-{9 + n % 3:02}-0{1 + n % 9},{1 + (n * 7 + shift) % 5}"
        for n in range(40)
        if n not in (5, 7)
        for shift, role in enumerate(("end user", "decision maker"))
    ]
    for name, head, rows in (
        ("accounts", "account_id,arr,seats,owner", accounts),
        ("usage", "account_id,date,user_id,feature", log),
        ("csat", "account_id,email,role,submitted_at,score (1-5)", answers),
    ):
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")
    (folder / "csq.yaml").write_text(SETTINGS)
    return folder


def document(csq: Csq, *argv: object) -> dict[str, Any]:
    result = csq(*map(str, argv), "--as-of", "2026-11-16", "-f", "json")
    assert result.code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def triage(csq: Csq, exports: Path, *more: object) -> dict[str, Any]:
    return document(csq, "triage", exports, "--fields", ",".join([*NAMES, "play_hours", "tier"]), *more)


def listed(account: Mapping[str, Any]) -> bool:
    """In the week's list: a step that fits the hours, or that a machine takes."""
    return bool(account["next_step"] and (account["this_week"] or account["human"] is False))


def assert_is_the_difference(told: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> None:
    """Work out what two runs differ in, account by account, and hold it against what was told."""
    then, now = ({row["account_id"]: row for row in run["accounts"]} for run in (before, after))
    moves = {
        key: (then.get(key, {}).get("quadrant"), now.get(key, {}).get("quadrant"))
        for key in {*then, *now}
        if then.get(key, {}).get("quadrant") != now.get(key, {}).get("quadrant")
    }
    assert {row["account_id"]: (row["moved_from"], row["moved_to"]) for row in told["moves"]} == moves
    grid = Counter((then.get(key, {}).get("quadrant"), now.get(key, {}).get("quadrant")) for key in {*then, *now})
    assert {(each["moved_from"], each["moved_to"]): each["accounts"] for each in told["grid"]} == grid
    crossed = [key for key, (start, end) in moves.items() if start and end]
    assert told["moved"]["accounts"] == len(crossed)
    assert told["moved"]["contract_value"] == sum(now[key]["contract_value"] or 0 for key in crossed)
    for end, run in (("_before", before), ("", after)):
        totals = {each["quadrant"]: each for each in run["totals"]}
        for each in told["quadrants"]:
            same = totals[each["quadrant"]]
            for name in ("accounts", "contract_value", "play_hours"):
                assert each[f"{name}{end}"] == pytest.approx(same[name]), (each["quadrant"], name)
        of_tiers = Counter((row["tier"], row["quadrant"]) for row in run["accounts"])
        found = {(row["tier"], row["quadrant"]): row[f"accounts{end}"] for row in told["tiers"]}
        assert {place: count for place, count in found.items() if count} == of_tiers
        week = sum(row["hours"] for row in run["accounts"] if row["this_week"] and row["human"])
        assert sum(each[f"week_hours{end}"] for each in told["quadrants"]) == pytest.approx(week)
    lists = [{key for key, row in run.items() if listed(row)} for run in (then, now)]
    changes = dict.fromkeys(lists[1] - lists[0], "added") | dict.fromkeys(lists[0] - lists[1], "dropped")
    for key in lists[0] & lists[1]:
        if any(then[key][name] != now[key][name] for name in ("next_step", "hours", "desk")):
            changes[key] = "altered"
    assert {row["account_id"]: row["change"] for row in told["week"]} == changes


def test_without_accounts_the_hours_of_a_week_are_none_where_hours_are_told_and_unknown_where_not(csq, exports):
    (exports / "csq.yaml").write_text("tiers: {bands: {top: 80000, rest: 0}}\n")
    told = document(csq, "whatif", exports, "--set", "capacity.default=6")
    empty = [each for each in told["tiers"] if each["accounts"] == each["accounts_before"] == 0]
    assert {each["tier"] for each in empty} >= {"top"}
    assert {(each["week_hours_before"], each["week_hours"]) for each in empty} == {(None, 0)}


def number(dice: random.Random, low: float, high: float) -> str:
    return f"{dice.uniform(low, high):.1f}"


def settings_edit(dice: random.Random) -> tuple[str, str]:
    """A key of csq.yaml and what it is to be: how to place, what to measure, what to read, whose hours."""
    keys = {
        "thresholds.happiness.at": number(dice, 0, 100),
        "thresholds.happiness": dice.choice(["median", "weighted_median", "q80", "45"]),
        "thresholds.usage.at": number(dice, 0, 100),
        "thresholds.usage": dice.choice(["q25", "q90", "weighted_median", "33.3"]),
        "thresholds.usage.within": "all",
        "windows.usage": str(dice.randint(1, 90)),
        "windows.csat": str(dice.randint(1, 400)),
        "weights.breadth": number(dice, 0, 9),
        "weights.seat_use": number(dice, 0, 9),
        "happiness": dice.choice(["top_box", "decision_maker_first", "lowest_role"]),
        "tiers.bands": f"{{big: {dice.randint(20000, 80000)}, small: 0}}",
        "tiers.column": "owner",
        "capacity.default": number(dice, 1, 40),
        "capacity.owners": f"{{Owner 1: {dice.randint(0, 9)}}}",
        "scales.csat": dice.choice(["0-5", "1-7", "5-1"]),
        "columns.accounts.arr": "seats",
        "features.ignore": "[f1, f3]",
        "thresholds.references.volume.all": number(dice, 1, 50),
    }
    return dice.choice(list(keys.items()))


def playbook_edit(dice: random.Random) -> str:
    """A playbook that differs from the built-in one in one thing."""
    return "extends: built-in\n" + dice.choice(
        [
            f"split: {{rescue: 0.{(share := dice.randint(1, 9))}, protect: 0.{10 - share}}}\n",
            f"min_value_per_hour: {dice.randint(1, 20000)}\n",
            f"quadrants: {{{dice.choice(['at_risk', 'underusers'])}: {{weight: {number(dice, 0.1, 9)}}}}}\n",
            f"signal_weights: {{act: {number(dice, 1, 9)}}}\n",
            "touch: {high: [nobody], low: [all, large, mid, small]}\n",
        ]
    )


def in_yaml(key: str, value: str) -> str:
    """The key as a csq.yaml of its own would say it, under what the other one says."""
    said: dict[str, Any] = {"thresholds": {"usage": "median", "happiness": "70"}, "capacity": {"default": "6"}}
    *above, last = key.split(".")
    group = said
    for step in above:
        inner = group.get(step)
        group[step] = inner if isinstance(inner, dict) else {"method": inner} if step == "usage" and inner else {}
        group = group[step]
    if last == "at":  # a cut is fixed or taken
        group.pop("method", None)
    group[last] = "@"
    return json.dumps(said).replace('"@"', value)


def test_it_tells_the_difference_of_two_whole_runs_whatever_is_edited(csq: Csq, exports: Path) -> None:
    dice = random.Random(22)
    before = triage(csq, exports)
    moved = 0
    for _ in range(EDITS):
        key, value = settings_edit(dice)
        Path("other.yaml").write_text(in_yaml(key, value))
        Path("other-playbook.yaml").write_text(playbook_edit(dice))
        playbook = dice.choice([[], ["--playbook", "other-playbook.yaml"]])
        change = dice.choice([["--set", f"{key}={value}"], ["--config", "other.yaml"]])
        told = document(csq, "whatif", exports, *change, *playbook)
        after = triage(csq, exports, "--config", "other.yaml", *playbook)
        try:
            assert_is_the_difference(told, before, after)
        except AssertionError as error:
            raise AssertionError(f"{change} {key}={value} {playbook}") from error
        moved += len(told["moves"])
    assert moved > EDITS  # the edits do something


def test_the_line_alone_is_why_accounts_move_when_only_a_threshold_does(csq: Csq, exports: Path) -> None:
    told = document(csq, "whatif", exports, "--set", "thresholds.happiness.at=30")
    assert told["changes"] == [{"path": "thresholds.happiness.at.all", "before": "70.0", "after": "30.0"}]
    assert told["moved"]["accounts"] > 0
    assert set(told["causes"]) == {"the line moved"}


@pytest.mark.parametrize("method", ["top_box", "decision_maker_first", "lowest_role"])
def test_the_line_alone_is_why_accounts_move_when_only_the_score_is_made_otherwise(
    csq: Csq, exports: Path, method: str
) -> None:
    told = document(csq, "whatif", exports, "--set", f"happiness={method}", "--set", "thresholds.happiness.at=30")
    assert told["moved"]["accounts"] > 0
    assert set(told["causes"]) == {"the line moved"}


def test_nothing_moves_where_nothing_is_otherwise(csq: Csq, exports: Path) -> None:
    told = document(csq, "whatif", exports, "--set", "thresholds.happiness.at=70")
    assert (told["changes"], told["moves"], told["week"]) == ([], [], [])
    assert told["moved"] == {"accounts": 0, "contract_value": 0, "play_hours": 0.0}


def test_nothing_is_written_and_the_history_stays_as_it_is(csq: Csq, exports: Path) -> None:
    day = ("--as-of", "2026-11-16", "--history", "h")
    assert csq("triage", exports, *day).code == 0
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path().rglob("*") if path.is_file()}
    result = csq("whatif", exports, *day, "--set", "thresholds.usage=q90", "--sweep", "windows.usage=7:28:7")
    assert (result.code, result.stderr) == (0, "")
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path().rglob("*") if path.is_file()}
    # The lock is there to be held by a run that keeps something.
    assert after == before


def test_exports_are_read_once_unless_a_change_says_how_to_read(
    csq: Csq, exports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from csq.cli import run

    reads = []
    load = run.load
    monkeypatch.setattr(run, "load", lambda *given: reads.append(1) or load(*given))
    for changes, times in (
        (["--set", "thresholds.usage=q90", "--set", "weights.breadth=3"], 1),
        (["--sweep", "thresholds.usage.at=10:90:20"], 1),
        (["--set", "scales.csat=0-5"], 2),
    ):
        reads.clear()
        document(csq, "whatif", exports, *changes)
        assert len(reads) == times, changes


def test_a_sweep_tells_of_each_value_what_setting_it_tells(csq: Csq, exports: Path) -> None:
    """60, 65, ..., 80: both ends belong to it."""
    swept = document(csq, "whatif", exports, "--sweep", "thresholds.happiness.at=60:80:5")
    assert (swept["key"], [each["value"] for each in swept["values"]]) == (
        "thresholds.happiness.at",
        ["60", "65", "70", "75", "80"],
    )
    for each in swept["values"]:
        alone = document(csq, "whatif", exports, "--set", f"thresholds.happiness.at={each['value']}")
        assert {name: told for name, told in alone.items() if name != "format_version"} | {
            "value": each["value"]
        } == each


@pytest.mark.parametrize(
    ("told", "values"),
    [
        ("60:80:10", ["60", "70", "80"]),
        ("60:79:10", ["60", "70"]),
        ("0.1:0.3:0.1", ["0.1", "0.2", "0.3"]),
        ("80:60:-10", ["80", "70", "60"]),
        ("60:60:5", ["60"]),
    ],
)
def test_a_range_goes_as_far_as_its_steps_reach(csq: Csq, exports: Path, told: str, values: list[str]) -> None:
    swept = document(csq, "whatif", exports, "--sweep", f"thresholds.happiness.at={told}")
    assert [each["value"] for each in swept["values"]] == values


@pytest.mark.parametrize(
    ("key", "settings", "same"),
    [
        ("thresholds.happiness.at.all=80", "thresholds: {happiness: 70}", "thresholds: {happiness: 80}"),
        ("thresholds.happiness.method=q80", "thresholds: {happiness: 70}", "thresholds: {happiness: q80}"),
        ("thresholds.happiness.at=80", "thresholds: {happiness: {method: median}}", "thresholds: {happiness: 80}"),
        ("thresholds.happiness=", "thresholds: {happiness: 20}", ""),
        ("tiers.bands={a: 9000, b: 0}", "tiers: {column: owner}", "tiers: {bands: {a: 9000, b: 0}}"),
        ('files."usage.csv".roles=[]', "", "files: {usage.csv: {roles: []}}"),
        ('scales.csat."score (1-5)"=0-5', "", "scales: {csat: {score (1-5): 0-5}}"),
        (" happiness = top_box ", "", "happiness: top_box"),
    ],
)
def test_a_change_is_put_where_csq_yaml_has_it_in_whatever_form(
    csq: Csq, exports: Path, key: str, settings: str, same: str
) -> None:
    """By its short form or in full; a cut is fixed or taken, so that one stands in place of the other."""
    hours = "capacity: {default: 6}\n"
    (exports / "csq.yaml").write_text(f"{hours}{settings}\n")
    Path("other.yaml").write_text(f"{hours}{same}\n")
    one, other = (document(csq, "whatif", exports, *how) for how in (["--set", key], ["--config", "other.yaml"]))
    assert one == other
    assert one["changes"]


def test_what_is_set_goes_before_a_flag_that_says_the_same(csq: Csq, exports: Path) -> None:
    """`--happiness-cut 50` is how today's run is placed; the other one is at 90 all the same."""
    told = document(csq, "whatif", exports, "--happiness-cut", "50", "--set", "thresholds.happiness.at=90")
    assert told["changes"] == [{"path": "thresholds.happiness.at.all", "before": "50.0", "after": "90.0"}]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ([], "nothing is to be otherwise"),
        (["--set", "thresholds.happiness.at"], "`--set thresholds.happiness.at` says no value"),
        (["--set", "=3"], "`--set =3` names no key"),
        (["--set", ".".join("a" * 25) + "=3"], "names no key"),
        (["--set", "a..b=3"], "`--set a..b=3` names no key"),
        (["--set", "thresholds.happines=3"], "`--set thresholds.happines=3`: unknown key `happines`"),
        (["--set", "thresholds.happiness.at=101"], "`at` must be at most 100, not `101`"),
        (["--set", "windows.usage=[1"], "`--set windows.usage=[1`: "),
        (["--set", "weights.breadth=1", "--set", "windows.usage=x"], "`--set windows.usage=x`: `usage` must be"),
        (["--sweep", "thresholds.happiness.at=60:80"], "is no range"),
        (["--sweep", "thresholds.happiness.at=60:80:0"], "is no range"),
        (["--sweep", "thresholds.happiness.at=a:b:c"], "is no range"),
        (["--sweep", "thresholds.happiness.at=nan:80:1"], "is no range"),
        (["--sweep", "thresholds.happiness.at=0:inf:1"], "is no range"),
        (["--sweep", "thresholds.happiness.at=80:60:5"], "has no value"),
        (["--sweep", "thresholds.happiness.at=0:100:0.1"], "has 1,001 values, of at most 100"),
        (
            ["--csat-scale", "1-5", "--set", "scales.csat.all=0-10"],
            "`--csat-scale` says how to read, whatever `scales`",
        ),
        (["--column", "feature=feature", "--set", "columns.usage.feature=date"], "`--column` says how to read"),
        (["--set", "windows.usage=7", "-f", "csv"], "what-ifs have no format `csv`"),
    ],
)
def test_what_cannot_be_is_told_as_a_fault_of_the_command_line(
    csq: Csq, exports: Path, flags: list[str], message: str
) -> None:
    result = csq("whatif", exports, *flags)
    assert (result.code, result.stdout) == (2, b"")
    assert message in result.stderr
    assert "\nhint: " in result.stderr or "must be" in message


def test_a_page_for_a_pull_request_says_what_changes_and_what_that_comes_to(csq: Csq, exports: Path) -> None:
    argv = ("whatif", exports, "--as-of", "2026-11-16", "--set", "thresholds.happiness.at=30")
    page = csq(*argv, "-f", "md").stdout.decode()
    assert page.startswith("# What if\n\n- thresholds.happiness.at.all: 70.0 → 30.0\n")
    for title in (
        "Per quadrant",
        "Per tier, where it differs",
        "Who crossed",
        "From where to where",
        "This week's list",
    ):
        assert f"\n### {title}\n" in page
    screen = csq(*argv).stdout.decode()
    assert screen.splitlines()[0] == "What if"
    assert "the line moved" in screen


def test_a_page_lists_the_first_thousand_of_a_week_and_a_document_all(csq: Csq) -> None:
    Path("csat.csv").write_text("account_id,score (1-5)\n" + "".join(f"A{n},4\n" for n in range(1200)))
    argv = ("whatif", "--csat", "csat.csv", "--as-of", "2026-11-16", "--set", "thresholds.happiness.at=80")
    page = csq(*argv).stdout.decode()
    assert "1,200 added" in page
    assert "This week's list (200 more in json)" in page
    assert page.count("\n  A") == 1 + 1000  # the head of the list, and its rows
    assert len(document(csq, *argv)["week"]) == 1200


def test_data_without_dates_can_be_asked_what_if(csq: Csq) -> None:
    Path("usage.csv").write_text("account_id,active users,seats\nA,3,10\nB,9,10\nC,1,10\n")
    result = csq("whatif", "--usage", "usage.csv", "--set", "thresholds.usage.at=95", "-f", "json")
    assert result.code == 0, result.stderr
    assert json.loads(result.stdout)["as_of"] is None


def test_standard_input_that_would_be_read_twice_is_refused(csq: Csq, exports: Path) -> None:
    given = (exports / "usage.csv").read_bytes()
    read_once = csq("whatif", "--usage", "-", "--set", "thresholds.usage=q90", stdin=given)
    assert read_once.code == 0, read_once.stderr
    again = csq("whatif", "--usage", "-", "--set", "windows.usage=7", stdin=given)
    assert again.code == 2
    assert "standard input can be read once" in again.stderr
