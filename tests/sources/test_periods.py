"""Weeks, months and quarters as people write them, in cells and across the columns of a usage table."""

from datetime import date

import polars as pl
import pytest

from csq.errors import InputError
from csq.sources.cells.periods import Label, label_of, read_period
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.wide import _dates_among
from csq.terms import Length, Role
from reading import RUN_DAY, notes, read, rows
from tables import lines, only, run

OCTOBER = date(2026, 10, 1)


def told(year: int) -> ReadOptions:
    return ReadOptions(run_day=RUN_DAY)._replace(year=year)


MONTH_CELLS = (
    "Oct-26", "Oct 26", "Oct '26", "Oct 2026", "October 2026", "oct-2026", "2026 Oct", "2026-Oct", "2026-10", "2026_10",
    "2026.10", "2026/10", "202610", "10/2026", "10-2026", "2026M10", "2026-M10", "Okt 2026", "octobre 2026",
    "2026-10-01",
)  # fmt: skip


@pytest.mark.parametrize("cell", MONTH_CELLS)
def test_a_month_is_its_first_day_however_it_is_written(cell):
    assert read_period(pl.Series([cell])).values.to_list() == [OCTOBER]


@pytest.mark.parametrize("cell", ["Sept-26", "Sep-26", "Sep. 2026", "September 2026", "2026 Sept"])
def test_september_is_known_by_all_of_its_short_names(cell):
    assert read_period(pl.Series([cell])).values.to_list() == [date(2026, 9, 1)]


@pytest.mark.parametrize(
    ("cell", "monday"),
    [
        ("W41 2026", date(2026, 10, 5)),
        ("2026-W41", date(2026, 10, 5)),
        ("2026W41", date(2026, 10, 5)),
        ("KW 41/2026", date(2026, 10, 5)),
        ("Week 41, 2026", date(2026, 10, 5)),
        ("2026-W53", date(2026, 12, 28)),  # 2026 begins on a Thursday: it has 53 weeks
        ("W53 2020", date(2020, 12, 28)),
        ("W01 2026", date(2025, 12, 29)),  # its Thursday is 1 January 2026
        ("W1-26", date(2025, 12, 29)),
        ("W01 2027", date(2027, 1, 4)),
    ],
)
def test_a_week_is_its_iso_monday_also_where_it_lies_over_new_year(cell, monday):
    assert read_period(pl.Series([cell])).values.to_list() == [monday]


@pytest.mark.parametrize("cell", ["W53 2025", "2025-W53", "W54 2026", "W00 2026", "2026-13", "202600", "Q5 2026"])
def test_a_period_that_its_year_does_not_have_cannot_be_read(cell):
    assert read_period(pl.Series([cell])).unreadable.to_list() == [True]


@pytest.mark.parametrize("cell", ["Q3 2026", "2026-Q3", "2026Q3", "Q3-26", "Q3'26", "3Q26", "3Q 2026", "Qtr 3 2026"])
def test_a_quarter_is_its_first_day(cell):
    assert read_period(pl.Series([cell])).values.to_list() == [date(2026, 7, 1)]


@pytest.mark.parametrize("text", ["26-Oct", "2026-10-05", "05/10/2026", "Total", "logins", "30d", "12", "2026", ""])
def test_days_words_and_bare_numbers_name_no_period(text):
    assert label_of(text) is None


@pytest.mark.parametrize(
    ("cell", "spoken", "label"),
    [
        ("202641", Length.WEEK, Label(Length.WEEK, 41, 2026)),
        ("2026-07", Length.WEEK, Label(Length.WEEK, 7, 2026)),
        ("41", Length.WEEK, Label(Length.WEEK, 41)),
        ("10", Length.MONTH, Label(Length.MONTH, 10)),
        ("3", Length.QUARTER, Label(Length.QUARTER, 3)),
    ],
)
def test_a_header_that_speaks_of_weeks_makes_numbers_weeks(cell, spoken, label):
    assert label_of(cell, spoken) == label


