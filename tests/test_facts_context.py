"""Goals, people, events, outcomes, features, seasons and the honesty of a survey; null wherever nobody has said."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from csq.errors import InputError
from csq.facts.build import Facts, build_facts
from csq.facts.features import FEATURE_ROWS, FeatureUse, find_features, suggest_features
from csq.facts.seasons import parse_months, season_start
from csq.fate import count_fates
from csq.pipeline import AsOf, triage
from csq.place.coverage import add_missing, coverage_pct
from csq.playbook.conditions import compile_condition, evaluate
from csq.playbook.load import load_playbook
from csq.playbook.names import names
from csq.report import Report
from csq.schema import ACCOUNT, FACTS, HAPPINESS, PLACE, USAGE
from csq.settings.load import load_settings
from csq.settings.model import Goals, Settings
from csq.sources.finding.locate import in_directory
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, NoteKind, Role

AS_OF = date(2026, 11, 15)
ACCOUNTS = """
    account_id, owner, start_date, last_contact_date, is_reference, season_months
    A, Ann, 2020-01-01, 2026-10-01, no,
    B, Bob, 2026-05-15,,,
"""


def _csv(text: str) -> str:
    """Rows of a table as they stand in a test, without the blanks that line them up."""
    lines = [line.strip() for line in text.strip().splitlines()]
    return "".join(",".join(cell.strip() for cell in line.split(",")) + "\n" for line in lines)


def measure(folder: Path, settings: Settings | None = None, **files: str) -> Facts:
    """The facts of accounts A and B from the files given, `usage="user_id, ..."` being usage.csv."""
    given = {"accounts": ACCOUNTS, "usage": "account_id, date, user_id\nA, 2026-11-01, u1", **files}
    paths = {}
    for name, text in given.items():
        path = folder / f"{name}.csv"
        path.write_text(_csv(text), encoding="utf-8")
        paths[Role(name)] = [path]
    return build_facts(load(paths, ReadOptions()), settings or Settings(), AS_OF)


def of(facts: Facts, account: str = "A") -> dict[str, object]:
    """The facts of one account, with what is missing of it, as it is told once the account is placed."""
    told = add_missing(facts.frame.with_columns(coverage_pct=coverage_pct()))
    return told.row(by_predicate=pl.col("account_id") == account, named=True)


def picked(row: Mapping[str, object], *wanted: str) -> list[object]:
    return [row[name] for name in wanted]


def in_note(facts: Facts, words: str) -> bool:
    return any(words in note.text for note in facts.notes if note.kind is NoteKind.WARNING)


GOAL_COUNTS = ("goals_open", "goals_met", "goals_overdue", "goals_behind", "goals_vague")


def test_without_a_goals_file_nothing_is_known_of_goals(tmp_path):
    facts = measure(tmp_path)
    assert picked(of(facts), *GOAL_COUNTS, "goal_due_days", "has_goals") == [None] * 7
    assert in_note(facts, "no goals, contacts, events or outcomes file")


def test_an_account_that_the_goals_file_does_not_name_has_no_goals(tmp_path):
    facts = measure(tmp_path, goals="account_id, goal, target_date\nA, Ship, 2027-01-01")
    assert picked(of(facts, "B"), *GOAL_COUNTS, "goal_due_days", "has_goals") == [0, 0, 0, 0, 0, None, False]
    assert of(facts)["has_goals"] is True
    assert "goals" in of(facts, "B")["missing"]
    assert "goals" not in of(facts)["missing"]


@pytest.mark.parametrize(
    ("target_date", "status", "overdue", "due"),
    [
        ("2026-11-14", "open", 1, None),
        ("2026-11-15", "open", 0, 0),
        ("2026-12-15", "", 0, 30),
        ("2026-11-14", "Achieved", 0, None),
        ("2026-11-14", "cancelled", 0, None),
    ],
)
def test_an_open_goal_is_overdue_from_the_day_after_its_date(tmp_path, target_date, status, overdue, due):
    facts = measure(tmp_path, goals=f"account_id, goal, target_date, status\nA, Ship, {target_date}, {status}")
    assert picked(of(facts), "goals_overdue", "goal_due_days") == [overdue, due]


# Set on 7 August and due on 23 February: on 15 November 100 of 200 days are gone.
@pytest.mark.parametrize(
    ("progress", "behind"), [("39%", 1), ("40%", 0), ("100%", 0), ("", None)], ids=["under", "at", "met", "untold"]
)
def test_a_goal_is_behind_when_progress_is_over_ten_points_under_the_time_gone(tmp_path, progress, behind):
    facts = measure(
        tmp_path,
        goals=f"account_id, goal, target_date, progress, set_on\nA, Ship, 2027-02-23, {progress}, 2026-08-07",
    )
    assert of(facts)["goals_behind"] == behind
    assert facts.rows[Role.GOALS]["expected_pct"].to_list() == [50.0]


def test_one_goal_that_is_behind_is_told_though_another_cannot_be_judged(tmp_path):
    rows = "A, Ship, 2027-02-23, 5%, 2026-08-07\nA, Hire, 2027-02-23, , 2026-08-07"
    facts = measure(tmp_path, goals=f"account_id, goal, target_date, progress, set_on\n{rows}")
    assert of(facts)["goals_behind"] == 1


def test_of_a_goal_without_a_start_it_is_not_known_whether_it_is_behind(tmp_path):
    rows = "A, Ship, 2027-02-13, 1%\nB, Ship, 2027-02-13, 1%\nB, Hire, 2026-01-01, 1%"
    facts = measure(tmp_path, goals=f"account_id, goal, target_date, progress\n{rows}")
    assert facts.rows[Role.GOALS]["expected_pct"].to_list() == [None, None, None]
    # What is past its date is overdue, whenever it was begun; overdue is not behind, so that stays open too.
    assert picked(of(facts), "goals_behind", "goals_overdue") == [None, 0]
    assert picked(of(facts, "B"), "goals_behind", "goals_overdue") == [None, 1]


@pytest.mark.parametrize(("tolerance", "behind"), [(10.0, 1), (20.0, 0), (0.0, 1)])
def test_how_far_a_goal_may_lag_is_a_setting(tmp_path, tolerance, behind):
    # Half of the time is gone, 35 % is done: 15 points behind.
    row = "A, Ship, 2027-02-23, 35%, 2026-08-07"
    settings = Settings(goals=Goals(tolerance=tolerance))
    goals = f"account_id, goal, target_date, progress, set_on\n{row}"
    assert of(measure(tmp_path, goals=goals, settings=settings))["goals_behind"] == behind


def test_progress_follows_from_baseline_target_and_current_value(tmp_path):
    rows = "A, Ship, 2027-02-23, 2026-08-07, 200, 100, 180\nA, Stay, 2027-02-23, 2026-08-07, 5, 5, 5"
    goals = measure(tmp_path, goals=f"account_id, goal, target_date, set_on, baseline, target, current\n{rows}").rows[
        Role.GOALS
    ]
    assert goals["progress_pct"].to_list() == [20.0, None]


@pytest.mark.parametrize(
    ("header", "row", "vague"),
    [
        ("metric", "2027-01-01, hours", 0),
        ("metric", "2027-01-01,", 1),
        ("metric", ", hours", 1),
        ("status", ", open", 1),
        ("status", "2027-01-01, open", None),
        ("status", "2027-01-01, met", 0),
    ],
)
def test_a_goal_is_vague_without_a_metric_or_a_date_and_unjudged_where_metrics_are_not_kept(
    tmp_path, header, row, vague
):
    facts = measure(tmp_path, goals=f"account_id, goal, target_date, {header}\nA, Ship, {row}")
    assert of(facts)["goals_vague"] == vague


def test_without_a_contacts_file_nobody_is_known(tmp_path):
    facts = measure(tmp_path)
    people = picked(of(facts), "has_champion", "decision_makers", "champion_left_days", "successor_stance")
    assert people == [None] * 4


PEOPLE = "account_id, user_id, role, since, left_on, stance"


def test_people_are_counted_once_and_only_while_they_are_there(tmp_path):
    rows = """
        A, p1, Decision Maker, 2021-01-01,,
        A, p1, decision-maker,,,
        A, p2, decision_maker, , 2026-11-15,
        A, p3, decision_maker, , 2026-11-16,
        A, p4, decision_maker, 2026-11-16,,
    """
    facts = measure(tmp_path, contacts=PEOPLE + "\n" + rows.strip())
    assert picked(of(facts), "decision_makers", "has_champion") == [2, False]
    assert picked(of(facts, "B"), "decision_makers", "has_champion") == [0, False]
    assert facts.fates[Role.CONTACTS].filter(fate=Aside.AFTER_AS_OF)["rows"].to_list() == [1]
    assert "decision_maker" not in of(facts)["missing"]
    assert {"decision_maker", "champion"} <= set(of(facts, "B")["missing"])


def test_contacts_without_roles_leave_roles_unknown(tmp_path):
    facts = measure(tmp_path, contacts="account_id, email\nA, p@a.example")
    assert picked(of(facts), "decision_makers", "has_champion") == [None, None]


def test_the_newer_word_on_a_champion_who_left_stands(tmp_path):
    contacts = f"{PEOPLE}\nA, p1, champion, , 2026-10-16,\nB, p2, champion, , 2026-10-16,"
    events = "account_id, date, kind\nA, 2026-11-05, champion left\nB, 2026-09-01, champion_left"
    facts = measure(tmp_path, contacts=contacts, events=events)
    assert [of(facts, account)["champion_left_days"] for account in "AB"] == [10, 30]


def test_an_event_alone_tells_that_a_champion_left_and_makes_the_one_on_record_a_former_one(tmp_path):
    events = "account_id, date, kind\nA, 2026-11-05, champion_left\nB, 2026-11-05, champion_left"
    alone = of(measure(tmp_path, events=events))
    assert picked(alone, "champion_left_days", "has_champion") == [10, None]
    contacts = f"{PEOPLE}\nA, p1, champion, 2020-01-01,,\nB, p2, champion, 2026-11-06,,"
    both = measure(tmp_path, events=events, contacts=contacts)
    assert [of(both, account)["has_champion"] for account in "AB"] == [False, True]


def test_the_successor_is_the_last_who_came_about_when_the_champion_left(tmp_path):
    rows = """
        A, p1, champion, 2020-01-01, 2026-09-15, for
        A, p2, decision_maker, 2021-01-01, , for
        A, p3, champion, 2026-09-01, , neutral
        A, p4, decision_maker, 2026-10-01, , against
        A, p5, decision_maker, 2026-10-01, , for
        A, p6, end_user, 2026-11-01, , for
        B, p7, champion, 2020-01-01, , against
    """
    facts = measure(tmp_path, contacts=PEOPLE + "\n" + rows.strip())
    # p4 and p5 came on one day: the one who is against us counts.
    assert of(facts)["successor_stance"] == "against"
    assert facts.rows[Role.CONTACTS].filter("successor")["person"].to_list() == ["p4"]
    assert of(facts, "B")["successor_stance"] is None


def test_the_top_user_is_looked_up_among_the_contacts(tmp_path):
    facts = measure(
        tmp_path, contacts="account_id, user_id, email, role\nA, c9, U1@a.example, champion\nA, u1,, end user"
    )
    assert of(facts)["top_user_role"] == "end_user"


def test_any_kind_of_event_becomes_days_since_the_newest(tmp_path):
    events = "account_id, date, kind\nA, 2026-11-05, Office moved!\nA, 2026-10-05, office_moved\nB, 2026-11-15, Ümzug"
    facts = measure(tmp_path, events=events)
    assert of(facts)["event_office_moved_days"] == 10
    assert of(facts, "B")["event_ümzug_days"] == 0
    assert of(facts, "B")["event_office_moved_days"] is None


def test_a_condition_may_name_any_kind_of_event_whether_or_not_it_is_on_record(tmp_path):
    frame = measure(tmp_path, events="account_id, date, kind\nA, 2026-11-05, office_moved").frame
    told = {
        text: compile_condition(text, names({})) for text in ("event_office_moved_days <= 30", "event_x_days IS NULL")
    }
    assert evaluate(frame, told).rows() == [(True, True), (None, True)]


@pytest.mark.parametrize(("expires_on", "days"), [("2026-11-15", 10), ("2026-11-14", None), ("", 10)])
def test_an_event_counts_until_its_last_day(tmp_path, expires_on, days):
    events = f"account_id, date, kind, expires_on\nA, 2026-11-05, explained, {expires_on}\nB, 2026-11-05, explained,"
    facts = measure(tmp_path, events=events)
    assert of(facts)["event_explained_days"] == days
    aside = (facts.fates[Role.EVENTS]["fate"] == Aside.EXPIRED).sum()
    assert aside == (days is None)


@pytest.mark.parametrize(
    ("expires_on", "days"),
    [("2026-11-14", 1), ("2026-08-18", 89), ("2026-08-17", None), ("2026-11-15", None), ("", None)],
)
def test_an_explanation_that_ended_of_late_is_known_to_have_ended(tmp_path, expires_on, days):
    """The day is 15 November: the 14th is 1 day ago, 18 August 89 (13 of August, 30, 31 and 15)."""
    events = f"account_id, date, kind, expires_on\nA, 2026-08-01, explained, {expires_on}\nB, 2026-11-05, note,"
    facts = measure(tmp_path, events=events)
    assert (of(facts)["explanation_ended_days"], of(facts, "B")["explanation_ended_days"]) == (days, None)


def test_an_event_after_as_of_has_not_happened_yet(tmp_path):
    facts = measure(tmp_path, events="account_id, date, kind\nA, 2026-11-16, new_boss\nB, 2026-11-15, call")
    assert "event_new_boss_days" not in facts.frame.columns
    assert facts.fates[Role.EVENTS].filter(fate=Aside.AFTER_AS_OF)["rows"].to_list() == [1]


@pytest.mark.parametrize(
    ("event", "newest", "days"),
    [("2026-11-01", date(2026, 11, 1), 14), ("2026-09-01", date(2026, 10, 1), 45)],
    ids=["event", "accounts file"],
)
def test_the_newer_of_the_last_contacts_stands(tmp_path, event, newest, days):
    facts = measure(tmp_path, events=f"account_id, date, kind\nA, {event}, last_contact")
    assert picked(of(facts), "last_contact_date", "event_last_contact_days") == [newest, days]
    assert of(facts, "B")["event_last_contact_days"] is None
    assert "last_contact" in of(facts, "B")["missing"]


@pytest.mark.parametrize("kind", ["call", "renewal_talk", "Expansion talk", "new_boss_met", "ceo_called"])
def test_a_talk_of_any_kind_is_a_conversation(tmp_path, kind):
    facts = measure(tmp_path, events=f"account_id, date, kind\nA, 2026-11-03, {kind}")
    assert picked(of(facts), "last_contact_date", "event_last_contact_days") == [date(2026, 11, 3), 12]


@pytest.mark.parametrize("kind", ["thanked", "no_reply", "favour_asked", "office_moved"])
def test_what_may_be_one_sided_is_none(tmp_path, kind):
    facts = measure(tmp_path, events=f"account_id, date, kind\nA, 2026-11-03, {kind}")
    assert of(facts)["event_last_contact_days"] == 45


def test_the_last_contact_of_the_accounts_file_is_an_event_even_without_events(tmp_path):
    assert of(measure(tmp_path))["event_last_contact_days"] == 45


def test_a_case_study_on_record_makes_a_reference_of_an_account(tmp_path):
    facts = measure(tmp_path, events="account_id, date, kind\nA, 2025-11-01, case_study_done")
    assert [of(facts, account)["is_reference"] for account in "AB"] == [True, None]


def test_the_oldest_promises_are_kept_first(tmp_path):
    rows = "A, 2026-09-16, promise_made\nA, 2026-10-16, promise_made\nA, 2026-11-05, promise_made"
    facts = measure(tmp_path, events=f"account_id, date, kind\n{rows}\nA, 2026-11-06, promise_kept")
    assert picked(of(facts), "promises_open", "promise_open_days") == [2, 30]
    assert picked(of(facts, "B"), "promises_open", "promise_open_days") == [0, None]


def test_without_an_events_file_nothing_is_known_of_promises_and_favours(tmp_path):
    assert picked(of(measure(tmp_path)), "promises_open", "promise_open_days", "favours_asked") == [None] * 3


def test_favours_of_the_last_quarter_are_counted(tmp_path):
    rows = "A, 2026-08-18, favour_asked\nA, 2026-08-17, favour_asked\nA, 2026-11-15, favour_asked"
    assert of(measure(tmp_path, events=f"account_id, date, kind\n{rows}"))["favours_asked"] == 2


def test_people_of_ours_are_those_who_stand_by_recent_events_and_the_owner(tmp_path):
    rows = "A, 2026-11-01, call, Cay\nA, 2026-11-02, call, ann\nA, 2026-01-02, call, Dee\nB, 2026-11-02, call,"
    facts = measure(tmp_path, events=f"account_id, date, kind, by\n{rows}")
    assert [of(facts, account)["contact_points"] for account in "AB"] == [2, None]


def test_rows_of_context_that_say_the_same_count_once_and_others_are_of_no_account(tmp_path):
    rows = "A, 2026-11-01, promise_made\nA, 2026-11-01, promise_made\nC, 2026-11-01, call"
    facts = measure(tmp_path, events=f"account_id, date, kind\n{rows}")
    assert of(facts)["promises_open"] == 1
    asides = dict(count_fates(facts.fates[Role.EVENTS]).select("fate", "rows").iter_rows())
    assert asides == {"used": 1, Aside.DUPLICATE: 1, Aside.UNMATCHED: 1}


OUTCOME_FACTS = ("last_outcome", "last_outcome_days", "outcome_value_change_pct")
OUTCOME_HEADER = "account_id, date, outcome, value_after\n"


def test_without_an_outcomes_file_nothing_is_known_of_outcomes(tmp_path):
    facts = measure(tmp_path)
    assert picked(of(facts), *OUTCOME_FACTS) == [None] * 3
    assert "outcome" in of(facts)["missing"]


def test_an_account_that_the_outcomes_do_not_name_is_not_taken_to_have_renewed(tmp_path):
    facts = measure(tmp_path, outcomes=OUTCOME_HEADER + "A, 2026-10-16, renewed, 100")
    assert picked(of(facts, "B"), *OUTCOME_FACTS) == [None] * 3
    assert "outcome" in of(facts, "B")["missing"]
    assert picked(of(facts), *OUTCOME_FACTS) == ["renewed", 30, None]
    assert "outcome" not in of(facts)["missing"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("10000", "8000", -20.0), ("10000", "12500", 25.0), ("10000", "10000", 0.0), ("10000.40", "", None),
        ("", "8000", None), ("0", "8000", None), ("8000", "0", None),
    ],
)  # fmt: skip
def test_the_value_after_an_outcome_is_held_against_that_after_the_one_before(tmp_path, before, after, change):
    rows = f"A, 2026-06-01, contracted, {after}\nA, 2024-06-01, renewed, 77\nA, 2025-06-01, renewed, {before}"
    facts = measure(tmp_path, outcomes=OUTCOME_HEADER + rows)
    assert picked(of(facts), *OUTCOME_FACTS) == ["contracted", 167, change]


@pytest.mark.parametrize(
    ("one", "other", "last", "change"),
    [
        ("renewed, 100", "expanded, 120", "expanded", 20.0),
        ("contracted, 80", "renewed, 100", "contracted", -20.0),
        ("expanded, 120", "contracted, 80", "contracted", -20.0),
        ("churned,", "renewed, 100", "churned", None),
        ("renewed, 100", "renewed, 90", "renewed", -10.0),
        ("renewed, 100", "renewed,", "renewed", 0.0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_of_outcomes_on_one_day_the_most_telling_counts_whatever_their_order(
    tmp_path, one, other, last, change, turned
):
    day = [f"A, 2026-06-01, {each}" for each in (one, other)]
    rows = ["A, 2025-06-01, renewed, 100", *(reversed(day) if turned else day)]
    facts = measure(tmp_path, outcomes=OUTCOME_HEADER + "\n".join(rows))
    assert picked(of(facts), "last_outcome", "outcome_value_change_pct") == [last, change]
    assert facts.rows[Role.OUTCOMES]["date"].to_list() == [date(2026, 6, 1), date(2026, 6, 1), date(2025, 6, 1)]


@pytest.mark.parametrize(
    ("first", "second", "is_said"),
    [
        ("renewed, 100", "churned,", True),
        ("contracted, 80", "expanded, 120", True),
        ("renewed, 100", "renewed, 300", True),  # of two subscriptions, or one of them a slip: 100 counts
        ("renewed, 100", "expanded, 120", False),  # whoever renews may take more, or less
        ("contracted, 80", "renewed, 80", False),
        ("renewed, 100", "renewed,", False),  # the same again, without its value
    ],
)
def test_outcomes_of_one_day_that_do_not_go_together_are_told_with_their_lines(tmp_path, first, second, is_said):
    rows = f"B, 2026-09-16, renewed, 50\nA, 2026-10-16, {first}\nA, 2026-10-16, {second}"
    facts = measure(tmp_path, outcomes=OUTCOME_HEADER + rows)
    assert in_note(facts, "one account on one day do not go together, in lines 3 and 4 of ") == is_said


def test_such_decisions_are_counted(tmp_path):
    rows = "".join(f"{key}, 2026-10-16, {what},\n" for key in "AB" for what in ("churned", "renewed"))
    assert in_note(measure(tmp_path, outcomes=OUTCOME_HEADER + rows), "outcomes.csv`, and 1 time more: the gravest")


def test_outcomes_after_as_of_repeated_or_of_no_account_are_set_aside(tmp_path):
    rows = "A, 2026-11-16, churned,\nA, 2026-11-15, Renewal, 5\nA, 2026-11-15, renewed, 5\nC, 2026-01-01, churned,"
    facts = measure(tmp_path, outcomes=OUTCOME_HEADER + rows)
    assert picked(of(facts), *OUTCOME_FACTS) == ["renewed", 0, None]
    asides = dict(count_fates(facts.fates[Role.OUTCOMES]).select("fate", "rows").iter_rows())
    assert asides == {"used": 1, Aside.AFTER_AS_OF: 1, Aside.DUPLICATE: 1, Aside.UNMATCHED: 1}


USAGE_HEADER = "account_id, date, user_id, feature, events\n"


def test_what_is_entitled_and_not_used_is_unused_whatever_else_is_used(tmp_path):
    accounts = "account_id, features_entitled\nA, Reports; Alerts\nB, 3"
    usage = "A, 2026-11-01, u1, Reports, 1\nA, 2026-11-01, u1, Beta, 1\nB, 2026-11-01, u2, Reports, 1"
    facts = measure(tmp_path, accounts=accounts, usage=USAGE_HEADER + usage)
    assert [of(facts, account)["features_unused"] for account in "AB"] == [1, 2]
    assert [of(facts, account)["only_feature"] for account in "AB"] == [None, "Reports"]
    assert facts.features.of("A").rows() == [
        ("A", "Alerts", True, False, False),
        ("A", "Beta", False, True, False),
        ("A", "Reports", True, True, False),
    ]


def test_dropped_features_are_named_once_the_log_covers_the_window_before(tmp_path):
    usage = "A, 2026-10-01, u1, Reports, 1\nA, 2026-10-01, u1, Alerts, 1\nA, 2026-11-01, u1, Alerts, 1"
    short = of(measure(tmp_path, usage=USAGE_HEADER + usage))
    assert picked(short, "features_dropped", "dropped_features") == [None, None]
    whole = of(measure(tmp_path, usage=f"{USAGE_HEADER}{usage}\nA, 2026-09-20, u1, Alerts, 1"))
    assert picked(whole, "features_dropped", "dropped_features") == [1, "Reports"]


def _placed(**tiers_and_levels: tuple[str, str]) -> pl.DataFrame:
    rows = [(account, tier, level, None) for account, (tier, level) in tiers_and_levels.items()]
    schema = {
        "account_id": pl.String(),
        "tier": pl.String(),
        "happiness_level": pl.String(),
        "next_feature": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _used(placed: pl.DataFrame, *rows: tuple[str, str, bool | None, bool, bool], unlimited: str = "") -> FeatureUse:
    """Those of the accounts that are unlimited may use whatever any row names."""
    place = {account: row for row, account in enumerate(placed["account_id"])}
    frame = pl.DataFrame([(place[account], *told) for account, *told in rows], schema=FEATURE_ROWS, orient="row")
    in_log, known = frame["feature"].unique().sort(), pl.Series([*unlimited], dtype=pl.String())
    return FeatureUse(frame, in_log, known, placed["account_id"])


def test_the_next_feature_is_what_happy_accounts_of_the_tier_use_most():
    placed = _placed(A=("mid", "low"), B=("mid", "high"), C=("mid", "high"), D=("top", "high"), E=("mid", "low"))
    rows = _used(
        placed,
        ("B", "Beta", None, True, True), ("C", "Beta", None, True, True), ("B", "Chat", None, True, True),
        ("D", "Alerts", None, True, True), ("D", "Chat", None, True, True),
        ("E", "Alerts", False, True, True), ("E", "Beta", True, False, True), ("E", "Chat", False, False, False),
        unlimited="A",
    )  # fmt: skip
    # E has dropped Beta and is not entitled to Chat; B and C lack nothing that a happy account of theirs could show.
    assert suggest_features(placed, rows)["next_feature"].to_list() == ["Beta", None, None, None, None]


def test_a_tier_without_happy_accounts_takes_the_example_of_all_and_ties_go_by_name():
    placed = _placed(A=("mid", "low"), D=("top", "high"))
    rows = _used(placed, ("D", "Beta", None, True, True), ("D", "Alerts", None, True, True), unlimited="A")
    assert suggest_features(placed, rows)["next_feature"].to_list() == ["Alerts", None]
    nobody_happy = _placed(A=("mid", "low"), D=("top", "low"))
    assert suggest_features(nobody_happy, rows)["next_feature"].to_list() == [None, None]


def test_who_knows_all_that_the_tier_loves_is_offered_what_other_tiers_do():
    """B and C love Beta (2) before Chat (1), D of another tier Alerts; what A or E knows is passed over."""
    placed = _placed(
        A=("mid", "low"), B=("mid", "high"), C=("mid", "high"), D=("top", "high"), E=("mid", "low"), F=("mid", "low")
    )
    loved = [("B", "Beta"), ("C", "Beta"), ("B", "Chat"), ("D", "Alerts")]
    known = [("A", "Beta"), ("E", "Beta"), ("E", "Chat"), ("F", "Chat"), ("F", "Reports")]
    rows = _used(placed, *((*pair, None, True, True) for pair in loved + known), unlimited="AEF")
    offered = ["Chat", None, None, None, "Alerts", "Beta"]
    assert suggest_features(placed, rows)["next_feature"].to_list() == offered


def test_accounts_times_features_is_never_laid_out():
    """Two thousand accounts of two thousand names use one each: as many rows as uses, and one account has them all."""
    names = [f"{number:04}" for number in range(2000)]
    told = pl.DataFrame({"feature": names, "now": True, "before": True}).with_row_index("row")
    accounts = told.select("row", account_id="feature", features_entitled=pl.lit(None, dtype=pl.String()))
    found = find_features(told, accounts, told["row"])
    assert found.rows.height == 2000
    assert found.of("0007").filter(~pl.col("now")).height == 1999
    placed = pl.DataFrame({"account_id": names, "tier": "all", "happiness_level": "high", "next_feature": None})
    assert suggest_features(placed, found)["next_feature"].to_list() == ["0001", *["0000"] * 1999]


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        ("11;12;1;2;3", {11, 12, 1, 2, 3}),
        ("Nov-Mar", {11, 12, 1, 2, 3}),
        ("Nov, Dec", {11, 12}),
        ("june to August", {6, 7, 8}),
        ("5", {5}),
        ("04–06, Oct.", {4, 5, 6, 10}),
        ("winter", None),
        ("13", None),
        ("Nov-Dec-Jan", None),
        (";", None),
    ],
)
def test_season_months_are_read_as_people_write_them(cell, months):
    assert parse_months(cell) == (months and frozenset(months))


@pytest.mark.parametrize(
    ("months", "day", "start"),
    [
        ("Nov-Mar", date(2026, 11, 15), date(2026, 11, 1)),
        ("Nov-Mar", date(2027, 3, 31), date(2026, 11, 1)),
        ("Jan;Nov", date(2027, 1, 2), date(2027, 1, 1)),
        ("Nov-Mar", date(2026, 10, 31), None),
        ("1-12", date(2026, 10, 31), None),
    ],
)
def test_a_season_starts_with_the_first_of_its_months_in_a_row(months, day, start):
    found = parse_months(months)
    assert found
    assert season_start(found, day) == start


def test_out_of_season_silence_is_no_alarm_and_in_season_a_year_ago_is_the_measure(tmp_path):
    accounts = "account_id, season_months\nA, Nov-Mar\nB, 6;7;8\nC,\nD, ski time"
    days = ("2025-10-20", "2025-11-10", "2026-09-21", "2026-10-10", "2026-11-10")
    amounts = {"A": (0, 8, 0, 2, 4), "B": (0, 8, 0, 2, 4), "C": (0, 8, 0, 2, 4), "D": (1, 0, 1, 0, 0)}
    rows = [
        f"{account}, {day}, u1, Rosters, {events}"
        for account, each in amounts.items()
        for day, events in zip(days, each, strict=True)
    ]
    facts = measure(tmp_path, accounts=accounts, usage=USAGE_HEADER + "\n".join(rows))
    wanted = ("in_season", "season_started_days", "season_quiet", "usage_trend_pct")
    assert picked(of(facts, "A"), *wanted) == [True, 14, False, -50.0]
    assert picked(of(facts, "B"), *wanted) == [False, None, True, None]
    assert picked(of(facts, "C"), *wanted) == [None, None, False, 100.0]
    assert picked(of(facts, "D"), *wanted[:3]) == [None, None, False]
    assert in_note(facts, "1 values of `season_months` name no months: `ski time`")


CSAT = "account_id, email, role, score, sent_at, submitted_at, comment\n"


def _answers(*scores: int | None, account: str = "A") -> str:
    rows = [
        f"{account}, p{n}@a.example, {'end_user' if n else 'decision_maker'}, {'' if score is None else score},"
        f" 2026-10-01, {'' if score is None else '2026-10-02'}, {'Fine' if n == 0 else ''}"
        for n, score in enumerate(scores)
    ]
    return "\n".join(rows) + "\n"


def test_the_spread_of_the_answers_is_told_in_shares(tmp_path):
    row = of(measure(tmp_path, csat=CSAT + _answers(1, 2, 3, 5, None) + _answers(1, 5, account="B")))
    assert picked(row, "answers_low_pct", "answers_middle_pct", "top_box_pct") == [50.0, 25.0, 25.0]
    assert picked(row, "silent", "comments_missing_pct") == [1, 75.0]
    assert picked(row, "lowest_role", "highest_role", "decision_maker_mean") == ["decision_maker", "end_user", 0.0]
    # End users gave 2, 3 and 5 of 5: 25, 50 and 100.
    assert row["highest_role_mean"] == 58.3333


@pytest.mark.parametrize(
    ("scores", "only"), [((1, 5, 5), True), ((1, 4, 5), False), ((5, 5, 5), False), ((1, 5), None), ((), None)]
)
def test_answers_are_at_the_extremes_only_when_three_or_more_are_and_both_ends_occur(tmp_path, scores, only):
    facts = measure(tmp_path, csat=CSAT + _answers(*scores) + _answers(1, 3, 5, account="B"))
    assert of(facts)["extremes_only"] is only


def test_the_pull_of_an_answer_is_what_the_mean_would_be_without_it(tmp_path):
    found = measure(tmp_path, csat=CSAT + _answers(1, 5, 5) + _answers(5, account="B")).rows[Role.CSAT]
    # With 0, 100, 100 the mean is 66.7; without the 0 it is 100, without a 100 it is 50.
    assert found["pull"].round(1).to_list() == [-33.3, 16.7, 16.7, None]


def test_requests_are_counted_by_person_and_day_over_a_quarter(tmp_path):
    rows = [
        ("p1", "2026-11-01"), ("p1", "2026-10-01"), ("p1", "2026-10-01"), ("p1", "2026-08-17"), ("p2", "2026-11-02"),
    ]  # fmt: skip
    text = CSAT + "".join(f"A, {who}@a.example, end_user, , {sent}, , \n" for who, sent in rows)
    assert of(measure(tmp_path, csat=text + _answers(1, 3, 5, account="B")))["surveys_per_person"] == 2


@pytest.mark.parametrize(
    ("others", "first", "days"),
    [
        ("2026-09-20", "2026-10-20", 26),
        ("2026-09-23", "2026-10-20", None),
        ("2026-10-21", "2026-08-01", 106),
    ],
    ids=["the account was busy 30 days before", "only 27 days before", "longer ago than a quarter"],
)
def test_a_top_user_is_new_only_if_the_log_knew_the_account_before(tmp_path, others, first, days):
    rows = f"A, {others}, u1, Rosters, 1\nA, {first}, u2, Rosters, 50\nA, 2026-11-10, u2, Rosters, 50"
    row = of(measure(tmp_path, usage=USAGE_HEADER + rows))
    assert picked(row, "top_user", "top_user_new_days") == ["u2", days]


def test_a_column_of_the_accounts_that_looks_like_an_event_is_none(tmp_path):
    facts = measure(tmp_path, accounts="account_id, event_call_days\nA, long ago\nB,")
    assert "event_call_days" not in facts.frame.columns


def _report(folder: Path) -> Report:
    tables = load(in_directory(folder, {}, ReadOptions()).paths, ReadOptions())
    return triage(tables, load_settings(None), load_playbook(None), as_of=AsOf(AS_OF, "--as-of"))


CONTEXT_FILES = ("goals.csv", "contacts.csv", "events.csv", "outcomes.csv")


@pytest.fixture(scope="module")
def whole(sample_data) -> Report:
    return _report(sample_data)


def _copy(sample_data: Path, folder: Path, *, context: bool) -> Path:
    for path in sample_data.iterdir():
        if context or path.name not in CONTEXT_FILES:
            (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_without_context_files_accounts_stand_where_they_stood_and_only_less_is_known(tmp_path, sample_data, whole):
    bare = _report(_copy(sample_data, tmp_path, context=False))
    touched = {"last_contact_date", "is_reference"}
    same = [column.name for column in (*ACCOUNT, *USAGE, *HAPPINESS, *PLACE) if column.name not in touched]
    assert bare.accounts.sort("account_id").select(same).equals(whole.accounts.sort("account_id").select(same))
    less = bare.accounts.sort("account_id")["coverage_pct"] <= whole.accounts.sort("account_id")["coverage_pct"]
    assert less.all()
    absent = ("has_goals", "goals_open", "has_champion", "decision_makers", "promises_open", "favours_asked")
    assert all(bare.accounts[name].null_count() == bare.accounts.height for name in absent)


def test_gaps_of_context_come_with_the_contract_value_they_stand_for(whole):
    gaps = {gap.reason: gap for gap in whole.gaps}
    for reason in ("goals", "champion", "decision_maker", "fit", "north_star"):
        rows = whole.accounts.filter(pl.col("missing").list.contains(reason))
        assert gaps[reason].accounts == rows.height > 0
        assert gaps[reason].contract_value == rows["contract_value"].drop_nulls().sum() > 0


def test_the_order_of_the_rows_changes_nothing(tmp_path, sample_data, whole):
    folder = _copy(sample_data, tmp_path, context=True)
    for name in CONTEXT_FILES:
        header, *rows = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / name).write_text(header + "".join(reversed(rows)), encoding="utf-8")
    assert _report(folder).accounts.equals(whole.accounts)


def test_every_fact_is_known_of_some_account_of_the_sample(whole):
    # The sample has one survey, names no currency, and says nothing of notice or of contracts that go on by themselves.
    absent = ("nps", "ces", "currency", "auto_renew", "term_ended", "notice_days", "opt_out_date")
    measured = [column.name for column in FACTS if column.name not in absent]
    assert [name for name in measured if whole.accounts[name].null_count() == whole.accounts.height] == []


def test_more_kinds_than_anybody_can_mean_are_refused(tmp_path):
    rows = "\n".join(f"A, 2026-11-01, Called about {number}" for number in range(501))
    with pytest.raises(InputError, match="501 kinds of events, at most 500") as refused:
        measure(tmp_path, events=f"account_id, date, kind\n{rows}")
    assert refused.value.hint is not None
    assert "--column kind=" in refused.value.hint


def test_a_survey_that_knows_no_roles_takes_them_from_the_contacts(tmp_path):
    rows = """
        A, , X@a.example, end_user
        A, , x@a.example, decision_maker
        B, , y@a.example, champion
    """
    csat = "account_id, email, role, score\nA, x@a.example, , 1\nA, y@a.example, , 3\nA, z@a.example, user, 5"
    facts = measure(tmp_path, csat=csat, contacts="account_id, user_id, email, role\n" + rows.strip())
    # Whoever is a contact of B has no role at A.
    assert of(facts)["csat_by_role"] == "decision_maker 0.0 (1); user 100.0 (1)"
    assert of(measure(tmp_path, csat=csat))["csat_by_role"] == "user 100.0 (1)"


def test_what_is_missing_of_an_account_hangs_on_no_other_however_many_there_are(tmp_path):
    facts = measure(tmp_path, csat="account, score (1-5), respondent\nA, 5, x@a.test").frame
    each = add_missing(facts)["missing"].to_list()
    assert ["happiness: not_in_csat" in missing for missing in each] == [False, True]
    assert add_missing(pl.concat([facts] * 800))["missing"].to_list() == each * 800
    for account, missing in enumerate(each):  # the same of all
        alone = pl.concat([facts[account]] * 1_600)
        assert add_missing(alone)["missing"].to_list() == [missing] * 1_600
