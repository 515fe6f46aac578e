"""Usage facts, every expected number counted by hand from the rows that stand in the test."""

from datetime import date

import pytest

from csq.errors import InputError
from csq.pipeline import settle_as_of
from csq.sources.columns.metrics import KindsTold
from csq.terms import MetricKind
from tables import AS_OF, by_id, fact, fates, lines, only, read, run

LOG = "account_id,date,user_id,feature,events"


def test_windows_take_in_both_ends_and_a_year_ago_is_364_days() -> None:
    report = run(
        lines(
            "account_id,date,events",
            "A,2026-11-15,1",
            "A,2026-10-19,2",
            "A,2026-10-18,4",
            "A,2026-09-21,8",
            "A,2026-09-20,16",
            "A,2025-11-17,32",
            "A,2025-11-16,64",
            "A,2025-10-20,128",
            "A,2025-10-19,256",
        ),
        as_of=AS_OF,
    )
    row = only(report)
    assert (row["events"], row["events_previous"], row["events_year_ago"]) == (3, 12, 192)
    assert row["usage_change_pct"] == pytest.approx(-75)
    assert row["usage_change_yoy_pct"] == pytest.approx(-98.4375)  # 3 / 192 - 1
    assert (row["active_days"], row["last_active_date"], row["idle_days"]) == (2, AS_OF, 0)
    assert fates(report, "usage.csv") == {"used": 6, "outside every window": 3}


def test_rows_after_as_of_are_set_aside_and_an_account_known_by_them_alone_is_none_yet() -> None:
    report = run(
        lines("account_id,date", "A,2026-11-14", "A,2026-11-16", "B,2026-11-16"),
        lines("account_id,csat (1-5)", "A,5"),
        as_of=AS_OF,
    )
    assert only(report)["events"] == 1
    assert fates(report, "usage.csv") == {"used": 1, "after as_of": 2}


def test_in_the_log_earlier_but_not_now_is_zero_and_never_in_the_log_is_unknown_with_its_reason() -> None:
    report = run(
        lines(LOG, "A,2026-11-10,u,f,1", "gone,2026-01-05,u,f,7"),
        accounts=lines("account_id,seats", "A,2", "gone,2", "never,2"),
        as_of=AS_OF,
    )
    rows = by_id(report)
    gone = rows["gone"]
    assert [gone[name] for name in ("events", "active_users", "active_days", "features_used", "seat_use_pct")] == [
        0
    ] * 5
    assert (gone["last_active_date"], gone["idle_days"]) == (date(2026, 1, 5), 314)
    assert gone["usage_level"] == "low"
    never = rows["never"]
    known = [
        name
        for name in ("events", "active_users", "active_days", "features_used", "breadth_pct")
        if never[name] is not None
    ]
    assert known == []
    assert never["unknown_reason"] == "usage: not_in_usage; happiness: no_csat_file"


def test_a_window_the_log_does_not_reach_back_to_is_unknown_not_zero() -> None:
    late = only(run(lines(LOG, "A,2026-11-10,u,f,1", "A,2026-09-22,u,g,1"), as_of=AS_OF))
    assert (late["events"], late["events_previous"], late["events_year_ago"], late["features_dropped"]) == (
        1,
        None,
        None,
        None,
    )
    reached = only(run(lines(LOG, "A,2026-11-10,u,f,1", "A,2026-09-21,u,g,1"), as_of=AS_OF))
    assert (reached["events_previous"], reached["events_year_ago"], reached["features_dropped"]) == (1, None, 1)


def test_rows_of_zero_events_put_an_account_in_the_log_without_any_activity() -> None:
    row = only(run(lines(LOG, "A,2026-11-10,u,f,0", "A,2026-11-11,v,g,0"), as_of=AS_OF))
    assert (row["events"], row["active_users"], row["active_days"], row["features_used"]) == (0, 0, 0, 0)
    assert (row["last_active_date"], row["top_user"]) == (None, None)
    assert row["usage_level"] == "low"


def test_the_top_user_counts_over_this_window_and_the_one_before() -> None:
    log = lines(
        LOG,
        "A,2026-09-21,u3,f,6",
        "A,2026-10-20,u3,f,3",
        "A,2026-11-14,u1,f,8",
        "A,2026-11-15,u2,f,1",
        "A,2026-09-20,u2,f,500",
    )
    row = only(run(log, as_of=AS_OF))
    assert (row["active_users"], fact("top_user", log, as_of=AS_OF)) == (3, "u3")
    assert row["top_user_share_pct"] == pytest.approx(50)  # 9 of 18
    assert row["top_user_idle_days"] == 26


