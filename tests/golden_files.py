"""The golden files: one report, and an empty one, in every format, and the packaged playbook as a run reads it.

Run this file to write them anew, then read them.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from csq.playbook.load import AS_JSON, BUILT_IN, PACKAGED, check_playbook
from csq.render import Format, Options, render
from csq.report import Report
from csq.section import plain
from factories import accounts, report

FOLDER = Path(__file__).parent / "golden"

AWKWARD = report()
EMPTY = report(accounts=accounts(), cuts=(), gaps=(), notes=(), pinned="", weighted=False)

CASES: Mapping[str, tuple[Report, Format, Options]] = {
    "awkward.csv": (AWKWARD, Format.CSV, Options()),
    "awkward.tsv": (AWKWARD, Format.TSV, Options()),
    "awkward.json": (AWKWARD, Format.JSON, Options()),
    "awkward.jsonl": (AWKWARD, Format.JSONL, Options()),
    "awkward-80.txt": (AWKWARD, Format.TERMINAL, Options(width=80)),
    "awkward-120.txt": (AWKWARD, Format.TERMINAL, Options(width=120)),
    "awkward-piped.txt": (AWKWARD, Format.TERMINAL, Options()),
    "awkward-whole-80-colour.txt": (AWKWARD, Format.TERMINAL, Options(width=80, colour=True, whole=True)),
    "awkward-whole-120.txt": (AWKWARD, Format.TERMINAL, Options(width=120, whole=True)),
    "awkward-whole-piped.txt": (AWKWARD, Format.TERMINAL, Options(whole=True)),
    "awkward-brief.txt": (AWKWARD, Format.BRIEF, Options()),
    "awkward.md": (AWKWARD, Format.MARKDOWN, Options()),
    "awkward.html": (AWKWARD, Format.HTML, Options()),
    "empty.csv": (EMPTY, Format.CSV, Options()),
    "empty.tsv": (EMPTY, Format.TSV, Options()),
    "empty.json": (EMPTY, Format.JSON, Options()),
    "empty.jsonl": (EMPTY, Format.JSONL, Options()),
    "empty.md": (EMPTY, Format.MARKDOWN, Options()),
    "empty.html": (EMPTY, Format.HTML, Options()),
    "empty-80.txt": (EMPTY, Format.TERMINAL, Options(width=80)),
    "empty-whole-80.txt": (EMPTY, Format.TERMINAL, Options(width=80, whole=True)),
    "empty-brief.txt": (EMPTY, Format.BRIEF, Options()),
}
"""File name: what is rendered, and how."""


def packaged_as_json() -> str:
    """The packaged playbook, for a run that asks for no other."""
    playbook, _ = check_playbook(PACKAGED.read_text(encoding="utf-8"), BUILT_IN)
    assert playbook
    return json.dumps(plain(playbook, with_defaults=False), ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    for name, (what, how, options) in CASES.items():
        (FOLDER / name).write_bytes(render(what, how, options))
    AS_JSON.write_text(packaged_as_json(), encoding="utf-8")
