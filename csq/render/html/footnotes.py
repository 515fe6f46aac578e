"""Texts that many accounts share, told once and referred to by number, as footnotes are.

Texts that differ in nothing but numbers are one footnote with gaps, and a reference says what stands in them:
`3(89)` is the third footnote with 89 in its gap. Five thousand accounts with their steps and risks stay small,
and still read on paper.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from csq.regex import regex

_NUMBER = regex(r"-?\d+(?:[.,]\d+)*")


class Footnotes(NamedTuple):
    """Footnotes in the order in which they are first needed."""

    notes: tuple[tuple[str, ...], ...]
    """Each as the pieces between its gaps: one piece more than there are gaps."""
    references: Mapping[str, str]
    """How to refer to each text: a number, counted from 1, and what fills the gaps, with `;` between."""

    def refer(self, texts: Iterable[str]) -> str:
        """Refer to several texts, with blanks between; nothing for none."""
        return " ".join(self.references[text] for text in texts)


def footnotes(texts: Iterable[str]) -> Footnotes:
    """Make the footnotes for `texts`, of which any may occur often."""
    families: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        families.setdefault(_NUMBER.sub("0", text), []).append(text)
    notes, references = [], {}
    for number, family in enumerate(families.values(), start=1):
        values = [_NUMBER.findall(text) for text in family]
        gaps = [len(set(column)) > 1 for column in zip(*values, strict=True)]
        notes.append(_pieces(family[0], gaps))
        for text, row in zip(family, values, strict=True):
            filling = ";".join(value for value, is_gap in zip(row, gaps, strict=True) if is_gap)
            references[text] = f"{number}({filling})" if filling else f"{number}"
    return Footnotes(notes=tuple(notes), references=references)


def _pieces(text: str, gaps: list[bool]) -> tuple[str, ...]:
    """Cut a text at those of its numbers that are gaps, which are left out."""
    pieces, start = [], 0
    for found, is_gap in zip(_NUMBER.finditer(text), gaps, strict=True):
        if is_gap:
            pieces.append(text[start : found.start()])
            start = found.end()
    return (*pieces, text[start:])
