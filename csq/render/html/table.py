"""The table of accounts: which columns it has and how they look, and every row as the text of its cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from csq.render import prose, wording
from csq.render.cells import text_cells
from csq.render.columns import OutputColumn, label, output_columns
from csq.render.html.footnotes import Footnotes, footnotes
from csq.render.marks import MARKS
from csq.render.view import accounts
from csq.render.view.account import Account, Heard
from csq.report import Report

_SAID: Mapping[str, Callable[[Account], str]] = {
    "rank": lambda each: f"{each.rank}",
    "account_name": lambda each: each.name,
    "quadrant": lambda each: f"{each.mark} {each.label}",
    "usage_score": lambda each: each.usage,
    "happiness_score": lambda each: each.happiness,
    "reasons": lambda each: each.why_with_parts,
    "remarks": lambda each: ", ".join(
        (
            *(["divided"] if each.divided else []),
            *(["borderline"] if each.is_borderline else []),
            *(remark for remark in each.remarks if remark != each.lacking),  # which stands with the reasons
        )
    ),
    "sides": lambda each: each.divided,
    "by_role": lambda each: each.by_role,
}
"""Columns that the view has words for."""
_LISTED: Mapping[str, Callable[[Account], Iterable[str]]] = {
    "signals": lambda each: map(_heard, each.signals),
    "next_step": lambda each: filter(None, (each.step,)),
    "because": lambda each: filter(None, (each.because,)),
    "risks": lambda each: each.risks,
    "parts": lambda each: each.parts,
}
"""Columns of texts that many accounts share: footnotes on the page, told in full below a row that is opened."""
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
    "reasons",
    "remarks",
    "sides",
    "next_step",
    "signals",
    "because",
    "parts",
    "by_role",
    "risks",
)
"""The columns of the table; those without a single value are left out."""

_ALWAYS = {"rank", "account_name", "quadrant", "usage_score", "happiness_score"}
_NEVER_BESIDE = 999
_NEEDS = {
    **dict.fromkeys(("rank", "account_id", "owner", "tier", "days_to_renewal"), 64),
    "reasons": 48,
    **dict.fromkeys(("usage_score", "happiness_score"), 36),
    **dict.fromkeys(("sides", "by_role", "remarks"), _NEVER_BESIDE),
}
"""How wide the page must be, in rem, for a column to stand in the row and not below it."""

_ROOMY = {"account_id": 5.5, "owner": 7.75, "tier": 3.5}
"""How wide a column is at least, in rem, where the page is wide, so that a short name is not broken."""

_CHOSEN = ("quadrant", "owner", "tier", "signals")
_LABELS = {
    "account_name": "Account",
    "account_id": "ID",
    "contract_value": "Value",
    "usage_score": "Usage",
    "happiness_score": "Happiness",
    "days_to_renewal": "Renewal, days",
    "reasons": "Why",
    "sides": "Divided",
    "because": "In words",
    "parts": "Parts of usage",
    "by_role": "Happiness by role",
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


class HtmlTable(NamedTuple):
    """The accounts."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    is_wide: bool
    """It has columns beyond those that fit, and scrolls."""


def table(report: Report, rows: pl.DataFrame, fields: tuple[str, ...]) -> HtmlTable:
    """Write the accounts of `rows`, with the columns that were asked for at the end.

    Raises:
        UsageError: `fields` name a column that is not there.
    """
    kinds = {column.name: column for column in output_columns(rows, fields)}
    told = tuple(accounts(report, rows))
    asked = [name for name in fields if name not in _SHOWN]
    headings, columns = [], []
    for name in (*_SHOWN, *dict.fromkeys(asked)):
        texts = [list(_LISTED[name](each)) for each in told] if name in _LISTED else []
        notes = footnotes(text for each in texts for text in each) if name in _LISTED else None
        cells = [notes.refer(each) for each in texts] if notes else _cells(report, rows, told, kinds, name)
        if name in _ALWAYS or name in asked or any(cells):
            columns.append(cells)
            headings.append(
                Heading(
                    name=name,
                    label=_label(report, name),
                    is_number=name in kinds and kinds[name].is_right,
                    needs=_NEEDS.get(name, 0),
                    footnotes=notes,
                    choices=_choices(report, told, name, cells) if name in _CHOSEN else (),
                )
            )
    return HtmlTable(headings=tuple(headings), rows=tuple(zip(*columns, strict=True)), is_wide=bool(asked))


