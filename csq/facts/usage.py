"""An event log to usage facts, one row per account.

An account the log knows but that did nothing in the window has zeros; one that the log does not
know has nulls and the reason `not_in_usage`. A window the log does not reach back to is not known.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.engine.base import DaySpan, UsageWindows
from csq.engine.counts import UNITS, IsEveryday, LogSummary, count_rows, finish
from csq.facts.features import FeatureUse, feature_facts, find_features
from csq.fate import ROW
from csq.report import Note
from csq.schema import COLUMNS, USAGE, collect, complete, unknown_column
from csq.sources.columns.everyday import is_one_of, without_everyday
from csq.sources.columns.metrics import Metric
from csq.sources.rows.typed import KEY, RoleRows
from csq.terms import Axis, NoteKind, Unknown

USAGE_KEYED = (COLUMNS["account_id"], *USAGE)
MONTHS = 3
"""So many first days of months, and no other day, are no days on which something happened."""
PROOF_DAYS = (28, 56)
"""The account has to have been active in these days before the user's first event, or the log may just begin there."""
SETTLED_DAYS = 90
"""A first event longer ago than this is told without proof: nobody calls that user new."""
TELLING = "_telling_events"
"""Column of our own: events of the window that say more than that somebody was there; null where a log has no such."""
USAGE_UNKNOWN = unknown_column(Axis.USAGE)
"""Column that says why usage is not known, a `terms.Unknown`; null where it is."""


class Usage(NamedTuple):
    """frame: account_id, `schema.USAGE`, `USAGE_UNKNOWN`, and of metric tables `metric_<name>` columns.

    fates: the rows with what became of them, or counts of them: columns of `fate.ROW`.
    metrics: how each metric column is scored, by name without prefix.
    """

    frame: pl.DataFrame
    fates: pl.DataFrame
    metrics: Mapping[str, Metric] = {}
    window: tuple[date, date] | None = None
    """First and last day counted, where there are days."""
    at_least: tuple[str, ...] = ()
    """Metrics that count people of days: there were at least so many in the window."""
    notes: tuple[Note, ...] = ()
    features: FeatureUse = FeatureUse()


def no_usage(members: pl.Series) -> Usage:
    """What is known of usage without a usage file."""
    frame = complete(pl.DataFrame({"account_id": members}), USAGE_KEYED)
    unknown = pl.lit(str(Unknown.NO_USAGE_FILE)).alias(USAGE_UNKNOWN)
    telling = pl.lit(None, dtype=pl.Float64()).alias(TELLING)
    return Usage(frame=frame.with_columns(unknown, telling), fates=pl.DataFrame(schema=ROW))


def log_facts(
    rows: RoleRows,
    accounts: pl.DataFrame,
    as_of: date | None,
    days: int,
    everyday: frozenset[str] = frozenset(),
    in_log: int | None = None,
) -> Usage:
    """Measure usage from an event log: account_id, at (Datetime or null), user_id, feature, events.

    The accounts, sorted, have `seats` and `features_entitled`. Without as_of, the last day of the window, all of the
    log counts; everyday features, squeezed, say no more than that somebody was there. `in_log`: features, if pinned.
    """
    windows = UsageWindows(as_of, days) if as_of and rows.keyed["at"].is_not_null().any() else None
    log = _summed(rows, accounts["account_id"], windows, is_one_of(everyday))
    frame = accounts.select("account_id", "seats", without_everyday(accounts["features_entitled"], everyday))
    frame = frame.with_row_index("row")
    features = find_features(log.features, frame, log.days["row"])
    volume, used = _volume(log, windows), feature_facts(features.rows)
    measured = frame.lazy()
    for part in (volume, _people(log, windows), used, _sure_changes(log, windows, volume)):
        measured = measured.join(part.lazy(), on="row", how="left", maintain_order="left")
    # Without the window before nothing can be told to have been dropped since.
    compared = windows is not None and _reached(log, windows.before)
    # What was used then without a name cannot be told to be used no more.
    nameless = (pl.col("telling_previous") > 0) & (pl.col("features_before").fill_null(0) == 0)
    dropped = pl.when(pl.lit(compared) & pl.col("features_used").is_not_null() & ~nameless.fill_null(value=False))
    facts = measured.with_columns(
        features_available=_available(in_log or len(features.in_log) or None),
        active_users=_counted("active_users", of="events", told=log.has_users),
        features_used=_counted("features_used", of="telling", told=log.has_features),
    ).with_columns(
        usage_change_pct=change_pct("events", "events_previous"),
        usage_change_yoy_pct=change_pct("events", "events_year_ago"),
        seat_use_pct=share_pct("active_users", "seats"),
        breadth_pct=share_pct("features_used", "features_available").clip(0, 100),
        features_unused=pl.when(pl.col("features_used").is_not_null()).then(
            pl.coalesce("unused_by_name", (pl.col("features_available") - pl.col("features_used")).clip(0))
        ),
        features_dropped=dropped.then(pl.col("features_dropped").fill_null(0)),
        dropped_features=dropped.then("dropped_features"),
        **{
            USAGE_UNKNOWN: pl.when(pl.col("events").is_null()).then(pl.lit(str(Unknown.NOT_IN_USAGE))),
            TELLING: pl.when(pl.lit(not _is_all_everyday(log))).then("telling"),
        },
    )
    promised = complete(collect(facts), USAGE_KEYED)[[*(c.name for c in USAGE_KEYED), USAGE_UNKNOWN, TELLING]]
    window = (windows.now.first, windows.now.last) if windows else None
    fates = pl.concat([rows.frame.filter(pl.col(KEY).is_null()).select(*ROW), log.fates], how="diagonal")
    return Usage(frame=promised, fates=fates, window=window, features=features, notes=_notes(log))


