"""Text from data made safe to print: what it shows is all that it does.

A terminal obeys escape sequences, and bidirectional controls turn the rest of a line around. Here each such
character becomes a visible stand-in, so that nothing is hidden either.
"""

from collections.abc import Iterable
from unicodedata import east_asian_width

_STAND_IN = "\ufffd"

# Indian scripts, Persian and emoji are spelled with joiners. After ASCII they join nothing and only hide.
_JOINERS = "\u200c\u200d"

LONGEST = 10_000
"""Characters of a name or a sentence that a person is shown: nobody reads on, and to measure more takes time."""


def clean(text: str) -> str:
    """Put a space for white space of any kind, and U+FFFD for all else that is not printable."""
    if text.isprintable():
        return text
    return "".join(_printable(each, after) for each, after in zip(text, " " + text, strict=False))


def short(text: str) -> str:
    """The same, or what a person reads of it and an ellipsis."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def shown(text: str) -> str:
    """Cut, and then made safe to print."""
    return clean(short(text))


def clean_lines(lines: Iterable[str]) -> str:
    """Put lines together, each made safe and ended."""
    return "".join(f"{clean(line)}\n" for line in lines)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: East Asian characters and emoji are two wide."""
    return len(text) if text.isascii() else sum(1 + (east_asian_width(each) in "WF") for each in text)


def _printable(character: str, after: str) -> str:
    if character.isprintable() or (character in _JOINERS and not after.isascii()):
        return character
    return " " if character.isspace() else _STAND_IN
