"""Usage tables with a row for each user: how many of them were active.

Of a table of periods, those who did anything in the window; of a table of users, those who were last there in it.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from csq.engine.base import UsageWindows
from csq.sources.usage import METRIC
from csq.terms import Grain, MetricKind

ACTIVE_USERS = "active_users"
"""The metric that is counted from the rows."""
WAS_ACTIVE = "_was_active"
"""Column that says whether the user of a row was active, as far as the row tells."""


def with_active(
    rows: pl.DataFrame, kinds: Mapping[str, MetricKind], grain: Grain | None, as_of: date | None, days: int
) -> pl.DataFrame:
    """The rows, each with whether its user was active; the same where rows are no users'.

    Args:
        rows: Rows of a table.
        kinds: Its metrics.
        grain: What a row stands for, but for its user.
        as_of: Last day of the window.
        days: Length of the window.
    """
    if "user_id" not in rows.columns:
        return rows
    counts = [pl.col(METRIC + name) > 0 for name, kind in kinds.items() if kind in AMOUNTS]
    active = pl.any_horizontal(counts).fill_null(value=False) if counts else pl.lit(value=True)
    if grain is Grain.ACCOUNT and "last_active_date" in rows.columns:
        now = UsageWindows(as_of, days).now.holds(pl.col("last_active_date")) if as_of else pl.lit(value=False)
        active = now.fill_null(value=False)
    elif grain is Grain.ACCOUNT and "active" in rows.columns:
        active = pl.col("active").fill_null(value=False)
    return rows.with_columns(active.alias(WAS_ACTIVE))


AMOUNTS = (MetricKind.COUNT, MetricKind.RUNNING)
"""Kinds of metrics that are more than zero where something was done."""


def count_active() -> pl.Expr:
    """How many users of some rows were active; null where something was done and no row says by whom."""
    active = pl.col(WAS_ACTIVE)
    users = pl.col("user_id").filter(active).drop_nulls().n_unique()
    return pl.when((users > 0) | ~active.any()).then(users.cast(pl.Float64))
