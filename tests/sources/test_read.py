"""What the reader makes of files as they come out of tools, browsers and spreadsheets."""

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import zstandard

from csq.errors import InputError
from csq.sources.reading import containers
from csq.sources.reading.read import TextTable, read_table, read_text_table, table_from_bytes, unique_names

MOMENT_OF_DAY = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - files have times without a zone
PLAIN = b"account,score\nA-1,9\nA-2,7\n"


def read(data: bytes | str, **told: str) -> TextTable:
    return table_from_bytes(data.encode() if isinstance(data, str) else data, "t.csv", **told)


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.drop("line").rows()


def refusal(data: bytes | str, **told: str) -> InputError:
    with pytest.raises(InputError) as refused:
        read(data, **told)
    return refused.value


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
DAY, MOMENT = ' s="1"', ' s="2"'


def text(cell: str, value: str) -> str:
    return f'<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(cell: str, value: float, style: str = "") -> str:
    return f'<c r="{cell}"{style}><v>{value!r}</v></c>'


def workbook(*sheets: tuple[str, str, dict[int, list[str]]]) -> bytes:
    """The smallest workbook with sheets of a name, a state and rows of cells."""
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="r{n}"/>'
        for n, (name, state, _) in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    formats = "".join(f'<xf numFmtId="{n}"/>' for n in (0, 14, 22))
    members = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="w" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}'
        f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>',
    }
    for n, (_, _, filled) in enumerate(sheets, start=1):
        body = "".join(f'<row r="{line}">{"".join(cells)}</row>' for line, cells in filled.items())
        members[f"xl/worksheets/sheet{n}.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return zipped(**{name: part.encode() for name, part in members.items()})


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (gzip.compress(PLAIN, mtime=0), "unpacked with gzip"),
        (zstandard.compress(PLAIN), "unpacked with zstd"),
        (zstandard.compress(PLAIN[:10]) + zstandard.compress(PLAIN[10:]), "unpacked with zstd"),
        (zipped(**{"export.csv": PLAIN, "__MACOSX/._export.csv": b"\0"}), "`export.csv` unpacked from a zip"),
    ],
)
def test_a_packed_file_is_read_by_its_content_whatever_its_name(data: bytes, note: str):
    table = read(data)

    assert rows(table) == [("A-1", "9"), ("A-2", "7")]
    assert table.notes == (note,)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b"# Report\n# All users", "is empty but for its comments"),
        (b"# Report\r\n#\r\n\r\n \r\n", "is empty but for its comments"),
        (b"# Report\n#\n\0", "is empty but for its comments"),
        (b"sep=;\n", "is empty but for its comments"),
        (b"# Caf\xe9\n#\n" * 9000, "is empty but for its comments"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
        (b'\n<?xml version="1.0"?><html/>', "is a web page"),
        (b'<?xml version="1.0"?><rows/>', "is XML"),
        (b'{"error": "token expired"}', "is JSON"),
        (b'[{"id": 1}, {"id": 2}]', "is JSON"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old Excel workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "is a picture (PNG)"),
        (b"SQLite format 3\0" + bytes(50), "is an SQLite database"),
        (bytes(range(256)) * 4, "is a binary file of an unknown kind"),
        (gzip.compress(PLAIN, mtime=0)[:-9], "is a damaged gzip file"),
        (zstandard.compress(PLAIN * 99)[:-3], "is a damaged zstd file"),
        (zipped(**{"a.csv": PLAIN})[:-30], "is a damaged zip file"),
        (zipped(**{"a.csv": PLAIN, "b.csv": PLAIN}), "is a zip with 2 files: `a.csv`, `b.csv`"),
        (zipped(), "is a zip with no file in it"),
        (zipped(**{"[Content_Types].xml": b"", "word/document.xml": b""}), "is an Office document without a sheet"),
        (b"PAR1 and no more", "is a damaged Parquet file"),
    ],
)
def test_what_holds_no_table_is_refused_by_name_with_a_hint(data: bytes, sentence: str):
    error = refusal(data)

    assert error.message.startswith(f"`t.csv` {sentence}")
    assert error.hint


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: zipped(**{"a.csv": data})])
def test_nothing_unpacks_past_the_limit(monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]):
    monkeypatch.setattr(containers, "SMALL", 1000)
    monkeypatch.setattr(containers, "RATIO", 2)

    assert "would unpack to more than" in refusal(pack(PLAIN * 10_000)).message


