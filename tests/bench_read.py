"""Time the reader against what polars takes to read the same file as text, in one run.

    python tests/bench_read.py [ROWS]

Three survey exports of eight columns: bare, with quoted comments, with comments that go over several lines.
"""

import csv
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

from csq.sources.reading.read import read_table

HEADER = ("response_id", "account_id", "user_id", "email", "score", "submitted_at", "channel", "comment")
COMMENTS = {
    "bare": ("", "fine", "slow on Mondays"),
    "quoted": ("", "fine", "Great product, loved it", 'they said "no", again'),
    "over several lines": ("", "fine", "Great product, loved it", "first\nsecond, third"),
}


def best(*actions: Callable[[], object], times: int = 15) -> list[float]:
    """Seconds of the fastest of several goes of each, turn by turn: a busy moment then hits them alike."""
    took: list[list[float]] = [[] for _ in actions]
    for _ in range(times):
        for action, seconds in zip(actions, took, strict=True):
            start = time.perf_counter()
            action()
            seconds.append(time.perf_counter() - start)
    return [min(seconds) for seconds in took]


def write(path: Path, rows: int, comments: tuple[str, ...]) -> None:
    """Write `rows` answers."""
    chance = random.Random(1)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row in range(rows):
            account = f"A-{chance.randrange(5_000):05}"
            day = f"2026-08-{chance.randrange(28) + 1:02} 10:00:00"
            answer = (f"R_{row:06}", account, f"u{row % 20_000}", f"p{row}@acme.example", chance.randrange(11), day)
            writer.writerow((*answer, "email", chance.choice(comments)))


def main() -> None:
    """Print the ratio for each of the exports."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        for name, comments in COMMENTS.items():
            path = Path(folder) / "survey.csv"
            write(path, rows, comments)
            polars, reader = best(
                lambda path=path: pl.read_csv(path, infer_schema=False), lambda path=path: read_table(path)
            )
            print(f"{rows:,} rows, comments {name}: {reader / polars:.1f} x polars ({polars * 1000:.0f} ms)")


if __name__ == "__main__":
    main()
