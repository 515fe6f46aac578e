"""The table of accounts: which columns it has and how they look, and every row as the text of its cells."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from csq.render import prose, wording
from csq.render.cells import text_cells
from csq.render.columns import OutputColumn, label, output_columns
from csq.render.html.footnotes import Footnotes, footnotes
from csq.render.marks import MARKS
from csq.report import Report
from csq.terms import Axis, Quadrant

_REMARKS = "remarks"
_SHOWN = (
    "rank",
    "account_name",
    "account_id",
    "owner",
    "tier",
    "contract_value",
    "quadrant",
    "usage_score",
    "happiness_score",
    "days_to_renewal",
    _REMARKS,
    "signals",
    "next_step",
    "risks",
)
"""The columns of the table, with the remarks that the terminal makes; those without a single value are left out."""

_ALWAYS = {"rank", "account_name", "quadrant", "usage_score", "happiness_score"}
_NEEDS = {
    **dict.fromkeys(("rank", "account_id", "owner", "tier", "days_to_renewal", _REMARKS), 64),
    **dict.fromkeys(("usage_score", "happiness_score"), 36),
}
"""How wide the page must be, in rem, for a column to stand in the row and not below it."""

_FOOTNOTED = ("next_step", "risks", "signals")
_CHOSEN = ("quadrant", "owner", "tier")
_LABELS = {
    "account_name": "Account",
    "account_id": "ID",
    "contract_value": "Value",
    "usage_score": "Usage",
    "happiness_score": "Happiness",
    "days_to_renewal": "Renewal, days",
}


class Heading(NamedTuple):
    """A column of the table."""

    name: str
    label: str
    is_number: bool
    needs: int
    """How wide the page must be, in rem, for it to stand in the row and not below it; 0 for any width."""
    footnotes: Footnotes | None
    """Its cells are references to these."""
    choices: tuple[str, ...]
    """What to choose from where the table is filtered by it; empty where it is not."""


class Table(NamedTuple):
    """The accounts."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    is_wide: bool
    """It has columns beyond those that fit, and scrolls."""


def table(report: Report, rows: pl.DataFrame, fields: tuple[str, ...]) -> Table:
    """Write the accounts of `rows`, with the columns that were asked for at the end.

    Raises:
        UsageError: `fields` name a column that is not there.
    """
    kinds = {column.name: column for column in output_columns(rows, fields)}
    asked = [name for name in fields if name not in _SHOWN]
    headings, columns = [], []
    for name in (*_SHOWN, *dict.fromkeys(asked)):
        notes = footnotes(text for texts in _lists(rows, name) for text in texts) if name in _FOOTNOTED else None
        cells = [notes.refer(texts) for texts in _lists(rows, name)] if notes else _cells(report, rows, name, kinds)
        if name in _ALWAYS or name in asked or any(cells):
            columns.append(cells)
            headings.append(
                Heading(
                    name=name,
                    label=_label(report, name),
                    is_number=name in kinds and kinds[name].is_right,
                    needs=_NEEDS.get(name, 0),
                    footnotes=notes,
                    choices=_choices(report, name, cells) if name in _CHOSEN else (),
                )
            )
    return Table(headings=tuple(headings), rows=tuple(zip(*columns, strict=True)), is_wide=bool(asked))


def quadrant_text(report: Report, quadrant: Quadrant) -> str:
    """Name a quadrant with its shape."""
    return f"{MARKS[quadrant]} {wording.label(report, quadrant)}"


def _label(report: Report, name: str) -> str:
    text = _LABELS.get(name, label(name))
    return f"{text}, {report.currency}" if name == "contract_value" and report.currency else text


def _choices(report: Report, name: str, cells: Sequence[str]) -> tuple[str, ...]:
    """What the cells of a column can be, quadrants and tiers in their order and all else by the alphabet."""
    orders = {
        "quadrant": [quadrant_text(report, play.quadrant) for play in report.plays],
        "tier": [tier.name for tier in report.tiers],
    }
    there = set(cells) - {""}
    order = orders.get(name, [])
    return (*(each for each in order if each in there), *sorted(there - set(order)))


def _lists(rows: pl.DataFrame, name: str) -> list[Sequence[str]]:
    """The texts in each cell of a column, be it of text or of lists."""
    values = rows[name].to_list()
    return [value if isinstance(value, list) else [value] if value else [] for value in values]


def _cells(report: Report, rows: pl.DataFrame, name: str, kinds: Mapping[str, OutputColumn]) -> list[str]:
    """Write a column as a person reads it."""
    match name:
        case "account_name":
            names = rows.select(name, "account_id").iter_rows()
            return [account or key for account, key in names]
        case "quadrant":
            return [quadrant_text(report, Quadrant(value)) for value in rows[name]]
        case "contract_value":
            values = rows[name] if report.weighted else ()
            return ["unknown" if value is None else prose.money(value) for value in values]
        case "usage_score":
            return [wording.on_axis(row, Axis.USAGE) for row in rows.select(name, "usage_cut").iter_rows(named=True)]
        case "happiness_score":
            scores = rows.select(name, "responses", "asked", *wording.SIDES)
            return [wording.happiness(row) for row in scores.iter_rows(named=True)]
        case "remarks":
            told = zip(_sides(rows), rows["borderline"], wording.remarks(rows), strict=True)
            return [
                ", ".join((*(["divided"] if side else []), *(["borderline"] if is_near else []), *said))
                for side, is_near, said in told
            ]
        case _:
            return [text or "" for text in text_cells(rows, (kinds[name],)).to_series()]


def _sides(rows: pl.DataFrame) -> list[str]:
    return [wording.divided(*row) for row in rows.select(wording.SIDES).iter_rows()]


def column_style(headings: Iterable[Heading]) -> str:
    """Write the style of columns by their places: a class on every cell would make a large page half as large again."""
    places = list(enumerate(headings, start=1))
    numbers = _of_places(place for place, heading in places if heading.is_number)
    quadrant = _of_places(place for place, heading in places if heading.name == "quadrant")
    owner = _of_places(place for place, heading in places if heading.name == "owner")
    footnoted = [place for place, heading in places if heading.footnotes]
    notes, noted = _of_places(footnoted), _of_places(footnoted, within=".js ")
    texts = _of_places(place for place, heading in places if heading.needs and not heading.is_number)
    rules = [
        f"{numbers}{{text-align:right;overflow-wrap:normal}}",
        f"{texts}{{min-width:4.75rem}}",
        f"{quadrant}{{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:12rem}}",
        f"@media (min-width:75rem){{{owner}{{min-width:8rem}}}}",
        # With a script the texts stand below the row, so their numbers are for paper only.
        f"@media screen{{{noted}{{display:none}}}}",
        f"{notes}{{overflow-wrap:normal;min-width:3.5rem}}",
    ]
    for width in sorted({heading.needs for _, heading in places} - {0}):
        roomy = _of_places(place for place, heading in places if heading.needs == width)
        rules.append(f"@media screen and (max-width:{width}rem){{{roomy}{{display:none}}}}")
        rules.append(f"@media (min-width:{width}.01rem){{.more .needs-{width}{{display:none}}}}")
    return "".join(f"{rule}\n" for rule in rules)


def _of_places(places: Iterable[int], within: str = "") -> str:
    """Select the cells of some columns, but not what is unfolded below a row; nothing for no column."""
    selectors = (f"{within}#accounts tr:not(.more)>:nth-child({place})" for place in places)
    return ",".join(selectors) or ":not(*)"
