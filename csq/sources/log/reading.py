"""One reading of the files of a log that have one header: what is counted, what is held, and what settles the rest."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.counts import LogCounts, add, count, count_rows
from csq.errors import InputError
from csq.fate import is_used
from csq.roles import KEY_NAMES, ROLES, Cell
from csq.sources.cells.keys import domain_of
from csq.sources.cells.values import may_be_id, read_text
from csq.sources.columns.everyday import is_one_of
from csq.sources.columns.headers import detect, match_headers, unit_of
from csq.sources.joining.identity import NOBODY, Known
from csq.sources.log.decisive import TIMES, decisive_rows
from csq.sources.log.matching import by_domain, check_key, name_key
from csq.sources.log.opening import LogFile, Whole, check_log, spots
from csq.sources.log.pieces import OddRows, read_pieces, with_rows
from csq.sources.log.scan import Scan
from csq.sources.reading.grid import LINE, column
from csq.sources.reading.read import TextTable
from csq.sources.roles.usage import read_usage
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import FILE, KEY, Typed
from csq.terms import Role

KINDS = {field.name: field.cell for field in ROLES[Role.USAGE].fields}
COUNTED = ("date", "user_id", "feature", "events", "event_id")
"""Fields of a row, but for its keys, that are checked and counted."""
SOURCE = "source"
"""Column that holds the key of a row as it stands in the file."""
SETTLING = ""
"""Label of the rows that settle; no file is called so."""
TOGETHER = 12
"""Pieces that are counted together: many rows for one grouping, little enough to be held."""
FOLDED = 4
"""Counts that are held before they are added up, so that memory does not grow with the rows."""


class Taker(Protocol):
    """Who counts the rows of a log otherwise than in windows."""

    def take_plain(self, rows: pl.DataFrame, log: "Log", file: LogFile) -> None:
        """Take plain rows: see `plain_rows`."""

    def take_typed(self, rows: pl.DataFrame) -> None:
        """Take rows that are typed."""


Watch = Callable[[bytes], object]
"""Is shown the bytes of a log as they are read."""


@dataclass(frozen=True, kw_only=True)
class Log:
    """The files of a log that have one header, and how they are to be read."""

    files: tuple[LogFile, ...]
    options: ReadOptions
    fields: dict[str, int]
    key: str
    """The field by which rows find their account."""
    by_domain: bool
    """It is the domain in it by which they do."""
    is_only: bool
    """There is no other file, so that a row without an event id need not be told from those of another."""
    settled: Typed | None = None
    """The rows that settle how columns are read; None while they leave a question open."""
    repeated: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.UInt64()))
    """Hashes of the event ids that stand in several rows."""
    with_all_keys: bool = False
    """Plain rows have all their keys, each as the field that it is, beside the first."""

    @property
    def kinds(self) -> dict[str, Cell]:
        """What the cells of each column are read as."""
        return {column(index): KINDS[name] for name, index in self.fields.items()}

    def bare(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows, blank where there is no field."""
        others = set(rows.columns) - {LINE, *self.kinds}
        return rows.with_columns(pl.lit("").alias(name) for name in others)

    def scan(self) -> Scan | None:
        """Where the cells of a plain row stand; None where a row has to be looked at more closely."""
        if set(self.fields) - {*KEY_NAMES, *COUNTED} or len(self.repeated):
            return None
        table = self.files[0].table
        wanted = (*COUNTED, *(name for name in KEY_NAMES if self.with_all_keys and name != self.key))
        return Scan(
            delimiter=table.delimiter,
            width=len(table.header),
            fields={"key": self.fields[self.key]} | {name: self.fields[name] for name in wanted if name in self.fields},
            timed=bool((table.frame[column(self.fields["date"])].str.len_bytes() > 10).any()),
            last_day=self.options.run_day or date.max,
            by_domain=self.by_domain,
            needs_id="event_id" in self.fields and not self.is_only,
        )


