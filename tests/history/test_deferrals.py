"""How often a step was planned and not done, and the decision that it asks for."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from tables import lines

MONDAYS = ("2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16")
PLAYBOOK = """\
extends: built-in
quadrants:
  advocates:
    play:
      headline: Look after them
      steps:
        - {id: say_hello, do: Say hello. And listen, short: Say hello, again_after: 14}
        - {id: send_news, do: Send the news, who: automation, again_after: 0}
"""
ASKED = "Put off 3 times: do it, hand it over, or drop it with a reason. Say hello. And listen"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Two advocates that use the product every week since August."""
    folder = tmp_path / "exports"
    folder.mkdir()
    mondays = [date(2026, 8, 3) + timedelta(weeks=number) for number in range(16)]
    days = [f"{key},u,{day},f,9" for day in mondays for key in ("A-1", "A-2")]
    (folder / "usage.csv").write_text(lines("account_id,user_id,date,feature,events", *days))
    answers = ("A-1,5,2026-10-01", "A-2,5,2026-10-01")
    (folder / "csat.csv").write_text(lines("account_id,csat,submitted_at", *answers))
    (folder / "accounts.csv").write_text(
        lines("account_id,account_name,arr,owner", "A-1,Acme,9,Dana", "A-2,Bolt,8,Dana")
    )
    settings = "history: ../history\nthresholds: {usage: 50, happiness: 70}\nscales: {csat: {csat: 1-5}}\n"
    (folder / "csq.yaml").write_text(settings + "capacity: {default: 40}\n")
    (folder / "playbooks.yaml").write_text(PLAYBOOK)
    return folder


def week(csq, exports: Path, day: str, *flags: str) -> dict[str, tuple[str, str]]:
    """The week of a day: how often the next step of each account was put off, and the step."""
    run = csq("triage", exports, "--as-of", day, "-q", "-f", "csv", *flags)
    assert run.code == 0, run.stderr
    rows = csv.DictReader(run.stdout.decode().splitlines())
    return {row["account_id"]: (row["times_deferred"], row["next_step"]) for row in rows}


def test_a_step_asks_for_a_decision_the_third_time_it_was_put_off(csq, exports):
    found = [week(csq, exports, day)["A-1"] for day in MONDAYS]
    assert [times for times, _ in found] == ["0", "1", "2", "3"]
    assert [step for _, step in found] == ["Say hello. And listen"] * 3 + [ASKED]


def test_every_output_says_so(csq, exports):
    for day in MONDAYS[:3]:
        week(csq, exports, day)
    flags = (exports, "--as-of", MONDAYS[3], "-q")
    files = [f"week.{suffix}" for suffix in ("txt", "csv", "tsv", "json", "jsonl", "md", "html", "ics")]
    csq("triage", *flags, *(word for name in files for word in ("-o", name)))
    texts = {name: Path(name).read_text(encoding="utf-8").replace("\n ", "") for name in files}
    texts["brief"] = csq("brief", *flags).stdout.decode()
    texts["plan"] = csq("plan", *flags).stdout.decode()
    texts["checklist"] = csq("plan", *flags, "-f", "md").stdout.decode()
    texts["explain"] = csq("explain", "A-1", *flags).stdout.decode()
    texts["explain as json"] = csq("explain", "A-1", *flags, "-f", "json").stdout.decode()
    assert [name for name, text in texts.items() if "Put off 3 times" not in " ".join(text.split())] == []


def test_a_week_in_which_it_was_done_ends_the_count(csq, exports):
    for day in MONDAYS[:2]:
        week(csq, exports, day)
    csq("done", "A-1", "say_hello", "--data", exports, "--on", "2026-11-03")
    # Done on 3 November, so back on the 17th: what was put off before is settled.
    assert week(csq, exports, "2026-11-09")["A-1"] == ("", "Send the news")
    assert week(csq, exports, "2026-11-17")["A-1"] == ("0", "Say hello. And listen")
    assert week(csq, exports, "2026-11-17", "--replace")["A-2"][0] == "3"


def test_a_week_counts_once_however_often_it_is_run(csq, exports):
    # 30 October to 5 November all plan the week of Monday 2 November; 6 November plans the next one.
    found = [week(csq, exports, f"2026-{day}")["A-1"][0] for day in ("10-30", "11-02", "11-05", "11-06")]
    assert found == ["0", "0", "0", "1"]


def test_without_a_history_it_is_not_known(csq, exports):
    (exports / "csq.yaml").write_text("thresholds: {usage: 50, happiness: 70}\nscales: {csat: {csat: 1-5}}\n")
    assert week(csq, exports, MONDAYS[0])["A-1"][0] == ""


def test_weeks_that_were_filled_in_were_planned_by_nobody(csq, exports):
    assert csq("history", "fill", exports, "--as-of", MONDAYS[3], "--weeks", "3", "-q").code == 0
    assert week(csq, exports, MONDAYS[3])["A-1"][0] == "0"


def test_what_did_not_fit_into_the_week_was_not_planned(csq, exports):
    settings = exports / "csq.yaml"
    settings.write_text(settings.read_text().replace("default: 40", "default: 1"))
    found = [week(csq, exports, day) for day in MONDAYS]
    # An hour a week is for the first of the two.
    assert [each["A-1"][0] for each in found] == ["0", "1", "2", "3"]
    assert [each["A-2"][0] for each in found] == ["0"] * 4


def test_json_has_the_count_as_a_number(csq, exports):
    week(csq, exports, MONDAYS[0])
    run = csq("triage", exports, "--as-of", MONDAYS[1], "-q", "-f", "json")
    assert [each["times_deferred"] for each in json.loads(run.stdout)["accounts"]] == [1, 1]
