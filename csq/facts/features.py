"""Features by name: used, dropped, entitled and unused, and the one that is most worth suggesting.

Accounts times features is never laid out: of who may use everything only what is used is listed.
"""

from typing import NamedTuple

import polars as pl

from csq.schema import collect
from csq.terms import Level

FEATURE_ROWS = {
    "row": pl.UInt32(),
    "feature": pl.String(),
    "entitled": pl.Boolean(),
    "now": pl.Boolean(),
    "before": pl.Boolean(),
}
"""Columns of the feature rows: `row` is the place of the account; `entitled` is null where it is not known by name."""


class FeatureUse(NamedTuple):
    """Who uses which features, and who may use which.

    rows: `FEATURE_ROWS`, sorted by account and name: all that an account has used or is entitled to by name.
    in_log: every feature in the log.
    unlimited: account_ids in the log whose entitlement is not known by name, who may use all of these.
    accounts: account_ids, by their place.
    """

    rows: pl.DataFrame = pl.DataFrame(schema=FEATURE_ROWS)
    in_log: pl.Series = pl.Series("feature", dtype=pl.String())
    unlimited: pl.Series = pl.Series(dtype=pl.String())
    accounts: pl.Series = pl.Series(dtype=pl.String())

    def of(self, account: str) -> pl.DataFrame:
        """Every feature that one account may or does use, sorted by name: account_id, then as in `rows`."""
        place = pl.lit(self.accounts.index_of(account), dtype=pl.UInt32())
        mine = self.rows.filter(pl.col("row") == place).drop("row")
        if account in self.unlimited:
            mine = mine.join(self.in_log.to_frame("feature"), on="feature", how="full", coalesce=True)
        told = mine.with_columns(pl.col("now", "before").fill_null(value=False)).sort("feature")
        return told.select(pl.lit(account).alias("account_id"), pl.all())


def find_features(used: pl.DataFrame, accounts: pl.DataFrame, in_log: pl.Series) -> FeatureUse:
    """Tell of the accounts in the log what they use and may use.

    Args:
        used: row, feature, now, before (whether used in that window), sorted.
        accounts: row, account_id, and `features_entitled`: names with `;` between, or a bare number, which names none.
        in_log: The rows of the accounts that the log knows.
    """
    names = pl.col("features_entitled")
    told = accounts.filter(pl.col("row").is_in(in_log.implode())).select(
        "row", "account_id", feature=pl.when(names.cast(pl.Int64, strict=False).is_null()).then(names)
    )
    by_name = (
        told.drop("account_id")
        .drop_nulls()
        .with_columns(pl.col("feature").str.split(";"))
        .explode("feature")
        .with_columns(pl.col("feature").str.strip_chars())
        .filter(pl.col("feature") != "")
        .with_columns(entitled=pl.lit(value=True))
        .unique()
    )
    limited = pl.col("row").is_in(by_name["row"].unique().implode())
    rows = used.select("row", "feature", pl.lit(None, dtype=pl.Boolean()).alias("entitled"), "now", "before")
    if by_name.height:
        keys = ["row", "feature"]
        both = by_name.join(used, on=keys, how="full", coalesce=True).sort(keys)
        rows = both.with_columns(
            pl.when(limited).then(pl.col("entitled").fill_null(value=False)),
            pl.col("now", "before").fill_null(value=False),
        )
    return FeatureUse(
        rows=rows,
        in_log=used["feature"].unique().sort(),
        unlimited=told.filter(~limited)["account_id"],
        accounts=accounts["account_id"],
    )


