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
from csq.plan.priority import add_priority
from csq.plan.queues import IDLE, LABEL, LEADER, OWN_STEP, VOICE, add_queue, add_why, idle_at_rest, lifted
from csq.plan.signals import Judged, evaluated, reading
from csq.plan.steps import (
    PERSON,
    StepOffer,
    blockers,
    choose_steps,
    conditions,
    judge_entries,
    printed,
    told_steps,
    warnings,
)
from csq.plan.texts import Texts, filled_for, general, told_once
from csq.plan.touch import add_person
from csq.playbook.model import Need, Playbook, QuadrantEntry, Rest, Signal, Step
from csq.playbook.names import names
from csq.report import QuadrantPlay
from csq.schema import PLAN, Kind, collect
from csq.terms import Gate, Quadrant, Queue, Severity, StepKind


class _Asking(NamedTuple):
    """What steps and risks are chosen by."""

    entries: pl.DataFrame
    """As `judge_entries` lays them out, of plays with the quadrant, `GATE` and `IDLE`; one row per account."""
    texts: Texts


def prescribe(
    frame: pl.DataFrame, playbook: Playbook, judged: Judged, *, as_of: date | None, are_events_given: bool
) -> pl.DataFrame:
    """Add `schema.PLAN` to placed accounts, but for the rank and what hangs on the hours.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked, so its conditions and texts are known to be good.
        judged: What the signals say of these accounts.
        as_of: The day of the run; without one nothing is to be looked at again on a day.
        are_events_given: Whether no event on record means that none is known to have been.
    """
    known = names(playbook.custom)
    told = judged.told.select("signals", severity="loudest")
    rows = add_person(frame.hstack(told), playbook)
    placed = {*rows["quadrant"].unique()}
    entries = {quadrant: playbook.entry(quadrant) for quadrant in playbook.order if str(quadrant) in placed}
    rules: list[Need | Rest] = [*playbook.rest]
    for entry in entries.values():
        rules += [*entry.gate, *entry.rest]
    asked = conditions((each for each in rules if each.when), known)
    holding = evaluated(rows, asked, are_events_given=are_events_given)
    rows = add_gate(rows.hstack(holding), {quadrant: entry.gate for quadrant, entry in entries.items()})
    # Steps ask anew, for "never" is no answer to them.
    rows = add_queue(rows, entries, playbook.rest, as_of).drop(holding.columns)
    told_of = dict.fromkeys(judged.readings[place][0] for place in judged.cases["reading"].unique().sort())
    held = {name: playbook.signals[name] for name in told_of}
    barred = _barred(playbook, judged)
    asking = _Asking(texts=Texts(), entries=_of_plays(rows, entries, known, barred))
    rows, risks = _with_plays(rows, entries, asking)
    asking = asking._replace(entries=_of_signals(rows, held, known, barred))
    rows = _with_signals(_with_asks(rows, entries), held, judged, asking, risks)
    rows = _with_voices(idle_at_rest(lifted(rows)), playbook.signals, judged)
    rows = add_priority(add_why(rows), playbook)
    return rows[[*frame.columns, *(column.name for column in PLAN if column.name in rows.columns)]]


def _barred(playbook: Playbook, judged: Judged) -> dict[StepKind, pl.Series]:
    """By kind of step the accounts for which a signal that holds says that now is no time for it."""
    by_kind = {kind: by for kind, by in blockers(playbook.signals).items() if by}
    any_holds = (pl.any_horizontal(pl.col(by).fill_null(value=False)).alias(kind) for kind, by in by_kind.items())
    barred = judged.open.holds.select(any_holds)
    return {kind: barred[kind] for kind in by_kind}


def _of_plays(
    rows: pl.DataFrame,
    entries: Mapping[Quadrant, QuadrantEntry],
    known: Mapping[str, Kind],
    barred: Mapping[StepKind, pl.Series],
) -> pl.DataFrame:
    """Judge the steps and risks of the quadrants once for every account, whoever offers them."""
    steps: list[Step] = []
    for entry in entries.values():
        steps += [*([entry.qualify] if entry.qualify else []), *entry.play.steps]
    risks = [risk for entry in entries.values() for risk in entry.risks]
    return rows[["quadrant", GATE, IDLE]].hstack(judge_entries(rows, steps, risks, known, barred))


