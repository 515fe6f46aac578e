"""Rollups to the rows of usage, counted in windows: the days that are looked at, and of all others their months."""

import calendar
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.by_day import ACCOUNT, FEATURE, USER, count_days
from csq.engine.counts import add, count_rows
from csq.errors import InputError
from csq.fate import FATE, ROWS, as_rows, mark
from csq.report import Note
from csq.roles import KEY_NAMES, PEOPLE
from csq.sources.columns.everyday import is_one_of
from csq.sources.joining.identity import Known, match_rows, pairs_to_try, rank_keys
from csq.sources.reading.grid import LINE, column
from csq.sources.reading.read import TextTable, label_of
from csq.sources.rollup.layout import (
    KEYS,
    MANIFEST,
    VIA,
    days_in,
    hashed,
    manifest_of,
    month_file,
    read_days,
    read_months,
)
from csq.sources.rows.tables import ReadOptions
from csq.sources.rows.typed import FILE, KEY, RoleRows, Typed, no_rejects, no_rows, stack
from csq.terms import Fate, Grain, Role

AGAIN = 4
"""How often they are read at most, until the newest day is that of a row whose account is known."""
ANY = "whose"
"""Column with a number for each account and fate: to group by it takes less time than by texts."""
Recount = Callable[[date], RoleRows]
"""Counts a log anew, as of a day."""


class DaySource(Protocol):
    """Usage that is there as counts of its days, or can be counted so where it lies."""

    label: str
    """What it is called in messages."""
    sha256: str
    """Digest of what it holds; blank where it would have to be fetched for that."""
    keys: Sequence[str]
    """Those of `layout.KEYS` that hold anything."""
    is_hashed: bool
    """Users stand as digests."""
    notes: tuple[Note, ...]
    lost: Mapping[str, int]
    """Rows that cannot be counted, by the reason."""

    def days(self) -> Sequence[date]:
        """The days that it tells of, the earliest first."""

    def counts(self, windows: UsageWindows) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Columns `keys` and `DAYS`: of days that are compared, and of all others, thin or not."""


class Rollup:
    """A rollup as a source."""

    lost: Mapping[str, int] = {}
    notes: tuple[Note, ...] = ()

    def __init__(self, folder: Path) -> None:
        """Look at its manifest. Raises InputError when that cannot be read."""
        self.folder = folder
        self.label = label_of(folder)
        manifest = manifest_of(folder)
        self.keys: Sequence[str] = [name for name in KEYS if name in manifest.keys]
        self.is_hashed = manifest.hash_users
        self.sha256 = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()

    def days(self) -> Sequence[date]:
        """The days that are there."""
        return days_in(self.folder)

    def counts(self, windows: UsageWindows) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Of the days of spans that are compared, and of all others those of their months, where they can."""
        try:
            return _of_rollup(self.folder, windows, self.keys)
        except (OSError, pl.exceptions.PolarsError) as error:
            told = f"the rollup `{self.label}` cannot be read: {str(error).splitlines()[0]}"
            again = "if it has just been written, run again; else roll those days up again"
            raise InputError(told, hint=again) from None


def with_days(
    sources: Sequence[DaySource], log: RoleRows | None, options: ReadOptions, known: Known, recount: Recount
) -> RoleRows:
    """The rows of some sources, with a row without a line for all those of one key, and of a log beside them.

    Raises:
        InputError: One cannot be read, two tell the same day, or its rows find their accounts by their users.
    """
    if log is not None and log.grain is not Grain.LOG:
        told = f"`{log.files[0].label}` is a table of numbers, and `{sources[0].label}` a log of events"
        raise InputError(told, hint="give one of them")
    days = {source.label: source.days() for source in sources}
    if options.overlap != "add":
        _check_days(days, log)
    day: date = options.as_of or _newest(days, log, options.run_day)
    for _ in range(AGAIN):
        parts = [_read(source, options, known, _windows(options, day)) for source in sources]
        if log is not None:
            parts.append(_counted(log, options, day, recount))
        rows = replace(stack(parts), counts=add([part.counts for part in parts if part.counts]))
        newest = rows.keyed["at"].max()
        if options.as_of or not isinstance(newest, datetime) or newest.date() == day:
            return rows
        day = newest.date()
    raise InputError(f"the newest day of `{sources[0].label}` cannot be told", hint="`--as-of DATE`")


