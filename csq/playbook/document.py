"""A playbook as people read it: a quadrant laid out as text."""

import textwrap
from collections.abc import Iterator

from csq.planned import AGAIN
from csq.playbook.model import Playbook, QuadrantEntry, Rest, Step
from csq.terms import Quadrant

WIDTH = 80


def lay_out(playbook: Playbook, quadrant: Quadrant) -> str:
    """Write everything the playbook says about one quadrant, in at most 80 columns.

    Conditions and braces are shown as they stand: this is about the playbook, not about an account.
    """
    return "\n".join(_lines(quadrant, playbook.entry(quadrant), playbook.rest)) + "\n"


def _lines(quadrant: Quadrant, entry: QuadrantEntry, everywhere: tuple[Rest, ...]) -> Iterator[str]:
    yield f"{entry.label} ({quadrant})"
    yield f"{entry.queue} queue, weight {entry.weight:g}"
    yield ""
    yield from _wrapped(entry.means)
    if entry.reasons:
        yield from ("", "Likely reasons")
    for reason in entry.reasons:
        yield from _wrapped(f"{reason.reason} [{reason.code}]", "  - ")
    yield from _conditions(entry, everywhere)
    yield from ("", *_wrapped(f"Play: {entry.play.headline}"))
    for number, step in enumerate(entry.play.steps, start=1):
        yield from _wrapped(step.do, f" {number:>2}. ")
        yield from _wrapped(_terms(step), "     ")
        for touch, variant in step.touch.items():
            yield from _wrapped(f"{touch} touch: {variant.do or _terms(step.for_touch(touch))}", "     ")
    if entry.risks:
        yield from ("", "Risks")
    for risk in entry.risks:
        yield from _wrapped(risk.text, "  - ")
        if risk.when:
            yield from _wrapped(f"when {risk.when}", "    ")


def _conditions(entry: QuadrantEntry, everywhere: tuple[Rest, ...]) -> Iterator[str]:
    """What has to hold before hours are spent, and when none are."""
    if entry.gate:
        yield from ("", "Gate: go on only with")
    for need in entry.gate:
        yield from _wrapped(f"{need.need}: {need.ask}" if need.ask else need.need, "  - ")
        yield from _wrapped(f"when {need.when}", "    ")
    if entry.qualify:
        yield from ("", "While that is not known")
        yield from _wrapped(entry.qualify.do, "  - ")
        yield from _wrapped(_terms(entry.qualify), "    ")
    rests = (*everywhere, *entry.rest)
    if rests:
        yield from ("", "Rest")
    for rest in rests:
        yield from _wrapped(rest.because, "  - ")
        yield from _wrapped(_rests(rest), "    ")


def _terms(step: Step) -> str:
    """Who does a step, how, for how long, and when."""
    parts = [step.id, step.who, "by a person" if step.human else "automatic", f"{step.hours:g} h"]
    if step.kind:
        parts.append(step.kind.replace("_", " "))
    if step.when:
        parts.append(f"when {step.when}")
    if step.done_by:
        parts.append(f"done once {step.done_by} is on record")
    if step.again_after != AGAIN:
        parts.append(f"may come back after {step.again_after} days")
    return f"[{'; '.join(parts)}]"


def _rests(rest: Rest) -> str:
    """Under what an account rests, and until when."""
    if rest.when:
        return f"when {rest.when}"
    until = f"until {', '.join(rest.until)}" if rest.until else "for good"
    again = f"; look again every {rest.again_days} days" if rest.again_days else ""
    return f"after {rest.after}, {until}{again}"


def _wrapped(text: str, lead: str = "") -> list[str]:
    """Fill lines; what follows the first is indented as far as `lead` reaches."""
    return textwrap.wrap(
        " ".join(text.split()), WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )
