"""Where the table stands in its file: the header under titles, further header rows, and what is no row of data.

Every row that is taken for something other than data is named with its line. The first row is the header unless there
is good evidence that it is not.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from csq.regex import regex
from csq.sources.cells.values import squeeze
from csq.sources.reading.further import below_blank
from csq.sources.reading.grid import LINE, RawTable, Remark, cell_columns, in_parts, rows_of, spans
from csq.sources.reading.names import (
    are_known,
    are_labels,
    are_names,
    is_data,
    is_header,
    kinds_below,
    over_values,
    under_groups,
)
from csq.sources.reading.sums import looks_like_number, sums_up, total_word

HEAD = 40
"""Rows in which the header is looked for."""
MOST_TITLES = 20
"""Rows above a header, at most, where they are titles of several cells."""
LABELLED = 3
"""Rows with more than an id above which a row of labels can be told from them."""
UPPER = "upper header"
"""A row that names groups of columns, and is a part of the header."""
TAIL = 20
"""Rows in which footers and totals are looked for."""

_GRAND = regex(r"grand totals?( \([\d,.]+ records?\))?:?", re.IGNORECASE)
_FOOTER = regex(
    r"(copyright\b|confidential\b|generated (by|on|at)\b|exported (by|on|at|from)\b|report (generated|run|name)\b"
    r"|filtered by\b|filters?( applied)?:|source:|notes?(:|$)|total (records|rows)\b|records?:|© ?\d{4}|\*+ "
    r"|(row |record )?counts?:? ?\d|\(?\d[\d,]* (rows?|records?)\b|page \d+( of \d+)?$|end of (report|file|export)\b)",
    re.IGNORECASE,
)
_UNIT = regex(r"[\[(][^\])]+[\])]|[%$€£]|:?[-=]{2,}:?")
"""Of a column; or what is ruled under its name."""
_TYPE = regex(
    r"text|str(ing)?|(var)?char(acter varying)?(\(\d+\))?|(big|small)?int(eger|\d+)?|number|numeric|decimal|float\d*"
    r"|double|real|bool(ean)?|date|(date)?time(stamp)?|object|uuid",
    re.IGNORECASE,
)
_IMPORT_ID = regex(r'\s*\{\s*"ImportId"\s*:')
_PERIOD = regex(r"\s*(19|20)\d\d\b|\s*\d{1,2}[/.-]")
"""Years and days head the columns of a table over time."""
_COMMENT = regex(r'"?#')
_TELLS_DELIMITER = regex(r'\s*"?sep=[^\w\s]?\t?"?\s*', re.IGNORECASE)
"""A line for Excel, which hides it."""


class Layout(NamedTuple):
    """A table: its header and the rows of data under it."""

    header: tuple[str, ...]
    header_line: int
    extra_headers: tuple[tuple[str, ...], ...]
    grid: RawTable
    is_named: bool = True
    """Whether there is a header; if not, `header_line` is that of the first row of data."""


def is_footer(cells: Sequence[str]) -> str | None:
    """Say whether a lone filled cell speaks like the foot of a report: `total`, `footer` or None."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if filled and total_word(filled[0]):
        return "total"
    return "footer" if filled and (len(filled) == 1 or is_prose(cells)) and _FOOTER.match(filled[0]) else None


def is_prose(cells: Sequence[str]) -> bool:
    """Whether cells are a sentence, cut at its commas: blanks stand after them."""
    filled = [cell for cell in cells if cell.strip()]
    return len(filled) > 1 and all(cell.startswith(" ") for cell in filled[1:])


def comment_lines(text: str) -> int:
    """Count the lines of a comment block in front: two or more that begin with `#`, or one that tells the delimiter.

    One alone may be a header (`#,How likely ...`), so it is left to the rows.
    """
    if _TELLS_DELIMITER.fullmatch(re.split(r"[\r\n]", text[:20], maxsplit=1)[0]):
        return 1
    count = 0
    for match in re.finditer(r"[^\r\n]*(\r\n|\n|\r|$)", text):
        if not _COMMENT.match(match[0]):
            break
        count += 1
    return count if count > 1 else 0


