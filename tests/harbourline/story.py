"""The story of the sample data: how accounts behave, and which of them are planted for an idea.

Harbourline sells rostering and workflow software, by the seat of a planner, to hospitals, hotels, hauliers and
whoever else works in shifts. Its data is invented; so are all names.

A `Persona` is how a kind of account behaves. A `Part` is an account planted for one idea, with whatever sets it apart
from its persona; `MIX` says how many others of each persona fill up each band of contract value.
This module and `cast.py` hold the story only; the others act it out.
"""

from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date, timedelta

AS_OF = date(2026, 11, 15)
"""The Sunday on which the exports end."""

Span = tuple[float, float]
"""The lowest and the highest value that may be drawn."""


def on(days: int) -> str:
    """The date `days` after the exports end, or before when negative."""
    return (AS_OF + timedelta(days=days)).isoformat()


@dataclass(frozen=True, kw_only=True)
class Band:
    """A band of contract value: what an account of this size buys."""

    seats: tuple[int, int]
    price: Span
    """Money per seat and year; seats x price keeps the bands apart."""
    rounding: int
    colleague: Span
    """Days at work of a colleague, as a share of the busiest user's: the larger the account, the rarer each."""
    busyness: int
    """Events are multiplied by this, so that volume per seat is alike in all bands."""
    surveyed: tuple[int, int]
    owners: tuple[str, ...]
    segments: tuple[str, ...]
    edition: str


INGRID, TOMAS, PRIYA, NOBODY = "Ingrid Solheim", "Tomás Ferreira", "Priya Nair", ""
BANDS = {
    "large": Band(
        seats=(24, 70), price=(3350, 5700), rounding=100, colleague=(0.08, 0.26), busyness=4, surveyed=(4, 8),
        owners=(INGRID,) * 4 + (TOMAS,), segments=("Enterprise",) * 7 + ("Partner",), edition="Enterprise",
    ),
    "mid": Band(
        seats=(8, 22), price=(1900, 3180), rounding=20, colleague=(0.15, 0.45), busyness=2, surveyed=(2, 5),
        owners=(INGRID,) * 4 + (TOMAS,) * 18 + (PRIYA,) * 6 + (NOBODY,),
        segments=("Commercial",) * 7 + ("Enterprise", "Partner"), edition="Professional",
    ),
    "small": Band(
        seats=(2, 6), price=(620, 1990), rounding=12, colleague=(0.3, 0.9), busyness=1, surveyed=(1, 3),
        owners=(TOMAS,) * 3 + (PRIYA,) * 21 + (NOBODY,),
        segments=("SMB",) * 11 + ("Partner",), edition="Essential",
    ),
}  # fmt: skip

FEATURES = ("Rosters", "Shift swaps", "Leave", "Time clock", "Timesheets", "Approvals", "Messages", "Reports",
            "Payroll export", "Workflows", "Forms", "Open API")  # fmt: skip
ROLES = ("decision_maker", "end_user", "champion", "power_user", "influencer", "end_user", "end_user", "end_user")


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How an account uses the product."""

    active: Span
    """Users with an event in four weeks, as a share of seats."""
    pace: Span
    """Days at work of the busiest user, as a share of working days."""
    features: tuple[int, int]
    clicks: tuple[int, int]
    """Events that a user makes with a feature in a day, before the band's busyness."""
    now: float = 1.0
    """Users in the last four weeks, as a share of those that the habit gives; so in the other stretches."""
    before: Span = (0.85, 1.05)
    last_year: Span = (0.5, 1.0)
    every_day: bool = False
    """At work on Saturdays and Sundays too."""
    hero: int = 1
    """Events of the busiest user, as a multiple of what the habit gives."""
    hero_left: int = 0
    """Days since the busiest user's last event."""
    hero_since: int = 0
    """Days since the busiest user took over from somebody else; 0 when that is long ago."""
    dropped: tuple[str, ...] = ()
    """Features used before, and not in the last four weeks."""


@dataclass(frozen=True)
class Said:
    """One answer to the survey."""

    role: str
    score: int
    days_ago: int
    comment: str | None = None
    """None: one that suits the score, or none."""
    again: bool = False
    """By the same person as the answer before."""


@dataclass(frozen=True, kw_only=True)
class Mood:
    """What an account says when it is asked: drawn from `scores`, or `said` word for word."""

    scores: tuple[int, ...] = ()
    rate: float = 0.6
    """Answers as a share of those asked; the first one asked answers unless this is 0."""
    days_ago: tuple[int, int] = (12, 165)
    """When the last round of asking was."""
    said: tuple[Said, ...] = ()
    silent: int = 0
    """People asked who did not answer, beside those who `said` something."""
    comments: bool = True


