"""Hours to accounts: what fits this week, desk by desk.

A desk goes down the rank and passes over what is too long. Its first account is taken whenever its step fits the
week. Each queue keeps to its share of the hours, as far as the other has work for the rest: work that stands further
down and is no longer than the step it would hold up. To keep hours for longer work further down would break one of two
promises: nothing that is left out fits into the hours a desk has left, and more hours drop an account only where one of
a higher rank takes them. Steps a machine takes cost none. Check-ins
come last, out of hours that fit no step: a person calls a few of those that otherwise hear from machines alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import compress
from typing import NamedTuple

import polars as pl

from csq.plan.texts import facts_for
from csq.playbook.model import CheckIns, Playbook
from csq.playbook.text import spelled
from csq.report import CheckIn, LeftOut, Note, OwnerWeek
from csq.schema import collect, event_column
from csq.settings.model import Capacity
from csq.split import Split
from csq.suggest import near_miss
from csq.terms import TEAM, UNASSIGNED, NoteKind, Queue

_NAMED = 3
"""Accounts left out that are named."""
_PLACES = 6
"""Hours are compared after rounding to so many places, so that 0.1 + 0.2 fits into 0.3."""


class Work(NamedTuple):
    """One piece of work: the queue it draws on, rescue or protect, and its hours."""

    queue: Queue
    hours: float


def fit(work: Sequence[Work], hours: float, split: Split) -> list[bool]:
    """Tell which pieces of one desk's week fit.

    Args:
        work: In the order of work.
        hours: Hours of the week.
        split: How they are divided.
    """
    share = {Queue.RESCUE: hours * split.rescue, Queue.PROTECT: hours * split.protect}
    ahead = {queue: Counter[float]() for queue in share}
    for each in work:
        ahead[each.queue][each.hours] += 1
    spent = dict.fromkeys(share, 0.0)
    taken = []
    for place, each in enumerate(work):
        ahead[each.queue][each.hours] -= 1
        other = Queue.PROTECT if each.queue is Queue.RESCUE else Queue.RESCUE
        # What is longer than this step may not fit where this one does: to keep hours for it could leave both out.
        could_use = sum(length * count for length, count in ahead[other].items() if length <= each.hours)
        kept = min(max(share[other] - spent[other], 0.0), could_use) if place else 0.0
        fits = round(sum(spent.values()) + kept + each.hours - hours, _PLACES) <= 0
        spent[each.queue] += each.hours if fits else 0.0
        taken.append(fits)
    return taken


def plan_week(
    frame: pl.DataFrame, playbook: Playbook, capacity: Capacity | None
) -> tuple[pl.DataFrame, tuple[OwnerWeek, ...]]:
    """Add `desk` and `this_week`.

    Args:
        frame: In the order of work, with `owner`, `queue`, the next step, `contract_value` and
            `event_last_contact_days`.
        playbook: Its split, and its check-ins.
        capacity: Hours; None where csq.yaml has none, so that `this_week` is null.

    Returns:
        The frame, and the week of each desk, by name.
    """
    frame = frame.with_columns(desk(frame))
    split = (capacity and capacity.split) or playbook.split
    columns = ["account_id", "rank", "desk", "queue", "human", "hours", "contract_value"]
    active = collect(frame.lazy().select(*columns, is_active=_IS_ACTIVE).filter("is_active").select(columns))
    human = active.filter("human").sort("desk", maintain_order=True)
    given, taken = _given(human, split, capacity)
    fits = human["account_id"].filter(taken)
    left = _left_out(human.filter(~taken))
    calls = _check_ins(frame, playbook.check_ins)
    weeks = tuple(
        _week(name, given.get(name, _Given()), left.get(name, _Left()), calls.get(name, ()), capacity)
        for name in frame["desk"].unique().sort()
    )
    if capacity is None:
        return frame.with_columns(this_week=pl.lit(None, dtype=pl.Boolean())), weeks
    chosen = pl.concat([active.filter(~pl.col("human"))["account_id"], fits])
    return frame.with_columns(this_week=pl.col("account_id").is_in(chosen.implode())), weeks


def desk(accounts: pl.DataFrame) -> pl.Expr:
    """Whose week an account belongs to, `desk`: its owner's; the team's where nobody owns any."""
    owned = accounts["owner"].count() > 0
    return (pl.col("owner").fill_null(UNASSIGNED) if owned else pl.lit(TEAM)).alias("desk")


_IS_ACTIVE = (pl.col("queue") != str(Queue.REST)) & pl.col("next_step").is_not_null()


def _check_ins(frame: pl.DataFrame, told: CheckIns | None) -> Mapping[str, tuple[CheckIn, ...]]:
    """For each desk the accounts to call: those that nobody has talked to for longest, never before all others."""
    if told is None:
        return {}
    since = event_column("last_contact")
    waited = pl.col(since) if since in frame.columns else pl.lit(None, dtype=pl.Int64())
    by_machine = _IS_ACTIVE & (pl.col("queue") == str(Queue.PROTECT)) & ~pl.col("human")
    first = collect(
        frame.lazy()
        .select("desk", "rank", by_machine.alias("by_machine"), waited=waited.fill_null(10**9))
        .with_row_index("row")
        .filter("by_machine")
        .sort("waited", "rank", descending=[True, False])
        .filter(pl.int_range(pl.len()).over("desk") < told.count)
    )
    rows = frame[first["row"]]
    found: dict[str, list[CheckIn]] = {}
    for (name, account), facts in zip(
        rows.select("desk", "account_id").iter_rows(), facts_for(rows, [told.do]), strict=True
    ):
        call = CheckIn(account_id=account, do=spelled(told.do, facts), hours=told.hours)
        found.setdefault(name, []).append(call)
    return {name: tuple(calls) for name, calls in found.items()}


class _Given(NamedTuple):
    """Hours of one desk."""

    wanted: float = 0.0
    """What all of its steps would take."""
    rescue: float = 0.0
    protect: float = 0.0


_QUEUES = (Queue.RESCUE, Queue.PROTECT)


def _given(human: pl.DataFrame, split: Split, capacity: Capacity | None) -> tuple[Mapping[str, _Given], pl.Series]:
    """The hours of each desk, and which steps fit, of work that is sorted by desk."""
    given: dict[str, _Given] = {}
    taken: list[bool] = []
    queues, lengths = human["queue"].to_list(), human["hours"].to_list()
    for count, name in human["desk"].rle().struct.unnest().iter_rows():
        mine = slice(len(taken), len(taken) + count)
        hours = capacity.of(name) if capacity else None
        wanted = _sum(lengths[mine])
        if hours is None:
            given[name], fits = _Given(wanted), [True] * count
        else:
            pieces = [Work(Queue(queue), length) for queue, length in zip(queues[mine], lengths[mine], strict=True)]
            fits = fit(pieces, hours, split)
            done = list(compress(pieces, fits))
            rescue, protect = (_sum(length for queue, length in done if queue is each) for each in _QUEUES)
            given[name] = _Given(wanted, rescue, protect)
        taken += fits
    return given, pl.Series(taken, dtype=pl.Boolean())


class _Left(NamedTuple):
    """The work of one desk that does not fit."""

    accounts: int = 0
    value: Decimal = Decimal(0)
    unvalued: int = 0
    first: tuple[LeftOut, ...] = ()


def _left_out(left: pl.DataFrame) -> Mapping[str, _Left]:
    """What is left out at each desk, of work in the order of rank."""
    value = pl.col("contract_value")
    named = pl.struct(LeftOut._fields).head(_NAMED)
    told = left.group_by("desk").agg(pl.len(), value.sum(), value.null_count().alias("unvalued"), named.alias("first"))
    return {
        desk: _Left(accounts, total, unvalued, tuple(LeftOut(**each) for each in first))
        for desk, accounts, total, unvalued, first in told.iter_rows()
    }


def _week(desk: str, given: _Given, left: _Left, calls: Sequence[CheckIn], capacity: Capacity | None) -> OwnerWeek:
    """One desk's week."""
    hours = capacity.of(desk) if capacity else None
    called = _fitting(calls, (hours or 0.0) - (given.rescue + given.protect))
    return OwnerWeek(
        owner=desk,
        hours=hours,
        rescue_hours=given.rescue,
        protect_hours=given.protect,
        check_in_hours=_sum(call.hours for call in called),
        wanted_hours=given.wanted,
        left_out=left.accounts,
        left_out_value=left.value,
        left_out_unvalued=left.unvalued,
        more_hours=round(given.wanted - hours, _PLACES) if left.accounts and hours is not None else 0.0,
        check_ins=called,
        left_out_first=left.first,
    )


