"""What a column of a usage table measures: known to be use, known not to be, or asked about."""

import random
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csq.errors import ConfigError, InputError
from csq.sources.columns import use_words
from csq.sources.columns.metrics import KindsTold, meaning
from csq.sources.rows.tables import ReadOptions
from csq.terms import MetricKind, Role
from reading import RUN_DAY, notes, read, rows
from tables import lines, only, run

USE = {
    MetricKind.COUNT: (
        "logins", "Login count", "logins_30d", "Logins last 30 days", "LoginsLast30Days", "# logins", "total_logins",
        "MonthlyLogins", "logins per week", "L30D logins", "user_logins", "sign-ins", "times logged in", "sessions",
        "avg_sessions_per_user", "sessions/user", "visits", "events", "Actions", "messages_sent", "API calls",
        "api_requests_7d", "Page Views", "page_views", "searches", "queries_run", "files_shared", "operations",
        "reports created", "usage", "feature_usage", "features_used", "dashboard-views", "mobile.sessions",
    ),
    MetricKind.RUNNING: (
        "lifetime_logins", "LifetimeSessions", "Logins (cumulative)", "logins to date", "All-time logins",
        "total_ever_logins", "logins_ytd", "SessionsMTD", "API calls, quarter to date", "lifetime minutes",
        "days active to date",
    ),
    MetricKind.USERS: (
        "active_users", "Active users (30d)", "activeUsers", "MAU", "DAUs", "wau", "monthly active users",
        "daily_active_users", "unique users", "users_30d", "users_logged_in", "Seats used", "active members",
        "average active users",
    ),
    MetricKind.DAYS: ("login_days_30d", "days_active", "Active Days", "days logged in", "usage_days", "active_days_7d"),
    MetricKind.TIME: (
        "minutes", "hours", "active_minutes", "session_minutes", "time_in_app", "Time spent", "usage_hours",
    ),
    MetricKind.PERCENT: (
        "adoption", "Adoption rate", "feature_adoption_pct", "seat_utilization_pct", "Seats used (%)", "usage_pct",
        "% active users", "engagement_rate", "DAU/MAU", "stickiness", "utilisation",
    ),
    MetricKind.TROUBLE: (
        "tickets", "login_errors", "error_rate", "days_since_login", "DaysSinceLastLogin", "idle_days",
        "inactive_users", "days_inactive", "crashes", "failed_logins", "login_attempts",
    ),
}  # fmt: skip
NEVER = (
    "churn", "churned_users", "is_churned", "renewed", "converted", "cancellations", "retention_rate",
    "tenure_months", "account_age_days", "age", "monthly_charge", "total_refunds", "revenue_per_user", "ARR", "arr_eur",
    "mrr", "contract_value", "ltv", "cost_per_session", "billable_hours", "seats", "seats_purchased", "licensed_users",
    "license_count", "active_licenses", "user_limit", "user_count", "registered_users", "contract_days", "trial_logins",
    "nps_score",
    "nps_responses", "csat", "user_rating", "sentiment", "health_score", "usage_score", "engagement_score",
    "churn_risk",
    "login_rank", "percentile", "usage_change_pct", "usage_drop_pct", "active_users_change", "net_seat_change",
    "logins_vs_last_month", "login_growth", "usage_trend", "sessions_yoy", "new_users", "logins_previous_month",
    "forecast_logins", "login_target", "expected_sessions", "session_id", "workspace_id", "zip", "phone", "row_id",
    "last_login", "last_login_at", "first_login_date", "month", "year", "is_active_user", "has_logged_in", "active",
    "support_sessions", "training_hours", "demo_logins",
)  # fmt: skip
UNKNOWN = (
    "widgets_made", "zorps", "total_users", "users", "reports", "session_length",
    "session_duration", "avg_session_minutes", "avg_logins", "unique_logins", "login_rate", "login_streak",
    "customer_visits", "email_opens", "storage_usage_gb", "cpu_utilization", "days",
    "lifetime_active_users", "lifetime_adoption_pct", "lifetime_features_used",
    "active_user_days", "feature_count", "Total", "feature_requests",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "header"), [(kind, header) for kind, headers in USE.items() for header in headers])
