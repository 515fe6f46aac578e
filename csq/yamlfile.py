"""YAML text -> values that remember where they stand.

Nothing is typed here: `no`, `00123` and `12:30` stay the texts that were written, and only a
plain blank, `~` or `null` is None.

Refused, each with its place: tags, several documents, keys that are not text, a key given twice,
aliases that go nowhere, and whatever is nested or expanded beyond all reason. The text is read as
a stream of events and never by recursion, so no input can exhaust the stack or the memory.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from csq.errors import Problem
from csq.located import Data, Document, Node, place, printable, unusable
from csq.regex import regex

if TYPE_CHECKING:
    import yaml

MAX_DEPTH = 32
MAX_VALUES = 20_000
"""Values of a document, those that an alias repeats counted each time."""

_LINE_BREAK = regex("\r\n|[\n\r\x85\u2028\u2029]")
# Telling what may not stand there, and the long range by itself, compiles ten times as fast.
_UNREADABLE = regex("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]|[\ud800-\udfff]")


def parse(text: str, label: str) -> Document:
    """Read one YAML document.

    Raises:
        ConfigError: with every fault found up to the first that hides the rest.
    """
    import yaml  # a run without a csq.yaml or a playbook of its own does without

    lines = tuple(_LINE_BREAK.split(text))
    builder = _Builder(label, lines)
    if found := _UNREADABLE.search(text):
        before = _LINE_BREAK.split(text[: found.start()])
        builder.refuse(
            len(before) - 1, len(before[-1]), f"the character U+{ord(found.group()):04X} cannot stand here", "character"
        )
        raise unusable(label, builder.problems)
    try:
        root = builder.build(_events(text))
    except yaml.MarkedYAMLError as error:
        builder.refuse(*_explain(error, lines))
        raise unusable(label, builder.problems) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # The pure parser lets absurd escapes and version numbers through to `chr` and `int`.
        builder.refuse(0, 0, "cannot be read as YAML", "syntax")
        raise unusable(label, builder.problems) from error
    if builder.problems:
        raise unusable(label, builder.problems)
    return Document(label, lines, root)


def _events(text: str) -> Iterator[Any]:
    import yaml

    taken = 0
    try:
        for event in yaml.parse(text, Loader=_loader()):
            yield event
            taken += 1
    except yaml.MarkedYAMLError as error:
        # Newer libyaml gives up on a nesting of a thousand, seen far ahead of the level that is one too many here.
        if "nesting depth" not in str(error.problem):
            raise
        yield from islice(yaml.parse(text, Loader=yaml.SafeLoader), taken, None)


def _loader() -> Any:
    """The parser in C is several times as fast as the other, but not part of every build of the library."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TooMuch(Exception):
    """A fault after which there is no point in reading on."""


