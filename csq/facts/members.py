"""What the context roles have in common: whose rows count, and how a doubtful count is told."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from csq.fate import ROW, mark
from csq.sources.rows.typed import RoleRows
from csq.terms import Aside, Fate


class Context(NamedTuple):
    """What a context role says.

    frame: account_id and the facts of the role, one row per account of the population, in its order.
    rows: what `csq explain` shows of it, sorted, account_id first; no rows without files.
    fates: its rows with what became of them, columns `fate.ROW` and others.
    """

    frame: pl.DataFrame
    rows: pl.DataFrame
    fates: pl.DataFrame


class Members(NamedTuple):
    """The population, and what a role is measured against."""

    frame: pl.DataFrame
    stranger: Aside
    """Why rows of anybody else are set aside."""
    as_of: date | None
    """What comes later is not known yet."""
    usage: pl.DataFrame
    """account_id, top_user."""
    events: pl.DataFrame
    """The events that count: account_id, date, kind."""
    tolerance: float
    """Points of progress that a goal may lag behind the calendar and still be on time."""

    def mark(self, rows: RoleRows, fates: Mapping[Aside | Fate, pl.Expr] | None = None) -> pl.DataFrame:
        """The rows of a role, those of no member set aside, then those that `fates` tells."""
        strange = ~pl.col("account_id").is_in(self.frame["account_id"].implode())
        return mark(rows.frame, {self.stranger: strange, **(fates or {})})

    def without(self, shown: Mapping[str, pl.DataType]) -> Context:
        """What is said by a role that was not given: nothing of anybody, which is not the same as "none"."""
        frame, rows = self.frame[["account_id"]], pl.DataFrame(schema=dict(shown))
        return Context(frame=frame, rows=rows, fates=pl.DataFrame(schema=ROW))

    def with_facts(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Every member by account_id, with its facts; null where there are none."""
        return self.frame[["account_id"]].join(facts, on="account_id", how="left", maintain_order="left")


def provable_count(mask: pl.Expr) -> pl.Expr:
    """How often `mask` holds; null when it never does for certain and could not be judged everywhere.

    A null that counted as no would make "not known" look like "none".
    """
    return pl.when(mask.any() | mask.is_not_null().all()).then(mask.sum().cast(pl.Int64))
