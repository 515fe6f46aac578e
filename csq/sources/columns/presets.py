"""What the tools export, as data: by which headers an export is known, and what of it cannot be told by name.

A preset says only what the vendor, a public fixture or a parser confirms; a file that fits none is
read by its headers alone. Told columns (`--column`) come before the preset's, and those before the
names that any export may use.
"""

from collections.abc import Mapping
from typing import NamedTuple

from csq.terms import Aside, MetricKind, Role, Survey


class Unwanted(NamedTuple):
    """Rows that are understood and not wanted, by what stands in one column."""

    header: str
    values: tuple[str, ...]
    """Lower-cased."""
    aside: Aside


class Preset(NamedTuple):
    """An export that is known by its headers."""

    name: str
    role: Role
    headers: tuple[str, ...]
    """All of them stand in the file, in whatever order, in the header or in a label row."""
    fields: Mapping[str, tuple[str, ...]] = {}
    """Headers by field, the first that is there; with none the export has no such field, whatever its headers say."""
    unwanted: tuple[Unwanted, ...] = ()
    survey: Survey | None = None
    """The kind of survey, where the export is of one kind."""
    scales: tuple[tuple[float, float, Survey], ...] = ()
    """Scales its answers are given on, with the kind of survey each is for, in the order in which they are tried."""
    zone: str | None = None
    """Where the time zone stands in a label row, as a pattern with one group."""
    cents: bool = False
    """Money is in hundredths."""
    joined: str | None = None
    """What the ids of one account are joined with."""
    metrics: Mapping[str, MetricKind] = {}
    """What its columns measure, by header, where that is known of the export and not by the words."""
    intervals: Mapping[str, float] = {}
    """How many billing intervals make a year, by name; the amount is per interval."""
    anonymous: bool = False
    """Rows may be of people of whom no account is known: such a row is nobody's, not faulty."""
    note: str | None = None
    """What a reader may expect to be otherwise."""
    hint: str | None = None
    """What to do when the export names no account."""


_CONTACTS = "`--contacts FILE` maps {who} to accounts"
_UNFINISHED = Aside.UNFINISHED
_PREVIEW = ("survey preview", "1")
_INTERVALS = {"day": 365.0, "week": 52.0, "month": 12.0, "quarter": 4.0, "year": 1.0}

