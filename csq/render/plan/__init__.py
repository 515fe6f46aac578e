"""The week's plan in every format: pages and a checklist of its own, else the rows that are planned.

`Options.selection` tells which; `planned` makes it a plan.
"""

from collections.abc import Iterator

from csq.render import render
from csq.render.options import Format, Options
from csq.report import Report

FIELDS = ("why", "gate", "human")
"""Columns that a plan adds to the public ones."""


def render_plan(report: Report, format: Format, options: Options) -> bytes:
    """Write the plan in `format`; text is UTF-8.

    Raises:
        UsageError: `options` name something that is not there.
    """
    if format is Format.TERMINAL:
        from csq.render.plan.page import page

        return page(report, options)
    if format is Format.MARKDOWN:
        from csq.render.plan.checklist import checklist

        return checklist(report, options)
    if format is Format.HTML:
        from csq.render.plan.html import html

        return html(report, options)
    return render(report, format, options)


def plans_by_owner(report: Report, format: Format, options: Options) -> Iterator[tuple[str, bytes]]:
    """Each owner who is selected, with the plan of that owner alone; raises what `render_plan` does."""
    if format is Format.MARKDOWN:  # the usual one, of which an owner takes a tenth of the time
        from csq.render.plan.checklist import checklists

        yield from checklists(report, options)
        return
    from csq.render.plan.week import desks

    for desk in desks(report, options.selection, 0):  # for their names alone
        only = options._replace(selection=options.selection._replace(desk=(desk.name,)))
        yield desk.name, render_plan(report, format, only)
