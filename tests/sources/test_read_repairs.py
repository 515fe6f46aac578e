"""Repairs tell the truth: what comes out of rows that are not as they should be, and the line it is told with."""

import io
import zipfile

import pytest

from csq.errors import Exit, InputError
from csq.sources.reading.read import TextTable, table_from_bytes

ASTRAY = "a quote in the wrong place is taken as text"
LOST = "a delimiter that is missing before a quote is put in"
SHORT = "1 of 4 cells missing, taken as blank at the end"


def read(text: str | bytes) -> TextTable:
    return table_from_bytes(text.encode() if isinstance(text, str) else text, "t.csv")


def rows(table: TextTable) -> list[tuple[str, ...]]:
    return table.frame.drop("line").rows()


@pytest.mark.parametrize(
    ("row", "cells", "what"),
    [
        # The delimiter before the quote was lost: the name keeps its comma, and no cell moves.
        ('a2"Beta, Inc","4","ok"', ("a2", "Beta, Inc", "4", "ok"), LOST),
        ('a2,"Beta, Inc"  ,"4","ok"', ("a2", "Beta, Inc", "4", "ok"), "blanks around quotes are left out"),
        ('a2,6" pipe,4,ok', ("a2", '6" pipe', "4", "ok"), ASTRAY),
        ('a2,"a "b", c",4,ok', ("a2", 'a "b", c', "4", "ok"), ASTRAY),
        ('a2,6",7",ok', ("a2", '6"', '7"', "ok"), ASTRAY),
        ('a2,"two\nlines, here",4', ("a2", "two\nlines, here", "4", ""), SHORT),
    ],
)  # fmt: skip
def test_a_row_is_mended_and_told_with_its_line(row, cells, what):
    table = read(f'id,name,csat,note\na1,"Acme","5","good"\n{row}\na3,"Gamma","3","fine"\na4,"Delta","2","bad"\n')

    assert rows(table)[1] == cells
    assert table.repairs == ((3, what),)
    assert [row[0] for row in rows(table)] == ["a1", "a2", "a3", "a4"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_cells_joined_again_have_the_delimiter_of_the_file(delimiter):
    lines = [f"{n};we like the new screens a lot;{n % 5}" for n in range(1, 6)]
    text = "\n".join(["id;comment;score", *lines, "6;it is slow; but it works;4"]).replace(";", delimiter)

    assert rows(read(text))[-1] == ("6", f"it is slow{delimiter} but it works", "4")


def test_a_row_without_any_delimiter_of_the_file_is_no_row():
    lines = [f"2026-01-0{n},a{n},5,good" for n in range(1, 6)]
    table = read("\n".join(["date,id,score,comment", *lines[:2], "2026-01-03 a3 3 slow", *lines[3:]]))

    assert [line for line, _ in table.broken] == [4]
    assert len(rows(table)) == 4


@pytest.mark.parametrize("header", ["DATEID,score,comment", "date,idscore,comment", "date,id,scorecomment"])
def test_a_delimiter_lost_in_the_header_stops_a_run(header, csq, tmp_path):
    """Three names over four columns with data: which of them stands for two nobody can tell."""
    (tmp_path / "t.csv").write_text("\n".join([header, *(f"2026-01-0{n},a{n},{n},good" for n in range(1, 6))]))
    result = csq("check", "--csat", tmp_path / "t.csv", "--csat-scale", "1-5")

    assert result.code == Exit.INPUT
    assert "the header has 3 names for 4 columns with data" in result.stderr


def test_one_odd_byte_does_not_change_the_letters_of_all_others():
    lines = [f"a{n},5,größe".encode() for n in range(40)]
    lines[7] = "a7,5,größe €5".encode("cp1252")
    table = read(b"id,csat,comment\n" + b"\n".join(lines))

    assert {row[2] for row in rows(table)} == {"größe", "größe €5"}
    assert table.notes == ("line 9 read as Windows-1252, all others as UTF-8; `--encoding NAME` tells another for all",)


def test_a_title_stands_above_a_header_whose_last_columns_are_blank():
    table = read("Survey answers,,,,,,,,\nid,csat,comment,owner,,,,,\na1,5,ok,Ann,,,,,\na2,4,fine,Bob,,,,,\n")

    assert table.header[:4] == ("id", "csat", "comment", "owner")
    assert table.dropped == {"preamble": (1,)}


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('<meta http-equiv="Content-Type" content="text/html">\n<table><tr><td>id</td></tr></table>', "a web page"),
        ("<html><body><TABLE border=1><tr><td>id</td></tr></TABLE></body></html>", "a web page with a table"),
        ("MIME-Version: 1.0\nX-Document-Type: Workbook\n\n<html><table>", "a web archive (MHTML)"),
        (
            '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "a spreadsheet in XML (SpreadsheetML)",
        ),
    ],
)  # fmt: skip
def test_what_only_calls_itself_a_workbook_is_named_with_how_to_save_it(head, kind):
    with pytest.raises(InputError, match="is ") as refused:
        read(head)

    assert refused.value.message.startswith(f"`t.csv` is {kind}")
    assert "save it as .xlsx or as CSV" in refused.value.hint


def open_document(kind: str) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = (["id", "csat"], ["a1", "5"], ["a2", "4"])
    table = "".join(f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>" for row in lines)
    spaces = " ".join(f'xmlns:{name}="{names}{name}:1.0"' for name in ("office", "table", "text"))
    content = f'<office:body><office:spreadsheet><table:table table:name="S">{table}</table:table>'
    content = (
        f"<office:document-content {spaces}>{content}</office:spreadsheet></office:body></office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="urn:x"/>')
    return file.getvalue()


def test_a_spreadsheet_of_libreoffice_is_read():
    table = read(open_document("spreadsheet"))

    assert table.header == ("id", "csat")
    assert rows(table) == [("a1", "5"), ("a2", "4")]


def test_a_text_of_libreoffice_has_no_sheet():
    with pytest.raises(InputError, match="is an OpenDocument file without a sheet"):
        read(open_document("text"))


def test_a_first_row_of_data_that_stands_again_below_is_data_both_times():
    """A score is no name, so the rows that equal the first are no repeated headers."""
    assert rows(read("a1,5\na1,5\na2,4\na1,5\n")) == [("a1", "5"), ("a1", "5"), ("a2", "4"), ("a1", "5")]


def test_a_header_of_years_that_stands_again_below_is_a_header():
    table = read("account,2025,2026\na1,5,6\naccount,2025,2026\na2,4,3\n")

    assert table.dropped == {"repeated header": (3,)}


@pytest.mark.parametrize("size", [10, 9_000], ids=["small", "over 64 KB"])
def test_a_header_with_more_names_than_any_row_has_cells_is_told_whatever_the_size(size):
    rows = "".join(f"A-{number},{'x' * size},3\n" for number in range(10))
    table = table_from_bytes(f"account_id,note,a,b,c\n{rows}".encode(), "usage.csv")
    assert table.frame.height == 10
    assert [line for line, _ in table.repairs] == [*range(2, 12)]
    assert {what for _, what in table.repairs} == {"2 of 5 cells missing, taken as blank at the end"}
