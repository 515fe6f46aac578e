"""Usage exports in their grains, whatever the tool calls its columns."""

import pytest

from csq.errors import InputError
from csq.terms import Aside, Grain, Role
from reading import notes, read, rows


@pytest.mark.parametrize(
    ("usage", "grain"),
    [
        ("account_id,user_id,date; A,u,2026-11-01", Grain.LOG),
        ("account_id,month,logins; A,2026-10,5", Grain.PERIOD),
        ("account_id,week,logins; A,2026-W40,5", Grain.PERIOD),
        ("account_id,logins,active users; A,5,2", Grain.ACCOUNT),
        ("Company,Oct 2026,Nov 2026; A,1,2", Grain.PERIOD),
    ],
)
def test_the_columns_tell_what_a_row_stands_for(tmp_path, usage, grain):
    assert read(tmp_path, usage=usage).roles[Role.USAGE].grain is grain


def test_events_of_people_without_an_account_are_nobodys(tmp_path):
    usage = "event,time,distinct_id,$insert_id,company; Opened,1755640800,u1,i1,Acme; Opened,1755640801,u2,i2,"
    tables = read(tmp_path, usage=usage)
    assert rows(tables.roles[Role.USAGE].keyed, "account_id") == [("Acme",)]
    assert tables.files[0].set_aside == {Aside.NOBODY: 1}
    assert tables.rejects.is_empty()


def test_an_account_in_the_properties_of_an_event_is_found(tmp_path):
    header = "uuid,event,properties,timestamp,distinct_id"
    cell = '"{""$browser"": ""x"", ""company_id"": ""C-1""}"'
    tables = read(tmp_path, usage=f"{header}; 1,Opened,{cell},2026-08-01 10:00:00,u1")
    assert rows(tables.roles[Role.USAGE].keyed, "account_id", "user_id", "event_id") == [("C-1", "u1", "1")]


def test_a_date_that_cannot_be_read_rejects_its_event(tmp_path):
    tables = read(tmp_path, usage="account_id,user_id,date; A,u,2026-11-01; A,u,soon; A,u,; A,u,2027-01-01")
    assert rows(tables.rejects, "line", "value", "reason") == [
        (3, "soon", "unreadable date"),
        (4, "", "no date"),
        (5, "2027-01-01", "date after the run day"),
    ]


def test_dates_that_read_both_ways_name_line_cell_and_flag(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, usage="account_id,user_id,date; A,u,05/05/2026; A,u,03/04/2026")
    assert "`03/04/2026` on line 3" in fault.value.message
    assert "--date-order" in str(fault.value.hint)
    assert fault.value.location.line == 3


def test_shares_and_percent_of_one_column_come_to_the_same(tmp_path):
    tables = read(tmp_path, usage="account_id,engagement rate; A,62.5%; B,0.25")
    assert rows(tables.roles[Role.USAGE].keyed, "metric_engagement_rate") == [(62.5,), (25.0,)]
    assert "read as a share of 1" in notes(tables)
