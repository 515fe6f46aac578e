"""The week's plan in every format: pages and a checklist of its own, else the rows that are planned.

`Options.selection` tells which; `planned` makes it a plan.
"""

from collections.abc import Iterator

from csq.errors import UsageError
from csq.render import render
from csq.render.options import Format, Options
from csq.report import Report

MOST_FILES = 2_000
"""Owners with a file each in a folder: no company has more, but a column that is none of owners may."""
FIELDS = ("why", "gate", "human")
"""Columns that a plan adds to the public ones."""
_ROWS = (Format.CSV, Format.TSV, Format.JSONL, Format.PARQUET, Format.CALENDAR)
"""Formats that hold the rows of an owner alone, and nothing of all accounts."""


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
    """Each owner who is selected, with the plan of that owner alone.

    Raises:
        UsageError: As `render_plan` does, and for more than `MOST_FILES` owners.
    """
    from csq.render.plan.week import desks

    names = [desk.name for desk in desks(report, options.selection, 0)]
    if len(names) > MOST_FILES:
        hint = "`--owner` chooses some; or does `--column owner=HEADER` name another column?"
        raise UsageError(f"a folder has room for {MOST_FILES:,} owners, and there are {len(names):,}", hint=hint)
    if format is Format.MARKDOWN:  # the usual one, of which an owner takes a tenth of the time
        from csq.render.plan.checklist import checklists

        yield from checklists(report, options, names)
        return
    parts = report.accounts.partition_by("desk", as_dict=True) if format in _ROWS else {}
    for name in names:
        mine = report._replace(accounts=parts[name,]) if (name,) in parts else report
        yield name, render_plan(mine, format, options._replace(selection=options.selection._replace(desk=(name,))))
