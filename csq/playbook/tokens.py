"""A condition's text -> its words. What is not on the list of allowed words is a fault with its place."""

import re
from enum import Enum, auto
from typing import NamedTuple

from csq.regex import regex


class Mark(Enum):
    """What a word is."""

    NUMBER = auto()
    STRING = auto()
    NAME = auto()
    KEYWORD = auto()
    SIGN = auto()
    END = auto()


class Token(NamedTuple):
    """One word. `text` is its value: keywords in capitals, names and strings without their quotes."""

    mark: Mark
    text: str
    start: int
    end: int
    quoted: bool = False


class Fault(NamedTuple):
    """What is wrong with a condition, and where: `width` characters from `offset`, counted from 0."""

    offset: int
    width: int
    message: str
    hint: str | None = None
    code: str = "condition-syntax"


class Refused(Exception):
    """A fault after which the rest of a condition cannot be read."""

    def __init__(self, fault: Fault) -> None:
        """Carry the fault to whoever collects them."""
        super().__init__(fault.message)
        self.fault = fault


KEYWORDS = frozenset(
    ("AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "IS", "NULL", "TRUE", "FALSE", "COALESCE", "DATE")
)  # fmt: skip
FOREIGN = frozenset(("SELECT", "FROM", "WITH", "CASE", "CAST", "EXISTS", "INTERVAL"))
"""Words with which SQL goes beyond what a condition may be. Unlike keywords they can be columns of someone's."""

_WORD = regex(
    r"""
      (?P<space>\s+)
    | (?P<refused>--|/\*|;|\|\||&&|::|==|[\u2018\u2019\u201c\u201d`])
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<name>[^\W\d]\w*)
    | (?P<sign><>|!=|<=|>=|[=<>+\-*/(),])
    """,
    re.VERBOSE,
)
_REFUSED = {
    "--": ("comments are not allowed in a condition", "put the comment after a `#`, outside the quotes"),
    "/*": ("comments are not allowed in a condition", "put the comment after a `#`, outside the quotes"),
    ";": ("`;` is not allowed: a condition is a single expression", ""),
    "||": ("`||` is not allowed", "write OR"),
    "&&": ("`&&` is not allowed", "write AND"),
    "::": ("casts are not allowed", ""),
    "==": ("`==` is not allowed", "write a single `=`"),
    "'": ("a text in quotes is never closed", ""),
    '"': ("a name in double quotes is never closed", "text goes in single quotes"),
}


def tokenize(text: str) -> list[Token]:
    """Divide a condition into words; the last is an empty one that marks the end.

    Raises Refused at the first character that no allowed word begins with.
    """
    tokens = []
    position = 0
    while position < len(text):
        found = _WORD.match(text, position)
        if found is None or found.lastgroup == "refused":
            raise Refused(_refusal(found.group() if found else text[position], position))
        if token := _token(str(found.lastgroup), found.group(), position):
            tokens.append(token)
        position = found.end()
    return [*tokens, Token(Mark.END, "", len(text.rstrip()), len(text.rstrip()))]


def _token(group: str, word: str, start: int) -> Token | None:
    end = start + len(word)
    match group:
        case "number":
            return Token(Mark.NUMBER, word, start, end)
        case "string":
            return Token(Mark.STRING, word[1:-1].replace("''", "'"), start, end)
        case "quoted":
            return Token(Mark.NAME, word[1:-1].replace('""', '"'), start, end, quoted=True)
        case "name" if word.upper() in KEYWORDS:
            return Token(Mark.KEYWORD, word.upper(), start, end)
        case "name":
            return Token(Mark.NAME, word, start, end)
        case "sign":
            return Token(Mark.SIGN, word, start, end)
        case _:
            return None


def _refusal(word: str, offset: int) -> Fault:
    if word in "\u2018\u2019\u201c\u201d`":
        message, hint = f"`{word}` is not a quote here", "text goes in straight single quotes: '...'"
    elif word in _REFUSED:
        message, hint = _REFUSED[word]
    else:
        message, hint = f"the character {word!r} is not allowed in a condition", ""
    return Fault(offset=offset, width=len(word), message=message, hint=hint or None)
