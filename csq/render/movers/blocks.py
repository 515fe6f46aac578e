"""Moves as Markdown, for a ticket, a chat or a pull request: text from data makes no mark-up."""

from collections.abc import Iterable, Iterator

from csq.render.movers.words import MoversPage, WordTable, week_table


def markdown(page: MoversPage) -> bytes:
    """Write the page."""
    from csq.render.markdown import escaped

    blocks = [
        f"# {page.title}",
        "\n".join(f"- {escaped(text)}" for text in page.summary),
        *tables((*page.tables, week_table(page))),
    ]
    return ("\n\n".join(blocks) + "\n").encode(errors="backslashreplace")


def tables(of: Iterable[WordTable]) -> Iterator[str]:
    """Write tables, each under its heading; one without rows by what it says then, or not at all."""
    from csq.render.markdown import escaped

    for table in of:
        if not table.rows and not table.absent:
            continue
        yield f"### {table.title}"
        if not table.rows:
            yield f"{table.absent.capitalize()}."
            continue
        rules = ["---:" if number in table.right else "---" for number in range(len(table.heads))]
        lines = [table.heads, *table.rows]
        head, *body = [[escaped(cell) for cell in each] for each in lines]
        yield "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *body))
