"""`--decimal` and `--date-order` of one file, `files:` in csq.yaml, and runs that lose all they are about."""

import csv

import pytest

USAGE = "account_id,month,logins\nA,2026-09,10\nB,2026-09,3\n"
CSAT = "account_id,csat (1-5)\nA,5\nB,2\n"
OPEN = 'account_id,arr\nA,"1,234"\nB,"5,678"\n'


@pytest.fixture
def exports(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in {"usage": USAGE, "csat": CSAT, "accounts": OPEN}.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def value(result):
    assert result.code == 0, result.stderr
    rows = csv.DictReader(result.stdout.decode().splitlines())
    return next(row["contract_value"] for row in rows if row["account_id"] == "A")


@pytest.mark.parametrize("name", ["accounts.csv", "PATH"])
def test_a_file_is_named_by_its_name_or_its_path(csq, exports, name):
    name = str(exports / "accounts.csv") if name == "PATH" else name
    assert csq("triage", exports, "-f", "csv").code == 3
    assert value(csq("triage", exports, "-f", "csv", "--decimal", f"{name}=.")) == "1234"


def test_csq_yaml_says_the_same_and_a_flag_goes_before_it(csq, exports):
    (exports / "csq.yaml").write_text("files:\n  accounts*.csv: {decimal: '.'}\n")
    assert value(csq("triage", exports, "-f", "csv")) == "1234"
    assert value(csq("triage", exports, "-f", "csv", "--decimal", "accounts.csv=,")) == "1.23"


def test_a_drive_letter_is_part_of_the_path(csq, exports, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("usage", "csat", "accounts"):
        (exports / f"{name}.csv").rename(tmp_path / f"C:\\{name}.csv")
    files = [word for name in ("usage", "csat", "accounts") for word in (f"--{name}", f"C:\\{name}.csv")]
    told = ("--decimal", "C:\\accounts.csv=.", "--csat-scale", "C:\\csat.csv=1-5", "--date-order", "C:\\usage.csv=dmy")
    assert value(csq("triage", *files, *told, "-f", "csv", "--column", "arr=C:\\accounts.csv:arr")) == "1234"


def test_a_file_that_is_not_there_is_a_usage_error(csq, exports):
    result = csq("triage", exports, "--decimal", "acounts.csv=,")
    assert (result.code, "no file of the run is called `acounts.csv`" in result.stderr) == (2, True)
    assert csq("triage", exports, "--decimal", ";").code == 2
    assert csq("triage", exports, "--decimal", ",", "--decimal", ".").code == 2


@pytest.mark.parametrize(
    ("name", "text", "flags", "said"),
    [
        ("accounts", "account_id,csm,arr\nA,Jo,1\nB,Al,2\n", ["--column", "arr=csm"], "--column arr=csm"),
        ("accounts", "account_id,arr\nA,lots\nB,little\n", [], "--column arr=HEADER"),
        ("csat", "account_id,csat,who\nA,5,Jo\nB,2,Al\n", ["--column", "score=who"], "--column score=who"),
        ("csat", "account_id,csat,at\nA,5,Jo\nB,2,Al\n", ["--column", "submitted_at=at"], "--column submitted_at=at"),
        ("usage", "account_id,who,logins\nA,Jo,1\nB,Al,2\n", ["--column", "date=who"], "--column date=who"),
    ],
)
def test_a_run_that_loses_all_of_something_ends_and_says_which_flag_did_it(csq, exports, name, text, flags, said):
    (exports / "accounts.csv").write_text("account_id,arr\nA,1000\nB,2000\n")
    (exports / f"{name}.csv").write_text(text)
    result = csq("triage", exports, "--csat-scale", "1-5", "--max-rejects", "100%", *flags)
    assert result.code == 3
    assert said in result.stderr
