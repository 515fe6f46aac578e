"""Keys as the tools spoil or spell them: what leads to an account, and what would but for some damage.

Damage is named, never undone: a key whose zeros are lost may be another account's.
"""

import re
from collections.abc import Callable

import polars as pl

from csq.sources.cells.domains import EVERYWHERE, FREE_MAIL, FREE_MAIL_NAMES, HOSTS, OF_COUNTRIES

_SUFFIXES = "|".join(
    [
        rf"(?:{'|'.join(EVERYWHERE)})\.[a-z][a-z]",
        *(rf"(?:{words.replace(' ', '|')})\.{country}" for country, words in OF_COUNTRIES.items()),
        *(host.replace(".", r"\.") for host in HOSTS),
    ]
)
_REGISTERED = rf"([^.]+\.(?:{_SUFFIXES})|[^.]+\.[^.]+)$"


NOBODY = (
    "anonymous", "anonymous user", "anonymized", "anonymised", "anonym", "anonyme", "anonimo", "anónimo", "anoniem",
    "unknown", "unknown user", "unbekannt", "inconnu", "desconocido", "onbekend", "sconosciuto", "guest", "guest user",
    "nobody", "undefined", "not set", "(not set)", "not provided", "(not provided)", "no user", "no email", "deleted",
    "deleted user", "[deleted]", "redacted", "[redacted]",
)  # fmt: skip
"""What tools write for a person whom they do not know, in lower case: many of them are not one."""


def fold_address(text: pl.Expr) -> pl.Expr:
    """E-mail addresses bare and in lower case: however one is written, it is one person's. Other ids keep their case.

    Null for whoever nobody knows.
    """
    bare = pl.coalesce(text.str.extract(r"<([^<>\s]+@[^<>\s]+)>\s*$"), text.str.strip_prefix("mailto:"))
    person = pl.when(text.str.contains("@", literal=True)).then(bare.str.to_lowercase()).otherwise(text)
    return pl.when(~text.str.to_lowercase().is_in(NOBODY)).then(person)


def domain_of(text: pl.Expr) -> pl.Expr:
    """The domain that an organisation registers, of an e-mail address, a URL or a bare domain; null for free mail.

    Lower-case: `acme.com` of `eu.acme.com`, `acme.co.uk` of `www.acme.co.uk`.
    """
    # One chain, since polars evaluates an expression as often as it is named.
    return (
        text.str.to_lowercase()
        .str.extract(r"^(?:.*@|[a-z]+://)?([^/:?#\s>,;@]+\.[^/:?#\s>,;@.]+)", 1)
        .str.extract(_REGISTERED, 1)
        .str.replace(rf"^(?:{'|'.join(FREE_MAIL_NAMES)})\..*", "")
        .replace(["", *FREE_MAIL], None)
    )


SALESFORCE = r"001[0-9A-Za-z]{12}([A-Z0-5]{3})?"
"""What an id of an account looks like in Salesforce."""


def salesforce_twin(key: str) -> str | None:
    """The same Salesforce account id in its other length: 18 characters for 15, 15 for 18; None for any other key.

    The last three of the long form tell which letters of the short one are capitals, so that it is the same id only
    if they agree.
    """
    if not re.fullmatch(SALESFORCE, key):
        return None
    suffix = ""
    for start in (0, 5, 10):
        capitals = sum(1 << place for place, letter in enumerate(key[start : start + 5]) if "A" <= letter <= "Z")
        suffix += "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[capitals]
    if len(key) == 15:
        return key + suffix
    return key[:15] if key[15:] == suffix else None


def name_damage(lost: pl.Series, known: pl.Series) -> list[str]:
    """What keeps keys in `lost` from being one of `known`, a sentence for each kind with an example."""
    left, right = lost.drop_nulls().unique().sort(), known.drop_nulls().unique().sort()
    pairs = {
        "the zeros in front are lost": _meeting(left, right, _bare),
        "a decimal point was put behind them": _meeting(left, right, lambda key: key.str.replace(r"^(\d+)\.0+$", "$1")),
        "upper and lower case differ": _meeting(left, right, lambda key: key.str.to_lowercase()),
        "a spreadsheet rounded them": _rounded(left, right),
    }
    return [
        f"{len(found):,} would be an account's, but {how}: `{found[0][0]}` is `{found[0][1]}` there"
        for how, found in pairs.items()
        if found
    ]


def _bare(key: pl.Expr) -> pl.Expr:
    return pl.when(key.str.contains(r"^\d+$")).then(key.str.strip_chars_start("0"))


def _meeting(lost: pl.Series, known: pl.Series, by: Callable[[pl.Expr], pl.Expr]) -> list[tuple[str, str]]:
    """Pairs that are not the same and become so."""
    one = pl.select(lost=pl.lit(lost), by=by(pl.lit(lost)))
    other = pl.select(known=pl.lit(known), by=by(pl.lit(known)))
    met = one.join(other, on="by", how="inner").filter(pl.col("lost") != pl.col("known"))
    return sorted(met.unique("lost", keep="first", maintain_order=True).select("lost", "known").iter_rows())


def _rounded(lost: pl.Series, known: pl.Series) -> list[tuple[str, str]]:
    """`1.23457E+11` is what a spreadsheet shows of 123456789012."""
    shown = lost.filter(lost.str.contains(r"^\d(\.\d+)?[eE]\+?\d{1,2}$"))
    if shown.is_empty():
        return []
    digits = known.filter(known.str.contains(r"^\d{12,}$"))
    found = []
    for places in {_places(key) for key in shown}:
        values = {f"{float(whole):.{places}e}": whole for whole in digits}
        found += [(key, values[value]) for key in shown if (value := f"{float(key):.{places}e}") in values]
    return sorted(found)


def _places(key: str) -> int:
    return len(key.upper().partition("E")[0].partition(".")[2])
