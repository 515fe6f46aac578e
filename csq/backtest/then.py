"""All decisions placed in one run, each account as it was known on its own day.

The account of each decision stands in the tables under the decision's key, with those of its rows that were known by
then, every date moved by as many days as lie between that day and one common day. A run as of the common day sees of
each account just what it would have seen as of its own: windows, ages and tenures are differences of days. Tiers, cuts
and references are those of all decisions together.

What has no date is taken as it stands today, but for what the outcome itself may have changed: status, the terms of the
contract, last contact, open tickets, overrides. Usage and answers without a date are left out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from csq.backtest.decisions import own_rows
from csq.facts.metrics import told_length
from csq.facts.periods import length_of, span
from csq.fate import as_rows
from csq.known import dated_by, days_told, gap_before
from csq.roles import ACCOUNTS
from csq.sources.load import Tables
from csq.sources.rows.typed import DTYPES, KEY, RoleRows
from csq.terms import Grain, Length, Role

CHANGED_BY_OUTCOME: Mapping[str, str] = {
    "status": "status",
    "renewal_date": "renewal date",
    "opt_out_date": "opt-out date",
    "auto_renew": "renewal by itself",
    "notice_days": "notice",
    "last_contact_date": "last contact",
    "open_tickets": "open tickets",
    "season_months": "season",
}
"""Columns of the accounts that tell of today alone, and may do so because of the outcome; seasons go by the calendar,
which the common day does not keep."""
ENDS = ("end_date", "term_end")
"""Days that were not known to be the last ones before they came."""
TAKEN_AS_TODAY: Mapping[str, str] = {
    "contract_value": "contract value",
    "seats": "seats",
    "features_entitled": "features entitled",
    "segment": "segment",
    "fit": "fit",
    "willing": "willingness",
    "north_star": "north star",
    "is_reference": "reference",
    "required_by_mandate": "mandate",
}
"""Columns of the accounts without a date, and what they are called."""
_MOVED = "_moved"


class Then(NamedTuple):
    """What was known of every decision, under its key."""

    tables: Tables
    undated: tuple[str, ...]
    """What of it has no date, in words."""
    left_out: tuple[str, ...]
    """What has none and is left out, since it may tell of what came later, in words."""
    uncovered: pl.Series
    """Keys of decisions whose usage window the exports do not reach back to; their usage is left out."""
    later: int
    """Rows of their accounts that are dated after the last day on which these are placed."""


def common_day(decisions: pl.DataFrame) -> date:
    """A day not before any decision is placed on which a quarter ends, so that whole periods end with it."""
    newest: Any = decisions["known_on"].max()
    return span(newest.replace(month=(newest.month - 1) // 3 * 3 + 1, day=1), Length.QUARTER).last


def as_then(tables: Tables, decisions: pl.DataFrame, day: date, window: int, *, with_undated: bool = True) -> Then:
    """The tables as they were known on the day of each decision (columns `DECISION`), moved to the common day.

    All rows of today are there, none counted as it was read; the usage window has so many days. What has no date may
    count as it stands today.
    """
    moved = pl.duration(days=(pl.lit(day) - pl.col("known_on")).dt.total_days())
    keys = decisions.select("account_id", "decision", "known_on", moved.alias(_MOVED))
    listed = tables.roles.get(Role.ACCOUNTS)
    accounts, undated = _accounts(listed, decisions, keys, with_undated=with_undated)
    left_out = [said for name, said in CHANGED_BY_OUTCOME.items() if listed and _tells(listed.frame, name)]
    left_out += ["overrides"] if Role.OVERRIDES in tables.roles else []
    last = keys.group_by("account_id").agg(pl.col("known_on").max())
    roles, uncovered, later = {Role.ACCOUNTS: accounts}, keys["decision"].clear(), 0
    for role, rows in tables.roles.items():
        if role in (Role.ACCOUNTS, Role.OVERRIDES):
            continue
        mine, name = keys, dated_by(rows)
        if role is Role.USAGE and name is not None:
            is_covered = _covered(rows, keys["known_on"], window)
            mine, uncovered = keys.filter(is_covered), keys["decision"].filter(~is_covered)
        found = _moved(rows, mine, name, day)
        if name is not None and role is not Role.OUTCOMES:
            dated = own_rows(rows).select("account_id", name).join(last, on="account_id")
            later += int(dated.select((pl.col(name).cast(pl.Date) > pl.col("known_on")).sum()).item())
        is_dated = pl.lit(value=False) if name is None else pl.col(name).is_not_null()
        if role in (Role.USAGE, Role.CSAT):
            if found.select(~is_dated).to_series().any():
                left_out.append("usage without a date" if role is Role.USAGE else "answers without a date")
            found = found.filter(is_dated)
            if found.is_empty() and name is None:
                continue
        elif found.select(~is_dated).to_series().any():
            undated.append("goals" if role is Role.GOALS else f"{role} without a date")
            found = found if with_undated else found.filter(is_dated)
        roles[role] = replace(rows, frame=found)
    ordered = {role: roles[role] for role in Role if role in roles}
    return Then(tables._replace(roles=ordered), tuple(undated), tuple(left_out), uncovered, later)


def _tells(frame: pl.DataFrame, name: str) -> bool:
    return name in frame.columns and frame[name].count() > 0


def _moved(rows: RoleRows, keys: pl.DataFrame, name: str | None, day: date) -> pl.DataFrame:
    """The rows known by each decision, under its key, their dates moved."""
    joined = own_rows(rows).join(keys, on="account_id", how="inner", maintain_order="left")
    length = _length(rows)
    if length is not None:
        joined = _moved_periods(joined, length, day)
    elif name is not None:
        joined = joined.filter((pl.col(name).cast(pl.Date) <= pl.col("known_on")).fill_null(value=True))
    if "left_on" in joined.columns:  # who has left since was still there
        joined = joined.with_columns(pl.when(pl.col("left_on") <= pl.col("known_on")).then("left_on").alias("left_on"))
    return _under_key(joined, but="period" if length is not None else None)


def _under_key(joined: pl.DataFrame, but: str | None = None) -> pl.DataFrame:
    """Rows under the key of their decision, every date moved but those of one column."""
    own = {name: pl.col("decision") for name in ("account_id", KEY) if name in joined.columns}
    dates = [name for name, kind in joined.schema.items() if kind in (pl.Date, pl.Datetime) and name != "known_on"]
    moved = [pl.col(name) + pl.col(_MOVED) for name in dates if name != but]
    return joined.with_columns(*moved, **own).drop("decision", "known_on", _MOVED)


def _length(rows: RoleRows) -> Length | None:
    """How long the periods of a table are, where they are longer than days."""
    if rows.grain is not Grain.PERIOD:
        return None
    starts = rows.keyed["period"].drop_nulls().unique().sort().to_list()
    length = length_of(starts, told_length(rows)) if starts else Length.DAY
    return None if length is Length.DAY else length


def _moved_periods(joined: pl.DataFrame, length: Length, day: date) -> pl.DataFrame:
    """Whole periods that were over by the day of each decision, moved so that the newest ends with the common day."""
    first = {start: span(start, length).first for start in joined["period"].drop_nulls().unique()}
    period = pl.col("period").replace_strict(first, default=None, return_dtype=pl.Date())
    anchor = min(first.values(), default=day)
    over = _number(pl.col("known_on") + timedelta(days=1), length, anchor)
    shift = _number(pl.lit(day + timedelta(days=1)), length, anchor) - over
    kept = joined.with_columns(period=period).filter(_number(pl.col("period"), length, anchor) < over)
    if length is Length.WEEK:
        return kept.with_columns(period=pl.col("period") + pl.duration(days=7 * shift))
    months = pl.format("{}mo", shift * (3 if length is Length.QUARTER else 1))
    return kept.with_columns(period=pl.col("period").dt.offset_by(months))


def _number(day: pl.Expr, length: Length, anchor: date) -> pl.Expr:
    """The number of the week, month or quarter that a day lies in."""
    if length is Length.WEEK:
        return (day - pl.lit(anchor)).dt.total_days() // 7
    months = day.dt.year().cast(pl.Int64) * 12 + day.dt.month() - 1
    return months // 3 if length is Length.QUARTER else months


def _covered(rows: RoleRows, days: pl.Series, window: int) -> pl.Series:
    """Whether the exports have the usage of everybody's window, by the day it ends on."""
    length, known = _length(rows), days_told(rows)
    if known is not None:
        gaps = {day: gap_before(known, day, window) is None for day in days.unique()}
        return days.replace_strict(gaps, return_dtype=pl.Boolean())
    assert length is not None  # all other dated usage is of days
    ends = [span(start, length).last for start in rows.keyed["period"].drop_nulls().unique()]
    first = span(min(ends), length).first
    numbers = pl.DataFrame({"end": ends}).select(_number(pl.col("end"), length, first))["end"]
    newest = _number(pl.col("day") + timedelta(days=1), length, first) - 1
    return pl.DataFrame({"day": days}).select(newest.is_in(numbers.implode()))["day"]


