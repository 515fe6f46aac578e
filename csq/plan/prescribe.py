"""The playbook applied: each account's play, queue and next step, its risks, and its place in the order of work.

The next step is that of the first signal that leads and has one to take; else, while the gate is unknown, the
qualifying step; else the first of the quadrant's play that applies, is not done and not blocked by a signal that holds.
Other signals may add a sentence to it, so that what they say is not passed over.
A signal that says act may lift an account out of its rest; one that says less leads no account that rests. None moves
an account to another quadrant or opens a gate.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.plan.gates import ASKS, GATE, add_gate
from csq.plan.priority import add_priority, add_rank
from csq.plan.queues import IDLE, LABEL, LEADER, OWN_STEP, VOICE, add_queue, idle_at_rest, lifted, why
from csq.plan.signals import Judged, evaluated, reading
from csq.plan.steps import (
    PERSON,
    STEP,
    Blockers,
    StepOffer,
    blockers,
    conditions,
    filled_for,
    first_steps,
    general,
    printed,
    risk_notes,
)
from csq.plan.touch import add_person
from csq.playbook.model import Need, Playbook, QuadrantEntry, Rest, Signal, Step
from csq.playbook.names import names
from csq.report import QuadrantPlay
from csq.schema import PLAN, Kind, collect, complete
from csq.terms import Gate, Quadrant, Queue, Severity


class _Asking(NamedTuple):
    """What steps and risks are judged by."""

    known: Mapping[str, Kind]
    blocking: Blockers


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
    asking = _Asking(known=names(playbook.custom), blocking=blockers(playbook.signals))
    told = judged.told.rename({"loudest": "severity"})
    rows = add_person(frame.join(told, on="account_id", how="left", maintain_order="left"), playbook)
    placed = set(rows["quadrant"])
    entries = {quadrant: playbook.entry(quadrant) for quadrant in playbook.order if str(quadrant) in placed}
    rules: list[Need | Rest] = [*playbook.rest]
    for entry in entries.values():
        rules += [*entry.gate, *entry.rest]
    asked = conditions((each for each in rules if each.when), asking.known)
    holding = evaluated(rows, asked, are_events_given=are_events_given)
    gated = add_gate(rows.hstack(holding), {quadrant: entry.gate for quadrant, entry in entries.items()})
    # Steps ask anew, for "never" is no answer to them.
    queued = add_queue(gated, entries, playbook.rest, as_of).drop(holding.columns)
    played = _with_asks(_with_plays(queued, entries, asking), entries)
    planned = _with_signals(played, playbook.signals, judged.fired, asking)
    voiced = _with_voices(idle_at_rest(lifted(planned)), playbook.signals, judged.fired)
    ranked = add_rank(add_priority(voiced.with_columns(why=why()), playbook))
    return complete(ranked, PLAN)[[*frame.columns, *(column.name for column in PLAN)]]


def _with_plays(rows: pl.DataFrame, entries: Mapping[Quadrant, QuadrantEntry], asking: _Asking) -> pl.DataFrame:
    """Add the play of each account's quadrant, its next step and its risks."""
    offers = [StepOffer(pl.col(IDLE))]
    for quadrant, entry in entries.items():
        is_mine = pl.col("quadrant") == str(quadrant)
        if entry.qualify:
            offers.append(StepOffer(is_mine & (pl.col(GATE) == str(Gate.UNKNOWN)), [entry.qualify]))
        offers.append(StepOffer(is_mine, entry.play.steps, entry.risks))
    plays = {str(quadrant): entry.play.headline for quadrant, entry in entries.items()}
    labels = {str(quadrant): entry.label for quadrant, entry in entries.items()}
    return rows.with_columns(
        pl.col("quadrant").replace_strict(plays, return_dtype=pl.String()).alias("play"),
        pl.col("quadrant").replace_strict(labels, return_dtype=pl.String()).alias(LABEL),
        *first_steps(rows, offers, asking.known, asking.blocking).get_columns(),
        risk_notes(rows, offers, asking.known),
    )


def _with_asks(rows: pl.DataFrame, entries: Mapping[Quadrant, QuadrantEntry]) -> pl.DataFrame:
    """Add to the qualifying step the questions that settle what the gate does not know."""
    qualified = [str(quadrant) for quadrant, entry in entries.items() if entry.qualify]
    is_qualifying = pl.col("quadrant").is_in(qualified) & (pl.col(GATE) == str(Gate.UNKNOWN))
    return _with_more(rows, pl.when(is_qualifying).then(ASKS))


def _with_more(rows: pl.DataFrame, more: pl.Expr) -> pl.DataFrame:
    """Add sentences to the next step, where there is one and they are not empty."""
    step = pl.col("next_step").str.replace(r"([^.!?…])$", "${1}.")
    return rows.with_columns(next_step=pl.when(more != "").then(step + " " + more).otherwise("next_step"))


