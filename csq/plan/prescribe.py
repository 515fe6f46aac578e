"""The playbook applied: which step is next for each account, and which risks to mind.

An account's next step is the first of its quadrant's play whose condition holds and whose `done_by`
event is not on record. A condition that comes out null is not judged, so it does not hold.
"""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from csq.playbook.conditions import compile_condition, evaluate
from csq.playbook.model import Playbook, QuadrantEntry, Risk, Step
from csq.playbook.names import names
from csq.playbook.text import fields, fill
from csq.report import QuadrantPlay
from csq.report import Step as PrintedStep
from csq.schema import PLAN, Kind, complete
from csq.terms import Quadrant


def prescribe(frame: pl.DataFrame, playbook: Playbook) -> pl.DataFrame:
    """Add `schema.PLAN` to placed accounts; rows come back sorted by rank.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked, so its conditions and texts are known to be good.
    """
    known = names(playbook.custom)
    parts = [
        _quadrant(frame.filter(pl.col("quadrant") == quadrant), playbook.entry(quadrant), known)
        for quadrant in playbook.order
        if (frame["quadrant"] == quadrant).any()
    ]
    # The order of attack first, then the money at stake; unknown value last within its quadrant.
    ordered = pl.concat(
        part.sort("contract_value", "account_id", descending=[True, False], nulls_last=True)
        for part in parts or [frame]
    )
    ranked = ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return complete(ranked, PLAN).select(*frame.columns, *(column.name for column in PLAN))


def _quadrant(rows: pl.DataFrame, entry: QuadrantEntry, known: Mapping[str, Kind]) -> pl.DataFrame:
    """Play, queue, next step and risks for the accounts of one quadrant."""
    steps, risks = entry.play.steps, entry.risks
    facts = _facts_for(rows, [*(step.do for step in steps), *(risk.text for risk in risks)])
    next_steps, risk_lists = [], []
    for row, holds in zip(facts, _which(rows, [*steps, *risks], known), strict=True):
        step = next((step for step, applies in zip(steps, holds, strict=False) if applies), None)
        next_steps.append(fill(step.do, row) if step else None)
        noted = zip(risks, holds[len(steps) :], strict=True)
        risk_lists.append([fill(risk.text, row) for risk, applies in noted if applies])
    return rows.with_columns(
        pl.lit(entry.play.headline).alias("play"),
        pl.lit(str(entry.queue)).alias("queue"),
        pl.Series("next_step", next_steps, pl.String),
        pl.Series("risks", risk_lists, pl.List(pl.String)),
    )


def _which(rows: pl.DataFrame, entries: Sequence[Step | Risk], known: Mapping[str, Kind]) -> list[tuple[bool, ...]]:
    """For each row whether each entry applies: its condition holds, and no event on record shows that it is done."""
    conditions = {
        str(number): compile_condition(entry.when, known) for number, entry in enumerate(entries) if entry.when
    }
    judged = evaluate(rows, conditions).get_columns() if conditions else []
    applies = []
    for number, entry in enumerate(entries):
        holds = pl.col(str(number)).fill_null(value=False) if entry.when else pl.lit(value=True)
        done = f"event_{entry.done_by}_days" if isinstance(entry, Step) and entry.done_by else None
        open_yet = pl.col(done).is_null() if done in rows.columns else pl.lit(value=True)
        applies.append((holds & open_yet).alias(f"applies {number}"))
    every_row = pl.repeat(True, pl.len()).alias("row")
    return [flags[1:] for flags in rows.with_columns(judged).select(every_row, *applies).iter_rows()]


def _facts_for(rows: pl.DataFrame, texts: Iterable[str]) -> list[dict[str, object]]:
    """The facts that the texts name, row by row; those no file tells are unknown."""
    named = sorted({name for text in texts for name in fields(text)})
    have = [name for name in named if name in rows.columns]
    return rows.select(have).to_dicts() if have else [{} for _ in range(rows.height)]


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
        steps=tuple(
            PrintedStep(do=_general(step.do), who=step.who, human=step.human, hours=step.hours)
            for step in entry.play.steps
        ),
        risks=tuple(_general(risk.text) for risk in entry.risks),
    )


def _general(text: str) -> str:
    """A text as it reads for no account in particular: `{open_tickets}` is `[open tickets]`."""
    return fill(text, {name: f"[{name.replace('_', ' ')}]" for name in fields(text)})
