"""The keys of csq.yaml, their types, ranges and defaults. An empty file is complete.

The lines that a run prints for pinning (`tiers`, and `thresholds` with `at` and `references`) are
valid input here.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from csq.located import shown
from csq.roles import EXPORTS, KEYED
from csq.section import Objection, Rule, Text, YamlSection, key
from csq.split import Split
from csq.terms import MetricKind, Role

ALL_TIERS = "all"
"""Stands for every tier where a number may differ between them; no band can be called so."""
UNVALUED = "unvalued"
"""The tier of accounts without a contract value; no band can be called so."""
OTHER = "other"
"""The tier of accounts below the lowest band, or without a word in the tier column."""

BREADTH = "breadth"
"""The usage part whose reference is how many features there are: that of all tiers."""

Days = Annotated[int, Rule(ge=1, le=3660)]
Year = Annotated[int, Rule(ge=1900, le=2100)]
Score = Annotated[float, Rule(ge=0, le=100)]
Weight = Annotated[float, Rule(ge=0, le=1_000_000)]
Positive = Annotated[float, Rule(gt=0)]
Hours = Annotated[float, Rule(ge=0, le=10_000)]
Money = Annotated[Decimal, Rule(ge=0, le=10**15, decimal_places=2)]
Rate = Annotated[Decimal, Rule(gt=0, le=10**9, decimal_places=9)]


class KeyColumn(StrEnum):
    """Columns of the accounts file that the key of another file may refer to."""

    ACCOUNT_ID = "account_id"
    SUBSCRIPTION_ID = "subscription_id"
    EXTERNAL_ID = "external_id"
    EMAIL_DOMAIN = "email_domain"
    ACCOUNT_NAME = "account_name"


class Happiness(StrEnum):
    """What the happiness score is made of."""

    CSAT_MEAN = "csat_mean"
    TOP_BOX = "top_box"
    DECISION_MAKER_FIRST = "decision_maker_first"
    LOWEST_ROLE = "lowest_role"


class Within(StrEnum):
    """Which accounts a cut is taken over."""

    TIER = "tier"
    ALL = "all"


def _each(roles: tuple[Role, ...], kind: Any, default: Any, meaning: str) -> type[YamlSection]:
    """A section with a key for each of some roles; in `meaning` `{}` is the role."""
    keys = {str(role): key(default, meaning.format(role)) for role in roles}
    return type("Each", (YamlSection,), {"__annotations__": dict.fromkeys(keys, kind), **keys})


class Columns(_each(EXPORTS, dict[str, Text], {}, "field: header, in {} files")):  # type: ignore[misc]
    """Which header of a file is which field, where csq cannot tell by itself."""

    def of(self, role: Role) -> dict[str, str]:
        """Return the headers told for `role`, by field."""
        found: dict[str, str] = getattr(self, role)
        return found


_KEY = "column of the accounts that the key of {} files refers to"


class Keys(_each(KEYED, KeyColumn | None, None, _KEY)):  # type: ignore[misc]
    """Which column of the accounts file the key of another file refers to; None: found by trying."""

    def of(self, role: Role) -> KeyColumn | None:
        """Return the key column told for `role`."""
        found: KeyColumn | None = getattr(self, role)
        return found


class Windows(YamlSection):
    """How many days each axis looks back, as_of included."""

    usage: Days = key(28, "days of usage that are looked at, ending at as_of")
    csat: Days = key(365, "days of answers that are looked at, ending at as_of")


def _known_method(method: str) -> str:
    if not re.fullmatch(r"median|weighted_median|q[1-9][0-9]?", method):
        raise Objection(
            "not-a-method",
            f"{shown(method)} is not a way to take a cut",
            "`median`, `weighted_median`, or `q1` to `q99`",
        )
    return method


def _for_all_tiers(value: Any) -> Any:
    return {ALL_TIERS: value} if isinstance(value, str | int | float) else value


class CutRule(YamlSection):
    """Where high begins on one axis: taken from the scores by `method`, or fixed by `at`."""

    method: Annotated[str, Rule(after=_known_method)] | None = key(
        None, "`median`, `weighted_median` (by contract value) or a quantile, `q1` to `q99`"
    )
    at: (
        Annotated[
            dict[str, Score],
            Rule(min_length=1, before=_for_all_tiers, written=dict[str, Score] | Score),
        ]
        | None
    ) = key(None, "a score from 0 to 100, or one for each tier, in place of `method`")
    within: Within = key(Within.TIER, "whether a method looks at each `tier` by itself or at `all`")

    @classmethod
    def long_form(cls, data: Any) -> Any:
        """A number stands for `at`, a word for `method`."""
        if not isinstance(data, str | int | float):
            return data
        return {"at": data} if re.match(r"[-+.]?\d", str(data)) else {"method": data}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        """Tell editors of the short form as well."""
        return {"anyOf": [handler(core), {"type": ["number", "string"]}]}

    def check(self) -> None:
        """Either `method` or `at`."""
        if (self.method is None) == (self.at is None):
            raise Objection("not-one-of-two", "a cut is taken by `method` or fixed by `at`: give one of them")


class Thresholds(YamlSection):
    """The cuts, and the references that shares are taken of."""

    usage: CutRule = key(CutRule(method="median"), "cut of the usage score")
    happiness: CutRule = key(CutRule(at={ALL_TIERS: 70.0}), "cut of the happiness score")
    references: dict[str, dict[str, Positive]] = key(
        {},
        "for each usage part and tier, the amount that counts as 100, in place of the 75th percentile; "
        "of breadth, for all tiers, the number of features",
    )


def _usable_bands(bands: dict[str, Decimal]) -> dict[str, Decimal]:
    if taken := {ALL_TIERS, UNVALUED} & bands.keys():
        raise Objection("reserved", f"a tier cannot be called `{min(taken)}`", "choose another name")
    if len(set(bands.values())) < len(bands):
        raise Objection("not-distinct", "two tiers begin at the same value")
    return bands


class Tiers(YamlSection):
    """How accounts are divided by contract value before they are compared."""

    bands: Annotated[dict[Text, Money], Rule(min_length=1, after=_usable_bands)] | None = key(
        None, "tier: least contract value, money per year"
    )
    column: Text | None = key(None, "column of the accounts that names the tier, in place of `bands`")

    def check(self) -> None:
        """Either `bands` or `column`."""
        if (self.bands is None) == (self.column is None):
            raise Objection("not-one-of-two", "tiers are made of `bands` or taken from a `column`: give one of them")


def _usable_scale(text: str) -> str:
    ends = re.fullmatch(r"(-?\d{1,9}(?:\.\d{1,9})?) ?(?:-|\.\.|to) ?(-?\d{1,9}(?:\.\d{1,9})?)", text.strip())
    if not ends or float(ends[1]) == float(ends[2]):
        raise Objection("not-a-scale", f"{shown(text)} is no scale", "the worst and the best answer, such as `1-5`")
    return text.strip()


_HeaderScales = Annotated[
    dict[Text, Annotated[str, Rule(after=_usable_scale)]],
    Rule(before=lambda value: {"all": value} if isinstance(value, str) else value, written=dict[str, str] | str),
]
"""Scales by header; a scale alone is that of all headers."""


class Scales(YamlSection):
    """The scale of the answers, from the worst to the best, by header or for `all` of a kind."""

    csat: _HeaderScales = key({}, "header of a satisfaction score: its scale, such as 1-5")
    nps: _HeaderScales = key({}, "header of a recommendation score: its scale")
    ces: _HeaderScales = key({}, "header of an effort score: its scale")


class Capacity(YamlSection):
    """How many hours a week there are for accounts."""

    default: Hours = key(0.0, "hours a week of each owner who is not named below, and of `unassigned`")
    owners: dict[Text, Hours] = key({}, "owner: hours a week, where they differ from the default")
    split: Split | None = key(None, "how the hours are divided, in place of the playbook's `split`")

    def check(self) -> None:
        """There are some hours."""
        if not self.default and not any(self.owners.values()):
            hint = "give hours by `default`, or by name under `owners`"
            raise Objection("no-hours", "the capacity comes to no hours at all", hint)

    def of(self, desk: str) -> float:
        """Hours of one desk; accounts that nobody owns are a desk like any other."""
        return self.owners.get(desk, self.default)


class Currency(YamlSection):
    """What money in other currencies is worth."""

    base: Text = key(..., "currency that contract values are told in")
    rates: dict[Text, Rate] = key({}, "currency: what one unit of it is worth in the base")

    def check(self) -> None:
        """The base is worth one of itself."""
        own = self.rates.get(self.base, Decimal(1))
        if own != 1:
            what = f"one {self.base} is worth one {self.base}, not `{own}`"
            raise Objection("contradiction", what, "leave its rate out")


class Features(YamlSection):
    """Which events of a log count for active users and days only."""

    ignore: list[Text] | None = key(
        None, "events that say no more than that somebody was there, in place of those known as such"
    )
    count: list[Text] = key([], "events that do count, though they are known as everybody's")


class Goals(YamlSection):
    """How goals are held against the calendar."""

    # Progress is told in round figures: a little under the share of the time gone is still on time.
    tolerance: Score = key(
        10.0, "points of progress that a goal may lag behind the share of its time gone and not be behind"
    )


class Statuses(YamlSection):
    """What the words in a status column mean, where csq does not know them or knows them otherwise."""

    current: list[Text] = key([], "statuses of paying customers")
    former: list[Text] = key([], "statuses of organisations that are none, or not yet")

    def check(self) -> None:
        """No word means both."""
        former = {word.casefold() for word in self.former}
        if both := [word for word in self.current if word.casefold() in former]:
            what = f"status {shown(both[0])} is both current and former"
            raise Objection("contradiction", what, "keep it in one list")


def _roles(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class FileRule(YamlSection):
    """What is so of one file, where it cannot be told by what stands in it."""

    roles: Annotated[list[Role], Rule(before=_roles, written=list[Role] | Role)] | None = key(
        None, "what the file is used as, such as usage; `[]` leaves it"
    )
    decimal: Literal[",", "."] | None = key(None, "decimal mark of numbers like 1,234")
    date_order: Literal["dmy", "mdy", "ymd"] | None = key(None, "order in dates like 03/04/2026")


class Settings(YamlSection):
    """csq.yaml: how to measure."""

    playbook: Text | None = key(None, "playbook to use, relative to this file")
    columns: Columns = key(Columns(), "headers that csq cannot tell by itself")
    files: dict[Text, FileRule] = key(
        {}, "file, by name or pattern of names: its roles, decimal mark and order in dates"
    )
    keys: Keys = key(Keys(), "columns of the accounts that other files' keys refer to; found by trying, when absent")
    aliases: Text | None = key(None, "file of keys that a person has said are an account, relative to this file")
    year: Year | None = key(None, "year of the months, weeks and quarters of usage tables that name none")
    windows: Windows = key(Windows(), "how far each axis looks back")
    scales: Scales = key(Scales(), "scales of the answers that csq cannot tell by itself")
    answers: dict[Text, Score] = key({}, "answer in words: what it is worth, from 0 to 100")
    metrics: dict[str, MetricKind] = key(
        {},
        "column of a usage table: count, running (a total that only grows), users, days, time, percent, "
        "trouble, or ignore",
    )
    features: Features = key(Features(), "events of a log that are everybody's, and so say little")
    weights: dict[str, Weight] = key(
        {}, "usage part (seat_use, breadth, active_days, volume, or a metric): its weight, 1 by default"
    )
    happiness: Happiness = key(Happiness.CSAT_MEAN, "what the happiness score is made of")
    tiers: Tiers | None = key(None, "tiers of contract value; thirds of the valued accounts by default")
    thresholds: Thresholds = key(Thresholds(), "the cuts, and the references that shares are taken of")
    capacity: Capacity | None = key(None, "hours a week, by owner; nothing is fitted, when absent")
    statuses: Statuses = key(Statuses(), "words of a status column: whose are `current`, whose are `former`")
    goals: Goals = key(Goals(), "when a goal is behind")
    history: Text | None = key(
        None, "folder of snapshots, relative to this file: each triage keeps what it found there"
    )
    events: Text | None = key(
        None,
        "file in which `csq done` keeps what became of the steps, relative to this file; csq-events.csv "
        "beside the exports by default",
    )
    currency: Currency | None = key(None, "needed when contract values are in several currencies")
