"""One self-contained page: read without a script, with one it sorts, filters and points; nothing is ever loaded.

What comes from data is text in the page and never anything else: the template escapes all of it, it is cleaned of
characters that act, and the page's own policy lets no style or script run but the two it came with, known by
their digests.
"""

from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from csq.render import prose, wording
from csq.render.clean import clean
from csq.render.html import view
from csq.render.html.scatter import scatter
from csq.render.html.table import column_style, quadrant_text, table
from csq.render.options import Options
from csq.render.rows import selected_rows
from csq.report import Report
from csq.schema import COLUMNS
from csq.terms import Axis


def html(report: Report, options: Options) -> bytes:
    """Write the page.

    Raises:
        UsageError: `options` name something that is not there.
    """
    rows = selected_rows(report, options.selection).slice(0, options.selection.top)
    accounts = table(report, rows, options.fields)
    style, script = _file("style.css") + column_style(accounts.headings), _file("script.js")
    page = _environment().from_string(_file("page.html.j2"))
    text = page.render(
        report=report,
        view=view,
        wording=wording,
        prose=prose,
        quadrant_text=quadrant_text,
        title=wording.title(report),
        chosen=wording.chosen(options.selection),
        shown=rows.height,
        cuts=[(axis, wording.cuts(axis, report.cuts)) for axis in Axis],
        borderline=COLUMNS["borderline"].meaning,
        scatter=scatter(report, rows),
        table=accounts,
        tasks=view.week(report, rows),
        style=Markup(style),
        script=Markup(script),
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
    )
    return text.encode()


def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Any:
    """Clean every text that the template puts out, whatever it is and wherever it came from."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
