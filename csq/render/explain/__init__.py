"""An `Explanation` in, bytes out: a page for a person, or one JSON document. Pure, as all outputs are."""

import json

from csq.explain.model import Explanation
from csq.render.explain.page import page
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.terminal.lines import painted


def as_text(explanation: Explanation, *, width: int | None, colour: bool) -> bytes:
    """Write the page; without a width nothing is wrapped or cut."""
    return painted(page(explanation, width), colour=colour).encode()


def as_json(explanation: Explanation) -> bytes:
    """Write one document, indented by 2; null is written, NaN never."""
    body = plain(explanation)
    assert isinstance(body, dict)
    document = {"format_version": FORMAT_VERSION, **body}
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode(errors="backslashreplace")
