"""What there may be thousands of is looked at together: a run asks polars no more for many than for a few."""

import sys

import pytest

FEW, MANY = 20, 60


@pytest.fixture
def asked(csq, tmp_path, monkeypatch):
    """Count the queries of a run over accounts, each of its own owner and status."""

    def count(accounts: int, *command: str) -> int:
        monkeypatch.chdir(tmp_path)
        rows = [f"a{n},Name {n},{n * 900},own{n},word {n},sector {n}" for n in range(accounts)]
        header = "account_id,account_name,arr,owner,status,segment"
        (tmp_path / "accounts.csv").write_text("\n".join([header, *rows]))
        answers = [f"a{n},{5 - n % 5},2026-10-0{1 + n % 9}" for n in range(accounts)]
        (tmp_path / "csat.csv").write_text("\n".join(["account_id,score,date", *answers]))
        queries = []

        def note(_frame, event, called):
            if event == "c_call" and called.__name__ == "collect":
                queries.append(called)

        sys.setprofile(note)
        try:
            found = csq(*command, ".", "--as-of", "2026-11-01", "--csat-scale", "1-5", "-q")
        finally:
            sys.setprofile(None)
        assert found.code == 0, found.stderr
        return len(queries)

    return count


@pytest.mark.parametrize("capacity", ["", "capacity: {default: 1}\n"])
@pytest.mark.parametrize("command", ["triage", "plan", "brief"])
def test_many_owners_statuses_and_segments_take_no_more_queries_than_a_few(asked, tmp_path, command, capacity):
    (tmp_path / "csq.yaml").write_text(capacity)

    few = asked(FEW, command)
    assert asked(MANY, command) <= few
