"""A playbook tried on data: how many accounts each of its conditions hits, which lack their facts, what contradicts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import polars as pl

from csq.plan.signals import SINCE_WITH, Judged, evaluated, reading
from csq.plan.steps import applies, blockers, holds, is_done
from csq.playbook.conditions import compile_condition, needed
from csq.playbook.model import Need, Playbook, Rest, Risk, Step
from csq.playbook.names import names
from csq.schema import Kind, event_kind
from csq.terms import Quadrant, StepKind


class ConditionCoverage(NamedTuple):
    """One condition, on the accounts it is asked of: those of its quadrant, or for a signal all."""

    path: str
    """Where it stands in the playbook, such as `quadrants.at_risk.play.steps[2].when`."""
    condition: str
    accounts: int
    """Of which it is asked."""
    holds: int
    unjudged: int
    """Accounts for which a fact is missing."""
    lacking: tuple[str, ...]
    """Where it holds for none: facts it asks for that are known of none of them."""


class Clash(NamedTuple):
    """A step, and a signal that holds beside it and blocks its kind."""

    path: str
    signal: str
    kind: StepKind
    accounts: int
    """For which both hold, so that the step is passed over."""


def find_clashes(frame: pl.DataFrame, playbook: Playbook, judged: Judged) -> tuple[Clash, ...]:
    """Find the steps that would be taken but for a signal, in the order of the playbook.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked.
        judged: What its signals say of these accounts.
    """
    rows = frame.join(judged.told, on="account_id", how="left", maintain_order="left")
    return tuple(
        Clash(path=path, signal=name, kind=step.kind, accounts=count)
        for path, step, asked in _kinds(playbook)
        if step.kind
        for due in [_due(rows, step, asked, playbook)]
        for name in blockers(playbook.signals)[step.kind]
        if (count := due.filter(pl.col("signals").list.contains(name)).height)
    )


def _kinds(playbook: Playbook) -> Iterator[tuple[str, Step, pl.Expr]]:
    """Every step with its path, and whose it is: an account's of its quadrant, or of its signal where that leads."""
    for quadrant in playbook.order:
        entry = playbook.entry(quadrant)
        for number, step in enumerate(entry.play.steps, start=1):
            yield f"quadrants.{quadrant}.play.steps[{number}]", step, pl.col("quadrant") == str(quadrant)
    for name, signal in playbook.signals.items():
        leading = [str(each) for each in Quadrant if signal.leads(reading(signal, each)[0])]
        asked = pl.col("signals").list.contains(name) & pl.col("quadrant").is_in(leading)
        for number, step in enumerate(signal.steps, start=1):
            yield f"signals.{name}.steps[{number}]", step, asked


def _due(rows: pl.DataFrame, step: Step, asked: pl.Expr, playbook: Playbook) -> pl.DataFrame:
    """The accounts for which a step applies and is not done."""
    mine = rows.filter(asked)
    judged = mine.hstack(applies(mine, [step], names(playbook.custom)))
    return judged.filter(pl.col(holds(step)), ~is_done(step, mine.columns))


def condition_coverage(
    frame: pl.DataFrame, playbook: Playbook, *, are_events_given: bool
) -> tuple[ConditionCoverage, ...]:
    """Try every condition, in the order of the playbook.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked.
        are_events_given: Whether no event on record means that none is known to have been.
    """
    known = names(playbook.custom)
    by_quadrant = {quadrant: frame.filter(pl.col("quadrant") == quadrant) for quadrant in Quadrant}
    return tuple(
        _hit(path, when, by_quadrant[quadrant] if quadrant else frame, known, are_events_given=are_events_given)
        for path, when, quadrant in _conditions(playbook)
    )


def _conditions(playbook: Playbook) -> Iterator[tuple[str, str, Quadrant | None]]:
    """Every condition with its path, and the quadrant whose accounts it is asked of."""
    for quadrant in playbook.order:
        entry, path = playbook.entry(quadrant), f"quadrants.{quadrant}"
        qualify = (entry.qualify,) if entry.qualify else ()
        groups = (
            ("rest", entry.rest),
            ("gate", entry.gate),
            ("qualify", qualify),
            ("play.steps", entry.play.steps),
            ("risks", entry.risks),
        )
        for group, entries in groups:
            for where, when in _numbered(f"{path}.{group}", entries):
                yield where, when, quadrant
    for where, when in _numbered("rest", playbook.rest):
        yield where, when, None
    for name, signal in playbook.signals.items():
        path = f"signals.{name}"
        yield f"{path}.when", signal.when, None
        for group, entries in (("steps", signal.steps), ("risks", signal.risks), ("also", signal.also)):
            for where, when in _numbered(f"{path}.{group}", entries):
                yield where, when, None


def _numbered(path: str, entries: Iterable[Need | Rest | Step | Risk]) -> Iterator[tuple[str, str]]:
    for number, entry in enumerate(entries, start=1):
        if entry.when:
            yield f"{path}[{number}].when", entry.when


def _hit(
    path: str, when: str, rows: pl.DataFrame, known: Mapping[str, Kind], *, are_events_given: bool
) -> ConditionCoverage:
    condition = compile_condition(when, known)
    holds = evaluated(rows, {"holds": condition}, are_events_given=are_events_given)["holds"]
    count = int(holds.sum())

    def is_known(name: str) -> bool:
        return name in rows.columns and rows[name].null_count() < rows.height

    # Where there is a record, that nothing of the kind is in it is known too.
    recorded = {name for name in condition.columns if event_kind(name) and are_events_given}
    recorded |= {name for name, other in SINCE_WITH.items() if is_known(other)}
    lacking = tuple(name for name in needed(condition) if name not in recorded and not is_known(name))
    return ConditionCoverage(
        path=path,
        condition=" ".join(when.split()),
        accounts=rows.height,
        holds=count,
        unjudged=holds.null_count(),
        lacking=() if count or not rows.height else lacking,
    )
