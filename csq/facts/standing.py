"""What the status of an account or a subscription says: a customer now, none, or a word csq does not know.

A word is known whole, else by the longest known words it begins with (`Cancelled - non payment`). Words of both kinds
in one status (`Active - churned`) leave it unknown: such accounts stay, and are reported.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

import polars as pl

from csq.errors import Setting
from csq.facts.status_words import CURRENT, FORMER, WHO
from csq.report import Note
from csq.schema import money
from csq.sources.cells.values import together
from csq.terms import NoteKind

MOST_WORDS = 50
"""Of a status: with more it is a note, which says this and that."""
_LONGEST = 12
"""Words of what a longer status is looked up by."""
NAMED = 5
"""Statuses, or accounts, that are named in one sentence."""


class StatusKind(StrEnum):
    """What a status says."""

    CURRENT = "current"
    FORMER = "former"
    UNKNOWN = "unknown"


def plain(status: str) -> str:
    """A status as the vocabulary writes it: `PAST_DUE`, `Past-Due` and `pastDue` are `past due`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", status)
    bare = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare.casefold()).strip()


def vocabulary(current: Iterable[str], former: Iterable[str]) -> dict[str, StatusKind]:
    """All words with what they say, those of csq.yaml before csq's own."""
    own = dict.fromkeys(CURRENT, StatusKind.CURRENT) | dict.fromkeys(FORMER, StatusKind.FORMER)
    told = dict.fromkeys(map(plain, current), StatusKind.CURRENT) | dict.fromkeys(map(plain, former), StatusKind.FORMER)
    return own | told


def standing_of(status: str, known: Mapping[str, StatusKind]) -> StatusKind:
    """What one status says."""
    words = plain(status).split()
    if len(words) > MOST_WORDS:
        return StatusKind.UNKNOWN
    is_noun = len(words) > 1 and words[0] in WHO and " ".join(words) not in known
    if is_noun and standing_of(" ".join(words[1:]), known) is StatusKind.FORMER:
        return StatusKind.FORMER  # `Customer - lost`: the noun alone says little
    for end in (len(words), *range(min(len(words) - 1, _LONGEST), 0, -1)):
        if (said := known.get(" ".join(words[:end]))) is not None:
            other = StatusKind.FORMER if said is StatusKind.CURRENT else StatusKind.CURRENT
            rest = [word for word in words[end:] if word not in WHO]
            return StatusKind.UNKNOWN if any(known.get(word) is other for word in rest) else said
    return StatusKind.UNKNOWN


def standings(status: pl.Series, known: Mapping[str, StatusKind]) -> pl.Series:
    """What each status says, a `StatusKind`; null where there is none."""
    said = {word: str(standing_of(word, known)) for word in status.drop_nulls().unique()}
    return status.replace_strict(said, default=None, return_dtype=pl.String())


def unknown_words(rows: pl.DataFrame) -> list[Note]:
    """Name the statuses that are known neither way, with their accounts and what these are worth.

    Args:
        rows: Rows of unknown standing: account_id, status, contract_value.
    """
    if rows.is_empty():
        return []
    lines = "; ".join(f"`{word}`, {worth}" for word, worth in by_status(rows))
    words = sorted(rows["status"].unique())
    listed = ", ".join(in_yaml(word) for word in words[:NAMED]) + (", ..." if len(words) > NAMED else "")
    one = "a status that csq does not know" if len(words) == 1 else f"{len(words):,} statuses that csq does not know"
    text = (
        f"{one}, so that their accounts stay: {lines}; csq.yaml says what they are: "
        f"`statuses: {{current: [{listed}]}}`, or `former:` for who is no customer"
    )
    known = (StatusKind.CURRENT, StatusKind.FORMER)
    asks = [
        Setting(("statuses", "current"), in_yaml(word), worth, known, is_item=True)
        for word, worth in by_status(rows)
        if word in words
    ]
    return [Note(NoteKind.WARNING, text, tuple(asks))]


def offered(rows: pl.DataFrame, headers: Mapping[str, str], known: Mapping[str, StatusKind]) -> list[Note]:
    """Where no row has a status, the columns of text that speak of who is a customer, with the line that reads them.

    Args:
        rows: Rows of accounts: status, and the columns of `headers`.
        headers: Columns of the user's own, with their headers.
        known: The vocabulary.
    """
    if rows["status"].is_not_null().any():
        return []

    notes, schema = [], rows.schema
    texts = (rows[name] for name in headers if schema.get(name) == pl.String())
    for some in together(texts):
        kinds = {word: standing_of(word, known) for word in _likely(some, known)}
        if StatusKind.FORMER not in kinds.values():
            continue
        for text in some:
            said: Counter[StatusKind] = Counter()
            for word, count in text.drop_nulls().rename("word").value_counts().iter_rows():
                said[kinds.get(word, StatusKind.UNKNOWN)] += count
            former = said[StatusKind.FORMER]
            if not former or (former + said[StatusKind.CURRENT]) * 2 <= said.total():
                continue
            count = "1 row" if former == 1 else f"{former:,} rows"
            header = headers[text.name]
            line = f"columns: {{accounts: {{status: {json.dumps(header, ensure_ascii=False)}}}}}"
            told = f"`{header}` of the accounts files says of {count} that they are no customers, and is not read as a "
            notes.append(Note(kind=NoteKind.WARNING, text=f"{told}status: `{line}` in csq.yaml does"))
    return notes


def by_status(rows: pl.DataFrame) -> list[tuple[str, str]]:
    """The statuses of some rows, those of most accounts first, with how many accounts and what they are worth."""
    counts = rows.group_by("status").agg(pl.col("account_id").n_unique())
    statuses = counts.sort("account_id", "status", descending=[True, False])["status"]
    told = [(status, accounts_worth(rows.filter(status=status))) for status in statuses.head(NAMED)]
    return [*told, ("...", f"{len(statuses) - NAMED:,} more")] if len(statuses) > NAMED else told


def accounts_worth(rows: pl.DataFrame) -> str:
    """`2 accounts worth 3,600 a year`; without money where none is known."""
    count = rows["account_id"].n_unique()
    accounts = "1 account" if count == 1 else f"{count:,} accounts"
    return (
        f"{accounts} worth {money(rows['contract_value']):,.0f} a year" if rows["contract_value"].count() else accounts
    )


def in_yaml(word: str) -> str:
    """A word as csq.yaml can hold it in a list."""
    return word if re.fullmatch(r"[^\W\d][\w ]*", word) and word.casefold() not in _NO_TEXT else json.dumps(word)


_NO_TEXT = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
"""Words that YAML takes for something other than text."""


def _likely(texts: Iterable[pl.Series], known: Mapping[str, StatusKind]) -> pl.Series:
    """The distinct cells of columns that hold how a word of the vocabulary begins, or letters that may stand for one.

    What a status says is asked of each by itself, which takes its time; most cells need no second look.
    """
    cells = pl.concat((text.rename("word") for text in texts), rechunk=True).drop_nulls().unique()
    begins = sorted({words.split()[0] for words in known if words})
    is_likely = cells.str.contains_any(begins, ascii_case_insensitive=True) | cells.str.contains("[^\\x00-\\x7F]")
    return cells.filter(is_likely)
