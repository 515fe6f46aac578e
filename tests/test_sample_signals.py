"""The sample data: for which account each signal holds, and why; and what a run does without context."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.pipeline import Triage, run
from signal_accounts import DEFAULT

WHY: Mapping[str, tuple[str, dict[str, object]]] = {
    "hostile_successor": ("0001023", {"champion_left_days": 61, "successor_stance": "against"}),
    "champion_left": ("0001038", {"champion_left_days": 23}),
    "power_user_new": ("0001279", {"top_user_new_days": 30}),
    "power_user_idle": ("0001038", {"top_user_idle_days": 23}),
    "power_user_alone": ("0001031", {"active_users": 42}),
    "buyer_unknown": ("0001207", {"decision_makers": 0}),
    "many_contacts": ("0001119", {"contact_points": 3}),
    "unresponsive": ("0001091", {"event_no_reply_days": 8}),
    "investor_conflict": ("0001161", {"event_investor_conflict_days": 18}),
    "competitor_request": ("0001112", {"event_competitor_feature_request_days": 9}),
    "competitor_contact": ("0001203", {"event_competitor_contact_days": 40}),
    "new_boss": ("0001207", {"event_new_boss_days": 21}),
    "budget_cut": ("0001283", {"event_budget_cut_days": 30}),
    "reorganisation": ("0001091", {"event_reorganisation_days": 50}),
    "internal_initiative": ("0001140", {"event_internal_initiative_days": 70}),
    "success_gap": ("0001031", {"usage_level": "high", "goals_overdue": 1}),
    "goal_due_soon": ("0001042", {"goals_behind": 1, "goal_due_days": 20}),
    "no_goals": ("0001154", {"has_goals": False}),
    "vague_goals": ("0001203", {"goals_vague": 1}),
    "no_north_star": ("0001019", {"quadrant": "frustrated", "north_star": None}),
    "promise_growing_old": ("0001267", {"promise_open_days": 48}),
    "taken_for_granted": ("0001154", {"quadrant": "advocates", "event_last_contact_days": 214}),
    "asked_too_often": ("0001168", {"favours_asked": 2}),
    "advocate_ticket": ("0001023", {"quadrant": "advocates", "open_tickets": 1}),
    "renewal_near": ("0001004", {"days_to_renewal": 41}),
    "deadline_near": ("0001459", {"days_to_deadline": 12}),
    "renewal_overdue": ("0001312", {"renewal_overdue_days": 14, "last_outcome": None}),
    "renewal_date_old": ("0001243", {"days_to_renewal": -4, "renewal_overdue_days": 0, "last_outcome": "renewed"}),
    "role_unhappy": ("0001023", {"happiness_level": "high", "lowest_role_mean": 0}),
    "score_fell": ("0001197", {"csat_change": -20}),
    "score_rose": ("0001126", {"csat_change": 20}),
    "usage_trap_outcome": ("0001119", {"usage_level": "high", "last_outcome": "contracted", "last_outcome_days": 140}),
    "took_less": ("0001207", {"usage_level": "low", "last_outcome": "contracted", "last_outcome_days": 308}),
    "took_more": ("0001017", {"last_outcome": "expanded", "last_outcome_days": 112}),
    "churned_yet_listed": ("0001263", {"last_outcome": "churned", "status": "active"}),
    "usage_trap": ("0001064", {"usage_level": "high", "csat_change": -25}),
    "burn_out": ("0001056", {"events": 7940, "events_previous": 4912}),
    "overuse": ("0001049", {"seat_use_pct": 125}),
    "usage_falling": ("0001028", {"usage_trend_pct": -100, "season_quiet": False}),
    "season_start_missed": ("0001243", {"in_season": True, "season_started_days": 14, "events": 0}),
    "seats_unused": ("0001028", {"seat_use_pct": 0}),
    "single_feature": ("0001022", {"features_used": 1}),
    "unused_features": ("0001039", {"breadth_pct": 25}),
    "feature_dropped": ("0001042", {"features_dropped": 2}),
    "one_area_for_years": ("0001022", {"tenure_days": 2062, "features_used": 1}),
    "late_bloomer": ("0001147", {"usage_level": "low", "tenure_days": 128}),
    "new_account": ("0001106", {"is_new": True}),
    "blind_spots": ("0001017", {"quadrant": "advocates", "has_goals": False}),
    "captive": ("0001070", {"required_by_mandate": True, "happiness_level": "low"}),
    "leaders_happy_users_not": ("0001017", {"role_gap": 87.5, "lowest_role": "end_user"}),
    "users_happy_leader_not": ("0001023", {"role_gap": 93.75, "lowest_role": "decision_maker"}),
    "extremes_only": ("0001211", {"extremes_only": True}),
    "no_reasons": ("0001039", {"responses": 3, "comments_missing_pct": 100}),
    "never_asked": ("0001084", {"asked": 0}),
    "unhappy_tickets": ("0001398", {"happiness_level": "low", "open_tickets": 5}),
    "silent_survey": ("0001091", {"asked": 6, "responses": 0}),
    "stale_survey": ("0001064", {"days_since_response": 327}),
    "thin_evidence": ("0001018", {"evidence": "thin"}),
}


def ran(directory: Path, **flags: str) -> Triage:
    prepared = prepare(Inputs(directory=str(directory), **flags), Method(), Faults(), None)
    return run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)


@pytest.fixture(scope="module")
def sample() -> Triage:
    return ran(Path(__file__).parent.parent / "sample_data")


def told(found: Triage) -> dict[str, list[str]]:
    return dict(found.accounts.select("account_id", "signals").iter_rows())


def test_the_sample_shows_every_signal_of_the_playbook() -> None:
    # Louder ones stand in place of three of these; the sample knows no escalations and nothing of automatic renewal.
    absent = {"contraction", "promise_open", "favour_recent", "escalation_open", "auto_renewal_off"}
    assert set(WHY) | absent == set(DEFAULT.signals)


@pytest.mark.parametrize("name", WHY)
def test_the_sample_has_an_account_for_it_and_this_is_why(name: str, sample: Triage) -> None:
    key, why = WHY[name]
    row = sample.accounts.row(by_predicate=pl.col("account_id") == key, named=True)
    assert name in row["signals"]
    assert {fact: row[fact] for fact in why} == why


def test_no_signal_moves_an_account_to_another_quadrant_or_changes_a_score(sample: Triage) -> None:
    place = ["account_id", "quadrant", "usage_score", "happiness_score"]
    assert sample.accounts.select(place).sort("account_id").equals(sample.placed.frame.select(place).sort("account_id"))


def test_an_event_that_explains_silences_what_would_be_said_of_use_until_it_expires(sample: Triage) -> None:
    signals = told(sample)
    assert "usage_falling" not in signals["0001063"]  # explained until March
    assert sample.accounts.filter(pl.col("account_id") == "0001063")["usage_trend_pct"][0] <= -40


def test_an_outcome_that_is_old_or_followed_by_a_renewal_says_nothing_any_more(sample: Triage) -> None:
    signals = told(sample)
    assert not {"took_less", "usage_trap_outcome"} & set(signals["0001004"])  # took less, and has renewed since
    assert "churned_yet_listed" not in signals["0001259"]  # left, and came back


def test_what_was_taken_less_of_is_told_once_where_the_use_is_high(sample: Triage) -> None:
    signals = told(sample)
    assert "took_less" not in signals["0001119"]
    assert "usage_trap_outcome" not in signals["0001207"]


def test_an_account_without_an_outcome_on_record_is_not_judged_by_outcomes(sample: Triage) -> None:
    key = "0001106"
    assert sample.accounts.filter(pl.col("account_id") == key)["last_outcome"].to_list() == [None]
    unjudged = dict(sample.judged.unjudged.filter(pl.col("account_id") == key).select("signal", "missing").iter_rows())
    both = ["last_outcome", "last_outcome_days"]
    assert {name: unjudged.get(name) for name in ("took_less", "took_more", "churned_yet_listed")} == {
        "took_less": both, "took_more": both, "churned_yet_listed": ["last_outcome"],
    }  # fmt: skip


@pytest.fixture
def bare(tmp_path: Path, sample_data: Path) -> Path:
    """The sample without goals, contacts, events and outcomes."""
    folder = tmp_path / "exports"
    folder.mkdir()
    for name in ("accounts.csv", "csat.csv", "usage.csv", "usage_2025.csv"):
        (folder / name).write_bytes((sample_data / name).read_bytes())
    return folder


def test_missing_context_files_change_nothing_but_coverage_and_what_could_not_be_judged(
    bare: Path, sample: Triage
) -> None:
    without = ran(bare)
    place = ["account_id", "quadrant", "tier", "usage_score", "usage_cut", "events", "seats"]
    assert without.accounts.select(place).sort("account_id").equals(sample.accounts.select(place).sort("account_id"))
    before, after = told(sample), told(without)
    lost = {name for key, names in before.items() for name in names if name not in after[key]}
    unjudged = set(without.judged.unjudged["signal"])
    # Every signal that is told no more is said to be not judged, but for those that another no longer mutes.
    assert lost <= unjudged
    assert {"champion_left", "no_goals", "investor_conflict", "new_boss", "took_less", "churned_yet_listed"} <= unjudged
    assert without.accounts["coverage_pct"].mean() < sample.accounts["coverage_pct"].mean()


def test_a_new_kind_of_event_and_a_new_signal_take_a_line_of_csv_and_some_yaml(
    tmp_path: Path, sample_data: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for path in sample_data.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    with (folder / "events.csv").open("a", encoding="utf-8") as events:
        header = (sample_data / "events.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        row = {"Account ID": "0001004", "Date": "2026-11-05", "Kind": "Warehouse flooded"}
        events.write(",".join(row.get(name, "") for name in header) + "\n")
    own = """signals:
  flooded:
    when: "event_warehouse_flooded_days <= 30"
    severity: act
    text: "Their warehouse was flooded {event_warehouse_flooded_days} days ago"
    steps: [{do: "Offer help before anything else"}]
"""
    playbook = (Path(__file__).parent.parent / "playbooks.yaml").read_text(encoding="utf-8")
    (folder / "playbooks.yaml").write_text(playbook.replace("signals:\n", own, 1), encoding="utf-8")
    row = ran(folder).accounts.row(by_predicate=pl.col("account_id") == "0001004", named=True)
    assert row["signals"][0] == "flooded"
    assert (row["next_step"], row["event_warehouse_flooded_days"]) == ("Offer help before anything else", 10)
