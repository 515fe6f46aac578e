"""The plan as Markdown: a list to tick off for each desk, ready for a ticket, a chat or a note.

A line to tick ends in the id of its step, by which `csq done --from` finds it again; a note goes behind it or below.
Text from data is escaped where it enters, as in the report.
"""

import re
from collections.abc import Iterator

from csq.render import prose, wording
from csq.render.clean import clean
from csq.render.markdown import escaped
from csq.render.marks import MARKS
from csq.render.options import Options
from csq.render.plan.week import HOURS_HINT, Desk, Task, batches, desks, summary, title
from csq.report import Report


def checklist(report: Report, options: Options) -> bytes:
    """Write the list.

    Raises:
        UsageError: `options` name an owner that is not there; or more is to be told than a page has room for.
    """
    shown, tools = desks(report, options.selection, options.selection.top), batches(report, options.selection)
    blocks = [f"# {escaped(title(report))}", escaped(summary(report, shown, tools, options.selection))]
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
