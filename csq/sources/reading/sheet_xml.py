"""What the parts of a workbook say of a sheet beside the values of its cells.

The parts are streamed. No spreadsheet program writes a document type, and only with one can XML grow or reach out: a
part that has one is refused.
"""

import contextlib
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from csq.errors import InputError
from csq.sources.reading.sheet_values import Place

_LONGEST = 255
"""Characters of a formula that are told."""

Attributes = dict[str, str]
_BITE = 1 << 20
_MARKS = (b"hidden", b't="0"', b'h="0"', b'"e"', b"'e'", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b"<!")
"""One of these stands in any sheet that has more to say than its values and its formats."""
_LARGEST = 100_000
"""Cells that formulas of a sheet may fill beside their own."""


@dataclass(kw_only=True)
class SheetXml:
    """What stands in a sheet; rows and columns are counted from 0."""

    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    """First and last of each range."""
    errors: dict[Place, str] = field(default_factory=dict)
    unvalued: dict[Place, str] = field(default_factory=dict)
    """Formulas without a stored result."""
    styles: dict[Place, int] = field(default_factory=dict)
    """Styles of cells, those that were asked for."""


class BookXml:
    """The parts of a workbook. Its methods raise InputError when a part is damaged or hostile."""

    def __init__(self, archive: zipfile.ZipFile, label: str) -> None:
        """Keep the archive; the label names it in errors."""
        self._archive, self._label = archive, label
        self._names = {name.casefold(): name for name in archive.namelist()}

    def formats(self) -> list[tuple[int, str | None]]:
        """Return for each style the number of its number format, and its code unless it is built in."""
        codes: dict[str, str] = {}
        formats, within = [], False
        for name, each in self._elements("xl/styles.xml"):
            if name == "numFmt":
                codes[each.get("numFmtId", "")] = each.get("formatCode", "")
            elif name == "xf" and within:
                number = each.get("numFmtId", "0")
                formats.append((_whole(number), codes.get(number)))
            elif name.endswith(("Xfs", "Styles", "dxfs")):
                within = name == "cellXfs"
        return formats

    def sheet(self, title: str, styles: Collection[int]) -> SheetXml:
        """Read the sheet called `title`; of cells with a format those in `styles` are kept."""
        book = self._elements("xl/workbook.xml")
        links = {each.get("Id"): each.get("Target", "") for _, each in self._elements("xl/_rels/workbook.xml.rels")}
        named: Attributes = next((each for name, each in book if name == "sheet" and each.get("name") == title), {})
        target = next((links.get(each, "") for key, each in named.items() if key.endswith(":id")), "")
        path = target[1:] if target.startswith("/") else f"xl/{target}"
        # A script that cannot calculate says so, and may store 0 for each result.
        is_stale = any(_yes(each.get("fullCalcOnLoad")) for name, each in book if name == "calcPr")
        reader = _SheetReader({str(style) for style in styles}, is_stale=is_stale)
        with self._open(path) as stream:
            speaks = _has_any(stream, (*_MARKS, *(f"s={q}{style}{q}".encode() for style in styles for q in "\"'")))
        if speaks:
            self._parse(path, reader.listen)
        return reader.found

    def _elements(self, path: str) -> list[tuple[str, Attributes]]:
        found: list[tuple[str, Attributes]] = []

        def listen(parser: expat.XMLParserType) -> None:
            parser.StartElementHandler = lambda name, each: found.append((name.rpartition(":")[2], each))

        if path.casefold() in self._names:
            self._parse(path, listen)
        return found

    def _open(self, path: str) -> IO[bytes]:
        return self._archive.open(self._names.get(path.casefold(), path))

    def _parse(self, path: str, listen: Callable[[expat.XMLParserType], object]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        listen(parser)
        try:
            with self._open(path) as stream:
                parser.ParseFile(stream)
        except (expat.ExpatError, LookupError) as error:
            raise InputError(
                f"`{self._label}` is a damaged workbook: `{path}`: {error}", hint="save it again as .xlsx"
            ) from None

    def _refuse(self, *_: object) -> None:
        raise InputError(f"`{self._label}` holds a document type, as no workbook does", hint="save it again as .xlsx")


class _SheetReader:
    """Takes the elements of a sheet one by one. Of most cells no more is looked at than their attributes."""

    def __init__(self, styles: Collection[str], *, is_stale: bool) -> None:
        self.found = SheetXml()
        self.styles, self.is_stale = styles, is_stale
        self.prefix: str | None = None
        self.row = self.column = -1
        self.cell: Attributes = {}
        self.texts: dict[str, str] = {}
        self.within = self.area = ""
        self.filled = 0
        self.default_height = "1"
        """Of rows that have none of their own; only nought is of interest."""

    def listen(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        parser.StartElementHandler = self.start

    def start(self, name: str, each: Attributes) -> None:
        if self.prefix is None:
            self.prefix = name.removesuffix("worksheet")
        self.within = name = name.removeprefix(self.prefix)
        if name == "c":
            at = each.get("r")
            self.column = _column(at.rstrip("0123456789")) if at else self.column + 1
            self.cell = each
            if each.get("s") in self.styles:
                self.found.styles[self.row, self.column] = int(each["s"])
            if each.get("t") == "e":
                self.look_closer({})
        elif name == "f":
            self.area = each.get("ref", "") if each.get("t") == "array" else ""
            self.look_closer({"f": "="})
        elif name == "row":
            self.row, self.column = _whole(each["r"]) - 1 if "r" in each else self.row + 1, -1
            if _is_hidden({"ht": self.default_height, **each}, "ht"):
                self.found.hidden_rows.append(self.row)
        elif name == "sheetFormatPr":
            self.default_height = each.get("defaultRowHeight", "1")
        elif name == "col" and _is_hidden(each, "width"):
            self.found.hidden_columns.append((_whole(each.get("min")) - 1, _whole(each.get("max")) - 1))

    def look_closer(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.parser.CharacterDataHandler, self.parser.EndElementHandler = self.text, self.end

    def text(self, text: str) -> None:
        if self.within in ("f", "v"):
            self.texts[self.within] = self.texts.get(self.within, "") + text

    def end(self, name: str) -> None:
        self.within = ""
        if name != f"{self.prefix}c":
            return
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        value, kind = self.texts.get("v", "").strip(), self.cell.get("t")
        if kind == "e":
            self.found.errors[self.row, self.column] = value or "#N/A"
        elif value in ("", "0") if self.is_stale else value == "" and kind != "str":
            self._fill(self.texts["f"][:_LONGEST])

    def _fill(self, formula: str) -> None:
        """Note a formula for its cell, or for all that it fills."""
        first, _, last = self.area.partition(":")
        (top, left), (bottom, right) = _place(first or "A1"), _place(last or "A1")
        area = (bottom - top + 1) * (right - left + 1) if last else 0
        if area == 0 or self.filled + area > _LARGEST:
            top, left, bottom, right = self.row, self.column, self.row, self.column
        else:
            self.filled += area
        for row in range(top, bottom + 1):
            self.found.unvalued |= {(row, column): formula for column in range(left, right + 1)}


def _has_any(stream: IO[bytes], marks: Collection[bytes]) -> bool:
    """Whether a stream holds one of `marks`, or is in an encoding in which they look otherwise."""
    before = b""
    while bite := stream.read(_BITE):
        window = before + bite
        if b"\0" in window[:4] or any(mark in window for mark in marks):
            return True
        before = bite[-64:]
    return False


def reach_of(xml: bytes) -> tuple[int, int]:
    """Rows and columns that it takes to lay out a part of a workbook in full; of a part without cells none."""
    reader = _ReachReader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    with contextlib.suppress(expat.ExpatError, LookupError):  # what is damaged is found out, and told, elsewhere
        parser.Parse(xml, True)
    return reader.rows, reader.columns


class _ReachReader:
    """Takes the elements of a sheet, and keeps how far its cells reach."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.row = self.column = 0

    def start(self, name: str, each: Attributes) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self.row, self.column = int(told) if (told := each.get("r", "")).isdecimal() else self.row + 1, 0
        elif name == "c":
            at = each.get("r", "")
            letters = at.rstrip("0123456789")
            self.column = _column(letters) + 1 if letters else self.column + 1
            row = int(at[len(letters) :] or 0) if letters else self.row
            self.rows, self.columns = max(self.rows, row), max(self.columns, self.column)


def _yes(text: str | None) -> bool:
    return text in ("1", "true")


def _is_hidden(each: Attributes, size: str) -> bool:
    return _yes(each.get("hidden")) or re.fullmatch(r"0+(\.0*)?", each.get(size, "1")) is not None


def _whole(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,9}", text) else 0


def _place(name: str) -> Place:
    """Row 6 and column 1, counted from 0, of `B7`."""
    letters = name.rstrip("0123456789")
    return _whole(name[len(letters) :]) - 1, _column(letters)


@lru_cache(maxsize=16_384)
def _column(letters: str) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_name(column: int) -> str:
    """`B` of column 1, counted from 0."""
    return (column_name(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def cell_name(place: Place) -> str:
    """`B7` of row 6 and column 1, counted from 0."""
    return f"{column_name(place[1])}{place[0] + 1}"
