"""What is on record: goals, people, events, outcomes, features, every fact with its unit, where all of it was read."""

from collections.abc import Iterator
from decimal import Decimal

from csq.explain.model import Explanation, Fact, Lines
from csq.render import prose
from csq.render.explain.sheet import Sheet
from csq.render.explain.words import day, label, text, value, where
from csq.render.terminal.lines import BLANK, Line, cells
from csq.schema import event_kind

_LONG = 24
"""Cells beyond which a value does not fit its column."""
_MOST_RUNS = 8
"""Runs of lines that are shown of one file; JSON has them all."""


def record_sections(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    """Lay out the record."""
    yield from _goals(found, sheet)
    yield from _people(found, sheet)
    yield from _events(found, sheet)
    yield from _outcomes(found, sheet)
    yield from _features(found, sheet)
    yield from _overrides(found, sheet)
    yield from _facts(found, sheet)
    yield from _lines(found, sheet)


def _goals(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    yield from sheet.title("Goals", "" if found.goals else "none on record")
    rows = [("state", "due", "progress", "expected", "row", "goal")]
    for goal in found.goals:
        metric = f" ({text(goal['metric'])})" if goal["metric"] else ""
        state = text(goal["state"]) + (", vague" if goal["vague"] else "")
        rows.append(
            (
                state,
                day(goal["target_date"]),
                _percent(goal["progress_pct"]),
                _percent(goal["expected_pct"]),
                where(goal["file"], goal["line"]),
                text(goal["goal"]) + metric,
            )
        )
    if found.goals:
        yield from sheet.table(rows, right=(2, 3), header=True)


def _people(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    yield from sheet.title("People", "" if found.people else "none on record")
    rows = [("role", "stance", "since", "left", "row", "who")]
    for person in found.people:
        who = " ".join(dict.fromkeys(filter(None, (text(person["name"]), text(person["person"])))))
        successor = " (successor)" if person["successor"] else ""
        rows.append(
            (
                label(text(person["role"])),
                text(person["stance"]),
                day(person["since"]),
                day(person["left_on"]),
                where(person["file"], person["line"]),
                who + successor,
            )
        )
    if found.people:
        yield from sheet.table(rows, header=True)


def _events(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    yield from sheet.title("Events", "" if found.events else "none on record")
    rows = [("on", "days", "kind", "until", "by", "row", "note")]
    rows += [
        (
            day(event["date"]),
            text(event["days"]),
            label(text(event["kind"])),
            day(event["expires_on"]),
            text(event["by"]),
            where(event["file"], event["line"]),
            text(event["note"]),
        )
        for event in found.events
    ]
    if found.events:
        yield from sheet.table(rows, right=(1,), header=True)


def _outcomes(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    yield from sheet.title("Outcomes", "" if found.outcomes else "none on record")
    rows = [("on", "days", "outcome", "value after", "row")]
    rows += [
        (
            day(outcome["date"]),
            text(outcome["days"]),
            text(outcome["outcome"]),
            _money(outcome["value_after"], found.currency),
            where(outcome["file"], outcome["line"]),
        )
        for outcome in found.outcomes
    ]
    if found.outcomes:
        yield from sheet.table(rows, right=(1, 3), header=True)


def _features(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    if not found.features:
        return
    yield from sheet.title("Features")
    groups = (
        ("in use", [each for each in found.features if each["now"]]),
        ("dropped", [each for each in found.features if each["before"] and not each["now"]]),
        ("not used", [each for each in found.features if not each["before"] and not each["now"]]),
    )
    rows = [(name, ", ".join(text(each["feature"]) for each in group)) for name, group in groups if group]
    yield from sheet.table(rows)


def _overrides(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    if not found.overrides:
        return
    yield from sheet.title("Overrides", "used in place of what the files say")
    rows = [("field", "before", "now", "by", "until", "row", "why")]
    rows += [
        (
            text(each["field"]),
            text(each["before"]) or "not known",
            text(each["after"]),
            text(each["author"]),
            day(each["expires_on"]),
            where(each["file"], each["line"]),
            text(each["reason"]),
        )
        for each in found.overrides
    ]
    yield from sheet.table(rows, header=True)


def _facts(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    known = [fact for fact in found.facts if fact.value is not None]
    yield from sheet.title("Facts", f"{len(known):,} known, {len(found.facts) - len(known):,} not known")
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


def _lines(found: Explanation, sheet: Sheet) -> Iterator[Line]:
    yield from sheet.title("Read from")
    # The path in the last column, which breaks where it is too long.
    yield from sheet.table(
        [(each.role, f"{each.file}: {prose.count(each.rows, 'row')}, {_runs(each)}") for each in found.lines]
    )


def _runs(lines: Lines) -> str:
    """`line 4`, `lines 2-58, 61 and 12 more runs`."""
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in lines.ranges[:_MOST_RUNS]]
    more = len(lines.ranges) - _MOST_RUNS
    noun = "line" if lines.rows == 1 else "lines"
    return f"{noun} {', '.join(shown)}" + (f" and {more:,} more runs (all in `-f json`)" if more > 0 else "")


def _money(value: object, currency: str | None) -> str:
    return prose.money(value, currency) if isinstance(value, Decimal) else ""


def _percent(value: object) -> str:
    return f"{text(value)} %" if value is not None else ""
