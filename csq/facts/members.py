"""What goals, contacts, events and outcomes have in common: whose rows count, and how a doubtful count is told."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from csq.sources.load import RoleRows
from csq.terms import Aside


class Context(NamedTuple):
    """What a context role says.

    frame: account_id and the facts of the role, one row per account of the population, in its order.
    rows: what `csq explain` shows of it, sorted, account_id first; no rows without files.
    fates: file, aside, rows.
    """

    frame: pl.DataFrame
    rows: pl.DataFrame
    fates: pl.DataFrame


class Members(NamedTuple):
    """The population, and why rows of anybody else are set aside."""

    frame: pl.DataFrame
    stranger: Aside

    def mark(self, rows: RoleRows) -> pl.DataFrame:
        """The rows of a role, those of no member set aside."""
        return put(rows.frame, ~pl.col("account_id").is_in(self.frame["account_id"].implode()), self.stranger)

    def without(self, shown: Mapping[str, pl.DataType]) -> Context:
        """What is said by a role that was not given: nothing of anybody, which is not the same as "none"."""
        nothing = pl.DataFrame(schema={"file": pl.String(), "aside": pl.String()})
        return Context(
            frame=self.frame.select("account_id"), rows=pl.DataFrame(schema=dict(shown)), fates=count_fates(nothing)
        )

    def with_facts(self, facts: pl.DataFrame) -> pl.DataFrame:
        """Every member by account_id, with its facts; null where there are none."""
        return self.frame.select("account_id").join(facts, on="account_id", how="left", maintain_order="left")


def put(frame: pl.DataFrame, mask: pl.Expr, reason: Aside) -> pl.DataFrame:
    """Set aside the rows for which `mask` holds; a row keeps its first reason."""
    keep = pl.col("aside").is_not_null() | ~mask.fill_null(value=False)
    return frame.with_columns(aside=pl.when(keep).then("aside").otherwise(pl.lit(str(reason))))


def count_fates(marked: pl.DataFrame) -> pl.DataFrame:
    """Rows by file and fate."""
    return marked.group_by("file", "aside").agg(rows=pl.len()).sort("file", "aside")


def provable_count(mask: pl.Expr) -> pl.Expr:
    """How often `mask` holds; null when it never does for certain and could not be judged everywhere.

    A null that counted as no would make "not known" look like "none".
    """
    return pl.when(mask.any() | mask.is_not_null().all()).then(mask.sum().cast(pl.Int64))
