"""`csq init` writes down what was found, asks what is open, and after it a triage says the same without being told."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time

import pytest

from csq.errors import Exit

OPEN_CSAT = "account_id,score\nA,5\nB,4\nC,2\n"
USAGE = "account_id,month,logins,widgets\nA,2026-05-01,10,3\nB,2026-05-01,20,4\nC,2026-05-01,1,9\n"


@pytest.fixture
def exports(tmp_path):
    """Two exports that leave two things open: the scale of the answers, and whether widgets are use."""
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "csat.csv").write_text(OPEN_CSAT)
    (folder / "usage.csv").write_text(USAGE)
    return folder


def asked(folder, keys: bytes) -> tuple[int, str]:
    """Run `csq init` on a terminal on which `keys` are typed, one after each question."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "csq", "init", folder], stdin=secondary, stdout=secondary, stderr=secondary,
        start_new_session=True, preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(secondary)
    seen, waiting, end = b"", list(keys), time.monotonic() + 120
    while time.monotonic() < end:
        if not select.select([primary], [], [], 1.5)[0]:
            if process.poll() is not None:
                break
            if waiting and seen.rstrip(b" ").endswith((b":", b"?", b"]", b">")):
                os.write(primary, bytes([waiting.pop(0)]))
            continue
        try:
            seen += os.read(primary, 65536)
        except OSError:  # the other end is closed
            break
    code = process.wait(timeout=30)
    os.close(primary)
    return code, seen.decode()


def test_after_init_the_sample_gives_the_same_bytes_twice(csq, sample_data, tmp_path):
    for path in sample_data.glob("*.csv"):
        shutil.copy(path, tmp_path)
    before = csq("triage", tmp_path, "-f", "csv", "-q")
    assert csq("init", tmp_path).code == Exit.OK
    assert (tmp_path / "csq.yaml").read_text().startswith("# yaml-language-server: $schema=.csq.schema.json\n")
    assert (tmp_path / ".csq.schema.json").is_file()
    for _ in range(2):
        assert csq("triage", tmp_path, "-f", "csv", "-q") == before


def test_without_a_terminal_what_is_open_is_a_comment_and_listed(csq, exports):
    result = csq("init", exports)
    assert result.code == Exit.FOUND
    assert "open: `scales: {csat: {score: 1-5}}`" in result.stderr
    assert "open: `metrics: {widgets: " in result.stderr
    written = (exports / "csq.yaml").read_text()
    assert "#     score: 1-5  # " in written
    assert "  # widgets: " in written
    assert csq("triage", exports).code == Exit.INPUT  # a scale is still to be told


def test_what_was_completed_by_hand_settles_the_next_run(csq, exports):
    csq("init", exports)
    path = exports / "csq.yaml"
    lines = path.read_text().splitlines()
    at = lines.index("# scales:")
    lines[at : at + 3] = [line.removeprefix("# ") for line in lines[at : at + 3]]
    path.write_text("\n".join(lines) + "\n")
    assert csq("triage", exports, "-f", "csv", "-q").code == Exit.OK


def test_settings_that_are_there_are_never_overwritten_unasked(csq, exports):
    (exports / "csq.yaml").write_text("windows: {usage: 14}\n")
    refused = csq("init", exports)
    assert refused.code == Exit.USAGE
    assert "--update" in refused.stderr
    assert (exports / "csq.yaml").read_text() == "windows: {usage: 14}\n"
    assert not (exports / ".csq.schema.json").exists()
    csq("init", exports, "--force")
    assert "windows" not in (exports / "csq.yaml").read_text()


def test_an_update_adds_what_is_new_and_leaves_every_line(csq, exports):
    mine = "# ours\nwindows:   {usage: 14}   # two weeks\nscales: {csat: 1-5}\n"
    (exports / "csq.yaml").write_text(mine)
    csq("init", exports, "--update")
    updated = (exports / "csq.yaml").read_text()
    assert [line for line in mine.splitlines() if line not in updated.splitlines()] == []
    assert "files:" in updated
    csq("init", exports, "--update")
    assert (exports / "csq.yaml").read_text() == updated


def test_on_a_terminal_enter_takes_what_is_offered(exports):
    code, seen = asked(exports, b"\r\r\r\r")
    assert code == Exit.OK, seen
    assert "    score: 1-5" in (exports / "csq.yaml").read_text()


def test_ctrl_c_at_a_question_writes_nothing(exports):
    code, seen = asked(exports, b"\x03")
    assert code == Exit.INTERRUPTED, seen
    assert sorted(path.name for path in exports.iterdir()) == ["csat.csv", "usage.csv"]
