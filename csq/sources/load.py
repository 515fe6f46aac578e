"""Files to `Tables`: everything read, typed, matched to its account, with the fate of each row so far.

After this nothing knows about files, headers or conventions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from csq.errors import NoKeyError
from csq.fate import FATE, account, rejects
from csq.report import Note, SourceFile
from csq.roles import KEY_OF_TICKS, NEVER_EMPTY, TICKED
from csq.schema import collect
from csq.sources.columns.headers import check_told
from csq.sources.columns.metrics import check_metrics
from csq.sources.finding.findings import Finding, words_of
from csq.sources.finding.spare import Spare
from csq.sources.joining.aliases import decided, read_aliases
from csq.sources.joining.identity import Known, as_role, match_rows
from csq.sources.joining.overlap import (
    UNREAD,
    count_event_ids_once,
    count_once,
    drop_repeats_across_files,
    refuse_changed,
    settle_log,
    settle_table,
    with_unread,
)
from csq.sources.joining.snapshots import keep_newest
from csq.sources.joining.totals import settle_totals
from csq.sources.reading.address import address_of, is_small
from csq.sources.reading.read import LINE, InputFile, TextTable, column, label_of, no_rows, read_table
from csq.sources.reading.streams import MOST_OF_LOG, refuse_if_tight
from csq.sources.roles.accounts import read_accounts
from csq.sources.roles.context import read_contacts, read_events, read_goals, read_outcomes
from csq.sources.roles.overrides import read_overrides
from csq.sources.roles.survey import SCORES, read_survey
from csq.sources.roles.usage import read_usage
from csq.sources.rollup.layout import is_rollup
from csq.sources.rows.ids import confirm_ids
from csq.sources.rows.shapes import reshape
from csq.sources.rows.tables import ReadOptions, group_by_header
from csq.sources.rows.typed import FILE, RoleRows, Typed, no_rejects, stack
from csq.terms import Fate, Grain, NoteKind, Role

if TYPE_CHECKING:
    from csq.sources.rollup.read import DaySource

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
    findings: tuple[Finding, ...] = ()
    """What each file of the folder was taken for, those included that are not used."""

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """All files, their rows counted by their fates so far."""
        return tuple(file for rows in self.roles.values() for file in rows.files)

    @property
    def rejects(self) -> pl.DataFrame:
        """All rejected rows: columns `report.REJECT_SCHEMA`."""
        losing = {role: rows.frame for role, rows in self.roles.items() if (rows.frame[FATE] == Fate.REJECTED).any()}
        lost = [collect(rejects(role, frame.lazy())) for role, frame in losing.items()]
        return _listed(pl.concat([no_rejects(), *lost]))

    @property
    def faults(self) -> pl.DataFrame:
        """All unreadable optional cells: columns `report.REJECT_SCHEMA`."""
        return _listed(pl.concat([no_rejects(), *(rows.faults for rows in self.roles.values())]))

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was said of all files."""
        return (*_told_roles(self.findings), *(note for rows in self.roles.values() for note in rows.notes))

    @property
    def custom(self) -> tuple[str, ...]:
        """Columns of the accounts files that are no field of csq's, kept for `--fields` and conditions."""
        accounts = self.roles.get(Role.ACCOUNTS)
        return accounts.custom if accounts else ()

    def without_counts(self) -> "Tables":
        """The same without what was counted of a log, which facts alone are made of."""
        return self._replace(roles={role: replace(rows, counts=None) for role, rows in self.roles.items()})


def _listed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort("role", FILE, LINE, "column") if rows.height > 1 else rows


def _told_roles(findings: Sequence[Finding]) -> list[Note]:
    """What files are read as against their name or beside it, and, once, which are not used; not what csq.yaml says."""
    notes = [
        Note(kind=NoteKind.CHOICE, text=found.text)
        for found in findings
        if found.roles and not found.is_told and list(found.roles) != words_of(found.label)
    ]
    unused = [found.text for found in findings if not found.roles and not found.is_told]
    if unused:
        notes.append(Note(kind=NoteKind.WARNING, text=f"not used: {'; '.join(unused)}"))
    return notes


def load(
    paths: Mapping[Role, Sequence[Path]],
    options: ReadOptions,
    tables: Mapping[str, TextTable] | None = None,
    findings: tuple[Finding, ...] = (),
) -> Tables:
    """Read all files of a run.

    Args:
        paths: The files of each role; one may be of several.
        options: How they are read.
        tables: Those that have been read already, by label.
        findings: What was found in a folder. Of these files one that tells nothing of any account is left out.

    Raises:
        InputError: A file is missing, unreadable or ambiguous.
        UsageError: A `--column` or `--key` names something that is not there.
    """
    usage_files, days, read = _apart(sorted(paths.get(Role.USAGE, ()), key=str), options)
    with laid_down_once(usage_files, options) as usage:
        spare = Spare(findings)
        given = [*usage, *(InputFile(Path(label), label) for label in read)]
        found = _load_all(paths, given, days, options, {**(tables or {}), **read}, spare)
    return found._replace(findings=spare.findings)


