"""A big file with a few rows that are not as they should be: those are cut by hand, all others by polars.

So that a repair costs what it repairs. The rows are those that cutting every line by hand gives.
"""

import re
from typing import NamedTuple

import polars as pl

from csq.sources.reading.cutting import ASTRAY, Draft, Style, cut
from csq.sources.reading.dialect import DELIMITERS
from csq.sources.reading.grid import LINE, to_frame
from csq.sources.reading.proof import WIDEST, Lines, by_pattern, cells_by_polars, cells_in, numbered

TOP, END = 1001, 101
"""Sound rows at the beginning, and at the end, that are handed on among those cut by hand: by them others are aligned,
and the header and footers found."""


class Bulk(NamedTuple):
    """A file in two parts: `draft` has what was cut by hand, `rows` all other rows, each as wide as the draft's."""

    draft: Draft
    rows: pl.DataFrame


def read_bulk(lines: Lines) -> Bulk | None:
    """Read text most of whose lines are sound; None where that is not so, or what parts the cells is open.

    No blank line is at its end, and its header is as wide as it was read.
    """
    body, delimiter, width, table, rows = lines
    if any(other in table["text"][0] for other in DELIMITERS if other != delimiter):
        return None
    table = table.with_row_index("row").with_columns(inches=pl.lit(value=False))
    is_sound = not table["starts"].all()
    if rows is not None and (~table["good"]).sum() * 10 < table.height:
        rows = rows.filter(table["good"].filter(table["starts"]))
    else:  # another width may be the usual one, or quotes astray
        width = _usual_width(table, delimiter, width)
        if width > WIDEST or width < 2:
            return None
        table, is_sound = _judged(table, delimiter, width)
        rows = _good_rows(body, table, delimiter, width)
    if not is_sound:
        table = _with_inches(table, delimiter, width)
    doubtful = table.filter(~pl.col("good") & ~pl.col("inches"))
    starts = table["good"] & table["starts"]
    if doubtful.height * 2 > table.height or rows.height != starts.sum():
        return None
    draft = Draft(style=Style(delimiter=delimiter), width=width, is_sound=is_sound)
    for low, high in _spans(doubtful["row"]).rows():
        _cut_by_hand(table["text"].slice(low, high - low).to_list(), low, draft)
    rows = numbered(rows, starts)
    if not (inches := table.filter("inches")).is_empty():
        cells = inches["text"].str.split_exact(delimiter, width - 1).struct.unnest()
        cells.columns = rows.columns[1:]
        numbers = (inches["row"] + 1).cast(pl.Int64).alias(LINE)
        rows = pl.concat([rows, cells.insert_column(0, numbers)]).sort(LINE)
        draft.repairs += [(line, ASTRAY) for line in numbers]
    edges = pl.concat([rows.head(TOP), rows.slice(max(TOP, rows.height - END))])
    draft.rows = sorted([*draft.rows, *((line, cells) for line, *cells in edges.rows())])
    return Bulk(draft, rows.slice(TOP, max(0, rows.height - TOP - END)))


def _good_rows(body: bytes, table: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """What polars reads of the lines that are good alone."""
    kept = b"".join(_without(body, table, _spans(table.filter(~pl.col("good"))["row"])))
    return cells_by_polars(kept, delimiter, width) if kept else to_frame([(0, [""] * width)]).clear().drop(LINE)


def _with_inches(table: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """Say of each line whether all its quotes stand amid its cells, and are text; false of all if one may open a cell.

    Such a line opens no quoted cell, nor closes one, if every line with an odd number of quotes is of this kind.
    """
    if table["quotes"].max() == 0:
        return table
    part, text = re.escape(delimiter), pl.col("text")
    begins = text.str.contains(rf'(?:^|{part}) *"')
    # Between such a quote and the text that it opens a delimiter may be lost.
    lost = text.str.contains(rf'[^{part}"]"\w[^"]*{part}[^"]*" *(?:{part}|$)')
    odd = table.filter((pl.col("quotes") > 0) & ~pl.col("good")).filter(cells_in(delimiter) == width)
    amid = odd.filter(~begins & ~lost)["row"]
    if amid.is_empty():
        return table
    found = table.with_columns(inches=pl.col("row").is_in(amid.implode()))
    is_certain = found.select(((pl.col("quotes") % 2 == 0) | pl.col("inches")).all()).item()
    return found if is_certain else table


def _usual_width(table: pl.DataFrame, delimiter: str, named: int) -> int:
    """How many cells most lines without quotes have; as many as the header where nearly all lines have quotes."""
    bare = table.filter(pl.col("quotes") == 0).select(cells=cells_in(delimiter)).filter(pl.col("cells") > 1)["cells"]
    return int(bare.value_counts(sort=True)["cells"][0]) if bare.len() * 10 > table.height else named


def _judged(table: pl.DataFrame, delimiter: str, width: int) -> tuple[pl.DataFrame, bool]:
    """Whether each line is part of a good row of this width and begins one; and whether quotes can be relied on."""
    good = table.select(good=(pl.col("quotes") == 0) & (cells_in(delimiter) == width))["good"]
    proved = by_pattern(good.filter(table["starts"]), table, delimiter, width)
    if proved is not None:
        return table.with_columns(good=proved), not table["starts"].all()
    table = table.with_columns(starts=pl.lit(value=True), record=pl.col("row"))
    return table.with_columns(good=by_pattern(good, table, delimiter, width)), False


def _spans(rows: pl.Series) -> pl.DataFrame:
    """Runs of rows that follow each other, as the first of each and the one after its last."""
    runs = rows.cast(pl.Int64).alias("row").to_frame().with_columns(run=pl.col("row") - pl.int_range(pl.len()))
    spans = runs.group_by("run", maintain_order=True).agg(low=pl.col("row").min(), high=pl.col("row").max() + 1)
    return spans.select("low", "high")


def _cut_by_hand(lines: list[str], above: int, draft: Draft) -> None:
    """Add to a draft what stands in some lines, so many lines being above them."""
    part = cut(lines, draft.style, draft.width, is_sound=draft.is_sound)
    if part is not None:
        draft.rows += [(line + above, cells) for line, cells in part.rows]
        draft.repairs += [(line + above, what) for line, what in part.repairs]
        draft.blank += [line + above for line in part.blank]


def _without(body: bytes, table: pl.DataFrame, spans: pl.DataFrame) -> list[memoryview]:
    """The bytes of a text without those of some lines."""
    ends = (table["text"].str.len_bytes().cast(pl.Int64) + 1 + (b"\r" in body)).cum_sum()
    view, at, parts = memoryview(body), 0, []
    for low, high in spans.rows():
        parts.append(view[at : ends[low - 1] if low else 0])
        at = ends[high - 1]
    return [*parts, view[at:]]
