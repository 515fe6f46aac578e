"""Who is who at the customer: champions and their successors, decision makers, and the top user's role.

A person is a user id, else an e-mail address. Names are for `csq explain` alone; no fact holds one.
"""

from datetime import date

import polars as pl

from csq.facts.members import Context, Members
from csq.fate import is_used
from csq.sources.roles.context import STANCES
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside

CHAMPION, DECISION_MAKER, POWER_USER = "champion", "decision_maker", "power_user"
SUCCEEDING = (CHAMPION, DECISION_MAKER, POWER_USER)
"""Roles in which somebody may stand where a champion stood."""
HANDOVER_DAYS = 30
"""A successor may come this long before the champion leaves."""
SHOWN = {
    "account_id": pl.String(),
    "person": pl.String(),
    "name": pl.String(),
    "role": pl.String(),
    "since": pl.Date(),
    "left_on": pl.Date(),
    "stance": pl.String(),
    "here": pl.Boolean(),
    "successor": pl.Boolean(),
    "file": pl.String(),
    "line": pl.Int64(),
}
"""Columns of the people as they are shown; `here` on as_of."""


def people_facts(rows: RoleRows | None, members: Members) -> Context:
    """Tell who is known at every member.

    Args:
        rows: Contacts with person, role, since, left_on, stance.
        members: The population. Whoever comes later is not known yet, whoever leaves later is still there.
    """
    if rows is None and members.events.is_empty():
        return members.without(SHOWN)
    leavings = members.events.filter(pl.col("kind") == "champion_left")
    told = leavings.group_by("account_id").agg(told_left=pl.col("date").max())
    if rows is None:
        alone = members.with_facts(told).select("account_id", champion_left_days=_days(members.as_of, "told_left"))
        return members.without(SHOWN)._replace(frame=alone)
    day = pl.lit(members.as_of, dtype=pl.Date())
    marked = members.mark(rows, {Aside.AFTER_AS_OF: pl.col("since") > day})
    people = marked.filter(is_used()).with_columns(
        here=pl.col("left_on").is_null() | (pl.col("left_on") > day).fill_null(value=False)
    )
    people = _with_successor(_those_here(people.join(told, on="account_id", how="left", maintain_order="left")))
    facts = members.with_facts(_by_account(people)).join(told, on="account_id", how="left", maintain_order="left")
    # With roles told, an account that names nobody in one has nobody in it on record; without, nothing is known.
    told_roles = pl.lit(bool(people["role"].is_not_null().any()))
    facts = facts.with_columns(
        has_champion=pl.when(told_roles).then(pl.col("has_champion").fill_null(value=False)),
        decision_makers=pl.when(told_roles).then(pl.col("decision_makers").fill_null(0)),
    )
    left = pl.max_horizontal("champion_left", "told_left")
    facts = facts.join(
        _top_user_role(people, members.usage), on="account_id", how="left", maintain_order="left"
    ).select(
        "account_id",
        "has_champion",
        "decision_makers",
        "successor_stance",
        "top_user_role",
        champion_left_days=(day - left).dt.total_days(),
    )
    shown = people.sort("account_id", "role", "person", "since", "file", "line", nulls_last=True).select(*SHOWN)
    return Context(frame=facts, rows=shown, fates=marked)


def _days(as_of: date | None, name: str) -> pl.Expr:
    return (pl.lit(as_of, dtype=pl.Date()) - pl.col(name)).dt.total_days()


def _those_here(people: pl.DataFrame) -> pl.DataFrame:
    """Add `champion_left`, the last leaving the contacts know of, and settle `here` by what the events say.

    Where an event says that the champion left and the contacts know of no leaving about then, whoever was champion
    before is gone.
    """
    is_champion = pl.col("role") == CHAMPION
    left = pl.col("left_on").filter(is_champion & ~pl.col("here")).max().over("account_id")
    told = pl.col("told_left")
    accounted = (left >= told.dt.offset_by(f"-{HANDOVER_DAYS}d")).fill_null(value=False)
    came_after = (pl.col("since") >= told).fill_null(value=False)
    gone = is_champion.fill_null(value=False) & told.is_not_null() & ~accounted & ~came_after
    return people.with_columns(champion_left=left, here=pl.col("here") & ~gone)


def _with_successor(people: pl.DataFrame) -> pl.DataFrame:
    """Mark who stands where the champion who left last stood: the last to come about then, at a tie the least kind."""
    left = pl.max_horizontal("champion_left", "told_left")
    came = pl.col("since") >= left.dt.offset_by(f"-{HANDOVER_DAYS}d")
    people = people.with_columns(
        eligible=(pl.col("here") & pl.col("role").is_in(SUCCEEDING) & came).fill_null(value=False),
        worst=pl.col("stance").replace_strict(
            {stance: place for place, stance in enumerate(STANCES)}, default=len(STANCES), return_dtype=pl.Int64()
        ),
    )
    order = pl.struct(pl.col("since").dt.epoch("d") * -1, "worst", "person", "file", "line")
    first = pl.when("eligible").then(order).rank("ordinal").over("account_id") == 1
    return people.with_columns(successor=pl.col("eligible") & first)


def _by_account(people: pl.DataFrame) -> pl.DataFrame:
    here = people.filter("here")
    makers = (
        here.filter(pl.col("role") == DECISION_MAKER)
        .group_by("account_id")
        .agg(decision_makers=pl.col("person").n_unique().cast(pl.Int64))
    )
    return (
        people.group_by("account_id")
        .agg(
            has_champion=((pl.col("role") == CHAMPION) & pl.col("here")).any(),
            champion_left=pl.col("champion_left").first(),
            successor_stance=pl.col("stance").filter("successor").first(),
        )
        .join(makers, on="account_id", how="left")
        .sort("account_id")
    )


def _top_user_role(people: pl.DataFrame, usage: pl.DataFrame) -> pl.DataFrame:
    """The role of the top user, by user id or e-mail; several roles of one person in words."""
    ids = [people.select("account_id", "role", who=pl.col(name)) for name in ("user_id", "email")]
    known = pl.concat(ids).drop_nulls().unique().sort("account_id", "role")
    top = usage.select("account_id", who="top_user").drop_nulls()
    found = top.join(known, on=["account_id", "who"], how="inner", maintain_order="left_right")
    return found.group_by("account_id", maintain_order=True).agg(top_user_role=pl.col("role").str.join(", "))
