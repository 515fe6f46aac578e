"""A big usage log, counted straight from its bytes where that is certain to give what reading its rows gives.

The beginning of each file settles what its columns are, as it would for any other.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl

from csq.engine.base import ReducedLog, UsageWindows
from csq.engine.rows import LogScan, NotPlain
from csq.engine.scan import ScannedLog, fold_features, fold_users, known_features, recent_users, scan_log
from csq.errors import InputError
from csq.fate import ROWS, as_rows, is_used
from csq.roles import KEY_NAMES
from csq.sources.big.owners import match_counted, name_key
from csq.sources.dialect import take_records
from csq.sources.headers import unit_of
from csq.sources.identity import NOBODY, Known
from csq.sources.layout import may_end
from csq.sources.read import LINE, TextTable, column, table_from_bytes
from csq.sources.shapes import reshape
from csq.sources.tables import ReadOptions, group_by_header
from csq.sources.typed import FILE, RoleRows, Typed, labels, no_rejects, stack
from csq.sources.usage import LOG_FIELDS, read_usage
from csq.sources.values import read_text
from csq.terms import Grain, Role

HEAD = 2**18
"""Bytes that settle what a file's columns are."""
_SPOTS, _SPOT = 32, 2**14
"""Places of a file, and bytes at each, where dates are looked at to guess the newest before all are read."""

COUNTED = ("date", "user_id", "feature", "events", "event_id")
"""Fields of a row, but for its keys, that are checked and counted."""

SOURCE = "source"
"""Column that holds the key of a row, by which what is counted apart is put together again."""


@dataclass(frozen=True, kw_only=True)
class BigLog:
    """A log that was counted as it was read: one row per file, account and day, with `rows`."""

    rows: RoleRows
    tables: tuple[TextTable, ...]
    """What the beginnings of the files are."""


@dataclass(frozen=True, kw_only=True)
class _Group:
    """The files with one header: what their beginnings say of them together, and how each is scanned."""

    typed: Typed
    key: str
    """The field by which rows find their account."""
    scans: tuple[LogScan, ...]


def count_plain(paths: Sequence[Path], options: ReadOptions, known: Known) -> BigLog:
    """Count a log straight from its files.

    Raises:
        NotPlain: It has to be read the careful way; the message says why.
        InputError, UsageError: As the careful way would.
    """
    days = options.usage_days
    if days is None or options.overlap == "dedupe" or len(set(paths)) < len(paths):
        raise NotPlain("rows have to be told from each other")
    heads = [_open(path, options) for path in sorted(paths, key=str)]
    skips = {table.label: skip for table, skip in heads}
    groups = [_group(tables, skips, options, known) for tables in group_by_header(table for table, _ in heads)]
    scans = [scan for group in groups for scan in group.scans]
    newest = options.as_of or max(_guess_newest(scan) for scan in scans)
    logs = {scan.path: scan_log(scan, UsageWindows(newest, days)) for scan in scans}
    last = max(log.span[1] for log in logs.values())
    if options.run_day and last > options.run_day:
        raise NotPlain("a date is after the run day")
    if options.as_of is None and last != newest:
        newest = last
        logs = {scan.path: scan_log(scan, UsageWindows(newest, days)) for scan in scans}
    if options.overlap is None and _overlap(logs.values()):
        raise NotPlain("its days overlap with those of another file")
    if (ids := pl.concat(log.ids for log in logs.values())).n_unique() < len(ids):
        raise NotPlain("an event id is repeated")
    matches = [match_counted(_days(group, logs), known, options.keys.get(Role.USAGE)) for group in groups]
    told = [(logs[scan.path], match) for group, match in zip(groups, matches, strict=True) for scan in group.scans]
    rows = stack(matches)
    files = tuple(replace(file, sha256=logs[Path(file.label)].sha256) for file in rows.files)
    reduced = _reduced(told, UsageWindows(newest, days))
    rows = replace(rows, frame=rows.frame.drop(SOURCE), files=files, reduced=reduced)
    return BigLog(rows=rows, tables=tuple(table for group in groups for table in group.typed.tables))


def read_head(path: Path, options: ReadOptions) -> tuple[TextTable, int]:
    """The table that the beginning of a file is, and the bytes of its header line.

    Raises:
        NotPlain: It is no delimited text, or something but a header stands above its rows.
    """
    if not path.is_file() or options.encoding:
        raise NotPlain("it is no file to be read twice" if not options.encoding else "its encoding is told")
    try:
        with path.open("rb") as stream:
            head = take_records(stream, HEAD)
    except OSError:
        raise NotPlain("it cannot be opened") from None
    first = head.partition(b"\n")[0]
    try:
        table = table_from_bytes(head, str(path))
        line = head.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
        names = next(csv.reader([line], delimiter=table.delimiter), []) if table.delimiter else []
    except (InputError, UnicodeDecodeError, csv.Error):
        raise NotPlain("its beginning is no plain table") from None
    touched = table.extra_headers or set(table.dropped) - {"blank"}
    if touched or tuple(name.strip() for name in names) != table.header or reshape(table, Role.USAGE) is not table:
        raise NotPlain("its header is not the first line, and all of it")
    return table, len(first) + 1


def check_log(header: Sequence[str], fields: Mapping[str, int]) -> None:
    """Make certain that a file is an event log, whatever stands in the rows that were not looked at yet.

    Raises:
        NotPlain: Only all of them can tell.
    """
    others = any(name and index not in fields.values() for index, name in enumerate(header))
    if "date" not in fields or (others and not any(name in fields for name in LOG_FIELDS)):
        raise NotPlain("its header alone does not tell that it is an event log")


