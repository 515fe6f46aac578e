"""`csq done`: what was done is known the next Monday, and nothing is lost or counted twice on the way."""

import csv
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest

from csq.done.checklist import ticks_of_checklist
from csq.errors import Exit
from loop import simulate
from tables import lines

DAY = "2026-11-15"
"""A Sunday: the week is that of Monday 16 November."""
WEEK = "2026-11-16"
SETTINGS = "capacity: {default: 40}\nthresholds: {usage: 50, happiness: 70}\nscales: {csat: {csat: 1-5}}\n"
PLAYBOOK = """\
extends: built-in
quadrants:
  advocates:
    play:
      headline: Look after them
      steps:
        - {id: ask_favour, do: Ask for a favour, kind: favour, when: "COALESCE(favours_asked, 0) = 0"}
        - {id: say_hello, do: Say hello, again_after: 30}
        - {id: agree_plan, do: Agree on a plan, done_by: plan_agreed}
        - {id: stay, do: Stay in touch, again_after: 0}
signals: {}
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """Three advocates of one owner, as of 15 November 2026."""
    folder = tmp_path / "exports"
    folder.mkdir()
    keys = ("A-1", "A-2", "A-3")
    (folder / "usage.csv").write_text(
        lines(
            "account_id,user_id,date,feature,events",
            *(f"{key},u,{day},f,9" for key in keys for day in ("2026-11-11", DAY)),
        )
    )
    (folder / "csat.csv").write_text(lines("account_id,csat,submitted_at", *(f"{key},5,2026-11-01" for key in keys)))
    (folder / "accounts.csv").write_text(
        lines("account_id,account_name,arr,owner", "A-1,Acme,900,Dana", "A-2,Bolt,800,Dana", "A-3,Cog,700,Dana")
    )
    (folder / "csq.yaml").write_text(SETTINGS)
    (folder / "playbooks.yaml").write_text(PLAYBOOK)
    return folder


def steps(csq, exports: Path, day: str = DAY) -> dict[str, str]:
    """The next step of each account as triage shows it; on that day everybody uses the product."""
    if day > DAY:
        with (exports / "usage.csv").open("a") as usage:
            usage.write("".join(f"{key},u,{day},f,9\n" for key in ("A-1", "A-2", "A-3")))
    run = csq("triage", exports, "--as-of", day, "-q", "-f", "csv", "--fields", "step_id")
    assert run.code == 0, run.stderr
    return {row["account_id"]: row["step_id"] for row in csv.DictReader(run.stdout.decode().splitlines())}


def on_record(exports: Path, name: str = "csq-events.csv") -> list[tuple[str, str, str]]:
    """Account, kind and day of each event on record."""
    path = exports / name
    rows = csv.DictReader(path.read_text().splitlines()) if path.exists() else []
    return [(row["account_id"], row["kind"], row["date"]) for row in rows]


def test_a_step_that_was_done_is_known_at_once_and_comes_back_when_it_may(csq, exports):
    assert steps(csq, exports)["A-1"] == "ask_favour"
    done = csq("done", "acme", "--data", exports, "--on", "2026-11-17", "--by", "Dana", "--note", "they may")
    assert (done.code, done.stdout) == (0, b"")
    assert done.stderr == f"note: recorded in `{exports}/csq-events.csv`: A-1/ask_favour/{WEEK} done\n"
    # The step has no `done_by`; it asks a favour, which counts against the limit. 17 November is after the run's day,
    # and known all the same, since it answers the plan of that week.
    assert on_record(exports) == [("A-1", "step_done", "2026-11-17"), ("A-1", "favour_asked", "2026-11-17")]
    assert steps(csq, exports) == {"A-1": "say_hello", "A-2": "ask_favour", "A-3": "ask_favour"}
    # 17 November and 90 days is 15 February. The built-in playbook blocks favours that long, that day included.
    found = [steps(csq, exports, day) for day in ("2027-02-14", "2027-02-16")]
    assert [(each["A-1"], each["A-2"]) for each in found] == [("say_hello", "ask_favour"), ("ask_favour", "ask_favour")]
    # Before its week nothing is known of it.
    assert steps(csq, exports, "2026-11-12")["A-1"] == "ask_favour"


def test_a_step_may_come_back_after_the_days_that_the_playbook_gives_it(csq, exports):
    csq("done", "A-1", "say_hello", "--data", exports, "--on", DAY)
    csq("done", "A-1", "ask_favour", "--data", exports, "--on", DAY)
    # Say hello again after 30 days: from 15 December on.
    assert [steps(csq, exports, day)["A-1"] for day in ("2026-12-14", "2026-12-15")] == ["agree_plan", "say_hello"]


def test_an_event_of_any_file_that_shows_a_step_done_counts_for_as_long(csq, exports):
    # 17 August is 90 days before 15 November, 18 August 89.
    (exports / "events.csv").write_text(
        lines(
            "account_id,date,kind",
            *(f"{key},2026-11-10,favour_asked" for key in ("A-1", "A-2")),
            "A-1,2026-08-17,plan_agreed",
            "A-2,2026-08-18,plan_agreed",
        )
    )
    for key in ("A-1", "A-2"):
        csq("done", key, "say_hello", "--data", exports, "--on", DAY)
    found = steps(csq, exports)
    assert (found["A-1"], found["A-2"]) == ("agree_plan", "stay")


def test_what_is_told_twice_is_on_record_once(csq, exports):
    for _ in range(2):
        last = csq("done", "A-1", "agree_plan", "--data", exports)
    assert last.stderr == "note: 1 on record already\n"
    assert [kind for _, kind, _ in on_record(exports)] == ["plan_agreed"]


def test_a_note_that_comes_after_its_tick_is_told(csq, exports):
    """The record is never rewritten, so the second note is not in it; the same note again is nothing new."""
    step = ("done", "A-1", "agree_plan", "--data", exports)
    assert csq(*step, "--note", "= they agree").code == 0
    assert csq(*step, "--note", "= they agree").stderr == "note: 1 on record already\n"
    told = csq(*step, "--note", "on Monday")
    assert told.stderr.startswith("warning: the step is on record with another note: write yours beside it there")


def test_a_second_step_of_a_week_is_named_and_never_recorded_by_a_line_told_twice(csq, exports):
    """`csq done A-1` again may be a slip or the next step: it is asked, with the line that records that one.

    A step that was only tried is still the next one, so `csq done A-1` means it.
    """
    assert csq("done", "A-1", "--data", exports, "--on", DAY).code == 0
    once = on_record(exports)
    again = csq("done", "A-1", "--data", exports, "--on", DAY)
    assert (again.code, on_record(exports)) == (Exit.USAGE, once)
    assert "`ask_favour` of `A-1` is on record as done this week already" in again.stderr
    assert "`csq done A-1 say_hello` records the next one too" in again.stderr
    assert csq("done", "A-1", "say_hello", "--data", exports, "--on", DAY).code == 0
    assert [kind for _, kind, _ in on_record(exports)][-1] == "step_done"


def test_ticks_come_back_from_the_checklists_of_a_plan(csq, exports, tmp_path):
    assert csq("plan", exports, "-q", "-o", f"{tmp_path}/plans/").code == 0
    path = tmp_path / "plans" / "dana.md"
    text = path.read_text()
    assert f"`A-1/ask_favour/{WEEK}`" in text
    first, second = re.findall(r"^- \[ \] .*$", text, re.MULTILINE)[:2]
    text = text.replace(first, f"{first.replace('[ ]', '[x]')} they will think about it")
    path.write_bytes(
        text.replace(second, second.replace("[ ]", "[x]") + " tried: no answer").replace("\n", "\r\n").encode()
    )
    told = csq("done", "--from", tmp_path / "plans", "--data", exports, "--on", "2026-11-18")
    assert "1 done, 1 tried" in told.stderr
    assert steps(csq, exports) == {"A-1": "say_hello", "A-2": "say_hello", "A-3": "ask_favour"}
    assert csq("done", "--from", tmp_path / "plans", "--data", exports).stderr == "note: 2 on record already\n"


def ticked(path: Path, account: str, word: str, note: str = "") -> None:
    """Fill in the columns `done` and `note` of an account in the week's sheet, as a spreadsheet would."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    strings = re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"].decode(), re.DOTALL)
    name, sheet = next((n, parts[n].decode()) for n in parts if n == "xl/worksheets/sheet2.xml")
    at = next(number for number, text in enumerate(strings) if f">{account}/" in text)
    column, row = re.search(rf'<c r="([A-Z]+)(\d+)"[^>]*t="s"><v>{at}</v></c>', sheet).groups()
    done, noted = (chr(ord(column) - back) for back in (2, 1))
    cells = "".join(f'<c r="{c}{row}" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in ((done, word), (noted, note)))
    sheet = re.sub(rf'<c r="(?:{done}|{noted}){row}"[^>]*/>', "", sheet)
    sheet = re.sub(rf'(?=<c r="{column}{row}")', cells, sheet)
    with zipfile.ZipFile(path, "w") as book:
        for each, data in parts.items():
            book.writestr(each, sheet if each == name else data)


def test_ticks_come_back_from_the_sheet_of_the_week(csq, exports, tmp_path):
    week = tmp_path / "week.xlsx"
    assert csq("triage", exports, "-q", "-o", week).code == 0
    ticked(week, "A-1", "done", "well")
    ticked(week, "A-3", "no longer", "they merged")
    told = csq("done", "--from", week, "--data", exports, "--on", "2026-11-18", "--by", "Dana")
    assert "1 done, 1 no longer" in told.stderr
    rows = [*csv.DictReader((exports / "csq-events.csv").read_text().splitlines())]
    assert [(row["kind"], row["note"], row["by"]) for row in rows] == [
        ("step_done", "well", "Dana"), ("favour_asked", "", "Dana"), ("step_no_longer", "they merged", "Dana")
    ]  # fmt: skip
    assert re.fullmatch(r".*week\.xlsx:\d+", rows[0]["source"])
    assert steps(csq, exports) == {"A-1": "say_hello", "A-2": "ask_favour", "A-3": "say_hello"}


def test_libreoffice_saves_the_workbook_and_the_ticks_are_read_from_it(csq, exports, tmp_path):
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed: nobody has saved the workbook")
    import subprocess

    csq("triage", exports, "-q", "-o", "week.xlsx")
    ticked(Path("week.xlsx"), "A-2", "not now", "budget frozen")
    for suffix in ("xlsx", "ods"):
        command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
        command += ["--convert-to", suffix, "--outdir", "saved", "week.xlsx"]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        told = csq("done", "--from", f"saved/week.{suffix}", "--data", exports)
        assert told.code == 0, told.stderr
    assert [kind for _, kind, _ in on_record(exports)] == ["step_not_now"]


def test_files_of_two_weeks_that_are_read_on_one_day_are_two_weeks(csq, exports, tmp_path):
    for day, name in ((DAY, "one.md"), ("2026-11-22", "two.md")):
        csq("plan", exports, "-q", "--as-of", day, "-o", name)
        Path(name).write_text(Path(name).read_text().replace("- [ ]", "- [x]"))
    csq("done", "--from", "one.md", "--from", "two.md", "--data", exports)
    ids = {row["planned_step"] for row in csv.DictReader((exports / "csq-events.csv").read_text().splitlines())}
    assert {f"A-1/ask_favour/{WEEK}", "A-1/ask_favour/2026-11-23"} <= ids


def test_a_tick_whose_account_or_step_is_gone_is_told_with_its_line_and_kept(csq, exports):
    text = f"- [x] 1 Gone `A-9/ask_favour/{WEEK}`\n- [x] 2 Acme `A-1/old_step/{WEEK}`\n"
    Path("dana.md").write_text(text)
    told = csq("done", "--from", "dana.md", "--data", exports)
    assert told.code == 0
    assert "line 1 of `dana.md`: `A-9` is no account of these exports; kept" in told.stderr
    assert "line 2 of `dana.md`: the playbook has no step `old_step`; kept as step_done" in told.stderr
    assert [(key, kind) for key, kind, _ in on_record(exports)] == [
        ("A-9", "step_done"), ("A-9", "favour_asked"), ("A-1", "step_done")
    ]  # fmt: skip
    # Two of three rows are of nobody any more, and the next run does not mind, however strict it is.
    assert steps(csq, exports)["A-1"] == "ask_favour"
    assert csq("triage", exports, "--as-of", DAY, "-q", "--strict").code == 0


def test_an_account_that_was_renamed_is_found_by_its_id(csq, exports):
    csq("plan", exports, "-q", "-o", "dana.md")
    accounts = exports / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("Acme", "Acme Holding"))
    Path("dana.md").write_text(Path("dana.md").read_text().replace("- [ ] 1 ", "- [x] 1 "))
    assert "A-1/ask_favour" in csq("done", "--from", "dana.md", "--data", exports).stderr


