"""Gates: what has to hold before a rescue takes more than an hour, and what is missing of it.

A gate is open when all its needs hold, closed when one of them does not, else unknown. No signal
opens one.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from csq.plan.signals import evaluated
from csq.playbook.conditions import compile_condition
from csq.playbook.model import Need
from csq.schema import Kind
from csq.terms import Gate

GATE, NEEDS = "gate", "_needs"


def add_gate(
    rows: pl.DataFrame, needs: Sequence[Need], known: Mapping[str, Kind], *, are_events_given: bool
) -> pl.DataFrame:
    """Add `gate` and `_needs` ("not yet: good fit; not known: internal owner"); null without needs."""
    if not needs:
        return rows.with_columns(pl.lit(None, dtype=pl.String()).alias(name) for name in (GATE, NEEDS))
    conditions = {str(number): compile_condition(need.when, known) for number, need in enumerate(needs)}
    holds = evaluated(rows, conditions, are_events_given=are_events_given)
    state = (
        pl.when(~pl.all_horizontal(pl.all().fill_null(value=True)))
        .then(pl.lit(str(Gate.CLOSED)))
        .when(pl.any_horizontal(pl.all().is_null()))
        .then(pl.lit(str(Gate.UNKNOWN)))
        .otherwise(pl.lit(str(Gate.OPEN)))
    )
    missing = pl.concat_str(
        _named("not yet", needs, False), _named("not known", needs, None), separator="; ", ignore_nulls=True
    )
    return rows.with_columns(holds.select(state.alias(GATE), missing.alias(NEEDS)))


def _named(lead: str, needs: Sequence[Need], verdict: bool | None) -> pl.Expr:
    """The needs on which the verdict is this one, after the lead; null when there are none."""
    names = pl.concat_str(
        (
            pl.when(pl.col(str(number)).eq_missing(pl.lit(verdict, dtype=pl.Boolean()))).then(pl.lit(need.need))
            for number, need in enumerate(needs)
        ),
        separator=", ",
        ignore_nulls=True,
    )
    return pl.when(names != "").then(pl.concat_str(pl.lit(f"{lead}: "), names))
