"""`csq triage` at the door: exit code, stdout, stderr."""

import csv
import io
import json

import pytest

from csq.render.columns import PUBLIC

USAGE = "account,logins\nA,10\nB,2\nC,30\nD,0\nE,7\n"
CSAT = "account,score (1-5)\nA,5\nB,4\nC,2\nD,1\nE,5\n"


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "usage.csv").write_text(USAGE)
    (folder / "csat.csv").write_text(CSAT)
    return folder


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_two_small_files_and_nothing_else_give_a_quadrant_to_every_account(csq, exports):
    # The median of 10, 2, 30, 0, 7 logins is 7, which is 70 % of their 75th percentile, 10: E stands at the cut.
    # Scores: 5 of 5 is 100, 4 is 75, 2 is 25, 1 is 0; the cut is 70.
    result = csq("triage", exports, "-f", "csv")
    assert result.code == 0
    assert {row["account_id"]: row["quadrant"] for row in rows(result.stdout)} == {
        "A": "advocates",
        "B": "underusers",
        "C": "frustrated",
        "D": "at_risk",
        "E": "advocates",
    }


def test_a_machine_format_has_the_public_columns_in_their_order(csq, exports):
    header = csq("triage", exports, "-f", "csv").stdout.decode().splitlines()[0]
    assert header == ",".join(PUBLIC)


def test_stdout_is_data_and_stderr_is_narration(csq, exports):
    result = csq("triage", exports, "-f", "json")
    assert len(json.loads(result.stdout)["accounts"]) == 5
    assert "warning: no contract value is known" in result.stderr


def test_a_quiet_run_that_goes_well_leaves_stderr_empty(csq, exports):
    assert csq("triage", exports, "-f", "csv", "-q").stderr == ""


def test_a_file_and_a_redirection_hold_the_same_bytes(csq, exports, tmp_path):
    for name in ("csv", "tsv", "json", "jsonl"):
        target = tmp_path / f"week.{name}"
        assert csq("triage", exports, "-o", target).stdout == b""
        assert target.read_bytes() == csq("triage", exports, "-f", name).stdout


def test_several_outputs_come_from_one_run(csq, exports, tmp_path):
    assert csq("triage", exports, "-o", tmp_path / "a.csv", "-o", tmp_path / "b.json").code == 0
    assert len(json.loads((tmp_path / "b.json").read_text())["accounts"]) == len(
        rows((tmp_path / "a.csv").read_bytes())
    )


def test_a_failed_run_leaves_last_weeks_file_whole(csq, exports, tmp_path):
    target = tmp_path / "week.csv"
    csq("triage", exports, "-o", target)
    before = target.read_bytes()
    (exports / "csat.csv").write_text("account,mood\nA,5\n")
    result = csq("triage", exports, "-o", target)
    assert result.code == 3
    assert target.read_bytes() == before


def test_a_missing_column_shows_the_header_the_near_miss_and_the_flag(csq, exports):
    (exports / "csat.csv").write_text("account,scroe (1-5)\nA,5\n")
    result = csq("triage", exports)
    assert result.code == 3
    assert result.stdout == b""
    assert "no column for `score`" in result.stderr
    assert "1 | account,scroe (1-5)" in result.stderr
    assert '`--column score="scroe (1-5)"`' in result.stderr


def test_a_header_that_is_told_is_used(csq, exports):
    (exports / "csat.csv").write_text("account,scroe (1-5)\nA,5\nB,1\n")
    assert csq("triage", exports, "--column", "score=scroe (1-5)").code == 0


def test_a_told_header_that_is_nowhere_is_a_usage_error_with_the_near_miss(csq, exports):
    result = csq("triage", exports, "--column", "score=scorre")
    assert result.code == 2
    assert 'did you mean `--column "score=score (1-5)"`?' in result.stderr


def test_an_unknown_scale_names_the_candidates_and_the_flag(csq, exports):
    (exports / "csat.csv").write_text("account,score\nA,4\nB,2\n")
    result = csq("triage", exports)
    assert result.code == 3
    # A 4 is 75 of 1-5 and 80 of 0-5; of 1-7 it is 50. A 2 is under 70 on all of them.
    assert "no scale is certain for `score`" in result.stderr
    assert "1-5: 1 of 2 accounts happy: A" in result.stderr
    assert "1-7: 0 of 2 accounts happy" in result.stderr
    assert "--csat-scale" in result.stderr
    assert csq("triage", exports, "--csat-scale", "1-5").code == 0


def test_dates_that_read_both_ways_name_the_line_and_the_flag(csq, exports):
    (exports / "usage.csv").write_text("account,date,events\nA,03/04/2026,1\nB,05/04/2026,2\n")
    result = csq("triage", exports)
    assert result.code == 3
    assert "`03/04/2026` on line 2" in result.stderr
    assert "--date-order dmy|mdy" in result.stderr
    document = json.loads(csq("triage", exports, "--date-order", "dmy", "-f", "json").stdout)
    assert document["as_of"] == "2026-04-05"


