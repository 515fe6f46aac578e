"""What logs of many rows cost csq, and what they cost others, as the table that `csq/README.md` shows.

    python tests/bench_scale.py [ROWS ...]

Writes a year's log of so many rows (1, 10 and 100 million when none are told), as CSV, gz and Parquet, and its last
week. Each way runs in a process of its own, turn by turn, so that what else the machine does falls on all: the median
of the time of all cores, the ratio to DuckDB (the same counts), and the peak of memory. What is not installed is left
out. One new week is `csq rollup` of it and a triage of the rollup; its ratios are to a triage of the whole log, and to
the rollup of all of it. As an installed csq is, this one is compiled before.
"""

import compileall
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import polars as pl

ROUNDS = 3
EVENTS, VISITS = 20, 500_000
"""Rows of a user on a day, and how many such days there are at most: of more rows each has more."""
MANY = 50_000_000
"""Rows from which on each way runs once, and pandas not at all, which holds all of them."""
DUCKDB = """
import duckdb
rows = "read_csv('{log}', header=true, types={{'account_id': 'VARCHAR', 'date': 'DATE', 'events': 'BIGINT'}})"
for by in ("date", "user_id", "feature"):
    sums = "sum(events), count(*), min(date), max(date)"
    duckdb.sql(f"create temp table by_{{by}} as select account_id, {{by}}, {{sums}} from {{rows}} group by all")
"""
POLARS = """
import polars as pl
pl.scan_csv('{log}').select(pl.all().count()).collect(engine='streaming')
"""
PANDAS = """
import pandas as pd
rows = pd.read_csv('{log}', dtype={{'account_id': 'category', 'user_id': 'category', 'feature': 'category'}})
for by in ('date', 'user_id', 'feature'):
    rows.groupby(['account_id', by], observed=True).events.sum()
"""
YEAR, WEEK = "csq rollup, the year", "csq, one new week: its rollup and the triage"
PEERS = {"duckdb": DUCKDB, "polars": POLARS, "pandas": PANDAS}


def write_year(path: Path, rows: int) -> None:
    """Write a log of 5,000 accounts and 100,000 users over 365 days: who is there on a day does 20 things or more.

    Of at most two features, as people do who come to work; were each row another user, day and feature, a rollup would
    have as many rows as the log.
    """
    number = pl.col("i")
    visit = number // max(EVENTS, rows // VISITS)
    user = visit.hash(3) % 100_000
    pl.select(i=pl.int_range(rows)).lazy().select(
        account_id=pl.format("A-{}", user % 5000 + 100_000),
        user_id=pl.format("u{}", user),
        date=pl.date(2025, 11, 1) + pl.duration(days=number * 365 // rows),
        feature=pl.format("Feature {}", (user * 7 + (number.hash(7) + visit) % 2) % 40),
        events=number.hash(9) % 9 + 1,
    ).sink_csv(path)


def measure(words: Sequence[str]) -> tuple[float, float]:
    """Seconds of all cores, and peak memory in GB, of a process."""
    run = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode:
        raise SystemExit(f"{' '.join(words)[:200]} ended with {run.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def ways_for(place: Path, rows: int) -> Mapping[str, list[list[str]]]:
    """The commands of each way, one after the other."""
    csq = [sys.executable, "-m", "csq"]
    names = {"CSV": "log.csv", "gz": "log.csv.gz", "Parquet in a folder": "parquet"}
    ways = {f"csq, {form}": [[*csq, "triage", "--usage", str(place / name), "-q"]] for form, name in names.items()}
    again = [*csq, "rollup", str(place / "week.csv"), "-o", str(place / "rollup"), "-q"]
    ways[YEAR] = [[*csq, "rollup", str(place / "log.csv"), "-o", str(place / "rollup"), "-q"]]
    ways[WEEK] = [again, [*csq, "triage", "--usage", str(place / "rollup"), "-q"]]
    for peer, code in PEERS.items():
        if find_spec(peer) and (peer != "pandas" or rows < MANY):
            ways[peer] = [[sys.executable, "-c", code.format(log=place / "log.csv")]]
    return ways


def lay_out(place: Path, rows: int) -> None:
    """Write the log in every form, and its last week."""
    write_year(place / "log.csv", rows)
    log = pl.scan_csv(place / "log.csv", try_parse_dates=True)
    log.sink_parquet(place / "parquet" / "log.parquet", mkdir=True)
    log.filter(pl.col("date") >= pl.date(2026, 10, 25)).sink_csv(place / "week.csv")
    with (place / "log.csv").open("rb") as plain, gzip.open(place / "log.csv.gz", "wb", compresslevel=1) as packed:
        shutil.copyfileobj(plain, packed, 2**20)


def table(rows: int) -> str:
    """The lines of the table for so many rows."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        lay_out(place, rows)
        found: dict[str, list[tuple[float, float]]] = {}
        for _ in range(1 if rows >= MANY else ROUNDS):
            for way, runs in ways_for(place, rows).items():
                times = [measure(words) for words in runs]
                found.setdefault(way, []).append((sum(time for time, _ in times), max(peak for _, peak in times)))
    seconds = {way: statistics.median(time for time, _ in each) for way, each in found.items()}
    base = seconds.get("duckdb", seconds["polars"])
    lines = []
    for way, each in found.items():
        of = {"csq, CSV": "csq, CSV", YEAR: "the rollup"} if way == WEEK else {}
        ratios = [f"{seconds[way] / seconds[other]:.2f} of {name}" for other, name in of.items()]
        told = ", ".join(ratios) or f"{seconds[way] / base:.2f}"
        lines.append(f"| {rows:,} | {way} | {seconds[way]:.1f} | {told} | {max(peak for _, peak in each):.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(__file__).parent.parent / "csq", quiet=1)
    base = "duckdb" if find_spec("duckdb") else "polars"
    print(f"| rows | way | seconds of all cores | ratio to {base} | peak GB |\n|---|---|---|---|---|", flush=True)
    for rows in [int(word) for word in sys.argv[1:]] or [10**6, 10**7, 10**8]:
        print(table(rows), flush=True)


if __name__ == "__main__":
    main()
