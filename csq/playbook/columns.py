"""Texts that name facts, filled for all accounts at once: the same words that `csq.playbook.text` finds one by one."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

import polars as pl

from csq.playbook.text import BRACE, ONE, OPTIONAL, UNKNOWN, fields, say, sentences

TEXT = "a text"
"""Column of our own, which no fact can be called."""


def fill_all(template: str, facts: pl.DataFrame, height: int, *, keep: bool = False) -> pl.Series:
    """A text for each row of facts: what cannot be said without an unknown one is left out, maybe all.

    Args:
        template: The text.
        facts: The facts that it names; those that are no column are not known.
        height: Rows of `facts`.
        keep: Where nothing would be left the text is kept, with a word for what is not known.
    """
    said = pl.DataFrame([pl.Series(TEXT, [""] * height), *(_said(facts, name, height) for name in _names(template))])
    options = [found.group(1) for found in OPTIONAL.finditer(template)]
    text = pl.lit("")
    for known in product((False, True), repeat=len(options)):
        kept = _kept(template, known)
        is_so = [_is_known(part) if is_it else ~_is_known(part) for part, is_it in zip(options, known, strict=True)]
        spoken = [pl.when(_is_known(each)).then(_filled(each)) for each in sentences(kept)]
        told = pl.concat_str(spoken, separator=" ", ignore_nulls=True).str.strip_chars()
        text = pl.when(pl.all_horizontal(is_so)).then(told).otherwise(text) if is_so else told
    if keep:
        text = pl.when(text == "").then(_filled(OPTIONAL.sub(r"\1", template))).otherwise(text)
    return said.with_columns(text.alias(TEXT))[TEXT]


def _kept(template: str, known: Sequence[bool]) -> str:
    """A text with those of its parts in square brackets that are known."""
    left = iter(known)
    return OPTIONAL.sub(lambda part: part.group(1) if next(left) else "", template)


def _names(template: str) -> list[str]:
    """The names in braces as they stand, with the sign that is turned."""
    found = (found.group(1).strip() for found in BRACE.finditer(template) if found.group(1) is not None)
    return list(dict.fromkeys([*found, *fields(template)]))


def _said(facts: pl.DataFrame, name: str, height: int) -> pl.Series:
    """A fact in words, each value once."""
    fact = name.removeprefix("-")
    if fact not in facts.columns:
        return pl.Series(name, [UNKNOWN] * height)
    values = facts[fact].drop_nulls().unique()
    words = [say(_turned(value) if name != fact else value) for value in values.to_list()]
    told = values.to_frame().with_columns(pl.Series("words", words, pl.String()))
    found = facts.select(fact).join(told, on=fact, how="left", maintain_order="left")["words"]
    return found.fill_null(UNKNOWN).alias(name)


def _turned(value: object) -> object:
    return -value if isinstance(value, int | float | Decimal) else value


def _is_known(part: str) -> pl.Expr:
    return pl.all_horizontal(pl.lit(value=True), *(pl.col(name) != UNKNOWN for name in fields(part)))


def _filled(text: str) -> pl.Expr:
    """A text with its facts in words."""
    parts: list[pl.Expr] = []
    end = 0
    for found in BRACE.finditer(text):
        parts.append(pl.lit(text[end : found.start()]))
        end = found.end()
        if found.group(1) is None:
            parts.append(pl.lit(found.group()[0]))
            continue
        told = pl.col(found.group(1).strip())
        parts.append(told)
        if counted := found.group(2):
            parts.append(pl.when(told == "1").then(pl.lit(f" {ONE[counted]}")).otherwise(pl.lit(f" {counted}")))
    return pl.concat_str([*parts, pl.lit(text[end:])])
