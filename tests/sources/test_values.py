"""Each way a number or date is written, and what a column leaves open."""

from collections.abc import Callable
from datetime import datetime

import polars as pl
import pytest

from csq.sources.cells.dates import read_time, read_times
from csq.sources.cells.numbers import read_number, read_numbers
from csq.sources.cells.values import Ambiguous, Cells, read_bool, read_id, read_text, read_texts

at = datetime.fromisoformat


def text(*cells: str) -> pl.Series:
    return pl.Series(cells, dtype=pl.String())


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("1 234", "1 234,5"), [1234.0, 1234.5]),
        (("1'234.50", "2"), [1234.5, 2.0]),
        (("1,23,456", "12,34,567.80"), [123456.0, 1234567.8]),
        (("(500)", "500-", "-500", "−500", "+5"), [-500.0, -500.0, -500.0, -500.0, 5.0]),
        (("12k", "1.2M", "€1.5m", "2 bn"), [12000.0, 1200000.0, 1500000.0, 2e9]),
        (("62.5%", "7 %"), [62.5, 7.0]),
        (("USD 120,000.00", "45,000.00 usd"), [120000.0, 45000.0]),
        (("-$500.10", "$-500.10", "($500.10)", "$(500.10)"), [-500.1, -500.1, -500.1, None]),
        (("1.5E+3", "2e2"), [1500.0, 200.0]),
        (("0001234", "1234567890123456"), [1234.0, 1234567890123456.0]),
        ((" 7 ", "\u00a08\u00a0", "９"), [7.0, 8.0, 9.0]),
        (("", "-", "n/a", "#N/A", "NULL", "None"), [None] * 6),
    ],
)
def test_numbers_are_read_as_they_are_meant(cells, values):
    assert read_number(text(*cells)).values.to_list() == values


@pytest.mark.parametrize(
    "cell", ["abc 12", "12 34", "--5", "1.2.3", "5-3", "(5", "-(5)", "1,2345,678", "0x10", "+44 7700 900123"]
)
def test_what_is_no_number_is_unreadable_never_a_part_of_it(cell):
    read = read_number(text(cell, "7.25"))
    assert read.unreadable.to_list() == [True, False]


@pytest.mark.parametrize("beside", [(), ("€ 5",)])
def test_a_cell_of_more_than_400_bytes_is_no_number_whatever_stands_beside_it(beside):
    cells = read_number(text("0." + "3" * 398, "0." + "3" * 399, *beside))
    assert cells.values.to_list()[:2] == [pytest.approx(1 / 3), None]
    assert cells.unreadable.to_list()[:2] == [False, True]


def test_each_currency_of_a_column_has_a_style_of_its_own():
    # 1,200,000 and a half in euros, forty-five thousand pounds
    assert read_number(text("€ 1.200.000,50", "£45,000")).values.to_list() == [1200000.5, 45000]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (("12", "1,234"), (1,)),
        (("1.234",), (0,)),
        (("1.5", "2,5"), (0, 1)),
        # An amount has no thousandths, so these are thousands, by two marks.
        (("€ 1.200.000,50", "€45,000"), (1, 0)),
    ],
)
def test_a_column_that_reads_both_ways_is_a_question_that_shows_its_cells(cells, rows):
    with pytest.raises(Ambiguous) as question:
        read_number(text(*cells))
    assert (question.value.rows, question.value.flag) == (rows, "--decimal ,|.")


def test_a_question_about_a_long_column_shows_the_first_cells_of_it():
    column = [*["5"] * 3000, "1,234", *["6"] * 3000]
    with pytest.raises(Ambiguous) as question:
        read_number(text(*column))
    assert question.value.rows == (3000,)


def test_amounts_and_counts_prove_what_bare_numbers_leave_open():
    assert read_number(text("$1,234", "$12")).values.to_list() == [1234.0, 12.0]
    assert read_number(text("1,234", "12"), whole=True).values.to_list() == [1234.0, 12.0]
    for cells in (("1,000", "12"), ("25.000",)):
        with pytest.raises(Ambiguous):  # a one with three decimals is whole too
            read_number(text(*cells), whole=True)
    with pytest.raises(Ambiguous):  # Kuwait's dinar has thousandths
        read_number(text("KWD 1,234"))


