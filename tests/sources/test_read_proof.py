"""What is taken of polars without a look at each record: only what the text says, whatever stands around it."""

import codecs
import csv
import io
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from csq.sources.reading import encoding, proof, repair
from csq.sources.reading.dialect import read_sound
from csq.sources.reading.grid import LINE
from csq.sources.reading.proof import lines_of, read_proved
from csq.sources.reading.read import table_from_bytes
from csq.sources.reading.streams import read_bytes

SPOILED = {
    "quotes amid a quoted cell, which polars leaves out": 'a,"he said "well" and so",c',
    "a cell too much, as long as quotes that a bare cell keeps": 'a,b,x"y"z,d',
    "a blank cell too much and a quote that opens nothing": 'a,b,x"y,"',
    "a cell too few": 'a,"b"',
    "a cell too much": 'a,"b",c,d',
    "a blank cell too much": "a,b,c,",
    "a quoted cell too much": 'a,b,c,"d"',
    "blanks before a quote": 'a, "b",c',
    "two quotes in a bare cell": 'a,x"y"z,c',
    "nothing": "",
    "no delimiter between quoted cells": '"a","b" "c"',
    "quoted cells, the first after a letter": 'a"b","c","d"',
    "quoted cells, the last before a letter": '"a","b","c"d',
    "quotes amid quoted cells that are delimiters": '","a"b"c","',
}


@pytest.mark.parametrize("kind", SPOILED)
@pytest.mark.parametrize("several", [False, True])
def test_of_a_line_that_is_no_record_polars_proves_nothing(kind, several):
    other = '1,"two\nlines",3' if several else '1,"2",3'
    text = "\n".join(["h,i,j", *[other] * 3, SPOILED[kind], *[other] * 3])
    lines = lines_of(text.encode(), ",", 3)

    assert not lines.table.filter(text=SPOILED[kind])["good"].any()
    assert read_proved(lines) is None


SOUND = {
    "bare cells": "a,b,c",
    "a quoted cell in the middle": 'a,"b, c",d',
    "one at the beginning": '"a",b,c',
    "one at the end": 'a,b,"c"',
    "a blank one at the end": 'a,b,""',
    "one that ends with what parts the cells": 'a,b,"c,"',
    "all of them": '"a","b","c"',
    "all of them, one with nothing but what parts them": '"a",",","c"',
    "all of them, that one first": '",","b","c"',
    "all of them, that one last": '"a","b",","',
    "all of them, one of two lines": '"a","b\n,","c"',
    "two quotes for one": 'a,"b ""c""",d',
    "lines in a cell": 'a,"b\n\nc",d',
    "lines in two cells": '"a\nb","c","\nd"',
    "blank cells": ",,",
}


@pytest.mark.parametrize("kind", SOUND)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_record_of_every_kind_is_proved(kind, end):
    text = "\n".join(["h,i,j", *[SOUND[kind]] * 4]).replace("\n", end)
    lines = lines_of(text.encode(), ",", 3)
    grid = read_sound(lines)

    assert lines.table["good"].all()
    assert grid is not None
    assert [list(row[1:]) for row in grid.frame.rows()] == [*csv.reader(io.StringIO(text, newline=""))]


