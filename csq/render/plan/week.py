"""The week of each desk, in words: what a person does in order, what a tool does, what did not fit, who rests."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeVar

import polars as pl

from csq.errors import UsageError
from csq.plan.hours import is_by_hand, is_planned
from csq.planned import CHECK_IN, PlannedStep, week_of
from csq.render import prose
from csq.render.options import Selection
from csq.render.plan.rest import Resting, resting
from csq.render.rows import selected_rows
from csq.render.view import accounts
from csq.render.view.account import Account
from csq.report import OwnerWeek, Report
from csq.suggest import unknown_name
from csq.terms import Quadrant, Queue

_T = TypeVar("_T")
_RISKS = 2
"""Risks that are told with an account; `csq explain` has them all."""

MOST_DESKS, MOST_TASKS = 20_000, 40_000
"""Owners, and accounts for people, that a page has room for."""

HOURS_HINT = ("capacity:", "  default: 20")
"""What to put into csq.yaml so that a week ends."""


class Task(NamedTuple):
    """What a person does for one account."""

    rank: int
    name: str
    quadrant: Quadrant
    about: str
    """Quadrant, id, value, happiness with the answers behind it, and the renewal where it is near."""
    why: str
    step: str
    """`csm 2 h: Ask how it is going`."""
    risks: tuple[str, ...]
    planned: str
    """The id of the step, by which a tick finds it; empty where there is no week."""


class CheckInLine(NamedTuple):
    """A call to an account that tools look after."""

    text: str
    planned: str
    """Its id, as that of a task."""


class Batch(NamedTuple):
    """One automated step, and the accounts it is for."""

    step: str
    account_ids: tuple[str, ...]


class Desk(NamedTuple):
    """The week of an owner, of `unassigned`, or of the `team`."""

    name: str
    head: str
    """`7 of 12 accounts · 9.5 of 10 h`."""
    hours: str
    """How the hours are divided, or whose they are where no hours are set; empty where that says nothing more."""
    accounts: int
    todo: int
    """Those for people."""
    tasks: tuple[Task, ...]
    """The first of them, as many as were asked for."""
    check_ins: tuple[CheckInLine, ...]
    left_out: str
    """What did not fit, with its value and the hours it would take; empty where all did."""
    rests: tuple[str, ...]
    """For each reason how many rest, what they are worth, why, and who first."""
    rest: str
    """How many rest and what they are worth together; empty where none does."""


def desks(report: Report, selection: Selection, most: int | None = None) -> tuple[Desk, ...]:
    """Every desk that is selected, by name, each with the tasks of at most so many accounts, or all of them.

    Raises:
        UsageError: The selection names an owner that is not there; or more is to be told than a page has room for.
    """
    known = [week.owner for week in report.weeks]
    for name in selection.desk:
        if name not in known:
            raise unknown_name("no owner", name, known)
    weeks = [week for week in report.weeks if not selection.desk or week.owner in selection.desk]
    if len(weeks) > MOST_DESKS:
        hint = "`--owner` chooses some, csv holds them all; or does `--column owner=HEADER` name another column?"
        raise UsageError(f"a plan has room for {MOST_DESKS:,} owners, and there are {len(weeks):,}", hint=hint)
    found = _found(report, _selected(report, selection), weeks, most)
    return tuple(_desk(report, week, found) for week in weeks)


def batches(report: Report, selection: Selection) -> tuple[Batch, ...]:
    """The steps of this week that a tool can take, each with its accounts, in the order of work."""
    steps = _for_tools(report, selection).group_by("next_step", maintain_order=True).agg("account_id")
    return tuple(Batch(step, tuple(keys)) for step, keys in steps.iter_rows())


def batches_by_desk(report: Report, selection: Selection) -> Mapping[str, Sequence[Batch]]:
    """The steps that a tool can take, as `batches` has them of each desk alone."""
    steps = _for_tools(report, selection).group_by("desk", "next_step", maintain_order=True).agg("account_id")
    return _by_desk((desk, Batch(step, tuple(keys))) for desk, step, keys in steps.iter_rows())


def _for_tools(report: Report, selection: Selection) -> pl.DataFrame:
    return selected_rows(report, selection).filter(is_planned() & ~is_by_hand())


def title(report: Report) -> str:
    """`Plan as of 2026-11-16`."""
    return f"Plan as of {report.as_of}" if report.as_of else "Plan without dates"


def summary(report: Report, shown: Sequence[Desk], tools: Sequence[Batch]) -> str:
    """Who has how much to do, so that every account is counted once; and whether it is known where the week ends."""
    accounts = sum(desk.accounts for desk in shown)
    todo, sent = sum(desk.todo for desk in shown), sum(len(batch.account_ids) for batch in tools)
    names = {desk.name for desk in shown}
    waits = sum(week.left_out for week in report.weeks if week.owner in names)
    parts = [f"{prose.count(todo, 'account')} for people this week" if report.has_capacity else f"{todo:,} for people"]
    parts += [f"{many:,} {what}" for many, what in ((sent, "for a tool"), (waits, "did not fit")) if many]
    if rest := accounts - todo - sent - waits:
        parts.append(f"{rest:,} left alone")
    if report.has_capacity:
        return ", ".join(parts)
    return f"{prose.count(accounts, 'account')}: {', '.join(parts)}; no hours are set, so all of it is listed"


def _selected(report: Report, selection: Selection) -> pl.DataFrame:
    accounts = report.accounts
    return accounts.filter(pl.col("desk").is_in(list(selection.desk))) if selection.desk else accounts


class _Found(NamedTuple):
    """What is known of the accounts of all desks: of each desk, but for the `names`, by id."""

    names: Mapping[str, str]
    """Of accounts without a task of their own that are named."""
    accounts: Mapping[str, int]
    todo: Mapping[str, int]
    tasks: Mapping[str, Sequence[Task]]
    hours: Mapping[str, Sequence[tuple[str, float]]]
    """Those of each doer."""
    rests: Mapping[str, Resting]


def _found(report: Report, mine: pl.DataFrame, weeks: Sequence[OwnerWeek], most: int | None) -> _Found:
    """Look at some accounts, those of all desks at once: there may be thousands of desks."""
    goes_first = pl.col("signals").list.eval(pl.element().is_in(report.first)).list.any()
    todo = mine.filter(is_planned() & is_by_hand() & (pl.col("queue") != str(Queue.REST)))
    hours = todo.group_by("desk", "who").agg(pl.col("hours").sum().round(2))
    hours = hours.sort("hours", "who", descending=[True, False])
    first = todo.sort(~goes_first, maintain_order=True)
    if most is not None:
        first = first.filter(pl.int_range(pl.len()).over("desk") < most)
    if first.height > MOST_TASKS:
        hint = "`--top N` shows N of each owner, and csv holds them all"
        raise UsageError(f"a plan has room for {MOST_TASKS:,} accounts, and there are {first.height:,}", hint=hint)
    ids = (_id(report, *row) for row in first.select("account_id", "step_id").iter_rows())
    named = {each.account_id for week in weeks for each in week.check_ins}
    named |= {each.account_id for week in weeks for each in week.left_out_first}
    names = mine.filter(pl.col("account_id").is_in(named)).select(
        "account_id", pl.coalesce("account_name", "account_id")
    )
    return _Found(
        names=dict(names.iter_rows()),
        accounts=dict(mine.group_by("desk").len().iter_rows()),
        todo=dict(todo.group_by("desk").len().iter_rows()),
        tasks=_by_desk(zip(first["desk"], map(_task, accounts(report, first), ids), strict=True)),
        hours=_by_desk((desk, (who, spent)) for desk, who, spent in hours.iter_rows()),
        rests=resting(report, mine.filter(pl.col("queue") == str(Queue.REST))),
    )


def _by_desk(found: Iterable[tuple[str, _T]]) -> Mapping[str, Sequence[_T]]:
    desks: dict[str, list[_T]] = defaultdict(list)
    for desk, each in found:
        desks[desk].append(each)
    return desks


def _desk(report: Report, week: OwnerWeek, found: _Found) -> Desk:
    todo, tasks = found.todo.get(week.owner, 0), tuple(found.tasks.get(week.owner, ()))
    rests = found.rests.get(week.owner)
    return Desk(
        name=week.owner,
        head=_head(week, todo),
        hours=_hours(week, found.hours.get(week.owner, ())),
        accounts=found.accounts.get(week.owner, 0),
        todo=todo,
        tasks=tasks,
        check_ins=tuple(
            CheckInLine(
                f"{found.names.get(each.account_id, each.account_id)} ({each.account_id}): {each.do} "
                f"({each.hours:g} h)",
                _id(report, each.account_id, CHECK_IN),
            )
            for each in week.check_ins
        ),
        left_out=_left_out(report, week, found.names),
        rests=rests.reasons if rests else (),
        rest=rests.whole if rests else "",
    )


def _id(report: Report, account_id: str, step: str) -> str:
    return str(PlannedStep(account_id, step, week_of(report.as_of))) if report.as_of else ""


def _head(week: OwnerWeek, todo: int) -> str:
    if week.hours is None:
        return f"{prose.count(todo, 'account')} · {week.wanted_hours:g} h of work"
    spent = week.rescue_hours + week.protect_hours + week.check_in_hours
    whole = (
        f"{todo:,} of {prose.count(todo + week.left_out, 'account')}" if week.left_out else prose.count(todo, "account")
    )
    return f"{whole} · {round(spent, 6):g} of {week.hours:g} h"


def _hours(week: OwnerWeek, by_doer: Sequence[tuple[str, float]]) -> str:
    parts = [("rescue", week.rescue_hours), ("protect", week.protect_hours), ("check-ins", week.check_in_hours)]
    if week.hours is None:
        # What an executive or support does is no work of the owner's, who only sees to it.
        parts = [*by_doer] if len(by_doer) > 1 else []
    return ", ".join(f"{name} {hours:g} h" for name, hours in parts if hours)


def _left_out(report: Report, week: OwnerWeek, names: Mapping[str, str]) -> str:
    if not week.left_out:
        return ""
    value = f", {prose.total(week.left_out_value, report.currency)}" if report.weighted and week.left_out_value else ""
    unvalued = f" ({week.left_out_unvalued:,} without a value)" if value and week.left_out_unvalued else ""
    comma = "," if value else ""
    hours = f"; {week.more_hours:g} more hours would" if week.more_hours != 1 else "; 1 more hour would"
    first = [
        f"{each.rank:,} {names[each.account_id]} ({_price(report, each.contract_value)}{each.hours:g} h)"
        for each in week.left_out_first
    ]
    if more := week.left_out - len(first):
        first.append(f"{more:,} more")
    return f"{prose.count(week.left_out, 'account')}{value}{unvalued}{comma} did not fit{hours}: {', '.join(first)}"


def _price(report: Report, value: Decimal | None) -> str:
    if not report.weighted:
        return ""
    return f"{'value unknown' if value is None else prose.money(value, report.currency)}, "


def _task(account: Account, planned: str) -> Task:
    about = (
        f"{account.label}, divided: {account.divided}" if account.divided else account.label,
        account.account_id if account.has_name else "",
        account.value,
        f"happiness {account.happiness}" if account.happiness_margin else "",
        account.lacking,
        account.deadline,
    )
    return Task(
        rank=account.rank,
        name=account.name,
        quadrant=account.quadrant,
        about=" · ".join(filter(None, about)),
        why=account.because,
        step=": ".join(filter(None, (account.effort, account.step))),
        risks=account.risks[:_RISKS],
        planned=planned,
    )
