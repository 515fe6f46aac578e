"""What customers want to reach, and how far they are against the calendar.

No goals file is not "no goals": without one all of this is unknown. With one, an account that it
does not name has none on record.
"""

from datetime import date

import polars as pl

from csq.facts.members import Context, Members, provable_count
from csq.fate import is_used
from csq.schema import collect, rounded
from csq.sources.rows.typed import RoleRows

SHOWN = {
    "account_id": pl.String(),
    "goal": pl.String(),
    "metric": pl.String(),
    "start": pl.Date(),
    "target_date": pl.Date(),
    "progress_pct": pl.Float64(),
    "expected_pct": pl.Float64(),
    "state": pl.String(),
    "vague": pl.Boolean(),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the goals as they are shown; `expected_pct` is the share of the time gone."""


def goal_facts(rows: RoleRows | None, members: Members) -> Context:
    """Measure the goals of every member.

    Progress against the calendar is linear: at a third of the time, a third of the way, as in planned value of
    earned-value management (ANSI/EIA-748). Of a goal that names no start it is not known how much time is gone.

    Args:
        rows: Goals with state, progress (percent), target_date, start_date, has_metric, target.
        members: The population; without a day nothing is overdue or behind.
    """
    if rows is None:
        return members.without(SHOWN)
    marked = members.mark(rows)
    goals = _judged(marked.filter(is_used()), members.as_of, members.tolerance)
    counted = goals.group_by("account_id").agg(
        goals_open=pl.col("is_open").sum().cast(pl.Int64),
        goals_met=(pl.col("state") == "met").sum().cast(pl.Int64),
        goals_overdue=provable_count(pl.col("overdue")),
        goals_behind=provable_count(pl.col("behind")),
        goals_vague=provable_count(pl.col("vague") & pl.col("is_open")),
        goal_due_days=pl.col("due_days").filter(pl.col("is_open") & (pl.col("due_days") >= 0)).min(),
        has_goals=(pl.col("state") != "dropped").any(),
    )
    counts = ["goals_open", "goals_met", "goals_overdue", "goals_behind", "goals_vague"]
    nobody = pl.col("has_goals").is_null()
    facts = members.with_facts(counted).with_columns(
        *(pl.when(nobody).then(0).otherwise(name).alias(name) for name in counts),
        has_goals=pl.col("has_goals").fill_null(value=False),
    )
    shown = goals.sort("account_id", "target_date", "goal", "file", "line", nulls_last=True).select(*SHOWN)
    return Context(frame=facts, rows=shown, fates=marked)


def _judged(goals: pl.DataFrame, as_of: date | None, tolerance: float) -> pl.DataFrame:
    """Add start, expected_pct, due_days, overdue, behind and vague; `state` tells the last two of an open goal."""
    day = pl.lit(as_of, dtype=pl.Date())
    length = (pl.col("target_date") - pl.col("start")).dt.total_days()
    gone = (day - pl.col("start")).dt.total_days()
    late = pl.col("due_days") < 0
    slow = pl.col("progress_pct") < pl.col("expected_pct") - tolerance
    # What has no date can be neither overdue nor behind: it is vague, which is told apart.
    dated = pl.col("is_open") & pl.col("target_date").is_not_null()
    state = pl.when("overdue").then(pl.lit("overdue")).when("behind").then(pl.lit("behind")).otherwise(pl.col("state"))
    return collect(
        goals.lazy()
        .with_columns(
            is_open=pl.col("state") == "open",
            due_days=(pl.col("target_date") - day).dt.total_days(),
            progress_pct=pl.col("progress"),
            start="start_date",
        )
        .with_columns(
            expected_pct=pl.when(length > 0).then(rounded((gone / length * 100).clip(0, 100))),
            vague=pl.col("target_date").is_null() | (~pl.col("has_metric") & pl.col("target").is_null()),
        )
        .with_columns(overdue=dated & late, behind=dated & ~late & slow)
        .with_columns(state=state)
    )
