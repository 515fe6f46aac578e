"""Files that are big, wide, endless or spoiled in every row: bounded time and memory, and a sentence."""

import gzip
import io
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csq.errors import Exit, InputError
from csq.sources.log.spool import laid_down
from csq.sources.reading import read as reading
from csq.sources.reading import streams
from csq.sources.reading.grid import rows_of
from csq.sources.reading.read import TextTable, read_table, table_from_bytes
from csq.sources.reading.streams import read_bytes
from sheets import workbook

SECONDS = 20
"""Of work; a quiet machine takes 1 or 2, and before it was a minute and more."""


def read(text: str) -> TextTable:
    return table_from_bytes(text.encode(), "t.csv")


def wide(width: int, rows: int, short: int) -> str:
    """A survey of many questions; every row of number `short` on that is odd lacks its last cell."""
    lines = [["account_id", "csat", *(f"q{n}" for n in range(width - 2))]]
    lines += [[f"a{n}", "5", *("3" * (width - 2 - (n >= short and n % 2)))] for n in range(rows)]
    return "\n".join(map(",".join, lines))


SPOILED = {
    "a quote in every quoted cell": ("a{n},\"he said \"well\" and, so on\",{score}", 30_000),
    "an inch mark in every row": ('a{n},6" pipe,{score}', 50_000),
    "a quote that opens in every row": ('a{n},"never closed,{score}', 20_000),
    "a quote before every cell": ('a{n},"x,"{score}', 20_000),
    "every second row short": ("a{n},x,{score}\na{n}", 40_000),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPOILED)
def test_a_file_spoiled_in_every_row_takes_seconds(kind):
    line, count = SPOILED[kind]
    text = "\n".join(["account_id,comment,csat", *(line.format(n=n, score=n % 5 + 1) for n in range(count))])
    began = time.process_time()
    table = read(text)

    assert table.frame.height + len(table.broken) >= count
    assert len(table.repairs) + len(table.broken) >= count
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize(("width", "rows", "short"), [(200, 600, 6), (3000, 60, 6), (16_384, 6, 5), (4284, 40, 99)])
def test_a_wide_survey_with_short_rows_takes_seconds(width, rows, short):
    began = time.process_time()
    table = read(wide(width, rows, short))

    assert table.frame.shape == (rows, width + 1)
    assert [line for line, _ in table.repairs] == [n + 2 for n in range(short, rows) if n % 2]
    assert time.process_time() - began < SECONDS


def test_a_wide_file_is_read_by_polars_as_it_is_by_hand_where_no_cell_is_quoted(monkeypatch):
    """1,200 columns are too many for the pattern that proves quoted cells; without quotes a count proves as much."""
    text = wide(1200, 60, 99)
    quick, quoted = read(text), read(text.replace("\na7,", '\n"a7",'))
    monkeypatch.setattr(reading, "LARGE", len(text) + 9)
    by_hand = read(text)

    assert_frame_equal(quick.frame, by_hand.frame)
    assert_frame_equal(quoted.frame, by_hand.frame)
    assert quick._replace(frame=by_hand.frame) == by_hand


def test_a_line_of_delimiters_is_refused_with_its_line():
    with pytest.raises(InputError) as refused:
        read("a title\n\n" + "," * 3_000_000 + "\naccount_id,csat\na,5\n")

    assert refused.value.message == "a line of `t.csv` has 3,000,001 cells; csq reads up to 16,384 columns"
    assert refused.value.location.line == 3


def test_commas_within_a_quoted_cell_are_no_columns():
    table = read('account_id,comment,csat\na,"' + "," * 20_000 + "\n" + "," * 20_000 + '",5\nb,x,4\n')

    assert [len(cell) for cell in table.frame["c1"]] == [40_001, 1]


def test_a_file_over_the_limit_is_refused_with_the_flag_that_lifts_it(tmp_path, csq, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("big.csv").write_text("account_id,csat\n" + "a,5\n" * 1000)
    small = csq("check", "--csat", "big.csv", "--csat-scale", "1-5", "--max-size", "2KB")

    assert small.code == Exit.INPUT
    assert "the most that csq reads of one file" in small.stderr
    assert "--max-size" in small.stderr
    assert csq("check", "--csat", "big.csv", "--csat-scale", "1-5", "--max-size", "1MB").code == Exit.OK


def test_a_device_that_never_ends_is_refused_by_name(csq):
    result = csq("check", "--csat", "/dev/zero", "--csat-scale", "1-5")
    assert (result.code, "`/dev/zero` is a device" in result.stderr) == (Exit.INPUT, True)


@pytest.mark.parametrize("size", ["", "0", "2 apples", "-1", "1e9"])
def test_a_size_that_is_none_is_a_usage_error(csq, size):
    assert csq("check", "--csat", "x.csv", f"--max-size={size}").code == Exit.USAGE


def test_a_pipe_that_nobody_writes_into_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "PATIENCE", 0.2)
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(InputError, match="nobody writes into the pipe"):
        read_bytes(tmp_path / "pipe")


