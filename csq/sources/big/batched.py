"""A big usage log that is not plain, read in batches and counted as it is read. It gives what reading it whole gives.

It is read twice. First to look: which rows settle how the columns are read, and which event ids are repeated. Then to
count: each batch is typed together with the rows that settle, so that it is read as the whole log is, and what is left
of it are sums. A row that still has to be told from others, for its key is blank or it repeats an event, is kept.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import polars as pl

from csq.engine.base import ReducedLog, UsageWindows
from csq.engine.rows import NotPlain
from csq.engine.scan import fold_features, fold_users, known_features, recent_users
from csq.fate import as_rows, is_used
from csq.roles import USAGE, Cell
from csq.sources.big.batches import Batch, BatchedFile, open_batched, read_batches, with_rows
from csq.sources.big.owners import by_domain, match_counted, name_key
from csq.sources.big.plain import SOURCE, BigLog, check_log
from csq.sources.big.sums import UNITS, LogSums, add_up, as_days, sum_rows
from csq.sources.big.telling import TIMES, telling_rows
from csq.sources.grid import LINE, column
from csq.sources.headers import detect, match_headers, unit_of
from csq.sources.identity import NOBODY, Known
from csq.sources.keys import domain_of
from csq.sources.overlap import count_event_ids_once, settle_log
from csq.sources.read import TextTable
from csq.sources.tables import ReadOptions
from csq.sources.typed import FILE, RoleRows, Typed
from csq.sources.usage import read_usage
from csq.sources.values import read_text
from csq.terms import Grain, Role

KINDS = {field.name: field.cell for field in USAGE}
HELD = 2**20
"""Rows of sums that are held until they are added up, however few they are added to."""
SETTLING = ""
"""Label of the rows that settle; no file is called so."""


@dataclass(frozen=True, kw_only=True)
class _Log:
    """The files of a log, all with one header, and how they are to be read."""

    files: tuple[BatchedFile, ...]
    fields: dict[str, int]
    key: str
    """The field by which rows find their account."""
    by_domain: bool
    """It is the domain in it by which they do."""
    options: ReadOptions

    @property
    def kinds(self) -> dict[str, Cell]:
        """What the cells of each column are read as."""
        return {column(index): KINDS[name] for name, index in self.fields.items()}

    def plain(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, blank where there is no field."""
        others = set(rows.columns) - {LINE, *self.kinds}
        return rows.with_columns(pl.lit("").alias(name) for name in others)


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """What looking through a log found."""

    settled: Typed
    """The rows that settle how columns are read."""
    repeated: pl.Series
    """Hashes of all event ids that stand in several rows."""
    digests: dict[str, str]
    """Sha256 of each file, by label."""


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """A log as it was counted. `typed` has the rows kept and, for all others, one for each day of an account."""

    typed: Typed
    sums: LogSums
    tells: dict[str, bool]
    """Whether any of the rows counted names a user, and a feature."""


def count_batches(paths: Sequence[Path], options: ReadOptions, known: Known) -> BigLog:
    """Count a log in batches.

    Raises:
        NotPlain: It has to be read whole; the message says why.
        InputError, UsageError: As reading it whole would.
    """
    days = options.usage_days
    if days is None or options.overlap == "dedupe":
        raise NotPlain("rows have to be told from each other")
    log = _open(paths, options, known)
    looked = _look(log)
    _check_overlap(log, looked.settled.frame.filter(is_used()).drop_nulls(log.key))

    def count(newest: date) -> tuple[date, _Counted, RoleRows]:
        counted = _count(log, looked, UsageWindows(newest, days))
        return newest, counted, match_counted(counted.typed, known, options.keys.get(Role.USAGE))

    guess = _newest(looked.settled.frame.filter(is_used()))
    newest, counted, match = count(options.as_of or guess)
    last = _newest(match.keyed)
    if options.as_of is None and last != newest:
        # The rows that settle need not have the newest day among them; that costs another reading, and nothing else.
        newest, counted, match = count(last)
    _check_overlap(log, match.keyed)
    is_kept = pl.col(LINE).is_not_null()
    kept, counts = match.frame.filter(is_kept).drop(SOURCE), match.frame.filter(~is_kept)
    if "event_id" in log.fields:
        kept = settle_log(count_event_ids_once(kept), options.overlap)
    frame = pl.concat([kept, counts.drop(SOURCE), counted.typed.apart], how="diagonal")
    files = tuple(replace(file, sha256=looked.digests[file.label]) for file in match.files)
    reduced = _reduced(counted, kept, counts, UsageWindows(newest, days))
    rows = replace(match, frame=frame, files=files, reduced=reduced)
    return BigLog(rows=rows, tables=looked.settled.tables)


