"""The accounts an output shows: filtered, and in the order that was asked for."""

import polars as pl

from csq.plan.hours import is_planned
from csq.render.options import Selection
from csq.report import Report
from csq.suggest import unknown_name
from csq.terms import Quadrant


def selected_rows(report: Report, selection: Selection) -> pl.DataFrame:
    """Take the accounts that pass every filter, sorted, with nulls last and ties by account_id.

    `top` is left to the format, because only the format knows what it counts within.

    Raises:
        UsageError: a filter names a value, or `sort` a column, that is not there.
    """
    rows = report.accounts
    for column, wanted in (
        ("quadrant", selection.quadrant),
        ("tier", selection.tier),
        ("owner", selection.owner),
        ("segment", selection.segment),
        ("desk", selection.desk),
    ):
        if wanted:
            _refuse_unknown("owner" if column == "desk" else column, wanted, _known(report, column))
            rows = rows.filter(pl.col(column).is_in(wanted))
    if selection.planned:
        rows = rows.filter(is_planned())
    return _sorted(rows, selection.sort)


def _known(report: Report, column: str) -> set[str]:
    """Values a filter on `column` can name, whether or not an account has them this week."""
    values = set(report.accounts[column].drop_nulls())
    if column == "quadrant":
        values.update(Quadrant)
    if column == "tier":
        values.update(tier.name for tier in report.tiers)
    return values


def _refuse_unknown(column: str, wanted: tuple[str, ...], known: set[str]) -> None:
    for value in wanted:
        if value not in known:
            raise unknown_name(f"no {column}", value, known)


def _sorted(rows: pl.DataFrame, sort: str | None) -> pl.DataFrame:
    if sort is None:
        return rows
    name = sort.removeprefix("-")
    if name not in rows.columns:
        raise unknown_name("cannot sort by", name, rows.columns)
    return rows.sort([name, "account_id"], descending=[sort.startswith("-"), False], nulls_last=True)
