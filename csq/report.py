"""Report: what a run found. Everything before it exists to build it; every output reads only it.

Plain values and frames; nothing here opens a file, knows a format or holds a setting's model. Plain
records that every run loads are NamedTuples where that will do: to define a frozen dataclass takes six times as long.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from csq.errors import Setting
from csq.located import ADDRESS
from csq.schema import COLUMNS
from csq.terms import Aside, Axis, Grain, NoteKind, Quadrant, Queue, Role, Severity, Survey, Who

if TYPE_CHECKING:
    from csq.moves import Moves

REJECT_SCHEMA: Mapping[str, pl.DataType] = {
    "role": pl.String(),
    "file": pl.String(),
    "line": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
}
"""Columns of `Report.rejects` and `Report.faults`: one row per rejected row, or per unreadable optional cell."""

TOTALS: Mapping[str, str] = {
    **{f"{quadrant}_accounts": f"accounts that are {quadrant}" for quadrant in Quadrant},
    **{f"{quadrant}_contract_value": f"money per year of {quadrant}" for quadrant in Quadrant},
    **{f"{quadrant}_share_pct": f"share of all contract value, 0-100, of {quadrant}" for quadrant in Quadrant},
    "accounts": "all accounts",
    "contract_value": "money per year of all accounts",
    "unvalued": "accounts without a contract value",
    "borderline": f"accounts {COLUMNS['borderline'].meaning}",
    "act": "accounts whose loudest signal says act",
    "watch": "accounts whose loudest signal says watch",
    "info": "accounts whose loudest signal says info",
    "match_pct": "share of rows that found an account, 0-100, of the role where it is lowest",
    "rejected": "rows that could not be read",
    "data_age_days": "days from the newest day of use to the day of the run",
    "this_week": "accounts that fit into the week's hours; not known without hours",
    "left_out": "accounts that do not fit into them; not known without hours",
    "new_at_risk": "accounts at risk that were not at the last snapshot; not known without one, like what follows",
    "moved_down_contract_value": "money per year of accounts with fewer high axes than then, whatever the cause",
    "left_contract_value": "money per year, as it was then, of accounts that are gone",
}
"""What conditions over a whole run may ask about, and what each means."""

DONE_SCHEMA: Mapping[str, pl.DataType] = {
    "account_id": pl.String(),
    "event": pl.String(),
    "days": pl.Int64(),
}
"""Columns of `Report.done`: the kind of the event, and how many days ago the newest of it was."""


PERSON = "(a person)"
"""Stands in what is passed on for whoever a cell names."""


def masked(value: str, *, is_person: bool = False) -> str:
    """A cell as it stands, unless it names a person, which is nobody's business in what is passed on."""
    if "@" in value:
        return ADDRESS
    return PERSON if is_person else value


class Note(NamedTuple):
    """One line of narration: a choice that was made, or something the reader ought to know."""

    kind: NoteKind
    text: str
    asks: tuple[Setting, ...] = ()
    """Lines of csq.yaml that would settle what it leaves open."""
    settles: tuple[Setting, ...] = ()
    """Lines of csq.yaml by which what it says holds for the next run."""


BY_SETTINGS = "what csq.yaml says"
"""Why a scale is what it is, where a person has written it down."""


class ScaleFound(NamedTuple):
    """The scale on which the answers of one column and one kind of survey were read."""

    survey: Survey
    header: str
    files: tuple[str, ...]
    line: int
    """Of the header in the first file."""
    scale: str
    """`1-5`, from the worst answer to the best, or from which word to which."""
    why: str
    others: tuple[str, ...] = ()
    """Scales that hold the answers as well; none where enough answers, or somebody, say which it is."""
    words: Mapping[str, float] = {}
    """Points of the answers, where they are words."""
    is_certain: bool = True
    """False where others hold the answers as well, and place every account alike."""

    @property
    def key(self) -> str:
        """What tells its rows from others: the column `QUESTION` of the answers."""
        return f"{self.survey} {self.header} {' '.join(self.files)}"

    @property
    def text(self) -> str:
        """What was chosen, in a sentence."""
        if self.words:
            return f"answers in words in `{self.header}` put on 0-100, {self.scale}: {self.why}"
        files = ", ".join(f"`{label}`" for label in self.files)
        return f"scale {self.scale} for {self.survey} in {files}: {self.why}"


class SourceFile(NamedTuple):
    """One input file and the fate of its rows: `read == used + sum(set_aside) + sum(rejected)`."""

    role: Role
    label: str
    sha256: str
    read: int
    used: int
    set_aside: Mapping[Aside, int] = {}
    rejected: Mapping[str, int] = {}
    """Rows by reason."""
    grain: Grain | None = None
    """For usage files."""
    columns: tuple[tuple[str, str], ...] = ()
    """(header in the file, field it became), in the order of the file; unused headers are absent."""
    unused: tuple[str, ...] = ()
    """Headers that became no field."""


class Window(NamedTuple):
    """Days that one axis looks at, both ends included; None where there is no date."""

    axis: Axis
    first: date | None
    last: date | None
    undated: int = 0
    """Answers that count although they have no date."""


class Cut(NamedTuple):
    """Where high begins on one axis, for one tier. A score equal to `at` is high."""

    axis: Axis
    tier: str
    """Tier name, or `all`."""
    at: float
    """0-100, rounded to 4 places."""
    method: str
    """`number`, `median`, `q75`, `weighted_median` or `pinned`."""
    scored: int
    """Accounts the cut was taken over; those that count, so without new ones."""
    note: str | None = None
    """Why it is not what was asked for, such as too few accounts in the tier."""


class Tier(NamedTuple):
    """A band of contract value."""

    name: str
    at_least: Decimal | None
    """Lower end of the band in money per year; None for `unvalued`, `all` and tiers taken from a column."""
    accounts: int
    contract_value: Decimal
    """Sum over its accounts."""


class Total(NamedTuple):
    """One cell of the grid: how many accounts, and how much money."""

    quadrant: Quadrant
    accounts: int
    contract_value: Decimal
    """Sum of the known contract values, money per year."""
    share_pct: float | None
    """Of all known contract value, 0-100; None when nothing is valued."""
    unvalued: int
    """Accounts without a known contract value."""
    borderline: int
    play_hours: float = 0.0
    """People's hours that the whole plays of its accounts take."""
    value_per_hour: float | None = None
    """Contract value of those whose value is known, over the hours of theirs; None where that is nothing."""
    causes: Mapping[str, int] = {}
    """Accounts by the reason code of their newest cause_found event."""


class Gap(NamedTuple):
    """Accounts for which something is not known, and what they are worth."""

    reason: str
    """A `terms.Unknown`, or `contract_value`, `seats` and the like."""
    text: str
    """The same for a person."""
    accounts: int
    contract_value: Decimal


class PrintedStep(NamedTuple):
    """One action of a play, as it is printed."""

    do: str
    who: Who
    human: bool
    hours: float | None
    id: str = ""
    """Its name in the playbook, the same from week to week."""
    short: str = ""
    """What to do, in one line."""


class QuadrantPlay(NamedTuple):
    """What the playbook says about one quadrant. Conditions on steps and risks act per account, not here."""

    quadrant: Quadrant
    label: str
    means: str
    reasons: tuple[str, ...]
    queue: Queue
    headline: str
    steps: tuple[PrintedStep, ...]
    risks: tuple[str, ...]


class SignalTotal(NamedTuple):
    """One signal over all accounts: how many it holds for, how many it cannot judge, and what they are worth."""

    name: str
    severity: Severity
    """Where no quadrant reads it otherwise."""
    text: str
    """As it reads for no account in particular."""
    readings: Mapping[Quadrant, str]
    """Its text in each quadrant, facts still in braces."""
    steps: tuple[PrintedStep, ...]
    """Its own, as they read for no account in particular; the conditions on them act per account."""
    risks: tuple[str, ...]
    accounts: int
    """For which it holds and is not muted."""
    contract_value: Decimal
    unjudged: int
    """Accounts for which a fact it needs is not known: neither yes nor no."""
    unjudged_value: Decimal
    missing: tuple[str, ...] = ()
    """Those facts, the one that is lacking most often first."""


class CheckIn(NamedTuple):
    """A call by a person to an account whose next step a machine takes."""

    account_id: str
    do: str
    hours: float


class LeftOut(NamedTuple):
    """An account whose step did not fit."""

    account_id: str
    rank: int
    contract_value: Decimal | None
    hours: float
    """That its step takes."""


