"""The sample data is what its script makes, is as odd as it is meant to be and no odder, and shows what it promises."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from harbourline import contacts, events, goals, outcomes
from harbourline.seen import AS_OF, BEFORE, NOW, SAMPLE_DATA, YEAR_AGO, Seen, day, log, mean, population, rows, seen
from make_sample_data import PLANTED

FILES = (
    "accounts.csv", "contacts.csv", "csat.csv", "events.csv", "goals.csv", "outcomes.csv", "usage.csv",
    "usage_2025.csv",
)  # fmt: skip

PROMISES: dict[str, Callable[[Seen], bool]] = {
    "best of the base, renews soon": lambda a: (
        len(a.users) == a.seats
        and len(a.features(NOW)) == 11
        and len({row["date"] for row in a.used(NOW)}) == 28
        and 0 < a.renews_in <= 90
    ),
    "decision makers happy, end users not": lambda a: (
        mean(a.answers("decision_maker")) == 100 and mean(a.answers("end_user")) <= 25 and a.happy
    ),
    "end users happy, decision maker not": lambda a: (
        mean(a.answers("end_user")) >= 75 and mean(a.answers("decision_maker")) == 0
    ),
    "one user does most of the work": lambda a: a.top_user[1] > 0.7,
    "busiest user idle for weeks": lambda a: (
        AS_OF - max(date.fromisoformat(row["date"]) for row in a.log if row["user_id"] == a.top_user[0])
        >= timedelta(days=21)
    ),
    "features dropped": lambda a: a.features(BEFORE) - a.features(NOW) == {"Workflows", "Forms"},
    "more active users than seats": lambda a: len(a.users) > a.seats,
    "usage rises while happiness falls": lambda a: (
        a.events(NOW) > 1.5 * a.events(BEFORE) and 0 <= a.happiness < mean(a.answers(oldest=729, newest=365))
    ),
    "usage falls by half, still happy": lambda a: a.events(NOW) < 0.6 * a.events(BEFORE) and a.happy,
    "has to use it, unhappy": lambda a: a.has(Required_By_Mandate="Yes") and a.busy and a.unhappy,
    "asks for what a competitor has": lambda a: a.busy and a.unhappy and any("tool" in r["Comment"] for r in a.survey),
    "unhappy heavy user, bad fit": lambda a: a.has(Fit="Bad") and a.busy and a.unhappy,
    "at risk and worth saving": lambda a: (
        a.has(Fit="Good", Willing="Yes") and a.crm["Internal Owner"] != "" and a.quiet and a.unhappy
    ),
    "at risk and not worth the squeeze": lambda a: a.has(Fit="Bad", Willing="No", Internal_Owner="") and a.quiet,
    "at risk, fit unknown": lambda a: a.has(Fit="", Willing="", Internal_Owner="") and a.quiet and a.unhappy,
    "expansion that looks like a loss": lambda a: (
        a.quiet and a.happy and 90 <= a.tenure < 180 and a.events(NOW) > a.events(BEFORE)
    ),
    "taken for granted": lambda a: a.busy and a.crm["Last Contact Date"] < "2026-05-15" and a.happy,
    "reference already": lambda a: a.has(Is_Reference="Yes") and a.busy and a.happy,
    "advocate with open tickets": lambda a: int(a.crm["Open Tickets"]) > 0 and a.busy and a.happy,
    "never in the log": lambda a: not a.log and a.happiness >= 0,
    "never asked, busy": lambda a: not a.survey and a.busy,
    "asked and silent": lambda a: len(a.survey) == 6 and not a.answers(oldest=9999),
    "answers too old": lambda a: a.answers() == [] and a.answers(oldest=9999) != [],
    "newest answer is stale": lambda a: a.answers() != [] and a.answers(oldest=180) == [],
    "one feature for years, happy": lambda a: (
        len({row["feature"] for row in a.log}) == 1 and a.tenure > 3 * 365 and a.happy
    ),
    "most seats unused": lambda a: 0 < len(a.users) < 0.2 * a.seats,
    "answers at the extremes only": lambda a: set(a.answers()) == {1, 5},
    "no reasons given": lambda a: len(a.answers()) == 3 and not any(row["Comment"] for row in a.survey),
    "one answer of six asked": lambda a: len(a.answers()) == 1 and len({row["Email"] for row in a.survey}) == 6,
    "the same person answers twice": lambda a: a.answers() == [2] and a.answers(newest=100) == [5],
    "two answers of a person on one day": lambda a: (
        a.answers() == [2] and len({(row["Email"], row["Submitted At"]) for row in a.survey}) == 1 < len(a.survey)
    ),
    "happiness exactly at the cut": lambda a: a.happiness == 70,
    "happiness just under the cut": lambda a: 65 < a.happiness < 70,
    "out of season and quiet": lambda a: (
        not a.has(Season_Months="") and "11" not in a.crm["Season Months"] and not a.used(NOW) and not a.used(YEAR_AGO)
    ),
    "season start missed": lambda a: (
        "11" in a.crm["Season Months"].split(";") and not a.used(NOW) and a.events(YEAR_AGO) > 0
    ),
    "in season, as a year ago": lambda a: (
        "11" in a.crm["Season Months"].split(";")
        and a.events(NOW) > 1.5 * a.events(BEFORE)
        and 0.75 < a.events(NOW) / a.events(YEAR_AGO) < 1.25
    ),
    "new and busy": lambda a: a.tenure < 90 and a.busy and a.happy,
    "new and hardly started": lambda a: a.tenure < 90 and a.quiet,
    "new within weeks": lambda a: a.tenure < 28 and a.users != set(),
    "idle in the last four weeks": lambda a: not a.used(NOW) and a.events(BEFORE) > 0 and a.unhappy,
    "renewal is past, at risk": lambda a: a.renews_in < 0 and a.quiet and a.unhappy,
    "frustrated, renews within days": lambda a: 0 < a.renews_in < 14 and a.busy and a.unhappy,
    "free of charge": lambda a: a.has(ARR="0"),
    "neither in the log nor asked": lambda a: not a.log and not a.answers(oldest=9999),
    "contract value unknown": lambda a: a.has(ARR=""),
    "name that begins another name": lambda a: a.has(Account_Name="Kestrel Logistics"),
    "name that holds another name": lambda a: a.crm["Account Name"].startswith("Kestrel Logistics "),
    "name that a spreadsheet would run": lambda a: a.crm["Account Name"].startswith("="),
    "name with markup": lambda a: "[/]" in a.crm["Account Name"],
    "name with an emoji": lambda a: "☕" in a.crm["Account Name"],
    "name of sixty characters": lambda a: len(a.crm["Account Name"]) == 60,
    "name with quotes and a comma": lambda a: {'"', ","} <= set(a.crm["Account Name"]),
    "seats blank in words": lambda a: a.has(Seats="n/a"),
    "seats unreadable": lambda a: a.has(Seats="about 40"),
    "renewal unreadable": lambda a: a.has(Renewal_Date="TBC"),
    "score written as a word": lambda a: [row["Score"] for row in a.survey].count("five") == 1,
    "comment over two lines": lambda a: any("\n" in row["Comment"] for row in a.survey),
    "survey row exported twice": lambda a: max(Counter(row["Response ID"] for row in a.survey).values()) == 2,
    "churned": lambda a: a.has(Status="churned") and not a.used(NOW) and a.log != [],
    "on trial": lambda a: a.has(Status="trial") and a.used(NOW) != [],
    "prospect": lambda a: a.has(Status="prospect") and not a.log and not a.survey,
}


CONTEXT_PROMISES: dict[str, tuple[str, Callable[[Seen], bool]]] = {
    "a goal is met and the next on its way": (
        "0001004",
        lambda a: [(goal["Status"], goal["Progress"]) for goal in a.goals] == [("met", "100%"), ("open", "60%")],
    ),
    "used every day, and a goal is overdue": (
        "0001031",
        lambda a: a.busy and a.happy and min(goal["Target Date"] for goal in a.open_goals()) < AS_OF.isoformat(),
    ),
    "used every day, and a goal is due in weeks and far off": (
        "0001042",
        lambda a: a.busy and [(g["Progress"], g["Target Date"]) for g in a.open_goals()] == [("30%", "2026-12-05")],
    ),
    "a goal is behind by its figures": (
        "0001063",
        lambda a: (
            [(g["Baseline"], g["Target"], g["Current"], g["Progress"]) for g in a.goals] == [("900", "500", "860", "")]
        ),
    ),
    "a goal without metric and date": ("0001203", lambda a: not a.goals[0]["Metric"] and not a.goals[0]["Target Date"]),
    "a goal without a metric": (
        "0001207",
        lambda a: not a.goals[0]["Metric"] and a.goals[0]["Target Date"] > "2026-12",
    ),
    "nobody says how far a goal is": ("0001105", lambda a: not a.goals[0]["Progress"] and not a.goals[0]["Current"]),
    "no goals on record": ("0001154", lambda a: not a.goals),
    "the champion left, and was the busiest user": (
        "0001038",
        lambda a: (
            not a.people("champion")
            and [row["User ID"] for row in a.contacts if row["Left On"] > "2026-10-01"] == [a.top_user[0]]
        ),
    ),
    "who came in the champion's place is against us": (
        "0001023",
        lambda a: [row["Stance"] for row in a.people("decision_maker") if row["Since"] > "2026-09"] == ["against"],
    ),
    "who came in the champion's place is for us": (
        "0001105",
        lambda a: (
            [row["Stance"] for row in a.people("champion")] == ["for"] and any(row["Left On"] for row in a.contacts)
        ),
    ),
    "an event knows that the champion left, the list does not": (
        "0001063",
        lambda a: a.days_ago("champion_left") == [35] and not any(row["Left On"] for row in a.contacts),
    ),
    "nobody who decides is known": ("0001207", lambda a: a.contacts != [] and not a.people("decision_maker")),
    "nobody is known at all": ("0001091", lambda a: not a.contacts),
    "another person is the busiest user now": (
        "0001279",
        lambda a: (
            a.top_user[0] not in {row["user_id"] for row in a.log if row["date"] < "2026-10-01"}
            and {"u127900"} == {row["user_id"] for row in a.used(BEFORE)} - {row["user_id"] for row in a.used(NOW)}
        ),
    ),
    "a competitor's investor came in": ("0001161", lambda a: a.days_ago("investor_conflict") == [18] and a.busy),
    "wants what a competitor has": ("0001112", lambda a: a.days_ago("competitor_feature_request") == [9] and a.unhappy),
    "a competitor has called": ("0001203", lambda a: a.days_ago("competitor_contact") == [40]),
    "a new boss": ("0001207", lambda a: a.days_ago("new_boss") == [21]),
    "a new boss who is yet to come": ("0001126", lambda a: not a.days_ago("new_boss") and len(a.timeline) == 2),
    "budget cut after our one effort": (
        "0001283",
        lambda a: a.days_ago("budget_cut")[0] < a.days_ago("initial_effort_done")[0],
    ),
    "our one effort made, and nothing since": ("0001301", lambda a: a.days_ago("initial_effort_done") == [60]),
    "reorganisation, and no reply twice": (
        "0001091",
        lambda a: (a.days_ago("reorganisation"), a.days_ago("no_reply")) == ([50], [8, 20]),
    ),
    "waits for a project of its own": ("0001140", lambda a: a.days_ago("internal_initiative") == [70]),
    "a promise grows old": (
        "0001267",
        lambda a: a.days_ago("promise_made") == [12, 48] and not a.days_ago("promise_kept"),
    ),
    "a promise kept": ("0001215", lambda a: a.days_ago("promise_made")[0] > a.days_ago("promise_kept")[0]),
    "asked for two favours in a quarter": ("0001168", lambda a: a.days_ago("favour_asked") == [25, 70]),
    "a case study is done": ("0001313", lambda a: a.days_ago("case_study_done") == [75] and a.has(Is_Reference="No")),
    "less use, explained": (
        "0001063",
        lambda a: a.days_ago("explained") == [30] and a.events(NOW) < 0.6 * a.events(BEFORE),
    ),
    "less use, explained until some time ago": (
        "0001259",
        lambda a: not a.days_ago("explained") and len(a.timeline) == 1,
    ),
    "three people of ours": ("0001119", lambda a: len({row["By"] for row in a.timeline if row["By"]}) == 3),
    "used every day, and took less": (
        "0001119",
        lambda a: (
            a.busy
            and a.decided() == [("Renewed", 505), ("Contracted", 140)]
            and [row["New ARR"] for row in a.outcomes] == ["275050", a.crm["ARR"]]
        ),
    ),
    "took less, and hardly uses what is left": (
        "0001207",
        lambda a: a.quiet and a.decided() == [("Renewed", 673), ("Downgrade", 308)],
    ),
    "took more": ("0001161", lambda a: a.busy and a.decided()[-1] == ("Upsell", 132)),
    "renewed and took more on one day": (
        "0001017",
        lambda a: a.decided() == [("Renewed", 477), ("Expansion", 112), ("Renewed", 112)],
    ),
    "took less, but long ago": ("0001004", lambda a: a.decided() == [("Contracted", 430), ("Renewed", 68)]),
    "gone by the outcomes, and a customer by the CRM": (
        "0001263",
        lambda a: a.has(Status="active") and a.decided()[-1] == ("Churned", 17),
    ),
    "left, and came back": ("0001259", lambda a: a.decided() == [("Churn", 580), ("Renewal", 178)]),
    "an outcome that is not decided yet": ("0001203", lambda a: a.decided()[-1] == ("Pending", 2)),
    "an outcome told twice": ("0001334", lambda a: a.decided() == [("Renewed", 200)] * 2),
    "gone by the outcomes and by the CRM": ("0001340", lambda a: a.has(Status="churned") and len(a.outcomes) == 1),
    "an event of a kind nobody has heard of, told twice": ("0001334", lambda a: a.days_ago("office_moved") == [11, 11]),
}


@pytest.mark.parametrize("idea", CONTEXT_PROMISES)
def test_the_context_of_an_account_shows_an_idea(idea: str) -> None:
    account_id, shows = CONTEXT_PROMISES[idea]
    assert shows(seen()[account_id])


def test_every_planted_goal_contact_and_event_is_of_a_customer_and_every_outcome_of_one_or_of_one_who_left() -> None:
    known = {status: {row["Account ID"] for row in rows("accounts.csv") if row["Status"] == status}
             for status in ("active", "churned")}  # fmt: skip
    assert {*goals.PLANTED, *contacts.PLANTED, *events.PLANTED} <= known["active"]
    assert set(outcomes.PLANTED) <= known["active"] | known["churned"]


def test_the_odd_rows_of_the_context_are_the_planted_ones() -> None:
    known = {row["Account ID"] for row in rows("accounts.csv")}
    files = ("goals.csv", "contacts.csv", "events.csv", "outcomes.csv")
    assert [name for name in files for row in rows(name) if row["Account ID"] not in known] == [
        "goals.csv", "events.csv", "outcomes.csv",
    ]  # fmt: skip
    assert Counter(row["Outcome"] for row in rows("outcomes.csv") if row["Outcome"] not in ("Renewed", "Expanded")) == {
        "Churned": 4, "Contracted": 2, "Pending": 1, "Churn": 1, "Downgrade": 1, "Expansion": 1, "Renewal": 1,
        "Upsell": 1,
    }  # fmt: skip
    assert [row["Target Date"] for row in rows("goals.csv") if row["Target Date"] and not day(row["Target Date"])] == [
        "next May"
    ]
    assert [row["Date"] for row in rows("events.csv") if not day(row["Date"])] == ["mid of August"]
    assert [row["Note"] for row in rows("events.csv") if not row["Kind"]] == ["Called back."]
    assert [row["Name"] for row in rows("contacts.csv") if not row["User ID"] and not row["Email"]] == ["Switchboard"]
    assert [
        row["Stance"] for row in rows("contacts.csv") if row["Stance"] not in ("", "for", "neutral", "against")
    ] == ["critical"]
    assert all(row["Email"].endswith(".example") for row in rows("contacts.csv") if row["Email"])


def test_most_accounts_have_goals_people_events_and_outcomes_and_some_have_none() -> None:
    everybody = population()
    shares = {
        name: sum(bool(getattr(account, name)) for account in everybody) / len(everybody)
        for name in ("goals", "contacts", "timeline", "outcomes")
    }
    assert 0.55 < shares["goals"] < 0.8
    assert 0.85 < shares["contacts"] < 1
    assert 0.35 < shares["timeline"] < 0.65
    assert 0.6 < shares["outcomes"] < 0.85


@pytest.mark.parametrize(("account_id", "idea"), PLANTED.items(), ids=PLANTED)
def test_a_planted_account_shows_its_idea(account_id: str, idea: str) -> None:
    assert PROMISES[idea](seen()[account_id]), idea


def test_every_promise_is_about_a_planted_account() -> None:
    assert set(PROMISES) == set(PLANTED.values())


def test_the_script_makes_the_committed_files_to_the_byte(tmp_path: Path) -> None:
    script = Path(__file__).with_name("make_sample_data.py")
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in SAMPLE_DATA.glob("*.csv"))
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SAMPLE_DATA / name).read_bytes(), name


def test_the_files_are_small_utf8_and_end_their_lines_with_lf() -> None:
    texts = [(SAMPLE_DATA / name).read_bytes() for name in FILES]
    assert not any(text.startswith(b"\xef\xbb\xbf") or b"\r" in text for text in texts)
    assert all(text.decode("utf-8").endswith("\n") for text in texts)
    assert len(log()) < 45_000
    assert sum(map(len, texts)) < 2_000_000


def test_ids_are_unique_text_with_leading_zeros() -> None:
    ids = [row["Account ID"] for row in rows("accounts.csv")]
    assert ids == sorted(set(ids))
    assert all(len(account_id) == 7 and account_id.startswith("000") and account_id.isdigit() for account_id in ids)


def test_the_log_ends_on_a_sunday_and_the_two_logs_do_not_overlap() -> None:
    days = {name: [d for row in rows(name) if (d := day(row["date"]))] for name in ("usage.csv", "usage_2025.csv")}
    assert (min(days["usage.csv"]), max(days["usage.csv"])) == (AS_OF - timedelta(days=83), AS_OF)
    assert AS_OF.isoweekday() == 7
    four_weeks = (YEAR_AGO - timedelta(days=27), YEAR_AGO)
    assert (
        min(days["usage_2025.csv"]) <= four_weeks[0] < four_weeks[1] <= max(days["usage_2025.csv"]) < date(2026, 1, 1)
    )


def test_bands_of_contract_value_do_not_overlap() -> None:
    bands: dict[str, list[float]] = {"Essential": [], "Professional": [], "Enterprise": []}
    for account in population():
        if account.crm["ARR"] not in ("", "0"):
            bands[account.crm["Edition"]].append(float(account.crm["ARR"]))
    spans = {edition: (len(values), min(values), max(values)) for edition, values in bands.items()}
    limits = {
        "Essential": (75, 1_200, 12_000),
        "Professional": (60, 15_000, 70_000),
        "Enterprise": (40, 80_000, 400_000),
    }
    for edition, (count, low, high) in limits.items():
        assert spans[edition][0] >= count
        assert low <= spans[edition][1] <= spans[edition][2] <= high


def test_all_but_five_of_two_hundred_accounts_are_customers_and_six_have_no_value() -> None:
    assert Counter(row["Status"] for row in rows("accounts.csv")) == {
        "active": 195,
        "churned": 2,
        "trial": 2,
        "prospect": 1,
    }
    assert Counter(account.crm["ARR"] for account in population())[""] == 6


def test_three_owners_carry_different_loads_and_a_few_accounts_have_none() -> None:
    loads = Counter(account.crm["Account Owner"] for account in population())
    assert 3 <= loads.pop("") <= 8
    assert len(loads) == 3
    assert min(b - a for a, b in zip(sorted(loads.values()), sorted(loads.values())[1:], strict=False)) >= 8


def test_happy_and_unhappy_accounts_are_both_busy_and_quiet() -> None:
    quadrants = Counter(
        ("happy" if account.happy else "unhappy", "busy" if account.busy else "quiet")
        for account in population()
        if account.log and account.happiness >= 0 and account.crm["Seats"].isdigit()
    )
    assert all(25 <= count <= 65 for count in quadrants.values()), quadrants
    assert len(quadrants) == 4


def test_each_kind_of_unknown_has_a_few_accounts() -> None:
    kinds = {
        "not in the log": [a for a in population() if not a.log],
        "never asked": [a for a in population() if not a.survey],
        "asked and silent": [a for a in population() if a.survey and not a.answers(oldest=9999)],
        "answers too old": [a for a in population() if a.answers(oldest=9999) and not a.answers()],
        "stale": [a for a in population() if a.answers() and not a.answers(oldest=180)],
        "idle": [a for a in population() if a.log and not a.used(NOW)],
    }
    assert all(3 <= len(accounts) <= 8 for accounts in kinds.values()), {k: len(v) for k, v in kinds.items()}


def test_the_odd_rows_of_the_log_are_the_planted_ones() -> None:
    known = {row["Account ID"] for row in rows("accounts.csv")}
    odd = [row for row in log() if row["account_id"] not in known or not day(row["date"])]
    assert Counter(row["account_id"] for row in odd) == {"0009900": 5, "": 1, "0001105": 1, "0001161 ": 1}
    assert len({tuple(row.values())[:4] for row in log()}) == len(log()), "no row stands there twice"


def test_the_odd_cells_of_the_survey_are_the_planted_ones() -> None:
    survey = rows("csat.csv")
    assert {row["Score"] for row in survey} == {"", "1", "2", "3", "4", "5", "five"}
    assert len(survey) - len({row["Response ID"] for row in survey}) == 1, "one row exported twice"
    assert all(row["Email"].endswith(".example") for row in survey)
    assert all((row["Score"] == "") == (row["Submitted At"] == "") for row in survey)
    assert all(row["Sent At"] <= row["Submitted At"] <= AS_OF.isoformat() for row in survey if row["Submitted At"])


def test_nothing_happens_before_an_account_starts() -> None:
    for account in population():
        dates = [row["date"] for row in account.log] + [row["Sent At"] for row in account.survey]
        assert min(dates, default="9999") >= account.crm["Start Date"], account.crm["Account ID"]
