"""The one view of a report that every page for people lays out: terminal, Markdown, page and workbook.

`view_of` puts a report into reading order and decides its words and figures; `accounts` does so for any accounts of it.
"""

import polars as pl

from csq.render import prose, wording
from csq.render.marks import GRID, MARKS
from csq.render.options import Selection
from csq.render.rows import selected_rows
from csq.render.view import notes
from csq.render.view.accounts import accounts, in_short
from csq.render.view.model import (
    Band,
    GeneralStep,
    Grid,
    Headline,
    MovesSummary,
    PlaySection,
    TableCell,
    View,
    Week,
)
from csq.report import QuadrantPlay, Report, Total
from csq.schema import collect
from csq.terms import Quadrant, Queue

__all__ = ["View", "accounts", "view_of"]

FIRST = 10
"""Accounts that are told first."""
TOP = 5
"""Accounts that are told of each quadrant, unless the selection says how many."""


def view_of(report: Report, selection: Selection, *, first: int = FIRST) -> View:
    """Put the report into reading order; the selection chooses accounts and quadrants, totals are over all.

    Raises:
        UsageError: The selection names something that is not there.
    """
    rows = selected_rows(report, selection)
    grid = _grid(report)
    plays = [play for play in report.plays if not selection.quadrant or play.quadrant in selection.quadrant]
    return View(
        headline=_headline(report, selection),
        grid=grid,
        week=_week(report, rows, first),
        sections=tuple(_section(report, play, grid.cells[play.quadrant], rows, selection.top) for play in plays),
        signals=notes.signals(report),
        moves=_moves(report),
        quality=notes.quality(report),
        rules=notes.rules(report),
    )


def _headline(report: Report, selection: Selection) -> Headline:
    title, source = wording.title(report)
    chosen = wording.chosen(selection)
    return Headline(
        title=title,
        source=source,
        base=wording.base(report),
        warning="" if report.weighted else wording.UNWEIGHTED,
        shown=f"only {chosen}; totals and cuts are over all accounts" if chosen else "",
    )


def _moves(report: Report) -> MovesSummary | None:
    if report.moves is None:
        return None
    from csq.render.movers import words  # few runs know an earlier one

    return MovesSummary(
        words.told(report.moves, report.currency), words.page_of(report.moves, currency=report.currency).tables
    )


def _grid(report: Report) -> Grid:
    cells = {quadrant: _cell(report, total) for quadrant, total in report.grid.items()}
    bands = tuple(Band(level, cells[low], cells[high]) for level, (low, high) in GRID)
    return Grid(bands, cells[Quadrant.UNKNOWN], notes.axes(report), notes.gaps(report))


def _cell(report: Report, total: Total) -> TableCell:
    return TableCell(
        quadrant=total.quadrant,
        mark=MARKS[total.quadrant],
        label=wording.label(report, total.quadrant),
        accounts=prose.count(total.accounts, "account"),
        worth=wording.worth(report, total),
        doubts=wording.doubts(report, total),
        share_pct=total.share_pct,
    )


def _week(report: Report, rows: pl.DataFrame, first: int) -> Week:
    """What fits into the week; where no hours are divided, the head of the order of work."""
    fits = pl.col("this_week") if report.has_capacity else pl.col("queue").ne_missing(pl.lit(str(Queue.REST)))
    # Only the few that are told are taken out, for a copy of all of them takes as much memory as they do.
    chosen = collect(rows.lazy().with_row_index("place").filter(fits).select("place", "rank").sort("rank"))["place"]
    more = len(chosen) - min(first, len(chosen))
    return Week(
        title="First this week",
        first=tuple(accounts(report, rows[chosen.head(first)])),
        more=f"{more:,} more: `csq plan -v` lists them" if more else "",
    )


def _section(report: Report, play: QuadrantPlay, cell: TableCell, rows: pl.DataFrame, top: int | None) -> PlaySection:
    mine = (rows["quadrant"] == str(play.quadrant)).arg_true()
    first = rows[mine.head(TOP if top is None else top)]
    more = len(mine) - first.height
    none = "none of the selected accounts" if report.grid[play.quadrant].accounts else "no account"
    return PlaySection(
        cell=cell,
        means=play.means,
        headline=play.headline,
        steps=tuple(GeneralStep(wording.doer(step), step.do) for step in play.steps),
        usual=_usual(rows[["queue", "step_short", "rank"]][mine]),
        risks=play.risks,
        risks_short=tuple(map(in_short, play.risks)),
        reasons=play.reasons,
        selected=len(mine),
        first=tuple(accounts(report, first)),
        more=f"{more:,} more; `--top N` shows N of each quadrant" if more else "",
        absent=none if mine.is_empty() else "",
    )


def _usual(rows: pl.DataFrame) -> tuple[str, ...]:
    """What most of some accounts need next; those that rest need nothing."""
    ordered = collect(
        rows.lazy()
        .filter(pl.col("queue") != str(Queue.REST), pl.col("step_short").is_not_null())
        .group_by("step_short")
        .agg(pl.len(), pl.col("rank").min())
        .sort("len", "rank", descending=[True, False])
    )
    return tuple(f"{count:,} × {step}" for step, count, _ in ordered.iter_rows())
