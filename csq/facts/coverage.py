"""What is not known of each account, most telling first, and how much of it is."""

import polars as pl

from csq.terms import Axis

LOOKED_FOR = ("contract_value", "seats", "renewal_date", "owner", "start_date")
"""Facts besides the two axes that every account ought to have."""


def axis_gaps() -> list[pl.Expr]:
    """For each axis that is not known `usage: not_in_usage` and the like, from `_<axis>_unknown`; null otherwise."""
    reasons = {axis: pl.col(f"_{axis}_unknown") for axis in Axis}
    return [pl.when(reason.is_not_null()).then(pl.format(f"{axis}: {{}}", reason)) for axis, reason in reasons.items()]


def coverage_facts() -> dict[str, pl.Expr]:
    """Expressions for `missing` and `coverage_pct`, over a frame with the axes' reasons and the facts looked for."""
    looked_for = [*axis_gaps(), *(pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in LOOKED_FOR)]
    missing = pl.concat_list(looked_for).list.drop_nulls()
    return {"missing": missing, "coverage_pct": (1 - missing.list.len() / len(looked_for)) * 100}
