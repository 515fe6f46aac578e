"""Texts that name facts in braces: `{features_used} of {features_available} features`.

Nothing is run or looked up but the names of facts, so no text can reach anything else. `{{` and
`}}` stand for a brace itself.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from csq.playbook.names import hint_for, kind_of
from csq.playbook.tokens import Fault
from csq.schema import Kind

UNKNOWN = "unknown"

_BRACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def fill(template: str, row: Mapping[str, object]) -> str:
    """Put the facts of one account into a text; one that is null or absent reads `unknown`."""

    def value(found: re.Match[str]) -> str:
        return found.group()[0] if found.group(1) is None else say(row.get(found.group(1).strip()))

    return _BRACE.sub(value, template)


def fields(template: str) -> list[str]:
    """Return the names in braces, in the order of the text."""
    return [found.group(1).strip() for found in _BRACE.finditer(template) if found.group(1) is not None]


def check(template: str, known: Mapping[str, Kind]) -> tuple[Fault, ...]:
    """Return every fault of a text: names that are not known, and braces around nothing.

    Args:
        template: The text.
        known: Names it may use, as `csq.playbook.names.names` gives them.
    """
    return tuple(fault for found in _BRACE.finditer(template) for fault in _faults(found, known))


def say(value: object) -> str:
    """Write a fact as it stands in a sentence: numbers to one place, dates as 2026-01-31, truth as yes and no."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal():
            return _number(value)
        case date():
            return value.isoformat()[:10]
        case _:
            return str(value)


def _faults(found: re.Match[str], known: Mapping[str, Kind]) -> Iterator[Fault]:
    width = found.end() - found.start()
    if found.group() in ("{", "}"):
        message = f"a `{found.group()}` that belongs to no name"
        hint = f"write `{found.group() * 2}` for a brace itself"
        yield Fault(offset=found.start(), width=width, message=message, hint=hint, code="stray-brace")
    elif found.group(1) is not None:
        name = found.group(1).strip()
        kind = kind_of(name, known)
        if kind is None:
            message, hint = f"unknown fact `{name}` in braces", hint_for(name, known)
            yield Fault(offset=found.start(), width=width, message=message, hint=hint, code="unknown-fact")
        elif kind is Kind.LIST:
            message = f"`{name}` is a list: a text cannot name it"
            yield Fault(offset=found.start(), width=width, message=message, code="unknown-fact")


def _number(value: int | float | Decimal) -> str:
    if not math.isfinite(value):
        return UNKNOWN
    text = f"{value:,.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
