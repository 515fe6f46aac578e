"""The end of the page: what was chosen, what could not be read, and the lines that make it hold next week."""

from csq.render import wording
from csq.render.terminal.lines import BLANK, Line, line, strong
from csq.render.terminal.page import Page, block


def notes(page: Page) -> list[Line]:
    """Lay out the notes by kind, then the pinned lines exactly as they go into csq.yaml."""
    report = page.report
    entries = [(title, "·", text) for title, text in wording.notes(report)]
    out = block(entries, page.prose)
    if report.pinned and not report.is_pinned:
        out.extend([BLANK, line(strong("Put into csq.yaml to keep these tiers, references and cuts:")), BLANK])
        out.extend(line(text) for text in report.pinned.rstrip("\n").split("\n"))
    return out
