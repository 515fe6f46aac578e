"""What the customer decided about the contract: the newest outcome, and what it did to the value.

No row is not "all well": an account that no outcome is on record of may have left, for all that is known.
"""

from collections.abc import Iterator

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
ONE_DECISION = ("account_id", "date")
"""What the rows of one decision share."""


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
    outcomes = in_order(marked.filter(is_used()).with_columns(days=(day - pl.col("date")).dt.total_days()))
    # A value of nought is a cell that nobody filled in as often as a contract without a price: it proves no change.
    value = pl.col("value_after").replace(0, None).cast(pl.Float64)
    decided = outcomes.unique(ONE_DECISION, keep="first", maintain_order=True)
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


def in_order(used: pl.DataFrame) -> pl.DataFrame:
    """The outcomes by account, the newest first, and of one day the one that counts before the others."""
    telling = pl.col("outcome").cast(pl.Enum([str(outcome) for outcome in Outcome]))
    order = (*ONE_DECISION, telling, "value_after", "file", "line")
    return used.sort(*order, descending=[False, True, False, False, False, False], nulls_last=True)


def disputes(used: pl.DataFrame) -> Iterator[str]:
    """What is to be said of decisions that rows tell in ways that do not go together.

    Whoever renews may take more or less on the same day. Nobody leaves and stays, or has one outcome at two values.
    """
    if used.is_empty():
        return
    outcome, value = pl.col("outcome"), pl.col("value_after")
    has = {each: (outcome == str(each)).any() for each in Outcome}
    left_and_stayed = has[Outcome.CHURNED] & (outcome.n_unique() > 1)
    known = value > 0  # nought is a cell that nobody filled in
    two_values = pl.struct(outcome, value).filter(known).n_unique() > outcome.filter(known).n_unique()
    differ = left_and_stayed | (has[Outcome.CONTRACTED] & has[Outcome.EXPANDED]) | two_values
    told = used.sort("file", "line").group_by(ONE_DECISION, maintain_order=True).agg("file", "line", differ=differ)
    disputed = told.filter("differ")
    if disputed.is_empty():
        return
    files, lines = disputed.select("file", "line").row(0)
    where = f"line {lines[0]:,} of `{files[0]}` and line {lines[1]:,} of `{files[1]}`"
    if files[0] == files[1]:
        where = f"lines {lines[0]:,} and {lines[1]:,} of `{files[0]}`"
    times = disputed.height - 1
    more = f", and {times:,} time{'s' * (times > 1)} more" if times else ""
    yield (
        f"outcomes of one account on one day do not go together, in {where}{more}: the gravest counts, then the "
        "lowest value; take out what is wrong"
    )
