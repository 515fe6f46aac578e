"""Signals: what the playbook's named conditions say of each account, all of them judged at once.

A signal holds, does not hold, or is not judged, because a fact it needs is not known. The third is
told as such and never taken for the second. No signal changes where an account stands.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from graphlib import TopologicalSorter
from operator import or_

import polars as pl

from csq.plan.steps import general, printed
from csq.playbook.conditions import Condition, compile_condition, evaluate
from csq.playbook.model import Playbook, Signal
from csq.playbook.names import is_event, names
from csq.report import SignalTotal
from csq.terms import Quadrant, Severity

LOUDEST_FIRST = (Severity.ACT, Severity.WATCH, Severity.INFO)

FIRED_SCHEMA: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "signal": pl.String(),
    "severity": pl.String(),
}
UNJUDGED_SCHEMA: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "signal": pl.String(),
    "missing": pl.List(pl.String()),
}

SINCE_WITH = {"champion_left_days": "has_champion"}
"""Days since something that may never have been; where the other column is known, null means that it has not."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What the signals say.

    told: account_id, `signals` (names that hold, act first, then watch, then info, each in the
    playbook's order), `loudest` (severity, null without signals); rows as they came.
    fired: `FIRED_SCHEMA`, one row per account and signal that holds.
    unjudged: `UNJUDGED_SCHEMA`, one row per account and signal that could not be judged, with the
    facts that are missing.
    totals: one per signal, in the playbook's order.
    """

    told: pl.DataFrame
    fired: pl.DataFrame
    unjudged: pl.DataFrame
    totals: tuple[SignalTotal, ...]


def judge(frame: pl.DataFrame, playbook: Playbook, *, are_events_given: bool) -> Judged:
    """Judge every signal for every account.

    Args:
        frame: Facts and placement, one row per account.
        playbook: Checked, so its conditions are known to be good.
        are_events_given: Whether there is a record of events, in which no entry means that none is known to have been.
    """
    known = names(playbook.custom)
    conditions = {name: compile_condition(signal.when, known) for name, signal in playbook.signals.items()}
    judged = evaluated(frame, conditions, are_events_given=are_events_given)
    holds = _unmuted(judged, playbook.signals)
    by_account = pl.concat([frame.select("account_id", "quadrant", "contract_value"), holds], how="horizontal")
    fired = _fired(by_account, playbook.signals)
    never = _never(frame, conditions.values(), are_events_given=are_events_given)
    unjudged = _unjudged(frame.with_columns(**never), holds, conditions)
    return Judged(
        told=_told(by_account, fired),
        fired=fired,
        unjudged=unjudged.frame,
        totals=_totals(by_account, playbook.signals, unjudged.lacking),
    )


def reading(signal: Signal, quadrant: Quadrant | str) -> tuple[Severity, str]:
    """Severity and text of a signal in a quadrant."""
    own = signal.quadrants.get(Quadrant(quadrant))
    return (own and own.severity) or signal.severity, (own and own.text) or signal.text


def evaluated(frame: pl.DataFrame, conditions: Mapping[str, Condition], *, are_events_given: bool) -> pl.DataFrame:
    """A Boolean column per condition, null where it is not judged, rows as in `frame`.

    "Never" is no number of days, so a condition on it comes out null. Where there is a record, it is
    looked at once more with the longest time there is: what is false even then is false. What would be
    true then stays open, since the record may be short. A condition that itself provides for "never",
    with `IS NULL` or COALESCE, is left to do so.
    """
    holds = evaluate(frame, conditions)
    never = _never(frame, conditions.values(), are_events_given=are_events_given)
    alike: dict[frozenset[str], dict[str, Condition]] = {}
    for name, condition in conditions.items():
        if asked := frozenset(never.keys() & set(_bare(condition))):
            alike.setdefault(frozenset(never.keys() & condition.reads.keys()) - asked, {})[name] = condition
    for provided, again in alike.items():
        filled = frame.with_columns(**{name: days for name, days in never.items() if name not in provided})
        second = evaluate(filled, again)
        holds = holds.with_columns(
            pl.when(holds[name].is_null() & ~second[name]).then(pl.lit(value=False)).otherwise(holds[name]).alias(name)
            for name in again
        )
    return holds


def _never(frame: pl.DataFrame, conditions: Iterable[Condition], *, are_events_given: bool) -> dict[str, pl.Expr]:
    """The columns of days since something, infinite where it is known not to be on record."""
    reads = sorted({name for condition in conditions for name in condition.reads})
    never: dict[str, pl.Expr] = {}
    for name in reads:
        if is_event(name) and are_events_given:
            never[name] = pl.col(name).fill_null(math.inf) if name in frame.columns else pl.lit(math.inf)
        elif name in SINCE_WITH and SINCE_WITH[name] in frame.columns:
            on_record = pl.col(SINCE_WITH[name]).is_not_null()
            days = pl.col(name).cast(pl.Float64)
            never[name] = pl.when(days.is_null() & on_record).then(math.inf).otherwise(days)
    return never


def _unmuted(holds: pl.DataFrame, signals: Mapping[str, Signal]) -> pl.DataFrame:
    """Silence what a signal that is told mutes; one that is muted itself mutes nothing."""
    muters: dict[str, list[str]] = {name: [] for name in signals}
    for name, signal in signals.items():
        for muted in signal.mutes:
            muters[muted].append(name)
    for name in TopologicalSorter(muters).static_order():
        if muters[name]:
            is_muted = reduce(or_, (pl.col(other).fill_null(value=False) for other in muters[name]))
            holds = holds.with_columns(pl.when(is_muted).then(pl.lit(value=False)).otherwise(name).alias(name))
    return holds


def _severities(signal: Signal) -> dict[Severity, list[Quadrant]]:
    """In which quadrants a signal has which severity."""
    found: dict[Severity, list[Quadrant]] = {}
    for quadrant in Quadrant:
        found.setdefault(reading(signal, quadrant)[0], []).append(quadrant)
    return found


def _fired(by_account: pl.DataFrame, signals: Mapping[str, Signal]) -> pl.DataFrame:
    """One row per account and signal that holds, in the order of the accounts, loudest first within one."""
    readings = [
        (name, severity, quadrants)
        for severity in LOUDEST_FIRST
        for name, signal in signals.items()
        if (quadrants := _severities(signal).get(severity))
    ]
    if not readings:
        return pl.DataFrame(schema=FIRED_SCHEMA)
    # Row numbers, sorted as integers: to make lists of names account by account takes ten times as long.
    parts = []
    for place, (name, _, quadrants) in enumerate(readings):
        holds = by_account[name]
        if len(quadrants) < len(Quadrant):
            holds &= by_account["quadrant"].is_in([str(quadrant) for quadrant in quadrants])
        rows = holds.arg_true().alias("row")
        parts.append(pl.DataFrame([rows, pl.Series("place", [place], pl.UInt32()).new_from_index(0, len(rows))]))
    long = pl.concat(parts).sort("row", "place")
    names_of = pl.Series([name for name, _, _ in readings], dtype=pl.String())
    severity_of = pl.Series([str(severity) for _, severity, _ in readings], dtype=pl.String())
    return pl.DataFrame(
        {
            "account_id": by_account["account_id"].gather(long["row"]),
            "signal": names_of.gather(long["place"]),
            "severity": severity_of.gather(long["place"]),
        }
    )


def _told(by_account: pl.DataFrame, fired: pl.DataFrame) -> pl.DataFrame:
    """The names of each account's signals, and how loud the loudest is."""
    lists = fired.group_by("account_id", maintain_order=True).agg(
        signals=pl.col("signal"), loudest=pl.col("severity").first()
    )
    told = by_account.select("account_id").join(lists, on="account_id", how="left", maintain_order="left")
    return told.with_columns(pl.col("signals").fill_null([]))


@dataclass(frozen=True, kw_only=True)
class _Unjudged:
    """frame: `UNJUDGED_SCHEMA`; lacking: by signal, for how many accounts each fact is missing."""

    frame: pl.DataFrame
    lacking: Mapping[str, Mapping[str, int]]


def _unjudged(frame: pl.DataFrame, holds: pl.DataFrame, conditions: Mapping[str, Condition]) -> _Unjudged:
    """One row per account and signal that is not judged, with the facts it wanted and did not find."""
    parts = [pl.DataFrame(schema=UNJUDGED_SCHEMA)]
    lacking: dict[str, dict[str, int]] = {}
    for name, condition in conditions.items():
        if not holds[name].null_count():
            continue
        wanted = needed(condition)
        gaps = (_is_gap(each, frame) for each in wanted)
        open_rows = frame.select("account_id", *gaps).filter(holds[name].is_null())
        alike = open_rows.group_by(wanted, maintain_order=True) if len(wanted) > 1 else [((True,), open_rows)]
        # Accounts lack a few sets of facts between them, so each list is made once.
        for is_missing, rows in alike:
            # Without a gap it is "never" that leaves the matter open.
            missing = [each for each, gap in zip(wanted, is_missing, strict=True) if gap] or [
                each for each in wanted if is_event(each) or each in SINCE_WITH
            ]
            parts.append(
                rows.select(
                    "account_id",
                    signal=pl.lit(name),
                    missing=pl.Series([missing], dtype=pl.List(pl.String())).new_from_index(0, rows.height),
                )
            )
            counts = lacking.setdefault(name, {})
            counts.update({each: counts.get(each, 0) + rows.height for each in missing})
    return _Unjudged(frame=pl.concat(parts), lacking=lacking)


def _is_gap(name: str, frame: pl.DataFrame) -> pl.Expr:
    return pl.col(name).is_null() if name in frame.columns else pl.lit(value=True).alias(name)


_PROVIDED = r"COALESCE\s*\(\s*{name}\s*,|(?<!\w){name}\s+IS\s+(?:NOT\s+)?NULL"


def needed(condition: Condition) -> tuple[str, ...]:
    """The columns without which a condition may not be judged: those it does not itself provide for.

    `COALESCE(a, 0) > 1` and `a IS NULL` can be judged without `a`.
    """
    return _bare(condition) or condition.columns


def _bare(condition: Condition) -> tuple[str, ...]:
    """The columns that a condition nowhere provides for the absence of."""
    return tuple(
        name
        for name in condition.columns
        if not re.search(_PROVIDED.format(name=re.escape(name)), condition.text, re.IGNORECASE)
    )


def _totals(
    by_account: pl.DataFrame, signals: Mapping[str, Signal], lacking: Mapping[str, Mapping[str, int]]
) -> tuple[SignalTotal, ...]:
    """How many accounts, and how much money, each signal says yes to, and how many it cannot say anything of."""
    yes = by_account.select(pl.col("contract_value").filter(pl.col(name)).sum().alias(name) for name in signals)
    open_value = by_account.select(
        pl.col("contract_value").filter(pl.col(name).is_null()).sum().alias(name) for name in signals
    )
    return tuple(
        SignalTotal(
            name=name,
            severity=signal.severity,
            text=general(signal.text),
            readings={quadrant: reading(signal, quadrant)[1] for quadrant in Quadrant},
            steps=tuple(printed(step) for step in signal.steps),
            risks=tuple(general(risk.text) for risk in signal.risks),
            accounts=int(by_account[name].sum()),
            contract_value=_money(yes[name][0]),
            unjudged=by_account[name].null_count(),
            unjudged_value=_money(open_value[name][0]),
            missing=_most_first(lacking.get(name, {})),
        )
        for name, signal in signals.items()
    )


def _most_first(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def _money(total: object) -> Decimal:
    return total if isinstance(total, Decimal) else Decimal(0)