def test_a_workbook_is_read_as_a_person_sees_it():
    header = [
        text(f"{letter}1", name) for letter, name in zip("ABCDE", ["id", "arr", "renewal", "seen", "long"], strict=True)
    ]
    cells = [
        text("A2", "00123"),
        number("B2", 1200.5),
        number("C2", 46082, DAY),
        number("D2", 46082.395833333336, MOMENT),
    ]
    data = workbook(
        (
            "Accounts",
            "visible",
            {1: header, 2: [*cells, number("E2", 1.5e18)], 4: [text("A4", "00124"), number("B4", 12)]},
        ),
        ("Notes", "hidden", {1: [text("A1", "secret")]}),
    )

    table = read(data)

    assert rows(table) == [
        ("00123", "1200.5", "2026-03-01", "2026-03-01 09:30:00", "1.5E+18"),
        ("00124", "12", "", "", ""),
    ]
    assert list(table.frame["line"]) == [2, 4]
    assert table.notes == ("sheet `Accounts` of the workbook", "1 hidden sheet not read")


def test_a_workbook_with_several_sheets_of_data_is_refused_with_their_names():
    filled = {1: [text("A1", "id"), text("B1", "score")]}

    error = refusal(workbook(("May", "visible", filled), ("June", "visible", filled), ("Empty", "visible", {})))

    assert error.message == "`t.csv` has 2 sheets with data: `May`, `June`"


def test_hidden_sheets_are_not_taken_unasked():
    data = workbook(("empty", "visible", {}), ("old", "hidden", {1: [text("A1", "id")], 2: [number("A2", 1)]}))

    assert refusal(data).message == "`t.csv` has no sheet with data; what is hidden is not read"


def test_a_stray_cell_in_the_far_corner_is_an_error_and_no_hour_of_waiting():
    data = workbook(("Accounts", "visible", {1: [text("A1", "id")], 1048576: [number("XFD1048576", 1)]}))

    assert "reaches to row 1,048,576 and column 16,384" in refusal(data).message


def test_parquet_is_read_as_text_with_blanks_for_nulls():
    file = io.BytesIO()
    pl.DataFrame(
        {"id": ["001", None], "n": [1.0, 2.5], "on": [date(2026, 1, 2), None], "at": [MOMENT_OF_DAY, None]}
    ).write_parquet(file)

    table = read(file.getvalue())

    assert table.header == ("id", "n", "on", "at")
    assert rows(table)[0][:3] == ("001", "1", "2026-01-02")
    assert rows(table)[0][3].startswith("2026-01-02 03:04:00")
    assert rows(table)[1] == ("", "2.5", "", "")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":"])
def test_the_delimiter_is_the_one_that_fits(delimiter: str):
    text = "id,name,score,day\n1,Ann,9,Mon\n2,Bob,7,Tue\n".replace(",", delimiter)

    assert rows(read(text)) == [("1", "Ann", "9", "Mon"), ("2", "Bob", "7", "Tue")]


def test_words_in_a_single_column_are_not_cut_at_blanks():
    table = read("Account Name\nAcme Corp\nGlobex Inc\nInitech Ltd\n")

    assert table.header == ("Account Name",)
    assert rows(table) == [("Acme Corp",), ("Globex Inc",), ("Initech Ltd",)]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_end_in_any_way(end: str):
    table = read(end.join(["id,score", "1,9", '2,"a', 'b"', "3,7"]))

    assert rows(table) == [("1", "9"), ("2", f"a{end}b"), ("3", "7")]
    assert list(table.frame["line"]) == [2, 3, 5]


def test_line_ends_may_be_mixed():
    assert rows(read("id,score\r\n1,9\n2,8\r3,7\r\n")) == [("1", "9"), ("2", "8"), ("3", "7")]


def test_windows_1252_is_read_with_a_notice():
    table = read("name,arr\nMüller,€5\n".encode("cp1252"))

    assert rows(table) == [("Müller", "€5")]
    assert table.notes == ("read as Windows-1252, because line 2 is not UTF-8; `--encoding NAME` tells it another",)


def test_a_told_encoding_is_taken_and_checked():
    assert rows(read("name,n\nMüller,5\n".encode("mac-roman"), encoding="mac-roman")) == [("Müller", "5")]
    assert refusal(PLAIN + b"\xff,1\n", encoding="utf-8").message == "`t.csv` is not utf-8"
    assert refusal(PLAIN, encoding="klingon").message == "no encoding is called `klingon`"


def test_nul_bytes_are_left_out_and_told():
    table = read(b"id,score\n\0001,9\n2,\0\0007\n")

    assert rows(table) == [("1", "9"), ("2", "7")]
    assert table.repairs == ((2, "NUL bytes left out"), (3, "NUL bytes left out"))


