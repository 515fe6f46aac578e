"""`--fail-on` at the door: outputs are written, the reason is on stderr, and the code is 1 when a condition holds."""

from datetime import date
from pathlib import Path

import pytest

from conftest import Csq
from csq.cli.fail_on import totals
from csq.report import TOTALS
from factories import report

USAGE = "account,logins\nA,10\nB,2\nC,30\nD,0\nE,7\n"
CSAT = "account,score (1-5)\nA,5\nB,4\nC,2\nD,1\nE,5\n"
# A and E are advocates, B an underuser, C frustrated, D at risk: see the tests of triage.
ACCOUNTS = "account_id,arr\nA,1000\nB,2000\nC,3000\nD,4000\nE,\n"


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {"usage": USAGE, "csat": CSAT, "accounts": ACCOUNTS}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


@pytest.mark.parametrize("command", ["triage", "plan"])
@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("at_risk_contract_value >= 4000", True),
        ("at_risk_contract_value > 4000", False),
        ("advocates_accounts = 2 AND underusers_accounts = 1", True),
        ("at_risk_share_pct = 40", True),  # 4,000 of 10,000
        ("accounts = 5 AND contract_value = 10000 AND unvalued = 1", True),
        ("match_pct < 100", False),
        ("rejected > 0 OR accounts < 5", False),
        ("unknown_accounts BETWEEN 1 AND 5", False),
    ],
)
def test_a_condition_that_holds_ends_the_run_with_1(
    csq: Csq, exports: Path, command: str, condition: str, holds: bool
) -> None:
    result = csq(command, exports, "-f", "csv", "-q", "--fail-on", condition)
    assert result.code == int(holds)
    assert result.stdout.startswith(b"rank,")
    assert ("found:" in result.stderr) is holds


def test_the_reason_has_the_numbers_and_is_said_even_by_a_quiet_run(csq: Csq, exports: Path) -> None:
    result = csq("triage", exports, "-f", "csv", "-q", "--fail-on", "at_risk_contract_value > 3500")
    assert result.stderr == "found: `at_risk_contract_value > 3500`: `at_risk_contract_value` is 4,000\n"


def test_each_of_several_conditions_is_judged_and_each_that_holds_is_told(csq: Csq, exports: Path) -> None:
    flags = ("--fail-on", "accounts > 1", "--fail-on", "accounts > 100", "--fail-on", "unvalued > 0")
    result = csq("triage", exports, "-f", "csv", "-q", *flags)
    assert result.code == 1
    assert [line.split("`")[1] for line in result.stderr.splitlines()] == ["accounts > 1", "unvalued > 0"]


def test_files_are_written_before_the_run_ends_with_1(csq: Csq, exports: Path, tmp_path: Path) -> None:
    assert csq("triage", exports, "-o", tmp_path / "week.csv", "--fail-on", "accounts > 1").code == 1
    assert (tmp_path / "week.csv").read_bytes().startswith(b"rank,")


@pytest.mark.parametrize("command", ["triage", "plan"])
@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("at_risk_acounts > 1", "unknown column `at_risk_acounts`", "did you mean `at_risk_accounts`?"),
        ("event_renewal_days > 1", "unknown column `event_renewal_days`", "it can ask about"),
        ("rank > 1", "unknown column `rank`", "it can ask about"),
        ("act >", "", ""),
        ("act", "not a condition", "compare it"),
        ("act > 'many'", "cannot be compared", "numbers stand without quotes"),
        ("", "", ""),
    ],
)
def test_a_condition_with_a_fault_is_refused_before_anything_is_read(
    csq: Csq, tmp_path: Path, command: str, condition: str, message: str, hint: str
) -> None:
    result = csq(command, tmp_path / "not there", "--fail-on", condition)
    assert result.code == 2
    assert message in result.stderr
    assert hint in result.stderr
    assert "no such directory" not in result.stderr


def test_what_is_not_known_does_not_hold_and_is_said_not_to_be_judged(csq: Csq, exports: Path) -> None:
    result = csq("triage", exports, "-f", "csv", "--fail-on", "left_out > 0")
    assert result.code == 0
    assert "found: `--fail-on` could not be judged: `left_out > 0`: `left_out` is not known" in result.stderr


def test_the_age_of_the_data_is_counted_from_the_newest_use_to_today(
    csq: Csq, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csq.cli.fail_on.today", lambda: date(2025, 1, 15))
    (tmp_path / "usage.csv").write_text("account_id,user_id,date,feature,events\nA,u,2025-01-06,Reports,1\n")
    (tmp_path / "csat.csv").write_text("account,score (1-5)\nA,5\nB,1\n")
    flags = ("--usage", tmp_path / "usage.csv", "--csat", tmp_path / "csat.csv", "-f", "csv", "-q")
    assert csq("triage", *flags, "--fail-on", "data_age_days > 8").code == 1
    assert csq("triage", *flags, "--fail-on", "data_age_days > 9").code == 0


def test_the_row_of_totals_has_every_column_that_a_condition_can_name() -> None:
    assert set(totals(report(), None, date(2025, 1, 15))) == set(TOTALS)
