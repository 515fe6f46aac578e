"""Ticks laid out as events, and added to a record that only grows: what it knows already is not added again.

A tick is one event: the `done_by` of its step, else `step_done`, `step_tried` and so on. A favour that was asked, and a
cause that was found on the way, are events of their own, so that limits and counts see them.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from csq.done.ticks import Ticked
from csq.errors import InputError, Location
from csq.planned import CHECK_IN, CHECKED_IN, KINDS, parse
from csq.playbook.model import Step
from csq.terms import StepKind, Tick

HEADER = ("account_id", "date", "kind", "note", "cause", "by", "planned_step", "source")
"""Columns of the record: whose, when, what, by whom, of which step, and from where it was read."""
FAVOUR, CAUSE = "favour_asked", "cause_found"
_TICKS = {kind: tick for tick, kind in KINDS.items()}

Event = Mapping[str, str]
"""A line of the record, by `HEADER`."""


class TickDefaults(NamedTuple):
    """What the command line says of all ticks."""

    on: date
    """The day they were done, where they do not say."""
    by: str = ""
    cause: str = ""


class Record(NamedTuple):
    """A record as it stands."""

    text: str
    """Without byte order mark; empty where there is none yet."""
    header: Sequence[str]
    delimiter: str
    end: str
    """Of its lines."""
    known: Mapping[tuple[str, Tick], str]
    """By id and tick the note."""


def read_record(data: bytes, label: str) -> Record:
    """Look what a record holds. Raises InputError when it is not UTF-8, or lacks a column of `HEADER`."""
    if not data.strip():
        return Record("", HEADER, ",", "\n", {})
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{label}` is not UTF-8"
        raise InputError(message, location=Location(label, line), hint="save it as `CSV UTF-8`") from None
    first = text.splitlines()[0]
    parted = [(_names(first, mark), mark) for mark in ",;\t"]
    header, delimiter = max(parted, key=lambda each: len({*each[0]} & {*HEADER}))
    if lacking := [name for name in HEADER if name not in header]:
        raise InputError(
            f"`{label}` has no column {' and none '.join(f'`{name}`' for name in lacking)}: no tick can be added to it",
            location=Location(label, 1),
            hint="add the columns, or name a file of its own under `events:` in csq.yaml",
        )
    known: dict[tuple[str, Tick], str] = {}
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        row = dict(zip(header, cells, strict=False))
        if planned := parse(row.get("planned_step", "")):
            known.setdefault((str(planned), _TICKS.get(row["kind"].strip(), Tick.DONE)), row.get("note", ""))
    return Record(text, header, delimiter, "\r\n" if first + "\r\n" == text[: len(first) + 2] else "\n", known)


def _names(line: str, delimiter: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=delimiter), [])
    return ["_".join(cell.casefold().replace("_", " ").split()) for cell in cells]


def unknown_to(record: Record, ticked: Iterable[Ticked]) -> list[Ticked]:
    """The ticks that a record has not, each once."""
    keyed = {(str(each.planned), each.said.tick or Tick.DONE): each for each in reversed([*ticked])}
    return [each for key, each in reversed(keyed.items()) if key not in record.known]


def late_notes(record: Record, ticked: Iterable[Ticked]) -> Iterator[str]:
    """What is to be said of ticks that are on record with another note, or none: what is recorded stays."""
    for each in ticked:
        known = record.known.get((str(each.planned), each.said.tick or Tick.DONE))
        if known is not None and each.said.note and _guarded(each.said.note) != known:
            place = f"line {each.line:,} of `{each.label}`" if each.line else "the step"
            yield f"{place} is on record with {'another note' if known else 'no note'}: write yours beside it there"


def events_of(
    ticked: Ticked, steps: Mapping[str, Step], keys: Mapping[str, str], told: TickDefaults
) -> list[dict[str, str]]:
    """The events of a tick, its own first; accounts as the exports name them, by how outputs show them, are `keys`."""
    said, planned = ticked.said, ticked.planned
    step = steps.get(planned.step)
    tick = said.tick or Tick.DONE
    kind = _kind(planned.step, step, tick)
    also = []
    if step and step.kind is StepKind.FAVOUR and tick in (Tick.DONE, Tick.TRIED) and kind != FAVOUR:
        also.append(FAVOUR)
    if told.cause and kind != CAUSE:
        also.append(CAUSE)
    own = {
        "account_id": keys.get(planned.account_id, planned.account_id),
        "date": str(said.on or told.on),
        "kind": kind,
        "note": _guarded(said.note),
        "cause": told.cause if kind == CAUSE else "",
        "by": _guarded(told.by),
        "planned_step": str(planned),
        "source": f"{ticked.label}:{ticked.line}" if ticked.line else ticked.label,
    }
    others = ({"kind": each, "planned_step": str(planned._replace(step=each)), "note": ""} for each in also)
    return [own, *({**own, **each, "cause": told.cause if each["kind"] == CAUSE else ""} for each in others)]


def _kind(name: str, step: Step | None, tick: Tick) -> str:
    if tick is not Tick.DONE:
        return KINDS[tick]
    if name == CHECK_IN and step is None:
        return CHECKED_IN
    return (step and step.done_by) or KINDS[tick]


def added(record: Record, events: Iterable[Event]) -> bytes:
    """The lines of events, to stand below what a record holds; a favour that it has of that week is not asked again."""
    lines = io.StringIO(newline="")
    write = csv.writer(lines, delimiter=record.delimiter, lineterminator=record.end)
    if not record.text:
        write.writerow(record.header)
    for event in {(each["planned_step"], each["kind"]): each for each in events}.values():
        if (event["planned_step"], _TICKS.get(event["kind"], Tick.DONE)) in record.known:
            continue
        write.writerow([event.get(name, "") for name in record.header])
    between = "" if not record.text or record.text.endswith(("\n", "\r")) else record.end
    return (between + lines.getvalue()).encode(errors="backslashreplace")


def _guarded(text: str) -> str:
    # Text that a spreadsheet would run; one `'` in front keeps it from that.
    return f"'{text}" if re.match("'*[\\s\\0-\\x1f]*[=+\\-@\uff1d\uff0b\uff0d\uff20]", text) else text


def gone(ticked: Iterable[Ticked], accounts: Collection[str], steps: Collection[str]) -> Iterator[str]:
    """What is to be said of ticks whose account or step is no more; they are kept all the same."""
    for each in ticked:
        place, planned = f"line {each.line:,} of `{each.label}`", each.planned
        if planned.account_id not in accounts:
            yield f"{place}: `{planned.account_id}` is no account of these exports; kept, and counts once it is one"
        elif planned.step not in steps and planned.step != CHECK_IN:
            yield f"{place}: the playbook has no step `{planned.step}`; kept as {KINDS[each.said.tick or Tick.DONE]}"