@pytest.mark.parametrize(
    "usage", ["account_id,month,year,logins; A,10,2026,5", "account_id,year,month,logins; A,2026,Oct,5"]
)
def test_a_year_in_a_column_of_its_own_is_the_year_of_the_month(tmp_path, usage):
    assert rows(read(tmp_path, usage=usage).roles[Role.USAGE].keyed, "period", "metric_logins") == [(OCTOBER, 5.0)]


@pytest.mark.parametrize("header", ["month", "week", "quarter"])
def test_a_year_that_no_cell_tells_is_asked_for(tmp_path, header):
    with pytest.raises(InputError, match="names no year") as fault:
        read(tmp_path, usage=f"account_id,{header},logins; A,3,5")
    assert fault.value.location.line == 2
    assert "`year: 2026`" in str(fault.value.hint)


def test_csq_yaml_tells_the_year(tmp_path):
    usage = read(tmp_path, options=told(2026), usage="account_id,month,logins; A,Oct,5; A,Sept,4").roles[Role.USAGE]
    assert rows(usage.keyed, "period") == [(OCTOBER,), (date(2026, 9, 1),)]


def of_months(tmp_path, header, *cells):
    text = f"account_id,{header},logins; " + "; ".join(f"A,{cell},{n}" for n, cell in enumerate(cells))
    return rows(read(tmp_path, options=told(2025), usage=text).roles[Role.USAGE].keyed.sort("period"), "period")


@pytest.mark.parametrize(
    ("header", "cells", "first", "last"),
    [
        ("month", ("Nov", "Dec", "Jan"), date(2025, 11, 1), date(2026, 1, 1)),
        ("month", ("Feb", "Jan", "Dec", "Nov"), date(2025, 11, 1), date(2026, 2, 1)),  # the newest first
        ("month", ("Jan", "Feb", "Mar"), date(2025, 1, 1), date(2025, 3, 1)),
        ("month", ("Mar", "Jan", "Feb"), date(2025, 1, 1), date(2025, 3, 1)),  # no gap: one year, whatever the order
        ("week", ("W51", "W52", "W01"), date(2025, 12, 15), date(2025, 12, 29)),  # W01 of 2026 begins on 29 December
        ("quarter", ("Q3", "Q4", "Q1"), date(2025, 7, 1), date(2026, 1, 1)),
    ],
)
def test_cells_without_a_year_cross_into_the_next_where_their_order_shows_it(tmp_path, header, cells, first, last):
    found = [day for (day,) in of_months(tmp_path, header, *cells)]
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize("cells", [("Jan", "Nov", "Dec"), ("Jan", "Dec"), ("Dec", "Jan"), ("Jul", "Nov", "Mar")])
def test_cells_that_may_be_of_the_year_told_or_of_the_next_are_asked_about(tmp_path, cells):
    with pytest.raises(InputError, match="its order does not tell whether it lies in 2025") as fault:
        of_months(tmp_path, "month", *cells)
    assert "a column `year` beside it" in str(fault.value.hint)


@pytest.mark.parametrize(
    "header", ["Week Ending", "week_ending", "weekEnding", "Week End Date", "period_end", "Period ending"]
)
def test_weeks_that_go_by_their_last_day_begin_six_days_before_it(tmp_path, header):
    # 11 and 18 October 2026 are Sundays: the weeks begin on Monday the 5th and the 12th.
    usage = f"account_id,{header},logins; A,2026-10-11,5; A,2026-10-18,7"
    found = rows(read(tmp_path, usage=usage).roles[Role.USAGE].keyed, "period", "metric_logins")
    assert found == [(date(2026, 10, 5), 5.0), (date(2026, 10, 12), 7.0)]


