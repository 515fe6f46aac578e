"""Usage tables with a row for each user or feature: how many users were active, how many features in use.

Of a table of periods, those with anything done in the window; of a table of users, those who were last there in it.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from csq.engine.base import UsageWindows
from csq.sources.columns.everyday import is_one_of
from csq.sources.columns.metrics import AMOUNTS, Metric
from csq.sources.rows.measures import METRIC
from csq.terms import Grain, MetricKind

ACTIVE_USERS, FEATURES_USED = "active_users", "features_used"
"""The metrics that are counted from the rows."""
WAS_ACTIVE = "_was_active"
"""Column that says whether the user, or the feature, of a row was active, as far as the row tells."""
IS_TELLING = "_is_telling"
"""Column that says whether the feature of a row is more than a login."""


def with_active(
    rows: pl.DataFrame, metrics: Mapping[str, Metric], grain: Grain | None, as_of: date | None, days: int
) -> pl.DataFrame:
    """The rows, each with whether its user or feature was active; the same where rows are neither's.

    Args:
        rows: Rows of a table.
        metrics: Its metrics.
        grain: What a row stands for, but for its user and feature.
        as_of: Last day of the window.
        days: Length of the window.
    """
    if not {"user_id", "feature"} & {*rows.columns}:
        return rows
    counts = [pl.col(METRIC + name) > 0 for name, metric in metrics.items() if metric.kind in AMOUNTS]
    active = pl.any_horizontal(counts).fill_null(value=False) if counts else pl.lit(value=True)
    if grain is Grain.ACCOUNT and "last_active_date" in rows.columns:
        now = UsageWindows(as_of, days).now.holds(pl.col("last_active_date")) if as_of else pl.lit(value=False)
        active = now.fill_null(value=False)
    elif grain is Grain.ACCOUNT and "active" in rows.columns:
        active = pl.col("active").fill_null(value=False)
    return rows.with_columns(active.alias(WAS_ACTIVE))


def count_active() -> pl.Expr:
    """How many users of some rows were active; null where something was done and no row says by whom."""
    active = pl.col(WAS_ACTIVE)
    users = pl.col("user_id").filter(active).drop_nulls().n_unique()
    return pl.when((users > 0) | ~active.any()).then(users.cast(pl.Float64))


def without_everyday(
    rows: pl.DataFrame, metrics: Mapping[str, Metric], everyday: frozenset[str]
) -> tuple[pl.DataFrame, dict[str, Metric]]:
    """The rows and metrics, logins and the like counting for nothing but users and days; features are a metric, too.

    Where a table holds nothing else they count like any other.
    """
    if "feature" not in rows.columns:
        return rows, dict(metrics)
    is_everyday = is_one_of(everyday)
    known = pl.Series([name for name in rows["feature"].unique().sort() if name and is_everyday(name)], dtype=pl.String)
    rows = rows.with_columns((~pl.col("feature").is_in(known.implode())).alias(IS_TELLING))
    if not rows[IS_TELLING].any():
        rows = rows.with_columns(pl.lit(value=True).alias(IS_TELLING))
    counts = [METRIC + name for name, metric in metrics.items() if metric.kind is MetricKind.COUNT]
    rows = rows.with_columns(pl.when(IS_TELLING).then(name).otherwise(0.0).alias(name) for name in counts)
    return rows, {**metrics, FEATURES_USED: Metric(MetricKind.COUNT, is_per_seat=False)}


def count_features() -> pl.Expr:
    """How many features of some rows were in use, but for those that everybody's use begins with."""
    features = pl.col("feature").filter(pl.col(WAS_ACTIVE) & pl.col(IS_TELLING))
    return features.drop_nulls().n_unique().cast(pl.Float64)