def _load_all(
    paths: Mapping[Role, Sequence[Path]],
    usage: Sequence[InputFile],
    days: "Sequence[DaySource]",
    options: ReadOptions,
    tables: Mapping[str, TextTable],
    spare: Spare,
) -> Tables:
    big = _size(usage) > BIG
    sources = {
        role: [InputFile(path, label_of(path)) for path in sorted(paths.get(role, ()), key=str)] for role in Role
    }
    sources[Role.USAGE] = [] if big else [*usage]
    texts = {role: read_all(sources[role], role, options, tables) for role in Role}
    if not big:
        _check_told(options, texts, spare)
    found: dict[Role, RoleRows] = {}

    def read(roles: Iterable[Role], known: Known) -> None:
        for role in roles:
            if texts.get(role) and (rows := _load(role, texts[role], options, known, spare)):
                found[role] = rows

    read([Role.ACCOUNTS], Known())
    known = _with_aliases(Known(accounts=_frame(found, Role.ACCOUNTS)), options.aliases)
    read((role for role in READERS if role not in (Role.ACCOUNTS, Role.USAGE, Role.CSAT)), known)
    if Role.CONTACTS in found:
        known = replace(known, contacts=_frame(found, Role.CONTACTS))
    if big and (rows := _load_big(usage, texts, options, known, spare)):
        found[Role.USAGE] = rows
    read([Role.USAGE, Role.CSAT], known)
    if days:
        found[Role.USAGE] = _with_days(days, found.get(Role.USAGE), usage, options, known)
    spare.check_left(found)
    found = dict(settle_totals(confirm_ids(found)))
    files = [file for rows in found.values() for file in rows.files]
    counted = account(files, {role: rows.frame for role, rows in found.items()})
    of_role = {role: tuple(file for file in counted if file.role is role) for role in found}
    return Tables(roles={role: replace(found[role], files=of_role[role]) for role in READERS if role in found})


def _apart(paths: Sequence[Path], options: ReadOptions) -> "tuple[list[Path], list[DaySource], dict[str, TextTable]]":
    """Usage in files, what is counted by day, and tables that lie where no file does, by label."""
    files: list[Path] = []
    days: list[DaySource] = []
    tables: dict[str, TextTable] = {}
    for path in paths:
        if is_rollup(path):
            from csq.sources.rollup.read import Rollup  # few runs need it

            days.append(Rollup(path))
        elif (address := address_of(path)) is None:
            files.append(path)
        else:
            from csq.sources.log.opening import Whole
            from csq.sources.rollup.scan import StoreScan

            refuse_if_tight(label_of(path), min(_size([InputFile(path, address)]), MOST_OF_LOG))
            scan = StoreScan(address)
            try:
                days.append(scan.as_log(options))
            except Whole:
                if is_small(path):
                    files.append(path)  # to be read like any other, or refused
                else:
                    tables[scan.label] = scan.whole()
    return files, days, tables


def _with_days(
    days: "Sequence[DaySource]", log: RoleRows | None, usage: Sequence[InputFile], options: ReadOptions, known: Known
) -> RoleRows:
    """The rows of sources that are counted by day, and of the logs beside them."""
    from csq.sources.log.count import count_log  # few runs need it
    from csq.sources.rollup.read import with_days

    return with_days(days, log, options, known, lambda day: count_log(usage, options._replace(as_of=day), known).rows)


def _with_aliases(known: Known, paths: Sequence[Path]) -> Known:
    """What keys can be looked up in, with those that a person has said are an account."""
    if not paths:
        return known
    return replace(known, aliases=decided(read_aliases(paths), known.accounts, known.keys))


def _check_told(options: ReadOptions, texts: Mapping[Role, tuple[TextTable, ...]], spare: Spare) -> None:
    """Refuse what was told of columns that stand in no file."""
    unused = [header for found in spare.findings for header in found.header]
    check_told(options.columns, options.file_columns, texts, unused)
    check_metrics(options.metrics, texts[Role.USAGE])


def _frame(found: Mapping[Role, RoleRows], role: Role) -> pl.DataFrame | None:
    return found[role].frame if role in found else None


def laid_down_once(paths: Sequence[Path], options: ReadOptions) -> AbstractContextManager[Sequence[InputFile]]:
    """Usage files that can be read as often as need be."""
    if all(path.is_file() and path.stat().st_size < LITTLE for path in paths):
        return nullcontext([InputFile(path, label_of(path)) for path in paths])
    from csq.sources.log.spool import laid_down  # few runs need it

    return laid_down(paths, options.max_bytes)


def _size(sources: Sequence[InputFile]) -> int:
    return sum(source.path.stat().st_size for source in sources if source.path.is_file())


