"""A log that is counted as it is read gives what reading it row by row gives, or is read row by row."""

import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import logs
from csq.engine.base import UsageWindows
from csq.engine.counts import count_rows, finish
from csq.errors import InputError
from csq.settings.model import Features
from csq.sources.columns.everyday import everyday_events, is_one_of
from csq.sources.load import Tables, load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Grain, Role
from logs import ANYHOW, TWICE, WHOLE, same, write_accounts

LAST = date(2026, 11, 16)
OPTIONS = ReadOptions(usage_days=28, run_day=date(2026, 11, 20))


def log_lines(rows: int = 3000, *, first: date = date(2025, 10, 1), last: date = LAST) -> list[str]:
    dice = random.Random(7)
    days = (last - first).days
    return [
        ",".join(
            (
                f"A-{dice.randrange(40):03}",
                f"u{dice.randrange(200)}" if dice.random() > 0.05 else "n/a",
                str(first + timedelta(days=days if row == 0 else dice.randrange(days))),
                dice.choice(("Rosters", "Time clock", "  Rosters ", "")),
                str(dice.randrange(5)),
            )
        )
        for row in range(rows)
    ]


def write(path: Path, lines: list[str], header: str = "account_id,user_id,date,feature,events") -> Path:
    path.write_bytes(("\n".join([header, *lines]) + "\n").encode())
    return path


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    return write_accounts(tmp_path)


def both(
    monkeypatch: pytest.MonkeyPatch, usage: list[Path], accounts: Path | None, options: ReadOptions = OPTIONS
) -> tuple[Tables, Tables]:
    return logs.both(monkeypatch, usage, accounts, batch=2000, head=4000, options=options)


@pytest.mark.parametrize("with_accounts", [True, False])
def test_a_plain_log_gives_the_same_rows_fates_and_facts(tmp_path, monkeypatch, accounts, with_accounts):
    usage = write(tmp_path / "usage.csv", log_lines())
    fast, slow = both(monkeypatch, [usage], accounts if with_accounts else None)
    assert (fast.roles[Role.USAGE].key, fast.roles[Role.USAGE].ambiguous) == (
        slow.roles[Role.USAGE].key,
        slow.roles[Role.USAGE].ambiguous,
    )
    same(fast, slow)


def test_a_log_in_many_parts_is_counted_over_all_of_them(tmp_path, monkeypatch, accounts):
    usage = write(tmp_path / "usage.csv", log_lines())
    fast, slow = both(monkeypatch, [usage], accounts)
    same(fast, slow)


@pytest.mark.parametrize(
    ("header", "cell"),
    [("last_login", "rubbish"), ("period", ""), ("period", "rubbish")],
)
def test_a_column_that_has_to_be_read_is_read_the_careful_way(tmp_path, monkeypatch, header, cell):
    lines = [f"{line},2026-11-02" for line in log_lines()] + [f"A-001,u1,2026-11-02,Rosters,1,{cell}"]
    usage = write(tmp_path / "usage.csv", lines, f"account_id,user_id,date,feature,events,{header}")
    fast, slow = both(monkeypatch, [usage], None)
    assert_frame_equal(fast.faults, slow.faults)
    same(fast, slow)


def test_a_total_in_the_last_row_is_no_row(tmp_path, monkeypatch):
    lines = [*log_lines(), "Grand total,u1,2026-11-01,Rosters,3"]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], None)
    assert slow.files[0].read == len(lines) - 1
    same(fast, slow, ANYHOW)


def test_numbers_below_the_beginning_make_it_a_table(tmp_path, monkeypatch):
    lines = [f"A-{n},2026-11-01,{'none' if n < 50 else n}" for n in range(300)]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines, "account_id,date,logins")], None)
    assert fast.roles[Role.USAGE].grain is slow.roles[Role.USAGE].grain is Grain.PERIOD


@pytest.mark.parametrize("number", ["\u0663", "1\u0663"])
def test_digits_of_other_scripts_are_no_number(tmp_path, monkeypatch, number):
    lines = [*log_lines(), f"A-001,u1,2026-11-01,Rosters,{number}", f"A-001,u1,2026-11-0{number[-1]},Rosters,1"]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], None)
    assert slow.rejects.height == 1
    assert slow.faults.height == 1
    same(fast, slow)


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError

    usage = write(tmp_path / "usage.csv", log_lines())
    monkeypatch.setattr("csq.sources.load.BIG", 0)
    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(InputError, match="cannot read"):
        load({Role.USAGE: [usage]}, OPTIONS)


LONG = "A-001,team,u1,2026-11-01,1,Rosters,extra"


