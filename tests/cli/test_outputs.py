"""Where results go: all of them or none, never over what is not ours, and through what is no file."""

import gc
import json
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from csq.errors import Exit
from csq.terms import Role

USAGE = """account_id,user_id,date,feature,events
A-1,u1,2026-11-10,Reports,5
A-2,u3,2026-11-10,Reports,40
"""
ACCOUNTS = """account_id,account_name,arr,owner
A-1,Acme;=1+1;x,12000,Dana
A-2,Beta,9000,Lee
"""


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "usage.csv").write_text(USAGE, encoding="utf-8")
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs descriptors that have names")
def test_standard_output_by_its_name_is_appended_to_where_the_shell_appends(exports, tmp_path, name):
    (tmp_path / "link").symlink_to("/dev/stdout")
    history = tmp_path / "history.csv"
    history.write_text("last week\n", encoding="utf-8")
    words = [sys.executable, "-m", "csq", "triage", str(exports), "-q", "-f", "csv", "-o", name]
    with history.open("ab") as stream:
        assert subprocess.run(words, stdout=stream, check=False).returncode == Exit.OK
    first, header, *rows = history.read_text(encoding="utf-8").splitlines()
    assert (first, header.split(",")[0], len(rows)) == ("last week", "rank", 2)


@pytest.mark.parametrize("bad", ["nowhere/b.html", "folder"])
def test_several_outputs_are_all_written_or_none(exports, tmp_path, csq, bad):
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.csv").write_text("last week", encoding="utf-8")
    result = csq("triage", exports, "-q", "-f", "csv", "-o", "a.csv", "-o", bad)
    assert result.code == Exit.OUTPUT
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "last week"


def test_a_fault_in_mid_renaming_says_what_stands(exports, tmp_path, csq, monkeypatch):
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "b.json":
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    result = csq("triage", exports, "-q", "-o", "a.csv", "-o", "b.json")
    assert result.code == Exit.OUTPUT
    assert "cannot write `b.json`: input/output error; `a.csv` stands already" in result.stderr
    assert not list(tmp_path.glob(".csq-*"))


@pytest.mark.parametrize("name", ["csq.yaml", "exports/csq.yaml", "exports/playbooks.yaml", "elsewhere/Playbooks.yaml"])
def test_no_result_is_called_like_settings(exports, csq, name):
    result = csq("triage", exports, "-q", "-f", "csv", "-o", name)
    assert result.code == Exit.USAGE
    assert "would be read as settings by the next run" in result.stderr


@pytest.mark.parametrize("name", ["", "  "])
def test_an_output_without_a_name_is_refused(exports, csq, name):
    assert csq("triage", exports, "-o", name).code == Exit.USAGE


def test_a_dash_is_standard_output(exports, csq):
    assert (
        csq("triage", exports, "-q", "-f", "csv", "-o", "-").stdout == csq("triage", exports, "-q", "-f", "csv").stdout
    )


def test_a_plan_of_one_owner_leaves_the_files_of_the_others(exports, tmp_path, csq):
    assert csq("plan", exports, "-o", "plans/").code == Exit.OK
    before = (tmp_path / "plans" / "lee.md").read_bytes()
    assert csq("plan", exports, "--owner", "Dana", "-o", "plans/").code == Exit.OK
    assert (tmp_path / "plans" / "lee.md").read_bytes() == before
    (exports / "accounts.csv").write_text(ACCOUNTS.replace("Lee", "Dana"), encoding="utf-8")
    assert "removed lee.md" in csq("plan", exports, "-o", "plans/").stderr
    assert {path.name for path in (tmp_path / "plans").iterdir()} == {".csq-plan.json", "dana.md"}


def test_a_file_of_ones_own_is_never_overwritten_by_a_plan(exports, tmp_path, csq):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "dana.md").write_text("my notes", encoding="utf-8")
    result = csq("plan", exports, "-o", "plans/")
    assert result.code == Exit.OUTPUT
    assert "`plans/dana.md` is there already, and csq has not written it" in result.stderr
    assert [path.name for path in (tmp_path / "plans").iterdir()] == ["dana.md"]
    assert (tmp_path / "plans" / "dana.md").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("text", ["[]", "null", '{"files": 3', "[" * 100_000, "\udcff", None])
