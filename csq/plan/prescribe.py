"""The playbook applied: each account's play, queue and next step, its risks, and its place in the order of work.

The next step is that of the first signal that leads and has one to take; else, while the gate is unknown, the
qualifying step; else the first of the quadrant's play that applies, is not done and not blocked by a signal that holds.
A signal that says act may lift an account out of its rest; one that says less leads no account that rests. None moves
an account to another quadrant or opens a gate.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.plan.gates import GATE, add_gate
from csq.plan.priority import add_priority, add_rank
from csq.plan.queues import IDLE, LABEL, LEADER, OWN_STEP, VOICE, add_queue, idle_at_rest, lifted, why
from csq.plan.signals import Judged, reading
from csq.plan.steps import PERSON, STEP, Blockers, blockers, facts_for, first_steps, general, printed, risk_notes
from csq.plan.touch import add_person
from csq.playbook.model import Playbook, QuadrantEntry, Rest, Signal
from csq.playbook.names import names
from csq.playbook.text import fill
from csq.report import QuadrantPlay
from csq.schema import PLAN, Kind, collect, complete
from csq.terms import Gate, Quadrant, Queue, Severity


class _Asking(NamedTuple):
    """What conditions are judged by."""

    known: Mapping[str, Kind]
    blocking: Blockers
    rest: Sequence[Rest]
    """Reasons to rest whatever the quadrant."""
    as_of: date | None
    are_events_given: bool


def prescribe(
    frame: pl.DataFrame, playbook: Playbook, judged: Judged, *, as_of: date | None, are_events_given: bool
) -> pl.DataFrame:
    """Add `schema.PLAN` to placed accounts, but for what hangs on the hours; rows come back sorted by rank.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked, so its conditions and texts are known to be good.
        judged: What the signals say of these accounts.
        as_of: The day of the run; without one nothing is to be looked at again on a day.
        are_events_given: Whether no event on record means that none is known to have been.
    """
    asking = _Asking(
        known=names(playbook.custom),
        blocking=blockers(playbook.signals),
        rest=playbook.rest,
        as_of=as_of,
        are_events_given=are_events_given,
    )
    told = judged.told.rename({"loudest": "severity"})
    rows = add_person(frame.join(told, on="account_id", how="left", maintain_order="left"), playbook)
    by_quadrant = rows.partition_by("quadrant", as_dict=True)
    parts = [
        _quadrant(by_quadrant[str(quadrant),], playbook.entry(quadrant), asking)
        for quadrant in playbook.order
        if (str(quadrant),) in by_quadrant
    ] or [_quadrant(rows, playbook.entry(playbook.order[0]), asking)]
    planned = _with_signals(pl.concat(parts), playbook.signals, judged.fired, asking)
    voiced = _with_voices(idle_at_rest(lifted(planned)), playbook.signals, judged.fired)
    ranked = add_rank(add_priority(voiced.with_columns(why=why()), playbook))
    return complete(ranked, PLAN)[[*frame.columns, *(column.name for column in PLAN)]]


def _quadrant(rows: pl.DataFrame, entry: QuadrantEntry, asking: _Asking) -> pl.DataFrame:
    """Play, gate, queue, next step and risks for the accounts of one quadrant."""
    gated = add_gate(rows, entry.gate, asking.known, are_events_given=asking.are_events_given)
    queued = add_queue(gated, entry, asking.rest, asking.known, asking.as_of, are_events_given=asking.are_events_given)
    steps = first_steps(rows, entry.play.steps, asking.known, asking.blocking)
    if entry.qualify:
        asked = first_steps(rows, [entry.qualify], asking.known, asking.blocking)
        is_unknown = pl.lit(gated[GATE]) == str(Gate.UNKNOWN)
        steps = steps.select(pl.when(is_unknown).then(asked[name]).otherwise(name).alias(name) for name in STEP)
    steps = steps.select(pl.when(~pl.lit(queued[IDLE])).then(name).alias(name) for name in STEP)
    return queued.with_columns(
        pl.lit(entry.play.headline).alias("play"),
        pl.lit(entry.label).alias(LABEL),
        *steps.get_columns(),
        risk_notes(rows, entry.risks, asking.known),
    )


def _with_signals(
    rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame, asking: _Asking
) -> pl.DataFrame:
    """Let signals speak: their risks before those of the quadrant, the step of one that leads before the play's.

    Adds `OWN_STEP` and `LEADER`.
    """
    texts = list(_spoken(rows, signals, fired, asking))
    if not texts:
        return rows.with_columns(pl.lit(value=False).alias(OWN_STEP), pl.lit(None, dtype=pl.String()).alias(LEADER))
    # In the order in which each account's signals are told, so that the loudest speaks first.
    has_step = pl.col("own").struct.field("next_step").is_not_null()
    says_act = pl.col("own").struct.field("acts")
    leads = has_step & (says_act | (pl.col("queue") != str(Queue.REST)))
    own = (
        fired.lazy()
        .join(pl.concat(texts).lazy(), on=["account_id", "signal"], how="left", maintain_order="left")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("own").filter(has_step).first(), pl.col("own_risks").explode().drop_nulls())
    )
    return collect(
        rows.lazy()
        .join(own, on="account_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(leads).then(pl.col("own").struct.field("leader")).alias(LEADER),
            (has_step & says_act).fill_null(value=False).alias(OWN_STEP),
        )
        .with_columns(
            *(
                pl.when(pl.col(LEADER).is_not_null()).then(pl.col("own").struct.field(name)).otherwise(name).alias(name)
                for name in STEP
            ),
            risks=pl.concat_list(pl.col("own_risks").fill_null([]), "risks").list.unique(maintain_order=True),
        )
    )


def _spoken(
    rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame, asking: _Asking
) -> Iterator[pl.DataFrame]:
    """For each signal that holds for anybody and has any: its step where it leads, and its risks."""
    told = set(fired["signal"].unique())
    for name, signal in signals.items():
        leading = [q for q in Quadrant if signal.leads(reading(signal, q)[0])]
        if name not in told or not (signal.risks or (signal.steps and leading)):
            continue
        on = rows.join(fired.filter(pl.col("signal") == name), on="account_id", how="semi", maintain_order="left")
        acting = on["quadrant"].is_in([q for q in leading if reading(signal, q)[0] is Severity.ACT])
        may = on.with_columns(pl.col(PERSON) | pl.lit(acting))
        steps = first_steps(may, signal.steps, asking.known, asking.blocking).select(
            *(pl.when(on["quadrant"].is_in(leading)).then(each).alias(each) for each in STEP),
            acting.alias("acts"),
            pl.lit(name).alias("leader"),
        )
        yield on.select("account_id").with_columns(
            pl.lit(name).alias("signal"),
            steps.to_struct("own"),
            risk_notes(on, signal.risks, asking.known).alias("own_risks"),
        )


def _with_voices(rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame) -> pl.DataFrame:
    """Add `VOICE`: what the signal says that leads, else the loudest, where it says act or watch."""
    loud = fired.unique("account_id", keep="first", maintain_order=True).filter(
        pl.col("severity") != str(Severity.INFO)
    )
    heard = rows.join(
        loud.select("account_id", "signal"), on="account_id", how="left", maintain_order="left"
    ).with_columns(signal=pl.coalesce(LEADER, "signal"))
    texts = [
        None if name is None else reading(signals[name], quadrant)[1]
        for name, quadrant in heard.select("signal", "quadrant").iter_rows()
    ]
    facts = facts_for(heard, {text for text in texts if text})
    filled = [text and fill(text, row) for text, row in zip(texts, facts, strict=True)]
    return rows.with_columns(pl.Series(VOICE, filled, pl.String()))


def done_kinds(playbook: Playbook) -> Iterator[str]:
    """The kinds of events that show a step to be done, of any step of the playbook."""
    entries = [playbook.entry(quadrant) for quadrant in playbook.order]
    groups = [entry.play.steps for entry in entries] + [signal.steps for signal in playbook.signals.values()]
    steps = [step for group in groups for step in group] + [entry.qualify for entry in entries if entry.qualify]
    yield from (step.done_by for step in steps if step.done_by)


def printed_plays(playbook: Playbook) -> tuple[QuadrantPlay, ...]:
    """What the playbook says of each quadrant, in the order of attack."""
    return tuple(_printed(quadrant, playbook.entry(quadrant)) for quadrant in playbook.order)


def _printed(quadrant: Quadrant, entry: QuadrantEntry) -> QuadrantPlay:
    return QuadrantPlay(
        quadrant=quadrant,
        label=entry.label,
        means=entry.means,
        reasons=entry.reasons,
        queue=entry.queue,
        headline=entry.play.headline,
        steps=tuple(printed(step) for step in entry.play.steps),
        risks=tuple(general(risk.text) for risk in entry.risks),
    )