CELLS = st.sampled_from(
    ["a", "", "1", '"x"', '"a,b"', '""', '"q""r"', 'x"y', '"x', 'x"', '"a"b"c"', ' "x"', '"x" ', '"a\nb"', "é"]
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Lines of three cells or so, quotes and ends of lines anywhere."""
    pool = draw(st.lists(CELLS, min_size=1, max_size=4)) + ["a"] * draw(st.integers(0, 8))
    cell = st.sampled_from(pool)
    rows = draw(st.lists(st.lists(cell, min_size=2, max_size=4), min_size=1, max_size=8))
    return "\n".join(["h,i,j", *map(",".join, rows)])


@settings(max_examples=600)
@given(texts())
@example('h,i,j\nx"y,"z"\n"a,b\nw",1,2,3\n')
def test_what_is_proved_is_what_a_strict_reader_finds_in_that_record(text):
    lines = lines_of(text.encode(), ",", 3)
    if lines.rows is None:
        assert not lines.table["good"].any()
        return
    starts = [*lines.table["starts"].arg_true(), lines.table.height]
    for row, (first, end) in zip(lines.rows.rows(), pairwise(starts), strict=True):
        of_record = lines.table[first:end]
        assert of_record["good"].n_unique() == 1
        if of_record["good"][0]:
            record = "\n".join(of_record["text"])
            assert [*csv.reader(io.StringIO(record, newline=""), strict=True)] == [list(row)]


@pytest.mark.parametrize("astray", ['x"y"z,b', 'x"y,1\nz"w,2', 'x"y\nz,"w,1,2'])
def test_among_records_of_several_lines_one_that_is_none_leaves_no_record_proved(astray):
    """For polars may let others begin elsewhere, as many more here as fewer there."""
    lines = lines_of(f'h,i\na,"two\nlines"\n{astray}\nc,"d\n"\n'.encode(), ",", 2)

    assert lines.rows is None
    assert not lines.table["good"].any()


def test_inch_marks_in_some_lines_of_a_big_file_open_no_cell_and_leave_other_quotes_as_they_are():
    """An odd number of quotes in a line may be an open cell; here no two such lines make a record."""
    rows = [f"{n},some words,5" for n in range(6000)]
    rows[1::7] = [f'{n},5" pipe,5' for n in range(1, 6000, 7)]
    rows[3::49] = [f'{n}, "x",5' for n in range(3, 6000, 49)]
    table = table_from_bytes("\n".join(["id,comment,score", *rows]).encode(), "t.csv")

    assert [*map(list, table.frame.drop(LINE).rows())] == [row.split(",") for row in rows]
    assert [line - 2 for line, _ in table.repairs] == [n for n, row in enumerate(rows) if '"' in row]


def test_where_quotes_are_astray_each_line_is_judged_by_itself():
    rows = [f'{n},"some, words",5' for n in range(6000)]
    for n in (3001, 3012):
        rows[n] = f'{n},5" pipe,5'
    rows[3::70] = [f"{n},one,too much,5" for n in range(3, 6000, 70)]
    table = table_from_bytes("\n".join(["id,comment,score", *rows]).encode(), "t.csv")

    assert [line - 2 for line, _ in table.broken] == [*range(3, 6000, 70)]
    assert table.frame.drop("c2").rows() == [
        (n + 2, str(n), '5" pipe' if n in (3001, 3012) else "some, words") for n in range(6000) if n % 70 != 3
    ]


@pytest.mark.parametrize("runs", [0, 1000])
def test_rows_that_are_cut_by_hand_stand_where_their_lines_do(runs, monkeypatch):
    monkeypatch.setattr(repair, "MOST_RUNS", runs)
    rows = [f"{n},words,5" for n in range(6000)]
    by_hand = sorted([0, 1, 2, *range(1500, 5000, 50), 3001, 3002, 5998, 5999])
    for n in by_hand:
        rows[n] = f'{n}, "word",5'
    rows[2000] = "2000,one,cell too much,5"
    table = table_from_bytes("\n".join(["id,comment,score", *rows]).encode(), "t.csv")

    assert [line for line, _ in table.repairs] == [n + 2 for n in by_hand if n != 2000]
    assert table.frame.drop("c2").rows() == [
        (n + 2, str(n), ' "word"' if n in by_hand else "words") for n in range(6000) if n != 2000
    ]


@pytest.mark.parametrize("line", ['"a"\n', '"a\n"\n', "a\n"])
def test_many_lines_that_are_too_short_for_the_header_are_not_widened_to_it(line, monkeypatch):
    """A cell that is not there takes 16 bytes: a header of 300 columns above 4 MB of such lines took 4.5 GB."""

    def read(*_: object) -> None:
        raise AssertionError("polars was asked")

    monkeypatch.setattr(proof, "cells_by_polars", read)
    text = ",".join(f"c{n}" for n in range(300)) + "\n" + line * 5000

    assert lines_of(text.encode(), ",", 300).rows is None


@given(st.text("ab é€😀", max_size=12), st.integers(0, 40), st.binary(max_size=2))
def test_a_byte_that_is_no_utf8_is_found_where_it_is_however_the_text_is_parted(text, at, odd):
    data = text.encode()
    data = data[:at] + odd + data[at + 1 :]
    try:
        data.decode()
        expected = None
    except UnicodeDecodeError as error:
        expected = error.start
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_PART", 3)
        assert encoding._stray_from(data) == expected


def test_a_text_in_parts_that_cut_a_character_in_two_is_read_as_utf8(monkeypatch):
    monkeypatch.setattr(encoding, "_PART", 4)
    text = "id,größe\n1,süß\n2,über\n"

    for data in (text.encode(), codecs.BOM_UTF8 + text.encode()):
        assert encoding.decode(data, "t.csv").text == text


def test_a_file_that_has_grown_since_its_size_was_told_is_read_to_its_end(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" * 1000)
    told = path.stat()
    path.write_bytes(b"a,b\n" * 3000)
    monkeypatch.setattr(type(path), "stat", lambda *_, **__: told)

    assert read_bytes(path) == b"a,b\n" * 3000