def test_a_list_of_the_last_plan_that_lists_nothing_is_named(exports, tmp_path, csq, text):
    """As text that is no such list, nested without end, not UTF-8; and as something that is no file."""
    place = tmp_path / "plans" / ".csq-plan.json"
    place.parent.mkdir()
    if text is None:
        place.symlink_to("/dev/zero")
    else:
        place.write_bytes(text.encode(errors="surrogateescape"))
    result = csq("plan", exports, "-q", "-o", "plans/")
    assert (result.code, "does not list the files of the last plan" in result.stderr) == (Exit.OUTPUT, True)
    assert [path.name for path in place.parent.iterdir()] == [place.name]


@pytest.mark.parametrize("names", [["../victim.md"], ["/etc/victim.md"], {"../victim.md": 1}, [3, None, ["victim.md"]]])
def test_a_list_of_the_last_plan_reaches_nothing_but_plans(exports, tmp_path, csq, names):
    (tmp_path / "victim.md").write_text("mine", encoding="utf-8")
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / ".csq-plan.json").write_text(json.dumps({"files": names}), encoding="utf-8")
    assert csq("plan", exports, "-q", "-o", "plans/").code == Exit.OK
    assert (tmp_path / "victim.md").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_text_that_a_spreadsheet_might_part_is_quoted_whatever_the_delimiter(exports, csq, form):
    assert b'"Acme;=1+1;x"' in csq("triage", exports, "-q", "-f", form).stdout


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--window", "3661"], Exit.USAGE),
        (["--csat-window", "99999999999999999999"], Exit.USAGE),
        (["--top", "99999999999999999999"], Exit.USAGE),
        (["--as-of", "0001-01-01"], Exit.USAGE),
        (["--as-of", "9999-12-31"], Exit.USAGE),
        (["--encoding", "hex"], Exit.INPUT),
        (["--usage", "a" * 5000], Exit.INPUT),
        (["--config", "b" * 5000], Exit.CONFIG),
    ],
)
def test_options_have_ranges_and_none_ends_in_a_bug(exports, csq, flags, code):
    result = csq("triage", exports, "-f", "csv", *flags)
    assert (result.code, result.stdout) == (code, b"")
    assert result.stderr.startswith("error: ")


@pytest.mark.parametrize("window", ["1", "3660"])
def test_the_longest_and_the_shortest_window_are_measured(exports, csq, window):
    assert csq("triage", exports, "-q", "-f", "csv", "--window", window, "--csat-window", window).code == Exit.OK


def test_a_settings_file_with_a_nul_byte_in_a_path_is_a_fault_of_the_file(exports, csq):
    (exports / "csq.yaml").write_text('playbook: "a\\0b.yaml"\n', encoding="utf-8")
    assert csq("triage", exports).code == Exit.CONFIG


def test_thousands_of_columns_are_read(tmp_path, csq):
    header = ",".join(["account_id", "date", "feature", *(f"other_{n}" for n in range(5000))])
    row = ",".join(["A-1", "2026-11-01", "Reports", *["x"] * 5000])
    (tmp_path / "usage.csv").write_text("\n".join([header, *[row] * 20]) + "\n", encoding="utf-8")
    assert csq("triage", "--usage", tmp_path / "usage.csv", "-q", "-f", "csv").code == Exit.OK


def test_whoever_a_row_without_an_account_names_is_shown_nowhere(exports, csq):
    """Such a row goes by its user; a user that no contact is known by is a person, not a key."""
    rows = "".join(f",zelda.winterbourne,2026-11-{day:02},Reports,1\n" for day in range(1, 4))
    (exports / "usage.csv").write_text(USAGE + rows, encoding="utf-8")
    (exports / "contacts.csv").write_text("account_id,user_id\nA-1,u1\n", encoding="utf-8")
    for form in ("terminal", "csv", "json", "html", "md"):
        result = csq("triage", exports, "-f", form, "--min-match", "0")
        assert result.code == Exit.OK
        assert b"winterbourne" not in result.stdout.lower()
        assert "winterbourne" not in result.stderr.lower()
    assert "(a person)" in csq("triage", exports, "-f", "json", "--min-match", "0").stdout.decode()


