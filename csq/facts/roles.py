"""The role of whoever answered, from the contacts where the survey does not say it."""

from dataclasses import replace

import polars as pl

from csq.fate import is_used
from csq.sources.rows.typed import RoleRows

MOST_TELLING = ("decision_maker", "champion", "influencer", "power_user", "end_user")
"""Of a person with several roles the first of these is taken."""


def with_known_roles(answers: RoleRows | None, contacts: RoleRows | None) -> RoleRows | None:
    """Fill blank roles of answers with those of the contacts of the same account, by user id or e-mail.

    Survey tools seldom know what somebody decides; the people who look after the account do.
    """
    if answers is None or contacts is None:
        return answers
    people = contacts.frame.filter(is_used())
    ids = [
        people.select("account_id", who=pl.col(name).str.to_lowercase(), known="role") for name in ("user_id", "email")
    ]
    order = {role: place for place, role in enumerate(MOST_TELLING)}
    place = pl.col("known").replace_strict(order, default=len(order), return_dtype=pl.Int64())
    roles = (
        pl.concat(ids)
        .drop_nulls()
        .with_columns(place=place)
        .sort("account_id", "who", "place", "known")
        .unique(["account_id", "who"], keep="first", maintain_order=True)
        .drop("place")
    )
    frame = answers.frame.with_columns(who=pl.col("respondent").str.to_lowercase())
    frame = frame.join(roles, on=["account_id", "who"], how="left", maintain_order="left")
    return replace(answers, frame=frame.with_columns(role=pl.coalesce("role", "known")).drop("who", "known"))