def test_the_currency_of_a_cell_is_told_where_its_sign_means_one():
    read = read_number(text("USD 1.00", "$2.00", "€3.00", "A$4.00", "¥5.00", "kr 6.00", "7.00"))
    assert read.currency.to_list() == ["USD", "USD", "EUR", "AUD", None, None, None]
    assert read.values.to_list() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("2026-08-19", "2026/8/9", "20260819"), ["2026-08-19", "2026-08-09", "2026-08-19"]),
        (("2026-08-19T22:00:00Z", "2026-08-19 22:00:00.123+02:00"), ["2026-08-19 22:00", "2026-08-19 20:00"]),
        (("2026-08-19 22:00 EST", "2026-08-19 22:00 UTC+2"), ["2026-08-20 03:00", "2026-08-19 20:00"]),
        (("08/19/2026 10:47:12 PM", "1/2/26 12:05 am"), ["2026-08-19 22:47:12", "2026-01-02 00:05"]),
        (("19.08.2026", "1.2.2026 07:05"), ["2026-08-19", "2026-02-01 07:05"]),
        (("8-Mar-2026", "Mar 8, 2026", "8. März 2026", "8 mars 26"), ["2026-03-08"] * 4),
        (("Sat, 08 Mar 2026 10:00:00 +0000", "March 2026"), ["2026-03-08 10:00", "2026-03-01"]),
        (("2026-W32", "2026-W01-3"), ["2026-08-03", "2025-12-31"]),
        (("1755640800", "1755640801.5"), ["2025-08-19 22:00", "2025-08-19 22:00:01.500"]),
        (("1755640800000",), ["2025-08-19 22:00"]),
        (("1755640800000000",), ["2025-08-19 22:00"]),
        (("46234", "46234.5"), ["2026-07-31", "2026-07-31 12:00"]),
        (("5/6/98 1:00", "31/12/69"), ["1998-06-05 01:00", "2069-12-31"]),
    ],
)
def test_dates_are_read_as_they_are_meant(cells, values):
    assert read_time(text(*cells)).values.to_list() == [at(value) for value in values]


@pytest.mark.parametrize(
    "cell",
    ["2026-02-30", "2026-13-01", "Mar-26", "13:99", "2026-08-19 25:00", "46234", "1755640800", "soon", "13:00 PM"],
)
def test_what_names_no_day_is_unreadable_and_bare_numbers_are_no_dates_among_dates(cell):
    read = read_time(text("2026-08-19", cell))
    assert read.unreadable.to_list() == [False, True]


def test_bare_numbers_far_from_now_are_no_dates():
    assert read_time(text("12345", "99999")).values.to_list() == [None, None]


def test_the_kind_of_bare_numbers_is_told():
    assert read_time(text("46234")).choice == "days of a spreadsheet, counted from 1900, as dates in UTC"
    assert read_time(text("1755640800")).choice == "epoch seconds, as dates in UTC"


def test_a_zone_moves_times_of_day_and_no_days():
    read = read_time(text("2026-08-19 22:00:00", "2026-08-19", "2026-08-19 22:00Z"), zone="America/New_York")
    assert read.values.to_list() == [at("2026-08-20 02:00"), at("2026-08-19"), at("2026-08-19 22:00")]
    # The clocks were put forward over this one.
    assert read_time(text("2026-03-08 02:30"), zone="America/New_York").unreadable.to_list() == [True]


@pytest.mark.parametrize(
    ("cells", "rows"), [(("05/05/2026", "03/04/2026"), (1,)), (("13/01/2026", "01/13/2026"), (0, 1))]
)
def test_a_column_of_either_order_is_a_question(cells, rows):
    with pytest.raises(Ambiguous) as question:
        read_time(text(*cells))
    assert question.value.rows == rows
    assert "--date-order" in question.value.flag


