"""What one playbook says otherwise than another, entry by entry."""

from collections.abc import Iterator
from typing import Any

from csq.playbook.model import Playbook

_ENTRY = "left out"
"""What is told of a group of keys that stands in the other playbook alone."""


def differences(own: Playbook, base: Playbook, under: str = "") -> Iterator[str]:
    """Yield the lines of each entry that differs: its path, then `-` what the other says, and `+` what this one does.

    Steps are told by their id, so that one put between others does not make those below it look changed.

    Args:
        own: The playbook to tell of.
        base: What it is held against.
        under: Beginning of the paths to tell.
    """
    theirs, ours = (dict(_flat(each.model_dump(mode="json", exclude_unset=True), "")) for each in (base, own))
    ours.pop("extends", None)
    gone = tuple(f"{path}." for path, text in theirs.items() if text is _ENTRY and path not in ours)
    for path in dict.fromkeys((*theirs, *ours)):
        if theirs.get(path) == ours.get(path) or not path.startswith(under) or path.startswith(gone):
            continue
        if ours.get(path) is _ENTRY:  # its keys follow
            continue
        yield path
        if path in theirs:
            yield f"  - {theirs[path]}"
        if path in ours:
            yield f"  + {ours[path]}"


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
