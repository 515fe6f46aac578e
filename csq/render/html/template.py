"""A template, a style and a script as one self-contained page.

What comes from data is text in the page and never anything else: the template escapes all of it, it is cleaned of
characters that act, and the page's own policy lets no style or script run but the ones it came with, known by
their digests.
"""

from base64 import b64encode
from hashlib import sha256
from importlib import resources
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from csq.render.clean import clean


def page(template: str, *, style: str = "", script: str = "", **values: object) -> bytes:
    """Fill the template of that name; the page has the house style with `style` behind it, and the script of that name.

    Args:
        template: `page.html.j2`.
        style: More rules, none of them from data.
        script: `script.js`, or none.
        values: What the template asks for.
    """
    styles = _file("style.css") + style
    code = _file(script) if script else ""
    runs = f"script-src '{_digest(code)}'; " if code else ""
    policy = f"default-src 'none'; style-src '{_digest(styles)}'; {runs}base-uri 'none'; form-action 'none'"
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(styles), script=Markup(code), policy=policy, **values)
        .encode()
    )


def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_file),
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