def _accounts(
    rows: RoleRows | None, decisions: pl.DataFrame, keys: pl.DataFrame, *, with_undated: bool
) -> tuple[RoleRows, list[str]]:
    """The account of every decision as it was, and what of it is taken as it stands today, in words.

    One that no accounts file has any more is known by its key alone. One all of whose rows begin later is none yet.
    """
    frame = pl.DataFrame(schema=_bare()) if rows is None else own_rows(rows)
    told = {name: said for name, said in TAKEN_AS_TODAY.items() if _tells(frame, name)}
    told |= {name: f"`{name}`" for name in (rows.custom if rows else ()) if frame[name].count()}
    joined = frame.join(keys, on="account_id", how="inner", maintain_order="left")
    had = joined["decision"].unique()
    joined = joined.filter((pl.col("start_date") <= pl.col("known_on")).fill_null(value=True)).with_columns(
        *(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in CHANGED_BY_OUTCOME if name in frame.columns),
        *(pl.when(pl.col(name) <= pl.col("known_on")).then(name).alias(name) for name in ENDS),
        # Of two decisions of one account each has subscriptions of its own.
        pl.concat_str("decision", "subscription_id", separator=" ").alias("subscription_id"),
    )
    if not with_undated:
        joined = joined.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in told)
    gone = keys.filter(~pl.col("decision").is_in(had.implode()))
    bare = as_rows(gone.select("account_id", "decision", "known_on", _MOVED, is_subscription=pl.lit(value=False)))
    everyone = pl.concat([joined, bare], how="diagonal")
    values = decisions.select("decision", "value_prior")
    valued = everyone.join(values, on="decision", how="left", maintain_order="left").with_columns(
        # What an earlier outcome told is dated; of several subscriptions it is the sum.
        contract_value=pl.when(pl.len().over("decision") == 1)
        .then(pl.coalesce("value_prior", "contract_value"))
        .otherwise("contract_value")
    )
    own = _under_key(valued.drop("value_prior"))
    base = rows if rows is not None else RoleRows(role=Role.ACCOUNTS, frame=own)
    return replace(base, frame=own), list(told.values())


def _bare() -> dict[str, pl.DataType]:
    """Columns of the accounts where there is no file of them."""
    empty = as_rows(pl.DataFrame({"account_id": []}, schema={"account_id": pl.String()}))
    fields = {each.name: DTYPES[each.cell] for each in ACCOUNTS}
    more = {"contract_value": pl.Decimal(38, 2), "term_end": pl.Date(), "is_subscription": pl.Boolean()}
    return {**dict(empty.schema), **fields, **more}
