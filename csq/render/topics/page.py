"""A page of help: sections of a heading, a text and rows, written as text or as Markdown."""

import textwrap
from typing import NamedTuple

WIDTH = 100
"""Columns of a page of text, so that it reads the same in a terminal and in a pipe."""


class Section(NamedTuple):
    """`rows` are terms with what is said of them."""

    title: str
    text: str
    rows: tuple[tuple[str, str], ...] = ()


class Page(NamedTuple):
    """Sections under a title."""

    title: str
    sections: tuple[Section, ...]


def as_text(page: Page) -> str:
    """The page for a terminal."""
    blocks = [page.title]
    for section in page.sections:
        blocks.append(f"{section.title}\n{textwrap.fill(section.text, WIDTH)}")
        width = max((len(term) for term, _ in section.rows), default=0)
        lines = []
        for term, text in section.rows:
            first, *more = textwrap.wrap(text, WIDTH - width - 4)
            lines += [f"  {term:<{width}}  {first}", *(f"{'':<{width + 4}}{line}" for line in more)]
        blocks += ["\n".join(lines)] if lines else []
    return "\n\n".join(blocks) + "\n"


def as_markdown(page: Page) -> str:
    """The page for a document."""
    blocks = [f"# {page.title}"]
    for section in page.sections:
        blocks.append(f"## {section.title}\n\n{section.text}")
        rows = [f"| {_cell(term)} | {_cell(text)} |" for term, text in section.rows]
        blocks += ["\n".join(["| what | words |", "| --- | --- |", *rows])] if rows else []
    return "\n\n".join(blocks) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
