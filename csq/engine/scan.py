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

PART = 64 * 2**20
"""Bytes that are looked at together: enough for all cores, little enough to be held several times over."""

MOST = 10**9
"""Events of a row: the sum of so many a row cannot overflow."""
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
    users: key, user_id, events (of this window and the one before), first_day, last_day (with an event, by as_of).
    features: key, feature, last_day (likewise), before (whether used in the window before).
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
            part = _read(data, scan)
            _check_widths(data, scan, part)
            _check_cells(part)
            rows += part.height
            parts.append(_count(part, windows))
            ids.append(part["event_id"].drop_nulls().hash())
    if not parts:
        raise NotPlain("it has no rows")
    if (known := pl.concat(ids)).n_unique() < len(known):
        raise NotPlain("an event id is repeated")
    days, others, users, features = (pl.concat(tables) for tables in zip(*parts, strict=True))
    return ScannedLog(
        rows=rows,
        sha256=digest.hexdigest(),
        days=_all_days(days, others),
        users=fold_users(users.with_columns(pl.col("key").cast(pl.String())), "key"),
        features=fold_features(features.with_columns(pl.col("key", "feature").cast(pl.String())), "key"),
    )


def _all_days(days: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Days that are looked at, and in their own words the others."""
    spans = others.group_by("key").agg(
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
    # In an Enum the numbers have the order of the names, so that sorting needs no names either.
    names = together["key"].unique().cast(pl.String()).sort()
    pairs = together.with_columns(pl.col("key").cast(pl.Enum(names))).group_by(_pair("key", "day"))
    summed = pairs.agg(pl.col("key", "day").first(), pl.col("events", "rows").sum()).sort("pair")
    return summed.select(pl.col("key").cast(pl.String()), "day", "events", "rows")


def fold_users(users: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each account and user."""
    together = users.drop_nulls([key, "user_id"]).group_by(key, "user_id")
    return together.agg(pl.col("events").sum(), pl.col("first_day").min(), pl.col("last_day").max()).sort(
        key, "user_id"
    )


def fold_features(features: pl.DataFrame, key: str) -> pl.DataFrame:
    """One row for each account and feature."""
    together = features.drop_nulls([key, "feature"]).group_by(key, "feature")
    return together.agg(pl.col("last_day").max(), pl.col("before").any()).sort(key, "feature")


def recent_users(users: pl.DataFrame, windows: UsageWindows) -> pl.DataFrame:
    """The users of this window and the one before, with whether they are `active` in this one."""
    last = pl.col("last_day")
    return users.filter(last >= windows.before.first).with_columns(active=last >= windows.now.first)


def known_features(features: pl.DataFrame, windows: UsageWindows) -> pl.DataFrame:
    """The features that were used by as_of, with whether they are in use `now`."""
    used = features.drop_nulls("last_day")
    return used.select("account_id", "feature", "before", now=pl.col("last_day") >= windows.now.first)


def _check_bytes(data: bytes) -> None:
    """Make certain that a line is a row."""
    for byte, what in ((b'"', "a quote"), (b"\r", "a carriage return"), (b"\0", "a NUL byte")):
        if byte in data:
            raise NotPlain(f"it holds {what}")


def _check_widths(data: bytes, scan: LogScan, rows: pl.DataFrame) -> None:
    """Make certain that no row is short: polars fills it up in silence, though it refuses one that is too long.

    Where every row has its last cell none can be; else the delimiters of short rows are missing in their sum.
    """
    wanted = rows.height * (scan.width - 1)
    if rows["last"].null_count() and data.count(scan.delimiter.encode()) != wanted:
        raise NotPlain("a row has too few cells")


def _read(data: bytes, scan: LogScan) -> pl.DataFrame:
    """The rows of a part: key, day, events, user_id, feature, event_id, and the last cell."""
    names = [f"c{index}" for index in range(scan.width)]
    # Accounts and features are few and come again and again: as numbers they are grouped in half the time.
    few = {names[scan.fields[name]] for name in ("key", "feature") if name in scan.fields}
    schema = {name: pl.Categorical() if name in few else pl.String() for name in names}
    lines = pl.scan_csv(data, has_header=False, schema=schema, separator=scan.delimiter, quote_char=None)
    have = {name: pl.col(names[index]) for name, index in scan.fields.items()}
    text = have["date"]
    # A sign or a blank in front sorts below the digits, and polars would read past it.
    sound = text.str.contains(_TIME) if scan.timed else (text.str.len_bytes() == 10) & (text >= "0")
    none = pl.lit(None, dtype=pl.String())
    rows = lines.select(
        key=have["key"],
        day=pl.when(sound).then(text.str.slice(0, 10)).str.to_date("%Y-%m-%d", strict=False),
        events=have["events"].cast(pl.Int64, strict=False) if "events" in have else pl.lit(1, dtype=pl.Int64()),
        user_id=have.get("user_id", none),
        feature=have.get("feature", none.cast(pl.Categorical())),
        event_id=have.get("event_id", none),
        # Polars sees that a row is too long only where it reads to the end of it.
        last=pl.col(names[-1]),
    )
    try:
        return rows.collect()
    except pl.exceptions.ComputeError as error:
        raise NotPlain(f"a row is too long, or not UTF-8 ({str(error).splitlines()[0]})") from None


def _count(rows: pl.DataFrame, windows: UsageWindows) -> list[pl.DataFrame]:
    """Days that are looked at, what is told of the other days, users and features of a part."""
    day, past = pl.col("day"), pl.col("day") <= windows.as_of
    used = past & (pl.col("events") > 0)
    marked = rows.lazy().with_columns(
        kept=windows.looked_at(day),
        past=past,
        used_day=pl.when(used).then(day),
        recent=pl.when(used & (day >= windows.before.first)).then("events").otherwise(0),
        before=used & windows.before.holds(day),
    )
    used_day = pl.col("used_day")
    counts = [
        marked.filter("kept")
        .group_by(_pair("key", "day"))
        .agg(pl.col("key", "day").first(), pl.col("events").sum(), rows=pl.len())
        .select("key", "day", "events", "rows"),
        marked.filter(~pl.col("kept"))
        .group_by("key")
        .agg(
            outside=pl.col("past").sum(),
            after=(~pl.col("past")).sum(),
            first=day.min(),
            quiet=day.filter("past").max(),
            busy=used_day.max(),
            newest=day.filter(~pl.col("past")).max(),
        ),
        marked.group_by("key", "user_id").agg(
            events=pl.col("recent").sum(), first_day=used_day.min(), last_day=used_day.max()
        ),
        marked.group_by(_pair("key", "feature"))
        .agg(pl.col("key", "feature").first(), last_day=used_day.max(), before=pl.col("before").any())
        .select("key", "feature", "last_day", "before"),
    ]
    return pl.collect_all(counts, engine="streaming")


def _pair(one: str, other: str) -> pl.Expr:
    """Two columns as one number, by which rows are grouped in half the time; null where one of them is."""
    return (pl.col(one).to_physical().cast(pl.Int64) * 2**32 + pl.col(other).to_physical()).alias("pair")


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