def _notes(log: LogSummary) -> tuple[Note, ...]:
    notes = [Note(kind=NoteKind.CHOICE, text=_ALL_EVERYDAY)] if _is_all_everyday(log) else []
    return (*notes, *([Note(kind=NoteKind.WARNING, text=_OF_MONTHS)] if _is_of_months(log) else []))


_ALL_EVERYDAY = (
    "the usage log holds nothing but logins and the like, which say no more than that somebody was there: usage is "
    "scored by seats and active days; `features: {count: [...]}` in csq.yaml names those that do count"
)


_OF_MONTHS = (
    "every date of the usage log is the first day of a month: if each stands for its month, "
    "`--column period=HEADER` reads the rows as months"
)


def _is_of_months(log: LogSummary) -> bool:
    """Whether a log looks like a table of months."""
    days = log.days["day"].drop_nulls().unique()
    return len(days) >= MONTHS and bool((days.dt.day() == 1).all())


def _is_all_everyday(log: LogSummary) -> bool:
    """Whether no event of the log says more than that somebody was there."""
    return bool(log.days["units"].sum() > 0 and log.days["telling"].sum() == 0)


def _summed(rows: RoleRows, members: pl.Series, windows: UsageWindows | None, is_everyday: IsEveryday) -> LogSummary:
    """The log account by account, whether its rows are here or were counted as they were read."""
    counts = count_rows(rows.keyed, windows, is_everyday=is_everyday) if rows.counts is None else rows.counts
    if counts.windows != windows:
        raise ValueError(f"the log was counted for {counts.windows}, not for {windows}")
    return finish(counts, members)


def change_pct(now: str, before: str) -> pl.Expr:
    """Change in percent; null from nothing, since no percentage leads up from zero."""
    return pl.when(pl.col(before) > 0).then((pl.col(now) / pl.col(before) - 1) * 100)


