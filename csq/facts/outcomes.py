"""What the customer decided about the contract: the newest outcome, and what it did to the value.

No row is not "all well": an account that no outcome is on record of may have left, for all that is known.
"""

import polars as pl

from csq.facts.members import Context, Members
from csq.fate import is_used
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, Outcome

SHOWN = {
    "account_id": pl.String(),
    "date": pl.Date(),
    "outcome": pl.String(),
    "days": pl.Int64(),
    "value_after": pl.Decimal(38, 2),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the outcomes as they are shown."""


def outcome_facts(rows: RoleRows | None, members: Members) -> Context:
    """Find the newest outcome of every member: last_outcome, last_outcome_days and outcome_value_change_pct.

    Also contraction_days, since an outcome by which they pay less: one that says so, or whose value is lower than the
    one before.

    What happened on one day is one decision, told by the most telling of its outcomes, then by the lowest value.

    Args:
        rows: Outcomes with date, outcome (a `terms.Outcome`), value_after (money per year).
        members: The population. Later outcomes are set aside.
    """
    if rows is None:
        return members.without(SHOWN)
    day = pl.lit(members.as_of, dtype=pl.Date())
    marked = members.mark(rows, {Aside.AFTER_AS_OF: pl.col("date") > day})
    telling = pl.col("outcome").cast(pl.Enum([str(outcome) for outcome in Outcome]))
    outcomes = (
        marked.filter(is_used())
        .with_columns(days=(day - pl.col("date")).dt.total_days())
        .sort(
            "account_id",
            "date",
            telling,
            "value_after",
            "file",
            "line",
            descending=[False, True, False, False, False, False],
            nulls_last=True,
        )
    )
    # A value of nought is a cell that nobody filled in as often as a contract without a price: it proves no change.
    value = pl.col("value_after").replace(0, None).cast(pl.Float64)
    decided = outcomes.unique(["account_id", "date"], keep="first", maintain_order=True)
    after, before = value.first(), value.get(1, null_on_oob=True)
    less = (value < value.shift(-1).over("account_id")).fill_null(value=False)
    decided = decided.with_columns(less=less | (pl.col("outcome") == str(Outcome.CONTRACTED)))
    facts = decided.group_by("account_id", maintain_order=True).agg(
        last_outcome=pl.col("outcome").first(),
        last_outcome_days=pl.col("days").first(),
        outcome_value_change_pct=(after - before) / before * 100,
        contraction_days=pl.col("days").filter("less").min(),
    )
    return Context(frame=members.with_facts(facts), rows=outcomes.select(*SHOWN), fates=marked)
