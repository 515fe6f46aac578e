"""Queues: which budget of the week an account draws on, and why it rests where it rests.

The quadrant's queue comes first, then a rest somebody ordered, then the rest rules of the playbook and of the
quadrant, then the gate. A signal that says act lifts an account out of its rest, the happy to be protected and all
others to be rescued. A rest that has a reason is lifted only for a step of the signal's own. Where no step is left to
take, an account rests as well.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.plan.gates import GATE, NEEDS
from csq.plan.steps import holds
from csq.plan.texts import told_once
from csq.playbook.model import QuadrantEntry, Rest
from csq.schema import ORDERED_REST, collect, event_column
from csq.terms import Gate, Level, Quadrant, Queue, Severity

REASON = "_rest_reason"
"""Why an account rests in spite of its quadrant's queue; null where it does not."""
NO_STEP = "no step of the play is left to take now"
IDLE = "_idle"
"""Whether it rests by a rule that holds whatever the quadrant: then no step of the play is for it."""
LABEL, LEADER, VOICE = "_label", "_leader", "_voice"
"""Its quadrant's label; the signal whose step is the next; what that one says, else the loudest of act or watch."""
_FIRST = "_first_rest"
"""The place of the first rest that holds."""
OWN_STEP, LIFTED = "_own_step", "_lifted"
"""Whether the next step is that of an act signal, and whether that signal lifts it out of its rest."""


def add_queue(
    rows: pl.DataFrame, entries: Mapping[Quadrant, QuadrantEntry], everywhere: Sequence[Rest], as_of: date | None
) -> pl.DataFrame:
    """Add `queue`, `look_again`, `REASON` and `IDLE`, before signals speak.

    Args:
        rows: Facts and placement, with the gate, and for each rest the column that says whether its condition holds.
        entries: What the playbook says about each quadrant.
        everywhere: Its reasons to rest whatever the quadrant.
        as_of: The day of the run.
    """
    columns = rows.columns
    always = [_by_rule(rule, columns, as_of) for rule in everywhere]
    idle = pl.any_horizontal(pl.lit(value=False), *(rest.holds.fill_null(value=False) for rest in always))
    rests = [*_ordered(columns, as_of), *always]
    for quadrant, entry in entries.items():
        own = [_by_rule(rule, columns, as_of) for rule in entry.rest]
        rests += [rest._replace(holds=rest.holds & (pl.col("quadrant") == str(quadrant))) for rest in own]
    rests.append(_Resting(pl.col(GATE) == str(Gate.CLOSED), _NEVER, pl.col(NEEDS)))
    # Side by side: one within the other, twice as many take four times as long.
    first = pl.coalesce(pl.when(rest.holds).then(place) for place, rest in enumerate(rests))
    reason = pl.coalesce(pl.when(pl.col(_FIRST) == place).then(rest.reason) for place, rest in enumerate(rests))
    again = pl.coalesce(pl.when(pl.col(_FIRST) == place).then(rest.again) for place, rest in enumerate(rests))
    told = pl.when(pl.col("look_again").is_not_null()).then(
        pl.concat_str(REASON, pl.lit("; look again on "), pl.col("look_again").dt.to_string("%Y-%m-%d"))
    )
    queues = {str(quadrant): str(entry.queue) for quadrant, entry in entries.items()}
    queue = pl.col("quadrant").replace_strict(queues, return_dtype=pl.String())
    return collect(
        rows.lazy()
        .with_columns(first.alias(_FIRST), idle.alias(IDLE))
        .with_columns(reason.alias(REASON), again.alias("look_again"))
        .with_columns(
            pl.when(pl.col(REASON).is_null()).then(queue).otherwise(pl.lit(str(Queue.REST))).alias("queue"),
            pl.coalesce(told, REASON).alias(REASON),
        )
        .drop(_FIRST)
    )


class _Resting(NamedTuple):
    """A rest: whether it holds (null: no), the day to look again, and why."""

    holds: pl.Expr
    again: pl.Expr
    reason: pl.Expr


_NEVER = pl.lit(None, dtype=pl.Date())


def _ordered(columns: Sequence[str], as_of: date | None) -> Sequence[_Resting]:
    """The rest that somebody ordered for an account, while it lasts."""
    if as_of is None or ORDERED_REST not in columns:
        return ()
    until = pl.col(ORDERED_REST)
    return (_Resting(until > as_of, until, pl.lit("put to rest by hand")),)