def test_the_file_that_csq_yaml_names_holds_the_record_and_is_read_once(csq, exports, tmp_path):
    (exports / "csq.yaml").write_text(SETTINGS + "events: ../team/ticks.csv\n")
    (tmp_path / "team").mkdir()
    csq("done", "A-1", "--data", exports)
    assert on_record(tmp_path / "team", "ticks.csv")
    assert not (exports / "csq-events.csv").exists()
    assert steps(csq, exports)["A-1"] == "say_hello"
    # The same file named and found in the folder: each event counts once.
    shutil.copy(tmp_path / "team" / "ticks.csv", exports / "csq-events.csv")
    (exports / "csq.yaml").write_text(SETTINGS + "events: csq-events.csv\n")
    run = csq("triage", exports, "-q", "-f", "csv", "--fields", "favours_asked")
    (row,) = (each for each in csv.DictReader(run.stdout.decode().splitlines()) if each["account_id"] == "A-1")
    assert row["favours_asked"] == "1"


def test_ticks_are_matched_by_id_whatever_key_other_events_go_by(csq, exports):
    accounts = exports / "accounts.csv"
    rows = accounts.read_text().splitlines()
    accounts.write_text(lines(rows[0] + ",external_id", *(f"{row},X-{n}" for n, row in enumerate(rows[1:]))))
    (exports / "events.csv").write_text(lines("external_id,date,kind", "X-1,2026-11-01,plan_agreed"))
    (exports / "csq.yaml").write_text(SETTINGS + "keys: {events: external_id}\n")
    csq("done", "A-1", "--data", exports)
    assert steps(csq, exports)["A-1"] == "say_hello"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "name one account, or files with `--from`"),
        (("A-1", "--from", "x.md"), "name one account, or files with `--from`"),
        (("--from", "x.md", "--note", "n"), "`--note` and `--cause` are of one step"),
        (("A-1", "--on", "2999-01-01"), "is not a date"),
        (("A-1", "--on", "2199-01-01"), "is still to come"),
        (("A-1", "--on", "18.11.2026"), "`--on 18.11.2026` is not a date"),
        (("nobody",), "no account matches `nobody`"),
        (("A-",), "hint: `csq done A-1`"),
        (("A-1", "say_helo"), "no step `say_helo`"),
        (("A-1", "--cause", "too_complx"), "no reason code `too_complx`"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused_and_nothing_is_recorded(csq, exports, argv, said):
    run = csq("done", *argv, "--data", exports)
    assert (run.code, run.stdout) == (Exit.USAGE, b"")
    assert said in run.stderr
    assert on_record(exports) == []


def test_a_mark_that_cannot_be_read_stops_before_anything_is_recorded(csq, exports):
    Path("dana.md").write_text(f"- [x] `A-1/say_hello/{WEEK}`\n- [?] `A-2/say_hello/{WEEK}`\n")
    run = csq("done", "--from", "dana.md", "--data", exports)
    assert run.code == Exit.INPUT
    assert "--> dana.md:2:4" in run.stderr
    assert on_record(exports) == []


def test_a_record_that_cannot_be_written_is_an_output_error(csq, exports):
    (exports / "csq.yaml").write_text(f"{SETTINGS}events: nowhere/but/a.csv\n")
    (exports / "nowhere").write_text("a file stands where the folder would be")
    run = csq("done", "A-1", "--data", exports)
    assert (run.code, run.stdout) == (Exit.OUTPUT, b"")
    assert "nowhere" in run.stderr


def test_the_folder_is_the_working_directory_where_none_is_named(csq, exports, monkeypatch):
    monkeypatch.chdir(exports)
    assert csq("done", "A-1", "-q").code == 0
    assert len(on_record(exports)) == 2


def test_a_folder_without_exports_is_refused(csq, tmp_path):
    (tmp_path / "none").mkdir()
    assert csq("done", "A-1", "--data", tmp_path / "none").code in (Exit.USAGE, Exit.INPUT)


def test_an_account_that_goes_by_an_address_is_found_by_its_code(csq, exports):
    for name in ("usage", "csat", "accounts"):
        path = exports / f"{name}.csv"
        path.write_text(path.read_text().replace("A-1", "eve@acme.example"))
    csq("plan", exports, "-q", "-o", "dana.md")
    assert "eve@" not in Path("dana.md").read_text()
    Path("dana.md").write_text(Path("dana.md").read_text().replace("- [ ] 1 ", "- [x] 1 "))
    assert csq("done", "--from", "dana.md", "--data", exports).code == 0
    assert csq("done", "acme", "ask_favour", "--data", exports).stderr == "note: 1 on record already\n"
    run = csq("triage", exports, "--as-of", DAY, "-q", "-f", "csv", "--fields", "step_id")
    (row,) = (each for each in csv.DictReader(run.stdout.decode().splitlines()) if each["account_name"] == "Acme")
    assert row["step_id"] == "say_hello"


def test_an_overdue_promise_stands_first_in_its_owners_week_until_it_is_kept(csq, exports):
    # Made on 5 October, 41 days before; A-1 is worth so much more that A-3 ranks behind it all the same.
    accounts = exports / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("Acme,900", "Acme,9000"))
    (exports / "events.csv").write_text(lines("account_id,date,kind", "A-3,2026-10-05,promise_made"))

    def first() -> str:
        page = csq("plan", exports, "--as-of", DAY, "-q", "-f", "md").stdout.decode()
        return re.findall(r"^- \[ \] .*$", page, re.MULTILINE)[0]

    table = csq("triage", exports, "--as-of", DAY, "-q", "-f", "csv").stdout.decode()
    assert next(csv.DictReader(table.splitlines()))["account_id"] == "A-1"
    assert "promise" in first()
    csq("done", "A-3", "--data", exports)
    assert on_record(exports)[0][1] == "promise_kept"
    assert "promise" not in first()


