"""What nobody foresees of files, paths and options ends in 2, 3, 4 or 5 and one sentence, never in a bug."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from csq.errors import Exit

CSQ = [sys.executable, "-m", "csq"]
AS_ANYBODY = ["setpriv", "--bounding-set=-all"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
"""Without its capabilities root may read no more than others."""
USAGE = "account_id,date,user_id,feature,events\n" + "".join(
    f"A-{n % 4},2026-11-{n % 9 + 1:02},u{n % 3},Reports,{n}\n" for n in range(40)
)
CSAT = "account_id,score,date\n" + "".join(f"A-{n % 4},{n % 5 + 1},2026-11-0{n % 8 + 1}\n" for n in range(20))
LONG = "a" * 5000


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "usage.csv").write_text(USAGE, encoding="utf-8")
    (folder / "csat.csv").write_text(CSAT, encoding="utf-8")
    return folder


def run(*argv: object, before: str = "", **streams: object) -> tuple[int, str]:
    """A process of its own, which need not read what root may; `before` is done by a shell first."""
    words = [*AS_ANYBODY, "sh", "-c", f'{before} exec "$@"', "sh", *CSQ, *map(os.fsdecode, argv)]
    done = subprocess.run(words, capture_output=True, check=False, timeout=60, **({"text": True} | streams))
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["triage", "--usage", "-"], Exit.INPUT),
        (["triage", "exports", "--config", "-"], Exit.CONFIG),
        (["triage", "exports", "--playbook", "-"], Exit.CONFIG),
    ],
)
def test_standard_input_that_is_closed_is_no_file(exports, argv, code):
    told, stderr = run(*argv, before="exec <&-;")
    assert (told, stderr.splitlines()[0][:7]) == (code, "error: ")


@pytest.mark.skipif(bool(AS_ANYBODY) and not shutil.which("setpriv"), reason="root may read everything")
@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["triage", "shut"], Exit.INPUT),
        (["triage", "named"], Exit.INPUT),
        (["triage", "--usage", "shut.csv"], Exit.INPUT),
        (["triage", "--usage", "shut/usage.csv"], Exit.INPUT),
        (["triage", "exports", "--config", "shut.csv"], Exit.CONFIG),
        (["triage", "exports", "--config", "shut/csq.yaml"], Exit.CONFIG),
        (["triage", "exports", "--playbook", "shut/playbooks.yaml"], Exit.CONFIG),
        (["triage", "exports", "-o", "shut/week.csv"], Exit.OUTPUT),
        (["triage", "exports", "-o", "shut.csv"], Exit.OUTPUT),
        (["triage", "exports", "--rejects", "shut/rejects.csv"], Exit.OUTPUT),
        (["plan", "exports", "-o", "shut/plans/"], Exit.OUTPUT),
        (["playbook", "lint", "shut/playbooks.yaml"], Exit.CONFIG),
        (["playbook", "init", "shut/playbooks.yaml"], Exit.OUTPUT),
    ],
)
def test_what_nobody_may_read_or_write_is_named(exports, tmp_path, argv, code):
    """`shut` and `shut.csv` are closed to all; of `named` the names can be read and the files cannot."""
    (tmp_path / "shut.csv").write_text(USAGE, encoding="utf-8")
    for name in ("shut", "named"):
        shutil.copytree(exports, tmp_path / name)
    for name, mode in {"shut.csv": 0, "shut": 0, "named": 0o444}.items():
        (tmp_path / name).chmod(mode)
    try:
        told, stderr = run(*argv)
    finally:
        for name in ("shut", "named"):
            (tmp_path / name).chmod(0o700)
    assert told == code
    assert stderr.startswith("error: ")
    assert "shut" in stderr or "named" in stderr


ODD = os.fsdecode(b"caf\xe9")


@pytest.mark.skipif(sys.platform != "linux", reason="such names are kept as they are on Linux only")
@pytest.mark.parametrize("form", ["terminal", "csv", "json", "html", "md"])
def test_a_folder_whose_name_is_not_utf8_is_read(exports, form, csq):
    exports.rename(ODD)
    result = csq("triage", ODD, "-f", form, "--csat-scale", "1-5")
    assert result.code == Exit.OK
    assert csq("check", ODD, "--csat-scale", "1-5").code in (Exit.OK, Exit.FOUND)


@pytest.mark.skipif(sys.platform != "linux", reason="such names are kept as they are on Linux only")
@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (["--usage", ODD], Exit.INPUT),
        (["--config", ODD], Exit.CONFIG),
        (["--playbook", ODD], Exit.CONFIG),
        (["--encoding", ODD], Exit.INPUT),
        (["--owner", ODD], Exit.USAGE),
        (["--fail-on", f"{ODD} > 0"], Exit.USAGE),
        (["-f", ODD], Exit.USAGE),
        (["-o", f"{ODD}/week.csv"], Exit.OUTPUT),
        ([f"--{ODD}"], Exit.USAGE),
    ],
)
def test_words_that_are_not_utf8_are_refused_in_words(exports, csq, flags, code):
    result = csq("triage", exports, "--csat-scale", "1-5", *flags)
    assert result.code == code
    assert result.stderr.splitlines()[-1].startswith(("error: ", "hint: "))


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["triage", "exports", "-o", LONG], Exit.USAGE),
        (["triage", "exports", "-o", f"{LONG}.csv"], Exit.OUTPUT),
        (["triage", "exports", "--rejects", LONG], Exit.OUTPUT),
        (["triage", LONG], Exit.INPUT),
        (["triage", "exports", "--playbook", LONG], Exit.CONFIG),
        (["triage", "--usage", f"{LONG}*"], Exit.INPUT),
        (["plan", "exports", "-o", LONG], Exit.OUTPUT),
        (["plan", "exports", "-o", f"{LONG}/"], Exit.OUTPUT),
        (["explain", LONG, "exports"], Exit.USAGE),
        (["playbook", "lint", LONG], Exit.CONFIG),
        (["playbook", "init", LONG], Exit.OUTPUT),
    ],
)
def test_a_name_that_is_too_long_is_no_bug(exports, csq, argv, code):
    result = csq(*argv)
    assert result.code == code
    assert "error: " in result.stderr


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["triage", "."], Exit.INPUT),
        (["triage", "EXPORTS", "-q", "-f", "csv"], Exit.OK),
        (["triage", "EXPORTS", "-o", "week.csv"], Exit.INPUT),
        (["plan", "EXPORTS", "-o", "plans/"], Exit.OUTPUT),
        (["playbook", "init"], Exit.OUTPUT),
        (["check", "EXPORTS"], Exit.OK),
        (["--help"], Exit.OK),
    ],
)
def test_a_working_directory_that_is_gone_is_no_bug(exports, argv, code):
    words = [str(exports) if word == "EXPORTS" else word for word in argv]
    told, stderr = run(*words, before="mkdir gone; cd gone; rmdir ../gone;")
    assert told == code
    assert code == Exit.OK or stderr.startswith("error: ")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom", "/dev/full", "link"])
@pytest.mark.parametrize(
    ("flag", "code"),
    [
        ("--usage", Exit.INPUT),
        ("--accounts", Exit.INPUT),
        ("--aliases", Exit.INPUT),
        ("--config", Exit.CONFIG),
        ("--playbook", Exit.CONFIG),
    ],
)
def test_a_device_that_never_ends_is_not_read(exports, tmp_path, csq, device, flag, code):
    (tmp_path / "link").symlink_to("/dev/zero")
    result = csq("triage", exports, flag, device)
    assert (result.code, result.stderr.splitlines()[0]) == (code, f"error: `{device}` is a device")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device that never ends")
def test_standard_input_that_never_ends_is_not_read(exports):
    with Path("/dev/zero").open("rb") as zeros:
        code, said = run("triage", "--usage", "-", stdin=zeros)
    assert (code, said.splitlines()[0]) == (Exit.INPUT, "error: standard input is a device")


def test_the_device_that_holds_nothing_is_an_empty_file(exports, csq):
    assert csq("triage", exports, "-q", "-f", "csv", "--config", os.devnull).code == Exit.OK
    assert f"`{os.devnull}` is empty" in csq("triage", "--usage", os.devnull).stderr


def test_a_limit_of_any_length_is_a_number(exports, csq):
    assert csq("triage", exports, "-q", "-f", "csv", "--max-rejects", "9" * 5000).code == Exit.OK


@pytest.mark.parametrize("name", ["hex", "rot13", "undefined", "", " ", "utf-8/../x", "x\ny", LONG, "\u0663"])
def test_an_encoding_that_makes_no_text_is_refused(exports, csq, name):
    result = csq("triage", exports, "-f", "csv", "--encoding", name)
    assert (result.code, result.stdout) == (Exit.INPUT, b"")


@pytest.mark.parametrize(
    "line",
    [
        'playbook: "a\\0b.yaml"',
        'playbook: "\\0"',
        'playbook: "\\udc80"',
        "playbook: .",
        f"playbook: {LONG}",
        "weights: {seat_use: 1e308}",
        "weights: {seat_use: 1e308, breadth: 1e308}",
        "weights: {seat_use: .inf}",
        "capacity: {default: 1e308}",
        "tiers: {bands: {a: 1e400}}",
        "currency: {base: EUR, rates: {USD: 1e-30}}",
        "year: 99999999999999999999",
        "windows: {usage: 3661}",
        f"scales: {{csat: 1-{'9' * 400}}}",
        "? [a]: b",
        "--- a\n--- b",
        "a: &a [*a]",
        '"\\0": 1',
    ],
)
def test_settings_that_cannot_be_used_are_the_fault_of_their_file(exports, csq, line):
    (exports / "csq.yaml").write_text(f"{line}\n", encoding="utf-8")
    result = csq("triage", exports, "-f", "csv")
    assert (result.code, result.stdout) == (Exit.CONFIG, b"")
