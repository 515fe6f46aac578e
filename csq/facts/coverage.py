"""What is not known of each account, most telling first, and how much of it is."""

import polars as pl

LOOKED_FOR = ("contract_value", "seats", "renewal_date", "owner", "start_date")
"""Facts besides the two axes that every account ought to have."""
CONTEXT_LOOKED_FOR = {
    "goals": pl.col("has_goals"),
    "champion": pl.col("has_champion"),
    "decision_maker": pl.col("decision_makers") > 0,
    "fit": pl.col("fit").is_not_null(),
    "north_star": pl.col("north_star").is_not_null(),
    "last_contact": pl.col("last_contact_date").is_not_null(),
}
"""What else one ought to know of every account, and when it is known: that there is nobody is a gap as well."""


def coverage_facts(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    """Expressions for `missing` and `coverage_pct`.

    Args:
        frame: Has `usage_unknown`, `happiness_unknown` (a reason, or null when the axis is known) and the
            facts looked for, those of context included.
    """
    axes = [
        pl.when(pl.col(f"{axis}_unknown").is_not_null()).then(
            pl.format("{}: {}", pl.lit(axis), pl.col(f"{axis}_unknown"))
        )
        for axis in ("usage", "happiness")
    ]
    others = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in LOOKED_FOR if name in frame.columns]
    others += [pl.when(~known.fill_null(value=False)).then(pl.lit(name)) for name, known in CONTEXT_LOOKED_FOR.items()]
    missing = pl.concat_list(*axes, *others).list.drop_nulls()
    return {"missing": missing, "coverage_pct": (1 - missing.list.len() / (len(axes) + len(others))) * 100}
