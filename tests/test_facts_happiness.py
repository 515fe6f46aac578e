"""Happiness facts, computed by hand; Wilson ends as they stand in published tables."""

import polars as pl
import pytest

from csq.facts.happiness import wilson
from csq.report import Report
from csq.terms import Role
from tables import AS_OF, by_id, fates, lines, only, run

ASKS = "account_id,email,sent_at,submitted_at,score"


def happy(*rows: str, header: str = ASKS, accounts: str | None = None, settings: str | None = None) -> Report:
    return run(csat=lines(header, *rows), accounts=accounts, as_of=AS_OF, settings=settings, csat_scale=("1-5",))


@pytest.mark.parametrize(("hits", "n", "low", "high"), [(1, 1, 20.7, 100.0), (3, 3, 43.9, 100.0), (8, 10, 49.0, 94.3)])
def test_wilson_ends_are_the_published_ones(hits: int, n: int, low: float, high: float) -> None:
    ends = wilson(pl.lit(hits), pl.lit(n))
    assert [pl.select(end.round(1)).item() for end in ends] == [low, high]


def test_the_latest_answer_of_each_respondent_counts() -> None:
    report = happy(
        "A,x@a.com,2026-01-01,2026-01-02,1", "A,x@a.com,2026-06-01,2026-06-02,4", "A,y@a.com,2026-05-01,2026-05-02,5"
    )
    row = only(report)
    assert (row["responses"], row["csat_mean"], row["csat_min"], row["csat_max"]) == (2, 87.5, 75, 100)
    assert (row["top_box_pct"], row["asked"], row["response_rate_pct"]) == (100, 2, 100)
    assert row["days_since_response"] == 166  # since 2 June
    assert fates(report, "csat.csv") == {"used": 2, "older answer of the same person": 1}


@pytest.mark.parametrize("scores", [(2, 5), (5, 2)])
def test_a_tie_in_time_goes_to_the_lower_score(scores: tuple[int, int]) -> None:
    rows = (f"A,x@a.com,2026-06-01,2026-06-02,{score}" for score in scores)
    assert only(happy(*rows))["csat_mean"] == 25


def test_rows_that_name_nobody_are_one_respondent_each() -> None:
    row = only(happy("A,,2026-06-01,2026-06-02,5", "A,,2026-06-01,2026-06-02,5", "A,,2026-06-01,,"))
    assert (row["responses"], row["asked"]) == (2, 3)
    assert row["response_rate_pct"] == pytest.approx(200 / 3)


def test_an_answer_counts_over_365_days_with_both_ends_included() -> None:
    rows = by_id(
        happy("first,a,2025-11-01,2025-11-16,5", "early,a,2025-11-01,2025-11-15,5", "last,a,2026-11-01,2026-11-15,5")
    )
    assert [rows[key]["responses"] for key in ("first", "early", "last")] == [1, 0, 1]
    assert rows["early"]["unknown_reason"].endswith("happiness: answers_too_old")
    assert (rows["early"]["silence"], rows["early"]["days_since_response"]) == ("stale", 365)


def test_silence_tells_never_asked_from_no_answer_from_long_ago() -> None:
    report = happy(
        "silent,a,2026-06-01,,",
        "old,a,2025-01-01,2025-01-02,5",
        "older,a,2026-05-01,2026-05-18,5",
        "fresh,a,2026-05-01,2026-05-19,5",
        accounts=lines("account_id", "silent", "old", "older", "fresh", "never"),
    )
    rows = by_id(report)
    told = {
        key: (row["silence"], row["missing"][1] if row["happiness_level"] == "unknown" else None)
        for key, row in rows.items()
    }
    assert told == {
        "silent": ("no_answer", "happiness: no_answer"),
        "old": ("stale", "happiness: answers_too_old"),
        "older": ("stale", None),  # 181 days
        "fresh": (None, None),  # 180 days
        "never": ("never_asked", "happiness: never_asked"),
    }
    assert (rows["never"]["asked"], rows["never"]["responses"]) == (0, 0)


def test_when_nobody_answered_at_all_those_asked_are_still_told_from_those_who_were_not() -> None:
    rows = by_id(happy("A,a,2026-06-01,,", "A,b,2026-06-01,,", accounts=lines("account_id", "A", "B")))
    assert [(rows[key]["asked"], rows[key]["silence"]) for key in "AB"] == [(2, "no_answer"), (0, "never_asked")]


def test_an_export_of_answers_alone_does_not_know_who_was_asked() -> None:
    report = happy("A,5", header="account_id,score", accounts=lines("account_id", "A", "B"))
    rows = by_id(report)
    assert (rows["A"]["asked"], rows["A"]["response_rate_pct"]) == (None, None)
    assert (rows["B"]["asked"], rows["B"]["silence"], rows["B"]["missing"][1]) == (None, None, "happiness: not_in_csat")
    assert any("who was asked and stayed silent is not known" in note.text for note in report.notes)


@pytest.mark.parametrize("header", [ASKS, "account_id,email,submitted_at,score"])
def test_a_survey_of_forty_thousand_rows_is_read_as_a_small_one(header: str) -> None:
    """Whether or not the export tells who was asked: every account has two answers of 5, which is 100."""
    sent = ",2026-06-01" if header == ASKS else ""
    rows = (f"A-{number // 2},u{number}{sent},2026-06-02,5" for number in range(40_000))
    told = happy(*rows, header=header).accounts
    assert (told.height, set(told["responses"]), set(told["csat_mean"])) == (20_000, {2}, {100.0})


