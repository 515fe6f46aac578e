"""What lies where in a rollup, for whoever writes or reads one.

    ROLLUP/manifest.json                    what it was made of: `Manifest`
    ROLLUP/day=2026-11-15/counts.parquet    a day: `KEYS`, what, name, units, rows
    ROLLUP/months/2026-11.parquet           a month of days, thin (see `engine.by_day`): day, then the same

A day is one file, put in its place at once, so that it is there whole or not at all; nothing else is needed to read a
rollup. A month is there only while it says what its days say: it is removed before one of them is written.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from csq.engine.by_day import DAYS
from csq.errors import InputError
from csq.roles import KEY_NAMES, PEOPLE

MANIFEST, COUNTS, MONTHS = "manifest.json", "counts.parquet", "months"
LAYOUT = 1
"""Number of the layout; one that this csq does not know is refused."""
VIA = "via_"
"""Prefix of columns that name the person by whom a row without any key finds its account."""
KEYS = (*KEY_NAMES, *(VIA + name for name in PEOPLE))
"""Columns by which counts find their account."""
SCHEMA: Mapping[str, pl.DataType] = {"day": DAYS["day"], **dict.fromkeys(KEYS, pl.String()), **DAYS}
"""Columns of the counts; in the file of a day, its folder says which."""
_DAY = "day="


class Manifest(NamedTuple):
    """What a rollup was made of."""

    csq: str
    hash_users: bool
    """Users stand as digests."""
    days: Mapping[str, Mapping[str, Any]] = {}
    """By day: sha256 of its file, rows of the log, inputs that they came from."""
    keys: Sequence[str] = ()
    """Those of `KEYS` that hold anything."""
    inputs: Mapping[str, str | None] = {}
    """sha256 of the files that were read, by name; null of what a server read."""
    layout: int = LAYOUT

    def to_bytes(self) -> bytes:
        """The manifest as it is kept."""
        return (json.dumps(self._asdict(), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def days_of(logs: Mapping[str, Mapping[date, int]]) -> dict[date, int]:
    """The days that there are in some logs, with the rows of all."""
    found: Counter[date] = Counter()
    for days in logs.values():
        found.update(days)
    return dict(sorted(found.items()))


def is_rollup(path: Path) -> bool:
    """Whether a path is a rollup."""
    return (path / MANIFEST).is_file()


def manifest_of(folder: Path) -> Manifest:
    """Read the manifest. Raises InputError when it cannot be read, or is from a csq after this one."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        found = Manifest(**told)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(f"the manifest of the rollup `{folder}` cannot be read: {error}") from None
    if found.layout != LAYOUT:
        raise InputError(f"the rollup `{folder}` is of csq {found.csq}, which is newer", hint="update csq")
    return found


def day_file(folder: Path, day: date) -> Path:
    """Where the counts of a day are."""
    return folder / f"{_DAY}{day}" / COUNTS


def month_file(folder: Path, month: date) -> Path:
    """Where the thin counts of the month of a day are."""
    return folder / MONTHS / f"{month:%Y-%m}.parquet"


def days_in(folder: Path) -> list[date]:
    """The days that are there, the earliest first."""
    found = (path.parent.name.removeprefix(_DAY) for path in folder.glob(f"{_DAY}*/{COUNTS}"))
    return sorted(date.fromisoformat(name) for name in found)


def read_days(folder: Path, days: Sequence[date], keys: Sequence[str]) -> pl.DataFrame:
    """The counts of some days: columns `keys` and `DAYS`."""
    if not days:
        return pl.DataFrame(schema={**dict.fromkeys(keys, pl.String()), **DAYS})
    files = [day_file(folder, day) for day in days]
    scan = pl.scan_parquet(files, hive_partitioning=True, hive_schema={"day": pl.Date()})
    return scan.select(*keys, *DAYS).collect(engine="streaming")


def read_months(folder: Path, months: Sequence[date], keys: Sequence[str]) -> pl.DataFrame:
    """The thin counts of some months: columns `keys` and `DAYS`."""
    if not months:
        return pl.DataFrame(schema={**dict.fromkeys(keys, pl.String()), **DAYS})
    scan = pl.scan_parquet([month_file(folder, month) for month in months])
    return scan.select(*keys, *DAYS).collect(engine="streaming")


def in_order(counts: pl.DataFrame) -> pl.DataFrame:
    """Counts with the columns `SCHEMA`, whatever keys they have."""
    missing = {name: pl.lit(None, dtype=dtype) for name, dtype in SCHEMA.items() if name not in counts.columns}
    return counts.with_columns(**missing).select(*SCHEMA)


def hashed(names: pl.Series) -> pl.Series:
    """Names of users as digests, each always the same."""
    unique = names.drop_nulls().unique()
    digests = [hashlib.sha256(name.encode()).hexdigest()[:32] for name in unique]
    return names.replace_strict(unique, pl.Series(digests, dtype=pl.String()), default=None, return_dtype=pl.String())
