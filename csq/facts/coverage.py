"""What is not known of each account, most telling first, and how much of it is."""

import polars as pl

LOOKED_FOR = ("contract_value", "seats", "renewal_date", "owner", "start_date")
"""Facts besides the two axes that every account ought to have."""


def coverage_facts(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    """Expressions for `missing` and `coverage_pct`.

    Args:
        frame: Has `usage_unknown`, `happiness_unknown` (a reason, or null when the axis is known) and the
            facts looked for.
    """
    axes = [
        pl.when(pl.col(f"{axis}_unknown").is_not_null()).then(
            pl.format("{}: {}", pl.lit(axis), pl.col(f"{axis}_unknown"))
        )
        for axis in ("usage", "happiness")
    ]
    others = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in LOOKED_FOR if name in frame.columns]
    missing = pl.concat_list(*axes, *others).list.drop_nulls()
    return {"missing": missing, "coverage_pct": (1 - missing.list.len() / (len(axes) + len(others))) * 100}
