"""The rows that settle a column settle it as all of its cells do, and a cell read beside them is read as among all."""

from collections.abc import Callable

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_series_equal

from csq.roles import Cell
from csq.sources.cells.dates import read_time
from csq.sources.cells.numbers import read_number
from csq.sources.cells.values import Ambiguous, Cells
from csq.sources.log.decisive import decisive_rows
from csq.sources.reading.grid import LINE

YEARS = st.integers(2024, 2027)
DATES = st.one_of(
    st.dates().map("{:%Y-%m-%d}".format),
    st.builds("{0}{3}{1}{3}{2}".format, st.integers(1, 31), st.integers(1, 13), YEARS, st.sampled_from("-/.")),
    st.sampled_from(["03/04/2026", "03/04/26 9:15 PM", "13/04/2026", "04/13/2026", "05/05/2026", "16 Nov 2026"]),
    st.sampled_from(["46000", "46000.5", "73051", "1792000000", "4102444800", "946684799", "1792000000000", "17"]),
    st.sampled_from(["", "n/a", "soon", "2026-02-30", "2026-W32", "\uff11\uff13/04/2026", " 13/04/2026"]),
    st.sampled_from(["2026-11-02T10:00:00+02:00", "2026-11-02 10:00", "0026-11-02"]),
)
NUMBERS = st.one_of(
    st.integers(-2000, 2_000_000).map(str),
    st.integers(0, 2_000_000).map("{:,}".format),
    st.integers(0, 2_000_000).map("{:_}".format).map(lambda cell: cell.replace("_", ".")),
    st.floats(0, 3000).map("{:.3f}".format),
    st.sampled_from(["1,000", "1.000", "0,125", "0.125", "1,5", "1.5", "1.234,5", "12,34,567", "1,234e5", "1,000k"]),
    st.sampled_from(["", "-", "x", "(1,234)", "EUR 1,234", "1 234", "1 234,5", "0,000", "00,123", "1,234,567", ".5"]),
)


def settled(read: Callable[[pl.Series], Cells], rows: pl.DataFrame) -> tuple[object, ...]:
    """What a column settles: the convention, or the question it leaves open with the lines that show it."""
    try:
        return ("read", read(rows["c0"]).choice)
    except Ambiguous as question:
        return (question.question, [rows[LINE][row] for row in question.rows])


def check(read: Callable[[pl.Series], Cells], kind: Cell, cells: list[str], cut: int) -> None:
    rows = pl.DataFrame({LINE: range(2, len(cells) + 2), "c0": cells}, schema={LINE: pl.Int64(), "c0": pl.String()})
    kinds = {"c0": kind}
    telling = decisive_rows(rows, kinds)
    parts = decisive_rows(pl.concat([decisive_rows(rows[:cut], kinds), decisive_rows(rows[cut:], kinds)]), kinds)
    assert settled(read, telling) == settled(read, rows)
    assert settled(read, parts) == settled(read, rows)
    if settled(read, rows)[0] == "read":
        beside = read(pl.concat([parts["c0"], rows["c0"][cut:]])).values[len(parts) :]
        assert_series_equal(beside, read(rows["c0"]).values[cut:])


@given(st.lists(DATES, min_size=1, max_size=12), st.integers(0, 12))
@example(["03/04/2026", "46000"], 1)
@example(["46000", "46001", "99999"], 2)
@example(["13/04/2026", "13/04/2025", "13/04/2027", "04/13/2026"], 4)
def test_dates_are_settled_as_by_all(cells, cut):
    check(read_time, Cell.TIME, cells, min(cut, len(cells)))


@given(st.lists(NUMBERS, min_size=1, max_size=12), st.integers(0, 12), st.booleans())
@example(["1,000", "1.000", "1,234"], 1, True)
def test_numbers_are_settled_as_by_all(cells, cut, whole):
    check(lambda text: read_number(text, whole=whole), Cell.NUMBER, cells, min(cut, len(cells)))


def test_few_rows_tell_of_many():
    moments = [f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:00Z" for n in range(20_000)]
    rows = pl.DataFrame({LINE: range(20_000), "c0": moments, "c1": [f"{n}.{n % 997}" for n in range(20_000)]})
    assert decisive_rows(rows, {"c0": Cell.TIME, "c1": Cell.NUMBER}).height < 300