def test_a_tie_for_top_user_goes_by_the_name_whatever_the_order_of_the_rows() -> None:
    rows = ["A,2026-11-14,u2,f,4", "A,2026-11-10,u1,f,4"]
    assert {fact("top_user", lines(LOG, *order), as_of=AS_OF) for order in (rows, rows[::-1])} == {"u1"}


def test_breadth_is_over_the_features_entitled_else_over_all_that_the_log_knows() -> None:
    report = run(
        lines(
            LOG,
            "A,2026-11-10,u,f,1",
            "A,2026-11-11,u,g,1",
            "A,2026-09-21,u,h,1",
            "B,2026-11-10,u,f,1",
            "C,2026-11-10,u,f,1",
        ),
        accounts=lines("account_id,features_entitled", "A,", "B,f; g;;g ; x ;y", "C,8"),
        as_of=AS_OF,
    )
    rows = by_id(report)
    told = ("features_used", "features_available", "features_dropped", "features_unused")
    assert [rows["A"][name] for name in told] == [2, 3, 1, 1]  # f, g now; h before; f, g, h in the log
    assert [rows["B"][name] for name in told] == [1, 4, 0, 3]  # f, g, x, y
    assert [rows["C"][name] for name in told] == [1, 8, 0, 7]
    assert [rows[key]["breadth_pct"] for key in "ABC"] == pytest.approx([200 / 3, 25, 12.5])


def test_activity_that_names_no_user_or_feature_leaves_their_number_unknown() -> None:
    rows = by_id(run(lines(LOG, "A,2026-11-10,,,5", "B,2026-11-10,u,f,5", "C,2026-01-10,u,f,5"), as_of=AS_OF))
    assert (rows["A"]["active_users"], rows["A"]["features_used"], rows["A"]["breadth_pct"]) == (None, None, None)
    assert (rows["B"]["active_users"], rows["B"]["features_used"]) == (1, 1)
    assert (rows["C"]["active_users"], rows["C"]["features_used"]) == (0, 0)


def test_a_log_without_users_or_features_leaves_their_facts_unknown() -> None:
    row = only(run(lines("account_id,date", "A,2026-11-10"), as_of=AS_OF))
    assert (row["events"], row["active_users"], row["features_used"], row["features_available"]) == (
        1,
        None,
        None,
        None,
    )


def test_all_of_a_log_without_dates_counts() -> None:
    report = run(
        lines("account_id,user_id", "A,u", "A,u", "A,v", "B,w"), accounts=lines("account_id,seats", "A,4", "B,4")
    )
    row = by_id(report)["A"]
    assert report.as_of is None
    assert (row["events"], row["active_users"], row["seat_use_pct"]) == (3, 2, 50)
    assert [row[name] for name in ("active_days", "events_previous", "idle_days", "last_active_date")] == [None] * 4


def test_a_repeated_event_id_counts_once_and_never_loses_the_row_that_matches_an_account() -> None:
    report = run(
        lines(
            "event_id,account_id,date,events",
            "e1,A,2026-11-10,5",
            "e1,A,2026-11-10,5",
            "e2,A,2026-11-10,1",
            "e2,0,2026-11-10,1",
        ),
        accounts=lines("account_id", "A", "B"),
        as_of=AS_OF,
    )
    assert by_id(report)["A"]["events"] == 6
    assert fates(report, "usage.csv") == {"used": 2, "repeated event id": 1, "key not among the accounts": 1}


def test_sums_do_not_depend_on_the_order_of_the_rows() -> None:
    amounts = ["0.1", "1e14", "0.3", "0.7", "1e13"]
    found = {
        only(run(lines("account_id,date,user_id,events", *(f"A,2026-11-10,u,{n}" for n in order)), as_of=AS_OF))[
            "events"
        ]
        for order in (amounts, amounts[::-1], sorted(amounts))
    }
    assert len(found) == 1


def test_an_amount_too_large_to_count_is_a_cell_fault() -> None:
    report = run(lines("account_id,date,events", "A,2026-11-10,1e300", "A,2026-11-10,2"), as_of=AS_OF)
    assert report.faults["value"].to_list() == ["1e300"]
    assert only(report)["events"] == 3  # unknown events of a row that is there: one


MONTHS = (
    "account_id,month,logins,active_users",
    "A,2026-08-01,99,9",
    "A,2026-09-01,40,4",
    "A,2026-10-01,10,2",
    "A,2026-11-01,3,1",
    "B,2026-09-01,7,1",
    "C,2026-10-01,,",
    "D,2026-11-01,5,1",
)


