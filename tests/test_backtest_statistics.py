"""Shares, AUCs and lifts against scikit-learn and statsmodels, which csq itself does without; and by hand."""

import random

import polars as pl
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from csq.backtest.statistics import auc, aucs, caught, draws, ranking, rates


@pytest.mark.parametrize("seed", range(20))
def test_the_auc_is_that_of_scikit_learn_plain_and_weighted_with_and_without_ties(seed):
    chance = random.Random(seed)
    n = chance.randint(5, 200)
    lost = [True, False, *(chance.random() < 0.3 for _ in range(n))]
    risk = [round(chance.gauss(0, 1), chance.choice([0, 6])) for _ in lost]
    weight = [chance.lognormvariate(9, 2) for _ in lost]
    ranked = ranking(pl.Series(risk, dtype=pl.Float64), pl.Series(lost))
    assert auc(ranked, pl.Series([1.0] * len(lost))) == pytest.approx(roc_auc_score(lost, risk), abs=1e-9)
    told = roc_auc_score(lost, risk, sample_weight=weight)
    assert auc(ranked, pl.Series(weight)) == pytest.approx(told, abs=1e-9)


def test_a_share_has_the_wilson_interval_of_statsmodels():
    counts = [(hits, n) for n in (1, 3, 10, 57, 4000) for hits in {0, 1, n // 2, n}]
    for rate, (hits, n) in zip(rates(counts), counts, strict=True):
        low, high = proportion_confint(hits, n, method="wilson")
        assert (rate.low_pct, rate.high_pct) == pytest.approx((low * 100, high * 100), abs=1e-9)
        assert rate.pct == pytest.approx(hits / n * 100, abs=1e-9)


def test_of_nobody_no_share_is_known():
    (rate,) = rates([(0, 0)])
    assert (rate.pct, rate.low_pct, rate.high_pct) == (None, None, None)


def test_a_resample_draws_each_cluster_once_on_average_and_the_same_on_every_run():
    told = [(times, drawn.to_list()) for times, drawn in draws(50, 400)]
    assert told == [(times, drawn.to_list()) for times, drawn in draws(50, 400)]
    assert sum(times for times, _ in told) == 400
    counts = [count for _, drawn in told for count in drawn]
    # 20,000 Poisson counts of mean 1: four standard errors are 0.028.
    assert sum(counts) / len(counts) == pytest.approx(1, abs=0.03)
    assert sum(count == 0 for count in counts) / len(counts) == pytest.approx(0.3679, abs=0.015)


def test_an_interval_over_resamples_is_what_weighing_every_row_by_its_cluster_gives():
    """Each resample is redone with scikit-learn, rows weighed by how often their account was drawn."""
    chance = random.Random(3)
    cluster = [n // 2 for n in range(60)]  # every account decided twice
    lost = [chance.random() < 0.4 for _ in cluster]
    risks = {name: [chance.gauss(is_lost * shift, 1) for is_lost in lost] for name, shift in (("a", 1), ("b", 0))}
    layouts = {name: ranking(pl.Series(risk), pl.Series(lost)) for name, risk in risks.items()}
    (found,) = aucs(layouts, pl.Series(cluster), [pl.Series([1.0] * 60)], 200)
    ((_, drawn),) = draws(30, 200)
    over = []
    for start in range(0, 200 * 30, 30):
        weights = [drawn[start + each] for each in cluster]
        if len({is_lost for is_lost, weight in zip(lost, weights, strict=True) if weight}) == 2:
            over.append(roc_auc_score(lost, risks["a"], sample_weight=weights))
    ends = pl.Series(over).quantile(0.025, "linear"), pl.Series(over).quantile(0.975, "linear")
    assert (found["a"].low, found["a"].high) == pytest.approx(ends, abs=1e-9)
    assert found["difference"].value == pytest.approx(found["a"].value - found["b"].value, abs=1e-12)


def test_a_list_meets_what_stands_first_in_it_and_of_those_who_tie_a_share():
    """Hours 1, 1, 2: at a quarter of the four hours the first is done; the second and third tie, 3 hours worth 30."""
    risk, hours, worth = pl.Series([9.0, 1.0, 1.0]), pl.Series([1.0, 1.0, 2.0]), pl.Series([70.0, 0.0, 30.0])
    assert caught(risk, hours, worth, (0, 0.25, 0.5, 1)) == pytest.approx([0, 70, 80, 100])
    assert caught(pl.Series([0.0] * 3), hours, worth, (0.1, 0.4)) == pytest.approx([10, 40])
