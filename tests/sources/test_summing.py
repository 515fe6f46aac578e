"""Which row sums up the others: rows of two amounts, the last of which is the one in question."""

from datetime import date
from types import SimpleNamespace

import polars as pl
import pytest

from csq.fate import as_rows
from csq.sources.joining.totals import _totals
from csq.terms import Aside, Fate, Grain, Role

USED, REJECTED, STRANGE, TWICE = Fate.USED, Fate.REJECTED, Aside.UNMATCHED, Aside.DUPLICATE
BODY = [("A", 1, 10), ("B", 2, 20), ("C", 4, 30)]


def table(*rows: tuple[object, ...]) -> pl.DataFrame:
    """Rows of a file from line 2 on: key, two amounts, fate (used), plan (a cell of the user's) and account_name."""
    told = [(*row, *(USED, None, None)[len(row) - 3 :]) for row in rows]
    names = ("account_id", "metric_a", "metric_b", "fate", "plan", "account_name")
    types = (pl.String(), pl.Float64(), pl.Float64(), pl.String(), pl.String(), pl.String())
    frame = pl.DataFrame(told, schema=dict(zip(names, types, strict=True)), orient="row")
    return as_rows(frame.with_columns(file=pl.lit("u.csv"), line=pl.int_range(2, pl.len() + 2)))


def totals(*rows: tuple[object, ...], elsewhere: tuple[str, ...] = (), amounts: int = 2) -> list[tuple[int, str]]:
    """Lines of the totals, and where the rows stand that they sum up."""
    frame = table(*rows)
    frame = frame if amounts == 2 else frame.drop("metric_b")
    usage = SimpleNamespace(frame=frame, grain=Grain.ACCOUNT, role=Role.USAGE)
    others = [SimpleNamespace(frame=pl.DataFrame({"account_id": [*elsewhere]}))] * bool(elsewhere)
    return [(line, where) for _, line, where in _totals(usage, others)]


IS = {
    "a word, and both numbers are sums": ("Total", 7, 60),
    "a word, and one of two is a sum": ("Total", 7, 61),
    "a word, and both are means": ("Average", 7 / 3, 20),
    "no key, and both are sums": (None, 7, 60, REJECTED),
    "a word amid others, and both are sums": ("Total EU", 7, 60),
    "no word, and both are sums": ("EMEA", 7, 60),
}
IS_NOT = {
    "a word, and no number fits": ("Total", 8, 61),
    "a word, and nothing else": ("Total", None, None),
    "a word, and zeros": ("Total", 0, 0),
    "a word amid others, and one of two is a sum": ("Total EU", 7, 61),
    "no word, and one of two is a sum": ("EMEA", 7, 61),
    "no word, and both are means": ("EMEA", 7 / 3, 20),
    "no word, and the row was rejected": ("EMEA", 7, 60, REJECTED),
}


@pytest.mark.parametrize("kind", [*IS, *IS_NOT])
def test_a_last_row_is_a_total_by_its_word_and_its_numbers(kind):
    assert totals(*BODY, (IS | IS_NOT)[kind]) == ([(5, "above")] if kind in IS else [])


def test_rows_alike_have_no_mean_and_one_row_has_no_total():
    assert totals(("A", 5, 5), ("B", 5, 5), ("Average", 5, 5)) == []
    assert totals(("A", 5, 6), ("Total", 5, 6)) == []


def test_a_column_that_no_other_row_fills_is_none_that_has_to_sum():
    lost = [("D", 9, 5, REJECTED), ("E", 9, 6, REJECTED)]

    assert totals(("A", 1, None), ("B", 2, None), ("C", 4, None), *lost, ("EMEA", 7, None)) == [(7, "above")]


def test_parts_are_the_rows_that_count_and_those_of_no_known_account():
    strangers = [(key, one, other, STRANGE) for key, one, other in BODY]

    assert totals(*strangers, ("Total", 7, 60)) == [(5, "above")]
    assert totals(*BODY, ("C", 4, 30, TWICE), ("Total", 7, 60)) == [(6, "above")]
    assert totals(*BODY, ("EMEA", 7, 60), ("C", 4, 30, TWICE)) == [(5, "above")]