def _by_rule(rule: Rest, columns: Sequence[str], as_of: date | None) -> _Resting:
    """The rest that the playbook gives."""
    is_at_rest, again = (pl.col(holds(rule)), _NEVER) if rule.when else _after(columns, rule, as_of)
    return _Resting(is_at_rest, again, pl.lit(rule.because))


def _after(columns: Sequence[str], rule: Rest, as_of: date | None) -> tuple[pl.Expr, pl.Expr]:
    """The rest from one event until another: for whom it holds, and when to look again."""

    def days(name: str) -> pl.Expr:
        return pl.col(name).cast(pl.Int64) if name in columns else pl.lit(None, dtype=pl.Int64())

    since = days(event_column(str(rule.after)))
    is_at_rest = since.is_not_null()
    for name in (name for kind in rule.until for name in _facts_of(kind)):
        is_at_rest &= ~(days(name) < since).fill_null(value=False)
    if as_of is None or not rule.again_days:
        return is_at_rest, _NEVER
    # Anchored on the event, so that the day does not move from one run to the next.
    ahead = rule.again_days - since % rule.again_days
    return is_at_rest, pl.lit(as_of) + pl.duration(days=ahead)


def _facts_of(kind: str) -> tuple[str, ...]:
    """The columns that tell how long ago an event was; that of a champion's leaving is also told by the contacts."""
    return (event_column(kind), *(("champion_left_days",) if kind == "champion_left" else ()))


def lifted(rows: pl.DataFrame) -> pl.DataFrame:
    """Take accounts out of their rest for what a signal says.

    Args:
        rows: With `queue`, `severity`, `happiness_level`, `REASON` and `OWN_STEP`.
    """
    happy = pl.col("happiness_level") == str(Level.HIGH)
    to = pl.when(happy).then(pl.lit(str(Queue.PROTECT))).otherwise(pl.lit(str(Queue.RESCUE)))
    has_reason = pl.col(OWN_STEP) | pl.col(REASON).is_null()
    loud = pl.col("severity").eq_missing(pl.lit(str(Severity.ACT)))
    resting = pl.col("queue") == str(Queue.REST)
    is_lifted = resting & loud & has_reason
    return rows.with_columns(
        queue=pl.when(is_lifted).then(to).otherwise("queue"),
        look_again=pl.when(~is_lifted).then("look_again"),
        **{LIFTED: is_lifted},
    )


def idle_at_rest(rows: pl.DataFrame) -> pl.DataFrame:
    """Let accounts rest for which there is no step to take.

    Args:
        rows: With `queue`, `next_step` and `REASON`.
    """
    nothing = (pl.col("queue") != str(Queue.REST)) & pl.col("next_step").is_null()
    return rows.with_columns(
        pl.when(nothing).then(pl.lit(str(Queue.REST))).otherwise("queue").alias("queue"),
        pl.when(nothing).then(pl.lit(NO_STEP)).otherwise(REASON).alias(REASON),
        pl.when(nothing).then(pl.lit(value=False)).otherwise(LIFTED).alias(LIFTED),
    )


_WHY = ("queue", GATE, NEEDS, "usage_level", "happiness_level", REASON, LABEL, VOICE, LIFTED)


def add_why(rows: pl.DataFrame) -> pl.DataFrame:
    """Add `why`: why an account stands in its queue, in a line; reads the columns of `_WHY`."""
    return rows.hstack(told_once(rows, {name: pl.col(name) for name in _WHY}, why=_why()))


def _why() -> pl.Expr:
    stands = pl.format("usage {}, happiness {}", "usage_level", "happiness_level")
    asks = pl.when(pl.col(GATE) == str(Gate.UNKNOWN)).then(pl.col(NEEDS))
    rests = pl.coalesce(REASON, pl.format("{}, which the playbook lets rest: {}", LABEL, stands))
    awake = pl.concat_str(VOICE, asks, stands, separator="; ", ignore_nulls=True)
    out_of_rest = pl.concat_str(
        VOICE, pl.concat_str(pl.lit("without that it would rest: "), REASON), separator="; ", ignore_nulls=True
    )
    return (
        pl.when(pl.col(LIFTED)).then(out_of_rest).when(pl.col("queue") == str(Queue.REST)).then(rests).otherwise(awake)
    )
