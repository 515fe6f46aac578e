"""A big event log reduced to small tables as it is read, without a row in Python's hands."""

import hashlib
from contextlib import closing
from dataclasses import dataclass
from datetime import date

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.rows import LogScan, NotPlain, read_rows


@dataclass(frozen=True, kw_only=True)
class ScannedLog:
    """A log as small tables; keys, users and features stand in them as they do in the file.

    days: key, day, events, rows; of the days that no window and no fact looks at only those that fates need:
    the first and the last, with the rows of all, and the last with an event, counted as one.
    users: key, user_id, events (of this window and the one before), first_day, last_day (with an event, by as_of).
    features: key, feature, last_day (likewise), before (whether used in the window before).
    ids: hashes of the event ids. Two alike are taken for one event that is told twice, at the price of a slower way.
    """

    rows: int
    sha256: str
    days: pl.DataFrame
    users: pl.DataFrame
    features: pl.DataFrame
    ids: pl.Series

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
    with closing(read_rows(scan, digest.update)) as read:
        for part in read:
            rows += part.height
            parts.append(_count(part, windows))
            ids.append(part["event_id"].drop_nulls().hash())
    if not parts:
        raise NotPlain("it has no rows")
    days, others, users, features = (pl.concat(tables) for tables in zip(*parts, strict=True))
    return ScannedLog(
        rows=rows,
        sha256=digest.hexdigest(),
        days=_all_days(days, others),
        users=fold_users(users.with_columns(pl.col("key").cast(pl.String())), "key"),
        features=fold_features(features.with_columns(pl.col("key").cast(pl.String())), "key"),
        ids=pl.concat(ids),
    )


def _all_days(days: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Days that are looked at, and in their own words the others."""
    spans = others.group_by("key").agg(
        pl.col("outside", "after").sum(), pl.col("first").min(), pl.col("quiet", "busy", "newest").max()
    )
    together = pl.concat([days, *far_days(spans, "key", event=pl.lit(1, dtype=pl.Int64()).alias("events"))])
    # In an Enum the numbers have the order of the names: one number of both groups and sorts in half the time.
    names = together["key"].unique().cast(pl.String()).sort()
    key, day = (pl.col(name).to_physical().cast(pl.Int64) for name in ("key", "day"))
    pairs = together.with_columns(pl.col("key").cast(pl.Enum(names))).group_by((key * 2**32 + day).alias("pair"))
    summed = pairs.agg(pl.col("key", "day").first(), pl.col("events", "rows").sum()).sort("pair")
    return summed.select(pl.col("key").cast(pl.String()), "day", "events", "rows")


def far_days(spans: pl.DataFrame, *by: str, event: pl.Expr) -> list[pl.DataFrame]:
    """Rows that stand for the days nothing looks at: `by`, day, what `event` is called, rows.

    Args:
        spans: Columns `by`, and of all these days the `first`, the last by as_of (`quiet`), the last with an event
            (`busy`), the last after as_of (`newest`), and how many rows they have by as_of (`outside`) and `after`.
        by: What tells the rows apart.
        event: One event. Whether there was any is all that is asked of such a day.
    """
    none = pl.lit(0, dtype=pl.UInt32())
    rows = {"first": none, "quiet": pl.col("outside"), "busy": none, "newest": pl.col("after")}
    return [
        spans.select(
            *by, pl.col(name).alias("day"), event * int(name == "busy"), count.cast(pl.UInt32).alias("rows")
        ).drop_nulls("day")
        for name, count in rows.items()
    ]


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


def _count(rows: pl.DataFrame, windows: UsageWindows) -> list[pl.DataFrame]:
    """Days that are looked at, what is told of the other days, users and features of a part."""
    day, past = pl.col("day"), pl.col("day") <= windows.as_of
    used = past & (pl.col("events") > 0)
    marked = rows.lazy().with_columns(
        pl.col("key").cast(pl.Categorical()),  # accounts come again and again: numbers are grouped in half the time
        kept=windows.looked_at(day),
        past=past,
        used_day=pl.when(used).then(day),
        recent=pl.when(used & (day >= windows.before.first)).then("events").otherwise(0),
        before=used & windows.before.holds(day),
    )
    used_day = pl.col("used_day")
    counts = [
        marked.filter("kept").group_by("key", "day").agg(pl.col("events").sum(), rows=pl.len()),
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
        marked.group_by("key", "feature").agg(last_day=used_day.max(), before=pl.col("before").any()),
    ]
    return pl.collect_all(counts, engine="streaming")