def test_a_total_that_does_not_add_up_is_no_part_of_the_grand_total():
    assert totals(*BODY, ("Subtotal", 5, 5), ("Grand total", 7, 60)) == [(6, "above")]


def test_a_key_that_another_file_names_is_an_account():
    assert totals(*BODY, ("EMEA", 7, 60), elsewhere=("EMEA", "A")) == []
    assert totals(*BODY, ("EMEA", 7, 60), elsewhere=("A",)) == [(5, "above")]


def test_a_row_that_says_more_than_its_numbers_is_an_account():
    full = [(*row, USED, "gold") for row in BODY]
    few = [*full[:1], *BODY[1:]]

    assert totals(*full, ("EMEA", 7, 60, USED, "gold")) == []
    assert totals(*full, ("EMEA", 7, 60)) == [(5, "above")]
    assert totals(*few, ("EMEA", 7, 60, USED, "gold")) == [(5, "above")]


def test_a_name_is_a_label_beside_two_amounts_and_says_more_beside_one():
    named = [(*row, USED, None, row[0]) for row in (*BODY, ("EMEA", 7, 60))]

    assert totals(*named) == [(5, "above")]
    assert totals(*named, amounts=1) == []


def test_of_a_total_above_and_one_below_the_one_below_is_taken():
    assert totals(("All", 7, 60), *BODY) == [(2, "below")]
    assert totals(("All", 3, 30), ("A", 1, 10), ("B", 2, 20), ("Total", 3, 30, REJECTED)) == [(5, "above")]


def test_a_total_above_sums_up_accounts_that_are_called_like_totals_too():
    assert totals(("Everything", 10, 100), ("A", 1, 10), ("B", 2, 20), ("All", 7, 70)) == [(2, "below")]


def test_the_last_row_is_a_subtotal_only_after_another():
    """Else, with it set aside, the row before it, which happens to sum up those above, would be taken for one."""
    rows = [("Total EU", 5, 50), ("A", 1, 10), ("B", 2, 20), ("C", 8, 80)]

    assert totals(*rows, ("Total", 16, 160)) == [(6, "above")]


def test_a_name_with_a_total_word_in_it_is_part_of_the_subtotal_below() -> None:
    names = [("Total Wine", 1, 10), ("Total Gas", 2, 20)]

    assert totals(*names, ("Subtotal", 3, 30), ("A", 4, 40), ("B", 5, 50), ("Total", 9, 90)) == [
        (4, "above"),
        (7, "above"),
    ]
    assert totals(*names, ("Subtotal", 3, 30), ("A", 4, 40)) == [(4, "above")]
    assert totals(*[(f"Total {n}", n % 7 + 1, 5) for n in range(300)], ("Z", 1, 1)) == []


def test_a_subtotal_that_leaves_a_column_blank_sums_up_by_the_others() -> None:
    assert totals(("A", 1, 10), ("B", 2, 20), ("Subtotal", 3, None), ("C", 8, 80)) == [(4, "above")]
    assert totals(("A", 1, 10), ("B", 2, 20), ("Subtotal", 4, None), ("C", 8, 80)) == []


def test_each_period_has_its_own_subtotals_however_their_rows_are_mixed() -> None:
    """Subtotals of May stand among the rows of June; a row behind the last of them is no part of the next period."""
    may = [
        ("A", 1, 10),
        ("B", 2, 20),
        ("Subtotal", 3, 30),
        ("C", 4, 5),
        ("D", 5, 5),
        ("Subtotal", 9, 10),
        ("Z", 40, 40),
    ]
    june = [("E", 7, 1), ("F", 8, 2), ("Subtotal", 15, 3), ("G", 1, 1), ("H", 1, 2), ("Subtotal", 2, 3), ("Y", 50, 9)]
    rows = [row for pair in zip(may, june, strict=True) for row in pair]
    frame = table(*rows).with_columns(period=pl.Series([date(2026, 5, 1), date(2026, 6, 1)] * len(may)))
    usage = SimpleNamespace(frame=frame, grain=Grain.PERIOD, role=Role.USAGE)
    # From line 2 on: the subtotals are the third and the sixth rows of each.
    assert sorted(line for _, line, _ in _totals(usage, [])) == [6, 7, 12, 13]
