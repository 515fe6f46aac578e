"""Usage tables: what a row stands for, how long a period is, who was active, and totals that only grow.

Every expected number is counted by hand from the rows that stand in the test.
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from conftest import Csq
from csq.errors import InputError
from csq.report import Report
from csq.sources.columns.metrics import KindsTold
from csq.sources.log.opening import Whole, check_log
from csq.sources.rows.tables import ReadOptions
from csq.terms import MetricKind, Role
from tables import AS_OF, by_id, fates, lines, only, run


def said(report: Report) -> str:
    return "\n".join(note.text for note in report.notes)


WEEKS = ("A,2026-11-02,50,900", "B,2026-11-02,1,2", "A,2026-11-09,52,950", "B,2026-11-09,1,0")


@pytest.mark.parametrize("row_id", ["", "usage_id", "row_id", "uuid", "id"])
def test_a_row_id_leaves_a_table_of_metrics_a_table(row_id: str) -> None:
    header = "account_id,week_start_date,active_users,logins"
    rows = [f"r{n},{row}" if row_id else row for n, row in enumerate(WEEKS)]
    report = run(lines(f"{row_id},{header}" if row_id else header, *rows), as_of=AS_OF)
    found = by_id(report)
    # The week of 9 November ends on the 15th: A has 950 logins by 52 people in it, B none by one.
    assert [(found[key]["events"], found[key]["active_users"]) for key in "AB"] == [(950, 52), (0, 1)]
    assert found["A"]["usage_score"] == 100
    assert found["B"]["usage_score"] < 10


USERS = (
    "u1,A,a@example.com,True,2024-01-10,2026-11-14",
    "u2,A,b@example.com,True,2024-02-10,2026-10-19",
    "u3,A,c@example.com,True,2024-02-10,2026-10-18",
    "u4,B,d@example.com,True,2026-11-10,",
)


@pytest.mark.parametrize(
    "header",
    [
        "user_id,account_id,email,active,created_at,last_login",
        "username,company,mail,is_active,date_joined,last_login",
        "User ID,Account,E-mail,Active,Signup Date,Last Seen At",
        "userid,customer_id,email,enabled,registered,lastLogin",
    ],
)
def test_active_in_a_table_of_users_are_those_last_there_in_the_window(header: str) -> None:
    report = run(lines(header, *USERS), as_of=AS_OF)
    found = by_id(report)
    # The window begins on 19 October: u2 was there on its first day, u3 the day before. u4 signed up and never came.
    assert [found[key]["active_users"] for key in "AB"] == [2, 0]
    assert (found["A"]["last_active_date"], found["A"]["idle_days"]) == (date(2026, 11, 14), 1)
    assert [found[key]["usage_level"] for key in "AB"] == ["high", "low"]
    assert fates(report, "usage.csv") == {"used": 4}


def test_the_newest_last_login_is_the_day_looked_back_from() -> None:
    assert run(lines("user_id,account_id,last_login", "u1,A,2026-05-30", "u2,B,")).as_of == date(2026, 5, 30)


def test_a_login_after_the_day_told_is_set_aside_and_one_that_cannot_be_read_rejected() -> None:
    rows = ("u1,A,2026-11-14", "u2,A,2026-11-16", "u3,A,yesterday", "u4,A,Never")
    report = run(lines("user_id,account_id,last_login", *rows), as_of=AS_OF)
    assert only(report)["active_users"] == 1
    assert fates(report, "usage.csv") == {"used": 2, "after as_of": 1, "unreadable date": 1}


def test_without_last_logins_the_users_called_active_count_and_the_table_is_said_to_have_no_dates() -> None:
    rows = ("u1,A,yes,2024-01-10", "u2,A,no,2024-01-10", "u3,B,no,2026-11-10")
    report = run(lines("user_id,account_id,active,created_at", *rows))
    assert {key: row["active_users"] for key, row in by_id(report).items()} == {"A": 1, "B": 0}
    assert "`usage.csv` has no dates" in said(report)


def test_users_of_one_row_each_with_nothing_but_created_at_are_a_question() -> None:
    table = lines("user_id,account_id,created_at", "u1,A,2026-11-02", "u2,B,2026-11-03")
    with pytest.raises(InputError, match="`created_at`") as fault:
        run(table, as_of=AS_OF)
    assert "--column date=created_at" in str(fault.value.hint)
    told = run(table, as_of=AS_OF, columns={Role.USAGE: {"date": "created_at"}})
    assert [row["events"] for row in by_id(told).values()] == [1, 1]


def test_created_at_of_what_users_do_again_and_again_is_when_they_do_it() -> None:
    rows = ("u1,A,2026-11-02", "u1,A,2026-11-03", "u2,A,2026-11-03")
    row = only(run(lines("user_id,account_id,created_at", *rows), as_of=AS_OF))
    assert (row["events"], row["active_users"]) == (3, 2)


def test_a_mail_address_in_a_table_with_a_row_for_each_account_is_no_user() -> None:
    report = run(lines("email,company,logins_30d", "a@x.example,A,5", "b@x.example,B,3"))
    assert [row["active_users"] for row in by_id(report).values()] == [None, None]
    assert "count no users" in said(report)


@pytest.mark.parametrize(
    ("period", "day", "other"), [("date", "2026-11-03", "2026-11-02"), ("month", "2026-10", "2026-10")]
)
def test_numbers_of_users_are_summed_and_those_who_did_something_counted_once(
    period: str, day: str, other: str
) -> None:
    rows = [f"u1,A,{day},3,10", f"u2,A,{day},1,5", f"u3,A,{day},0,0", f"u4,B,{day},0,0", f"u1,C,{other},2,2"]
    rows += [f"u1,A,{other},4,20"] if period == "date" else []
    report = run(lines(f"user_id,account_id,{period},sessions,minutes", *rows), as_of=AS_OF)
    found = by_id(report)
    sessions = 8 if period == "date" else 4  # u1 came on two days: its sessions add up, and it stays one user
    assert (found["A"]["metric_sessions"], found["A"]["active_users"]) == (sessions, 2)
    assert (found["B"]["metric_sessions"], found["B"]["active_users"]) == (0, 0)
    assert found["C"]["active_users"] == 1


def test_moments_of_one_day_are_events_and_their_numbers_are_said_not_to_count() -> None:
    rows = ("A,u1,2026-11-02 10:00,5", "A,u1,2026-11-02 11:00,4", "B,u2,2026-11-02 11:00,4")
    report = run(lines("account_id,user_id,date,minutes", *rows), as_of=AS_OF)
    assert {key: row["events"] for key, row in by_id(report).items()} == {"A": 2, "B": 1}
    assert "`minutes` of `usage.csv` not counted" in said(report)


@pytest.mark.parametrize(
    ("header", "is_certain"),
    [
        ("account_id,user_id,date,feature,events", True),
        ("account_id,user_id,date,feature,minutes", True),
        ("account_id,user_id,date", True),
        ("account_id,created_at,feature,user_id", True),
        ("account_id,user_id,date,sessions", False),  # sums of users, if the cells are numbers
        ("usage_id,account_id,date,sessions", False),
        ("account_id,user_id,created_at", False),  # sign-ups, if each user stands in one row
        ("user_id,account_id,last_login", False),
    ],
)
def test_only_a_log_by_its_header_alone_is_counted_in_pieces(header: str, is_certain: bool) -> None:
    names = header.split(",")
    known = ("account_id", "user_id", "feature", "events", "date")
    other = {"created_at": "date", "usage_id": "event_id"}
    fields = {other.get(name, name): at for at, name in enumerate(names) if name in (*known, *other)}
    if is_certain:
        check_log(names, fields, ReadOptions())
        return
    with pytest.raises(Whole):
        check_log(names, fields, ReadOptions())


def test_an_undated_log_says_so() -> None:
    assert "`usage.csv` has no dates" in said(run(lines("account_id,user_id", "A,u", "A,v")))


def test_a_log_whose_days_go_by_an_unknown_name_is_told_the_flag_for_them() -> None:
    """`when` is no name that csq knows: without it u's use of January counts in November. The version is no date."""
    rows = ("A,u,30/01/2026 10:00,search,2", "A,v,14/11/2026 10:00,search,2")
    log = lines("account_id,user_id,when,feature,version", *rows)
    report = run(log, as_of=AS_OF)
    assert "`usage.csv` has no dates" in said(report)
    assert "if `when` is the day of a row, `--column date=when`" in said(report)
    assert only(report)["active_users"] == 2
    told = run(log, as_of=AS_OF, columns={Role.USAGE: {"date": "when"}})
    assert only(told)["active_users"] == 1