def test_a_pipe_whose_writer_comes_later_or_is_slow_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "PATIENCE", 1.0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def write() -> None:
        time.sleep(0.2)
        with pipe.open("wb", buffering=0) as stream:
            for part in (b"id,n\n", b"a,1\n", b"b,2\n"):
                time.sleep(1.2 if part == b"id,n\n" else 0.1)
                stream.write(part)

    writer = threading.Thread(target=write)
    writer.start()

    assert read_bytes(pipe) == b"id,n\na,1\nb,2\n"
    writer.join()


def spoiled(dice: random.Random) -> bytes:
    """A file over 64 KB with a few rows of every kind that is not as it should be."""
    rows = [f"A-{n},2026-11-{n % 28 + 1:02},{n % 5 + 1},\"good, and quick\",{n * 7}" for n in range(2500)]  # fmt: skip
    odd = [
        "A-1,2026-11-02,5,short", "", ",,,,", "A-2,2026-11-03,4,one, two,7", 'A-3,2026-11-04,3,"two\nlines",9',
        'A-4,2026-11-05,2,"several\n\nlines, short"', 'A-5,2026-11-06,1,a 6" pipe,8', "A-6,2026-11-07,5,x,,7",
        'A-7,2026-11-08,5,"a "b", c",7', 'A-8,2026-11-09,"5" ,x,7', "account_id,date,csat,comment,n",
    ]  # fmt: skip
    for row in dice.choices(odd[: dice.choice([3, 6, len(odd)])], k=12):
        rows.insert(dice.randrange(len(rows)), row)
    return "\n".join(["account_id,date,csat,comment,n", *rows, *dice.choice([[], ["Notes:", "by Ann"]])]).encode()


def inches(dice: random.Random) -> bytes:
    """A file over 64 KB most of whose rows have quotes amid their cells, some two, and some other faults."""
    cells = ['6" pipe', '2" x 4"', '6"', 'a"b', '"well" said', '"x, y"', '6"" rod', "plain", 'she said"yes, no"']
    weights = [9, 9, 9, 9, *dice.choice([(0, 0, 0), (1, 1, 1)]), 3, dice.choice([0, 1])]
    rows = [f"A-{n},{dice.choices(cells, weights)[0]},{n % 5 + 1}" for n in range(6000)]
    return "\n".join(["account_id,comment,csat", *rows, *dice.choice([[], ['A-1,"two'], ["A-1"]])]).encode()


MADE = [(made, seed) for made in (spoiled, inches) for seed in range(12)]


@pytest.mark.parametrize(("made", "seed"), MADE)
def test_a_big_file_is_repaired_as_if_each_line_were_looked_at(made, seed, monkeypatch):
    data = made(random.Random(seed))
    quick = table_from_bytes(data, "t.csv")
    monkeypatch.setattr(reading, "LARGE", 1 << 40)
    careful = table_from_bytes(data, "t.csv")

    assert_frame_equal(quick.frame, careful.frame)
    assert quick.repairs == careful.repairs
    assert quick.broken == careful.broken
    assert quick.dropped == careful.dropped
    assert quick.header == careful.header


def test_a_big_file_too_odd_to_be_repaired_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(reading, "MOST_BY_HAND", 1000)
    (tmp_path / "t.csv").write_text("a,b,c\n" + "1,2\n1,2,3,4\n" * 200)

    with pytest.raises(InputError, match="line 2 of"):
        read_table(tmp_path / "t.csv")


def test_many_short_lines_weigh_what_their_rows_take(tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "FEW_LINES", 1000)
    (tmp_path / "t.csv").write_text("a,b\n" + "x,5\n" * 2000)

    with pytest.raises(InputError, match="has 2,001 lines of 4 bytes, and to hold them takes 1 MB") as refused:
        read_table(tmp_path / "t.csv", max_bytes=500_000)

    assert "--max-size 1MB" in str(refused.value.hint)
    assert read_table(tmp_path / "t.csv", max_bytes=1 << 20).frame.height == 2000


def test_a_process_without_the_memory_for_a_file_says_so(tmp_path, monkeypatch):
    """Running out of it within polars would end the process without a word."""
    monkeypatch.setattr(streams, "memory_left", lambda: 1e9)
    (tmp_path / "t.csv").write_bytes(b"a,b\n" + b"some words,5\n" * 100_000)

    with pytest.raises(InputError, match="this process may have 954 MB more"):
        read_table(tmp_path / "t.csv")


