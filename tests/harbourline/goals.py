"""What the customers want to reach: planted goals, and plain ones for about two accounts of three."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harbourline.accounts import Account
from harbourline.cast import CAST
from harbourline.dice import Dice
from harbourline.names import NORTH_STARS
from harbourline.story import on

HEADER = ("Account ID", "Goal", "Metric", "Baseline", "Target", "Current", "Progress", "Status", "Set On",
          "Target Date")  # fmt: skip

Row = tuple[str, ...]


@dataclass(frozen=True)
class Goal:
    """One goal; days count from the day the exports end, those before it negative."""

    text: str
    due: int | None
    progress: int | None = None
    """Percent; None: nobody has said."""
    status: str = "open"
    metric: str | None = "share of rosters"
    start: int | None = -180
    values: tuple[int, int, int] | None = None
    """Baseline, target and current value, from which the progress follows when it is not told."""


PLANTED: dict[str, tuple[Goal, ...]] = {
    # all is well
    "0001004": (
        Goal("Publish every roster two weeks ahead", -90, 100, "met", start=-400),
        Goal("Fill open shifts within the hour", 160, 60, metric="hours to fill an open shift", start=-200),
    ),
    # used every day, and overdue
    "0001031": (
        Goal("Plan all crews in one roster", -33, 40, metric="crews in the roster", start=-300),
        Goal("Swap shifts without a phone call", 95, 70, metric="swaps by phone", start=-200),
    ),
    # used every day, due soon, far behind the calendar
    "0001042": (Goal("Close the month without paper timesheets", 20, 30, metric="paper timesheets", start=-160),),
    # behind by its figures, which nobody has put in percent
    "0001063": (Goal("Cut agency spend", 60, None, metric="agency spend", start=-240, values=(900, 500, 860)),),
    # behind by under ten points, so in time
    "0001070": (Goal("Approve leave in a day", 90, 60, metric="days to approve leave", start=-180),),
    # no metric and no date
    "0001203": (Goal("Get more out of the product", None, metric=None, start=None),),
    # a date, but nothing to tell it by
    "0001207": (Goal("Be more efficient", 120, metric=None, start=-30),),
    # nobody has said how far they are
    "0001105": (Goal("Cover every night shift", 75, None, metric="shifts without cover"),),
    # given up, so that none is left
    "0001126": (Goal("Replace the old time clock", 30, 10, "dropped", metric="sites moved"),),
    # met, told by figures alone
    "0001147": (Goal("Three stores live", 40, None, "", metric="stores live", start=-120, values=(0, 3, 3)),),
    # out of time on the day of the export
    "0001267": (Goal("One roster for all practices", 0, 80, metric="practices in the roster"),),
}
NONE_ON_RECORD = ("0001154", "0001168", "0001049", "0001271")
"""Accounts that never get a plain goal."""


def make_goals(accounts: Iterable[Account]) -> Iterator[Row]:
    """The rows by account; one date is unreadable, one row is of an account that left long ago."""
    planted = {part.account_id for parts in CAST.values() for part in parts}
    for account in accounts:
        told = PLANTED.get(account.account_id, ())
        if not told and account.account_id not in NONE_ON_RECORD and account.crm["Status"] == "active":
            told = tuple(_plain(account, is_planted=account.account_id in planted))
        for goal in told:
            yield account.account_id, *_cells(goal)
    yield "0009900", *_cells(Goal("Try everything once", 10, 0))
    yield "0001009", "Cut agency spend", "agency spend", "", "", "", "20%", "open", on(-90), "next May"


def _plain(account: Account, *, is_planted: bool) -> Iterator[Goal]:
    """A goal or two that go as goals go; those of planted accounts are in time, so that each shows one idea."""
    dice = Dice("goals", account.account_id)
    for _ in range(2 if dice.chance(0.25) else 1 if dice.chance(0.55) else 0):
        metric, start, length = dice.pick(NORTH_STARS), -dice.whole((60, 250)), dice.whole((270, 420))
        gone = -start / length * 100
        progress = round(min(99, gone + dice.between((-16, 25)))) // 5 * 5
        if is_planted:
            progress = max(progress, min(99, round(gone)))
        met = progress > 85 and dice.chance(0.5)
        yield Goal(
            f"Improve {metric}", start + length, 100 if met else max(0, progress), "met" if met else "open",
            metric=metric, start=start,
        )  # fmt: skip


def _cells(goal: Goal) -> Row:
    values = tuple(map(str, goal.values)) if goal.values else ("", "", "")
    return (
        goal.text,
        goal.metric or "",
        *values,
        "" if goal.progress is None else f"{goal.progress}%",
        goal.status,
        "" if goal.start is None else on(goal.start),
        "" if goal.due is None else on(goal.due),
    )