def _open(paths: Sequence[Path], options: ReadOptions, known: Known) -> _Log:
    """What the beginnings of the files say of the log."""
    files = tuple(open_batched(path, options) for path in sorted(paths, key=str))
    table = files[0].table
    if any(file.table.header != table.header for file in files):
        raise NotPlain("its files have different headers")
    preset = detect(table, Role.USAGE)
    fields = match_headers(table, Role.USAGE, options.columns.get(Role.USAGE, {}), preset)
    zoned = any("/" in (unit_of(table.header[index]) or "") for name, index in fields.items() if KINDS[name] in TIMES)
    if zoned or (preset and preset.unwanted):
        raise NotPlain("its rows are not all read alike")
    check_log(table.header, fields)
    told = options.keys.get(Role.USAGE)
    key = name_key(fields, known, told)
    return _Log(files=files, fields=fields, key=key, by_domain=by_domain(key, known, told), options=options)


def _look(log: _Log) -> _Looked:
    """Read all files for the rows that settle, repeated event ids, and counts."""
    tables: list[TextTable] = []
    ids = [pl.Series([], dtype=pl.UInt64())]
    digests: dict[str, str] = {}
    for file in log.files:
        digest = hashlib.sha256()
        seen: list[Batch] = []
        telling = log.plain(file.table.frame).clear()
        for batch in read_batches(file):
            digest.update(batch.data)
            seen.append(replace(batch, data=b"", frame=batch.frame.clear()))
            telling = telling_rows(pl.concat([telling, telling_rows(log.plain(batch.frame), log.kinds)]), log.kinds)
            if "event_id" in log.fields:
                ids.append(read_text(batch.frame[column(log.fields["event_id"])]).values.drop_nulls().hash())
        tables.append(with_rows(file, telling, seen))
        digests[file.table.label] = digest.hexdigest()
    settled = read_usage(tuple(tables), log.options)
    if settled.grain is not Grain.LOG:
        raise NotPlain("it is no event log")
    seen_ids = pl.concat(ids)
    return _Looked(settled=settled, repeated=seen_ids.filter(seen_ids.is_duplicated()).unique(), digests=digests)


def _count(log: _Log, looked: _Looked, windows: UsageWindows) -> _Counted:
    """Read all files, and keep sums and what has to be kept."""
    sums: list[LogSums] = []
    kept: list[pl.DataFrame] = []
    found: dict[str, list[pl.DataFrame]] = {"faults": [], "apart": []}
    tells = {"user_id": False, "feature": False}
    for file in log.files:
        for batch in read_batches(file):
            typed = _typed(log, looked, with_rows(file, log.plain(batch.frame), [batch]))
            rows = typed.frame
            apart = _apart(log, looked, rows)
            kept.append(rows.filter(apart))
            rows = rows.filter(~apart)
            sums.append(sum_rows(rows, windows))
            if sum(part.height for part in sums[1:]) > sums[0].height + HELD:
                sums = [add_up(sums)]
            for name, frames in found.items():
                frames.append(getattr(typed, name))
            tells = {name: told or rows[name].is_not_null().any() for name, told in tells.items()}
    total = add_up(sums)
    days = as_days(total)
    frame = pl.concat(
        [
            pl.concat(kept),
            days.with_columns(
                pl.col("rows").cast(pl.Int64),
                pl.lit(None, dtype=pl.Int64()).alias(LINE),
                read_text(days[SOURCE]).values.alias(log.key),
                pl.col("day").cast(pl.Datetime("us")).alias("at"),
            ).drop("day"),
        ],
        how="diagonal",
    )
    frame = as_rows(frame).with_columns(pl.col("fate").fill_null("used"))
    text = frame.select(FILE, LINE, pl.col(SOURCE).alias(column(log.fields[log.key])))
    lists = {name: pl.concat(frames) for name, frames in found.items()}
    return _Counted(typed=looked.settled.replace(frame=frame, text=text, **lists), sums=total, tells=tells)