def test_the_window_of_a_table_of_quarters_is_the_newest_whole_quarter() -> None:
    rows = ("A,Q2 2026,5", "A,Q3 2026,10", "A,Q4 2026,3")
    report = run(lines("account_id,quarter,logins", *rows), as_of=AS_OF)
    row = only(report)
    assert (report.windows[0].first, report.windows[0].last) == (date(2026, 7, 1), date(2026, 9, 30))
    assert (row["events"], row["usage_change_pct"]) == (10, 100)
    assert fates(report, "usage.csv") == {"used": 2, "partial period": 1}


@pytest.mark.parametrize("days", [("01-01", "04-01", "07-01"), ("03-31", "06-30", "09-30")])
def test_starts_or_ends_three_months_apart_are_quarters(days: tuple[str, ...]) -> None:
    report = run(lines("account_id,period,logins", *(f"A,2026-{day},{n}" for n, day in enumerate(days))), as_of=AS_OF)
    assert (report.windows[0].first, report.windows[0].last) == (date(2026, 7, 1), date(2026, 9, 30))


def test_one_week_by_its_name_is_a_week_and_not_a_day() -> None:
    report = run(lines("account_id,week,logins", "A,W45 2026,5"))
    assert (report.windows[0].first, report.windows[0].last) == (date(2026, 11, 2), date(2026, 11, 8))


