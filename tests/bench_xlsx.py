"""How long a workbook of 5,000 accounts takes, against `import polars` in the same run: `python tests/bench_xlsx.py`.

Every measurement is a process of its own, the two kinds in turn, so that a busy machine slows both; what is timed is
the work inside it. Exits 1 when the ratio of medians is above its bound.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
ROUNDS = 9
ACCOUNTS = 5_000
BOUND = 8.0

YARDSTICK = """
import time
start = time.perf_counter()
import polars
print(time.perf_counter() - start)
"""

WORKBOOK = f"""
import gc
import time
gc.disable()  # as the command does
from random import Random
import polars
from csq.render import Format, render
from factories import accounts, report

random = Random(1)
made = report(accounts=accounts(*(
    {{
        "account_id": f"{{number:07}}",
        "account_name": f"Account number {{number}}",
        "contract_value": random.randrange(1000, 200000),
        "usage_score": round(random.uniform(0, 100), 4),
        "happiness_score": round(random.uniform(0, 100), 4),
        "quadrant": random.choice(["advocates", "frustrated", "at_risk", "underusers"]),
        "next_step": "Call, listen, and write down what would have to be true for them to stay: " + str(number % 50),
        "risks": ["They are asked too often"],
        "signals": ["usage_falling"] if number % 3 else [],
    }}
    for number in range({ACCOUNTS})
)))
start = time.perf_counter()
render(made, Format.XLSX)
print(time.perf_counter() - start)
"""


def seconds(code: str) -> float:
    """Run `code` in a new process and return the seconds that it says it took."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS)))}
    told = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return float(told.stdout)


def main() -> int:
    """Time both in turn, print what came out, and tell by the exit code whether the bound holds."""
    seconds(YARDSTICK), seconds(WORKBOOK)  # once for the disk cache
    taken = [(seconds(YARDSTICK), seconds(WORKBOOK)) for _ in range(ROUNDS)]
    polars, workbook = (statistics.median(each) for each in zip(*taken, strict=True))
    print(f"import polars: {polars * 1000:.0f} ms, median of {ROUNDS}")
    print(f"a workbook of {ACCOUNTS:,}: {workbook * 1000:.0f} ms, ratio {workbook / polars:.1f}, at most {BOUND:g}")
    return int(workbook / polars > BOUND)


if __name__ == "__main__":
    sys.exit(main())
