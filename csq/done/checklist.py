"""Ticks in a checklist: `- [x]` lines that end in the id of a step, with what somebody wrote after it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from csq.done.ticks import BEGUN, Said, Ticked, Ticks, understood, unrecorded, without_id, without_tick
from csq.errors import InputError, Location
from csq.planned import PlannedStep, parse
from csq.regex import regex
from csq.sources.reading.encoding import decode
from csq.terms import Tick

_BOX = regex(r"\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s*\\?\[([^\]\\]{0,40})\\?\](?!\()(.*)")
"""A box, as people write them and as editors of Markdown save them; a link is none."""
_DATED = regex(rf"(?:{Tick.DONE}\s+)?(?=\d{{4}}-\d{{2}}-\d{{2}})", re.IGNORECASE)
LONGEST_MARK = 3
"""Characters in the box of a line that is no planned step, which may be anything else."""
OURS = ("Why: ", "Next: ", "Risk: ")
"""What the lines below a step begin with that csq wrote; others are notes of whoever ticked it."""
_CODE = regex(r"(?<!`)(`{1,20})(?!`)(.+?)(?<!`)\1(?!`)")
"""Between as many backticks on both sides; a line of thousands is looked through once for each of these numbers."""
_ITEM = regex(r"\s*(?:[-*+]|\d+[.)])\s+")


def ticks_of_checklist(data: bytes, label: str, today: date) -> Ticks:
    """Read the ticks of a checklist. Raises InputError when it holds no planned steps, or a mark is none."""
    lines = re.split(r"\r\n|\r|\n", decode(data, label).text)
    boxes = [(at, found) for at, text in enumerate(lines) if (found := _BOX.fullmatch(text))]
    planned = [_planned(found[2]) for _, found in boxes]
    if not any(planned):
        hint = "`csq plan DIR -o plans/` writes a checklist per owner, each line with the id of its step"
        raise InputError(f"`{label}` holds no planned steps, such as `A-1044/case_study/2026-11-16`", hint=hint)
    ticked, strays = [], []
    for (at, found), told in zip(boxes, planned, strict=True):
        where = Location(label, at + 1, found.start(1) + 1)
        if told is None:
            if len(found[1]) <= LONGEST_MARK and understood(found[1].strip(), where, today).tick is not None:
                strays.append(without_id(at + 1))
            continue
        step, rest = told
        marked, note = (
            understood(found[1].strip(), where, today),
            "; ".join(filter(None, (rest, *_below(lines, at + 1)))),
        )
        if marked.tick is not None:
            ticked.append(Ticked(step, _both(marked, note, where, today), label, at + 1))
        elif note:
            strays.append(without_tick(at + 1))
    return Ticks(tuple(ticked), unrecorded(strays, label), tuple(strays))


def _planned(text: str) -> tuple[PlannedStep, str] | None:
    """The step whose id a line holds, and what stands after it; None where it holds none."""
    for code in reversed([*_CODE.finditer(text)]):
        if step := parse(code[2]):
            return step, text[code.end() :].strip().lstrip(".:·–—-*~ ").strip()
    return None


def _below(lines: Sequence[str], at: int) -> Iterator[str]:
    """The lines of a note below a step: what is indented, but for what csq wrote and its continuations."""
    is_ours = after_blank = False
    for text in map(lines.__getitem__, range(at, len(lines))):  # a slice would copy the rest of them for every step
        if not text.strip():
            after_blank = True
            continue
        is_indented, item = text[0].isspace(), _ITEM.match(text)
        if _BOX.fullmatch(text) or text.startswith("#") or (not is_indented and (item or after_blank)):
            return
        body = text[item.end() :] if item else text.strip()
        if item or after_blank:
            is_ours = bool(item) and body.startswith(OURS)
        after_blank = False
        if not is_ours:
            yield body.strip()


def _both(marked: Said, note: str, where: Location, today: date) -> Said:
    """What a ticked line says: what stands in its box, unless that is a mere mark and its note begins with more."""
    if marked.tick is not Tick.DONE or marked.on or marked.note:
        return marked._replace(note="; ".join(filter(None, (marked.note, note))))
    if BEGUN.match(note):
        return understood(note, where, today)
    if dated := _DATED.match(note):
        return understood(f"{Tick.DONE} {note[dated.end() :]}", where, today)
    return Said(Tick.DONE, note)
