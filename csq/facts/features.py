"""Features by name: used, dropped, entitled and unused, and the one that is most worth suggesting."""

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


def feature_rows(used: pl.DataFrame, accounts: pl.DataFrame, in_log: pl.Series) -> pl.DataFrame:
    """Every feature that an account in the log may or does use, sorted by account and name.

    Where the entitlement is not known by name, every feature in the log may be used.

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
    known = used.select("feature").unique()
    open_to = told.filter(pl.col("feature").is_null()).select("account_id").join(known, how="cross")
    open_to = open_to.with_columns(entitled=pl.lit(None, dtype=pl.Boolean()))
    keys = ["account_id", "feature"]
    rows = pl.concat([by_name, open_to]).join(used, on=keys, how="full", coalesce=True)
    limited = pl.col("account_id").is_in(by_name["account_id"].unique().implode())
    return rows.select(
        *keys,
        entitled=pl.when(limited).then(pl.col("entitled").fill_null(value=False)),
        now=pl.col("now").fill_null(value=False),
        before=pl.col("before").fill_null(value=False),
    ).sort(keys)


def feature_facts(rows: pl.DataFrame) -> pl.DataFrame:
    """Features of each account by name: dropped_features, only_feature and how many it may use and does not."""
    now, before = pl.col("now"), pl.col("before")
    dropped = pl.col("feature").filter(before & ~now)
    return rows.group_by("account_id", maintain_order=True).agg(
        dropped_features=pl.when(dropped.len() > 0).then(dropped.str.join("; ")),
        only_feature=pl.when(now.sum() == 1).then(pl.col("feature").filter(now).first()),
        unused_by_name=pl.when(pl.col("entitled").is_not_null().any()).then((~now & pl.col("entitled")).sum()),
    )


def suggest_features(placed: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Fill `next_feature`: the one that most happy accounts of the tier use and this account may and does not.

    What it has just dropped it knows already, so that is not suggested. Ties go to what more happy accounts of all
    tiers use, then to the first in the alphabet. Null where the features are not known, and where nothing is left that
    any happy account uses.

    Args:
        placed: account_id, tier, happiness_level.
        rows: As from `feature_rows`.
    """
    of_account = rows.join(
        placed.select("account_id", "tier", happy=pl.col("happiness_level") == Level.HIGH), on="account_id", how="inner"
    )
    loved = of_account.lazy().filter(pl.col("happy") & pl.col("now"))
    everywhere = loved.group_by("feature").agg(overall=pl.len())
    within = loved.group_by("tier", "feature").agg(in_tier=pl.len())
    open_to = ~pl.col("now") & ~pl.col("before") & pl.col("entitled").fill_null(value=True)
    candidates = (
        of_account.lazy()
        .filter(open_to)
        .join(everywhere, on="feature", how="inner")
        .join(within, on=["tier", "feature"], how="left")
        .with_columns(pl.col("in_tier").fill_null(0))
        .sort("account_id", "in_tier", "overall", "feature", descending=[False, True, True, False])
    )
    best = candidates.group_by("account_id", maintain_order=True).agg(next_feature=pl.col("feature").first())
    return collect(placed.lazy().drop("next_feature").join(best, on="account_id", how="left", maintain_order="left"))
