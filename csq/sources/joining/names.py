"""Whether two keys are one but for how they are written. Nothing is joined by it: a person says what is one."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

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
        frozenset(plain(text) for text in texts) - {""},
    )


def plain(key: str, *, but: str = "") -> str:
    """A key without what may be written otherwise, `but` for one of `ASPECTS`."""
    text = unicodedata.normalize("NFKC", key)
    if but != "legal form":
        text = re.sub(FORMS_UNSPACED, " ", text)
        text = re.sub(r"\b(Spa|spa)\b(?!\.)", "spa-house", text)  # only `SpA` and `S.p.A.` are a form
    if but != "accents":
        text = _without_accents(text)
    if but != "case":
        text = text.casefold()
    if but != "punctuation":
        text = re.sub(r"[.'’‘`´](?!\d)|(?<!\d)\.", "", text)
        text = re.sub(r"[&+]", " and ", text)
        text = re.sub(r"[^\w\s]|_", " ", text)
    words = _initials_joined(text.split())
    words = [SHORT.get(word, word) for word in words] if but == "legal form" else _without_form(words)
    if but != "punctuation":
        words = [word for at, word in enumerate(words) if word not in AND or at in (0, len(words) - 1)]
    if but != "leading zeros":
        words = [word.lstrip("0") or "0" if word.isdecimal() else word for word in words]
    return " ".join(words) if but == "blanks" else _squeezed(words)


def differences(one: str, other: str) -> list[str]:
    """In what two spellings of one key differ: those of `ASPECTS` without which they would not be the same."""
    pairs = [(left, right) for left in (one, _spelt_out(one)) for right in (other, _spelt_out(other))]
    left, right = next((pair for pair in pairs if plain(pair[0]) == plain(pair[1])), pairs[0])
    found = {aspect for aspect in ASPECTS if plain(left, but=aspect) != plain(right, but=aspect)}
    found |= {"accents"} if (left, right) != (one, other) else set()
    return [aspect for aspect in ASPECTS if aspect in found] or ["blanks"]


def legal_form(key: str) -> str:
    """The legal form at a key, in one spelling; empty without one."""
    whole, core = plain(key, but="legal form"), plain(key)
    return whole.replace(core, "", 1)


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


def _initials_joined(words: Sequence[str]) -> list[str]:
    """`s r l` is `srl`."""
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


def _without_form(words: list[str]) -> list[str]:
    """The words without legal forms, of which at least one is left."""
    left = list(words)
    while len(left) > 1:
        folded = [word.casefold() for word in left]
        several = next((form for form in FORMS_OF_WORDS if len(form) < len(left) and _ends(folded, form)), ())
        if several:
            del left[-len(several) :]
        elif folded[-1] in LEGAL_FORMS or folded[-1] in AND:
            del left[-1]
        elif folded[0] in FORMS_BEFORE:
            del left[0]
        else:
            break
    return left


def _ends(words: Sequence[str], form: Sequence[str]) -> bool:
    return tuple(words[-len(form) :]) == tuple(form)


def _squeezed(words: Sequence[str]) -> str:
    """Words without blanks, which between figures would make other numbers of them."""
    text = " ".join(words)
    if sum(map(str.isdecimal, text)) < MANY_FIGURES:
        text = re.sub(r"(?<=\d) (?=\d)", "-", text)
    return text.replace(" ", "")
