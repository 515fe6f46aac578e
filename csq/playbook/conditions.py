"""Conditions over the facts of an account: checked when they are read, run over all accounts at once.

A condition is one SQL expression of at most 1,000 characters; `csq.playbook.grammar` says of what.
It reads an account's columns and nothing else: no clock, no file, no other row. A null is never
true: where a condition comes out null it is not judged.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from csq.errors import ConfigError
from csq.playbook.grammar import Parser
from csq.playbook.tokens import Fault
from csq.regex import regex
from csq.schema import DTYPES, Kind, collect

MAX_LENGTH = 1_000
_PROVIDED = regex(r"COALESCE\s*\(\s*(\w+)\s*,|(\w+)\s+IS\s+(?:NOT\s+)?NULL", re.IGNORECASE)


class Condition(NamedTuple):
    """A condition that can be run."""

    text: str
    expr: pl.Expr
    """Boolean, over the columns as `evaluate` lays them out; null where it is not judged."""
    reads: Mapping[str, Kind]
    """The columns it names, in the order in which they first occur, and what they hold."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names: where it is not judged, one of them is null."""
        return tuple(self.reads)


def check(text: str, known: Mapping[str, Kind]) -> tuple[Fault, ...]:
    """Return every fault of a condition over columns (`names.names`), in the order of its text; none: it can run."""
    return _parsed(text, _Names(known))[1]


def compile_condition(text: str, known: Mapping[str, Kind]) -> Condition:
    """Make a condition ready to run. Raises ConfigError for its first fault."""
    condition, faults = _parsed(text, _Names(known))
    if condition is None:
        raise ConfigError(f"{faults[0].message} (in the condition `{text[:60]}`)", hint=faults[0].hint)
    return condition


def evaluate(frame: pl.DataFrame, conditions: Mapping[str, Condition]) -> pl.DataFrame:
    """Run all conditions over all rows, accounts with the dtypes of `csq.schema`; a column that is not there is null.

    Returns a Boolean column for each condition, by its name, the rows as in `frame`; null where it is not judged.
    """
    reads = {name: kind for condition in conditions.values() for name, kind in condition.reads.items()}
    here = set(frame.columns)
    facts = []
    for kind in {*reads.values()}:
        names, nothing = [name for name, its in reads.items() if its is kind], pl.lit(None, DTYPES[kind])
        facts.append(_fact([name for name in names if name in here], kind))
        facts += [nothing.alias(name) for name in names if name not in here]
    # A constant loses count of the rows; the column without a name has all of them.
    in_all = pl.when("")
    return collect(
        frame.lazy()
        .select(pl.repeat(True, pl.len()).alias(""), *facts)
        .select(**{name: in_all.then(condition.expr) for name, condition in conditions.items()})
    )


def needed(condition: Condition) -> tuple[str, ...]:
    """The columns without which a condition may not be judged: those it does not itself provide for.

    `COALESCE(a, 0) > 1` and `a IS NULL` can be judged without `a`.
    """
    return bare(condition) or condition.columns


def bare(condition: Condition) -> tuple[str, ...]:
    """The columns that a condition nowhere provides for the absence of."""
    provided = {name.casefold() for pair in _PROVIDED.findall(condition.text) for name in pair}
    return tuple(name for name in condition.columns if name.casefold() not in provided)


def _fact(names: list[str], kind: Kind) -> pl.Expr:
    """Columns as conditions read them. To polars NaN is above every number; here it is not known."""
    fact = pl.col(names).cast(DTYPES[kind])
    return fact.fill_nan(None) if kind is Kind.NUMBER else fact


class _Names(NamedTuple):
    """Names as a key of the cache: alike where they are one object, since to compare them takes as long as to parse."""

    known: Mapping[str, Kind]

    def __hash__(self) -> int:
        return id(self.known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Names) and self.known is other.known


@lru_cache(maxsize=1_024)  # a run checks every condition of its playbook, then compiles it
def _parsed(text: str, names: _Names) -> tuple[Condition | None, tuple[Fault, ...]]:
    if len(text) > MAX_LENGTH:
        message = f"a condition of {len(text):,} characters, of at most {MAX_LENGTH:,}"
        hint = "divide it, or make a column of it in the data"
        return None, (Fault(offset=0, width=1, message=message, hint=hint, code="condition-too-long"),)
    parser = Parser(text, names.known)
    expr = parser.parse()
    if expr is None:
        return None, tuple(sorted(parser.faults, key=lambda fault: fault.offset))
    return Condition(text=text, expr=expr, reads=parser.reads), ()
