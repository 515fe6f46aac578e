"""A name that is not known, answered with the known ones that are most like it."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate

from csq.errors import UsageError

CUTOFF = 0.6
"""Likeness, 0-1, from which a name may have been meant."""
LONGEST = 200
"""Letters up to which names are compared: what is longer is no name, and to compare two such texts takes hours."""
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
    best: list[tuple[float, str]] = []
    matcher = SequenceMatcher()
    for bound, name, word, spelling in _promising([*known], words, form, by_word=by_word):
        if len(best) == most and (-bound, name) > best[-1]:  # nor can any that follow come before it
            break
        matcher.set_seqs(spelling, word)
        if (likeness := matcher.ratio()) >= CUTOFF:
            others = [each for each in best if each[1] != name]
            mine = min([(-likeness, name), *(each for each in best if each[1] == name)])
            best = sorted([*others, mine])[:most]
    return tuple(name for _, name in best)


def _promising(
    known: Sequence[str], words: Sequence[str], form: Callable[[str], str], *, by_word: bool
) -> list[tuple[float, str, str, str]]:
    """What may be like a word, the likeliest first: how like at most, a known name, the word, a spelling of the name.

    Two texts are as like as the letters that they share at most: to count these takes a hundredth of the time.
    """
    asked = [(word, _letters(word)) for word in map(form, words) if len(word) <= LONGEST]
    found = []
    for name in known:
        for spelling in {form(name), *(re.split(r"[\W_]+", form(name)) if by_word else ())} - {""}:
            if len(spelling) > LONGEST:
                continue
            near = [each for each in asked if _likeness(min(len(each[0]), len(spelling)), each[0], spelling) >= CUTOFF]
            letters = _letters(spelling) if near else frozenset()
            bounds = [(_likeness(len(letters & others), word, spelling), word) for word, others in near]
            found += [(-bound, name, word, spelling) for bound, word in bounds if bound >= CUTOFF]
    return [(-bound, name, word, spelling) for bound, name, word, spelling in sorted(found)]


def _likeness(shared: int, one: str, other: str) -> float:
    """How like two texts are that share so many letters, as `SequenceMatcher` counts it."""
    return 2.0 * shared / (len(one) + len(other))


def _letters(text: str) -> frozenset[tuple[str, int]]:
    """The letters of a text, each with how often it has come before."""
    before: Counter[str] = Counter()
    found = set()
    for letter in text:
        found.add((letter, before[letter]))
        before[letter] += 1
    return frozenset(found)


NAMED, _WIDE = 20, 500
"""How many names are told of many, and in how many characters: on a screen that is some lines."""


def few(told: Sequence[str]) -> Sequence[str]:
    """The first of what is told, as many as there is room for; one in any case."""
    wide = accumulate(map(len, told[:NAMED]))
    return told[: max(1, sum(end <= _WIDE for end in wide))]


def first(told: Sequence[str], separator: str = ", ") -> str:
    """What is told, of very many the first, and how many more there are."""
    return separator.join(few(told)) + and_more(told)


def and_more(told: Sequence[str]) -> str:
    """How many more there are than there is room for; nothing where all are told."""
    left = len(told) - len(few(told))
    return f" and {left:,} more" if left else ""


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
