"""Bytes to text: the encoding is told, or proved from the bytes; a guess is always said.

A byte order mark decides, then the pattern of NUL bytes that UTF-16 makes of Latin letters, then UTF-8 if every byte
fits, and last Windows-1252. Files that are text of another kind, such as a login page, are refused here by name.
"""

import codecs
import re
from typing import NamedTuple

from csq.errors import InputError, Location
from csq.regex import regex
from csq.sources.reading.grid import spans

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NAMES = {"utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}
_PART = 1 << 20
_SAMPLE = 4096
_HEAD = 16 * _SAMPLE


class Decoded(NamedTuple):
    """Text without its byte order mark: bytes where the file was UTF-8 already, so that it is not held twice."""

    other: str = ""
    utf8: bytes | None = None
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All of it."""
        return self.other if self.utf8 is None else self.utf8.decode()

    @property
    def head(self) -> str:
        """Its beginning."""
        return self.other[:_HEAD] if self.utf8 is None else self.utf8[: 4 * _HEAD].decode(errors="ignore")


def decode(data: bytes, label: str, told: str | None = None) -> Decoded:
    """Decode `data`, by the encoding that was told or by what the bytes prove.

    Raises:
        InputError: The told encoding is unknown or does not fit, or the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark) and (told is None or _same(told, encoding)):
            return _decoded(data[len(mark) :], label, encoding, marked=True)
    if told is not None:
        return _by_name(data, label, told)
    wide = _by_nul_bytes(data[:_SAMPLE])
    if wide:
        return _decoded(data, label, wide)
    if (start := _stray_from(data)) is None:
        return Decoded(utf8=data)
    line = data.count(b"\n", 0, start) + 1
    if _binary(data[:_SAMPLE]):
        raise _not_text(label)
    mixed = data.decode("utf-8", _ODD)
    odd = [line for line, text in enumerate(mixed.split("\n"), start=1) if _STRAY.search(text)]
    # Windows-1252 makes next to no letter of UTF-8 by chance.
    if sum(map(len, _BEYOND_ASCII.findall(mixed))) * 10 >= sum(map(len, _STRAY.findall(mixed))):
        told = f"{spans(odd)} read as Windows-1252, all others as UTF-8; `--encoding NAME` tells another for all"
        return Decoded(_STRAY.sub(_as_cp1252, mixed), notes=(told,))
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise InputError(
            f"the encoding of `{label}` is neither UTF-8 nor Windows-1252",
            location=Location(label=label, line=data.count(b"\n", 0, error.start) + 1),
            hint="pass `--encoding NAME`, such as `mac-roman`, or save it as `CSV UTF-8`",
        ) from None
    return Decoded(
        text,
        notes=(f"read as Windows-1252, because line {line:,} is not UTF-8; `--encoding NAME` tells it another",),
    )


def _stray_from(data: bytes) -> int | None:
    """Where the first byte is that is no UTF-8; a part at a time, for the text of all would be held for nothing."""
    if data.isascii():
        return None
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, len(data), _PART):
        held = len(decoder.getstate()[0])  # a character may go on in the next part
        try:
            decoder.decode(data[at : at + _PART], final=at + _PART >= len(data))
        except UnicodeDecodeError as error:
            return at - held + error.start
    return None


_ODD = "surrogateescape"
"""How Python keeps a byte that is no UTF-8: as a character of its own, which no UTF-8 text has."""
_STRAY = regex("[\udc80-\udcff]+")
_BEYOND_ASCII = regex("[\u0080-\ud7ff\ue000-\U0010ffff]+")


def _as_cp1252(stray: re.Match[str]) -> str:
    return stray[0].encode("utf-8", _ODD).decode("cp1252", "replace")


def _same(told: str, encoding: str) -> bool:
    """Whether a told name such as `utf-16` or `utf-8-sig` is served by the encoding of the mark found."""
    return told.casefold().replace("_", "-").removesuffix("-sig") in (encoding, encoding[:-3])


