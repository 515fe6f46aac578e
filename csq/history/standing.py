"""Where all accounts stand in one run, with the rules and the measure that put them there: what `diff` compares."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, Self

import polars as pl

from csq import __version__
from csq.pipeline import Triage
from csq.place.scores import AMOUNT, INACTIVE, PART
from csq.schema import COLUMNS, complete, lean
from csq.section import plain
from csq.settings.model import BREADTH, Features, Happiness
from csq.sources.load import Tables
from csq.terms import Axis, Role

KEPT = (
    "account_id", "account_name", "tier", "contract_value", "currency", "segment", "seats", "status", "start_date",
    "renewal_date",
    "quadrant", "usage_level", "happiness_level", "usage_score", "happiness_score", "usage_cut", "happiness_cut",
    "usage_margin", "happiness_margin", "borderline", "evidence", "unknown_reason", "is_new",
    "events", "active_users", "active_days", "features_used", "seat_use_pct", "breadth_pct", "usage_change_pct",
    "last_active_date",
    "responses", "asked", "response_rate_pct", "csat_mean", "top_box_pct", "decision_maker_mean", "lowest_role_mean",
    "nps", "ces", "silence",
    "days_to_renewal", "days_to_deadline", "signals", "severity", "queue", "priority", "rank", "step_id", "hours",
    "this_week",
)  # fmt: skip
"""Columns of the account table that are kept of a run. None of them names a person."""
USAGE_PART, USAGE_AMOUNT, INACTIVE_KEPT = PART, "usage_amount_", "inactive"
"""Prefixes of the parts of the usage score, 0-100, and of the amounts that references turn into parts; and the column
that says whether nothing was done in the window."""
_NO_MEASURE = ("comment", "role", "name", "note")
"""Fields that no score is made of."""
_SCORED_OF_ACCOUNTS = ("seats", "features_entitled", "start_date")


class PlacingRules(NamedTuple):
    """How measured values become levels."""

    references: Mapping[str, Mapping[str, float]]
    """Amounts that count as 100, by usage part and tier."""
    weights: Mapping[str, float]
    """Of each usage part."""
    happiness: Happiness


class Measure(NamedTuple):
    """How values were measured, in words: where they differ, scores cannot be compared."""

    version: str
    """Of csq."""
    axes: Mapping[Axis, Mapping[str, str]]
    """By axis what was settled, such as `window`, and how."""

    def differs(self, other: Self, axis: Axis) -> bool:
        """Whether scores of an axis cannot be compared with those of the other."""
        return self.version != other.version or self.axes.get(axis, {}) != other.axes.get(axis, {})


class Standing(NamedTuple):
    """A run, as far as another can be compared with it."""

    as_of: date | None
    accounts: pl.DataFrame
    """Columns `KEPT`, `INACTIVE_KEPT`, and those that begin with `USAGE_PART` or `USAGE_AMOUNT`; by account_id."""
    rules: PlacingRules
    measure: Measure


def standing_of(found: Triage) -> Standing:
    """Take from a run what is kept of it."""
    settings = found.settings.settings
    own = found.placed.frame
    parts = [name for name in own.columns if name.startswith(PART)]
    amounts = [name for name in own.columns if name.startswith(AMOUNT)]
    measured = own.select(
        "account_id",
        pl.col(INACTIVE).alias(INACTIVE_KEPT),
        *parts,
        pl.when(pl.col("account_id").is_in(found.facts.features.unlimited.implode()))
        .then("features_used")
        .cast(pl.Float64)
        .alias(USAGE_AMOUNT + BREADTH),
        *(pl.col(name).alias(USAGE_AMOUNT + name.removeprefix(AMOUNT)) for name in amounts),
    )
    names = [name.removeprefix(PART) for name in parts]
    return Standing(
        as_of=found.as_of.day,
        accounts=lean(found.accounts.select(KEPT).join(measured, on="account_id", how="left").sort("account_id")),
        rules=PlacingRules(
            references=found.placed.references,
            weights={name: settings.weights.get(name, 1.0) for name in names},
            happiness=settings.happiness,
        ),
        measure=Measure(__version__, {Axis.USAGE: _usage(found, parts), Axis.HAPPINESS: _happiness(found)}),
    )


def _usage(found: Triage, parts: list[str]) -> dict[str, str]:
    settings, rows = found.settings.settings, found.tables.roles.get(Role.USAGE)
    known = [name.removeprefix(PART) for name in parts if found.placed.frame[name].is_not_null().any()]
    features = {name: told for name, told in plain(settings.features).items() if told != Features.KEYS[name].default}
    kinds = [f"{name} {metric.kind}" for name, metric in found.facts.metrics.items()]
    return {
        "window": f"{settings.windows.usage} days",
        "table": str(rows.grain) if rows else "none",
        "parts": _listed(known),
        "metrics": _listed(kinds),
        "features": str(features or ""),
        "columns": _columns(found.tables, Role.USAGE, Role.ACCOUNTS),
    }


def _happiness(found: Triage) -> dict[str, str]:
    axis = found.facts.axis
    return {
        "window": f"{found.settings.settings.windows.csat} days",
        "survey": str(axis or "none"),
        "scale": _listed(f"`{scale.header}` {scale.scale}" for scale in found.scales if scale.survey == axis),
        "columns": _columns(found.tables, Role.CSAT),
    }


def _columns(tables: Tables, *roles: Role) -> str:
    """The headers that the fields were read from of which the scores of an axis are made."""
    return _listed(
        f"{field} from `{header}`"
        for file in tables.files
        if file.role in roles
        for header, field in file.columns
        if field not in _NO_MEASURE and (file.role is not Role.ACCOUNTS or field in _SCORED_OF_ACCOUNTS)
    )


def _listed(words: object) -> str:
    return ", ".join(sorted(set(words)))  # type: ignore[call-overload]


def completed(accounts: pl.DataFrame) -> pl.DataFrame:
    """The accounts of a snapshot with all columns of `KEPT`: those that its csq did not keep yet are null."""
    known = accounts.select(name for name in accounts.columns if name not in COLUMNS or name in KEPT)
    frame = complete(known, (COLUMNS[name] for name in KEPT))
    if INACTIVE_KEPT not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Boolean()).alias(INACTIVE_KEPT))
    return frame