def test_weeks_follow_each_other_over_new_year_and_one_that_is_none_is_rejected() -> None:
    rows = ("A,W52 2025,50", "A,W01 2026,40", "A,W02 2026,30", "A,W53 2025,7")
    report = run(lines("account_id,week,logins", *rows), as_of=date(2026, 1, 12))
    # W02 2026 is 5 to 11 January; before it W01, which begins on 29 December. 2025 has 52 weeks.
    assert (report.windows[0].first, report.windows[0].last) == (date(2026, 1, 5), date(2026, 1, 11))
    assert (only(report)["events"], only(report)["events_previous"]) == (30, 40)
    assert fates(report, "usage.csv") == {"used": 2, "outside every window": 1, "unreadable date": 1}
    assert report.rejects["value"].to_list() == ["W53 2025"]


@pytest.mark.parametrize("september", ["Sep-26", "Sept-26"])
def test_months_as_a_spreadsheet_writes_them(september: str) -> None:
    rows = ("A,Aug-26,50", f"A,{september},50", "A,Oct-26,60")
    row = only(run(lines("account_id,month,logins", *rows), as_of=AS_OF))
    assert (row["events"], row["usage_change_pct"]) == (60, pytest.approx(20))


def test_a_table_of_one_period_is_measured_however_many_accounts_it_has(csq: Csq) -> None:
    """polars cuts a frame of many rows into parts, and filtered those of one period by a literal that it lost."""
    table = "account_id,month,logins\n" + "".join(f"A-{n},2026-10,{n % 9 + 1}\n" for n in range(20_000))
    Path("usage.csv").write_text(table)
    done = csq("triage", "--usage", "usage.csv", "-f", "csv", "--fields", "metric_logins", "-q")
    assert done.code == 0, done.stderr
    rows = pl.read_csv(done.stdout, infer_schema_length=None)
    number = rows["account_id"].str.strip_prefix("A-").cast(pl.Int64)
    assert rows.height == 20_000
    assert (rows["metric_logins"] == number % 9 + 1).all()