def test_a_column_is_use_when_every_word_of_its_header_is_known(kind, header):
    assert meaning(header).metric.word is kind


@pytest.mark.parametrize("header", NEVER)
def test_one_word_of_what_is_never_use_is_enough_whatever_else_the_header_says(header):
    found = meaning(header)
    assert found.metric is None
    assert found.instead


@pytest.mark.parametrize("header", UNKNOWN)
def test_a_word_that_is_not_known_or_two_readings_leave_a_column_unscored(header):
    assert meaning(header) == (None, "")


def test_what_is_told_for_each_user_and_the_number_of_features_do_not_grow_with_the_seats():
    assert [meaning(header).metric.is_per_seat for header in ("logins", "logins per user", "features_used")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("header", "told", "kind", "starts_again"),
    [
        ("zorp", MetricKind.RUNNING, MetricKind.COUNT, "ever"),
        ("minutes", MetricKind.RUNNING, MetricKind.TIME, "ever"),
        ("logins_ytd", MetricKind.RUNNING, MetricKind.COUNT, "1y"),
        ("lifetime_logins", MetricKind.COUNT, MetricKind.COUNT, None),
        ("active_days_mtd", None, MetricKind.DAYS, "1mo"),
    ],
)
def test_what_csq_yaml_says_of_a_running_total_comes_before_its_name(header, told, kind, starts_again):
    metric = meaning(header, told).metric
    assert (metric.kind, metric.running) == (kind, starts_again)


def test_of_one_time_alone_a_total_counts_where_it_starts_again_and_no_other_does(tmp_path):
    tables = read(tmp_path, usage="account_id,logins_ytd,lifetime_sessions; A,1,2; B,3,4")
    assert list(tables.roles[Role.USAGE].metrics) == ["logins_ytd"]
    assert "`lifetime_sessions` (a running total, which tells nothing of one time alone)" in notes(tables)
    with pytest.raises(InputError) as fault:
        read(tmp_path, usage="account_id,lifetime_sessions; A,2; B,4")
    assert "`metrics: {lifetime_sessions: count}`" in fault.value.hint


@pytest.mark.parametrize(
    ("columns", "grain"),
    [
        ("date,user_id,price", "event log"),  # what is no use, or not known to be, makes no table of a log
        ("date,user_id,zorp", "event log"),
        ("date,user_id,sessions", "account and period"),
        ("date,zorp,logins", "account and period"),
    ],
)
def test_a_row_of_a_user_is_an_event_unless_it_says_how_much_was_used(tmp_path, columns, grain):
    tables = read(tmp_path, usage=f"account_id,{columns}; A,2026-11-01,3,4; A,2026-11-02,5,6")
    assert tables.roles[Role.USAGE].grain == grain


@pytest.mark.parametrize(
    ("header", "days", "longer"),
    [
        ("login_days_30d", 30, None),
        ("days_active_last_28_days", 28, None),
        ("active days (2 weeks)", 14, None),
        ("active_days_per_week", 7, None),
        ("active_days_l7", 7, None),
        ("active days last month", None, 30),
        ("monthly_active_days", None, 30),
        ("active_days", None, None),
    ],
)
def test_a_window_is_read_from_the_header(header, days, longer):
    metric = meaning(header).metric
    assert (metric.window_days, metric.span_days) == (days, longer)


@pytest.mark.parametrize("header", ["visits YoY %", "Logins MoM", "sessions_WoW", "QoQ Usage", "logins yoy"])
def test_a_change_since_another_time_is_no_use_however_it_is_written(header):
    assert meaning(header).instead == "a change"


@pytest.mark.parametrize(
    "headers", [("dau", "mau"), ("WAU", "DAU", "Monthly Active Users"), ("yearly active users", "mau")]
)
def test_the_people_of_a_month_are_the_active_users_and_not_those_of_a_day_or_a_year(headers):
    most = {"dau": 4, "wau": 6, "mau": 9, "monthlyactiveusers": 9, "yearlyactiveusers": 20}
    cells = ",".join(str(most[header.lower().replace(" ", "")]) for header in headers)
    report = run(lines(f"account_id,month,{','.join(headers)}", f"A,2026-10,{cells}"), as_of=date(2026, 11, 15))
    assert only(report)["active_users"] == 9


