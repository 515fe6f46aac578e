"""Facts as people read them: with their unit, and nothing that is not known dressed up as something."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import PurePath
from typing import TypeAlias

from csq.explain.model import Fact, Row
from csq.playbook.text import UNKNOWN, say
from csq.render import prose
from csq.render.terminal.layout import BLANK, Line, PageWidth

_SIGNS = {"percent": "%"}
_ONE = {"people": "person"}

Columns: TypeAlias = Mapping[str, Callable[[Row], str]]
"""How the cell of each column of a table is written, by its heading."""


def section(sheet: PageWidth, title: str, aside: str = "") -> list[Line]:
    """Head a section, apart from the one before."""
    return [BLANK, *sheet.heading(title, aside)]


def listed(sheet: PageWidth, rows: Iterable[Row], columns: Columns, right: Iterable[int] = ()) -> list[Line]:
    """Lay out a table with a heading for each of `columns`; nothing without rows."""
    written = [[write(row) for write in columns.values()] for row in rows]
    return sheet.table([tuple(columns), *written], right=right, header=True)


def value(fact: Fact, currency: str | None) -> str:
    """`37.5 %`, `4 days`, `12,000 EUR a year`, `yes`; `unknown` when it is not known."""
    if fact.value is None:
        return UNKNOWN
    if isinstance(fact.value, Decimal):
        return f"{prose.money(fact.value, currency)} a year"
    if isinstance(fact.value, list | tuple):
        return ", ".join(str(each) for each in fact.value) or "none"
    if isinstance(fact.value, bool | date | str):
        return say(fact.value)
    unit = _ONE.get(fact.unit, fact.unit.removesuffix("s")) if fact.value == 1 else fact.unit
    return f"{say(fact.value)} {_SIGNS.get(unit, unit)}".rstrip()


def label(name: str) -> str:
    """A name as words: `champion_left` is `champion left`."""
    return name.replace("_", " ")


def day(value: object) -> str:
    """A date, or nothing."""
    return value.isoformat()[:10] if isinstance(value, date) else ""


def text(value: object) -> str:
    """Whatever a cell holds, or nothing."""
    return "" if value is None else say(value)


def where(row: Row) -> str:
    """`csat.csv:37`; which folder it is in stands where the files are listed."""
    return f"{PurePath(str(row['file'])).name}:{row['line']}"
