"""A usage log as counts, which grow with its accounts, users and days, and not with its rows.

Plain sums, minima and maxima only, over integers and dates: any split of a log gives the same counts when those of its
parts are added up, in whatever order and on whatever engine. A small log is one batch, a big one many.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, Self

import polars as pl
import polars.selectors as cs

from csq.engine.base import DaySpan, UsageWindows
from csq.fate import FATE, ROWS, is_used, mark
from csq.terms import Aside, Fate

UNITS = 10_000
"""Events are summed in so many parts, in integers: then it is no matter in what order."""

TABLES: Mapping[str, Mapping[str, str]] = {
    "days": {"units": "sum", "telling": "sum", ROWS: "sum", "first": "min", "last": "max", "last_active": "max"},
    "users": {"units": "sum", "first_day": "min", "last_day": "max"},
    "features": {"rows_before": "sum", "last_day": "max"},
}
"""The counts in each table, and how they are added up; those of users have `SEEN` columns as well."""
SEEN, BITS = "seen_", 62
"""Prefix of columns `seen_<first day>`: the days from there on with an event, a bit for each of at most so many."""


IsEveryday = Callable[[str], bool]


def never_everyday(feature: str) -> bool:  # noqa: ARG001
    """Every feature tells something."""
    return False


class LogCounts(NamedTuple):
    """The counts of some rows of a log. What tells them apart (file, key, account, fate) stands first in each table.

    days: day, units, telling (of them those that are not everyday), rows, first, last, last_active. `day` is null for
    all days that no window and no fact looks at, and the day after as_of for all later ones: of those only the first,
    last and last active day are kept.
    users: user_id, units (in this window and the one before), first_day, last_day (with an event, by as_of), `SEEN`.
    features: feature that is not everyday, rows_before (with an event in the window before), last_day (likewise).
    """

    windows: UsageWindows | None
    """None when the log has no dates; then every row counts as now."""
    days: pl.DataFrame
    users: pl.DataFrame
    features: pl.DataFrame
    has_users: bool
    """Whether any row names a user."""
    has_features: bool
    """Whether any row names a feature that is not everyday."""
    is_summed: bool = False
    """Whether it is certain that no user and no feature of an account stands in several rows in use."""

    def with_columns(self, *changed: pl.Expr, **columns: pl.Expr) -> Self:
        """The same with columns changed or added in each table."""
        return self._each(lambda table: table.with_columns(*changed, **columns))

    def joined(self, found: pl.DataFrame, on: Sequence[str]) -> Self:
        """The same with what was found for the columns `on`, a fate among it; the counts of others are left out."""
        # An inner join, which here is the same, takes half as long again.
        return self._each(lambda table: table.join(found, on=on, how="left").drop_nulls(FATE))

    def without(self, column: str) -> Self:
        """The same without a column that told rows apart."""
        return self._each(lambda table: table.drop(column))

    def _each(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Self:
        return self._replace(days=change(self.days), users=change(self.users), features=change(self.features))


def count(
    rows: pl.DataFrame, windows: UsageWindows | None, by: Sequence[str], everyday: Collection[str] = ()
) -> LogCounts:
    """Count rows of a log: columns `by`, day (Date or null), units (whole numbers), user_id, feature.

    Everyday features say no more than that somebody was there.
    """
    units = pl.col("units")
    told = units.filter(is_telling(everyday)) if everyday else units
    summed = {"units": units.sum(), ROWS: pl.len().cast(pl.Int64), "telling": told.sum()}
    return count_apart(rows, rows, rows, windows, by, everyday, summed)


def is_telling(everyday: Collection[str]) -> pl.Expr:
    """Whether a feature says more than that somebody was there."""
    return ~pl.col("feature").is_in(list(everyday)).fill_null(value=False)


def count_apart(
    by_day: pl.DataFrame,
    by_feature: pl.DataFrame,
    by_user: pl.DataFrame,
    windows: UsageWindows | None,
    by: Sequence[str],
    everyday: Collection[str],
    summed: Mapping[str, pl.Expr],
) -> LogCounts:
    """Count a log of which days, features and users stand in tables of their own, or in one and the same.

    All have columns `by` and day (Date or null); features and users also feature or user_id, and units (whole numbers);
    days what units, rows and telling are `summed` from.
    """
    day, units = pl.col("day"), pl.col("units")
    # A row that counts no events says that the account is in the log, not that anybody was active.
    seen = _seen(windows, by_user["day"])
    active, said = (rows.lazy().filter(units > 0) for rows in (by_user.with_columns(**seen), by_feature))
    before: pl.Expr = pl.lit(value=False)
    if windows:
        recent = pl.when(day >= windows.before.first).then(units).otherwise(0)
        active = active.filter(day <= windows.as_of).with_columns(units=recent)
        said = said.filter(day <= windows.as_of)
        before = windows.before.holds(day)
    if everyday:
        said = said.filter(is_telling(everyday))
    days, users, features = pl.collect_all(
        [
            by_day.lazy().group_by(*by, "day").agg(**summed),
            active.group_by(*by, "user_id").agg(
                units.sum(), pl.col(list(seen)).bitwise_or(), first_day=day.min(), last_day=day.max()
            ),
            said.group_by(*by, "feature").agg(rows_before=before.sum(), last_day=day.max()),
        ],
        engine="streaming",
    )
    return LogCounts(
        windows=windows,
        days=_by_bucket(days, windows),
        users=users,
        features=features,
        has_users=by_user["user_id"].null_count() < by_user.height,
        has_features=not by_feature["feature"].is_in(list(everyday)).all(),
    )


def _stretches(windows: UsageWindows | None) -> list[DaySpan]:
    """The days of the spans that are compared, in stretches of at most `BITS`: fewer than there are spans, mostly."""
    joined: list[DaySpan] = []
    for span in sorted(windows.compared.values()) if windows else ():
        if joined and span.first <= joined[-1].last + timedelta(days=1):
            joined[-1] = DaySpan(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return [
        DaySpan(first, min(first + timedelta(days=BITS - 1), span.last))
        for span in joined
        for start in range(0, (span.last - span.first).days + 1, BITS)
        for first in [span.first + timedelta(days=start)]
    ]


def _seen(windows: UsageWindows | None, days: pl.Series) -> dict[str, pl.Expr]:
    """On which days that are compared a user did anything: bits, since the same day may come again."""
    found = {}
    # To look the bit of a day up takes less time than to raise two to its power.
    bits, day = pl.lit(pl.Series([1 << place for place in range(BITS)], dtype=pl.Int64())), pl.col("day")
    for stretch in _stretches(windows):
        bit: pl.Expr = pl.lit(0, dtype=pl.Int64())
        if days.is_between(*stretch).any():
            place = (day - pl.lit(stretch.first)).dt.total_days()
            bit = bits.gather(pl.when(stretch.holds(day)).then(place)).fill_null(0)
        found[f"{SEEN}{stretch.first}"] = bit
    return found


def _how(name: str, columns: Sequence[str]) -> dict[str, str]:
    """How each count among the columns of a table is added up."""
    return {**TABLES[name], **{column: "bitwise_or" for column in columns if column.startswith(SEEN)}}


def count_rows(
    rows: pl.DataFrame,
    windows: UsageWindows | None,
    by: Sequence[str] = ("file", "account_id", FATE),
    is_everyday: IsEveryday = never_everyday,
) -> LogCounts:
    """Count rows as they are read: columns `by`, at (Datetime or null), events, user_id, feature."""
    units = (pl.col("events") * UNITS).round().cast(pl.Int128)
    chosen = rows.select(*by, "user_id", "feature", units=units, day=pl.col("at").dt.date())
    names = chosen["feature"].drop_nulls().unique()
    return count(chosen, windows, by, [name for name in names if is_everyday(name)])


def _by_bucket(days: pl.DataFrame, windows: UsageWindows | None) -> pl.DataFrame:
    """The days of an account that nothing looks at as one, or those after as_of."""
    day = pl.col("day")
    days = days.with_columns(first="day", last="day", last_active=pl.when(pl.col("units") > 0).then("day"))
    if windows is None:
        return days.with_columns(day=pl.lit(None, dtype=pl.Date()))
    later = pl.lit(windows.as_of) + pl.duration(days=1)
    is_later = day > windows.as_of
    return days.with_columns(
        day=pl.when(windows.looked_at(day)).then(day).when(is_later).then(later),
        last_active=pl.when(~is_later).then("last_active"),
    )


def add(parts: Sequence[LogCounts]) -> LogCounts:
    """The counts of all rows of the parts, of which there is at least one."""
    if len(parts) == 1:
        return parts[0]
    tables = {
        name: pl.concat([getattr(part, name) for part in parts], how="diagonal_relaxed")
        .lazy()
        .group_by(*(column for column in columns if column not in counted))
        .agg(getattr(pl.col(column), how)() for column, how in counted.items())
        for name in TABLES
        for columns in [getattr(parts[0], name).columns]
        for counted in [_how(name, columns)]
    }
    days, users, features = pl.collect_all(tables.values(), engine="streaming")
    return LogCounts(
        windows=parts[0].windows,
        days=days,
        users=users,
        features=features,
        has_users=any(part.has_users for part in parts),
        has_features=any(part.has_features for part in parts),
    )


class LogSummary(NamedTuple):
    """A usage log as its accounts' facts need it; `row` is the place of an account among the members.

    days: row, day (Date or null), units, telling (of them those that are not everyday), last_active.
    users: row, user_id, units (now and before), active (with an event now), first_day, last_day.
    features: row, feature, now, before (whether used in that window), sorted.
    user_days: row and for each span that is compared its distinct pairs of user and day with an event.
    fates: file, fate, rows.
    first_day: earliest day of the whole log; None without days.
    """

    days: pl.DataFrame
    users: pl.DataFrame
    features: pl.DataFrame
    user_days: pl.DataFrame
    fates: pl.DataFrame
    first_day: date | None
    has_users: bool
    has_features: bool


def finish(counts: LogCounts, members: pl.Series) -> LogSummary:
    """Sum up a log account by account, from counts told apart by file, account_id and fate.

    Users and features of others than the members of the population, which are sorted, are no matter.
    """
    windows, day = counts.windows, pl.col("day")
    # Numbers are grouped and sorted in half the time that keys take.
    numbers = pl.DataFrame({"account_id": members}).with_row_index("row")
    fates: dict[Aside | Fate, pl.Expr] = {Aside.NOT_A_CUSTOMER: pl.col("row").is_null()}
    now, before = pl.lit(value=True), pl.col("rows_before") > 0
    if windows:
        inside = pl.any_horizontal(span.holds(day) for span in (windows.now, windows.before, windows.year_ago))
        outside = ~inside.fill_null(value=False)
        fates = {Aside.AFTER_AS_OF: day > windows.as_of, **fates, Aside.OUTSIDE_WINDOWS: outside}
        now = pl.col("last_day") >= windows.now.first
    marked = mark(counts.days.join(numbers, on="account_id", how="left"), fates)
    seen = marked.lazy().filter(is_used() | (pl.col(FATE) == Aside.OUTSIDE_WINDOWS))
    users = _of_members(counts, "users", numbers)
    recent = users.lazy().filter(pl.col("last_day") >= windows.before.first) if windows else users.lazy()
    events = pl.col("units", "telling").cast(pl.Int128)  # whatever counted them, no sum is too great
    days, people, seen_days, rows = pl.collect_all(
        [
            seen.group_by("row", "day").agg(events.sum(), pl.col("last_active").max()),
            recent.with_columns(pl.col("units").cast(pl.Int128), active=now).drop(cs.starts_with(SEEN)),
            users.lazy().group_by("row").agg(_user_days(windows)),
            marked.lazy().group_by("file", FATE).agg(pl.col(ROWS).sum()).cast({"file": pl.String()}).sort("file", FATE),
        ],
        engine="streaming",
    )
    features = _of_members(counts, "features", numbers).sort("row", "feature")
    first = counts.days["first"].min()
    return LogSummary(
        days=days,
        users=people,
        features=features.select("row", "feature", now=now, before=before),
        user_days=seen_days,
        fates=rows,
        first_day=first if isinstance(first, date) else None,
        has_users=counts.has_users,
        has_features=counts.has_features,
    )


def _user_days(windows: UsageWindows | None) -> list[pl.Expr]:
    """How many days its users were there in each span, added up over the users of an account."""
    return [
        pl.sum_horizontal(_days_seen(stretch, span) for stretch in _stretches(windows)).sum().alias(name)
        for name, span in (windows.compared.items() if windows else ())
    ]


def _days_seen(stretch: DaySpan, span: DaySpan) -> pl.Expr:
    """How many days of a span a user was there, by the bits of a stretch."""
    days = [stretch.first + timedelta(days=place) for place in range((stretch.last - stretch.first).days + 1)]
    mask = sum(1 << place for place, day in enumerate(days) if span.first <= day <= span.last)
    return (pl.col(f"{SEEN}{stretch.first}") & mask).bitwise_count_ones().cast(pl.Int64)


def _of_members(counts: LogCounts, name: str, numbers: pl.DataFrame) -> pl.DataFrame:
    """Users or features of the population, each once: row, user_id or feature, and the counts."""
    table: pl.DataFrame = getattr(counts, name)
    who = "user_id" if name == "users" else "feature"
    counted = _how(name, table.columns)
    used = table.lazy().filter(is_used()).drop_nulls(who).select("account_id", who, *counted)
    mine = used.join(numbers.lazy(), on="account_id", how="inner").drop("account_id")
    if not counts.is_summed:
        mine = mine.group_by("row", who).agg(getattr(pl.col(name), how)() for name, how in counted.items())
    return mine.collect(engine="streaming")
