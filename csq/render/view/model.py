"""A page as plain values in reading order, every word and figure of it decided: writers only lay it out.

Texts are as they came, neither cleaned nor escaped: that is for whoever knows where they are shown.
"""

from typing import TYPE_CHECKING, NamedTuple

from csq.render.view.account import Account
from csq.terms import Level, Quadrant, Severity

if TYPE_CHECKING:
    from csq.render.movers.words import WordTable


class Headline(NamedTuple):
    """What the page is about."""

    title: str
    """`Triage as of 2026-11-15`."""
    source: str
    """Where that day comes from; empty without dates."""
    base: str
    """How many accounts, and what they are worth together."""
    warning: str
    """What has to be said first; empty where nothing has."""
    shown: str
    """Which accounts are shown, where that is not all of them; else empty."""


class TableCell(NamedTuple):
    """A quadrant with its numbers, which are over all accounts."""

    quadrant: Quadrant
    mark: str
    label: str
    accounts: str
    """`32 accounts`."""
    worth: str
    """`2.4 M EUR · 21 %`; empty where nothing is weighted."""
    doubts: str
    """`4 borderline, 1 without value`; only what there is."""
    share_pct: float | None
    """Of all known contract value, 0-100."""

    @property
    def size(self) -> str:
        """`32 accounts · 2.4 M EUR · 21 %`."""
        return " · ".join(filter(None, (self.accounts, self.worth)))


class Band(NamedTuple):
    """The quadrants of one level of happiness."""

    happiness: Level
    low: TableCell
    """Usage low."""
    high: TableCell


class MissingFact(NamedTuple):
    """Something that is not known."""

    accounts: str
    value: str
    """What the accounts are worth; empty for nothing."""
    text: str


class Grid(NamedTuple):
    """The 2 x 2, happiness from the top down, and what is not known."""

    bands: tuple[Band, ...]
    unknown: TableCell
    axes: tuple[str, ...]
    """Of how many accounts each axis is unknown: `usage unknown: 5`."""
    gaps: tuple[MissingFact, ...]

    @property
    def cells(self) -> dict[Quadrant, TableCell]:
        """Every cell by its quadrant."""
        pairs = (cell for band in self.bands for cell in (band.low, band.high))
        return {cell.quadrant: cell for cell in (*pairs, self.unknown)}


class Week(NamedTuple):
    """Whom to turn to first, by rank."""

    title: str
    first: tuple[Account, ...]
    more: str
    """How many more there are, and what shows them; empty for none."""


class GeneralStep(NamedTuple):
    """A step of a play, as it reads for no account in particular."""

    doer: str
    """`csm 1 h`."""
    do: str


class PlaySection(NamedTuple):
    """A quadrant with its play and its risks."""

    cell: TableCell
    means: str
    headline: str
    steps: tuple[GeneralStep, ...]
    usual: tuple[str, ...]
    """The next steps of its accounts, those of most accounts first: `24 × Send the monthly summary`."""
    risks: tuple[str, ...]
    risks_short: tuple[str, ...]
    reasons: tuple[str, ...]
    """Likely ones."""
    selected: int
    """How many of its accounts pass the filters."""
    first: tuple[Account, ...]
    """The first of them."""
    more: str
    """How many more there are; empty for none."""
    absent: str
    """What to say in place of accounts where there are none; else empty."""


class Told(NamedTuple):
    """A signal over all accounts."""

    severity: Severity
    accounts: str
    value: str
    """What they are worth; empty for nothing."""
    name: str
    whom: str
    """The first accounts it holds for: `Acme Ltd, Zed and 4 more`."""


class Signals(NamedTuple):
    """The signals over all accounts, the loudest and the most valuable first."""

    told: tuple[Told, ...]
    more: str
    """How many say less; empty for none."""
    unjudged: str
    """What nobody could judge, and for want of what; empty where all could be."""


class MovesSummary(NamedTuple):
    """What changed since the last run."""

    told: tuple[str, ...]
    """In sentences, the most valuable accounts only."""
    tables: "tuple[WordTable, ...]"
    """Everybody, from where to where, who is new and who left."""


class Source(NamedTuple):
    """A file that was read."""

    role: str
    label: str
    fate: str
    """`204 rows, 199 used, 3 set aside, 2 rejected`."""


class Quality(NamedTuple):
    """How far the data can be trusted."""

    brief: tuple[str, ...]
    """Two lines: rows and their fates; what is unknown and what was noted, with the command that shows more."""
    sources: tuple[Source, ...]
    notes: tuple[tuple[str, str], ...]
    """Title of its kind, text."""


class RulesSummary(NamedTuple):
    """How accounts were measured and placed."""

    brief: str
    """The same in a line."""
    told: tuple[tuple[str, str, str], ...]
    """Title, name, text: `Windows`, `usage`, `2026-10-19 to 2026-11-15, 28 days`."""
    pinned: str
    """YAML that makes them hold for the next run."""


class View(NamedTuple):
    """The page, in reading order."""

    headline: Headline
    grid: Grid
    week: Week
    sections: tuple[PlaySection, ...]
    """The selected quadrants, in the order of attack."""
    signals: Signals
    moves: MovesSummary | None
    """None until there is a history."""
    quality: Quality
    rules: RulesSummary