def test_a_wide_table_is_scored_by_its_newest_month_and_its_total_by_none() -> None:
    table = lines(
        "account_name,Jan-26,Feb-26,Mar-26,Apr-26,May-26,Total",
        "Alpha,900,700,400,100,0,2100",
        "Beta,10,60,200,600,900,1770",
        "Gamma,300,300,300,300,300,1500",
        "Total,1210,1060,900,1000,1200,5370",
    )
    report = run(table)
    found = by_id(report)
    assert report.as_of == date(2026, 5, 31)
    assert [found[name]["events"] for name in ("Alpha", "Beta", "Gamma")] == [0, 900, 300]
    assert [found[name]["usage_change_pct"] for name in ("Alpha", "Beta", "Gamma")] == [-100, 50, 0]
    assert "`Total` left out: of no single month" in said(report)


DAYS = ("2026-11-09", "2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13")


@pytest.mark.parametrize("header", ["active_users", "Active Users", "dau", "unique_users", "unique visitors"])
def test_people_of_several_days_are_never_added_up_and_at_least_those_of_the_largest_day(header: str) -> None:
    table = lines(f"account_id,date,{header}", *(f"A,{day},{n}" for day, n in zip(DAYS, (4, 4, 3, 4, 2), strict=True)))
    report = run(table, accounts=lines("account_id,seats", "A,10"), as_of=AS_OF)
    assert (only(report)["active_users"], only(report)["seat_use_pct"]) == (4, 40)
    assert "at least those of its largest day" in said(report)


def test_explain_says_that_people_counted_by_day_are_at_least_so_many(csq: Csq) -> None:
    Path("usage.csv").write_text(lines("account_id,date,active_users", *(f"A,{day},4" for day in DAYS)))
    Path("accounts.csv").write_text(lines("account_id,seats", "A,10"))
    shown = csq("explain", "A", "--usage", "usage.csv", "--accounts", "accounts.csv", "--as-of", "2026-11-15")
    assert b"at least 4 active_users / 10 seats x 100 = 40" in shown.stdout


@pytest.mark.parametrize("header", ["mau", "wau", "active_users_30d", "monthly_active_users"])
def test_people_of_the_last_month_told_day_by_day_are_those_of_the_newest_day(header: str) -> None:
    table = lines(f"account_id,date,{header}", *(f"A,{day},{n}" for day, n in zip(DAYS, (9, 9, 8, 7, 6), strict=True)))
    report = run(table, as_of=AS_OF)
    assert only(report)["active_users"] == 6
    assert "largest day" not in said(report)


TOTALS = ("A,2026-08,5000", "A,2026-09,5004", "A,2026-10,5004", "B,2026-08,200", "B,2026-09,240", "B,2026-10,320")


@pytest.mark.parametrize(
    "header", ["lifetime_logins", "Logins (cumulative)", "logins to date", "All-time logins", "logins_all_time"]
)
def test_a_running_total_by_its_name_counts_what_it_grew_by(header: str) -> None:
    report = run(lines(f"account_id,month,{header}", *TOTALS), as_of=AS_OF)
    found = by_id(report)
    # A grew by 4 in September and by 0 in October, B by 40 and by 80.
    assert [(found[key]["events"], found[key]["events_previous"]) for key in "AB"] == [(0, 4), (80, 40)]
    assert [found[key]["usage_level"] for key in "AB"] == ["low", "high"]
    assert "running total" in said(report)


@pytest.mark.parametrize(("kind", "events"), [("running", (0, 80)), ("count", (5004, 320))])
def test_csq_yaml_says_whether_a_column_is_a_running_total(kind: str, events: tuple[int, int]) -> None:
    table = lines("account_id,month,logins_total", *TOTALS)
    told = KindsTold({"logins_total": MetricKind(kind)})
    report = run(table, as_of=AS_OF, settings=f"metrics: {{logins_total: {kind}}}", metrics=told)
    assert tuple(by_id(report)[key]["events"] for key in ("A", "B")) == events


def test_growth_is_unknown_over_a_gap_after_a_fall_and_without_a_month_before() -> None:
    rows = ("gap,2026-08,10", "gap,2026-10,30", "fell,2026-09,90", "fell,2026-10,5", "new,2026-10,7")
    found = by_id(run(lines("account_id,month,lifetime_logins", *rows, "A,2026-09,1", "A,2026-10,3"), as_of=AS_OF))
    assert {key: row["events"] for key, row in found.items()} == {"A": 2, "fell": None, "gap": None, "new": None}


