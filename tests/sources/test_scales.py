"""What a score means: its scale in figures, shown by enough answers, or named; else a question."""

import polars as pl
import pytest

from csq.sources.roles.scales import (
    UnknownScale,
    codes_in,
    find_scales,
    kind_of,
    parse_scale,
    scale_in_header,
    top_in_header,
)
from csq.terms import Survey


def scales(values, **told):
    return [str(scale) for scale in find_scales(pl.Series(values, dtype=pl.Float64()), **told)]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([1, 2, 5] * 3, ["1-5"]),  # 9 answers, 3 different, both ends among them
        ([1, 5, 5, 5, 5, 5, 3, 4], ["1-5"]),
        ([3, 4, 5] * 7, ["1-5"]),  # 21 answers, 3 different, the top among them
        ([0, 2, 5] * 3, ["0-5"]),
        ([1, 4, 7] * 3, ["1-7"]),
        ([1, 6, 10] * 3, ["1-10"]),
        ([0, 6, 10] * 3, ["0-10"]),
        ([3, 8, 10] * 7, ["1-10", "0-10"]),  # whoever gives neither 0 nor 1 may have been asked for either
        ([88, 100], ["0-100"]),  # nothing else holds them
        ([-50, 100], ["-100-100"]),
    ],
)
def test_enough_answers_show_the_scale(values, found):
    assert scales(values) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([5, 4, 5, 2], ["1-5", "0-5", "1-7", "1-10", "0-10", "0-100"]),
        ([1] * 30, ["0-1", "1-5", "0-5", "1-7", "1-10", "0-10", "0-100"]),
        ([2, 3, 4] * 7, ["1-5", "0-5", "1-7", "1-10", "0-10", "0-100"]),
        ([-1, 0, 1], ["-1-1", "-2-2", "-3-3", "-5-5", "-10-10", "-100-100"]),
    ],
)
def test_too_few_answers_leave_every_scale_that_holds_them(values, found):
    assert scales(values) == found


def test_a_top_leaves_its_two_scales_and_stars_leave_one():
    assert scales([4, 3], top=5) == ["1-5", "0-5"]
    assert scales([4, 0], top=5) == ["0-5"]
    assert scales([4, 3], top=5, is_stars=True) == ["1-5"]
    assert scales([87], top=100) == ["0-100"]


def test_answers_that_no_scale_holds_are_a_question():
    with pytest.raises(UnknownScale):
        scales([45_000, 46_000])


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([4, 5, 1, -99, -77], [-99, -77]),
        ([4, 5, 1, 99, 88], [99, 88]),
        ([4, 5, 1, -1], [-1]),
        ([1, 0, -1], []),  # as well a scale from -1 to 1
        ([5, -5, -3, 4, -2], []),
        ([99, 98], []),
    ],
)
def test_numbers_by_which_tools_say_that_nobody_answered(values, codes):
    series = pl.Series(values, dtype=pl.Float64())
    assert series.filter(codes_in(series)).to_list() == codes


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("NPS", Survey.NPS),
        ("How likely are you to recommend us?", Survey.NPS),
        ("Effort", Survey.CES),
        ("CSAT", Survey.CSAT),
        ("Answer", None),
    ],
)
def test_a_header_tells_the_kind_of_survey(header, kind):
    assert kind_of(header, "score") is kind


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("CSAT (1-5)", "1-5"),
        ("Rating [1 to 4]", "1-4"),
        ("On a scale from 0 to 10, how happy", "0-10"),
        ("CSAT 2026-08", None),
        ("CSAT 3-4", None),
        ("Q1-5", None),
    ],
)
def test_a_header_names_a_scale_only_if_it_is_one(text, scale):
    found = scale_in_header(text, text)
    assert (str(found) if found else None) == scale


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("Rating (out of 5)", 5.0),
        ("Note /10", 10.0),
        ("Bewertung von 5", 5.0),
        ("2 of 3 questions", 3.0),
        ("CSAT", None),
    ],
)
def test_a_header_may_name_the_top_alone(text, top):
    assert top_in_header(text) == top


def test_a_scale_that_is_told_goes_from_the_worst_to_the_best():
    told = ("1-5", "0..10", "-100-100", "1 to 7", "5-1")
    assert [str(parse_scale(text)) for text in told] == ["1-5", "0-10", "-100-100", "1-7", "5-1"]
    for text in ("5", "5-5", "a-b"):
        with pytest.raises(ValueError, match=text):
            parse_scale(text)
