"""What a big log costs on its fast way against polars alone, in one run.

    python tests/bench_log.py [ROWS]

Reading is measured against a bare scan of the same columns as text, and reading and counting against a bare query that
counts the same: neither proves that a line is a row, nor takes a digest. Prints the best of each, in time on the clock
and of all cores, and the ratios. Reading is to keep to 1.3. Run it on a machine that does nothing else.
"""

import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from csq.sources.load import load
from csq.sources.log.opening import open_log
from csq.sources.log.pieces import read_pieces
from csq.sources.log.scan import Scan
from csq.sources.reading.read import InputFile
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

ROUNDS = 5
HEADER = ("account_id", "user_id", "date", "feature", "events")
TEXT = dict.fromkeys(HEADER, pl.String())


def write_log(path: Path, rows: int) -> None:
    """Write a log of 5,000 accounts over 441 days."""
    number = pl.col("i")
    account = number * 7919 % 5000
    pl.select(i=pl.int_range(rows)).select(
        account_id=pl.format("{}", account + 100_000),
        user_id=pl.format("u{}", account * 20 + number * 31 % 17),
        date=pl.date(2025, 9, 1) + pl.duration(days=number * 441 // rows),
        feature=pl.format("Feature {}", number * 13 % 12),
        events=number % 9 + 1,
    ).write_csv(path)


def seconds(run: Callable[[], object]) -> tuple[float, float]:
    """How long it takes, on the clock and of all cores."""
    clock, cores = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - clock, time.process_time() - cores


def read(path: Path) -> None:
    """Read the rows on the fast way, and let go of them."""
    file = open_log(InputFile(path, str(path)), ReadOptions())
    fields = dict(zip(("key", "user_id", "date", "feature", "events"), range(5), strict=True))
    scan = Scan(
        delimiter=",",
        width=len(HEADER),
        fields=fields,
        timed=False,
        last_day=date.max,
        by_domain=False,
        needs_id=False,
    )
    for _ in read_pieces(file, scan, hashlib.sha256().update):
        pass


def count_bare(path: Path) -> list[pl.DataFrame]:
    """Events and rows by account and day, first and last day of its users and features, as one would in polars."""
    day, events = pl.col("date"), pl.col("events")
    rows = pl.scan_csv(path, schema=TEXT).with_columns(
        day.str.to_date("%Y-%m-%d"), events.cast(pl.Int64), pl.col("account_id").cast(pl.Categorical())
    )
    recent = day >= date(2026, 9, 20)
    queries = [
        rows.group_by("account_id", "date").agg(events.sum(), rows=pl.len()),
        rows.group_by("account_id", "user_id").agg(events.filter(recent).sum(), first=day.min(), last=day.max()),
        rows.group_by("account_id", "feature").agg(last=day.max(), recent=recent.any()),
    ]
    return pl.collect_all(queries)


def main() -> None:
    """Measure turn by turn, so that what else the machine does falls on all."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usage.csv"
        write_log(path, rows)
        ways: dict[str, Callable[[], object]] = {
            "bare scan": lambda: pl.scan_csv(path, schema=TEXT).collect(),
            "read": lambda: read(path),
            "bare count": lambda: count_bare(path),
            "counted": lambda: load({Role.USAGE: [path]}, ReadOptions(usage_days=28)),
        }
        took: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, run in ways.items():
                took[way].append(seconds(run))
        size = path.stat().st_size / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{rows:,} rows, {size:,.0f} MB, peak {peak:.1f} GB (that of polars alone included)")
    for index, what in enumerate(("clock", "cores")):
        best = {way: min(one[index] for one in times) for way, times in took.items()}
        print(f"{what}: " + ", ".join(f"{way} {time:.2f} s" for way, time in best.items()))
        for way, bare in (("read", "bare scan"), ("counted", "bare count"), ("counted", "bare scan")):
            print(f"  {way} / {bare}: {best[way] / best[bare]:.2f}")


if __name__ == "__main__":
    main()
