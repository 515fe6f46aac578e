"""Which account is meant: by its id, its name, or an unambiguous part of either; and why one is not in the triage."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from csq.errors import UsageError
from csq.facts.customers import CUSTOMER
from csq.fate import FATE, REASON
from csq.mask import codes
from csq.sources.rows.typed import KEY, RoleRows
from csq.suggest import in_shell, nearest
from csq.terms import Aside, Fate, Role

_SHOWN = 8


class SetAside(NamedTuple):
    """An account that the files tell of and the triage leaves out."""

    account_id: str
    account_name: str | None
    why: tuple[str, ...]
    """A sentence for each row of it."""


def find_account(accounts: pl.DataFrame, asked: str, command: str = "csq explain") -> str:
    """Return the account_id that `asked` stands for, of whoever calls `command` with it.

    An id is taken before a name, that before the code of an address in either, what is whole before a part, and what
    is written alike before what differs in case; the first of these under which an account matches decides.

    Raises UsageError when no account matches, or more than one does; the candidates are named.
    """
    rows = _named(accounts)
    _, found = _first(rows, asked)
    if len(found) == 1:
        return found[0][0]
    raise _several(asked, found, command) if found else _none(asked, rows)


def set_aside(told: pl.DataFrame, accounts: pl.DataFrame, asked: str) -> SetAside | None:
    """The account that `asked` stands for where it is better met by one that the triage leaves out; else None.

    What became of the rows of the accounts files is told as `Facts.fates` has it. Raises UsageError when more than one
    of those left out matches.
    """
    if "account_name" not in told.columns:
        return None
    left_out = told.filter(~pl.col("account_id").is_in(accounts["account_id"].implode()).fill_null(value=False))
    way, found = _first(_named(left_out.unique(["account_id", "account_name"])), asked)
    if not found or way >= _first(_named(accounts), asked)[0]:
        return None
    keys = {key for key, _ in found}
    if len(keys) > 1:
        raise _several(asked, found)
    key, name = found[0]
    mine = left_out.filter((pl.col("account_id") == key) if key else (pl.col("account_name") == name))
    return SetAside(key, name or None, tuple(_why(row) for row in mine.sort("file", "line").iter_rows(named=True)))


def unmatched(roles: Mapping[Role, RoleRows], asked: str) -> tuple[str, ...]:
    """Where what was asked for stands as a key of no account, a line for each role."""
    found = []
    for role, rows in roles.items():
        if role is not Role.ACCOUNTS:
            lost = rows.frame.filter(pl.col(FATE) == Aside.UNMATCHED, pl.col(KEY) == asked)
            if lost.height:
                file, line = lost.sort("file", "line").select("file", "line").row(0)
                where = f"`{file}`" if line is None else f"line {line:,} of `{file}`"
                found.append(f"it is a key of {role}, first on {where}, and no account has it")
    return tuple(found)


def _why(row: Mapping[str, Any]) -> str:
    """What became of a row of the accounts files, and why."""
    why = row[FATE]
    if row[FATE] == Fate.REJECTED:
        why = f"rejected, {row[REASON]}"
    elif row[FATE] == Aside.NOT_A_CUSTOMER:
        by_status = row.get(CUSTOMER) is False
        ended = f"it ended on {row['end_date']}" if row["end_date"] else "all it had has ended"
        why += f", its status is `{row['status']}`" if by_status else f", {ended}"
    elif row[FATE] == Fate.USED:
        why = "none of its rows says that it is a current customer"
    return f"line {row['line']:,} of `{row['file']}`: {why}"


def _named(accounts: pl.DataFrame) -> list[tuple[str, str]]:
    named = accounts.select("account_id", "account_name").sort("account_id", "account_name")
    return [(key or "", name or "") for key, name in named.iter_rows()]


def _first(rows: list[tuple[str, str]], asked: str) -> tuple[int, list[tuple[str, str]]]:
    """The first way in which accounts match, counted, and those that do; after the last way there are none."""
    folded = _folded(asked)
    ways: tuple[Callable[[str, str], bool], ...] = (
        lambda key, _: key == asked,
        lambda _, name: name == asked,
        lambda key, name: asked in codes(key) | codes(name),
        lambda key, name: folded in (_folded(key), _folded(name)),
        lambda key, name: folded in _folded(key) or folded in _folded(name),
    )
    for place, way in enumerate(ways):
        if found := [(key, name) for key, name in rows if asked.strip() and way(key, name)]:
            return place, found
    return len(ways), []


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _several(asked: str, found: list[tuple[str, str]], command: str = "csq explain") -> UsageError:
    return UsageError(
        f"{len(found):,} accounts match `{asked}`",
        details=_listed(found),
        hint=f"`{command} {in_shell(found[0][0])}`",
    )


def _none(asked: str, rows: list[tuple[str, str]]) -> UsageError:
    by_text = {text: (key, name) for key, name in rows for text in (key, name) if text}
    near = dict.fromkeys(by_text[text] for text in nearest(by_text, asked, most=3, form=_folded))
    hint = f"did you mean `{next(iter(near))[0]}`?" if near else "give the id, the name, or a part of either"
    return UsageError(f"no account matches `{asked}`", details=_listed(near), hint=hint)


def _listed(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    lines = [f"{key}  {name}".rstrip() for key, name in found]
    more = len(lines) - _SHOWN
    return (*lines[:_SHOWN], *([f"and {more:,} more"] if more > 0 else []))
