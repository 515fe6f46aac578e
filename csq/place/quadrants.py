"""Scores and cuts to levels, margins and quadrants. An account is in exactly one place."""

from collections.abc import Sequence

import polars as pl

from csq.place.coverage import axis_gaps
from csq.place.scores import INACTIVE
from csq.report import Cut
from csq.schema import BORDERLINE, PLACES, collect, rounded
from csq.terms import Axis, Evidence, Level, Quadrant, Side, Silence

FIRM_ANSWERS, FIRM_FLIPS = 3, 2
"""Least answers of firm evidence, and least further ones that it takes to move the account across the cut."""
SCORE_ANSWERS = "_score_answers"
"""Column of our own: the answers that the happiness score is a mean of."""


def place_accounts(frame: pl.DataFrame, cuts: Sequence[Cut]) -> pl.DataFrame:
    """Add levels, cuts, margins, borderline, evidence, quadrant, unhappy_side and the reason for unknown.

    Args:
        frame: Has `tier`, both scores (rounded to 4 places), `INACTIVE`, the axes' reasons for being
            unknown, `responses`, `SCORE_ANSWERS`, `silence`.
        cuts: One per axis and tier; an axis without any has no known scores.
    """
    near = [(pl.col(f"{axis}_margin").abs() < BORDERLINE).fill_null(value=False) for axis in Axis]
    return collect(
        frame.lazy()
        .with_columns(_cut(axis, cuts) for axis in Axis)
        .with_columns(rounded(pl.col(f"{axis}_score") - pl.col(f"{axis}_cut")).alias(f"{axis}_margin") for axis in Axis)
        .with_columns(_level(axis) for axis in Axis)
        .pipe(add_answers_to_flip)
        .with_columns(
            borderline=pl.any_horizontal(near),
            evidence=evidence(),
            quadrant=quadrant(),
            unhappy_side=unhappy_side(),
            unknown_reason=pl.concat_str(axis_gaps(), separator="; ", ignore_nulls=True).replace("", None),
        )
    )


def _cut(axis: Axis, cuts: Sequence[Cut]) -> pl.Expr:
    """The cut of the account's tier."""
    at = {cut.tier: cut.at for cut in cuts if cut.axis is axis}
    return pl.col("tier").replace_strict(at, default=None, return_dtype=pl.Float64()).alias(f"{axis}_cut")


def _level(axis: Axis) -> pl.Expr:
    """The side of the cut. At the cut is high; doing nothing is low even where the cut is zero."""
    margin = pl.col(f"{axis}_margin")
    high = margin >= 0
    if axis is Axis.USAGE:
        high &= ~pl.col(INACTIVE).fill_null(value=False)
    level = pl.when(margin.is_null()).then(pl.lit(str(Level.UNKNOWN))).when(high).then(pl.lit(str(Level.HIGH)))
    return level.otherwise(pl.lit(str(Level.LOW))).alias(f"{axis}_level")


def quadrant() -> pl.Expr:
    """The quadrant of the two levels."""
    usage, happiness = pl.col("usage_level"), pl.col("happiness_level")
    high, unknown = str(Level.HIGH), str(Level.UNKNOWN)
    return (
        pl.when((usage == unknown) | (happiness == unknown))
        .then(pl.lit(str(Quadrant.UNKNOWN)))
        .when((usage == high) & (happiness == high))
        .then(pl.lit(str(Quadrant.ADVOCATES)))
        .when(usage == high)
        .then(pl.lit(str(Quadrant.FRUSTRATED)))
        .when(happiness == high)
        .then(pl.lit(str(Quadrant.UNDERUSERS)))
        .otherwise(pl.lit(str(Quadrant.AT_RISK)))
    )


def add_answers_to_flip(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add how many further answers at the other end of the scale would move an account across the happiness cut.

    The least number that does it once the mean is rounded as scores are; null without answers, and where no number
    does it, the cut being that end. With n answers of mean s, the sum is s x n, so that k answers of 100 reach a cut c
    from below by k >= n (c - s) / (100 - c), and k answers of 0 fall under it from above by k > n (s - c) / c; the
    numbers about that are tried.
    """
    mean, n, cut, end = pl.col("happiness_score"), pl.col(SCORE_ANSWERS), pl.col("happiness_cut"), pl.col("_end")
    # What lies under the cut by less than half of the last place is rounded to it.
    line = cut - 0.5 / 10**PLACES
    about = (n * (mean - line).abs() / pl.when(cut != end).then((line - end).abs())).floor().cast(pl.Int64)

    def crosses(more: pl.Expr) -> pl.Expr:
        then = rounded((mean * n + end * more) / (n + more))
        return (then < cut) == (end == 0)

    tried = [(pl.col("_about") + step).clip(1) for step in range(-1, 3)]
    return (
        # Columns of their own, since an expression is worked out wherever it stands.
        rows.with_columns(_end=pl.when(pl.col("happiness_level") == str(Level.HIGH)).then(0.0).otherwise(100.0))
        .with_columns(_about=about)
        .with_columns(answers_to_flip=pl.coalesce(pl.when(crosses(more)).then(more) for more in tried))
        .drop("_end", "_about")
    )


def unhappy_side() -> pl.Expr:
    """Who is under the happiness cut where decision makers and users stand on different sides of it; else null."""
    makers, users = (pl.col(name) >= pl.col("happiness_cut") for name in ("decision_maker_mean", "users_mean"))
    return (
        pl.when(makers & ~users)
        .then(pl.lit(str(Side.USERS)))
        .when(users & ~makers)
        .then(pl.lit(str(Side.DECISION_MAKERS)))
    )


def evidence() -> pl.Expr:
    """How much stands behind the happiness score: by what one more answer could change."""
    responses = pl.col("responses")
    # Where the cut is an end of the scale no number of answers crosses it.
    steady = pl.col("answers_to_flip").fill_null(FIRM_FLIPS) >= FIRM_FLIPS
    enough = (responses >= FIRM_ANSWERS) & steady & pl.col("happiness_score").is_not_null()
    fresh = pl.col("silence").ne_missing(pl.lit(str(Silence.STALE)))
    return (
        pl.when(responses.fill_null(0) == 0)
        .then(pl.lit(str(Evidence.NONE)))
        .when(enough & fresh)
        .then(pl.lit(str(Evidence.FIRM)))
        .otherwise(pl.lit(str(Evidence.THIN)))
    )
