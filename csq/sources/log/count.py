"""A usage log counted as it is read, whatever its size and however dirty.

What only all rows together can settle (how dates and numbers are written, the newest day, which events are told twice)
is taken from the beginning and from spots all over the log. If that turns out otherwise, the log is read once more.
Memory grows with the accounts, users and days of a log, not with its rows; only where rows have event ids, with eight
bytes for each.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.counts import LogCounts, add, count_rows
from csq.fate import FATE, ROWS, as_rows, is_used
from csq.report import Note
from csq.roles import PEOPLE
from csq.sources.cells.keys import fold_address
from csq.sources.cells.values import read_id, read_text
from csq.sources.columns.everyday import is_one_of
from csq.sources.joining.identity import Known
from csq.sources.joining.overlap import count_event_ids_once, settle_log
from csq.sources.log.matching import match_counted
from csq.sources.log.opening import LogFile, Whole, open_log
from csq.sources.log.reading import SOURCE, Log, Reading, open_logs, read_log
from csq.sources.reading.grid import LINE, column
from csq.sources.reading.read import InputFile, TextTable
from csq.sources.rows.ids import OWN_IDS
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import FILE, KEY, RoleRows, Typed, stack
from csq.terms import NoteKind, Role

READINGS = 4
"""How often a log is read at most: for its dates, then its newest day and its repeated events."""
NO_DAY = date(2000, 1, 1)
"""Any day, for a reading that only looks."""


class Counted(NamedTuple):
    """A log that was counted. The frame of `rows` has a row for all counted ones of a file and key, without a line."""

    rows: RoleRows
    tables: tuple[TextTable, ...]


def count_log(sources: Sequence[InputFile], options: ReadOptions, known: Known) -> Counted:
    """Count a log as it is read.

    Raises:
        Whole: It has to be read whole; the message says why.
        InputError, UsageError: As reading it whole would.
    """
    if options.usage_days is None or options.overlap == "dedupe" or is_one_twice(sources):
        raise Whole("rows have to be told from each other")
    logs = opened(sources, options, known)
    newest = options.as_of or _guess(logs)
    why: dict[str, None] = {}
    for _ in range(READINGS):
        readings = [read_log(log, UsageWindows(newest, options.usage_days)) for log in logs]
        settled = [reading.settle() for reading in readings]
        if again := read_otherwise(readings, settled, why):
            logs = again
            continue
        parts = [_matched(reading, one, known) for reading, one in zip(readings, settled, strict=True)]
        rows = stack([rows for rows, _ in parts])
        last = _newest(rows)
        if (options.as_of or last) == newest:
            notes = [Note(kind=NoteKind.CHOICE, text=f"the usage files were read twice: {text}") for text in why]
            found = _finished(rows, [counts for _, counts in parts], logs, options)
            return Counted(
                replace(found, notes=(*found.notes, *notes)), tuple(t for one in settled for t in one.tables)
            )
        newest = last
    raise Whole("what settles how it is read changes with every reading")


def opened(sources: Sequence[InputFile], options: ReadOptions, known: Known) -> list[Log]:
    """How the files are to be read, those with one header together. Raises Whole as `open_logs` does."""
    groups: dict[tuple[tuple[str, ...], ...], list[LogFile]] = {}
    for source in sources:
        file = open_log(source, options)
        groups.setdefault(options.alike(file.table), []).append(file)
    return list(open_logs([tuple(files) for files in groups.values()], options, known))


def is_one_twice(sources: Sequence[InputFile]) -> bool:
    """Whether a file is given twice."""
    return len({source.label for source in sources}) < len(sources)


def _guess(logs: Sequence[Log]) -> date:
    """The newest day of the rows that settle."""
    days = [newest for log in logs if log.settled and (newest := log.settled.frame.filter(is_used())["at"].max())]
    return max((day.date() for day in days if isinstance(day, datetime)), default=NO_DAY)


def _newest(rows: RoleRows) -> date:
    newest = rows.keyed["at"].max()
    if not isinstance(newest, datetime):
        raise Whole("no row has a date that can be read")
    return newest.date()


def read_otherwise(readings: Sequence[Reading], settled: Sequence[Typed], why: dict[str, None]) -> list[Log] | None:
    """How the logs are to be read once more, and why; None where all was as it was taken to be."""
    ids = pl.concat([part for reading in readings for part in reading.ids] or [pl.Series([], dtype=pl.UInt64())])
    repeated = ids.filter(ids.is_duplicated()).unique().sort()
    logs = [reading.log for reading in readings]
    if not all(reading.was_read_by(one) for reading, one in zip(readings, settled, strict=True)):
        why["only all of its rows settle how they are to be read"] = None
    elif repeated.equals(logs[0].repeated):
        return None
    else:
        why["event ids are repeated"] = None
    return [replace(log, settled=one, repeated=repeated) for log, one in zip(logs, settled, strict=True)]


def plain_names(text: pl.Series) -> pl.Series:
    """Names as they are read. Raises Whole where one has to be told with its line."""
    cells = read_text(text)
    if cells.unreadable.any():
        raise Whole("a name in it is a spreadsheet's error, to be told with its line")
    return cells.values


def _matched(reading: Reading, settled: Typed, known: Known) -> tuple[RoleRows, LogCounts]:
    """The rows of a log with their accounts, and its counts by file, account and fate, but for the rows held."""
    log = reading.log
    parts = reading.counts["careful"]
    if reading.counts["plain"]:
        parts = [_with_plain_names(add(reading.counts["plain"])), *parts]
    counts = add(parts)
    at = pl.col("last").max().cast(pl.Datetime("us"))
    each = counts.days.lazy().group_by(FILE, pl.col(KEY).alias(SOURCE)).agg(pl.col(ROWS).sum(), at=at)
    rows = each.collect(engine="streaming")
    rows = rows.cast({FILE: pl.String(), SOURCE: pl.String()})
    rows = rows.sort(SOURCE).sort(FILE, maintain_order=True)  # by both at once takes ten times as long
    keys = (read_id if log.key in OWN_IDS else read_text)(rows[SOURCE]).values
    counted = as_rows(rows.with_columns(pl.lit(None, dtype=pl.Int64()).alias(LINE), keys.alias(log.key)))
    if log.key in PEOPLE:
        counted = counted.with_columns(fold_address(pl.col(log.key)))
    frame = pl.concat([*reading.held, counted], how="diagonal")
    text = frame.select(FILE, LINE, pl.col(SOURCE).alias(column(log.fields[log.key])))
    faults = pl.concat([settled.faults.clear(), *reading.faults])
    typed = settled.replace(frame=frame, text=text, faults=faults)
    match = match_counted(typed, known, log.options.keys.get(Role.USAGE))
    found = match.frame.filter(pl.col(LINE).is_null()).select(_whose(FILE, SOURCE), "account_id", FATE)
    by_key = counts.with_columns(_whose(FILE, KEY)).joined(found, on=[KEY]).without(KEY)
    accounts = found.filter(is_used())["account_id"]
    by_key = by_key._replace(is_summed=counts.is_summed and accounts.n_unique() == len(accounts))
    return replace(match, frame=match.frame.drop(SOURCE)), by_key


def _with_plain_names(counts: LogCounts) -> LogCounts:
    """The counts with users and features as they are read; where nothing changes, each stands in one row of a key."""
    users = counts.users.with_columns(user_id=plain_names(counts.users["user_id"]))
    users = users.with_columns(user_id=fold_address(pl.col("user_id")))
    features = counts.features.with_columns(feature=plain_names(counts.features["feature"]))
    return counts._replace(
        users=users,
        features=features,
        has_users=counts.has_users and bool(users["user_id"].is_not_null().any()),
        is_summed=users["user_id"].equals(counts.users["user_id"])
        and features["feature"].equals(counts.features["feature"]),
    )


def _whose(file: str, key: str) -> pl.Expr:
    """The file and the key of a row in one number, by which rows are joined in less time than by both."""
    places = (pl.col(name).cast(pl.Categorical()).to_physical().cast(pl.UInt64) for name in (file, key))
    return (next(places) * 2**32 + next(places)).alias(KEY)


def _finished(rows: RoleRows, counts: list[LogCounts], logs: Sequence[Log], options: ReadOptions) -> RoleRows:
    """The rows with the counts of all of them, those held among them, each event once."""
    is_held = pl.col(LINE).is_not_null()
    held, others = rows.frame.filter(is_held), rows.frame.filter(~is_held)
    if options.overlap is None:
        nameless = [part for part, log in zip(counts, logs, strict=True) if "event_id" not in log.fields]
        _check_overlap(nameless, held)
    if any("event_id" in log.fields for log in logs) and held.height:
        held, told = count_event_ids_once(held, options.as_of)
        held = settle_log(held, options.overlap)
        rows = replace(rows, notes=(*rows.notes, *told))
    rows = replace(rows, frame=pl.concat([held, others], how="diagonal"))
    apart = held.filter(pl.col(KEY).is_not_null())
    if apart.height:
        counts = [*counts, count_rows(apart, counts[0].windows, is_everyday=is_one_of(options.everyday))]
    return replace(rows, counts=add(counts))


def _check_overlap(counts: Sequence[LogCounts], held: pl.DataFrame) -> None:
    """Make certain that no two files tell the same moment, but by rows that an event id tells apart.

    Rows that are all held can be told from each other one by one.
    """
    if not counts:
        return
    spans = [part.days.select(pl.col(FILE).cast(pl.String()), "first", "last") for part in counts]
    if held.height:
        day = pl.col("at").dt.date()
        spans.append(held.filter(is_used() & pl.col("event_id").is_null()).select(FILE, first=day, last=day))
    by_file = pl.concat(spans).group_by(FILE).agg(pl.col("first").min(), pl.col("last").max()).sort("first", "last")
    if any(one[2] >= other[1] for one, other in pairwise(by_file.drop_nulls().rows())):
        raise Whole("its days overlap with those of another file")
