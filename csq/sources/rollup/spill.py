"""The counts of days while a log is read: what is too much to be held is laid down."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from csq.engine.by_day import FEATURE, USER, add_days, count_by_day
from csq.engine.counts import UNITS
from csq.errors import InputError
from csq.fate import ROWS, is_used
from csq.roles import KEY_NAMES, PEOPLE
from csq.sources.cells.keys import fold_address
from csq.sources.cells.values import read_id
from csq.sources.log.count import plain_names
from csq.sources.log.opening import LogFile
from csq.sources.log.reading import Log
from csq.sources.rollup.layout import KEYS, SCHEMA, VIA, days_of, hashed, in_order
from csq.sources.rows.ids import OWN_IDS
from csq.sources.rows.typed import FILE, KEY

HELD = 4_000_000
"""Counts that are held together."""


class DaySpill:
    """Counts by day of all rows that it was given, and what is known of their files."""

    def __init__(self, folder: Path, *, hash_users: bool) -> None:
        """Lay down what is too much in `folder`."""
        self.folder = folder
        self.hash_users = hash_users
        self.files: dict[str, dict[date, int]] = {}
        """Rows by file and day."""
        self.keys: set[str] = set()
        """Those of `KEYS` that hold anything."""
        self._held: list[pl.DataFrame] = []
        self._laid_down: list[Path] = []

    @property
    def days(self) -> dict[date, int]:
        """The days that there are, with their rows."""
        return days_of(self.files)

    def take_plain(self, rows: pl.DataFrame, log: Log, file: LogFile) -> None:
        """Take plain rows: see `log.scan.plain_rows`."""
        by = [log.key, *(name for name in KEY_NAMES if name in rows.columns)]
        rows = rows.rename({KEY: log.key}).with_columns(pl.col(by).cast(pl.Categorical()))
        counts = count_by_day(rows, by).with_columns(pl.col(by).cast(pl.String()))
        read = {name: read_cells(counts[name], is_id=name in OWN_IDS) for name in by}
        name = read_cells(counts["name"])
        counts = counts.with_columns(**read, name=name)
        is_user = pl.col("what") == USER
        counts = counts.with_columns(name=pl.when(is_user).then(fold_address(pl.col("name"))).otherwise("name"))
        self._take(counts, file.label)

    def take_typed(self, rows: pl.DataFrame) -> None:
        """Take rows that are typed, of which those count that are used."""
        used = rows.filter(is_used())
        keys = [name for name in KEY_NAMES if name in used.columns]
        alone = pl.all_horizontal(pl.col(name).is_null() for name in keys) if keys else pl.lit(value=True)
        via = {VIA + name: pl.when(alone).then(name) for name in PEOPLE if name in used.columns}
        units = (pl.col("events") * UNITS).round().cast(pl.Int128)
        chosen = used.with_columns(**via, units=units, day=pl.col("at").dt.date())
        for (label,), part in chosen.partition_by(FILE, as_dict=True).items():
            try:
                self._take(count_by_day(part, [*keys, *via]), str(label))
            except pl.exceptions.InvalidOperationError:
                told = f"`{label}` counts more events a day than can be added up"
                raise InputError(told, hint="mend the numbers, or leave the file out") from None

    def chunks(self) -> Iterator[pl.DataFrame]:
        """All counts, added up: some days at a time, each whole. Columns `SCHEMA`."""
        chunk: list[date] = []
        size = 0
        for day, rows in self.days.items():
            if chunk and size + rows > HELD:
                yield self._added(chunk)
                chunk, size = [], 0
            chunk.append(day)
            size += rows
        if chunk:
            yield self._added(chunk)

    def _added(self, days: list[date]) -> pl.DataFrame:
        span = pl.col("day").is_between(days[0], days[-1])
        laid_down = pl.scan_parquet(self._laid_down).filter(span).collect() if self._laid_down else None
        held = [part.filter(span) for part in self._held]
        found = add_days([*held, *([] if laid_down is None else [laid_down])], KEYS)
        return found.select(*SCHEMA)

    def _take(self, counts: pl.DataFrame, label: str) -> None:
        if self.hash_users:
            is_user = counts["what"] == USER
            names = counts["name"].zip_with(~is_user, hashed(counts["name"]))
            via = [name for name in counts.columns if name.startswith(VIA)]
            counts = counts.with_columns(names, *(hashed(counts[name]) for name in via))
        days = self.files.setdefault(label, {})
        for day, rows in counts.filter(pl.col("what") == FEATURE).group_by("day").agg(pl.col(ROWS).sum()).iter_rows():
            days[day] = days.get(day, 0) + rows
        self.keys |= {name for name in KEYS if name in counts.columns and counts[name].count()}
        self._held.append(in_order(counts))
        if sum(part.height for part in self._held) > HELD:
            self._lay_down()

    def _lay_down(self) -> None:
        path = self.folder / f"days-{len(self._laid_down)}.parquet"
        # Sorted by day, so that few of its parts are looked at for some days.
        pl.concat(self._held).sort("day").write_parquet(path, compression="lz4", row_group_size=2**17)
        self._laid_down.append(path)
        self._held = []


def read_cells(cells: pl.Series, *, is_id: bool = False) -> pl.Series:
    """Cells as they are read, of which many are the same. Raises Whole where one has to be told with its line."""
    unique = cells.drop_nulls().unique()
    read = read_id(unique).values if is_id else plain_names(unique)
    if read.equals(unique):
        return cells
    return cells.replace_strict(unique, read, default=None, return_dtype=pl.String())
