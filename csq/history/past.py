"""Snapshots to what a report tells of them: moves since the last one, weeks in a quadrant, quadrants over time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from csq.history.diff import diff, measured_differently
from csq.history.standing import Standing, completed
from csq.history.store import PLACES, History
from csq.moves import Moves, Past, crossings, worth
from csq.report import Report
from csq.terms import Movement, Quadrant


def moves_between(before: Standing, after: Standing, *, is_filled: bool = False, past: tuple[Past, ...] = ()) -> Moves:
    """Say what changed between two runs: of two days, or of one under two sets of rules."""
    frame = diff(before, after)
    return Moves(
        since=before.as_of,
        until=after.as_of,
        is_filled=is_filled,
        accounts=frame.filter(pl.col("change") != str(Movement.STAYED)),
        grid=crossings(frame),
        worth=worth(frame),
        measured=measured_differently(before, after),
        past=past,
    )


def with_places(history: History, now: Standing) -> pl.DataFrame:
    """Where every account stood on every day before a run, and stands in it: columns `store.PLACES`."""
    if now.as_of is None:
        return pl.DataFrame(schema=PLACES)
    own = now.accounts.with_columns(as_of=pl.lit(now.as_of), is_filled=pl.lit(value=False))
    earlier = history.places(tuple(day for day in history.days if day < now.as_of))
    return pl.concat([earlier, own.select(pl.col(name).cast(dtype) for name, dtype in PLACES.items())])


def accounts_of_weeks(history: History, columns: Sequence[str]) -> pl.DataFrame:
    """Some columns of the accounts of every snapshot of a history that has any, with as_of and is_filled."""
    return pl.concat(
        completed(each.standing.accounts).select(*columns, as_of=pl.lit(each.as_of), is_filled=pl.lit(each.is_filled))
        for each in map(history.load, history.days)
    )


def past_of(places: pl.DataFrame) -> tuple[Past, ...]:
    """Accounts and known value of every quadrant on every day, the earliest first."""
    counted = places.group_by("as_of", "quadrant").agg(pl.len(), pl.col("contract_value").sum().fill_null(0))
    found = {(row[0], row[1]): (row[2], row[3]) for row in counted.iter_rows()}
    filled = dict(places.group_by("as_of").agg(pl.col("is_filled").first()).iter_rows())
    none = (0, Decimal(0))
    return tuple(
        Past(day, quadrant, *found.get((day, quadrant), none), is_filled=filled[day])
        for day in sorted(filled)
        for quadrant in Quadrant
    )


def weeks_here(places: pl.DataFrame, day: date) -> pl.DataFrame:
    """Whole weeks that each account of `day` has been in its quadrant: account_id, weeks_here.

    They begin with the first of the snapshots, without a gap up to this one, in which it stood there.
    """
    now = places.filter(pl.col("as_of") == day).select("account_id", here="quadrant")
    days = places.select("as_of").unique().sort("as_of")
    # An account that a snapshot does not know stood nowhere on that day.
    laid_out = now.join(days, how="cross").join(places, on=["account_id", "as_of"], how="left")
    elsewhere = pl.col("quadrant").ne_missing(pl.col("here"))
    last_elsewhere = pl.col("as_of").filter(elsewhere).max()
    since = laid_out.group_by("account_id").agg(last_elsewhere=last_elsewhere)
    following = days.with_columns(last_elsewhere=pl.col("as_of").shift(1))
    # `join` never matches nulls: who was never elsewhere has been here since the first snapshot.
    first = since.join(following, on="last_elsewhere", how="left").with_columns(
        pl.when(pl.col("last_elsewhere").is_null()).then(pl.lit(days["as_of"].min())).otherwise("as_of").alias("as_of")
    )
    weeks = (pl.lit(day) - pl.col("as_of")).dt.total_days() // 7
    return first.select("account_id", weeks_here=weeks).sort("account_id")


def with_moves(report: Report, moves: Moves | None, weeks: pl.DataFrame) -> Report:
    """The report with what the history tells: moved_from, moved_because, weeks_here, and the moves themselves."""
    accounts = report.accounts.drop("weeks_here").join(
        weeks, on="account_id", how="left", maintain_order="left", validate="1:1"
    )
    if moves is not None:
        own = moves.accounts.filter(pl.col("change") == str(Movement.MOVED))
        accounts = accounts.drop("moved_from", "moved_because").join(
            own.select("account_id", "moved_from", "moved_because"), on="account_id", how="left", maintain_order="left"
        )
    return report._replace(accounts=accounts.select(report.accounts.columns), moves=moves)
