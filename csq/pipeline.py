"""The run as a sentence: what we know, where it stands, what to do.

Pure: opens no file, reads no clock, prints nothing. Everything that varies comes in as a value.
"""

from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from csq import __version__
from csq.facts.build import Facts, build_facts, newest_day
from csq.facts.features import suggest_features
from csq.facts.row_accounting import fate_notes
from csq.fate import FATE, account
from csq.mask import address_notes, passed_on, without_names
from csq.place.coverage import add_missing
from csq.place.pinned import pinned_scales
from csq.place.place import Placed, place
from csq.place.scale_choice import settle_scales
from csq.place.totals import gaps, quadrant_totals, tier_totals
from csq.plan.hours import capacity_notes, desk, plan_week
from csq.plan.prescribe import done_kinds, prescribe, printed_plays
from csq.plan.priority import add_rank
from csq.plan.signals import Judged, judge
from csq.plan.steps import steps_done
from csq.plan.touch import add_touch, add_worth, effort_notes, touch_notes
from csq.playbook.load import LoadedPlaybook
from csq.playbook.model import Playbook
from csq.report import BY_SETTINGS, Join, Note, OwnerWeek, Report, ScaleFound, SourceFile, Total, Window
from csq.schema import COLUMNS, complete, lean
from csq.settings.load import LoadedSettings
from csq.settings.model import Settings
from csq.sources.load import Tables
from csq.terms import Aside, Axis, Fate, NoteKind, Role


class AsOf(NamedTuple):
    """The day a run looks back from, and where it comes from. Without any date in the data, `day` is None."""

    day: date | None
    source: str


def settle_as_of(tables: Tables, told: date | None, run_day: date | None = None) -> AsOf:
    """The day told, else the newest usage date, else the newest csat date, else none.

    Of a usage table of periods the newest date is the last day of the newest period that is over by `run_day`.
    """
    if told:
        return AsOf(told, "--as-of")
    if day := newest_day(tables.roles.get(Role.USAGE), run_day):
        return AsOf(day, "newest usage date")
    if day := newest_day(tables.roles.get(Role.CSAT)):
        return AsOf(day, "newest csat date")
    return AsOf(None, "no dates")


class Triage(NamedTuple):
    """A run, stage by stage: what a `Report` says of all accounts, and `csq explain` of one, is taken from this.

    The frames of facts and placement are by rank as well, and judged goes by the order in which accounts were judged.
    """

    tables: Tables
    settings: LoadedSettings
    playbook: LoadedPlaybook
    as_of: AsOf
    facts: Facts
    placed: Placed
    judged: Judged
    accounts: pl.DataFrame
    """One row per account by rank: every column of `schema.COLUMNS` in that order, then custom and internal ones."""
    weeks: tuple[OwnerWeek, ...]
    scales: tuple[ScaleFound, ...]
    """On which the answers were read."""


class _Standing(NamedTuple):
    """Where everybody stands, before anything is made of it."""

    facts: Facts
    scales: tuple[ScaleFound, ...]
    placed: Placed


def _stand(tables: Tables, facts: Facts, settings: Settings, playbook: Playbook, as_of: date | None) -> _Standing:
    scales = settle_scales(tables, facts, settings, as_of)
    placed = place(facts, settings)
    # What to suggest depends on what happy accounts of the tier use, so on where they stand.
    frame = suggest_features(placed.frame, facts.features)
    return _Standing(facts, scales, placed._replace(frame=lean(add_worth(add_touch(frame, playbook), playbook))))


def measure(tables: Tables, settings: LoadedSettings, *, as_of: AsOf, min_match: float = 0.0) -> Facts:
    """Measure every account; raises what `build_facts` does."""
    return build_facts(tables, settings.settings, as_of.day, min_match=min_match)


