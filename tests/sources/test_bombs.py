"""Files that are small on the disk and unpack to far more: refused in a sentence, and with little memory.

Each bomb goes through the command as a person would meet it. A run of csq that reads nothing takes about 70 MB, and no
more than 64 MB, or 30 times the packed size, is ever unpacked; so what a run may take is bounded here by 700 MB.
"""

import gzip
import io
import random
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import zstandard

from csq.errors import Exit
from sheets import archive, workbook

MEGABYTE = 1 << 20
HEADER = b"account_id,user_id,date,feature,events\n"
ROWS = b"A-1,u1,2026-11-10,Reports,5\n" * (MEGABYTE // 28)
ALLOWED = 700 * MEGABYTE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="cannot tell what memory a run has taken")


def gz(unit: bytes = ROWS, times: int = 300) -> bytes:
    """A member of one block, which stands on its own, so many times over; it is given up before its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(HEADER) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + (packer.compress(unit) + packer.flush(zlib.Z_FULL_FLUSH)) * times


def zst(times: int = 300) -> bytes:
    return zstandard.compress(HEADER) + zstandard.compress(ROWS) * times


def zipped(
    name: str = "usage.csv", kind: int = zipfile.ZIP_DEFLATED, megabytes: int = 300, noise: bytes = b""
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind, compresslevel=1) as made, made.open(name, "w") as stream:
        stream.write(HEADER + noise)
        for _ in range(megabytes):
            stream.write(bytes(MEGABYTE))
    return file.getvalue()


def said_to_be(data: bytes, size: int) -> bytes:
    """A zip whose directory says that each member is so large unpacked."""
    told, at = bytearray(data), data.find(b"PK\x01\x02")
    while at >= 0:
        told[at + 24 : at + 28] = size.to_bytes(4, "little")
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(told)


def book(**changes: str) -> bytes:
    """A workbook with parts put in the place of its own; `sheet` stands for the rows of its sheet below the header."""
    with zipfile.ZipFile(io.BytesIO(workbook([["account_id", "date", "events"]]))) as file:
        parts = {name: file.read(name).decode() for name in file.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(
        "</sheetData>", f"{changes.pop('sheet', '')}</sheetData>{changes.pop('end', '')}"
    )
    return archive(parts | {name.replace("__", "/").replace("_xml", ".xml"): text for name, text in changes.items()})


def cells(count: int, text: str) -> str:
    return "".join(f'<row r="{row}"><c r="A{row}" {text}</c></row>' for row in range(2, count + 2))


def shared() -> bytes:
    """One text of 32,000 characters, which 20,000 cells name: 640 MB in 200 KB."""
    texts = f"<sst><si><t>{'x' * 32_000}</t></si></sst>"
    return book(xl__sharedStrings_xml=texts, sheet=cells(20_000, 't="s"><v>0</v>'))


def merged() -> bytes:
    """One cell of 32,000 characters, merged over 20,000 rows that have something of their own."""
    first = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{"x" * 32_000}</t></is></c><c r="B2"><v>1</v></c></row>'
    rows = "".join(f'<row r="{row}"><c r="B{row}"><v>1</v></c></row>' for row in range(3, 20_000))
    return book(sheet=first + rows, end='<mergeCells count="1"><mergeCell ref="A2:A19999"/></mergeCells>')


def parquet(rows: int, name: str, kind: type[pl.DataType] = pl.String) -> bytes:
    file = io.BytesIO()
    frame = pl.select(account_id=pl.repeat(name, rows).cast(kind), date=pl.lit("2026-11-10"), events=pl.lit(1))
    frame.write_parquet(file, compression="zstd")
    return file.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "rows.csv.gz": gz,
    "zeros.csv.gz": lambda: gz(bytes(MEGABYTE)),
    "members.csv.gz": lambda: gzip.compress(ROWS * 10) * 40,  # one after the other, as gzip allows
    "twice.csv.gz": lambda: gzip.compress(gz()),
    "frames.csv.zst": zst,
    "rows.zip": zipped,
    "twice.zip": lambda: archive_of("inner.zip", zipped()),
    "gz in a.zip": lambda: archive_of("usage.csv.gz", gz()),
    "part.xlsx": lambda: book(xl__media__picture_xml="\0" * (300 * MEGABYTE)),
    "part said to be small.xlsx": lambda: said_to_be(book(xl__media__picture_xml="\0" * (300 * MEGABYTE)), 5000),
    "shared.xlsx": shared,
    "merged.xlsx": merged,
    "rows.parquet": lambda: parquet(12_000_000, "A-1"),
    "text.parquet": lambda: parquet(20_000, "A" * 32_000),
}


def archive_of(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(name, data)
    return file.getvalue()


RUN = """import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""In a process of its own, or what the tests have taken themselves would count."""


def run(path: Path, output: Path) -> tuple[int, str, int]:
    """How a run over a file ends, what it says, and the most memory that it had, in bytes."""
    csq = [sys.executable, "-m", "csq", "triage", "--usage", str(path), "-q", "-o", str(output)]
    done = subprocess.run([sys.executable, "-c", RUN, *csq], capture_output=True, text=True, check=True)
    code, taken = map(int, done.stdout.split())
    return code, done.stderr, taken * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_small_and_unpacks_to_far_more_is_refused_with_little_memory(tmp_path, name):
    data = BOMBS[name]()
    assert len(data) < 3 * MEGABYTE
    (tmp_path / name).write_bytes(data)
    (tmp_path / "week.csv").write_text("last week")
    code, said, taken = run(tmp_path / name, tmp_path / "week.csv")
    assert code == Exit.INPUT
    assert re.match(rf"error: `{re.escape(str(tmp_path / name))}` (would unpack|unpacks) to more than ", said)
    assert taken < ALLOWED
    assert (tmp_path / "week.csv").read_text() == "last week"


@pytest.mark.parametrize("kind", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("more", [0, 2 * MEGABYTE])  # large logs are unpacked elsewhere than small files
def test_a_zip_that_cannot_be_unpacked_bit_by_bit_is_refused_by_name(tmp_path, kind, more):
    """Python unpacks all that it has read of such a member at once, whatever size it is said to be."""
    data = zipped(kind=kind, megabytes=20, noise=random.Random(0).randbytes(more))
    (tmp_path / "usage.zip").write_bytes(said_to_be(data, 1000))
    code, said, taken = run(tmp_path / "usage.zip", tmp_path / "week.csv")
    assert (code, "is a zip packed otherwise than is usual" in said) == (Exit.INPUT, True)
    assert taken < ALLOWED


def test_a_zip_that_lies_about_its_size_is_read_no_further_than_it_says(tmp_path):
    (tmp_path / "usage.zip").write_bytes(said_to_be(zipped(), 1000))
    code, said, taken = run(tmp_path / "usage.zip", tmp_path / "week.csv")
    assert (code, "is a damaged zip file" in said) == (Exit.INPUT, True)
    assert taken < ALLOWED


def test_a_formula_that_fills_many_cells_is_told_in_short(tmp_path):
    """Its text stands in each of the cells; 90,000 times 100,000 characters are 9 GB."""
    formula = f'<c r="A2"><f t="array" ref="A2:A90001">{"1+" * 50_000}1</f></c>'
    rows = "".join(
        f'<row r="{row}">{formula if row == 2 else ""}<c r="B{row}"><v>1</v></c></row>' for row in range(2, 90_002)
    )
    (tmp_path / "usage.xlsx").write_bytes(book(sheet=f'<row r="2">{formula}</row>{rows}'))
    code, said, taken = run(tmp_path / "usage.xlsx", tmp_path / "week.csv")
    assert code == Exit.INPUT
    assert len(said) < 2000
    assert taken < ALLOWED


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_a_table_whose_texts_repeat_is_no_bomb(csq, tmp_path, kind):
    (tmp_path / "usage.parquet").write_bytes(parquet(20_000, "A-1", kind))
    assert csq("triage", "--usage", "usage.parquet", "-q", "-f", "csv").code == Exit.OK
    texts = f"<sst><si><t>A-1</t></si><si><t>{'x' * 30_000}</t></si></sst>"
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c><c r="B{row}" t="inlineStr"><is><t>2026-11-{row % 28 + 1:02}'
        f'</t></is></c><c r="C{row}"><v>1</v></c></row>'
        for row in range(2, 10_000)
    )
    (tmp_path / "usage.xlsx").write_bytes(book(xl__sharedStrings_xml=texts, sheet=rows))
    result = csq("triage", "--usage", "usage.xlsx", "-q", "-f", "csv")
    assert not result.stderr.startswith("error: `usage.xlsx` would unpack")
