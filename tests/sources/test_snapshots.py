"""The second Monday: last week's exports lie beside this week's."""

import pytest

from csq.errors import InputError
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Aside, Role
from reading import RUN_DAY

LOG = "account_id,user_id,date,feature\n"
DAYS = "account_id,date,feature,events\n"


def loaded(folder, role, **texts):
    """Load files of a role, `name_20261109` as `name_2026-11-09.csv`."""
    paths = []
    for name, text in texts.items():
        stem, _, day = name.partition("_2026")
        path = folder / (f"{stem}_2026-{day[:2]}-{day[2:]}.csv" if day else f"{name}.csv")
        path.write_text(text)
        paths.append(path)
    return load({role: paths}, ReadOptions(run_day=RUN_DAY))


def used(tables, role, *names):
    frame = tables.roles[role].frame
    return frame.filter(frame["fate"] == "used").select(names).rows()


def test_of_accounts_the_newest_snapshot_counts_and_is_told(tmp_path):
    # B went from 2000 to 2500, C left, D came; A is word for word the same.
    tables = loaded(
        tmp_path,
        Role.ACCOUNTS,
        accounts_20261109="account_id,arr\nA,1000\nB,2000\nC,3000\n",
        accounts_20261116="account_id,arr\nA,1000\nB,2500\nD,4000\n",
    )
    assert used(tables, Role.ACCOUNTS, "account_id", "contract_value") == [("A", 1000), ("B", 2500), ("D", 4000)]
    old, new = tables.files
    assert (old.read, old.used, old.set_aside) == (3, 0, {Aside.OLDER_SNAPSHOT: 3})
    assert (new.read, new.used) == (3, 3)
    told = " ".join(note.text for note in tables.notes)
    assert "accounts_2026-11-16.csv` is the newest snapshot" in told
    assert "1 of their accounts are not in it" in told


def test_files_with_a_date_that_share_no_accounts_are_no_snapshots(tmp_path):
    # Who signed up in one month and who did in the next.
    tables = loaded(
        tmp_path,
        Role.ACCOUNTS,
        accounts_20261001="account_id,arr\nA,1000\nB,2000\n",
        accounts_20261101="account_id,arr\nC,1000\nD,2000\n",
    )
    assert len(used(tables, Role.ACCOUNTS, "account_id")) == 4


def test_a_snapshot_counts_though_its_header_has_changed_since(tmp_path):
    tables = loaded(
        tmp_path,
        Role.ACCOUNTS,
        accounts_20261109="account_id,arr\nA,1200\nB,2400\n",
        accounts_20261116="account_id,mrr,owner\nA,200,Ann\nB,300,Bo\n",
    )
    # 12 x 200 and 12 x 300: what stood there a week ago is nobody's value any more.
    assert used(tables, Role.ACCOUNTS, "account_id", "contract_value") == [("A", 2400), ("B", 3600)]
    assert tables.files[0].set_aside == {Aside.OLDER_SNAPSHOT: 2}


def test_a_snapshot_without_a_date_in_its_name_is_told_by_its_newest_row(tmp_path):
    # As a browser saves the second download: B has renewed for more, and C came on 12 November.
    tables = loaded(
        tmp_path,
        Role.ACCOUNTS,
        **{
            "accounts": "account_id,arr,customer_since\nA,1000,2025-01-01\nB,2000,2026-11-02\n",
            "accounts (1)": "account_id,arr,customer_since\nA,1000,2025-01-01\nB,2500,2026-11-02\nC,9,2026-11-12\n",
        },
    )
    assert used(tables, Role.ACCOUNTS, "account_id", "contract_value") == [("A", 1000), ("B", 2500), ("C", 9)]
    assert "accounts (1).csv` is the newest snapshot" in " ".join(note.text for note in tables.notes)


