"""Whatever the files, settings and options hold: no bug, an end, and no row lost. `tests/fuzz.py` makes more runs."""

import time
from pathlib import Path

import pytest

from csq.errors import Exit
from fuzz import broken, case


@pytest.mark.parametrize("seed", range(100))
def test_a_spoiled_run_ends_in_a_word_of_why(seed, tmp_path, csq):
    exports = tmp_path / "exports"
    exports.mkdir()
    argv = case(seed, exports)
    began = time.process_time()
    result = csq(*argv)
    assert not broken(argv, result.code, result.stdout, result.stderr, time.process_time() - began)


def test_digits_of_another_script_among_what_was_rejected_are_no_number(tmp_path: Path, csq):
    rows = "".join(f"A-{number},\u0663,2026-11-01\n" for number in range(9))
    (tmp_path / "csat.csv").write_text(f"account_id,score,date\nA-1,4,2026-11-01\n{rows}", encoding="utf-8")
    result = csq("triage", "--csat", "csat.csv", "--csat-scale", "1-5")
    assert result.code == Exit.INPUT
    assert "9 of 10 rows in `csat.csv` were rejected" in result.stderr
