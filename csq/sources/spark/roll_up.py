"""Logs on a server to the counts of their days, the same as `roll_up` makes of files.

The server groups cells as they stand; what they say is read here, of the groups. First it tells how many rows there
are of each day, and which are rejected; then come the counts, some days at a time, each whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import combinations
from typing import Any

import polars as pl

from csq.engine import anywhere
from csq.engine.anywhere import DAY, LOG, NAMED, REASON, VIA_USER
from csq.engine.by_day import USER, add_days
from csq.errors import InputError
from csq.fate import FATE, ROWS, account, as_rows
from csq.fate import REASON as WHY
from csq.report import Note
from csq.roles import KEY_NAMES
from csq.sources.cells.dates import placeholders
from csq.sources.cells.keys import fold_address
from csq.sources.cells.values import BLANKS, ERROR, MISSING_IDS, read_id, read_text
from csq.sources.joining.identity import as_role
from csq.sources.load import Tables
from csq.sources.reading.grid import LINE
from csq.sources.roll_up import Rolled
from csq.sources.rollup.layout import KEYS, days_of, hashed, in_order
from csq.sources.rows.ids import OWN_IDS
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import FILE, stack
from csq.sources.spark.session import told_of
from csq.sources.spark.tables import ServerLog, open_there
from csq.terms import Aside, Fate, NoteKind, Role

FETCHED = 5_000_000
"""Rows of a log whose counts are fetched at once."""
NOTHING: Mapping[str, Sequence[str]] = {
    name: [blank for blank in BLANKS if name not in OWN_IDS or blank not in MISSING_IDS]
    for name in (*KEY_NAMES, *anywhere.NAMES, "date", "events")
}
"""Cells that say that there is nothing, lower-cased, by field."""


@dataclass(frozen=True, kw_only=True)
class ServerDays:
    """Counts by day that lie on a server until they are asked for. As `DaySpill`: files, days, keys, chunks."""

    rows: Any
    """The rows that are counted, as a frame of narwhals."""
    by: Sequence[str]
    """Those of `KEYS` that hold anything."""
    files: Mapping[str, Mapping[date, int]]
    """Rows by log and day."""
    hash_users: bool

    @property
    def keys(self) -> set[str]:
        """Those of `KEYS` that hold anything."""
        return {*self.by}

    @cached_property
    def days(self) -> dict[date, int]:
        """The days that there are, with their rows."""
        return days_of(self.files)

    def chunks(self) -> Iterator[pl.DataFrame]:
        """All counts: some days at a time, each whole. Columns `SCHEMA`. Raises InputError where the rows changed."""
        for days in _spans(self.days):
            counts = self._fetched(days)
            told = counts.filter(pl.col("what") == USER).group_by("day").agg(pl.col(ROWS).sum())
            if dict(told.iter_rows()) != {day: self.days[day] for day in days}:
                raise InputError("the log has changed while it was counted", hint="run again when nobody writes to it")
            yield counts

    def _fetched(self, days: Sequence[date]) -> pl.DataFrame:
        span = anywhere.of_days(self.rows, [str(day) for day in days])
        with told_of("the server, asked for the counts,"):
            found = pl.from_arrow(anywhere.count_by_day(span, self.by).to_native().toArrow())
        assert isinstance(found, pl.DataFrame)
        if (found["units"] > anywhere.EXACT).any():
            raise InputError("a log counts more events a day than can be added up", hint="mend its numbers")
        counts = found.with_columns(pl.col("day").str.to_date(), pl.col("units", ROWS).cast(pl.Int64))
        counts = counts.with_columns(_each(counts[name], is_id=name in OWN_IDS) for name in (*self.by, "name"))
        is_user, name = counts["what"] == USER, counts["name"]
        counts = counts.with_columns(self._people(name).zip_with(is_user, name))
        counts = counts.with_columns(self._people(counts[each]) for each in self.by if each == VIA_USER)
        return in_order(add_days([in_order(counts)], KEYS))

    def _people(self, cells: pl.Series) -> pl.Series:
        """Users as they are told from each other, and kept."""
        people = cells.to_frame().select(fold_address(pl.col(cells.name)))[cells.name]
        return hashed(people) if self.hash_users else people


def roll_up_there(session: Any, logs: Sequence[str], options: ReadOptions, *, hash_users: bool) -> Rolled:
    """Count logs by day on the server that has them.

    Args:
        session: A session of the server.
        logs: Paths as the server sees them, or names of tables.
        options: How they are read.
        hash_users: Users are kept as digests.

    Raises:
        InputError: One is not there or no log, a column is not written as a server reads it, or two tell the same day.
    """
    found = [open_there(session, log, options) for log in dict.fromkeys(logs)]
    by = [key for key in KEY_NAMES if any(key in log.fields for log in found)]
    parts = {log.label: anywhere.normal(log.rows, log.fields, by, NOTHING, ERROR) for log in found}
    rows = read = anywhere.together(parts)
    tally = _tally(read, by)
    if any("event_id" in log.fields for log in found):
        rows = anywhere.once(read)
        _check_events(rows)
    counted = tally if rows is read else _tally(rows, by)
    used = counted.filter(pl.col(REASON).is_null())
    files = {
        label: dict(part.select(DAY, ROWS).iter_rows())
        for (label,), part in used.partition_by(LOG, as_dict=True).items()
    }
    if not files:
        raise InputError(f"{', '.join(f'`{log.label}`' for log in found)} has no row that can be counted")
    if options.overlap != "add":
        _check_days(files)
    named = [name for name in (*by, VIA_USER) if used[NAMED + name].sum()]
    days = ServerDays(rows=rows, by=named, files=files, hash_users=hash_users)
    return Rolled(_tables(found, tally, counted), days)


def _tally(rows: Any, by: Sequence[str]) -> pl.DataFrame:
    """How many rows each log has of each day, and of each reason to reject them, that of a day that is none as well."""
    with told_of("the server, asked for the days,"):
        found = pl.from_arrow(anywhere.tally(rows, [LOG], [*by, VIA_USER]).to_native().toArrow())
    assert isinstance(found, pl.DataFrame)
    day = found[DAY].str.to_date(strict=False)
    day = day.set((day.dt.year() < 1).fill_null(value=False), None)
    is_none = found[DAY].is_not_null() & day.is_null()
    reasons = found[REASON].set(is_none, anywhere.BAD_DATE).set(placeholders(day), "a placeholder for a date")
    return found.with_columns(day, reasons)


def _check_events(rows: Any) -> None:
    """Refuse event ids that stand in rows which differ: which one counts, only all of their cells can tell."""
    with told_of("the server, asked for repeated events,"):
        twice = pl.from_arrow(anywhere.differing(rows).head(1).to_native().toArrow())
    assert isinstance(twice, pl.DataFrame)
    if twice.height:
        raise InputError(
            f"the event id `{twice['event_id'][0]}` stands in rows that differ",
            hint="have a view on the server keep one of them, such as the newest",
        )


def _check_days(files: Mapping[str, Mapping[date, int]]) -> None:
    """Refuse logs that tell the same day. Raises InputError."""
    for (one, days), (other, others) in combinations(sorted(files.items()), 2):
        if twice := sorted(days.keys() & others.keys()):
            hint = "leave one of them out, or `--overlap add` adds them up"
            raise InputError(f"`{one}` and `{other}` both tell of {twice[0]}", hint=hint)


def _tables(logs: Sequence[ServerLog], read: pl.DataFrame, counted: pl.DataFrame) -> Tables:
    """The logs with what became of their rows, of which no line is known."""
    parts = []
    for log in logs:
        mine = counted.filter(pl.col(LOG) == log.label).group_by(REASON).agg(pl.col(ROWS).sum()).sort(REASON)
        fates = [(str(Fate.REJECTED if why else Fate.USED), why, rows) for why, rows in mine.iter_rows()]
        again = int(read.filter(pl.col(LOG) == log.label)[ROWS].sum()) - int(mine[ROWS].sum())
        fates += [(str(Aside.REPEATED_EVENT), None, again)] if again else []
        rows = pl.DataFrame(fates, schema=[FATE, WHY, ROWS], orient="row").cast({WHY: pl.String(), ROWS: pl.Int64()})
        frame = as_rows(rows.with_columns(pl.lit(log.label).alias(FILE), pl.lit(None, pl.Int64()).alias(LINE)))
        parts.append(as_role(log.typed.replace(frame=frame, notes=_notes(log, read))))
    whole = stack(parts)
    return Tables(roles={Role.USAGE: replace(whole, files=account(whole.files, {Role.USAGE: whole.frame}))})


def _notes(log: ServerLog, read: pl.DataFrame) -> tuple[Note, ...]:
    """What is said of cells that tell nothing."""
    mine = read.filter(pl.col(LOG) == log.label)
    blank, error = int(mine["blank"].sum()), int(mine["error"].sum())
    told = {
        f"rows of `{log.label}` without a number of events, counted as one event each: {blank:,}": blank,
        f"cells of `{log.label}` with a spreadsheet's error, which name nothing: {error:,}": error,
    }
    return tuple(Note(NoteKind.WARNING, text) for text, count in told.items() if count)


def _spans(days: Mapping[date, int]) -> Iterator[list[date]]:
    """Days whose rows are counted at once."""
    span: list[date] = []
    size = 0
    for day, rows in days.items():
        if span and size + rows > FETCHED:
            yield span
            span, size = [], 0
        span.append(day)
        size += rows
    if span:
        yield span


def _each(cells: pl.Series, *, is_id: bool) -> pl.Series:
    """Cells as they are read, of which many are the same."""
    unique = cells.drop_nulls().unique()
    read = (read_id if is_id else read_text)(unique).values
    return cells if read.equals(unique) else cells.replace_strict(unique, read, default=None, return_dtype=pl.String())
