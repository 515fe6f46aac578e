"""Aliases: keys that a person has said are an account, each in the files of one role.

A line without an account is not decided yet and says nothing. A line that cannot be used ends the run, because a wish
that silently goes nowhere is worse than none.
"""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from csq.errors import InputError, Location
from csq.roles import KEY_NAMES
from csq.sources.cells.values import read_id, squeeze
from csq.sources.reading.read import LINE, TextTable, column, label_of, read_table
from csq.sources.rows.typed import FILE, KEY, KEY_KIND
from csq.suggest import near_miss
from csq.terms import Role

COLUMNS = ("role", "key", "account_id", "account_name", "why", "rows", "value")
"""Columns of a file of aliases. The first three say it; the others help to choose."""
ALIAS = "alias"
"""What stands for the kind of a key that is an alias."""
NO_ALIASES = dict.fromkeys(("role", KEY, "account_id"), pl.String())
"""Columns of aliases that hold."""
GUARDED = "^'('*[=+\\-@].*)"
"""Text that an apostrophe keeps a spreadsheet from running."""
SAID = {FILE: pl.String(), LINE: pl.Int64(), **dict.fromkeys(COLUMNS, pl.String())}
"""Lines of files of aliases as they stand there."""


def read_aliases(paths: Sequence[Path]) -> pl.DataFrame:
    """Every line of files of aliases, decided or not: columns `SAID`; role, key and account_id as they are compared.

    Raises:
        InputError: It lacks a column, or a line names no role, or no key for its account.
    """
    lines = [_lines(read_table(path, label_of(path))) for path in paths]
    told = pl.concat([pl.DataFrame(schema=SAID), *lines])
    roles = [role for role in Role if role is not Role.ACCOUNTS]
    for file, line, role, key, account, *_ in told.iter_rows():
        if role not in roles:
            hint = near_miss(role or "", roles) or f"one of {', '.join(roles)}"
            raise _refused(file, line, f"`{role}` is no role whose keys lead to accounts" if role else "no role", hint)
        if account is not None and key is None:
            raise _refused(file, line, f"no key that would be `{account}`", "name the key, or take the line out")
    return told


def _lines(table: TextTable) -> pl.DataFrame:
    places = {squeeze(header): index for index, header in reversed(list(enumerate(table.header)))}
    missing = [name for name in COLUMNS[:3] if squeeze(name) not in places]
    if missing:
        raise InputError(
            f"no column `{missing[0]}` in `{table.label}`",
            location=table.where(),
            hint=f"a file of aliases has the columns {', '.join(COLUMNS)}",
        )
    cells = {
        name: table.frame[column(places[squeeze(name)])]
        if squeeze(name) in places
        else pl.repeat(None, table.frame.height, dtype=pl.String(), eager=True)
        for name in COLUMNS
    }
    cells |= {name: read_id(cells[name]).values for name in COLUMNS[:3]}
    told = {name: pl.lit(cells[name]).str.replace(GUARDED, "$1").replace("", None) for name in COLUMNS[3:]}
    cells |= {name: pl.select(text).to_series() for name, text in told.items()}
    frame = pl.DataFrame({LINE: table.frame[LINE], **cells}).with_columns(pl.col("role").str.to_lowercase())
    return frame.select(pl.lit(table.label).alias(FILE), LINE, *COLUMNS)


def decided(told: pl.DataFrame, accounts: pl.DataFrame | None, keys: pl.DataFrame) -> pl.DataFrame:
    """The aliases that hold: columns role, key, account_id, each once.

    Args:
        told: What `read_aliases` found.
        accounts: Rows of the accounts files; None without such files, when nothing can be held against them.
        keys: What leads to an account by itself, as `identity.key_map` gives it.

    Raises:
        InputError: A key is said to be two accounts, an account that there is not, or one that it is not by itself.
    """
    lines = told.drop_nulls("account_id").select(FILE, LINE, "role", KEY, "account_id")
    if accounts is not None:
        _check_accounts(lines, accounts, keys)
    first: dict[tuple[str, str], tuple[str, int, str]] = {}
    for file, line, role, key, account in lines.iter_rows():
        before = first.setdefault((role, key), (file, line, account))
        if before[2] != account:
            message = f"`{key}` is said to be `{account}`, and `{before[2]}` on line {before[1]:,} of `{before[0]}`"
            raise _refused(file, line, message, "keep the line that is right")
    return lines.select("role", KEY, "account_id").unique(maintain_order=True)


def _check_accounts(lines: pl.DataFrame, accounts: pl.DataFrame, keys: pl.DataFrame) -> None:
    ids = set(accounts["account_id"].drop_nulls())
    own = keys.filter(pl.col(KEY_KIND).is_in(KEY_NAMES), pl.col(KEY).is_in(lines[KEY].implode()))
    leads_to = {key: set(found) for key, found in own.group_by(KEY).agg("account_id").iter_rows()}
    names = keys.filter(pl.col(KEY_KIND) == "account_name").sort("account_id")
    by_name = dict(names.select(KEY, "account_id").iter_rows())
    for file, line, _, key, account in lines.iter_rows():
        if account not in ids:
            meant = by_name.get(account)
            hint = f"did you mean `{meant}`, whose name that is?" if meant else near_miss(account, ids)
            message = f"`{key}` is said to be `{account}`, which is the id of no account"
            raise _refused(file, line, message, hint or "the column takes an account_id of the accounts file")
        if account not in leads_to.get(key, {account}):
            real = ", ".join(f"`{each}`" for each in sorted(leads_to[key]))
            message = f"`{key}` is said to be `{account}`, but it is a key of {real}"
            raise _refused(file, line, message, "take the line out, or mend the accounts file")


def with_aliases(keys: pl.DataFrame, aliases: pl.DataFrame, role: Role) -> pl.DataFrame:
    """The keys that lead to an account in the files of a role, those that are aliases marked by `ALIAS`.

    A key that fits several accounts by itself fits the one that it is said to be.
    """
    keys = keys.with_columns(pl.lit(value=False).alias(ALIAS))
    mine = aliases.filter(pl.col("role") == role).select(KEY, "account_id")
    if mine.is_empty():
        return keys
    kinds = pl.DataFrame({KEY_KIND: KEY_NAMES})
    said = kinds.join(mine, how="cross").with_columns(pl.lit(value=True).alias(ALIAS)).select(keys.columns)
    alone = keys.filter(pl.len().over(KEY_KIND, KEY) == 1)
    said = said.join(alone, on=[KEY_KIND, KEY], how="anti")
    return pl.concat([keys.join(said, on=[KEY_KIND, KEY], how="anti"), said])


def _refused(file: str, line: int, message: str, hint: str | None) -> InputError:
    return InputError(f"an alias cannot be used: {message}", location=Location(label=file, line=line), hint=hint)
