"""Counts of a log: any split of it gives the same when the counts of its parts are added up."""

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from csq.engine.base import UsageWindows
from csq.engine.counts import LogCounts, add, count_rows, finish

AS_OF = date(2026, 11, 16)
ROW = st.tuples(
    st.sampled_from(["A", "B", "C", None]),
    st.integers(-3, 800),
    st.sampled_from(["u1", "u2", None]),
    st.sampled_from(["Rosters", "Reports", None]),
    st.sampled_from([0.0, 0.5, 1.0, 1e15, 0.00001]),
)


def frame(rows: list[tuple[str | None, int, str | None, str | None, float]]) -> pl.DataFrame:
    cells = [
        ("log.csv", account, "used" if account else "key without an account", AS_OF - timedelta(days=back), *rest)
        for account, back, *rest in rows
    ]
    schema = {"file": str, "account_id": str, "fate": str, "at": pl.Date, "user_id": str, "feature": str}
    return pl.DataFrame(cells, schema={**schema, "events": float}, orient="row").with_columns(
        pl.col("at").cast(pl.Datetime("us"))
    )


@settings(max_examples=50)
@given(rows=st.lists(ROW, max_size=40), cuts=st.lists(st.integers(0, 40), max_size=4), dated=st.booleans())
def test_any_split_of_a_log_counts_the_same(rows, cuts, dated):
    windows = UsageWindows(AS_OF, 28) if dated else None
    log = frame(rows)
    edges = sorted({0, *(min(cut, log.height) for cut in cuts), log.height})
    parts = [count_rows(log[start:end], windows) for start, end in pairwise(edges)]
    whole = count_rows(log, windows)
    same(add(parts) if parts else whole, whole)
    same(add([add(parts[:1]), *parts[1:]]) if parts else whole, whole)


def same(one: LogCounts, other: LogCounts) -> None:
    members = pl.Series(["A", "B"])
    first, second = finish(one, members), finish(other, members)
    for name in ("days", "users", "features", "user_days", "fates"):
        is_sorted = name in ("features", "fates")
        assert_frame_equal(getattr(first, name), getattr(second, name), check_row_order=is_sorted)
    assert first[5:] == second[5:]


def test_days_that_nothing_looks_at_are_kept_as_one():
    log = frame([("A", back, "u1", "Rosters", 1.0) for back in range(400, 700)])
    counted = add([count_rows(part, UsageWindows(AS_OF, 28)) for part in (log[:100], log[100:])])
    first, last = AS_OF - timedelta(days=699), AS_OF - timedelta(days=400)
    assert counted.days.select("day", "rows", "first", "last").rows() == [(None, 300, first, last)]


@pytest.mark.parametrize("days", [1, 28, 62, 63, 90, 400])
def test_user_days_are_pairs_of_user_and_day_however_long_the_window(days):
    windows = UsageWindows(AS_OF, days)
    rows = [("A", back * back % 997, f"u{back % 3}", None, 1.0) for back in range(300)]
    rows += [("A", 1, "u1", None, 0.0), ("A", 2, None, None, 1.0), *rows[:50]]
    counted = finish(count_rows(frame(rows), windows), pl.Series(["A"])).user_days.row(0, named=True)
    for name, span in windows.compared.items():
        days_of = {(user, AS_OF - timedelta(days=back)) for _, back, user, _, events in rows if events and user}
        assert counted[name] == sum(span.first <= day <= span.last for _, day in days_of)