@dataclass(kw_only=True)
class Reading:
    """What one reading found."""

    log: Log
    windows: UsageWindows | None
    """None where a taker counts."""
    taker: Taker | None = None
    counts: dict[str, list[LogCounts]] = field(default_factory=lambda: {"plain": [], "careful": []})
    """By file and key as it stands there; users and features of careful rows as they are read, else as they stand."""
    held: list[pl.DataFrame] = field(default_factory=list)
    """Rows with their lines: those that are not used, that may be no account's, or the same event as another."""
    faults: list[pl.DataFrame] = field(default_factory=list)
    ids: list[pl.Series] = field(default_factory=list)
    """Hashes of the event ids."""
    decisive: list[pl.DataFrame] = field(default_factory=list)
    """Rows of text that settle how columns are read, with their file."""
    read_as: list[pl.DataFrame] = field(default_factory=list)
    """How decisive rows were read."""
    remarks: dict[str, list[OddRows]] = field(default_factory=dict)
    """What was remarked of rows that are not plain, by file."""
    digests: dict[str, str] = field(default_factory=dict)
    is_open: bool = False
    """Whether a batch could not be read by what was settled."""

    def add_plain(self, pieces: Sequence[pl.DataFrame], file: LogFile) -> None:
        """Count plain rows."""
        if pieces:
            rows = pl.concat(pieces)
            if "event_id" in rows.columns:
                self.ids.append(rows["event_id"].drop_nulls().hash())
            if self.taker:
                self.taker.take_plain(rows, self.log, file)
                return
            features = rows["feature"].drop_nulls().unique()
            everyday = [name for name in features if self._is_everyday(name)]
            found = count(rows, self.windows, [KEY], everyday)
            has_features = _names_any(features.filter(~features.is_in(everyday)))
            found = found._replace(has_users=_names_any(rows["user_id"]), has_features=has_features)
            self._count("plain", found.with_columns(file=pl.lit(file.label, dtype=pl.Categorical())))

    def add_careful(self, batch: OddRows, file: LogFile) -> None:
        """Read rows that are not plain by what was settled, and count those that need not be held."""
        log = self.log
        text = log.bare(batch.frame)
        chosen = decisive_rows(text, log.kinds)
        self.decisive.append(chosen.with_columns(file=pl.lit(file.label)))
        self.remarks.setdefault(file.label, []).append(batch._replace(frame=batch.frame.clear()))
        if log.settled is None or self.is_open:
            return
        try:
            typed = _typed(log, with_rows(file, text, [batch]))
        except InputError:
            self.is_open = True
            return
        rows = typed.frame
        self.read_as.append(rows.filter(pl.col(LINE).is_in(chosen[LINE].implode())).drop(SOURCE))
        self.faults.append(typed.faults)
        if "event_id" in log.fields:
            self.ids.append(rows["event_id"].drop_nulls().hash())
        apart = _apart(log, rows)
        self.held += [typed.apart, rows.filter(apart)]
        if self.taker:
            self.taker.take_typed(rows.filter(~apart))
            return
        rows = rows.filter(~apart).with_columns(pl.col(FILE, SOURCE).cast(pl.Categorical())).rename({SOURCE: KEY})
        self._count("careful", count_rows(rows, self.windows, [FILE, KEY], self._is_everyday))

    def _is_everyday(self, feature: str) -> bool:
        return is_one_of(self.log.options.everyday)(feature)

    def _count(self, way: str, found: LogCounts) -> None:
        parts = self.counts[way]
        parts.append(found)
        if len(parts) > FOLDED:
            self.counts[way] = [add(parts)]

    def settle(self) -> Typed:
        """What all rows together say, by the decisive ones. Raises InputError as all of them would."""
        rows = pl.concat(self.decisive)
        tables = []
        for file in self.log.files:
            mine = decisive_rows(
                rows.filter(pl.col(FILE) == file.label).drop(FILE).unique(LINE).sort(LINE), self.log.kinds
            )
            table = with_rows(file, mine, self.remarks.get(file.label, []))
            tables.append(table._replace(sha256=self.digests[file.label]))
        return read_usage(tuple(tables), self.log.options)

    def was_read_by(self, settled: Typed) -> bool:
        """Whether all rows were read as `settled` says."""
        if self.is_open or self.log.settled is None:
            return False
        if not self.read_as:
            return True
        seen = pl.concat(self.read_as)
        names = [name for name in seen.columns if name not in (FILE, LINE)]
        now = settled.frame.select(FILE, LINE, pl.col(names).name.suffix(":now"))
        both = seen.join(now, on=[FILE, LINE])
        return all(both.select(pl.col(name).eq_missing(pl.col(f"{name}:now")).all() for name in names).row(0))


def read_log(log: Log, windows: UsageWindows | None, taker: Taker | None = None, watch: Watch | None = None) -> Reading:
    """Read the files of a log once, and count its rows in windows, or have them counted.

    Raises:
        Whole: They have to be read whole.
    """
    found = Reading(log=log, windows=windows, taker=taker)
    for file in log.files:
        digest = hashlib.sha256()
        found.decisive.append(_head(log, file).with_columns(file=pl.lit(file.label)))

        def look(data: bytes, seen: Any = digest) -> None:
            seen.update(data)
            if watch:
                watch(data)

        with closing(read_pieces(file, log.scan(), look)) as read:
            _take(found, read, file)
        found.digests[file.label] = file.sha256 or digest.hexdigest()
    return found


