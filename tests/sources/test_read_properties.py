"""What holds for any file: sound ones come back as they are, by either way, and nothing but a CsqError comes out."""

import csv
import io
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from csq.errors import InputError
from csq.sources.reading import proof
from csq.sources.reading.dialect import (
    first_line,
    line_ends,
    obvious_delimiter,
    read_sound,
    read_strictly,
    without_end,
)
from csq.sources.reading.grid import LINE, RawTable
from csq.sources.reading.proof import lines_of
from csq.sources.reading.read import table_from_bytes

CELL = st.text(alphabet=st.sampled_from("ab1 é,;|\"\n\r\t-#.'{"), max_size=6)
NAMES = ("account", "score", "comment", "day")


def plausible(row: list[str]) -> list[str]:
    """The row, made such that it is not blank and cannot pass for a footer or a total."""
    first, *others = row
    if not any(char.isalpha() for char in first):
        first = "a" + first
    if len(others) > 1 and not any(cell.strip() for cell in others):
        others[0] += "b"
    return [first, *others]


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """A header of names and rows of nearly anything."""
    width = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=6))
    return [list(NAMES[:width]), *map(plausible, rows)]


def written(rows: list[list[str]], **style: object) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, **style).writerows(rows)
    return file.getvalue()


def cells(data: bytes) -> list[list[str]]:
    table = table_from_bytes(data, "t.csv")
    assert table.repairs == ()
    assert table.broken == ()
    return [list(table.header), *[list(row) for row in table.frame.drop(LINE).iter_rows()]]