def _open(path: Path, options: ReadOptions) -> tuple[TextTable, int]:
    """The beginning of a file, and the bytes of its header line."""
    table, skip = read_head(path, options)
    if table.repairs or table.broken:
        raise NotPlain("its beginning has to be repaired")
    if may_end(_last_cells(path, table.delimiter)):
        raise NotPlain("its last row reads like the foot of a report")
    return table, skip


def _last_cells(path: Path, delimiter: str) -> list[str]:
    """The cells of the last line, or of what can be seen of it."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _SPOT))
        last = stream.read().rstrip(b"\n").rpartition(b"\n")[2]
    return last.decode(errors="replace").split(delimiter)


def _group(tables: tuple[TextTable, ...], skips: Mapping[str, int], options: ReadOptions, known: Known) -> _Group:
    """What the beginnings of files with one header say of them. Their rows are typed and matched together."""
    try:
        typed = read_usage(tables, replace(options, run_day=None))
    except InputError:
        raise NotPlain("its beginning leaves a question open") from None
    check_log(tables[0].header, typed.fields)
    if typed.grain is not Grain.LOG:
        raise NotPlain("it is no event log")
    if others := set(typed.fields) - {*KEY_NAMES, *COUNTED}:
        raise NotPlain(f"`{typed.header(min(others))}` has to be read row by row")
    key = name_key(typed.fields, known, options.keys.get(Role.USAGE))
    scans = tuple(_scan(table, typed, key, skip=skips[table.label]) for table in tables)
    return _Group(typed=typed, key=key, scans=scans)


def _scan(table: TextTable, typed: Typed, key: str, *, skip: int) -> LogScan:
    unit = unit_of(typed.header("date"))
    if (unit and "/" in unit) or (typed.preset and typed.preset.unwanted):
        raise NotPlain("its rows are not all read alike")
    fields = {"key": typed.fields[key]} | {name: typed.fields[name] for name in COUNTED if name in typed.fields}
    return LogScan(
        path=Path(table.label),
        delimiter=table.delimiter,
        width=len(table.header),
        skip=skip,
        fields=fields,
        timed=bool((table.frame[column(fields["date"])].str.len_bytes() > 10).any()),
    )


def _guess_newest(scan: LogScan) -> date:
    """The newest day at spots spread over the file; a wrong guess costs a second reading, and nothing else."""
    size = scan.path.stat().st_size
    seen: list[str] = []
    with scan.path.open("rb") as stream:
        for spot in range(_SPOTS + 1):
            stream.seek(max(scan.skip, (size - _SPOT) * spot // _SPOTS))
            lines = stream.read(_SPOT).split(b"\n")[1:-1]
            cells = (line.split(scan.delimiter.encode()) for line in lines)
            seen += [row[scan.fields["date"]][:10].decode("latin-1") for row in cells if len(row) == scan.width]
    days = pl.Series(seen, dtype=pl.String()).str.to_date("%Y-%m-%d", strict=False)
    newest = days.filter(days.is_between(date.min, date.max)).max()  # polars knows years that Python does not
    if not isinstance(newest, date):
        raise NotPlain("a date is not written as 2026-11-16")
    return newest


def _overlap(logs: Iterable[ScannedLog]) -> bool:
    spans = sorted(log.span for log in logs)
    return any(one[1] >= other[0] for one, other in pairwise(spans))


def _days(group: _Group, logs: Mapping[Path, ScannedLog]) -> Typed:
    """The days of the files' logs in the place of their rows."""
    index = group.scans[0].fields["key"]
    labelled = [logs[scan.path].days.with_columns(pl.lit(str(scan.path)).alias(FILE)) for scan in group.scans]
    days = pl.concat(labelled)
    keys = read_text(days["key"]).values
    odd = keys.is_null() | days["key"].str.strip_chars().str.to_lowercase().is_in(NOBODY)
    if odd.any():
        raise NotPlain("a row names no account")
    none = pl.lit(None, dtype=pl.String())
    frame = days.select(
        FILE,
        pl.lit(None, dtype=pl.Int64()).alias(LINE),
        keys.alias(group.key),
        keys.alias(SOURCE),
        pl.col("day").cast(pl.Datetime("us")).alias("at"),
        pl.col("events").cast(pl.Float64),
        pl.col(ROWS).cast(pl.Int64),
        **{name: none for name in ("user_id", "feature") if name != group.key},
    )
    text = frame.select(FILE, LINE, days["key"].alias(column(index)))
    kept = group.typed.replace(frame=as_rows(frame), text=text, faults=no_rejects())
    return kept.noting(f"{labels(kept.tables)} counted as read: each row is one plain line")


def _reduced(told: Sequence[tuple[ScannedLog, RoleRows]], windows: UsageWindows) -> ReducedLog:
    """Users and features by account, their names made plain as those of any file."""
    users: list[pl.DataFrame] = []
    features: list[pl.DataFrame] = []
    for log, match in told:
        found = match.frame.filter(is_used()).select(SOURCE, "account_id").unique()
        for table, name, into in ((log.users, "user_id", users), (log.features, "feature", features)):
            plain = table.with_columns(
                read_text(table["key"]).values.alias(SOURCE), read_text(table[name]).values.alias(name)
            )
            into.append(plain.join(found, on=SOURCE, how="left").drop("key", SOURCE))
    return ReducedLog(
        windows=windows,
        users=recent_users(fold_users(pl.concat(users), "account_id"), windows),
        features=known_features(fold_features(pl.concat(features), "account_id"), windows),
        has_users=pl.concat(users)["user_id"].is_not_null().any(),
        has_features=pl.concat(features)["feature"].is_not_null().any(),
    )
