"""Workbooks and Parquet that would bring down who reads them: an error with a sentence, and this process goes on."""

import contextlib
import io
import random

import polars as pl
import pytest

from csq.errors import InputError
from csq.sources.reading.apart import Failed, read_apart
from csq.sources.reading.read import read_table, table_from_bytes
from sheets import workbook


def parquet(frame: pl.DataFrame, **told: object) -> bytes:
    file = io.BytesIO()
    frame.write_parquet(file, **told)
    return file.getvalue()


def refusal(data: bytes) -> InputError:
    with pytest.raises(InputError) as refused:
        table_from_bytes(data, "t")
    return refused.value


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os; os.abort()", "its reader broke down"),
        ("import os; os._exit(7)", "its reader broke down"),
        ("import os; os.kill(os.getpid(), 11)", "its reader broke down"),
        ("bytearray(1 << 34)", "to read it takes too much memory"),
        ("while True: pass", "to read it takes too long"),
        ("import signal; signal.alarm(1); signal.pause()", "to read it takes too long"),
        ("import os; raise ValueError(os.environ['RUST_BACKTRACE'])", "0"),  # with it one out of memory may hang
        ("raise ValueError('row 7\\nis odd')", "row 7"),
    ],
)
def test_whatever_becomes_of_a_reader_this_process_goes_on(code, why, monkeypatch):
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    with pytest.raises(Failed, match=f"^{why}$"):
        read_apart("builtins:exec", code.encode())


@pytest.mark.parametrize(
    "sheet",
    [
        '<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="30000"><c r="DKJ30000"><v>1</v></c></row>',
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="F1000000"><v>1</v></c></row>',
    ],
)
def test_two_cells_far_apart_are_refused_with_the_further_one(sheet):
    """Laid out they are 17 billion cells, 90 million, 17 billion, and 6 million."""
    assert "reaches to row" in refusal(workbook([], sheet=f"<sheetData>{sheet}</sheetData>")).message


def test_few_bytes_that_unpack_to_many_rows_are_refused():
    """20 million rows of 50 letters are a gigabyte, from some 40 KB."""
    rows = pl.DataFrame({"account_id": pl.repeat("a" * 50, 20_000_000, eager=True)})

    refused = refusal(parquet(rows, compression="zstd"))
    assert "would unpack to more than" in refused.message
    assert refused.hint == "if that is meant, save it as CSV and give that"


@pytest.mark.parametrize("seed", range(25))
def test_any_byte_of_parquet_may_be_wrong(seed):
    """A changed byte is read over, or refused: 1 of 8 makes polars panic, some make it ask for all memory."""
    dice = random.Random(seed)
    data = bytearray(parquet(pl.DataFrame({"account_id": [f"a{n % 7}" for n in range(300)], "csat": [5] * 300})))
    data[dice.randrange(4, len(data) - 8)] = dice.randrange(256)
    with contextlib.suppress(InputError):
        assert table_from_bytes(bytes(data), "t").frame.height


def test_a_module_of_the_user_is_not_taken_for_one_of_python(tmp_path, monkeypatch):
    (tmp_path / "zipfile.py").write_text("raise SystemExit(9)")
    (tmp_path / "t.parquet").write_bytes(parquet(pl.DataFrame({"id": ["a"], "n": [1]})))
    monkeypatch.chdir(tmp_path)

    assert read_table(tmp_path / "t.parquet").frame.height == 1