def test_a_month_table_takes_the_newest_complete_month_and_the_one_before() -> None:
    report = run(lines(*MONTHS), as_of=AS_OF)
    rows = by_id(report)
    assert (report.windows[0].first, report.windows[0].last) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (rows["A"]["events"], rows["A"]["events_previous"], rows["A"]["usage_change_pct"]) == (10, 40, -75)
    assert rows["A"]["active_users"] == 2
    assert fates(report, "usage.csv") == {"used": 4, "outside every window": 1, "partial period": 2}


def test_no_row_in_the_newest_period_is_zero_a_blank_cell_unknown_and_a_partial_period_says_nothing() -> None:
    rows = by_id(run(lines(*MONTHS), as_of=AS_OF))
    assert (rows["B"]["events"], rows["B"]["active_users"], rows["B"]["usage_level"]) == (0, 0, "low")
    assert (rows["C"]["events"], rows["C"]["active_users"]) == (None, None)
    assert rows["C"]["missing"][0] == "usage: no_usable_metric"
    assert rows["D"]["missing"][0] == "usage: not_in_usage"


def test_months_named_by_their_last_day_are_months_too() -> None:
    row = only(run(lines("account_id,month,logins", "A,2026-09-30,40", "A,2026-10-31,10"), as_of=AS_OF))
    assert (row["events"], row["events_previous"]) == (10, 40)


def test_a_week_is_complete_on_its_seventh_day() -> None:
    table = lines("account_id,week,logins", "A,2026-10-26,8", "A,2026-11-02,4", "A,2026-11-09,2")
    assert only(run(table, as_of=date(2026, 11, 15)))["events"] == 2
    saturday = only(run(table, as_of=date(2026, 11, 14)))
    assert (saturday["events"], saturday["events_previous"], saturday["usage_change_pct"]) == (4, 8, -50)


def test_daily_rows_are_taken_together_over_the_window() -> None:
    days = ("A,2026-11-15,1,10", "A,2026-11-14,2,20", "A,2026-10-19,4,30", "A,2026-10-18,8,40", "A,2026-09-21,16,50")
    row = only(run(lines("account_id,date,logins,active_users", *days), as_of=AS_OF))
    assert (row["events"], row["events_previous"]) == (7, 24)
    assert row["active_users"] == 30  # of 10, 20 and 30 people a day: at least 30 different ones
    short = only(run(lines("account_id,date,logins,active_users", *days[:-1]), as_of=AS_OF))
    assert short["events_previous"] is None  # the table does not reach back to 21 September


def test_a_snapshot_of_one_day_counts() -> None:
    row = only(run(lines("account_id,date,logins,active_users", "A,2026-11-13,12,3")))
    assert (row["events"], row["active_users"]) == (12, 3)


def test_a_table_without_a_complete_period_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(InputError, match="no month of the usage table is complete by 2026-11-15") as error:
        run(lines("account_id,month,logins", "A,2026-11-01,5"), as_of=AS_OF)
    assert "--as-of" in (error.value.hint or "")


def test_metrics_are_scored_by_the_kind_that_their_names_tell() -> None:
    header = "account_id,logins,active_users,adoption_rate,days_since_login,error_count,workspace_id"
    report = run(
        lines(header, "A,8,3,40%,0,9,11", "B,4,1,80%,50,0,12"), accounts=lines("account_id,seats", "A,4", "B,4")
    )
    rows = by_id(report)
    parts = {name.removeprefix("usage_part_") for name in report.accounts.columns if name.startswith("usage_part_")}
    assert parts == {"logins", "active_users", "adoption_rate"}  # trouble is shown, an id is neither
    assert "metric_days_since_login" in report.accounts.columns
    assert "metric_workspace_id" not in report.accounts.columns
    # Logins per seat 2 and 1, their 75th percentile 1.75: full marks, and 1 / 1.75.
    assert rows["A"]["usage_part_logins"] == 100
    assert rows["B"]["usage_part_logins"] == pytest.approx(100 / 1.75)
    assert (rows["A"]["usage_part_active_users"], rows["B"]["usage_part_active_users"]) == (75, 25)
    assert (rows["A"]["usage_part_adoption_rate"], rows["B"]["usage_part_adoption_rate"]) == (40, 80)
    assert rows["A"]["usage_score"] == pytest.approx((100 + 75 + 40) / 3, abs=5e-5)


