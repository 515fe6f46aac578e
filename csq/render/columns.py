"""The public columns: which columns of the account table go out, in what order, under what label.

Every format draws from here. A new column is one more name in `PUBLIC`; what it holds stands in the schema.
"""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from csq.errors import UsageError
from csq.schema import COLUMNS, DTYPES, Kind
from csq.suggest import unknown_name

PUBLIC = (
    "rank",
    "account_id",
    "account_name",
    "owner",
    "tier",
    "contract_value",
    "quadrant",
    "usage_level",
    "happiness_level",
    "usage_score",
    "happiness_score",
    "usage_margin",
    "happiness_margin",
    "borderline",
    "evidence",
    "responses",
    "response_rate_pct",
    "active_users",
    "seats",
    "seat_use_pct",
    "usage_change_pct",
    "days_to_renewal",
    "signals",
    "play",
    "next_step",
    "risks",
    "queue",
    "priority",
    "hours",
    "this_week",
    "moved_from",
    "silence",
    "missing",
    "answers_to_flip",
    "usage_parts",
    "weeks_here",
    "moved_because",
    "times_deferred",
)

KEYS = ("account_id", "account_name")
"""Columns that a spreadsheet is likely to be joined on."""

_WORDS: Mapping[str, str] = {"id": "ID", "pct": "%", "csat": "CSAT", "nps": "NPS", "ces": "CES", "yoy": "year on year"}
_KINDS: Mapping[pl.DataType, Kind] = {dtype: kind for kind, dtype in DTYPES.items()}


class OutputColumn(NamedTuple):
    """One column of an output."""

    name: str
    label: str
    """For people: `Usage change %`."""
    kind: Kind
    """What it holds, which decides its number format."""
    unit: str
    """As in the schema; empty for a custom column, as are the next two."""
    span: str
    """The values it can take."""
    meaning: str

    @property
    def is_right(self) -> bool:
        """Whether it stands on the right of its column, as numbers do."""
        return self.kind in {Kind.NUMBER, Kind.WHOLE, Kind.MONEY}


def label(name: str) -> str:
    """Put a column's name as a person would write it: `seat_use_pct` is `Seat use %`."""
    words = " ".join(_WORDS.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def output_columns(accounts: pl.DataFrame, fields: tuple[str, ...] = ()) -> tuple[OutputColumn, ...]:
    """Describe the public columns, then each of `fields` that is not one of them, once.

    Raises:
        UsageError: `accounts` has no column of that name, or it names people.
    """
    for name in fields:
        if name not in accounts.columns:
            raise unknown_name("no column", name, accounts.columns)
        if name in COLUMNS and COLUMNS[name].personal:
            raise UsageError(f"`{name}` names people, and this output is passed on")
    dtypes = accounts.schema
    return tuple(_describe(name, dtypes[name]) for name in dict.fromkeys((*PUBLIC, *fields)))


def _describe(name: str, dtype: pl.DataType) -> OutputColumn:
    known = COLUMNS.get(name)
    if known is None:
        return OutputColumn(name=name, label=label(name), kind=_KINDS[dtype], unit="", span="", meaning="")
    return OutputColumn(
        name=name, label=label(name), kind=known.kind, unit=known.unit, span=known.span, meaning=known.meaning
    )
