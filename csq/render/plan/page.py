"""The plan as a page: one section a desk, its accounts in the order of work, then what a tool can be handed.

With no width nothing is wrapped or cut.
"""

from collections.abc import Iterator

from csq.render import prose, wording
from csq.render.options import Options
from csq.render.plan.week import HOURS_HINT, Batch, Desk, Task, batches, desks, summary, title
from csq.render.terminal.layout import BLANK, Line, PageWidth, Tone, chip, hanging, line, painted, strong, width_of
from csq.report import Report
from csq.terms import NoteKind

_TOP = 10
"""Accounts shown of a desk whose hours are not known, unless the selection says how many."""
_IDS = 12
"""Accounts named beside an automated step on a terminal."""


def page(report: Report, options: Options) -> bytes:
    """Write the page.

    Raises:
        UsageError: `options` name an owner that is not there; or more is to be told than a page has room for.
    """
    sheet = PageWidth.of(options.width)
    top = options.selection.top
    most = top if top is not None or report.has_capacity or options.whole else _TOP
    shown, tools = desks(report, options.selection, most), batches(report, options.selection)
    lines = [*_head(report, sheet, summary(report, shown, tools))]
    for desk in shown:
        lines += [BLANK, *_desk(sheet, desk)]
    lines += [*_automated(sheet, tools), *_beware(report, sheet)]
    return (painted(lines, colour=options.colour).rstrip("\n") + "\n").encode()


def _head(report: Report, sheet: PageWidth, told: str) -> Iterator[Line]:
    yield line(strong(title(report)), f" ({report.as_of_source})" if report.as_of else "")
    yield from hanging(BLANK, told, sheet.prose)
    if not report.weighted:
        yield from hanging(line("The ranking is unweighted: "), wording.UNWEIGHTED, sheet.prose, Tone.STRONG)
    if not report.has_capacity:
        yield from (BLANK, line("Put the hours of an owner's week into csq.yaml to see what fits:"), BLANK)
        yield from (line(f"  {text}") for text in HOURS_HINT)


def _desk(sheet: PageWidth, desk: Desk) -> Iterator[Line]:
    yield from sheet.heading(desk.name, desk.head)
    if desk.hours:
        yield from hanging(line("  "), desk.hours, sheet.prose)
    digits = max((len(f"{task.rank:,}") for task in desk.tasks), default=1)
    is_beside = _fits(sheet, desk.tasks, digits)
    for task in desk.tasks:
        yield BLANK
        yield from _task(sheet, task, digits, is_beside=is_beside)
    if not desk.todo:
        yield line("  nothing for a person to do")
    if hidden := desk.todo - len(desk.tasks):
        yield from (BLANK, line(f"  {hidden:,} more: `csq plan -v` lists all"))
    if desk.check_ins:
        yield from (BLANK, line(strong("  Check in"), ", on accounts that tools look after"))
        for each in desk.check_ins:
            yield from hanging(line("  · "), each.text, sheet.prose)
    if desk.left_out:
        yield BLANK
        yield from hanging(line("  "), desk.left_out, sheet.prose, Tone.STRONG)
    if desk.rests:
        yield BLANK
        yield from hanging(line(strong("  At rest"), ": "), desk.rest, sheet.prose)
        for rest in desk.rests:
            yield from hanging(line("  · "), rest, sheet.prose)


def _task(sheet: PageWidth, task: Task, digits: int, *, is_beside: bool) -> Iterator[Line]:
    """The account with what it is, then why, who does what, and what may go wrong."""
    front = " " * (digits + 4)
    if is_beside:
        yield (*_name(task, digits), *_about(task))
    else:
        yield from hanging(line(f"  {task.rank:>{digits},}  "), task.name, sheet.width, Tone.STRONG)
        yield from hanging(line(front, chip(task.quadrant), " "), task.about, sheet.prose)
    if task.why:
        yield from hanging(line(front), task.why, sheet.prose)
    yield from hanging(line(front, "→ "), task.step, sheet.prose)
    for risk in task.risks:
        yield from hanging(line(front, "! "), risk, sheet.prose)


def _name(task: Task, digits: int) -> Line:
    return line(f"  {task.rank:>{digits},}  ", strong(task.name), "  ")


def _about(task: Task) -> Line:
    return line(chip(task.quadrant), " ", task.about)


def _fits(sheet: PageWidth, tasks: tuple[Task, ...], digits: int) -> bool:
    """Whether what each account is fits behind every name; else it stands below all, for the eye to run down."""
    widest = max((width_of(_name(task, digits)) + width_of(_about(task)) for task in tasks), default=0)
    return sheet.width is None or widest <= sheet.width


def _automated(sheet: PageWidth, steps: tuple[Batch, ...]) -> Iterator[Line]:
    if not steps:
        return
    count = sum(len(step.account_ids) for step in steps)
    yield BLANK
    yield from sheet.heading("For a tool", prose.count(count, "account"))
    for step in steps:
        ids = step.account_ids if sheet.width is None else step.account_ids[:_IDS]
        more = f" and {len(step.account_ids) - len(ids):,} more" if len(step.account_ids) > len(ids) else ""
        yield from hanging(line("  → "), f"{step.step} ({prose.count(len(step.account_ids), 'account')})", sheet.prose)
        yield from hanging(line("    "), ", ".join(ids) + more, sheet.prose)


def _beware(report: Report, sheet: PageWidth) -> Iterator[Line]:
    """Warnings alone; what was chosen and set aside stands in the triage."""
    texts = [note.text for note in report.notes if note.kind is NoteKind.WARNING]
    if texts:
        yield from (BLANK, line(strong("Beware")))
        for text in wording.first_notes(texts):
            yield from hanging(line("  · "), text, sheet.prose)