class OwnerWeek(NamedTuple):
    """How one owner's hours were given out; without capacity, what they are wanted for.

    `rescue_hours + protect_hours + check_in_hours <= hours`, always.
    """

    owner: str
    """The `desk` of the accounts: an owner, `unassigned`, or `team`."""
    hours: float | None
    """None without capacity, and then nothing is given out or left out."""
    rescue_hours: float
    """Given to the rescue queue: its share, and what the other could not use."""
    protect_hours: float
    check_in_hours: float
    wanted_hours: float
    """What the next steps of both queues would take."""
    left_out: int
    """Accounts whose step did not fit."""
    left_out_value: Decimal
    """Sum of their known contract values."""
    left_out_unvalued: int
    """Those without a contract value."""
    more_hours: float
    """With so many more hours in the week every step would fit."""
    check_ins: tuple[CheckIn, ...] = ()
    left_out_first: tuple[LeftOut, ...] = ()
    """The first of them by rank."""


class Join(NamedTuple):
    """How the keys of one role met the accounts."""

    role: Role
    key: str
    """The key column of the accounts that matched, such as `account_id` or `subscription_id`."""
    rows: int
    """Rows with a readable key."""
    matched: int
    """Rows whose key is one of the accounts'."""
    accounts: int
    """Accounts that have at least one such row."""
    only_here: tuple[str, ...]
    """Keys among no account, at most twenty, sorted."""
    only_here_count: int
    absent_accounts: int
    """Accounts with no row in the role."""
    absent_value: Decimal
    ambiguous: int = 0
    """Keys that fit more than one account; their rows are set aside."""
    aliased: int = 0
    """Of the rows that matched those whose key is an account because an alias says so."""
    runner_up: str | None = None
    """The key column of the accounts that matched most rows but for `key`, where others were tried."""
    runner_up_rows: int = 0
    """Rows that it matches."""


class Report(NamedTuple):
    """A run's result.

    `accounts` has one row per account, every column of `schema.COLUMNS` in that order, then custom
    columns, sorted by `rank`. Counts and money in `totals` are over all accounts: filters on rows
    never touch them.
    """

    version: str
    as_of: date | None
    as_of_source: str
    """`--as-of`, `newest usage date`, `newest csat date` or `no dates`."""
    windows: tuple[Window, ...]
    accounts: pl.DataFrame
    sources: tuple[SourceFile, ...]
    joins: tuple[Join, ...]
    rejects: pl.DataFrame
    faults: pl.DataFrame
    tiers: tuple[Tier, ...]
    cuts: tuple[Cut, ...]
    totals: tuple[Total, ...]
    """One per quadrant, in the playbook's order of attack."""
    gaps: tuple[Gap, ...]
    plays: tuple[QuadrantPlay, ...]
    """In the playbook's order of attack."""
    signals: tuple[SignalTotal, ...]
    """One per signal, in the playbook's order."""
    first: tuple[str, ...]
    """Signals whose accounts stand first in the week of their owner, whatever their rank."""
    fired: pl.DataFrame
    """account_id, signal, severity: one row per account and signal that holds, loudest first within an account."""
    notes: tuple[Note, ...]
    pinned: str
    """YAML for csq.yaml that makes this run's tiers, references and cuts hold for the next."""
    weighted: bool
    """False when no contract value is known, so that nothing is weighted."""
    currency: str | None
    settings_sha256: str
    playbook_sha256: str
    settings_label: str
    """The file used, or `built in`."""
    playbook_label: str
    weeks: tuple[OwnerWeek, ...] = ()
    """One per desk, by name."""
    scales: tuple[ScaleFound, ...] = ()
    """The scales on which answers were read."""
    is_pinned: bool = False
    """Whether csq.yaml says all of `pinned` already."""
    pinned_on: date | None = None
    """The day on which tiers, cuts and references were taken that the history holds fast; None: today."""
    moves: "Moves | None" = None
    """What changed since the last snapshot; None without one."""
    done: pl.DataFrame = pl.DataFrame(schema=DONE_SCHEMA)
    """Events of steps done that are on record, one row per account and kind, so that plays can be judged by results."""

    @property
    def grid(self) -> Mapping[Quadrant, Total]:
        """The totals by quadrant."""
        return {total.quadrant: total for total in self.totals}

    @property
    def has_capacity(self) -> bool:
        """Whether the hours of the week are known."""
        return any(week.hours is not None for week in self.weeks)
