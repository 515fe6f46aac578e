"""Kinds of events that a playbook names, and those that look like a slip of the pen.

Any word may be a kind, so that one nobody records is no fault. But one that is nearly a kind of the built-in playbook
and not quite will hold for no account, ever.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from csq.errors import Problem
from csq.located import Data, Document, Steps, spell
from csq.schema import event_kind

_LIKENESS = 0.8
_BY_NAME = ("done_by", "after")
"""Keys whose texts are kinds; so are the entries of `until`."""


def texts(data: Data, path: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Yield every text with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts(value, (*path, key))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from texts(value, (*path, position))


def doubtful_kinds(document: Document, base: Document) -> Iterator[Problem]:
    """Find the kinds that nothing records and that are near one that something does; those of the base are known."""
    built_in = {kind for _, _, kind in _named(base)}
    recorded = {kind for path, _, kind in _named(document) if path[-1] == "done_by"}
    for path, offset, kind in _named(document):
        # What a step records exists from then on, so that it can only be a slip for what was there before.
        known = built_in if path[-1] == "done_by" else built_in | recorded
        near = get_close_matches(kind, sorted(known), 1, _LIKENESS)
        if kind not in known and near:
            lone = "" if path[-1] == "done_by" else "no step records it and "
            yield Problem(
                location=document.locate_within(path, offset, len(kind)),
                path=spell(path),
                message=f"event `{kind}`: {lone}the built-in playbook knows none of that kind",
                code="playbook/doubtful-kind",
                hint=f"did you mean `{near[0]}`?",
            )


def _named(document: Document) -> Iterator[tuple[Steps, int, str]]:
    """Every kind with its path, and how far into the text it stands."""
    for path, text in texts(document.data):
        if path[-1] in _BY_NAME or path[-2:-1] == ("until",):
            yield path, 0, text
        for found in re.finditer(r"\bevent_\w+_days\b", text):
            if kind := event_kind(found.group()):
                yield path, found.start() + len("event_"), kind