@pytest.mark.parametrize("dirt", [LONG, f"{LONG}\nA-001,team,u1,2026-11-01,1"], ids=["long", "long and short"])
def test_a_long_row_is_seen_though_a_column_is_of_no_use(tmp_path, monkeypatch, accounts, dirt):
    cells = [line.split(",") for line in log_lines()]
    lines = [f"{account},team,{user},{day},{events},Rosters" for account, user, day, _, events in cells]
    usage = write(tmp_path / "usage.csv", [*lines, dirt, *lines[:5]], "account_id,plan,user_id,date,events,feature")
    fast, slow = both(monkeypatch, [usage], accounts)
    same(fast, slow, ANYHOW)


@pytest.mark.parametrize("piece", [1, 2000])
@pytest.mark.parametrize("dirt", ['A-001,u"1,2026-11-01,Rosters,1', "A-001,u1,2026-11-01"])
def test_dirt_in_the_last_of_many_parts_sends_all_of_them_the_careful_way(tmp_path, monkeypatch, dirt, piece):
    """With pieces of one byte every line is one."""
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", [*log_lines(300), dirt])], None)
    same(fast, slow, ANYHOW)


def test_the_last_line_need_not_end(tmp_path, monkeypatch):
    usage = write(tmp_path / "usage.csv", log_lines())
    usage.write_bytes(usage.read_bytes().rstrip(b"\n"))
    fast, slow = both(monkeypatch, [usage], None)
    same(fast, slow)


def test_times_of_day_are_cut_to_their_day(tmp_path, monkeypatch, accounts):
    lines = [line.replace(line.split(",")[2], f"{line.split(',')[2]}T23:59:59Z") for line in log_lines()]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], accounts)
    same(fast, slow)


def test_a_wrong_guess_of_the_newest_day_changes_nothing(tmp_path, monkeypatch, accounts):
    monkeypatch.setattr("csq.sources.log.count._guess", lambda _: date(2026, 3, 1))
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", log_lines())], accounts)
    same(fast, slow)


def test_a_day_that_is_told_rules(tmp_path, monkeypatch, accounts):
    told = date(2026, 6, 30)
    options = ReadOptions(usage_days=28, as_of=told)
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", log_lines())], accounts, options)
    same(fast, slow, told=told)


def test_files_whose_days_follow_each_other_are_one_log(tmp_path, monkeypatch, accounts):
    old = write(tmp_path / "usage_1.csv", log_lines(last=date(2026, 8, 31)))
    new = write(tmp_path / "usage_2.csv", log_lines(first=date(2026, 9, 1)))
    fast, slow = both(monkeypatch, [old, new], accounts)
    same(fast, slow)


DIRT = {
    "a quoted cell": '"A-001",u1,2026-11-01,Rosters,1',
    "a quote": 'A-001,u"1,2026-11-01,Rosters,1',
    "a short row": "A-001,u1,2026-11-01",
    "a short and a long row": "A-001,u1,2026-11-01,Rosters\nA-001,u1,2026-11-01,Rosters,1,extra",
    "a blank line": "",
    "another date": "A-001,u1,11/13/2026,Rosters,1",
    "a day that never was": "A-001,u1,2026-02-30,Rosters,1",
    "the year nought": "A-001,u1,0000-05-05,Rosters,1",
    "a year of five digits": "A-001,u1,+12345-1-1,Rosters,1",
    "a blank amid a date": "A-001,u1,2026-11- 1,Rosters,1",
    "a sign before a date": "A-001,u1,+2026-1-05,Rosters,1",
    "a date to come": "A-001,u1,2027-01-01,Rosters,1",
    "no account": ",u1,2026-11-01,Rosters,1",
    "a blank account": "n/a,u1,2026-11-01,Rosters,1",
    "nobody's row": "(none),u1,2026-11-01,Rosters,1",
    "a fraction": "A-001,u1,2026-11-01,Rosters,1.5",
    "no number": "A-001,u1,2026-11-01,Rosters,",
    "a negative number": "A-001,u1,2026-11-01,Rosters,-3",
    "a word": "A-001,u1,2026-11-01,Rosters,many",
    "a carriage return": "A-001,u1,2026-11-01,Rosters,1\r",
    "not UTF-8": "A-001,\udce9,2026-11-01,Rosters,1",
}


@pytest.mark.parametrize("dirt", DIRT.values(), ids=DIRT.keys())
def test_dirt_after_the_head_is_read_the_careful_way_and_said(tmp_path, monkeypatch, accounts, dirt):
    lines = log_lines()
    usage = tmp_path / "usage.csv"
    text = "\n".join(["account_id,user_id,date,feature,events", *lines, dirt, *lines[:50]]) + "\n"
    usage.write_bytes(text.encode("utf-8", "surrogateescape"))
    fast, slow = both(monkeypatch, [usage], accounts)
    same(fast, slow, ANYHOW)


def test_overlapping_files_are_read_the_careful_way(tmp_path, monkeypatch):
    one = write(tmp_path / "usage_1.csv", log_lines(50, last=date(2026, 8, 31)))
    two = write(tmp_path / "usage_2.csv", ["A-1,somebody,2026-03-01,Rosters,1"])
    fast, slow = both(monkeypatch, [one, two], None)
    same(fast, slow, WHOLE)


