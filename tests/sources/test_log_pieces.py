"""Batches have the rows of the whole file, wherever they end, or the file is read whole."""

import gzip
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csq.errors import InputError
from csq.sources.load import load
from csq.sources.log.opening import open_log
from csq.sources.log.pieces import read_pieces
from csq.sources.reading.read import InputFile, read_table
from csq.terms import Role
from logs import COUNTED, DIRT, HEADER, OPTIONS, WHOLE, both, clean_lines, dirty_lines, make_big, same, write


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_batches_may_end_anywhere(tmp_path, monkeypatch, end):
    path = write(tmp_path / "usage.csv", [*clean_lines(3), *DIRT, *clean_lines(5)], end=end)
    whole = read_table(path)
    for size in range(1, path.stat().st_size + 2, 3):
        make_big(monkeypatch, batch=size, head=120)
        seen: list[bytes] = []
        read = list(read_pieces(open_log(InputFile(path, str(path)), OPTIONS), None, seen.append))
        assert_frame_equal(pl.concat(batch.frame for batch in read), whole.frame)
        assert b"".join(seen) == path.read_bytes()
        header = [line for batch in read for line, kind in batch.dropped if kind == "repeated header"]
        assert tuple(header) == whole.dropped["repeated header"]


def test_no_more_than_a_batch_is_parsed_at_once(tmp_path, monkeypatch):
    path = write(tmp_path / "usage.csv", dirty_lines(2000))
    make_big(monkeypatch, batch=1000, head=1000)
    rows = [batch.frame.height for batch in read_pieces(open_log(InputFile(path, str(path)), OPTIONS), None, len)]
    assert len(rows) > 50
    assert max(rows) < 50


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_any_usual_delimiter_will_do(tmp_path, monkeypatch, delimiter):
    cells = ("A-1", "u1", "2026-11-01", '"x;\t|,\n"', "1")
    lines = [delimiter.join(cells)] * 40
    path = write(tmp_path / "usage.csv", lines, HEADER.replace(",", delimiter))
    make_big(monkeypatch, batch=100, head=100)
    read = pl.concat(batch.frame for batch in read_pieces(open_log(InputFile(path, str(path)), OPTIONS), None, len))
    assert_frame_equal(read, read_table(path).frame)


def test_a_quote_astray_is_text(tmp_path, monkeypatch):
    lines = [*clean_lines(40), 'A-001,u"1,2026-11-01,Rosters,1', *clean_lines(2000)]
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines)], batch=3000, head=70_000))


@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_the_header_may_be_quoted_and_marked(tmp_path, monkeypatch, mark):
    header = mark + ",".join(f'"{name}"' for name in HEADER.split(","))
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", dirty_lines(), header)]))


