"""Customers: who is one by the day, what they pay, how many seats they have, since when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.numbers import Span
from tests.oracle.usage import Log

FORMER = ("churned", "cancelled", "prospect", "trial")
CURRENT = ("active",)
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Customer:
    """An account of the population; what is not known is None."""

    value: Fraction | None = None
    seats: int | None = None
    start: date | None = None
    entitled: str = ""
    tier: str = ""

    def tenure(self, day: date) -> int | None:
        return None if self.start is None else (day - self.start).days

    def is_new(self, day: date) -> bool | None:
        return None if self.start is None else self.tenure(day) < 90


def day_of(row: Row, field: str) -> date | None:
    return date.fromisoformat(row[field]) if row.get(field) else None


def customers(rows: Sequence[Row], keys: Iterable[str], log: Log, window: Span) -> dict[str, Customer]:
    """Without rows of accounts every key; with them their accounts, but for those who are none by the day."""
    if not rows:
        return {key: Customer() for key in keys}
    contracts: dict[str, list[Row]] = {}
    for row in rows:
        contracts.setdefault(row["account_id"], []).append(row)
    found = {}
    for account, every in contracts.items():
        live = [row for row in every if row.get("status") not in FORMER]
        if live and not starts_later(every, log.day) and not has_left(account, live, log, window):
            found[account] = _customer(every, live, log.day)
    return found


def starts_later(rows: Sequence[Row], day: date) -> bool:
    starts = [day_of(row, "start_date") for row in rows]
    return all(start is not None and start > day for start in starts)


def has_left(account: str, rows: Sequence[Row], log: Log, window: Span) -> bool:
    """All contracts ended by the day, and nothing says otherwise."""
    ends = [day_of(row, "end_date") for row in rows]
    if any(end is None or end > log.day for end in ends):
        return False
    says_active = any(row.get("status") in CURRENT for row in rows)
    renews = any(row.get("auto_renew") == "yes" for row in rows)
    return not (says_active or renews or log.used_within(account, max(ends), window))


def _customer(every: Sequence[Row], live: Sequence[Row], day: date) -> Customer:
    paying = contracts_that_count(live, day) if live[0].get("subscription_id") else live
    values = [value for row in paying for value in [worth(row)] if value is not None]
    seats = sum(int(row["seats"]) for row in paying if row.get("seats"))
    starts = [start for row in every for start in [day_of(row, "start_date")] if start and start <= day]
    return Customer(
        value=sum(values) if values else None,
        seats=seats or None,
        start=min(starts, default=None),
        entitled=live[0].get("features_entitled", ""),
        tier=live[0].get("plan", ""),
    )


def contracts_that_count(rows: Sequence[Row], day: date) -> list[Row]:
    """Those that run on the day; where all have ended, those said to be active, else those that ended last."""
    ends = [day_of(row, "end_date") for row in rows]
    if all(end is not None and end <= day for end in ends):
        active = [row for row in rows if row.get("status") in CURRENT]
        return active or [row for row, end in zip(rows, ends, strict=True) if end == max(ends)]
    return [row for row, end in zip(rows, ends, strict=True) if _begun(row, day) and (end is None or end > day)]


def _begun(row: Row, day: date) -> bool:
    start = day_of(row, "start_date")
    return start is None or start <= day


def worth(row: Row) -> Fraction | None:
    """A year of the contract: ARR, else ACV, else 12 x MRR."""
    for field, times in (("arr", 1), ("acv", 1), ("mrr", 12)):
        if row.get(field):
            return Fraction(row[field]) * times
    return None
