"""How long csq takes to start, against `import polars` in the same run. A script: `python tests/bench_startup.py`.

Installs csq as a user would have it, compiled, into a temporary folder beside the dependencies of this interpreter;
runs the commands in turn, so that a busy machine slows all of them; and exits 1 when a ratio of medians is above its
bound.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROUNDS = 21
BOUNDS: Mapping[str, float] = {"csq --help": 0.7, "csq triage": 2.0}
YARDSTICK = "import polars"

USAGE = """account_id,logins,active_users
A-1,120,9
A-2,3,1
A-3,45,4
A-4,0,0
A-5,88,12
"""
CSAT = """account_id,score (1-5)
A-1,5
A-2,2
A-3,4
A-4,1
A-5,3
"""


def commands(folder: Path) -> dict[str, list[str]]:
    """Install csq into `folder`, write the inputs there, and return what is to be timed, by name."""
    install = ["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", folder / "site", ROOT]
    subprocess.run([sys.executable, *install], check=True)
    (folder / "usage.csv").write_text(USAGE, encoding="utf-8")
    (folder / "csat.csv").write_text(CSAT, encoding="utf-8")
    csq = [sys.executable, str(folder / "site" / "bin" / "csq")]
    return {
        YARDSTICK: [sys.executable, "-c", YARDSTICK],
        "csq --help": [*csq, "--help"],
        "csq triage": [*csq, "triage", "--usage", "usage.csv", "--csat", "csat.csv"],
    }


def seconds(command: Sequence[str], folder: Path) -> float:
    """Run a command in `folder` and return the seconds that passed."""
    environment = os.environ | {"PYTHONPATH": str(folder / "site")}
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Time everything, print what came out, and tell by the exit code whether the bounds hold."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        timed = commands(folder)
        for command in timed.values():  # once for the disk cache
            seconds(command, folder)
        taken: dict[str, list[float]] = {each: [] for each in timed}
        for _ in range(ROUNDS):
            for each, command in timed.items():
                taken[each].append(seconds(command, folder))
    medians = {each: statistics.median(times) for each, times in taken.items()}
    print(f"{YARDSTICK}: {medians[YARDSTICK] * 1000:.0f} ms, median of {ROUNDS}")
    ratios = {each: medians[each] / medians[YARDSTICK] for each in BOUNDS}
    for each, ratio in ratios.items():
        print(f"{each}: {medians[each] * 1000:.0f} ms, ratio {ratio:.2f}, at most {BOUNDS[each]}")
    return int(any(ratio > BOUNDS[each] for each, ratio in ratios.items()))


if __name__ == "__main__":
    sys.exit(main())
