"""Steps and risks applied to accounts: which hold, which are done, which comes next, and how they read.

A condition that comes out null is not judged, so it does not hold. A step is done once the event of its `done_by` is on
record, or it was ticked off, until the days of its `again_after` have passed; and blocked while a signal that holds
says that now is no time for its kind.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count, repeat
from typing import NamedTuple

import polars as pl

from csq.mask import without_people
from csq.planned import AGAIN, done_column, dropped_column
from csq.playbook.conditions import Condition, compile_condition, evaluate
from csq.playbook.model import Need, Rest, Risk, Signal, Step
from csq.playbook.text import fields, fill, spelled
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


def first_steps(
    rows: pl.DataFrame, offers: Sequence[StepOffer], known: Mapping[str, Kind], blocking: Blockers
) -> pl.DataFrame:
    """The next step of each row, columns of `STEP`: the first that applies and is not done or blocked.

    Args:
        rows: With `touch`, `PERSON`, `signals`, and what tells whose an offer is.
        offers: Of those that are for a row the first counts.
        known: Names that conditions may use.
        blocking: By kind the signals that block it.
    """
    offered = [[way for step in offer.steps for way in ways(step)] for offer in offers]
    steps = [way.step for found in offered for way in found]
    if not steps:
        return pl.DataFrame({name: [None] * rows.height for name in STEP}, schema=STEP)
    places, none = count(), pl.lit(len(steps))
    firsts = []
    for offer, found in zip(offers, offered, strict=True):
        free = [pl.when(_is_free(way, rows.columns)).then(next(places)) for way in found]
        firsts.append(pl.when(offer.whose).then(pl.coalesce(*free, none)))
    kinds = dict.fromkeys(step.kind for step in steps if step.kind)
    judged = rows.hstack(applies(rows, steps, known)).lazy()
    judged = judged.with_columns(is_blocked(kind, blocking).alias(_barred(kind)) for kind in kinds)
    chosen = collect(judged.select(place=pl.coalesce(*firsts, none)))["place"]
    # What names no fact reads alike for all.
    table = pl.DataFrame(
        [*(_told(step, spelled(step.do, {})) for step in steps), (None,) * len(STEP)], schema=STEP, orient="row"
    )
    told = table.select(pl.all().gather(chosen))
    mine = {place: step for place, step in enumerate(steps) if fields(step.do)}
    texts = filled_for(rows, {place: step.do for place, step in mine.items()}, chosen, keep=True)
    bare = {place for place, step in mine.items() if not step.short}
    shorts = [
        first_sentence(text) if text and place in bare else None for text, place in zip(texts, chosen, strict=True)
    ]
    return told.with_columns(
        next_step=pl.coalesce(pl.lit(texts), "next_step"),
        step_short=pl.coalesce(pl.Series(shorts, dtype=pl.String()), "step_short"),
    )


def _is_free(way: Way, columns: Collection[str]) -> list[pl.Expr]:
    """All true where a step applies, is neither done nor blocked, and is taken in this way."""
    step = way.step
    free = [pl.col(holds(step)), *way.takers, ~is_done(step, columns)]
    return [*free, ~pl.col(_barred(step.kind))] if step.kind else free


def _barred(kind: StepKind) -> str:
    return f"no time for {kind}"


def _told(step: Step, text: str) -> tuple[object, ...]:
    """A step with its text as `STEP` lays it out."""
    return text, str(step.who), step.human, step.hours, step.id, step.short or first_sentence(text)


def first_sentence(text: str) -> str:
    """The beginning of a text, as far as it makes sense alone."""
    return re.split(r"(?<=[.!?:;]) ", text, maxsplit=1)[0].rstrip(".:;")


def risk_notes(rows: pl.DataFrame, offers: Sequence[StepOffer], known: Mapping[str, Kind]) -> pl.Series:
    """The risks that apply to each row, in order, but for what cannot be said without a fact that is not known."""
    risks = [risk for offer in offers for risk in offer.risks]
    if not risks:
        return pl.Series("risks", [[]] * rows.height, pl.List(pl.String()))
    mine = [offer.whose & pl.col(holds(risk)) for offer in offers for risk in offer.risks]
    held = rows.hstack(applies(rows, risks, known)).select(each.alias(str(n)) for n, each in enumerate(mine))
    noted = pl.concat_list(
        pl.when(name).then(_said(risk, held[name], rows)) for name, risk in zip(held.columns, risks, strict=True)
    )
    return held.select(noted.list.drop_nulls().alias("risks"))["risks"]


def _said(risk: Risk, held: pl.Series, rows: pl.DataFrame) -> pl.Expr:
    """The text of a risk for each row for which it holds; null where nothing can be said without an unknown fact."""
    if not fields(risk.text):
        return pl.lit(fill(risk.text, {}))
    return pl.lit(filled_for(rows, {1: risk.text}, held.fill_null(value=False).cast(pl.Int64)))


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


def filled_for(rows: pl.DataFrame, texts: Mapping[int, str], chosen: pl.Series, *, keep: bool = False) -> pl.Series:
    """The text of the place that is chosen for each row, with its facts; null for any other, and where none is left.

    Args:
        rows: Facts.
        texts: By place.
        chosen: Places, one for each row.
        keep: Keep a text of which nothing would be left, with a word for what is not known.
    """
    say = spelled if keep else fill
    filled: list[str | None] = [None] * rows.height
    whose: dict[int, list[int]] = {}
    for row, place in enumerate(chosen.to_list()):
        if place in texts:
            whose.setdefault(place, []).append(row)
    for place, mine in whose.items():
        names = [name for name in sorted({*fields(texts[place])}) if name in rows.columns]
        facts = without_people(rows.select(names)[mine]).iter_rows() if names else repeat(())
        told: dict[tuple[object, ...], str | None] = {}  # many accounts share their few facts
        for row, values in zip(mine, facts, strict=False):
            if values not in told:
                told[values] = say(texts[place], dict(zip(names, values, strict=True))) or None
            filled[row] = told[values]
    return pl.Series("text", filled, pl.String())


def facts_for(rows: pl.DataFrame, texts: Iterable[str]) -> list[dict[str, object]]:
    """The facts that the texts name, row by row, without the names of people; those no file tells are unknown."""
    named = sorted({name for text in texts for name in fields(text)})
    have = [name for name in named if name in rows.columns]
    return without_people(rows.select(have)).to_dicts() if have else [{} for _ in range(rows.height)]


def general(text: str) -> str:
    """A text as it reads for no account in particular, without what only an account can fill in."""
    return spelled(text, {}, unknown="…")


def printed(step: Step) -> PrintedStep:
    """A step as it reads for no account in particular."""
    text = general(step.do)
    short = step.short or first_sentence(text)
    return PrintedStep(do=text, who=step.who, human=step.human, hours=step.hours, id=step.id, short=short)
