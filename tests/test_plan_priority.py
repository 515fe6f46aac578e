"""Priority and rank, reckoned by hand from the packaged weights."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from csq.plan.priority import add_priority, add_rank, urgency
from csq.playbook.model import Urgency
from csq.schema import COLUMNS
from signal_accounts import DEFAULT


def ranked(*told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    base = {"contract_value": Decimal(1000), "quadrant": "advocates", "days_to_deadline": None, "severity": None}
    base["renewal_overdue_days"] = None
    full = [{"account_id": f"A{n}", "queue": "rescue", **base, **row} for n, row in enumerate(told, start=1)]
    frame = pl.DataFrame(
        {name: pl.Series(name, [row[name] for row in full], dtype=COLUMNS[name].dtype) for name in full[0]}
    )
    return {row["account_id"]: row for row in add_rank(add_priority(frame, DEFAULT)).to_dicts()}


@pytest.mark.parametrize(
    ("given", "priority"),
    [
        ({}, 1000),
        ({"quadrant": "at_risk"}, 600),
        ({"quadrant": "underusers", "severity": "watch"}, 360),
        ({"days_to_deadline": 90}, 1500),
        ({"days_to_deadline": 91}, 1200),
        ({"days_to_deadline": 180}, 1200),
        ({"days_to_deadline": 181}, 1000),
        ({"days_to_deadline": 0}, 1500),
        ({"days_to_deadline": -1}, 1500),
        ({"renewal_overdue_days": 1}, 1500),
        ({"severity": "act", "days_to_deadline": 10, "quadrant": "at_risk"}, 2700),
        ({"severity": "info"}, 1000),
        ({"contract_value": Decimal(0)}, 0),
    ],
)
def test_priority_is_value_by_weight_by_urgency_by_signal(given: dict[str, Any], priority: float) -> None:
    row = ranked(given)["A1"]
    assert row["priority"] == pytest.approx(priority)
    factors = [row[f"priority_{name}"] for name in ("value", "weight", "urgency", "signal")]
    assert factors[0] * factors[1] * factors[2] * factors[3] == pytest.approx(priority)


@pytest.mark.parametrize(("value", "priority"), [("0.42", 0.13), ("0.25", 0.08), ("0.75", 0.22), ("1.25", 0.38)])
def test_a_half_of_a_cent_goes_to_the_even_one(value: str, priority: float) -> None:
    # Times 0.3: 0.126 is nearer to 0.13; 0.075, 0.225 and 0.375 lie half way between two.
    assert ranked({"contract_value": Decimal(value), "quadrant": "underusers"})["A1"]["priority"] == priority


def test_an_unknown_value_counts_as_the_lowest_known_positive_one_and_is_marked() -> None:
    rows = ranked({"contract_value": None}, {"contract_value": Decimal(0)}, {"contract_value": Decimal(40)}, {})
    assert (rows["A1"]["priority_value"], rows["A1"]["value_assumed"], rows["A3"]["value_assumed"]) == (40, True, False)
    assert ranked({"contract_value": None})["A1"]["priority_value"] == 1


def test_rank_follows_priority_then_account_id_and_rest_comes_last() -> None:
    rows = ranked(
        {"queue": "rest", "severity": "act", "contract_value": Decimal(10**6)},
        {"contract_value": Decimal(500)},
        {"queue": "protect", "severity": "act", "contract_value": Decimal(1)},
        {"contract_value": Decimal(500)},
        {"queue": "protect", "contract_value": Decimal(501)},
    )
    assert list(rows) == ["A5", "A2", "A4", "A3", "A1"]
    assert [row["rank"] for row in rows.values()] == [1, 2, 3, 4, 5]


def test_an_overdue_renewal_takes_the_highest_factor_and_a_deadline_that_is_past_the_nearest() -> None:
    bands = (Urgency(within_days=30, factor=1.2), Urgency(within_days=60, factor=2))
    row = {"days_to_deadline": -5, "renewal_overdue_days": 0}
    frame = pl.DataFrame([row, {**row, "renewal_overdue_days": 5}])
    assert frame.select(factor=urgency(bands))["factor"].to_list() == [1.2, 2]
    later = pl.DataFrame({"days_to_deadline": [30, 31, 61, None], "renewal_overdue_days": [None] * 4})
    assert later.select(factor=urgency(bands))["factor"].to_list() == [1.2, 2, 1, 1]


def test_ranking_keeps_every_column_where_it_stands_and_each_account_whole():
    # A1 rests, so it is last; of the others A3 is worth more. What is unknown of all has no order.
    frame = pl.DataFrame(
        {
            "owner": [None, None, None],
            "account_id": ["A1", "A2", "A3"],
            "priority": [9.0, 1.0, 2.0],
            "queue": ["rest", "rescue", "protect"],
            "signals": [["a"], [], ["b", "c"]],
        },
        schema_overrides={"owner": pl.String()},
    )
    assert add_rank(frame).to_dict(as_series=False) == {
        "owner": [None, None, None],
        "account_id": ["A3", "A2", "A1"],
        "priority": [2.0, 1.0, 9.0],
        "queue": ["protect", "rescue", "rest"],
        "signals": [["b", "c"], [], ["a"]],
        "rank": [1, 2, 3],
    }
