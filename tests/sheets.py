"""Workbooks for tests, written part by part: what no library of ours would write is what they are for."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

Cell = str | float | None


def letters(column: int) -> str:
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def cell(at: str, value: Cell, style: int = 0) -> str:
    """A cell of text or of a number; text that begins with `<` is what stands in the cell's element."""
    if isinstance(value, str) and value.startswith("<"):
        return value.replace("<c", f'<c r="{at}" s="{style}"', 1)
    if isinstance(value, str):
        return f'<c r="{at}" s="{style}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return "" if value is None else f'<c r="{at}" s="{style}"><v>{value!r}</v></c>'


def error(code: str, formula: str = "") -> str:
    told = f"<f>{escape(formula)}</f>" if formula else ""
    return f'<c t="e">{told}<v>{code}</v></c>'


def formula(text: str, stored: str | None = None, kind: str = "") -> str:
    told = f' t="{kind}"' if kind else ""
    return f"<c{told}><f>{escape(text)}</f>" + ("" if stored is None else f"<v>{stored}</v>") + "</c>"


def workbook(
    rows: Sequence[Sequence[Cell]],
    *,
    merged: Iterable[str] = (),
    hidden_rows: Mapping[int, str] | None = None,
    columns: str = "",
    formats: Mapping[int, str | int] | None = None,
    book: str = "",
    sheet: str | None = None,
) -> bytes:
    """A workbook of one sheet.

    Args:
        rows: The cells; a style of column N is `formats[N]`.
        merged: Ranges such as `A2:A4`.
        hidden_rows: Attributes that hide a row, by its number from 1.
        columns: What stands in `<cols>`.
        formats: Number formats by column from 0, codes or numbers of built-in ones; the header has none.
        book: What stands in the workbook beside its sheets.
        sheet: The XML of the sheet, instead of all this.
    """
    formats = formats or {}
    styles = {column: place for place, column in enumerate(formats, start=1)}
    body = "".join(
        f'<row r="{line}"{(hidden_rows or {}).get(line, "")}>'
        + "".join(
            cell(f"{letters(n)}{line}", value, styles.get(n, 0) if line > 1 else 0) for n, value in enumerate(row)
        )
        + "</row>"
        for line, row in enumerate(rows, start=1)
    )
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    ranges = f"<mergeCells>{ranges}</mergeCells>" if ranges else ""
    codes = [(f"{200 + place}", code) for place, code in enumerate(formats.values()) if isinstance(code, str)]
    numbers = "".join(f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>' for number, code in codes)
    used = [200 + place if isinstance(code, str) else code for place, code in enumerate(formats.values())]
    xfs = "".join(f'<xf numFmtId="{number}"/>' for number in (0, *used))
    return archive({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="w" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">'
        f'{book}<sheets><sheet name="Export" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="s" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{numbers}</numFmts>'
        f"<cellXfs>{xfs}</cellXfs></styleSheet>",
        "xl/worksheets/sheet1.xml": sheet
        or f'<worksheet xmlns="{MAIN}"><cols>{columns}</cols><sheetData>{body}</sheetData>{ranges}</worksheet>',
    })  # fmt: skip


def archive(parts: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, part in parts.items():
            written.writestr(name, part)
    return file.getvalue()
