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
    ]
    # The order of attack first, then the money at stake; unknown value last within its quadrant.
    ordered = pl.concat(
        part.sort("contract_value", "account_id", descending=[True, False], nulls_last=True) for part in parts
    )
    ranked = ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    others = [name for name in frame.columns if name in ranked.columns]
    return complete(ranked, PLAN).select(*others, *(column.name for column in PLAN))


def _quadrant(rows: pl.DataFrame, entry: QuadrantEntry, known: Mapping[str, Kind]) -> pl.DataFrame:
    """Play, queue, next step and risks for the accounts of one quadrant."""
    steps = _which(rows, entry.play.steps, known)
    for number, step in enumerate(entry.play.steps):
        if step.done_by and f"event_{step.done_by}_days" in rows.columns:
            steps = steps.with_columns(pl.col(str(number)) & rows[f"event_{step.done_by}_days"].is_null())
    first = pl.coalesce(pl.when(str(number)).then(pl.lit(step.do)) for number, step in enumerate(entry.play.steps))
    risks = _which(rows, entry.risks, known)
    texts = [pl.when(str(number)).then(pl.lit(risk.text)) for number, risk in enumerate(entry.risks)]
    noted = pl.concat_list(texts).list.drop_nulls() if texts else pl.lit([], dtype=pl.List(pl.String))
    next_steps = steps.select(first.alias("text"))["text"].to_list()
    risk_lists = risks.select(noted.alias("texts"))["texts"].to_list() if texts else [[] for _ in next_steps]
    facts = _facts_for(rows, [step.do for step in entry.play.steps] + [risk.text for risk in entry.risks])
    return rows.with_columns(
        pl.lit(entry.play.headline).alias("play"),
        pl.lit(str(entry.queue)).alias("queue"),
        pl.Series(
            "next_step", [text and fill(text, row) for text, row in zip(next_steps, facts, strict=True)], pl.String
        ),
        pl.Series(
            "risks",
            [[fill(text, row) for text in texts] for texts, row in zip(risk_lists, facts, strict=True)],
            pl.List(pl.String),
        ),
    )


def _which(rows: pl.DataFrame, entries: Sequence[Step | Risk], known: Mapping[str, Kind]) -> pl.DataFrame:
    """One Boolean column per entry, named by its number: whether it applies to a row."""
    conditions = {
        str(number): compile_condition(entry.when, known) for number, entry in enumerate(entries) if entry.when
    }
    judged = evaluate(rows, conditions).fill_null(value=False).get_columns() if conditions else []
    always = [pl.lit(value=True).alias(str(number)) for number, entry in enumerate(entries) if not entry.when]
    return rows.select("account_id").with_columns(judged).with_columns(always)


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
