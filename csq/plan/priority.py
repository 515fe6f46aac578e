"""What an account's turn is worth: contract value x quadrant weight x urgency x signal: weighted money, an index.

The rank follows this figure alone. Each factor is a column, so that a rank can be redone by hand. All factors stand in
playbooks.yaml.
"""

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from csq.playbook.model import Playbook, Urgency
from csq.schema import alike, collect, rounded
from csq.terms import Quadrant, Queue, Severity

VALUE, WEIGHT, URGENCY, SIGNAL = "priority_value", "priority_weight", "priority_urgency", "priority_signal"
TOGETHER = 8
"""Columns that are sorted together, each by a thread of its own."""


def add_priority(frame: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add the four factors, `priority` and `value_assumed`.

    Args:
        frame: Has `contract_value` (Decimal or null), `quadrant`, `days_to_deadline`, `renewal_overdue_days` and
            `severity` (the loudest signal's, or null).
        playbook: Weights and urgency.
    """
    weights = {str(quadrant): playbook.entry(quadrant).weight for quadrant in Quadrant}
    signals = playbook.signal_weights
    by_severity = {str(Severity.ACT): signals.act, str(Severity.WATCH): signals.watch, str(Severity.INFO): signals.info}
    stand_in = stand_in_value(frame["contract_value"])
    value = pl.col("contract_value").cast(pl.Float64).fill_null(stand_in)
    factors = (
        value.alias(VALUE),
        pl.col("contract_value").is_null().alias("value_assumed"),
        pl.col("quadrant").replace_strict(weights, return_dtype=pl.Float64()).alias(WEIGHT),
        urgency(playbook.urgency).alias(URGENCY),
        pl.col("severity").replace_strict(by_severity, default=signals.info, return_dtype=pl.Float64()).alias(SIGNAL),
    )
    product = pl.col(VALUE) * pl.col(WEIGHT) * pl.col(URGENCY) * pl.col(SIGNAL)
    # To cents, a half to the even one, whatever floats made of the half.
    cents = rounded(product * 100).round()
    return collect(frame.lazy().with_columns(*factors).with_columns((cents / 100).alias("priority")))


def stand_in_value(values: pl.Series) -> float:
    """What an unknown contract value counts as: the lowest known positive one; 1 where none is known."""
    lowest = values.filter(values > 0).min()
    return float(lowest) if isinstance(lowest, Decimal) else 1.0


def urgency(bands: Sequence[Urgency]) -> pl.Expr:
    """The factor of the first band that the days to the deadline fall in, past ones included; 1 beyond or unknown.

    A renewal that is overdue takes the highest there is.
    """
    ends = (pl.when(pl.col("days_to_deadline") <= band.within_days).then(band.factor) for band in bands)
    factor = pl.coalesce(*ends, 1.0)
    highest = max((1.0, *(band.factor for band in bands)))
    return pl.when(pl.col("renewal_overdue_days") > 0).then(pl.lit(highest)).otherwise(factor)


def add_rank(frame: pl.DataFrame) -> pl.DataFrame:
    """Sort by the order of work and number it: by priority, then account_id; rest last.

    Args:
        frame: Has `queue`, `priority`, `account_id`. It is sorted where it lies, for to sort all of its columns
            together takes as much memory again as they do.
    """
    is_resting = (pl.col("queue") == str(Queue.REST)).alias("is_resting")
    order = frame.select(pl.arg_sort_by(is_resting, -pl.col("priority"), "account_id")).to_series()
    same = {*alike(frame)}
    several = [place for place, name in enumerate(frame.columns) if name not in same]
    for first in range(0, len(several), TOGETHER):
        group = several[first : first + TOGETHER]
        ranked = pl.DataFrame([frame.to_series(place) for place in group])[order]
        for place, column in zip(group, ranked.iter_columns(), strict=True):
            frame.replace_column(place, column)
    return frame.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
