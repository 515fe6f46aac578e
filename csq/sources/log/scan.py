"""The rows of a plain event log, which polars reads straight from its bytes.

Only where it is certain that this gives the rows that the careful way gives: one line per row, no quotes, no short or
long rows, ISO dates, whole counts. Of anything else nothing is read.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from csq.engine.counts import UNITS
from csq.sources.cells.keys import domain_of
from csq.sources.cells.values import BLANKS, read_text
from csq.sources.joining.identity import NOBODY

MOST = 10**6
"""Events of a row: the sum of so many a row cannot overflow, in units."""
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z?$"
_ID = r"^[!#-&(-<>-~][!-~]*$"
"""Ids that are the same only if all their characters are: nothing in them is made plain."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """Where the fields of a log stand in a plain delimited file."""

    delimiter: str
    width: int
    """Columns of the file."""
    fields: dict[str, int]
    """Position of `key`, `date`, and where there are such `user_id`, `feature`, `events`, `event_id`."""
    timed: bool
    """The dates have a time of day."""
    last_day: date
    """No row may be later."""
    by_domain: bool
    """Accounts go by the domain in their key."""
    needs_id: bool
    """Every row has to have an event id."""


def plain_rows(data: bytes, scan: Scan) -> pl.DataFrame | None:
    """The rows of some lines: key (Categorical), day, units, user_id, feature, event_id if any. None if not plain."""
    if any(byte in data for byte in (b'"', b"\r", b"\0")):
        return None  # a line need not be a row
    rows = _read(data, scan)
    if rows is None or _is_short(data, scan, rows) or not _are_written_plain(rows["date"], scan) or _is_odd(rows, scan):
        return None
    return rows.with_columns(units=pl.col("events") * UNITS).drop("date", "events", "last")


def _read(data: bytes, scan: Scan) -> pl.DataFrame | None:
    names, at = [f"c{index}" for index in range(scan.width)], scan.fields
    schema: dict[str, pl.DataType] = dict.fromkeys(names, pl.String())
    # Accounts come again and again: numbers are grouped in half the time.
    schema[names[at["key"]]] = pl.Categorical()
    if "events" in at:
        schema[names[at["events"]]] = pl.Int64()
    lines = pl.scan_csv(data, has_header=False, schema=schema, separator=scan.delimiter, quote_char=None)
    date = pl.col(names[at["date"]])
    missing = {
        "user_id": pl.lit(None, pl.String()),
        "feature": pl.lit(None, pl.String()),
        "events": pl.lit(1, pl.Int64()),
    }
    # A user's address may be both the user and what leads to the account.
    also = {name: pl.col(names[at["key"]]).cast(pl.String()) for name in at if name != "key" and at[name] == at["key"]}
    rows = lines.select(
        day=(date.str.head(10) if scan.timed else date).str.to_date("%Y-%m-%d", strict=False),
        last=pl.col(names[-1]),
        **missing | {name: pl.col(names[index]) for name, index in at.items()} | also,
    )
    # Polars sees that a row is too long only where it reads all its cells, wanted or not.
    all_cells = pl.QueryOptFlags(projection_pushdown=False)
    try:
        return rows.collect(optimizations=all_cells)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None  # a row has too many cells or no whole count, or is not UTF-8


def _is_short(data: bytes, scan: Scan, rows: pl.DataFrame) -> bool:
    """Whether a row may be short: polars fills it up in silence, though it refuses one that is too long.

    Where every row has its last cell none can be; else the delimiters of short rows are missing in their sum.
    """
    wanted = rows.height * (scan.width - 1)
    return bool(rows["last"].null_count()) and data.count(scan.delimiter.encode()) != wanted


def _are_written_plain(text: pl.Series, scan: Scan) -> bool:
    """Whether dates are read as they are written: polars reads past signs, and blanks amid a date."""
    written = text if scan.timed else text.unique()  # days are few
    return bool(written.str.contains(_TIME if scan.timed else _DAY).all())


def _is_odd(rows: pl.DataFrame, scan: Scan) -> bool:
    """Whether a row has no key, day or count that can be taken as it is, or an event id that has to be made plain."""
    day, events, event_id = pl.col("day"), pl.col("events"), pl.col("event_id")
    odd = [
        pl.any_horizontal(pl.col("key", "day", "events").null_count() > 0),
        ((day.min() < date.min) | (day.max() > scan.last_day)).alias("days"),
        ((events.min() < 0) | (events.max() > MOST)).alias("counts"),
    ]
    if "event_id" in rows.columns:
        odd.append((~event_id.str.contains(_ID) | event_id.str.to_lowercase().is_in(BLANKS)).any().alias("ids"))
        odd.append((pl.lit(scan.needs_id) & event_id.is_null().any()).alias("no_id"))
    return any(rows.select(odd).row(0)) or _names_nobody(rows["key"].unique().cast(pl.String()), scan)


def _names_nobody(keys: pl.Series, scan: Scan) -> bool:
    """Whether a key says that a row is no account's."""
    plain = pl.lit(read_text(keys).values)
    nobody = plain.is_null() | pl.lit(keys).str.strip_chars().str.to_lowercase().is_in(NOBODY)
    return bool(pl.select((nobody | domain_of(plain).is_null() if scan.by_domain else nobody).any()).item())