@dataclass(frozen=True, kw_only=True)
class Persona:
    """How a kind of account behaves. No habit: never in the log. No mood: never asked."""

    habit: Habit | None
    mood: Mood | None
    fit: tuple[str, ...] = ("Good", "Good", "Good", "")
    willing: tuple[str, ...] = ("Yes", "Yes", "")
    owned: float = 0.8
    """How often somebody on their side is named as owner of the product."""
    tickets: tuple[int, ...] = (0, 0, 0, 0, 1)
    tenure: tuple[int, int] = (200, 2600)
    """Days since the start."""


BUSY = Habit(active=(0.65, 1.0), pace=(0.75, 1.0), features=(6, 11), clicks=(6, 15))
STEADY = Habit(active=(0.4, 0.8), pace=(0.5, 0.95), features=(4, 8), clicks=(5, 12))
LIGHT = Habit(active=(0.12, 0.4), pace=(0.15, 0.5), features=(1, 3), clicks=(3, 8))
FADING = replace(LIGHT, before=(1.4, 2.4))
IDLE = replace(LIGHT, now=0)
HAPPY = Mood(scores=(5, 5, 5, 4, 4, 4))
UNHAPPY = Mood(scores=(1, 1, 2, 2, 3, 3, 4))
LUKEWARM = Mood(scores=(3, 4, 4, 4, 5))
SILENT = Mood(rate=0)
STALE = Mood(scores=(2, 3, 4, 5, 5), days_ago=(190, 330))
LONG_AGO = Mood(scores=(3, 4, 5), days_ago=(380, 640))

TORN_FIT, TORN_WILL = ("Good", "Good", "Bad", ""), ("Yes", "No", "")
PERSONAS = {
    "advocate": Persona(habit=BUSY, mood=HAPPY, fit=("Good",) * 9 + ("",)),
    "frustrated": Persona(habit=BUSY, mood=UNHAPPY, tickets=(0, 1, 2, 3, 5), fit=("Good", "Good", "Good", "Bad", "")),
    "settled": Persona(habit=STEADY, mood=HAPPY),
    "grumbling": Persona(habit=STEADY, mood=UNHAPPY, tickets=(0, 1, 2)),
    "lukewarm": Persona(habit=STEADY, mood=LUKEWARM),
    "underuser": Persona(habit=LIGHT, mood=HAPPY, fit=("Good", "Good", ""), owned=0.5),
    "at_risk": Persona(habit=FADING, mood=UNHAPPY, tickets=(0, 0, 1, 3), fit=TORN_FIT, willing=TORN_WILL, owned=0.5),
    "idle": Persona(habit=IDLE, mood=LUKEWARM, fit=TORN_FIT, willing=TORN_WILL, owned=0.5),
    "newcomer": Persona(habit=STEADY, mood=HAPPY, tenure=(20, 80)),
    "not_in_usage": Persona(habit=None, mood=LUKEWARM, fit=TORN_FIT, willing=TORN_WILL, owned=0.5),
    "never_asked": Persona(habit=STEADY, mood=None),
    "no_answer": Persona(habit=LIGHT, mood=SILENT),
    "stale": Persona(habit=STEADY, mood=STALE, tenure=(500, 2600)),
    "too_old": Persona(habit=STEADY, mood=LONG_AGO, tenure=(800, 2600)),
    "lead": Persona(habit=None, mood=None, fit=("",), willing=("",), owned=0),
}
MIX = {
    "large": {"advocate": 3, "frustrated": 2, "settled": 1, "grumbling": 2, "lukewarm": 1, "underuser": 4, "at_risk": 2,
              "newcomer": 1},
    "mid": {"advocate": 8, "frustrated": 5, "settled": 4, "lukewarm": 2, "grumbling": 4, "underuser": 8, "at_risk": 7,
            "idle": 1, "not_in_usage": 1, "never_asked": 1, "no_answer": 1, "stale": 1, "too_old": 2, "newcomer": 2},
    "small": {"advocate": 14, "frustrated": 8, "settled": 4, "lukewarm": 3, "grumbling": 3, "underuser": 12,
              "at_risk": 9, "idle": 1, "not_in_usage": 2, "never_asked": 3, "no_answer": 3, "stale": 2, "too_old": 2,
              "newcomer": 3},
}  # fmt: skip
"""How many accounts of each persona fill up a band, beside the cast."""


@dataclass(frozen=True)
class Part:
    """An account planted for one idea: its persona, and what sets it apart."""

    account_id: str
    name: str
    idea: str
    persona: str
    _: KW_ONLY
    habit: Habit | None = None
    mood: Mood | None = None
    crm: dict[str, str] = field(default_factory=dict)
    """Cells of accounts.csv, by header."""
