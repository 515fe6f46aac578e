"""Who the accounts are and what each is worth, to the cent."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from csq.errors import InputError
from csq.facts.accounts import Population
from csq.facts.build import population
from csq.fate import count_fates
from csq.settings.load import load_settings
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from tables import AS_OF, by_id, fates, lines, only, run


def people(*files: str, as_of: date | None = AS_OF, settings: str = "{}\n") -> Population:
    """The population of accounts files given as text, named `1.csv`, `2.csv`, ..."""
    paths = []
    for number, text in enumerate(files, start=1):
        path = Path(f"{number}.csv")
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    Path("csq.yaml").write_text(settings, encoding="utf-8")
    tables = load({Role.ACCOUNTS: paths}, ReadOptions())
    return population(tables, load_settings(Path("csq.yaml")).settings, as_of)


def texts(found: Population) -> list[str]:
    return [note.text for note in found.notes]


def values(found: Population) -> dict[str, Decimal | None]:
    return dict(found.frame.select("account_id", "contract_value").iter_rows())


@pytest.mark.parametrize(
    ("header", "row", "value"),
    [
        ("arr,acv,mrr", "1200.50,900,70", "1200.50"),
        ("acv,mrr", "900,70", "900.00"),
        ("mrr", "70.01", "840.12"),
        ("arr,mrr", ",70", "840.00"),  # row by row: never two of them added up, but a blank is not the last word
    ],
)
def test_contract_value_is_arr_else_acv_else_twelve_times_mrr(header: str, row: str, value: str | None) -> None:
    found = values(people(lines(f"account_id,{header}", f"A,{row}")))
    assert found == {"A": None if value is None else Decimal(value)}


SUBSCRIPTIONS = "account_id,subscription_id,arr,seats,start_date,end_date"


def test_a_subscription_is_active_from_its_start_to_the_day_before_its_end() -> None:
    found = people(
        lines(
            SUBSCRIPTIONS,
            "A,s1,1,10,2026-11-15,",  # starts on the day
            "A,s2,2,20,2026-11-16,",  # tomorrow
            "A,s3,4,40,2026-01-01,2026-11-16",  # ends tomorrow
            "A,s4,8,80,2026-01-01,2026-11-15",  # ends today
            "A,s5,16,160,,",  # no dates: taken to run
        )
    )
    row = found.frame.row(0, named=True)
    assert (row["contract_value"], row["seats"], row["start_date"]) == (21, 210, date(2026, 1, 1))
    assert dict(count_fates(found.fates).select("fate", "rows").iter_rows()) == {"used": 3, "inactive subscription": 2}


def test_seats_of_the_file_with_one_row_per_account_win_and_the_choice_is_told() -> None:
    found = people(lines("account_id,seats", "A,7", "B,"), lines(SUBSCRIPTIONS, "A,s1,10,50,,", "B,s2,20,60,,"))
    assert found.frame["seats"].to_list() == [7, 60]
    assert values(found) == {"A": 10, "B": 20}
    assert [note.text for note in found.notes] == [
        "seats from the file with one row per account, not the sum over subscriptions"
    ]


def test_no_seats_at_all_are_unknown_seats() -> None:
    row = by_id(run(lines("account_id,date,user_id", "A,2026-11-10,u"), accounts=lines("account_id,seats", "A,0")))["A"]
    assert (row["seats"], row["seat_use_pct"]) == (None, None)


@pytest.mark.parametrize("status", ["churned", "Cancelled", "canceled", "PROSPECT", "trial"])
def test_who_is_not_a_paying_customer_leaves_the_population(status: str) -> None:
    report = run(
        lines("account_id,date", "A,2026-11-10", "B,2026-11-10"),
        accounts=lines("account_id,status", f"A,{status}", "B,active"),
    )
    assert list(by_id(report)) == ["B"]
    assert fates(report, "accounts.csv") == {"used": 1, "not a current customer": 1}
    assert fates(report, "usage.csv") == {"used": 1, "not a current customer": 1}


def test_an_account_whose_subscriptions_have_all_ended_leaves_and_so_does_one_that_is_to_start_yet() -> None:
    found = people(
        lines(
            SUBSCRIPTIONS,
            "ended,s1,1,1,2025-01-01,2026-01-01",
            "ended,s2,1,1,2025-01-01,2026-11-15",
            "ahead,s3,1,1,2026-12-01,",
            "both,s4,1,1,2025-01-01,2026-01-01",
            "both,s5,2,1,2026-01-01,",
        )
    )
    assert values(found) == {"both": Decimal(2)}
    told = "2 accounts of the accounts files are no current customers: all has ended, 1 account worth 2 a year; "
    (note,) = [note.text for note in found.notes if told in note.text]
    assert "not one yet, 1 account worth 1 a year (`ahead`)" in note


def test_a_contract_that_has_ended_takes_its_account_along() -> None:
    assert list(values(people(lines("account_id,end_date", "A,2026-11-15", "B,2026-11-16", "C,")))) == ["B", "C"]


def test_two_rows_for_one_account_without_a_subscription_id_are_an_error_that_names_both_lines() -> None:
    with pytest.raises(InputError) as error:
        people(lines("account_id,arr", "A,1", "B,2", "A,3"))
    assert error.value.message == "account `A` is told in two ways, on line 2 of `1.csv` and line 4 of `1.csv`"
    assert error.value.details == ("`arr` differs: `1` and `3`",)
    assert "subscription_id" in (error.value.hint or "")


def test_of_two_rows_of_one_account_only_the_columns_that_differ_are_named_and_no_cell_that_is_a_persons() -> None:
    """A column of the user's own may hold anybody's name, and an address is one."""
    with pytest.raises(InputError) as error:
        people(lines("account_id,name,arr,owner,Main Contact", "A,Acme,1,a@x.example,Eve", "A,Acme,1,b@x.example,Bob"))
    assert error.value.details == (
        "`owner` differs: `(an e-mail address)` and `(an e-mail address)`",
        "`Main Contact` differs",
    )


def test_rows_alike_in_every_cell_count_once() -> None:
    found = people(lines(SUBSCRIPTIONS, "A,s1,10,5,,", "A,s1,10,5,,"))
    assert values(found) == {"A": 10}
    assert dict(count_fates(found.fates).select("fate", "rows").iter_rows()) == {"used": 1, "exact duplicate": 1}


def test_one_subscription_with_two_values_at_once_is_an_error_that_names_both_lines() -> None:
    with pytest.raises(InputError) as error:
        people(lines(SUBSCRIPTIONS, "A,s1,10,5,,", "A,s1,12,5,,"))
    told = "subscription `s1` is told in two ways, on line 2 of `1.csv` and line 3 of `1.csv`"
    assert error.value.message == told
    assert error.value.details == ("contract_value differs: 10.00 and 12.00",)


def test_subscriptions_without_an_id_stand_for_themselves() -> None:
    found = people(lines("account_id,subscription_id,arr,plan", "A,,10,basic", "A,,10,extra", "A,s1,5,basic"))
    assert values(found) == {"A": 25}


def test_several_currencies_without_a_rate_are_refused() -> None:
    with pytest.raises(InputError, match="contract values in several currencies: EUR, USD") as error:
        people(lines("account_id,arr,currency", "A,1,eur", "B,2,USD"))
    assert "rates" in (error.value.hint or "")


def test_money_that_does_not_count_refuses_nothing() -> None:
    found = people(lines("account_id,arr,currency,status", "A,1,EUR,active", "B,2,USD,churned", "C,,GBP,active"))
    assert found.currency == "EUR"


def test_rates_convert_to_the_cent_and_a_missing_one_is_named() -> None:
    table = lines("account_id,arr,currency", "A,1000000.55,USD", "B,3,EUR", "C,7,")
    found = people(table, settings="currency: {base: EUR, rates: {USD: 0.92}}")
    assert values(found) == {"A": Decimal("920000.51"), "B": 3, "C": 7}  # 920,000.506
    assert found.currency == "EUR"
    assert found.notes[1].text == "1 contract value names no currency: taken as EUR"
    with pytest.raises(InputError, match="no rate for USD into EUR"):
        people(table, settings="currency: {base: EUR, rates: {GBP: 1.1}}")


def test_cents_add_up_exactly() -> None:
    rows = [f"{n},0.10" for n in range(30)] + ["big,90000000000.29"]
    report = run(csat=lines("account_id,csat (1-5)", "1,5"), accounts=lines("account_id,arr", *rows))
    assert sum((total.contract_value for total in report.totals), Decimal(0)) == Decimal("90000000003.29")


def test_where_two_files_differ_the_first_by_name_is_believed_and_the_number_of_accounts_told() -> None:
    found = people(lines("account_id,owner", "A,Ana", "B,"), lines("account_id,owner,segment", "A,Zed,SMB", "B,Bo,SMB"))
    assert found.frame["owner"].to_list() == ["Ana", "Bo"]
    assert [note.text for note in found.notes] == [
        "1 account has two values for `owner` in different files: the first file's is used"
    ]


def test_a_column_of_the_files_never_gets_in_the_way_of_one_of_ours() -> None:
    header = "account_id,Customer,Active,Since,Future,Inactive,Usage Unknown,Metric Logins,seats_sub,Usage Part Logins"
    report = run(
        lines("account_id,logins", "A,5"),
        accounts=lines(header, "A,Acme,no,2019,maybe,true,why,99,4,77"),
        as_of=AS_OF,
    )
    row = only(report)
    assert [row[name] for name in ("customer", "active", "since", "future", "inactive")] == [
        "Acme",
        "no",
        "2019",
        "maybe",
        "true",
    ]
    assert (row["usage_unknown"], row["metric_logins"], row["usage_part_logins"], row["usage_score"]) == (
        "why",
        5,
        100,
        100,
    )
    assert not [name for name in report.accounts.columns if name.startswith("_")]


def test_without_an_accounts_file_every_key_is_an_account_and_the_reader_is_told() -> None:
    report = run(lines("account_id,date", "A,2026-11-10"), lines("account_id,csat (1-5)", "B,5"))
    assert set(by_id(report)) == {"A", "B"}
    assert not report.weighted
    told = [note.text for note in report.notes]
    assert "no accounts file: every key in usage and csat is an account" in told
    assert any("the ranking is unweighted" in text for text in told)


def test_days_are_counted_from_the_dates_of_the_contract() -> None:
    row = by_id(
        run(
            lines("account_id,date", "A,2026-11-10"),
            accounts=lines("account_id,start_date,renewal_date", "A,2026-08-17,2026-11-14"),
            as_of=AS_OF,
        )
    )["A"]
    assert (row["tenure_days"], row["days_to_renewal"], row["is_new"]) == (90, -1, False)


def test_what_is_missing_is_listed_most_telling_first_and_counted_over_what_is_looked_for() -> None:
    row = by_id(run(lines("account_id,date", "A,2026-11-10"), accounts=lines("account_id,seats,owner", "A,3,Ana")))["A"]
    measured = ["happiness: no_csat_file", "contract_value", "renewal_date", "start_date"]
    context = ["goals", "champion", "decision_maker", "fit", "north_star", "last_contact", "outcome"]
    assert row["missing"] == [*measured, *context]
    assert row["coverage_pct"] == 21.4286  # usage, seats and owner, of fourteen: 3 / 14


def own(found: Population, *names: str) -> list[tuple[object, ...]]:
    return found.frame.select("account_id", *names).rows()


def test_columns_of_the_user_stay_with_their_accounts_whoever_is_no_customer() -> None:
    text = lines("account_id,status,region,owner_team", "C,active,north,x", "B,churned,south,y", "A,active,,z")
    assert own(people(text), "region", "owner_team") == [("A", None, "z"), ("C", "north", "x")]
    rest = lines("account_id,status,region,owner_team", "A,active,west,w", "B,active,south,y", "C,active,north,x")
    assert own(people(rest), "region", "owner_team") == [("A", "west", "w"), ("B", "south", "y"), ("C", "north", "x")]


def test_of_two_files_with_a_column_of_the_user_the_first_that_tells_it_stands() -> None:
    found = people(
        lines("account_id,region", "B,south", "A,", "D,north"),
        lines("account_id,region,office", "A,west,one", "B,east,two", "C,up,"),
    )
    assert own(found, "region", "office") == [
        ("A", "west", "one"), ("B", "south", "two"), ("C", "up", None), ("D", "north", None),
    ]  # fmt: skip
    assert "1 account has two values for `region` in different files: the first file's is used" in texts(found)


def test_a_column_of_the_user_is_that_of_the_subscriptions_where_they_agree_and_no_account_says_it() -> None:
    terms = lines(
        "account_id,subscription_id,arr,region,office",
        "B,s1,1,south,d1", "B,s2,2,south,d2", "A,s3,4,west,d3", "C,s4,8,north,d4", "D,s5,16,,d5",
    )  # fmt: skip
    assert own(people(terms), "region", "office") == [
        ("A", "west", "d3"), ("B", "south", None), ("C", "north", "d4"), ("D", None, "d5"),
    ]  # fmt: skip
    both = people(lines("account_id,region", "C,up", "A,", "E,down"), terms)
    assert own(both, "region", "office") == [
        ("A", "west", "d3"), ("B", "south", None), ("C", "up", "d4"), ("D", None, "d5"), ("E", "down", None),
    ]  # fmt: skip
    told = "told in different ways by the subscriptions of an account, and not taken there: `office` of 1"
    assert told in texts(both)


def test_a_column_of_the_user_that_speaks_of_who_is_a_customer_is_looked_at_in_the_rows_that_count() -> None:
    found = people(lines("account_id,region", "A,Customer", "B,Lost", "B,Lost", "C,Lost"))  # a row told twice is one
    assert any(
        "`region` of the accounts files says of 2 rows that they are no customers" in each for each in texts(found)
    )


@pytest.mark.parametrize("step", ["filter", "sort", "join", "with_columns"])
def test_no_step_that_would_copy_the_columns_of_the_user_is_taken_with_them(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = ",".join(["account_id", *(f"own_{number}" for number in range(300))])
    Path("1.csv").write_text(lines(header, *(f"{account}{',x' * 300}" for account in "BCA")), encoding="utf-8")
    Path("csq.yaml").write_text("{}\n", encoding="utf-8")
    tables = load({Role.ACCOUNTS: [Path("1.csv")]}, ReadOptions())
    widths, taken = [], getattr(pl.DataFrame, step)

    def seen(frame: pl.DataFrame, *args: object, **options: object) -> object:
        widths.append(frame.width)
        return taken(frame, *args, **options)

    monkeypatch.setattr(pl.DataFrame, step, seen)
    found = population(tables, load_settings(Path("csq.yaml")).settings, AS_OF)
    assert found.frame.width > 300
    assert 0 < max(widths) < 100
