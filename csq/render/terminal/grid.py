"""The 2 x 2: usage from left to right, happiness from bottom to top; beside it what is not known."""

from csq.render.terminal.layout import (
    BLANK,
    Line,
    PageWidth,
    Tone,
    TonedText,
    beside,
    cells,
    chip,
    fitted,
    hanging,
    line,
    strong,
    width_of,
    wrapped,
)
from csq.render.view.model import Band, Grid, TableCell

_AXIS = 12
_CELL = 26
_PANEL = 22
_GAPS = 36
"""Cells that what is not known takes at least, in short and in full."""
_GAP = 2


def grid_and_gaps(grid: Grid, sheet: PageWidth, *, is_whole: bool) -> list[Line]:
    """Lay out the grid, with what is unknown beside it where there is room, else below.

    Args:
        grid: What it shows.
        sheet: How wide it may be.
        is_whole: Also tell doubts, draw the shares, and list everything that is not known.
    """
    drawn = _grid(grid, sheet, is_whole=is_whole)
    at = width_of(drawn[1]) + _GAP
    panel = _gaps(grid, None) if is_whole else _unknown(grid, None)
    least = _GAPS if is_whole else max(_PANEL, *map(width_of, panel))
    if sheet.width is not None and sheet.width >= at + least:
        room = sheet.width - at
        return beside(drawn, [BLANK, *(_gaps(grid, room) if is_whole else _unknown(grid, room))], at=at)
    below = _gaps(grid, sheet.prose) if is_whole else _in_a_line(grid, sheet.prose)
    return [*drawn, *([BLANK] if is_whole else []), *below]


def _grid(grid: Grid, sheet: PageWidth, *, is_whole: bool) -> list[Line]:
    parts = [cell for band in grid.bands for cell in (band.low, band.high)]
    natural = max(width_of(each) for cell in parts for each in _cell(cell, None, is_whole=is_whole))
    width = max(natural, _CELL)
    if sheet.width is not None:
        width = min(width, (sheet.width - _AXIS - 7) // 2)
    high, low = (_band(band, width, is_whole=is_whole) for band in grid.bands)
    top = _border(width, "┌┬┐", "usage low", "usage high")
    return [top, *high, _border(width, "├┼┤"), *low, _border(width, "└┴┘")]


def _cell(cell: TableCell, width: int | None, *, is_whole: bool) -> list[Line]:
    """Name and accounts in a line where they fit, then the value; in full also its share as a bar, and the doubts."""
    label = line(chip(cell.quadrant), " ", strong(cell.label), f", {cell.accounts}")
    fits = width is None or width_of(label) <= width
    named = [label] if fits else hanging(line(chip(cell.quadrant), " "), cell.label, width, Tone.STRONG)
    texts = ([] if fits else [cell.accounts], [cell.worth], [cell.doubts] if is_whole else [])
    count, worth, doubts = ([line(piece) for text in told for piece in wrapped(text, width) if piece] for told in texts)
    bar = [_bar(cell, width)] if is_whole and width and worth else []
    return [*named, *count, *worth, *bar, *doubts]


def _bar(cell: TableCell, width: int) -> Line:
    """Draw the share of the value, as wide as the cell only for all of it, and not at all only for none."""
    share = (cell.share_pct or 0.0) / 100
    length = min(max(round(share * width), share > 0), width - (share < 1))
    return (chip(cell.quadrant)._replace(text="━" * length),)


def _band(band: Band, width: int, *, is_whole: bool) -> list[Line]:
    """Lay out the two cells of one level of happiness, equally high."""
    axis = ["happiness", band.happiness]
    low, high = (_cell(cell, width, is_whole=is_whole) for cell in (band.low, band.high))
    height = max(len(axis), len(low), len(high))
    return [
        line(
            strong((axis[number] if number < len(axis) else "").rjust(_AXIS - 2)),
            "  │ ",
            *_padded(low[number] if number < len(low) else BLANK, width),
            " │ ",
            *_padded(high[number] if number < len(high) else BLANK, width),
            " │",
        )
        for number in range(height)
    ]


def _padded(parts: Line, width: int) -> Line:
    return (*parts, TonedText(" " * (width - width_of(parts))))


def _border(width: int, corners: str, left: str = "", right: str = "") -> Line:
    """A border, with what it says over either column."""
    first, middle, last = tuple(corners)
    return line(" " * _AXIS, first, *_side(left, width), middle, *_side(right, width), last)


def _side(text: str, width: int) -> Line:
    told = line("─ ", strong(text), " ") if text else BLANK
    return (*told, *line("─" * (width + 2 - width_of(told))))


def _unknown(grid: Grid, width: int | None) -> list[Line]:
    """The accounts without a place, and what of them is unknown."""
    cell = grid.unknown
    front = line(chip(cell.quadrant), " ", strong(cell.label), ", ")
    told = [piece for text in (cell.worth, *grid.axes) for piece in wrapped(text, width) if piece]
    return [*hanging(front, cell.accounts, width), *map(line, told)]


def _in_a_line(grid: Grid, width: int | None) -> list[Line]:
    cell = grid.unknown
    told = "; ".join(filter(None, (f"{cell.label}: {cell.size}", *grid.axes)))
    return hanging(line(chip(cell.quadrant), " "), told, width)


def _gaps(grid: Grid, width: int | None) -> list[Line]:
    """Say what is not known, of how many accounts, and what they are worth."""
    if not grid.gaps:
        return [line(strong("Not known"), ": nothing")]
    left, right = (max(cells(text) for text in texts) for texts in list(zip(*grid.gaps, strict=True))[:2])
    return [
        line(strong("Not known"), ": accounts, their value, why" if right else ": accounts, why"),
        *(
            each
            for gap in grid.gaps
            for each in hanging(
                line(f"{fitted(gap.accounts, left, right=True)}  {fitted(gap.value, right, right=True)}  "),
                gap.text,
                width,
            )
        ),
    ]
