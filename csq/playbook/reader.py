"""What every rule of the grammar needs: the words in turn, and faults that point at them."""

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, NoReturn

import polars as pl

from csq.playbook.tokens import Fault, Mark, Refused, Token
from csq.schema import Kind

MAX_DEPTH = 25
"""Brackets, NOTs and signs inside each other."""

COMPARE: Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_A = {Kind.NUMBER: "a number", Kind.TEXT: "text", Kind.BOOL: "true or false", Kind.DATE: "a date"}


class Term(NamedTuple):
    """A part of a condition: what it holds (None once a fault hides it), how to compute it, and where it stands."""

    kind: Kind | None
    expr: pl.Expr
    start: int
    end: int


class Reader:
    """The words of one condition, the place reached in them, and the faults found so far."""

    def __init__(self, text: str, known: Mapping[str, Kind]) -> None:
        """Take the text and the names it may use."""
        self.text = text
        self.known = known
        self.faults: list[Fault] = []
        self.tokens: list[Token] = []
        self.at = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The next word, not taken yet."""
        return self.tokens[self.at]

    def take(self, *words: str) -> Token | None:
        """Take the next word if it is one of these keywords or signs."""
        token = self.next
        if token.text in words and token.mark in (Mark.KEYWORD, Mark.SIGN):
            self.at += 1
            return token
        return None

    def expect(self, word: str, hint: str | None = None) -> Token:
        """Take this word; without it the condition cannot be read."""
        token = self.take(word)
        if token is None and word == ")" and self.next.mark is not Mark.END:
            self.refuse_rest()
        if token is None:
            raise Refused(self.fault(self.next, f"`{word}` is missing here", hint))
        return token

    def fault(self, where: Token | Term, message: str, hint: str | None = None, code: str = "syntax") -> Fault:
        """Describe a fault at a word or a part."""
        return Fault(
            offset=where.start,
            width=max(1, where.end - where.start),
            message=message,
            hint=hint,
            code=f"condition-{code}",
        )

    def refuse_rest(self) -> NoReturn:
        """Say why the part that was read cannot go on as it does."""
        token, before = self.next, self.tokens[self.at - 1]
        word = self.text[token.start : token.end]
        if token.text in COMPARE:
            message, hint = "comparisons cannot be chained", "join two of them with AND, or use BETWEEN"
        elif token.text == "," and before.mark is Mark.NUMBER:
            message, hint = "`,` cannot stand here", "write large numbers without commas"
        else:
            message, hint = f"`{word}` cannot stand here", None
        raise Refused(self.fault(token, message, hint))

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting while it lasts."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(self.fault(self.next, f"nested more than {MAX_DEPTH} levels deep"))
        yield
        self._depth -= 1

    def need(self, term: Term, kind: Kind) -> None:
        """Record a fault unless `term` is of the kind that its place calls for."""
        if term.kind in (kind, None):
            return
        what = f"`{self.text[term.start : term.end]}` is {_A[term.kind]}"
        if kind is Kind.BOOL:
            message, hint = f"{what}, not a condition", "compare it with something"
        elif kind is Kind.NUMBER:
            message, hint = f"{what}: only numbers can be reckoned with", None
        else:
            message, hint = f"{what}, not {_A[kind]}", None
        self.faults.append(self.fault(term, message, hint, "kind"))

    def suggest_quotes(self, left: Term, right: Term) -> None:
        """Take a bare word beside a text for a word that lacks its quotes."""
        if left.kind is not Kind.TEXT or right.kind is not None:
            return
        for place, found in enumerate(self.faults):
            if found.offset == right.start and found.code == "condition-unknown-column":
                word = self.text[right.start : right.end].strip('"')
                self.faults[place] = found._replace(hint=f"text goes in single quotes: '{word}'")

    def alike(self, left: Term, right: Term) -> None:
        """Record a fault unless the two can be compared."""
        kinds = {left.kind, right.kind}
        if len(kinds) == 1 or left.kind is None or right.kind is None:
            return
        one, other = (f"`{self.text[term.start : term.end]}`" for term in (left, right))
        if kinds == {Kind.DATE, Kind.TEXT}:
            hint = "write a date as DATE '2026-01-31'"
        elif kinds == {Kind.NUMBER, Kind.TEXT}:
            hint = "numbers stand without quotes, text in single quotes"
        elif Kind.BOOL in kinds:
            hint = "what is true or false is a condition by itself: `willing`, or `NOT willing`"
        else:
            hint = None
        message = f"{one} is {_A[left.kind]} and {other} is {_A[right.kind]}: they cannot be compared"
        self.faults.append(self.fault(right, message, hint, "kind"))
