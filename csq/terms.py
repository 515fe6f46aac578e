"""The vocabulary: one enum for every closed set of words that csq reads or writes.

The values are what stands in files and outputs, so renaming one is a change of format.
"""

from enum import StrEnum


class Role(StrEnum):
    """What an input file is for."""

    USAGE = "usage"
    CSAT = "csat"
    ACCOUNTS = "accounts"
    GOALS = "goals"
    CONTACTS = "contacts"
    EVENTS = "events"
    OUTCOMES = "outcomes"
    OVERRIDES = "overrides"


class Axis(StrEnum):
    """One of the two things every account is placed by."""

    USAGE = "usage"
    HAPPINESS = "happiness"


class Level(StrEnum):
    """Where an account stands on one axis."""

    HIGH = "high"
    LOW = "low"
    UNKNOWN = "unknown"


class Quadrant(StrEnum):
    """Where an account stands on both axes; `unknown` when an axis is missing."""

    ADVOCATES = "advocates"
    FRUSTRATED = "frustrated"
    AT_RISK = "at_risk"
    UNDERUSERS = "underusers"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why an account stands in another quadrant than it did; each move has exactly one."""

    USAGE = "usage crossed"
    HAPPINESS = "happiness crossed"
    DATA = "data appeared or went missing"
    LINE = "the line moved"
    MEASURED = "measured differently"


class Movement(StrEnum):
    """What became of an account between two runs."""

    MOVED = "moved"
    STAYED = "stayed"
    NEW = "new"
    LEFT = "left"


class WeekChange(StrEnum):
    """What becomes of an account in the week's list under other rules."""

    ADDED = "added"
    DROPPED = "dropped"
    ALTERED = "altered"


class Evidence(StrEnum):
    """How much stands behind a happiness score."""

    FIRM = "firm"
    THIN = "thin"
    NONE = "none"


class Silence(StrEnum):
    """Why a survey says nothing, or nothing recent, about an account."""

    NEVER_ASKED = "never_asked"
    ASKED_BEFORE = "asked_before"
    NO_ANSWER = "no_answer"
    STALE = "stale"


class Unknown(StrEnum):
    """Why an axis of an account has no level."""

    NO_USAGE_FILE = "no_usage_file"
    NOT_IN_USAGE = "not_in_usage"
    NO_USABLE_METRIC = "no_usable_metric"
    NO_CSAT_FILE = "no_csat_file"
    NEVER_ASKED = "never_asked"
    ASKED_BEFORE = "asked_before"
    NO_ANSWER = "no_answer"
    NOT_IN_CSAT = "not_in_csat"
    ANSWERS_TOO_OLD = "answers_too_old"


class Queue(StrEnum):
    """Which budget of the week an account draws on."""

    RESCUE = "rescue"
    PROTECT = "protect"
    REST = "rest"


TEAM = "team"
"""The desk of all accounts where none names an owner."""
UNASSIGNED = "unassigned"
"""The desk of accounts without an owner, where others have one."""


class Gate(StrEnum):
    """Whether what a rescue needs is there."""

    OPEN = "open"
    UNKNOWN = "unknown"
    CLOSED = "closed"


class Severity(StrEnum):
    """How loudly a signal speaks."""

    INFO = "info"
    WATCH = "watch"
    ACT = "act"


class Side(StrEnum):
    """Who is unhappy where decision makers and users stand on different sides of the cut."""

    USERS = "users"
    DECISION_MAKERS = "decision_makers"


class StepKind(StrEnum):
    """What a step asks or offers, so that a signal can say that now is no time for it."""

    FAVOUR = "favour"
    EXPANSION = "expansion"
    ADOPTION = "adoption"
    EFFORT = "effort"
    THANKS = "thanks"
    FIND_OUT = "find_out"
    ONBOARDING = "onboarding"
    RENEWAL = "renewal"


class Tick(StrEnum):
    """What people say became of a planned step."""

    DONE = "done"
    TRIED = "tried"
    NOT_NOW = "not now"
    NO_LONGER = "no longer"


class Touch(StrEnum):
    """How much of a person's time the accounts of a segment get."""

    HIGH = "high"
    LOW = "low"
    TECH = "tech"


class Who(StrEnum):
    """Who carries out a step of a play."""

    CSM = "csm"
    SUPPORT = "support"
    PRODUCT = "product"
    SALES = "sales"
    EXECUTIVE = "executive"
    AUTOMATION = "automation"


class Survey(StrEnum):
    """The kind of a survey, in the order in which one is taken for the happiness axis."""

    CSAT = "csat"
    NPS = "nps"
    CES = "ces"


class Fate(StrEnum):
    """What became of a row, unless it was set aside, whose reason is its fate. Every row read has exactly one."""

    USED = "used"
    REJECTED = "rejected"


class Aside(StrEnum):
    """Why a row that was understood is not used."""

    AFTER_AS_OF = "after as_of"
    OUTSIDE_WINDOWS = "outside every window"
    UNMATCHED = "key not among the accounts"
    AMBIGUOUS = "key fits more than one account"
    OLDER_ANSWER = "older answer of the same person"
    REPEATED_EVENT = "repeated event id"
    DUPLICATE = "exact duplicate"
    OLDER_SNAPSHOT = "older snapshot of the same export"
    PARTIAL_PERIOD = "partial period"
    INACTIVE = "inactive subscription"
    NOT_A_CUSTOMER = "not a current customer"
    TOTAL = "total of other rows"
    NOT_ASKED = "request that never reached anybody"
    UNFINISHED = "survey preview or unfinished"
    NOBODY = "of no account, as the export says"
    EXPIRED = "expired event"
    EXPIRED_OVERRIDE = "expired override"


class Outcome(StrEnum):
    """What a customer decided about the contract, the most telling first: of two on one day that one counts."""

    CHURNED = "churned"
    CONTRACTED = "contracted"
    EXPANDED = "expanded"
    RENEWED = "renewed"


class MetricKind(StrEnum):
    """What a numeric column of a usage table measures, and so how it is scored."""

    COUNT = "count"
    RUNNING = "running"
    USERS = "users"
    DAYS = "days"
    TIME = "time"
    PERCENT = "percent"
    TROUBLE = "trouble"
    IGNORE = "ignore"


class Grain(StrEnum):
    """What one row of a usage file stands for."""

    LOG = "event log"
    PERIOD = "account and period"
    ACCOUNT = "account"


class Length(StrEnum):
    """How long the periods of a usage table are."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class NoteKind(StrEnum):
    """What a note is about; notes are printed grouped by it, in this order."""

    CHOICE = "choice"
    WARNING = "warning"
    FAULT = "cell fault"
    SET_ASIDE = "set aside"
    REJECTED = "rejected"
    UNMATCHED = "unmatched"
    PINNED = "pinned"