def test_keys_that_meet_no_account_stop_the_run(csq, exports):
    (exports / "accounts.csv").write_text("account_id,arr\nA,100\nX,100\nY,100\nZ,100\n")
    result = csq("triage", exports)
    assert result.code == 3
    assert "1 of 5 rows of usage match an account by account_id, under 50%" in result.stderr
    assert csq("triage", exports, "--min-match", "20").code == 0


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (["--quadrant", "advocate"], "no quadrant", "advocates"),
        (["--format", "xml"], "no format `xml`", "csv"),
        (["--as-of", "16.11.2026"], "is not a date", "2026-11-16"),
        (["--usage-cut", "mean"], "is not a cut", "median"),
        (["--sort", "scores"], "cannot sort by `scores`", "did you mean"),
        (["--fields", "nothing"], "no column", ""),
        (["--min-match", "many"], "is not a percentage", ""),
        (["--key", "usage=name"], "cannot be `name`", "account_name"),
        (["--column", "score"], "FIELD=HEADER", ""),
        (["-o", "week.doc"], "its suffix tells no format", ".csv"),
        (["--color", "red"], "cannot be `red`", "never"),
    ],
)
def test_a_wrong_option_is_a_usage_error_that_offers_what_there_is(csq, exports, argv, message, hint):
    result = csq("triage", exports, *argv)
    assert result.code == 2
    assert message in result.stderr
    assert hint in result.stderr


def test_nothing_to_read_is_a_usage_error(csq):
    assert csq("triage").code == 2


def test_a_missing_file_is_an_input_error(csq):
    assert csq("triage", "--usage", "nothing.csv", "--csat", "none.csv").code == 3


def test_a_missing_folder_is_an_input_error(csq):
    assert csq("triage", "nowhere").code == 3


def test_a_file_given_as_the_folder_is_told_its_flag(csq, exports):
    result = csq("triage", exports / "usage.csv")
    assert result.code == 2
    assert "--usage" in result.stderr


def test_one_file_may_come_from_stdin(csq, exports):
    result = csq("triage", "--usage", "-", "--csat", exports / "csat.csv", "-f", "csv", "-q", stdin=USAGE.encode())
    assert result.stdout == csq("triage", exports, "-f", "csv", "-q").stdout


def test_an_output_that_is_an_input_is_refused_before_anything_is_read(csq, exports):
    target = exports / "usage.csv"
    assert csq("triage", exports, "-o", target).code == 2
    assert target.read_text() == USAGE


def test_an_output_that_next_week_would_be_read_is_refused(csq, exports):
    assert csq("triage", exports, "-o", exports / "csat-week.csv").code == 2


def test_filters_choose_rows_and_change_nothing_else(csq, sample_data):
    whole = json.loads(csq("triage", sample_data, "-f", "json").stdout)
    part = json.loads(csq("triage", sample_data, "-f", "json", "--quadrant", "at_risk", "--top", "3").stdout)
    assert [each["account_id"] for each in part["accounts"]] == [
        each["account_id"] for each in whole["accounts"] if each["quadrant"] == "at_risk"
    ][:3]
    assert part["accounts"][0] in whole["accounts"]
    assert {key: part[key] for key in ("totals", "cuts", "gaps")} == {
        key: whole[key] for key in ("totals", "cuts", "gaps")
    }


def test_a_column_of_ones_own_can_be_asked_for(csq, sample_data):
    result = csq("triage", sample_data, "-f", "csv", "-q", "--fields", "edition,usage_part_breadth", "--top", "1")
    assert (
        result.stdout.decode()
        .splitlines()[0]
        .endswith(",answers_to_flip,usage_parts,weeks_here,moved_because,times_deferred,edition,usage_part_breadth")
    )


def test_off_a_terminal_the_table_is_not_cut(csq, sample_data, monkeypatch):
    monkeypatch.delenv("COLUMNS")  # which tells a width
    text = csq("triage", sample_data, "--top", "200").stdout.decode()
    names = rows(csq("triage", sample_data, "-f", "csv", "-q", "--raw").stdout)
    assert "…" not in text
    assert [row["account_name"] for row in names if row["account_name"] not in text] == []


def test_with_a_day_told_the_day_of_the_run_is_no_matter(csq, exports):
    (exports / "usage.csv").write_text("account,date,events\nA,2062-01-01,1\nB,2026-04-05,2\nC,2026-04-05,2\n")
    told = csq("triage", exports, "--as-of", "2026-04-05", "-f", "json", "-q")
    assert told.code == 0
    usage = json.loads(told.stdout)["sources"]
    assert {"after as_of": 1} in [each.get("set_aside") for each in usage]
    # Without one, a date after the run day is a mistake in the data.
    untold = json.loads(csq("triage", exports, "-f", "json", "-q", "--max-rejects", "50%").stdout)
    assert untold["as_of"] == "2026-04-05"
    assert {"date after the run day": 1} in [each.get("rejected") for each in untold["sources"]]


def test_a_small_triage_asks_polars_at_most_240_times(queries, exports):
    # Five accounts take no time; each of the queries does, so that they are what a small run is made of.
    assert 0 < queries("triage", "--usage", exports / "usage.csv", "--csat", exports / "csat.csv") <= 240
