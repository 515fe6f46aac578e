"""`csq plan` at the door: the week owner by owner, in every format, and one file per owner whatever they are called."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from conftest import Csq
from csq.cli.folder import slugs
from csq.errors import UsageError
from csq.render import Format, Options, Selection
from csq.render.columns import PUBLIC
from csq.render.plan import plans_by_owner, render_plan
from csq.render.plan.checklist import checklist, checklists
from csq.render.plan.week import batches, desks
from csq.report import CheckIn, OwnerWeek, Report
from factories import AWKWARD, accounts, report

ACCOUNTS = """account_id,account_name,arr,seats,owner,renewal_date,fit,willing,internal_owner
A-1,Acme,12000,10,Dana,2026-12-31,good,yes,Rosa
A-2,Benelux,9000,4,Dana,,good,yes,Rosa
A-3,Crate,800,4,../x,,good,yes,Rosa
A-4,Dune,700,4,CON,,good,yes,Rosa
A-5,Ember,600,4,,,good,yes,Rosa
"""
USAGE = "account,logins\nA-1,10\nA-2,2\nA-3,30\nA-4,0\nA-5,7\n"
CSAT = "account,score (1-5)\nA-1,5\nA-2,4\nA-3,2\nA-4,1\nA-5,5\n"
HOURS = "capacity:\n  default: 4\n"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {"accounts": ACCOUNTS, "usage": USAGE, "csat": CSAT}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def task(number: int, **values: object) -> dict[str, object]:
    plain = {"why": "usage high, happiness high", "desk": "Ann Lee", "human": True, "who": "csm", "this_week": True}
    return {"account_id": f"A-{number}", **plain, **values}


def week(**values: object) -> OwnerWeek:
    plain = OwnerWeek(
        owner="Ann Lee",
        hours=10.0,
        rescue_hours=6.5,
        protect_hours=1.5,
        check_in_hours=0.5,
        wanted_hours=26.5,
        left_out=12,
        left_out_value=Decimal(1_400_000),
        left_out_unvalued=0,
        more_hours=18.0,
    )
    return plain._replace(**values)


def planned(*rows: dict[str, object], weeks: tuple[OwnerWeek, ...] | None = None) -> Report:
    return report(accounts=accounts(*rows), weeks=(week(),) if weeks is None else weeks)


def shown(found: Report, format: Format = Format.TERMINAL, **options: object) -> str:
    return render_plan(found, format, Options(selection=Selection(planned=True), **options)).decode()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_task_has_its_rank_value_reason_step_effort_and_risks() -> None:
    text = shown(planned(task(1, hours=2.0, next_step="Call them", risks=["They are tired", "Of us", "And more"])))
    assert "  1  Account 1  ● Advocates · A-1 · 12,000 EUR · happiness 88.0 (4 answers)\n" in text
    assert "     usage high, happiness high\n     → csm 2 h: Call them\n     ! They are tired\n     ! Of us\n" in text
    assert "And more" not in text


def test_what_did_not_fit_is_told_with_its_value_and_the_hours_it_would_take() -> None:
    text = shown(planned(task(1)))
    assert "12 accounts, 1.4 M EUR, did not fit; 18 more hours would" in text
    assert "1 of 13 accounts · 8.5 of 10 h" in text
    assert "rescue 6.5 h, protect 1.5 h, check-ins 0.5 h" in text


@pytest.mark.parametrize("format", [Format.TERMINAL, Format.MARKDOWN, Format.HTML])
def test_of_more_accounts_than_are_asked_for_the_first_are_shown_and_the_others_counted(format: Format) -> None:
    found = planned(*(task(n, signals=["gone"] if n == 3 else []) for n in range(1, 6)))._replace(first=("gone",))
    for top, names in {
        0: [],
        2: ["Account 3", "Account 1"],
        5: ["Account 3", *(f"Account {n}" for n in (1, 2, 4, 5))],
    }.items():
        text = render_plan(found, format, Options(selection=Selection(planned=True, top=top))).decode()
        assert re.findall(r"Account \d", text) == names
        assert (f"{5 - top} more" in text) is (top < 5)
        assert "othing for a person to do" not in text
    shared = planned(
        *(task(n, desk=desk) for n, desk in enumerate("BABA", 1)), weeks=(week(owner="A"), week(owner="B"))
    )
    text = render_plan(shared, format, Options(selection=Selection(planned=True, top=1))).decode()
    assert re.findall(r"Account \d", text) == ["Account 2", "Account 1"]  # of each owner


@pytest.mark.parametrize("format", [Format.TERMINAL, Format.MARKDOWN, Format.HTML])
def test_a_page_for_more_owners_or_accounts_than_anybody_reads_is_refused(format, monkeypatch) -> None:
    many = planned(task(1, desk="Owner 7"), weeks=tuple(week(owner=f"Owner {n}") for n in range(20_001)))
    with pytest.raises(UsageError, match="room for 20,000 owners, and there are 20,001") as error:
        shown(many, format)
    assert "column owner=HEADER" in str(error.value.hint)
    one = Options(selection=Selection(planned=True, desk=("Owner 7",)))
    assert "Owner 7" in render_plan(many, format, one).decode()
    monkeypatch.setattr("csq.render.plan.week.MOST_TASKS", 2)
    asked = {"top": 3}
    some = [planned(*(task(n) for n in range(1, count + 1))) for count in (2, 3)]
    assert "Account 2" in render_plan(some[0], format, Options(selection=Selection(planned=True, **asked))).decode()
    with pytest.raises(UsageError, match="room for 2 accounts, and there are 3"):
        render_plan(some[1], format, Options(selection=Selection(planned=True, **asked)))


def test_automated_steps_stand_apart_with_the_ids_that_a_tool_needs() -> None:
    auto = {"human": False, "who": "automation", "hours": 0.0, "next_step": "Send the summary"}
    found = planned(task(1), task(2, **auto), task(3, **auto), task(4, **auto, queue="rest", this_week=False))
    (batch,) = batches(found, Selection())
    assert (batch.step, batch.account_ids) == ("Send the summary", ("A-2", "A-3", "A-4"))
    assert [each.name for each in desks(found, Selection())[0].tasks] == ["Account 1"]
    assert "  → Send the summary (3 accounts)\n    A-2, A-3, A-4\n" in shown(found)


def test_a_few_automated_accounts_are_checked_in_on() -> None:
    found = planned(task(1), weeks=(week(check_ins=(CheckIn(account_id="A-1", do="Ring them up", hours=0.25),)),))
    assert "  · Account 1 (A-1): Ring them up (0.25 h)\n" in shown(found)


def test_who_rests_is_counted_valued_and_told_with_the_reason_and_the_day_to_look_again() -> None:
    rest = {"queue": "rest", "this_week": False, "next_step": None, "human": None}
    found = planned(
        task(1),
        task(2, **rest, why="not yet: a good fit"),
        task(3, **rest, why="not yet: a good fit", look_again=date(2026, 12, 1)),
        task(4, **rest, why="until an event", contract_value=None),
    )
    (desk,) = desks(found, Selection())
    assert desk.rest == "3 accounts, 24 k EUR (1 without a value); look again from 2026-12-01"
    assert desk.rests == (
        "2 accounts, 24 k EUR: not yet: a good fit (Account 2, Account 3)",
        "1 account, value unknown: until an event (Account 4)",
    )


def test_who_rests_is_told_with_the_tickets_and_the_renewal_that_may_wake_them() -> None:
    rest = {"queue": "rest", "this_week": False, "next_step": None, "human": None, "why": "bad fit"}
    found = planned(
        task(1, **rest, open_tickets=6, days_to_renewal=59, days_to_deadline=59),
        task(2, **rest, open_tickets=0, days_to_renewal=200, days_to_deadline=200),
    )
    (desk,) = desks(found, Selection())
    assert desk.rests == ("2 accounts, 24 k EUR: bad fit (Account 1, 6 tickets open, renewal in 59 days; Account 2)",)


def test_each_desk_tells_of_its_own_accounts_alone_whoever_stands_between_them() -> None:
    rest = {"queue": "rest", "this_week": False, "next_step": None, "human": None}
    sent = {"queue": "rest", "this_week": False, "next_step": "Send it", "human": False, "who": "automation"}
    bob = {"desk": "Bob"}
    found = planned(
        task(1, **rest, why="bad fit", contract_value=Decimal(100)),
        task(2, **rest, **bob, why="bad fit"),
        task(3, **bob, signals=[]),
        task(4, signals=["champion_gone"]),
        task(5, **bob, signals=["champion_gone"]),
        task(6, **sent, why="until an event"),
        *(task(n, **rest, **bob, why="bad fit") for n in range(7, 11)),
        task(11, **rest, **bob, why="not yet", contract_value=None),
        weeks=(week(), week(owner="Bob")),
    )._replace(first=("champion_gone",))
    ann, bob_desk = desks(found, Selection())
    assert [task.name for task in ann.tasks] == ["Account 4"]
    assert [task.name for task in bob_desk.tasks] == ["Account 5", "Account 3"]
    assert ann.rest == "2 accounts, 12 k EUR; a tool sends something to 1 of them"
    assert ann.rests == (
        "1 account, 12 k EUR: until an event (Account 6)",
        "1 account, 100 EUR: bad fit (Account 1)",
    )
    assert bob_desk.rests == (
        "5 accounts, 60 k EUR: bad fit (Account 2, Account 7, Account 8 and 2 more)",
        "1 account, value unknown: not yet (Account 11)",
    )
    assert desks(found, Selection(desk=("Bob",))) == (bob_desk,)


@pytest.mark.parametrize("format", [Format.MARKDOWN, Format.CSV])
def test_a_folder_for_more_owners_than_any_company_has_is_refused(format, monkeypatch) -> None:
    monkeypatch.setattr("csq.render.plan.MOST_FILES", 2)
    found = planned(
        *(task(n, desk=f"Owner {n}") for n in (1, 2, 3)), weeks=[week(owner=f"Owner {n}") for n in (1, 2, 3)]
    )
    with pytest.raises(UsageError, match="room for 2 owners, and there are 3"):
        [*plans_by_owner(found, format, Options(selection=Selection(planned=True)))]
    two = Options(selection=Selection(planned=True, desk=("Owner 1", "Owner 3")))
    assert [name for name, _ in plans_by_owner(found, format, two)] == ["Owner 1", "Owner 3"]


@pytest.mark.parametrize("format", [each for each in Format if each is not Format.BRIEF])
def test_the_file_of_an_owner_is_the_plan_of_that_owner(format: Format) -> None:
    names = ("Ann Lee", "Bob", "Cy")
    rows = [task(n, desk=names[n % 3], deadline=date(2026, 12, n)) for n in range(1, 20)]
    found = planned(*rows, weeks=tuple(week(owner=name) for name in names))
    for asked in (Selection(planned=True), Selection(planned=True, desk=names[1:])):
        options = Options(selection=asked, fields=("why",))
        files = dict(plans_by_owner(found, format, options))
        assert [*files] == [*(asked.desk or names)]
        for name, data in files.items():
            assert data == render_plan(found, format, options._replace(selection=asked._replace(desk=(name,))))


@pytest.mark.parametrize("together", [1, 4, 1000])
def test_lists_made_together_are_those_of_each_owner_alone(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csq.render.plan.checklist._TOGETHER", together)
    sent = {"next_step": "Send it", "human": False, "who": "automation", "hours": 0.0}
    names = ("Ann Lee", "Bob", "Cy")
    rows = [task(n, desk=names[n % 3], **(sent if n % 4 == 0 else {})) for n in range(1, 20)]
    found = planned(*rows, weeks=tuple(week(owner=name) for name in names))
    for asked in (Selection(planned=True), Selection(planned=True, top=1), Selection(planned=True, desk=names[1:])):
        made = [*checklists(found, Options(selection=asked), asked.desk or names)]
        lists = dict(made)
        assert [name for name, _ in made] == [*(asked.desk or names)]
        alone = [asked._replace(desk=(name,)) for name in lists]
        assert list(lists.values()) == [checklist(found, Options(selection=each)) for each in alone]
    assert [text.count(b"Send it (") for text in lists.values()] == [1, 1]


def test_of_the_reasons_to_rest_a_single_one_is_never_left_over() -> None:
    def told(count: int) -> list[str]:
        rest = {"queue": "rest", "this_week": False, "next_step": None, "human": None}
        found = planned(*(task(n, **rest, why=f"reason {n}") for n in range(1, count + 1)))
        return [" ".join(each.split(": ", 1)[1].split()[:2]) for each in desks(found, Selection())[0].rests]

    assert told(6) == [f"reason {n}" for n in range(1, 7)]  # six lines are no longer than five and one about the sixth
    assert told(7) == [*(f"reason {n}" for n in range(1, 6)), "for 2"]


def test_without_hours_it_is_told_whose_work_it_is_where_it_is_not_all_of_one() -> None:
    weeks = (week(hours=None, left_out=0, left_out_value=Decimal(0), rescue_hours=0.0, wanted_hours=3.5),)
    mixed = planned(task(1, hours=1.0), task(2, hours=0.5), task(3, hours=2.0, who="executive"), weeks=weeks)
    assert desks(mixed, Selection())[0].hours == "executive 2 h, csm 1.5 h"
    assert desks(planned(task(1, hours=3.5), weeks=weeks), Selection())[0].hours == ""


def test_without_hours_all_that_do_not_rest_are_listed_and_it_says_how_to_set_them() -> None:
    found = planned(
        task(1, this_week=None),
        task(2, this_week=None, queue="rest"),
        weeks=(week(hours=None, left_out=0, left_out_value=Decimal(0), rescue_hours=0.0, wanted_hours=0.5),),
    )
    text = shown(found)
    assert "1 account · 0.5 h of work" in text
    assert "  capacity:\n    default: 20\n" in text
    assert "did not fit" not in text


def test_without_any_contract_value_it_says_that_the_ranking_is_unweighted() -> None:
    found = planned(task(1, contract_value=None))
    assert "The ranking is unweighted" in shown(found)
    assert "The ranking is unweighted" in shown(found, Format.MARKDOWN)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    names = [{**row, **task(1), "account_id": row["account_id"], "next_step": "Do this. " * 30} for row in AWKWARD]
    from csq.render.terminal.layout import cells

    text = shown(planned(*names), width=width)
    assert max(cells(line) for line in text.splitlines()) <= width


def test_nothing_of_the_data_reaches_the_terminal_as_a_control_character() -> None:
    evil = "\x1b[31mred\x07\u202e"
    found = planned(
        task(1, account_name=evil, why=evil, next_step=evil, risks=[evil], desk=evil, who=evil),
        task(2, account_id=evil, human=False, next_step=evil, desk=evil),
        task(3, queue="rest", why=evil, next_step=None, desk=evil),
        weeks=(week(owner=evil, check_ins=(CheckIn(account_id=evil, do=evil, hours=1.0),)),),
    )
    for format in (Format.TERMINAL, Format.MARKDOWN):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown(found, format))


def test_markdown_is_a_list_to_tick_off_in_which_data_makes_no_mark_up() -> None:
    text = shown(planned(task(1, account_name="[x](http://x) *", next_step="Call <b>them</b>")), Format.MARKDOWN)
    assert "- [ ] 1 **\\[x\\](http:\u2060//x) \\*** ● Advocates" in text
    assert "  - Next: csm 0.5 h: Call \\<b>them\\</b>\n" in text


def test_the_page_is_a_plan_by_owner_and_no_triage() -> None:
    found = planned(task(1, next_step="Call <them>"), weeks=(week(owner="Ann Lee"), week(owner="Bo <b>")))
    text = shown(found, Format.HTML)
    assert "<title>Plan as of" in text
    assert re.findall(r'<h2 id="name-\d+"><bdi>(.*?)</bdi></h2>', text) == ["Ann Lee", "Bo &lt;b&gt;"]
    assert "Call &lt;them&gt;" in text
    assert "<script" not in text
    assert 'id="scatter"' not in text


def test_a_machine_format_has_the_public_columns_and_why(csq: Csq, exports: Path) -> None:
    result = csq("plan", exports, "-f", "csv")
    assert result.code == 0, result.stderr
    assert result.stdout.decode().splitlines()[0] == ",".join([*PUBLIC, "why", "gate", "human"])
    assert all(row["why"] and row["next_step"] for row in rows(result.stdout))


def test_a_plan_has_no_account_that_neither_person_nor_tool_does_anything_for(csq: Csq, exports: Path) -> None:
    (exports / "csq.yaml").write_text(HOURS)
    every = {row["account_id"]: row for row in rows(csq("triage", exports, "-f", "csv", "--fields", "human").stdout)}
    plan = {row["account_id"] for row in rows(csq("plan", exports, "-f", "csv").stdout)}
    assert plan == {
        key
        for key, row in every.items()
        if row["this_week"] == "true" or (row["next_step"] and row["human"] == "false")
    }
    assert plan < set(every)


def test_one_owner_is_shown_alone_and_one_that_is_not_there_is_answered_with_the_near_miss(
    csq: Csq, exports: Path
) -> None:
    page = csq("plan", exports, "--owner", "Dana").stdout.decode()
    assert "Dana ──" in page
    assert "unassigned" not in page.split("Beware")[0]
    result = csq("plan", exports, "--owner", "Dnaa", "-f", "csv")
    assert result.code == 2
    assert "no owner `Dnaa`" in result.stderr
    assert "`Dana`" in result.stderr


@pytest.mark.parametrize("format", ["terminal", "csv", "tsv", "json", "jsonl", "md", "xlsx"])
def test_a_file_and_a_redirection_hold_the_same_plan(csq: Csq, exports: Path, tmp_path: Path, format: str) -> None:
    target = tmp_path / "out.file"
    assert csq("plan", exports, "-f", format, "-o", target).stdout == b""
    assert target.read_bytes() == csq("plan", exports, "-f", format).stdout


def test_the_same_exports_give_the_same_bytes(csq: Csq, exports: Path) -> None:
    for format in ("terminal", "csv", "json", "md"):
        assert csq("plan", exports, "-f", format).stdout == csq("plan", exports, "-f", format).stdout


def test_without_owners_the_team_has_one_week(csq: Csq, tmp_path: Path) -> None:
    (tmp_path / "usage.csv").write_text(USAGE)
    (tmp_path / "csat.csv").write_text(CSAT)
    found = csq("plan", "--usage", tmp_path / "usage.csv", "--csat", tmp_path / "csat.csv", "-f", "json")
    assert [each["owner"] for each in json.loads(found.stdout)["weeks"]] == ["team"]


def test_a_folder_gets_one_file_per_owner_named_by_a_slug(csq: Csq, exports: Path, tmp_path: Path) -> None:
    result = csq("plan", exports, "-o", f"{tmp_path}/week/")
    assert (result.code, result.stdout) == (0, b"")
    names = sorted(path.name for path in (tmp_path / "week").iterdir())
    assert names == [".csq-plan.json", "dana.md", "owner-con.md", "unassigned.md", "x.md"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exports", "week"]
    assert (tmp_path / "week" / "dana.md").read_bytes() == csq("plan", exports, "--owner", "Dana", "-f", "md").stdout


@pytest.mark.parametrize("format", ["csv", "tsv", "json", "jsonl", "xlsx", "terminal"])
def test_the_files_of_the_owners_come_in_any_format(csq: Csq, exports: Path, tmp_path: Path, format: str) -> None:
    folder = tmp_path / "week"
    folder.mkdir()
    assert csq("plan", exports, "-o", folder, "-f", format).code == 0
    suffix = "txt" if format == "terminal" else format
    assert len(list(folder.glob(f"[!.]*.{suffix}"))) == 4
    assert (folder / f"dana.{suffix}").read_bytes() == csq("plan", exports, "--owner", "Dana", "-f", format).stdout


def test_only_files_of_the_last_plan_are_removed(csq: Csq, exports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "week"
    csq("plan", exports, "-o", f"{folder}/")
    (folder / "notes.md").write_text("mine")
    (exports / "accounts.csv").write_text(ACCOUNTS.replace("CON", "Dana"))
    result = csq("plan", exports, "-o", folder)
    assert sorted(path.name for path in folder.glob("*.md")) == ["dana.md", "notes.md", "unassigned.md", "x.md"]
    assert "removed owner-con.md" in result.stderr


def test_a_manifest_cannot_make_csq_remove_what_it_did_not_write(csq: Csq, exports: Path, tmp_path: Path) -> None:
    folder = tmp_path / "week"
    folder.mkdir()
    (tmp_path / "mine.md").write_text("mine")
    (folder / "linked.md").symlink_to(tmp_path / "mine.md")
    (folder / "sub.md").mkdir()
    listed = ["../mine.md", str(tmp_path / "mine.md"), "linked.md", "sub.md", 7, None]
    (folder / ".csq-plan.json").write_text(json.dumps({"files": listed}))
    assert csq("plan", exports, "-o", folder).code == 0
    assert (tmp_path / "mine.md").read_text() == "mine"
    assert (folder / "linked.md").is_symlink()
    assert (folder / "sub.md").is_dir()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null"])
def test_a_manifest_that_cannot_be_read_stops_the_run_before_a_file_is_touched(
    csq: Csq, exports: Path, tmp_path: Path, text: str
) -> None:
    folder = tmp_path / "week"
    folder.mkdir()
    (folder / ".csq-plan.json").write_text(text)
    assert csq("plan", exports, "-o", folder).code == 5
    assert [path.name for path in folder.iterdir()] == [".csq-plan.json"]


def test_the_folder_of_the_exports_is_no_place_for_the_plan(csq: Csq, exports: Path) -> None:
    before = sorted(exports.iterdir())
    assert csq("plan", exports, "-o", exports).code == 2
    assert csq("plan", "--usage", exports / "usage.csv", "--csat", exports / "cs*.csv", "-o", f"{exports}/").code == 2
    assert sorted(exports.iterdir()) == before


def test_names_of_files_are_plain_distinct_and_short_whatever_owners_are_called() -> None:
    hostile = ["../x", "x", "X!", "x 2", "CON", "con.", "LPT1", "", "  ", "..", "/", "山田", "Zoë O'Hara"]
    hostile += ["a" * 300, "a" * 301, "-rf", "x\x00y", "unassigned", "Unassigned", "\u202egro", "nul.txt", "%2e%2fx"]
    found = slugs(hostile)
    assert set(found) == set(hostile)
    assert len(set(found.values())) == len(hostile)
    for slug in found.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
        assert slug not in {"con", "lpt1", "nul", "prn", "aux"}
        assert len(slug) <= 64
    assert found["Zoë O'Hara"] == "zoe-o-hara"
    assert slugs(reversed(hostile)) == found


def test_a_number_given_on_a_collision_never_takes_another_owners_name() -> None:
    assert slugs(["x", "X", "x 2"]) == {"X": "x", "x": "x-2", "x 2": "x-2-2"}


def test_the_sample_exports_have_several_owners_each_within_the_hours(
    csq: Csq, sample_data: Path, tmp_path: Path
) -> None:
    (tmp_path / "hours.yaml").write_text("capacity:\n  default: 12\n  owners: {Priya Nair: 6}\n")
    result = csq("plan", sample_data, "--config", tmp_path / "hours.yaml", "-f", "json")
    weeks = [each for each in json.loads(result.stdout)["weeks"] if each["hours"]]
    # Three owners, and those whom nobody owns.
    assert len(weeks) == 4
    for each in weeks:
        assert each["rescue_hours"] + each["protect_hours"] + each["check_in_hours"] <= each["hours"]
    frame = pl.DataFrame(json.loads(result.stdout)["accounts"], infer_schema_length=None)
    assert frame["rank"].is_sorted()


@pytest.mark.parametrize("hours", [None, 2, 10, 200])
def test_every_account_is_counted_once_for_people_for_a_tool_left_out_or_left_alone(
    csq: Csq, sample_data: Path, tmp_path: Path, hours: int | None
) -> None:
    (tmp_path / "hours.yaml").write_text(f"capacity:\n  default: {hours}\n" if hours else "")
    told = csq("plan", sample_data, "--config", tmp_path / "hours.yaml", "-v").stdout.decode().splitlines()
    counts = [int(number) for number in re.findall(r"(\d+) (?:accounts? )?(?:for|did|left)\b", told[1])]
    assert sum(counts) == 195
    # With -v no desk hides what is to do: each task has an arrow, and so has each step of a tool.
    tasks = sum(bool(re.match(r" {5,8}→ ", line)) for line in told)
    assert tasks == counts[0]


def test_a_folder_without_its_slash_is_told_what_it_lacks(csq, sample_data):
    result = csq("plan", sample_data, "-o", "plans")
    assert result.code == 2
    assert "the folder that `csq plan` fills ends in `/`" in result.stderr
