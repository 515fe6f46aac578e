"""Typed tables to facts: one row per account of the population, every fact a column of schema.py."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.facts.accounts import Population, build_population, keys_as_accounts
from csq.facts.context import measure_context, with_newer
from csq.facts.features import FeatureUse
from csq.facts.happiness import HappinessFacts, happiness_facts
from csq.facts.last_use import last_use
from csq.facts.metrics import table_facts, told_length
from csq.facts.overrides import override
from csq.facts.periods import newest_end
from csq.facts.renewals import with_deadline
from csq.facts.roles import with_known_roles
from csq.facts.row_accounting import joins
from csq.facts.seasons import that_tells
from csq.facts.standing import vocabulary
from csq.facts.usage import Usage, log_facts, no_usage
from csq.report import Join, Note
from csq.schema import FACTS, Kind, collect, complete, event_kind, rounded
from csq.settings.model import ALL_TIERS, BREADTH, Settings
from csq.sources.columns.everyday import everyday_events
from csq.sources.columns.metrics import Metric
from csq.sources.load import Tables
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import RoleRows
from csq.terms import Grain, NoteKind, Role, Survey


class Facts(NamedTuple):
    """The facts of a run.

    frame: one row per account sorted by account_id: `schema.FACTS`, then custom columns, `metric_<name>` and
    `event_<kind>_days` columns, and columns of our own that begin with `_`: why an axis is not known.
    rows: what stands behind the facts of a role, account_id first; columns in `facts.goals.SHOWN` and its like.
    joins: how the rows of each role met the accounts.
    fates: by role its rows with what became of them, or counts of them: columns of `fate.ROW`.
    at_least: metrics of people that are known to have been so many or more.
    features: who uses and who may use which features in the log.
    """

    frame: pl.DataFrame
    rows: Mapping[Role, pl.DataFrame]
    joins: tuple[Join, ...]
    fates: Mapping[Role, pl.DataFrame]
    features: FeatureUse
    metrics: Mapping[str, Metric]
    at_least: tuple[str, ...]
    usage_window: tuple[date, date] | None
    axis: Survey | None
    asks_known: bool
    currency: str | None
    notes: tuple[Note, ...]
    undated: int = 0
    """Answers that count although they have no date."""


def newest_day(rows: RoleRows | None, run_day: date | None = None) -> date | None:
    """The newest day a role's rows speak of, of a table of periods the last of those that are over; None without dates.

    Args:
        rows: The role's rows.
        run_day: Today, by which a period must be over; None takes every period for over.
    """
    if rows is None:
        return None
    if rows.grain is Grain.PERIOD:
        starts = rows.keyed["period"].drop_nulls().unique().sort().to_list()
        return newest_end(starts, run_day, told_length(rows)) if starts else None
    # A table of users tells when each was last there; of other undated tables nothing tells when they were taken.
    undated = "last_active_date" if {"user_id", "last_active_date"} <= {*rows.frame.columns} else "period"
    newest = rows.keyed[undated if rows.grain is Grain.ACCOUNT else "at"].cast(pl.Date).max()
    return newest if isinstance(newest, date) else None


def population(tables: Tables, settings: Settings, as_of: date | None) -> Population:
    """Who the accounts are: those of the accounts files, else every key of usage and csat, else of what there is."""
    accounts = tables.roles.get(Role.ACCOUNTS)
    if accounts is None:
        # Files of other roles are all there is only where they are looked at by themselves.
        roles = [role for role in (Role.USAGE, Role.CSAT) if role in tables.roles] or list(tables.roles)
        given = [_known_by(tables.roles[role], as_of) for role in roles]
        return keys_as_accounts(pl.concat([pl.Series("account_id", [], dtype=pl.String()), *given]))
    currency = settings.currency
    # Use tells of those alone whose term may have ended.
    usage = tables.roles.get(Role.USAGE) if accounts.frame["term_end"].count() else None
    return build_population(
        accounts,
        tables.custom,
        as_of,
        used=last_use(usage, as_of, settings.windows.usage),
        statuses=vocabulary(settings.statuses.current, settings.statuses.former),
        base=currency.base if currency else None,
        rates=currency.rates if currency else {},
    )


def _known_by(rows: RoleRows, as_of: date | None) -> pl.Series:
    """The accounts of which a row is not dated later than as_of."""
    frame = rows.frame
    if rows.counts is not None:  # rows that were counted stand in the frame without their days
        frame = rows.counts.days.select("account_id", at="first")
    days = [pl.col(name).cast(pl.Date) for name in ("at", "period") if name in frame.columns]
    if as_of is None or not days:
        return frame["account_id"]
    return frame.filter(pl.coalesce(days).le(pl.lit(as_of)).fill_null(value=True))["account_id"]


def build_facts(tables: Tables, settings: Settings, as_of: date | None, *, min_match: float = 0.0) -> Facts:
    """Measure every account, in windows that end at as_of; without that day all rows count.

    Raises InputError when what the files say cannot be put together, such as two currencies without a rate; or when
    under `min_match` (0-1) of a role's rows match an account.
    """
    members = population(tables, settings, as_of)
    # Events are told by their own files; a column of the accounts that looks like one is no number of days.
    told = override(members.frame, tables.roles.get(Role.OVERRIDES), as_of)
    accounts = told.accounts[[name for name in told.accounts.columns if not event_kind(name)]]
    joined = joins(tables, accounts, min_match)
    usage = _usage(tables.roles.get(Role.USAGE), accounts, settings, as_of)
    answers = with_known_roles(tables.roles.get(Role.CSAT), tables.roles.get(Role.CONTACTS))
    happiness = happiness_facts(answers, accounts["account_id"], as_of, settings.windows.csat)
    context = measure_context(tables, accounts, usage.frame, as_of, tolerance=settings.goals.tolerance)
    frame = _joined(accounts, usage.frame, happiness.frame, context.frame, as_of)
    return Facts(
        frame=round_facts(with_deadline(frame.lazy(), as_of), usage.metrics),
        rows={
            Role.CSAT: happiness.answers,
            Role.OVERRIDES: told.used,
            **{role: said.rows for role, said in context.roles.items()},
        },
        joins=joined,
        fates={
            Role.ACCOUNTS: members.fates,
            Role.USAGE: usage.fates,
            Role.CSAT: happiness.fates,
            Role.OVERRIDES: told.fates,
            **{role: said.fates for role, said in context.roles.items()},
        },
        features=usage.features,
        metrics=usage.metrics,
        at_least=usage.at_least,
        usage_window=usage.window,
        axis=happiness.axis,
        asks_known=happiness.asks_known,
        currency=members.currency,
        notes=(*members.notes, *told.notes, *usage.notes, *_notes(tables, happiness), *context.notes),
        undated=happiness.undated,
    )


def _joined(
    accounts: pl.DataFrame, usage: pl.DataFrame, happiness: pl.DataFrame, context: pl.DataFrame, as_of: date | None
) -> pl.DataFrame:
    """All that was measured beside its account, and what follows from several of these: columns `FACTS` and others."""
    measured = (usage, happiness, context)
    # A column of the accounts files that is named like one of the measured columns gives way to it.
    frame = accounts.lazy().drop({name for facts in measured for name in facts.columns[1:]}, strict=False)
    for facts in measured:
        frame = frame.join(facts.lazy(), on="account_id", how="left", maintain_order="left")
    day = pl.lit(as_of, dtype=pl.Date())
    frame = with_newer(frame, day, context.columns).with_columns(
        tenure_days=(day - pl.col("start_date")).dt.total_days(),
        days_to_renewal=(pl.col("renewal_date") - day).dt.total_days(),
        usage_trend_pct=that_tells("usage_change_pct", "usage_change_yoy_pct"),
        usage_trend_sure=that_tells("usage_change_sure", "usage_change_yoy_sure"),
    )
    return complete(collect(frame.sort("account_id")), FACTS)


def round_facts(frame: pl.LazyFrame, metrics: Mapping[str, Metric]) -> pl.DataFrame:
    """Round every number that is a fact to the places it is printed with, before anything compares it.

    11 users on 10 seats are 110 %, and not a little more, whatever a float makes of it.
    """
    numbers = [column.name for column in FACTS if column.kind is Kind.NUMBER]
    return collect(frame.with_columns(rounded(pl.col(*numbers, *(METRIC + name for name in metrics)))))


def _usage(rows: RoleRows | None, accounts: pl.DataFrame, settings: Settings, as_of: date | None) -> Usage:
    if rows is None:
        return no_usage(accounts["account_id"])
    days, everyday = settings.windows.usage, everyday_events(settings.features)
    if rows.grain is not Grain.LOG:
        return table_facts(rows, accounts, as_of, days, everyday)
    pinned = settings.thresholds.references.get(BREADTH, {}).get(ALL_TIERS)
    return log_facts(rows, accounts, as_of, days, everyday, in_log=int(pinned) if pinned else None)


def _notes(tables: Tables, happiness: HappinessFacts) -> list[Note]:
    """What the reader ought to know of the evidence as a whole."""
    notes = []
    if Role.USAGE not in tables.roles:
        notes.append(Note(kind=NoteKind.WARNING, text="no usage file: usage is unknown for every account"))
    if Role.CSAT not in tables.roles:
        notes.append(Note(kind=NoteKind.WARNING, text="no csat file: happiness is unknown for every account"))
        return notes
    present = set(tables.roles[Role.CSAT].keyed["survey"].unique())
    kinds = [kind for kind in Survey if kind in present]
    if happiness.axis in (Survey.NPS, Survey.CES) and len(kinds) == 1:
        notes.append(Note(kind=NoteKind.CHOICE, text=f"happiness is {happiness.axis}: there are no other answers"))
    if len(kinds) > 1:
        others = " and ".join(kind for kind in kinds if kind is not happiness.axis)
        text = f"happiness is {happiness.axis}; {others} stand as facts of their own"
        notes.append(Note(kind=NoteKind.CHOICE, text=text))
    if not happiness.asks_known:
        text = "the csat files hold answers only: who was asked and stayed silent is not known"
        notes.append(Note(kind=NoteKind.WARNING, text=text))
    return notes
