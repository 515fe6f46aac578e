"""The accounts, as they act and as the CRM exports them."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from harbourline.cast import CAST
from harbourline.dice import Dice
from harbourline.names import COMPANIES, FIRST_NAMES, LAST_NAMES, NORTH_STARS
from harbourline.story import AS_OF, BANDS, MIX, PERSONAS, ROLES, Band, Habit, Mood, Part, Persona, on


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account with everything about it that is drawn once."""

    account_id: str
    name: str
    band: Band
    habit: Habit | None
    mood: Mood | None
    seats: int
    start: date
    crm: dict[str, str]
    """Its row of accounts.csv, by header."""


def make_accounts() -> list[Account]:
    """All accounts by id: the cast, and those that fill up the bands."""
    cast = [(part, band) for band, parts in CAST.items() for part in parts]
    taken = {part.account_id for part, _ in cast}
    free = [account_id for n in range(1001, 1480) if (account_id := f"{n:07d}") not in taken]
    others = [(persona, band) for band, mix in MIX.items() for persona, count in mix.items() for _ in range(count)]
    dice = Dice("accounts")
    ids, names = dice.some(free, len(others)), dice.some(COMPANIES, len(others))
    extras = [
        (Part(account_id, name, "", persona), band)
        for account_id, name, (persona, band) in zip(ids, names, others, strict=True)
    ]
    everyone = sorted([*cast, *extras], key=lambda each: each[0].account_id)
    return [_make_account(part, BANDS[band]) for part, band in everyone]


def _make_account(part: Part, band: Band) -> Account:
    dice = Dice("accounts", part.account_id)
    persona = PERSONAS[part.persona]
    seats, start = dice.whole(band.seats), AS_OF - timedelta(days=dice.whole(persona.tenure))
    if part.crm.get("Seats", "").isdigit():
        seats = int(part.crm["Seats"])
    if part.crm.get("Start Date"):
        start = date.fromisoformat(part.crm["Start Date"])
    return Account(
        account_id=part.account_id,
        name=part.name,
        band=band,
        habit=part.habit or persona.habit,
        mood=part.mood or persona.mood,
        seats=seats,
        start=start,
        crm=_crm_row(part, persona, band, dice, seats=seats, start=start) | part.crm,
    )


def _crm_row(part: Part, persona: Persona, band: Band, dice: Dice, *, seats: int, start: date) -> dict[str, str]:
    arr = int(seats * dice.between(band.price)) // band.rounding * band.rounding
    return {
        "Account ID": part.account_id,
        "Account Name": part.name,
        "ARR": f"{arr}.50" if dice.chance(0.08) else str(arr),
        "Seats": str(seats),
        "Edition": band.edition,
        "Account Owner": dice.pick(band.owners),
        "Segment": dice.pick(band.segments),
        "Status": "active",
        "Start Date": start.isoformat(),
        "Renewal Date": _next_renewal(start).isoformat(),
        "Last Contact Date": on(-dice.whole((2, 110))),
        "Open Tickets": str(dice.pick(persona.tickets)),
        "Fit": dice.pick(persona.fit),
        "Willing": dice.pick(persona.willing),
        "Internal Owner": f"{dice.pick(FIRST_NAMES)} {dice.pick(LAST_NAMES)}" if dice.chance(persona.owned) else "",
        "North Star": dice.pick(NORTH_STARS) if dice.chance(0.65) else "",
        "Is Reference": "Yes" if part.persona == "advocate" and dice.chance(0.25) else "No",
        "Required By Mandate": "No",
        "Season Months": "",
    }


def _next_renewal(start: date) -> date:
    """The next anniversary; one just past stands in the CRM until somebody enters the new contract."""
    years = (AS_OF.year, AS_OF.year + 1)
    days = [start.replace(year=year, day=min(start.day, 28)) for year in years]
    return next(day for day in days if day > start and day >= AS_OF - timedelta(days=14))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at an account."""

    name: str
    email: str
    role: str


def people_of(account: Account) -> list[Person]:
    """The people who are asked, in the order in which they are."""
    mood, dice = account.mood, Dice("people", account.account_id)
    if mood is None:
        return []
    told = [said.role for said in mood.said if not said.again] + [*ROLES[: mood.silent]]
    roles = told or ROLES[: dice.whole(account.band.surveyed)]
    people = zip(dice.some(FIRST_NAMES, len(roles)), dice.some(LAST_NAMES, len(roles)), roles, strict=True)
    return [person_at(account, f"{first} {last}", role) for first, last, role in people]


def person_at(account: Account, name: str, role: str) -> Person:
    """Somebody by name, with an address at the account's domain."""
    address = f"{'.'.join(_ascii_words(name))}@{'-'.join(_ascii_words(account.name)[:3])}.example"
    return Person(name=name, email=address, role=role)


def _ascii_words(text: str) -> list[str]:
    """The words of `text` as they stand in an internet address."""
    # These letters have no accent to take off, so that normalising would lose them.
    letters = text.translate({ord("ß"): "ss", ord("ø"): "o"}).replace("-", " ")
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in plain if c.isalnum() or c.isspace()).split()
