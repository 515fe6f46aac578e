"""How much of a person's time an account gets, and whether its play is worth the hours.

The touch goes by the account's segment, else its tier, as the playbook names them. In low and tech touch a person's
hour needs a reason: a signal that says act, or what the playbook gives as one. What needs none is left to machines.
"""

import math
from collections.abc import Sequence

import polars as pl

from csq.plan.steps import PERSON, applies, holds
from csq.playbook.conditions import compile_condition, evaluate
from csq.playbook.model import Playbook, Step
from csq.playbook.names import names
from csq.report import Note, Total
from csq.schema import PLACES, collect
from csq.suggest import near_miss
from csq.terms import NoteKind, Quadrant, Queue, Severity, Touch


def add_touch(frame: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add `touch` to placed accounts; reads `segment` and `tier`."""
    by_name = _by_name(playbook)

    def named(column: str) -> pl.Expr:
        words = pl.col(column).cast(pl.String()).str.strip_chars().str.to_lowercase()
        return words.replace_strict(by_name, default=None, return_dtype=pl.String())

    touch = pl.coalesce(named("segment"), named("tier"), pl.lit(str(Touch.HIGH)))
    return collect(frame.lazy().with_columns(touch=touch))


def _by_name(playbook: Playbook) -> dict[str, str]:
    """The touch of each segment or tier that the playbook names, in lower case."""
    touch = playbook.touch
    lists = {Touch.HIGH: touch.high, Touch.LOW: touch.low, Touch.TECH: touch.tech}
    return {name.lower(): str(each) for each, listed in lists.items() for name in listed}


def add_worth(frame: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add `play_hours`, `value_per_hour` and `worth_it`.

    Counted are the steps of the quadrant's play that take a person, done ones included, but for those whose condition
    is false. One that is not judged counts: it may come to that. Conditions that ask whether it is worth it are
    answered with yes, since the question is what it would take.
    """
    placed = set(frame["quadrant"].unique())
    plays = {
        quadrant: [step for step in playbook.entry(quadrant).play.steps if any(_persons(step, each) for each in Touch)]
        for quadrant in Quadrant
        if str(quadrant) in placed
    }
    steps = [step for play in plays.values() for step in play]
    judged = applies(frame.with_columns(worth_it=pl.lit(value=True)), steps, names(playbook.custom))
    hours = pl.lit(0.0)
    for quadrant, play in plays.items():
        hours = pl.when(pl.col("quadrant") == str(quadrant)).then(_hours(play)).otherwise(hours)
    per_hour = (pl.col("contract_value").cast(pl.Float64) / pl.col("play_hours")).round(PLACES)
    worth = collect(
        frame[["quadrant", "touch", "contract_value"]]
        .hstack(judged)
        .lazy()
        .with_columns(play_hours=hours)
        .with_columns(value_per_hour=pl.when(pl.col("play_hours") > 0).then(per_hour))
        .select(
            "play_hours",
            "value_per_hour",
            worth_it=pl.when(pl.col("play_hours") == 0)
            .then(pl.lit(value=True))
            .otherwise(pl.col("value_per_hour") >= playbook.min_value_per_hour),
        )
    )
    return frame.hstack(worth)


def _hours(play: Sequence[Step]) -> pl.Expr:
    """The hours of a person that a whole play takes; reads `touch` and whether the conditions of its steps hold."""
    hours = [pl.lit(0.0)]
    for step in play:
        by_touch = {str(touch): _persons(step, touch) for touch in Touch}
        is_alike = len({*by_touch.values()}) == 1
        taken = (
            pl.lit(_persons(step, Touch.HIGH))
            if is_alike
            else pl.col("touch").replace_strict(by_touch, return_dtype=pl.Float64())
        )
        hours.append(pl.when(pl.col(holds(step)).fill_null(value=True)).then(taken))
    return pl.sum_horizontal(hours).round(PLACES)


def _persons(step: Step, touch: Touch) -> float:
    """The hours of a person that a step takes: of its variant, or of the step where a machine stands in for it."""
    variant = step.for_touch(touch)
    taken = variant if variant.human else step
    return taken.hours if taken.human else 0.0


def add_person(rows: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add `PERSON`; reads `touch`, `severity` and what the playbook's reason for a person's hour reads."""
    reason = playbook.touch.person_when
    due = pl.lit(value=False)
    if reason:
        due = pl.lit(evaluate(rows, {"due": compile_condition(reason, names(playbook.custom))})["due"])
    is_high = pl.col("touch") == str(Touch.HIGH)
    acts = pl.col("severity").eq_missing(pl.lit(str(Severity.ACT)))
    return rows.with_columns((is_high | acts | due.fill_null(value=False)).alias(PERSON))


def touch_notes(accounts: pl.DataFrame) -> list[Note]:
    """Say what low and tech touch take of people's hours, and how much at-risk value has a next step."""
    few = pl.col("touch") != str(Touch.HIGH)
    if not (accounts["touch"] != str(Touch.HIGH)).any():
        return []
    works, value = pl.col("queue") != str(Queue.REST), pl.col("contract_value").cast(pl.Float64)
    hours = pl.col("hours").filter(works & pl.col("human"))
    at_risk = pl.col("quadrant") == str(Quadrant.AT_RISK)
    told = accounts.select(
        accounts=few.sum(),
        hours=100 * hours.filter(few.filter(works & pl.col("human"))).sum() / hours.sum(),
        value=100 * value.filter(few).sum() / value.sum(),
        touched=value.filter(at_risk & works).sum(),
        at_risk=value.filter(at_risk).sum(),
    ).row(0, named=True)
    text = (
        f"low and tech touch: {told['accounts']:,} accounts, {_share(told['value'])} of contract value, "
        f"{_share(told['hours'])} of people's hours; at risk: {told['touched']:,.0f} of {told['at_risk']:,.0f} a year "
        "has a next step"
    )
    return [Note(kind=NoteKind.CHOICE, text=text)]


def effort_notes(totals: Sequence[Total], playbook: Playbook) -> list[Note]:
    """Say for each quadrant what its plays take and are worth, and which causes were found."""
    labels = {total.quadrant: playbook.entry(total.quadrant).label for total in totals}
    hours = [
        f"{labels[total.quadrant]} {total.play_hours:,.0f} h"
        + (f", {total.value_per_hour:,.0f} a year per hour" if total.value_per_hour is not None else "")
        for total in totals
        if total.accounts
    ]
    notes = [Note(kind=NoteKind.CHOICE, text=f"whole plays, in people's hours: {'; '.join(hours)}")] if hours else []
    found = [
        f"{labels[total.quadrant]} {', '.join(f'{cause} {count:,}' for cause, count in total.causes.items())}"
        for total in totals
        if total.causes
    ]
    if found:
        notes.append(Note(kind=NoteKind.CHOICE, text=f"causes found: {'; '.join(found)}"))
    codes = {reason.code for quadrant in Quadrant for reason in playbook.entry(quadrant).reasons}
    for cause in sorted({cause for total in totals for cause in total.causes} - codes):
        guess = near_miss(cause, codes)
        text = f"the cause `{cause}` is no reason code of the playbook" + (f": {guess}" if guess else "")
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    return notes


def _share(percent: float | None) -> str:
    return "none" if percent is None or math.isnan(percent) else f"{percent:.1f} %"