def test_the_words_are_data_in_lower_case_and_in_the_singular():
    for never in use_words.NEVER:
        assert all(word == word.lower() for word in never.words)
        assert len(set(never.words)) == len(never.words), never.what
    ruled_out = {word for never in use_words.NEVER for word in never.words} | {*use_words.TROUBLE}
    of_use = {*use_words.COUNTS, *use_words.OBJECTS, *use_words.DONE, *use_words.PEOPLE, *use_words.MODIFIERS}
    assert not ruled_out & of_use


_PLAIN = [header for kind in USE if kind not in (MetricKind.TROUBLE, MetricKind.RUNNING) for header in USE[kind]]


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_no_table_that_mixes_use_with_other_columns_scores_the_others(tmp_path_factory, seed):
    dice = random.Random(seed)
    good = dice.sample(_PLAIN, dice.randint(1, 4))
    bad = [_other(dice) for _ in range(dice.randint(1, 8))]
    columns = [*{re.sub(r"\W|_", "", header.lower()): header for header in (*good, *bad)}.values()]
    dice.shuffle(columns)
    people = [[name, *(str(dice.randint(0, 90)) for _ in columns)] for name in "ABC"]
    text = "; ".join(",".join(row) for row in [["account_id", *columns], *people])
    tables = read(tmp_path_factory.mktemp("mixed"), usage=text)
    scored = {
        header
        for header, field in tables.files[0].columns
        if field in (metrics := tables.roles[Role.USAGE].metrics) and metrics[field].kind is not MetricKind.TROUBLE
    }
    assert scored <= set(good)
    assert scored == {header for header in good if header in columns}


def _other(dice: random.Random) -> str:
    """A header that is no use: one of those above, or a word of use beside one that rules it out or is not known."""
    if dice.random() < 0.4:
        return dice.choice([header for header in (*NEVER, *UNKNOWN) if header != "month"])  # it is asked for its year
    words = [word for never in use_words.NEVER for word in never.words]
    beside = dice.choice([dice.choice(words), *use_words.TROUBLE, "zorp", "blarg"])
    pair = [
        beside,
        dice.choice(("logins", "sessions", "active users", "api calls", "minutes", "adoption", "days active")),
    ]
    dice.shuffle(pair)
    joined = dice.choice(("_", " ", "-", ".")).join(" ".join(pair).split())
    return dice.choice((joined, joined.upper(), joined.title()))


def test_what_is_not_known_is_named_once_with_the_line_that_settles_it(tmp_path):
    tables = read(tmp_path, usage="account_id,logins,Widgets made,zorp; A,1,2,3; B,2,3,4")
    said = notes(tables)
    assert said.count("Widgets made") == 2  # its name, and the line
    assert '`metrics: {"Widgets made": count, zorp: count}`' in said
    assert list(tables.roles[Role.USAGE].metrics) == ["logins"]
    told = ReadOptions(
        run_day=RUN_DAY, metrics=KindsTold({"widgets_made": MetricKind.COUNT, "zorp": MetricKind.IGNORE})
    )
    tables = read(tmp_path, usage="account_id,logins,Widgets made,zorp; A,1,2,3; B,2,3,4", options=told)
    assert list(tables.roles[Role.USAGE].metrics) == ["logins", "widgets_made"]
    assert "zorp" not in notes(tables)


def test_a_table_without_any_known_use_is_refused_with_its_candidates(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, usage="account_id,month,zorp,churn; A,2026-10,2,1; B,2026-10,3,0")
    assert "known to be use" in fault.value.message
    assert "`metrics: {zorp: count}`" in fault.value.hint
    assert fault.value.location.line == 1


@pytest.mark.parametrize(("long", "named"), [("", 20), ("x" * 190, 2)], ids=["short names", "long names"])
def test_of_very_many_columns_some_are_named_and_the_others_counted(tmp_path, long, named):
    names = [f"blob{long}{number}" for number in range(1, 1203)]
    with pytest.raises(InputError) as caught:
        read(tmp_path, usage=lines(",".join(["account_id", *names]), ",".join(["A", *("1" for _ in names)])))
    assert caught.value.hint.endswith(f"{names[named - 1]}: count}}` and {1202 - named:,} more")
    assert caught.value.hint.count("blob") == named


