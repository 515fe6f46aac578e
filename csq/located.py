"""A text that people edit by hand, and the values in it that remember where they stand.

`read` opens a file; `Document` holds nested dicts, lists, texts and None, and tells the line and
column of each. What the values mean, and whether they may stand there, is decided elsewhere.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from csq.errors import ConfigError, Location, Problem
from csq.regex import regex

Data: TypeAlias = "dict[str, Data] | list[Data] | str | None"
Steps: TypeAlias = tuple[str | int, ...]
"""Keys, and positions in lists counted from 0, from the root of a document to a value."""

ADDRESS = "(an e-mail address)"
"""Stands in what is passed on for an address."""

_PART = r"[^\s@\uff20\ufe6b.<>()\[\]\",;:|`]"
# From the beginning of a word and never back into it, or a long word without `@` takes for ever.
MAILBOX = rf"(?:\"[^\"\n]{{1,64}}\"|(?<!{_PART})(?<!\.)(?:{_PART}|\.)++)[@\uff20\ufe6b]{_PART}++(?:\.{_PART}++)++"
EMAIL = regex(MAILBOX)
"""An e-mail address in a text. Without a dot behind the `@` it is none: there are companies called Meet@Work."""

_FILE = regex(r"\.(csv|tsv|tab|txt|xlsx|parquet|gz|zst|zip|ya?ml|json|jsonl|md|html)$", re.IGNORECASE)


def without_addresses(text: str) -> str:
    """A text with words for each e-mail address in it. A file that is named like one keeps its name."""
    return EMAIL.sub(lambda found: found[0] if _FILE.search(found[0]) else ADDRESS, text)


def printable(text: str) -> str:
    """Replace what a terminal would act on, one character for one, so that columns still count."""
    return "".join(char if char.isprintable() else " " if char == "\t" else "\ufffd" for char in text)


def named(path: Path) -> str:
    """A path as messages name it: with where it leads, if it is a link to nothing."""
    return f"`{path}`, a link to `{path.readlink()}`" if dangles(path) else f"`{path}`"


def dangles(path: Path) -> bool:
    """Whether a path is a link to nothing."""
    return os.path.islink(path) and not os.path.exists(path)  # noqa: PTH110, PTH114 - Path raises at a long name


def is_endless(path: Path | int) -> bool:
    """Whether a path, or an open file, is a device such as `/dev/zero`, which is read for ever. `/dev/null` is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - Path cannot stand for an open file
    except (OSError, ValueError):  # who opens it says why it cannot be
        return False
    is_device = stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode)
    return is_device and not os.path.samestat(found, Path(os.devnull).stat())


class SourceText(NamedTuple):
    """A file as it was read."""

    text: str
    label: str
    sha256: str


def read(path: Path, *, label: str | None = None) -> SourceText:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises:
        ConfigError: it cannot be opened (no problems attached), or is not UTF-8 (one problem).
    """
    label = label or str(path)
    if is_endless(path):
        raise ConfigError(f"`{label}` is a device", hint="name a file")
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        reason = (getattr(error, "strerror", None) or "it is no path").lower()
        known = named(path) if isinstance(error, FileNotFoundError) else f"`{label}`"
        raise ConfigError(f"cannot read {known}: {reason}", hint="check the path") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        location = Location(label=label, line=before.count(b"\n") + 1)
        problem = Problem(
            location=location, path="", message="not UTF-8 text", code="yaml/encoding", hint="save the file as UTF-8"
        )
        raise unusable(label, [problem]) from error
    return SourceText(text=text, label=label, sha256=hashlib.sha256(data).hexdigest())


def find(name: str, *folders: Path | None) -> Path | None:
    """Return the file of that name in the first folder that has one. Labels stay short where a folder is `Path()`.

    A link to nothing is meant to be one: who reads it says so.
    """
    candidates = (folder / name for folder in folders if folder is not None)
    return next((path for path in candidates if path.exists() or dangles(path)), None)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order of the file."""
    return tuple(sorted(problems, key=lambda problem: (problem.location.line or 0, problem.location.column or 0)))


def unusable(label: str, problems: Iterable[Problem]) -> ConfigError:
    """Return the error that carries `problems`."""
    ordered = in_order(problems)
    count = "1 fault" if len(ordered) == 1 else f"{len(ordered):,} faults"
    return ConfigError(f"{count} in `{label}`", problems=ordered)


