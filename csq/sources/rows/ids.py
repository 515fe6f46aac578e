"""Ids that look like nothing, and marks that look like part of an id.

`NA`, `None` and `null` as an id are one where another file names the same account by it, which is told; anywhere else
they say that there is none. What nobody sees or wrote (invisible characters, the apostrophe of a spreadsheet) is taken
off, and told with its line.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from csq.fate import ROWS, is_used, mark
from csq.report import Note, masked
from csq.schema import collect
from csq.sources.cells.values import may_be_id
from csq.sources.reading.read import LINE, column
from csq.sources.rows.typed import FILE, RoleRows, Typed
from csq.terms import Fate, NoteKind, Role

OWN_IDS = ("account_id", "subscription_id", "external_id")
"""Keys that are ids, rather than names or domains."""


def tell_marks(typed: Typed) -> Typed:
    """Say of the id columns what was taken off their cells, and on which line first, where lines are known."""
    for name in (name for name in OWN_IDS if name in typed.frame.columns and name in typed.fields):
        text = typed.text[column(typed.fields[name])]
        if not (text != typed.frame[name]).any():
            continue
        raw = pl.lit(text).str.replace_all(r"\s+", " ").str.strip_chars()
        cells = typed.frame.lazy().select(FILE, LINE, ROWS, pl.col(name).alias("id"), raw.alias("raw"))
        off = collect(cells.filter(pl.col("raw") != pl.col("id")).sort(FILE, LINE, "raw", nulls_last=True))
        for (file,), rows in off.partition_by(FILE, as_dict=True).items():
            typed = typed.noting(_repaired(f"`{typed.header(name)}` in `{file}`", rows), NoteKind.WARNING)
            typed = typed.replace(mended=typed.mended + int(rows[ROWS].sum()))
    return typed


def _repaired(where: str, rows: pl.DataFrame) -> str:
    count, (_, line, _, key, raw) = int(rows[ROWS].sum()), rows.row(0)
    cells = "a cell" if count == 1 else f"{count:,} cells"
    first = "" if line is None else f", first on line {line:,}"
    return f"repaired {cells} of {where}{first}: `{masked(visible(raw))}` is the id `{masked(key)}`"


def visible(text: str) -> str:
    """Text in which what cannot be seen stands as `<U+200B>`."""
    return re.sub(r"\S", lambda each: each[0] if _is_seen(each[0]) else f"<U+{ord(each[0]):04X}>", text)


def _is_seen(character: str) -> bool:
    return character.isprintable() and unicodedata.category(character) not in ("Cf", "Cc")


def drop_repeated(typed: Typed) -> Typed:
    """Without the words for nothing that stand for several: an account has its id once, a subscription too."""
    names = [name for name in OWN_IDS if name in typed.fields]
    if "subscription_id" in names:
        names.remove("account_id")  # an account may have several
    for name in names:
        ids = typed.frame[name]
        nothing = may_be_id(ids)
        if nothing.any():
            typed = typed.with_columns(ids.set(nothing & ids.is_duplicated(), None))
    return typed


def drop_unknown(typed: Typed, known: pl.Series) -> Typed:
    """Without the words for nothing among the keys of a file that are no account's key."""
    for name in (name for name in OWN_IDS if name in typed.fields):
        ids = typed.frame[name]
        nothing = may_be_id(ids)
        if nothing.any():
            typed = typed.with_columns(ids.set(nothing & ~ids.is_in(known.implode()).fill_null(value=False), None))
    return typed


def confirm_ids(found: Mapping[Role, RoleRows]) -> Mapping[Role, RoleRows]:
    """Reject the accounts whose id is a word for nothing and that no other file names, and name those that one does."""
    accounts = found.get(Role.ACCOUNTS)
    if accounts is None or not may_be_id(accounts.frame["account_id"]).any():
        return found
    ids = accounts.frame["account_id"]
    others = [rows.frame["account_id"].unique() for role, rows in found.items() if role is not Role.ACCOUNTS]
    named = pl.concat([ids.clear(), *others])
    nothing = may_be_id(ids) & ~ids.is_in(named.implode()).fill_null(value=False)
    header = next((header for file in accounts.files for header, field in file.columns if field == "account_id"), None)
    frame = mark(
        accounts.frame,
        {Fate.REJECTED: pl.lit(nothing)},
        reason="no account key",
        column=header,
        value=pl.col("account_id"),
    )
    kept = frame.filter(is_used() & pl.lit(may_be_id(ids)))["account_id"].unique().sort()
    notes = [
        Note(kind=NoteKind.CHOICE, text=f"`{key}` is the id of an account: other files name it too") for key in kept
    ]
    return {**found, Role.ACCOUNTS: replace(accounts, frame=frame, notes=(*accounts.notes, *notes))}
