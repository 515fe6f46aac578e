"""A folder of snapshots, one folder a day: `as_of=2026-11-15/snapshot.parquet` and `run.json`. Reads only."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.errors import InputError
from csq.history.snapshot import SCHEMA_VERSION, Snapshot, from_bytes, record_of
from csq.schema import COLUMNS

TABLE, RUN = "snapshot.parquet", "run.json"
_DAY = "as_of="
PLACES = {
    "as_of": pl.Date(),
    **{
        name: COLUMNS[name].dtype
        for name in ("account_id", "quadrant", "contract_value", "step_id", "queue", "this_week")
    },
    "is_filled": pl.Boolean(),
}
"""Columns of `History.places`: where every account stood on every day, and what was planned for it."""


class History(NamedTuple):
    """A folder of snapshots, and the days of which it has one, the earliest first."""

    folder: Path
    days: tuple[date, ...]

    def newest(self, until: date) -> date | None:
        """The newest day up to and with `until`."""
        return max((day for day in self.days if day <= until), default=None)

    def load(self, day: date) -> Snapshot:
        """Read the snapshot of a day. Raises InputError when it cannot be read, or is from a csq after this one."""
        path = place_of(self.folder, day) / TABLE
        try:
            table, run = path.read_bytes(), path.with_name(RUN)
            record = record_of(table, run.read_bytes() if run.is_file() else None)
            if int(record["schema_version"]) > SCHEMA_VERSION:
                newer = f"`{path}` was written by csq {record['csq_version']}, which knows more than this one"
                raise InputError(newer, hint="use that csq, or a later one")
            return from_bytes(table, record)
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
            raise _unreadable(path, error) from error

    def places(self, days: tuple[date, ...]) -> pl.DataFrame:
        """Where every account stood on each of the days: columns `PLACES`. Raises InputError as `load` does."""
        return pl.concat([pl.DataFrame(schema=PLACES), *map(self._places, days)])

    def _places(self, day: date) -> pl.DataFrame:
        path = place_of(self.folder, day) / TABLE
        try:
            kept = [name for name in pl.read_parquet_schema(path) if name in PLACES]
            frame = pl.read_parquet(path, columns=kept, use_statistics=False)
            frame = frame.with_columns(pl.lit(None).alias(name) for name in PLACES if name not in kept)
            is_filled = json.loads(pl.read_parquet_metadata(path).get("csq_run", "{}")).get("filled", False)
            told = frame.with_columns(as_of=pl.lit(day), is_filled=pl.lit(bool(is_filled)))
            return told.select(pl.col(name).cast(dtype) for name, dtype in PLACES.items())
        except (OSError, ValueError, pl.exceptions.PolarsError) as error:
            raise _unreadable(path, error) from error


def place_of(folder: Path, day: date) -> Path:
    """The folder of one day."""
    return folder / f"{_DAY}{day.isoformat()}"


def open_history(folder: Path) -> History:
    """Look which days a folder has snapshots of; one that is not there has none. Raises InputError when it cannot."""
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"the history `{folder}` is a file", hint="name a folder")
        return History(folder, tuple(sorted(_days(folder))))
    except OSError as error:
        raise InputError(f"cannot read the history `{folder}`: {error.strerror}", hint="look at its rights") from error


def _days(folder: Path) -> Iterator[date]:
    for path in folder.glob(f"{_DAY}*/{TABLE}"):
        try:
            yield date.fromisoformat(path.parent.name.removeprefix(_DAY))
        except ValueError:
            continue  # a folder that somebody has put there


def _unreadable(path: Path, error: Exception) -> InputError:
    told = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0] if str(error) else "it is empty"
    return InputError(f"`{path}` is no snapshot: {told}", hint="move its folder out of the history, and run again")
