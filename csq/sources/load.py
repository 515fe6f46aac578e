"""Files to `Tables`: everything read, typed, matched to its account, with the fate of each row so far.

After this nothing knows about files, headers or conventions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from csq.engine.base import ReducedLog
from csq.errors import InputError
from csq.report import Note
from csq.sources.accounts import read_accounts
from csq.sources.context import count_once, read_context
from csq.sources.headers import check_told
from csq.sources.identity import Known, Matched, match_rows
from csq.sources.overlap import count_event_ids_once, drop_repeats_across_files, settle_log, settle_table
from csq.sources.overrides import read_overrides
from csq.sources.read import LINE, TextTable, read_table
from csq.sources.shapes import reshape
from csq.sources.survey import read_survey
from csq.sources.tables import ReadOptions, group_by_header
from csq.sources.typed import FILE, Typed, no_rejects
from csq.sources.usage import METRIC, read_usage
from csq.terms import Aside, Grain, Role

BIG = 50 * 2**20
"""Bytes of usage files from which on they are counted as they are read; under it nothing is said of how they are."""
CONTEXT = (Role.GOALS, Role.CONTACTS, Role.EVENTS, Role.OUTCOMES)
"""Roles that no run needs: without them less is known, and nothing else changes."""


@dataclass(frozen=True, kw_only=True)
class FileRead:
    """One file as it was read: how many rows, how many of them rejected, and what its columns became."""

    role: Role
    label: str
    sha256: str
    read: int
    rejected: Mapping[str, int]
    columns: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]
    grain: Grain | None = None
    set_aside: Mapping[Aside, int] = field(default_factory=dict)
    """Rows that the export itself says are not wanted; they are in no table."""
    repairs: int = 0


@dataclass(frozen=True, kw_only=True)
class RoleRows:
    """The usable rows of one role.

    `frame` has `file`, `line`, `account_id`, `aside` (why a row is set aside, or null) and the role's
    fields. `key` is the key column of the accounts by which its rows were matched.
    """

    role: Role
    frame: pl.DataFrame
    key: str
    ambiguous: int = 0
    grain: Grain | None = None
    damage: tuple[str, ...] = ()
    """What keeps keys from matching, in sentences."""
    reduced: ReducedLog | None = None
    """Of a log that was counted as it was read: its users and features. `frame` has its days, with `rows` counted."""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """All inputs of a run. A role that was not given is None."""

    usage: RoleRows | None = None
    csat: RoleRows | None = None
    accounts: RoleRows | None = None
    goals: RoleRows | None = None
    contacts: RoleRows | None = None
    events: RoleRows | None = None
    outcomes: RoleRows | None = None
    overrides: RoleRows | None = None
    files: tuple[FileRead, ...] = ()
    rejects: pl.DataFrame = field(default_factory=no_rejects)
    faults: pl.DataFrame = field(default_factory=no_rejects)
    notes: tuple[Note, ...] = ()
    custom: tuple[str, ...] = ()
    """Columns of the accounts files that are no field of csq's, kept for `--fields` and conditions."""

    @property
    def context(self) -> tuple[RoleRows, ...]:
        """The rows of goals, contacts, events and outcomes, as far as they were given."""
        return tuple(rows for rows in (self.goals, self.contacts, self.events, self.outcomes) if rows is not None)


