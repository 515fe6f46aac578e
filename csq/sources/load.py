"""Files to `Tables`: everything read, typed, matched to its account, with the fate of each row so far.

After this nothing knows about files, headers or conventions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.errors import InputError
from csq.fate import account, rejects
from csq.report import Note, SourceFile
from csq.schema import collect
from csq.sources.accounts import read_accounts
from csq.sources.context import read_contacts, read_events, read_goals, read_outcomes
from csq.sources.headers import check_told
from csq.sources.identity import Known, as_role, match_rows
from csq.sources.ids import confirm_ids
from csq.sources.metrics import check_metrics
from csq.sources.overlap import (
    UNREAD,
    count_event_ids_once,
    count_once,
    drop_repeats_across_files,
    settle_log,
    settle_table,
    with_unread,
)
from csq.sources.overrides import read_overrides
from csq.sources.read import LINE, Source, TextTable, column, label_of, read_table
from csq.sources.shapes import reshape
from csq.sources.survey import read_survey
from csq.sources.tables import ReadOptions, group_by_header
from csq.sources.totals import settle_totals
from csq.sources.typed import FILE, RoleRows, Typed, no_rejects, stack
from csq.sources.usage import read_usage
from csq.terms import Grain, NoteKind, Role

BIG = 8 * 2**20
"""Bytes of usage files from which on they are counted as they are read; of smaller ones the rows are kept."""
LITTLE = 2**20
"""Bytes of a usage file below which it is not worth a look whether it is packed."""
HUGE = 64 * 2**20
"""Bytes of usage files from which on it is worth a word that they had to be read whole."""
READERS: Mapping[Role, Callable[[tuple[TextTable, ...], ReadOptions], Typed]] = {
    Role.ACCOUNTS: read_accounts,
    Role.USAGE: read_usage,
    Role.CSAT: read_survey,
    Role.GOALS: read_goals,
    Role.CONTACTS: read_contacts,
    Role.EVENTS: read_events,
    Role.OUTCOMES: read_outcomes,
    Role.OVERRIDES: read_overrides,
}
"""How files of one role and one header are read, in the order in which roles are spoken of."""


class Tables(NamedTuple):
    """All inputs of a run. A role that was not given is not among the roles."""

    roles: Mapping[Role, RoleRows] = {}

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All files, their rows counted by their fates so far."""
        return tuple(file for rows in self.roles.values() for file in rows.files)

    @property
    def rejects(self) -> pl.DataFrame:
        """All rejected rows: columns `report.REJECT_SCHEMA`."""
        return _listed(rejects(role, rows.frame.lazy()) for role, rows in self.roles.items())

    @property
    def faults(self) -> pl.DataFrame:
        """All unreadable optional cells: columns `report.REJECT_SCHEMA`."""
        return _listed(rows.faults.lazy() for rows in self.roles.values())

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was said of all files."""
        return tuple(note for rows in self.roles.values() for note in rows.notes)

    @property
    def custom(self) -> tuple[str, ...]:
        """Columns of the accounts files that are no field of csq's, kept for `--fields` and conditions."""
        accounts = self.roles.get(Role.ACCOUNTS)
        return accounts.custom if accounts else ()


def _listed(parts: Iterable[pl.LazyFrame]) -> pl.DataFrame:
    return collect(pl.concat([no_rejects().lazy(), *parts]).sort("role", FILE, LINE, "column"))


def load(paths: Mapping[Role, Sequence[Path]], options: ReadOptions) -> Tables:
    """Read all files of a run.

    Raises:
        InputError: A file is missing, unreadable or ambiguous.
        UsageError: A `--column` or `--key` names something that is not there.
    """
    with _laid_down(sorted(paths.get(Role.USAGE, ()), key=str)) as usage:
        return _load_all(paths, usage, options)


def _load_all(paths: Mapping[Role, Sequence[Path]], usage: Sequence[Source], options: ReadOptions) -> Tables:
    big = _size(usage) > BIG
    sources = {role: [Source(path, label_of(path)) for path in sorted(paths.get(role, ()), key=str)] for role in Role}
    sources[Role.USAGE] = [] if big else [*usage]
    texts = {role: _read_all(sources[role], role, options) for role in Role}
    if not big:
        _check_told(options, texts)
    found: dict[Role, RoleRows] = {}

    def read(roles: Iterable[Role], known: Known) -> None:
        found.update((role, _load(role, texts[role], options, known)) for role in roles if texts.get(role))

    read([Role.ACCOUNTS], Known())
    known = Known(accounts=_frame(found, Role.ACCOUNTS))
    read((role for role in READERS if role not in (Role.ACCOUNTS, Role.USAGE, Role.CSAT)), known)
    if Role.CONTACTS in found:
        known = replace(known, contacts=_frame(found, Role.CONTACTS))
    if big:
        found[Role.USAGE] = _load_big(usage, texts, options, known)
    read([Role.USAGE, Role.CSAT], known)
    found = dict(settle_totals(confirm_ids(found)))
    counted = {role: account(rows.files, {role: rows.frame}) for role, rows in found.items()}
    return Tables(roles={role: replace(found[role], files=counted[role]) for role in READERS if role in found})