def test_daily_totals_grow_from_the_last_day_before_the_window_to_the_last_in_it() -> None:
    rows = ("A,2026-10-10,100", "A,2026-10-18,110", "A,2026-10-19,", "A,2026-10-25,130", "A,2026-11-14,150")
    assert only(run(lines("account_id,date,lifetime_logins", *rows), as_of=AS_OF))["events"] == 40  # 150 - 110


def test_a_total_of_the_year_starts_again_in_january() -> None:
    rows = ("A,2025-11,300", "A,2025-12,340", "A,2026-01,25")
    row = only(run(lines("account_id,month,logins_ytd", *rows)))
    assert (row["events"], row["events_previous"]) == (25, 40)


def test_a_running_total_of_no_period_is_not_counted_and_said() -> None:
    report = run(lines("account_id,lifetime_logins,active_users", "A,9000,1", "B,20,9"))
    assert {key: row["usage_level"] for key, row in by_id(report).items()} == {"A": "low", "B": "high"}
    assert "`lifetime_logins` (a running total, which tells nothing of one time alone)" in said(report)


def grows(accounts: int, periods: int, *, fall: bool = False, rising: int | None = None) -> str:
    """A month table of `logins` in which all accounts but the last ones grow, and perhaps one falls once."""
    rows = []
    for account in range(accounts):
        step = 5 if rising is None or account < rising else 0
        counts = [100 * (account + 1) + step * month for month in range(periods)]
        if fall and account == 0:
            counts[2] -= 7
        rows += [f"C{account},2026-{month + 1:02},{count}" for month, count in enumerate(counts)]
    return lines("account_id,month,logins", *rows)


@pytest.mark.parametrize("order", ["newest first", "a row for each of two teams"])
def test_a_running_total_is_seen_in_whatever_order_and_parts_its_rows_stand(order: str) -> None:
    header, *rows = grows(10, 6).splitlines()
    if order == "newest first":
        text = "\n".join([header, *reversed(rows)])
    else:  # one team with a quarter of each count, and one with the rest
        parts = [
            f"{key},{int(count) * part}"
            for part in (0.25, 0.75)
            for key, _, count in (row.rpartition(",") for row in rows)
        ]
        text = "\n".join([header, *parts])
    with pytest.raises(InputError, match="`logins` never falls from one month to the next, for any of 10"):
        run(text, overlap="add")


def test_a_column_that_never_falls_for_anybody_is_asked_about() -> None:
    with pytest.raises(InputError, match="`logins` never falls from one month to the next, for any of 10") as fault:
        run(grows(10, 6), as_of=AS_OF)
    assert "`metrics: {logins: running}`" in str(fault.value.hint)
    assert "`metrics: {logins: count}`" in str(fault.value.hint)
    assert fault.value.location is not None
    assert (fault.value.location.label, fault.value.location.line) == ("usage.csv", 61)  # the largest total


@pytest.mark.parametrize(
    "table",
    [grows(9, 6), grows(10, 5), grows(10, 6, fall=True), grows(10, 6, rising=5)],
    ids=["few accounts", "few periods", "one falls", "half of them stand still"],
)
def test_a_column_that_may_be_a_plain_count_is_not_asked_about(table: str) -> None:
    assert by_id(run(table, as_of=AS_OF))["C0"]["events"] is not None


@pytest.mark.parametrize(("kind", "events"), [("running", 5), ("count", 125)])
def test_the_answer_in_csq_yaml_ends_the_question(kind: str, events: int) -> None:
    report = run(
        grows(10, 6),
        as_of=AS_OF,
        settings=f"metrics: {{logins: {kind}}}",
        metrics=KindsTold({"logins": MetricKind(kind)}),
    )
    assert by_id(report)["C0"]["events"] == events


@pytest.mark.parametrize("apart", ["product", "region", "row_id"])
def test_rows_that_differ_in_a_column_nobody_reads_are_no_duplicates(apart: str) -> None:
    table = lines(f"account_id,month,{apart},logins", "A,2026-10,x,5", "A,2026-10,y,5")
    with pytest.raises(InputError, match="tell the same account and period") as fault:
        run(table, as_of=AS_OF)
    assert "--overlap add" in str(fault.value.hint)
    assert only(run(table, as_of=AS_OF, overlap="add"))["events"] == 10
    assert only(run(table, as_of=AS_OF, overlap="dedupe"))["events"] == 5