def arrange(grid: RawTable) -> Layout:
    """Find header, further headers and what is no data in rows of one width."""
    frame, dropped = _without_blank_rows(grid.frame)
    columns = cell_columns(frame)
    head = [*rows_of(frame.head(HEAD))]
    above = _rows_above_header(head, len(columns))
    dropped += [(row[0], "preamble") for row in head[:above]]
    titles = tuple(",".join(row[1:]) for row in head[:above])
    line, *header = head[above]
    body = _cells(head[above + 1 :])
    named = not is_data(header, body)
    extra: list[tuple[str, ...]] = []
    groups = under_groups(header, body[0], body[1:]) if named and len(body) > 1 else None
    if groups:
        dropped.append((line, UPPER))
        above, line, header = above + 1, head[above + 1][0], groups
    elif above and (groups := under_groups(head[above - 1][1:], header, body)):
        groups = groups if groups != header else None
        header = groups or header
    elif named:
        extra = _extra_headers(header, head[above + 1 :])
        if extra and are_known(extra[0]) and not any(are_known([cell]) for cell in header):
            # What people call the columns stands above what their tool calls them.
            groups, header, extra[0] = [*extra[0]], [*extra[0]], tuple(header)
            line = head[above + 1][0]
    else:
        header = [f"column_{number}" for number in range(1, len(columns) + 1)]
    frame = frame.slice(above + named + len(extra))
    blank = [line for line, what in (*grid.dropped, *dropped) if what == "blank"]
    if further := below_blank(frame, blank, header):
        dropped += further
        frame = frame.filter(pl.col(LINE) < further[0][0])
    dropped += (_repeated(frame, header, titles) if named else []) + _foot(frame, header)
    lines = [number for number, _ in dropped]
    if lines:
        frame = frame.filter(~pl.col(LINE).is_in(lines))
    gone = {*lines}
    grid = grid._replace(
        frame=frame,
        titles=(*grid.titles, *titles),
        repairs=tuple(remark for remark in grid.repairs if remark[0] not in gone) if gone else grid.repairs,
        dropped=tuple(sorted((*grid.dropped, *dropped))),
    )
    return Layout(
        header=tuple(cell.strip() for cell in header),
        header_line=line,
        extra_headers=tuple(tuple(cells) for cells in extra),
        grid=grid.noting(*_notes(line, len(extra), named=named, groups=groups is not None)),
        is_named=named,
    )


def _without_blank_rows(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Remark]]:
    columns = cell_columns(frame)
    if len(columns) == 1:
        return frame, []  # a blank cell in a list of one column is a value
    may_be = in_parts(frame[columns[0]]).select(pl.col(columns[0]).str.strip_chars() == "").to_series()
    if not may_be.any():
        return frame, []
    blank = frame.filter(may_be).filter(pl.all_horizontal(pl.col(name).str.strip_chars() == "" for name in columns))[
        LINE
    ]
    if blank.is_empty() or blank.len() == frame.height:
        return frame, []
    return frame.filter(~pl.col(LINE).is_in(blank.implode())), [(line, "blank") for line in blank]


