"""The names that conditions and braces may use, and what each holds."""

from collections.abc import Mapping

from csq.schema import COLUMNS, CONDITION_COLUMNS, Kind, event_kind
from csq.suggest import near_miss

# Conditions see one kind of number: counts and money are floats to them.
_SEEN_AS = {Kind.WHOLE: Kind.NUMBER, Kind.MONEY: Kind.NUMBER}


class Names(dict[str, Kind]):
    """Names that do not change any more, so that what was read with them can be found by them."""

    def __hash__(self) -> int:  # type: ignore[override]
        """Tell those of two playbooks apart well enough; whether they are the same is told by what they hold."""
        return len(self)


def names(custom: Mapping[str, Kind]) -> Names:
    """Return every column of csq's and every one of `custom`, with what it holds: number, text, bool, date or list."""
    own = {name: _SEEN_AS.get(column.kind, column.kind) for name, column in CONDITION_COLUMNS.items()}
    return Names({**own, **custom})


def kind_of(name: str, known: Mapping[str, Kind]) -> Kind | None:
    """Return what `name` holds; any `event_<kind>_days` is a number. None: there is no such name."""
    return known.get(name) or (Kind.NUMBER if event_kind(name) else None)


def hint_for(name: str, known: Mapping[str, Kind]) -> str:
    """Return what to do about a name that is not known."""
    if name in COLUMNS:
        return "csq works it out only after conditions are judged"
    return near_miss(name, known) or f"declare it under `facts:` if `{name}` is a column of yours"