def run(
    tables: Tables,
    settings: LoadedSettings,
    playbook: LoadedPlaybook,
    *,
    as_of: AsOf,
    min_match: float = 0.0,
    facts: Facts | None = None,
) -> Triage:
    """Measure every account, place it, judge the signals, and prescribe what to do.

    Facts that are given are what `measure` has made of the tables; their frame is used up.

    Raises:
        InputError: The files contradict themselves or each other, or under `min_match` (0-1) of a role's rows match.
        ConfigError: csq.yaml asks for what cannot be done with these accounts.
    """
    facts = facts or measure(tables, settings, as_of=as_of, min_match=min_match)
    facts, scales, placed = _stand(tables, facts, settings.settings, playbook.playbook, as_of.day)
    has_events = Role.EVENTS in tables.roles
    judged = judge(placed.frame, playbook.playbook, are_events_given=has_events)
    planned = prescribe(placed.frame, playbook.playbook, judged, as_of=as_of.day, are_events_given=has_events)
    planned = lean(planned)
    measured, stand = facts.frame.columns, placed.frame.columns
    # Whoever still held these as they were would hold them beside the same in the order of work.
    for frame in (facts.frame, placed.frame):
        for name in frame.columns:
            frame.drop_in_place(name)
    accounts, weeks = plan_week(add_rank(planned), playbook.playbook, settings.settings.capacity)
    # Last, for no list is longer, and nothing before this asks for it.
    accounts = add_missing(accounts)
    return Triage(
        tables=tables,
        settings=settings,
        playbook=playbook,
        as_of=as_of,
        facts=facts._replace(frame=accounts[measured]),
        placed=placed._replace(frame=accounts[stand]),
        judged=judged,
        accounts=complete(accounts, COLUMNS.values()),
        weeks=weeks,
        scales=scales,
    )


class Checked(NamedTuple):
    """How files were understood, as far as it can be told without a plan: fields as those of `Report`."""

    as_of: date | None
    as_of_source: str
    accounts: pl.DataFrame
    """One row per account: columns `schema.FACTS`, those of the placement and others."""
    sources: tuple[SourceFile, ...]
    joins: tuple[Join, ...]
    rejects: pl.DataFrame
    faults: pl.DataFrame
    totals: tuple[Total, ...]
    notes: tuple[Note, ...]
    scales: tuple[ScaleFound, ...]
    currency: str | None
    settings_label: str
    playbook_label: str


def check(tables: Tables, settings: LoadedSettings, playbook: LoadedPlaybook, *, as_of: AsOf) -> Checked:
    """Measure every account and place it, and say how the files were understood. Raises what `run` does."""
    facts = measure(tables, settings, as_of=as_of)
    facts, scales, placed = found = _stand(tables, facts, settings.settings, playbook.playbook, as_of.day)
    accounts, faults = placed.frame, tables.faults
    files = account(tables.files, facts.fates)
    totals = quadrant_totals(accounts, playbook.playbook.order)
    return Checked(
        as_of=as_of.day,
        as_of_source=as_of.source,
        accounts=accounts,
        sources=files,
        joins=facts.joins,
        rejects=tables.rejects,
        faults=faults,
        totals=totals,
        notes=(
            *_standing_notes(tables, settings.settings, as_of, found),
            *effort_notes(totals, playbook.playbook),
            *capacity_notes(accounts.select(desk(accounts)), settings.settings.capacity),
            *without_names(fate_notes(files, facts.joins, faults)),
            *address_notes(accounts),
        ),
        scales=scales,
        currency=facts.currency,
        settings_label=settings.label,
        playbook_label=playbook.label,
    )


def triage(
    tables: Tables, settings: LoadedSettings, playbook: LoadedPlaybook, *, as_of: AsOf, min_match: float = 0.0
) -> Report:
    """Run, and report on all accounts. Raises what `run` does."""
    return report(run(tables, settings, playbook, as_of=as_of, min_match=min_match))


def report(found: Triage) -> Report:
    """Say what a run found, for every output."""
    facts, placed, accounts, faults = found.facts, found.placed, found.accounts, found.tables.faults
    files = account(found.tables.files, facts.fates)
    totals = quadrant_totals(accounts, found.playbook.playbook.order)
    said = Report(
        version=__version__,
        as_of=found.as_of.day,
        as_of_source=found.as_of.source,
        windows=windows(facts, found.as_of.day, found.settings.settings.windows.csat),
        accounts=accounts[[name for name in accounts.columns if not name.startswith("_")]],  # those are our own
        sources=files,
        joins=facts.joins,
        rejects=found.tables.rejects,
        faults=faults,
        tiers=tier_totals(placed.frame, placed.bands),
        cuts=placed.cuts,
        totals=totals,
        gaps=gaps(accounts),
        plays=printed_plays(found.playbook.playbook),
        signals=found.judged.totals,
        first=tuple(name for name, each in found.playbook.playbook.signals.items() if each.first),
        fired=found.judged.fired,
        notes=(
            *_standing_notes(
                found.tables, found.settings.settings, found.as_of, _Standing(facts, found.scales, placed)
            ),
            *touch_notes(accounts),
            *effort_notes(totals, found.playbook.playbook),
            *capacity_notes(accounts, found.settings.settings.capacity),
            *without_names(fate_notes(files, facts.joins, faults)),
        ),
        pinned=pinned_scales(found.scales) + placed.pinned,
        is_pinned=_is_pinned(found),
        scales=found.scales,
        weighted=_is_weighted(facts),
        currency=facts.currency,
        settings_sha256=found.settings.sha256,
        playbook_sha256=found.playbook.sha256,
        settings_label=found.settings.label,
        playbook_label=found.playbook.label,
        weeks=found.weeks,
        done=steps_done(accounts, done_kinds(found.playbook.playbook)),
    )
    return passed_on(said)


