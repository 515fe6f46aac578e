"""What is known of an account beside usage and answers: the context roles and seasons, put together.

A role without files changes nothing but what is known: its facts are null, and a note names it.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.facts.events import SHOWN, event_facts
from csq.facts.goals import goal_facts
from csq.facts.members import Context, Members
from csq.facts.outcomes import disputes, outcome_facts
from csq.facts.people import people_facts
from csq.facts.seasons import season_facts
from csq.report import Note
from csq.roles import CONTEXT
from csq.schema import collect, event_column
from csq.sources.load import Tables
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, NoteKind, Role

MEASURES: Mapping[Role, Callable[[RoleRows | None, Members], Context]] = {
    Role.EVENTS: event_facts,
    Role.GOALS: goal_facts,
    Role.CONTACTS: people_facts,
    Role.OUTCOMES: outcome_facts,
}
"""How each context role is measured. Events come first: others look at them."""


CONVERSATIONS = (
    "last_contact", "call", "ceo_called", "expansion_talk", "investor_talk", "new_boss_met", "renewal_talk",
    "successor_met",
)  # fmt: skip
"""Kinds of events that say that somebody spoke with the customer."""


class ContextFacts(NamedTuple):
    """frame: account_id and the facts of all context roles; roles: what each of them says."""

    frame: pl.DataFrame
    roles: Mapping[Role, Context]
    notes: tuple[Note, ...]


def measure_context(
    tables: Tables, accounts: pl.DataFrame, usage: pl.DataFrame, as_of: date | None, *, tolerance: float
) -> ContextFacts:
    """Measure the context of every account.

    Args:
        tables: All rows.
        accounts: The population.
        usage: account_id, top_user.
        as_of: What comes later is not known yet.
        tolerance: Points of progress that a goal may lag behind the calendar.
    """
    stranger = Aside.NOT_A_CUSTOMER if Role.ACCOUNTS in tables.roles else Aside.UNMATCHED
    members = Members(accounts, stranger, as_of, usage, events=pl.DataFrame(schema=SHOWN), tolerance=tolerance)
    season, unread = season_facts(accounts, as_of)
    frame = season
    found: dict[Role, Context] = {}
    for role, measure in MEASURES.items():
        found[role] = measure(tables.roles.get(role), members)
        if found[role].frame.width > 1:  # a role without files has nothing to add
            frame = frame.join(found[role].frame.lazy(), on="account_id", how="left", maintain_order="left")
        members = members._replace(events=found[Role.EVENTS].rows)
    told = (Note(NoteKind.WARNING, text) for text in disputes(found[Role.OUTCOMES].rows))
    return ContextFacts(frame=collect(frame), roles=found, notes=(*_notes(tables, unread), *told))


def with_newer(frame: pl.LazyFrame, day: pl.Expr, told: Collection[str]) -> pl.LazyFrame:
    """Where an accounts column and an event tell the same, let the newer word stand.

    Settles last_contact_date and `event_last_contact_days` (always a column) by any conversation on record, and
    is_reference, which a case study on record makes true. `told` are the columns of the context, those of events among
    them.
    """
    contact, study = event_column("last_contact"), event_column("case_study_done")
    # A conversation that is still to come, seen from as_of, is none.
    newest: pl.Expr = pl.when(pl.col("last_contact_date") <= day).then("last_contact_date")
    spoken = [name for name in map(event_column, CONVERSATIONS) if name in told]
    newest = pl.max_horizontal(newest, *(day - pl.duration(days=pl.col(name)) for name in spoken))
    frame = frame.with_columns(last_contact_date=newest)
    frame = frame.with_columns((day - pl.col("last_contact_date")).dt.total_days().alias(contact))
    if study in told:
        on_record = pl.when(pl.col(study).is_not_null()).then(pl.lit(value=True))
        frame = frame.with_columns(is_reference=pl.coalesce(on_record, "is_reference"))
    return frame


def _notes(tables: Tables, unread: list[str]) -> list[Note]:
    notes = []
    absent = [str(role) for role in CONTEXT if role not in tables.roles]
    if absent:
        listed = " or ".join([", ".join(absent[:-1]), absent[-1]] if absent[1:] else absent)
        text = f"no {listed} file: what rests on it is not known, which is not the same as none"
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    if unread:
        cells = ", ".join(f"`{cell}`" for cell in unread[:5]) + (", ..." if unread[5:] else "")
        text = (
            f"{len(unread):,} values of `season_months` name no months: {cells}; write them as `11;12;1` or `Nov-Jan`"
        )
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    return notes
