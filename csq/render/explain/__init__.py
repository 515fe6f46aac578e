"""An `Explanation` in, bytes out: a page for a person, or one JSON document. Pure, as all outputs are."""

import json

from csq.explain.find import SetAside
from csq.explain.model import Explanation
from csq.render.clean import clean_lines
from csq.render.explain.page import page
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.terminal.layout import painted
from csq.render.view.account import Account


def as_text(explanation: Explanation, account: Account, *, width: int | None, colour: bool) -> bytes:
    """Write the page; `account` is the same in the words of all pages. Without a width nothing is wrapped or cut."""
    return painted(page(explanation, account, width), colour=colour).encode()


def as_json(explanation: Explanation) -> bytes:
    """Write one document, indented by 2; null is written, NaN never."""
    body = plain(explanation)
    assert isinstance(body, dict)
    document = {"format_version": FORMAT_VERSION, **body}
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode(errors="backslashreplace")


def aside_as_text(aside: SetAside) -> bytes:
    """Write why an account is not in the triage."""
    title = f"{aside.account_id}  {aside.account_name or ''}".strip()
    return clean_lines([title, "", "not in the triage", *(f"  {text}" for text in aside.why)]).encode()


def aside_as_json(aside: SetAside) -> bytes:
    """Write the same as one document."""
    document = {"format_version": FORMAT_VERSION, "in_triage": False, **aside._asdict()}
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode(errors="backslashreplace")