def test_ids_keep_their_zeros_and_lose_what_only_keeps_a_spreadsheet_quiet():
    read = read_text(text("00123", "1E5", "'00123", '="00123"', "'+44", "'tHooft", "\ufeffA\u200b-1 ", "Ａ-1", "N/A"))
    assert read.values.to_list() == ["00123", "1E5", "00123", "00123", "+44", "'tHooft", "A-1", "A-1", None]


def test_yes_and_no_in_their_forms():
    read = read_bool(text("Yes", "n", "TRUE", "0", "maybe", ""))
    assert read.values.to_list() == [True, False, True, False, None, None]
    assert read.unreadable.to_list() == [False, False, False, False, True, False]


@pytest.mark.parametrize("read", [read_id, read_text])
@pytest.mark.parametrize(
    "cell",
    [
        "'00123",
        '="00123"',
        "a\tb",
        "a  b",
        " a ",
        "'=x",
        "\x01a",
        '"q"',
        "`12",
        "NA",
        "-",
        "n/a",
        "a\u00a0b",
        "’12",
        "é",
        "x",
    ],
)
def test_a_cell_reads_alike_in_a_short_column_and_in_a_long_one(read: Callable[[pl.Series], Cells], cell: str) -> None:
    """In a long one what none of its cells has is looked for in none."""
    alone = read(pl.Series([cell])).values[0]
    for plain in ("z{}", "é{}"):
        assert read(pl.Series([cell, *(plain.format(number) for number in range(2_000))])).values[0] == alone


WIDE = {
    "50%": 50.0, "-": None, "n/a": None, "": None, "$5": 5.0, "1.2k": 1200.0, "(7)": -7.0, "1,234.5": 1234.5,
    "2026-11-15": None, "word": None,
}  # fmt: skip
"""Cells that many columns of a wide export share, and the numbers that they are."""


@pytest.mark.parametrize("cell", WIDE)
def test_many_short_columns_are_read_in_few_queries_as_each_alone(cell, monkeypatch):
    queries = []
    collect = pl.LazyFrame.collect
    monkeypatch.setattr(pl.LazyFrame, "collect", lambda *told, **more: queries.append(1) or collect(*told, **more))
    columns = [text(cell, "", f"{at}.5") for at in range(500)]
    numbers, texts = [*read_numbers(columns)], [*read_texts(columns)]
    assert len(queries) < 20
    assert [read.values.to_list() for read in numbers] == [[WIDE[cell], None, at + 0.5] for at in range(500)]
    is_none = cell in ("", "-", "n/a")
    assert [read.values.fill_null("").to_list() for read in texts] == [
        ["" if is_none else cell, "", f"{at}.5"] for at in range(500)
    ]


def told(read: Cells | Ambiguous) -> object:
    """All that is read of a column, to be compared."""
    if isinstance(read, Ambiguous):
        return read.question, read.flag, read.rows
    return read.values.to_list(), read.unreadable.to_list(), read.choice


DATED = (
    ("2026-11-15", "2026-02-30", ""), ("03/04/2026", "05/06/2026", "n/a"), ("25/12/2026", "03/04/2026", "x"),
    ("12/25/2026", "03/04/2026", "Jan 2026"), ("25/12/2026", "12/25/2026", ""), ("46000", "0", "46000.5"),
    ("1735689600", "-1", ""), ("1735689600", "46000", ""), ("word", "7", ""), ("3 Mar 2026 10:00 PST", "2026-W05", ""),
    ("0001-01-01", "3/4/26", ""),
)  # fmt: skip
"""Cells of columns that are dates in every way there is, or none, and of such as leave it open."""


def test_many_short_columns_of_dates_are_read_in_few_queries_as_each_alone(monkeypatch):
    columns = [text(*DATED[at % len(DATED)], *DATED[at % len(DATED)][: at % 3]) for at in range(600)]
    alone = []
    for column in columns:
        try:
            alone.append(told(read_time(column)))
        except Ambiguous as question:
            alone.append(told(question))
    queries = []
    collect = pl.LazyFrame.collect
    monkeypatch.setattr(pl.LazyFrame, "collect", lambda *told, **more: queries.append(1) or collect(*told, **more))
    read = [*read_times(columns)]
    assert len(queries) < 20
    assert [*map(told, read)] == alone