def feature_facts(rows: pl.DataFrame) -> pl.DataFrame:
    """Features of each account: how many it used now and before, has dropped, or may use by name and does not.

    By name: dropped_features, only_feature.

    Args:
        rows: As in `FeatureUse`, by whose `row` it is told.
    """
    now, unused = pl.col("now"), pl.col("unused_by_name")
    dropped = pl.col("before") & ~now
    counts = {"features_used": now, "features_before": pl.col("before"), "features_dropped": dropped}
    # Numbers are summed in a third of the time that yes and no take, and lists joined in that of texts one by one.
    counted = (
        rows.lazy()
        .select(
            "row", unused_by_name=pl.when(pl.col("entitled").is_not_null()).then(~now & pl.col("entitled")), **counts
        )
        .cast({pl.Boolean: pl.UInt32})
        .group_by("row")
        .agg(pl.col(*counts).sum(), pl.when(unused.count() > 0).then(unused.sum()))
    )
    using = rows.lazy().filter(now).unique("row", keep="none").select("row", only_feature="feature")
    lost = rows.lazy().filter(dropped).group_by("row", maintain_order=True).agg(dropped_features="feature")
    lost = lost.with_columns(pl.col("dropped_features").list.join("; "))
    return collect(counted.join(using, on="row", how="left").join(lost, on="row", how="left"))


def suggest_features(placed: pl.DataFrame, features: FeatureUse) -> pl.DataFrame:
    """Fill `next_feature`: the one that most happy accounts of the tier use and this account may and does not.

    What it has just dropped it knows already, so that is not suggested. Ties go to what more happy accounts of all
    tiers use, then to the first in the alphabet. Null where the features are not known, and where nothing is left that
    any happy account uses.

    Args:
        placed: account_id, tier, happiness_level.
        features: Of these accounts, in the same order.
    """
    if features.rows.is_empty():
        return placed.with_columns(next_feature=pl.lit(None, dtype=pl.String()))
    names, tiers = (pl.Enum(each.drop_nulls().unique().sort()) for each in (features.rows["feature"], placed["tier"]))
    standing = placed.lazy().select(
        "account_id",
        pl.int_range(pl.len(), dtype=pl.UInt32()).alias("row"),
        pl.col("tier").cast(tiers),
        happy=pl.col("happiness_level") == Level.HIGH,
    )
    # What is asked more than once is worked out once.
    rows = features.rows.lazy().with_columns(pl.col("feature").cast(names))
    of_account = collect(rows.join(standing.drop("account_id"), on="row", how="inner")).lazy()
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
        .sort("row", "in_tier", "overall", "feature", descending=[False, True, True, False])
        .group_by("row", maintain_order=True)
        .agg(pl.col("feature").first())
    )
    unlimited = standing.filter(pl.col("account_id").is_in(features.unlimited.implode()))
    known = of_account.filter(is_known).select("row", "tier", "feature")
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
    """The first feature of a ranking that an account does not know: row, feature.

    Args:
        accounts: row and, as in the others, the columns `by`.
        known: row, feature.
        ranked: feature, place from 0 without gaps.
        by: What says whose ranking it is.
    """
    passed = known.join(ranked, on=[*by, "feature"]).select("row", "place").sort("row", "place")
    # Places in ascending order stand at their own index until the first gap, and behind it never again.
    begins = pl.when(pl.col("row").ne_missing(pl.col("row").shift())).then(_PLACE).forward_fill()
    gaps = passed.filter(pl.col("place") == _PLACE - begins).group_by("row").agg(place=pl.len().cast(pl.Int64))
    first = accounts.join(gaps, on="row", how="left").with_columns(pl.col("place").fill_null(0))
    return first.join(ranked, on=[*by, "place"], how="inner").select("row", "feature")


def _with_first(placed: pl.DataFrame, *found: pl.LazyFrame) -> pl.DataFrame:
    """Fill `next_feature` from the first that has a feature for the account."""
    rows = pl.LazyFrame({"row": pl.int_range(placed.height, dtype=pl.UInt32(), eager=True)})
    for place, each in enumerate(found):
        told = each.select("row", pl.col("feature").cast(pl.String).alias(str(place)))
        rows = rows.join(told, on="row", how="left", maintain_order="left")
    first = pl.coalesce(str(place) for place, _ in enumerate(found)).alias("next_feature")
    return placed.with_columns(collect(rows.select(first)).to_series())