def _take(found: Reading, read: Iterator[pl.DataFrame | OddRows], file: LogFile) -> None:
    """Count what is read of a file. While some pieces are counted the next are read, so that no core waits."""
    pieces: list[pl.DataFrame] = []
    with ThreadPoolExecutor(1) as beside:
        turn = beside.submit(found.add_plain, [], file)
        for rows in read:
            if isinstance(rows, OddRows):
                turn.result()
                found.add_careful(rows, file)
            else:
                pieces.append(rows)
            if len(pieces) == TOGETHER:
                turn.result()
                turn, pieces = beside.submit(found.add_plain, pieces, file), []
        turn.result()
        found.add_plain(pieces, file)


def _names_any(text: pl.Series) -> bool:
    """Whether any cell is not blank. Mostly the first ones tell."""
    return bool(read_text(text.head(1000)).values.count() or read_text(text.unique()).values.count())


def _head(log: Log, file: LogFile) -> pl.DataFrame:
    """The decisive rows of a file's beginning. Plain rows further down are all of one kind, and settle nothing."""
    return decisive_rows(log.bare(file.table.frame), log.kinds)


def _typed(log: Log, table: TextTable) -> Typed:
    """The rows of a table, read as the rows that settle say; `source` is their key as it stands in the file."""
    assert log.settled is not None
    settling = pl.concat(one.frame for one in log.settled.tables)
    typed = read_usage((table._replace(label=SETTLING, frame=settling, broken=()), table), log.options)
    typed = typed.with_columns(typed.text[column(log.fields[log.key])].alias(SOURCE))
    parts = {name: getattr(typed, name) for name in ("text", "frame", "apart", "faults")}
    return typed.replace(**{name: part.filter(pl.col(FILE) != SETTLING) for name, part in parts.items()})


def _apart(log: Log, rows: pl.DataFrame) -> pl.Series:
    """Which rows have to be held."""
    nobodys = pl.col(SOURCE).str.strip_chars().str.to_lowercase().is_in(NOBODY)
    apart = ~is_used() | pl.col(log.key).is_null() | pl.lit(may_be_id(rows[log.key])) | nobodys
    if log.by_domain:
        apart |= domain_of(pl.col(log.key)).is_null()
    if "event_id" in log.fields:
        apart |= pl.col("event_id").hash().is_in(log.repeated.implode()).fill_null(value=False)
        if not log.is_only:
            apart |= pl.col("event_id").is_null()
    return rows.select(apart).to_series()


def open_logs(groups: list[tuple[LogFile, ...]], options: ReadOptions, known: Known) -> Iterator[Log]:
    """How the files with each header are to be read, by their beginnings and by spots all over them."""
    for files in groups:
        table = files[0].table
        preset = detect(table, Role.USAGE)
        fields = match_headers(table, Role.USAGE, options.told(Role.USAGE, [table]), preset)
        zoned = any("/" in (unit_of(table.header[at]) or "") for name, at in fields.items() if KINDS[name] in TIMES)
        if zoned or (preset and preset.unwanted):
            raise Whole("its rows are not all read alike")
        check_log(table.header, fields, options)
        told = options.keys.get(Role.USAGE)
        key = name_key(fields, known, told)
        seen = [_seen(file) for file in files]
        check_key(table, fields, pl.concat(seen), known, told)
        log = Log(
            files=files,
            options=options,
            fields=fields,
            key=key,
            by_domain=by_domain(key, known, told),
            is_only=len(files) == len(groups) == 1,
        )
        try:
            settled = read_usage(
                tuple(_decisive(log, file, rows) for file, rows in zip(files, seen, strict=True)), options
            )
        except InputError:
            settled = None  # what the beginning leaves open, all rows may settle
        yield replace(log, settled=settled)


def _seen(file: LogFile) -> pl.DataFrame:
    """The rows of a file's beginning and of spots all over it. The lines of the latter are not known."""
    head = file.table.frame
    seen = pl.DataFrame(spots(file), schema=dict.fromkeys(head.columns[1:], pl.String()), orient="row")
    return pl.concat([head, seen.select((-1 - pl.int_range(pl.len(), dtype=pl.Int64)).alias(LINE), pl.all())])


def _decisive(log: Log, file: LogFile, seen: pl.DataFrame) -> TextTable:
    """Of the rows seen of a file those that decide how it is read."""
    return file.table._replace(frame=decisive_rows(log.bare(seen), log.kinds))
