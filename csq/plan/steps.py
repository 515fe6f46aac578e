"""Steps and risks applied to accounts: which hold, which are done, which comes next, and how they read.

A condition that comes out null is not judged, so it does not hold. A step is done once the event of its `done_by` is on
record, or it was ticked off, until the days of its `again_after` have passed; and blocked while a signal that holds
says that now is no time for its kind.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import polars as pl

from csq.plan.texts import Texts, filled_for, general
from csq.planned import AGAIN, done_column, dropped_column
from csq.playbook.conditions import Condition, compile_condition, evaluate
from csq.playbook.model import Need, Rest, Risk, Signal, Step
from csq.playbook.text import fields, spelled
from csq.report import DONE_SCHEMA, PrintedStep
from csq.schema import Kind, collect, event_column
from csq.terms import StepKind, Touch

Blockers = Mapping[StepKind, Sequence[str]]
"""By kind of step the signals that block it."""

STEP: Mapping[str, pl.DataType] = {
    "next_step": pl.String(),
    "who": pl.String(),
    "human": pl.Boolean(),
    "hours": pl.Float64(),
    "step_id": pl.String(),
    "step_short": pl.String(),
}
"""What is told of a next step; all null when there is none."""


def blockers(signals: Mapping[str, Signal]) -> Blockers:
    """Which signals block which kinds of steps."""
    return {kind: [name for name, signal in signals.items() if kind in signal.blocks] for kind in StepKind}


PERSON = "person_due"
"""The column that says whether an account may have a person's hour: of high touch always, else for a reason."""


class Way(NamedTuple):
    """A step as accounts of some touch take it."""

    step: Step
    takers: Sequence[pl.Expr]
    """Boolean, all of them true of who takes it in this way; they read `touch` and `PERSON`."""


def ways(step: Step) -> Iterator[Way]:
    """The ways in which a step is taken.

    What takes a person is for those who may have one. A variant that a machine takes stands in for the step while
    there is no reason for a person's hour.
    """
    person = pl.col(PERSON)
    varied = [touch for touch in Touch if step.for_touch(touch) is not step]
    for touch in varied:
        mine, variant = pl.col("touch") == str(touch), step.for_touch(touch)
        if variant.human or not step.human:
            yield Way(variant, [mine, person] if variant.human else [mine])
        else:
            yield Way(step, [mine, person])
            yield Way(variant, [mine, ~person])
    others = [~pl.col("touch").is_in([str(touch) for touch in varied])] if varied else []
    yield Way(step, [*others, person] if step.human else others)


class StepOffer(NamedTuple):
    """What the playbook has for the rows of which `whose` is true."""

    whose: pl.Expr
    steps: Sequence[Step] = ()
    risks: Sequence[Risk] = ()


def judge_entries(
    rows: pl.DataFrame,
    steps: Iterable[Step],
    risks: Iterable[Risk],
    known: Mapping[str, Kind],
    barred: Mapping[StepKind, pl.Series],
) -> pl.DataFrame:
    """What steps and risks are chosen by, one row per account: `touch`, `PERSON`, and a Boolean column for each.

    Args:
        rows: Facts, `touch` and `PERSON`.
        steps: Of plays and signals; whether one is free to be taken stands in the column that `_free` names.
        risks: Whether one applies stands in the column that `holds` names.
        known: Names that conditions may use.
        barred: By kind of step, for which accounts now is no time for it.
    """
    asked, warned = [*steps], [*risks]
    judged = applies(rows, [*asked, *warned], known)
    done = {f"done {_free(step)}": is_done(step, rows.columns) for step in asked}
    settled = rows.hstack(judged).lazy().with_columns(**done)
    free = {
        _free(step): [pl.col(holds(step)), ~pl.col(f"done {_free(step)}"), *_timely(step, barred)] for step in asked
    }
    told = dict.fromkeys(holds(risk) for risk in warned)
    return collect(
        settled.select("touch", PERSON, *told, **{name: pl.all_horizontal(each) for name, each in free.items()})
    )


def _timely(step: Step, barred: Mapping[StepKind, pl.Series]) -> list[pl.Expr]:
    """That now is the time for a step, where some signal may say that it is not."""
    return [~pl.lit(barred[step.kind])] if step.kind and step.kind in barred else []


def _free(step: Step) -> str:
    """The column that says whether a step applies and is neither done nor blocked; alike for its variants."""
    return f"free {[step.when, step.kind, step.id, step.done_by, step.again_after]}"


def choose_steps(cases: pl.DataFrame, offers: Sequence[StepOffer]) -> tuple[pl.Series, list[Step]]:
    """The place of the next step of each case, null where there is none: the first that is free; and what stands there.

    Args:
        cases: As `judge_entries` lays them out, with what tells whose an offer is.
        offers: Of those that are for a case the first counts.
    """
    offered = [[way for step in offer.steps for way in ways(step)] for offer in offers]
    steps = [way.step for found in offered for way in found]
    # In two bytes, for there is such a column for each way.
    places, none = (pl.lit(place, pl.UInt16()) for place in count()), pl.lit(len(steps), pl.UInt16())
    firsts = []
    for offer, found in zip(offers, offered, strict=True):
        free = [pl.when(pl.col(_free(way.step)), *way.takers).then(next(places)) for way in found]
        firsts.append(pl.when(offer.whose).then(pl.coalesce(*free, none)))
    chosen = cases.lazy().with_columns(place=pl.coalesce(*firsts, none).cast(pl.UInt32))
    return collect(chosen.select(pl.when(pl.col("place") < none).then("place")))["place"], steps


