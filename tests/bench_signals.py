"""Measure 40 signals over 20,000 accounts against writing those rows as CSV: `python tests/bench_signals.py`.

Both are timed in one run, since only their ratio means anything on a machine whose speed is not known. Ends with 1
when the signals take longer.
"""

import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import polars as pl

from csq.cli.options import Faults, Inputs, Method
from csq.cli.run import prepare
from csq.pipeline import report, run
from csq.plan.signals import judge
from csq.playbook.model import Playbook
from csq.render import Format, Options, render
from csq.section import replace

SAMPLE_DATA = Path(__file__).parent.parent / "sample_data"
ACCOUNTS = 20_000
SIGNALS = 40
REPEATS = 15


def main() -> int:
    """Print the two times and their ratio."""
    prepared = prepare(Inputs(directory=str(SAMPLE_DATA)), Method(), Faults(), None)
    found = run(prepared.tables, prepared.settings, prepared.playbook, as_of=prepared.as_of)
    playbook = first_signals(prepared.playbook.playbook)
    frame = many(found.placed.frame)
    rows = report(found)._replace(accounts=many(found.accounts))
    judging, writing = least(
        lambda: judge(frame, playbook, are_events_given=True), lambda: render(rows, Format.CSV, Options())
    )
    print(f"{len(playbook.signals)} signals over {frame.height:,} accounts: {judging * 1000:.0f} ms")
    print(f"the same rows as CSV: {writing * 1000:.0f} ms")
    print(f"ratio: {judging / writing:.2f}")
    return int(judging > writing)


def first_signals(playbook: Playbook) -> Playbook:
    """Leave only so many signals in the playbook."""
    assert len(playbook.signals) >= SIGNALS, f"the playbook has {len(playbook.signals)} signals, not {SIGNALS}"
    kept = dict(islice(playbook.signals.items(), SIGNALS))
    signals = {
        name: replace(signal, mutes=tuple(other for other in signal.mutes if other in kept))
        for name, signal in kept.items()
    }
    return replace(playbook, signals=signals)


def many(frame: pl.DataFrame) -> pl.DataFrame:
    """Repeat the accounts of `frame` until there are enough, each with a key of its own."""
    repeated = pl.concat([frame] * (ACCOUNTS // frame.height + 1)).head(ACCOUNTS)
    number = pl.int_range(pl.len()).cast(pl.String)
    return repeated.with_columns(account_id=pl.col("account_id") + "-" + number)


def least(*works: Callable[[], object]) -> list[float]:
    """Return the least of several times of each work, in seconds, taken in turn so that all meet the same weather."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, taken in zip(works, times, strict=True):
            start = time.perf_counter()
            work()
            taken.append(time.perf_counter() - start)
    return [min(taken) for taken in times]


if __name__ == "__main__":
    sys.exit(main())
