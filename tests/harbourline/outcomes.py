"""What became of the contracts, as the finance desk keeps it: the last two anniversaries of most accounts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from harbourline.accounts import Account
from harbourline.cast import CAST
from harbourline.dice import Dice
from harbourline.story import AS_OF, on

HEADER = ("Account ID", "Closed On", "Outcome", "New ARR")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What was decided so many days before the exports end."""

    word: str
    days_ago: int
    share: float | None = 1.0
    """The value after it, as a share of what the account pays now; None: nobody has filled it in."""


PLANTED: dict[str, tuple[Outcome, ...]] = {
    # used every day, and took fifteen seats less
    "0001119": (Outcome("Renewed", 505, 1.65), Outcome("Contracted", 140)),
    # took less, and hardly uses what is left
    "0001207": (Outcome("Renewed", 673, 1.25), Outcome("Downgrade", 308)),
    # took more
    "0001161": (Outcome("Renewed", 497, 0.8), Outcome("Upsell", 132)),
    # renewed and took more on one day
    "0001017": (Outcome("Renewed", 477, 0.9), Outcome("Renewed", 112, 0.9), Outcome("Expansion", 112)),
    # took less, but long ago
    "0001004": (Outcome("Contracted", 430, None), Outcome("Renewed", 68)),
    # gone by these rows, and a customer by the CRM's
    "0001263": (Outcome("Renewed", 382), Outcome("Churned", 17, None)),
    # left, and came back
    "0001259": (Outcome("Churn", 580, None), Outcome("Renewal", 178)),
    # exported twice
    "0001334": (Outcome("Renewed", 200), Outcome("Renewed", 200)),
    # gone by both
    "0001340": (Outcome("Churned", 90, None),),
    "0001343": (Outcome("Churned", 150, None),),
}
"""What each account shows; one with the same words as another is one outcome."""


def make_outcomes(accounts: Iterable[Account]) -> list[Row]:
    """The rows by date; one is of no account, one is not decided yet."""
    planted = {part.account_id for parts in CAST.values() for part in parts}
    rows: list[Row] = []
    for account in accounts:
        told = PLANTED.get(account.account_id, ())
        if not told and account.crm["Status"] == "active":
            told = tuple(_plain(account, is_planted=account.account_id in planted))
        rows += [_cells(account, outcome) for outcome in told]
    rows += [("0009900", on(-230), "Churned", ""), ("0001203", on(-2), "Pending", "")]
    return sorted(rows, key=lambda row: (row[1], row))


def _plain(account: Account, *, is_planted: bool) -> Iterator[Outcome]:
    """A renewal on each of the last two anniversaries; now and then more is taken, but for planted accounts."""
    dice = Dice("outcomes", account.account_id)
    is_kept, before, has_grown = dice.chance(0.8), dice.between((0.85, 1.0)), dice.chance(0.12)
    *earlier, newest = [None, None, *_anniversaries(account.start)]
    if not is_kept or newest is None:
        return
    if earlier[-1]:
        yield Outcome("Renewed", earlier[-1], before)
    yield Outcome("Expanded" if has_grown and not is_planted else "Renewed", newest)


def _anniversaries(start: date) -> list[int]:
    """How many days ago each was, the newest last."""
    days = [start.replace(year=year, day=min(start.day, 28)) for year in range(start.year + 1, AS_OF.year + 1)]
    return [(AS_OF - day).days for day in days if day <= AS_OF]


def _cells(account: Account, outcome: Outcome) -> Row:
    arr = account.crm["ARR"]
    value = arr
    if not arr or outcome.share is None:
        value = ""
    elif outcome.share != 1:
        value = str(int(float(arr) * outcome.share) // 10 * 10)
    return account.account_id, on(-outcome.days_ago), outcome.word, value
