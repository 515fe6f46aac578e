"""What counting a big log costs against a bare polars scan of the same columns, in one run.

    python tests/bench_log.py [ROWS]

Prints the ratio of the best of three each, in time on the clock and of all cores. The aim is 1.3 at most. Run it on a
machine that does nothing else.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from csq.sources.load import load
from csq.sources.tables import ReadOptions
from csq.terms import Role

ROUNDS = 3
HEADER = ("account_id", "user_id", "date", "feature", "events")


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


def main() -> None:
    """Measure turn by turn, so that what else the machine does falls on both."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "usage.csv"
        write_log(path, rows)
        schema = dict.fromkeys(HEADER, pl.String())
        scans, counts = [], []
        for _ in range(ROUNDS):
            scans.append(seconds(lambda: pl.scan_csv(path, schema=schema).collect()))
            counts.append(seconds(lambda: load({Role.USAGE: [path]}, ReadOptions(usage_days=28))))
        size = path.stat().st_size / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{rows:,} rows, {size:,.0f} MB, peak {peak:.1f} GB (the scan's own included)")
    for what, scan, count in zip(("clock", "cores"), best(scans), best(counts), strict=True):
        print(f"{what}: scan {scan:.2f} s, counted {count:.2f} s, ratio {count / scan:.2f}")


def best(times: list[tuple[float, float]]) -> list[float]:
    """The least of each kind of time."""
    return [min(kind) for kind in zip(*times, strict=True)]


if __name__ == "__main__":
    main()