def _heard(signal: Heard) -> str:
    """`champion left: The champion left 80 days ago`; the page finds the name before the colon."""
    return f"{signal.name}: {signal.text}" if signal.text else signal.name


def _label(report: Report, name: str) -> str:
    text = _LABELS.get(name, label(name))
    return f"{text}, {report.currency}" if name == "contract_value" and report.currency else text


def _choices(report: Report, told: Sequence[Account], name: str, cells: Sequence[str]) -> tuple[str, ...]:
    """What the cells of a column can be, quadrants and tiers in their order and all else by the alphabet."""
    orders = {
        "quadrant": [f"{MARKS[play.quadrant]} {wording.label(report, play.quadrant)}" for play in report.plays],
        "tier": [tier.name for tier in report.tiers],
    }
    there = {signal.name for each in told for signal in each.signals} if name == "signals" else set(cells) - {""}
    order = orders.get(name, [])
    return (*(each for each in order if each in there), *sorted(there - set(order)))


def _cells(
    report: Report, rows: pl.DataFrame, told: Sequence[Account], kinds: Mapping[str, OutputColumn], name: str
) -> list[str]:
    """Write a column as a person reads it."""
    if name in _SAID:
        return [_SAID[name](each) for each in told]
    if name == "contract_value":
        values = rows[name] if report.weighted else ()
        return ["unknown" if value is None else prose.money(value) for value in values]
    return [text or "" for text in text_cells(rows, (kinds[name],)).to_series()]


def column_style(headings: Iterable[Heading]) -> str:
    """Write the style of columns by their places: a class on every cell would make a large page half as large again."""
    places = list(enumerate(headings, start=1))
    numbers = _of_places(place for place, heading in places if heading.is_number)
    quadrant = _of_places(place for place, heading in places if heading.name == "quadrant")
    roomy = {name: _of_places(place for place, heading in places if heading.name == name) for name in _ROOMY}
    why = _of_places(place for place, heading in places if heading.name == "reasons")
    happiness = _of_places(place for place, heading in places if heading.name == "happiness_score")
    footnoted = [place for place, heading in places if heading.footnotes]
    notes, noted = _of_places(footnoted), _of_places(footnoted, within=".js ")
    rules = [
        f"{numbers}{{text-align:right;overflow-wrap:normal}}",
        f"{quadrant}{{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:12rem}}",
        *(f"@media (min-width:75rem){{{at}{{min-width:{_ROOMY[name]}rem}}}}" for name, at in roomy.items()),
        f"@media (min-width:75rem){{{why}{{min-width:16rem}}}}",
        f"@media (min-width:75rem){{{happiness}{{white-space:nowrap}}}}",
        # With a script the texts stand below the row; paper has no room for them.
        f"@media screen{{{noted}{{display:none}}}}",
        f"@media print{{{notes}{{display:none}}{happiness},{','.join(roomy.values())}{{white-space:nowrap}}}}",
        f"{notes}{{overflow-wrap:normal;min-width:3.5rem}}",
    ]
    for width in sorted({heading.needs for _, heading in places} - {0}):
        below = _of_places(place for place, heading in places if heading.needs == width)
        rules.append(f"@media screen and (max-width:{width}rem){{{below}{{display:none}}}}")
        rules.append(f"@media (min-width:{width}.01rem){{.more .needs-{width}{{display:none}}}}")
    never = _of_places(place for place, heading in places if heading.needs == _NEVER_BESIDE)
    rules.append(f"@media print{{{never}{{display:none}}}}")
    return "".join(f"{rule}\n" for rule in rules)


def _of_places(places: Iterable[int], within: str = "") -> str:
    """Select the cells of some columns, but not what is unfolded below a row; nothing for no column."""
    selectors = (f"{within}#accounts tr:not(.more)>:nth-child({place})" for place in places)
    return ",".join(selectors) or ":not(*)"