def test_weeks_in_which_people_tick_at_random_lose_nothing_and_bring_nothing_back_too_early(tmp_path):
    """A short one: `python tests/loop.py` runs 12 weeks of 200 accounts, and kills writers."""
    seen = simulate(tmp_path / "weeks", weeks=4, accounts=12, seed=1)
    assert seen["done"] > 5
    assert seen["asked for a decision"] > 0


@pytest.mark.parametrize("name", ["dana.md", "week.xlsx", "plans/"])
def test_a_file_with_ticks_that_are_not_on_record_is_not_replaced(csq, exports, name):
    write = ("triage" if name == "week.xlsx" else "plan", exports, "-q", "--as-of", DAY, "-o", name)
    assert csq(*write).code == 0
    path = Path("plans/dana.md") if name == "plans/" else Path(name)
    if name == "week.xlsx":
        ticked(path, "A-1", "done")
    else:
        path.write_text(path.read_text().replace("- [ ] 1 ", "- [x] 1 "))
    before = path.read_bytes()
    run = csq(*write)
    assert (run.code, path.read_bytes()) == (Exit.OUTPUT, before)
    assert f"`{path}` holds a tick that is not on record" in run.stderr
    assert csq("done", "--from", path, "--data", exports).code == 0
    assert csq(*write).code == 0


