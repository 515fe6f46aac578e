"""Mutate a small survey in every kind of file that csq reads: no run on one ends but with 0, 1 or 3.

    python tests/fuzz_files.py 500 [FIRST_SEED]

One process, a minute for 500 on a quiet machine; each seed is one file and gives the same file again. A file that
is refused tries the reader alone, so most are spoiled where they still are files of their kind: in the cells, else in
what an archive holds, else in the bytes. Every second run is a triage. Prints each run that broke a promise, and at the
end the counts and the share that got past the reader.
"""

import csv
import gzip
import io
import os
import random
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import zstandard

from csq.errors import Exit
from fuzz import _run, broken, spoil_bytes, spoil_cells
from sheets import workbook

ALLOWED = (Exit.OK, Exit.FOUND, Exit.INPUT)
HEADER = ["account_id", "csat", "date", "comment"]


def rows(dice: random.Random) -> list[list[str]]:
    """Answers of a few accounts, with odd cells and rows; the header mostly stays, as nothing is read without it."""
    words = ["good", "slow, but kind", 'a 6" pipe', "two\nlines", "", "späť"]
    body = [[f"A-{n % 9}", str(n % 5 + 1), f"2026-11-{n % 28 + 1:02}", dice.choice(words)] for n in range(30)]
    for _ in range(3):
        spoil_cells(dice, body)
    table = [[*HEADER], *body]
    if dice.random() < 0.1:
        spoil_cells(dice, table)
    return table


def text(table: list[list[str]], delimiter: str = ",") -> bytes:
    """As CSV."""
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(table)
    return file.getvalue().encode("utf-8", "replace")


def archive(parts: dict[str, bytes]) -> bytes:
    """As a ZIP of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def spreadsheet(table: list[list[str]]) -> bytes:
    """As an OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{_safe(c)}</text:p></table:table-cell>' for c in row
        )
        + "</table:table-row>"
        for row in table
    )
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    sheet = f'<office:spreadsheet><table:table table:name="a">{cells}</table:table></office:spreadsheet>'
    body = f"<office:body>{sheet}</office:body>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.2">{body}</office:document-content>'
    )
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return archive({"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def page(table: list[list[str]]) -> bytes:
    """As HTML, which many a tool calls .xls."""
    lines = "".join("<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>" for row in table)
    return f'<meta charset="utf-8"><table>{lines}</table>'.encode()


def _safe(cell: str) -> str:
    plain = "".join(c for c in cell if c.isprintable())
    return plain.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace").decode()


def columns(table: list[list[str]]) -> bytes:
    """As Parquet."""
    out = io.BytesIO()
    schema = dict.fromkeys(HEADER, pl.String())
    body = [[cell.encode("utf-8", "replace").decode() for cell in [*row, *[""] * 4][:4]] for row in table[1:]]
    pl.DataFrame(body, schema=schema, orient="row").write_parquet(out)
    return out.getvalue()


KINDS: dict[str, Callable[[list[list[str]]], bytes]] = {
    "csv": text,
    "tsv": lambda table: text(table, "\t"),
    "xlsx": lambda table: workbook([[_safe(cell) for cell in row] for row in table]),
    "ods": spreadsheet,
    "parquet": columns,
    "csv.gz": lambda table: gzip.compress(text(table), mtime=0),
    "csv.zst": lambda table: zstandard.compress(text(table)),
    "zip": lambda table: archive({"survey.csv": text(table)}),
    "xls": page,
}
PACKED = (b"PK", b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
"""How an archive begins."""


def spoil_part(dice: random.Random, data: bytes) -> bytes:
    """Spoil what lies in an archive, and pack it again."""
    if data.startswith(b"\x1f\x8b"):
        return gzip.compress(spoil_bytes(dice, gzip.decompress(data)), mtime=0)
    if data.startswith(b"\x28\xb5\x2f\xfd"):
        return zstandard.compress(spoil_bytes(dice, zstandard.decompress(data)))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    name = dice.choice(sorted(parts))
    return archive({**parts, name: spoil_bytes(dice, parts[name])})


def case(seed: int) -> tuple[str, bytes]:
    """The name of a file and what stands in it."""
    dice = random.Random(seed)
    kind = [*KINDS][seed % len(KINDS)]
    table = rows(dice)
    depth = dice.choices(["cells", "part", "file"], [7, 2, 1])[0]
    data = KINDS[kind](table)
    if depth == "part" and data.startswith(PACKED):
        data = spoil_part(dice, data)
    elif depth != "cells":
        data = spoil_bytes(dice, data)
    return f"survey.{kind}", data


def fuzz(count: int, first: int = 0) -> int:
    """Check `count` files; return how many broke a promise."""
    ends: dict[tuple[str, int], int] = {}
    bad, longest = 0, 0.0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as room:
            name, data = case(seed)
            Path(room, name).write_bytes(data)
            os.chdir(room)
            command = ["check"] if seed // len(KINDS) % 2 else ["triage", "-f", "json", "--max-rejects", "100%"]
            argv = [*command, "--csat", name, "--csat-scale", "1-5"]
            code, stdout, stderr, seconds = _run(argv, Path(room))
            os.chdir("/")
        kind = name.partition(".")[2]
        ends[kind, code] = ends.get((kind, code), 0) + 1
        longest = max(longest, seconds)
        found = broken(argv, code, stdout, stderr, seconds)
        if code not in ALLOWED or found:
            bad += 1
            sys.stdout.write(f"seed {seed}, {name}: exit {code}; {'; '.join(found)}\n  {stderr[-600:]}\n")
            sys.stdout.flush()
    read = sum(number for (_, code), number in ends.items() if code != Exit.INPUT)
    told = f"{read} got past the reader, {bad} broke a promise; the longest took {longest:.1f} s"
    sys.stdout.write(f"{count} files from seed {first}: {told}\n")
    for (kind, code), number in sorted(ends.items()):
        sys.stdout.write(f"  {kind}: exit {code} {number} times\n")
    return bad


if __name__ == "__main__":
    sys.exit(bool(fuzz(*map(int, sys.argv[1:]))))
