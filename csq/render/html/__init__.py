"""One self-contained page: read without a script, with one it sorts, filters and points; nothing is ever loaded."""

from csq.render import prose
from csq.render.html.scatter import scatter
from csq.render.html.table import column_style, table
from csq.render.html.template import page
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.render.view import view_of
from csq.report import Report
from csq.schema import COLUMNS

MOST = 5_000
"""Accounts that a page lists and draws: a browser takes seconds over more."""


def html(report: Report, options: Options) -> bytes:
    """Write the page. Of more accounts than a browser bears it has the first, and says so.

    Raises:
        UsageError: `options` name something that is not there.
    """
    chosen = selected_rows(report, options.selection).slice(0, options.selection.top)
    rows = chosen.head(MOST)
    accounts = table(report, rows, options.fields)
    capped = ""
    if rows.height < chosen.height:
        capped = (
            f"The first {rows.height:,} of {chosen.height:,} accounts are listed and drawn; totals are over all. "
            "`-o accounts.xlsx` has every account; `--owner`, `--quadrant` and `--tier` choose which stand here"
        )
    return page(
        "page.html.j2",
        style=column_style(accounts.headings),
        script="script.js",
        prose=prose,
        view=view_of(report, options.selection),
        capped=capped,
        borderline=COLUMNS["borderline"].meaning,
        currency=report.currency,
        scatter=scatter(report, rows),
        table=accounts,
        listed=set(rows["rank"]),
    )