def test_event_ids_that_are_all_different_are_counted_as_they_are_read(tmp_path, monkeypatch):
    lines = [f"{line},e{number}" for number, line in enumerate(log_lines())]
    header = "account_id,user_id,date,feature,events,event_id"
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines, header)], None)
    same(fast, slow)


def test_a_repeated_event_id_is_read_the_careful_way(tmp_path, monkeypatch):
    lines = [f"{line},e{number}" for number, line in enumerate(log_lines())]
    header = "account_id,user_id,date,feature,events,event_id"
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", [*lines, lines[5]], header)], None)
    same(fast, slow)


def test_a_small_log_says_nothing_of_how_it_is_read(tmp_path):
    tables = load({Role.USAGE: [write(tmp_path / "usage.csv", log_lines(20))]}, OPTIONS)
    assert tables.roles[Role.USAGE].counts is None
    assert not any("read" in note.text for note in tables.notes)


def test_a_hash_of_keys_never_stands_for_them(tmp_path, monkeypatch):
    """Keys that differ in blanks or form only are one account, as they are row by row."""
    lines = ["A-1,u1,2026-11-01,Rosters,1", " A-1 ,u2,2026-11-02,Rosters,2", "\uff21-1,u3,2026-11-16,Rosters,3"]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], None)
    assert fast.roles[Role.USAGE].keyed["account_id"].unique().to_list() == ["A-1"]
    same(fast, slow)


@pytest.mark.parametrize("count", ["1000000000000001", "9223372036854775807"])
def test_a_count_beyond_all_measure_is_read_the_careful_way(tmp_path, monkeypatch, count):
    lines = [*log_lines(), f"A-001,u1,2026-11-01,Rosters,{count}"]
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], None)
    assert_frame_equal(fast.faults, slow.faults)
    same(fast, slow)


@pytest.mark.parametrize("name", ["event_id", "Event ID"])
def test_an_event_id_repeated_in_another_file_counts_once(tmp_path, monkeypatch, name):
    header = "account_id,user_id,date,feature,events,event_id"
    rows = log_lines(300, last=date(2026, 8, 31))
    old = write(tmp_path / "usage_1.csv", [f"{row},e{n}" for n, row in enumerate(rows)], header)
    later = log_lines(300, first=date(2026, 9, 1))
    new = write(
        tmp_path / "usage_2.csv", [f"{row},e{n + 290}" for n, row in enumerate(later)], header.replace("event_id", name)
    )
    fast, slow = both(monkeypatch, [old, new], None)
    same(fast, slow, TWICE)


def test_the_keys_of_several_files_are_matched_together(tmp_path, monkeypatch):
    accounts = tmp_path / "accounts.csv"
    rows = [f"acc{n},X{n}" for n in range(20)]
    accounts.write_text("\n".join(["account_id,external_id", *rows]) + "\n")
    old = write(tmp_path / "usage_1.csv", [f"acc{n % 20},u1,2026-09-{n % 28 + 1:02},F,1" for n in range(150)])
    new = write(tmp_path / "usage_2.csv", [f"X{n % 20},u1,2026-10-{n % 28 + 1:02},F,1" for n in range(80)])
    fast, slow = both(monkeypatch, [old, new], accounts)
    assert fast.roles[Role.USAGE].key == slow.roles[Role.USAGE].key == "account_id"


def test_events_that_everybody_has_are_told_apart_in_a_counted_log_too(tmp_path, monkeypatch, accounts):
    rows = [line.replace("Time clock", "Log-in") for line in log_lines()]
    options = OPTIONS._replace(everyday=everyday_events(Features()))
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", rows)], accounts, options)
    windows = UsageWindows(LAST, 28)
    counted = count_rows(slow.roles[Role.USAGE].keyed, windows, is_everyday=is_one_of(options.everyday))
    members = pl.Series(sorted(set(slow.roles[Role.USAGE].frame["account_id"].drop_nulls())))
    one, other = finish(fast.roles[Role.USAGE].counts, members), finish(counted, members)
    assert_frame_equal(one.days, other.days, check_row_order=False)
    assert one.features["feature"].unique().to_list() == ["Rosters"]
    assert 0 < one.days["telling"].sum() < one.days["units"].sum()


@pytest.mark.parametrize("line", ["A-001,#REF!,2026-11-02,Rosters,1", "A-001,u1,2026-11-02,#NAME?,1"])
def test_a_spreadsheet_s_error_for_a_name_is_told_with_its_line(tmp_path, monkeypatch, line):
    fast, slow = both(monkeypatch, [write(tmp_path / "usage.csv", [*log_lines(), line])], None)
    assert slow.faults.height == 1
    assert_frame_equal(fast.faults, slow.faults)
    same(fast, slow, ANYHOW)
