"""Whose the rows of a big log are. Rows that are counted have one key: the first of the columns that may be one.

A row in which it is blank may go by its other keys, and is no such row.
"""

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from csq.fate import FATE, ROWS, is_used
from csq.sources.grid import LINE, column
from csq.sources.identity import Known, match_rows, may_lead
from csq.sources.keys import domain_of
from csq.sources.log.opening import Whole
from csq.sources.typed import KEY, RoleRows, Typed
from csq.terms import Aside

FIRST = "has_first"
"""Column that tells whether a row has the first of its keys."""


def name_key(fields: Iterable[str], known: Known, told: str | None) -> str:
    """The field by which rows find their account.

    Raises:
        Whole: There is none.
    """
    keys = may_lead(fields, known, told)
    if not keys:
        raise Whole("none of its columns names an account")
    return keys[0]


def by_domain(key: str, known: Known, told: str | None) -> bool:
    """Whether it is the domain in a row's key that is looked up, so that a key without one is as good as blank."""
    return key == "email_domain" or (told == "email_domain" and known.accounts is not None)


def match_counted(typed: Typed, known: Known, told: str | None) -> RoleRows:
    """Find the account of each row, as `match_rows` does where all of them have all of their keys.

    Args:
        typed: Rows of a log, with how many rows of the file each stands for in `rows`. Those without a line are
            counted ones, and have the first of their keys only.
        known: What keys can be looked up in.
        told: Key column given by the user.

    Raises:
        Whole: The other keys may lead elsewhere, or a row that is counted leads nowhere.
        InputError, UsageError: As `match_rows` would.
    """
    key, *others = may_lead(typed.fields, known, told)
    value = domain_of(pl.col(key)) if by_domain(key, known, told) else pl.col(key)
    typed = _with_blank(typed, others)
    typed = typed.with_columns(value.is_not_null().alias(FIRST))
    match = match_rows(typed, known, told)
    if match.frame.select((pl.col(KEY).is_null() & pl.col(LINE).is_null()).any()).item():
        raise Whole("a row names no account")
    if others and known.accounts is not None:
        # Files go by the first column under which half of their rows find an account.
        found = pl.col(FIRST) & (pl.col(FATE) != Aside.UNMATCHED)
        half = match.keyed.filter(found)[ROWS].sum() * 2 >= typed.frame.filter(is_used())[ROWS].sum()
        if match.matched_by != key or not half:
            raise Whole(f"few of its rows find an account by `{typed.header(key)}`")
    elif "email_domain" in others and not typed.frame.filter(is_used())[FIRST].all():
        raise Whole("rows without an account have to be compared with those of their domain")
    return replace(match, frame=match.frame.drop(FIRST))


def _with_blank(typed: Typed, names: Iterable[str]) -> Typed:
    """With columns for keys that were let go."""
    none = pl.lit(None, dtype=pl.String())
    gone = [name for name in names if name not in typed.frame.columns]
    cells = [column(typed.fields[name]) for name in names]
    return typed.replace(
        frame=typed.frame.with_columns(none.alias(name) for name in gone),
        text=typed.text.with_columns(none.alias(cell) for cell in cells if cell not in typed.text.columns),
    )