def _by_name(data: bytes, label: str, told: str) -> Decoded:
    try:
        return _decoded(data, label, codecs.lookup(told).name)
    except (LookupError, ValueError):  # a name may hold what no name can
        raise InputError(
            f"no encoding is called `{told}`", hint="try `utf-8`, `utf-16`, `cp1252`, `mac-roman` or `shift-jis`"
        ) from None


def _decoded(data: bytes, label: str, encoding: str, *, marked: bool = False) -> Decoded:
    try:
        if encoding == "utf-8" and _stray_from(data) is None:
            return Decoded(utf8=data)
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"`{label}` is not {_NAMES.get(encoding, encoding)}",
            location=Location(label=label, line=data.count(b"\n", 0, error.start) + 1),
            hint="leave `--encoding` out, or give the one it was saved in",
        ) from None
    except UnicodeError as error:
        raise InputError(f"`{label}` is not {encoding}: {error}") from None
    note = f"read as {_NAMES.get(encoding, encoding)}{'' if marked else ', by its bytes'}"
    return Decoded(text.removeprefix("\ufeff"), notes=(note,))


def _by_nul_bytes(sample: bytes) -> str | None:
    """UTF-16 without a mark: nearly every second byte is NUL, and hardly any other."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half < 2:
        return None
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _binary(sample: bytes) -> bool:
    return sum(byte < 32 and byte not in b"\t\n\v\f\r\x1c\x1d\x1e\x1f\x01" for byte in sample) > 0.02 * len(sample)


def _not_text(label: str) -> InputError:
    return InputError(f"`{label}` is a binary file of an unknown kind", hint="export the table as CSV, XLSX or Parquet")


_PAGE = regex(r"\s*(<\?xml|<!doctype|<html|<head|<body|<!--|<meta|<style|<table)", re.IGNORECASE)
_SPREADSHEET_XML = regex(r"urn:schemas-microsoft-com:office:spreadsheet|progid=\"Excel\.Sheet\"")
_TABLE = regex(r"<table\b", re.IGNORECASE)
_MIME = regex(r"\s*(MIME-Version:|Content-Type: *multipart/)", re.IGNORECASE)
_JSON = regex(r'\s*(\{\s*("|\}\s*$)|\[\s*([\[{"\]]))')
_SQL = regex(
    r"\s*(select\s+(?=[^\n]*[*'(=])[^,\n]*\bas\s+\w+\s*(,|;|$)|insert\s+into\b|create\s+table\b)",
    re.IGNORECASE | re.MULTILINE,
)
"""A question may begin with `Select`, too: only with an operator and a name given by `as` is it a query."""


def refuse_other_text(begin: str, label: str) -> None:
    """Raise InputError if a text begins as a web page, XML, JSON, SQL or bytes in disguise: none of them is a table."""
    head = begin[:_SAMPLE]
    save = "open it in a spreadsheet, and save it as .xlsx or as CSV"
    if _MIME.match(head):
        raise InputError(f"`{label}` is a web archive (MHTML), as tools write that call it .xls", hint=save)
    page = _PAGE.match(head)
    if page and _SPREADSHEET_XML.search(head):
        raise InputError(f"`{label}` is a spreadsheet in XML (SpreadsheetML)", hint=save)
    if page and _TABLE.search(begin):
        raise InputError(f"`{label}` is a web page with a table (HTML), as tools write that call it .xls", hint=save)
    if page:
        if page[1].casefold() == "<?xml" and "<html" not in head.casefold():
            raise InputError(f"`{label}` is XML", hint="export it as CSV or XLSX")
        raise InputError(
            f"`{label}` is a web page, perhaps a login page saved in place of the export",
            hint="log in to the tool and export it again",
        )
    if _JSON.match(head):
        raise InputError(
            f"`{label}` is JSON, perhaps an error that was saved in place of the export",
            hint="look into it; then export the table as CSV or XLSX",
        )
    if _SQL.match(head):
        raise InputError(f"`{label}` is an SQL query", hint="run it, and give its result as CSV")
    if head.count("\0") > 0.2 * len(head) or _binary(head.replace("\0", "").encode("latin-1", "replace")):
        raise _not_text(label)