@pytest.mark.parametrize("header", ["month_end", "Month Ending", "period_end", "Quarter End Date"])
def test_months_that_go_by_their_last_day_are_counted_whole(header):
    quarters = "Quarter" in header
    days = ("2026-06-30", "2026-09-30") if quarters else ("2026-09-30", "2026-10-31")
    report = run(lines(f"account_id,{header},logins", f"A,{days[0]},5", f"A,{days[1]},7"), as_of=date(2026, 11, 15))
    assert (only(report)["events"], only(report)["events_previous"]) == (7, 5)


@pytest.mark.parametrize(
    ("header", "cell", "first"),
    [
        ("Monat", "Oktober 2026", OCTOBER),
        ("Mois", "oct. 2026", OCTOBER),
        ("Mes", "septiembre 2026", date(2026, 9, 1)),
        ("Maand", "2026-10", OCTOBER),
        ("KW", "41/2026", date(2026, 10, 5)),
        ("Kalenderwoche", "KW 41 2026", date(2026, 10, 5)),
        ("Semaine", "2026-W41", date(2026, 10, 5)),
        ("Quartal", "Q3 2026", date(2026, 7, 1)),
        ("Kwartaal", "3/2026", date(2026, 7, 1)),
        ("Trimestre", "2026 Q3", date(2026, 7, 1)),
    ],
)
def test_periods_are_found_in_the_languages_that_their_cells_are_read_in(tmp_path, header, cell, first):
    assert rows(read(tmp_path, usage=f"account_id,{header},logins; A,{cell},5").roles[Role.USAGE].keyed, "period") == [
        (first,)
    ]


@pytest.mark.parametrize("cells", [("Sep 2026", "Oct 2026"), ("2026-09-01", "2026-10-01"), ("W40 2026", "W41 2026")])
def test_a_column_of_periods_by_a_header_of_its_own_is_offered_as_such(tmp_path, cells):
    with pytest.raises(InputError, match="they differ in `abrechnung`, `logins`") as fault:
        read(tmp_path, usage=f"account_id,abrechnung,logins; A,{cells[0]},5; A,{cells[1]},6")
    assert fault.value.hint == '`--column period="abrechnung"` reads that column as the time of each row'


def test_months_in_a_column_of_days_name_the_flag_that_settles_it(tmp_path):
    with pytest.raises(InputError, match="`Oct-26` in `date` is no day") as fault:
        read(tmp_path, usage="account_id,date,logins; A,Oct-26,5; A,Nov-26,4")
    assert "`--column period=date`" in str(fault.value.hint)


# Across the columns: 1 in September, 2 in October, whatever the headers look like.
FORMS = (
    "Sep-26,Oct-26", "Sept 26,Oct 26", "2026-09,2026-10", "2026_09,2026_10", "202609,202610", "09/2026,10/2026",
    "2026 Sep,2026 Oct", "2026M09,2026M10", "September 2026,October 2026", "Sep 2026,Oct",
)  # fmt: skip


@pytest.mark.parametrize("headers", FORMS)
@pytest.mark.parametrize("beside", ["", ",Total", ",Average"])
def test_months_across_the_columns_are_periods_and_a_total_beside_them_is_none(tmp_path, headers, beside):
    usage = read(tmp_path, usage=f"account_name,{headers}{beside}; Acme,1,2{',3' if beside else ''}").roles[Role.USAGE]
    assert rows(usage.keyed.sort("period"), "period", "metric_events") == [(date(2026, 9, 1), 1.0), (OCTOBER, 2.0)]
    assert [name for name in usage.frame.columns if name.startswith("metric_")] == ["metric_events"]


@pytest.mark.parametrize(
    "headers", ["logins_sep_26,logins_oct_26", "Logins 2026-09,Logins 2026-10", "Sep 2026 Logins,Oct 2026 Logins"]
)
def test_a_header_may_say_what_is_counted_in_its_month(tmp_path, headers):
    usage = read(tmp_path, usage=f"account_name,{headers}; Acme,1,2").roles[Role.USAGE]
    assert rows(usage.keyed.sort("period"), "metric_logins") == [(1.0,), (2.0,)]


