"""Orders in which accounts might be worked down, and how each told the lost from the kept: usage against happiness."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from csq.backtest.model import FEWEST, SHARES, Estimate, Order, Ranked, Verdict
from csq.backtest.statistics import DIFFERENCE, REPLICATES, aucs, caught, ranking
from csq.terms import Quadrant, Queue

CURVE = tuple(number / 20 for number in range(21))
"""Shares of the hours at which a capture curve is drawn."""
_LOW_AXES = {Quadrant.AT_RISK: 2, Quadrant.FRUSTRATED: 1, Quadrant.UNDERUSERS: 1, Quadrant.ADVOCATES: 0}
"""How many axes are low: neither axis is favoured."""


class Compared(NamedTuple):
    """What the orders say of the decisions of which both axes are known."""

    cases: pl.DataFrame
    verdict: Verdict
    difference: Estimate | None
    """AUC of usage less that of happiness; None where nothing is judged."""
    ranked: tuple[Ranked, ...]

    @property
    def lost(self) -> int:
        """How many of them were lost."""
        return int(self.cases["lost"].sum())

    def auc_of(self, order: Order) -> float | None:
        """The AUC of an order; None where nothing is judged."""
        return next((each.auc.value for each in self.ranked if each.order is order), None)


def compare(cases: pl.DataFrame, orders: Sequence[Order] = tuple(Order), replicates: int = REPLICATES) -> Compared:
    """Hold the orders, usage and happiness first, against each other, on the decisions of which both axes are known.

    Cases are one row a decision: account_id, lost, value, both scores, quadrant, queue, priority, hours, human.
    """
    known = cases.filter(pl.col("usage_score").is_not_null() & pl.col("happiness_score").is_not_null())
    known = known.sort("account_id", "decision")
    lost = int(known["lost"].sum())
    if lost < FEWEST or lost == known.height:
        return Compared(known, Verdict.TOO_FEW, None, ())
    risks = {order: known.select(_RISK[order].cast(pl.Float64)).to_series() for order in orders}
    cluster = known["account_id"].rank("dense") - 1
    told = {order: risk for order, risk in risks.items() if order is not Order.CHANCE}
    layouts = {str(order): ranking(risk, known["lost"]) for order, risk in told.items()}
    alike, value = pl.Series([1.0]).new_from_index(0, known.height), known["value"].cast(pl.Float64).fill_null(0)
    sides = [value.filter(side).sum() for side in (known["lost"], ~known["lost"])]
    plain, *valued = aucs(layouts, cluster, [alike, value] if all(sides) else [alike], replicates)
    for found in (plain, *valued):
        found[str(Order.CHANCE)] = Estimate(0.5, 0.5, 0.5)
    worth = (value if value.sum() else alike) * known["lost"].cast(pl.Float64)
    hours, ranked = working_hours(known), []
    for order, risk in risks.items():
        met = caught(risk, hours, worth, (*SHARES, *CURVE))
        weighted = valued[0][str(order)] if valued else None
        ranked.append(Ranked(order, plain[str(order)], weighted, tuple(met[: len(SHARES)]), tuple(met[len(SHARES) :])))
    usage, happiness, difference = (plain[str(each)] for each in (Order.USAGE, Order.HAPPINESS, DIFFERENCE))
    return Compared(known, _verdict(usage, happiness, difference), difference, tuple(ranked))


def _verdict(usage: Estimate, happiness: Estimate, difference: Estimate) -> Verdict:
    """Which axis told more: the difference is sure, and the better one tells more than chance by itself.

    Where the difference is not sure both may still tell, and then neither is told to be the better one.
    """
    if difference.low > 0 and usage.is_over:
        return Verdict.USAGE
    if difference.high < 0 and happiness.is_over:
        return Verdict.HAPPINESS
    if difference.low <= 0 <= difference.high and usage.is_over and happiness.is_over:
        return Verdict.BOTH
    return Verdict.CANNOT_TELL


def working_hours(cases: pl.DataFrame) -> pl.Series:
    """The hours that each account takes: those of its next step, and where no person has one the mean of the others.

    Whoever works another list down than csq's would spend the time there, too.
    """
    own = pl.when(pl.col("human") & (pl.col("hours") > 0)).then("hours")
    return cases.select(pl.coalesce(own, own.mean(), 1.0).alias("hours"))["hours"]


def _percentile(name: str) -> pl.Expr:
    return pl.col(name).rank("average") / pl.len()


_RISK: Mapping[Order, pl.Expr] = {
    Order.USAGE: -pl.col("usage_score"),
    Order.HAPPINESS: -pl.col("happiness_score"),
    Order.BOTH: -(_percentile("usage_score") + _percentile("happiness_score")),
    Order.QUADRANT: pl.col("quadrant").replace_strict(
        {str(quadrant): low for quadrant, low in _LOW_AXES.items()}, default=0, return_dtype=pl.Int64()
    ),
    # Rest comes last; the priority alone makes the order, whichever week it is of.
    Order.CSQ: pl.col("priority")
    + (pl.col("queue") != str(Queue.REST)).cast(pl.Float64) * (1 + pl.col("priority").max()),
    Order.SCORE: -(pl.col("usage_score") + pl.col("happiness_score")).round(9),
    Order.LARGEST: pl.col("value").cast(pl.Float64).fill_null(0),
    Order.CHANCE: pl.col("lost").cast(pl.Float64) * 0,
}
"""Of each order the risk, the higher the sooner."""
