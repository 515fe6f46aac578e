"""The playbook applied: each account's play, its next step, its risks and its place in the order of work.

The next step is that of the first `act` signal that has one to take, else the first of the quadrant's
play that applies and is not done. An `act` signal puts an account first, whatever its scores; it never
moves it to another quadrant.
"""

from collections.abc import Mapping

import polars as pl

from csq.plan.signals import Judged, reading
from csq.plan.steps import first_steps, general, printed, risk_notes
from csq.playbook.model import Playbook, QuadrantEntry, Signal
from csq.playbook.names import names
from csq.report import QuadrantPlay
from csq.schema import PLAN, Kind, complete
from csq.terms import Level, Quadrant, Queue, Severity


def prescribe(frame: pl.DataFrame, playbook: Playbook, judged: Judged) -> pl.DataFrame:
    """Add `schema.PLAN` to placed accounts; rows come back sorted by rank.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked, so its conditions and texts are known to be good.
        judged: What the signals say of these accounts.
    """
    known = names(playbook.custom)
    rows = frame.join(judged.told, on="account_id", how="left", maintain_order="left")
    parts = [
        _quadrant(rows.filter(pl.col("quadrant") == quadrant), playbook.entry(quadrant), known)
        for quadrant in playbook.order
        if (frame["quadrant"] == quadrant).any()
    ] or [_quadrant(rows, playbook.entry(playbook.order[0]), known)]
    planned = _with_signals(pl.concat(parts), playbook.signals, judged.fired, known)
    # Act first, then the order of attack, then the money at stake; unknown value last within its quadrant.
    attack = {str(quadrant): place for place, quadrant in enumerate(playbook.order)}
    ordered = planned.sort(
        pl.col("loudest").eq_missing(pl.lit(str(Severity.ACT))),
        pl.col("quadrant").replace_strict(attack, return_dtype=pl.Int64()),
        "contract_value",
        "account_id",
        descending=[True, False, True, False],
        nulls_last=True,
    )
    ranked = ordered.with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
    return complete(ranked, PLAN).select(*frame.columns, *(column.name for column in PLAN))


def _quadrant(rows: pl.DataFrame, entry: QuadrantEntry, known: Mapping[str, Kind]) -> pl.DataFrame:
    """Play, queue, next step and risks for the accounts of one quadrant."""
    return rows.with_columns(
        pl.lit(entry.play.headline).alias("play"),
        pl.lit(str(entry.queue)).alias("queue"),
        first_steps(rows, entry.play.steps, known),
        risk_notes(rows, entry.risks, known),
    )


def _with_signals(
    rows: pl.DataFrame, signals: Mapping[str, Signal], fired: pl.DataFrame, known: Mapping[str, Kind]
) -> pl.DataFrame:
    """Let signals speak: their risks before those of the quadrant, the step of an act signal before the play's."""
    texts = []
    for name, signal in signals.items():
        if not (signal.risks or (signal.steps and Severity.ACT in _ever(signal))):
            continue
        on = rows.join(fired.filter(pl.col("signal") == name), on="account_id", how="semi", maintain_order="left")
        acting = on["quadrant"].is_in([q for q in Quadrant if reading(signal, q)[0] is Severity.ACT])
        steps = first_steps(on, signal.steps, known)
        texts.append(
            on.select("account_id").with_columns(
                pl.lit(name).alias("signal"),
                pl.select(pl.when(acting).then(steps)).to_series().alias("own_step"),
                risk_notes(on, signal.risks, known).alias("own_risks"),
            )
        )
    if not texts:
        return _lifted(rows)
    # In the order in which each account's signals are told, so that the loudest speaks first.
    own = (
        fired.join(pl.concat(texts), on=["account_id", "signal"], how="left", maintain_order="left")
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("own_step").drop_nulls().first(), pl.col("own_risks").explode().drop_nulls())
    )
    spoken = rows.join(own, on="account_id", how="left", maintain_order="left").with_columns(
        next_step=pl.coalesce("own_step", "next_step"),
        risks=pl.concat_list(pl.col("own_risks").fill_null([]), "risks").list.unique(maintain_order=True),
    )
    return _lifted(spoken)


def _ever(signal: Signal) -> set[Severity]:
    return {reading(signal, quadrant)[0] for quadrant in Quadrant}


def _lifted(rows: pl.DataFrame) -> pl.DataFrame:
    """Take accounts with an act signal out of their rest: the happy are protected, all others rescued."""
    happy = pl.col("happiness_level") == str(Level.HIGH)
    lifted = pl.when(happy).then(pl.lit(str(Queue.PROTECT))).otherwise(pl.lit(str(Queue.RESCUE)))
    resting = (pl.col("queue") == str(Queue.REST)) & (pl.col("loudest") == str(Severity.ACT))
    return rows.with_columns(queue=pl.when(resting).then(lifted).otherwise("queue"))


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
        steps=tuple(printed(step) for step in entry.play.steps),
        risks=tuple(general(risk.text) for risk in entry.risks),
    )
