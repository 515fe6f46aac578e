"""What is not known of each account, most telling first, and how much of it is."""

from collections.abc import Mapping, Sequence

import polars as pl

from csq.schema import alike, rounded, unknown_column
from csq.terms import Axis, Unknown

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


_TOGETHER = 60
"""Names that are told apart by the bits of one number."""


def named(masks: Mapping[str, pl.Expr]) -> pl.Expr:
    """The names whose masks hold, in their order: one list for all rows that are alike, which are many."""
    names = [*masks]
    some = [names[first : first + _TOGETHER] for first in range(0, len(names), _TOGETHER)] or [[]]
    parts = [_of_bits(each, [masks[name] for name in each]) for each in some]
    return parts[0] if len(parts) == 1 else pl.concat_list(parts)


def _of_bits(names: Sequence[str], masks: Sequence[pl.Expr]) -> pl.Expr:
    def lists(codes: pl.Series) -> pl.Series:
        alike = codes.unique().sort()
        told = [[name for place, name in enumerate(names) if code >> place & 1] for code in alike]
        return pl.Series(told, dtype=pl.List(pl.String())).gather(alike.search_sorted(codes))

    bits = (mask.fill_null(value=False).cast(pl.UInt64()) * 2**place for place, mask in enumerate(masks))
    return pl.sum_horizontal(pl.lit(0, pl.UInt64()), *bits).map_batches(lists, return_dtype=pl.List(pl.String()))


def axis_gaps() -> list[pl.Expr]:
    """For each axis that is not known `usage: not_in_usage` and the like, from our own columns; null otherwise."""
    reasons = {axis: pl.col(unknown_column(axis)) for axis in Axis}
    return [pl.when(reason.is_not_null()).then(pl.format(f"{axis}: {{}}", reason)) for axis, reason in reasons.items()]


def coverage_pct() -> pl.Expr:
    """The share that is known of all that is looked for."""
    others = _others().values()
    gaps = pl.sum_horizontal(*(pl.col(unknown_column(axis)).is_not_null() for axis in Axis), *others)
    return rounded((1 - gaps / (len(Axis) + len(others))) * 100)


def unknowns() -> dict[str, pl.Expr]:
    """For each name in `missing`, most telling first, whether it is not known."""
    axes = {f"{axis}: {why}": pl.col(unknown_column(axis)) == str(why) for axis in Axis for why in Unknown}
    return axes | _others()


def add_missing(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `missing`, the list of what is not known of each account: a literal where it is the same for all."""
    unknown = unknowns()
    held = frame.select(mask.fill_null(value=False).alias(name) for name, mask in unknown.items())
    if not held.height or len(alike(held)) < held.width:
        return frame.with_columns(missing=named(unknown))
    some = [name for name, is_held in held.row(0, named=True).items() if is_held]
    return frame.with_columns(missing=pl.lit(some, dtype=pl.List(pl.String())))


def _others() -> dict[str, pl.Expr]:
    known = {name: pl.col(name).is_not_null() for name in LOOKED_FOR} | CONTEXT_LOOKED_FOR
    return {name: ~there.fill_null(value=False) for name, there in known.items()}
