"""Signals: what the playbook's named conditions say of each account, all of them judged at once.

A signal holds, does not hold, or is not judged, because a fact it needs is not known. The third is
told as such and never taken for the second. No signal changes where an account stands.
"""

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from functools import reduce
from graphlib import TopologicalSorter
from operator import or_
from typing import NamedTuple, cast

import polars as pl

from csq.plan.steps import printed
from csq.plan.texts import general
from csq.playbook.conditions import Condition, bare, compile_condition, evaluate, needed
from csq.playbook.model import Playbook, Signal
from csq.playbook.names import names
from csq.report import SignalTotal
from csq.schema import collect, event_kind
from csq.terms import Quadrant, Severity

LOUDEST_FIRST = (Severity.ACT, Severity.WATCH, Severity.INFO)

UNJUDGED_SCHEMA: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "signal": pl.String(),
    "missing": pl.List(pl.String()),
}

SINCE_WITH = {"champion_left_days": "has_champion", "contraction_days": "last_outcome"}
"""Days since something that may never have been; where the other column is known, null means that it has not."""


class Judged(NamedTuple):
    """What the signals say, by number: in words it takes many times the memory, and is put together when asked for.

    accounts: account_ids, in the order of the frame.
    cases: one row per account and signal that holds: `row`, the place of the account, and `reading`, in `readings`.
    readings: signals with a severity, loudest first.
    totals: one per signal, in the playbook's order.
    open: what could not be judged.
    """

    accounts: pl.Series
    cases: pl.DataFrame
    readings: tuple[tuple[str, Severity], ...]
    totals: tuple[SignalTotal, ...]
    open: "Open"

    @property
    def fired(self) -> pl.DataFrame:
        """account_id, signal and severity (each an Enum): one row per account and signal that holds."""
        keys = self.accounts.gather(self.cases["row"]).alias("account_id")
        return self._read("signal", "severity").insert_column(0, keys)

    @property
    def told(self) -> pl.DataFrame:
        """By account, rows as they came, its account_id and `signals`, the names of those that hold, and `loudest`.

        Those that say act come first, then watch, then info, each in the playbook's order; `loudest` is a severity,
        null without signals.
        """
        lists = (
            self._read("signals", "loudest")
            .lazy()
            .cast(pl.String())
            .with_columns(row=pl.lit(self.cases["row"]).set_sorted())
            .group_by("row", maintain_order=True)
            .agg(pl.col("signals"), pl.col("loudest").first())
        )
        everyone = self.accounts.to_frame("account_id").lazy().with_row_index("row")
        told = everyone.join(lists, on="row", how="left", maintain_order="left")
        return collect(told.select("account_id", pl.col("signals").fill_null([]), "loudest"))

    @property
    def unjudged(self) -> pl.DataFrame:
        """`UNJUDGED_SCHEMA`, one row per account and signal that could not be judged, with the facts that are missing.

        Where little is known it has a dozen rows for each account, and more memory than all else of a run.
        """
        return self.open.rows()

    def _read(self, signal: str, severity: str) -> pl.DataFrame:
        """The signal of each case, and how loud it is, under these names."""
        names, loudness = [name for name, _ in self.readings], [str(severity) for _, severity in self.readings]
        readings = pl.DataFrame(
            {signal: names, severity: loudness},
            schema={signal: pl.Enum([*dict.fromkeys(names)]), severity: pl.Enum([*map(str, LOUDEST_FIRST)])},
        )
        return readings[self.cases["reading"]]


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
    by_account = pl.concat([frame.select("quadrant", "contract_value"), holds], how="horizontal")
    readings = _readings(playbook.signals)
    never = _never(frame, conditions.values(), are_events_given=are_events_given)
    wanted = {name: needed(one) for name, one in conditions.items()}
    gaps = _gaps(frame.with_columns(**never), {fact for facts in wanted.values() for fact in facts})
    open_ = Open(frame["account_id"], holds, gaps, wanted)
    return Judged(
        accounts=frame["account_id"],
        cases=_cases(by_account, readings),
        readings=tuple(readings),
        totals=_totals(by_account, playbook.signals, open_.lacking()),
        open=open_,
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
        if asked := frozenset(never.keys() & set(bare(condition))):
            alike.setdefault(frozenset(never.keys() & condition.reads.keys()) - asked, {})[name] = condition
    for provided, again in alike.items():
        filled = frame.with_columns(**{name: days for name, days in never.items() if name not in provided})
        second = evaluate(filled, again)
        holds = holds.with_columns(
            pl.when(pl.col(name).is_null() & ~pl.lit(second[name])).then(False).otherwise(name).alias(name)
            for name in again
        )
    return holds


def _never(frame: pl.DataFrame, conditions: Iterable[Condition], *, are_events_given: bool) -> dict[str, pl.Expr]:
    """The columns of days since something, infinite where it is known not to be on record."""
    reads = sorted({name for condition in conditions for name in condition.reads})
    never: dict[str, pl.Expr] = {}
    for name in reads:
        if event_kind(name) and are_events_given:
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
    order = TopologicalSorter(muters)
    order.prepare()
    steps = holds.lazy()
    while order.is_active():
        settled = order.get_ready()
        steps = steps.with_columns(_unless_muted(name, muters[name]) for name in settled if muters[name])
        order.done(*settled)
    return collect(steps)


def _unless_muted(name: str, muters: Sequence[str]) -> pl.Expr:
    is_muted = pl.any_horizontal(pl.col(other).fill_null(value=False) for other in muters)
    return pl.when(is_muted).then(pl.lit(value=False)).otherwise(name).alias(name)


def _severities(signal: Signal) -> dict[Severity, list[Quadrant]]:
    """In which quadrants a signal has which severity."""
    found: dict[Severity, list[Quadrant]] = {}
    for quadrant in Quadrant:
        found.setdefault(reading(signal, quadrant)[0], []).append(quadrant)
    return found


def _readings(signals: Mapping[str, Signal]) -> dict[tuple[str, Severity], list[str]]:
    """In which quadrants each signal has which severity, loudest first and then in the playbook's order."""
    severities = {name: _severities(signal) for name, signal in signals.items()}
    return {
        (name, severity): [str(each) for each in quadrants]
        for severity in LOUDEST_FIRST
        for name in signals
        if (quadrants := severities[name].get(severity))
    }


def _cases(by_account: pl.DataFrame, readings: Mapping[tuple[str, Severity], Sequence[str]]) -> pl.DataFrame:
    """One row per account and signal that holds, in the order of the accounts, loudest first within one."""
    if not readings:
        return pl.DataFrame(schema={"row": pl.UInt32(), "reading": pl.UInt32()})
    # Most signals hold for nobody, and to look at one takes as long as to count all.
    names_of = [*dict.fromkeys(name for name, _ in readings)]
    counts = by_account.select(pl.col(names_of).sum()).row(0)
    some = {name for name, count in zip(names_of, counts, strict=True) if count}
    # Row numbers, sorted as integers: to make lists of names account by account takes ten times as long.
    rows = by_account.lazy().select(
        pl.arg_where(pl.col(name) & pl.col("quadrant").is_in(quadrants)).implode().alias(str(place))
        for place, ((name, _), quadrants) in enumerate(readings.items())
        if name in some
    )
    return collect(
        rows.unpivot(variable_name="reading", value_name="row")
        .with_columns(pl.col("reading").cast(pl.UInt32))
        .explode("row")
        .cast({"row": pl.UInt32})  # where no signal holds at all it is of no type
        .drop_nulls()
        .sort("row", maintain_order=True)  # the readings follow each other as it is
        .select("row", "reading")
    )


class Open(NamedTuple):
    """What could not be judged, and for want of what."""

    accounts: pl.Series
    """account_ids."""
    holds: pl.DataFrame
    """A Boolean column per signal, null where it is not judged, rows as in `accounts`."""
    gaps: pl.DataFrame
    """Whether each fact that some signal needs is missing, rows as in `accounts`."""
    wanted: Mapping[str, Sequence[str]]
    """The facts that each signal needs."""

    def of(self, account_id: str) -> "Open":
        """The same of one account."""
        is_it = self.accounts == account_id
        return Open(self.accounts.filter(is_it), self.holds.filter(is_it), self.gaps.filter(is_it), self.wanted)

    def lacking(self) -> Mapping[str, Mapping[str, int]]:
        """By signal, for how many accounts each fact is missing."""
        is_silent = self.holds.select(pl.all().is_null())
        lacking: dict[str, dict[str, int]] = {}
        for name in self.wanted:
            counts = {fact: int((is_silent[name] & gap).sum()) for fact, gap in self._missing(name).items()}
            lacking[name] = {fact: accounts for fact, accounts in counts.items() if accounts}
        return lacking

    def rows(self) -> pl.DataFrame:
        """One row per account and signal that is not judged: `UNJUDGED_SCHEMA`."""
        parts = [pl.DataFrame(schema=UNJUDGED_SCHEMA)]
        for name in self.wanted:
            is_silent = self.holds[name].is_null()
            told = self._missing(name).items()
            facts = [pl.when(pl.lit(is_missing.filter(is_silent))).then(pl.lit(fact)) for fact, is_missing in told]
            missing = pl.concat_list(facts).list.drop_nulls() if facts else pl.lit([], dtype=pl.List(pl.String()))
            silent = self.accounts.filter(is_silent).to_frame("account_id")
            parts.append(silent.select("account_id", pl.lit(name).alias("signal"), missing.alias("missing")))
        return pl.concat(parts)

    def _missing(self, name: str) -> Mapping[str, pl.Series]:
        """Whether each fact that a signal needs is missing; without any it is "never" that leaves the matter open."""
        mine = {fact: self.gaps[fact] for fact in self.wanted[name]}
        is_whole = ~reduce(or_, mine.values(), pl.Series([False]))
        return {fact: gap | is_whole if event_kind(fact) or fact in SINCE_WITH else gap for fact, gap in mine.items()}


def _gaps(frame: pl.DataFrame, facts: Set[str]) -> pl.DataFrame:
    """Whether each of some facts is missing, rows as in `frame`."""
    known = facts & {*frame.columns}
    everywhere = [pl.repeat(True, pl.len()).alias(fact) for fact in facts - known]
    return frame.select(pl.col(sorted(known)).is_null(), *everywhere)


def _totals(
    by_account: pl.DataFrame, signals: Mapping[str, Signal], lacking: Mapping[str, Mapping[str, int]]
) -> tuple[SignalTotal, ...]:
    """How many accounts, and how much money, each signal says yes to, and how many it cannot say anything of."""
    if not signals:
        return ()
    value = by_account["contract_value"]

    def worth(mask: pl.Series) -> tuple[int, Decimal]:
        return int(mask.sum()), cast("Decimal", value.filter(mask).sum())

    is_silent = by_account.select(pl.col([*signals]).is_null())
    held = {name: worth(by_account[name]) for name in signals}
    silent = {name: worth(is_silent[name]) for name in signals}
    return tuple(
        SignalTotal(
            name=name,
            severity=signal.severity,
            text=general(signal.text),
            readings={quadrant: reading(signal, quadrant)[1] for quadrant in Quadrant},
            steps=tuple(printed(step) for step in signal.steps),
            risks=tuple(general(risk.text) for risk in signal.risks),
            accounts=held[name][0],
            contract_value=held[name][1],
            unjudged=silent[name][0],
            unjudged_value=silent[name][1],
            missing=_most_first(lacking.get(name, {})),
        )
        for name, signal in signals.items()
    )


def _most_first(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