@pytest.mark.parametrize("name", ["dana.md", "week.xlsx"])
def test_a_note_without_a_tick_is_told_and_not_replaced(csq, exports, name):
    """What somebody wrote is worth more than a new sheet: the run ends with 5, and says how to settle it."""
    write = ("triage" if name == "week.xlsx" else "plan", exports, "-q", "--as-of", DAY, "-o", name)
    assert csq(*write).code == 0
    path = Path(name)
    if name == "week.xlsx":
        ticked(path, "A-1", "", "rang twice")
    else:
        path.write_text(re.sub(r"(- \[ \] 1 .*)", r"\1 rang twice", path.read_text()))
    before = path.read_bytes()
    told = csq("done", "--from", path, "--data", exports)
    assert "has a note and no tick: it is not recorded" in told.stderr
    run = csq(*write)
    assert (run.code, path.read_bytes()) == (Exit.OUTPUT, before)
    assert f"of `{name}` has a note and no tick, and would be replaced" in run.stderr
    assert "tick the step" in run.stderr
    if name == "week.xlsx":
        ticked(path, "A-1", "not now", "rang twice")
    else:
        path.write_text(path.read_text().replace("- [ ] 1 ", "- [not now] 1 "))
    assert csq("done", "--from", path, "--data", exports).code == 0
    assert csq(*write).code == 0