def _windows(options: ReadOptions, day: date) -> UsageWindows:
    """The days that a run looks at. Raises InputError where one needs the rows themselves."""
    if options.usage_days is None:
        raise InputError("a rollup holds counts of days, and this needs every row", hint="give the log itself")
    return UsageWindows(day, options.usage_days)


def _newest(told: Mapping[str, Sequence[date]], log: RoleRows | None, run_day: date | None) -> date:
    """The newest day, not after that of the run."""
    days = [day for found in told.values() for day in found if run_day is None or day <= run_day]
    newest = log.keyed["at"].max() if log else None
    if isinstance(newest, datetime):
        days.append(newest.date())
    if not days:
        raise InputError(f"`{next(iter(told))}` has no day up to today", hint="`--as-of DATE`")
    return max(days)


def _counted(log: RoleRows, options: ReadOptions, day: date, recount: Recount) -> RoleRows:
    """A log counted in the windows of a day."""
    windows = _windows(options, day)
    if log.counts is None:
        return replace(log, counts=count_rows(log.keyed, windows, is_everyday=is_one_of(options.everyday)))
    return log if log.counts.windows == windows else recount(day)


def _check_days(sources: Mapping[str, Sequence[date]], log: RoleRows | None) -> None:
    """Refuse sources that tell the same day. Of a log that was counted as it was read, its first to its last day."""
    told: dict[date, str] = {}
    for label, days in sources.items():
        for day in days:
            if day in told:
                raise _twice(told[day], label, day)
            told[day] = label
    if log is None:
        return
    if log.counts is None:
        spans = log.keyed.select(FILE, first=pl.col("at").dt.date(), last=pl.col("at").dt.date()).unique()
    else:
        by_file = log.counts.days.group_by(pl.col(FILE).cast(pl.String()))
        spans = by_file.agg(pl.col("first").min(), pl.col("last").max())
    for label, first, last in spans.drop_nulls().sort(FILE, "first").iter_rows():
        if within := [day for day in told if first <= day <= last]:
            raise _twice(told[within[0]], label, within[0])


def _twice(one: str, other: str, day: date) -> InputError:
    hint = "leave one of them out, or `--overlap add` adds them up"
    return InputError(f"`{one}` and `{other}` both tell of {day}", hint=hint)


def _read(source: DaySource, options: ReadOptions, known: Known, windows: UsageWindows) -> RoleRows:
    label, keys = source.label, source.keys
    days, thin = source.counts(windows)
    if source.is_hashed:
        days, thin = (_named(counts, known) for counts in (days, thin))
    is_late = pl.col("day") > (options.run_day or date.max)
    of_account = pl.concat([days.filter(pl.col("what") == FEATURE), thin.filter(pl.col("what") == ACCOUNT)])
    rejected = int(of_account.filter(is_late)[ROWS].sum())
    last = pl.col("day").max().cast(pl.Datetime("us"))
    summed = of_account.lazy().filter(~is_late).group_by(keys).agg(pl.col(ROWS).sum(), at=last).sort(keys)
    by_key = summed.collect(engine="streaming")
    _check_people(label, pl.concat([days, thin]).filter(~is_late), keys, known, options)
    match = match_rows(_typed(source, by_key), known, options.keys.get(Role.USAGE))
    theirs = match.frame.select("account_id", FATE, KEY).filter(pl.col(KEY).is_not_null()).drop(KEY)
    whose = theirs.unique(maintain_order=True).with_row_index(ANY)
    numbers = theirs.join(whose, on=["account_id", FATE], how="left", nulls_equal=True, maintain_order="left")[ANY]
    found = by_key.select(keys).filter(match.frame[KEY].is_not_null()).with_columns(numbers).lazy()
    whole, slim = (counts.lazy().filter(~is_late).join(found, on=keys, nulls_equal=True) for counts in (days, thin))
    counts = count_days(whole, slim, windows, [ANY], is_one_of(options.everyday))
    told = (pl.lit(whose[name]).gather(ANY).alias(name) for name in ("account_id", FATE))
    counts = counts.with_columns(*told, pl.lit(label).alias(FILE)).without(ANY)
    lost = {**source.lost, "date after the run day": rejected}
    return _with_lost(replace(match, counts=counts), label, lost)


