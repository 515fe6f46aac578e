"""What columns may be by their cells."""

import polars as pl
import pytest

from csq.roles import Cell
from csq.sources.columns.plausible import Looks
from csq.sources.reading.read import table_from_bytes

NUMBERS = ("1", "2.5", "-3")
DATES = ("2026-11-15", "13/04/2026", "Nov 3, 2026")
ANSWERS = ("very good", "4/5", "\u2605\u2605\u2606")
YES_OR_NO = ("yes", "no", "Y")
WORDS = ("w12", "Acme", "see ticket")


def looks_at(*columns: tuple[str, ...]) -> Looks:
    names = ",".join(f"c{at}" for at in range(len(columns)))
    rows = [",".join(f'"{cell}"' for cell in row) for row in zip(*columns, strict=True)]
    return Looks(table_from_bytes("\n".join([f"id,{names}", *(f"a,{row}" for row in rows), ""]).encode(), "x.csv"))


@pytest.mark.parametrize(
    ("kind", "able"),
    [
        (Cell.TIME, [DATES]),
        (Cell.NUMBER, [NUMBERS]),
        (Cell.SCORE, [NUMBERS, ANSWERS, YES_OR_NO]),
        (Cell.BOOL, [YES_OR_NO]),
        (Cell.TEXT, [ANSWERS, YES_OR_NO, WORDS]),
    ],
)
def test_a_column_is_offered_for_what_most_of_its_cells_are_and_a_blank_one_for_anything(kind, able):
    columns = [NUMBERS, DATES, ANSWERS, YES_OR_NO, WORDS, ("", "-", "n/a")]
    found = looks_at(*columns).candidates("name", kind)
    assert [name for name in found if name != "id"] == [f"c{columns.index(each)}" for each in able] + ["c5"]


@pytest.mark.parametrize("kind", [*Cell])
def test_very_many_columns_are_looked_at_in_few_queries(kind, monkeypatch):
    columns = [NUMBERS * 8, DATES * 8, ANSWERS * 8, WORDS * 8, ("", "1", "-") * 8]
    looks = looks_at(*columns * 300)
    queries = []
    collect = pl.LazyFrame.collect
    monkeypatch.setattr(pl.LazyFrame, "collect", lambda *told, **more: queries.append(1) or collect(*told, **more))
    assert len(looks.candidates("name", kind)) >= 300 or kind is Cell.BOOL
    assert len(queries) < 20
