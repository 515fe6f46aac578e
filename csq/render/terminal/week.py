"""Whom to turn to first: one line an account, the first of them with the step below; names and reasons stay whole."""

from collections.abc import Iterator, Sequence

from csq.render.terminal.layout import MEASURE, Line, PageWidth, cells, chip, fitted, hanging, line, strong, width_of
from csq.render.view.account import Account
from csq.render.view.model import Week

_TWO_LINES = 5
"""Accounts that have their step on a line of its own."""
_NAME_AT_LEAST = 18
_NAME_AT_MOST = 36
_REASON = 24
"""Cells that a reason is likely to take."""
_GAP = "  "


def first_this_week(week: Week, sheet: PageWidth) -> list[Line]:
    """Lay out the list; the steps stand beside the reasons where the page is as wide as that."""
    lines = sheet.heading(week.title, week.more)
    if not week.first:
        return [*lines, *sheet.text("nothing to do for the accounts shown")]
    fronts = _fronts(week.first, sheet.width)
    room = None if sheet.width is None else sheet.width - width_of(fronts[0])
    whys, steps, owners = zip(*((each.why_alone, each.short, each.owner) for each in week.first), strict=True)
    owner = _widest(owners, before=len(_GAP))
    if room is None or room >= _widest(whys) + _widest(steps, before=len(_GAP)) + owner:
        return [*lines, *_in_columns(fronts, (whys, steps, owners))]
    below = line(" " * (_digits(week.first) + 3), "→ ")
    lines += _two_lines(fronts[:_TWO_LINES], week.first[:_TWO_LINES], below, room)
    return [*lines, *_one_line(fronts[_TWO_LINES:], week.first[_TWO_LINES:], room, owner)]


def _two_lines(fronts: Sequence[Line], accounts: Sequence[Account], below: Line, room: int) -> Iterator[Line]:
    """Who and why, below it what to do, under the name, and who does it."""
    for front, account in zip(fronts, accounts, strict=True):
        yield from _told(front, account, room)
        yield from _owned(below, account.short or "no step", account.owner, width_of(front) + room)


def _one_line(fronts: Sequence[Line], accounts: Sequence[Account], room: int, owner: int) -> Iterator[Line]:
    """Who and why, and the owner in a column of its own, or behind the reasons of those where there is room for it."""
    whys = [_fitting(account, room - owner) for account in accounts]
    # A column that is far from the names is hard to read along.
    widest = _widest(whys) + owner if whys else 0
    is_aligned = all(widest <= min(room, MEASURE - width_of(front)) for front in fronts)
    whys = whys if is_aligned else [_fitting(account, room) for account in accounts]
    for front, account, why in zip(fronts, accounts, whys, strict=True):
        if is_aligned:
            yield (*front, *line(fitted(why, _widest(whys)), _GAP, account.owner))
        else:
            owned = " · ".join(filter(None, (why, account.owner)))
            yield from [(*front, *line(owned))] if cells(owned) <= room else _told(front, account, room)


def _told(front: Line, account: Account, room: int) -> list[Line]:
    """The reasons that fit into a line; what its usage lacks below them rather than broken."""
    why = _fitting(account, room)
    if cells(why) <= room or not account.lacking:
        return hanging(front, why, width_of(front) + room)
    first = hanging(front, f"{account.alone[0]},", width_of(front) + room)
    return [*first, *hanging(line(" " * width_of(front)), account.lacking, width_of(front) + room)]


def _fronts(accounts: Sequence[Account], width: int | None) -> list[Line]:
    """Rank, mark, name and value, aligned; a long name is cut where it would leave no room for a reason."""
    digits = _digits(accounts)
    value = max(cells(account.value) for account in accounts)
    name = max(cells(account.name) for account in accounts)
    if width is not None:
        name = min(name, _NAME_AT_MOST, max(_NAME_AT_LEAST, width - digits - value - 10 - _REASON))
    return [
        line(
            f"  {account.rank:>{digits},} ",
            chip(account.quadrant),
            " ",
            strong(fitted(account.name, name)),
            _GAP,
            fitted(account.value, value, right=True) + _GAP if value else "",
        )
        for account in accounts
    ]


def _owned(front: Line, text: str, owner: str, width: int | None) -> list[Line]:
    """A text with the owner behind it, or below it rather than broken."""
    lines = hanging(front, text, width)
    if not owner:
        return lines
    if width is None or width_of(lines[-1]) + cells(f" · {owner}") <= width:
        return [*lines[:-1], (*lines[-1], *line(f" · {owner}"))]
    return [*lines, *hanging(line(" " * width_of(front)), owner, width)]


def _digits(accounts: Sequence[Account]) -> int:
    return max(len(f"{account.rank:,}") for account in accounts)


def _fitting(account: Account, room: int) -> str:
    """As many reasons, the most telling first, as fit whole into a line, at least one; and what its usage lacks."""
    rest = (account.lacking,) if account.lacking else ()
    told = [", ".join((*account.alone[:number], *rest)) for number in range(len(account.alone), 0, -1)]
    return next((text for text in told if cells(text) <= room), told[-1])


def _widest(texts: Sequence[str], before: int = 0) -> int:
    widest = max(map(cells, texts))
    return widest + before if widest else 0


def _in_columns(fronts: Sequence[Line], columns: Sequence[Sequence[str]]) -> list[Line]:
    widths = [_widest(texts) for texts in columns]
    return [
        (*front, *line(_GAP.join(fitted(text, width) for text, width in zip(texts, widths, strict=True) if width)))
        for front, *texts in zip(fronts, *columns, strict=True)
    ]