@pytest.mark.parametrize("name", ["logins_{}d", "errors {}"], ids=["use", "trouble"])
def test_more_columns_than_can_tell_anything_are_refused_unless_csq_yaml_says_what_they_are(tmp_path, name):
    names = ["logins_1d", *(name.format(number) for number in range(2, use_words.MOST + 2))]
    usage = lines(",".join(["account_id", *names]), ",".join(["A", *("1" for _ in names)]))
    with pytest.raises(InputError, match=r"1,001 columns of .* are use or trouble: `logins_1d`, .* and 981 more"):
        read(tmp_path, usage=usage)
    for kind, count in ((MetricKind.COUNT, len(names)), (MetricKind.IGNORE, use_words.MOST)):
        told = ReadOptions(run_day=RUN_DAY, metrics=KindsTold({names[9]: kind}))
        assert len(read(tmp_path, options=told, usage=usage).roles[Role.USAGE].metrics) == count


def test_a_kind_told_for_the_metric_goes_before_one_told_for_the_bare_header():
    told = KindsTold({"adoption": MetricKind.COUNT, "Adoption pct": MetricKind.PERCENT, "logins": MetricKind.IGNORE})
    assert [told.of(name) for name in ("adoption", "Adoption %", "LOGINS", "login")] == [
        MetricKind.COUNT,
        MetricKind.PERCENT,
        MetricKind.IGNORE,
        None,
    ]


def test_changes_below_zero_are_no_use_however_many_there_are(tmp_path):
    # -90 seats is the greatest loss of four; scored against a negative reference it came first.
    with pytest.raises(InputError):
        read(tmp_path, usage="account_id,net_seat_change; A,-90; B,-50; C,-10; D,-5")


@pytest.mark.parametrize("header", ["logins", "active_users", "active_days_30d", "minutes", "adoption"])
def test_a_negative_number_of_use_is_a_cell_fault_and_unknown(tmp_path, header):
    tables = read(tmp_path, usage=f"account_id,{header}; A,-3; B,4")
    found = rows(tables.roles[Role.USAGE].keyed, "account_id", f"metric_{header}")
    assert found == [("A", None), ("B", 4.0)]
    assert rows(tables.faults, "line", "column", "value") == [(2, header, "-3")]


def test_a_name_under_metrics_that_no_column_has_is_refused_with_the_near_miss(tmp_path):
    options = ReadOptions(run_day=RUN_DAY, metrics=KindsTold({"loginz": MetricKind.COUNT}))
    with pytest.raises(ConfigError) as fault:
        read(tmp_path, usage="account_id,logins; A,3; B,4", options=options)
    assert fault.value.hint == "did you mean `logins`?"


def test_contract_value_is_no_use_even_where_csq_yaml_says_so(tmp_path):
    options = ReadOptions(run_day=RUN_DAY, metrics=KindsTold({"ARR": MetricKind.COUNT}))
    with pytest.raises(ConfigError, match="contract value"):
        read(tmp_path, usage="account_id,logins,ARR; A,3,1000; B,4,2000", options=options)


def test_a_column_told_to_be_a_field_of_another_file_is_nothing_else(tmp_path):
    options = ReadOptions(run_day=RUN_DAY, columns={Role.ACCOUNTS: {"arr": "Usage"}})
    tables = read(
        tmp_path,
        usage="account_id,logins,Usage; A,3,10; B,4,20",
        accounts="account_id,Usage; A,10; B,20",
        options=options,
    )
    assert list(tables.roles[Role.USAGE].metrics) == ["logins"]


def test_a_row_id_and_a_number_that_is_a_date_do_not_make_a_table_of_a_log(tmp_path):
    tables = read(tmp_path, usage="account_id,date,row_id; A,2026-11-01,1; A,2026-11-02,2")
    assert tables.roles[Role.USAGE].grain == "event log"
