"""What tells a file's role, as data: how much each field says for it. Weighed in `findings`."""

from collections.abc import Mapping

from csq.terms import Role

ENOUGH = 1.5
"""Weight from which on a file is of a role."""
BY_NAME = 1.0
"""What a word of the file's name adds to a role that its content allows."""
CLOSE = 0.5
"""Weights that differ by less are alike by content, and the name decides."""
BY_PRESET = 4.0
"""What it says that a file has the very headers of a tool's export."""
ALL_KNOWN = 0.5
"""What it says that no header is left over."""
KEYS_ONCE = 0.5
"""What it says for accounts that each stands in one row."""
KEYS_REPEATED = -2.0
"""What it says for accounts that one stands in several, none of them a subscription."""
MEASURE, NEXT_MEASURE, MOST_MEASURES = 2.0, 0.5, 4
"""What the first column of use says, each further one, and how many count."""
SECOND = 2.0
"""Weight from which on a file serves a second role that no other file has."""

WEIGHTS: Mapping[Role, Mapping[str, float]] = {
    Role.USAGE: {
        "date": 0.5, "period": 1, "user_id": 0.5, "feature": 1.5, "events": 2, "event_id": 0.5, "last_active_date": 1.5,
        "active": 1,
    },
    Role.CSAT: {
        "score": 3, "nps": 3, "ces": 3, "submitted_at": 0.5, "sent_at": 0.5, "comment": 0.5, "survey": 1,
        "responses": 0.5, "user_id": 0.25, "email": 0.25,
    },
    Role.ACCOUNTS: {
        "account_id": 0.25, "account_name": 0.75, "subscription_id": 0.5, "arr": 2.5, "acv": 2.5, "mrr": 2.5,
        "billed_amount": 2, "seats": 1, "segment": 0.5, "owner": 1, "status": 0.5, "start_date": 0.5, "end_date": 0.5,
        "auto_renew": 1, "renewal_date": 2, "fit": 1, "willing": 1, "internal_owner": 1, "north_star": 1,
        "season_months": 1, "features_entitled": 1, "is_reference": 1, "last_contact_date": 0.5, "open_tickets": 0.5,
        "email_domain": 0.5, "required_by_mandate": 1,
    },
    Role.GOALS: {"goal": 1, "target_date": 1, "progress": 1, "metric": 0.5, "target": 0.5, "status": 0.25},
    Role.CONTACTS: {
        "user_id": 0.5, "email": 0.5, "name": 0.5, "role": 1, "left_on": 2, "since": 0.5, "stance": 1,
    },
    Role.EVENTS: {"date": 0.5, "kind": 1.5, "note": 0.5, "expires_on": 0.5, "by": 0.25},
    # Lists of accounts have days on which customers left too: these make a file one of outcomes if its name agrees.
    Role.OUTCOMES: {"date": 0.5, "outcome": 1.5, "value_after": 1, "churned_on": 0.8},
    Role.OVERRIDES: {"field": 1, "value": 1, "author": 1, "reason": 1},
}  # fmt: skip

LOOSE: Mapping[str, float] = {
    "score": 1, "rating": 1, "answer": 1, "happiness": 1, "stars": 1, "effort": 1, "recommend": 1, "description": 0.25,
    "type": 0.5, "status": 0.25, "state": 0.25, "due": 0.5, "name": 0.25, "contact": 0.25, "result": 0.5,
    "decision": 0.5,
}  # fmt: skip
"""Headers that mean their field only in company: what they say at most."""

OTHER_THINGS = frozenset({
    "ticketid", "caseid", "issueid", "conversationid", "eventid", "responseid", "invoiceid", "messageid", "taskid",
    "orderid", "opportunityid", "dealid",
})  # fmt: skip
"""Headers of what a row is that is no account."""
VAGUE_NAMES = frozenset({"tickets", "feedback", "activity", "metrics"})
"""Words of a name that speak of a role, and yet do not promise that the file is of it."""

OWN_OUTPUTS = (
    frozenset({"quadrant", "usagelevel", "happinesslevel", "usagescore", "happinessscore"}),
    frozenset({"section", "lostintervallowpct", "usagescore"}),  # of a backtest
    frozenset({"play", "step", "planned", "done4weeksadvocates"}),
)
OWN_REJECTS = ("role", "file", "line", "column", "value", "reason")
"""Headers of what csq itself writes, which no run reads again."""
