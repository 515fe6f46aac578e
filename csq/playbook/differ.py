"""What one playbook, or csq.yaml, says otherwise than another, entry by entry."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from csq.section import YamlSection, plain

_ENTRY = "left out"
"""What is told of a group of keys that stands in the other one alone."""


class Difference(NamedTuple):
    """An entry that differs."""

    path: str
    before: str | None
    """What the other says; None: nothing."""
    after: str | None


def differences(
    own: YamlSection, base: YamlSection, under: str = "", *, with_defaults: bool = False
) -> Iterator[Difference]:
    """Yield each entry of the one that differs from the base, of paths that begin with `under`.

    Steps are told by their id, so that one put between others does not make those below it look changed. What is not
    said may be held to be said by default.
    """
    dumps = (plain(each, with_defaults=with_defaults) for each in (base, own))
    theirs, ours = (dict(_flat(each, "")) for each in dumps)
    ours.pop("extends", None)
    gone = tuple(f"{path}." for path, text in theirs.items() if text is _ENTRY and path not in ours)
    for path in dict.fromkeys((*theirs, *ours)):
        if theirs.get(path) == ours.get(path) or not path.startswith(under) or path.startswith(gone):
            continue
        if ours.get(path) is _ENTRY:  # its keys follow
            continue
        yield Difference(path, theirs.get(path), ours.get(path))


def lines(found: Difference) -> Iterator[str]:
    """Write a difference: its path, then `-` what the other says, and `+` what this one does."""
    yield found.path
    if found.before is not None:
        yield f"  - {found.before}"
    if found.after is not None:
        yield f"  + {found.after}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text with its path; a group of keys comes before what it holds."""
    if isinstance(value, dict):
        yield path, _ENTRY
        for key, each in value.items():
            yield from _flat(each, f"{path}.{key}".removeprefix("."))
    elif isinstance(value, list) and path.endswith("steps"):
        yield path, ", ".join(str(each["id"]) for each in value)
        for each in value:
            yield from _flat(each, f"{path}.{each['id']}")
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for number, each in enumerate(value, start=1):
            yield from _flat(each, f"{path}[{number}]")
    elif value is not None:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