def test_a_request_that_never_reached_anybody_is_no_ask() -> None:
    report = happy(
        "A,a,bounced,", "A,b,sent,", header="account_id,email,status,score", accounts=lines("account_id", "A")
    )
    assert only(report)["asked"] == 1
    assert fates(report, "csat.csv") == {"used": 1, "request that never reached anybody": 1}


def test_the_top_box_begins_at_75_and_carries_its_wilson_interval() -> None:
    row = only(
        happy(*(f"A,{n},2026-06-01,2026-06-02,{score}" for n, score in enumerate([5, 5, 4, 4, 4, 4, 4, 5, 3, 1])))
    )
    ends = [round(row[name], 1) for name in ("top_box_pct", "top_box_low_pct", "top_box_high_pct")]
    assert ends == [80, 49.0, 94.3]


def test_an_averaged_row_weighs_as_many_answers_as_it_stands_for_and_has_no_top_box() -> None:
    row = only(happy("A,4,3", "A,2,1", header="account_id,score,responses"))
    assert (row["responses"], row["csat_mean"]) == (4, 62.5)  # (3 x 75 + 25) / 4
    assert [row[name] for name in ("top_box_pct", "top_box_low_pct", "top_box_high_pct")] == [None] * 3
    # One more answer of 100 makes (250 + 100) / 5 = 70, which is the cut.
    assert (row["evidence"], row["answers_to_flip"]) == ("thin", 1)


def test_roles_are_told_apart_and_their_gap_is_from_highest_to_lowest() -> None:
    row = only(
        happy(
            *("A,a,Decision Maker,2", "A,b,end user,5", "A,c,End-User,4", "A,d,,3"),
            header="account_id,email,role,score",
        )
    )
    assert row["csat_by_role"] == "decision_maker 25.0 (1); end_user 87.5 (2)"
    assert row["role_gap"] == 62.5
    assert row["csat_mean"] == 62.5  # 25, 100, 75 and 50


@pytest.mark.parametrize(
    ("method", "score"), [("csat_mean", 62.5), ("top_box", 50), ("decision_maker_first", 25), ("lowest_role", 25)]
)
def test_csq_yaml_says_what_the_happiness_score_is_made_of(method: str, score: float) -> None:
    rows = ("A,a,decision maker,2", "A,b,end user,5", "A,c,end user,4", "A,d,,3")
    report = happy(*rows, header="account_id,email,role,score", settings=f"happiness: {method}")
    assert only(report)["happiness_score"] == score


def test_where_no_decision_maker_answered_the_mean_of_all_stands_in() -> None:
    report = happy("A,a,end user,4", header="account_id,email,role,score", settings="happiness: decision_maker_first")
    assert only(report)["happiness_score"] == 75


def test_a_top_box_cannot_be_had_of_averages_and_the_reason_is_given() -> None:
    row = only(happy("A,4,3", header="account_id,score,responses", settings="happiness: top_box"))
    assert (row["happiness_level"], row["missing"][1]) == ("unknown", "happiness: no_usable_metric")


def test_nps_stands_beside_csat_as_a_fact_of_its_own() -> None:
    rows = ("A,a,3,10", "A,b,3,9", "A,c,3,8", "A,d,3,6", "A,e,3,9")
    columns = {Role.CSAT: {"score": "csat (1-5)"}}
    row = only(run(csat=lines("account_id,email,csat (1-5),nps", *rows), columns=columns))
    assert (row["csat_mean"], row["responses"]) == (50, 5)
    assert row["nps"] == 40  # three promoters less one detractor, of five


def test_nps_feeds_the_axis_where_there_is_no_csat() -> None:
    report = run(csat=lines("account_id,email,nps", "A,a,10", "A,b,6"))
    row = only(report)
    assert (row["happiness_score"], row["nps"]) == (80, 0)


def test_the_change_is_against_the_window_before_by_the_same_respondents_rule() -> None:
    row = only(
        happy(
            "A,x,2026-06-01,2026-06-02,5",
            "A,x,2025-01-01,2025-01-02,1",
            "A,x,2025-03-01,2025-03-02,3",
            "A,y,2025-03-01,2025-11-15,2",
            "A,z,2024-11-01,2024-11-15,1",
        )
    )
    assert row["csat_change"] == 62.5  # 100 less the mean of 50 and 25; the last is one day too early


def test_comments_missing_are_counted_only_where_the_export_has_comments() -> None:
    told = only(happy("A,a,5,fine", "A,b,4,", header="account_id,email,score,comment"))
    assert told["comments_missing"] == 1
    assert only(happy("A,a,5", header="account_id,email,score"))["comments_missing"] is None


def test_answers_of_an_export_without_dates_all_count() -> None:
    row = only(run(csat=lines("account_id,email,score", "A,a,5", "A,a,1"), csat_scale=("1-5",)))
    assert (row["responses"], row["csat_mean"], row["days_since_response"], row["silence"]) == (1, 0, None, None)


def test_the_mean_does_not_depend_on_the_order_of_the_rows() -> None:
    scores = ["1.1", "2.3", "4.7", "3.9", "2.2"]
    found = {
        only(happy(*(f"A,{n}" for n in order), header="account_id,score"))["csat_mean"]
        for order in (scores, scores[::-1], sorted(scores))
    }
    assert len(found) == 1
