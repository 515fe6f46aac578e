"""Whether two keys are one but for how they are written. Nothing is joined by it: a person says what is one."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from csq.sources.joining.name_words import (
    AND,
    FORMS_BEFORE,
    FORMS_OF_WORDS,
    FORMS_UNSPACED,
    LEGAL_FORMS,
    LETTERS,
    LETTERS_SPELT_OUT,
    SHORT,
)

ASPECTS = ("case", "punctuation", "blanks", "accents", "leading zeros", "legal form")
"""What two spellings of one key may differ in."""

MANY_FIGURES = 7
"""Figures from which on a number is the same however it is grouped: `556012-5790`. `1-12` is not `11-2`."""


@lru_cache(maxsize=65536)
def spellings(key: str) -> tuple[frozenset[str], frozenset[str]]:
    """What a key is when everything is left out that may be written otherwise: with its legal form, and without.

    Several each, since `ü` is written `u` or `ue`.
    """
    texts = {key, _spelt_out(key)}
    return (
        frozenset(plain(text, but="legal form") for text in texts) - {""},
        frozenset(core(text) for text in texts) - {""},
    )


@cache
def core(key: str) -> str:
    """A key without anything that may be written otherwise."""
    return plain(key)


def plain(key: str, *, but: str = "") -> str:
    """A key without what may be written otherwise, `but` for one of `ASPECTS`."""
    # Each step looks first whether there is anything for it to do: there may be a hundred thousand names.
    text = key if key.isascii() else unicodedata.normalize("NFKC", key)
    if but != "legal form":
        text = text if text.isascii() else re.sub(FORMS_UNSPACED, " ", text)
        if "pa" in text:
            text = re.sub(r"\b(Spa|spa)\b(?!\.)", "spa-house", text)  # only `SpA` and `S.p.A.` are a form
    if but != "accents":
        text = _without_accents(text)
    if but != "case":
        text = text.casefold()
    if but != "punctuation" and not text.replace(" ", "").isalnum():
        text = re.sub(r"[.'’‘`´](?!\d)|(?<!\d)\.", "", text)
        text = re.sub(r"[&+]", " and ", text)
        text = re.sub(r"[^\w\s]|_", " ", text)
    words = _initials_joined(text.split())
    words = [SHORT.get(word, word) for word in words] if but == "legal form" else _without_form(words)
    if but != "punctuation" and not AND.isdisjoint(words):
        words = [word for at, word in enumerate(words) if word not in AND or at in (0, len(words) - 1)]
    if but != "leading zeros" and "0" in text:
        words = [word.lstrip("0") or "0" if word.isdecimal() else word for word in words]
    return " ".join(words) if but == "blanks" else _squeezed(words)


def differences(one: str, other: str) -> list[str]:
    """In what two spellings of one key differ: those of `ASPECTS` without which they would not be the same."""
    pairs = [(left, right) for left in (one, _spelt_out(one)) for right in (other, _spelt_out(other))]
    left, right = next((pair for pair in pairs if core(pair[0]) == core(pair[1])), pairs[0])
    may = [aspect for aspect in ASPECTS if _has(left, aspect) or _has(right, aspect)]
    found = {aspect for aspect in may if plain(left, but=aspect) != plain(right, but=aspect)}
    found |= {"accents"} if (left, right) != (one, other) else set()
    return [aspect for aspect in ASPECTS if aspect in found] or ["blanks"]


def _has(key: str, aspect: str) -> bool:
    """Whether a key has anything of what one of `ASPECTS` speaks of, as far as is soon told."""
    if aspect == "case":
        return key != key.casefold()
    if aspect == "accents":
        return not key.isascii()
    if aspect == "leading zeros":
        return not key.isascii() or "0" in key
    return True


def legal_form(key: str) -> str:
    """The legal form at a key, in one spelling; empty without one."""
    return plain(key, but="legal form").replace(core(key), "", 1)


def _spelt_out(text: str) -> str:
    if text.isascii():  # as most names: there may be a hundred thousand
        return text
    lower = unicodedata.normalize("NFC", text)
    return "".join(LETTERS_SPELT_OUT.get(letter.casefold(), letter) for letter in lower)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    text = "".join(LETTERS.get(letter.casefold(), letter) for letter in text)
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub(r"[\u0300-\u036f]", "", parts))


def _initials_joined(words: list[str]) -> list[str]:
    """`s r l` is `srl`."""
    if len(words) < 2 or min(map(len, words)) > 1:
        return words
    joined: list[str] = []
    last_is_initial = False
    for word in words:
        is_initial = len(word) == 1 and word.isalpha()
        if is_initial and last_is_initial:
            joined[-1] += word
        else:
            joined.append(word)
        last_is_initial = is_initial
    return joined


_BY_LAST = {last: [form for form in FORMS_OF_WORDS if form[-1] == last] for *_, last in FORMS_OF_WORDS}


def _without_form(words: list[str]) -> list[str]:
    """The words without legal forms, of which at least one is left."""
    left = list(words)
    while len(left) > 1:
        last = left[-1].casefold()
        several = next((form for form in _BY_LAST.get(last, ()) if len(form) < len(left) and _ends(left, form)), ())
        if several:
            del left[-len(several) :]
        elif last in LEGAL_FORMS or last in AND:
            del left[-1]
        elif left[0].casefold() in FORMS_BEFORE:
            del left[0]
        else:
            break
    return left


def _ends(words: Sequence[str], form: Sequence[str]) -> bool:
    return tuple(word.casefold() for word in words[-len(form) :]) == tuple(form)


def _squeezed(words: Sequence[str]) -> str:
    """Words without blanks, which between figures would make other numbers of them."""
    if not any(one[-1].isdecimal() and other[0].isdecimal() for one, other in pairwise(words)):
        return "".join(words)
    text = " ".join(words)
    if sum(map(str.isdecimal, text)) < MANY_FIGURES:
        text = re.sub(r"(?<=\d) (?=\d)", "-", text)
    return text.replace(" ", "")
