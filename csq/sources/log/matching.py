"""Whose the rows of a big log are. Rows that are counted have one key: the first of the columns that may be one.

A row in which it is blank may go by its other keys, and is no such row.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from csq.fate import FATE, ROWS, as_rows, is_used
from csq.sources.cells.keys import domain_of, fold_address
from csq.sources.cells.values import read_text
from csq.sources.joining.identity import Known, match_rows, may_lead, pairs_to_try, rank_keys
from csq.sources.log.opening import Whole
from csq.sources.reading.grid import LINE, column
from csq.sources.reading.read import TextTable
from csq.sources.rows.typed import KEY, RoleRows, Typed
from csq.terms import Aside, Role

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


def check_key(table: TextTable, fields: Mapping[str, int], seen: pl.DataFrame, known: Known, told: str | None) -> None:
    """Make certain that of the rows seen from all over the files most join accounts by the first of their keys.

    All rows would have to be read for each key to know which joins most of all of them.

    Raises:
        Whole: More of these rows are joined by another.
    """
    names = may_lead(fields, known, told)
    if len(names) < 2 or known.accounts is None:
        return
    cells = (read_text(seen[column(fields[name])]).values.alias(name) for name in names)
    frame = as_rows(pl.DataFrame(list(cells))).with_columns(fold_address(pl.col(name)) for name in names)
    taken, _ = rank_keys(frame, known.of(Role.USAGE), pairs_to_try(names, known, told))
    if taken[0][0] != names[0]:
        header = table.header[fields[names[0]]]
        raise Whole(f"more of its rows find an account by another key than by `{header}`")


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
        found = pl.col(FIRST) & (pl.col(FATE) != Aside.UNMATCHED)
        half = match.keyed.filter(found)[ROWS].sum() * 2 >= typed.frame.filter(is_used())[ROWS].sum()
        if match.matched_by != key or not half:
            raise Whole(f"more of its rows may find an account by another key than by `{typed.header(key)}`")
    elif "email_domain" in others and not typed.frame.filter(is_used())[FIRST].all():
        raise Whole("rows without an account have to be compared with those of their domain")
    return replace(match, frame=match.frame.drop(FIRST), runner_up=None)  # counted rows have no other key


def _with_blank(typed: Typed, names: Iterable[str]) -> Typed:
    """With columns for keys that were let go."""
    none = pl.lit(None, dtype=pl.String())
    gone = [name for name in names if name not in typed.frame.columns]
    cells = [column(typed.fields[name]) for name in names]
    return typed.replace(
        frame=typed.frame.with_columns(none.alias(name) for name in gone),
        text=typed.text.with_columns(none.alias(cell) for cell in cells if cell not in typed.text.columns),
    )
