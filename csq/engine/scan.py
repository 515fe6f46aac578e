"""A big event log reduced straight from its file, a part at a time, without a row in Python's hands.

Only for a file of which it is certain that this gives what the careful way gives: one line per row,
no quotes, no short or long rows, ISO dates, whole counts. Anything else is `NotPlain`, with the reason,
and nothing has been read wrong.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from csq.engine.base import UsageWindows

PART = 256 * 2**20
"""Bytes that are looked at together: enough for all cores, little enough to be held several times over."""

_TIME = r"^\d{4}-\d{2}-\d{2}[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z?$"
_ID = r"^[!#-&(-<>-~][!-~]*$"
"""Ids that are the same only if all their characters are: nothing in them is made plain."""


class NotPlain(Exception):
    """Why a file cannot be scanned."""


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


@dataclass(frozen=True, kw_only=True)
class ScannedLog:
    """A log as small tables; keys, users and features stand in them as they do in the file.

    days: key, day, events, rows; of the days that no window and no fact looks at only those that fates need:
    the first and the last, with the rows of all, and the last with an event, counted as one.
    users: key, user_id, events (of this window and the one before), recent (has any in them), active, first_day,
    last_day.
    features: key, feature, now, before, seen (by as_of).
    """

    rows: int
    sha256: str
    days: pl.DataFrame
    users: pl.DataFrame
    features: pl.DataFrame

    @property
    def span(self) -> tuple[date, date]:
        """First and last day."""
        first, last = self.days.select(pl.col("day").min(), pl.col("day").max().alias("last")).row(0)
        return first, last


def scan_log(scan: LogScan, windows: UsageWindows) -> ScannedLog:
    """Reduce a file.

    Raises:
        NotPlain: It has to be read the careful way.
    """
    digest, rows = hashlib.sha256(), 0
    parts: list[list[pl.DataFrame]] = []
    ids: list[pl.Series] = []
    with scan.path.open("rb") as stream:
        digest.update(stream.read(scan.skip))
        while data := stream.read(PART):
            data += stream.readline()
            digest.update(data)
            _check_bytes(data)
            try:
                *small, checks, hashes = pl.collect_all(_queries(data, scan, windows))
            except pl.exceptions.ComputeError as error:
                raise NotPlain(f"a row is too long, or not UTF-8 ({str(error).splitlines()[0]})") from None
            _check_widths(data, scan, checks)
            _check_cells(checks)
            rows += checks["rows"].item()
            parts.append(small)
            ids.append(hashes.to_series())
    if not parts:
        raise NotPlain("it has no rows")
    if "event_id" in scan.fields and (known := pl.concat(ids).drop_nulls()).n_unique() < len(known):
        raise NotPlain("an event id is repeated")
    days, users, features = (pl.concat(tables) for tables in zip(*parts, strict=True))
    return ScannedLog(
        rows=rows,
        sha256=digest.hexdigest(),
        days=_all_days(days, features),
        users=fold_users(users, "key"),
        features=fold_features(features, "key"),
    )


def _all_days(days: pl.DataFrame, features: pl.DataFrame) -> pl.DataFrame:
    """Days that are looked at, and in their own words the others."""
    spans = features.group_by("key").agg(
        pl.col("outside", "after").sum(), pl.col("first").min(), pl.col("quiet", "busy", "newest").max()
    )
    none = pl.lit(0, dtype=pl.UInt32())
    rows = {"first": none, "quiet": pl.col("outside"), "busy": none, "newest": pl.col("after")}
    kinds = [
        spans.select(
            "key",
            pl.col(name).alias("day"),
            pl.lit(int(name == "busy"), dtype=pl.Int64()).alias("events"),
            count.cast(pl.UInt32).alias("rows"),
        )
        for name, count in rows.items()
    ]
    together = pl.concat([days, *kinds]).drop_nulls("day")
    return together.group_by("key", "day").agg(pl.col("events", "rows").sum()).sort("key", "day")


def fold_users(users: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each account and user."""
    return (
        users.drop_nulls([key, "user_id"])
        .group_by(key, "user_id")
        .agg(
            pl.col("events").sum(),
            pl.col("recent", "active").any(),
            pl.col("first_day").min(),
            pl.col("last_day").max(),
        )
        .sort(key, "user_id")
    )


