"""The 2 x 2: usage from left to right, happiness from bottom to top; beside it what is not known."""

from itertools import zip_longest

from csq.render import prose, wording
from csq.render.marks import GRID
from csq.render.terminal.lines import (
    BLANK,
    Line,
    Span,
    Tone,
    beside,
    cells,
    fitted,
    hanging,
    line,
    strong,
    width_of,
    wrapped,
)
from csq.render.terminal.page import Page, chip
from csq.report import Total

_AXIS = 12
_CELL = 28
_PANEL = 36
_GAP = 4


def grid_and_gaps(page: Page) -> list[Line]:
    """Lay out the grid, with the gaps beside it where there is room, else below."""
    grid = _grid(page)
    at = width_of(grid[1]) + _GAP
    if page.width is not None and page.width >= at + _PANEL:
        return beside(grid, [BLANK, *_gaps(page, page.width - at)], at=at)
    return [*grid, BLANK, *_gaps(page, page.prose)]


def _grid(page: Page) -> list[Line]:
    totals = page.report.grid
    natural = max(width_of(each) for _, pair in GRID for name in pair for each in _cell(page, totals[name], None))
    width = max(natural, _CELL)
    if page.width is not None:
        width = min(width, (page.width - _AXIS - 7) // 2)
    out = [line(" " * _AXIS, strong("  usage low".ljust(width + 3)), strong("  usage high"))]
    for corners, (level, (left, right)) in zip(("┌┬┐", "├┼┤"), GRID, strict=True):
        out.append(_border(width, corners))
        out.extend(_band(level, _cell(page, totals[left], width), _cell(page, totals[right], width), width))
    return [*out, _border(width, "└┴┘")]


def _cell(page: Page, total: Total, width: int | None) -> list[Line]:
    label = hanging((chip(total.quadrant), Span(" ")), wording.label(page.report, total.quadrant), width, Tone.STRONG)
    count, worth, marks = (
        [line(piece) for piece in wrapped(text, width) if piece]
        for text in (
            prose.count(total.accounts, "account"),
            wording.worth(page.report, total),
            wording.doubts(page.report, total),
        )
    )
    bar = [_bar(total, width)] if width and worth else []
    return [*label, *count, *worth, *bar, *marks]


def _bar(total: Total, width: int) -> Line:
    """Draw the share of the value, as wide as the cell only for all of it, and not at all only for none."""
    share = (total.share_pct or 0.0) / 100
    length = min(max(round(share * width), share > 0), width - (share < 1))
    return (chip(total.quadrant)._replace(text="━" * length),)


def _band(level: str, left: list[Line], right: list[Line], width: int) -> list[Line]:
    """Lay out the two cells of one level of happiness, equally high."""
    axis = ["happiness", level]
    rows = zip_longest(left, right, fillvalue=BLANK)
    return [
        line(
            strong((axis[number] if number < len(axis) else "").rjust(_AXIS - 2)),
            "  │ ",
            *_padded(one, width),
            " │ ",
            *_padded(other, width),
            " │",
        )
        for number, (one, other) in enumerate(rows)
    ]


def _padded(parts: Line, width: int) -> Line:
    return (*parts, Span(" " * (width - width_of(parts))))


def _border(width: int, corners: str) -> Line:
    first, middle, last = tuple(corners)
    side = "─" * (width + 2)
    return line(" " * _AXIS + first + side + middle + side + last)


def _gaps(page: Page, width: int | None) -> list[Line]:
    """Say what is not known, of how many accounts, and what they are worth."""
    gaps = page.report.gaps
    if not gaps:
        return [line(strong("Not known"), ": nothing")]
    counts = [f"{gap.accounts:,}" for gap in gaps]
    values = [page.money(gap.contract_value) if gap.contract_value else "" for gap in gaps]
    left, right = max(map(len, counts)), max(map(cells, values))
    return [
        line(strong("Not known"), ": accounts, their value, why" if page.report.weighted else ": accounts, why"),
        *(
            each
            for gap, number, value in zip(gaps, counts, values, strict=True)
            for each in hanging(line(f"{number:>{left}}  {fitted(value, right, right=True)}  "), gap.text, width)
        ),
    ]
