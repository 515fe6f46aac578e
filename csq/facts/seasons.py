"""Accounts that use the product in some months only: silence out of season is no alarm.

In season usage is held against the same weeks a year ago, since the window before may lie out of it.
"""

import re
from datetime import date

import polars as pl

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?|0?[1-9]|1[0-2]"
_RANGE = r"\s*(?:-|\u2013|\u2014|\bto\b|\buntil\b)\s*"


def parse_months(text: str) -> frozenset[int] | None:
    """The months, 1-12, that a cell such as `11;12;1`, `Nov-Mar` or `June, July` names; None when it names none."""
    months: set[int] = set()
    for part in re.split(r"[;,/|+&]|\band\b", text.casefold()):
        ends = [_month(end) for end in re.split(_RANGE, part.strip())]
        if not part.strip():
            continue
        if None in ends or len(ends) > 2:
            return None
        first, last = ends[0], ends[-1]
        assert first is not None
        assert last is not None
        months |= {(first - 1 + n) % 12 + 1 for n in range((last - first) % 12 + 1)}
    return frozenset(months) or None


def season_start(months: frozenset[int], day: date) -> date | None:
    """The first day of the season that `day` lies in; None out of season, and where every month is in it."""
    if day.month not in months or len(months) == 12:
        return None
    first = day.replace(day=1)
    while True:
        before = first.replace(year=first.year - (first.month == 1), month=(first.month - 2) % 12 + 1)
        if before.month not in months:
            return first
        first = before


def season_facts(accounts: pl.DataFrame, as_of: date | None) -> tuple[pl.LazyFrame, list[str]]:
    """Say where every account is in its season.

    Args:
        accounts: account_id, season_months.
        as_of: Without it no season can be told.

    Returns:
        account_id, in_season, season_started_days, season_quiet; and the cells that name no months.
    """
    cells = sorted(accounts["season_months"].drop_nulls().unique()) if accounts["season_months"].count() else []
    parsed = {cell: parse_months(cell) for cell in cells}
    known = [(cell, months) for cell, months in parsed.items() if months and as_of]
    table = pl.DataFrame(
        [
            (cell, as_of.month in months, (as_of - start).days if (start := season_start(months, as_of)) else None)
            for cell, months in known
            if as_of
        ],
        schema={"season_months": pl.String(), "in_season": pl.Boolean(), "season_started_days": pl.Int64()},
        orient="row",
    )
    facts = (
        accounts.lazy()
        .select("account_id", "season_months")
        .join(table.lazy(), on="season_months", how="left", maintain_order="left")
        .with_columns(season_quiet=(~pl.col("in_season")).fill_null(value=False))
        .drop("season_months")
    )
    return facts, [cell for cell, months in parsed.items() if not months]


def that_tells(before: str, year_ago: str) -> pl.Expr:
    """Of two changes of usage the one that tells: on a year ago where there is a season, else on the window before."""
    seasonal = pl.when("in_season").then(year_ago)
    return pl.when(pl.col("in_season").is_null()).then(before).otherwise(seasonal)


def _month(text: str) -> int | None:
    found = re.fullmatch(_MONTH, text)
    if found is None:
        return None
    return _MONTHS.index(found[1]) + 1 if found[1] else int(text)
