"""How much of a person's time an account gets, and whether its play is worth the hours.

The touch goes by the account's segment, else its tier, as the playbook names them. In low and tech touch a person's
hour needs a reason: a signal that says act, or what the playbook gives as one. What needs none is left to machines.
"""

import math
from collections.abc import Mapping

import polars as pl

from csq.plan.steps import PERSON
from csq.playbook.conditions import compile_condition, evaluate
from csq.playbook.model import Playbook, Step
from csq.playbook.names import names
from csq.report import Note
from csq.schema import PLACES, Kind, collect
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
    known = names(playbook.custom)
    parts = frame.partition_by("quadrant", as_dict=True).items()
    hours = [_play_hours(rows, playbook, Quadrant(str(quadrant)), known) for (quadrant,), rows in parts]
    per_hour = (pl.col("contract_value").cast(pl.Float64) / pl.col("play_hours")).round(PLACES)
    return collect(
        frame.lazy()
        .join(
            pl.concat(hours or [frame.select("account_id", play_hours=0.0)]).lazy(),
            on="account_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(value_per_hour=pl.when(pl.col("play_hours") > 0).then(per_hour))
        .with_columns(
            worth_it=pl.when(pl.col("play_hours") == 0)
            .then(pl.lit(value=True))
            .otherwise(pl.col("value_per_hour") >= playbook.min_value_per_hour)
        )
    )


def _play_hours(rows: pl.DataFrame, playbook: Playbook, quadrant: Quadrant, known: Mapping[str, Kind]) -> pl.DataFrame:
    """The hours of the whole play for each account of a quadrant."""
    hours = pl.lit(0.0)
    conditions = {}
    for number, step in enumerate(playbook.entry(quadrant).play.steps):
        conditions[str(number)] = compile_condition(step.when or "TRUE", known)
        by_touch = {str(touch): _persons(step, touch) for touch in Touch}
        taken = pl.lit(rows["touch"]).replace_strict(by_touch, return_dtype=pl.Float64())
        hours += pl.when(pl.col(str(number)).fill_null(value=True)).then(taken).otherwise(0.0)
    counted = evaluate(rows.with_columns(worth_it=pl.lit(value=True)), conditions)
    return rows.select("account_id", counted.select(hours.round(PLACES).alias("play_hours"))["play_hours"])


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
    is_high = pl.col("touch").fill_null(str(Touch.HIGH)) == str(Touch.HIGH)
    acts = pl.col("severity").eq_missing(pl.lit(str(Severity.ACT)))
    return rows.with_columns((is_high | acts | due.fill_null(value=False)).alias(PERSON))


def touch_notes(accounts: pl.DataFrame) -> list[Note]:
    """Say what low and tech touch take of people's hours, and how much at-risk value has a next step."""
    few = pl.col("touch") != str(Touch.HIGH)
    if not accounts.select(few.any()).item():
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


def _share(percent: float | None) -> str:
    return "none" if percent is None or math.isnan(percent) else f"{percent:.1f} %"
