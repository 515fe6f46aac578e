"""Hours to accounts: what fits this week, owner by owner.

Each owner's hours are split between the rescue and the protect queue. A queue takes its work strictly
in order and stops at the first that does not fit; hours flow only out of a queue that has none left.
So more hours never drop an account. Steps a machine takes cost none. Check-ins are the last work of
the protect queue: a person calls a few of the accounts that otherwise hear from machines alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from csq.plan.steps import facts_for
from csq.playbook.model import CheckIns, Playbook
from csq.playbook.text import fill
from csq.report import CheckIn, Note, OwnerWeek
from csq.schema import event_column, money
from csq.settings.model import Capacity
from csq.split import Split
from csq.suggest import near_miss
from csq.terms import TEAM, UNASSIGNED, NoteKind, Queue

_PLACES = 6
"""Hours are compared after rounding to so many places, so that 0.1 + 0.2 fits into 0.3."""


class Fit(NamedTuple):
    """How many of each queue's pieces of work fit, from the first one on."""

    rescue: int
    protect: int


def fit(rescue: Sequence[float], protect: Sequence[float], hours: float, split: Split) -> Fit:
    """Fit the work of one owner's week.

    Args:
        rescue: Hours of each piece of work of the queue, in the order of work.
        protect: Likewise.
        hours: Hours of the week.
        split: How they are divided.
    """
    own = {Queue.RESCUE: hours * split.rescue, Queue.PROTECT: hours * split.protect}
    first, second = _prefix(rescue, own[Queue.RESCUE]), _prefix(protect, own[Queue.PROTECT])
    if first == len(rescue):
        second = _prefix(protect, hours - sum(rescue))
    elif second == len(protect):
        first = _prefix(rescue, hours - sum(protect))
    return Fit(rescue=first, protect=second)


def _prefix(work: Iterable[float], budget: float) -> int:
    """How many pieces fit, from the first one on."""
    count, spent = 0, 0.0
    for each in work:
        spent += each
        if round(spent - budget, _PLACES) > 0:
            break
        count += 1
    return count


def enough(rescue: float, protect: float, check_ins: float, split: Split) -> float:
    """The least hours of a week in which all steps fit; check-ins may be left out, yet go before what flows.

    Args:
        rescue: Hours that the steps of the queue take together.
        protect: Likewise.
        check_ins: Hours of the check-ins.
        split: How the hours are divided.
    """
    total = rescue + protect
    if rescue <= split.rescue * total:
        return total
    # The rescue queue lives on what flows to it, and nothing flows before the check-ins are done; or on its share.
    return min(total + check_ins, rescue / split.rescue) if split.rescue else total + check_ins


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
    owned = frame["owner"].is_not_null().any()
    desk = pl.col("owner").fill_null(UNASSIGNED) if owned else pl.lit(TEAM)
    frame = frame.with_columns(desk.alias("desk"))
    split = (capacity and capacity.split) or playbook.split
    columns = ["account_id", "desk", "queue", "human", "hours", "contract_value"]
    active = frame.filter((pl.col("queue") != str(Queue.REST)) & pl.col("next_step").is_not_null())
    chosen = [pl.Series("account_id", [], dtype=pl.String()), active.filter(~pl.col("human"))["account_id"]]
    work = active.filter("human").select(columns).partition_by("desk", as_dict=True)
    calls = _check_ins(active, playbook.check_ins)
    weeks = []
    for name in frame["desk"].unique().sort():
        mine = work.get((name,), active.clear().select(columns))
        week, fits = _week(name, mine, calls.get(name, ()), split, capacity)
        weeks.append(week)
        chosen.append(fits)
    if capacity is None:
        return frame.with_columns(this_week=pl.lit(None, dtype=pl.Boolean())), tuple(weeks)
    return frame.with_columns(this_week=pl.col("account_id").is_in(pl.concat(chosen).implode())), tuple(weeks)


def _check_ins(active: pl.DataFrame, told: CheckIns | None) -> Mapping[str, tuple[CheckIn, ...]]:
    """For each desk the accounts to call: those that nobody has talked to for longest, never before all others."""
    if told is None:
        return {}
    since = event_column("last_contact")
    waited = pl.col(since) if since in active.columns else pl.lit(None, dtype=pl.Int64())
    rows = (
        active.filter((pl.col("queue") == str(Queue.PROTECT)) & ~pl.col("human"))
        .sort(waited.fill_null(10**9), "rank", descending=[True, False])
        .filter(pl.int_range(pl.len()).over("desk") < told.count)
    )
    found: dict[str, list[CheckIn]] = {}
    for (name, account), facts in zip(
        rows.select("desk", "account_id").iter_rows(), facts_for(rows, [told.do]), strict=True
    ):
        call = CheckIn(account_id=account, do=fill(told.do, facts), hours=told.hours)
        found.setdefault(name, []).append(call)
    return {name: tuple(calls) for name, calls in found.items()}


def _week(
    desk: str, work: pl.DataFrame, calls: Sequence[CheckIn], split: Split, capacity: Capacity | None
) -> tuple[OwnerWeek, pl.Series]:
    """One desk's week, and the accounts whose step fits."""
    queues = [work.filter(pl.col("queue") == str(queue)) for queue in (Queue.RESCUE, Queue.PROTECT)]
    rescue, protect = (part["hours"].to_list() for part in queues)
    hours = capacity.of(desk) if capacity else None
    fits = fit(rescue, [*protect, *(call.hours for call in calls)], hours or 0.0, split)
    kept = min(fits.protect, len(protect))
    called = tuple(calls[: fits.protect - kept]) if hours is not None else ()
    left = pl.concat([queues[0][fits.rescue :], queues[1][kept:]]) if hours is not None else work.clear()
    least = enough(sum(rescue), sum(protect), sum(call.hours for call in calls), split)
    week = OwnerWeek(
        owner=desk,
        hours=hours,
        rescue_hours=_sum(rescue[: fits.rescue]) if hours is not None else 0.0,
        protect_hours=_sum(protect[:kept]) if hours is not None else 0.0,
        check_in_hours=_sum(call.hours for call in called),
        wanted_hours=_sum([*rescue, *protect]),
        left_out=left.height,
        left_out_value=money(left["contract_value"]),
        left_out_unvalued=left["contract_value"].null_count(),
        more_hours=round(least - hours, _PLACES) if left.height and hours is not None else 0.0,
        check_ins=called,
    )
    return week, pl.concat([queues[0][: fits.rescue], queues[1][:kept]])["account_id"]


def _sum(hours: Iterable[float]) -> float:
    return round(sum(hours), _PLACES)


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
