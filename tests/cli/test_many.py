"""What there may be thousands of is looked at together: a run asks polars no more for many than for a few."""

import pytest

FEW, MANY = 20, 60


def write(folder, accounts):
    """Accounts each of its own owner, status and segment, and an answer of each."""
    rows = [f"a{n},Name {n},{n * 900},own{n},word {n},sector {n}" for n in range(accounts)]
    header = "account_id,account_name,arr,owner,status,segment"
    (folder / "accounts.csv").write_text("\n".join([header, *rows]))
    answers = [f"a{n},{5 - n % 5},2026-10-0{1 + n % 9}" for n in range(accounts)]
    (folder / "csat.csv").write_text("\n".join(["account_id,score,date", *answers]))


@pytest.mark.parametrize("capacity", ["", "capacity: {default: 1}\n"])
@pytest.mark.parametrize("command", ["triage", "plan", "brief"])
def test_many_owners_statuses_and_segments_take_no_more_queries_than_a_few(
    queries, tmp_path, monkeypatch, command, capacity
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "csq.yaml").write_text(capacity)
    counts = []
    for accounts in (FEW, MANY):
        write(tmp_path, accounts)
        counts.append(queries(command, ".", "--as-of", "2026-11-01", "--csat-scale", "1-5", "-q"))

    assert 0 < counts[1] <= counts[0]
