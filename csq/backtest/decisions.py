"""Outcomes to decisions: who decided what on which day, what it was worth, and the day they are placed on.

All rows of an account on one day are one decision, told by the most telling of its outcomes, then by the lowest value.
An account that is no longer among the accounts goes by its key: those who left are what a backtest is about.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import polars as pl

from csq.errors import InputError
from csq.facts.outcomes import ONE_DECISION, disputes, in_order
from csq.fate import FATE, is_used, mark
from csq.sources.load import Tables
from csq.sources.rows.typed import KEY, RoleRows
from csq.suggest import in_shell
from csq.terms import Aside, Fate, Outcome, Role

DECISION = {
    "decision": pl.String(),
    "account_id": pl.String(),
    "date": pl.Date(),
    "known_on": pl.Date(),
    "outcome": pl.String(),
    "lost": pl.Boolean(),
    "value_prior": pl.Decimal(38, 2),
    "value_after": pl.Decimal(38, 2),
    "is_listed": pl.Boolean(),
}
"""One row a decision, by account and day: its key, who, when, the day it is placed on, what, whether they left, the
value of the newest outcome before that is known by `known_on`, the value after (money per year), and whether it is
among the accounts still."""


class Decisions(NamedTuple):
    """frame: columns `DECISION`; rows: those of the outcomes files, with what became of them."""

    frame: pl.DataFrame
    rows: pl.DataFrame
    still_here: date | None
    """The day on which customers without an outcome count as kept, where the files tell of losses alone."""
    disputed: tuple[str, ...] = ()
    """What is to be said of decisions that rows tell in more than one way."""


def own_rows(rows: RoleRows) -> pl.DataFrame:
    """The rows of a role that tell of an account, whether or not the accounts files still have it."""
    frame = rows.frame
    if KEY in frame.columns:
        lost = pl.col(FATE) == Aside.UNMATCHED
        frame = frame.with_columns(
            pl.when(lost).then(pl.coalesce("account_id", KEY)).otherwise("account_id").alias("account_id"),
            pl.when(lost).then(pl.lit(str(Fate.USED))).otherwise(FATE).alias(FATE),
        )
    return frame.filter(is_used(), pl.col("account_id").is_not_null())


def decisions(
    tables: Tables, horizon: int, as_of: date | None, customers: Callable[[date], pl.Series], today: date | None = None
) -> Decisions:
    """Take the decisions from the outcomes, each to be placed `horizon` days before. Raises InputError without any.

    What was decided after as_of, else today, is set aside. Where no outcome says that anybody was kept, those of the
    customers without an outcome were, on the newest day that there is an outcome of.
    """
    rows = tables.roles.get(Role.OUTCOMES)
    if rows is None:
        file = next((in_shell(each.label) for each in tables.findings if Role.OUTCOMES in each.able), None)
        hint = "`--outcomes FILE` with account, date, and renewed, churned, contracted or expanded"
        hint = f"`--outcomes {file}`: each of its rows is an account that left" if file else hint
        raise InputError("no outcomes: nothing to hold the placing against", hint=hint)
    later: dict[Aside | Fate, pl.Expr] = {Aside.AFTER_AS_OF: pl.col("date") > pl.lit(as_of or today, dtype=pl.Date())}
    marked = mark(rows.frame, later)
    used = own_rows(replace(rows, frame=marked))
    if used.is_empty():
        hint = "`csq check` says what became of each row; `--as-of` leaves out later ones"
        raise InputError("no outcome can be used", hint=hint)
    decided = in_order(used).unique(ONE_DECISION, keep="first").sort(ONE_DECISION)
    still_here = None
    if (decided["outcome"] == str(Outcome.CHURNED)).all():
        newest: Any = decided["date"].max()
        still_here = as_of or newest
        ids = customers(still_here)
        others = pl.DataFrame({"account_id": ids.filter(~ids.is_in(decided["account_id"].implode()))})
        kept = others.with_columns(date=pl.lit(still_here), outcome=pl.lit(str(Outcome.RENEWED)))
        decided = pl.concat([decided, kept], how="diagonal").sort("account_id", "date")
    accounts = tables.roles.get(Role.ACCOUNTS)
    listed = accounts.frame["account_id"] if accounts else decided["account_id"]
    frame = _with_prior(decided.with_columns(known_on=pl.col("date") - timedelta(days=horizon)))
    frame = frame.with_columns(
        decision=pl.int_range(pl.len()).cast(pl.String).str.zfill(9),
        lost=pl.col("outcome") == str(Outcome.CHURNED),
        is_listed=pl.col("account_id").is_in(listed.drop_nulls().implode()),
    )
    frame = frame.select(pl.col(name).cast(kind) for name, kind in DECISION.items())
    return Decisions(frame, marked, still_here, tuple(disputes(used)))


def _with_prior(decided: pl.DataFrame) -> pl.DataFrame:
    """Add the value of the newest outcome before each, as far as it is known by its day."""
    # A value of nought is a cell that nobody filled in as often as a contract without a price.
    values = decided.select("account_id", pl.col("date").alias("_since"), pl.col("value_after").replace(0, None))
    values = values.rename({"value_after": "value_prior"}).drop_nulls().sort("_since")
    return (
        decided.sort("known_on")
        .join_asof(values, left_on="known_on", right_on="_since", by="account_id", check_sortedness=False)
        .sort("account_id", "date")
    )
