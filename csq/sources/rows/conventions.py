"""Conventions that one column leaves open, settled by the other columns of its file where these agree."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.errors import Setting
from csq.sources.cells.dates import ORDERS, DateOrder, read_times
from csq.sources.cells.numbers import DecimalMark, read_numbers
from csq.sources.cells.values import Ambiguous, Cells
from csq.sources.reading.grid import LINE
from csq.sources.reading.read import TextTable

_MARKS: dict[str, DecimalMark] = {"decimal mark `.`": ".", "decimal mark `,`": ","}
_ORDERS: dict[str, DateOrder] = {name: order for order, name in ORDERS.items()}


class Settled(NamedTuple):
    """A convention that other columns follow: one of `decimal` and `order`."""

    name: str
    places: tuple[int, ...]
    """Where these columns stand, from 0."""
    decimal: DecimalMark | None = None
    order: DateOrder | None = None


def settle_by_others(rows: pl.DataFrame, text: pl.Series, question: Ambiguous) -> Settled | None:
    """What the other columns say to a question that one leaves open; None where they say nothing, or two things.

    A column that mixes conventions is no open question: it has an answer for some cells, and none for others.

    Args:
        rows: The file's cells as they stand, in columns `c0`, `c1`, ...
        text: The column in question.
        question: What it leaves open.
    """
    if len(question.rows) > 1:
        return None
    is_number = question.flag.startswith("--decimal")
    names = [
        name for name in rows.columns if name[:1] == "c" and name[1:].isdecimal() and name not in (text.name, LINE)
    ]
    columns = (rows[name] for name in names)
    found: dict[str, list[int]] = {}
    for name, cells in zip(names, read_numbers(columns) if is_number else read_times(columns), strict=True):
        choice = _choice(cells)
        if choice in (_MARKS if is_number else _ORDERS):
            found.setdefault(choice, []).append(int(name[1:]))
    if len(found) != 1:
        return None
    ((choice, places),) = found.items()
    if is_number:
        return Settled(choice, tuple(places), decimal=_MARKS[choice])
    return Settled(choice, tuple(places), order=_ORDERS[choice])


def _choice(cells: Cells | Ambiguous) -> str:
    """The convention that the cells of a column prove, where most of them are numbers, or dates."""
    if isinstance(cells, Ambiguous) or len(cells.values) - cells.values.null_count() <= cells.unreadable.sum():
        return ""
    return cells.choice or ""


def conventions_of(tables: Iterable[TextTable], choice: str, header: str) -> tuple[Setting, ...]:
    """The lines of csq.yaml by which a convention that a column has settled, in words, holds for its files."""
    words = {f"decimal mark `{mark}`": ("decimal", f'"{mark}"') for mark in ",."}
    words |= {name: ("date_order", str(order)) for order, name in ORDERS.items()}
    found = next((told for name, told in words.items() if choice.startswith(name)), None)
    if found is None:
        return ()
    return tuple(
        Setting(("files", Path(table.label).name, found[0]), found[1], f"as in `{header}`") for table in tables
    )