def _filled(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


def _rows_above_header(head: Sequence[tuple[int, *tuple[str, ...]]], width: int) -> int:
    """Count title rows: a few cells above a row of names that has more of them."""
    most = 1 if width < 5 else 2
    above = 0
    while above < len(head) and len(_filled(head[above][1:])) <= most:
        above += 1
    if width > 2 and _are_columns(head, above, most):
        return above
    # Titles of several cells, or in a table of two columns: it takes proof that what follows is a header.
    for above in range(1, min(len(head) - 2, MOST_TITLES)):
        cells, body = head[above][1:], _cells(head[above + 1 :])
        names = len(_filled(cells))
        above_it = _cells(head[:above])
        # First what takes no time: under a row of names there is no header, so that its columns are not looked at.
        if all(is_prose(row) or len(_filled(row)) * 2 <= names for row in above_it) and is_header(cells, body):
            return above if names * 2 > _used(head[above:]) else 0
    return 0


def _are_columns(head: Sequence[tuple[int, *tuple[str, ...]]], above: int, most: int) -> bool:
    """Whether the row under some titles, none of more than a few cells, names the columns."""
    if not above or above >= len(head):
        return False
    names = _filled(head[above][1:])
    if above + 1 == len(head) and not are_known(names):
        return False
    are_words = len(set(names)) == len(names) and not re.fullmatch(r"[-\d.,%$€ ]+", names[0])
    return most < len(names) and len(names) * 2 > _used(head[above:]) and are_words


def _used(rows: Sequence[tuple[int, *tuple[str, ...]]]) -> int:
    """Count the columns that are not blank all the way down; others are no columns of the table."""
    return sum(any(cell.strip() for cell in cells) for cells in zip(*_cells(rows), strict=True))


def _extra_headers(header: Sequence[str], below: Sequence[tuple[int, *tuple[str, ...]]]) -> list[tuple[str, ...]]:
    """Header rows under the first: Qualtrics' labels and import ids, SurveyMonkey's choices, units."""
    for count, row in enumerate(below[:3], start=1):
        ids = _filled(row[1:])
        if len(ids) > 1 and all(_IMPORT_ID.match(cell) for cell in ids):
            return [one[1:] for one in below[:count]]
    if not below:
        return []
    first = below[0][1:]
    filled = _filled(first)
    names = [squeeze(cell) for cell in header[:2]]
    legacy = names == ["v1", "v2"] and [squeeze(cell) for cell in first[:2]] == ["responseid", "responseset"]
    choices = names == ["respondentid", "collectorid"] and not any(cell.strip() for cell in first[:2])
    units = len(filled) > 1 and all(_UNIT.fullmatch(cell) for cell in filled)
    types = len(first) > 1 and all(_TYPE.fullmatch(cell.strip()) for cell in first)
    types = types and over_values(first, kinds_below(_cells(below[1:])))
    labels = (
        sum(len(_filled(row)) > 1 for row in _cells(below[1:])) >= LABELLED
        and [*first] != [*header]
        and are_names(header)
        and are_names(first)
        and are_labels(first, _cells(below[1:]))
    )
    return [first] if filled and (legacy or choices or units or types or labels) else []


def _cells(rows: Sequence[tuple[int, *tuple[str, ...]]]) -> list[tuple[str, ...]]:
    return [row[1:] for row in rows]


def _repeated(frame: pl.DataFrame, header: Sequence[str], titles: Sequence[str]) -> list[Remark]:
    """The header where it comes again, as on every page, with the titles and the foot of a page above it."""
    columns = cell_columns(frame)
    if len(columns) == 1 or any(looks_like_number(cell) and not _PERIOD.match(cell) for cell in header):
        return []  # a number is no name: the first row is one of data, and so are those like it
    if not (frame[columns[0]] == header[0]).any():
        return []
    same = frame.with_row_index("at").filter(pl.col(name) == cell for name, cell in zip(columns, header, strict=True))
    found = [(line, "repeated header") for line in same[LINE]]
    said, at = {_on_any_page(title) for title in titles}, same["at"]
    while len(at := at.filter(at > 0) - 1) and len(columns) > 2:
        at = at.filter(frame[columns[1]].gather(at).str.strip_chars() == "")
        rows = frame[at].rows()
        are_titles = [
            _is_lone(cells, len(header)) and (is_footer(cells) is not None or _on_any_page(cells[0]) in said)
            for _, *cells in rows
        ]
        found += [(row[0], "preamble") for row, is_title in zip(rows, are_titles, strict=True) if is_title]
        at = at.filter(pl.Series(are_titles, dtype=pl.Boolean()))
    return found


def _on_any_page(title: str) -> str:
    """A title without the numbers in it, such as that of its page."""
    return re.sub(r"\d+", "0", title.strip(" ,"))


def _foot(frame: pl.DataFrame, header: Sequence[str]) -> list[Remark]:
    """Footers and totals at the end of the rows; a grand total also right under the header."""
    if len(header) < 2 or frame.height < 2:
        return []
    found: list[Remark] = []
    rows = [*rows_of(frame.tail(TAIL))]
    while len(rows) > 1:
        line, *cells = rows[-1]
        kind = is_footer(cells)
        if kind == "total" and not (_GRAND.fullmatch(_filled(cells)[0]) or sums_up(frame, cells, len(found))):
            kind = None
        if kind is None and _is_lone(cells, len(header)) and _stands_apart(rows, len(header)):
            kind = "footer"
        if kind is None and not cells[0].strip() and _may_sum(cells) and sums_up(frame, cells, len(found)):
            kind = "total"
        if kind is None:
            break
        found.append((line, kind))
        rows.pop()
    line, *top = frame.row(0)
    said = _filled(top)[:1] if top[0].strip() or not _may_sum(top) else top
    if any(_GRAND.fullmatch(cell.strip()) for cell in said):
        found.append((line, "total"))
    return found


def may_end(cells: Sequence[str]) -> bool:
    """Whether rows may be taken off the end of a table whose last row this is; False is certain."""
    summed = not cells[0].strip() and _may_sum(cells)
    return is_footer(cells) is not None or _is_lone(cells, len(cells)) or summed


def _may_sum(cells: Sequence[str]) -> bool:
    """Whether no words stand in a row but a label."""
    return sum(not looks_like_number(cell) for cell in _filled(cells)) <= 1


def _is_lone(cells: Sequence[str], width: int) -> bool:
    return width > 2 and len(_filled(cells)) == 1 and bool(cells[0].strip())


def _stands_apart(rows: Sequence[tuple[int, *tuple[str, ...]]], width: int) -> bool:
    """Whether the lone cells at the end begin with the words of a footer: a row with nothing but its id is data."""
    top = len(rows) - 1
    while top > 0 and _is_lone(rows[top - 1][1:], width):
        top -= 1
    return is_footer(rows[top][1:]) is not None


def _notes(line: int, extra: int, *, named: bool, groups: bool) -> list[str]:
    if not named:
        return [f"no line names the columns, for line {line:,} is data: they are called `column_1` and so on"]
    if groups:
        return [f"the header is of two rows, the lower of them line {line:,}"]
    return [f"{extra} further header row{'s' if extra > 1 else ''} under line {line:,}"] if extra else []


def told(dropped: Sequence[Remark]) -> list[str]:
    """Say what was taken for something other than data, one sentence a kind; blank lines go without saying."""
    words = {
        "comment": "comment",
        "preamble": "title above the header",
        "footer": "footer",
        "total": "total",
        "repeated header": "repeated header",
        "further table": "another table below",
    }
    return [
        f"not data: {word} ({spans(lines)})"
        for kind, word in words.items()
        if (lines := [line for line, what in dropped if what == kind])
    ]
