"""The rows of a plain event log, which polars reads straight from its bytes.

Only of a file of which it is certain that this gives the rows that the careful way gives: one line per row,
no quotes, no short or long rows, ISO dates, whole counts. Anything else is `NotPlain`, with the reason,
and nothing has been read wrong.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

PIECE = 16 * 2**20
"""Bytes that are read together: the memory of so many is used again for the next."""
BESIDE = 2
"""Pieces that are read at a time, so that no core waits for the end of one."""
PIECES = 4
"""Whose rows are counted together: enough for all cores, little enough to be held several times over."""

MOST = 10**9
"""Events of a row: the sum of so many a row cannot overflow."""
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?Z?$"
_ID = r"^[!#-&(-<>-~][!-~]*$"
"""Ids that are the same only if all their characters are: nothing in them is made plain."""


class NotPlain(Exception):
    """Why a log has to be read in a slower way."""


@dataclass(frozen=True, kw_only=True)
class LogScan:
    """Where the fields of a log stand in a plain delimited file."""

    path: Path
    delimiter: str
    width: int
    """Columns of the file."""
    skip: int
    """Bytes before the first row: byte order mark and header."""
    fields: dict[str, int]
    """Position of `key`, `date`, and where there are such `user_id`, `feature`, `events`, `event_id`."""
    timed: bool
    """The dates have a time of day."""


def read_rows(scan: LogScan, look: Callable[[bytes], object]) -> Generator[pl.DataFrame, None, None]:
    """The rows of a file, many together: key, day, events, user_id, feature, event_id.

    Args:
        scan: The file.
        look: Is shown all its bytes, in their order.

    Raises:
        NotPlain: It has to be read the careful way.
    """
    held: list[pl.DataFrame] = []
    for rows in _pieces(scan, look):
        held.append(rows)
        if len(held) == PIECES:
            yield pl.concat(held)
            held.clear()
    if held:
        yield pl.concat(held)


def _pieces(scan: LogScan, look: Callable[[bytes], object]) -> Iterator[pl.DataFrame]:
    """The rows of each piece. To read and look at the bytes takes one core, which is time for the pieces before."""
    coming: deque[Future[pl.DataFrame]] = deque()
    with scan.path.open("rb") as stream, ThreadPoolExecutor(BESIDE) as beside:
        look(stream.read(scan.skip))
        while data := stream.read(PIECE):
            data += stream.readline()
            coming.append(beside.submit(_rows, data, scan))
            look(data)
            if len(coming) > BESIDE:
                yield coming.popleft().result()
        for rows in coming:
            yield rows.result()


def _rows(data: bytes, scan: LogScan) -> pl.DataFrame:
    """The rows of some lines, when it is proved that there are no others."""
    _check_bytes(data)
    rows = _read(data, scan)
    _check_widths(data, scan, rows)
    _check_dates(rows["date"], scan)
    _check_cells(rows)
    return rows.drop("date", "last")


def _check_bytes(data: bytes) -> None:
    """Make certain that a line is a row."""
    for byte, what in ((b'"', "a quote"), (b"\r", "a carriage return"), (b"\0", "a NUL byte")):
        if byte in data:
            raise NotPlain(f"it holds {what}")


def _read(data: bytes, scan: LogScan) -> pl.DataFrame:
    """The rows of some lines."""
    names = [f"c{index}" for index in range(scan.width)]
    schema = dict.fromkeys(names, pl.String())
    lines = pl.scan_csv(data, has_header=False, schema=schema, separator=scan.delimiter, quote_char=None)
    have = {name: pl.col(names[index]) for name, index in scan.fields.items()}
    none = pl.lit(None, dtype=pl.String())
    rows = lines.select(
        key=have["key"],
        day=have["date"].str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False),
        events=have["events"].cast(pl.Int64, strict=False) if "events" in have else pl.lit(1, dtype=pl.Int64()),
        user_id=have.get("user_id", none),
        feature=have.get("feature", none),
        event_id=have.get("event_id", none),
        date=have["date"],
        last=pl.col(names[-1]),
    )
    # Polars sees that a row is too long only where it reads all its cells, wanted or not.
    all_cells = pl.QueryOptFlags(projection_pushdown=False)
    try:
        return rows.collect(optimizations=all_cells)
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        raise NotPlain("a row has too many or too few cells, or is not UTF-8") from None


def _check_widths(data: bytes, scan: LogScan, rows: pl.DataFrame) -> None:
    """Make certain that no row is short: polars fills it up in silence, though it refuses one that is too long.

    Where every row has its last cell none can be; else the delimiters of short rows are missing in their sum.
    """
    wanted = rows.height * (scan.width - 1)
    if rows["last"].null_count() and data.count(scan.delimiter.encode()) != wanted:
        raise NotPlain("a row has too few cells")


def _check_dates(text: pl.Series, scan: LogScan) -> None:
    """Make certain that a date is read as it is written: polars reads past signs, and blanks amid it."""
    written = text if scan.timed else text.unique()  # days are few
    if not written.str.contains(_TIME if scan.timed else _DAY).all():
        raise NotPlain("a date is not written as 2026-11-16")


def _check_cells(rows: pl.DataFrame) -> None:
    counts = rows.select(
        pl.col("key", "day", "events").null_count(),
        early=(pl.col("day") < date.min).sum(),
        negative=(pl.col("events") < 0).sum(),
        huge=(pl.col("events") > MOST).sum(),
        odd=(~pl.col("event_id").str.contains(_ID)).sum(),
    ).row(0, named=True)
    reasons = {
        "key": "a row names no account",
        "day": "a date is not written as 2026-11-16",
        "early": "a date is before the year 1",
        "events": "a number of events is not a plain whole number",
        "negative": "a number of events is negative",
        "huge": "a number of events is very large",
        "odd": "an event id has blanks or other odd characters",
    }
    for name, reason in reasons.items():
        if counts[name]:
            raise NotPlain(reason)
