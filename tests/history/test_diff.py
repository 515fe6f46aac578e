"""Moves between two runs: each has one cause, and a change of the customer is told apart from a change of the rules."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from csq.history.diff import diff, measured_differently
from csq.history.standing import Measure, PlacingRules, Standing
from csq.moves import MOVES, crossings, worth
from csq.settings.model import Happiness
from csq.terms import Axis, Cause, Movement

WEEK_1, WEEK_2 = date(2026, 11, 8), date(2026, 11, 15)
MEASURE = Measure("1.0", {Axis.USAGE: {"window": "28 days"}, Axis.HAPPINESS: {"window": "365 days", "scale": "1-5"}})
QUADRANTS = {
    ("high", "high"): "advocates",
    ("high", "low"): "frustrated",
    ("low", "high"): "underusers",
    ("low", "low"): "at_risk",
}


def account(key: str, usage: float | None = 80, happiness: float | None = 90, **more: Any) -> dict[str, Any]:
    """An account whose usage score is one part of that size, and whose answers have that mean."""
    return {"account_id": key, "usage": usage, "happiness": happiness, "value": 1000, **more}


def standing(
    *accounts: dict[str, Any],
    as_of: date = WEEK_2,
    cuts: tuple[float, float] = (50, 70),
    measure: Measure = MEASURE,
    weights: dict[str, float] | None = None,
    references: dict[str, dict[str, float]] | None = None,
) -> Standing:
    """A run: accounts placed by the two cuts as csq places them."""
    rows = []
    for each in accounts:
        given = each.get("parts", {"active_days": each["usage"]})
        known = {name: part for name, part in given.items() if part is not None}
        total = sum((weights or {}).get(name, 1) for name in known)
        usage = sum((weights or {}).get(name, 1) * part for name, part in known.items()) / total if known else None
        scores = (usage, each["happiness"])
        levels = [
            "unknown" if score is None else "high" if score >= cut else "low"
            for score, cut in zip(scores, cuts, strict=True)
        ]
        rows.append(
            {
                "account_id": each["account_id"],
                "account_name": each["account_id"].title(),
                "tier": "all",
                "contract_value": each["value"],
                "quadrant": QUADRANTS.get((levels[0], levels[1]), "unknown"),
                "usage_level": levels[0],
                "happiness_level": levels[1],
                "usage_score": usage,
                "happiness_score": each["happiness"],
                "csat_mean": each["happiness"],
                "usage_cut": cuts[0],
                "happiness_cut": cuts[1],
                "inactive": False,
                **{f"usage_part_{name}": part for name, part in given.items()},
                **{f"usage_amount_{name}": amount for name, amount in each.get("amounts", {}).items()},
            }
        )
    frame = pl.DataFrame(rows, infer_schema_length=None, strict=False)
    return Standing(as_of, frame, PlacingRules(references or {}, weights or {}, Happiness.CSAT_MEAN), measure)


def moved(before: Standing, after: Standing) -> dict[str, tuple[str, str, str]]:
    frame = diff(before, after).filter(pl.col("change") == "moved")
    return {row[0]: row[1:] for row in frame.select("account_id", "moved_from", "moved_to", "moved_because").rows()}


def one_cause(before: Standing, after: Standing) -> str:
    ((_, _, cause),) = moved(before, after).values()
    return cause


def test_nothing_moves_between_a_run_and_itself() -> None:
    week = standing(account("a"), account("b", usage=None), account("c", 10, 10))
    assert set(diff(week, week)["change"]) == {Movement.STAYED}
    assert diff(week, week).schema == MOVES


def test_of_500_moves_each_has_the_cause_that_was_planted() -> None:
    """A hundred of each; the cut of happiness falls from 75 to 70, and nothing else is about the rules.

    usage crossed: 80 -> 20 on a cut of 50. happiness crossed: 90 -> 30. data: the answers are gone, or the usage is.
    the line moved: 72 before and after, under 75 and then over 70. measured differently: in a pair of runs of their
    own, where the window of usage is another.
    """
    planted = {
        Cause.USAGE: [(account(f"u{n}", 80), account(f"u{n}", 20)) for n in range(100)],
        Cause.HAPPINESS: [(account(f"h{n}", happiness=90), account(f"h{n}", happiness=30)) for n in range(100)],
        Cause.DATA: [(account(f"d{n}"), account(f"d{n}", *([80, None] if n % 2 else [None]))) for n in range(100)],
        Cause.LINE: [(account(f"l{n}", happiness=72), account(f"l{n}", happiness=72)) for n in range(100)],
    }  # fmt: skip
    before, after = zip(*(pair for pairs in planted.values() for pair in pairs), strict=True)
    found = moved(standing(*before, as_of=WEEK_1, cuts=(50, 75)), standing(*after))
    other = Measure("1.0", {**MEASURE.axes, Axis.USAGE: {"window": "14 days"}})
    accounts = [[account(f"m{n}", usage) for n in range(100)] for usage in (80, 20)]
    found |= moved(standing(*accounts[0], as_of=WEEK_1), standing(*accounts[1], measure=other))
    initials = {"u": Cause.USAGE, "h": Cause.HAPPINESS, "d": Cause.DATA, "l": Cause.LINE, "m": Cause.MEASURED}
    assert len(found) == 500
    assert {key: cause for key, (_, _, cause) in found.items()} == {key: initials[key[0]] for key in found}


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        pytest.param(
            account("a", 60, 90), account("a", 45, 20), Cause.HAPPINESS, id="happiness fell by 70, usage by 15"
        ),
        pytest.param(account("a", 90, 75), account("a", 20, 65), Cause.USAGE, id="usage fell by 70, happiness by 10"),
        pytest.param(account("a", 60, 80), account("a", 40, 60), Cause.USAGE, id="both by 20"),
        pytest.param(account("a", 90, 90), account("a", 20, None), Cause.DATA, id="answers gone, and usage fell"),
    ],
)
def test_where_both_axes_cross_the_one_that_moved_further_is_the_cause(before: Any, after: Any, cause: Cause) -> None:
    assert one_cause(standing(before, as_of=WEEK_1), standing(after)) == cause


def test_what_a_moved_line_explains_is_the_line_and_what_it_does_not_is_the_customer() -> None:
    """The usage cut rises from 50 to 60. At 55 before, the line alone makes it low, whatever it does now; at 70 not."""
    before = standing(account("line", 55), account("own", 70), as_of=WEEK_1)
    after = standing(account("line", 40), account("own", 40), cuts=(60, 70))
    assert {key: cause for key, (_, _, cause) in moved(before, after).items()} == {
        "line": Cause.LINE,
        "own": Cause.USAGE,
    }


def test_weights_and_references_are_rules_like_cuts() -> None:
    """10 events of 20 that count as 100 are 50 points, of 40 they are 25: the customer did as much as before.

    Two parts of 80 and 20 weigh alike 50, at 1 to 3 they are 35.
    """
    references = [{"volume": {"all": amount}} for amount in (20.0, 40.0)]
    before = standing(account("a", parts={"volume": 50.0}, amounts={"volume": 10.0}), references=references[0])
    after = standing(account("a", parts={"volume": 25.0}, amounts={"volume": 10.0}), references=references[1])
    assert one_cause(before._replace(as_of=WEEK_1), after) == Cause.LINE
    parts = {"breadth": 80.0, "active_days": 20.0}
    weighed = [standing(account("a", parts=parts), weights={"active_days": weight}) for weight in (1.0, 3.0)]
    assert one_cause(weighed[0]._replace(as_of=WEEK_1), weighed[1]) == Cause.LINE


def test_a_part_that_went_missing_is_no_deed_of_the_customer() -> None:
    """Active days stay at 40. With 80 for seats the score is 60; without seats it is 40, under the cut of 50."""
    before = standing(account("a", parts={"seat_use": 80.0, "active_days": 40.0}), as_of=WEEK_1)
    after = standing(account("a", parts={"seat_use": None, "active_days": 40.0}))
    assert one_cause(before, after) == Cause.DATA
    fallen = standing(account("a", parts={"seat_use": None, "active_days": 10.0}))
    # From 60 in active days it fell to 10, which is a crossing with and without seats.
    high = standing(account("a", parts={"seat_use": 80.0, "active_days": 60.0}), as_of=WEEK_1)
    assert one_cause(high, fallen) == Cause.USAGE


def test_only_the_axis_that_is_measured_differently_is_called_so() -> None:
    other = Measure("1.0", {**MEASURE.axes, Axis.HAPPINESS: {"window": "365 days", "scale": "1-7"}})
    before = standing(account("u", 80), account("h", happiness=90), as_of=WEEK_1)
    after = standing(account("u", 20), account("h", happiness=30), measure=other)
    assert {key: cause for key, (_, _, cause) in moved(before, after).items()} == {
        "u": Cause.USAGE,
        "h": Cause.MEASURED,
    }
    assert measured_differently(before, after) == ("happiness scale: 1-5, then 1-7",)
    assert measured_differently(before, before) == ()


def test_points_say_which_parts_moved_the_score() -> None:
    """Of two parts alike, 80 -> 20 is 30 points of the score and 40 -> 60 is 10 the other way: -20 in all."""
    before = standing(account("a", happiness=90, parts={"breadth": 80.0, "active_days": 40.0}), as_of=WEEK_1)
    after = standing(account("a", happiness=80, parts={"breadth": 20.0, "active_days": 60.0}))
    row = diff(before, after).row(0, named=True)
    assert (row["usage_points"], row["happiness_points"]) == (-20.0, -10.0)
    assert row["parts"] == [
        {"axis": "usage", "part": "breadth", "points": -30.0},
        {"axis": "usage", "part": "active_days", "points": 10.0},
        {"axis": "happiness", "part": "mean answer", "points": -10.0},
    ]


def test_parts_that_would_be_printed_as_nought_are_not_told() -> None:
    """0.04 points are 0.0 in words; 0.06 are 0.1. Of an account that stayed as it was there is nothing to tell."""
    before = standing(account("a", 50, 90), account("b", 50, 90), as_of=WEEK_1)
    after = standing(account("a", 50.04, 90.06), account("b", 50, 90))
    parts = dict(diff(before, after).select("account_id", "parts").rows())
    assert [(each["axis"], each["points"]) for each in parts["a"]] == [("happiness", pytest.approx(0.06))]
    assert parts["b"] == []


def test_who_is_new_who_left_and_what_that_is_worth() -> None:
    before = standing(account("gone", value=500), account("grown"), account("shrunk"), as_of=WEEK_1)
    after = standing(account("here", value=200), account("grown", value=1300), account("shrunk", value=900))
    frame = diff(before, after)
    assert dict(frame.select("account_id", "change").rows()) == {
        "gone": "left",
        "grown": "stayed",
        "here": "new",
        "shrunk": "stayed",
    }
    assert worth(frame) == (200, 500, 300, 100)
    assert {(each.moved_from, each.moved_to): (each.accounts, each.contract_value) for each in crossings(frame)} == {
        (None, "advocates"): (1, 200),
        ("advocates", None): (1, 500),
        ("advocates", "advocates"): (2, 2200),
    }


def test_seen_from_the_later_day_everything_is_mirrored() -> None:
    before = standing(account("u", 80), account("l", happiness=72), account("gone"), as_of=WEEK_1, cuts=(50, 75))
    after = standing(account("u", 20), account("l", happiness=72), account("here"))
    there, back = diff(before, after), diff(after, before)
    assert back["moved_from"].to_list() == there["moved_to"].to_list()
    assert back["moved_because"].to_list() == there["moved_because"].to_list()
    assert back["usage_points"].to_list() == [None if each is None else -each for each in there["usage_points"]]
    assert worth(back) == (worth(there).left, worth(there).new, 0, 0)