def test_csq_yaml_settles_the_kind_of_a_metric() -> None:
    report = run(
        lines("account_id,logins,stars", "A,8,3", "B,4,1"),
        settings="metrics: {stars: ignore, logins: percent}",
        metrics=KindsTold({"stars": MetricKind.IGNORE, "logins": MetricKind.PERCENT}),
    )
    assert {key: row["usage_score"] for key, row in by_id(report).items()} == {"A": 8, "B": 4}


@pytest.mark.parametrize(
    ("cells", "expected"), [(("0.4", "0.8"), 40), (("40", "80"), 40), (("40%", "0.8%"), 40), (("0.4", "1"), 40)]
)
def test_a_percentage_is_a_share_of_one_when_no_cell_says_otherwise(cells: tuple[str, str], expected: float) -> None:
    rows = by_id(run(lines("account_id,adoption_rate", f"A,{cells[0]}", f"B,{cells[1]}")))
    assert rows["A"]["usage_score"] == expected


def test_a_metric_that_is_blank_is_not_zero_and_does_not_make_an_account_inactive() -> None:
    rows = by_id(run(lines("account_id,logins,adoption_rate", "A,,90%", "B,0,10%", "C,5,20%")))
    assert (rows["A"]["usage_score"], rows["A"]["usage_level"]) == (90, "high")
    assert rows["B"]["usage_level"] == "low"


def test_without_a_day_told_a_month_table_is_looked_at_from_the_end_of_its_newest_month() -> None:
    report = run(lines("account_id,month,logins", "A,2026-09,40", "A,2026-10,10"))
    assert report.as_of == date(2026, 10, 31)
    assert only(report)["events"] == 10


def test_a_month_that_is_not_over_on_the_day_of_the_run_is_no_newest_month() -> None:
    tables = read(lines("account_id,month,logins", "A,2026-10,40", "A,2026-11,10"))
    assert settle_as_of(tables, None, date(2026, 11, 21)).day == date(2026, 10, 31)


@pytest.mark.parametrize("seats", [("500", "5"), ("5", ""), ("", "")])
def test_active_days_are_a_share_of_the_days_that_the_header_names_whatever_the_seats(seats: tuple[str, str]) -> None:
    report = run(
        lines("account_id,login_days_30d", "A,30", "B,15"),
        accounts=lines("account_id,seats", f"A,{seats[0]}", f"B,{seats[1]}"),
    )
    rows = by_id(report)
    assert (rows["A"]["usage_score"], rows["B"]["usage_score"]) == (100, 50)  # 30 of 30 days, 15 of 30


def test_active_days_of_a_month_table_are_a_share_of_the_days_of_that_month() -> None:
    report = run(
        lines("account_id,month,days_active", "A,2026-10,31", "B,2026-10,0"),
        accounts=lines("account_id,seats", "A,500", "B,5"),
    )
    rows = by_id(report)
    assert (rows["A"]["usage_score"], rows["B"]["usage_score"]) == (100, 0)
    assert rows["B"]["usage_level"] == "low"


def test_active_days_without_any_window_are_compared_account_by_account() -> None:
    # The 75th percentile of 20 and 10 is 17.5, and 10 / 17.5 = 57.1429 %; seats are no matter.
    report = run(lines("account_id,active_days", "A,20", "B,10"), accounts=lines("account_id,seats", "A,500", "B,5"))
    rows = by_id(report)
    assert (rows["A"]["usage_score"], rows["B"]["usage_score"]) == (100, 57.1429)


def test_time_is_scored_per_seat_and_what_is_told_per_user_is_not() -> None:
    report = run(
        lines("account_id,active_minutes,logins_per_user", "A,800,4", "B,400,4"),
        accounts=lines("account_id,seats", "A,8", "B,2"),
    )
    rows = by_id(report)
    # Minutes per seat 100 and 200, their 75th percentile 175.
    assert rows["A"]["usage_part_active_minutes"] == pytest.approx(100 / 1.75)
    assert rows["B"]["usage_part_active_minutes"] == 100
    assert (rows["A"]["usage_part_logins_per_user"], rows["B"]["usage_part_logins_per_user"]) == (100, 100)


