"""How often a backtest is right in worlds in which the answer is known, and what it costs. Run by hand.

    python tests/bench_backtest.py [SEEDS]      default 200
    python tests/bench_backtest.py cost         5,000 accounts against `import polars`

400 accounts, 60 of whom leave; the effects stand in `worlds.py`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import polars as pl

from csq.backtest.build import scored
from csq.backtest.decisions import decisions
from csq.backtest.model import Order
from csq.backtest.orders import compare
from csq.settings.load import load_settings
from csq.sources.load import load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role
from worlds import HORIZON, WORLDS, world

NOT_LOOKED_AT = {
    "value": pl.lit(None, dtype=pl.Float64()),
    "hours": pl.lit(1.0),
    "human": pl.lit(value=True),
}
"""Columns of a case that no verdict hangs on."""


def verdicts(seeds: int) -> None:
    """Print for each world how often each verdict came out, and the mean AUCs; the way of a backtest to its verdict."""
    settings = load_settings(None)
    for right, effects in WORLDS.items():
        counts: Counter[str] = Counter()
        usage = happiness = 0.0
        for seed in range(seeds):
            tables = load(_written(world(effects, seed)), ReadOptions())
            decided = decisions(tables, HORIZON, None, lambda _: pl.Series([], dtype=pl.String()))
            scores = scored(tables, settings, decided, with_undated=True)
            cases = decided.frame.join(scores, on="decision").with_columns(**NOT_LOOKED_AT)
            found = compare(cases, (Order.USAGE, Order.HAPPINESS))
            counts[str(found.verdict)] += 1
            usage += found.auc_of(Order.USAGE) or 0.0
            happiness += found.auc_of(Order.HAPPINESS) or 0.0
        share = counts[right] / seeds * 100
        means = f"mean AUC usage {usage / seeds:.3f}, happiness {happiness / seeds:.3f}"
        print(f"{right}: effects {effects}, right {share:.1f} % of {seeds}; {dict(counts)}; {means}", flush=True)


def _written(made: object) -> dict[Role, list[Path]]:
    paths = {}
    for role in (Role.USAGE, Role.CSAT, Role.ACCOUNTS, Role.OUTCOMES):
        paths[role] = [Path(f"{role}.csv")]
        paths[role][0].write_text(getattr(made, role))
    return paths


def cost() -> None:
    """Print the time of one run over 5,000 accounts as a ratio to `import polars`, the best of three each."""
    _written(world(WORLDS["both alike"], 1, accounts=5000, lost=600))
    csq = [sys.executable, "-m", "csq", "backtest", ".", "-q", "-f", "json"]
    peer, own = _best([sys.executable, "-c", "import polars"]), _best(csq)
    print(f"import polars {peer * 1000:.0f} ms, csq backtest {own * 1000:.0f} ms, ratio {own / peer:.1f}")


def _best(command: list[str]) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chdir(place)
        cost() if sys.argv[1:] == ["cost"] else verdicts(int(*sys.argv[1:] or ["200"]))