def load(paths: Mapping[Role, Sequence[Path]], options: ReadOptions) -> Tables:
    """Read all files of a run.

    Raises:
        InputError: A file is missing, unreadable or ambiguous.
        UsageError: A `--column` or `--key` names something that is not there.
    """
    big = _is_big(paths.get(Role.USAGE, ()))
    texts = {role: _read_all(paths, role, options) for role in Role if role is not Role.USAGE or not big}
    if not big:
        check_told(options.columns, texts)
    accounts = _load_accounts(texts[Role.ACCOUNTS], options)
    known = Known(accounts=accounts.rows.frame if accounts else None)
    context = [_load_context(role, texts[role], options, known.accounts) for role in CONTEXT]
    contacts = next((part for part in context if part and part.rows.role is Role.CONTACTS), None)
    known = known._replace(contacts=contacts.rows.frame if contacts else None)
    usage = _load_big(paths, texts, options, known) if big else _load_usage(texts[Role.USAGE], options, known)
    csat = _load_csat(texts[Role.CSAT], options, known)
    overrides = _load_overrides(texts[Role.OVERRIDES], options, known.accounts)
    parts = [part for part in (accounts, usage, csat, *context, overrides) if part]
    by_role = {part.rows.role: part.rows for part in parts}
    typed = [item for part in parts for item in part.typed]
    return Tables(
        usage=by_role.get(Role.USAGE),
        csat=by_role.get(Role.CSAT),
        accounts=by_role.get(Role.ACCOUNTS),
        goals=by_role.get(Role.GOALS),
        contacts=by_role.get(Role.CONTACTS),
        events=by_role.get(Role.EVENTS),
        outcomes=by_role.get(Role.OUTCOMES),
        overrides=by_role.get(Role.OVERRIDES),
        files=tuple(
            replace(_file_read(item, table, part.rows.grain), **part.counted.get(table.label, {}))
            for part in parts
            for item in part.typed
            for table in item.tables
        ),
        rejects=pl.concat([no_rejects(), *(item.rejects for item in typed)]).sort("role", FILE, LINE, "column"),
        faults=pl.concat([no_rejects(), *(item.faults for item in typed)]).sort("role", FILE, LINE, "column"),
        notes=tuple(note for item in typed for note in item.notes),
        custom=accounts.custom if accounts else (),
    )


def _is_big(paths: Sequence[Path]) -> bool:
    return sum(path.stat().st_size for path in paths if path.is_file()) > BIG


def _read_all(paths: Mapping[Role, Sequence[Path]], role: Role, options: ReadOptions) -> tuple[TextTable, ...]:
    tables = (read_table(path, encoding=options.encoding) for path in sorted(paths.get(role, ()), key=str))
    return tuple(reshape(table, role) for table in tables)