def test_several_numbers_of_each_month_stand_in_one_row_of_it(tmp_path):
    header = "account_name,logins 2026-09,logins 2026-10,active users 2026-09,active users 2026-10"
    usage = read(tmp_path, usage=f"{header}; Acme,1,2,3,4").roles[Role.USAGE]
    found = rows(usage.keyed.sort("period"), "period", "metric_logins", "metric_active_users")
    assert found == [(date(2026, 9, 1), 1.0, 3.0), (OCTOBER, 2.0, 4.0)]


@pytest.mark.parametrize(
    ("headers", "starts"),
    [
        ("Q1 2026,Q2 2026", [date(2026, 1, 1), date(2026, 4, 1)]),
        ("W52 2025,W01 2026", [date(2025, 12, 22), date(2025, 12, 29)]),
        ("Feb 2026,Mar 2026,Q1 2026", [date(2026, 2, 1), date(2026, 3, 1)]),  # a subtotal is no month
    ],
)
def test_weeks_and_quarters_lie_across_the_columns_too(tmp_path, headers, starts):
    cells = ",".join("123"[: headers.count(",") + 1])
    usage = read(tmp_path, usage=f"account_name,{headers}; Acme,{cells}").roles[Role.USAGE]
    assert rows(usage.keyed.sort("period"), "period") == [(start,) for start in starts]


@pytest.mark.parametrize("headers", ["Jan,Feb,Mar", "logins_jan,logins_feb,logins_mar", "Q1,Q2,Q3", "W1,W2,W3"])
def test_a_year_that_no_header_tells_is_asked_for_and_told_in_csq_yaml(tmp_path, headers):
    usage = f"account_name,{headers}; Acme,1,2,3"
    with pytest.raises(InputError, match="names no year") as fault:
        read(tmp_path, usage=usage)
    assert "`year: 2026`" in str(fault.value.hint)
    first = read(tmp_path, options=told(2026), usage=usage).roles[Role.USAGE].keyed["period"].min()
    assert first == (date(2025, 12, 29) if "W1" in headers else date(2026, 1, 1))


@pytest.mark.parametrize("headers", ["Nov,Dec,Jan", "Jan,Dec,Nov"])
def test_the_year_told_is_that_of_the_first_month_and_the_next_begins_in_january(tmp_path, headers):
    usage = read(tmp_path, options=told(2025), usage=f"account_name,{headers}; Acme,1,2,3").roles[Role.USAGE]
    assert sorted(usage.keyed["period"]) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("name", "known"),
    [("usage_2026", True), ("usage_by_month_2026", True), ("usage_2026-06-01", False), ("usage_20260601", False)],
)
def test_a_year_alone_in_the_files_name_is_that_of_its_months_and_the_day_of_an_export_is_not(tmp_path, name, known):
    text = "account_name,Jan,Feb; Acme,1,2"
    if not known:
        with pytest.raises(InputError, match="names no year"):
            read(tmp_path, **{name: text})
        return
    tables = read(tmp_path, **{name: text})
    assert tables.roles[Role.USAGE].keyed["period"].min() == date(2026, 1, 1)
    assert "its months are those of 2026" in notes(tables)


def test_a_month_that_only_one_column_names_is_part_of_its_name(tmp_path):
    tables = read(tmp_path, usage="account_id,logins_may,logins; A,1,2")
    assert list(tables.roles[Role.USAGE].metrics) == ["logins"]
    assert "`metrics: {logins_may: count}` in csq.yaml scores it" in notes(tables)


def test_days_across_the_columns_are_known_among_many_headers_that_are_none():
    """`13/11/2026` proves the day in front for all; `q1`, `v2.0` and `2026` alone are no days."""
    headers = ("account_id", "13/11/2026", "05/11/2026", "2026-11-14", "q1", "v2.0", "2026", "Nov 15, 2026", "12.5")
    assert _dates_among(headers) == [False, True, True, True, False, False, False, True, False]
