"""The week in a message: plain text for a chat or a mail, short enough to be read there.

At most 40 lines of 80 columns and 250 words, whatever the accounts are called: where they need more, fewer are told.
"""

from collections.abc import Iterator

from csq.render.columns import output_columns
from csq.render.options import Options
from csq.render.terminal.layout import BLANK, Line, hanging, line, painted
from csq.render.view import view_of
from csq.render.view.account import Account
from csq.render.view.model import View
from csq.report import Report

WIDTH, LINES, WORDS = 80, 40, 250
_FIRST = 5


def brief(report: Report, options: Options) -> bytes:
    """Write the message.

    Raises:
        UsageError: `options` name something that is not there.
    """
    output_columns(report.accounts, options.fields)  # a message has no room for them, but a wrong name is told
    view = view_of(report, options.selection, first=_FIRST)
    for number in range(len(view.week.first), -1, -1):
        text = painted(_lines(view, number), colour=False)
        if text.count("\n") <= LINES and len(text.split()) <= WORDS:
            break
    return text.encode()


def _lines(view: View, number: int) -> Iterator[Line]:
    of = view.headline
    for text in (f"{of.title}: {of.base}", of.warning, of.shown, *(view.moves.told if view.moves else ())):
        yield from hanging(BLANK, text, WIDTH) if text else ()
    yield BLANK
    for section in view.sections:
        cell = section.cell
        yield from hanging(line(f"{cell.mark} "), f"{cell.label}: {cell.size}", WIDTH)
    yield BLANK
    yield line(f"{view.week.title}:" if view.week.first else f"{view.week.title}: nothing for the accounts shown")
    for account in view.week.first[:number]:
        yield from _account(account)
    yield BLANK
    for text in view.quality.brief:
        yield from hanging(BLANK, text, WIDTH)


def _account(account: Account) -> Iterator[Line]:
    """Who and why, then what to do and who does it."""
    who = ", ".join(filter(None, (account.named, account.value)))
    yield from hanging(line(f"{account.rank}. {account.mark} "), f"{who}: {', '.join(account.alone)}", WIDTH)
    yield from hanging(line("   "), " · ".join(filter(None, (account.short, account.owner))), WIDTH)