@dataclass(frozen=True, kw_only=True)
class _Part:
    rows: RoleRows
    typed: tuple[Typed, ...]
    custom: tuple[str, ...] = ()
    counted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is known of a file, by label, that its table does not have."""


def _load_accounts(tables: tuple[TextTable, ...], options: ReadOptions) -> _Part | None:
    if not tables:
        return None
    read = [read_accounts(group, options) for group in group_by_header(tables)]
    frame = pl.concat([typed.usable() for typed, _ in read], how="diagonal")
    rows = RoleRows(role=Role.ACCOUNTS, frame=frame, key="account_id")
    custom = tuple(dict.fromkeys(name for _, names in read for name in names))
    return _Part(rows=rows, typed=tuple(typed for typed, _ in read), custom=custom)


def _load_big(
    paths: Mapping[Role, Sequence[Path]],
    texts: Mapping[Role, tuple[TextTable, ...]],
    options: ReadOptions,
    known: Known,
) -> _Part | None:
    """Big usage files, counted as they are read where that gives the same."""
    from csq.sources.big.count import count_log  # few runs need it

    log, way = count_log(paths[Role.USAGE], options, known)
    if log is None:
        tables = _read_all(paths, Role.USAGE, options)
        check_told(options.columns, {**texts, Role.USAGE: tables})
        part = _load_usage(tables, options, known)
    else:
        check_told(options.columns, {**texts, Role.USAGE: tuple(t for m in log.matches for t in m.typed.tables)})
        frame = pl.concat([match.frame for match in log.matches], how="diagonal")
        rows = replace(_rows(Role.USAGE, frame, list(log.matches), Grain.LOG), reduced=log.reduced)
        counted = {label: {"read": count, "sha256": digest} for label, (count, digest) in log.counts.items()}
        part = _Part(rows=rows, typed=tuple(match.typed for match in log.matches), counted=counted)
    if part is None or way is None:
        return part
    first, *others = part.typed
    return replace(part, typed=(first.noting(way), *others))


def _load_usage(tables: tuple[TextTable, ...], options: ReadOptions, known: Known) -> _Part | None:
    if not tables:
        return None
    typed, matches, grains = [], [], {}
    for group in group_by_header(tables):
        item, grain = read_usage(group, options)
        matches.append(match_rows(item, known.accounts, options.keys.get(Role.USAGE), known.contacts))
        grains[grain] = group[0].label
    if len(grains) > 1:
        told = " and ".join(f"`{label}` ({grain})" for grain, label in grains.items())
        raise InputError(f"usage files of different grain: {told}", hint="give one kind of usage export in a run")
    grain = next(iter(grains))
    typed = [match.typed for match in matches]
    frame = pl.concat([match.frame for match in matches], how="diagonal")
    if grain is Grain.LOG:
        frame = settle_log(count_event_ids_once(frame), options.overlap)
    else:
        frame = settle_table(frame, grain, options.overlap)
    return _Part(rows=_rows(Role.USAGE, frame, matches, grain), typed=tuple(typed))


def _load_csat(tables: tuple[TextTable, ...], options: ReadOptions, known: Known) -> _Part | None:
    if not tables:
        return None
    matches = [
        match_rows(read_survey(group, options), known.accounts, options.keys.get(Role.CSAT), known.contacts)
        for group in group_by_header(tables)
    ]
    frames = []
    for match in matches:
        told_apart = any(name in match.typed.fields for name in ("submitted_at", "sent_at", "user_id", "email"))
        if told_apart and len(match.typed.tables) > 1:
            cells = [name for name in match.typed.text.columns if name not in (FILE, LINE)]
            text = match.typed.text.unique([FILE, LINE], keep="first", maintain_order=True)
            rows = match.frame.join(text, on=[FILE, LINE], how="left", maintain_order="left")
            frames.append(drop_repeats_across_files(rows, [*cells, "survey"]).drop(cells))
        else:
            frames.append(match.frame)
    return _Part(
        rows=_rows(Role.CSAT, pl.concat(frames, how="diagonal"), matches, None), typed=tuple(m.typed for m in matches)
    )


def _load_context(
    role: Role, tables: tuple[TextTable, ...], options: ReadOptions, accounts: pl.DataFrame | None
) -> _Part | None:
    if not tables:
        return None
    matches = read_context(role, tables, options, accounts)
    frame = count_once(pl.concat([match.frame for match in matches], how="diagonal"))
    return _Part(rows=_rows(role, frame, matches, None), typed=tuple(match.typed for match in matches))


def _load_overrides(tables: tuple[TextTable, ...], options: ReadOptions, accounts: pl.DataFrame | None) -> _Part | None:
    if not tables:
        return None
    matches = read_overrides(tables, options, accounts)
    frame = count_once(pl.concat([match.frame for match in matches], how="diagonal"))
    rows = _rows(Role.OVERRIDES, frame, matches, None)
    return _Part(rows=rows, typed=tuple(match.typed for match in matches))


def _rows(role: Role, frame: pl.DataFrame, matches: list[Matched], grain: Grain | None) -> RoleRows:
    return RoleRows(
        role=role,
        frame=frame,
        key=" and ".join(dict.fromkeys(match.key for match in matches)),
        ambiguous=sum(match.ambiguous for match in matches),
        grain=grain,
        damage=tuple(dict.fromkeys(text for match in matches for text in match.damage)),
    )


def _file_read(item: Typed, table: TextTable, grain: Grain | None) -> FileRead:
    rejected = item.rejects.filter(pl.col(FILE) == table.label).group_by("reason").len().sort("reason")
    aside = item.aside.filter(pl.col(FILE) == table.label).group_by("aside").len().sort("aside")
    used = {index: name.removeprefix(METRIC) for name, index in item.fields.items()}
    return FileRead(
        role=item.role,
        label=table.label,
        sha256=table.sha256,
        read=table.frame.height + len(table.broken),
        rejected=dict(rejected.iter_rows()),
        columns=tuple((header, used[index]) for index, header in enumerate(table.header) if index in used),
        unused=tuple(header for index, header in enumerate(table.header) if index not in used and header),
        grain=grain,
        set_aside={Aside(reason): rows for reason, rows in aside.iter_rows()},
        repairs=len(table.repairs),
    )
