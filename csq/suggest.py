"""A name that is not known, answered with the known ones that are most like it."""

import json
import re
import shlex
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher

from csq.errors import UsageError

CUTOFF = 0.6
"""Likeness, 0-1, from which a name may have been meant."""
_OFFERED = 3
_LISTED = 8


def nearest(
    known: Iterable[str],
    *words: str,
    most: int = 1,
    form: Callable[[str], str] = str.casefold,
    by_word: bool = False,
) -> tuple[str, ...]:
    """Return the known names that are most like one of `words`, the likeliest first.

    Args:
        known: The names that there are.
        words: What was given, in one spelling or in several.
        most: How many to return.
        form: What is compared of a name.
        by_word: Whether a single word of a known name may be what was meant, as of a person's.
    """
    likeness: dict[str, float] = {}
    matcher = SequenceMatcher()
    for word in words:
        matcher.set_seq2(form(word))
        for name in sorted(known):
            for spelling in {form(name), *(re.split(r"[\W_]+", form(name)) if by_word else ())} - {""}:
                matcher.set_seq1(spelling)
                if matcher.real_quick_ratio() >= CUTOFF and matcher.quick_ratio() >= CUTOFF:
                    likeness[name] = max(likeness.get(name, 0.0), matcher.ratio())
    near = (name for name in likeness if likeness[name] >= CUTOFF)
    return tuple(sorted(near, key=lambda name: (-likeness[name], name))[:most])


def in_shell(word: str) -> str:
    """A word of a hint as it can be pasted into a shell: in quotes where that would take it for something else."""
    return f'"{word}"' if re.fullmatch(r"[\w .,:;()/&+=@%#-]* [\w .,:;()/&+=@%#-]*", word) else shlex.quote(word)


def in_yaml(text: str) -> str:
    """A key or a text of csq.yaml: anything that is not a plain word is quoted, as JSON quotes, which YAML reads."""
    is_plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) and text.casefold() not in _NO_TEXT
    return text if is_plain else json.dumps(text, ensure_ascii=not text.isprintable())


_NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
"""Words that YAML takes for something other than text."""


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """Return the hint that offers the known name closest to `word`, if there is one."""
    return _offer(nearest(known, word))


def unknown_name(what: str, name: str, known: Iterable[str]) -> UsageError:
    """Say that `name` is not among `known`, and what may have been meant.

    Args:
        what: What is wrong, to stand before the name: `no column`.
        name: The name that was given.
        known: The names that there are.
    """
    names = sorted(known)
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    listed = f"there are {', '.join(f'`{each}`' for each in names[:_LISTED])}{more}" if names else "there are none"
    return UsageError(f"{what} `{name}`", hint=_offer(nearest(names, name, most=_OFFERED, by_word=True)) or listed)


def _offer(names: Iterable[str]) -> str | None:
    listed = " or ".join(f"`{name}`" for name in names)
    return f"did you mean {listed}?" if listed else None
