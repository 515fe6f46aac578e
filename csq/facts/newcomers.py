"""Whether the top user is new: shown only by a log that knew the account well before that user came."""

from datetime import date

import polars as pl

PROOF_DAYS = (28, 56)
"""The account has to have been active in these days before the user's first event, or the log may just begin there."""
SETTLED_DAYS = 90
"""A first event longer ago than this is told without proof: nobody calls that user new."""


def top_user_newness(top: pl.DataFrame, days: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Days since the top user's first event in the log; null where the log cannot show that there was none before.

    Args:
        top: account_id, first_day of its top user.
        days: account_id, day, events of the whole log.
        as_of: Without it there are no days.

    Returns:
        account_id, top_user_new_days.
    """
    nearest, farthest = PROOF_DAYS
    first = pl.col("first_day")
    span = pl.col("day").is_between(first.dt.offset_by(f"-{farthest}d"), first.dt.offset_by(f"-{nearest}d"))
    proven = days.filter(pl.col("events") > 0).join(top, on="account_id", how="inner").filter(span)
    age = (pl.lit(as_of, dtype=pl.Date()) - first).dt.total_days()
    known = pl.col("account_id").is_in(proven["account_id"].unique().implode()) | (age > SETTLED_DAYS)
    return top.select("account_id", top_user_new_days=pl.when(known).then(age))