BELOW = clean_lines(40)
ODD = {
    "a short row near the beginning": (["A-001,u1,2026-11-01", *BELOW], "too few rows"),
    "a NUL byte": (["A-001,u1\0,2026-11-01,Rosters,1", *BELOW], "NUL"),
    "a grand total": (["Grand Total,,,,900"], "foot"),
    "a footer": (["", '"Confidential",,,,'], "foot"),
    "a footer above blank lines": (["", "Confidential,,,,", "   ", ""], "foot"),
    "a footer above blank rows": (["", "Confidential,,,,", ",,,,", " , ,,,"], "foot"),
    "a footer with a line break": (["", '"Confidential\nto Acme",,,,'], "foot"),
    "a footer with blank lines in its cell": (["", '"Confidential\n\n",,,,'], "foot"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_takes_the_whole_file_to_tell_is_read_whole(tmp_path, monkeypatch, name):
    below, why = ODD[name]
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", [*clean_lines(200), *below])])
    same(big, whole, WHOLE)
    assert why in big.notes[-1].text


RAGGED = {
    "a short row": "A-001,u1,2026-11-01",
    "a row without its first cell": "u1,2026-11-01,Rosters,1",
    "a row that is too long": "A-001,u1,2026-11-01,Rosters,1,extra",
    "a bare comma in a name": "A-001,u1,2026-11-01,Rosters, weekly,1",
    "blank cells too many": "A-001,u1,2026-11-01,Rosters,1,,",
    "a quote that never closes": 'A-001,"u1,2026-11-01,Rosters,1',
    "a short row with a quote that never closes": 'A-001,"u1',
}
SOUND = clean_lines(2600)
"""Enough to tell what the columns look like, and more."""


@pytest.mark.parametrize("batch", [2000, 10**6])
@pytest.mark.parametrize("name", RAGGED)
def test_a_row_of_another_width_is_repaired_in_its_batch(tmp_path, monkeypatch, name, batch):
    lines = SOUND.copy()
    for place in (2500, 1900, 1899, 60):
        lines.insert(place, RAGGED[name])
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", lines)], batch=batch, head=70_000)
    assert whole.roles[Role.USAGE].repairs + sum(whole.files[0].rejected.values()) >= 4
    same(big, whole)


def test_rows_of_all_kinds_are_repaired_with_dirt_among_them(tmp_path, monkeypatch):
    lines = SOUND.copy()
    for number, line in enumerate([*RAGGED.values(), *DIRT]):
        lines.insert(1700 + number * 23, line)
    same(*both(monkeypatch, [write(tmp_path / "usage.csv", lines, end="\r\n")], batch=3000, head=70_000))


@pytest.mark.parametrize("last", ["A-001,u1,2026-11-01", 'A-001,"u1,2026-11-01,Rosters,1'])
def test_a_row_in_doubt_at_the_end_takes_the_whole_file_to_tell(tmp_path, monkeypatch, last):
    big, whole = both(monkeypatch, [write(tmp_path / "usage.csv", [*SOUND, last])], batch=5000, head=70_000)
    same(big, whole, WHOLE)
    assert "its last row is in doubt" in big.notes[-1].text


def test_another_encoding_is_read_whole(tmp_path, monkeypatch):
    path = tmp_path / "usage.csv"
    path.write_bytes("\n".join([HEADER, *clean_lines(200), "A-002,u3,2026-11-01,caf\u00e9,3"]).encode("cp1252"))
    same(*both(monkeypatch, [path]), WHOLE)


def test_another_encoding_below_a_row_to_be_repaired_is_read_whole(tmp_path, monkeypatch):
    path = tmp_path / "usage.csv"
    lines = [HEADER, *SOUND[:40], "A-001,u1,2026-11-01", *SOUND, "A-002,u3,2026-11-01,caf\u00e9,3", *SOUND]
    path.write_bytes("\n".join(lines).encode("cp1252"))
    same(*both(monkeypatch, [path], batch=1000, head=10**6), WHOLE)


def pack(path: Path, kind: str) -> Path:
    packed = path.with_name(f"{path.name}.{kind}")
    if kind == "gz":
        packed.write_bytes(gzip.compress(path.read_bytes()))
    else:
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(path, path.name)
    return packed


@pytest.mark.parametrize("kind", ["gz", "zip"])
def test_a_packed_log_is_counted_like_any_other(tmp_path, monkeypatch, kind):
    monkeypatch.setattr("csq.sources.load.LITTLE", 0)
    monkeypatch.setattr("csq.sources.log.spool.LEAST", 0)
    packed = pack(write(tmp_path / "usage.csv", dirty_lines(100)), kind)
    big, whole = both(monkeypatch, [packed])
    same(big, whole, COUNTED)
    assert any("unpacked" in note.text for note in big.notes)


def test_a_damaged_packed_log_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("csq.sources.load.LITTLE", 0)
    monkeypatch.setattr("csq.sources.log.spool.LEAST", 0)
    packed = pack(write(tmp_path / "usage.csv", clean_lines(100)), "gz")
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(InputError, match="damaged gzip file"):
        both(monkeypatch, [packed])


def test_a_log_from_stdin_is_counted_and_nothing_of_it_is_left(tmp_path, monkeypatch):
    path = write(tmp_path / "usage.csv", dirty_lines(100))
    _, whole = both(monkeypatch, [path])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    big = load({Role.USAGE: [Path("-")]}, OPTIONS)
    assert big.roles[Role.USAGE].counts is not None
    assert [(file.label, file.sha256) for file in big.files] == [("stdin", whole.files[0].sha256)]
    assert_frame_equal(big.rejects.drop("file"), whole.rejects.drop("file"))
    assert not list(tmp_path.glob("csq-*"))


def test_a_small_log_does_not_load_what_reads_big_ones():
    """What few runs need costs the others no time at their start."""
    import subprocess
    import sys

    code = "import sys, csq.sources.load; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "csq.sources.load" in loaded
    assert not {"csq.sources.log.count", "csq.sources.log.reading", "csq.sources.log.pieces"} & {*loaded}
