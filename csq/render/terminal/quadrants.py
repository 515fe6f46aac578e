"""One section a quadrant, in the order of attack: what it means, what to do, what may go wrong, and with whom."""

from csq.render import wording
from csq.render.terminal.lines import BLANK, Line, Tone, cells, fitted, hanging, line, strong, width_of
from csq.render.terminal.page import Page, chip
from csq.render.terminal.table import Table
from csq.report import QuadrantPlay, Total


def quadrant_section(page: Page, play: QuadrantPlay, table: Table, numbers: range, *, selected: int) -> list[Line]:
    """Lay out one quadrant.

    Args:
        page: The page.
        play: What the playbook says of the quadrant.
        table: The accounts shown, of all quadrants.
        numbers: Which of its rows are this quadrant's.
        selected: How many of its accounts pass the filters, shown or not.
    """
    total = page.report.grid[play.quadrant]
    title = _title(page, play, total)
    if not selected:
        return [*title, line("  none of the selected accounts") if total.accounts else line("  no account")]
    return [
        *title,
        *hanging(line("  "), play.means, page.prose),
        BLANK,
        *_play(page, play),
        *_risks(page, play),
        *([BLANK, table.header()] if numbers else []),
        *(each for number in numbers for each in table.row(number)),
        *_more(selected - len(numbers)),
    ]


def _title(page: Page, play: QuadrantPlay, total: Total) -> list[Line]:
    """Lay out name and numbers with a rule between them, or below each other where there is no room."""
    mark = chip(play.quadrant)
    left = line(mark, " ", strong(play.label), " ")
    right = f" {wording.size(page.report, total)}"
    room = page.rule - width_of(left) - cells(right)
    if room > 0:
        return [(*left, mark._replace(text="─" * room), *line(right))]
    return [*hanging(line(mark, " "), play.label, page.width, Tone.STRONG), line(f" {right}")]


def _play(page: Page, play: QuadrantPlay) -> list[Line]:
    """Lay out the headline, and the numbered steps with who does them."""
    doers = [wording.doer(step) for step in play.steps]
    who, digits = max(map(cells, doers), default=0), len(f"{len(doers)}")
    out = hanging(line(strong("  Play: ")), play.headline, page.prose, Tone.STRONG)
    for number, (step, doer) in enumerate(zip(play.steps, doers, strict=True), start=1):
        out.extend(hanging(line(f"  {number:>{digits}}  {fitted(doer, who)}  "), step.do, page.prose))
    return out


def _risks(page: Page, play: QuadrantPlay) -> list[Line]:
    risks = [each for risk in play.risks for each in hanging(line("  !  "), risk, page.prose)]
    return [BLANK, line(strong("  Risks")), *risks] if risks else []


def _more(hidden: int) -> list[Line]:
    return [line(f"  {hidden:,} more; `--top N` shows N of each quadrant")] if hidden else []