def test_a_tick_that_lost_its_id_is_not_replaced_either(csq, exports):
    assert csq("plan", exports, "-q", "--as-of", DAY, "-o", "dana.md").code == 0
    path = Path("dana.md")
    path.write_text(re.sub(r"- \[ \] 1 (.*) · `[^`]*`", r"- [x] 1 \1", path.read_text()))
    before = path.read_bytes()
    run = csq("plan", exports, "-q", "--as-of", DAY, "-o", "dana.md")
    assert (run.code, path.read_bytes()) == (Exit.OUTPUT, before)
    assert "is ticked and has lost its id, and would be replaced" in run.stderr


@pytest.mark.parametrize("line", ["`" * 50_000 + "x", "` `` " * 20_000, "`" * 21 + "A-1/call/2026-11-16" + "`" * 21])
def test_a_line_of_backticks_holds_no_id_and_is_read_through_once(line):
    """To try every pair of them would take hours."""
    text = f"- [x] `A-1/call/2026-11-16`\n- [x] {line}\n"
    told = ticks_of_checklist(text.encode(), "w.md", date(2026, 11, 17))
    assert [each.line for each in told.ticked] == [1]
    assert [each.line for each in told.strays] == [2]


def test_a_workbook_too_big_to_look_for_ticks_in_is_not_replaced(csq, exports, monkeypatch):
    """Whether somebody ticked something in it is not known."""
    write = ("triage", exports, "-q", "--as-of", DAY, "-o", "week.xlsx")
    assert csq(*write).code == 0
    before = Path("week.xlsx").read_bytes()
    monkeypatch.setattr("csq.done.reading.MAX_BYTES", len(before) - 1)
    run = csq(*write)
    assert (run.code, Path("week.xlsx").read_bytes()) == (Exit.OUTPUT, before)
    assert "`week.xlsx` is too big to be looked through for ticks, and would be replaced" in run.stderr
    assert "move it away" in run.stderr


def test_calendars_and_checklists_of_owners_lie_beside_each_other(csq, exports):
    for format in ("md", "ics", "md"):
        assert csq("plan", exports, "-q", "-o", "plans/", "-f", format).code == 0
    assert {path.name for path in Path("plans").iterdir()} == {".csq-plan.json", "dana.md", "dana.ics"}
