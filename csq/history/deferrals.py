"""How often a step was planned and not done, and the decision that it asks for the third time."""

from datetime import date

import polars as pl

from csq.pipeline import Triage
from csq.plan.prescribe import steps_by_id
from csq.plan.steps import settled_columns
from csq.planned import week_of, week_of_days
from csq.schema import collect
from csq.terms import Queue

DECIDE = 3
"""Weeks after which a step is no longer put off in silence."""


def times_deferred(places: pl.DataFrame, found: Triage) -> pl.DataFrame:
    """Weeks before this one in which an account had the step of today to do, and did not: account_id, times_deferred.

    They count from the day on which it was done last. Steps that a machine takes are not put off by anybody, and a week
    that was filled in afterwards was planned by nobody. The places are columns `store.PLACES`; the run has a day.
    """
    day = found.as_of.day
    mine = found.accounts.select("account_id", "step_id", "human", since=_days_since_done(found))
    planned = (pl.col("queue") != str(Queue.REST)) & pl.col("this_week").fill_null(value=True)
    earlier = places.filter(planned, ~pl.col("is_filled"), pl.col("step_id").is_not_null())
    week = week_of_days(pl.col("as_of"))
    days_ago = (pl.lit(day) - pl.col("as_of")).dt.total_days()
    weeks = collect(
        earlier.lazy()
        .select("account_id", "step_id", "as_of", week=week)
        .filter(pl.col("week") < week_of(day or date.min))
        .join(mine.lazy().filter("human"), on=["account_id", "step_id"])
        .filter(days_ago < pl.col("since").fill_null(10**6))
        .group_by("account_id")
        .agg(times_deferred=pl.col("week").n_unique().cast(pl.Int64))
    )
    told = mine.join(weeks, on="account_id", how="left", maintain_order="left")
    has_step = pl.col("step_id").is_not_null() & pl.col("human")
    return told.select("account_id", pl.when(has_step).then(pl.col("times_deferred").fill_null(0)))


def _days_since_done(found: Triage) -> pl.Expr:
    """Days since the next step of an account was done or dropped last; null where it never was."""
    steps, columns = steps_by_id(found.playbook.playbook), found.accounts.columns
    since = [pl.lit(None, dtype=pl.Int64())]
    for name in found.accounts["step_id"].drop_nulls().unique().sort():
        told = [each for each in settled_columns(steps[name]) if each in columns] if name in steps else []
        if told:
            since.append(pl.when(pl.col("step_id") == name).then(pl.min_horizontal(told)))
    return pl.coalesce(since)


def asking(accounts: pl.DataFrame, deferred: pl.DataFrame) -> pl.DataFrame:
    """The accounts with `times_deferred`, which is told of the same ones in the same order.

    A step that was put off too often asks for a decision, in every output.
    """
    told = accounts.with_columns(deferred["times_deferred"])
    times = pl.col("times_deferred").cast(pl.String)
    asked = {
        "next_step": "Put off {} times: do it, hand it over, or drop it with a reason. {}",
        "step_short": "Put off {} times, do, hand over or drop: {}",
    }
    return told.with_columns(
        pl.when(pl.col("times_deferred") >= DECIDE).then(pl.format(text, times, name)).otherwise(name).alias(name)
        for name, text in asked.items()
    )
