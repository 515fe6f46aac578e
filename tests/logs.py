"""Usage logs that are read as big ones and as any others, and what has to be equal then."""

import random
import re
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from csq.facts.row_accounting import joins
from csq.facts.usage import log_facts
from csq.fate import account
from csq.pipeline import settle_as_of
from csq.report import Join, Note
from csq.sources.load import Tables, load
from csq.sources.log import opening, pieces
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

LAST = date(2026, 11, 16)
OPTIONS = ReadOptions(usage_days=28, run_day=date(2026, 11, 20))
HEADER = "account_id,user_id,date,feature,events"
COUNTED, TWICE, WHOLE, ANYHOW = "counted", "read twice", "read whole", "anyhow"

DIRT = (
    "A-001,u1,2026-02-30,Rosters,1",
    "A-001,u1,some day,Rosters,1",
    "A-001,u1,,Rosters,1",
    "A-001,u1,2027-01-01,Rosters,1",
    ",u1,2026-11-01,Rosters,1",
    "n/a,u1,2026-11-01,Rosters,1",
    "A-001,u1,2026-11-01,Rosters,-4",
    "(not set),u9,2026-11-01,Reports,1",
    "A\u00a0-003,u1,2026-11-01,Rosters,2",
    "  A-003 ,u1,2026-11-01,  Rosters ,2",
    "A-001,u1,2026-11-01,Rosters,many",
    "A-001,u1,2026-11-01,Rosters,1.5",
    "A-001,u1,2026-11-01,Rosters,0",
    'A-001,u1,2026-11-01,"Rosters,\nweekly",2',
    'A-001,"u\n\n""1""",2026-11-01,"a, b",2',
    ",,,,",
    "",
    HEADER,
    "A-002,u3,2026-11-01,caf\u00e9,3",
)
"""Lines that a strict parser takes. The first seven are rejected."""
REJECTED = 7


def clean_lines(count: int, *, first: date = date(2025, 9, 1), last: date = LAST) -> list[str]:
    """Rows of thirty accounts, some with a quoted cell, the days in no order."""
    dice = random.Random(3)
    days = (last - first).days
    features = ("Rosters", '"Leave, requests"', "")
    return [
        f"A-{dice.randrange(30):03},u{dice.randrange(90)},{first + timedelta(days=dice.randrange(days) + 1)},"
        f"{features[row % 3]},{dice.randrange(4)}"
        for row in range(count)
    ]


def dirty_lines(count: int = 150) -> list[str]:
    """Clean lines first, so that the beginning is a table; then dirt among them."""
    lines = clean_lines(count)
    dice = random.Random(5)
    for dirt in (*DIRT, *DIRT):
        lines.insert(dice.randrange(40, count), dirt)
    return lines


def write(path: Path, lines: list[str], header: str = HEADER, end: str = "\n") -> Path:
    path.write_bytes((end.join([header, *lines]) + end).encode())
    return path


def write_accounts(folder: Path) -> Path:
    """Of these 24 accounts two are no customers, five share the key `A-029`; the rest of a log's are unknown."""
    lines = [f"A-{n:03},Name {n},{'churned' if n < 2 else 'active'},{'A-029' if n < 5 else n}" for n in range(24)]
    return write(folder / "accounts.csv", lines, "account_id,account_name,status,external_id")


def make_big(monkeypatch: pytest.MonkeyPatch, *, batch: int, head: int) -> None:
    """From here on any usage file is big, and little is read of it at a time."""
    monkeypatch.setattr("csq.sources.load.BIG", 0)
    monkeypatch.setattr("csq.sources.load.HUGE", 0)
    monkeypatch.setattr(opening, "HEAD", head)
    monkeypatch.setattr(opening, "SPOT", head // 32)
    monkeypatch.setattr(pieces, "HEAD", head)
    monkeypatch.setattr(pieces, "PIECE", batch)
    monkeypatch.setattr(pieces, "PART", batch // 4)
    monkeypatch.setattr(pieces, "DOUBTFUL", batch // 8)


def both(
    monkeypatch: pytest.MonkeyPatch,
    usage: list[Path],
    accounts: Path | None = None,
    *,
    batch: int = 2000,
    head: int = 1000,
    options: ReadOptions = OPTIONS,
    contacts: Path | None = None,
) -> tuple[Tables, Tables]:
    """The same files as a big log, and as any other."""
    paths = {Role.USAGE: usage} | ({Role.ACCOUNTS: [accounts]} if accounts else {})
    paths |= {Role.CONTACTS: [contacts]} if contacts else {}
    monkeypatch.setattr("csq.sources.load.BIG", 10**12)
    whole = load(paths, options)
    make_big(monkeypatch, batch=batch, head=head)
    return load(paths, options), whole


def _without_line(note: Note) -> Note:
    return note._replace(text=re.sub(r"^(repaired a cell .*?), first on line [\d,]+", r"\1", note.text))


def _counted_joins(tables: Tables, population: pl.DataFrame) -> list[Join]:
    """How the rows met the accounts. What a key that is not taken would have matched is not counted of a big log."""
    return [join._replace(runner_up=None, runner_up_rows=0) for join in joins(tables, population)]


def same(big: Tables, whole: Tables, way: str | None = None, told: date | None = None) -> None:
    """Everything that is known of the rows is equal, but for a note that they were read whole, or twice."""
    own = [note for note in big.notes if "usage files" in note.text]
    assert way == ANYHOW or (big.roles[Role.USAGE].counts is not None) is (way != WHOLE), own
    if way and way != ANYHOW:
        assert [way in note.text for note in own] == ([] if way == COUNTED else [True])
    # A counted row has no line, so that of a repaired id is not told.
    assert [_without_line(note) for note in big.notes if note not in own] == [_without_line(n) for n in whole.notes]
    assert big.files == whole.files
    assert_frame_equal(big.rejects, whole.rejects)
    assert_frame_equal(big.faults, whole.faults)
    for name in ("key", "ambiguous", "grain", "damage"):
        assert getattr(big.roles[Role.USAGE], name) == getattr(whole.roles[Role.USAGE], name)
    as_of = settle_as_of(big, told)
    assert as_of == settle_as_of(whole, told)
    members = whole.roles[Role.USAGE].keyed["account_id"].drop_nulls().unique().sort()
    population = pl.DataFrame({"account_id": ["nobody", *members[:20]]}).with_columns(
        seats=pl.lit(10), features_entitled=pl.lit("Rosters"), contract_value=pl.lit(None, pl.Decimal(38, 2))
    )
    one, other = (log_facts(tables.roles[Role.USAGE], population, as_of.day, 28) for tables in (big, whole))
    assert_frame_equal(one.frame, other.frame)
    assert_frame_equal(one.features.rows, other.features.rows)
    assert one.features.in_log.to_list() == other.features.in_log.to_list()
    assert one.features.unlimited.to_list() == other.features.unlimited.to_list()
    assert_frame_equal(*(found.fates.sort(pl.all()) for found in (one, other)))
    assert one.window == other.window
    of_accounts = {role: rows.frame for role, rows in whole.roles.items()}
    assert _counted_joins(big, population) == _counted_joins(whole, population)
    assert account(big.files, {**of_accounts, Role.USAGE: one.fates}) == account(
        whole.files, {**of_accounts, Role.USAGE: other.fates}
    )
