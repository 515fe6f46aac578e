"""Numbers and dates come back from every convention they are written in; nothing but values or a question comes out."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csq.sources.cells import dates, numbers
from csq.sources.cells.dates import read_date, read_time
from csq.sources.cells.numbers import read_number, read_numbers
from csq.sources.cells.values import Ambiguous, Cells, read_bool, read_text, tidy

cells = st.lists(st.one_of(st.text(max_size=25), st.text("0123456789.,-+ ()%$€kKmMeE'/:TZWAMPJanFeb", max_size=20)))
orders = st.sampled_from([None, "dmy", "mdy", "ymd"])
days = st.dates(date(1970, 1, 1), date(2069, 12, 31))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001


def text(column: list[str]) -> pl.Series:
    return pl.Series(column, dtype=pl.String())


def outcome(read: Callable[[], Cells]) -> Cells | Ambiguous:
    try:
        return read()
    except Ambiguous as question:
        return question


def check(read: Cells | Ambiguous, column: list[str]) -> None:
    """A question shows cells of the column; else each cell has a value, or is blank, or is unreadable."""
    if isinstance(read, Ambiguous):
        assert all(0 <= row < len(column) for row in read.rows)
        return
    blank = tidy(text(column)).is_null()
    assert ((read.values.is_not_null().cast(int) + read.unreadable.cast(int) + blank.cast(int)) == 1).all()


@given(cells, st.sampled_from([None, ".", ","]), st.booleans())
def test_any_text_is_a_number_unreadable_or_a_question(column, decimal, whole):
    read = outcome(lambda: read_number(text(column), decimal=decimal, whole=whole))
    assert isinstance(read, Cells) or decimal is None
    check(read, column)
    assert isinstance(read, Ambiguous) or read.values.drop_nulls().is_finite().all()


@given(cells, orders, st.sampled_from([None, "America/New_York"]))
def test_any_text_is_a_moment_unreadable_or_a_question(column, order, zone):
    read = outcome(lambda: read_time(text(column), order=order, zone=zone))
    assert isinstance(read, Cells) or order is None
    check(read, column)


PLAIN = [
    "", "-", "n/a", "0", "-1", "7", "26", "2026", "45000", "1.5", "-0.5", "12.", "1.234", "0.234", "1234.567", "1.2345",
    "2026.11", "11.2026", "000.123", "123456789012345", "1234567890123456", "1,5", "x", "½", "5%",
    "inf", "-Infinity", "NaN", "1e5", "+5", "１２", "٣", "(5)", "true",
]  # fmt: skip


AMOUNTS = [*PLAIN, "$1,234", "€1.234,5", "1,234,567", "1.000", "KWD 1,234", "(5", "5-", "-5-", "1.2k", " 7 ", "−3"]


@given(st.lists(st.sampled_from(PLAIN), max_size=4), st.sampled_from([None, ".", ","]), st.booleans())
def test_a_few_plain_cells_are_read_without_a_query_as_many_are_with_one(column, decimal, whole):
    def read() -> list[object]:
        found = (
            outcome(lambda: read_number(text(column), decimal=decimal, whole=whole)),
            outcome(lambda: read_time(text(column))),
        )
        return [
            (one.values.to_list(), one.unreadable.to_list(), one.choice) if isinstance(one, Cells) else one.rows
            for one in found
        ]

    few = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "FEW", 0)
        patch.setattr(dates, "FEW", 0)
        assert read() == few


@given(st.lists(st.lists(st.sampled_from(AMOUNTS), max_size=4), max_size=5), st.sampled_from([None, ".", ","]))
def test_columns_read_together_are_read_as_each_alone(columns, decimal):
    def told(read: Cells | Ambiguous) -> object:
        return [part.to_list() for part in read[:2]] + [read.choice] if isinstance(read, Cells) else read.rows

    alone = [told(outcome(lambda cells=cells: read_number(text(cells), decimal=decimal))) for cells in columns]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "FEW", 0)
        assert [told(read) for read in read_numbers(map(text, columns), decimal=decimal)] == alone


@given(cells)
def test_any_text_is_text_and_yes_no_or_unreadable(column):
    assert len(read_text(text(column)).values) == len(read_bool(text(column)).values) == len(column)


def grouped(digits: str, mark: str, *, indian: bool = False) -> str:
    head, tail = digits[:-3], digits[-3:]
    parts = [tail]
    while head:
        size = 2 if indian else 3
        head, part = head[:-size], head[-size:]
        parts.insert(0, part)
    return mark.join(parts)


CONVENTIONS: dict[str, tuple[str, str]] = {
    "US": (",", "."), "EU": (".", ","), "French": (" ", ","), "narrow": ("\u202f", ","), "Swiss": ("'", "."),
    "Swiss typographic": ("’", "."), "bare point": ("", "."), "bare comma": ("", ","), "Indian": (",", "."),
}  # fmt: skip


@pytest.mark.parametrize("convention", CONVENTIONS)
@given(cents=st.lists(st.integers(-(10**13), 10**13), min_size=1), style=st.sampled_from(["-", "()", "trailing", "−"]))
def test_amounts_come_back_from_each_convention(convention, cents, style):
    mark, decimal = CONVENTIONS[convention]
    column = []
    for amount in cents:
        body = grouped(str(abs(amount) // 100), mark, indian=convention == "Indian")
        body += f"{decimal}{abs(amount) % 100:02}"
        if amount < 0:
            body = {"-": f"-{body}", "()": f"({body})", "trailing": f"{body}-", "−": f"−{body}"}[style]
        column.append(body)
    assert read_number(text(column)).values.to_list() == [float(f"{amount / 100:.2f}") for amount in cents]


@given(st.lists(st.integers(0, 10**9), min_size=1), st.sampled_from(["$", "€", "£", "USD ", "US$", "EUR"]))
def test_a_currency_in_front_or_behind_changes_no_amount(amounts, sign):
    front = read_number(text([f"{sign}{grouped(str(n), ',')}.50" for n in amounts]))
    behind = read_number(text([f"{grouped(str(n), ',')}.50 {sign}" for n in amounts]))
    assert front.values.to_list() == behind.values.to_list() == [n + 0.5 for n in amounts]
    assert front.currency is not None
    assert front.currency.n_unique() == 1
    assert front.currency[0] in ("USD", "EUR", "GBP")


DATES: dict[str, tuple[str, Literal["dmy", "mdy", "ymd"] | None]] = {
    "%Y-%m-%d": (".", None), "%Y/%m/%d": ("", None), "%Y%m%d": ("", None), "%d.%m.%Y": ("", "dmy"),
    "%d/%m/%Y": ("", "dmy"), "%m/%d/%Y": ("", "mdy"), "%m-%d-%Y": ("", "mdy"), "%d %B %Y": ("", None),
    "%b %d, %Y": ("", None), "%d-%b-%Y": ("", None), "%d-%b-%y": ("", None), "%Y-%b-%d": ("", None),
    "%A, %B %d, %Y": ("", None), "%a, %d %b %Y": ("", None), "%G-W%V-%u": ("", None), "%G-W%V": ("week", None),
}  # fmt: skip


@pytest.mark.parametrize("form", DATES)
@given(column=st.lists(days, min_size=1))
def test_days_come_back_from_each_convention(form, column):
    kind, order = DATES[form]
    wanted = [day - timedelta(days=day.weekday()) for day in column] if kind == "week" else column
    written = [f"{day.year:04}{day:%m%d}" if form == "%Y%m%d" else day.strftime(form) for day in column]
    assert read_date(text(written), order=order).values.to_list() == wanted


@given(st.lists(days, min_size=1))
def test_an_order_that_the_column_proves_need_not_be_told(column):
    proof = date(2026, 3, 25)
    assert read_date(text([day.strftime("%d/%m/%Y") for day in [proof, *column]])).values.to_list()[1:] == column
    assert read_date(text([day.strftime("%m/%d/%Y") for day in [proof, *column]])).values.to_list()[1:] == column


@given(st.lists(moments, min_size=1), st.integers(-12, 14))
def test_moments_come_back_whatever_their_zone(column, hours):
    local = [at + timedelta(hours=hours) for at in column]
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %I:%M:%S %p"):
        written = [f"{at.strftime(form)}{hours:+03}:00" for at in local]
        assert read_time(text(written)).values.to_list() == column


@pytest.mark.parametrize(("unit", "times"), [("s", 1), ("ms", 1000), ("us", 1_000_000)])
@given(column=st.lists(moments, min_size=1))
def test_epochs_come_back_in_each_unit(unit, times, column):
    written = [str(int(at.replace(tzinfo=UTC).timestamp()) * times) for at in column]
    assert read_time(text(written)).values.to_list() == column


@given(st.lists(st.dates(date(1970, 1, 1), date(2099, 12, 31)), min_size=1))
def test_days_that_a_spreadsheet_counted_come_back(column):
    written = [str((day - date(1899, 12, 30)).days) for day in column]
    assert read_date(text(written)).values.to_list() == column


@given(st.lists(st.text(max_size=8)), st.integers(2, 400))
def test_a_long_column_is_read_as_a_short_one(column, times):
    """Each distinct text of a long column is read once; what comes out is the same."""
    short, long = read_text(text(column)), read_text(text(column * times * 10))
    assert long.values.head(len(column)).to_list() == short.values.to_list()