def test_rows_that_are_the_same_in_all_columns_count_once() -> None:
    table = lines("account_id,month,product,logins", "A,2026-10,x,5", "A,2026-10, x,5.0")
    report = run(table, as_of=AS_OF)
    assert only(report)["events"] == 5
    assert fates(report, "usage.csv") == {"used": 1, "exact duplicate": 1}


def test_the_question_names_the_column_as_its_file_does_so_that_the_answer_is_taken() -> None:
    table = grows(10, 6).replace("logins", "interactions")  # a header of the field `events`
    with pytest.raises(InputError) as fault:
        run(table, as_of=AS_OF)
    assert "`metrics: {interactions: running}`" in str(fault.value.hint)
    assert by_id(run(table, as_of=AS_OF, metrics=KindsTold({"interactions": MetricKind.RUNNING})))["C0"]["events"] == 5


def test_active_days_of_several_users_are_those_of_the_busiest_and_their_minutes_add_up() -> None:
    rows = ("A,u1,2026-10,12,30", "A,u2,2026-10,20,10")
    row = only(run(lines("account_id,user_id,month,active_days,minutes", *rows), as_of=AS_OF))
    # There were 20 days of activity or more, of the 31 of October.
    assert (row["metric_active_days"], row["metric_minutes"], row["active_users"]) == (20, 40, 2)


@pytest.mark.parametrize(
    "header", ["logins_30d", "Logins last 30 days", "weekly_logins", "sessions_l7d", "minutes_28d"]
)
def test_amounts_that_look_back_are_told_again_every_day_so_that_only_the_newest_counts(header: str) -> None:
    rows = [f"A,2026-11-{day:02d},{day + 10}" for day in range(1, 15)] + ["B,2026-11-14,50", "B,2026-10-10,70"]
    report = run(lines(f"account_id,date,{header}", *rows), as_of=AS_OF)
    metric = next(name for name in report.accounts.columns if name.startswith("metric_"))
    # A was last told on the 14th: 24, and not 11 + 12 + ... + 24. What B had in October lies in the window before.
    assert [row[metric] for row in by_id(report).values()] == [24, 50]
    assert "by day: each row looks back over more than its day, so that only the newest counts" in said(report)


def test_of_several_users_the_newest_amount_of_each_is_added_up() -> None:
    rows = ("A,u,2026-11-10,30", "A,u,2026-11-11,31", "A,v,2026-11-09,5", "A,v,2026-11-10,4", "A,v,2026-11-11,")
    row = only(run(lines("account_id,user_id,date,logins_30d", *rows), as_of=AS_OF))
    assert (row["events"], row["active_users"]) == (31 + 4, 2)


def test_one_row_a_month_with_its_own_window_is_that_month() -> None:
    rows = ("A,2026-09,20", "A,2026-10,30")
    assert only(run(lines("account_id,month,logins_30d", *rows), as_of=AS_OF))["events"] == 30


FEATURES = (
    "A,reports,2026-09,5,3,10", "A,reports,2026-10,50,3,10", "A,boards,2026-10,70,6,20", "A,login,2026-10,900,9,",
    "A,page view,2026-10,900,9,", "B,reports,2026-09,5,4,10", "B,reports,2026-10,0,0,0", "B,login,2026-10,80,2,",
)  # fmt: skip


def test_features_told_by_month_are_a_table_of_months_and_no_log_of_28_days() -> None:
    header = "account_id,feature,month,count,unique users,adoption %"
    report = run(lines(header, *FEATURES), as_of=AS_OF)
    found = by_id(report)
    # October of A: 50 and 70, by two features; logins and page views say no more than that somebody was there.
    assert (found["A"]["events"], found["A"]["features_used"], found["A"]["usage_change_pct"]) == (120, 2, 2300)
    assert (found["B"]["events"], found["B"]["features_used"]) == (0, 0)
    # People of several features are never added up: 9 were there at least.
    assert [found[key]["active_users"] for key in "AB"] == [9, 2]
    assert "by feature: the active users of the window are at least those of its most used feature" in said(report)
    assert "`adoption %` (of one feature alone)" in said(report)


