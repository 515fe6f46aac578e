"""The plan as Markdown: a list to tick off for each desk, ready for a ticket, a chat or a note.

A line to tick ends in the id of its step, by which `csq done --from` finds it again; a note goes behind it or below.
Text from data is escaped where it enters, as in the report.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from csq.render import prose, wording
from csq.render.clean import clean
from csq.render.markdown import escaped
from csq.render.marks import MARKS
from csq.render.options import Options
from csq.render.plan.week import HOURS_HINT, Batch, Desk, Task, batches, batches_by_desk, desks, summary, title
from csq.report import Report

_TOGETHER = 10_000
"""Accounts of the owners whose lists are made at once."""


def checklist(report: Report, options: Options) -> bytes:
    """Write the list.

    Raises:
        UsageError: `options` name an owner that is not there; or more is to be told than a page has room for.
    """
    selection = options.selection
    return _page(report, desks(report, selection, selection.top), batches(report, selection))


def checklists(report: Report, options: Options, owners: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Each owner with the list that `checklist` writes of them alone; as many of them at once as have not too much.

    Raises:
        UsageError: As `checklist` does.
    """
    for names in _together(report, owners):
        selection = options.selection._replace(desk=names)
        tools = batches_by_desk(report, selection)
        for desk in desks(report, selection, selection.top):
            yield desk.name, _page(report, [desk], tools.get(desk.name, ()))


def _together(report: Report, names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Owners who have at most so many accounts together, or one who has more."""
    counts = dict(report.accounts.group_by("desk").len().iter_rows())
    some: list[str] = []
    for name in names:
        if some and sum(counts.get(each, 0) for each in (*some, name)) > _TOGETHER:
            yield tuple(some)
            some = []
        some.append(name)
    if some:
        yield tuple(some)


def _page(report: Report, shown: Sequence[Desk], tools: Sequence[Batch]) -> bytes:
    blocks = [f"# {escaped(title(report))}", escaped(summary(report, shown, tools))]
    if not report.weighted:
        blocks.append(escaped(f"The ranking is unweighted: {wording.UNWEIGHTED}"))
    if not report.has_capacity:
        blocks.append("Hours in csq.yaml tell what fits:")
        blocks.append("\n".join(("```yaml", *HOURS_HINT, "```")))
    for desk in shown:
        blocks += _desk(desk)
    if tools:
        blocks.append("## For a tool")
        blocks += (
            f"- {escaped(step.step)} ({prose.count(len(step.account_ids), 'account')})\n"
            f"  - {', '.join(escaped(key) for key in step.account_ids)}"
            for step in tools
        )
    return ("\n\n".join(blocks) + "\n").encode(errors="backslashreplace")


def _desk(desk: Desk) -> Iterator[str]:
    hours = f" ({desk.hours})" if desk.hours else ""
    yield f"## {escaped(desk.name)}: {escaped(desk.head + hours)}"
    if not desk.todo:
        yield "Nothing for a person to do."
    if desk.tasks:
        yield "\n".join(map(_task, desk.tasks))
    if hidden := desk.todo - len(desk.tasks):
        yield f"{hidden:,} more: without `--top` all are listed"
    if desk.check_ins:
        yield "Check in, on accounts that tools look after:"
        yield "\n".join(f"- [ ] {escaped(each.text)}{_id(each.planned)}" for each in desk.check_ins)
    if desk.left_out:
        yield f"**{escaped(desk.left_out)}**"
    if desk.rests:
        yield f"At rest: {escaped(desk.rest)}"
        yield "\n".join(f"- {escaped(rest)}" for rest in desk.rests)


def _task(task: Task) -> str:
    lines = [
        f"- [ ] {task.rank:,} **{escaped(task.name)}** {MARKS[task.quadrant]} {escaped(task.about)}{_id(task.planned)}"
    ]
    if task.why:
        lines.append(f"  - Why: {escaped(task.why)}")
    lines.append(f"  - Next: {escaped(task.step)}")
    lines += [f"  - Risk: {escaped(risk)}" for risk in task.risks]
    return "\n".join(lines)


def _id(planned: str) -> str:
    """The id as code, which is left as it is; what it begins or ends with is told from the fence."""
    if not planned:
        return ""
    planned = clean(planned)
    fence = "`" * (max(map(len, re.findall("`+", planned)), default=0) + 1)
    return f" · {fence} {planned} {fence}" if "`" in planned else f" · {fence}{planned}{fence}"
