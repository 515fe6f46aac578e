"""A big file with a few rows that are not as they should be: those are cut by hand, all others by polars.

So that a repair costs what it repairs. The rows are those that cutting every line by hand gives.
"""

import re
from typing import NamedTuple

import polars as pl

from csq.sources.reading.cutting import ASTRAY, Draft, Style, cut
from csq.sources.reading.dialect import DELIMITERS, WIDEST, cells_by_polars, obvious_delimiter, well_formed
from csq.sources.reading.grid import LINE, to_frame

EDGE = 1001
"""Sound rows at the beginning, and at the end, that are handed on among those cut by hand: by them others are aligned,
and the header and footers found."""


class Bulk(NamedTuple):
    """A file in two parts: `draft` has what was cut by hand, `rows` all other rows, each as wide as the draft's."""

    draft: Draft
    rows: pl.DataFrame


def read_bulk(body: bytes) -> Bulk | None:
    """Read UTF-8 text most of whose lines are sound; None where that is not so, or what parts the cells is open."""
    first = body[: body.find(b"\n") + 1].decode().strip("\r\n")
    found = obvious_delimiter(first)
    returns = body.count(b"\r")
    if found is None or (returns and not returns == body.count(b"\r\n") == body.count(b"\n")):
        return None
    delimiter, named = found
    if any(other in first for other in DELIMITERS if other != delimiter):
        return None
    table = _lines(body, delimiter)
    width = _usual_width(table, named)
    if width > WIDEST or width < 2:
        return None
    table, is_sound = _judged(table, delimiter, width)
    table = table.with_columns(inches=_inches(delimiter, width)) if not is_sound else table
    if is_sound or not table.select(((pl.col("quotes") % 2 == 0) | pl.col("inches") | pl.col("sound")).all()).item():
        table = table.with_columns(inches=pl.lit(value=False))
    doubtful = table.filter(~pl.col("sound") & ~pl.col("inches"))
    if doubtful.height * 2 > table.height:
        return None
    draft = Draft(style=Style(delimiter=delimiter), width=width, is_sound=is_sound)
    spans = _spans(doubtful["row"])
    for low, high in spans.rows():
        _cut_by_hand(table["text"].slice(low, high - low).to_list(), low, draft)
    kept = b"".join(_without(body, table, _spans(table.filter(~pl.col("sound"))["row"])))
    starts = table.filter(pl.col("sound") & pl.col("starts"))["row"] + 1
    rows = cells_by_polars(kept, delimiter, width) if kept else to_frame([(0, [""] * width)]).clear().drop(LINE)
    if rows.shape != (len(starts), width):
        return None
    rows = rows.insert_column(0, starts.cast(pl.Int64).alias(LINE))
    if not (bare := table.filter("inches")).is_empty():
        cells = bare["text"].str.split_exact(delimiter, width - 1).struct.unnest()
        cells.columns = rows.columns[1:]
        lines = (bare["row"] + 1).cast(pl.Int64).alias(LINE)
        rows = pl.concat([rows, cells.insert_column(0, lines)]).sort(LINE)
        draft.repairs += [(line, ASTRAY) for line in lines]
    edges = pl.concat([rows.head(EDGE), rows.slice(max(EDGE, rows.height - EDGE))])
    draft.rows = sorted([*draft.rows, *((line, cells) for line, *cells in edges.rows())])
    return Bulk(draft, rows.slice(EDGE, max(0, rows.height - 2 * EDGE)))


def _inches(delimiter: str, width: int) -> pl.Expr:
    """Whether a line of the right width has quotes, all of them amid cells, as for inches: then they are text.

    Such a line opens no quoted cell, nor closes one, if every line with an odd number of quotes is of this kind.
    """
    part, text = re.escape(delimiter), pl.col("text")
    begins = text.str.contains(rf'(?:^|{part}) *"')
    # Between such a quote and the text that it opens a delimiter may be lost.
    lost = text.str.contains(rf'[^{part}"]"\w[^"]*{part}[^"]*" *(?:{part}|$)')
    return (pl.col("quotes") > 0) & (pl.col("cells") == width) & ~pl.col("sound") & ~begins & ~lost


def _lines(body: bytes, delimiter: str) -> pl.DataFrame:
    """The lines of a text without their ends, and how many quotes and delimiters stand in each."""
    text = pl.Series([body.decode()]).str.strip_chars_end("\r\n")
    lines = text.str.split("\n").explode(empty_as_null=True, keep_nulls=True).alias("text")
    table = lines.to_frame().with_row_index("row")
    return table.with_columns(
        quotes=pl.col("text").str.count_matches('"', literal=True),
        cells=pl.col("text").str.count_matches(delimiter, literal=True) + 1,
        size=pl.col("text").str.len_bytes() + 1,
        text=pl.col("text").str.strip_suffix("\r"),
    )


def _usual_width(table: pl.DataFrame, named: int) -> int:
    """How many cells most lines without quotes have; as many as the header where nearly all lines have quotes."""
    bare = table.filter((pl.col("quotes") == 0) & (pl.col("cells") > 1))["cells"]
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
