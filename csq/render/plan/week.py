"""The week of each desk, in words: what a person does in order, what a tool does, what did not fit, who rests."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from csq.plan.hours import is_planned
from csq.planned import CHECK_IN, PlannedStep, week_of
from csq.render import prose, wording
from csq.render.options import Selection
from csq.render.rows import selected_rows
from csq.render.view import accounts
from csq.render.view.account import Account
from csq.report import OwnerWeek, Report
from csq.schema import money
from csq.suggest import unknown_name
from csq.terms import Quadrant, Queue

_RISKS = 2
"""Risks that are told with an account; `csq explain` has them all."""
_RESTS = 5
"""Reasons to rest that are told of one desk."""
_NAMED = 3

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
    tasks: tuple[Task, ...]
    check_ins: tuple[CheckInLine, ...]
    left_out: str
    """What did not fit, with its value and the hours it would take; empty where all did."""
    rests: tuple[str, ...]
    """For each reason how many rest, what they are worth, why, and who first."""
    rest: str
    """How many rest and what they are worth together; empty where none does."""


def desks(report: Report, selection: Selection) -> tuple[Desk, ...]:
    """Every desk that is selected, by name.

    Raises:
        UsageError: The selection names an owner that is not there.
    """
    known = [week.owner for week in report.weeks]
    for name in selection.desk:
        if name not in known:
            raise unknown_name("no owner", name, known)
    return tuple(_desk(report, week) for week in report.weeks if not selection.desk or week.owner in selection.desk)


def batches(report: Report, selection: Selection) -> tuple[Batch, ...]:
    """The steps of this week that a tool can take, each with its accounts, in the order of work."""
    rows = selected_rows(report, selection).filter(is_planned() & ~_by_hand())
    steps = rows.group_by("next_step", maintain_order=True).agg("account_id")
    return tuple(Batch(step=step, account_ids=tuple(keys)) for step, keys in steps.iter_rows())


def title(report: Report) -> str:
    """`Plan as of 2026-11-16`."""
    return f"Plan as of {report.as_of}" if report.as_of else "Plan without dates"


def summary(report: Report, shown: Sequence[Desk], tools: Sequence[Batch], selection: Selection) -> str:
    """Who has how much to do, so that every account is counted once; and whether it is known where the week ends."""
    mine = _selected(report, selection)
    todo, sent = sum(len(desk.tasks) for desk in shown), sum(len(batch.account_ids) for batch in tools)
    waits = sum(week.left_out for week in report.weeks if week.owner in {desk.name for desk in shown})
    parts = [f"{prose.count(todo, 'account')} for people this week" if report.has_capacity else f"{todo:,} for people"]
    parts += [f"{many:,} {what}" for many, what in ((sent, "for a tool"), (waits, "did not fit")) if many]
    if rest := mine.height - todo - sent - waits:
        parts.append(f"{rest:,} left alone")
    if report.has_capacity:
        return ", ".join(parts)
    return f"{prose.count(mine.height, 'account')}: {', '.join(parts)}; no hours are set, so all of it is listed"


def _selected(report: Report, selection: Selection) -> pl.DataFrame:
    accounts = report.accounts
    return accounts.filter(pl.col("desk").is_in(list(selection.desk))) if selection.desk else accounts


def _by_hand() -> pl.Expr:
    return pl.col("human").fill_null(value=True)


def _desk(report: Report, week: OwnerWeek) -> Desk:
    mine = report.accounts.filter(pl.col("desk") == week.owner)
    todo = mine.filter(is_planned() & _by_hand() & (pl.col("queue") != str(Queue.REST)))
    goes_first = pl.col("signals").list.eval(pl.element().is_in(report.first)).list.any()
    todo = todo.sort(~goes_first, maintain_order=True)
    resting = mine.filter(pl.col("queue") == str(Queue.REST))
    names = dict(mine.select("account_id", pl.coalesce("account_name", "account_id").alias("name")).iter_rows())
    steps = [_id(report, *row) for row in todo.select("account_id", "step_id").iter_rows()]
    return Desk(
        name=week.owner,
        head=_head(week, todo.height),
        hours=_hours(week, todo),
        tasks=tuple(map(_task, accounts(report, todo), steps)),
        check_ins=tuple(
            CheckInLine(
                f"{names.get(each.account_id, each.account_id)} ({each.account_id}): {each.do} ({each.hours:g} h)",
                _id(report, each.account_id, CHECK_IN),
            )
            for each in week.check_ins
        ),
        left_out=_left_out(report, week, names),
        rests=tuple(_rests(report, resting)),
        rest=_rest(report, resting) if resting.height else "",
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


def _hours(week: OwnerWeek, todo: pl.DataFrame) -> str:
    parts = [("rescue", week.rescue_hours), ("protect", week.protect_hours), ("check-ins", week.check_in_hours)]
    if week.hours is None:
        # What an executive or support does is no work of the owner's, who only sees to it.
        by_doer = (
            todo.group_by("who").agg(pl.col("hours").sum().round(2)).sort("hours", "who", descending=[True, False])
        )
        parts = list(by_doer.iter_rows()) if by_doer.height > 1 else []
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


def _rests(report: Report, resting: pl.DataFrame) -> Iterator[str]:
    """Who rests and why, the most valuable first; what a tool does for them is told apart."""
    rows = resting.select("why", "contract_value").with_row_index("place")
    groups = [(why or "no reason on record", part) for (why,), part in rows.group_by("why", maintain_order=True)]
    groups.sort(key=lambda group: (-money(group[1]["contract_value"]), -group[1].height, str(group[0])))
    # A single one left over is told in as many words as it takes to leave it out.
    told = _RESTS if len(groups) > _RESTS + 1 else len(groups)
    for why, part in groups[:told]:
        names = [_resting(row) for row in resting[part["place"].head(_NAMED)].iter_rows(named=True)]
        more = f" and {part.height - len(names):,} more" if part.height > len(names) else ""
        between = "; " if any(", " in name for name in names) else ", "
        yield f"{_worth(report, part)}: {why} ({between.join(names)}{more})"
    if len(groups) > told:
        others = pl.concat(part for _, part in groups[told:])
        reasons = f"for {len(groups) - told} other reasons"
        yield f"{_worth(report, others)}: {reasons}; `csq triage -f csv --fields why` has all"


def _resting(row: Mapping[str, Any]) -> str:
    """The name of an account that rests, with what may wake it: its open tickets and its renewal."""
    tickets = f"{prose.count(row['open_tickets'], 'ticket')} open" if row["open_tickets"] else ""
    return ", ".join(filter(None, (row["account_name"] or row["account_id"], tickets, wording.deadline(row))))


def _rest(report: Report, resting: pl.DataFrame) -> str:
    """How many rest, what they are worth, and the first day on which to look again, where that is a day."""
    days = resting["look_again"].drop_nulls().to_list()
    sent = resting.filter(is_planned() & ~_by_hand()).height
    told = f"; a tool sends something to {sent:,} of them" if sent else ""
    return _worth(report, resting) + told + (f"; look again from {min(days)}" if days else "")


def _worth(report: Report, rows: pl.DataFrame) -> str:
    """`4 accounts, 120 k EUR (1 without a value)`."""
    accounts, unvalued = prose.count(rows.height, "account"), rows["contract_value"].null_count()
    if not report.weighted:
        return accounts
    if unvalued == rows.height:
        return f"{accounts}, value unknown"
    value = prose.total(money(rows["contract_value"]), report.currency)
    return f"{accounts}, {value}" + (f" ({unvalued:,} without a value)" if unvalued else "")