def test_where_three_quarters_do_nothing_a_part_scores_nothing_and_is_not_pinned() -> None:
    # The 75th percentile of 7, 0, 0, 0, 0 sessions is 0, of which nothing is a share; that of 5, 4, 3, 2, 1 is 4.
    report = run(
        lines("account_id,logins,sessions", "A,5,7", "B,4,0", "C,3,0", "D,2,0", "E,1,0"),
    )
    rows = by_id(report)
    assert rows["A"]["usage_part_sessions"] is None
    assert [rows[name]["usage_score"] for name in "ABC"] == [100, 100, 75]
    assert "sessions" not in report.pinned
    assert "1e-" not in report.pinned
    assert any(note.text.startswith("`sessions` scores nothing") for note in report.notes)


LOGINS_AND_MORE = (
    "account_id,date,user_id,feature",
    "busy,2026-11-10,u1,Rosters",
    "busy,2026-11-10,u1,Login",
    "busy,2026-11-11,u2,Reports",
    "guest,2026-11-10,u3,login",
    "guest,2026-11-11,u3,page_view",
    "guest,2026-11-12,u4,Session Start",
)


def test_events_that_everybody_has_count_for_users_and_days_and_for_nothing_else() -> None:
    rows = by_id(run(lines(*LOGINS_AND_MORE), accounts=lines("account_id,seats", "busy,2", "guest,2"), as_of=AS_OF))
    guest, busy = rows["guest"], rows["busy"]
    assert (guest["events"], guest["active_users"], guest["active_days"]) == (3, 2, 3)
    assert (guest["features_used"], guest["usage_part_volume"]) == (0, 0)
    assert (busy["features_used"], busy["features_available"]) == (2, 2)  # Rosters and Reports
    # All its seats are in use, and it does nothing but log in: never high.
    assert (guest["seat_use_pct"], guest["usage_level"]) == (100, "low")
    assert busy["usage_level"] == "high"


def test_logging_in_is_never_the_next_feature() -> None:
    rows = by_id(
        run(
            lines(*LOGINS_AND_MORE, "quiet,2026-11-10,u9,Rosters"),
            lines("account_id,csat (1-5)", "busy,5", "guest,5", "quiet,5"),
            accounts=lines("account_id,features_entitled", "busy,", "guest,", "quiet,Login; Rosters; Reports"),
            as_of=AS_OF,
        )
    )
    assert rows["quiet"]["next_feature"] == "Reports"
    assert (rows["quiet"]["features_available"], rows["quiet"]["features_unused"]) == (2, 1)


def test_csq_yaml_says_which_events_are_everybodys() -> None:
    def used(settings: str) -> tuple[int, int]:
        rows = by_id(run(lines(*LOGINS_AND_MORE), settings=settings, as_of=AS_OF))
        return rows["busy"]["features_used"], rows["guest"]["features_used"]

    assert used("features: {ignore: [Rosters]}") == (2, 3)  # Login and Reports; login, page_view, Session Start
    assert used("features: {count: [page view]}") == (2, 1)


def test_a_log_of_logins_alone_is_scored_by_seats_and_days_and_says_so_once() -> None:
    report = run(
        lines(
            "account_id,date,user_id,event", "A,2026-11-10,u1,login", "A,2026-11-11,u2,login", "B,2026-11-10,u3,login"
        ),
        accounts=lines("account_id,seats", "A,2", "B,4"),
        as_of=AS_OF,
    )
    rows = by_id(report)
    # A: 2 of 2 seats, and 2 of 20 working days; B: 1 of 4, and 1 of 20.
    assert (rows["A"]["usage_score"], rows["B"]["usage_score"]) == ((100 + 10) / 2, (25 + 5) / 2)
    assert (rows["A"]["usage_level"], rows["A"]["features_used"]) == ("high", None)
    assert sum("nothing but logins" in note.text for note in report.notes) == 1


def test_in_a_table_logins_are_a_count_like_any_other() -> None:
    assert [row["usage_score"] for row in by_id(run(lines("account_id,logins", "A,7", "B,7"))).values()] == [100, 100]


def test_money_outcomes_and_scores_in_a_usage_file_change_nothing() -> None:
    plain = run(lines("account_id,logins", "A,100", "B,10"))
    header = "account_id,logins,churn,tenure_months,monthly_charge,total_refunds,seats_purchased,licensed_users,age"
    mixed = run(
        lines(f"{header},nps_score,contract_value", "A,100,0,12,10,0,20,20,30,9,1", "B,10,1,24,90,5,2,2,60,2,9")
    )
    for name in ("usage_score", "usage_level"):
        assert mixed.accounts[name].equals(plain.accounts[name])
    # The 75th percentile of 100 and 10 is 77.5; 10 / 77.5 = 12.9032 %.
    assert {key: row["usage_score"] for key, row in by_id(plain).items()} == {"A": 100, "B": 12.9032}
