"""Output arrives whole or not at all, and never where it would do harm."""

import errno
import os
import stat
import threading
from pathlib import Path
from typing import IO

import pytest

from csq.cli import emit, places
from csq.errors import OutputError, UsageError

WEEK = b"this week\n"


def test_stdout_and_a_file_hold_the_same_bytes(tmp_path, capfdbinary):
    data = bytes(range(256)) * 1000 + b"\r\n\n"
    emit.to_stdout(data)
    emit.to_file(tmp_path / "out", data)
    assert capfdbinary.readouterr().out == (tmp_path / "out").read_bytes() == data


def test_a_new_file_gets_the_mode_that_the_umask_leaves(tmp_path):
    before = os.umask(0o027)
    try:
        emit.to_file(tmp_path / "out.csv", WEEK)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


def test_an_existing_file_keeps_its_mode(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("last week")
    target.chmod(0o606)
    emit.to_file(target, WEEK)
    assert (stat.S_IMODE(target.stat().st_mode), target.read_bytes()) == (0o606, WEEK)


def test_nothing_is_left_beside_a_file(tmp_path):
    emit.to_file(tmp_path / "out.csv", WEEK)
    emit.to_file(tmp_path / "out.csv", WEEK)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_a_link_stays_a_link_and_its_file_is_written(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "latest.csv").symlink_to("archive/week.csv")
    emit.to_file(tmp_path / "latest.csv", WEEK)
    assert (tmp_path / "latest.csv").is_symlink()
    assert (tmp_path / "archive" / "week.csv").read_bytes() == WEEK


def test_a_pipe_or_device_is_written_to_and_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    emit.to_file(pipe, WEEK)
    reader.join(timeout=10)
    assert read == [WEEK]
    assert pipe.is_fifo()


def test_a_path_that_names_an_open_pipe_is_written_to():
    reader, writer = os.pipe()
    emit.to_file(Path(f"/dev/fd/{writer}"), WEEK)
    os.close(writer)
    assert os.read(reader, 100) == WEEK
    os.close(reader)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("existing", [True, False])
def test_a_failed_write_leaves_everything_as_it_was(tmp_path, monkeypatch, code, existing):
    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    if existing:
        (tmp_path / "out.csv").write_text("last week")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match=r"^cannot write `out\.csv`: "):
        emit.to_file(Path("out.csv"), WEEK)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def half_a_week(stream: IO[bytes]) -> None:
    """The first of two slices, and in the second a fault, which is none of the place where they are written."""
    stream.write(WEEK)
    raise ValueError("half a week")


def test_a_fault_amid_an_output_leaves_everything_as_it_was(tmp_path, capfdbinary):
    """Slices are made while a file is written: half of them are none, whichever of several targets it is."""
    (tmp_path / "out.csv").write_text("last week")
    with pytest.raises(ValueError, match="half a week"):
        emit.to_files([(tmp_path / "new.csv", WEEK), (tmp_path / "out.csv", half_a_week)])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.csv": "last week"}
    with pytest.raises(ValueError, match="half a week"):
        emit.to_files([(Path("/dev/stdout"), half_a_week)])
    with pytest.raises(ValueError, match="half a week"), emit.complete(half_a_week) as made:
        emit.to_stdout(made)
    assert capfdbinary.readouterr().out == b""


@pytest.mark.parametrize("held", [4, 4096], ids=["laid down", "in memory"])
def test_what_was_made_to_its_end_leaves_as_it_was_made(tmp_path, capfdbinary, monkeypatch, held):
    monkeypatch.setattr(emit, "HELD", held)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with emit.complete(lambda stream: [stream.write(WEEK) for _ in range(3)]) as made:
        emit.to_stdout(made)
    assert capfdbinary.readouterr().out == WEEK * 3
    assert not [*tmp_path.iterdir()]


def test_no_room_for_what_is_to_be_printed_is_told_with_the_way_out():
    def full(stream: IO[bytes]) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match="no space left") as told, emit.complete(full):
        pass
    assert "TMPDIR" in str(told.value.hint)


def test_an_interrupt_leaves_everything_as_it_was(tmp_path, monkeypatch):
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        emit.to_file(tmp_path / "out.csv", WEEK)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    sync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    emit.to_file(tmp_path / "out.csv", WEEK)
    assert (tmp_path / "out.csv").read_bytes() == WEEK


def test_a_protected_file_is_not_replaced(tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("last week")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the mode alone would not stop a superuser
    with pytest.raises(OutputError, match="permission denied"):
        emit.to_file(target, WEEK)
    assert target.read_text() == "last week"


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("folder", "cannot write `folder`: is a directory", "name a file in it, such as `-o folder/triage.csv`"),
        (
            "none/out.csv",
            "cannot write `none/out.csv`: no such file or directory",
            "there is no directory `none`; create it first",
        ),
        (
            "file/out.csv",
            "cannot write `file/out.csv`: not a directory",
            "there is no directory `file`; create it first",
        ),
        ("loop", "cannot write `loop`: ", "choose another place; what was there is unchanged"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_with_the_way_out(tmp_path, path, message, hint):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError) as caught:
        emit.to_file(Path(path), WEEK)
    assert caught.value.message.startswith(message)
    assert caught.value.hint == hint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_with_the_way_out():
    with pytest.raises(OutputError, match=r"^cannot write `/dev/full`: no space left on device$") as caught:
        emit.to_file(Path("/dev/full"), WEEK)
    assert caught.value.hint == "make room or choose another disk; what was there is unchanged"


def test_an_output_that_is_an_input_is_refused_however_it_is_spelt(tmp_path):
    (tmp_path / "usage.csv").touch()
    (tmp_path / "link.csv").symlink_to("usage.csv")
    for spelling in ("usage.csv", "./usage.csv", str(tmp_path / "usage.csv"), "link.csv"):
        with pytest.raises(UsageError, match="is both an input and an output"):
            places.check_targets([Path(spelling)], [Path("usage.csv")], [])


def test_the_same_output_twice_is_refused():
    with pytest.raises(UsageError, match=r"^`out\.csv` is named twice as an output$"):
        places.check_targets([Path("out.csv"), Path("./out.csv")], [], [])


@pytest.mark.parametrize(
    ("output", "pattern", "taken"),
    [
        ("usage_all.csv", "usage_*.csv", True),
        ("all.csv", "usage_*.csv", False),
        ("usage_all.json", "usage_*.csv", False),
        ("exports/usage_all.csv", "exports/usage_*.csv", True),
        ("exports/usage_all.csv", "./exports/usage_*.csv", True),
        ("exports/usage_all.csv", "exp*/usage_*.csv", True),
        ("usage_all.csv", "exports/usage_*.csv", False),
        ("exports/usage_all.csv", "*.csv", False),
        ("exports/accounts-triage.csv", "exports", True),
        ("exports/Usage.TSV", "exports", True),
        ("exports/triage.csv", "exports", False),
        ("exports/accounts.json", "exports", False),
        ("accounts.csv", "exports", False),
        ("accounts.csv", ".", True),
        ("usage[1].csv", "usage[1].csv", False),
    ],
)
def test_an_output_that_the_next_run_would_read_is_refused(tmp_path, output, pattern, taken):
    (tmp_path / "exports").mkdir()
    (tmp_path / "usage[1].csv").touch()
    if taken:
        with pytest.raises(UsageError, match="would be read as an input by the next run"):
            places.check_targets([Path(output)], [], [pattern])
    else:
        places.check_targets([Path(output)], [], [pattern])
