"""A name nobody knows, answered with the ones that are nearest to it."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from csq.errors import UsageError

_OFFERED = 3
_LISTED = 8
_NEAR = 0.7


def unknown_name(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Say that `name` is not among `known`, and what may have been meant.

    Args:
        what: What is wrong, to stand before the name: `no column`.
        name: The name that was given.
        known: The names that there are.
    """
    names = sorted(known)
    likeness = {each: _likeness(name, each) for each in names}
    near = sorted((each for each in names if likeness[each] >= _NEAR), key=lambda each: -likeness[each])[:_OFFERED]
    if near:
        hint = f"did you mean {' or '.join(f'`{each}`' for each in near)}?"
    elif names:
        more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
        hint = f"there are {', '.join(f'`{each}`' for each in names[:_LISTED])}{more}"
    else:
        hint = "there are none"
    return UsageError(f"{what} `{name}`", hint=hint)


def _likeness(name: str, known: str) -> float:
    """Compare two names, 0-1; a single word of the known one may be the one that was meant."""
    folded = known.casefold()
    forms = {folded, *re.split(r"[\W_]+", folded)}
    return max(SequenceMatcher(None, name.casefold(), form).ratio() for form in forms)
