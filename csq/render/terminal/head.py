"""The head of the page: as of when, from what, over which days, and where high begins."""

from csq.render import wording
from csq.render.options import Selection
from csq.render.terminal.lines import BLANK, Line, Tone, hanging, line, strong
from csq.render.terminal.page import MARK, Page, block
from csq.terms import Axis


def head(page: Page, selection: Selection) -> list[Line]:
    """Lay out the head."""
    report = page.report
    entries = [
        *(("Read", source.role, f"{source.label}: {wording.fate(source)}") for source in report.sources),
        *(("Windows", window.axis, wording.days(window)) for window in report.windows),
        *(("High from", axis, wording.cuts(axis, report.cuts)) for axis in Axis),
        ("Borderline", MARK, wording.BORDERLINE_IS),
        ("Rules", "settings", report.settings_label),
        ("Rules", "playbook", report.playbook_label),
    ]
    if chosen := wording.chosen(selection):
        entries.append(("Shown", "only", f"{chosen}; totals and cuts are over all accounts"))
    return [*_title(page), *_base(page), BLANK, *block(entries, page.prose)]


def _title(page: Page) -> list[Line]:
    title, source = wording.title(page.report)
    return hanging(line(strong(title), " "), source, page.prose) if source else [line(strong(title))]


def _base(page: Page) -> list[Line]:
    """Say how many accounts there are and what they are worth together."""
    text = wording.base(page.report)
    if page.report.weighted:
        return hanging(BLANK, text, page.prose)
    return hanging(line(f"{text}; "), wording.UNWEIGHTED, page.prose, Tone.STRONG)
