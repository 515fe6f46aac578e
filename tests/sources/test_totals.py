"""Totals are no accounts: told by their numbers, in whatever words and style."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from csq.sources.reading.sums import Word, total_word, total_words
from csq.sources.reading.total_words import TOTAL_WORDS
from csq.terms import Role
from reading import notes, read, rows
from tables import by_id, fates, lines, run

USAGE = "account_id,month,logins; A,2026-05-01,10; B,2026-05-01,20; C,2026-05-01,40"


def ids(folder: Path, accounts: str, **others: str) -> list[str]:
    """The accounts that a run knows of an accounts file, in order."""
    tables = read(folder, accounts=accounts, **others)
    frame = tables.roles[Role.ACCOUNTS].frame
    return [key for (key,) in rows(frame.filter(frame["fate"] == "used"), "account_id")]


@pytest.mark.parametrize(
    "word", ["Total", "Summe:", "Durchschnitt", "Média", "totaal", "Grand Total", "Всего", "合計", "Σ"]
)
def test_total_words_of_many_languages(word: str) -> None:
    assert total_word(word) is Word.ALONE


@pytest.mark.parametrize(("word", "kind"), [("Total Logistics", Word.FIRST), ("Totality", None), ("A1", None)])
def test_a_name_that_begins_like_a_total_is_told_from_the_word(word: str, kind: Word | None) -> None:
    assert total_word(word) is kind


@pytest.mark.parametrize(
    "last",
    [
        "Total,,7000,70",
        ",,7000,70",  # no label at all
        ",Summe,7000,70",  # the label in the second column
        "Gesamt,,€7.000,70",  # another style
        "Moyenne,,2333.33,23.33",  # 7000 / 3 and 70 / 3
        "TOTAL,,7000,88",  # the second number is a weighted one
        'Total general,,"7,000.00",70',
        "All customers (3),,7000,70",
    ],
)
def test_a_last_row_with_a_total_word_or_no_key_whose_numbers_add_up_is_no_account(tmp_path: Path, last: str) -> None:
    # 1000 + 2000 + 4000 = 7000; 10 + 20 + 40 = 70
    accounts = f"account_id,account_name,arr,open tickets; A,Alpha,1000,10; B,Beta,2000,20; C,Gamma,4000,40; {last}"
    assert ids(tmp_path, accounts) == ["A", "B", "C"]


def test_blanks_text_and_currencies_among_the_cells_do_not_hide_a_total(tmp_path: Path) -> None:
    # 1000 + 2000 = 3000, one being unknown; 10 + 20 = 30, one being no number
    accounts = "account_id,arr,seats; A,€1.000,10; B,,Unlimited; C,€2.000,20; Totale,€3.000,30"
    tables = read(tmp_path, accounts=accounts)
    assert rows(tables.roles[Role.ACCOUNTS].frame, "account_id", "contract_value") == [
        ("A", Decimal(1000)),
        ("B", None),
        ("C", Decimal(2000)),
    ]
    assert "not data: total (line 5)" in notes(tables)


def test_a_mean_at_the_end_of_a_survey_is_no_answer_with_or_without_accounts(tmp_path: Path) -> None:
    tables = read(tmp_path, csat="account_id,nps; A,9; B,6; Average,7.5")  # (9 + 6) / 2
    assert [key for (key,) in rows(tables.roles[Role.CSAT].frame, "account_id")] == ["A", "B"]


@pytest.mark.parametrize(
    "last",
    [
        "Total,2026-05-01,11",  # the oil company: neither 70 nor 70 / 3
        "Total Logistics,2026-05-01,20",
        "Alle,2026-05-01,25",
    ],
)
def test_a_total_word_without_the_arithmetic_is_an_account(tmp_path: Path, last: str) -> None:
    tables = read(tmp_path, usage=f"{USAGE}; {last}")
    assert rows(tables.roles[Role.USAGE].frame, "account_id")[-1] == (last.split(",")[0],)


def test_a_total_for_each_period_is_none_of_the_accounts() -> None:
    usage = lines(
        "account_id,month,logins",
        "A,2026-04-01,1", "B,2026-04-01,2", "Total,2026-04-01,3",
        "A,2026-05-01,10", "B,2026-05-01,20", "Total,2026-05-01,30",
    )  # fmt: skip
    report = run(usage)
    assert set(by_id(report)) == {"A", "B"}
    assert fates(report, "usage.csv") == {"used": 4, "total of other rows": 2}


def test_of_thousands_of_days_each_total_is_found_and_no_other_row() -> None:
    """Above or below its day, by its word or by its sum; a day without one loses nothing."""
    days = [date(2015, 1, 1) + timedelta(each) for each in range(3000)]
    told = ["account_id,date,logins"]
    for at, day in enumerate(days):
        amounts = [("A", 1), ("B", 2), ("C", 3 + at % 5), ("D", 4)]
        total = sum(amount for _, amount in amounts)
        last = [[], [("Total", total)], [("Nordics", total)], []][at % 4]
        first = [("All", total)] if at % 4 == 3 else []
        told += [f"{key},{day},{amount}" for key, amount in (*first, *amounts, *last)]
    report = run("\n".join(told) + "\n")

    assert set(by_id(report)) == {"A", "B", "C", "D"}
    assert fates(report, "usage.csv")["total of other rows"] == 2250


ACCOUNTS = "account_id,arr,seats,renewal_date; A,1000,10,2027-01-01; B,2000,20,2027-01-01; C,4000,40,2027-01-01"


@pytest.mark.parametrize(
    ("last", "is_total"),
    [
        ("EMEA,7000,70,", True),
        ("EMEA,7000,71,", False),  # not every column sums
        ("EMEA,7000,70,2027-01-01", False),  # it says what only an account has
        ("EMEA,7000,,", False),
        ("D,7000,70,", False),  # another file names its key
    ],
)
def test_without_a_word_a_row_is_a_total_only_where_nothing_speaks_against_it(
    tmp_path: Path, last: str, *, is_total: bool
) -> None:
    found = ids(tmp_path, f"{ACCOUNTS}; {last}", usage=f"{USAGE}; D,2026-05-01,5")
    assert found == ["A", "B", "C"] + ([] if is_total else [last.split(",")[0]])


def test_without_a_word_and_without_accounts_a_usage_table_loses_its_total(tmp_path: Path) -> None:
    tables = read(tmp_path, usage=f"{USAGE}; Nordics,2026-05-01,70", csat="account_id,nps; A,9; B,6")
    frame = tables.roles[Role.USAGE].frame
    assert rows(frame, "fate", "key")[-1] == ("total of other rows", None)
    assert "line 5 is a total of the rows above it, not an account `Nordics`" in notes(tables)


@pytest.mark.parametrize(
    ("odd", "used"), [(None, 4), (0, 5), (119, 5)], ids=["all sums", "not the first", "not the last"]
)
def test_of_a_hundred_columns_each_has_its_say(tmp_path: Path, odd: int | None, used: int) -> None:
    rows = [["account_id", *(f"logins_{number}d" for number in range(1, 121))]]
    rows += [[key, *[str(n)] * 120] for key, n in (("A", 10), ("B", 20), ("C", 40), ("D", 50))]
    rows.append(["Σ Firmen", *("120" for _ in range(120))])
    if odd is not None:
        rows[-1][odd + 1] = "77"
    found = read(tmp_path, usage=lines(*map(",".join, rows))).roles[Role.USAGE].frame
    assert (found["fate"] == "used").sum() == used


def test_three_rows_alike_prove_no_total(tmp_path: Path) -> None:
    assert ids(tmp_path, "account_id,arr; A,10; B,10; C,20; D,40", usage=USAGE) == ["A", "B", "C", "D"]


BODY = ("A,Acme,100,1", "B,Bolt,200,2", "C,Core,300,3", "D,Dorn,400,4")


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        (("Total,,1000,10", *BODY), {2}),  # as Google Analytics has it
        ((*BODY[:2], "Subtotal EU,,300,3", *BODY[2:], "Subtotal US,,700,7"), {4, 7}),
        ((*BODY[:2], "EU Total,,300,3", *BODY[2:], "US Total,,700,7", "Total,,1000,10"), {4, 7, 8}),
        ((*BODY[:2], "Zwischensumme,,300,3", *BODY[2:]), {4}),
    ],
)
def test_totals_stand_above_and_between_the_rows_too(tmp_path: Path, rows: tuple[str, ...], totals: set[int]) -> None:
    tables = read(tmp_path, accounts="; ".join(("account_id,name,arr,seats", *rows)))
    frame = tables.roles[Role.ACCOUNTS].frame
    assert set(frame.filter(frame["fate"] == "used")["account_id"]) == {"A", "B", "C", "D"}
    assert sum(file.used for file in tables.files) == 4
    assert all(f"line {line} is a total of the rows" in notes(tables) for line in totals)


def test_a_name_that_begins_or_ends_like_a_total_is_an_account_where_its_numbers_sum_up_nothing(tmp_path: Path) -> None:
    named = ("Total Energies,,100,1", "Sum Up,,200,2", "Energie Total,,301,3", "All,,50,9", "Core,,7,1")
    frame = read(tmp_path, accounts="; ".join(("account_id,name,arr,seats", *named))).roles[Role.ACCOUNTS].frame
    assert set(frame["fate"]) == {"used"}


def test_no_total_word_is_passed_over_among_many_keys() -> None:
    """Many keys are looked at together: the same are found as by looking at each."""
    forms = ("{}", "{}:", "EU {}", "{} Logistics", "{} (8 of 9)", "x_{}", " {} ", "* {} *", "{}s", "{}2", "{} 12")
    words = [form.format(each) for word in TOTAL_WORDS for each in (word, word.upper(), word.title()) for form in forms]
    keys = [*words, "Acme", "Totally Ltd", "Étoile", "Évènements, Total", "Süd Summe", "Totalः", "A-1", "12", ""]
    assert total_words(pl.Series([*keys, None])).to_list() == [*map(total_word, keys), None]
