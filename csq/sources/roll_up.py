"""Logs to the counts of their days, with the fate of each row.

Whose a row is, is not asked: its keys are kept as they are read, and find their account when the rollup is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

import polars as pl

from csq.errors import InputError
from csq.fate import account, as_rows, is_used
from csq.roles import KEY_NAMES, PEOPLE
from csq.sources.joining.identity import Known, as_role
from csq.sources.joining.overlap import UNREAD, count_event_ids_once, settle_log, with_unread
from csq.sources.load import Tables, read_all
from csq.sources.log.count import READINGS, is_one_twice, opened, read_otherwise
from csq.sources.log.opening import Whole
from csq.sources.log.reading import Reading, Watch, read_log
from csq.sources.reading.grid import LINE
from csq.sources.reading.read import InputFile
from csq.sources.roles.usage import read_usage
from csq.sources.rollup.spill import DaySpill
from csq.sources.rows.tables import ReadOptions, group_by_header
from csq.sources.rows.typed import FILE, KEY, RoleRows, Typed, stack
from csq.terms import Grain, Role

OWN = "own account_id"
"""Column that keeps the account id of a row while another of its keys may stand for it."""


class Days(Protocol):
    """Counts by day, wherever they lie."""

    @property
    def files(self) -> Mapping[str, Mapping[date, int]]:
        """Rows by file and day."""

    @property
    def days(self) -> Mapping[date, int]:
        """The days that there are, with their rows."""

    @property
    def keys(self) -> AbstractSet[str]:
        """Those of `KEYS` that hold anything."""

    def chunks(self) -> Iterator[pl.DataFrame]:
        """All counts: some days at a time, each whole. Columns `SCHEMA`."""


class Rolled(NamedTuple):
    """tables: the logs, with a row for all rows of a file that were counted, without a line; days: their counts."""

    tables: Tables
    days: Days


def roll_up(
    sources: Sequence[InputFile], options: ReadOptions, folder: Path, *, hash_users: bool, watch: Watch | None = None
) -> Rolled:
    """Count logs by day.

    Args:
        sources: Files that can be read as often as need be.
        options: How they are read.
        folder: Where counts are laid down while there are too many to be held.
        hash_users: Users are kept as digests.
        watch: Is shown the bytes as they are read.

    Raises:
        InputError: A file is missing, unreadable, ambiguous or no log with days; or two overlap.
    """
    whole = options._replace(run_day=None)  # later days do no harm: the run that reads them asks for its day
    try:
        rows, days = _as_read(sources, whole, folder, hash_users=hash_users, watch=watch)
    except Whole:
        days = DaySpill(folder, hash_users=hash_users)
        rows = _read_whole(sources, whole, days)
    if not days.days:
        raise InputError(f"{', '.join(f'`{file.label}`' for file in sources)} has no row that can be counted")
    if not days.keys:
        told = f"no column of `{sources[0].label}` names an account"
        raise InputError(told, hint="name it: `--column account_id=HEADER`")
    rows = replace(rows, files=account(rows.files, {Role.USAGE: rows.frame}))
    return Rolled(Tables(roles={Role.USAGE: rows}), days)


def _as_read(
    sources: Sequence[InputFile], options: ReadOptions, folder: Path, *, hash_users: bool, watch: Watch | None
) -> tuple[RoleRows, DaySpill]:
    """The logs counted as they are read. Raises Whole where they cannot be."""
    if options.overlap == "dedupe" or is_one_twice(sources):
        raise Whole("rows have to be told from each other")
    logs = [replace(log, with_all_keys=True) for log in opened(sources, options, Known())]
    why: dict[str, None] = {}
    for _ in range(READINGS):
        days = DaySpill(folder, hash_users=hash_users)
        readings = [read_log(log, None, days, watch) for log in logs]
        settled = [reading.settle() for reading in readings]
        if again := read_otherwise(readings, settled, why):
            logs = again
            continue
        parts = [_rows_of(reading, one) for reading, one in zip(readings, settled, strict=True)]
        if options.overlap is None:
            _check_overlap(days, stack(parts).frame)
        return _settled(stack(parts), options, days), days
    raise Whole("what settles how it is read changes with every reading")


def _rows_of(reading: Reading, settled: Typed) -> RoleRows:
    """The rows of a log that were held; all others were counted."""
    frame = pl.concat([settled.frame.clear(), *reading.held], how="diagonal")
    faults = pl.concat([settled.faults.clear(), *reading.faults])
    return as_role(settled.replace(frame=_keyed(frame), faults=faults))


def _check_overlap(days: DaySpill, held: pl.DataFrame) -> None:
    """Make certain that no two files tell the same day."""
    day = pl.col("at").dt.date()
    late = held.filter(is_used() & pl.col("event_id").is_null()).select(FILE, day=day).unique()
    known = [*((label, day) for label, found in days.files.items() for day in found), *late.iter_rows()]
    one_each: dict[object, str] = {}
    if any(one_each.setdefault(day, label) != label for label, day in known):
        raise Whole("its days overlap with those of another file")


def _read_whole(sources: Sequence[InputFile], options: ReadOptions, days: DaySpill) -> RoleRows:
    """The logs read whole, as small ones are, or those that their rows together have to settle."""
    parts = []
    for group in group_by_header(read_all(sources, Role.USAGE, options), options):
        typed = read_usage(group, options)
        frame = pl.concat([with_unread(typed, _keyed(typed.frame)), typed.apart], how="diagonal")
        parts.append(as_role(typed.replace(frame=frame)))
    for rows in parts:
        if rows.grain is not Grain.LOG:
            raise InputError(
                f"`{rows.files[0].label}` is a table of numbers, no log of events: there is nothing to roll up",
                hint=f"`csq triage --usage {rows.files[0].label}` reads it as it is",
            )
    rows = stack(parts)
    if len(parts) > 1:  # what one header alone has tells no rows apart
        rows = replace(rows, frame=rows.frame.drop(UNREAD))
    return _settled(rows, options, days)


def _settled(rows: RoleRows, options: ReadOptions, days: DaySpill) -> RoleRows:
    """The rows with each event once, those in use counted, and a row for all that are counted of a file."""
    frame, told = count_event_ids_once(rows.frame, options.as_of)
    frame = settle_log(frame, options.overlap).drop(UNREAD, strict=False)
    if frame.filter(is_used())["at"].null_count():
        raise InputError(
            f"`{rows.files[0].label}` has no dates, and days cannot be told",
            hint='`--column date="HEADER"` names the column of the days',
        )
    days.take_typed(frame.with_columns(account_id=OWN))
    counted = pl.DataFrame(
        [(label, sum(found.values())) for label, found in days.files.items()],
        schema={FILE: pl.String(), "rows": pl.Int64()},
        orient="row",
    )
    lost = frame.filter(~is_used())
    frame = pl.concat([lost, as_rows(counted.with_columns(pl.lit(None, dtype=pl.Int64()).alias(LINE)))], how="diagonal")
    return replace(rows, frame=frame, notes=(*rows.notes, *told))


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """With what stands for the account of a row while rows are told from each other: the first of its keys."""
    keys = [name for name in (*KEY_NAMES, *PEOPLE) if name in frame.columns]
    first = pl.coalesce(keys) if keys else pl.lit(None, dtype=pl.String())
    own = pl.col("account_id") if "account_id" in frame.columns else pl.lit(None, dtype=pl.String())
    return frame.with_columns(own.alias(OWN), first.alias(KEY), account_id=first)