PRESETS = (
    Preset(
        name="Zendesk tickets",
        role=Role.CSAT,
        headers=("Requester", "Requester id", "Requester domain", "Organization", "Satisfaction Score"),
        fields={
            "account_id": (),
            "account_name": ("Organization",),
            "email_domain": ("Requester domain",),
            "score": ("Satisfaction Score",),
            "user_id": ("Requester id",),
            "email": ("Requester email",),
            "submitted_at": ("Updated at",),
            "status": (),
            "comment": (),
        },
        survey=Survey.CSAT,
        anonymous=True,
        note="the export does not say when a ticket was rated: its `Updated at` stands for it",
    ),
    Preset(
        name="Zendesk satisfaction ratings",
        role=Role.CSAT,
        headers=("score", "ticket_id", "requester_id", "assignee_id"),
        fields={"user_id": ("requester_id",), "submitted_at": ("updated_at", "created_at"), "comment": ("comment",)},
        survey=Survey.CSAT,
        hint=_CONTACTS.format(who="`requester_id`"),
    ),
    Preset(
        name="Qualtrics",
        role=Role.CSAT,
        headers=("StartDate", "EndDate", "Status", "Finished", "RecordedDate", "ResponseId"),
        fields={"status": (), "account_name": (), "sent_at": ()},
        unwanted=(
            Unwanted("Status", _PREVIEW, _UNFINISHED),
            Unwanted("Finished", ("false", "0"), _UNFINISHED),
        ),
        zone=r'"timeZone":"([^"]+)"',
        hint="carry the account id as embedded data, or name the column that holds it: `--column account_id=HEADER`",
    ),
    Preset(
        name="Qualtrics (legacy)",
        role=Role.CSAT,
        headers=("ResponseID", "ResponseSet", "ExternalDataReference", "EmailAddress", "Status", "Finished"),
        fields={
            "external_id": ("ExternalDataReference",),
            "email": ("EmailAddress",),
            "submitted_at": ("EndDate",),
            "status": (),
            "account_name": (),
        },
        unwanted=(
            Unwanted("Status", _PREVIEW, _UNFINISHED),
            Unwanted("Finished", ("false", "0"), _UNFINISHED),
        ),
        hint="carry the account id as embedded data, or name the column that holds it: `--column account_id=HEADER`",
    ),
    Preset(
        name="SurveyMonkey",
        role=Role.CSAT,
        headers=("Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address"),
        fields={
            "external_id": ("Custom Data 1",),
            "user_id": (),
            "email": ("Email Address",),
            "submitted_at": ("End Date",),
        },
        hint="the account id is looked for in `Custom Data 1`; name another column by `--column account_id=HEADER`",
    ),
    Preset(
        name="Typeform",
        role=Role.CSAT,
        headers=("#", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"),
        fields={"submitted_at": ("Submit Date (UTC)",), "user_id": ()},
        unwanted=(Unwanted("Response Type", ("partial", "started"), _UNFINISHED),),
        hint="carry the account id as a hidden field, or name the column that holds it: `--column account_id=HEADER`",
    ),
    Preset(
        name="Intercom conversation ratings",
        role=Role.CSAT,
        headers=("Conversation ID", "Conversation rating", "Conversation rating remark"),
        fields={
            "account_id": ("Company ID",),
            "account_name": ("Company name",),
            "score": ("Conversation rating",),
            "comment": ("Conversation rating remark",),
            "user_id": ("User name",),
            "submitted_at": ("Updated at",),
            "sent_at": (),
        },
        survey=Survey.CSAT,
        scales=((1.0, 5.0, Survey.CSAT),),
        anonymous=True,
    ),
    Preset(
        name="Pendo NPS",
        role=Role.CSAT,
        headers=("Visitor ID", "Date", "Rating", "Response Group", "NPS Themes"),
        fields={
            "score": ("Rating",),
            "comment": ("Response",),
            "user_id": ("Visitor ID",),
            "submitted_at": ("Date",),
        },
        survey=Survey.NPS,
        scales=((0.0, 10.0, Survey.NPS),),
        hint=_CONTACTS.format(who="visitors"),
    ),
    Preset(
        name="HubSpot feedback",
        role=Role.CSAT,
        headers=("Rating", "Sentiment"),
        fields={"score": ("Rating",)},
        scales=((0.0, 2.0, Survey.CSAT), (1.0, 7.0, Survey.CES), (0.0, 10.0, Survey.NPS)),
    ),
    Preset(
        name="Medallia Agent Connect",
        role=Role.CSAT,
        headers=("request_id", "request_sent_at", "request_delivery_status", "response_received_at", "star_rating"),
        fields={
            "account_name": (),
            "score": ("star_rating",),
            "comment": ("comments",),
            "email": ("request_sent_to",),
            "sent_at": ("request_sent_at",),
            "submitted_at": ("response_received_at",),
            "status": ("request_delivery_status",),
        },
        survey=Survey.CSAT,
        scales=((1.0, 5.0, Survey.CSAT),),
        hint="give an accounts file with e-mail domains, or " + _CONTACTS.format(who="`request_sent_to`"),
    ),
    Preset(
        name="Delighted responses (API fields)",
        role=Role.CSAT,
        headers=("person", "survey_type", "score", "permalink", "person_properties"),
        fields={"user_id": ("person",), "submitted_at": ("updated_at", "created_at"), "survey": ("survey_type",)},
        scales=((0.0, 10.0, Survey.CSAT), (0.0, 10.0, Survey.NPS), (0.0, 10.0, Survey.CES)),
        hint=_CONTACTS.format(who="`person`"),
    ),
    Preset(
        name="HubSpot companies",
        role=Role.ACCOUNTS,
        headers=("Record ID", "Company name"),
        fields={"account_id": ("Record ID",), "account_name": ("Company name",), "start_date": ()},
        note="`Annual Revenue` is what the company earns, not what it pays: it is no contract value",
    ),
    Preset(
        name="Stripe subscriptions",
        role=Role.ACCOUNTS,
        headers=("Customer ID", "Plan", "Quantity", "Interval", "Amount", "Status", "Current Period End (UTC)"),
        fields={
            "subscription_id": ("id",),
            "account_id": ("account_id (metadata)", "accountid (metadata)", "Customer ID"),
            "external_id": ("Customer ID",),
            "account_name": ("Customer Name",),
            "seats": ("Quantity",),
            "billed_amount": ("Amount",),
            "billing_interval": ("Interval",),
            "start_date": ("Start Date (UTC)", "Start (UTC)"),
            "end_date": ("Ended At (UTC)",),
            "renewal_date": ("Current Period End (UTC)",),
            "arr": (),
            "acv": (),
            "mrr": (),
        },
        intervals=_INTERVALS,
        note="`Amount` is taken for the whole subscription: it is not multiplied by `Quantity`",
    ),
    Preset(
        name="ChartMogul customers",
        role=Role.ACCOUNTS,
        headers=("CUSTOMER_EXTERNAL_IDS", "CUSTOMER_NAME", "MRR", "ARR", "CURRENCY"),
        fields={"account_id": ("CUSTOMER_EXTERNAL_IDS",), "account_name": ("CUSTOMER_NAME",)},
        cents=True,
        joined="|",
        note="money is in cents, ids of one customer are joined by `|`",
    ),
    Preset(
        name="Mixpanel events",
        role=Role.USAGE,
        headers=("event", "time", "distinct_id", "$insert_id"),
        fields={"user_id": ("distinct_id",)},
        anonymous=True,
        hint=_CONTACTS.format(who="`distinct_id`"),
    ),
    Preset(
        name="Amplitude events",
        role=Role.USAGE,
        headers=("user_id", "event_time", "event_type", "session_id"),
        fields={"user_id": ("user_id",)},
        anonymous=True,
        hint=_CONTACTS.format(who="`user_id`"),
    ),
    Preset(
        name="Amplitude cohort",
        role=Role.CONTACTS,
        headers=("amplitudeID", "userID"),
        fields={"user_id": ("userID",)},
    ),
    Preset(
        name="GA4 events (BigQuery)",
        role=Role.USAGE,
        headers=("event_name", "event_timestamp", "user_pseudo_id"),
        anonymous=True,
        hint=_CONTACTS.format(who="`user_pseudo_id`"),
    ),
    Preset(
        name="GA4 report",
        role=Role.USAGE,
        headers=("Total users", "Engaged sessions", "Engagement rate"),
        metrics={"Total users": MetricKind.USERS},
    ),
    Preset(
        name="PostHog events",
        role=Role.USAGE,
        headers=("uuid", "event", "properties", "timestamp", "distinct_id"),
        fields={"user_id": ("distinct_id",), "date": ("timestamp",), "event_id": ("uuid",)},
        anonymous=True,
        hint=_CONTACTS.format(who="`distinct_id`"),
    ),
)

SHAPES: Mapping[str, str] = {
    "Salesforce account report": "`Account ID`, `Account Name` and the like; a copyright and a report's name under it",
    "Amplitude chart": "one column per account property, then a column per date; rows above it name what is counted",
    "GA4 report": "comment lines with `# Start date:`, then `Date`, a dimension that names the account, and metrics",
    "CS platforms and sheets": "`Account ID` or `Account Name`, `ARR`, `Renewal Date`, owner, health and the like",
}
"""Exports that are known by their shape and by common names, not by fixed headers."""