def _of_rollup(folder: Path, windows: UsageWindows, keys: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    days = days_in(folder)
    months: dict[date, list[date]] = {}
    for day in days:
        months.setdefault(day.replace(day=1), []).append(day)
    compared = {day for day in days for span in windows.compared.values() if span.first <= day <= span.last}
    thin = [
        month
        for month, mine in months.items()
        if compared.isdisjoint(mine)
        and not month <= windows.as_of < month.replace(day=calendar.monthrange(month.year, month.month)[1])
        and month_file(folder, month).is_file()
    ]
    single = [day for day in days if day.replace(day=1) not in thin]
    return read_days(folder, single, keys), read_months(folder, thin, keys)


def _named(counts: pl.DataFrame, known: Known) -> pl.DataFrame:
    """With the names of users whom the contacts name, so that they are told by them."""
    if known.contacts is None:
        return counts
    names = pl.concat([known.contacts[name] for name in PEOPLE if name in known.contacts.columns]).drop_nulls().unique()
    digests = hashed(names)
    is_user = pl.col("what") == USER
    return counts.with_columns(
        pl.when(is_user).then(pl.col("name").replace(digests, names)).otherwise("name").alias("name"),
        *(pl.col(name).replace(digests, names) for name in counts.columns if name.startswith(VIA)),
    )


def _typed(source: DaySource, by_key: pl.DataFrame) -> Typed:
    """The rows of a source as they would be of a log: one for all those of the same keys."""
    label, keys = source.label, source.keys
    fields = {name.removeprefix(VIA): index for index, name in enumerate(keys)}
    text = by_key.select(pl.col(name).fill_null("").alias(column(index)) for index, name in enumerate(keys))
    own = as_rows(by_key.with_columns(pl.lit(label).alias(FILE), pl.lit(None, dtype=pl.Int64()).alias(LINE)))
    frame = own.rename({name: name.removeprefix(VIA) for name in keys})
    text = text.with_columns(own[FILE], own[LINE])
    table = TextTable(
        label=label,
        sha256=source.sha256,
        header=tuple(fields),
        header_line=1,
        frame=text.drop(FILE),
    )
    return Typed(
        role=Role.USAGE,
        tables=(table,),
        fields=fields,
        text=text,
        frame=frame,
        apart=no_rows(),
        faults=no_rejects(),
        notes=source.notes,
        grain=Grain.LOG,
    )


def _check_people(label: str, counts: pl.DataFrame, keys: Sequence[str], known: Known, options: ReadOptions) -> None:
    """Refuse rows that would find more accounts by their users than by their keys: features are not kept by user."""
    own = [name for name in KEY_NAMES if name in keys]
    if known.accounts is None or not own:
        return
    pairs = pairs_to_try([*own, "user_id"], known, options.keys.get(Role.USAGE))
    if not any(name == "user_id" for name, _ in pairs):
        return
    users = counts.filter(pl.col("what") == USER).rename({"name": "user_id"}).group_by(*own, "user_id")
    taken, _ = rank_keys(as_rows(users.agg(pl.col(ROWS).sum())), known.of(Role.USAGE), pairs)
    if taken[0][0] == "user_id":
        raise InputError(
            f"more rows of `{label}` find an account by their user than by `{own[0]}`, and its features are counted by "
            "account",
            hint="give the log itself, or `--aliases FILE` for the keys of the log",
        )


def _with_lost(rows: RoleRows, label: str, lost: Mapping[str, int]) -> RoleRows:
    """With the rows that are rejected, one for all of a reason."""
    parts = [
        mark(
            as_rows(pl.DataFrame({FILE: [label], ROWS: [count]}, schema_overrides={ROWS: pl.Int64()})),
            {Fate.REJECTED: pl.lit(value=True)},
            reason=reason,
            column="date",
        )
        for reason, count in lost.items()
        if count
    ]
    return replace(rows, frame=pl.concat([rows.frame, *parts], how="diagonal"))
