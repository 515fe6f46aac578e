"""A name nobody knows, answered with the ones that are nearest to it."""

from collections.abc import Iterable
from difflib import get_close_matches

from csq.errors import UsageError

_SHOWN = 8


def unknown_name(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Say that `name` is not among `known`, and what may have been meant.

    Args:
        what: What is wrong, to stand before the name: `no column`.
        name: The name that was given.
        known: The names that there are.
    """
    names = sorted(known)
    by_folded = {each.casefold(): each for each in names}
    near = [by_folded[match] for match in get_close_matches(name.casefold(), by_folded, n=3)]
    if near:
        hint = f"did you mean {' or '.join(f'`{each}`' for each in near)}?"
    elif names:
        more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
        hint = f"there are {', '.join(f'`{each}`' for each in names[:_SHOWN])}{more}"
    else:
        hint = "there are none"
    return UsageError(f"{what} `{name}`", hint=hint)
