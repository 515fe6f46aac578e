"""Tiers, scores, cuts, quadrants: where an account stands, by hand."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from csq.errors import ConfigError, UsageError
from csq.place.coverage import named
from csq.place.pinned import pinned_lines
from csq.place.quadrants import SCORE_ANSWERS, evidence, place_accounts
from csq.place.scores import INACTIVE, working_days
from csq.place.thresholds import take_cuts, weighted_median
from csq.place.tiers import MOST, assign_tiers, thirds
from csq.report import Cut
from csq.settings.model import CutRule, Tiers
from csq.terms import Axis
from csq.validation import model_of
from tables import AS_OF, by_id, lines, run


def money(*values: float | None) -> pl.Series:
    cents = [None if value is None else Decimal(str(value)) for value in values]
    return pl.Series("contract_value", cents, dtype=pl.Decimal(38, 2))


def tiers_of(values: pl.Series, tiers: Tiers | None = None, **columns: Sequence[object]) -> list[str]:
    return assign_tiers(pl.DataFrame({"contract_value": values, **columns}), tiers)[0].to_list()


# tiers


def test_thirty_valued_accounts_make_thirds_and_fewer_make_one_tier() -> None:
    assert tiers_of(money(*range(1, 30), None)) == ["all"] * 29 + ["unvalued"]
    assert tiers_of(money(*range(1, 31), None)) == ["small"] * 10 + ["mid"] * 10 + ["large"] * 10 + ["unvalued"]


def test_equal_values_share_a_tier() -> None:
    # In order: ten at 5, then twenty at 7. Both ends of the upper thirds fall on 7: no account is in between.
    assert tiers_of(money(*[5] * 10, *[7] * 20)) == ["small"] * 10 + ["large"] * 20
    assert thirds(money(*[5] * 30)) == {"large": Decimal(5), "small": Decimal(0)}


def test_bands_begin_at_their_value_and_what_is_below_them_all_is_other() -> None:
    bands = model_of(Tiers).model_validate({"bands": {"core": "100", "top": "1000.50"}})
    assert tiers_of(money(99.99, 100, 1000.49, 1000.5, None), bands) == ["other", "core", "core", "top", "unvalued"]
    assert list(assign_tiers(pl.DataFrame({"contract_value": money(1)}), bands)[1]) == ["top", "core"]


def test_a_column_names_the_tiers_and_one_that_is_not_there_is_an_error() -> None:
    told = model_of(Tiers).model_validate({"column": "edition"})
    assert tiers_of(money(1, 2), told, edition=["Pro", None]) == ["Pro", "other"]
    with pytest.raises(UsageError, match="`tiers: column: edition` is no column"):
        tiers_of(money(1), told)


def test_more_tiers_than_accounts_can_be_compared_within_are_refused_and_so_many_bands_are_not() -> None:
    names = [f"T{number:,}" for number in range(MOST + 1)]
    told = model_of(Tiers).model_validate({"column": "edition"})
    assert len(set(tiers_of(money(*[1] * MOST), told, edition=names[1:]))) == MOST
    with pytest.raises(ConfigError, match="1,001 tiers of 1,001 accounts: csq compares within up to 1,000"):
        tiers_of(money(*[1] * len(names)), told, edition=names)
    bands = model_of(Tiers).model_validate({"bands": {name: str(place) for place, name in enumerate(names)}})
    assert tiers_of(money(-1, 0, 999.99, 1000, None), bands) == ["other", "T0", "T999", "T1,000", "unvalued"]


# cuts


def scored(
    scores: Sequence[float | None], tier: Sequence[str] | str = "all", **columns: Sequence[object]
) -> pl.DataFrame:
    n = len(scores)
    return pl.DataFrame(
        {
            "usage_score": pl.Series(scores, dtype=pl.Float64),
            "tier": [tier] * n if isinstance(tier, str) else tier,
            "is_new": columns.get("is_new", [False] * n),
            "contract_value": money(*columns.get("value", [1] * n)),  # type: ignore[arg-type]
        }
    )


def cuts(frame: pl.DataFrame, rule: object) -> list[tuple[str, float, str, int, str | None]]:
    taken = take_cuts(frame, Axis.USAGE, model_of(CutRule).model_validate(rule))
    return [(cut.tier, cut.at, cut.method, cut.scored, cut.note) for cut in taken]


def test_a_median_is_taken_within_the_tier_over_the_accounts_that_have_a_score() -> None:
    frame = scored([*range(10), *range(50, 60), None], ["a"] * 10 + ["b"] * 11)
    assert cuts(frame, "median") == [("a", 4.5, "median", 10, None), ("b", 54.5, "median", 10, None)]


def test_under_ten_scored_accounts_take_the_cut_over_all_and_say_so() -> None:
    frame = scored([*range(10), *range(50, 59)], ["a"] * 10 + ["b"] * 9)
    note = "taken over all accounts, since 9 in the tier are too few"
    assert cuts(frame, "median") == [("a", 4.5, "median", 10, None), ("b", 9, "median", 19, note)]


def test_few_accounts_in_one_tier_are_all_accounts_and_nothing_is_noted() -> None:
    assert cuts(scored([10, 20, 40]), "median") == [("all", 20, "median", 3, None)]


def test_within_all_gives_every_tier_one_cut() -> None:
    frame = scored([*range(10), *range(50, 60)], ["a"] * 10 + ["b"] * 10)
    rule = {"method": "median", "within": "all"}
    assert cuts(frame, rule) == [("a", 29.5, "median", 20, None), ("b", 29.5, "median", 20, None)]


def test_a_quantile_lies_between_its_neighbours() -> None:
    assert cuts(scored([0, 10, 20, 30, 40]), "q75") == [("all", 30, "q75", 5, None)]
    assert cuts(scored([0, 10]), "q25") == [("all", 2.5, "q25", 2, None)]


def test_a_weighted_median_has_half_of_the_contract_value_below() -> None:
    rule = "weighted_median"
    assert cuts(scored([10, 20, 30], value=[1, 1, 5]), rule)[0][1] == 30
    assert cuts(scored([10, 20, 30], value=[1, 1, 2]), rule)[0][1] == 25  # exactly half below: between the two
    assert cuts(scored([10, 20, 90], value=[0.01, 0.02, None]), rule)[0][1] == 20
    assert weighted_median(pl.Series([1.0]), money(0)) is None


def test_without_contract_value_a_weighted_median_is_the_median_and_says_so() -> None:
    note = "the median, since no contract value is known to weigh by"
    assert cuts(scored([10, 20, 60], value=[None] * 3), "weighted_median") == [("all", 20, "median", 3, note)]


def test_a_number_is_the_cut_and_a_tier_that_none_is_told_for_is_cut_as_all_are() -> None:
    frame = scored([1, 2], ["a", "b"])
    assert cuts(frame, "55") == [("a", 55, "number", 2, None), ("b", 55, "number", 2, None)]
    assert cuts(frame, {"at": {"a": 10, "all": 20}}) == [("a", 10, "number", 1, None), ("b", 20, "number", 1, None)]
    note = "taken over all accounts, since none is pinned for it"
    assert cuts(frame, {"at": {"a": 10}}) == [("a", 10, "number", 1, None), ("b", 1.5, "median", 2, note)]


def test_new_accounts_have_no_say_in_a_cut_unless_there_are_no_others() -> None:
    assert cuts(scored([10, 20, 90], is_new=[False, False, True]), "median") == [("all", 15, "median", 2, None)]
    note = "taken over new accounts, since there are no others"
    assert cuts(scored([10, 20], is_new=[True, True]), "median") == [("all", 15, "median", 2, note)]


def test_where_nothing_is_scored_there_is_no_cut() -> None:
    assert cuts(scored([None, None]), "median") == []


# quadrants


def placed(
    usage: float | None, happiness: float | None, *, at: tuple[float, float] = (50, 70), **facts: Any
) -> dict[str, Any]:
    frame = pl.DataFrame(
        {
            "tier": ["all"],
            "usage_score": [usage],
            "happiness_score": [happiness],
            "_usage_unknown": ["not_in_usage" if usage is None else None],
            "_happiness_unknown": ["no_answer" if happiness is None else None],
            INACTIVE: [facts.get("inactive", False)],
            "responses": [facts.get("responses", 3)],
            SCORE_ANSWERS: [facts.get("responses", 3)],
            "silence": [facts.get("silence")],
            "decision_maker_mean": [facts.get("decision_maker_mean")],
            "users_mean": [facts.get("users_mean")],
        },
        schema_overrides={
            **dict.fromkeys(
                ("usage_score", "happiness_score", "decision_maker_mean", "users_mean"),
                pl.Float64,
            ),
            **dict.fromkeys(("_usage_unknown", "_happiness_unknown", "silence"), pl.String),
            **dict.fromkeys(("responses", SCORE_ANSWERS), pl.Int64),
        },
    )
    taken = [Cut(axis=axis, tier="all", at=cut, method="number", scored=1) for axis, cut in zip(Axis, at, strict=True)]
    return place_accounts(frame, taken).row(0, named=True)


@pytest.mark.parametrize(
    ("usage", "happiness", "quadrant"),
    [
        (50, 70, "advocates"),
        (50, 69.9999, "frustrated"),
        (49.9999, 70, "underusers"),
        (49.9999, 69.9999, "at_risk"),
        (None, 70, "unknown"),
        (50, None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_at_the_cut_is_high_on_either_axis(usage: float | None, happiness: float | None, quadrant: str) -> None:
    assert placed(usage, happiness)["quadrant"] == quadrant


def test_unknown_keeps_the_level_of_the_axis_that_is_known_and_gives_the_reason() -> None:
    row = placed(None, 90)
    assert (row["usage_level"], row["happiness_level"]) == ("unknown", "high")
    assert (row["unknown_reason"], row["usage_margin"], row["happiness_margin"]) == ("usage: not_in_usage", None, 20)
    assert placed(None, None)["unknown_reason"] == "usage: not_in_usage; happiness: no_answer"
    assert placed(60, 90)["unknown_reason"] is None


def test_no_activity_is_low_even_where_the_cut_is_zero() -> None:
    assert placed(0, 90, at=(0, 70), inactive=True)["quadrant"] == "underusers"
    assert placed(0, 90, at=(0, 70), inactive=False)["quadrant"] == "advocates"


@pytest.mark.parametrize(
    ("usage", "happiness", "borderline"),
    [
        (55, 75, False),
        (54.9999, 75, True),
        (45, 65, False),
        (45.0001, 65, True),
        (55, 74.9999, True),
        (None, 65.5, True),
        (None, None, False),
    ],
)
def test_borderline_is_strictly_less_than_five_points_from_a_cut(
    usage: float | None, happiness: float | None, borderline: bool
) -> None:
    assert placed(usage, happiness)["borderline"] is borderline


@pytest.mark.parametrize(
    ("responses", "flip", "silence", "expected"),
    [
        (0, None, "no_answer", "none"),
        (0, None, None, "none"),
        (3, 2, None, "firm"),
        (3, 1, None, "thin"),
        (3, None, None, "firm"),  # the cut is an end of the scale, so that no number of answers crosses it
        (2, 9, None, "thin"),
        (9, 9, "stale", "thin"),
    ],
)
def test_evidence_is_firm_with_three_answers_and_two_to_flip_unless_stale(
    responses: int, flip: int | None, silence: str | None, expected: str
) -> None:
    frame = pl.DataFrame(
        {"responses": [responses], "answers_to_flip": [flip], "silence": [silence], "happiness_score": [80.0]},
        schema_overrides={"responses": pl.Int64, "answers_to_flip": pl.Int64, "silence": pl.String},
    )
    assert frame.select(evidence()).item() == expected


# scores


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(date(2026, 10, 19), AS_OF, 20), (AS_OF, AS_OF, 0), (date(2026, 11, 13), date(2026, 11, 16), 2)],
)
def test_working_days_are_mondays_to_fridays(first: date, last: date, days: int) -> None:
    assert working_days(first, last) == days


def test_the_usage_score_is_the_mean_of_its_parts_each_against_its_own_yardstick() -> None:
    log = lines(
        "account_id,date,user_id,feature,events",
        "A,2026-11-09,u,f,30",
        "A,2026-11-10,v,g,10",
        "B,2026-11-09,w,f,8",
        "C,2026-11-09,x,f,2",
        "C,2026-11-10,y,h,2",
        "C,2026-11-11,z,k,2",
    )
    report = run(log, accounts=lines("account_id,seats", "A,4", "B,2", "C,2"), as_of=AS_OF)
    rows = by_id(report)
    parts = ("seat_use", "breadth", "active_days", "volume")
    # Events per seat 10, 4 and 3: their 75th percentile is 7. Twenty working days, four features.
    assert [rows["A"][f"usage_part_{part}"] for part in parts] == [50, 50, 10, 100]
    assert [rows["B"][f"usage_part_{part}"] for part in parts] == pytest.approx([50, 25, 5, 400 / 7])
    assert [rows["C"][f"usage_part_{part}"] for part in parts] == pytest.approx([100, 75, 15, 300 / 7])
    assert rows["C"]["seat_use_pct"] == 150
    assert rows["A"]["usage_score"] == 52.5
    assert rows["B"]["usage_score"] == 34.2857
    assert rows["C"]["usage_score"] == 58.2143
    assert "    volume: {unvalued: 7}\n" in report.pinned


def test_weights_of_csq_yaml_weigh_the_parts_and_nought_leaves_one_out() -> None:
    log = lines("account_id,date,user_id", "A,2026-11-09,u", "A,2026-11-10,u")
    report = run(
        log, accounts=lines("account_id,seats", "A,4"), settings="weights: {seat_use: 3, volume: 0}", as_of=AS_OF
    )
    assert by_id(report)["A"]["usage_score"] == 21.25  # (3 x 25 + 10) / 4


def test_a_new_account_is_measured_by_its_own_days_and_is_no_yardstick() -> None:
    log = lines(
        "account_id,date,events", "new,2026-11-12,90", "new,2026-11-13,10", "old,2026-11-09,100", "o2,2026-11-09,40"
    )
    accounts = lines("account_id,seats,start_date", "new,10,2026-11-12", "old,10,2026-08-17", "o2,10,")
    report = run(log, accounts=accounts, as_of=AS_OF)
    rows = by_id(report)
    assert [rows[key]["is_new"] for key in ("new", "old", "o2")] == [True, False, None]
    # Settled amounts per seat 10 and 4: the yardstick is 8.5. In 4 of 28 days 10 a seat are 70 in a whole window.
    assert [rows[key]["usage_part_volume"] for key in ("new", "old")] == [100, 100]
    assert rows["o2"]["usage_part_volume"] == pytest.approx(400 / 8.5)
    assert rows["new"]["usage_part_active_days"] == 100  # Thursday and Friday, of two working days
    assert [cut.scored for cut in report.cuts if cut.axis == "usage"] == [2]


def test_a_new_account_is_measured_by_its_own_days_in_a_period_table_too() -> None:
    table = lines(
        "account_id,month,logins", "new,2026-10-01,2", "old,2026-10-01,31", "o2,2026-10-01,31", "old,2026-09-01,1"
    )
    accounts = lines("account_id,seats,start_date", "new,1,2026-10-30", "old,1,", "o2,1,")
    rows = by_id(run(table, accounts=accounts, as_of=AS_OF))
    assert rows["new"]["usage_part_logins"] == 100  # two in two days, where the yardstick is one a day


@pytest.mark.parametrize(
    ("used", "is_said"),
    [
        ("2025-11-14", True),  # 364 days before 13 November 2026: used long before October
        ("2026-09-20", False),  # a pilot, weeks before the contract began
    ],
)
def test_a_start_date_that_use_a_year_ago_speaks_against_is_said(used: str, is_said: bool) -> None:
    """Exports often have the start of the current contract, and then old customers pass for new ones."""
    log = lines("account_id,date,events", "C,2025-09-01,1", f"A,{used},5", "A,2026-11-13,5", "B,2026-11-13,5")
    accounts = lines("account_id,start_date", "A,2026-10-01", "B,2026-10-01")
    told = [note.text for note in run(log, accounts=accounts, as_of=AS_OF).notes if "new by `start_date`" in note.text]
    assert [text.split(" new ")[0] for text in told] == (["1 account is"] if is_said else [])


def test_without_seats_amounts_are_compared_account_by_account_and_it_is_said() -> None:
    report = run(lines("account_id,date,events", "A,2026-11-09,100", "B,2026-11-09,40"), as_of=AS_OF)
    assert by_id(report)["B"]["usage_part_volume"] == pytest.approx(40 / 85 * 100)
    assert any("not per seat" in note.text for note in report.notes)


def test_an_account_with_no_part_to_be_scored_by_is_unknown_with_the_reason() -> None:
    report = run(lines("account_id,logins", "A,8", "B,8"), accounts=lines("account_id,seats", "A,4", "B,"))
    row = by_id(report)["B"]
    assert (row["usage_level"], row["unknown_reason"].split("; ")[0]) == ("unknown", "usage: no_usable_metric")
    assert any(gap.reason == "usage: no_usable_metric" and gap.accounts == 1 for gap in report.gaps)


# pinned


def test_pinned_lines_are_yaml_with_the_numbers_as_they_were_used() -> None:
    taken = [
        Cut(axis=Axis.USAGE, tier="large", at=74.739, method="median", scored=10),
        Cut(axis=Axis.USAGE, tier="Pro: 2", at=5, method="median", scored=10),
        Cut(axis=Axis.HAPPINESS, tier="large", at=70, method="number", scored=10),
        Cut(axis=Axis.HAPPINESS, tier="Pro: 2", at=70, method="number", scored=10),
    ]
    bands = {"large": Decimal("46000.00"), "small": Decimal("0.50")}
    assert pinned_lines(bands, taken, {"volume": {"large": 142.4306418}}) == (
        "tiers:\n"
        "  bands: {large: 46000, small: 0.5}\n"
        "thresholds:\n"
        '  usage: {at: {large: 74.739, "Pro: 2": 5}}\n'
        "  happiness: {at: 70}\n"
        "  references:\n"
        "    volume: {large: 142.4306418}\n"
    )


def test_pasting_the_pinned_lines_gives_the_same_placement_to_the_byte(csq: Any, sample_data: Path) -> None:
    first = csq("triage", sample_data, "-f", "json", "-q", "--fields", "usage_cut,happiness_cut,unknown_reason")
    Path("csq.yaml").write_text(json.loads(first.stdout)["pinned"], encoding="utf-8")
    second = csq("triage", sample_data, "-f", "json", "-q", "--fields", "usage_cut,happiness_cut,unknown_reason")
    assert (first.code, second.code) == (0, 0)
    one, two = (json.loads(result.stdout) for result in (first, second))
    assert json.dumps(one["accounts"]) == json.dumps(two["accounts"])
    assert (one["tiers"], one["totals"], one["pinned"]) == (two["tiers"], two["totals"], two["pinned"])
    assert [(cut["tier"], cut["at"]) for cut in one["cuts"]] == [(cut["tier"], cut["at"]) for cut in two["cuts"]]


def test_pinned_cuts_hold_when_the_neighbours_move() -> None:
    quiet = lines("account_id,logins", *(f"A{n},{n}" for n in range(12)))
    loud = lines("account_id,logins", *(f"A{n},{n if n == 6 else n * 50}" for n in range(12)))
    first = run(quiet)
    assert by_id(first)["A6"]["usage_level"] == "high"
    assert by_id(run(loud))["A6"]["usage_level"] == "low"
    pinned = by_id(run(loud, settings=first.pinned))["A6"]
    assert (pinned["usage_level"], pinned["usage_score"]) == ("high", by_id(first)["A6"]["usage_score"])


@pytest.mark.parametrize("count", [0, 1, 59, 60, 61, 130])
def test_names_are_listed_in_their_order_however_many_there_are(count: int) -> None:
    """Of the names of odd numbers the first row has all, of those of even numbers the second; the third has none."""
    rows = pl.DataFrame({"row": [1, 0, None]})
    masks = {f"n{number}": pl.col("row") == number % 2 for number in range(count)}
    listed = rows.lazy().select(each=named(masks), row="row").collect()["each"].to_list()
    assert [each or [] for each in listed] == [
        [f"n{number}" for number in range(1, count, 2)],
        [f"n{number}" for number in range(0, count, 2)],
        [],
    ]
