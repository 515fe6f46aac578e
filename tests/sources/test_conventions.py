"""Decimal marks and orders in dates: of one column, of the other columns of its file, of one file, of all."""

import pytest

from csq.errors import InputError
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from reading import RUN_DAY, notes, read, rows

# 1,234 is a thousand and more, or one and a bit: the column leaves it open.
OPEN = "account_id,arr; A,'1,234'; B,'5,678'".replace("'", '"')
# 1.234,5 proves the comma.
PROVED = "account_id,arr; A,'1.234,5'; B,'5.678,5'".replace("'", '"')


def values(tables):
    return [float(value) for (value,) in rows(tables.roles[Role.ACCOUNTS].frame, "contract_value")]


def options(**told):
    return ReadOptions(run_day=RUN_DAY, **told)


def test_a_flag_for_all_files_does_not_spoil_a_column_that_settles_itself(tmp_path):
    assert values(read(tmp_path, options=options(decimal="."), accounts=PROVED)) == [1234.5, 5678.5]
    assert values(read(tmp_path, options=options(decimal=","), accounts="account_id,arr; A,1.5; B,2.25")) == [1.5, 2.25]


def test_a_flag_for_all_files_settles_a_column_that_is_open(tmp_path):
    assert values(read(tmp_path, options=options(decimal=","), accounts=OPEN)) == [1.23, 5.68]  # in cents
    assert values(read(tmp_path, options=options(decimal="."), accounts=OPEN)) == [1234, 5678]


def test_a_convention_of_one_file_is_that_of_no_other(tmp_path):
    other = OPEN.replace("A,", "C,").replace("B,", "D,")
    told = options(decimals={str(tmp_path / "accounts.csv"): ","}, decimal=".")
    tables = read(tmp_path, options=told, accounts=OPEN, accounts_2=other)
    found = dict(rows(tables.roles[Role.ACCOUNTS].frame, "account_id", "contract_value"))
    assert {name: float(value) for name, value in found.items()} == {"A": 1.23, "B": 5.68, "C": 1234, "D": 5678}


@pytest.mark.parametrize(
    ("proof", "first"),
    [("25/12/2026", "2026-04-03"), ("12/25/2026", "2026-03-04")],  # 25 is no month
)
def test_another_column_of_the_file_settles_the_order_and_is_told(tmp_path, proof, first):
    text = f"account_id,start_date,renewal_date; A,03/04/2026,{proof}; B,05/06/2026,{proof}"
    tables = read(tmp_path, accounts=text)
    assert str(tables.roles[Role.ACCOUNTS].frame["start_date"][0]) == first
    assert "as in `renewal_date`, in `start_date`" in notes(tables)


def test_other_columns_that_disagree_settle_nothing(tmp_path):
    text = "account_id,start_date,renewal_date,end_date; A,03/04/2026,25/12/2026,12/25/2026"
    with pytest.raises(InputError, match="reads day first or month first"):
        read(tmp_path, accounts=text)


def test_other_columns_go_before_a_flag_for_all_files_and_after_one_for_this(tmp_path):
    text = "account_id,start_date,renewal_date; A,03/04/2026,25/12/2026"
    everywhere = read(tmp_path, options=options(date_order="mdy"), accounts=text)
    assert str(everywhere.roles[Role.ACCOUNTS].frame["start_date"][0]) == "2026-04-03"
    here = read(tmp_path, options=options(date_orders={str(tmp_path / "accounts.csv"): "mdy"}), accounts=text)
    assert str(here.roles[Role.ACCOUNTS].frame["start_date"][0]) == "2026-03-04"


def test_years_in_front_are_told(tmp_path):
    tables = read(tmp_path, options=options(date_order="ymd"), accounts="account_id,start_date; A,26/04/03")
    assert str(tables.roles[Role.ACCOUNTS].frame["start_date"][0]) == "2026-04-03"


def test_usage_numbers_follow_the_other_columns_of_their_file(tmp_path):
    text = 'account_id,month,hours,sessions; A,2026-09,"1,5","1,234"; B,2026-09,"2,5","2,345"'
    tables = read(tmp_path, usage=text)
    assert "decimal mark `,`, as in `hours`" in notes(tables)
    assert tables.roles[Role.USAGE].frame["metric_sessions"].to_list() == [1.234, 2.345]
