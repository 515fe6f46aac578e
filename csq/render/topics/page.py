"""A page of help: sections of a heading, a text and a table, written as text or as Markdown."""

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

WIDTH = 100
"""Columns of a page of text at most, so that it reads the same in a wide terminal and in a pipe."""
_WIDEST = 30
"""Columns of a cell between the first and the last at most; a longer one is wrapped."""
_GAP = 2


class HelpSection(NamedTuple):
    """`rows` are terms with what is said of them, under the names of `head` where a format has room for these."""

    title: str
    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    head: tuple[str, ...] = ("what", "words")


class HelpPage(NamedTuple):
    """Sections under a title."""

    title: str
    sections: tuple[HelpSection, ...]


def as_text(page: HelpPage, width: int = WIDTH) -> str:
    """The page for a terminal of so many columns."""
    blocks = [textwrap.fill(page.title, width)]
    for section in page.sections:
        blocks.append(f"{section.title}\n{textwrap.fill(section.text, width)}".rstrip())
        if section.rows:
            blocks.append("\n".join(_lines(section.rows, width)))
    return "\n\n".join(blocks) + "\n"


def _lines(rows: tuple[tuple[str, ...], ...], width: int) -> Iterator[str]:
    """The rows in columns; the last takes what is left, and what is longer than its column goes on below."""
    first, *between = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    widths = [first, *(min(each, _WIDEST) for each in between)]
    widths.append(max(width - sum(widths) - _GAP * (len(widths) + 1), _WIDEST // 2))
    for row in rows:
        cells = [textwrap.wrap(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts = (cell[number] if number < len(cell) else "" for cell in cells)
            padded = (f"{part:<{wide}}" for part, wide in zip(parts, widths, strict=True))
            yield f"{'':{_GAP}}{(' ' * _GAP).join(padded)}".rstrip()


def as_markdown(page: HelpPage) -> str:
    """The page for a document or a wiki."""
    blocks = [f"# {page.title}"]
    for section in page.sections:
        blocks += [f"## {section.title}", *([section.text] if section.text else [])]
        if section.rows:
            blocks.append(as_table(section.head, section.rows))
    return "\n\n".join(blocks) + "\n"


def as_table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> str:
    """A table in Markdown; bars inside cells are escaped."""
    lines = (head, ("---",) * len(head), *(tuple(cell.replace("|", "\\|") for cell in row) for row in rows))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
