"""Use: the rows of an event log in, the facts of each account out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from tests.oracle.numbers import Facts, Span, change, share

EVERYDAY = ("login", "page view")


class Event(NamedTuple):
    """One row of the log; a blank cell is None."""

    account: str
    user: str | None
    feature: str | None
    events: Fraction | None
    moment: datetime
    id: str | None

    @property
    def day(self) -> date:
        return self.moment.date()

    @property
    def count(self) -> Fraction:
        return Fraction(1) if self.events is None else self.events

    @property
    def everyday(self) -> bool:
        return self.feature is not None and self.feature.lower().replace("_", " ") in EVERYDAY


def read(rows: Iterable[Mapping[str, str]]) -> list[Event]:
    return [
        Event(
            row["account_id"],
            row.get("user_id") or None,
            row.get("feature") or None,
            Fraction(row["events"]) if row.get("events") else None,
            datetime.fromisoformat(row["date"]),
            row.get("event_id") or None,
        )
        for row in rows
    ]


def once(events: Sequence[Event]) -> list[Event]:
    """Of each event id the newest row, of one moment the first."""

    def blanks_first(event: Event) -> list[tuple[bool, object]]:
        return [(each is not None, each or 0) for each in event[:4]]

    named = sorted((event for event in events if event.id), key=lambda event: event.id)
    kept = []
    for _, same in groupby(named, key=lambda event: event.id):
        every = list(same)
        newest = max(event.moment for event in every)
        kept.append(min((event for event in every if event.moment == newest), key=blanks_first))
    return [event for event in events if not event.id] + kept


class Log:
    """All events by the day, those of keys that no account has left aside but for where the log begins."""

    def __init__(self, rows: Iterable[Mapping[str, str]], accounts: set[str], day: date) -> None:
        every = read(rows)
        self.names_users = any(event.user for event in every)
        self.names_features = any(event.feature and not event.everyday for event in every)
        counted = [event for event in every if event.day <= day]
        self.day = day
        self.first = min((event.day for event in counted), default=day)
        self.keys = {event.account for event in counted}
        self.of_account: dict[str, list[Event]] = {}
        for event in once([event for event in counted if not accounts or event.account in accounts]):
            self.of_account.setdefault(event.account, []).append(event)

    def used_within(self, account: str, after: date, window: Span) -> bool:
        """Whether there was use after a day, in the window."""
        return any(
            event.count > 0 and event.day > after and window.holds(event.day)
            for event in self.of_account.get(account, ())
        )

    def keep(self, accounts: Iterable[str]) -> None:
        """Leave the log of these customers: what it has of features, and whether all of them are everyday ones."""
        rows = [event for name in accounts for event in self.of_account.get(name, ()) if event.count > 0]
        self.features = {event.feature for event in rows if event.feature and not event.everyday}
        self.only_everyday = all(event.everyday for event in rows)

    def used(self, events: Iterable[Event]) -> set[str] | None:
        """Features; not known where there were events that might have been and none names one."""
        telling = [event for event in events if not event.everyday]
        named = {event.feature for event in telling if event.feature}
        return named if self.names_features and (named or not telling) else None

    def users(self, events: Sequence[Event]) -> set[str] | None:
        named = {event.user for event in events if event.user}
        return named if self.names_users and (named or not events) else None


def sure(now: Sequence[Event], before: Sequence[Event] | None) -> bool | None:
    """Whether active user-days differ by more than twice the root of their sum; of days, where nobody is named."""
    if before is None:
        return None
    named = any(event.user for event in (*now, *before))
    one, other = (
        len({(event.user if named else None, event.day) for event in events if event.user or not named})
        for events in (now, before)
    )
    return (one - other) ** 2 > 4 * (one + other)


def measure(log: Log, account: str, window: Span, entitled: str, seats: int | None) -> Facts:
    """The usage facts of an account; none, where it is not in the log."""
    if account not in log.of_account:
        return breadth(log, None, entitled)
    done = [event for event in log.of_account[account] if event.count > 0]
    length = len(window.days())

    def of(span: Span) -> list[Event] | None:
        return [event for event in done if span.holds(event.day)] if span.first >= log.first else None

    now = [event for event in done if window.holds(event.day)]
    before, year_ago = of(window.back(length)), of(window.back(364))
    events, earlier, last_year = (
        None if rows is None else sum(event.count for event in rows) for rows in (now, before, year_ago)
    )
    active = log.users(now)
    people = None if active is None else len(active)
    facts: Facts = {
        "events": events,
        "events_previous": earlier,
        "events_year_ago": last_year,
        "usage_change_pct": change(events, earlier),
        "usage_change_yoy_pct": change(events, last_year),
        "usage_change_sure": sure(now, before),
        "usage_change_yoy_sure": sure(now, year_ago),
        "active_users": people,
        "seat_use_pct": share(people, seats),
        "active_days": len({event.day for event in now}),
        "idle_days": (log.day - max(event.day for event in done)).days if done else None,
        "telling_events": sum(event.count for event in now if log.only_everyday or not event.everyday),
    }
    used, used_before = log.used(now), None if before is None else log.used(before)
    known = used is not None and used_before is not None
    facts["features_dropped"] = len(used_before - used) if known else None
    recent = [event for event in done if Span(window.back(length).first, window.last).holds(event.day)]
    return facts | breadth(log, used, entitled) | top_user(log, recent)


def breadth(log: Log, used: set[str] | None, entitled: str) -> Facts:
    """Features used, of those entitled or else of all in the log."""
    names = {name.strip() for name in entitled.split(";") if name.strip().lower() not in ("", *EVERYDAY)}
    number = int(entitled) if entitled.isdigit() else None
    available = number or len(names) or len(log.features) or None
    facts: Facts = {"features_available": available, "features_used": None if used is None else len(used)}
    if used is None or available is None:
        return facts
    unused = len(names - used) if names and number is None else max(available - len(used), 0)
    return facts | {"features_unused": unused, "breadth_pct": min(share(len(used), available), Fraction(100))}


def top_user(log: Log, events: Iterable[Event]) -> Facts:
    """The user with the most events; of those alike the first by id."""
    totals: Counter[str] = Counter()
    for event in events:
        if event.user:
            totals[event.user] += event.count
    if not totals:
        return {}
    top = min(totals, key=lambda user: (-totals[user], user))
    last = max(event.day for event in events if event.user == top)
    return {
        "top_user_share_pct": share(totals[top], sum(totals.values())),
        "top_user_idle_days": (log.day - last).days,
    }
