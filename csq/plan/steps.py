"""Steps and risks applied to accounts: which hold, which are done, which comes next, and how they read.

A condition that comes out null is not judged, so it does not hold. A step is done once the event of its `done_by` is on
record, and blocked while a signal that holds says that now is no time for its kind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from csq.mask import without_people
from csq.playbook.conditions import compile_condition, evaluate
from csq.playbook.model import Risk, Signal, Step
from csq.playbook.text import fields, fill, spelled
from csq.report import DONE_SCHEMA
from csq.report import Step as PrintedStep
from csq.schema import Kind, event_column
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
    takers: pl.Expr
    """Boolean: who takes it in this way; reads `touch` and `PERSON`."""


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
            yield Way(variant, mine & person if variant.human else mine)
        else:
            yield Way(step, mine & person)
            yield Way(variant, mine & ~person)
    others = ~pl.col("touch").is_in([str(touch) for touch in varied])
    yield Way(step, others & person if step.human else others)


def first_steps(
    rows: pl.DataFrame, steps: Sequence[Step], known: Mapping[str, Kind], blocking: Blockers
) -> pl.DataFrame:
    """The next step of each row, columns of `STEP`: the first that applies and is neither done nor blocked.

    Args:
        rows: With `touch` and `PERSON`.
        steps: In order.
        known: Names that conditions may use.
        blocking: By kind the signals that block it.
    """
    if not steps:
        return pl.DataFrame({name: [None] * rows.height for name in STEP}, schema=STEP)
    found = [way for step in steps for way in ways(step)]
    steps = [way.step for way in found]
    others = rows.select((~way.takers).fill_null(value=True).alias(str(n)) for n, way in enumerate(found))
    out = [
        done | blocked | other
        for done, blocked, other in zip(
            is_done(rows, steps), is_blocked(rows, steps, blocking), others.iter_columns(), strict=True
        )
    ]
    first = pl.coalesce(
        pl.when(pl.col(str(number)) & ~pl.lit(out[number])).then(pl.lit(number)) for number in range(len(steps))
    )
    numbers = applies(rows, steps, known).select(first.alias("number"))["number"].to_list()
    facts = facts_for(rows, (step.do for step in steps))
    told = [
        _told(steps[number], spelled(steps[number].do, row)) if number is not None else (None,) * len(STEP)
        for number, row in zip(numbers, facts, strict=True)
    ]
    return pl.DataFrame(told, schema=STEP, orient="row")


def _told(step: Step, text: str) -> tuple[object, ...]:
    """A step with its text as `STEP` lays it out."""
    return text, str(step.who), step.human, step.hours, step.id, step.short or first_sentence(text)


def first_sentence(text: str) -> str:
    """The beginning of a text, as far as it makes sense alone."""
    return re.split(r"(?<=[.!?:;]) ", text, maxsplit=1)[0].rstrip(".:;")


def risk_notes(rows: pl.DataFrame, risks: Sequence[Risk], known: Mapping[str, Kind]) -> pl.Series:
    """The risks that apply to each row, in order."""
    if not risks:
        return pl.Series("risks", [[]] * rows.height, pl.List(pl.String()))
    noted = pl.concat_list(pl.when(str(n)).then(_filled(rows, risk.text)) for n, risk in enumerate(risks))
    return applies(rows, risks, known).select(noted.list.drop_nulls().alias("risks"))["risks"]


def _filled(rows: pl.DataFrame, text: str) -> pl.Expr:
    """A text with the facts of each row in it; null where nothing can be said without one that is not known."""
    if not fields(text):
        return pl.lit(fill(text, {}))
    return pl.lit(pl.Series([fill(text, row) or None for row in facts_for(rows, [text])], dtype=pl.String()))


def applies(rows: pl.DataFrame, entries: Sequence[Step | Risk], known: Mapping[str, Kind]) -> pl.DataFrame:
    """One Boolean column per entry, named by its number: whether its condition holds for a row, null if not judged."""
    return evaluate(
        rows, {str(number): compile_condition(entry.when or "TRUE", known) for number, entry in enumerate(entries)}
    )


def is_done(rows: pl.DataFrame, steps: Sequence[Step]) -> list[pl.Series]:
    """For each step, a Boolean for each row: whether the event that shows it to be done is on record."""
    columns = [event_column(step.done_by) if step.done_by else "" for step in steps]
    have = [name for name in dict.fromkeys(columns) if name in rows.columns]
    seen = rows.select(pl.col(have).is_not_null()) if have else pl.DataFrame()
    never = pl.Series([False] * rows.height, dtype=pl.Boolean())
    return [seen[name] if name in seen.columns else never for name in columns]


def is_blocked(rows: pl.DataFrame, steps: Sequence[Step], blocking: Blockers) -> list[pl.Series]:
    """For each step, a Boolean for each row: whether a signal that holds blocks its kind.

    Args:
        rows: With `signals`, those that hold.
        steps: Steps.
        blocking: By kind the signals that block it.
    """
    kinds = {step.kind for step in steps if step.kind and blocking.get(step.kind)}
    held = {
        kind: rows.select(pl.col("signals").list.eval(pl.element().is_in(blocking[kind])).list.any()).to_series()
        for kind in kinds
    }
    never = pl.Series([False] * rows.height, dtype=pl.Boolean())
    return [never if step.kind is None else held.get(step.kind, never) for step in steps]


def steps_done(rows: pl.DataFrame, kinds: Iterable[str]) -> pl.DataFrame:
    """The events of steps done that are on record, columns `DONE_SCHEMA`, by account as in `rows`, then by kind."""
    columns = {event_column(kind): kind for kind in sorted(set(kinds))}
    have = [name for name in columns if name in rows.columns]
    long = rows.with_row_index("_row").unpivot(
        have, index=["_row", "account_id"], variable_name="event", value_name="days"
    )
    return (
        long.drop_nulls("days")
        .with_columns(pl.col("event").replace_strict(columns, return_dtype=pl.String()))
        .sort("_row", "event")
        .select(pl.col(name).cast(kind) for name, kind in DONE_SCHEMA.items())
    )


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
