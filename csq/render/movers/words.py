"""What moved, in words and figures: the page that every writer lays out, and what a triage begins with."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from csq.moves import Crossing, Moves, Past
from csq.render import prose
from csq.render.marks import MARKS
from csq.terms import Axis, Cause, Movement, Quadrant

FIRST = 3
"""Moves that a triage tells of on its first screen."""
PARTS = 3
"""Parts of a score that are named, those that moved it most."""
_HAPPY = (Quadrant.ADVOCATES, Quadrant.UNDERUSERS)
"""Whoever leaves from there is a surprise."""


MOST = 1000
"""Rows that a table of accounts has on a page: who wants more of them wants no page."""


class WordTable(NamedTuple):
    """Rows under headings, all of them words."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    """Columns of figures."""
    absent: str = ""
    """What is said where there are no rows; nothing: the table is left out."""


class PastWeek(NamedTuple):
    """A day of the past: accounts and known value by quadrant."""

    day: date
    is_filled: bool
    accounts: Mapping[Quadrant, int]
    values: Mapping[Quadrant, Decimal]


class MoversPage(NamedTuple):
    """The moves in reading order."""

    title: str
    summary: tuple[str, ...]
    tables: tuple[WordTable, ...]
    weeks: tuple[PastWeek, ...]
    """The earliest first; none where nobody asked."""
    currency: str | None


def first_rows(title: str, frame: pl.DataFrame) -> tuple[str, Iterator[dict[str, Any]]]:
    """The title of a table, and the rows of a frame that it has."""
    return with_more(title, frame.height - MOST, "json"), frame.head(MOST).iter_rows(named=True)


def with_more(title: str, more: int, where: str) -> str:
    """The title of a table that leaves so many rows out; `where` they are."""
    return f"{title} ({more:,} more in {where})" if more > 0 else title


def page_of(moves: Moves, *, weeks: int | None = None, currency: str | None = None) -> MoversPage:
    """Put the moves into reading order, the most valuable accounts first."""
    return MoversPage(
        title=f"Movers from {moves.since} to {moves.until}",
        summary=(*_summary(moves, currency), *_measured(moves)),
        tables=(_moved(moves, currency), _grid(moves, currency), *_gone(moves, currency)),
        weeks=weeks_of(moves.past, weeks) if weeks else (),
        currency=currency,
    )


def told(moves: Moves, currency: str | None) -> tuple[str, ...]:
    """What a triage says of the moves before anything else: how many, the most valuable, and whose loss surprises."""
    first = moves.of(Movement.MOVED).head(FIRST).iter_rows(named=True)
    lost = _surprises(moves).head(FIRST).iter_rows(named=True)
    return (
        f"Since {moves.since}: {'; '.join(_counts(moves, currency))}",
        *(f"{_named(row, currency)}: {_way(row)}; {_why(row)}" for row in first),
        *(f"{_named(row, currency)} left: was {_place(row['moved_from'])}" for row in lost),
    )


def weeks_of(past: Iterable[Past], number: int) -> tuple[PastWeek, ...]:
    """The days of the last weeks, and what each quadrant came to."""
    by_day: dict[date, list[Past]] = {}
    for each in past:
        by_day.setdefault(each.as_of, []).append(each)
    first = max(by_day) - timedelta(weeks=number) if by_day else date.min
    return tuple(
        PastWeek(
            day,
            each[0].is_filled,
            {one.quadrant: one.accounts for one in each},
            {one.quadrant: one.contract_value for one in each},
        )
        for day, each in sorted(by_day.items())
        if day > first
    )


def week_table(page: MoversPage) -> WordTable:
    """Accounts and value of every quadrant on every day."""
    rows = tuple(
        (
            f"{week.day}{' (filled)' if week.is_filled else ''}",
            *(f"{week.accounts[each]:,} ({prose.total(week.values[each], page.currency)})" for each in Quadrant),
        )
        for week in page.weeks
    )
    heads = ("Day", *(_place(each) for each in Quadrant))
    return WordTable("Week by week", heads, rows, tuple(range(1, len(heads))))


def _counts(moves: Moves, currency: str | None) -> list[str]:
    """`5 accounts moved, 1 new, 2 left`, and what that is worth."""
    moved, new, left = (moves.of(change).height for change in (Movement.MOVED, Movement.NEW, Movement.LEFT))
    worth = moves.worth
    told = [f"{prose.count(moved, 'account')} moved, {new:,} new, {left:,} left"]
    sums = (("moved down", moves.moved_down), ("lost", worth.left + worth.shrunk), ("won", worth.new + worth.grown))
    told += [f"{prose.total(value, currency)} {what}" for what, value in sums if value]
    return told


def _summary(moves: Moves, currency: str | None) -> list[str]:
    told = ["; ".join(_counts(moves, currency))]
    worth = moves.worth
    parts = (("new", worth.new), ("left", worth.left), ("grew by", worth.grown), ("shrank by", worth.shrunk))
    if any(value for _, value in parts):
        told.append("Contract value: " + ", ".join(f"{what} {prose.total(each, currency)}" for what, each in parts))
    if causes := moves.causes:
        told.append("Causes: " + ", ".join(f"{cause} {count:,}" for cause, count in causes.items()))
    if moves.is_filled:
        told.append(f"{moves.since} was placed afterwards, from the same exports, by today's tiers and cuts")
    return told


def _measured(moves: Moves) -> list[str]:
    return [f"Measured differently: {each}" for each in moves.measured]


def _moved(moves: Moves, currency: str | None) -> WordTable:
    title, found = first_rows("Who crossed", moves.of(Movement.MOVED))
    rows = tuple(
        (_name(row), _value(row, currency), _place(row["moved_from"]), _place(row["moved_to"]), _why(row))
        for row in found
    )
    return WordTable(title, ("Account", "Value", "From", "To", "Why"), rows, (1,), "nobody crossed")


def _grid(moves: Moves, currency: str | None) -> WordTable:
    """From where in the rows to where in the columns: accounts and their value."""
    cells = {(each.moved_from, each.moved_to): each for each in moves.grid}
    starts = [start for start in (*Quadrant, None) if any(each.moved_from == start for each in moves.grid)]
    ends = [end for end in (*Quadrant, None) if any(each.moved_to == end for each in moves.grid)]
    rows = tuple(
        (_place(start, "new"), *(_cell(cells.get((start, end)), currency) for end in ends)) for start in starts
    )
    heads = ("From ↓ to →", *(_place(end, "left") for end in ends))
    return WordTable("From where to where", heads, rows, tuple(range(1, len(heads))))


def _cell(of: Crossing | None, currency: str | None) -> str:
    if of is None:
        return "·"
    return f"{of.accounts:,} ({prose.total(of.contract_value, currency)})" if of.contract_value else f"{of.accounts:,}"


def _gone(moves: Moves, currency: str | None) -> tuple[WordTable, WordTable]:
    new_title, new = first_rows("New", moves.of(Movement.NEW))
    left_title, left = first_rows("Left", moves.of(Movement.LEFT))
    came = tuple((_name(row), _value(row, currency), _place(row["moved_to"])) for row in new)
    went = tuple(
        (_name(row), _value(row, currency), _place(row["moved_from"]), "surprise" if _is_surprise(row) else "")
        for row in left
    )
    return (
        WordTable(new_title, ("Account", "Value", "Stands in"), came, (1,)),
        WordTable(left_title, ("Account", "Value", "Stood in", ""), went, (1,)),
    )


def _surprises(moves: Moves) -> pl.DataFrame:
    left = moves.of(Movement.LEFT)
    return left.filter(pl.col("moved_from").is_in([str(each) for each in _HAPPY]))


def _is_surprise(row: Mapping[str, Any]) -> bool:
    return row["moved_from"] in _HAPPY


def _name(row: Mapping[str, Any]) -> str:
    return str(row["account_name"] or row["account_id"])


def _value(row: Mapping[str, Any], currency: str | None) -> str:
    value = row["contract_value"] if row["contract_value"] is not None else row["contract_value_before"]
    return "" if value is None else prose.money(value, currency)


def _named(row: Mapping[str, Any], currency: str | None) -> str:
    return ", ".join(filter(None, (_name(row), _value(row, currency))))


def _place(quadrant: str | None, absent: str = "") -> str:
    """`● advocates`."""
    if quadrant is None:
        return absent
    return f"{MARKS[Quadrant(quadrant)]} {quadrant.replace('_', ' ')}"


def _way(row: Mapping[str, Any]) -> str:
    return f"{_place(row['moved_from'])} → {_place(row['moved_to'])}"


def _why(row: Mapping[str, Any]) -> str:
    """`usage crossed: active days -12.5, volume -3.0`."""
    cause = str(row["moved_because"])
    if cause not in (Cause.USAGE, Cause.HAPPINESS):
        return cause
    axis = Axis.USAGE if cause == Cause.USAGE else Axis.HAPPINESS
    parts = [each for each in row["parts"] or () if each["axis"] == str(axis)]
    told = ", ".join(f"{each['part'].replace('_', ' ')} {each['points']:+.1f}" for each in parts[:PARTS])
    return f"{cause}: {told}" if told else cause
