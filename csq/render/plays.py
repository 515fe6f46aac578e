"""What became of plays, for people and for the next program. `Plays` in, bytes out."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from csq.backtest.plays import FEWEST, LATER, LEFT, PlayRow, Plays, Stood
from csq.errors import UsageError
from csq.render import prose
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.marks import MARKS
from csq.render.movers import text_of
from csq.render.movers.words import MoversPage, WordTable
from csq.render.one_table import one_table
from csq.render.options import OF_FINDINGS, Format, Options
from csq.terms import Quadrant

_PLACES = (*map(str, Quadrant), LEFT)
COLUMNS: Mapping[str, pl.DataType] = {
    **dict.fromkeys(("play", "step", "text", "by", "name"), pl.String()),
    "planned": pl.Int64(),
    "done": pl.Int64(),
    **{
        f"{side}_{weeks}_weeks_{place}": pl.Int64()
        for weeks in LATER
        for side in ("done", "not_done")
        for place in _PLACES
    },
}
"""Of the one table: accounts that stood in each place so many weeks later, where it was done and where not."""


def render_plays(found: Plays, format: Format, options: Options) -> bytes:
    """Write what became of plays. Raises UsageError for a format that there is none in."""
    if format not in OF_FINDINGS:
        raise UsageError(f"plays have no format `{format}`", hint="choose from terminal, md, csv, json, xlsx, html")
    if format is Format.JSON:
        return (json.dumps(_document(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    if format in (Format.TERMINAL, Format.MARKDOWN):
        return text_of(_page(found), format, options)
    if format is Format.HTML:
        from csq.render.movers.html import html

        return html(_page(found))
    if format is Format.XLSX:
        from csq.render.movers.sheet import workbook

        return workbook(_page(found), found.last)
    return one_table(pl.DataFrame([_flat(row) for row in found.rows], schema=COLUMNS), format, options)


def _flat(row: PlayRow) -> dict[str, Any]:
    """A row of the one table; where nobody is known to stand anywhere the places are empty, and not nought."""
    told: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS if name in PlayRow._fields}
    for stood in row.stood:
        for side, places in (("done", stood.done), ("not_done", stood.not_done)):
            told |= {f"{side}_{stood.weeks}_weeks_{place}": places.get(place, 0) for place in _PLACES if places}
    return {**dict.fromkeys(COLUMNS), **told}


def _document(found: Plays) -> dict[str, Any]:
    rows = [
        {
            **{name: plain(getattr(row, name)) for name in PlayRow._fields if name != "stood"},
            "stood": [
                {**_sides(each), "weeks": each.weeks, "too_few": min(each.counts) < FEWEST} for each in row.stood
            ],
        }
        for row in found.rows
    ]
    lists = {name: list(getattr(found, name)) for name in ("never_planned", "never_held", "everywhere")}
    return {
        "format_version": FORMAT_VERSION,
        "first": plain(found.first),
        "last": plain(found.last),
        "weeks": found.weeks,
        "filled": found.is_filled,
        "claims_cause": False,
        "plays": rows,
        **lists,
    }


def _sides(stood: Stood) -> dict[str, Any]:
    return {"done": plain(stood.done), "not_done": plain(stood.not_done)}


def _page(found: Plays) -> MoversPage:
    """The plays in reading order: all accounts first, then tiers and segments that are large enough."""
    whole = [row for row in found.rows if row.by == "all"]
    has_events = any(row.done is not None for row in whole)
    told = "Where `done` is blank, no event could tell of it" if has_events else "No event tells what was done"
    filled = ("The weeks were filled in afterwards: this is what would have been planned",) if found.is_filled else ()
    limit = (
        "This is what went before what, and no cause: accounts for which a step was done may differ in more than that; "
        f"under {FEWEST} accounts on a side it says too few"
    )
    return MoversPage(
        title=f"Plays of {prose.count(found.weeks, 'week')}, {found.first} to {found.last}",
        summary=(limit, told, *filled),
        tables=(
            WordTable("Planned and done", ("Play", "Step", "Planned", "Done"), tuple(map(_counts, whole)), (2, 3)),
            *(_later(weeks, whole) for weeks in LATER if has_events),
            _parts(found),
            *_lists(found),
        ),
        weeks=(),
        currency=None,
    )


def _counts(row: PlayRow) -> tuple[str, ...]:
    return (*_named(row), f"{row.planned:,}", "" if row.done is None else f"{row.done:,}")


def _named(row: PlayRow) -> tuple[str, str]:
    play = f"{MARKS[Quadrant(row.play)]} {row.play.replace('_', ' ')}" if row.play in list(Quadrant) else row.play
    return play or "no more in the playbook", row.text if row.step else "the whole play"


def _later(weeks: int, rows: Iterable[PlayRow]) -> WordTable:
    told = [(row, stood) for row in rows for stood in row.stood if stood.weeks == weeks and any(stood.counts)]
    body = tuple((*_named(row), *_places(stood)) for row, stood in told)
    heads = ("Play", "Step", "Where it was done", "Where it was not")
    return WordTable(f"Where they stood {weeks} weeks later", heads, body, (), "no snapshot is that much later")


def _places(stood: Stood) -> tuple[str, str]:
    done, not_done = ((_listed(side) if sum(side.values()) >= FEWEST else _few(side)) for side in stood[1:])
    return done, not_done


def _few(side: Mapping[str, int]) -> str:
    return f"too few ({sum(side.values()):,})"


def _listed(side: Mapping[str, int]) -> str:
    """`● 12 (60 %), ▲ 8 (40 %)`."""
    whole = sum(side.values())
    marks = {LEFT: LEFT, **{str(quadrant): MARKS[quadrant] for quadrant in Quadrant}}
    told = ((marks[place], side[place]) for place in _PLACES if place in side)
    return ", ".join(f"{mark} {count:,} ({prose.share(count / whole * 100)})" for mark, count in told)


def _parts(found: Plays) -> WordTable:
    """Tiers and segments of which both sides are large enough at one time at least."""
    rows = tuple(
        (*_named(row), f"{row.by} {row.name}", f"{stood.weeks}", *_places(stood))
        for row in found.rows
        if row.by != "all"
        for stood in row.stood
        if min(stood.counts) >= FEWEST
    )
    heads = ("Play", "Step", "Of", "Weeks", "Where it was done", "Where it was not")
    return WordTable("By tier and segment", heads, rows, (3,), "too few of any tier or segment on both sides")


def _lists(found: Plays) -> Iterator[WordTable]:
    for title, names in (
        ("Steps that were never planned", found.never_planned),
        ("Signals that never held", found.never_held),
        ("Signals that held everywhere", found.everywhere),
    ):
        yield WordTable(title, ("Ids",), ((", ".join(names),),) if names else (), (), "none")
