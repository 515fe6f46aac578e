"""Lines added to the text of a csq.yaml. What a person has written stays byte for byte, comments included.

A line that stands there in any form is left alone. What is open is added as a comment, which becomes a line when the
`# ` in front of it is taken away.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from csq import yamlfile
from csq.errors import Setting
from csq.located import Node, printable
from csq.suggest import in_yaml

LONGEST = 900
"""Characters of a key: YAML takes no more than a thousand or so before a colon."""


class SettingLine(NamedTuple):
    """A setting to be written."""

    setting: Setting
    is_open: bool = False


class Edited(NamedTuple):
    """A text with lines added, and those for which there is no place in it that would leave its lines as they are."""

    text: str
    left: tuple[Setting, ...]
    added: int


class _Place(NamedTuple):
    """Where lines go: before line `at`, counted from 0, as far to the right as `indent`, under the first `known` keys.

    Nowhere without `at`: it is known, or (`is_closed`) what it belongs under is written in one line.
    """

    at: int | None = None
    indent: int = 0
    known: int = 0
    is_closed: bool = False


def add(text: str, lines: Iterable[SettingLine], label: str) -> Edited:
    """Add lines to a csq.yaml, each under the keys that it belongs to; sections that are new come in the order given.

    Raises ConfigError when the text is no YAML.
    """
    document = yamlfile.parse(text, label)
    rows = re.split(r"(?<=\n)|(?<=\r)(?!\n)|(?<=[\x85\u2028\u2029])", text)
    remarks = {row.strip("# \r\n") for row in rows if row.lstrip().startswith("#")}
    wanted = [
        line
        for line in lines
        if all(len(key) < LONGEST for key in line.setting.path)
        and not (line.is_open and _leaf(line.setting) in remarks)
    ]
    places = [(_find(document.root, document.lines, line.setting), line) for line in wanted]
    left = tuple(line.setting for place, line in places if place.is_closed)
    ordered = sorted(
        ((place, line) for place, line in places if place.at is not None), key=lambda each: -(each[0].at or 0)
    )
    end = "\r\n" if "\r\n" in text else "\n"
    added = 0
    for place, group in groupby(ordered, key=lambda each: each[0]):
        settings = [line._replace(setting=_under(line.setting, place.known)) for _, line in group]
        new = [f"{' ' * place.indent}{row}".rstrip() for row in _rows(settings)]
        if not place.known:  # a blank line above each section
            new = [
                each for row in new for each in (["", row] if re.match(r"#? ?[^\s#]", row[place.indent :]) else [row])
            ]
        at = place.at or 0
        if new and not place.known and rows[at - 1]:
            rows[at - 1] += "" if rows[at - 1].endswith(("\n", "\r")) else end
        rows[at:at] = [f"{row}{end}" for row in new]
        added += len(settings)
    return Edited("".join(rows), left, added)


def in_one_line(setting: Setting) -> str:
    """A setting as it could be written in one line, braces and all."""
    text = f"[{setting.value}]" if setting.is_item else setting.value or "..."
    for key in reversed(setting.path[1:]):
        text = f"{{{_key(key)}: {text}}}"
    return f"{setting.path[0]}: {text}"


def bare(value: str) -> str:
    """A value as a person would say it, without the quotes of YAML."""
    return str(json.loads(value)) if value.startswith('"') else value


def _under(setting: Setting, known: int) -> Setting:
    return setting._replace(path=setting.path[known:])


def _find(root: Node, lines: Sequence[str], setting: Setting) -> _Place:
    """Where a setting goes."""
    if root.data is None:
        return _Place(len(lines) if lines[-1] else len(lines) - 1)
    node, place = root, _Place(len(lines) if lines[-1] else len(lines) - 1, root.column)
    if not isinstance(root.data, dict) or lines[root.line][root.column : root.column + 1] == "{":
        return _Place(is_closed=True)
    for depth, key in enumerate(setting.path, start=1):
        if not isinstance(node.data, dict):
            return _Place()  # a short form says it all
        if key not in node.children:
            return place
        at, node = node.children[key]
        place = _inside(at, node, lines, depth)
    if not setting.is_item or not isinstance(node.data, list):
        return _Place()
    known = {str(word).casefold() for word in node.data}
    return _Place() if setting.value.strip('"').casefold() in known else place


def _inside(key: Node, value: Node, lines: Sequence[str], depth: int) -> _Place:
    """The place right below a key, where what it holds stands line by line."""
    if value.data is None:
        bare = re.fullmatch(r"\s*(#.*)?", lines[key.line][key.column + key.width :].lstrip(": "))
        return _Place(key.line + 1, key.column + 2, depth) if bare else _Place(is_closed=True)
    if value.line <= key.line or lines[value.line][value.column : value.column + 1] in ("{", "["):
        return _Place(is_closed=True)
    return _Place(key.line + 1, value.column, depth)


def _rows(lines: Sequence[SettingLine]) -> Iterator[str]:
    """Lines as YAML, those with a beginning in common under it; where all of them are open, as comments."""
    by_key: dict[str, list[SettingLine]] = {}
    for line in lines:
        by_key.setdefault(line.setting.path[0] if line.setting.path else "", []).append(line)
    for key, group in by_key.items():
        is_open = all(line.is_open for line in group)
        for row in _block(key, [line._replace(is_open=line.is_open and not is_open) for line in group]):
            yield f"# {row}" if is_open else row


def _block(key: str, group: Sequence[SettingLine]) -> Iterator[str]:
    if not key:
        for line in group:
            yield ("# " if line.is_open else "") + _leaf(line.setting)
        return
    first = group[0].setting
    if len(first.path) == 1 and not first.is_item:
        yield _leaf(first)
        return
    yield f"{_key(key)}:"
    for row in _rows([line._replace(setting=_under(line.setting, 1)) for line in group]):
        yield f"  {row}"


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z][\w-]*\.[a-z]+", text, re.ASCII) else in_yaml(text)


def _leaf(setting: Setting) -> str:
    """The row of a setting itself, with what is to be remarked on it."""
    text = f"- {setting.value}" if setting.is_item else f"{_key(setting.path[-1])}: {setting.value}"
    others = f"; or {', '.join(setting.others)}" if setting.others else ""
    return f"{text}  # {printable(' '.join((setting.why + others).split()))}"
