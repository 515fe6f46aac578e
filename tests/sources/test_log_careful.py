"""A log that is not plain gives the same whether it is read in batches or whole."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csq.errors import InputError
from csq.sources.load import Tables, load
from csq.sources.log import count
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Role
from logs import (
    DIRT,
    HEADER,
    LAST,
    OPTIONS,
    REJECTED,
    WHOLE,
    both,
    clean_lines,
    dirty_lines,
    make_big,
    same,
    write,
    write_accounts,
)

IDS = f"{HEADER},event_id"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    return write_accounts(tmp_path)


@pytest.mark.parametrize("with_accounts", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("batch", [300, 2000, 10**6])
def test_a_log_with_dirt_gives_the_same_in_batches(tmp_path, monkeypatch, accounts, batch, end, with_accounts):
    usage = write(tmp_path / "usage.csv", dirty_lines(), end=end)
    big, whole = both(monkeypatch, [usage], accounts if with_accounts else None, batch=batch)
    assert whole.rejects.height == 2 * REJECTED
    same(big, whole)


def test_dirt_may_stand_at_the_beginning(tmp_path, monkeypatch, accounts):
    first = ['A-001,"u\n\n1",2026-11-01,"a, b",2', "", ",,,,", *DIRT[:REJECTED]]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", [*first, *clean_lines(60)])], accounts))


def test_rows_are_counted_and_not_held(tmp_path, monkeypatch):
    line = 'A-001,u1,2026-11-01,"Rosters, weekly",1'
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", [line] * 500)])
    assert whole.roles[Role.USAGE].keyed.height == 500
    assert big.roles[Role.USAGE].keyed["rows"].to_list() == [500]
    same(big, whole)


def test_a_wrong_guess_of_the_newest_day_changes_nothing(tmp_path, monkeypatch):
    """Of days with the name of a month those tell most whose number is largest, whatever their year."""
    days = [date(2025, 9, 1) + timedelta(days=day) for day in range(440)]
    lines = [f'A-1,u{n},"{day:%b %d, %Y}",Rosters,1' for n, day in enumerate(days)]
    guesses = []
    read_log = count.read_log
    monkeypatch.setattr(count, "read_log", lambda *told: guesses.append(told[-1].as_of) or read_log(*told))
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines)], batch=5000))
    assert [guess == days[-1] for guess in guesses] == [False, True]


def test_the_newest_day_is_that_of_a_row_with_a_key(tmp_path, monkeypatch):
    lines = [*clean_lines(100, last=date(2026, 11, 1)), '"",u1,2026-11-15,Rosters,1', *clean_lines(5)[:2]]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines)]))


def test_a_day_that_is_told_rules(tmp_path, monkeypatch, accounts):
    told = date(2026, 6, 30)
    options = ReadOptions(usage_days=28, as_of=told)
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", dirty_lines())], accounts, options=options)
    same(big, whole, told=told)


def test_a_log_of_which_no_row_can_be_used_is_read_whole(tmp_path, monkeypatch):
    told = LAST
    lines = [f'"",u1,{line.split(",")[2]},Rosters,1' for line in clean_lines(100)]
    options = ReadOptions(usage_days=28, as_of=told)
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], options=options)
    same(big, whole, WHOLE, told=told)
    assert whole.rejects.height == 100


def slashed(lines: list[str], form: str) -> list[str]:
    """The same with dates in another form."""
    rows = [line.split(",", 3) for line in lines]
    return [",".join((a, u, f"{date.fromisoformat(day):{form}}", rest)) for a, u, day, rest in rows]


EITHER = [line for line in clean_lines(400) if int(line.split(",")[2][8:]) <= 12]
"""Rows whose day could be a month."""


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_late_row_settles_the_order_of_dates_for_all(tmp_path, monkeypatch, form):
    lines = slashed([*EITHER, 'A-001,u1,2026-10-25,"Leave, requests",1'], form)
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines)])
    assert any("day before month" in note.text for note in whole.notes) is (form == "%d/%m/%Y")
    same(big, whole)


@pytest.mark.parametrize("late", ['"1,25"', '"1.234.567"', "0.125", "12.5"])
def test_a_late_row_settles_the_decimal_mark_for_all(tmp_path, monkeypatch, late):
    early = ['A-1,u1,2026-11-02,x,"3,500"', 'A-1,u1,2026-11-02,x,"1,000"', "A-1,u1,2026-11-02,x,7"]
    lines = [*clean_lines(60), *early, *clean_lines(60), f"A-1,u1,2026-11-02,x,{late}"]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines)]))


@pytest.mark.parametrize("odd", ["", "2026-11-01", "soon"])
def test_bare_numbers_are_dates_only_if_all_are(tmp_path, monkeypatch, odd):
    lines = [f'A-{n % 7},u1,{1_792_000_000 + 9_770 * n},"Leave, requests",1' for n in range(150)]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", [*lines, f"A-1,u1,{odd},x,1"])])
    assert whole.rejects.height == {"": 1, "2026-11-01": 150, "soon": 151}[odd]
    same(big, whole, WHOLE if odd == "soon" else None)


SLASHED = slashed(EITHER, "%d/%m/%Y")
OPEN = {
    "an order that no row settles": SLASHED,
    "two orders": [*SLASHED, "A,u1,25/10/2026,x,1", "A,u1,10/25/2026,x,1", "A,u1,10/26/2026,x,1"],
    "a mark that no row settles": [*clean_lines(99), 'A-1,u1,2026-01-01,x,"1,500"', 'A-2,u1,2026-01-01,x,"2,500"'],
    "two marks": [*clean_lines(99), 'A-1,u1,2026-01-01,x,"1,5"', *clean_lines(9), "A-1,u1,2026-01-01,x,1.5"],
}


@pytest.mark.parametrize("lines", OPEN.values(), ids=OPEN.keys())
def test_what_stays_open_is_the_same_error_with_the_same_lines(tmp_path, monkeypatch, lines):
    paths = {Role.USAGE: [write(tmp_path / "usage.csv", lines)]}
    with pytest.raises(InputError) as whole:
        load(paths, OPTIONS)
    make_big(monkeypatch, batch=500, head=1000)
    monkeypatch.setattr("csq.sources.load.read_table", None)
    with pytest.raises(InputError) as big:
        load(paths, OPTIONS)
    assert "on line" in str(big.value)
    for name in ("location", "hint", "args"):
        assert getattr(big.value, name) == getattr(whole.value, name)


def test_a_repeated_event_counts_once_over_all_batches(tmp_path, monkeypatch, accounts):
    lines = [f"{line},e{number}" for number, line in enumerate(clean_lines(150))]
    # The same again, twice, in other words, of nobody, of an unknown account, on no day, and without an id.
    lines += [lines[5], lines[11], lines[11], lines[7].replace("A-", "  A-"), ",u1,2026-11-01,x,1,e9"]
    lines += ["A-003,u1,2026-11-01,x,9,e15", "B-1,u1,2026-11-01,x,1,e17", f"{DIRT[0]},e19", f"{BARE},", f"{BARE},"]
    usage = write(tmp_path / "usage.csv", lines, IDS)
    big, whole = both(monkeypatch, [usage], accounts)
    assert (whole.roles[Role.USAGE].keyed["fate"] == Aside.REPEATED_EVENT).sum() == 5
    same(big, whole)
    same(*both(monkeypatch, [usage]))


BARE = "A-001,u1,2026-11-01,x,1"


def test_two_files_with_event_ids_may_overlap(tmp_path, monkeypatch, accounts):
    lines = [f"{line},e{number}" for number, line in enumerate(clean_lines(120))]
    one = write(tmp_path / "usage_1.csv", lines[:80], IDS)
    two = write(tmp_path / "usage_2.csv", [*lines[60:], f"{BARE},"], IDS)
    same(*both(monkeypatch, [one, two], accounts))


def test_two_files_that_tell_the_same_moment_are_the_same_error(tmp_path, monkeypatch):
    lines = [f"{line},e{number}" for number, line in enumerate(clean_lines(120))]
    one = write(tmp_path / "usage_1.csv", [*lines[:60], f"{BARE},"], IDS)
    two = write(tmp_path / "usage_2.csv", [*lines[60:], f"{BARE},"], IDS)
    told = r"usage_1.csv` line 62 and `.*usage_2.csv` line 62 tell the same account, user, feature and time"
    with pytest.raises(InputError, match=told):
        load({Role.USAGE: [one, two]}, OPTIONS)
    make_big(monkeypatch, batch=2000, head=1000)
    monkeypatch.setattr("csq.sources.load.read_table", None)
    with pytest.raises(InputError, match=told):
        load({Role.USAGE: [one, two]}, OPTIONS)


def test_two_files_are_one_log(tmp_path, monkeypatch, accounts):
    old = write(tmp_path / "usage_1.csv", [*clean_lines(99, last=date(2026, 8, 31)), DIRT[0], DIRT[4]])
    dirt = [DIRT[0], DIRT[6], HEADER, DIRT[-1]]
    new = write(tmp_path / "usage_2.csv", [*clean_lines(99, first=date(2026, 8, 31)), *dirt])
    same(*both(monkeypatch, [old, new], accounts))


def test_two_files_whose_days_overlap_are_read_whole(tmp_path, monkeypatch):
    one = write(tmp_path / "usage_1.csv", clean_lines(99))
    two = write(tmp_path / "usage_2.csv", ['A-9,u777,2026-03-01,"x, y",1', 'A-9,u777,2026-03-02,"x, y",1'])
    same(*both(monkeypatch, [one, two]), WHOLE)
    options = ReadOptions(usage_days=28, run_day=OPTIONS.run_day, overlap="add")
    same(*both(monkeypatch, [one, two], options=options))


def test_one_file_settles_for_the_other(tmp_path, monkeypatch):
    early = [line for line in EITHER if line.split(",")[2] < "2026-06"]
    late = [line for line in clean_lines(100) if line.split(",")[2] > "2026-07"]
    one = write(tmp_path / "usage_1.csv", slashed(early, "%d/%m/%Y"))
    two = write(tmp_path / "usage_2.csv", slashed(late, "%d/%m/%Y"))
    same(*both(monkeypatch, [one, two]))


def test_columns_that_are_no_fields_are_passed_over(tmp_path, monkeypatch):
    lines = [f'{line},"{number}, and more",{number}.5' for number, line in enumerate(clean_lines(100))]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines, f"{HEADER},remark,price")]))


CELL = st.sampled_from(["A-1", "A-2", " A-1", "B\u00a0-3", "", "(none)", "n/a", '"A-1"', '"x, ""y"""', '"A\n-1"'])
DAY = st.sampled_from(["2026-11-02", "2026-10-30T10:00:00Z", "03/11/2026", "14/11/2026", "2025-11-03", "", "soon"])
COUNT = st.sampled_from(["1", "2", "0", "-1", "", "1.5", '"1,5"', '"1,500"', "x"])
ID = st.sampled_from(["", "e1", "e2", "e3", '"e,4"', " e1"])
ROW = st.tuples(CELL, CELL, DAY, CELL, COUNT, ID)
SOUND = [("A-1", "u1", "2026-11-03", '"x, y"', "1", "e7"), ("A-2", "u1", "2026-11-04", '"x, y"', "2", "e8")]


