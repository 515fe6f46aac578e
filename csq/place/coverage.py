"""What is not known of each account, most telling first, and how much of it is."""

import polars as pl

from csq.schema import rounded, unknown_column
from csq.terms import Axis

LOOKED_FOR = ("contract_value", "seats", "renewal_date", "owner", "start_date")
"""Facts besides the two axes that every account ought to have."""
CONTEXT_LOOKED_FOR = {
    "goals": pl.col("has_goals"),
    "champion": pl.col("has_champion"),
    "decision_maker": pl.col("decision_makers") > 0,
    "fit": pl.col("fit").is_not_null(),
    "north_star": pl.col("north_star").is_not_null(),
    "last_contact": pl.col("last_contact_date").is_not_null(),
    "outcome": pl.col("last_outcome").is_not_null(),
}
"""What else one ought to know of every account, and when it is known: that there is nobody is a gap as well."""


def axis_gaps() -> list[pl.Expr]:
    """For each axis that is not known `usage: not_in_usage` and the like, from our own columns; null otherwise."""
    reasons = {axis: pl.col(unknown_column(axis)) for axis in Axis}
    return [pl.when(reason.is_not_null()).then(pl.format(f"{axis}: {{}}", reason)) for axis, reason in reasons.items()]


def coverage_facts() -> dict[str, pl.Expr]:
    """Expressions for `missing` and `coverage_pct`, over a frame with the axes' reasons and the facts looked for."""
    known = {name: pl.col(name).is_not_null() for name in LOOKED_FOR} | CONTEXT_LOOKED_FOR
    others = [pl.when(~there.fill_null(value=False)).then(pl.lit(name)) for name, there in known.items()]
    looked_for = [*axis_gaps(), *others]
    missing = pl.concat_list(looked_for).list.drop_nulls()
    return {"missing": missing, "coverage_pct": rounded((1 - missing.list.len() / len(looked_for)) * 100)}
