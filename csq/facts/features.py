"""Features by name: used, dropped, entitled and unused, and the one that is most worth suggesting.

Accounts times features is never laid out: of who may use everything only what is used is listed.
"""

from typing import NamedTuple

import polars as pl

from csq.schema import collect
from csq.terms import Level

FEATURE_ROWS = {
    "account_id": pl.String(),
    "feature": pl.String(),
    "entitled": pl.Boolean(),
    "now": pl.Boolean(),
    "before": pl.Boolean(),
}
"""Columns of the feature rows; `entitled` is null where the entitlement is not known by name."""


class FeatureUse(NamedTuple):
    """Who uses which features, and who may use which.

    rows: `FEATURE_ROWS`, sorted by account and name: all that an account has used or is entitled to by name.
    in_log: every feature in the log.
    unlimited: account_ids in the log whose entitlement is not known by name, who may use all of these.
    """

    rows: pl.DataFrame = pl.DataFrame(schema=FEATURE_ROWS)
    in_log: pl.Series = pl.Series("feature", dtype=pl.String())
    unlimited: pl.Series = pl.Series(dtype=pl.String())

    def of(self, account: str) -> pl.DataFrame:
        """Every feature that one account may or does use, sorted by name; columns of `rows`."""
        mine = self.rows.filter(pl.col("account_id") == account)
        if account not in self.unlimited:
            return mine
        others = self.in_log.to_frame("feature").with_columns(account_id=pl.lit(account))
        rows = mine.join(others, on=["account_id", "feature"], how="full", coalesce=True)
        return rows.with_columns(pl.col("now", "before").fill_null(value=False)).sort("feature")


def find_features(used: pl.DataFrame, accounts: pl.DataFrame, in_log: pl.Series) -> FeatureUse:
    """Tell of the accounts in the log what they use and may use.

    Args:
        used: account_id, feature, now, before (whether used in that window).
        accounts: account_id, and `features_entitled` where the accounts files have it: names with `;` between, or a
            bare number, which names none.
        in_log: The accounts that the log knows.
    """
    names = pl.col("features_entitled") if "features_entitled" in accounts.columns else pl.lit(None, dtype=pl.String())
    told = accounts.filter(pl.col("account_id").is_in(in_log.unique().implode())).select(
        "account_id", feature=pl.when(names.cast(pl.Int64, strict=False).is_null()).then(names)
    )
    by_name = (
        told.drop_nulls()
        .with_columns(pl.col("feature").str.split(";"))
        .explode("feature")
        .with_columns(pl.col("feature").str.strip_chars())
        .filter(pl.col("feature") != "")
        .with_columns(entitled=pl.lit(value=True))
        .unique()
    )
    keys = ["account_id", "feature"]
    limited = pl.col("account_id").is_in(by_name["account_id"].unique().implode())
    rows = by_name.join(used, on=keys, how="full", coalesce=True).select(
        *keys,
        entitled=pl.when(limited).then(pl.col("entitled").fill_null(value=False)),
        now=pl.col("now").fill_null(value=False),
        before=pl.col("before").fill_null(value=False),
    )
    return FeatureUse(
        rows=rows.sort(keys),
        in_log=used["feature"].unique().sort(),
        unlimited=told.filter(~limited)["account_id"],
    )


def feature_facts(rows: pl.DataFrame) -> pl.DataFrame:
    """Features of each account by name: dropped_features, only_feature and how many it may use and does not."""
    now, before = pl.col("now"), pl.col("before")
    dropped = pl.col("feature").filter(before & ~now)
    return rows.group_by("account_id", maintain_order=True).agg(
        dropped_features=pl.when(dropped.len() > 0).then(dropped.str.join("; ")),
        only_feature=pl.when(now.sum() == 1).then(pl.col("feature").filter(now).first()),
        unused_by_name=pl.when(pl.col("entitled").is_not_null().any()).then((~now & pl.col("entitled")).sum()),
    )


def suggest_features(placed: pl.DataFrame, features: FeatureUse) -> pl.DataFrame:
    """Fill `next_feature`: the one that most happy accounts of the tier use and this account may and does not.

    What it has just dropped it knows already, so that is not suggested. Ties go to what more happy accounts of all
    tiers use, then to the first in the alphabet. Null where the features are not known, and where nothing is left that
    any happy account uses.

    Args:
        placed: account_id, tier, happiness_level.
        features: Of these accounts.
    """
    if features.rows.is_empty():
        return placed.with_columns(next_feature=pl.lit(None, dtype=pl.String()))
    standing = placed.lazy().select("account_id", "tier", happy=pl.col("happiness_level") == Level.HIGH)
    # What is asked more than once is worked out once.
    of_account = collect(features.rows.lazy().join(standing, on="account_id", how="inner")).lazy()
    loved = of_account.filter(pl.col("happy") & pl.col("now"))
    in_tier = collect(loved.group_by("tier", "feature").agg(in_tier=pl.len())).lazy()
    overall = collect(in_tier.group_by("feature").agg(overall=pl.col("in_tier").sum())).lazy()
    in_tier = in_tier.join(overall, on="feature")
    is_known = pl.col("now") | pl.col("before")
    limited = (
        of_account.filter(~is_known & pl.col("entitled"))
        .join(overall, on="feature", how="inner")
        .join(in_tier.drop("overall"), on=["tier", "feature"], how="left")
        .with_columns(pl.col("in_tier").fill_null(0))
        .sort("account_id", "in_tier", "overall", "feature", descending=[False, True, True, False])
        .group_by("account_id", maintain_order=True)
        .agg(pl.col("feature").first())
    )
    unlimited = standing.filter(pl.col("account_id").is_in(features.unlimited.implode()))
    known = of_account.filter(is_known).select("account_id", "tier", "feature")
    of_tier = in_tier.sort("in_tier", "overall", "feature", descending=[True, True, False])
    of_all = overall.sort("overall", "feature", descending=[True, False])
    return _with_first(
        placed,
        limited,
        # What happy accounts of the tier use comes before what only those of other tiers do.
        _first_unknown(unlimited, known, of_tier.with_columns(place=_PLACE.over("tier")), by=["tier"]),
        _first_unknown(unlimited, known, of_all.with_columns(place=_PLACE), by=[]),
    )


_PLACE = pl.int_range(pl.len())


def _first_unknown(accounts: pl.LazyFrame, known: pl.LazyFrame, ranked: pl.LazyFrame, *, by: list[str]) -> pl.LazyFrame:
    """The first feature of a ranking that an account does not know: account_id, feature.

    Args:
        accounts: account_id and, as in the others, the columns `by`.
        known: account_id, feature.
        ranked: feature, place from 0 without gaps.
        by: What says whose ranking it is.
    """
    # Places in ascending order stand at their own index until the first gap, and behind it never again.
    gap = (pl.col("place").sort() == _PLACE).sum().cast(pl.Int64)
    passed = known.join(ranked, on=[*by, "feature"]).group_by("account_id").agg(place=gap)
    first = accounts.join(passed, on="account_id", how="left").with_columns(pl.col("place").fill_null(0))
    return first.join(ranked, on=[*by, "place"], how="inner").select("account_id", "feature")


def _with_first(placed: pl.DataFrame, *found: pl.LazyFrame) -> pl.DataFrame:
    """Fill `next_feature` from the first that has a feature for the account."""
    frame = placed.lazy().with_columns(next_feature=pl.lit(None, dtype=pl.String()))
    for each in found:
        frame = frame.join(each, on="account_id", how="left", maintain_order="left")
        frame = frame.with_columns(next_feature=pl.coalesce("next_feature", "feature")).drop("feature")
    return collect(frame)