@settings(max_examples=60)
@given(
    rows=st.lists(ROW, max_size=20), batch=st.integers(80, 500), end=st.sampled_from(["\n", "\r\n"]), ids=st.booleans()
)
def test_any_log_gives_the_same_in_batches(tmp_path_factory, rows, batch, end, ids):
    lines = [",".join(row if ids else row[:-1]) for row in (*SOUND, *rows, SOUND[1])]
    header = IDS if ids else HEADER
    paths = {Role.USAGE: [write(tmp_path_factory.mktemp("any") / "usage.csv", lines, header, end)]}
    with pytest.MonkeyPatch.context() as monkeypatch:
        whole = loaded(paths)
        make_big(monkeypatch, batch=batch, head=100)
        big = loaded(paths)
    if isinstance(big, Tables) and isinstance(whole, Tables):
        same(big, whole)
    else:
        assert big == whole


def loaded(paths: dict[Role, list[Path]]) -> Tables | tuple[object, ...]:
    """The tables, or what is said where they cannot be read."""
    try:
        return load(paths, OPTIONS)
    except InputError as error:
        return (*error.args, error.location, error.hint)


def test_what_rounds_to_nothing_makes_no_day_of_long_ago_the_last_active_one(tmp_path, monkeypatch):
    lines = [*clean_lines(200), "A-077,u1,2020-01-01,F,1", "A-077,u1,2020-02-02,F,0.00003"]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines)]))


