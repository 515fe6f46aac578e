"""How honest a survey can be: who stayed silent, how the answers spread, who moves the mean."""

from datetime import date

import polars as pl

from csq.schema import collect
from csq.sources.roles.score import SIDE

LOW, TOP_BOX = 25.0, 75.0
"""Answers at or below the one, on 0-100, are low, at or above the other in the top box; the rest are the middle. Those
to an NPS question have sides of their own: 0-6, 9-10 and 7-8."""
EXTREME = 10.0
"""An answer this near to an end of the scale is at it."""
FEW = 3
"""Under so many answers nothing can be said about their spread."""
ASKED_DAYS = 90
"""How far back requests are counted: a quarter."""
DECISION_MAKER_ANSWERS, LOWEST_ROLE_ANSWERS = "_decision_maker_answers", "_lowest_role_answers"
"""Columns of our own: answers behind decision_maker_mean and lowest_role_mean."""
COUNTED = ("account_id", "respondent", "role", "answer", SIDE, "responses", "comment", "at", "file", "line")
"""Columns of the answers that count which their facts are made of."""
SHOWN = {
    "account_id": pl.String(),
    "respondent": pl.String(),
    "role": pl.String(),
    "answer": pl.Float64(),
    "answered_on": pl.Date(),
    "comment": pl.String(),
    "pull": pl.Float64(),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the answers as they are shown."""


def is_low() -> pl.Expr:
    """Whether an answer is low; reads answer (0-100) and, of NPS, its side."""
    return pl.coalesce(pl.col(SIDE) < 0, pl.col("answer") <= LOW)


def is_high() -> pl.Expr:
    """Whether an answer is in the top box; reads what `is_low` does."""
    return pl.coalesce(pl.col(SIDE) > 0, pl.col("answer") >= TOP_BOX)


def spread_facts(counted: pl.LazyFrame, *, has_comments: bool) -> pl.LazyFrame:
    """Shares of low and middle answers, and those without a comment, by account.

    Args:
        counted: The answers that count: account_id, answer (0-100), side, comment, responses (n of an average).
        has_comments: Whether any has a comment; without, the export may have left them out.
    """
    answer = pl.col("answer")
    single = (pl.col("responses").fill_null(1) <= 1).all()

    def share(mask: pl.Expr) -> pl.Expr:
        return pl.when(single).then(mask.sum() / pl.len() * 100)

    ends = answer <= EXTREME, answer >= 100 - EXTREME
    missing = share(pl.col("comment").is_null()) if has_comments else pl.lit(None, dtype=pl.Float64())
    return counted.group_by("account_id").agg(
        answers_low_pct=share(is_low()),
        answers_middle_pct=share(~is_low() & ~is_high()),
        extremes_only=pl.when(single & (pl.len() >= FEW)).then(
            (ends[0] | ends[1]).all() & ends[0].any() & ends[1].any()
        ),
        comments_missing_pct=missing,
    )


def ask_facts(rows: pl.LazyFrame, as_of: date | None) -> pl.LazyFrame:
    """Most requests that one person was sent in the last quarter, by account; a row exported twice is one request.

    Args:
        rows: Every request and answer: account_id, respondent, asked, sent_at (Datetime, null or absent) and at.
        as_of: Last day of the quarter; without it there is none.
    """
    sent = pl.coalesce("sent_at", "at") if "sent_at" in rows.collect_schema() else pl.col("at")
    age = (pl.lit(as_of, dtype=pl.Date()) - sent.dt.date()).dt.total_days()
    recent = rows.filter(pl.col("asked") & pl.col("respondent").is_not_null() & age.is_between(0, ASKED_DAYS - 1))
    each = recent.group_by("account_id", "respondent").agg(asks=sent.dt.date().n_unique())
    return each.group_by("account_id").agg(surveys_per_person=pl.col("asks").max().cast(pl.Int64))


def answers(counted: pl.DataFrame) -> pl.DataFrame:
    """The answers that count, each with its pull: by how many points it moves its account's mean.

    The pull is the mean less the mean of the others (leave one out; Cook 1977, Technometrics 19:15-18); unknown for
    an only answer.
    """
    n = pl.col("responses").fill_null(1).clip(1)
    total = (pl.col("answer") * 1_000_000).round().cast(pl.Int64) * n
    others = pl.col("n_all") - n
    order = ["account_id", "role", "respondent", "answered_on", "file", "line"]
    return collect(
        counted.lazy()
        .with_columns(
            answered_on=pl.col("at").dt.date(), total=total.sum().over("account_id"), n_all=n.sum().over("account_id")
        )
        .with_columns(
            pull=(pl.col("total") / pl.col("n_all") - (pl.col("total") - total) / pl.when(others > 0).then(others))
            / 1e6
        )
        .sort(order, nulls_last=True)
        .select(*SHOWN)
    )


def role_facts(roles: pl.LazyFrame) -> pl.LazyFrame:
    """The roles at either end, by account; at a tie the first in the alphabet.

    Args:
        roles: account_id, role, mean, n; sorted by account_id and role.
    """
    lowest, highest = pl.col("mean").arg_min(), pl.col("mean").arg_max()
    few, many = pl.col("n").get(lowest), pl.col("n").get(highest)
    answers = (
        pl.when((few == 1) & (many == 1)).then(pl.lit("one each")).otherwise(pl.format("{} and {} answers", few, many))
    )
    return roles.group_by("account_id", maintain_order=True).agg(
        lowest_role=pl.col("role").get(lowest),
        highest_role=pl.col("role").get(highest),
        highest_role_mean=pl.col("mean").max(),
        role_gap_answers=pl.when(pl.len() > 1).then(answers),
        **{LOWEST_ROLE_ANSWERS: few},
    )