class _Builder:
    """Builds the nodes of one document from the parser's events."""

    def __init__(self, label: str, lines: tuple[str, ...]) -> None:
        self.label = label
        self.lines = lines
        self.problems: list[Problem] = []
        self._root = Node(0, 0, 1, None)
        self._open: list[tuple[Node, str | None]] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}
        self._values = 0
        self._documents = 0

    def refuse(self, line: int, column: int, message: str, code: str, hint: str | None = None) -> None:
        """Record a fault of the YAML itself."""
        location = place(self.label, self.lines, line, column)
        self.problems.append(Problem(location=location, path="", message=message, code=f"yaml/{code}", hint=hint))

    def build(self, events: Iterator[Any]) -> Node:
        """Take every event in turn; return the root."""
        try:
            for event in events:
                self._take(event)
        except _TooMuch:
            raise unusable(self.label, self.problems) from None
        return self._root

    def _take(self, event: Any) -> None:
        match type(event).__name__:
            case "ScalarEvent":
                self._check_tag(event)
                self._close(self._scalar(event), event.anchor)
            case "MappingStartEvent" | "SequenceStartEvent" as kind:
                self._check_tag(event)
                self._enter(event, mapping=kind == "MappingStartEvent")
            case "MappingEndEvent" | "SequenceEndEvent":
                node, anchor = self._open.pop()
                if isinstance(node.data, dict):
                    self._keys.pop()
                self._close(node, anchor)
            case "AliasEvent":
                self._repeat(event)
            case "DocumentStartEvent":
                self._documents += 1
                if self._documents > 1:
                    self._stop(event, "a second document begins", "documents", "keep one document to a file")

    def _stop(self, event: Any, message: str, code: str, hint: str | None = None) -> None:
        self.refuse(event.start_mark.line, event.start_mark.column, message, code, hint)
        raise _TooMuch

    def _check_tag(self, event: Any) -> None:
        if event.tag is not None:
            mark, tag = event.start_mark, printable(event.tag)
            self.refuse(mark.line, mark.column, f"the tag `{tag}` is not allowed", "tag", "leave the tag out")

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark, event.end_mark
        blank = not event.style and event.value in ("", "~", "null", "Null", "NULL")
        width = end.column - start.column if end.line == start.line else len(self.lines[start.line])
        return Node(start.line, start.column, width, None if blank else event.value, event.style or "")

    def _enter(self, event: Any, *, mapping: bool) -> None:
        node = Node(event.start_mark.line, event.start_mark.column, 1, {} if mapping else [])
        self._open.append((node, event.anchor))
        if mapping:
            self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            self._stop(event, f"nested more than {MAX_DEPTH} levels deep", "depth")

    def _repeat(self, event: Any) -> None:
        target = self._anchors.get(event.anchor)
        mark, name = event.start_mark, printable(event.anchor)
        if target is None:
            self.refuse(mark.line, mark.column, f"the alias `*{name}` goes nowhere", "alias")
            target = Node(mark.line, mark.column, 1, None)
        elif len(self._open) + target.height > MAX_DEPTH:
            self._stop(event, f"the alias `*{name}` nests more than {MAX_DEPTH} levels deep", "depth")
        self._values += target.values - 1
        self._close(target, None)

    def _close(self, node: Node, anchor: str | None) -> None:
        """A value is complete: count it, remember it under its anchor, and hand it to what holds it."""
        self._values += 1
        if self._values > MAX_VALUES:
            self.refuse(node.line, node.column, f"more than {MAX_VALUES:,} values once aliases are followed", "size")
            raise _TooMuch
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        parent = self._open[-1][0]
        if isinstance(parent.data, dict):
            if self._keys[-1] is None:
                self._keys[-1] = node
                return
            key, self._keys[-1] = self._keys[-1], None
            if not self._put(parent, parent.data, key, node):
                return
        elif isinstance(parent.data, list):
            parent.children[len(parent.data)] = (node, node)
            parent.data.append(node.data)
        parent.values += node.values
        parent.height = max(parent.height, node.height + 1)

    def _put(self, parent: Node, mapping: dict[str, Data], key: Node, node: Node) -> bool:
        if not isinstance(key.data, str):
            self.refuse(key.line, key.column, "a key must be text", "key")
        elif key.data in mapping:
            first = parent.children[key.data][0].line + 1
            name = printable(key.data)
            self.refuse(key.line, key.column, f"the key `{name}` is given twice", "twice", f"it is on line {first} too")
        else:
            parent.children[key.data] = (key, node)
            mapping[key.data] = node.data
            return True
        return False


_QUOTES = "put the text in quotes"
_INDENT = ("the indent does not fit the lines above", "what belongs together begins in the same column")
_AFTER_VALUE = ("the line goes on after its value has ended", "quote the text as a whole; in '...' an apostrophe is ''")
_SECOND_COLON = ("a second `: ` on this line", _QUOTES)
_STRAY_KEY = ("no key can begin here", "check the indent of this line and the `:` of the one above")
_SYNTAX = (
    # What the two parsers say, what it means to the person who wrote the line, and what to do.
    (r"mapping values are not allowed", _SECOND_COLON),
    (r"\btab\b|'\\t'", ("a tab in the indent", "indent with spaces")),
    (r"cannot start any token|node content", ("text cannot begin with `{char}`", _QUOTES)),
    (r"alphabetic or numeric character", ("text cannot begin with `&` or `*`", _QUOTES)),
    (r"sequence entries are not allowed", ("a list cannot begin behind its key", "begin it on the next line")),
    (r"line break|chomping", ("text cannot stand behind `>` or `|`", "begin it on the next line, or put it in quotes")),
    (r"',' or '[]}]'", ("a bracket that is never closed", "close it, or put the text in quotes")),
    (r"unexpected end of stream", ("a quote that is never closed", "close it")),
    (r"expected ':'", ("a line without a key", "write `key: value`; text over several lines goes after `>`")),
    (r"expected key|expected '-'|block end|document start", _INDENT),
    (r"escape|hexdecimal|hexadecimal", ("an unknown `\\` escape in double quotes", "use '...', or write `\\\\`")),
)


def _explain(error: "yaml.MarkedYAMLError", lines: tuple[str, ...]) -> tuple[int, int, str, str, str | None]:
    """Return line, column, message, code and hint of a fault that the parser stopped at."""
    problem = str(error.problem or "")
    unclosed = re.search(r"',' or|end of stream", problem)
    mark = (unclosed and error.context_mark) or error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    text = lines[line] if line < len(lines) else ""
    before, char = text[:column].strip(), text[column : column + 1]
    said = "a tab" if char == "\t" else problem
    told = next((told for pattern, told in _SYNTAX if re.search(pattern, said)), None)
    if told is _INDENT and before:
        told = _AFTER_VALUE
    elif told is _SECOND_COLON and not re.search(r":\s", before):
        told = _STRAY_KEY
    message, hint = told or (f"cannot be read as YAML: {printable(problem)}", None)
    return line, column, message.replace("{char}", printable(char)), "syntax", hint
