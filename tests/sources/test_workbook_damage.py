"""Damaged and hostile workbooks: each is read, or refused with one sentence; none brings the process down or fills it.

One of two always holds: the reader raises InputError, or it hands on a grid. Which of them a kind of damage comes to is
told where it is sure; a library of ours may learn to read what it gives up on today.
"""

import contextlib
import io
import random
import zipfile
from collections.abc import Callable

import pytest

from csq.errors import InputError
from csq.sources.reading import containers
from csq.sources.reading.containers import open_content
from csq.sources.reading.grid import RawTable
from csq.sources.reading.workbook import read_sheet
from sheets import archive, workbook

ROWS = [["account_id", "date", "events"], *([f"A-{n}", f"2026-11-{n + 1:02}", float(n)] for n in range(9))]
GOOD = workbook(ROWS)
SHEET, BOOK, LINKS, STYLES = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
)
TEXT_CELL = '<c r="A2" s="0" t="inlineStr"><is><t>A-0</t></is></c>'


def parts() -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


def changed(part: str, old: str, new: str) -> bytes:
    all_parts = parts()
    assert old in all_parts[part]
    return archive({**all_parts, part: all_parts[part].replace(old, new)})


def with_sizes(data: bytes, size: int) -> bytes:
    """The same archive with every part said to be so many bytes unpacked."""
    told, at = bytearray(data), data.find(b"PK\x01\x02")
    while at >= 0:
        told[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(told)


def read(data: bytes) -> RawTable:
    return read_sheet(open_content(data, "book.xlsx").data, "book.xlsx")


REFUSED: dict[str, Callable[[], bytes]] = {
    **{f"cut at {at}": lambda at=at: GOOD[:at] for at in (5, 100, len(GOOD) // 2, len(GOOD) - 22)},
    **{f"without {part}": lambda part=part: archive({k: v for k, v in parts().items() if k != part})
       for part in ("[Content_Types].xml", "_rels/.rels", BOOK, LINKS, SHEET)},
    **{f"{part} empty": lambda part=part: archive({**parts(), part: ""}) for part in (BOOK, LINKS, SHEET)},
    **{f"{part} no XML": lambda part=part: archive({**parts(), part: "hello"})
       for part in (BOOK, LINKS, STYLES, SHEET)},
    **{f"half of {part}": lambda part=part: archive({**parts(), part: parts()[part][: len(parts()[part]) // 2]})
       for part in (BOOK, LINKS, STYLES, SHEET)},
    "a sheet that links to the workbook": lambda: changed(LINKS, "worksheets/sheet1.xml", "workbook.xml"),
    "a sheet outside": lambda: changed(LINKS, "worksheets/sheet1.xml", "../../../../etc/passwd"),
    "a sheet elsewhere": lambda: changed(LINKS, "worksheets/sheet1.xml", "/etc/passwd"),
    "a sheet without a link": lambda: changed(BOOK, 'r:id="r1"', 'r:id="r9"'),
    "no sheets": lambda: changed(BOOK, '<sheet name="Export" sheetId="1" r:id="r1"/>', ""),
    "a thousand sheets": lambda: changed(
        BOOK, "<sheets>", "<sheets>" + "".join(f'<sheet name="E{n}" sheetId="{n}" r:id="r1"/>' for n in range(1000))
    ),
    "entities in entities": lambda: changed(SHEET, "<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
    "a cell in the far corner": lambda: changed(SHEET, 'r="A2"', 'r="XFD1048576"'),
    "a cell beyond the far corner": lambda: changed(SHEET, 'r="A2"', 'r="A4294967295"'),
    "a cell nowhere": lambda: changed(SHEET, 'r="A2"', 'r="A0"'),
    "a row nowhere": lambda: changed(SHEET, '<row r="2"', '<row r="x"'),
    "a string that is not there": lambda: changed(SHEET, TEXT_CELL, '<c r="A2" t="s"><v>99999</v></c>'),
    "a truth that is none": lambda: changed(SHEET, TEXT_CELL, '<c r="A2" t="b"><v>x</v></c>'),
    "a merge of nothing": lambda: changed(
        SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="x"/></mergeCells>'
    ),
    "sizes too small": lambda: with_sizes(GOOD, 10),
    "sizes too large": lambda: with_sizes(GOOD, 2**32 - 16),
    "elements without end": lambda: archive({**parts(), SHEET: "<a>" * 200_000}),
}  # fmt: skip
READ: dict[str, Callable[[], bytes]] = {
    "no styles": lambda: archive({k: v for k, v in parts().items() if k != STYLES}),
    "a style that is not there": lambda: changed(SHEET, 's="0"', 's="99999999999"'),
    "a type that is none": lambda: changed(SHEET, 't="inlineStr"', 't="zzz"'),
    "a number beyond all numbers": lambda: changed(SHEET, TEXT_CELL, '<c r="A2"><v>1e999</v></c>'),
    "a size that is a lie": lambda: changed(SHEET, "<cols>", '<dimension ref="A1:XFD1048576"/><cols>'),
    "columns without end": lambda: changed(SHEET, "<cols>", '<cols><col min="1" max="99999999999" hidden="1"/>'),
    "one merge of all": lambda: changed(
        SHEET, "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    ),
    "merges one over another": lambda: changed(
        SHEET, "</sheetData>", "</sheetData><mergeCells>" + '<mergeCell ref="A2:C9"/>' * 500 + "</mergeCells>"
    ),
    "a format without end": lambda: workbook(ROWS, formats={2: "0." + "0" * 5000}),
    "bytes behind the end": lambda: GOOD + b"\0" * 1000,
}


@pytest.mark.parametrize("kind", REFUSED)
def test_damage_that_hides_the_table_is_refused_in_one_sentence(kind):
    with pytest.raises(InputError) as refused:
        read(REFUSED[kind]())
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("kind", READ)
def test_damage_beside_the_table_does_not_hide_it(kind):
    assert read(READ[kind]()).frame.height >= len(ROWS)


@pytest.mark.parametrize("seed", range(60))
def test_any_bytes_of_a_workbook_may_be_wrong(seed):
    dice = random.Random(seed)
    data = bytearray(GOOD)
    for _ in range(dice.choice([1, 3, 30])):
        data[dice.randrange(4, len(data))] = dice.randrange(256)
    with contextlib.suppress(InputError):
        assert read(bytes(data)).frame.width


def test_a_date_beyond_any_calendar_is_damage():
    """1e308 days: the library that reads it panics, which is no exception."""
    rows = [ROWS[0], *([account, -1e308, events] for account, _, events in ROWS[1:])]
    with pytest.raises(InputError, match="a date in it is beyond any calendar"):
        read(workbook(rows, formats={1: "yyyy-mm-dd"}))


@pytest.mark.parametrize(
    "sheet",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c s="1" r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='A1'><v>1</v></c><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="1048576"><c><v>1</v></c></row><row r="1">' + "<c><v>1</v></c>" * 200 + "</row>",
        "<row/>" * 400_000 + "<row>" + "<c><v>1</v></c>" * 300 + "</row>",
    ],
)
def test_cells_that_tell_their_place_otherwise_reach_no_further(sheet):
    """Attributes in another order, other quotes, a place by the row or by counting; each asks for 100 million cells."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>'
    for name in (SHEET, "xl/elsewhere.xml"):
        linked = {**parts(), LINKS: parts()[LINKS].replace(SHEET.removeprefix("xl/"), name.removeprefix("xl/"))}
        with pytest.raises(InputError, match="reaches to row"):
            read(archive({**linked, name: xml}))


def test_a_part_is_unpacked_no_further_than_the_limit_whatever_size_it_claims(monkeypatch):
    monkeypatch.setattr(containers, "SMALL", 4 << 20)
    bomb = changed(SHEET, "<sheetData>", f"<!--{' ' * (8 << 20)}--><sheetData>")
    for data in (bomb, with_sizes(bomb, 5000)):
        with pytest.raises(InputError, match="would unpack to more than 4 MB") as refused:
            read(data)
        assert refused.value.hint == "if that is meant, save its sheet as CSV and give that"