def _with_signals(
    rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame, asking: _Asking
) -> pl.DataFrame:
    """Let signals speak: their risks before those of the quadrant, the step of one that leads before the play's.

    What the others have to add comes after the step. Adds `OWN_STEP` and `LEADER`.
    """
    spoken = _spoken(rows, signals, fired, asking)
    if spoken.is_empty():
        return rows.with_columns(pl.lit(value=False).alias(OWN_STEP), pl.lit(None, dtype=pl.String()).alias(LEADER))
    # In the order in which each account's signals are told, so that the loudest speaks first.
    has_step = pl.col("own").struct.field("next_step").is_not_null()
    says_act = pl.col("own").struct.field("acts")
    leads = has_step & (says_act | (pl.col("queue") != str(Queue.REST)))
    own = (
        spoken.lazy()
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("own").filter(has_step).first(), pl.col("own_risks").explode().drop_nulls())
    )
    led = collect(
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
    return _with_added(led, spoken)


def _with_added(rows: pl.DataFrame, spoken: pl.DataFrame) -> pl.DataFrame:
    """Add to the next step what signals have to add whose own step it is not; of accounts that rest, to a machine's."""
    works = pl.col(LEADER).is_not_null() | (pl.col("queue") != str(Queue.REST)) | ~pl.col("human")
    mine = pl.when("human").then("also_by_people").otherwise("also_by_machines")
    added = (
        spoken.join(rows.filter(works).select("account_id", LEADER, "human"), on="account_id", maintain_order="left")
        .filter(pl.col("own").struct.field("leader").ne_missing(pl.col(LEADER)))
        .group_by("account_id", maintain_order=True)
        .agg(mine.explode().drop_nulls().str.join(" ").alias("also"))
    )
    return _with_more(rows.join(added, on="account_id", how="left", maintain_order="left"), pl.col("also"))


def _spoken(rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame, asking: _Asking) -> pl.DataFrame:
    """For each account and signal that holds and has any: its step where it leads, its risks, and what it adds."""
    held = {name: signals[name] for name in fired["signal"].unique()}
    own = {name: signal for name, signal in held.items() if signal.steps or signal.risks or signal.also}
    pairs = fired.filter(pl.col("signal").is_in(list(own))).join(
        rows.drop("severity"), on="account_id", how="left", maintain_order="left"
    )
    says_act = pl.col("severity") == str(Severity.ACT)
    takes_over = pl.col("signal").is_in([name for name, signal in own.items() if signal.leads(Severity.ACT)])
    pairs = pairs.with_columns(acts=says_act & takes_over).with_columns(pl.col(PERSON) | pl.col("acts"))
    offers, to_people, to_machines = [], [], []
    for name, signal in own.items():
        is_its = pl.col("signal") == name
        leads = pl.col("severity").is_in([str(each) for each in Severity if signal.leads(each)])
        offers += [StepOffer(is_its & leads, signal.steps), StepOffer(is_its, risks=signal.risks)]
        to_people.append(StepOffer(is_its, risks=signal.also))
        to_machines.append(StepOffer(is_its, risks=[each for each in signal.also if not each.human]))
    steps = first_steps(pairs, offers, asking.known, asking.blocking)
    return pairs.select(
        "account_id",
        pl.struct(*steps.get_columns(), "acts", pl.col("signal").alias("leader")).alias("own"),
        risk_notes(pairs, offers, asking.known).alias("own_risks"),
        risk_notes(pairs, to_people, asking.known).alias("also_by_people"),
        risk_notes(pairs, to_machines, asking.known).alias("also_by_machines"),
    )


def _with_voices(rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame) -> pl.DataFrame:
    """Add `VOICE`: what the signal says that leads, else the loudest, where it says act or watch."""
    loud = fired.unique("account_id", keep="first", maintain_order=True).filter(
        pl.col("severity") != str(Severity.INFO)
    )
    heard = rows.join(
        loud.select("account_id", "signal"), on="account_id", how="left", maintain_order="left"
    ).with_columns(signal=pl.coalesce(LEADER, "signal"))
    pairs = heard.select(pl.struct("signal", "quadrant").alias("pair")).to_series()
    known = pairs.unique().sort()
    texts = {
        place: reading(signals[pair["signal"]], pair["quadrant"])[1]
        for place, pair in enumerate(known)
        if pair["signal"] is not None
    }
    places = heard.join(
        known.struct.unnest().with_row_index("place"), on=["signal", "quadrant"], how="left", maintain_order="left"
    )["place"]
    return rows.with_columns(filled_for(heard, texts, places).alias(VOICE))


def done_kinds(playbook: Playbook) -> Iterator[str]:
    """The kinds of events that show a step to be done, of any step of the playbook."""
    yield from (step.done_by for step in steps_of(playbook) if step.done_by)


def steps_of(playbook: Playbook) -> Iterator[Step]:
    """Every step of a playbook: of its plays, then of its signals."""
    for quadrant in playbook.order:
        entry = playbook.entry(quadrant)
        yield from ([entry.qualify] if entry.qualify else [])
        yield from entry.play.steps
    for signal in playbook.signals.values():
        yield from signal.steps


def steps_by_id(playbook: Playbook) -> dict[str, Step]:
    """All steps of the playbook by id; of several with one id the first."""
    return {step.id: step for step in reversed([*steps_of(playbook)])}


def printed_plays(playbook: Playbook) -> tuple[QuadrantPlay, ...]:
    """What the playbook says of each quadrant, in the order of attack."""
    return tuple(_printed(quadrant, playbook.entry(quadrant)) for quadrant in playbook.order)


def _printed(quadrant: Quadrant, entry: QuadrantEntry) -> QuadrantPlay:
    return QuadrantPlay(
        quadrant=quadrant,
        label=entry.label,
        means=entry.means,
        reasons=tuple(each.reason for each in entry.reasons),
        queue=entry.queue,
        headline=entry.play.headline,
        steps=tuple(printed(step) for step in entry.play.steps),
        risks=tuple(general(risk.text) for risk in entry.risks),
    )
