"""Worlds in which it is known what tells who will leave: exports as text, for tests and for a bench by hand.

Every account has a latent usage and a latent happiness, both standard normal. Events, active days and users of the 28
days before it is placed follow the one, two to four answers on 1-5 the other. It leaves with the log odds
`base - effect x latent`, summed over the axes that tell; `EFFECT` is per standard deviation.
"""

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

EFFECT = 0.9
"""Log odds per standard deviation of an axis that tells."""
WORLDS: Mapping[str, tuple[float, float]] = {
    "usage": (EFFECT, 0.0),
    "happiness": (0.0, EFFECT),
    "both alike": (EFFECT, EFFECT),
    "cannot tell": (0.0, 0.0),
}
"""By the verdict that is right the effects of usage and of happiness."""
HORIZON = 90
FIRST = date(2026, 1, 5)
"""Of the days on which accounts are placed; they spread over `DAYS`."""
DAYS = 84


class World(NamedTuple):
    """The exports, as text."""

    usage: str
    csat: str
    accounts: str
    outcomes: str


def world(effects: tuple[float, float], seed: int, accounts: int = 400, lost: int = 60, rows: int = 12) -> World:
    """Make a world in which exactly `lost` of the accounts leave.

    Args:
        effects: Of usage and of happiness.
        seed: Of everything.
        accounts: How many there are.
        lost: How many leave: those whom chance and effects put first (Gumbel's way to draw without replacement).
        rows: Most days of use in the window of an account.
    """
    chance = random.Random(f"{seed} {effects}")
    usage, csat, own = ["account_id,date,user_id,feature,events"], ["account_id,email,submitted_at,score"], []
    pulls, placed = [], []
    for number in range(accounts):
        key = f"A{number:05}"
        used, happy = chance.gauss(0, 1), chance.gauss(0, 1)
        day = FIRST + timedelta(days=chance.randrange(DAYS))
        placed.append((key, day))
        pulls.append(-effects[0] * used - effects[1] * happy - math.log(-math.log(chance.random())))
        own.append(f"{key},Account {number},{chance.lognormvariate(9.5, 1):.0f},10,2024-03-01")
        usage += _use(key, day, used, rows, chance)
        for person in range(chance.randint(2, 4)):
            score = min(5, max(1, round(3.6 + 0.9 * happy + chance.gauss(0, 0.7))))
            asked = day - timedelta(days=chance.randrange(150))
            csat.append(f"{key},p{person}@{key.lower()}.example,{asked},{score}")
    gone = set(sorted(range(accounts), key=lambda n: -pulls[n])[:lost])
    outcomes = [
        f"{key},{day + timedelta(days=HORIZON)},{'churned' if number in gone else 'renewed'}"
        for number, (key, day) in enumerate(placed)
    ]
    return World(
        "\n".join(usage) + "\n",
        "\n".join(csat) + "\n",
        "\n".join(["account_id,account_name,arr,seats,start_date", *own]) + "\n",
        "\n".join(["account_id,date,outcome", *outcomes]) + "\n",
    )


def _use(key: str, day: date, used: float, rows: int, chance: random.Random) -> list[str]:
    """Days of use in the window before a day, and one long ago, so that each account is known to the log."""
    share = 1 / (1 + math.exp(-1.1 * used - chance.gauss(0, 0.8)))
    days = chance.sample(range(28), max(1, round(share * rows)))
    told = [day - timedelta(days=back) for back in (*days, 40 + chance.randrange(20))]
    return [
        f"{key},{each},{key}-u{chance.randrange(1 + round(8 * share))},f{chance.randrange(1 + round(6 * share))},"
        f"{1 + round(20 * share * chance.random())}"
        for each in told
    ]
