"""Surveys whose meaning is known because they are made here: each is read right or asked about, never read wrong."""

from collections.abc import Callable

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csq.errors import InputError
from csq.facts.build import build_facts
from csq.place.scale_choice import settle_scales
from csq.schema import COLUMNS
from csq.settings.model import Settings
from csq.sources.cells.answer_words import WORD_SCALES
from tables import AS_OF, lines, read, run

ACCOUNTS = ("A", "B", "C")
CUT = 70
MANY = settings(max_examples=500, suppress_health_check=list(HealthCheck))
Cell = tuple[str, float]
"""A cell, and what it is worth."""


def figures(low: int, high: int, write: Callable[[int], str], *, upside_down: bool = False) -> list[Cell]:
    worth = {n: 100 * (n - low) / (high - low) for n in range(low, high + 1)}
    return [(write(n), 100 - points if upside_down else points) for n, points in worth.items()]


LABELS = ("very bad", "bad", "neutral", "good", "very good")
SPANS = ((1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (0, 100))
KINDS: dict[str, tuple[str, list[Cell]]] = {
    **{f"figures {low}-{high}": ("score", figures(low, high, str)) for low, high in SPANS},
    **{f"of {high}": ("score", figures(1, high, lambda n, high=high: f"{n}/{high}")) for high in (5, 7, 10)},
    **{f"out of {high}": ("score", figures(0, high, lambda n, high=high: f"{n} out of {high}")) for high in (5, 10)},
    "header": ("Rating (1-6)", figures(1, 6, str)),
    "header top": ("Rating (out of 5)", figures(1, 5, str)),
    "nps": ("nps", figures(0, 10, str)),
    "stars": ("rating", figures(1, 5, lambda n: "★" * n + "☆" * (5 - n))),
    "star words": ("rating", figures(1, 5, lambda n: f"{n} stars")),
    "labelled": ("score", figures(1, 5, lambda n: f"{n} ({LABELS[n - 1]})")),
    "upside down": ("score", figures(1, 5, lambda n: f"{n} - {LABELS[5 - n]}", upside_down=True)),
    "faces": ("rating", [("😡", 0), ("🙁", 25), ("😐", 50), ("🙂", 75), ("😍", 100)]),
    **{
        f"{language}: {scale}": (
            "rating",
            [(word, 100 * place / scale.count(";")) for place, word in enumerate(scale.split("; "))],
        )
        for language, scales in WORD_SCALES.items()
        if language != "any"
        for scale in scales
    },
}
DIRT = ("", "n/a", "-99", "5-Apr", "No response")


@st.composite
def surveys(draw: st.DrawFn) -> tuple[str, list[tuple[str, str, float]], str]:
    """A header, answers (account, cell, worth), and the text of the file."""
    name = draw(st.sampled_from(sorted(KINDS)))
    header, cells = KINDS[name]
    count = draw(st.sampled_from([3, 7, 8, 15, 20, 40]))
    chosen = draw(st.lists(st.sampled_from(cells), min_size=count, max_size=count))
    if count >= 8:  # enough answers show both ends of their scale, and twenty of words each of them
        chosen += [cells[0], cells[-1], *(cells if count >= 20 and len(cells) < 10 else [])]
    shout = draw(st.booleans())
    answers = [(draw(st.sampled_from(ACCOUNTS)), cell.upper() if shout else cell, worth) for cell, worth in chosen]
    dirt = draw(st.lists(st.sampled_from(DIRT), max_size=3))
    rows = [f'{account},"{cell}"' for account, cell, _ in answers] + [f'A,"{cell}"' for cell in dirt]
    return name, answers, lines(f"account_id,{header}", *draw(st.permutations(rows)))


@MANY
@given(surveys())
def test_a_survey_is_read_right_or_asked_about(survey: tuple[str, list[tuple[str, str, float]], str]) -> None:
    _, answers, text = survey
    try:
        tables = read(csat=text)
        facts = build_facts(tables, Settings(), None)
        scales = settle_scales(tables, facts, Settings(), None)
    except InputError:
        return  # asked
    means = dict(facts.frame.select("account_id", "csat_mean").iter_rows())
    for account in {account for account, _, _ in answers}:
        worths = [worth for one, _, worth in answers if one == account]
        mean = sum(worths) / len(worths)
        if all(scale.is_certain for scale in scales):
            assert means[account] is not None
            assert abs(means[account] - mean) < 1e-3
        else:
            assert (means[account] >= CUT) == (round(mean, 4) >= CUT)


SCORES = st.lists(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(["u", "v", ""]), st.integers(0, 10), st.booleans()), min_size=1
)


def _bounds(span: str) -> tuple[float, float] | None:
    """The range that a column declares, `0-100`, `-100-100` or `>= 0`; None where it is none of numbers."""
    if span == ">= 0":
        return 0, float("inf")
    return {"0-100": (0, 100), "-100-100": (-100, 100), ">= -100": (-100, float("inf"))}.get(span)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(SCORES, SCORES)
def test_every_fact_lies_in_the_range_that_its_column_declares(
    nps: list[tuple[str, str, int, bool]], usage: list[tuple[str, str, int, bool]]
) -> None:
    answers = [
        f"{account},{who},{score},2026-{'11' if now else '04'}-0{score % 9 + 1}" for account, who, score, now in nps
    ]
    log = [
        f"{account},2026-{'11' if now else '10'}-1{score % 5},{who},f{score},{score}"
        for account, who, score, now in usage
    ]
    report = run(
        lines("account_id,date,user_id,feature,events", *log),
        lines("account_id,user_id,nps,submitted_at", *answers),
        lines("account_id,arr,seats", "A,100,2", "B,0,", "C,,1"),
        as_of=AS_OF,
    )
    for column in COLUMNS.values():
        values = report.accounts[column.name]
        bounds = _bounds(column.span) if values.dtype.is_numeric() else None
        if bounds:
            outside = (
                values.drop_nulls().cast(pl.Float64).filter(~values.drop_nulls().cast(pl.Float64).is_between(*bounds))
            )
            assert not len(outside), f"{column.name}: {outside.to_list()} is not in {column.span}"
