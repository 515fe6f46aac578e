"""The deadline: the last day on which a customer can still be won, and renewals that are past without a decision."""

from datetime import date

import polars as pl

from csq.terms import Outcome

EARLY_DAYS = 90
"""A renewal is often signed ahead of its date: one on record so many days before it settles it."""


def with_deadline(frame: pl.LazyFrame, as_of: date | None) -> pl.LazyFrame:
    """Set deadline (a date), days_to_deadline and renewal_overdue_days of every account.

    The deadline is the opt-out date, else the renewal date less the days of notice. Where the term on record is
    settled, the next deadline is not known: they renewed in the `EARLY_DAYS` before its end, or it is over, and the
    contract renews by itself or an outcome is on record.

    Args:
        frame: Facts: renewal_date, notice_days, opt_out_date, auto_renew, last_outcome, last_outcome_days.
        as_of: Without it there is a date and no days.
    """
    day = pl.lit(as_of, dtype=pl.Date())
    renewal, opt_out = pl.col("renewal_date"), pl.col("opt_out_date")
    past = (day - renewal).dt.total_days().clip(0)
    # Of a term that is over, a later opt-out date belongs to the next one; else the earlier of the two holds.
    opt_out_holds = (renewal < day).fill_null(value=False) | (opt_out <= renewal).fill_null(value=True)
    noticed = renewal - pl.duration(days=pl.col("notice_days").fill_null(0))
    is_next = opt_out_holds & (opt_out > renewal).fill_null(value=False)
    over = (past > 0) & (pl.col("auto_renew").fill_null(value=False) | _decided(past))
    settled = over | _signed((day - renewal).dt.total_days())
    known = pl.when(settled.fill_null(value=False) & ~is_next).then(None)
    deadline = known.otherwise(pl.coalesce(pl.when(opt_out_holds).then(opt_out), noticed))
    overdue = pl.when(settled.fill_null(value=False)).then(0).otherwise(past)
    return frame.with_columns(deadline=deadline, renewal_overdue_days=overdue).with_columns(
        days_to_deadline=(pl.col("deadline") - day).dt.total_days()
    )


def _decided(past: pl.Expr) -> pl.Expr:
    """Whether an outcome on record is about the renewal that is so many days past."""
    return ((pl.col("last_outcome_days") <= past) | _signed(past)).fill_null(value=False)


def _signed(past: pl.Expr) -> pl.Expr:
    """Whether they renewed the term that is over since so many days, before which it is still to end."""
    days = pl.col("last_outcome_days")
    return ((pl.col("last_outcome") == str(Outcome.RENEWED)) & (days <= past + EARLY_DAYS)).fill_null(value=False)