@dataclass(slots=True, eq=False)
class Node:
    """One value, its place (counted from 0), and how much it weighs once aliases are followed."""

    line: int
    column: int
    width: int
    data: Data
    style: str = ""
    """Of a text: how it is quoted, `'`, `"`, `|` or `>`; empty when it is not."""
    children: dict[str | int, tuple["Node", "Node"]] = field(default_factory=dict)
    """What it holds, each as the node to point at for its key, and the node of its value."""
    values: int = 1
    height: int = 1


_INK = regex(r"\S")
"""Anything but white space."""


class Document(NamedTuple):
    """What a text says, and where it says it."""

    label: str
    lines: tuple[str, ...]
    root: Node

    @property
    def data(self) -> Data:
        """The values; an empty text is None."""
        return self.root.data

    def nearest(self, path: Steps) -> Steps:
        """Return the longest beginning of `path` that stands in the text."""
        node, known = self.root, 0
        for step in path:
            if step not in node.children:
                break
            node, known = node.children[step][1], known + 1
        return path[:known]

    def locate(self, path: Steps, *, key: bool = False) -> Location:
        """Say where the value at `path`, or its key, stands; or else the nearest value around it."""
        pair = self._find(path)
        node = pair[0] if key else pair[1]
        return place(self.label, self.lines, node.line, node.column, node.width)

    def locate_within(self, path: Steps, offset: int, width: int) -> Location:
        """Say where a part of the text at `path` stands, `offset` characters into its value.

        A text that is escaped differs from its value; there the beginning is given.
        """
        node = self._find(path)[1]
        spot = self._follow(node, offset)
        return place(self.label, self.lines, *spot, width) if spot else self.locate(path)

    def _find(self, path: Steps) -> tuple[Node, Node]:
        pair = (self.root, self.root)
        for step in self.nearest(path):
            pair = pair[1].children[step]
        return pair

    def _follow(self, node: Node, offset: int) -> tuple[int, int] | None:
        """Walk text and value side by side; they may differ only in white space, as folded lines do."""
        line, column = (node.line + 1, 0) if node.style in ("|", ">") else (node.line, node.column + len(node.style))
        for position, char in enumerate(str(node.data)[: offset + 1]):
            if char.isspace():
                continue
            while line < len(self.lines) and not (ink := _INK.search(self.lines[line], column)):
                line, column = line + 1, 0
            if line == len(self.lines) or not ink or ink[0] != char:
                return None
            if position == offset:
                return line, ink.start()
            column = ink.end()
        return None


def place(label: str, lines: tuple[str, ...], line: int, column: int, width: int = 1) -> Location:
    """Return the location at `line` and `column`, counted from 0, with an excerpt that is safe to print."""
    if line >= len(lines):
        # The C parser puts the end of a text on the line after the last.
        line = len(lines) - 1
        column = len(lines[line])
    shown = _safe(lines[line])
    return Location(
        label=label,
        line=line + 1,
        column=column + 1,
        excerpt=shown or None,
        width=max(1, min(width, len(shown) - column)),
    )


@lru_cache(maxsize=8)
def _safe(line: str) -> str:
    """A line that is safe to print, of the same length; kept, since a file on one line may have a thousand faults."""
    return EMAIL.sub(lambda found: "*" * len(found.group()), printable(line))


def problem(
    document: Document, path: Steps, message: str, code: str, hint: str | None = None, *, at_key: bool = False
) -> Problem:
    """Return the fault of the value at `path`, or of its key."""
    location = document.locate(path, key=at_key)
    return Problem(location=location, path=spell(path), message=message, code=code, hint=hint)


def spell(path: Steps) -> str:
    """Write a path as people read it, `play.steps[2].do`; positions count from 1, like lines."""
    words = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{printable(step)}" for step in path)
    return words.removeprefix(".")


def shown(value: object) -> str:
    """Quote a value of the document for a message; what is not text is only named."""
    match value:
        case None:
            return "blank"
        case str() if not value.strip():
            return "blank"
        case str() if len(value) <= 40:
            return f"`{printable(value)}`"
        case str():
            return f"`{printable(value[:37])}...`"
        case dict():
            return "a group of keys"
        case _:
            return "a list"