def test_a_date_in_the_year_nought_is_none(tmp_path, monkeypatch):
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", [*clean_lines(200), "A-001,u1,0000-05-05,F,1"])])
    same(big, whole)
    assert whole.rejects["reason"].to_list() == ["unreadable date"]


def test_a_log_without_a_readable_date_is_read_whole(tmp_path, monkeypatch):
    lines = [f"A-{n % 9},u1,some day,F,1" for n in range(200)]
    options = ReadOptions(usage_days=28, as_of=date(2026, 6, 30))
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], options=options)
    assert big.roles[Role.USAGE].counts is None
    assert big.roles[Role.USAGE].keyed.equals(whole.roles[Role.USAGE].keyed)


def test_two_files_without_event_ids_overlap_though_a_third_has_them(tmp_path, monkeypatch):
    named = write(tmp_path / "usage_0.csv", [f"{line},e{n}" for n, line in enumerate(clean_lines(60))], IDS)
    lines = clean_lines(60, first=date(2025, 9, 1), last=date(2026, 1, 1))
    twice = [write(tmp_path / f"usage_{n}.csv", lines) for n in (1, 2)]
    make_big(monkeypatch, batch=2000, head=1000)
    with pytest.raises(InputError, match="tell the same account, user, feature and time"):
        load({Role.USAGE: [named, *twice]}, OPTIONS)


@pytest.mark.parametrize("blank", ["n/a", "-", "null", "None"])
def test_an_event_id_that_says_nothing_is_none(tmp_path, monkeypatch, blank):
    lines = [f"{line},e{number}" for number, line in enumerate(clean_lines(120))]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", [*lines, f"{BARE},{blank}", f"{BARE},{blank}"], IDS)]))


def test_a_log_that_names_a_period_too_is_read_whole(tmp_path, monkeypatch):
    lines = [f"A-{n % 9},2026-11-{n % 9 + 1:02},2026-11-01,1" for n in range(60)]
    usage = write(tmp_path / "usage.csv", lines, "account_id,date,month,events")
    make_big(monkeypatch, batch=2000, head=1000)
    assert load({Role.USAGE: [usage]}, OPTIONS).roles[Role.USAGE].counts is None