def test_files_of_contracts_that_share_accounts_are_no_snapshots(tmp_path):
    # Two products, each with contracts of its own: an account's value is that of both.
    tables = loaded(
        tmp_path,
        Role.ACCOUNTS,
        core="account_id,subscription_id,arr,customer_since\nA,s1,1000,2025-01-01\n",
        extra="account_id,subscription_id,arr,customer_since\nA,s2,500,2026-11-02\n",
    )
    assert len(used(tables, Role.ACCOUNTS, "account_id")) == 2


def test_accounts_that_differ_without_a_date_are_asked_about(tmp_path):
    with pytest.raises(InputError, match=r"told in two ways, .*accounts\.csv.*accounts_new\.csv"):
        loaded(tmp_path, Role.ACCOUNTS, accounts="account_id,arr\nA,1000\n", accounts_new="account_id,arr\nA,1500\n")


def test_rows_of_a_log_that_two_files_tell_count_once(tmp_path):
    # The 2nd of November is in both.
    tables = loaded(
        tmp_path,
        Role.USAGE,
        usage_20261109=LOG + "A,u1,2026-11-01,x\nA,u1,2026-11-02,x\n",
        usage_20261116=LOG + "A,u1,2026-11-02,x\nA,u2,2026-11-02,x\nA,u1,2026-11-09,x\n",
    )
    assert len(used(tables, Role.USAGE, "at")) == 4
    assert tables.files[1].set_aside == {Aside.DUPLICATE: 1}


def test_two_counts_of_an_accounts_day_are_one_where_the_files_agree_on_all_shared_days(tmp_path):
    # Both tell of 2 and 3 November, and say the same of both days: 5 + 7 + 9, the 7 once.
    tables = loaded(
        tmp_path,
        Role.USAGE,
        usage_20261109=DAYS + "A,2026-11-01,x,5\nA,2026-11-02,x,7\n",
        usage_20261116=DAYS + "A,2026-11-02,x,7\nA,2026-11-09,x,9\n",
    )
    assert used(tables, Role.USAGE, "events") == [(5.0,), (7.0,), (9.0,)]


@pytest.mark.parametrize("other", ["A,2026-11-02,x,8\n", "B,2026-11-01,x,1\nA,2026-11-02,x,7\n"])
def test_counts_that_may_be_of_two_products_are_asked_about(tmp_path, other):
    with pytest.raises(InputError, match=r"usage_2026-11-09\.csv.*usage_2026-11-16\.csv"):
        loaded(
            tmp_path,
            Role.USAGE,
            usage_20261109=DAYS + "A,2026-11-01,x,5\nA,2026-11-02,x,7\n",
            usage_20261116=DAYS + other,
        )


def test_a_survey_export_that_contains_last_weeks_counts_each_answer_once(tmp_path):
    head = "account_id,email,submitted_at,nps\n"
    old, new = "A,jo@a.example,2026-11-02,9\n", "B,al@b.example,2026-11-10,3\n"
    tables = loaded(tmp_path, Role.CSAT, nps_20261109=head + old, nps_20261116=head + old + new)
    assert len(used(tables, Role.CSAT, "account_id")) == 2
    assert tables.files[1].set_aside == {Aside.DUPLICATE: 1}


def test_an_answer_that_two_files_tell_otherwise_is_asked_about(tmp_path):
    head = "account_id,email,submitted_at,nps\n"
    texts = {
        f"nps_2026{day}": f"{head}A,jo@a.example,2026-11-02,{score}\n" for day, score in (("1109", 9), ("1116", 3))
    }
    with pytest.raises(InputError, match=r"nps_2026-11-09\.csv. line 2 and .*nps_2026-11-16\.csv. line 2"):
        loaded(tmp_path, Role.CSAT, **texts)


def test_two_answers_of_a_day_in_a_survey_that_was_cut_in_two_are_two(tmp_path):
    head = "account_id,email,submitted_at,nps\n"
    one, other = "A,jo@a.example,2026-11-02,9\n", "A,jo@a.example,2026-11-02,3\n"
    assert len(used(loaded(tmp_path, Role.CSAT, nps=head + one, nps_2=head + other), Role.CSAT, "account_id")) == 2
