"""Shares with intervals, and how well scores tell the lost from the kept. Pure arithmetic, no word of accounts.

- Share: the Wilson score interval, 95 % (Wilson 1927, JASA 22:209-212).
- AUC: how often a lost one has the higher risk than a kept one, ties half, which is the area under the ROC curve
  (Hanley & McNeil 1982, Radiology 143:29-36). Weighted, each pair counts by the product of its weights.
- Interval of an AUC: the 2.5th and 97.5th percentile over resamples (Efron 1979, Annals of Statistics 7:1-26), in which
  whole clusters are drawn, each as often as a Poisson count of mean 1 says (Hanley & MacGibbon 2006, Computer Methods
  and Programs in Biomedicine 83:57-62): all rows of a cluster come and go together.
- Lift over hours: what share of a sum is met when a list is worked down; those who tie share what is left.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from math import exp, factorial
from typing import Any, NamedTuple

import polars as pl

from csq.backtest.model import Estimate, Rate
from csq.facts.happiness import wilson

SEED = 24
"""Of the resamples: the same data give the same intervals."""
REPLICATES = 1000
"""Resamples behind an interval."""
DIFFERENCE = "difference"
"""What `aucs` calls the first ranking less the second."""
_CELLS = 1_000_000
"""Most weights that are held at once."""
_INDEX = pl.UInt32()
_LEVELS = [round(65536 * share) for share in accumulate(exp(-1) / factorial(count) for count in range(7))]
"""Of 65,536 equally likely numbers so many give a Poisson count of mean 1 of at most 0, 1, 2, ...; none is over 7."""


def rates(counts: Sequence[tuple[int, int]]) -> list[Rate]:
    """Shares in percent with their intervals, of (hits, n); unknown of none."""
    if not counts:
        return []
    frame = pl.DataFrame(counts, schema={"hits": pl.Float64, "n": pl.Float64}, orient="row")
    low, high = wilson(pl.col("hits"), pl.col("n"))
    ends = frame.select(low=low, high=high).rows()
    return [
        Rate(hits, n, hits / n * 100, *between) if n else Rate(hits, n, None, None, None)
        for (hits, n), between in zip(counts, ends, strict=True)
    ]


class Ranking(NamedTuple):
    """A risk over rows, laid out once so that many weightings of the rows are quick."""

    lost: pl.Series
    """Numbers of the rows that were lost."""
    kept: pl.Series
    """Numbers of those that were kept, the lowest risk first."""
    below: pl.Series
    """For each lost row how many of the kept have a lower risk."""
    up_to: pl.Series
    """Likewise, a lower or the same risk."""


def ranking(risk: pl.Series, lost: pl.Series) -> Ranking:
    """Lay a risk out: the higher the likelier to be lost, none null; some rows were lost, and some were not."""
    mine, others = lost.arg_true(), (~lost).arg_true()
    order = others.gather(risk.gather(others).arg_sort())
    sorted_kept, of_lost = risk.gather(order), risk.gather(mine)
    return Ranking(
        lost=mine.cast(_INDEX),
        kept=order.cast(_INDEX),
        below=sorted_kept.search_sorted(of_lost, side="left").cast(_INDEX),
        up_to=sorted_kept.search_sorted(of_lost, side="right").cast(_INDEX),
    )


def auc(ranked: Ranking, weights: pl.Series) -> float:
    """The AUC under one weighting of the rows; NaN where one side weighs nothing."""
    return float(_aucs({"": ranked}, weights, _Block(ranked, len(weights), 1))[""][0])


class _Block:
    """Where the rows of several weightings stand that follow one another, by what all rankings have in common."""

    def __init__(self, ranked: Ranking, rows: int, times: int) -> None:
        self.times = times
        self.of_rows = _starts(times, rows)
        self.of_kept = _starts(times, len(ranked.kept))
        self.kept_rows = self.of_rows.repeat_by(len(ranked.kept)).explode()
        self.lost_sums = self.of_kept.repeat_by(len(ranked.lost)).explode()
        self.lost = self.of_rows.repeat_by(len(ranked.lost)).explode() + self.laid(ranked.lost)

    def laid(self, numbers: pl.Series) -> pl.Series:
        """The same numbers once for each weighting."""
        return pl.concat([numbers] * self.times, rechunk=True)


def _starts(times: int, step: int) -> pl.Series:
    return pl.select(pl.int_range(times, dtype=_INDEX) * step).to_series()


def _aucs(rankings: Mapping[str, Ranking], weights: pl.Series, block: _Block) -> dict[str, pl.Series]:
    """The AUC of each ranking of the same rows under each weighting of a block."""
    lost = weights.gather(block.lost)
    heavy = lost.reshape((block.times, -1)).arr.sum()
    found = {}
    for name, each in rankings.items():
        # One long sum over all weightings; what stood there before each is taken off again.
        behind = weights.gather(block.kept_rows + block.laid(each.kept)).cum_sum()
        behind = pl.concat([pl.Series(behind.name, [0.0]), behind], rechunk=True)
        before = behind.gather(block.of_kept)
        whole = behind.gather(block.of_kept + len(each.kept)) - before
        credit = behind.gather(block.lost_sums + block.laid(each.below))
        credit += behind.gather(block.lost_sums + block.laid(each.up_to))
        won = (lost * credit).reshape((block.times, -1)).arr.sum()
        found[name] = (won - 2 * before * heavy) / (2 * heavy * whole)
    return found


def draws(clusters: int, replicates: int = REPLICATES, seed: int = SEED) -> Iterator[tuple[int, pl.Series]]:
    """How often each cluster is drawn in one resample after the other: some resamples at a time, and how many."""
    source = random.Random(seed)
    steps = zip(pairwise((0, *_LEVELS, 65536)), range(len(_LEVELS) + 1), strict=True)
    counts = pl.concat([pl.Series([float(count)]).new_from_index(0, to - since) for (since, to), count in steps])
    most = max(_CELLS // max(clusters, 1), 1)
    for start in range(0, replicates, most):
        times = min(most, replicates - start)
        told = pl.Series([source.randbytes(2 * clusters * times)])
        numbers = told.bin.reinterpret(dtype=pl.Array(pl.UInt16, clusters * times), endianness="little").explode()
        yield times, counts.gather(numbers.cast(_INDEX))


def aucs(
    rankings: Mapping[str, Ranking],
    cluster: pl.Series,
    weightings: Sequence[pl.Series],
    replicates: int = REPLICATES,
) -> list[dict[str, Estimate]]:
    """The AUC of each ranking under each weighting, with its interval; under `DIFFERENCE` the first less the second.

    Two or more rankings of the same rows; clusters are numbered 0 and up, none left out; what weighs nothing does not
    count.
    """
    number, first = int(cluster.n_unique()), next(iter(rankings.values()))
    over: list[dict[str, list[pl.Series]]] = [{name: [] for name in rankings} for _ in weightings]
    for times, drawn in draws(number, replicates):
        block = _Block(first, len(cluster), times)
        drawn_rows = _starts(times, number).repeat_by(len(cluster)).explode() + block.laid(cluster.cast(_INDEX))
        counts = drawn.gather(drawn_rows)
        for found, weight in zip(over, weightings, strict=True):
            for name, part in _aucs(rankings, counts * block.laid(weight), block).items():
                found[name].append(part)
    estimates = []
    for found, weight in zip(over, weightings, strict=True):
        point = {name: auc(each, weight) for name, each in rankings.items()}
        whole = {name: pl.concat(parts) for name, parts in found.items()}
        told = {name: estimate(value, whole[name]) for name, value in point.items()}
        one, other = [*rankings][:2]
        told[DIFFERENCE] = estimate(point[one] - point[other], whole[one] - whole[other])
        estimates.append(told)
    return estimates


def estimate(value: float, over: pl.Series) -> Estimate:
    """A figure with its interval over resamples; those in which it means nothing are left out."""
    known = over.drop_nans()
    ends: list[Any] = [known.quantile(share, "linear") for share in (0.025, 0.975)]
    return Estimate(value, *ends)


def caught(risk: pl.Series, hours: pl.Series, worth: pl.Series, shares: Sequence[float]) -> list[float]:
    """What share of all worth is met when so many shares (0-1) of all hours are worked off, the highest risk first.

    0-100. Each takes more than no hours, and its worth is not negative. Who ties is met in any order, so that a share
    of them is met; and so is the last one whom the hours reach.
    """
    groups = (
        pl.DataFrame({"risk": risk, "hours": hours, "worth": worth})
        .group_by("risk")
        .agg(pl.col("hours", "worth").sum())
        .sort("risk", descending=True)
        .with_columns(before=pl.col("hours").cum_sum() - pl.col("hours"))
    )
    whole, total = groups["hours"].sum(), groups["worth"].sum()
    if not total:
        return [0.0 for _ in shares]
    reached = (((pl.lit(share) * whole - pl.col("before")) / pl.col("hours")).clip(0, 1) for share in shares)
    met = groups.select((each * pl.col("worth")).sum().alias(str(n)) for n, each in enumerate(reached))
    return [value / total * 100 for value in met.row(0)]
