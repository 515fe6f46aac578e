"""Hours to accounts: what fits this week, owner by owner.

Each owner's hours are split between the rescue and the protect queue. A queue takes its accounts
strictly in the order of work and stops at the first that does not fit; hours flow out of a queue only
when it has no accounts left. So more hours never drop an account. What a machine does costs none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from csq.terms import Queue

TEAM = "team"
"""Stands for all accounts where none names an owner; accounts without one, else, are `unassigned`."""
UNASSIGNED = "unassigned"
_PLACES = 6
"""Hours are compared after rounding to so many places, so that 0.1 + 0.2 fits into 0.3."""


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """Hours a week: of each owner by name, of everybody else, and how they are divided."""

    default: float
    owners: Mapping[str, float]
    rescue: float
    """Share of the rescue queue, 0-1; the rest is the protect queue's."""

    def of(self, owner: str) -> float:
        """Hours of one owner."""
        return self.owners.get(owner, self.default)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One account's next step as it weighs on the week. Tasks come in the order of work."""

    account_id: str
    queue: Queue
    hours: float


@dataclass(frozen=True, kw_only=True)
class OwnerWeek:
    """How one owner's hours were given out."""

    owner: str
    hours: float
    rescue_hours: float
    """Given to the rescue queue, at most its share and what flowed to it."""
    protect_hours: float
    left_out: int
    """Accounts whose step did not fit."""
    left_out_value: Decimal
    left_out_hours: float
    """How many more hours they would have taken."""


def fit(tasks: Sequence[Task], hours: float, rescue: float) -> set[str]:
    """Which accounts fit into one owner's week.

    Args:
        tasks: In the order of work; those that rest or cost nothing are not among them.
        hours: Hours of the week.
        rescue: Share of the rescue queue, 0-1.
    """
    queues = {queue: [task for task in tasks if task.queue is queue] for queue in (Queue.RESCUE, Queue.PROTECT)}
    budgets = {Queue.RESCUE: hours * rescue, Queue.PROTECT: hours * (1 - rescue)}
    taken = {queue: _prefix(queues[queue], budgets[queue]) for queue in queues}
    for queue, other in ((Queue.RESCUE, Queue.PROTECT), (Queue.PROTECT, Queue.RESCUE)):
        if len(taken[queue]) == len(queues[queue]):
            spare = budgets[queue] - sum(task.hours for task in taken[queue])
            taken[other] = _prefix(queues[other], budgets[other] + spare)
            break
    return {task.account_id for chosen in taken.values() for task in chosen}


def _prefix(tasks: Sequence[Task], budget: float) -> list[Task]:
    chosen, spent = [], 0.0
    for task in tasks:
        if round(spent + task.hours - budget, _PLACES) > 0:
            break
        spent += task.hours
        chosen.append(task)
    return chosen


def add_this_week(frame: pl.DataFrame, capacity: Capacity | None) -> tuple[pl.DataFrame, tuple[OwnerWeek, ...]]:
    """Add `this_week` and `desk` (the owner, `unassigned`, or `team` where no account has one).

    Args:
        frame: In the order of work, with `owner`, `queue`, `hours` (of the next step), `human`,
            `contract_value`.
        capacity: Hours; None where csq.yaml has none, so that `this_week` is null.

    Returns:
        The frame, and the week of each owner, by name.
    """
    owned = frame["owner"].is_not_null().any()
    desk = pl.col("owner").fill_null(UNASSIGNED) if owned else pl.lit(TEAM)
    frame = frame.with_columns(desk.alias("desk"))
    if capacity is None:
        return frame.with_columns(this_week=pl.lit(None, dtype=pl.Boolean())), ()
    chosen: set[str] = set()
    weeks = []
    for owner in sorted(frame["desk"].unique()):
        rows = frame.filter((pl.col("desk") == owner) & (pl.col("queue") != str(Queue.REST)))
        costly = rows.filter("human" if "human" in rows.columns else pl.lit(value=True))
        tasks = [
            Task(account_id=account, queue=Queue(queue), hours=hours or 0.0)
            for account, queue, hours in costly.select("account_id", "queue", "hours").iter_rows()
        ]
        fits = fit(tasks, capacity.of(owner), capacity.rescue)
        weeks.append(_week(owner, tasks, fits, capacity, costly))
        free = rows.filter(~pl.col("account_id").is_in(costly["account_id"].implode()))["account_id"].to_list()
        chosen |= fits | set(free)
    return frame.with_columns(this_week=pl.col("account_id").is_in(sorted(chosen))), tuple(weeks)


def _week(owner: str, tasks: list[Task], fits: set[str], capacity: Capacity, rows: pl.DataFrame) -> OwnerWeek:
    spent = {queue: sum(t.hours for t in tasks if t.queue is queue and t.account_id in fits) for queue in Queue}
    out = [task for task in tasks if task.account_id not in fits]
    values = rows.filter(pl.col("account_id").is_in([task.account_id for task in out]))["contract_value"].drop_nulls()
    value = values.sum()
    return OwnerWeek(
        owner=owner,
        hours=capacity.of(owner),
        rescue_hours=round(spent[Queue.RESCUE], _PLACES),
        protect_hours=round(spent[Queue.PROTECT], _PLACES),
        left_out=len(out),
        left_out_value=value if isinstance(value, Decimal) else Decimal(0),
        left_out_hours=round(sum(task.hours for task in out), _PLACES),
    )
