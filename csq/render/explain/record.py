"""What is on record: goals, people, events, outcomes, features, every fact with its unit, where all of it was read."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from csq.explain.model import Explanation, Fact, Lines, Row
from csq.render import prose
from csq.render.explain.words import Columns, day, label, listed, section, text, value, where
from csq.render.terminal.layout import BLANK, Line, PageWidth, cells
from csq.schema import event_kind

_LONG = 24
"""Cells beyond which a value does not fit its column."""
_MOST_RUNS = 8
"""Runs of lines that are shown of one file; JSON has them all."""
_MOST_FEATURES = 50
"""Features of a kind that are shown; likewise."""


def record_sections(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    """Lay out the record."""
    yield from _listed(sheet, "Goals", found.goals, _GOAL, right=(2, 3))
    yield from _listed(sheet, "People", found.people, _PERSON)
    yield from _listed(sheet, "Events", found.events, _EVENT, right=(1,))
    yield from _listed(sheet, "Outcomes", found.outcomes, _outcome(found.currency), right=(1, 3))
    yield from _features(found, sheet)
    if found.overrides:
        yield from section(sheet, "Overrides", "used in place of what the files say")
        yield from listed(sheet, found.overrides, _OVERRIDE)
    yield from _facts(found, sheet)
    yield from _lines(found, sheet)


_GOAL: Columns = {
    "state": lambda goal: text(goal["state"]) + (", vague" if goal["vague"] else ""),
    "due": lambda goal: day(goal["target_date"]),
    "progress": lambda goal: _percent(goal["progress_pct"]),
    "expected": lambda goal: _percent(goal["expected_pct"]),
    "row": where,
    "goal": lambda goal: text(goal["goal"]) + (f" ({text(goal['metric'])})" if goal["metric"] else ""),
}
_PERSON: Columns = {
    "role": lambda person: label(text(person["role"])),
    "stance": lambda person: text(person["stance"]),
    "since": lambda person: day(person["since"]),
    "left": lambda person: day(person["left_on"]),
    "row": where,
    "who": lambda person: (
        " ".join(dict.fromkeys(filter(None, (text(person["name"]), text(person["person"])))))
        + (" (successor)" if person["successor"] else "")
    ),
}
_EVENT: Columns = {
    "on": lambda event: day(event["date"]),
    "days": lambda event: text(event["days"]),
    "kind": lambda event: label(text(event["kind"])),
    "until": lambda event: day(event["expires_on"]),
    "by": lambda event: text(event["by"]),
    "row": where,
    "note": lambda event: text(event["note"]),
}
_OVERRIDE: Columns = {
    "field": lambda each: text(each["field"]),
    "before": lambda each: text(each["before"]) or "not known",
    "now": lambda each: text(each["after"]),
    "by": lambda each: text(each["author"]),
    "until": lambda each: day(each["expires_on"]),
    "row": where,
    "why": lambda each: text(each["reason"]),
}


def _outcome(currency: str | None) -> Columns:
    return {
        "on": lambda outcome: day(outcome["date"]),
        "days": lambda outcome: text(outcome["days"]),
        "outcome": lambda outcome: text(outcome["outcome"]),
        "value after": lambda outcome: _money(outcome["value_after"], currency),
        "row": where,
    }


def _listed(
    sheet: PageWidth, title: str, rows: Sequence[Row], columns: Columns, right: Iterable[int] = ()
) -> Iterator[Line]:
    yield from section(sheet, title, "" if rows else "none on record")
    yield from listed(sheet, rows, columns, right=right)


def _features(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    if not found.features:
        return
    yield from section(sheet, "Features")
    groups = (
        ("in use", [each for each in found.features if each["now"]]),
        ("dropped", [each for each in found.features if each["before"] and not each["now"]]),
        ("not used", [each for each in found.features if not each["before"] and not each["now"]]),
    )
    rows = [(name, _names(group)) for name, group in groups if group]
    yield from sheet.table(rows)


def _names(features: Sequence[Row]) -> str:
    more = len(features) - _MOST_FEATURES
    shown = ", ".join(text(each["feature"]) for each in features[:_MOST_FEATURES])
    return shown + (f" and {more:,} more (all in `-f json`)" if more > 0 else "")


def _facts(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    known = [fact for fact in found.facts if fact.value is not None]
    yield from section(sheet, "Facts", f"{len(known):,} known, {len(found.facts) - len(known):,} not known")
    groups = dict.fromkeys(fact.group for fact in found.facts)
    for number, group in enumerate(groups):
        rows = [_fact(fact, found.currency) for fact in known if fact.group == group]
        if rows:
            yield from ([BLANK] if number else [])
            yield from sheet.table(rows)
    never = [
        label(event_kind(fact.name) or fact.name)
        for fact in found.facts
        if fact.value is None and fact.group == "events"
    ]
    gaps = [fact.name for fact in found.facts if fact.value is None and fact.group != "events"]
    for lead, names in (("Not known", gaps), ("No event on record of the kinds", never)):
        if names:
            yield BLANK
            yield from sheet.text(f"{lead}: {', '.join(names)}")


def _fact(fact: Fact, currency: str | None) -> tuple[str, str, str]:
    """Name, value, meaning; a long value stands with its meaning, so that the others stay in their columns."""
    told = value(fact, currency)
    return (fact.name, told, fact.meaning) if cells(told) <= _LONG else (fact.name, "", f"{told} ({fact.meaning})")


def _lines(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    yield from section(sheet, "Read from")
    # The path in the last column, which breaks where it is too long.
    yield from sheet.table(
        [(each.role, f"{each.file}: {prose.count(each.rows, 'row')}, {_runs(each)}") for each in found.lines]
    )


def _runs(lines: Lines) -> str:
    """`line 4`, `lines 2-58, 61 and 12 more runs`; a large log is counted, and its lines are not kept."""
    told = sum(last - first + 1 for first, last in lines.ranges)
    counted = ["counted as read"] if told < lines.rows else []
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in lines.ranges[:_MOST_RUNS]]
    more = len(lines.ranges) - _MOST_RUNS
    noun = "line" if told == 1 else "lines"
    runs = [f"{noun} {', '.join(shown)}" + (f" and {more:,} more runs (all in `-f json`)" if more > 0 else "")]
    return "; ".join([*counted, *(runs if shown else [])])


def _money(value: object, currency: str | None) -> str:
    return prose.money(value, currency) if isinstance(value, Decimal) else ""


def _percent(value: object) -> str:
    return f"{text(value)} %" if value is not None else ""
