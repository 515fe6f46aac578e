"""The same thing told twice is counted once, or is a question."""

import pytest

from csq.errors import InputError
from csq.fate import mark
from csq.sources.joining import overlap
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Fate, Role
from reading import RUN_DAY, read, rows

HEADER = "account_id,user_id,date,events"
ONE = f"{HEADER}; A,u,2026-11-01,2; A,v,2026-11-02,1"
TWO = f"{HEADER}; A,u,2026-11-01,2; B,w,2026-11-03,1"


def test_files_that_tell_the_same_moment_are_a_question_that_names_both(tmp_path):
    with pytest.raises(InputError) as fault:
        read(tmp_path, usage=ONE, usage_2=TWO)
    assert "usage.csv` line 2" in fault.value.message
    assert "usage_2.csv` line 2" in fault.value.message
    assert "--overlap dedupe" in str(fault.value.hint)


@pytest.mark.parametrize(("overlap", "used"), [("dedupe", 3), ("add", 4)])
def test_the_question_is_settled_by_the_user(tmp_path, overlap, used):
    options = ReadOptions(run_day=RUN_DAY)._replace(overlap=overlap)
    frame = read(tmp_path, options=options, usage=ONE, usage_2=TWO).roles[Role.USAGE].frame
    assert (frame["fate"] == Fate.USED).sum() == used
    assert set(frame["fate"]) <= {Fate.USED, Aside.DUPLICATE}


def test_an_event_id_counts_once_wherever_it_stands(tmp_path):
    header = "account_id,user_id,date,event_id"
    tables = read(
        tmp_path, usage=f"{header}; A,u,2026-11-01,e1; A,u,2026-11-01,e1", usage_2=f"{header}; A,u,2026-11-01,e1"
    )
    assert sorted(str(aside) for (aside,) in rows(tables.roles[Role.USAGE].keyed, "fate")) == [
        *[str(Aside.REPEATED_EVENT)] * 2,
        "used",
    ]


def test_dates_across_the_columns_may_come_in_several_files(tmp_path):
    tables = read(tmp_path, usage="Company,Jul 2026; Acme,10", usage_2="Company,Aug 2026; Acme,20")
    assert [count for (count,) in rows(tables.roles[Role.USAGE].keyed.sort("period"), "metric_events")] == [10.0, 20.0]


@pytest.mark.parametrize(
    ("usage", "apart"),
    [
        (
            "account_id,month,plan name,logins; A,2026-10,Pro,5; A,2026-10,Basic,5",
            "`plan name`",
        ),  # a column nobody reads
        ("account_id,month,region,logins; A,2026-10,EU,5; A,2026-10,US,7", "`region`, `logins`"),
        ("account_id,note,logins; A,x,5; A,y,5", "`note`"),
        ("account_id,Note,Sep-26,Oct-26; A,x,1,5; A,y,1,5", "`Note`"),
    ],
)
def test_two_rows_for_one_account_name_the_columns_in_which_they_differ(tmp_path, usage, apart):
    with pytest.raises(InputError) as fault:
        read(tmp_path, usage=usage)
    assert fault.value.message.endswith(f"they differ in {apart}")


@pytest.mark.parametrize("more", ["", "; B,2026-10,5", "; A,2026-11,5"])
def test_a_table_that_tells_each_account_and_period_once_is_left_as_it_stands(tmp_path, monkeypatch, more):
    # Where nothing is repeated, to rank all rows took twice the memory of reading them.
    marked = []
    monkeypatch.setattr(overlap, "mark", lambda frame, fates: marked.append(fates) or mark(frame, fates))
    tables = read(tmp_path, usage=f"account_id,month,logins; A,2026-10,5{more}")
    assert {*tables.roles[Role.USAGE].keyed["fate"]} == {Fate.USED}
    assert not marked