def told_steps(rows: pl.DataFrame, chosen: pl.Series, steps: Sequence[Step]) -> pl.DataFrame:
    """What is told of each account's next step: columns of `STEP`, all null where `chosen` is."""
    if not steps:
        return pl.DataFrame(schema=STEP).clear(rows.height)
    # What names no fact reads alike for all.
    table = pl.DataFrame([_told(step, spelled(step.do, {})) for step in steps], schema=STEP, orient="row")
    told = table.select(pl.all().gather(chosen))
    mine = {place: step for place, step in enumerate(steps) if fields(step.do)}
    texts = filled_for(rows, {place: step.do for place, step in mine.items()}, chosen, keep=True)
    bare = pl.lit(chosen.is_in([place for place, step in mine.items() if not step.short]))
    shorts = _first_sentences(texts)
    return told.with_columns(
        next_step=pl.coalesce(pl.lit(texts), "next_step"),
        step_short=pl.when(bare).then(pl.coalesce(pl.lit(shorts), "step_short")).otherwise("step_short"),
    )


def _first_sentences(texts: pl.Series) -> pl.Series:
    """The first sentence of each text."""
    each = texts.unique().drop_nulls()
    return texts.replace_strict(each, [first_sentence(text) for text in each], return_dtype=pl.String())


def _told(step: Step, text: str) -> tuple[object, ...]:
    """A step with its text as `STEP` lays it out."""
    return text, str(step.who), step.human, step.hours, step.id, step.short or first_sentence(text)


def first_sentence(text: str) -> str:
    """The beginning of a text, as far as it makes sense alone."""
    return re.split(r"(?<=[.!?:;]) ", text, maxsplit=1)[0].rstrip(".:;")


def warnings(cases: pl.DataFrame, offers: Sequence[StepOffer], rows: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    """The risks that apply, but for what cannot be said without a fact that is not known.

    Args:
        cases: As `judge_entries` lays them out, with what tells whose an offer is, and `row`, that of the account.
        offers: Whose risks are told, in order.
        rows: Facts, one row per account.
        texts: Gain those that are told.

    Returns:
        One row per sentence, in the order of the cases: `case`, `row`, `text` (its number).
    """
    risks = [(offer.whose, risk) for offer in offers for risk in offer.risks]
    held = cases.select(
        pl.arg_where(whose & pl.col(holds(risk))).implode().alias(str(place))
        for place, (whose, risk) in enumerate(risks)
    )
    parts = [pl.DataFrame(schema={"case": pl.UInt32(), "row": pl.UInt32(), "text": pl.UInt32()})]
    for place, (_, risk) in enumerate(risks):
        case = held[str(place)][0].cast(pl.UInt32())
        if len(case):
            row = cases["row"][case]
            parts.append(pl.DataFrame({"case": case, "row": row, "text": texts.fill(risk.text, rows, row)}))
    return collect(pl.concat(parts).lazy().drop_nulls("text").sort("case", maintain_order=True))


def holds(entry: Need | Rest | Risk | Step) -> str:
    """The column that says whether the condition of an entry holds; no fact can be called so."""
    return f"when {entry.when or 'TRUE'}"


def conditions(entries: Iterable[Need | Rest | Risk | Step], known: Mapping[str, Kind]) -> dict[str, Condition]:
    """The conditions of entries, by the column that says whether they hold."""
    return {holds(entry): compile_condition(entry.when or "TRUE", known) for entry in entries}


def applies(rows: pl.DataFrame, entries: Iterable[Step | Risk], known: Mapping[str, Kind]) -> pl.DataFrame:
    """Whether the condition of each entry holds for a row, null if not judged, in the columns that `holds` names."""
    return evaluate(rows, conditions(entries, known))


def is_done(step: Step, columns: Collection[str]) -> pl.Expr:
    """Whether a step was done, by its event or by a tick, and may not come back yet; or was dropped."""
    settled = [pl.col(name) < days for name, days in settled_columns(step).items() if name in columns]
    return pl.any_horizontal(settled).fill_null(value=False) if settled else pl.lit(value=False)


def settled_columns(step: Step) -> dict[str, int]:
    """The columns of days since a step was done or dropped, and for how many days each keeps it from coming back."""
    lasts = {done_column(step.id): step.again_after, dropped_column(step.id): max(step.again_after, AGAIN)}
    return {event_column(step.done_by): step.again_after, **lasts} if step.done_by else lasts


def is_blocked(kind: StepKind | None, blocking: Blockers) -> pl.Expr:
    """Whether a signal that holds blocks steps of a kind; reads `signals`, those that hold."""
    by = blocking[kind] if kind else ()
    return pl.col("signals").list.eval(pl.element().is_in(by)).list.any() if by else pl.lit(value=False)


def steps_done(rows: pl.DataFrame, kinds: Iterable[str]) -> pl.DataFrame:
    """The events of steps done that are on record, columns `DONE_SCHEMA`, by account as in `rows`, then by kind."""
    columns = {event_column(kind): kind for kind in sorted(set(kinds))}
    have = [name for name in columns if name in rows.columns]
    if not have:
        return pl.DataFrame(schema=DONE_SCHEMA)
    return collect(
        rows.lazy()
        .with_row_index("_row")
        .unpivot(have, index=["_row", "account_id"], variable_name="event", value_name="days")
        .drop_nulls("days")
        .with_columns(pl.col("event").replace_strict(columns, return_dtype=pl.String()))
        .sort("_row", "event")
        .select(pl.col(name).cast(kind) for name, kind in DONE_SCHEMA.items())
    )


def printed(step: Step) -> PrintedStep:
    """A step as it reads for no account in particular."""
    text = general(step.do)
    short = step.short or first_sentence(text)
    return PrintedStep(do=text, who=step.who, human=step.human, hours=step.hours, id=step.id, short=short)
