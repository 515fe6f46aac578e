"""Gates: what has to hold before a rescue takes more than an hour, and what is missing of it.

A gate is open when all its needs hold, closed when one of them does not, else unknown. No signal
opens one.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from csq.plan.steps import holds
from csq.plan.texts import told_once
from csq.playbook.model import Need
from csq.terms import Gate, Quadrant

GATE, NEEDS, ASKS = "gate", "_needs", "_asks"


def add_gate(rows: pl.DataFrame, gates: Mapping[Quadrant, Sequence[Need]]) -> pl.DataFrame:
    """Add `gate` and `NEEDS` ("not yet: a good fit; not known: an owner on their side"); null without needs.

    Also `ASKS`, the questions that settle what is not known.

    Args:
        rows: With `quadrant`, and for each need the column that says whether it is there.
        gates: What each quadrant needs.
    """
    gate = missing = asks = pl.lit(None, dtype=pl.String())
    for quadrant, needs in gates.items():
        if needs:
            is_mine = pl.col("quadrant") == str(quadrant)
            gate = pl.when(is_mine).then(_state(needs)).otherwise(gate)
            missing = pl.when(is_mine).then(_missing(needs)).otherwise(missing)
            asks = pl.when(is_mine).then(_asks(needs)).otherwise(asks)
    known = ["quadrant", *(holds(need) for needs in gates.values() for need in needs)]
    return rows.hstack(told_once(rows, {name: name for name in known}, **{GATE: gate, NEEDS: missing, ASKS: asks}))


def _state(needs: Sequence[Need]) -> pl.Expr:
    there = pl.col([holds(need) for need in needs])
    return (
        pl.when(~pl.all_horizontal(there.fill_null(value=True)))
        .then(pl.lit(str(Gate.CLOSED)))
        .when(pl.any_horizontal(there.is_null()))
        .then(pl.lit(str(Gate.UNKNOWN)))
        .otherwise(pl.lit(str(Gate.OPEN)))
    )


def _asks(needs: Sequence[Need]) -> pl.Expr:
    asked = [pl.when(pl.col(holds(need)).is_null()).then(pl.lit(need.ask)) for need in needs if need.ask]
    return pl.concat_str(asked, separator=" ", ignore_nulls=True) if asked else pl.lit(None, dtype=pl.String())


def _missing(needs: Sequence[Need]) -> pl.Expr:
    return pl.concat_str(
        _named("not yet", needs, False), _named("not known", needs, None), separator="; ", ignore_nulls=True
    )


def _named(lead: str, needs: Sequence[Need], verdict: bool | None) -> pl.Expr:
    """The needs on which the verdict is this one, after the lead; null when there are none."""
    names = pl.concat_str(
        (
            pl.when(pl.col(holds(need)).eq_missing(pl.lit(verdict, dtype=pl.Boolean()))).then(pl.lit(need.need))
            for need in needs
        ),
        separator=", ",
        ignore_nulls=True,
    )
    return pl.when(names != "").then(pl.concat_str(pl.lit(f"{lead}: "), names))