def _is_pinned(found: Triage) -> bool:
    """Whether csq.yaml says already what the lines for pinning say."""
    settings = found.settings.settings
    is_told = settings.tiers is not None or not found.placed.bands
    rules = (settings.thresholds.usage, settings.thresholds.happiness)
    is_told &= bool(settings.thresholds.references) or not found.placed.references
    return is_told and all(rule.at for rule in rules) and all(scale.why == BY_SETTINGS for scale in found.scales)


def _is_tiered(settings: Settings) -> bool:
    """Whether tiers are told, and not only that there is one."""
    return settings.tiers is not None and bool(settings.tiers.bands or settings.tiers.column)


def _is_weighted(facts: Facts) -> bool:
    return facts.frame["contract_value"].count() > 0


def _standing_notes(tables: Tables, settings: Settings, as_of: AsOf, found: _Standing) -> list[Note]:
    """What was said until everybody stood somewhere."""
    later = _later_answers(tables, found.facts, as_of)
    said = (*_of_files(tables, found.scales), *later, *found.facts.notes, *found.placed.notes)
    told = _run_notes(as_of, weighted=_is_weighted(found.facts), tiered=_is_tiered(settings))
    return [*told, *without_names(said)]


def _of_files(tables: Tables, scales: tuple[ScaleFound, ...]) -> list[Note]:
    """What was said of the files, and of open scales how they were settled."""
    rows = tables.roles.get(Role.CSAT)
    read = rows.scales if rows else ()
    settled = {before.text: after.text for before, after in zip(read, scales, strict=True)}
    return [note._replace(text=settled.get(note.text, note.text)) for note in tables.notes]


def _later_answers(tables: Tables, facts: Facts, as_of: AsOf) -> list[Note]:
    """Where the newest usage is older than most of the answers, as where it is told by month, these do not count."""
    fates, rows = facts.fates.get(Role.CSAT), tables.roles.get(Role.CSAT)
    if fates is None or rows is None or as_of.source == "--as-of":
        return []
    later = int((fates[FATE] == Aside.AFTER_AS_OF).sum())
    if later <= int((fates[FATE] == Fate.USED).sum()):
        return []
    newest = rows.keyed.select(pl.col("submitted_at").max().dt.to_string("%Y-%m-%d")).item()
    text = f"{later:,} of {fates.height:,} rows of the csat files are later than {as_of.day}, the "
    text += f"{as_of.source}, and do not count: `--as-of {newest}` counts them"
    return [Note(kind=NoteKind.WARNING, text=text)]


def windows(facts: Facts, as_of: date | None, csat_days: int) -> tuple[Window, ...]:
    """The days each axis looked at."""
    first, last = facts.usage_window or (None, None)
    back = as_of - timedelta(days=csat_days - 1) if as_of else None
    return (
        Window(axis=Axis.USAGE, first=first, last=last),
        Window(axis=Axis.HAPPINESS, first=back, last=as_of, undated=facts.undated),
    )


def _run_notes(as_of: AsOf, *, weighted: bool, tiered: bool) -> list[Note]:
    notes = []
    if as_of.day is None:
        text = "the data has no dates: all of it counts, and facts in days are unknown"
        notes.append(Note(kind=NoteKind.CHOICE, text=text))
    elif as_of.source != "--as-of":
        text = f"as of {as_of.day}, the {as_of.source}; `--as-of` settles another day"
        notes.append(Note(kind=NoteKind.CHOICE, text=text))
    if not weighted:
        alike = (
            "accounts are compared within the tiers they are given"
            if tiered
            else "large and small accounts are compared alike"
        )
        text = f"no contract value is known: the ranking is unweighted, and {alike}"
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    return notes