def fold_features(features: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each account and feature."""
    return (
        features.drop_nulls([key, "feature"])
        .group_by(key, "feature")
        .agg(pl.col("now").any(), pl.col("before").any(), pl.col("seen").any())
        .sort(key, "feature")
    )


def _check_bytes(data: bytes) -> None:
    """Make certain that a line is a row."""
    for byte, what in ((b'"', "a quote"), (b"\r", "a carriage return"), (b"\0", "a NUL byte")):
        if byte in data:
            raise NotPlain(f"it holds {what}")


def _check_widths(data: bytes, scan: LogScan, checks: pl.DataFrame) -> None:
    """Make certain that no row is short: polars fills it up in silence, though it refuses one that is too long.

    Where every row has its last cell none can be; else the delimiters of short rows are missing in their sum.
    """
    wanted = checks["rows"].item() * (scan.width - 1)
    if checks["last"].item() and data.count(scan.delimiter.encode()) != wanted:
        raise NotPlain("a row has too few cells")


def _queries(data: bytes, scan: LogScan, windows: UsageWindows) -> list[pl.LazyFrame]:
    names = [f"c{index}" for index in range(scan.width)]
    lines = pl.scan_csv(
        data, has_header=False, schema=dict.fromkeys(names, pl.String()), separator=scan.delimiter, quote_char=None
    )
    have = {name: pl.col(names[index]) for name, index in scan.fields.items()}
    text = have["date"]
    # A sign or a blank in front sorts below the digits, and polars would read past it.
    sound = text.str.contains(_TIME) if scan.timed else (text.str.len_bytes() == 10) & (text >= "0")
    events = have["events"].cast(pl.Int64, strict=False) if "events" in have else pl.lit(1, dtype=pl.Int64())
    none = pl.lit(None, dtype=pl.String())
    rows = lines.select(
        key=have["key"],
        day=pl.when(sound).then(text.str.slice(0, 10)).str.to_date("%Y-%m-%d", strict=False),
        events=events,
        user_id=have.get("user_id", none),
        feature=have.get("feature", none),
        event_id=have.get("event_id", none),
        # Polars sees that a row is too long only where it reads to the end of it.
        last=pl.col(names[-1]),
    )
    day = pl.col("day")
    busy = pl.col("events") > 0
    now, before = windows.now.holds(day), windows.before.holds(day)
    past = day <= windows.as_of
    kept = now | before | windows.year_ago.holds(day) | windows.single_days.holds(day)

    def last(mask: pl.Expr) -> pl.Expr:
        return pl.when(mask).then(day).max()

    return [
        rows.filter(kept).group_by("key", "day").agg(pl.col("events").sum(), rows=pl.len()),
        rows.filter(busy & past)
        .group_by("key", "user_id")
        .agg(
            pl.col("events").filter(now | before).sum(),
            recent=(now | before).any(),
            active=now.any(),
            first_day=day.min(),
            last_day=day.max(),
        ),
        rows.group_by("key", "feature").agg(
            now=(now & busy).any(),
            before=(before & busy).any(),
            seen=(busy & past).any(),
            outside=(past & ~kept).sum(),
            after=(~past).sum(),
            first=day.min(),
            quiet=last(past & ~kept),
            busy=last(past & ~kept & busy),
            newest=last(~past),
        ),
        rows.select(
            pl.col("key", "day", "events").null_count(),
            rows=pl.len(),
            negative=(pl.col("events") < 0).sum(),
            odd=(~pl.col("event_id").str.contains(_ID)).sum(),
            last=pl.col("last").null_count(),
        ),
        rows.select(pl.col("event_id").hash()) if "event_id" in have else rows.select(pl.col("event_id").head(0)),
    ]


def _check_cells(checks: pl.DataFrame) -> None:
    counts = checks.row(0, named=True)
    reasons = {
        "key": "a row names no account",
        "day": "a date is not written as 2026-11-16",
        "events": "a number of events is not a plain whole number",
        "negative": "a number of events is negative",
        "odd": "an event id has blanks or other odd characters",
    }
    for name, reason in reasons.items():
        if counts[name]:
            raise NotPlain(reason)