def _fitting(calls: Sequence[CheckIn], hours: float) -> tuple[CheckIn, ...]:
    """The first calls that fit into so many hours; all are of one length."""
    return tuple(call for place, call in enumerate(calls, start=1) if round(place * call.hours - hours, _PLACES) <= 0)


def _sum(hours: Iterable[float]) -> float:
    return round(sum(hours), _PLACES)


def is_planned() -> pl.Expr:
    """Whether there is something to do for an account this week. What a tool does is done even for those at rest."""
    works = pl.coalesce("this_week", pl.col("queue") != str(Queue.REST)).fill_null(value=False)
    return pl.col("next_step").is_not_null() & (works | ~is_by_hand())


def is_by_hand() -> pl.Expr:
    """Whether a person takes the next step, so far as is known."""
    return pl.col("human").fill_null(value=True)


def capacity_notes(frame: pl.DataFrame, capacity: Capacity | None) -> list[Note]:
    """Say whose hours go to nobody, and which accounts have nobody with hours.

    Args:
        frame: With `desk`.
        capacity: Hours; None where csq.yaml has none.
    """
    if capacity is None:
        return []
    desks = frame["desk"].unique().sort().to_list()
    notes = []
    for name in capacity.owners:
        if name not in desks and name != UNASSIGNED:
            guess = near_miss(name, desks)
            text = f"`capacity` gives hours to {name}, who owns no account" + (f": {guess}" if guess else "")
            notes.append(Note(kind=NoteKind.WARNING, text=text))
    idle = [name for name in desks if not capacity.of(name)]
    if idle:
        text = f"no hours in `capacity` for {', '.join(idle[:5])}{', ...' if len(idle) > 5 else ''}"
        notes.append(Note(kind=NoteKind.WARNING, text=f"{text}: their accounts are left out of the week"))
    return notes
