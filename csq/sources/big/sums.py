"""A usage log as sums, which grow with its accounts, users and days, and not with its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from csq.engine.base import UsageWindows
from csq.engine.scan import far_days, fold_features, fold_users
from csq.sources.big.plain import SOURCE
from csq.sources.typed import FILE

UNITS = 10_000
"""Events are summed in so many parts, in integers: then it is no matter in what order."""


@dataclass(frozen=True, kw_only=True)
class LogSums:
    """Sums over some rows of a log.

    days: file, source, day, units, rows; of the days that a window or a fact looks at.
    far: file, source, and of all other days the `first`, the last before as_of (`quiet`) and the last with an event
    (`busy`), the last after it (`newest`), and the rows before (`outside`) and `after`.
    users: source, user_id, events (in units, of this window and the one before), first_day, last_day.
    features: source, feature, last_day, before; as in `ScannedLog`.
    """

    days: pl.DataFrame
    far: pl.DataFrame
    users: pl.DataFrame
    features: pl.DataFrame

    @property
    def height(self) -> int:
        """Rows of all the tables."""
        return sum(table.height for table in (self.days, self.far, self.users, self.features))


def sum_rows(rows: pl.DataFrame, windows: UsageWindows) -> LogSums:
    """Sum up rows: columns file, source, at, user_id, feature, events."""
    day, units = pl.col("day"), pl.col("units")
    rows = rows.with_columns(day=pl.col("at").dt.date(), units=(pl.col("events") * UNITS).round().cast(pl.Int128))
    near = windows.looked_at(day)
    past, busy = day <= windows.as_of, pl.col("events") > 0
    active = rows.filter(busy & past)
    return LogSums(
        days=rows.filter(near).group_by(FILE, SOURCE, "day").agg(units.sum(), rows=pl.len()),
        far=rows.filter(~near)
        .group_by(FILE, SOURCE)
        .agg(
            first=day.min(),
            quiet=day.filter(past).max(),
            # What rounds to nothing in the sum of a day makes no day busy.
            busy=day.filter(past & (units > 0)).max(),
            newest=day.filter(~past).max(),
            outside=past.sum(),
            after=(~past).sum(),
        ),
        users=active.drop_nulls("user_id")
        .group_by(SOURCE, "user_id")
        .agg(events=units.filter(day >= windows.before.first).sum(), first_day=day.min(), last_day=day.max()),
        features=active.drop_nulls("feature")
        .group_by(SOURCE, "feature")
        .agg(last_day=day.max(), before=windows.before.holds(day).any()),
    )


def add_up(parts: Sequence[LogSums]) -> LogSums:
    """The sums over the rows of all parts."""
    days, far = (pl.concat(getattr(part, name) for part in parts) for name in ("days", "far"))
    return LogSums(
        days=days.group_by(FILE, SOURCE, "day").agg(pl.col("units", "rows").sum()),
        far=far.group_by(FILE, SOURCE).agg(
            pl.col("first").min(), pl.col("quiet", "busy", "newest").max(), pl.col("outside", "after").sum()
        ),
        users=fold_users(pl.concat(part.users for part in parts), SOURCE),
        features=fold_features(pl.concat(part.features for part in parts), SOURCE),
    )


def as_days(sums: LogSums) -> pl.DataFrame:
    """Rows that stand for those of the log: file, source, day, events, rows; of far days only those that fates need."""
    far = far_days(sums.far, FILE, SOURCE, event=pl.lit(UNITS, dtype=pl.Int128()).alias("units"))
    together = pl.concat([sums.days, *far]).group_by(FILE, SOURCE, "day")
    days = together.agg((pl.col("units").sum() / UNITS).alias("events"), pl.col("rows").sum())
    return days.sort(FILE, SOURCE, "day")
