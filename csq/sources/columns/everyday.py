"""Events of a log that everybody's use begins with: they count for active users and days, and for nothing else."""

import polars as pl

from csq.engine.counts import IsEveryday
from csq.settings.model import Features
from csq.sources.cells.values import squeeze
from csq.sources.columns.use_words import EVERYDAY


def everyday_events(told: Features) -> frozenset[str]:
    """The names of such events, squeezed: those that csq.yaml tells, else those that are known."""
    names = EVERYDAY if told.ignore is None else told.ignore
    return frozenset(map(squeeze, names)) - frozenset(map(squeeze, told.count))


def is_one_of(everyday: frozenset[str]) -> IsEveryday:
    """Whether a feature, as it stands in a file, is one of such names."""
    return lambda feature: squeeze(feature) in everyday


def without_everyday(entitled: pl.Series, everyday: frozenset[str]) -> pl.Series:
    """Lists of features, `;` between them, without those that are everybody's."""

    def others(names: str) -> str:
        return ";".join(name for name in names.split(";") if squeeze(name) not in everyday)

    known = entitled.drop_nulls().unique()
    return entitled.replace(known, pl.Series([others(names) for names in known], dtype=pl.String()))
