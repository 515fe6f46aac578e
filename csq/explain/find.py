"""Which account is meant: by its id, its name, or an unambiguous part of either."""

import unicodedata
from collections.abc import Callable, Iterable

import polars as pl

from csq.errors import UsageError
from csq.suggest import nearest

_SHOWN = 8


def find_account(accounts: pl.DataFrame, asked: str) -> str:
    """Return the account_id that `asked` stands for.

    An id is taken before a name, what is whole before a part, and what is written alike before what
    differs in case; the first of these under which an account matches decides.

    Raises:
        UsageError: No account matches, or more than one does; the candidates are named.
    """
    named = accounts.select("account_id", "account_name").sort("account_id")
    rows: list[tuple[str, str]] = [(key, name or "") for key, name in named.iter_rows()]
    folded = _folded(asked)
    ways: tuple[Callable[[str, str], bool], ...] = (
        lambda key, _: key == asked,
        lambda _, name: name == asked,
        lambda key, name: folded in (_folded(key), _folded(name)),
        lambda key, name: folded in _folded(key) or folded in _folded(name),
    )
    for way in ways:
        found = [(key, name) for key, name in rows if asked.strip() and way(key, name)]
        if len(found) == 1:
            return found[0][0]
        if found:
            raise _several(asked, found)
    raise _none(asked, rows)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _several(asked: str, found: list[tuple[str, str]]) -> UsageError:
    return UsageError(
        f"{len(found):,} accounts match `{asked}`", details=_listed(found), hint=f"`csq explain {found[0][0]}`"
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