def _of_signals(
    rows: pl.DataFrame, signals: Mapping[str, Signal], known: Mapping[str, Kind], barred: Mapping[StepKind, pl.Series]
) -> pl.DataFrame:
    """Judge those of signals, which are told case by case, and so apart from the many of the quadrants."""
    steps = [step for signal in signals.values() for step in signal.steps]
    risks = [risk for signal in signals.values() for risk in (*signal.risks, *signal.also)]
    return judge_entries(rows, steps, risks, known, barred)


def _with_plays(
    rows: pl.DataFrame, entries: Mapping[Quadrant, QuadrantEntry], asking: _Asking
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the play of each account's quadrant and its next step; and tell its risks, as `warnings` does."""
    offers = [StepOffer(pl.col(IDLE))]
    for quadrant, entry in entries.items():
        is_mine = pl.col("quadrant") == str(quadrant)
        if entry.qualify:
            offers.append(StepOffer(is_mine & (pl.col(GATE) == str(Gate.UNKNOWN)), [entry.qualify]))
        offers.append(StepOffer(is_mine, entry.play.steps, entry.risks))
    plays = {str(quadrant): entry.play.headline for quadrant, entry in entries.items()}
    labels = {str(quadrant): entry.label for quadrant, entry in entries.items()}
    played = rows.with_columns(
        pl.col("quadrant").replace_strict(plays, return_dtype=pl.String()).alias("play"),
        pl.col("quadrant").replace_strict(labels, return_dtype=pl.String()).alias(LABEL),
        *told_steps(rows, *choose_steps(asking.entries, offers)).get_columns(),
    )
    return played, warnings(asking.entries.with_row_index("row"), offers, rows, asking.texts)


def _with_asks(rows: pl.DataFrame, entries: Mapping[Quadrant, QuadrantEntry]) -> pl.DataFrame:
    """Add to the qualifying step the questions that settle what the gate does not know."""
    qualified = [str(quadrant) for quadrant, entry in entries.items() if entry.qualify]
    is_qualifying = pl.col("quadrant").is_in(qualified) & (pl.col(GATE) == str(Gate.UNKNOWN))
    return _with_more(rows, pl.when(is_qualifying).then(ASKS))


def _with_more(rows: pl.DataFrame, more: pl.Expr) -> pl.DataFrame:
    """Add sentences to the next step, where there is one and they are not empty."""
    step, added = pl.col("next_step"), pl.col("more")
    is_ended = pl.any_horizontal(step.str.ends_with(mark) for mark in ".!?…")
    whole = pl.when(is_ended).then(step).otherwise(step + ".") + " " + added
    told = pl.when(added != "").then(whole).otherwise("next_step")
    return rows.with_columns(told_once(rows, {"next_step": step, "more": more}, told=told)["told"].alias("next_step"))


def _with_signals(
    rows: pl.DataFrame, signals: Mapping[str, Signal], judged: Judged, asking: _Asking, risks: pl.DataFrame
) -> pl.DataFrame:
    """Let signals speak: their risks before `risks`, those of the quadrant, and the step of one before the play's.

    What the others have to add comes after the step. Adds `risks`, `OWN_STEP` and `LEADER`.
    """
    cases = _cases(signals, judged, asking)
    offers = [
        StepOffer(pl.col("signal") == number, signal.steps, signal.risks)
        for number, signal in enumerate(signals.values())
    ]
    own = warnings(cases, [StepOffer(offer.whose, risks=offer.risks) for offer in offers], rows, asking.texts)
    chosen, steps = choose_steps(cases, [offer._replace(whose=offer.whose & pl.col("leads")) for offer in offers])
    # In the order in which each account's signals are told, so that the loudest speaks first.
    first = collect(
        cases.lazy()
        .select("row", "signal", "acts", place=chosen)
        .drop_nulls("place")
        .unique("row", keep="first", maintain_order=True)
    )
    mine = collect(_numbered(rows.height).join(first.lazy(), on="row", how="left", maintain_order="left"))
    leads = pl.lit(mine["acts"] | ((rows["queue"] != str(Queue.REST)) & mine["place"].is_not_null()))
    leading = mine.select(leader=pl.when(leads).then("signal"), place=pl.when(leads).then("place"))
    led = rows.with_columns(
        pl.Series(LEADER, [*signals], pl.String()).gather(leading["leader"]),
        pl.lit(mine["acts"]).fill_null(value=False).alias(OWN_STEP),
        *(
            pl.when(pl.lit(leading["place"]).is_not_null()).then(pl.lit(step)).otherwise(step.name).alias(step.name)
            for step in told_steps(rows, leading["place"], steps)
        ),
        risks=_listed(pl.concat([own, risks]), asking.texts, rows.height),
    )
    return _with_added(led, signals, cases, leading["leader"], asking)


def _cases(signals: Mapping[str, Signal], judged: Judged, asking: _Asking) -> pl.DataFrame:
    """For each account and signal that holds: both by number, whether it says act, whether its step leads."""
    number = {name: place for place, name in enumerate(signals)}
    readings = pl.DataFrame(
        {
            "signal": [number.get(name) for name, _ in judged.readings],
            "leads": [name in signals and signals[name].leads(severity) for name, severity in judged.readings],
            "acts": [
                name in signals and severity is Severity.ACT and signals[name].leads(severity)
                for name, severity in judged.readings
            ],
        },
        schema={"signal": pl.UInt32(), "leads": pl.Boolean(), "acts": pl.Boolean()},
    )
    cases = judged.cases["row"].to_frame().hstack(readings[judged.cases["reading"]])
    return cases.hstack(asking.entries[cases["row"]]).with_columns(pl.col(PERSON) | pl.col("acts"))


def _listed(sentences: pl.DataFrame, texts: Texts, accounts: int) -> pl.Series:
    """The sentences of each account, each text once; none for those without any."""
    each = collect(sentences.lazy().select("row", "text").sort("row", maintain_order=True))
    once = each.filter((pl.col("row").cast(pl.UInt64()) * 2**32 + pl.col("text")).is_first_distinct())
    lists = (
        once.lazy()
        .select(pl.col("row").set_sorted(), risks=texts.told(once["text"]))
        .group_by("row", maintain_order=True)
        .agg("risks")
    )
    risks = collect(_numbered(accounts).join(lists, on="row", how="left", maintain_order="left"))["risks"]
    # In one piece: to sort a column of lists in several takes three times its room.
    return risks.fill_null([]).rechunk()


def _numbered(accounts: int) -> pl.LazyFrame:
    return pl.LazyFrame({"row": pl.int_range(accounts, dtype=pl.UInt32(), eager=True)})


def _with_added(
    rows: pl.DataFrame, signals: Mapping[str, Signal], cases: pl.DataFrame, leader: pl.Series, asking: _Asking
) -> pl.DataFrame:
    """Add to the next step what signals have to add whose own step it is not; of accounts that rest, to a machine's."""
    works = (rows["queue"] != str(Queue.REST)) | leader.is_not_null() | ~rows["human"]
    adds = works.gather(cases["row"]) & cases["signal"].ne_missing(leader.gather(cases["row"]))
    is_human = rows["human"].gather(cases["row"])
    offers = [
        StepOffer(
            pl.lit(adds) & (pl.col("signal") == number) & (pl.lit(True) if not each.human else pl.lit(is_human)),
            risks=[each],
        )
        for number, signal in enumerate(signals.values())
        for each in signal.also
    ]
    added = warnings(cases, offers, rows, asking.texts)
    lists = (
        added.lazy()
        .select("row", also=asking.texts.told(added["text"]))
        .group_by("row", maintain_order=True)
        .agg(pl.col("also").str.join(" "))
    )
    also = collect(_numbered(rows.height).join(lists, on="row", how="left", maintain_order="left"))["also"]
    return _with_more(rows, pl.lit(also))


def _with_voices(rows: pl.DataFrame, signals: Mapping[str, Signal], judged: Judged) -> pl.DataFrame:
    """Add `VOICE`: what the signal says that leads, else the loudest, where it says act or watch."""
    number = {name: place for place, name in enumerate(signals)}
    first = judged.cases.lazy().unique("row", keep="first", maintain_order=True)
    loudest = collect(_numbered(rows.height).join(first, on="row", how="left", maintain_order="left"))["reading"]
    loud = [None if severity is Severity.INFO else number[name] for name, severity in judged.readings]
    quadrants = {str(quadrant): place for place, quadrant in enumerate(Quadrant)}
    heard = pl.coalesce(
        pl.col(LEADER).replace_strict(number, default=None, return_dtype=pl.UInt32()),
        pl.lit(pl.Series(loud, dtype=pl.UInt32()).gather(loudest)),
    )
    places = rows.select(
        place=heard * len(quadrants) + pl.col("quadrant").replace_strict(quadrants, return_dtype=pl.UInt32())
    )["place"]
    texts = {
        number[name] * len(quadrants) + place: reading(signal, quadrant)[1]
        for name, signal in signals.items()
        for quadrant, place in quadrants.items()
    }
    return rows.with_columns(filled_for(rows, texts, places).alias(VOICE))


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
