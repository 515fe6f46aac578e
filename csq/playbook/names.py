"""The names that conditions and braces may use, and what each holds."""

from collections.abc import Mapping
from functools import lru_cache

from csq.schema import COLUMNS, CONDITION_COLUMNS, Kind, event_kind
from csq.suggest import near_miss

# Conditions see one kind of number: counts and money are floats to them.
_SEEN_AS = {Kind.WHOLE: Kind.NUMBER, Kind.MONEY: Kind.NUMBER}


def names(custom: Mapping[str, Kind]) -> Mapping[str, Kind]:
    """Return every column of csq's and every one of `custom`, with what it holds: number, text, bool, date or list.

    For the same columns it is the same object.
    """
    return _names(tuple(custom.items()))


@lru_cache(maxsize=8)
def _names(custom: tuple[tuple[str, Kind], ...]) -> Mapping[str, Kind]:
    own = {name: _SEEN_AS.get(column.kind, column.kind) for name, column in CONDITION_COLUMNS.items()}
    return {**own, **dict(custom)}


def kind_of(name: str, known: Mapping[str, Kind]) -> Kind | None:
    """Return what `name` holds; any `event_<kind>_days` is a number. None: there is no such name."""
    return known.get(name) or (Kind.NUMBER if event_kind(name) else None)


def hint_for(name: str, known: Mapping[str, Kind]) -> str:
    """Return what to do about a name that is not known."""
    if name in COLUMNS:
        return "csq works it out only after conditions are judged"
    return near_miss(name, known) or f"declare it under `facts:` if `{name}` is a column of yours"