def read_all(
    sources: Sequence[InputFile], role: Role, options: ReadOptions, read: Mapping[str, TextTable] = {}
) -> tuple[TextTable, ...]:
    """Read files whole, but for those that have been."""
    if len(sources) > 1:
        refuse_if_tight(f"{sources[0].label}` to `{sources[-1].label}", _size(sources))
    found = (
        read.get(source.label)
        or read_table(source.whole, source.label, encoding=options.encoding, max_bytes=options.max_bytes)
        for source in sources
    )
    tables = [table.settled() for table in found]
    if tables and role in NEVER_EMPTY and all(table.frame.is_empty() for table in tables):
        raise no_rows(tables[0])
    return tuple(reshape(table, role, options.year) for table in tables)


def _load(
    role: Role, tables: tuple[TextTable, ...], options: ReadOptions, known: Known, spare: Spare
) -> RoleRows | None:
    """The rows of a role, whole: those with headers of their own stacked, and what is told twice counted once."""
    parts = []
    for group in group_by_header(tables, options):
        typed = READERS[role](group, options)
        try:
            rows = as_role(typed) if role is Role.ACCOUNTS else match_rows(typed, known, _key(typed, options))
        except NoKeyError as fault:
            spare.leave(role, [table.label for table in group], fault)
            continue
        frame = _settle_answers(typed, rows.frame) if role is Role.CSAT else with_unread(typed, rows.frame)
        parts.append(replace(rows, frame=pl.concat([frame, typed.apart], how="diagonal")))
    if role is Role.ACCOUNTS:
        parts = spare.of_one_system(parts)
    elif known.accounts is not None:
        parts = spare.of_known_accounts(parts)
    parts = spare.of_one_grain(parts)
    if not parts:
        return None
    rows = stack(parts)
    if len(parts) > 1 and rows.grain in (None, Grain.LOG):  # what one header alone has tells no rows apart
        rows = replace(rows, frame=_without_unread(rows.frame))
    frame, notes = _settled(rows, tables, options)
    return replace(rows, frame=_without_unread(frame), notes=(*rows.notes, *notes))


def _without_unread(frame: pl.DataFrame) -> pl.DataFrame:
    return frame[[name for name in frame.columns if name != UNREAD]]


def _key(typed: Typed, options: ReadOptions) -> str | None:
    """The key column of the accounts that is told for a role; what csq records itself names accounts by their id."""
    return KEY_OF_TICKS if TICKED in typed.fields else options.keys.get(typed.role)


def _settled(
    rows: RoleRows, tables: Iterable[TextTable], options: ReadOptions
) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """The rows of a role, those set aside that only tell again what others tell; and what is to be said of it."""
    if rows.role is Role.ACCOUNTS:
        frame, told = keep_newest(rows.frame, one_row_each=False)
        return frame, tuple(Note(kind=NoteKind.CHOICE, text=text) for text in told)
    if rows.role is Role.CSAT:  # its rows were looked through header by header
        return rows.frame, ()
    if rows.grain is None:
        return count_once(rows.frame), ()
    if rows.grain is Grain.LOG:
        frame, notes = count_event_ids_once(rows.frame, options.as_of)
        return settle_log(frame, options.overlap), notes
    return settle_table(rows.frame, rows.grain, options.overlap, tables), ()


def _settle_answers(typed: Typed, frame: pl.DataFrame) -> pl.DataFrame:
    """Survey rows of files with one header: one that stands word for word in several files counts once."""
    told_apart = any(name in typed.fields for name in ("submitted_at", "sent_at", "user_id", "email"))
    if not told_apart or len(typed.tables) < 2:
        return frame
    cells = [column(index) for index in range(len(typed.tables[0].header))]
    scores = [column(typed.fields[name]) for name in SCORES if name in typed.fields]
    once = drop_repeats_across_files(frame.hstack(typed.text.select(cells)), [*cells, "survey"])
    return refuse_changed(once, scores).drop(cells)


def _load_big(
    usage: Sequence[InputFile],
    texts: Mapping[Role, tuple[TextTable, ...]],
    options: ReadOptions,
    known: Known,
    spare: Spare,
) -> RoleRows | None:
    """Big usage files, counted as they are read where that gives the same."""
    from csq.sources.log.count import count_log  # few runs need it
    from csq.sources.log.opening import Whole

    try:
        log = count_log(usage, options, known)
    except Whole as error:
        why = str(error)  # without the error itself, which holds all that was read until then
    else:
        _check_told(options, {**texts, Role.USAGE: log.tables}, spare)
        return log.rows
    tables = read_all(usage, Role.USAGE, options)
    _check_told(options, {**texts, Role.USAGE: tables}, spare)
    rows = _load(Role.USAGE, tables, options, known, spare)
    if rows is None or _size(usage) < HUGE:
        return rows
    note = Note(kind=NoteKind.CHOICE, text=f"the usage files are read whole, which takes much more memory: {why}")
    return replace(rows, notes=(*rows.notes, note))
