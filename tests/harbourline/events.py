"""What happened at the customers, as their customer success managers wrote it down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harbourline.accounts import Account
from harbourline.cast import CAST
from harbourline.dice import Dice
from harbourline.story import INGRID, PRIYA, TOMAS, on

HEADER = ("Account ID", "Date", "Kind", "Note", "Expires On", "By", "Cause")

Row = tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """Something that happened so many days before the exports end."""

    kind: str
    days_ago: int
    note: str = ""
    expires: int | None = None
    """Days from the day the exports end; negative: it has expired by then."""
    by: str = ""
    cause: str = ""
    """Reason code of the playbook, of a `cause_found`."""


FAR_AHEAD = -13_159
"""2062 where 2026 was meant: on whatever day the sample is read, this has yet to come."""

PLANTED: dict[str, tuple[Event, ...]] = {
    "0001161": (Event("investor_conflict", 18, "The fund that owns a rival of ours has bought a third of them."),),
    "0001112": (
        Event("competitor_feature_request", 9, "Asks when staff can bid for shifts, as in the sister company's tool."),
        Event("Last contact", 9, by=INGRID),
    ),
    "0001203": (Event("competitor_contact", 40, "A cheap roster app has written to them."),),
    "0001207": (Event("new_boss", 21, "New head of property, comes from a firm without us."),),
    "0001283": (
        Event("initial_effort_done", 150, "Leave set up with them, two planners trained."),
        Event("budget_cut", 30, "All software is under review until spring."),
    ),
    "0001301": (Event("initial_effort_done", 60, "Timesheets set up with their data."),),
    "0001091": (Event("reorganisation", 50, "Three plants become one."), Event("no_reply", 20), Event("no_reply", 8)),
    "0001140": (Event("internal_initiative", 70, "Waits for the new payroll system."),),
    "0001267": (
        Event("promise_made", 48, "Templates for locums by the end of October."),
        Event("promise_made", 12, "A date for the calendar export."),
    ),
    "0001215": (Event("promise_made", 60, "Mend the leave report."), Event("promise_kept", 20, "Leave report mended.")),
    "0001313": (Event("case_study_done", 75, "One page on the premiere season."), Event("favour_asked", 100)),
    "0001168": (
        Event("favour_asked", 70, "Reference call for a port."),
        Event("favour_asked", 25, "Talk at our autumn day."),
    ),
    "0001223": (Event("no_reply", 14, "Third mail on the templates."),),
    "0001063": (
        Event("champion_left", 35, "Antje has gone to a shipping line."),
        Event("explained", 30, "Two hotels are closed for works until March.", expires=120),
    ),
    "0001259": (Event("explained", 80, "Strike in the depots.", expires=-10),),
    "0001119": (
        Event("last_contact", 6, by=INGRID),
        Event("last_contact", 20, by=TOMAS),
        Event("call", 33, "About the invoices.", by="Finance desk"),
    ),
    "0001235": (Event("cause_found", 15, "Templates do not carry over at month's end.", cause="unresolved_bug"),),
    "0001154": (Event("last_contact", 260, "Yearly review.", by=INGRID),),
    "0001126": (Event("new_boss", FAR_AHEAD, "Starts on the 25th."), Event("last_contact", 4, by=INGRID)),
    "0001334": (Event("office_moved", 11, "Now across the river."), Event("office_moved", 11, "Now across the river.")),
    "0001251": (Event("onboarding_done", 9),),
    "0001004": (Event("thanked", 30, "Card from the whole team."), Event("renewal_talk", 12, by=INGRID)),
}
"""What each account shows stands in the kinds; a row with the same words as another is one event."""


def make_events(accounts: Iterable[Account]) -> list[Row]:
    """The rows by date; one has a date that is none, one lacks its kind, one is of no account."""
    planted = {part.account_id for parts in CAST.values() for part in parts}
    rows: list[Row] = []
    for account in accounts:
        told = PLANTED.get(account.account_id, ())
        if account.account_id not in planted and account.crm["Status"] == "active":
            told = tuple(_plain(account))
        rows += [(account.account_id, *_cells(event)) for event in told]
    rows += [("0009900", *_cells(Event("call", 15))), ("0001009", on(-22), "", "Called back.", "", PRIYA, "")]
    return [*sorted(rows, key=lambda row: (row[1], row)), ("0001009", "mid of August", "call", "", "", PRIYA, "")]


def _plain(account: Account) -> Iterator[Event]:
    """Talks, a thank-you now and then; nothing that would be a story of its own."""
    dice = Dice("events", account.account_id)
    owner = account.crm["Account Owner"]
    if owner and dice.chance(0.5):
        yield Event("last_contact", dice.whole((3, 100)), by=owner)
    if dice.chance(0.1):
        yield Event("thanked", dice.whole((20, 300)), by=owner)


def _cells(event: Event) -> Row:
    expires = "" if event.expires is None else on(event.expires)
    return on(-event.days_ago), event.kind, event.note, expires, event.by, event.cause