def limited(*argv: str, megabytes: int) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own that may have so much address space, as by `ulimit -v`."""
    most = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({megabytes << 20},) * 2)"
    run = f"{most}; from csq.__main__ import main; raise SystemExit(main())"
    return subprocess.run([sys.executable, "-c", run, *argv], capture_output=True, text=True)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells what a process may have")
@pytest.mark.parametrize("megabytes", [300, 600, 1100, 1600, 2000])
def test_a_log_is_refused_by_a_process_that_may_have_too_little_memory(tmp_path, megabytes):
    """Before, it was cut down in mid-run by polars: exit 134 without a word, or 70."""
    (tmp_path / "log.csv").write_text("account_id,user_id,date\n" + "A-1,u1,2026-11-10\n" * 2_000_000)
    result = limited("check", "--usage", str(tmp_path / "log.csv"), megabytes=megabytes)

    assert (result.returncode, result.stdout) == (Exit.INPUT, "")
    assert result.stderr.startswith("error: ")
    assert "of address space" in result.stderr
    assert "ulimit -v unlimited" in result.stderr


def test_help_needs_no_memory_to_speak_of():
    assert limited("check", "--help", megabytes=300).returncode == Exit.OK


def test_a_big_log_needs_no_more_memory_than_40_mb_of_it(tmp_path, monkeypatch):
    """1,200 MB and 40 for each of 40 MB are 2,800 MB: what follows is read into the same memory."""
    for size, left, is_read in ((60, 3000, True), (60, 2700, False), (2, 1300, True), (2, 1270, False)):
        with (tmp_path / "log.csv").open("wb") as file:
            file.truncate(size << 20)
        monkeypatch.setattr(streams, "memory_left", lambda left=left: left << 20)
        refused = nullcontext() if is_read else pytest.raises(InputError, match="of address space")
        with refused, laid_down([tmp_path / "log.csv"], 1 << 30) as files:
            assert [file.label for file in files] == [str(tmp_path / "log.csv")]


@pytest.mark.parametrize("kind", ["gz", "parquet"])
def test_what_is_unpacked_is_judged_by_what_it_takes_then(kind, monkeypatch):
    """2 MB of text take 1.3 GB of address space at most: packed to a few KB they say nothing of it."""
    text = "account_id,csat\n" + "a,5\n" * (2**19)
    data = gzip.compress(text.encode())
    if kind == "parquet":
        rows = io.BytesIO()
        pl.select(account_id=pl.repeat("a", 2**17), csat=pl.repeat(5, 2**17)).write_parquet(rows)
        data = rows.getvalue()
    monkeypatch.setattr(streams, "memory_left", lambda: 1.2e9)
    with pytest.raises(InputError, match="of address space"):
        table_from_bytes(data, "t")


def test_many_small_files_are_judged_together(tmp_path, monkeypatch, csq):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_bytes(b"account_id,csat\n" + b"some words,5\n" * 50_000)
    monkeypatch.setattr(streams, "memory_left", lambda: 1.2e9)
    result = csq("check", "--csat", "[ab].csv", "--csat-scale", "1-5")

    assert result.code == Exit.INPUT
    assert "`a.csv` to `b.csv` may take 1,2" in result.stderr


LONG = {"digits": "1" * 1_100_000, "words": "ab " * 400_000, "emoji": "\N{ROCKET}" * 300_000}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_cell_of_more_than_a_megabyte_is_refused_with_its_place(kind, text):
    """Each look at it takes as long as a file: 40 MB of digits in 46 KB took 70 seconds, emoji 920 MB."""
    rows = [["account_id", "score", "comment"], ["a1", "4", "fine"], ["a2", "5", text]]
    if kind == "xlsx":
        data = workbook(rows)
    elif kind == "parquet":
        file = io.BytesIO()
        pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(file)
        data = file.getvalue()
    else:
        data = "\n".join(map(",".join, rows)).encode()
    with pytest.raises(
        InputError, match=r"has a cell of 1,[\d,]+ bytes in column 3; csq reads up to 1,048,576"
    ) as refused:
        table_from_bytes(data, "t")
    assert "`--max-size 2GB`" in str(refused.value.hint)
    assert table_from_bytes(data, "t", max_bytes=2 << 30).frame["c2"][1].strip() == text.strip()


def test_a_long_cell_below_that_is_read():
    text = "x" * 1_000_000
    assert table_from_bytes(f"account_id,comment\na1,{text}\na2,b\n".encode(), "t").frame["c1"][0] == text


def test_a_header_of_names_that_are_books_is_refused():
    header = ",".join(["account_id", "score", *(f"{number}{'x' * 1_000_000}" for number in range(3))])
    with pytest.raises(InputError, match=r"the header of `t` has 3,000,0\d\d characters"):
        table_from_bytes((header + "\n" + "a1,4,1,1,1\n" * 9).encode(), "t")


def test_rows_taken_out_of_a_frame_are_its_rows_and_hold_what_is_alike_once():
    frame = pl.DataFrame(
        {"line": range(50), **{f"c{at}": [f"yes {row % 3}" for row in range(50)] for at in range(9000)}}
    )
    rows = [*rows_of(frame)]
    assert rows == frame.rows()
    assert len({id(cell) for _, *cells in rows for cell in cells}) == 3
