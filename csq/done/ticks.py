"""Ticks: what people say of planned steps, where they say it, and how a cell or a mark is understood."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from csq.errors import InputError, Location
from csq.planned import PlannedStep
from csq.regex import regex
from csq.terms import Tick

WORDS: Mapping[str, Tick | None] = {
    "done": Tick.DONE, "x": Tick.DONE, "✓": Tick.DONE, "✔": Tick.DONE, "☑": Tick.DONE, "✅": Tick.DONE,
    "yes": Tick.DONE, "y": Tick.DONE, "true": Tick.DONE, "1": Tick.DONE, "checked": Tick.DONE, "completed": Tick.DONE,
    "tried": Tick.TRIED, "not now": Tick.NOT_NOW, "no longer": Tick.NO_LONGER,
    "no": None, "n": None, "false": None, "0": None, "-": None, "☐": None, "open": None, "not done": None,
}  # fmt: skip
"""By word, in lower case, the tick that it is; None: nothing is ticked."""
_SERIALS, _SERIAL_0 = range(40_000, 70_000), date(1899, 12, 30)
"""Days as spreadsheets count them, from 2009 to 2091, and the one they count from."""
_DAY = regex(r"\d{4}-\d{2}-\d{2}")
_SAID = regex(
    rf"({'|'.join(map(re.escape, sorted(WORDS, key=len, reverse=True)))})"
    r"(?:$|\s*[:,;.–—-]+\s+|\s*[:,;–—]\s*|\s+(?=\d{4}-|\())(.*)",
    re.IGNORECASE,
)

BEGUN = regex(rf"({'|'.join(tick for tick in Tick if tick is not Tick.DONE)})\b", re.IGNORECASE)
"""How a sentence begins that says it was not done: `tried to reach them`."""


class Said(NamedTuple):
    """What stands in a place for ticks."""

    tick: Tick | None
    """None: nothing is ticked."""
    note: str = ""
    on: date | None = None
    """The day it was done, where that is told."""


class Ticked(NamedTuple):
    """One step that somebody ticked."""

    planned: PlannedStep
    said: Said
    label: str
    line: int


class Stray(NamedTuple):
    """A line on which somebody wrote what cannot be recorded."""

    line: int
    what: str
    remedy: str


class Ticks(NamedTuple):
    """All ticks of a file, and what is to be said of it."""

    ticked: tuple[Ticked, ...]
    warnings: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()


def without_id(line: int) -> Stray:
    """A tick without the id of its step."""
    return Stray(line, "is ticked and has lost its id", "give the line its id back, or take the tick away")


def without_tick(line: int) -> Stray:
    """A note on a step that nobody ticked."""
    return Stray(line, "has a note and no tick", "tick the step, with `not now` for one, or take the note away")


def unrecorded(strays: Iterable[Stray], label: str) -> tuple[str, ...]:
    """What is said of lines that cannot be recorded."""
    return tuple(f"line {each.line:,} of `{label}` {each.what}: it is not recorded" for each in strays)


def understood(value: object, where: Location, today: date) -> Said:
    """What a cell or a note says. Raises InputError when it is no tick, or names a day that is still to come."""
    said = _said(value)
    if said is None:
        hint = f"write {', '.join(f'`{tick}`' for tick in Tick)}, or the day: `done 2026-11-16`"
        raise InputError(f"`{value}` is no tick", location=where, hint=hint)
    if said.on and said.on > today:
        raise InputError(f"{said.on} is still to come", location=where, hint="write the day on which it was done")
    return said


def _said(value: object) -> Said | None:
    if isinstance(value, date):
        return Said(Tick.DONE, on=date(value.year, value.month, value.day))
    if isinstance(value, int | float) and value in _SERIALS:
        return Said(Tick.DONE, on=_SERIAL_0 + timedelta(days=int(value)))
    text = f"{value:g}" if isinstance(value, float) else str(value)
    text = " ".join(unicodedata.normalize("NFKC", text).replace("\ufe0f", "").replace("_", " ").split())
    if not text:
        return Said(None)
    if _DAY.fullmatch(text):
        text = f"{Tick.DONE} {text}"
    found = _SAID.fullmatch(text)
    if not found:
        began = BEGUN.match(text)
        return Said(Tick(began[1].casefold()), text) if began else None
    tick, rest = WORDS[found[1].casefold()], found[2].strip()
    try:
        day = date.fromisoformat(rest[:10]) if _DAY.match(rest) else None
    except ValueError:
        return None
    return Said(tick, rest[10:].lstrip(" :,;.–—-") if day else rest, day)
