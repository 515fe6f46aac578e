"""Texts that name facts in braces: `{features_used} of {features_available} features`.

`{-csat_change}` turns the sign of a number, and what is counted stands in the singular after a 1; `in 0 days` and
`0 days ago` are printed as `today`. A part in square
brackets that names facts, `Renewal[ in {days_to_renewal} days]`, is left out where one of them is not known, and so is
a sentence that names an unknown fact outside of brackets. Brackets without a fact are just text. Nothing is run or
looked up but the names of facts, so no text can reach anything else. `{{` and `}}` stand for a brace itself.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from csq.playbook.names import hint_for, kind_of
from csq.playbook.tokens import Fault
from csq.regex import regex
from csq.schema import Kind

MAX_LENGTH = 2_000
"""Characters that any text of a playbook has at most: all of it is filled and printed for every account."""
UNKNOWN = "unknown"

_ONE: Mapping[str, str] = {
    "days": "day", "points": "point", "seats": "seat", "features": "feature", "tickets": "ticket", "users": "user",
    "people": "person", "goals": "goal", "answers": "answer", "favours": "favour", "promises": "promise",
}  # fmt: skip
"""What is counted, and one of it."""
_WORDS = frozenset(("cause", "csat_by_role", "highest_role", "last_outcome", "lowest_role", "top_user_role"))
"""Facts that hold names out of a list, which stand in a sentence as words: `decision maker`."""
_TODAY = regex(r"\b(?:in 0 days|0 days ago)(?:\b)")
_BRACE = regex(rf"\{{\{{|\}}\}}|\{{([^{{}}]*)\}}(?: ({'|'.join(_ONE)})\b)?|[{{}}]")
_OPTIONAL = regex(r"\[([^][]*\{[^][]*)\]")
_SENTENCE_END = regex(r"(?<=[.!?]) +")


def fill(template: str, row: Mapping[str, object]) -> str:
    """Put the facts of one account into a text; what cannot be said without an unknown one is left out, maybe all."""
    kept = _OPTIONAL.sub(lambda part: part.group(1) if _is_known(part.group(1), row) else "", template)
    told = _filled(" ".join(each for each in _sentences(kept) if _is_known(each, row)), row, UNKNOWN).strip()
    return _TODAY.sub("today", told) if "0 days" in told else told


@lru_cache(maxsize=1024)  # a text is filled for every account
def _sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text."""
    return tuple(_SENTENCE_END.split(text))


def spelled(template: str, row: Mapping[str, object], unknown: str = UNKNOWN) -> str:
    """The same, but where nothing would be left the text is kept, with a word for what is not known."""
    return fill(template, row) or _filled(_OPTIONAL.sub(r"\1", template), row, unknown)


@lru_cache(maxsize=1024)
def fields(template: str) -> tuple[str, ...]:
    """Return the names in braces, in the order of the text."""
    return tuple(_name(found) for found in _BRACE.finditer(template) if found.group(1) is not None)


def _name(found: re.Match[str]) -> str:
    return found.group(1).strip().removeprefix("-")


def _is_known(part: str, row: Mapping[str, object]) -> bool:
    return all(say(row.get(name)) != UNKNOWN for name in fields(part))


def _filled(text: str, row: Mapping[str, object], unknown: str) -> str:
    def value(found: re.Match[str]) -> str:
        if found.group(1) is None:
            return found.group()[0]
        fact = row.get(_name(found))
        if found.group(1).strip().startswith("-") and isinstance(fact, int | float | Decimal):
            fact = -fact
        told = unknown if say(fact) == UNKNOWN else say(fact)
        if _name(found) in _WORDS:
            told = told.replace("_", " ")
        counted = found.group(2)
        return told if counted is None else f"{told} {_ONE[counted] if told == '1' else counted}"

    return _BRACE.sub(value, text)


def check(template: str, known: Mapping[str, Kind]) -> tuple[Fault, ...]:
    """Return every fault of a text: names that are not known (`names.names`), and braces around nothing."""
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
    width = len(found.group()) if found.group(1) is None else len(found.group(1)) + 2
    if found.group() in ("{", "}"):
        message = f"a `{found.group()}` that belongs to no name"
        hint = f"write `{found.group() * 2}` for a brace itself"
        yield Fault(offset=found.start(), width=width, message=message, hint=hint, code="stray-brace")
    elif found.group(1) is not None:
        name = _name(found)
        kind = kind_of(name, known)
        if kind is None:
            message, hint = f"unknown fact `{name}` in braces", hint_for(name, known)
            yield Fault(offset=found.start(), width=width, message=message, hint=hint, code="unknown-fact")
        elif kind is Kind.LIST:
            message = f"`{name}` is a list: a text cannot name it"
            yield Fault(offset=found.start(), width=width, message=message, code="unknown-fact")
        elif found.group(1).strip().startswith("-") and kind is not Kind.NUMBER:
            message = f"`{name}` is no number, whose sign `-` could turn"
            yield Fault(offset=found.start(), width=width, message=message, code="unknown-fact")


def _number(value: int | float | Decimal) -> str:
    if not math.isfinite(value):
        return UNKNOWN
    text = f"{value:,.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
