"""A condition's words -> a polars expression, with the kind of every part checked on the way.

The grammar is SQL's, cut down to comparison, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, COALESCE,
arithmetic, columns and literals. Precedence and the treatment of null are SQL's too. Checking and
building are one walk, so what was checked is what is run; polars' own SQL reader lets mixed kinds
through until the rows are there, and computes with decimals, which fail on a division by zero.

    or      = and {OR and}
    and     = not {AND not}
    not     = NOT not | predicate
    predicate = sum [sign sum | [NOT] IN "(" or {"," or} ")" | [NOT] BETWEEN sum AND sum
                | [NOT] LIKE string | IS [NOT] NULL]
    sum     = product {("+" | "-") product}
    product = unary {("*" | "/") unary}
    unary   = ("+" | "-") unary | number | string | DATE string | TRUE | FALSE | column
                | COALESCE "(" or {"," or} ")" | "(" or ")"
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple, NoReturn

import polars as pl

from csq.playbook.names import hint_for, kind_of
from csq.playbook.tokens import FOREIGN, Fault, Mark, Refused, Token, tokenize
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


class Parser:
    """Reads one condition: its words, the place reached in them, and the faults found so far."""

    def __init__(self, text: str, known: Mapping[str, Kind]) -> None:
        """Take the text and the names it may use."""
        self._text = text
        self._known = known
        self.faults: list[Fault] = []
        self._tokens: list[Token] = []
        self._at = 0
        self._depth = 0
        self.reads: dict[str, Kind] = {}
        """Columns named, in the order in which they first occur."""

    def parse(self) -> pl.Expr | None:
        """Return the expression, or None when there are faults."""
        try:
            self._tokens = tokenize(self._text)
            whole = self._or()
            if self._next.mark is not Mark.END:
                self._refuse_rest()
            self._need(whole, Kind.BOOL)
        except Refused as refused:
            self.faults.append(refused.fault)
        else:
            if not self.faults:
                return whole.expr
        return None

    def _or(self) -> Term:
        return self._joined(self._and, "OR", operator.or_)

    def _and(self) -> Term:
        return self._joined(self._not, "AND", operator.and_)

    def _joined(self, part: Callable[[], Term], word: str, join: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Term:
        left = part()
        while self._take(word):
            right = part()
            self._need(left, Kind.BOOL)
            self._need(right, Kind.BOOL)
            left = Term(Kind.BOOL, join(left.expr, right.expr), left.start, right.end)
        return left

    def _not(self) -> Term:
        word = self._take("NOT")
        if word is None:
            return self._predicate()
        with self._deeper():
            term = self._not()
        self._need(term, Kind.BOOL)
        return Term(Kind.BOOL, ~term.expr, word.start, term.end)

    def _predicate(self) -> Term:
        left = self._sum()
        if sign := self._take(*COMPARE):
            return self._comparison(left, sign)
        if self._take("IS"):
            negated = self._take("NOT")
            end = self._expect("NULL", "IS is followed by NULL or NOT NULL").end
            return Term(Kind.BOOL, left.expr.is_not_null() if negated else left.expr.is_null(), left.start, end)
        negated = self._take("NOT")
        if self._take("IN"):
            found = self._in(left)
        elif self._take("BETWEEN"):
            found = self._between(left)
        elif self._take("LIKE"):
            found = self._like(left)
        elif negated:
            raise Refused(self._fault(self._next, "`IN`, `BETWEEN` or `LIKE` is missing here"))
        else:
            return left
        return Term(Kind.BOOL, ~found.expr if negated else found.expr, left.start, found.end)

    def _comparison(self, left: Term, sign: Token) -> Term:
        if null := self._take("NULL"):
            word = "IS NULL" if sign.text == "=" else "IS NOT NULL"
            message = f"`{sign.text} NULL` never holds: nothing equals NULL"
            self.faults.append(self._fault(null, message, f"write {word}", "null"))
            return Term(Kind.BOOL, left.expr, left.start, null.end)
        right = self._sum()
        self._alike(left, right)
        self._suggest_quotes(left, right)
        return Term(Kind.BOOL, COMPARE[sign.text](left.expr, right.expr), left.start, right.end)

    def _in(self, left: Term) -> Term:
        items, end = self._list()
        for item in items:
            self._alike(left, item)
            self._suggest_quotes(left, item)
        # Equal to one of them, as SQL says it: a null item makes "none of them" null, not true.
        found = pl.any_horizontal(left.expr == item.expr for item in items)
        return Term(Kind.BOOL, found, left.start, end)

    def _between(self, left: Term) -> Term:
        low = self._sum()
        self._expect("AND", "BETWEEN takes two values: `BETWEEN 1 AND 5`")
        high = self._sum()
        self._alike(left, low)
        self._alike(left, high)
        return Term(Kind.BOOL, (left.expr >= low.expr) & (left.expr <= high.expr), left.start, high.end)

    def _like(self, left: Term) -> Term:
        pattern = self._next
        if pattern.mark is not Mark.STRING:
            raise Refused(self._fault(pattern, "LIKE takes a text in quotes", "`%` stands for any text: LIKE 'Acme%'"))
        self._at += 1
        self._need(left, Kind.TEXT)
        parts = re.split("([%_])", re.sub("%+", "%", pattern.text))
        regex = "".join({"%": ".*", "_": "."}.get(part) or pl.escape_regex(part) for part in parts)
        return Term(Kind.BOOL, left.expr.str.contains(f"(?s)^{regex}$"), left.start, pattern.end)

    def _sum(self) -> Term:
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            add = operator.add if sign.text == "+" else operator.sub
            left = self._reckoned(left, right, add(left.expr, right.expr))
        return left

    def _product(self) -> Term:
        left = self._unary()
        while sign := self._take("*", "/"):
            right = self._unary()
            left = self._reckoned(left, right, (operator.mul if sign.text == "*" else _divide)(left.expr, right.expr))
        return left

    def _reckoned(self, left: Term, right: Term, expr: pl.Expr) -> Term:
        self._need(left, Kind.NUMBER)
        self._need(right, Kind.NUMBER)
        return Term(Kind.NUMBER, expr, left.start, right.end)

    def _unary(self) -> Term:
        sign = self._take("-", "+")
        if sign is None:
            return self._primary()
        with self._deeper():
            term = self._unary()
        self._need(term, Kind.NUMBER)
        return Term(Kind.NUMBER, -term.expr if sign.text == "-" else term.expr, sign.start, term.end)

    def _primary(self) -> Term:
        token = self._next
        self._at += 1
        match token.mark, token.text:
            case Mark.NUMBER, _:
                return self._number(token)
            case Mark.STRING, text:
                return Term(Kind.TEXT, pl.lit(text), token.start, token.end)
            case Mark.NAME, _:
                return self._column(token)
            case Mark.KEYWORD, "TRUE" | "FALSE":
                return Term(Kind.BOOL, pl.lit(token.text == "TRUE"), token.start, token.end)
            case Mark.KEYWORD, "DATE":
                return self._date(token)
            case Mark.KEYWORD, "COALESCE":
                return self._coalesce(token)
            case Mark.KEYWORD, "NULL":
                self.faults.append(self._fault(token, "NULL cannot stand here", "ask with IS NULL", "null"))
                return Term(None, pl.lit(None), token.start, token.end)
            case Mark.SIGN, "(":
                with self._deeper():
                    inner = self._or()
                return Term(inner.kind, inner.expr, token.start, self._expect(")").end)
            case Mark.END, _:
                raise Refused(self._fault(token, "the condition ends too early"))
        raise Refused(self._fault(token, f"`{self._text[token.start : token.end]}` cannot stand here"))

    def _number(self, token: Token) -> Term:
        value = float(token.text)
        if not math.isfinite(value):
            self.faults.append(self._fault(token, "the number is too large", None, "kind"))
        return Term(Kind.NUMBER, pl.lit(value), token.start, token.end)

    def _date(self, token: Token) -> Term:
        text = self._next
        hint = "write a date as DATE '2026-01-31'"
        if text.mark is not Mark.STRING:
            raise Refused(self._fault(text if text.text else token, "DATE takes a date in quotes", hint))
        self._at += 1
        try:
            day = date.fromisoformat(text.text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.text) else "")
        except ValueError:
            self.faults.append(self._fault(text, f"`{text.text}` is not a date", hint, "kind"))
            return Term(Kind.DATE, pl.lit(None, dtype=pl.Date), token.start, text.end)
        return Term(Kind.DATE, pl.lit(day), token.start, text.end)

    def _coalesce(self, token: Token) -> Term:
        items, end = self._list()
        for item in items[1:]:
            self._alike(items[0], item)
        if len(items) < 2:
            self.faults.append(self._fault(token, "COALESCE takes two values or more", "COALESCE(seats, 0)"))
        kind = next((item.kind for item in items if item.kind), None)
        return Term(kind, pl.coalesce([item.expr for item in items]), token.start, end)

    def _list(self) -> tuple[list[Term], int]:
        """Take `(a, b, ...)`; return its items and where it ends."""
        self._expect("(")
        with self._deeper():
            items = [self._or()]
            while self._take(","):
                items.append(self._or())
        return items, self._expect(")").end

    def _column(self, token: Token) -> Term:
        if self._next.text == "(":
            raise Refused(self._fault(token, f"`{token.text}` cannot be called", "COALESCE is the only function"))
        kind = kind_of(token.text, self._known)
        if kind is None and token.text.upper() in FOREIGN and not token.quoted:
            raise Refused(self._fault(token, f"`{token.text}` is not allowed in a condition"))
        if kind is None:
            hint = hint_for(token.text, self._known)
            if token.quoted:
                hint = f"text goes in single quotes: '{token.text}'"
            self.faults.append(self._fault(token, f"unknown column `{token.text}`", hint, "unknown-column"))
            return Term(None, pl.lit(None), token.start, token.end)
        if kind is Kind.LIST:
            self.faults.append(self._fault(token, f"`{token.text}` is a list: conditions cannot use it", None, "kind"))
            return Term(None, pl.lit(None), token.start, token.end)
        self.reads.setdefault(token.text, kind)
        return Term(kind, pl.col(token.text), token.start, token.end)

    @property
    def _next(self) -> Token:
        """The next word, not taken yet."""
        return self._tokens[self._at]

    def _take(self, *words: str) -> Token | None:
        """Take the next word if it is one of these keywords or signs."""
        token = self._next
        if token.text in words and token.mark in (Mark.KEYWORD, Mark.SIGN):
            self._at += 1
            return token
        return None

    def _expect(self, word: str, hint: str | None = None) -> Token:
        """Take this word; without it the condition cannot be read."""
        token = self._take(word)
        if token is None and word == ")" and self._next.mark is not Mark.END:
            self._refuse_rest()
        if token is None:
            raise Refused(self._fault(self._next, f"`{word}` is missing here", hint))
        return token

    def _fault(self, where: Token | Term, message: str, hint: str | None = None, code: str = "syntax") -> Fault:
        """Describe a fault at a word or a part."""
        return Fault(
            offset=where.start,
            width=max(1, where.end - where.start),
            message=message,
            hint=hint,
            code=f"condition-{code}",
        )

    def _refuse_rest(self) -> NoReturn:
        """Say why the part that was read cannot go on as it does."""
        token, before = self._next, self._tokens[self._at - 1]
        word = self._text[token.start : token.end]
        if token.text in COMPARE:
            message, hint = "comparisons cannot be chained", "join two of them with AND, or use BETWEEN"
        elif token.text == "," and before.mark is Mark.NUMBER:
            message, hint = "`,` cannot stand here", "write large numbers without commas"
        else:
            message, hint = f"`{word}` cannot stand here", None
        raise Refused(self._fault(token, message, hint))

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """Count one level of nesting while it lasts."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(self._fault(self._next, f"nested more than {MAX_DEPTH} levels deep"))
        yield
        self._depth -= 1

    def _need(self, term: Term, kind: Kind) -> None:
        """Record a fault unless `term` is of the kind that its place calls for."""
        if term.kind in (kind, None):
            return
        what = f"`{self._text[term.start : term.end]}` is {_A[term.kind]}"
        if kind is Kind.BOOL:
            message, hint = f"{what}, not a condition", "compare it with something"
        elif kind is Kind.NUMBER:
            message, hint = f"{what}: only numbers can be reckoned with", None
        else:
            message, hint = f"{what}, not {_A[kind]}", None
        self.faults.append(self._fault(term, message, hint, "kind"))

    def _suggest_quotes(self, left: Term, right: Term) -> None:
        """Take a bare word beside a text for a word that lacks its quotes."""
        if left.kind is not Kind.TEXT or right.kind is not None:
            return
        for place, found in enumerate(self.faults):
            if found.offset == right.start and found.code == "condition-unknown-column":
                word = self._text[right.start : right.end].strip('"')
                self.faults[place] = found._replace(hint=f"text goes in single quotes: '{word}'")

    def _alike(self, left: Term, right: Term) -> None:
        """Record a fault unless the two can be compared."""
        kinds = {left.kind, right.kind}
        if len(kinds) == 1 or left.kind is None or right.kind is None:
            return
        one, other = (f"`{self._text[term.start : term.end]}`" for term in (left, right))
        if kinds == {Kind.DATE, Kind.TEXT}:
            hint = "write a date as DATE '2026-01-31'"
        elif kinds == {Kind.NUMBER, Kind.TEXT}:
            hint = "numbers stand without quotes, text in single quotes"
        elif Kind.BOOL in kinds:
            hint = "what is true or false is a condition by itself: `willing`, or `NOT willing`"
        else:
            hint = None
        message = f"{one} is {_A[left.kind]} and {other} is {_A[right.kind]}: they cannot be compared"
        self.faults.append(self._fault(right, message, hint, "kind"))


def _divide(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """What is divided by zero is not known; infinity, which polars makes of it, would be above every limit."""
    return pl.when(right != 0).then(left / right)
