"""What is passed on names no person: words stand in place of e-mail addresses. `csq explain` and the rejects have them.

An account may go by an address, as its id or its name. Such accounts must still be told apart, week after week, so a
code follows the words there, always the same for an address; `csq explain` takes the code for the account. Owners are
not masked: they are colleagues, and the week is laid out for them by name. Nor is what the playbook says itself.
"""

import hashlib
import re
from collections.abc import Iterable, Set

import polars as pl

from csq.located import ADDRESS, EMAIL, MAILBOX, without_addresses
from csq.report import PERSON, Note, OwnerWeek, Report
from csq.schema import COLUMNS, PLAN
from csq.terms import NoteKind

_OURS = ("owner", "desk", "tier", "missing")
"""Columns of text that name none of the customer's people."""
_SPOKEN = tuple(column.name for column in PLAN if column.name not in _OURS)
"""Columns in which the playbook speaks, facts of the account filled in."""
_MAILBOX = rf"[^<>]*<(?:mailto:)?({MAILBOX})>\s*"
"""`Eve Adler <eve@acme.example>`: what stands before the address names the person too."""
_AT = "[@\uff20\ufe6b]"
"""Without one of these there is no address."""


def code(address: str) -> str:
    """What an address is told apart by: twelve digits, so that no two of a million are likely to share one."""
    return hashlib.sha256(address.encode()).hexdigest()[:12]


def codes(text: str) -> set[str]:
    """The codes of all addresses in a text."""
    return {code(address) for address in EMAIL.findall(text)}


def without_names(notes: Iterable[Note]) -> list[Note]:
    """Notes that quote the files, without the addresses in them."""
    return [note._replace(text=without_addresses(note.text)) if "@" in note.text else note for note in notes]


def passed_on(report: Report) -> Report:
    """A report in which no account names a person."""
    accounts = without_people(report.accounts)
    texts = [name for name, kind in accounts.schema.items() if kind in (pl.String(), pl.List(pl.String()))]
    facts = [name for name in texts if name not in (*_OURS, *_SPOKEN)]
    known = _addresses(accounts[facts])
    if not known:
        return report._replace(accounts=accounts)
    spoken = [name for name in texts if name in _SPOKEN]
    hidden = accounts.with_columns(_hidden(accounts[name], known) for name in (*facts, *spoken))
    return report._replace(
        accounts=hidden,
        fired=report.fired.with_columns(_hidden(report.fired["account_id"], known)),
        done=report.done.with_columns(_hidden(report.done["account_id"], known)),
        weeks=tuple(_week(week, known) for week in report.weeks),
        notes=(*report.notes, *address_notes(accounts)),
    )


def address_notes(accounts: pl.DataFrame) -> list[Note]:
    """Say once that accounts go by a code, and who says whose it is."""
    names = accounts[["account_id", "account_name"]]
    hidden = with_codes(names, names.columns)
    by_address = (names["account_id"] != hidden["account_id"]) | (names["account_name"] != hidden["account_name"])
    if not (count := int(by_address.sum())):
        return []
    told = "1 account goes" if count == 1 else f"{count:,} accounts go"
    text = f"{told} by an e-mail address, which names a person: a code stands in its place, and "
    return [Note(kind=NoteKind.CHOICE, text=f"{text}`csq explain CODE` says whose it is")]


def with_codes(rows: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """Rows with a code for each address in some of their columns of text."""
    mine = [*names]
    known = _addresses(rows[mine])
    return rows.with_columns(_hidden(rows[name], known) for name in mine) if known else rows


def without_people(accounts: pl.DataFrame) -> pl.DataFrame:
    """Put words for what stands in the columns that are there to name people; the others stay."""
    personal = (name for name in accounts.columns if name in COLUMNS and COLUMNS[name].personal)
    names = [name for name in personal if accounts[name].count()]
    if not names:
        return accounts
    return accounts.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.lit(PERSON)).alias(name) for name in names)


_AT_ONCE = 1_000
"""Columns that are asked together."""


def _addresses(texts: pl.DataFrame) -> Set[str]:
    """All addresses in columns of texts and of lists of texts."""
    lists = [name for name, kind in texts.schema.items() if kind == pl.List(pl.String())]
    flat = [pl.col(name).explode() if name in lists else pl.col(name) for name in texts.columns]
    # Many columns at once, for most hold none; not thousands, for so many questions take more room than their cells.
    parts = [flat[first : first + _AT_ONCE] for first in range(0, len(flat), _AT_ONCE)]
    may_hold = [texts.select(each.str.contains(_AT).any() for each in part).row(0, named=True) for part in parts]
    cells = [_cells(texts[name]) for part in may_hold for name, is_held in part.items() if is_held]
    return {address for cell in cells for text in cell for address in EMAIL.findall(text)}


def _cells(series: pl.Series) -> list[str]:
    """The texts of a column that may hold an address, each once."""
    flat = series.explode() if series.dtype == pl.List(pl.String()) else series
    return flat.filter(flat.str.contains(_AT)).unique().to_list()


def _hidden(series: pl.Series, known: Set[str]) -> pl.Series:
    """A column of texts, or of lists of them, without the addresses that are known."""
    new = {text: _coded(text, known) for text in _cells(series)}
    if not new:
        return series
    if series.dtype == pl.List(pl.String()):
        return series.list.eval(pl.element().replace(new))
    return series.replace(new)


def _coded(text: str, known: Set[str]) -> str:
    if found := re.fullmatch(_MAILBOX, text):
        text = found[1]
    return EMAIL.sub(lambda found: f"{ADDRESS} {code(found[0])}" if found[0] in known else found[0], text)


def _week(week: OwnerWeek, known: Set[str]) -> OwnerWeek:
    calls = [
        each._replace(account_id=_coded(each.account_id, known), do=_coded(each.do, known)) for each in week.check_ins
    ]
    left = [each._replace(account_id=_coded(each.account_id, known)) for each in week.left_out_first]
    return week._replace(check_ins=tuple(calls), left_out_first=tuple(left))