def test_a_title_above_the_header_is_set_apart():
    table = read("Weekly report,,,\n,,,\nid,name,score,day\n1,Ann,9,Mon\n")

    assert table.header == ("id", "name", "score", "day")
    assert (table.header_line, table.dropped) == (3, {"preamble": (1,), "blank": (2,)})


def test_a_header_with_few_names_stays_the_header():
    table = read("id,,\n1,2,3\n4,5,6\n")

    assert table.header == ("id", "", "")
    assert table.frame.height == 2


def test_units_under_the_header_are_a_header_row():
    table = read("id,time,price\n,[s],[EUR]\n1,5,6\n")

    assert table.extra_headers == (("", "[s]", "[EUR]"),)
    assert rows(table) == [("1", "5", "6")]


def test_a_repeated_header_is_no_row():
    table = read("id,score\n1,9\nid,score\n2,7\n")

    assert rows(table) == [("1", "9"), ("2", "7")]
    assert table.dropped == {"repeated header": (3,)}


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("Total,,30", "total"),
        (",,30", "total"),
        ("Grand Totals (2 records),,", "total"),
        ("Copyright (c) 2026 Example,,", "footer"),
    ],
)
def test_a_total_or_footer_at_the_end_is_no_row(last: str, kind: str):
    table = read(f"id,name,seats\n1,Ann,10\n2,Bob,20\n{last}\n")

    assert table.frame.height == 2
    assert table.dropped == {kind: (4,)}


@pytest.mark.parametrize("last", ["Total,Total Energies,5", "3,,31", ",,31", "Total,,31"])
def test_a_row_that_only_resembles_a_total_stays(last: str):
    assert read(f"id,name,seats\n1,Ann,10\n2,Bob,20\n{last}\n").frame.height == 3


def test_a_broken_row_is_reported_and_not_read():
    table = read("id,score\n1,9\n2,8\n3,7,x,y\n4,6\n")

    assert [row[0] for row in rows(table)] == ["1", "2", "4"]
    assert table.broken == ((4, "4 cells where the header has 2"),)
    assert table.notes == ("1 broken row not read (line 4)",)


def test_text_with_a_bare_delimiter_is_joined_where_the_other_cells_fit():
    lines = [f"A-{n},2026-08-{n:02},9,good and quick and kind to all of us" for n in range(1, 9)]
    table = read("\n".join(["id,day,score,comment", *lines, "A-9,2026-08-09,7,great product, loved it"]))

    assert rows(table)[-1] == ("A-9", "2026-08-09", "7", "great product, loved it")
    assert table.repairs == ((10, "2 cells joined to one, as text with the delimiter in it"),)


def test_a_missing_cell_is_blank_where_the_others_fit():
    lines = [f"A-{n},2026-08-{n:02},9,x@y.example" for n in range(1, 9)]
    table = read("\n".join(["id,day,score,mail", *lines, "A-9,9,z@y.example"]))

    assert rows(table)[-1] == ("A-9", "", "9", "z@y.example")


def test_a_header_without_a_name_for_the_row_numbers_is_understood():
    table = read("id,score\n1,A-1,9\n2,A-2,8\n3,A-3,7\n")

    assert table.header == ("", "id", "score")
    assert table.repairs == ((1, "the header has no name for the first column, which counts the rows"),)


def test_a_file_that_is_no_table_names_the_line_and_what_to_do():
    error = refusal("Dear all\nthe list is below, as agreed with Ann, Bob and me.\nKind regards\nAnn\n")

    assert error.location is not None
    assert error.hint == "quote cells that contain the delimiter, or mend the row"


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path):
    path = tmp_path / "t.csv"
    path.write_text("id,score\n")

    table = read_table(path)
    assert (table.header, table.frame.height, table.notes) == (("id", "score"), 0, ("it has a header and no rows",))
    assert read_text_table(path).columns == ["id", "score"]


def test_columns_without_a_name_or_with_a_taken_one_get_one_of_their_own():
    assert unique_names(("a", "", "a", "a_2", "column_2", "")) == [
        "a",
        "column_2_2",
        "a_3",
        "a_2",
        "column_2",
        "column_6",
    ]


def test_asking_for_the_room_does_not_load_the_reader():
    code = "import sys, csq.sources; sys.exit('polars' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_question_that_begins_with_select_is_no_query():
    assert read("Select your role as you see it,score\nadmin,9\n").header[0] == "Select your role as you see it"
