"""A whole public data set, no file edited: what csq says of it, counted again with nothing but the csv module."""

import csv
import json
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

LATEST = date(2024, 12, 31)


@pytest.fixture
def data(shared_data: Path) -> Path:
    return shared_data / "ravenstack"


@pytest.fixture
def found(csq: Any, data: Path) -> dict[str, Any]:
    """The JSON of the one command that this data set takes."""
    result = csq(
        "triage",
        "--accounts", data / "ravenstack_subscriptions.csv",
        "--accounts", data / "ravenstack_accounts.csv",
        "--usage", data / "ravenstack_feature_usage.csv",
        "--csat", data / "ravenstack_support_tickets.csv",
        "--fields", "events,active_days,features_used,breadth_pct,usage_part_volume,asked,csat_mean,is_new",
        "--fields", "usage_trend_pct",
        "-f", "json",
    )  # fmt: skip
    assert result.code == 0, result.stderr
    return json.loads(result.stdout)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(file for file in found["sources"] if file["label"].endswith(f"ravenstack_{name}.csv"))


def active(row: dict[str, str]) -> bool:
    started = date.fromisoformat(row["start_date"]) <= LATEST
    return started and (not row["end_date"] or date.fromisoformat(row["end_date"]) > LATEST)


def test_it_holds_500_accounts_worth_121915296_a_year_on_the_last_day_of_2024(
    found: dict[str, Any], data: Path
) -> None:
    assert (found["as_of"], found["as_of_source"]) == ("2024-12-31", "newest usage date")
    assert len(found["accounts"]) == 500
    assert sum(total["accounts"] for total in found["totals"]) == 500
    assert sum(total["contract_value"] for total in found["totals"]) == 121_915_296
    assert sum(tier["contract_value"] for tier in found["tiers"]) == 121_915_296
    worth: Counter[str] = Counter()
    for row in filter(active, table(data / "ravenstack_subscriptions.csv")):
        worth[row["account_id"]] += int(row["arr_amount"])
    assert {row["account_id"]: row["contract_value"] for row in found["accounts"]} == dict(worth)


def test_names_and_seats_come_from_the_accounts_file(found: dict[str, Any], data: Path) -> None:
    told = {
        row["account_id"]: (row["account_name"], int(row["seats"])) for row in table(data / "ravenstack_accounts.csv")
    }
    assert {row["account_id"]: (row["account_name"], row["seats"]) for row in found["accounts"]} == told
    assert "seats from the file with one row per account, not the sum over subscriptions" in notes(found)


def notes(found: dict[str, Any]) -> list[str]:
    return [note["text"] for note in found["notes"]]


def test_825_of_2000_tickets_were_asked_and_not_answered_and_the_scale_is_1_to_5(found: dict[str, Any]) -> None:
    text = " ".join(notes(found))
    assert "825 of 2,000 rows of" in text
    assert "have no `satisfaction_score`: counted as asked, without an answer" in text
    assert "scale 1-5 for csat in" in text
    assert "the answers never go below 3" in text


def test_every_row_has_one_fate_and_21_repeated_usage_ids_count_once(found: dict[str, Any], data: Path) -> None:
    for file in found["sources"]:
        assert file["read"] == file["used"] + sum(file["set_aside"].values()) + sum(file["rejected"].values())
    usage = source(found, "feature_usage")
    ids = [row["usage_id"] for row in table(data / "ravenstack_feature_usage.csv")]
    assert len(ids) - len(set(ids)) == usage["set_aside"]["repeated event id"] == 21
    assert usage["read"] == 25_000
    ended = sum(not active(row) for row in table(data / "ravenstack_subscriptions.csv"))
    assert source(found, "subscriptions")["set_aside"] == {"inactive subscription": ended}


def test_usage_is_matched_by_subscription_and_counted_over_28_days(found: dict[str, Any], data: Path) -> None:
    owner = {row["subscription_id"]: row["account_id"] for row in table(data / "ravenstack_subscriptions.csv")}
    rows = table(data / "ravenstack_feature_usage.csv")
    repeated = {name for name, count in Counter(row["usage_id"] for row in rows).items() if count > 1}
    # Which of two rows with one id counts is for csq to say: their accounts are left out here.
    unsure = {owner[row["subscription_id"]] for row in rows if row["usage_id"] in repeated}
    events: Counter[str] = Counter()
    days, features = defaultdict(set), defaultdict(set)
    for row in rows:
        account = owner[row["subscription_id"]]
        if "2024-12-04" <= row["usage_date"] <= "2024-12-31" and int(row["usage_count"]):
            events[account] += int(row["usage_count"])
            days[account].add(row["usage_date"])
            features[account].add(row["feature_name"])
    sure = [row for row in found["accounts"] if row["account_id"] not in unsure]
    assert len(sure) > 450
    for row in sure:
        key = row["account_id"]
        assert (row["events"], row["active_days"], row["features_used"]) == (
            events[key],
            len(days[key]),
            len(features[key]),
        ), key
        assert row["breadth_pct"] == len(features[key]) / 40 * 100


def test_the_quadrant_of_every_account_follows_from_its_answers_and_its_parts(
    found: dict[str, Any], data: Path
) -> None:
    answers, asked = defaultdict(list), Counter()
    for row in table(data / "ravenstack_support_tickets.csv"):
        if "2024-01-02" <= row["submitted_at"][:10] <= "2024-12-31":
            asked[row["account_id"]] += 1
            if row["satisfaction_score"]:
                answers[row["account_id"]].append((float(row["satisfaction_score"]) - 1) * 25)
    for row in found["accounts"]:
        mine = answers[row["account_id"]]
        assert (row["responses"], row["asked"]) == (len(mine), asked[row["account_id"]])
        mean = sum(mine) / len(mine) if mine else None
        assert row["csat_mean"] == (None if mean is None else pytest.approx(mean, abs=1e-4))
        assert row["happiness_level"] == ("unknown" if mean is None else "high" if mean >= 70 else "low")
        if not row["is_new"]:
            parts = [row["breadth_pct"], min(row["active_days"] / 20 * 100, 100), row["usage_part_volume"]]
            assert row["usage_score"] == pytest.approx(sum(parts) / 3, abs=2e-4)


def test_use_that_falls_by_chance_alone_is_no_signal(found: dict[str, Any]) -> None:
    """The data set has no trend by construction; a fall of 40 % and more has two fifths of its accounts."""
    judged = [row for row in found["accounts"] if row["usage_trend_pct"] is not None]
    falling = [row for row in judged if "usage_falling" in row["signals"]]
    assert sum(row["usage_trend_pct"] <= -40 for row in judged) > 0.35 * len(judged)
    assert len(falling) <= 0.08 * len(judged)
