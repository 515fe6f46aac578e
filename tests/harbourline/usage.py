"""The product's log: one row per account, user, feature and day."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from harbourline.accounts import Account
from harbourline.dice import Dice
from harbourline.story import AS_OF, FEATURES, Habit, on

HEADER = ("account_id", "user_id", "date", "feature", "events")
STRETCHES = {
    "last_year": (on(-364 - 30), on(-364 + 3)),
    "earlier": (on(-83), on(-56)),
    "before": (on(-55), on(-28)),
    "now": (on(-27), on(0)),
}
"""First and last days: four weeks now, the four before, and four more, for a past of eight weeks; the same four, and
some days, a year ago."""

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Routine:
    """How an account uses the product, with everything drawn that is the same in all stretches."""

    habit: Habit
    busyness: int
    user_prefix: str
    users: float
    paces: list[float]
    """Days at work of each user as a share of working days, the busiest first."""
    features: list[str]
    """The favourites first."""
    every_day: bool


def make_log(accounts: Iterable[Account]) -> list[Row]:
    """The log of all accounts by day, and a few rows such as real logs have."""
    rows = [row for account in accounts if account.habit for row in _log_of(account, account.habit)]
    return sorted([*rows, *_odd_rows()], key=lambda row: (row[2], row))


def _log_of(account: Account, habit: Habit) -> Iterator[Row]:
    dice = Dice("usage", account.account_id)
    routine = _routine_of(account, habit, dice)
    before, last_year = dice.between(habit.before), dice.between(habit.last_year)
    for stretch, level in {"last_year": last_year, "earlier": before, "before": before, "now": habit.now}.items():
        days = [day for day in _days_of(stretch) if day >= account.start and (routine.every_day or day.weekday() < 5)]
        features = routine.features if stretch == "now" else [*routine.features, *habit.dropped]
        if days and level:
            events = _events_of(routine, days, features, level, Dice("usage", account.account_id, stretch))
            for (user, day, feature), count in events.items():
                yield account.account_id, user, day.isoformat(), feature, str(count)


def _days_of(stretch: str) -> list[date]:
    first, last = map(date.fromisoformat, STRETCHES[stretch])
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _routine_of(account: Account, habit: Habit, dice: Dice) -> Routine:
    pace = dice.between(habit.pace)
    others = [feature for feature in FEATURES[1:] if feature not in habit.dropped]
    return Routine(
        habit=habit,
        busyness=account.band.busyness,
        user_prefix=f"u{account.account_id[-4:]}",
        users=account.seats * dice.between(habit.active),
        # More than there are seats: there may have been more users before.
        paces=[pace] + [pace * dice.between(account.band.colleague) for _ in range(2 * account.seats)],
        features=[FEATURES[0], *dice.some(others, dice.whole(habit.features) - 1)],
        every_day=habit.every_day or dice.chance(0.1),
    )


def _events_of(
    routine: Routine, days: list[date], features: list[str], level: float, dice: Dice
) -> Counter[tuple[str, date, str]]:
    """Events by user, day and feature; the busiest user comes first and gets round all the features."""
    habit = routine.habit
    last_day_of_hero = AS_OF - timedelta(days=habit.hero_left)
    events: Counter[tuple[str, date, str]] = Counter()
    turns = 0
    for rank, pace in enumerate(routine.paces[: max(1, round(routine.users * level))]):
        is_hero = rank == 0
        at_work = dice.some(days, max(1, round(pace * len(days))))
        for day in sorted(day for day in at_work if not is_hero or day <= last_day_of_hero):
            for _ in range(2 if is_hero else 1):
                # Once all have had a turn, the lower of two draws prefers the favourites.
                favoured = min(dice.whole((0, len(features) - 1)), dice.whole((0, len(features) - 1)))
                feature = features[turns if turns < len(features) else favoured]
                clicks = dice.whole(habit.clicks) * routine.busyness * (habit.hero if is_hero else 1)
                events[_user(routine, rank, day), day, feature] += clicks
                turns += 1
    return events


def _user(routine: Routine, rank: int, day: date) -> str:
    """The user of a rank; before a busiest user who is new, the one who was it then."""
    predecessor = rank == 0 and routine.habit.hero_since and day < AS_OF - timedelta(days=routine.habit.hero_since)
    return f"{routine.user_prefix}{0 if predecessor else rank + 1:02d}"


def _odd_rows() -> list[Row]:
    """A test tenant, a lost id, a date that is none, an id with a blank behind it."""
    return [
        *(("0009900", "u990001", on(-days), "Rosters", "12") for days in (4, 11, 18, 25, 33)),
        ("", "u990002", on(-17), "Messages", "3"),
        ("0001105", "u110504", "2026-13-45", "Time clock", "20"),
        ("0001161 ", "u116103", on(-5), "Open API", "16"),
    ]