def _typed(log: _Log, looked: _Looked, table: TextTable) -> Typed:
    """The rows of a table, read as the rows that settle say; `source` is their key as it stands in the file."""
    settling = pl.concat(one.frame for one in looked.settled.tables)
    typed = read_usage((replace(table, label=SETTLING, frame=settling), table), log.options)
    typed = typed.with_columns(typed.text[column(log.fields[log.key])].alias(SOURCE))
    parts = {name: getattr(typed, name) for name in ("text", "frame", "apart", "faults")}
    return typed.replace(**{name: part.filter(pl.col(FILE) != SETTLING) for name, part in parts.items()})


def _apart(log: _Log, looked: _Looked, rows: pl.DataFrame) -> pl.Series:
    """Which rows have to be kept: those that may be no account's, and those that may be the same event."""
    key = rows[log.key]
    apart = (rows["fate"] != "used") | key.is_null() | rows[SOURCE].str.strip_chars().str.to_lowercase().is_in(NOBODY)
    if log.by_domain:
        apart |= rows.select(domain_of(pl.col(log.key)).is_null()).to_series()
    if "event_id" in log.fields:
        apart |= rows["event_id"].hash().is_in(looked.repeated.implode()).fill_null(value=False)
        if len(log.files) > 1:
            apart |= rows["event_id"].is_null()
    return apart


def _newest(rows: pl.DataFrame) -> date:
    newest = rows["at"].max()
    if not isinstance(newest, datetime):
        raise NotPlain("no row has a date that can be read")
    return newest.date()


def _check_overlap(log: _Log, rows: pl.DataFrame) -> None:
    """Make certain that no two files tell the same moment; rows with an event id are told apart by it."""
    if log.options.overlap is not None or "event_id" in log.fields:
        return
    spans = rows.group_by(FILE).agg(pl.col("at").dt.date().min().alias("first"), pl.col("at").dt.date().max())
    if any(one[1] >= other[0] for one, other in pairwise(spans.drop(FILE).drop_nulls().sort("first", "at").rows())):
        raise NotPlain("its days overlap with those of another file")


def _reduced(counted: _Counted, kept: pl.DataFrame, days: pl.DataFrame, windows: UsageWindows) -> ReducedLog:
    """Users and features by account, those of the rows kept among them."""
    accounts = days.filter(is_used()).select(SOURCE, "account_id").unique()
    used = kept.filter(is_used()).with_columns(pl.col("account_id").alias(SOURCE))
    own, named = sum_rows(used, windows), kept.filter(pl.col("key").is_not_null())
    both = {
        name: pl.concat(
            [
                getattr(counted.sums, name).join(accounts, on=SOURCE).drop(SOURCE),
                getattr(own, name).rename({SOURCE: "account_id"}),
            ],
            how="diagonal",
        )
        for name in ("users", "features")
    }
    users = recent_users(fold_users(both["users"], "account_id"), windows)
    return ReducedLog(
        windows=windows,
        users=users.with_columns(pl.col("events") / UNITS),
        features=known_features(fold_features(both["features"], "account_id"), windows),
        has_users=counted.tells["user_id"] or named["user_id"].is_not_null().any(),
        has_features=counted.tells["feature"] or named["feature"].is_not_null().any(),
    )