@pytest.mark.parametrize(
    "table",
    [
        ("account_id,feature,week,uses", "A,reports,W41 2026,1", "A,reports,W42 2026,3", "A,boards,W42 2026,4"),
        ("account_id,feature,Sep-26,Oct-26", "A,reports,1,3", "A,boards,,4"),
        ("account_id,module,quarter,clicks", "A,reports,Q2 2026,1", "A,reports,Q3 2026,3", "A,boards,Q3 2026,4"),
    ],
)
def test_features_by_week_and_quarter_and_with_months_for_columns_are_tables_too(table: tuple[str, ...]) -> None:
    row = only(run(lines(*table), as_of=AS_OF))
    assert (row["events"], row["features_used"]) == (7, 2)


def test_features_by_month_without_a_number_count_as_features_in_use() -> None:
    rows = ("A,reports,2026-09", "A,reports,2026-10", "A,boards,2026-10", "B,boards,2026-10")
    found = by_id(run(lines("account_id,feature,month", *rows), as_of=AS_OF))
    assert [found[key]["features_used"] for key in "AB"] == [2, 1]
    assert [found[key]["events"] for key in "AB"] == [None, None]


def test_one_feature_told_twice_for_a_month_is_a_question() -> None:
    rows = ("A,reports,2026-10,5", "A,reports,2026-10,7")
    with pytest.raises(InputError, match="the same account, period and feature, `A`; they differ in `count`"):
        run(lines("account_id,feature,month,count", *rows), as_of=AS_OF)


@pytest.mark.parametrize(("header", "cell"), [("hours", "1:30"), ("time in app", "90 min"), ("minutes_used", "2h 5m")])
def test_use_that_is_not_told_in_numbers_is_a_question_or_said_where_there_is_other_use(header: str, cell: str) -> None:
    with pytest.raises(InputError, match=f"`{header}` holds no numbers: `{cell}` on line 2"):
        run(lines(f"account_id,month,{header}", f"A,2026-10,{cell}", f"B,2026-10,{cell}"), as_of=AS_OF)
    report = run(lines(f"account_id,month,logins,{header}", f"A,2026-10,5,{cell}", f"B,2026-10,5,{cell}"), as_of=AS_OF)
    assert f"`{header}` holds no numbers: `{cell}` on line 2 of `usage.csv`, and so not scored" in said(report)


@pytest.mark.parametrize("blank", ["", "-", "n/a"])
def test_a_column_of_use_without_a_cell_leaves_usage_unknown(blank: str) -> None:
    report = run(lines("account_id,month,logins", f"A,2026-10,{blank}", f"B,2026-10,{blank}"), as_of=AS_OF)
    assert [row["usage_score"] for row in by_id(report).values()] == [None, None]


def test_two_columns_by_one_name_are_refused_where_one_would_be_lost() -> None:
    with pytest.raises(InputError, match="read as one: `Logins` and `logins`"):
        run(lines("account_id,month,Logins,logins", "A,2026-10,5,6"), as_of=AS_OF)
    report = run(lines("account_id,month,Zorp,zorp,logins", "A,2026-10,5,6,7"), as_of=AS_OF)
    assert only(report)["events"] == 7


def test_a_log_of_nothing_but_first_days_of_months_says_how_it_is_read_as_a_table_of_months() -> None:
    rows = [f"A,reports,2026-{month:02d}-01,{month}" for month in (8, 9, 10, 11)]
    text = "`--column period=HEADER` reads the rows as months"
    assert text in said(run(lines("account_id,feature,date,count", *rows), as_of=AS_OF))
    assert text not in said(run(lines("account_id,feature,date,count", *rows, "A,reports,2026-11-02,1"), as_of=AS_OF))
    report = run(lines("account_id,feature,date,count", *rows), as_of=AS_OF, columns={Role.USAGE: {"period": "date"}})
    assert only(report)["events"] == 10  # October: November is not over
