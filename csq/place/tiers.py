"""Bands of contract value, within which accounts are compared with their like."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from csq.errors import ConfigError, UsageError
from csq.settings.model import ALL_TIERS, OTHER, UNVALUED, Tiers

LEAST_FOR_THIRDS = 30
"""With fewer valued accounts, thirds would be too small to take a median of."""
THIRDS = ("large", "mid", "small")
MOST = 1_000
"""Tiers that accounts are compared within: more hold next to nobody each."""


def assign_tiers(frame: pl.DataFrame, tiers: Tiers | None) -> tuple[pl.Series, Mapping[str, Decimal]]:
    """Return the tier of each row of `frame`, and the lower end of each band, highest first.

    Args:
        frame: Has `contract_value`, and the column that csq.yaml names, if it names one.
        tiers: What csq.yaml says; None takes thirds of the valued accounts.

    Raises:
        UsageError: csq.yaml names a column that the accounts do not have.
        ConfigError: There are more than `MOST` tiers.
    """
    tier, bands = _assigned(frame, tiers)
    if (count := tier.n_unique()) > MOST:
        raise ConfigError(
            f"{count:,} tiers of {frame.height:,} accounts: csq compares within up to {MOST:,}",
            hint="take a column of few words, such as the segment, or `bands`, under `tiers:` in csq.yaml",
        )
    return tier, bands


def _assigned(frame: pl.DataFrame, tiers: Tiers | None) -> tuple[pl.Series, Mapping[str, Decimal]]:
    if tiers is not None and tiers.column is not None:
        if tiers.column not in frame.columns:
            raise UsageError(
                f"`tiers: column: {tiers.column}` is no column of the accounts",
                hint=f"they have: {', '.join(name for name in frame.columns if not name.startswith('_'))}",
            )
        return frame[tiers.column].cast(pl.String).fill_null(OTHER).alias("tier"), {}
    bands = tiers.bands if tiers is not None and tiers.bands is not None else thirds(frame["contract_value"])
    rising = sorted(bands.items(), key=lambda band: band[1])
    value = frame["contract_value"]
    # By way of texts: polars loads numpy, where there is one, to take a Decimal, which is a tenth of a run.
    ends = pl.Series([str(end) for _, end in rising], dtype=pl.String()).cast(pl.Decimal(38, 2))
    names = pl.Series("tier", [OTHER if bands else ALL_TIERS, *(name for name, _ in rising), UNVALUED])
    place = ends.search_sorted(value, side="right").set(value.is_null(), len(names) - 1)
    return names[place], dict(reversed(rising))


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
