"""The people at the customers, as the customer success managers know them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harbourline.accounts import Account, people_of, person_at
from harbourline.dice import Dice
from harbourline.story import on

HEADER = ("Account ID", "User ID", "Email", "Name", "Role", "Since", "Left On", "Stance")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """One person planted; days count from the day the exports end, those before it negative."""

    name: str
    role: str
    since: int | None = -700
    left: int | None = None
    stance: str = ""
    user: str = ""


PLANTED: dict[str, tuple[Contact, ...]] = {
    # the busiest user of this account was its champion, and nobody has come in his place
    "0001038": (
        Contact("Étienne Vauclair", "Champion", -1100, -23, "for", "u103801"),
        Contact("Odile Marchetti", "Decision Maker", stance="for"),
    ),
    # whoever came in the champion's place is against us
    "0001023": (
        Contact("Jutta Brinkmann", "Champion", -900, -61, "for", "u102309"),
        Contact("Detlef Krohn", "Decision Maker", -52, stance="against"),
        Contact("Silke Ahrens", "Champion", -52, stance="neutral"),
    ),
    # the successor of this one is for us
    "0001105": (
        Contact("Maud Ellery", "champion", -1500, -80, "for"),
        Contact("Tobias Lund", "champion", -95, stance="for", user="u110501"),
        Contact("Hilary Brandt", "decision maker", stance="neutral"),
    ),
    # the busiest user of this one is known to be an end user
    "0001031": (
        Contact("Kerry Doyle", "end_user", -400, user="u103101"),
        Contact("Bridget Quayle", "champion", stance="for"),
        Contact("Alan Kissack", "decision_maker", stance="for"),
    ),
    # an event says that the champion left; the list does not know it yet
    "0001063": (Contact("Antje Petersen", "Champion"), Contact("Ralf Thomsen", "Decision Maker")),
    # users, and nobody who decides
    "0001207": (Contact("Elin Nordmark", "end_user"),),
    "0001133": (Contact("Otis Greer", "influencer", stance="critical"),),
    # will come only after the exports end
    "0001084": (Contact("Dale Ostrander", "champion", 14), Contact("Wendy Achebe", "decision_maker")),
    # will leave only after the exports end
    "0001161": (
        Contact("Bruno Castellan", "decision_maker", stance="for"),
        Contact("Carla Vance", "champion", left=20, stance="for"),
    ),
}
NOBODY_KNOWN = ("0001154", "0001091", "0001275")
"""Accounts of which no person is on record."""
SPELLINGS = {"decision_maker": "Decision Maker", "end_user": "End user", "power_user": "Power user"}


def make_contacts(accounts: Iterable[Account]) -> Iterator[Row]:
    """The rows by account: those planted, else most of those whom the survey asks; one has no address."""
    for account in accounts:
        for contact in PLANTED.get(account.account_id, ()):
            person = person_at(account, contact.name, contact.role)
            since = "" if contact.since is None else on(contact.since)
            left = "" if contact.left is None else on(contact.left)
            yield account.account_id, contact.user, person.email, person.name, contact.role, since, left, contact.stance
        if account.account_id not in {*PLANTED, *NOBODY_KNOWN} and account.crm["Status"] == "active":
            yield from _plain(account)
    yield "0001004", "", "", "Switchboard", "end_user", "", "", ""


def _plain(account: Account) -> Iterator[Row]:
    """Most of the people who are asked; whoever decides is on record more often than not, and so is a champion."""
    dice = Dice("contacts", account.account_id)
    people = people_of(account)
    known = [person for person in people if dice.chance(0.85)]
    if known[1:] and not any(person.role == "champion" for person in known) and dice.chance(0.7):
        known[-1] = person_at(account, known[-1].name, "champion")
    for number, person in enumerate(known):
        # The champion is the busiest user, whose number is 1.
        user_number = 1 if person.role == "champion" else number + 2
        user = f"u{account.account_id[-4:]}{user_number:02d}" if account.habit and dice.chance(0.4) else ""
        since = on(-dice.whole((120, 900))) if dice.chance(0.5) else ""
        stance = dice.pick(("for", "for", "neutral", "", "")) if person.role != "end_user" else ""
        role = SPELLINGS.get(person.role, person.role)
        yield account.account_id, user, person.email, person.name, role, since, "", stance
