"""How long `csq movers` takes over a year of snapshots: `python tests/bench_history.py [ACCOUNTS] [WEEKS]`.

The history is that of the sample data, its accounts repeated. What counts is the ratio to `import polars`.
"""

import json
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parent.parent
TIMES = 5


def best(*argv: str) -> float:
    """The shortest of several runs, in seconds."""
    seconds = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *argv], check=True, capture_output=True, cwd=ROOT)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def make(folder: Path, accounts: int, weeks: int) -> None:
    """Write a history of so many weeks of so many accounts, a few of which move each week."""
    run = ("-m", "csq", "triage", "sample_data", "--history", str(folder), "-q", "-o", str(folder / "out.csv"))
    subprocess.run([sys.executable, *run], check=True, cwd=ROOT)
    (day,) = folder.glob("as_of=*")
    frame, record = pl.read_parquet(day / "snapshot.parquet"), json.loads((day / "run.json").read_text())
    copies = pl.concat([frame] * (accounts // frame.height + 1)).head(accounts)
    many = copies.with_columns(account_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(7)).sort("account_id")
    del record["snapshot_sha256"]
    for week in range(weeks):
        record["as_of"] = (date(2026, 11, 15) - timedelta(weeks=week)).isoformat()
        place = folder / f"as_of={record['as_of']}"
        place.mkdir(exist_ok=True)
        moved = many.with_columns(pl.col("quadrant", "happiness_level").shift(week).backward_fill())
        moved.write_parquet(place / "snapshot.parquet", compression="zstd", metadata={"csq_run": json.dumps(record)})
        (place / "run.json").write_text(json.dumps(record))


if __name__ == "__main__":
    accounts, weeks = (
        int(sys.argv[place]) if len(sys.argv) > place else default for place, default in ((1, 5000), (2, 52))
    )
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), accounts, weeks)
        floor = best("-c", "import polars")
        for options in ((), ("--weeks", str(weeks)), ("--weeks", str(weeks), "-f", "json")):
            seconds = best("-m", "csq", "movers", "--history", name, *options)
            ratio = f"{seconds / floor:.1f} times import polars ({floor:.2f} s)"
            print(f"movers {' '.join(options):<24} {seconds:.2f} s, {ratio}")
