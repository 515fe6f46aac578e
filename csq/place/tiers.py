"""Bands of contract value, within which accounts are compared with their like."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from csq.errors import UsageError
from csq.settings.model import ALL_TIERS, OTHER, UNVALUED, Tiers

LEAST_FOR_THIRDS = 30
"""With fewer valued accounts, thirds would be too small to take a median of."""
THIRDS = ("large", "mid", "small")


def assign_tiers(frame: pl.DataFrame, tiers: Tiers | None) -> tuple[pl.Series, Mapping[str, Decimal]]:
    """Return the tier of each row of `frame`, and the lower end of each band, highest first.

    Args:
        frame: Has `contract_value`, and the column that csq.yaml names, if it names one.
        tiers: What csq.yaml says; None takes thirds of the valued accounts.

    Raises:
        UsageError: csq.yaml names a column that the accounts do not have.
    """
    if tiers is not None and tiers.column is not None:
        if tiers.column not in frame.columns:
            raise UsageError(
                f"`tiers: column: {tiers.column}` is no column of the accounts",
                hint=f"they have: {', '.join(name for name in frame.columns if not name.startswith('_'))}",
            )
        return frame[tiers.column].cast(pl.String).fill_null(OTHER).alias("tier"), {}
    bands = tiers.bands if tiers is not None and tiers.bands is not None else thirds(frame["contract_value"])
    value = pl.col("contract_value")
    lowest = ALL_TIERS if not bands else OTHER
    tier = pl.lit(lowest)
    for name, at_least in sorted(bands.items(), key=lambda band: band[1]):
        # By way of a text: polars loads numpy, where there is one, to take a Decimal, which is a tenth of a run.
        end = pl.lit(str(at_least)).cast(pl.Decimal(38, 2))
        tier = pl.when(value >= end).then(pl.lit(name)).otherwise(tier)
    tier = pl.when(value.is_null()).then(pl.lit(UNVALUED)).otherwise(tier)
    ordered = dict(sorted(bands.items(), key=lambda band: band[1], reverse=True))
    return frame.select(tier.alias("tier"))["tier"], ordered


def tier_median_value() -> pl.Expr:
    """The median of the known contract values of an account's tier, to the cent."""
    return pl.col("contract_value").cast(pl.Float64()).median().over("tier").round(2).cast(pl.Decimal(38, 2))


def thirds(values: pl.Series) -> dict[str, Decimal]:
    """Lower ends of three bands with as many accounts each as ties allow; none for few valued accounts.

    Equal values share a tier, so a band may be larger than a third, or absent.
    """
    ordered = values.drop_nulls().sort()
    if len(ordered) < LEAST_FOR_THIRDS:
        return {}
    ends = (ordered[len(ordered) * 2 // 3], ordered[len(ordered) // 3], Decimal(0))
    bands: dict[str, Decimal] = {}
    for name, end in zip(THIRDS, ends, strict=True):
        if end not in bands.values():
            bands[name] = end
    return bands