def test_links_to_nothing_are_named_with_where_they_lead(exports, tmp_path, csq):
    for name in ("week.csv", "usage.csv", "csq.yaml", "folder"):
        (tmp_path / name).symlink_to("nowhere/there")
    told = {
        ("triage", exports, "-q", "-o", "week.csv"): (Exit.CONFIG, "csq.yaml"),
        ("triage", "--usage", "usage.csv"): (Exit.CONFIG, "csq.yaml"),
    }
    for argv, (code, name) in told.items():
        result = csq(*argv)
        assert (result.code, result.stdout) == (code, b"")
        assert f"`{name}`, a link to `nowhere/there`" in result.stderr
    (tmp_path / "csq.yaml").unlink()
    (exports / "csat.csv").symlink_to("nowhere/there")
    told = {
        ("triage", "folder"): (Exit.INPUT, "folder"),
        ("triage", "--usage", "usage.csv"): (Exit.INPUT, "usage.csv"),
        ("triage", exports): (Exit.INPUT, f"{exports}/csat.csv"),
        ("triage", "--usage", exports / "usage.csv", "-q", "-o", "week.csv"): (Exit.OUTPUT, "week.csv"),
    }
    for argv, (code, name) in told.items():
        result = csq(*argv)
        assert (result.code, result.stdout) == (code, b"")
        assert f"`{name}`, a link to `nowhere/there`" in result.stderr


def test_standard_output_is_named_once(exports, csq):
    assert csq("triage", exports, "-f", "csv", "-o", "-", "-o", "-").code == Exit.USAGE


def test_what_waits_for_its_place_is_cleared_away_by_no_other_run(tmp_path, monkeypatch):
    """Another run comes to the same folder after a file is written and before it is put in its place."""
    from csq.cli import emit

    place = emit._put_in_place

    def meet(written: list[emit.Beside]) -> None:
        monkeypatch.setattr("csq.cli.emit._put_in_place", place)
        emit.to_file(tmp_path / "other.csv", b"other")
        place(written)

    monkeypatch.setattr("csq.cli.emit._put_in_place", meet)
    emit.to_files([(tmp_path / "week.csv", b"this week")])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "other.csv": b"other",
        "week.csv": b"this week",
    }


needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes that have names")


@needs_pipes
def test_a_pipe_is_written_to_once_all_else_is_on_the_disk(tmp_path, monkeypatch):
    """Nobody can take back what a reader has had, so a disk that is full must be met before."""
    from csq.cli import emit
    from csq.errors import OutputError

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)

    def fail(*given: object, **named: object) -> emit.Beside:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("csq.cli.emit._write_beside", fail)
    with pytest.raises(OutputError, match="no space left"):
        emit.to_files([(pipe, b"this week"), (tmp_path / "week.csv", b"this week")])
    assert os.read(reader, 100) == b""
    os.close(reader)


@needs_pipes
def test_a_pipe_among_what_killed_runs_have_left_is_passed_by(tmp_path):
    from csq.cli import emit

    os.mkfifo(tmp_path / ".csq-0123456789abcdef.tmp")
    emit.to_file(tmp_path / "week.csv", b"this week")
    assert (tmp_path / "week.csv").read_bytes() == b"this week"


def test_what_was_counted_of_a_log_is_let_go_once_it_is_measured(exports, csq, monkeypatch):
    """It takes half as much room as all facts, and stands when most is needed: while everybody's week is planned."""
    from csq import pipeline

    monkeypatch.setattr("csq.sources.load.BIG", 0)
    measure, run, counted = pipeline.measure, pipeline.run, []

    def seen(tables, *given, **named):
        counted.append(weakref.ref(tables.roles[Role.USAGE].counts.days))
        return measure(tables, *given, **named)

    def planned(*given, **named):
        gc.collect()
        assert [each() for each in counted] == [None]
        return run(*given, **named)

    monkeypatch.setattr(pipeline, "measure", seen)
    monkeypatch.setattr(pipeline, "run", planned)
    assert csq("triage", exports, "-q", "-f", "csv").code == Exit.OK
