"""What the playbook says: signals that hold, signals nobody could judge, the play step by step, gate and risks."""

from collections.abc import Iterator, Mapping, Sequence

from csq.explain.model import Explanation, SignalTold, State, StepState
from csq.render import prose
from csq.render.explain.words import label, section
from csq.render.terminal.layout import BLANK, Line, PageWidth, Tone, TonedText, line, strong
from csq.terms import Gate, Severity, Who

_LOUD: Mapping[Severity, TonedText] = {
    Severity.ACT: TonedText("!", Tone.RED),
    Severity.WATCH: TonedText("*", Tone.MAGENTA),
    Severity.INFO: TonedText("·"),
}
_MARKS: Mapping[State, TonedText] = {
    State.DONE: TonedText("x", Tone.GREEN),
    State.NEXT: TonedText("→", Tone.STRONG),
    State.LATER: TonedText(" "),
    State.NOT_DUE: TonedText("-"),
    State.BLOCKED: TonedText("-"),
    State.NOT_JUDGED: TonedText("?"),
}
_GATES: Mapping[Gate, TonedText] = {
    Gate.OPEN: TonedText("x", Tone.GREEN),
    Gate.UNKNOWN: TonedText("?"),
    Gate.CLOSED: TonedText("-"),
}


ORDER = "Rank follows the priority alone: contract value x quadrant weight x urgency x signal, which is weighted money."
"""The order of work in one sentence, as the README says it."""


def signal_sections(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    """Lay out the signals that hold, each with what it rests on, then those that could not be judged."""
    loud = ", ".join(
        f"{count} {severity}"
        for severity in _LOUD
        if (count := sum(signal.severity is severity for signal in found.signals))
    )
    yield from section(sheet, "Signals", loud or "none holds")
    for signal in found.signals:
        yield from _signal(signal, sheet)
    if found.unjudged:
        yield BLANK
        open_ones = prose.count(len(found.unjudged), "signal")
        yield from sheet.text(f"Could not be judged: {open_ones}, for lack of")
        missing: dict[str, list[str]] = {}
        for each in found.unjudged:
            missing.setdefault(", ".join(each.missing), []).append(label(each.name))
        yield from sheet.table([(facts, ", ".join(names)) for facts, names in missing.items()])


def _signal(signal: SignalTold, sheet: PageWidth) -> Iterator[Line]:
    mark = _LOUD[signal.severity]
    yield line("  ", mark, " ", strong(label(signal.name)), f" ({signal.severity})")
    yield from sheet.item(" ", signal.text)
    yield from sheet.item(" ", f"because {signal.because}")
    for step in signal.steps:
        if step.state is not State.NOT_DUE:
            yield from sheet.item(_MARKS[step.state], step.do, at=4)


def play_section(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    """Lay out the play, the gate and the risks."""
    yield from section(sheet, "Play", "x done, → next, - does not apply, ? not judged")
    yield from sheet.text(found.play, Tone.STRONG)
    if found.qualify:
        yield from sheet.text("Until the gate is known, this one step:")
        yield from _steps(found.qualify, sheet)
        yield BLANK
        yield from sheet.text("And once it is open:")
    yield from _steps(found.steps, sheet)
    if found.gate:
        yield BLANK
        yield from sheet.text(f"Gate, {found.gate_state}: more than an hour only with")
        for need in found.gate:
            yield from sheet.item(_GATES[need.state], f"{need.need}: {need.state}, {need.because}", at=4)
    if found.risks:
        yield from section(sheet, "Risks")
        for risk in found.risks:
            yield from sheet.item("!", risk)


def place_section(found: Explanation, sheet: PageWidth) -> Iterator[Line]:
    """Lay out the place in the order of work: the queue and why, and the priority factor by factor."""
    of = found.priority
    yield from section(sheet, "Place in the week", f"rank {found.rank:,} of {found.accounts:,}")
    yield from sheet.text(f"{found.queue} queue: {found.why}")
    yield from sheet.text(ORDER)
    value = "lowest known value, since its own is not known" if of.is_assumed else "contract value"
    rows = [
        (f"{of.value:,.2f}".removesuffix(".00"), value),
        (f"x {of.weight:g}", f"weight of the quadrant {found.quadrant_label}"),
        (f"x {of.urgency:g}", "urgency, by the days to the deadline"),
        (f"x {of.signal:g}", "by the loudest signal"),
        (f"= {of.priority:,.2f}".removesuffix(".00"), "priority, weighted money"),
    ]
    yield from sheet.table(rows)
    if found.this_week is not None:
        fits = "in the week" if found.this_week else "not in the week"
        hours = f", {found.hours:g} h" if found.hours is not None else ""
        yield from sheet.text(f"{fits} of {found.desk}{hours}")


def _steps(steps: Sequence[StepState], sheet: PageWidth) -> Iterator[Line]:
    for number, step in enumerate(steps, start=1):
        mark = line("  ", _MARKS[step.state], f" {number:>2}  ")
        front = " " * sum(len(span.text) for span in mark)
        tone = Tone.STRONG if step.state is State.NEXT else None
        first, *rest = sheet.item(" ", step.do, at=len(front) - 2, tone=tone)
        yield (*mark, *first[len(line(" " * (len(front) - 2), " ", " ")) :])
        yield from rest
        yield from sheet.item(" ", _terms(step), at=len(front) - 2)


def _terms(step: StepState) -> str:
    """`csm, 1 h; does not apply: fit [unknown] = 'bad'`."""
    who = "automated" if step.who is Who.AUTOMATION else f"{step.who}, {step.hours:g} h"
    return f"{who}; {step.state}: {step.why}" if step.why else who
