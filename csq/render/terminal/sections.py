"""Head, quadrants and end of the page, each as one screen has it and in full."""

from collections.abc import Sequence

from csq.render.terminal.layout import (
    BLANK,
    Line,
    PageWidth,
    Tone,
    cells,
    chip,
    fitted,
    hanging,
    line,
    strong,
    wrapped,
)
from csq.render.view.model import PlaySection, Signals, View

_KEY = 7
"""Cells of the words that begin a line of a quadrant in short, and of the end of the page."""
_PLAY = 2
"""Lines that a play in short takes."""
_STEPS = 3
_RISKS = 2
"""Steps and risks that are told in short, if they fit."""


def head(view: View, sheet: PageWidth) -> list[Line]:
    """Say as of when, of how many accounts, and which of them are shown."""
    of = view.headline
    out = hanging(line(strong(of.title), " "), of.source, sheet.prose) if of.source else [line(strong(of.title))]
    said = hanging(line(f"{of.base}; "), of.warning, sheet.prose, Tone.STRONG) if of.warning else []
    # What does not fit behind the figures stands below them, not in a column of its own.
    below = hanging(BLANK, of.warning, sheet.prose, Tone.STRONG) if of.warning else []
    out += said if len(said) == 1 else [*hanging(BLANK, of.base, sheet.prose), *below]
    for moved in view.moves.told if view.moves else ():
        out += hanging(BLANK, moved, sheet.prose)
    return [*out, *(hanging(line(strong("Shown"), ": "), of.shown, sheet.prose) if of.shown else [])]


def in_short(section: PlaySection, sheet: PageWidth, rows: Sequence[Line] | None) -> list[Line]:
    """One quadrant in short: play, next steps of most accounts, risk, first accounts.

    Args:
        section: The quadrant.
        sheet: Where it is laid out.
        rows: Its accounts as a table; None: their names.
    """
    out = _heading(section, sheet)
    if section.absent:
        return [*out, *sheet.text(section.absent)]
    room = (sheet.prose or 0) - _KEY - 2
    plays = [
        " → ".join(filter(None, (section.headline, "; ".join(section.usual[:most])))) for most in range(_STEPS, 0, -1)
    ]
    out += _led("Play", next((play for play in plays if len(wrapped(play, room)) <= _PLAY), plays[-1]), sheet)
    out += _led("Risk", _fitting(section.risks_short[:_RISKS], room), sheet)
    if rows is None:
        return [*out, *_led("First", _names(section, room), sheet)]
    return [*out, *rows, *_more(section), BLANK]


def whole(section: PlaySection, sheet: PageWidth, rows: Sequence[Line]) -> list[Line]:
    """One quadrant in full: what it means, every step and risk, and its accounts as a table."""
    out = _heading(section, sheet)
    if section.absent:
        return [*out, *sheet.text(section.absent)]
    doers = [step.doer for step in section.steps]
    who, digits = max(map(cells, doers), default=0), len(f"{len(doers)}")
    out += [*sheet.text(section.means), BLANK]
    out += hanging(line(strong("  Play: ")), section.headline, sheet.prose, Tone.STRONG)
    for number, step in enumerate(section.steps, start=1):
        out += hanging(line(f"  {number:>{digits}}  {fitted(step.doer, who)}  "), step.do, sheet.prose)
    if section.risks:
        out += [BLANK, line(strong("  Risks"))]
        out += [each for risk in section.risks for each in sheet.item("! ", risk)]
    return [*out, *([BLANK, *rows] if rows else []), *_more(section)]


def _heading(section: PlaySection, sheet: PageWidth) -> list[Line]:
    return sheet.heading(section.cell.label, section.cell.size, chip(section.cell.quadrant))


def _more(section: PlaySection) -> list[Line]:
    return [line(f"  {section.more}")] if section.more else []


def _led(word: str, text: str, sheet: PageWidth) -> list[Line]:
    """A line that begins with a word; nothing without text."""
    return hanging(line("  ", strong(fitted(word, _KEY))), text, sheet.prose) if text else []


def _fitting(texts: Sequence[str], room: int) -> str:
    """As many texts, in order, as fit whole into a line; at least one, if there is one."""
    told = (" ".join(texts[:number]) for number in range(len(texts), 1, -1))
    return next((text for text in told if cells(text) <= room), " ".join(texts[:1]))


def _names(section: PlaySection, room: int) -> str:
    """The first accounts by name, as many as fit into a line, and how many more there are."""
    names = [account.named for account in section.first]
    for number in range(len(names), 0, -1):
        more = section.selected - number
        told = ", ".join(names[:number]) + (f" and {more:,} more" if more else "")
        if number == 1 or cells(told) <= room:
            return told
    return ""


def closing(view: View, sheet: PageWidth) -> list[Line]:
    """How far to trust the data, and by what rules it was placed, in a few lines."""
    data = hanging(_key("Data"), "; ".join(view.quality.brief), sheet.prose)
    return [*data, *hanging(_key("Rules"), view.rules.brief, sheet.prose)]


def whole_closing(view: View, sheet: PageWidth) -> list[Line]:
    """Signals, files and notes, rules, and the lines that make them hold, exactly as they go into csq.yaml."""
    out = _signals(view.signals, sheet)
    if view.moves:
        from csq.render.terminal.movers import tables

        out += [*sheet.heading("Since last time"), *tables(view.moves.tables, sheet), BLANK]
    out += sheet.heading("Data quality", view.quality.brief[0])
    out += sheet.entries(("Read", source.role, f"{source.label}: {source.fate}") for source in view.quality.sources)
    out += sheet.entries((title, "·", text) for title, text in view.quality.notes)
    out += [BLANK, *sheet.heading("Rules"), *sheet.entries(view.rules.told)]
    if view.rules.pinned:
        out += [BLANK, line(strong("Put into csq.yaml to keep these tiers, references and cuts:")), BLANK]
        out += [line(text) for text in view.rules.pinned.rstrip("\n").split("\n")]
    return out


def _signals(signals: Signals, sheet: PageWidth) -> list[Line]:
    """The signals that hold as a table, how many say less, and what nobody could judge; nothing without signals."""
    before = ["", *(told.severity for told in signals.told)]
    rows = [
        ("" if told.severity == last else told.severity, told.accounts, told.value, told.name, told.whom)
        for last, told in zip(before, signals.told, strict=False)
    ]
    out = sheet.table(rows, right=(1, 2)) if rows else []
    if signals.more:
        out += sheet.text(signals.more)
    if signals.unjudged:
        out += hanging(line(strong("Not judged"), ": "), signals.unjudged, sheet.prose)
    return [*sheet.heading("Signals", "accounts, their value, what holds, for whom first"), *out, BLANK] if out else []


def _key(word: str) -> Line:
    """A word in the column of words."""
    return line(strong(fitted(word, _KEY)))
