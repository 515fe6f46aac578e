"""The plan as a self-contained page: one section an owner, its accounts in the order of work, ready to be printed."""

from csq.render import prose, wording
from csq.render.html.template import page
from csq.render.marks import MARKS
from csq.render.options import Options
from csq.render.plan.week import HOURS_HINT, batches, desks, summary, title
from csq.report import Report
from csq.terms import NoteKind

_TASKS, _LEAST = 5_000, 10
"""Accounts on the page, shared out among the owners unless the selection says how many; at least so many of each."""


def html(report: Report, options: Options) -> bytes:
    """Write the page.

    Raises:
        UsageError: `options` name an owner that is not there; or more is to be told than a page has room for.
    """
    top, count = options.selection.top, len(options.selection.desk or report.weeks)
    most = max(_LEAST, _TASKS // max(count, 1)) if top is None else top
    shown, tools = desks(report, options.selection, most), batches(report, options.selection)
    return page(
        "plan.html.j2",
        title=title(report),
        summary=summary(report, shown, tools),
        warning="" if report.weighted else f"The ranking is unweighted: {wording.UNWEIGHTED}",
        hint=() if report.has_capacity else HOURS_HINT,
        desks=shown,
        most=most,
        batches=tools,
        warnings=wording.first_notes([note.text for note in report.notes if note.kind is NoteKind.WARNING]),
        marks=MARKS,
        prose=prose,
    )
