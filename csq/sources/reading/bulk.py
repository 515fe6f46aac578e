"""A big file with a few rows that are not as they should be: those are cut by hand, all others by polars.

So that a repair costs what it repairs. The rows are those that cutting every line by hand gives.
"""

import re
from typing import NamedTuple

import polars as pl

from csq.sources.reading.cutting import ASTRAY, Draft, Style, cut
from csq.sources.reading.dialect import DELIMITERS, WIDEST, cells_by_polars, well_formed
from csq.sources.reading.grid import LINE, to_frame

TOP, END = 1001, 101
"""Sound rows at the beginning, and at the end, that are handed on among those cut by hand: by them others are aligned,
and the header and footers found."""


class Bulk(NamedTuple):
    """A file in two parts: `draft` has what was cut by hand, `rows` all other rows, each as wide as the draft's."""

    draft: Draft
    rows: pl.DataFrame


def read_bulk(body: bytes, delimiter: str, named: int, table: pl.DataFrame) -> Bulk | None:
    """Read UTF-8 text most of whose lines are sound; None where that is not so, or what parts the cells is open.

    Args:
        body: The text, no blank line at its end.
        delimiter: What parts the cells of its header.
        named: How many these are.
        table: Its lines, as of `lines_of`.
    """
    if any(other in table["text"][0] for other in DELIMITERS if other != delimiter):
        return None
    end = 1 + (b"\r" in body)
    size = pl.col("text").str.len_bytes() + end
    table = table.with_row_index("row").with_columns(size=size, inches=pl.lit(value=False))
    width = _usual_width(table, named)
    if width > WIDEST or width < 2:
        return None
    table, is_sound = _judged(table, delimiter, width)
    if not is_sound:
        table = _with_inches(table, delimiter, width)
    doubtful = table.filter(~pl.col("sound") & ~pl.col("inches"))
    if doubtful.height * 2 > table.height:
        return None
    draft = Draft(style=Style(delimiter=delimiter), width=width, is_sound=is_sound)
    for low, high in _spans(doubtful["row"]).rows():
        _cut_by_hand(table["text"].slice(low, high - low).to_list(), low, draft)
    rows = _sound_rows(body, table, delimiter, width)
    if rows is None:
        return None
    if not (inches := table.filter("inches")).is_empty():
        cells = inches["text"].str.split_exact(delimiter, width - 1).struct.unnest()
        cells.columns = rows.columns[1:]
        lines = (inches["row"] + 1).cast(pl.Int64).alias(LINE)
        rows = pl.concat([rows, cells.insert_column(0, lines)]).sort(LINE)
        draft.repairs += [(line, ASTRAY) for line in lines]
    edges = pl.concat([rows.head(TOP), rows.slice(max(TOP, rows.height - END))])
    draft.rows = sorted([*draft.rows, *((line, cells) for line, *cells in edges.rows())])
    return Bulk(draft, rows.slice(TOP, max(0, rows.height - TOP - END)))


def _sound_rows(body: bytes, table: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame | None:
    """The rows of the lines that are sound, read by polars; None if that finds others."""
    kept = b"".join(_without(body, table, _spans(table.filter(~pl.col("sound"))["row"])))
    starts = table["row"].filter(table["sound"] & table["starts"]) + 1
    rows = cells_by_polars(kept, delimiter, width) if kept else to_frame([(0, [""] * width)]).clear().drop(LINE)
    return rows.insert_column(0, starts.cast(pl.Int64).alias(LINE)) if rows.shape == (len(starts), width) else None


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
    odd = table.filter((pl.col("quotes") > 0) & (pl.col("cells") == width) & ~pl.col("sound"))
    found = table.with_columns(inches=pl.col("row").is_in(odd.filter(~begins & ~lost)["row"].implode()))
    is_certain = found.select(((pl.col("quotes") % 2 == 0) | pl.col("inches")).all()).item()
    return found if is_certain else table


def _usual_width(table: pl.DataFrame, named: int) -> int:
    """How many cells most lines without quotes have; as many as the header where nearly all lines have quotes."""
    bare = table["cells"].filter((table["quotes"] == 0) & (table["cells"] > 1))
    return int(bare.value_counts(sort=True)["cells"][0]) if bare.len() * 10 > table.height else named


def _judged(table: pl.DataFrame, delimiter: str, width: int) -> tuple[pl.DataFrame, bool]:
    """Whether each line is part of a sound row and whether it begins one; and whether quotes can be relied on."""
    well, any_width = well_formed(delimiter, width), well_formed(delimiter, None)
    table = table.with_columns(
        sound=pl.when(pl.col("quotes") == 0).then(pl.col("cells") == width).otherwise(False), starts=pl.lit(True)
    )
    quoted = table.filter(pl.col("quotes") > 0).select("row", good=pl.col("text").str.contains(well))
    is_odd = pl.col("quotes") % 2 == 1
    if not quoted.is_empty():
        table = table.join(quoted, on="row", how="left", maintain_order="left").with_columns(
            sound=pl.col("good").fill_null(pl.col("sound"))
        )
    if not table.select(is_odd.any()).item():
        return table, False
    # A record goes on where a quote is open, that is where an odd number of them stands before.
    table = table.with_columns(opened=is_odd.cum_sum() % 2 == 1).with_columns(
        starts=~is_odd & ~pl.col("opened") | is_odd & pl.col("opened"), several=is_odd | pl.col("opened")
    )
    table = table.with_columns(record=pl.col("starts").cum_sum())
    joined = table.filter("several").group_by("record").agg(pl.col("text").str.join("\n"))
    joined = joined.select(
        "record", whole=pl.col("text").str.contains(any_width), fits=pl.col("text").str.contains(well)
    )
    if not joined["whole"].all():
        return table.with_columns(starts=pl.lit(True)), False
    table = table.join(joined, on="record", how="left", maintain_order="left")
    return table.with_columns(sound=pl.col("fits").fill_null(pl.col("sound"))), True


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
    ends = table["size"].cast(pl.Int64).cum_sum()
    view, at, parts = memoryview(body), 0, []
    for low, high in spans.rows():
        parts.append(view[at : ends[low - 1] if low else 0])
        at = ends[high - 1]
    return [*parts, view[at:]]
