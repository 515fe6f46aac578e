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
from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from csq.playbook.names import hint_for, kind_of
from csq.playbook.reader import COMPARE, Reader, Term
from csq.playbook.tokens import FOREIGN, Mark, Refused, Token, tokenize
from csq.schema import Kind


class Parser(Reader):
    """Reads one condition."""

    def __init__(self, text: str, known: Mapping[str, Kind]) -> None:
        """Take the text and the names it may use."""
        super().__init__(text, known)
        self.reads: dict[str, Kind] = {}
        """Columns named, in the order in which they first occur."""

    def parse(self) -> pl.Expr | None:
        """Return the expression, or None when there are faults."""
        try:
            self.tokens = tokenize(self.text)
            whole = self._or()
            if self.next.mark is not Mark.END:
                self.refuse_rest()
            self.need(whole, Kind.BOOL)
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
        while self.take(word):
            right = part()
            self.need(left, Kind.BOOL)
            self.need(right, Kind.BOOL)
            left = Term(Kind.BOOL, join(left.expr, right.expr), left.start, right.end)
        return left

    def _not(self) -> Term:
        word = self.take("NOT")
        if word is None:
            return self._predicate()
        with self.deeper():
            term = self._not()
        self.need(term, Kind.BOOL)
        return Term(Kind.BOOL, ~term.expr, word.start, term.end)

    def _predicate(self) -> Term:
        left = self._sum()
        if sign := self.take(*COMPARE):
            return self._comparison(left, sign)
        if self.take("IS"):
            negated = self.take("NOT")
            end = self.expect("NULL", "IS is followed by NULL or NOT NULL").end
            return Term(Kind.BOOL, left.expr.is_not_null() if negated else left.expr.is_null(), left.start, end)
        negated = self.take("NOT")
        if self.take("IN"):
            found = self._in(left)
        elif self.take("BETWEEN"):
            found = self._between(left)
        elif self.take("LIKE"):
            found = self._like(left)
        elif negated:
            raise Refused(self.fault(self.next, "`IN`, `BETWEEN` or `LIKE` is missing here"))
        else:
            return left
        return Term(Kind.BOOL, ~found.expr if negated else found.expr, left.start, found.end)

    def _comparison(self, left: Term, sign: Token) -> Term:
        if null := self.take("NULL"):
            word = "IS NULL" if sign.text == "=" else "IS NOT NULL"
            message = f"`{sign.text} NULL` never holds: nothing equals NULL"
            self.faults.append(self.fault(null, message, f"write {word}", "null"))
            return Term(Kind.BOOL, left.expr, left.start, null.end)
        right = self._sum()
        self.alike(left, right)
        self.suggest_quotes(left, right)
        return Term(Kind.BOOL, COMPARE[sign.text](left.expr, right.expr), left.start, right.end)

    def _in(self, left: Term) -> Term:
        items, end = self._list()
        for item in items:
            self.alike(left, item)
            self.suggest_quotes(left, item)
        # Equal to one of them, as SQL says it: a null item makes "none of them" null, not true.
        found = pl.any_horizontal(left.expr == item.expr for item in items)
        return Term(Kind.BOOL, found, left.start, end)

    def _between(self, left: Term) -> Term:
        low = self._sum()
        self.expect("AND", "BETWEEN takes two values: `BETWEEN 1 AND 5`")
        high = self._sum()
        self.alike(left, low)
        self.alike(left, high)
        return Term(Kind.BOOL, (left.expr >= low.expr) & (left.expr <= high.expr), left.start, high.end)

    def _like(self, left: Term) -> Term:
        pattern = self.next
        if pattern.mark is not Mark.STRING:
            raise Refused(self.fault(pattern, "LIKE takes a text in quotes", "`%` stands for any text: LIKE 'Acme%'"))
        self.at += 1
        self.need(left, Kind.TEXT)
        parts = re.split("([%_])", re.sub("%+", "%", pattern.text))
        regex = "".join({"%": ".*", "_": "."}.get(part) or pl.escape_regex(part) for part in parts)
        return Term(Kind.BOOL, left.expr.str.contains(f"(?s)^{regex}$"), left.start, pattern.end)

    def _sum(self) -> Term:
        left = self._product()
        while sign := self.take("+", "-"):
            right = self._product()
            add = operator.add if sign.text == "+" else operator.sub
            left = self._reckoned(left, right, add(left.expr, right.expr))
        return left

    def _product(self) -> Term:
        left = self._unary()
        while sign := self.take("*", "/"):
            right = self._unary()
            left = self._reckoned(left, right, (operator.mul if sign.text == "*" else _divide)(left.expr, right.expr))
        return left

    def _reckoned(self, left: Term, right: Term, expr: pl.Expr) -> Term:
        self.need(left, Kind.NUMBER)
        self.need(right, Kind.NUMBER)
        return Term(Kind.NUMBER, expr, left.start, right.end)

    def _unary(self) -> Term:
        sign = self.take("-", "+")
        if sign is None:
            return self._primary()
        with self.deeper():
            term = self._unary()
        self.need(term, Kind.NUMBER)
        return Term(Kind.NUMBER, -term.expr if sign.text == "-" else term.expr, sign.start, term.end)

    def _primary(self) -> Term:
        token = self.next
        self.at += 1
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
                self.faults.append(self.fault(token, "NULL cannot stand here", "ask with IS NULL", "null"))
                return Term(None, pl.lit(None), token.start, token.end)
            case Mark.SIGN, "(":
                with self.deeper():
                    inner = self._or()
                return Term(inner.kind, inner.expr, token.start, self.expect(")").end)
            case Mark.END, _:
                raise Refused(self.fault(token, "the condition ends too early"))
        raise Refused(self.fault(token, f"`{self.text[token.start : token.end]}` cannot stand here"))

    def _number(self, token: Token) -> Term:
        value = float(token.text)
        if not math.isfinite(value):
            self.faults.append(self.fault(token, "the number is too large", None, "kind"))
        return Term(Kind.NUMBER, pl.lit(value), token.start, token.end)

    def _date(self, token: Token) -> Term:
        text = self.next
        hint = "write a date as DATE '2026-01-31'"
        if text.mark is not Mark.STRING:
            raise Refused(self.fault(text if text.text else token, "DATE takes a date in quotes", hint))
        self.at += 1
        try:
            day = date.fromisoformat(text.text if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text.text) else "")
        except ValueError:
            self.faults.append(self.fault(text, f"`{text.text}` is not a date", hint, "kind"))
            return Term(Kind.DATE, pl.lit(None, dtype=pl.Date), token.start, text.end)
        return Term(Kind.DATE, pl.lit(day), token.start, text.end)

    def _coalesce(self, token: Token) -> Term:
        items, end = self._list()
        for item in items[1:]:
            self.alike(items[0], item)
        if len(items) < 2:
            self.faults.append(self.fault(token, "COALESCE takes two values or more", "COALESCE(seats, 0)"))
        kind = next((item.kind for item in items if item.kind), None)
        return Term(kind, pl.coalesce([item.expr for item in items]), token.start, end)

    def _list(self) -> tuple[list[Term], int]:
        """Take `(a, b, ...)`; return its items and where it ends."""
        self.expect("(")
        with self.deeper():
            items = [self._or()]
            while self.take(","):
                items.append(self._or())
        return items, self.expect(")").end

    def _column(self, token: Token) -> Term:
        if self.next.text == "(":
            raise Refused(self.fault(token, f"`{token.text}` cannot be called", "COALESCE is the only function"))
        kind = kind_of(token.text, self.known)
        if kind is None and token.text.upper() in FOREIGN and not token.quoted:
            raise Refused(self.fault(token, f"`{token.text}` is not allowed in a condition"))
        if kind is None:
            hint = hint_for(token.text, self.known)
            if token.quoted:
                hint = f"text goes in single quotes: '{token.text}'"
            self.faults.append(self.fault(token, f"unknown column `{token.text}`", hint, "unknown-column"))
            return Term(None, pl.lit(None), token.start, token.end)
        if kind is Kind.LIST:
            self.faults.append(self.fault(token, f"`{token.text}` is a list: conditions cannot use it", None, "kind"))
            return Term(None, pl.lit(None), token.start, token.end)
        self.reads.setdefault(token.text, kind)
        return Term(kind, pl.col(token.text), token.start, token.end)


def _divide(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """What is divided by zero is not known; infinity, which polars makes of it, would be above every limit."""
    return pl.when(right != 0).then(left / right)
