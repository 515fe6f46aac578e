"""Plays and risks: what the playbook says of each quadrant, in the order of attack."""

from csq.render import wording
from csq.render.workbook.book import BOLD, HEADING, QUIET, WRAP, Book, Sheet, marked
from csq.report import QuadrantPlay

_WIDTHS = (11, 16, 8, 105)
_STEP_HOURS = {"num_format": '0.##" h"', "align": "left"}


def plays(book: Book) -> None:
    """Write the sheet."""
    sheet = book.sheet("Plays and risks", _WIDTHS)
    sheet.title("Plays and risks", "In the order of attack. The next step of each account is on the sheet Accounts.")
    for play in book.report.plays:
        _play(sheet, play)
        sheet.skip()
    sheet.print_to(3, 3)


def _play(sheet: Sheet, play: QuadrantPlay) -> None:
    report = sheet.book.report
    total = report.grid[play.quadrant]
    bar = {"bg_color": "#EDEDED"}
    sheet.put(0, play.label, HEADING, marked(play.quadrant), bar)
    for column in (1, 2):
        sheet.put(column, None, bar)
    sheet.put(3, wording.size(report, total), bar, {"align": "right"})
    sheet.row += 1
    _text(sheet, "Means", play.means)
    for number, reason in enumerate(play.reasons):
        _text(sheet, "" if number else "Reasons", reason)
    sheet.put(0, "Play", BOLD)
    sheet.put(3, play.headline, BOLD, WRAP)
    sheet.row += 1
    for number, step in enumerate(play.steps, start=1):
        who = step.who if step.human or step.who == "automation" else f"{step.who}, automated"
        sheet.put(0, number, {"align": "right"})
        sheet.put(1, who)
        sheet.put(2, step.hours or None, _STEP_HOURS)
        sheet.put(3, step.do, WRAP)
        sheet.row += 1
    for number, risk in enumerate(play.risks):
        _text(sheet, "" if number else "Risks", risk)


def _text(sheet: Sheet, what: str, text: str) -> None:
    sheet.put(0, what, BOLD)
    sheet.put(3, text, WRAP, QUIET if what == "Means" else {})
    sheet.row += 1
