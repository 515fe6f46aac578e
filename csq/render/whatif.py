"""What would be otherwise under other rules: a page for a terminal or a pull request, and a JSON document."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from csq.errors import UsageError
from csq.render import prose
from csq.render.json_text import FORMAT_VERSION, plain
from csq.render.marks import MARKS
from csq.render.movers.words import MoversPage, WordTable, first_rows, page_of
from csq.render.one_table import plain_rows
from csq.render.options import Format, Options
from csq.terms import Quadrant, WeekChange
from csq.whatif import Shift, Stand, Swept, WhatIf

FORMATS = (Format.TERMINAL, Format.MARKDOWN, Format.JSON)
_NAMED = 12
"""Changes of csq.yaml and playbook that a page names."""
_BAR = 30
"""Characters of the longest bar."""


def render_whatif(found: WhatIf | Swept, format: Format, options: Options) -> bytes:
    """Write what would be otherwise. Raises UsageError for a format that nobody asks it in."""
    if format not in FORMATS:
        raise UsageError(f"what-ifs have no format `{format}`", hint=f"choose from {', '.join(FORMATS)}")
    if format is Format.JSON:
        told = _swept(found) if isinstance(found, Swept) else {"format_version": FORMAT_VERSION, **_document(found)}
        return (json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    page = _sweep_page(found) if isinstance(found, Swept) else _page(found)
    if format is Format.MARKDOWN:
        from csq.render.movers.blocks import markdown

        return markdown(page)
    from csq.render.terminal.movers import terminal

    return terminal(page, options)


def _page(found: WhatIf) -> MoversPage:
    """The page in reading order: what is changed, what that comes to, where, who, and what it does to the week."""
    crossed, *others = page_of(found.moves, currency=found.currency).tables
    return MoversPage(
        title="What if",
        summary=(*_changes(found), _total(found), *(f"Measured differently: {each}" for each in found.moves.measured)),
        tables=(_quadrants(found), _tiers(found), crossed, *others, _week(found)),
        weeks=(),
        currency=found.currency,
    )


def _changes(found: WhatIf) -> list[str]:
    """`thresholds.happiness.at.all: 70.0 → 75.0`."""
    told = [f"{each.path}: {each.before or 'nothing'} → {each.after or 'nothing'}" for each in found.changes[:_NAMED]]
    if more := len(found.changes) - len(told):
        told.append(f"and {more:,} more")
    return told or ["Nothing is said otherwise"]


def _total(found: WhatIf) -> str:
    week = found.week["change"].value_counts()
    counts = dict(week.iter_rows())
    listed = ", ".join(f"{counts[each]:,} {each}" for each in WeekChange if each in counts)
    told = (
        f"{prose.count(found.moved, 'account')} would stand elsewhere, {prose.total(found.moved_value, found.currency)}"
    )
    return f"{told}; plays take {found.hours:+,.1f} hours; this week's list: {listed or 'as it is'}"


def _quadrants(found: WhatIf) -> WordTable:
    rows = [(_place(each.quadrant), *_figures(each, found.currency)) for each in found.quadrants]
    return _without_blank(WordTable("Per quadrant", ("Quadrant", *_FIGURES), tuple(rows), (1, 2, 3, 4)))


def _tiers(found: WhatIf) -> WordTable:
    rows = tuple(
        (each.tier or "", _place(each.quadrant), *_figures(each, found.currency))
        for each in found.tiers
        if each.before != each.after
    )
    heads = ("Tier", "Quadrant", *_FIGURES)
    return _without_blank(WordTable("Per tier, where it differs", heads, rows, (2, 3, 4, 5), "no tier differs"))


def _without_blank(table: WordTable) -> WordTable:
    """The table without its last column, the hours of a week, where nobody gave any."""
    if any(row[-1] for row in table.rows):
        return table
    return table._replace(heads=table.heads[:-1], rows=tuple(row[:-1] for row in table.rows), right=table.right[:-1])


_FIGURES = ("Accounts", "Contract value", "Play hours", "Hours this week")


def _figures(shift: Shift, currency: str | None) -> tuple[str, ...]:
    """Of each figure what it is, and what it would be where that differs."""
    words: tuple[Callable[[Stand], str], ...] = (
        lambda stand: f"{stand.accounts:,}",
        lambda stand: prose.total(stand.contract_value, currency),
        lambda stand: _hours(stand.play_hours),
        lambda stand: _hours(stand.week_hours),
    )
    return tuple(_both(told(shift.before), told(shift.after)) for told in words)


def _both(before: str, after: str) -> str:
    return before if before == after else f"{before or 'none'} → {after or 'none'}"


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:,.1f}"


def _place(quadrant: Quadrant) -> str:
    return f"{MARKS[quadrant]} {quadrant.replace('_', ' ')}"


def _week(found: WhatIf) -> WordTable:
    title, listed = first_rows("This week's list", found.week)
    rows = tuple(
        (
            str(row["account_name"] or row["account_id"]),
            row["change"],
            _pair(row, "rank", lambda rank: "" if rank is None else f"{rank:,}"),
            _pair(row, "step_short", lambda step: step or ""),
            _pair(row, "hours", _hours),
        )
        for row in listed
    )
    heads = ("Account", "In the list", "Rank", "Next step", "Hours")
    return WordTable(title, heads, rows, (2, 4), "it stays as it is")


def _pair(row: Mapping[str, Any], name: str, told: Callable[[Any], str]) -> str:
    before, after = told(row[f"{name}_before"]), told(row[name])
    return _both(before, after) if row["change"] == WeekChange.ALTERED else after or before


def _sweep_page(found: Swept) -> MoversPage:
    """How many would move at each value, then every quadrant with bars, all on one scale of accounts."""
    first = found.points[0][1]
    moved = tuple(
        (value, f"{each.moved:,}", prose.total(each.moved_value, each.currency), f"{each.hours:+,.1f}")
        for value, each in found.points
    )
    heads = ("Value", "Accounts that move", "Contract value", "Play hours")
    most = max((count for _, each in found.points for count in _counts(each)), default=0) or 1
    return MoversPage(
        title=f"What if {found.key} were {found.points[0][0]} to {found.points[-1][0]}",
        summary=(f"Held against {first.moves.until or 'all that is known'}, as csq.yaml and the playbook are today",),
        tables=(WordTable("What would move", heads, moved, (1, 2, 3)), *_bars(found, most)),
        weeks=(),
        currency=first.currency,
    )


def _counts(found: WhatIf) -> Iterable[int]:
    return (count for shift in found.quadrants for count in (shift.before.accounts, shift.after.accounts))


def _bars(found: Swept, most: int) -> Iterable[WordTable]:
    for number, shift in enumerate(found.points[0][1].quadrants):
        stands = [("today", shift.before), *((value, each.quadrants[number].after) for value, each in found.points)]
        rows = tuple(
            (
                value,
                f"{stand.accounts:,}",
                prose.total(stand.contract_value, found.points[0][1].currency),
                "█" * max(round(stand.accounts * _BAR / most), 1 if stand.accounts else 0),
            )
            for value, stand in stands
        )
        yield WordTable(_place(shift.quadrant), ("Value", "Accounts", "Contract value", ""), rows, (1, 2))


def _document(found: WhatIf) -> dict[str, object]:
    """All there is; the names are those of `csq movers -f json`, and `_before` is today."""
    return {
        "as_of": plain(found.moves.until),
        "changes": [plain(each) for each in found.changes],
        "currency": found.currency,
        "moved": {
            "accounts": found.moved,
            "contract_value": plain(found.moved_value),
            "play_hours": plain(found.hours),
        },
        "quadrants": [_shift(each) for each in found.quadrants],
        "tiers": [{"tier": each.tier, **_shift(each)} for each in found.tiers],
        "causes": {str(cause): count for cause, count in found.moves.causes.items()},
        "measured": list(found.moves.measured),
        "grid": plain(found.moves.grid),
        "moves": plain_rows(found.moves.accounts),
        "week": [{name: plain(value) for name, value in row.items()} for row in found.week.iter_rows(named=True)],
    }


def _shift(shift: Shift) -> dict[str, object]:
    pairs = zip(Stand._fields, shift.before, shift.after, strict=True)
    told = {name: plain(value) for key, then, now in pairs for name, value in ((f"{key}_before", then), (key, now))}
    return {"quadrant": str(shift.quadrant), **told}


def _swept(found: Swept) -> dict[str, object]:
    """For every value what it comes to."""
    return {
        "format_version": FORMAT_VERSION,
        "key": found.key,
        "values": [{"value": value, **_document(each)} for value, each in found.points],
    }
