"""What happened at the customer, by kind: the days since, what was promised, who of ours was involved.

Any word can be a kind; csq gives a meaning of its own only to `promise_made`, `promise_kept`,
`favour_asked`, `cause_found`, `champion_left`, `case_study_done`, `explained` and the `CONVERSATIONS` of
`csq.facts.context`. An event counts until it expires, its last day included.
"""

import polars as pl

from csq.errors import InputError, Location
from csq.facts.members import Context, Members
from csq.fate import FATE, is_used
from csq.planned import ID, KINDS, OPEN, done_column, dropped_column, week_of_days
from csq.schema import event_column
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, Tick

RECENT_DAYS = 90
"""How far back favours and our own people are counted: a quarter."""
MOST_KINDS = 500
"""Kinds are words that come again; each becomes a column. A column with more of them holds sentences."""
SHOWN = {
    "account_id": pl.String(),
    "date": pl.Date(),
    "kind": pl.String(),
    "days": pl.Int64(),
    "note": pl.String(),
    "by": pl.String(),
    "expires_on": pl.Date(),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the events as they are shown."""


def event_facts(rows: RoleRows | None, members: Members) -> Context:
    """Count the days since the newest event of each kind, for every member.

    The frame has one column `event_<kind>_days` for each kind on record, in the order of the alphabet, then
    promises_open, promise_open_days, favours_asked, contact_points, explanation_ended_days and cause, then our own of
    planned steps.

    Args:
        rows: Events with date, kind, note, expires_on, cause, by, planned_step.
        members: The population, with `owner`. Later events are set aside, and so are those that expired before. What
            became of a step that is planned for the week of the run, or was for one before, is known whatever its date.

    Raises:
        InputError: There are more kinds than anybody can have meant.
    """
    if rows is None:
        return members.without(SHOWN)
    day = pl.lit(members.as_of, dtype=pl.Date())
    week = pl.col("planned_step").str.extract(f"^{ID}$", 3).str.to_date(strict=False)
    is_later = (pl.col("date") > day) & ~(week <= week_of_days(day)).fill_null(value=False)
    marked = members.mark(rows, {Aside.AFTER_AS_OF: is_later, Aside.EXPIRED: pl.col("expires_on") < day})
    events = marked.filter(is_used()).with_columns(days=(day - pl.col("date")).dt.total_days().clip(lower_bound=0))
    favours = (pl.col("kind") == "favour_asked") & (pl.col("days") < RECENT_DAYS)
    counts = events.group_by("account_id").agg(favours_asked=favours.sum().cast(pl.Int64), **_promises())
    facts = members.with_facts(_days_by_kind(events))
    ended = _explanations_ended(marked, day)
    for part in (counts, _contact_points(events, members.frame), ended, _settled(events)):
        facts = facts.join(part, on="account_id", how="left", maintain_order="left")
    facts = facts.join(_causes(events), on="account_id", how="left", maintain_order="left")
    facts = facts.with_columns(pl.col("favours_asked", "promises_open").fill_null(0))
    shown = events.sort("account_id", "date", "kind", "file", "line", descending=[False, True, False, False, False])
    return Context(frame=facts, rows=shown.select(*SHOWN), fates=marked)


def _days_by_kind(events: pl.DataFrame) -> pl.DataFrame:
    """One column for each kind: the days since the newest event of it."""
    kinds = events["kind"].n_unique()
    if kinds > MOST_KINDS:
        file = events.sort("file", "line")["file"][0]
        raise InputError(
            f"{kinds:,} kinds of events, at most {MOST_KINDS:,} can be told apart",
            location=Location(label=file),
            hint='kinds are words such as `new_boss`; name their column: `--column kind="HEADER"`',
        )
    named = events.with_columns(column=pl.format(event_column("{}"), "kind"))
    newest = named.group_by("account_id", "column").agg(pl.col("days").min()).sort("column", "account_id")
    return newest.pivot("column", index="account_id", values="days")


def _explanations_ended(marked: pl.DataFrame, day: pl.Expr) -> pl.DataFrame:
    """The days since what explained their usage expired, where that is of late."""
    since = (day - pl.col("expires_on")).dt.total_days()
    expired = pl.col(FATE) == Aside.EXPIRED
    ended = marked.filter(expired & (pl.col("kind") == "explained") & (since < RECENT_DAYS))
    return ended.group_by("account_id").agg(explanation_ended_days=since.min())


def _settled(events: pl.DataFrame) -> pl.DataFrame:
    """For each planned step that was done, or dropped, a column of the days since."""
    step, is_dropped = pl.col("planned_step").str.extract(f"^{ID}$", 2), pl.col("kind") == KINDS[Tick.NO_LONGER]
    told = events.with_columns(_step=step).filter(pl.col("_step").is_not_null(), ~pl.col("kind").is_in(OPEN))
    name = (
        pl.when(is_dropped)
        .then(pl.format(dropped_column("{}"), "_step"))
        .otherwise(pl.format(done_column("{}"), "_step"))
    )
    newest = told.group_by("account_id", _column=name).agg(pl.col("days").min()).sort("_column", "account_id")
    return newest.pivot("_column", index="account_id", values="days")


def _causes(events: pl.DataFrame) -> pl.DataFrame:
    """The cause that was found last; of several on one day the one that stands last."""
    found = events.filter((pl.col("kind") == "cause_found") & pl.col("cause").is_not_null())
    newest = found.sort("account_id", "date", "file", "line").group_by("account_id", maintain_order=True)
    return newest.agg(pl.col("cause").last())


def _promises() -> dict[str, pl.Expr]:
    """Promises that are open: one that is kept closes the oldest that is open by then, first made, first kept.

    What is kept while none is open closes nothing, least of all a promise made later. In a walk that a promise takes up
    and a kept one down, but never under nought, the last height is what the walk ends on less its lowest point.
    """
    kind = pl.col("kind")
    step = pl.when(kind == "promise_made").then(1).when(kind == "promise_kept").then(-1).otherwise(0)
    # Of one day, what was made comes before what was kept.
    walk = step.sort_by("date", step, descending=[False, True]).cum_sum()
    still = walk.last() - pl.min_horizontal(walk.min(), 0)
    newest_first = pl.col("days").filter(kind == "promise_made").sort(nulls_last=True)
    return {"promises_open": still.cast(pl.Int64), "promise_open_days": newest_first.head(still).last()}


def _contact_points(events: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """People of ours: whoever stands by recent events, and the owner; unknown where no event names anybody."""
    recent = events.filter(pl.col("by").is_not_null() & (pl.col("days") < RECENT_DAYS))
    owners = accounts.select("account_id", by="owner").drop_nulls()
    owners = owners.join(recent.select("account_id").unique(), on="account_id", how="semi")
    ours = pl.concat([recent.select("account_id", "by"), owners])
    return ours.group_by("account_id").agg(contact_points=pl.col("by").str.to_lowercase().n_unique().cast(pl.Int64))
