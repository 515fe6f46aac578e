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
from itertools import accumulate
from math import exp, factorial
from typing import Any, NamedTuple

import polars as pl

from csq.backtest.model import Estimate, Rate
from csq.facts.happiness import wilson

SEED = 24
"""Of the resamples: the same data give the same intervals."""
REPLICATES = 1000
"""Resamples behind an interval."""
_CELLS = 5_000_000
"""Most weights that are held at once."""
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
    """Lay a risk out.

    Args:
        risk: The higher the likelier to be lost; none is null.
        lost: Whether each row was.
    """
    mine, others = lost.arg_true(), (~lost).arg_true()
    order = others.gather(risk.gather(others).arg_sort())
    sorted_kept, of_lost = risk.gather(order), risk.gather(mine)
    return Ranking(
        lost=mine,
        kept=order,
        below=sorted_kept.search_sorted(of_lost, side="left"),
        up_to=sorted_kept.search_sorted(of_lost, side="right"),
    )


def auc(ranked: Ranking, weights: pl.DataFrame) -> pl.Series:
    """The AUC under each column of weights, one row a row; NaN where one side weighs nothing."""
    zero = pl.DataFrame({name: [0.0] for name in weights.columns})
    kept = pl.concat([zero, weights.select(pl.all().gather(ranked.kept).cum_sum())])
    lost = weights.select(pl.all().gather(ranked.lost))
    credit = kept.select(pl.all().gather(ranked.below)) + kept.select(pl.all().gather(ranked.up_to))
    won = (lost * credit).sum().row(0)
    whole = zip(lost.sum().row(0), kept.tail(1).row(0), strict=True)
    return pl.Series([w / (2 * a * b) if a * b else float("nan") for w, (a, b) in zip(won, whole, strict=True)])


def draws(clusters: int, replicates: int = REPLICATES, seed: int = SEED) -> Iterator[pl.DataFrame]:
    """How often each cluster is drawn: a column for each resample, a row for each cluster; some columns at a time."""
    source = random.Random(seed)
    most = max(_CELLS // max(clusters, 1), 1)
    for start in range(0, replicates, most):
        columns = min(most, replicates - start)
        cells = clusters * columns
        told = pl.Series([source.randbytes(2 * cells)])
        numbers = told.bin.reinterpret(dtype=pl.Array(pl.UInt16, cells), endianness="little").explode()
        counts = pl.select(sum(((numbers >= level).cast(pl.UInt8) for level in _LEVELS), pl.lit(0, pl.UInt8)))
        counted = counts.to_series().cast(pl.Float64)
        yield pl.DataFrame([counted.slice(n * clusters, clusters).alias(str(start + n)) for n in range(columns)])


def aucs(
    rankings: Mapping[str, Ranking], cluster: pl.Series, weight: pl.Series | None = None, replicates: int = REPLICATES
) -> tuple[dict[str, float], dict[str, pl.Series]]:
    """The AUC of each ranking, and over the resamples.

    Args:
        rankings: By name, over the same rows.
        cluster: Of each row the number of its cluster, 0 and up, none left out.
        weight: Of each row; None weighs them alike.
        replicates: How many resamples.
    """
    weight = weight if weight is not None else pl.Series([1.0]).new_from_index(0, len(cluster))
    point = {name: auc(each, pl.DataFrame({"0": weight}))[0] for name, each in rankings.items()}
    parts: dict[str, list[pl.Series]] = {name: [] for name in rankings}
    number = int(cluster.n_unique())
    for drawn in draws(number, replicates) if len(cluster) else ():
        weights = drawn.select(pl.all().gather(cluster) * weight)
        for name, each in rankings.items():
            parts[name].append(auc(each, weights))
    return point, {name: pl.concat(found) for name, found in parts.items() if found}


def estimate(value: float, over: pl.Series) -> Estimate:
    """A figure with its interval over resamples; those in which it means nothing are left out."""
    known = over.drop_nans()
    ends: list[Any] = [known.quantile(share, "linear") for share in (0.025, 0.975)]
    return Estimate(value, *ends)


def caught(risk: pl.Series, hours: pl.Series, worth: pl.Series, shares: Sequence[float]) -> list[float]:
    """What share of a sum is met when so many shares of all hours are worked off, the highest risk first; 0-100.

    Who ties is met in any order, so that a share of them is met; and so is the last one whom the hours reach.

    Args:
        risk: The order.
        hours: That each takes, > 0.
        worth: Of each, >= 0; some is more.
        shares: Of all hours, 0-1.
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
