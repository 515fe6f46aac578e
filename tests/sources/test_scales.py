"""What a score means: its scale in figures or in words, or a question."""

import polars as pl
import pytest

from csq.sources.scales import UnknownScale, kind_of, parse_scale, read_words, scale_in_header, smallest_scale
from csq.terms import Survey


def points(*words: str) -> list[float | None]:
    read = read_words(pl.Series(words, dtype=pl.String()))
    assert read is not None
    return read.points.to_list()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("Good", "Bad"), [100.0, 0.0]),
        (("Good, I'm satisfied", "Bad, I'm not satisfied", "good_with_comment"), [100.0, 0.0, 100.0]),
        (("Very satisfied", "Neither satisfied nor dissatisfied", "Dissatisfied"), [100.0, 50.0, 25.0]),
        (("Very satisfied", "Satisfied", "Somewhat satisfied"), pytest.approx([100.0, 500 / 6, 400 / 6])),
        (("Extremely satisfied", "Somewhat satisfied"), [100.0, 75.0]),
        (("Happy", "Neutral", "Unhappy"), [100.0, 50.0, 0.0]),
        (("Very happy", "Happy"), [100.0, 75.0]),
        (("Excellent", "Good", "Poor"), [100.0, 75.0, 25.0]),
        (("Strongly agree", "Agree", "Strongly disagree"), [100.0, 75.0, 0.0]),
        (("Good", "Bad", "Purple"), [100.0, 0.0, None]),
    ],
)
def test_words_are_put_on_the_smallest_scale_that_holds_them(words, expected):
    assert points(*words) == expected


def test_a_column_that_is_not_in_words_is_left_to_figures():
    assert read_words(pl.Series(["1", "5"])) is None
    assert read_words(pl.Series(["1", "5", "8", "good"])) is None


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ((1, 5), "1-5"),
        ((0, 5), "0-5"),
        ((0, 1), "0-1"),
        ((7, 2), "1-7"),
        ((0, 10), "0-10"),
        ((-100, 100), "-100-100"),
        ((88, 100), "0-100"),
    ],
)
def test_the_smallest_standard_scale_whose_top_occurs_is_taken(values, scale):
    assert str(smallest_scale(pl.Series(values, dtype=pl.Float64()))) == scale


def test_a_scale_whose_top_never_occurs_is_a_question():
    with pytest.raises(UnknownScale) as question:
        smallest_scale(pl.Series([2.0, 4.0]))
    assert "1-5" in question.value.candidates


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("NPS", Survey.NPS),
        ("How likely are you to recommend us?", Survey.NPS),
        ("Effort", Survey.CES),
        ("CSAT", Survey.CSAT),
    ],
)
def test_a_header_tells_the_kind_of_survey(header, kind):
    assert kind_of(header, "score") is kind


@pytest.mark.parametrize(
    ("text", "scale"),
    [("CSAT (1-5)", "1-5"), ("On a scale from 0 to 10, how happy", "0-10"), ("CSAT 2026-08", None), ("CSAT 3-4", None)],
)
def test_a_header_names_a_scale_only_if_it_is_one(text, scale):
    found = scale_in_header(text, text, Survey.CSAT)
    assert (str(found) if found else None) == scale


def test_a_scale_that_is_told_goes_from_low_to_high():
    assert [str(parse_scale(text)) for text in ("1-5", "0..10", "-100-100", "1 to 7")] == [
        "1-5",
        "0-10",
        "-100-100",
        "1-7",
    ]
    for text in ("5-1", "5", "a-b"):
        with pytest.raises(ValueError, match=text):
            parse_scale(text)