def _check_told(options: ReadOptions, texts: Mapping[Role, tuple[TextTable, ...]]) -> None:
    """Refuse what was told of columns that stand in no file."""
    check_told(options.columns, options.file_columns, texts)
    check_metrics(options.metrics, texts[Role.USAGE])


def _frame(found: Mapping[Role, RoleRows], role: Role) -> pl.DataFrame | None:
    return found[role].frame if role in found else None


def _laid_down(paths: Sequence[Path]) -> AbstractContextManager[Sequence[Source]]:
    """Usage files that can be read as often as need be."""
    if all(path.is_file() and path.stat().st_size < LITTLE for path in paths):
        return nullcontext([Source(path, str(path)) for path in paths])
    from csq.sources.log.spool import laid_down  # few runs need it

    return laid_down(paths)


def _size(sources: Sequence[Source]) -> int:
    return sum(source.path.stat().st_size for source in sources if source.path.is_file())


def _read_all(sources: Sequence[Source], role: Role, options: ReadOptions) -> tuple[TextTable, ...]:
    tables = (read_table(source.whole, source.label, encoding=options.encoding) for source in sources)
    return tuple(reshape(table, role, options.year) for table in tables)


def _load(role: Role, tables: tuple[TextTable, ...], options: ReadOptions, known: Known) -> RoleRows:
    """The rows of a role, whole: those with headers of their own stacked, and what is told twice counted once."""
    parts = []
    for group in group_by_header(tables, options):
        typed = READERS[role](group, options)
        rows = as_role(typed) if role is Role.ACCOUNTS else match_rows(typed, known, options.keys.get(role))
        frame = _settle_answers(typed, rows.frame) if role is Role.CSAT else with_unread(typed, rows.frame)
        parts.append(replace(rows, frame=pl.concat([frame, typed.apart], how="diagonal")))
    _check_grain(parts)
    rows = stack(parts)
    if len(parts) > 1 and rows.grain in (None, Grain.LOG):  # what one header alone has tells no rows apart
        rows = replace(rows, frame=rows.frame.drop(UNREAD, strict=False))
    return replace(rows, frame=_settled(rows, tables, options).drop(UNREAD, strict=False))


def _check_grain(parts: Sequence[RoleRows]) -> None:
    """Refuse usage files that speak of different things."""
    grains = {part.grain: part.files[0].label for part in parts}
    if len(grains) > 1:
        told = " and ".join(f"`{label}` ({grain})" for grain, label in grains.items())
        raise InputError(f"usage files of different grain: {told}", hint="give one kind of usage export in a run")


def _settled(rows: RoleRows, tables: Iterable[TextTable], options: ReadOptions) -> pl.DataFrame:
    """The rows of a role, those set aside that only tell again what others tell."""
    if rows.role in (Role.ACCOUNTS, Role.CSAT):  # they were looked through header by header
        return rows.frame
    if rows.grain is None:
        return count_once(rows.frame)
    if rows.grain is Grain.LOG:
        return settle_log(count_event_ids_once(rows.frame), options.overlap)
    return settle_table(rows.frame, rows.grain, options.overlap, tables)


def _settle_answers(typed: Typed, frame: pl.DataFrame) -> pl.DataFrame:
    """Survey rows of files with one header: one that stands word for word in several files counts once."""
    told_apart = any(name in typed.fields for name in ("submitted_at", "sent_at", "user_id", "email"))
    if not told_apart or len(typed.tables) < 2:
        return frame
    cells = [column(index) for index in range(len(typed.tables[0].header))]
    return drop_repeats_across_files(frame.hstack(typed.text.select(cells)), [*cells, "survey"]).drop(cells)


def _load_big(
    usage: Sequence[Source],
    texts: Mapping[Role, tuple[TextTable, ...]],
    options: ReadOptions,
    known: Known,
) -> RoleRows:
    """Big usage files, counted as they are read where that gives the same."""
    from csq.sources.log.count import count_log  # few runs need it
    from csq.sources.log.opening import Whole

    try:
        log = count_log(usage, options, known)
    except Whole as error:
        why = str(error)  # without the error itself, which holds all that was read until then
    else:
        _check_told(options, {**texts, Role.USAGE: log.tables})
        return log.rows
    tables = _read_all(usage, Role.USAGE, options)
    _check_told(options, {**texts, Role.USAGE: tables})
    rows = _load(Role.USAGE, tables, options, known)
    if _size(usage) < HUGE:
        return rows
    note = Note(kind=NoteKind.CHOICE, text=f"the usage files are read whole, which takes much more memory: {why}")
    return replace(rows, notes=(*rows.notes, note))
