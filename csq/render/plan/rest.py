"""Who rests at each desk and why, in words, the most valuable first; what a tool does for them is told apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import polars as pl

from csq.plan.hours import is_by_hand, is_planned
from csq.render import prose, wording
from csq.report import Report

_REASONS = 5
"""Reasons to rest that are told of one desk."""
_NAMED = 3


class Resting(NamedTuple):
    """What is told of the accounts of one desk that rest."""

    reasons: tuple[str, ...]
    """For each reason how many rest, what they are worth, why, and who first."""
    whole: str
    """How many rest and what they are worth together, and when to look again."""


class _Part(NamedTuple):
    """Accounts of one desk that rest for one reason."""

    why: str | None
    accounts: int
    value: Decimal
    unvalued: int
    sent: int
    """Accounts to which a tool sends something."""
    look_again: date | None
    """The first day on which to look again."""


def resting(report: Report, rows: pl.DataFrame) -> Mapping[str, Resting]:
    """Tell of each desk who rests there. `rows` are those accounts, in the order of work."""
    value = pl.col("contract_value")
    parts = rows.group_by("desk", "why", maintain_order=True).agg(
        pl.len(),
        value.sum(),
        value.null_count().alias("unvalued"),
        sent=(is_planned() & ~is_by_hand()).sum(),
        look_again=pl.col("look_again").min(),
    )
    desks: dict[str, list[_Part]] = defaultdict(list)
    for desk, *part in parts.iter_rows():
        desks[desk].append(_Part(*part))
    first = rows.filter(pl.int_range(pl.len()).over("desk", "why") < _NAMED)
    names: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for row in first.iter_rows(named=True):
        names[row["desk"], row["why"]].append(_name(row))
    return {
        desk: Resting(tuple(_reasons(report, parts, [names[desk, part.why] for part in parts])), _whole(report, parts))
        for desk, parts in desks.items()
    }


def _reasons(report: Report, parts: Sequence[_Part], names: Sequence[Sequence[str]]) -> Iterator[str]:
    """Say of each reason how many rest for it, the most valuable first; of all but the first few together."""
    told = [(part, part.why or "no reason on record", first) for part, first in zip(parts, names, strict=True)]
    told.sort(key=lambda each: (-each[0].value, -each[0].accounts, each[1]))
    # A single one left over is told in as many words as it takes to leave it out.
    most = _REASONS if len(told) > _REASONS + 1 else len(told)
    for part, why, first in told[:most]:
        more = f" and {part.accounts - len(first):,} more" if part.accounts > len(first) else ""
        between = "; " if any(", " in name for name in first) else ", "
        yield f"{_worth(report, [part])}: {why} ({between.join(first)}{more})"
    if others := [part for part, *_ in told[most:]]:
        reasons = f"for {len(others)} other reasons"
        yield f"{_worth(report, others)}: {reasons}; `csq triage -f csv --fields why` has all"


def _name(row: Mapping[str, Any]) -> str:
    """The name of an account that rests, with what may wake it: its open tickets and its renewal."""
    tickets = f"{prose.count(row['open_tickets'], 'ticket')} open" if row["open_tickets"] else ""
    return ", ".join(filter(None, (row["account_name"] or row["account_id"], tickets, wording.deadline(row))))


def _whole(report: Report, parts: Sequence[_Part]) -> str:
    days = [part.look_again for part in parts if part.look_again]
    sent = sum(part.sent for part in parts)
    told = f"; a tool sends something to {sent:,} of them" if sent else ""
    return _worth(report, parts) + told + (f"; look again from {min(days)}" if days else "")


def _worth(report: Report, parts: Sequence[_Part]) -> str:
    """`4 accounts, 120 k EUR (1 without a value)`."""
    count, unvalued = sum(part.accounts for part in parts), sum(part.unvalued for part in parts)
    accounts = prose.count(count, "account")
    if not report.weighted:
        return accounts
    if unvalued == count:
        return f"{accounts}, value unknown"
    value = prose.total(sum((part.value for part in parts), Decimal(0)), report.currency)
    return f"{accounts}, {value}" + (f" ({unvalued:,} without a value)" if unvalued else "")
