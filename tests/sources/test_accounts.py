"""Accounts exports: what an account is worth, in which currency, and all the keys it goes by."""

from decimal import Decimal

import pytest

from csq.errors import InputError
from csq.terms import Role
from reading import notes, read, rows

STRIPE = (
    "id,Customer ID,Customer Name,Plan,Quantity,Currency,Interval,Amount,Status,Start Date (UTC),"
    "Current Period End (UTC),Ended At (UTC)"
)


def test_subscriptions_are_put_on_a_year_by_their_interval(tmp_path):
    lines = [
        f"sub_{n},cus_1,Acme,p,1,usd,{interval},100.00,active,2026-01-01 10:00,2026-12-31 10:00,"
        for n, interval in enumerate(("month", "year", "week", "day", "quarter", "decade"))
    ]
    tables = read(tmp_path, accounts="; ".join([STRIPE, *lines]))
    worth = [value for (value,) in rows(tables.roles[Role.ACCOUNTS].frame, "contract_value")]
    assert worth == [Decimal(n) for n in (1200, 100, 5200, 36500, 400)] + [None]
    assert rows(tables.faults, "line", "column", "value") == [(7, "Interval", "decade")]
    assert rows(tables.roles[Role.ACCOUNTS].frame, "account_id", "is_subscription")[0] == ("cus_1", True)


def test_money_in_cents_and_ids_joined_by_a_bar_are_taken_apart(tmp_path):
    header = "CUSTOMER_EXTERNAL_IDS,CUSTOMER_NAME,MRR,ARR,CURRENCY"
    tables = read(
        tmp_path,
        accounts=f"{header}; A-1|cus_9,Acme,10000,120000,USD; B-1,Globex,5000,60000,USD",
        csat="customer id,score; cus_9,5; A-1,4; B-1,5",
    )
    worth = rows(tables.roles[Role.ACCOUNTS].frame, "account_id", "contract_value")
    assert worth == [("A-1", Decimal(1200)), ("B-1", Decimal(600))]
    assert rows(tables.roles[Role.CSAT].keyed, "account_id") == [("A-1",), ("A-1",), ("B-1",)]
    assert "in cents" in notes(tables)


@pytest.mark.parametrize(
    ("cells", "currencies"),
    [
        (('"USD 120,000.00"', '"USD 45,000.00"'), ["USD", "USD"]),
        (("€1.200", "€45.000"), ["EUR", "EUR"]),
        (('"$120,000"', "£5"), ["USD", "GBP"]),
        (("120000", "45000"), [None, None]),
    ],
)
def test_the_currency_is_that_of_the_cells_where_no_column_has_it(tmp_path, cells, currencies):
    tables = read(tmp_path, accounts=f"account_id,ARR; A,{cells[0]}; B,{cells[1]}")
    assert [code for (code,) in rows(tables.roles[Role.ACCOUNTS].frame, "currency")] == currencies


def test_amounts_that_read_both_ways_name_line_cell_and_flag(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, accounts='account_id,ARR; A,500; B,"45,000"')
    assert "`45,000` on line 3" in fault.value.message
    assert fault.value.hint == "say which: `--decimal ,|.`, or of one file: `--decimal FILE=,|.`"


def test_what_a_company_earns_is_never_its_contract_value(tmp_path):
    tables = read(tmp_path, accounts="Record ID,Company name,Annual Revenue; 1,Acme,1200000")
    assert rows(tables.roles[Role.ACCOUNTS].frame, "contract_value", "annual_revenue") == [(None, "1200000")]


def test_two_rows_of_an_account_without_subscriptions_are_refused(tmp_path):
    with pytest.raises(InputError, match="told in two ways"):
        read(tmp_path, accounts="account_id,arr; A,1; A,2")
