"""Scores and cuts to levels, margins and quadrants. An account is in exactly one place."""

from collections.abc import Sequence

import polars as pl

from csq.place.coverage import axis_gaps
from csq.place.scores import INACTIVE
from csq.report import Cut
from csq.schema import BORDERLINE, collect
from csq.terms import Axis, Evidence, Level, Quadrant, Side, Silence

FIRM_ANSWERS = 3
FIRM_ASKED = 2
"""Two or more asked, and at least half of them answered, is firm too."""


def place_accounts(frame: pl.DataFrame, cuts: Sequence[Cut]) -> pl.DataFrame:
    """Add levels, cuts, margins, borderline, evidence, quadrant, unhappy_side and the reason for unknown.

    Args:
        frame: Has `tier`, both scores (rounded to 4 places), `INACTIVE`, the axes' reasons for being
            unknown, `responses`, `asked`, `silence`.
        cuts: One per axis and tier; an axis without any has no known scores.
    """
    near = [(pl.col(f"{axis}_margin").abs() < BORDERLINE).fill_null(value=False) for axis in Axis]
    return collect(
        frame.lazy()
        .with_columns(_cut(axis, cuts) for axis in Axis)
        .with_columns(
            (pl.col(f"{axis}_score") - pl.col(f"{axis}_cut")).round(4).alias(f"{axis}_margin") for axis in Axis
        )
        .with_columns(_level(axis) for axis in Axis)
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
    """How much stands behind the happiness score."""
    responses, asked = pl.col("responses"), pl.col("asked")
    enough = (responses >= FIRM_ANSWERS) | ((asked >= FIRM_ASKED) & (responses * 2 >= asked)).fill_null(value=False)
    fresh = pl.col("silence").ne_missing(pl.lit(str(Silence.STALE)))
    return (
        pl.when(responses.fill_null(0) == 0)
        .then(pl.lit(str(Evidence.NONE)))
        .when(enough & fresh)
        .then(pl.lit(str(Evidence.FIRM)))
        .otherwise(pl.lit(str(Evidence.THIN)))
    )