@given(tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n", "\r"]))
@example([["account"], ["a\nb"], [" c "]], ",", "\n")
@example([["account"], ["a"], [""], ["b"]], ",", "\n")
@example([["account", "score"], ["a,b", " 1"], ["c", '"']], ",", "\r\n")
def test_a_file_that_is_quoted_throughout_comes_back_unchanged(rows, delimiter, end):
    text = written(rows, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)

    assert cells(text.encode()) == rows


@given(tables())
def test_a_file_quoted_where_it_must_be_comes_back_unchanged(rows):
    # Python's writer leaves a carriage return bare, and a bare `;` in every row would part cells as well.
    header, *body = rows
    rows = [header, *(plausible([re.sub(r"[;|\t\r]", "", cell) for cell in row]) for row in body)]

    assert cells(written(rows, lineterminator="\n").encode()) == rows


@st.composite
def sound_files(draw: st.DrawFn) -> tuple[list[list[str]], bytes]:
    """Rows as RFC 4180 lets them be, such as ids alone at the end and lines within cells, and a file of them."""
    width = draw(st.integers(3, 5))
    cell = st.sampled_from(["", "5", "ok", "two\nlines", "a\r\nb\n\nc", 'say "x"', "x, y", "a;b", "1.5", "é", "  "])
    row = st.tuples(st.integers(1, 99).map("a{}".format), *[cell] * (width - 1)).map(list)
    ids = st.integers(1, 99).map(lambda n: [f"a{n}", *[""] * (width - 1)])
    rows = draw(st.lists(st.one_of(row, row, ids), min_size=1, max_size=8)) + draw(st.lists(ids, max_size=3))
    rows = [["account", *NAMES[1:], "more"][:width], *(rows * draw(st.sampled_from([1, 1, 3000])))]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    text = written(rows, delimiter=draw(st.sampled_from([",", ",", ";", "\t"])), lineterminator=end, quoting=quoting)
    return rows, text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig"])))


@settings(max_examples=60, deadline=None)
@given(sound_files())
def test_no_sound_file_loses_a_row_gains_one_or_changes_a_cell(made):
    """Over and under 64 KB; as many rows come out as went in, and each cell as it was."""
    rows, data = made

    assert cells(data) == rows


@given(st.text(alphabet="a\r\n\0é", max_size=12), st.booleans())
@example("a\r\na\n", False)
@example("a\r\na\ra", True)
@example("aa\r\n", True)
@example("aa\n\r\na\r", True)
def test_lines_are_counted_whichever_way_they_end_and_told_from_those_that_end_in_several(text, is_long):
    """The same of short texts and of long ones, whose lines another counts."""
    long = f"b{text[1:]}" * (2**20 // (len(text.encode()) + 1) + 1) if is_long else text
    body = long.encode()
    feeds, returns, both = counted = tuple(body.count(end) for end in (b"\n", b"\r", b"\r\n"))
    found = line_ends(body)
    assert found == counted
    assert found.lines == max(feeds, returns)
    assert found.are_alike == (both in (0, feeds) and both == returns)
    assert line_ends(body + b"\xff") == counted  # of what is no UTF-8 as well


def read_plain(data: bytes) -> RawTable | None:
    """A text through polars, where what parts its cells shows in its first line."""
    body = without_end(data)
    found = obvious_delimiter(first_line(body))
    return read_sound(lines_of(body, *found)) if found and line_ends(body).are_alike and b"\0" not in body else None


@given(tables(), st.sampled_from([",", ";"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_fast_way_and_the_careful_way_give_the_same(rows, delimiter, end, everything):
    quoting = csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL
    text = written(rows, delimiter=delimiter, lineterminator=end, quoting=quoting)
    plain = read_plain(text.encode())
    strict = read_strictly(text.rstrip("\r\n"), "t.csv")

    if plain is not None:
        assert isinstance(strict, RawTable)
        assert plain.frame.equals(strict.frame)
        assert plain.delimiter == strict.delimiter


@pytest.mark.parametrize("bad", [None, *range(7)])
def test_one_record_that_is_not_well_formed_is_found_wherever_it_stands(bad, monkeypatch):
    """Records of two lines are proved two at a time; of one with a quote in a bare cell the fast way makes none."""
    monkeypatch.setattr(proof, "PART", 2)
    records = [f'a{at},"one\ntwo"\n' if at != bad else f'a"b"{at},"one\ntwo"\n' for at in range(7)]
    plain = read_plain(("id,text\n" + "".join(records)).encode())

    assert (plain is None) == (bad is not None)
    if plain is not None:
        assert plain.frame[LINE].to_list() == [1, *range(2, 16, 2)]


@given(st.text(alphabet=st.sampled_from('ab1,;"\n\r '), max_size=60))
def test_where_the_fast_way_reads_the_careful_way_reads_the_same(text):
    plain = read_plain(text.encode())
    if plain is None:
        return
    strict = read_strictly(text.rstrip("\r\n"), "t.csv")
    assert isinstance(strict, RawTable)
    assert plain.frame.equals(strict.frame)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(str.encode),
        st.text(alphabet=st.sampled_from("ab1,;\t|\"'\n\r \\#{}[]<>\0"), max_size=200).map(str.encode),
        st.binary(max_size=60).map(b"PK\x03\x04".__add__),
        st.binary(max_size=60).map(b"\x1f\x8b".__add__),
        st.binary(max_size=60).map(b"\x28\xb5\x2f\xfd".__add__),
        st.binary(max_size=60).map(b"PAR1".__add__),
    )
)
def test_whatever_the_bytes_only_a_sentence_comes_out(data):
    try:
        table = table_from_bytes(data, "t.csv")
    except InputError:
        return
    assert table.frame.width == len(table.header) + 1
    assert table.frame.null_count().sum_horizontal().item() == 0
    assert table.frame[LINE].is_unique().all()


@given(tables(), st.data())
def test_every_line_of_a_damaged_file_is_a_row_or_accounted_for(rows, data):
    lines = written([[cell.replace("\n", "").replace("\r", "") for cell in row] for row in rows]).splitlines()
    spot = data.draw(st.integers(0, len(lines) - 1))
    lines[spot] += data.draw(st.sampled_from([",", '"', ",x,y", ""]))
    try:
        table = table_from_bytes("\n".join(lines).encode(), "t.csv")
    except InputError:
        return
    known = {*table.frame[LINE], *(line for line, _ in table.broken), *(n for ns in table.dropped.values() for n in ns)}

    assert {*range(1, len(lines) + 1)} - known - {table.header_line} == set()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@given(rows=tables())
def test_the_same_table_comes_out_of_every_encoding(encoding, rows):
    text = written(rows, quoting=csv.QUOTE_ALL)

    assert cells(text.encode(encoding)) == rows