def share_pct(part: str, whole: str) -> pl.Expr:
    """Share in percent; null of nothing."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole) * 100)


def _counted(name: str, *, of: str, told: bool) -> pl.Expr:
    """A count of the window: zero where nothing was done, unknown where something was and no row says what.

    Args:
        name: Column with the count, null where it found nothing.
        of: Column with the events that it was found in.
        told: Whether the log has the cells that were counted.
    """
    count = pl.col(name).fill_null(0)
    return pl.when(pl.lit(told) & pl.col(of).is_not_null() & ((count > 0) | (pl.col(of) == 0))).then(count)


def _reached(log: LogSummary, span: DaySpan) -> bool:
    """Whether the log goes back to the first day of a window."""
    return log.first_day is not None and log.first_day <= span.first


def _volume(log: LogSummary, windows: UsageWindows | None) -> pl.DataFrame:
    """Events and active days by window, and the last day of all, by `row`."""
    units, telling, day = pl.col("units"), pl.col("telling"), pl.col("day")
    unknown = pl.lit(None, dtype=pl.Float64())
    if windows is None:
        counted = log.days.group_by("row").agg(events=units.sum() / UNITS, telling=telling.sum() / UNITS)
        return counted.with_columns(events_previous=unknown, telling_previous=unknown, events_year_ago=unknown)

    def within(span: DaySpan, counted: pl.Expr) -> pl.Expr:
        return pl.when(span.holds(day)).then(counted).otherwise(0)

    summed = {
        "events": within(windows.now, units),
        "telling": within(windows.now, telling),
        "telling_previous": within(windows.before, telling),
        "events_previous": within(windows.before, units),
        "events_year_ago": within(windows.year_ago, units),
    }
    reached = {"events_previous": windows.before, "events_year_ago": windows.year_ago}
    active = {ACTIVE_DAYS + name: (units > 0) & span.holds(day) for name, span in windows.compared.items()}
    last = pl.col("last_active_date")
    # Each day of an account is one row, so that none need be told apart from the others.
    return collect(
        log.days.lazy()
        .select("row", last_active_date="last_active", **summed, **active)
        .group_by("row")
        .agg(pl.col(*summed).sum() / UNITS, pl.col(*active).sum().cast(pl.Int64), last.max())
        .with_columns(
            active_days=ACTIVE_DAYS + "now",
            idle_days=(pl.lit(windows.as_of) - last).dt.total_days(),
            **{name: unknown for name, span in reached.items() if not _reached(log, span)},
        )
    )


ACTIVE_DAYS = "_active_days_"
"""Columns of our own, of each span that is compared: its days with an event."""
SURE = {"usage_change_sure": "before", "usage_change_yoy_sure": "year_ago"}
"""For each fact that says whether a change is sure the span that the window is held against."""


def is_sure(now: pl.Expr, before: pl.Expr) -> pl.Expr:
    """Whether two counts differ by more than twice what chance makes of them.

    Counts of things that come one by one scatter about the square root of what is to be expected (Poisson), so their
    difference about the square root of their sum.
    """
    return (now - before).abs() > 2 * (now + before).cast(pl.Float64).sqrt()


def _sure_changes(log: LogSummary, windows: UsageWindows | None, volume: pl.DataFrame) -> pl.DataFrame:
    """Whether the change of use is sure, by `row`: of active user-days, or of active days where nobody is named."""
    none = pl.lit(None, dtype=pl.Boolean())
    if windows is None:
        return volume.select("row", **dict.fromkeys(SURE, none))
    both = volume.join(log.user_days, on="row", how="left")

    def sure(span: str) -> pl.Expr:
        if not _reached(log, windows.compared[span]):
            return none
        named = (pl.col("now") + pl.col(span) > 0).fill_null(value=False)
        by_days = is_sure(pl.col(ACTIVE_DAYS + "now"), pl.col(ACTIVE_DAYS + span))
        return pl.when(named).then(is_sure(pl.col("now"), pl.col(span))).otherwise(by_days)

    return both.select("row", **{name: sure(span) for name, span in SURE.items()})


def _people(log: LogSummary, windows: UsageWindows | None) -> pl.DataFrame:
    """Active users, and the user with the most events of this window and the one before, by `row`."""
    top = log.users.sort(["row", "units", "user_id"], descending=[False, True, False])
    as_of = windows.as_of if windows else None
    idle = (pl.lit(as_of, dtype=pl.Date()) - pl.col("last_day").first()).dt.total_days()
    people = top.group_by("row", maintain_order=True).agg(
        active_users=pl.col("active").sum(),
        top_user=pl.col("user_id").first(),
        top_user_share_pct=(pl.col("units").first() / UNITS) / (pl.col("units").sum() / UNITS) * 100,
        top_user_idle_days=idle,
        first_day=pl.col("first_day").first(),
    )
    new = _top_user_newness(people.select("row", "first_day"), log.days, as_of)
    return people.drop("first_day").join(new, on="row", how="left", maintain_order="left")


def _available(in_log: int | None) -> pl.Expr:
    """How many features an account is entitled to, else all that the log knows."""
    told = pl.col("features_entitled")
    # A bare number in the column is how many, a list is which.
    number = told.cast(pl.Int64, strict=False)
    named = told.str.split(";").list.eval(pl.element().str.strip_chars().replace("", None).drop_nulls().unique())
    entitled = pl.coalesce(number, named.list.len())
    return pl.when(entitled > 0).then(entitled).otherwise(pl.lit(in_log))


def _top_user_newness(top: pl.DataFrame, days: pl.DataFrame, as_of: date | None) -> pl.DataFrame:
    """Days since the top user's first event in the log: row, top_user_new_days.

    Null where the log (row, day, units) does not show that there was none before it (row, first_day).
    """
    nearest, farthest = PROOF_DAYS
    first = pl.col("first_day")
    span = pl.col("day").is_between(first.dt.offset_by(f"-{farthest}d"), first.dt.offset_by(f"-{nearest}d"))
    proven = days.filter(pl.col("units") > 0).join(top, on="row", how="inner").filter(span)
    age = (pl.lit(as_of, dtype=pl.Date()) - first).dt.total_days()
    known = pl.col("row").is_in(proven["row"].unique().implode()) | (age > SETTLED_DAYS)
    return top.select("row", top_user_new_days=pl.when(known).then(age))
