"""The keys of playbooks.yaml, their types, ranges and defaults.

Conditions and texts with braces are plain text here; `csq.playbook.load` checks what they name.
The descriptions are what editors show, through the JSON schema, and what `csq help playbook` prints.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from csq.located import shown
from csq.planned import AGAIN
from csq.schema import Kind
from csq.section import Objection, Rule, Text, YamlSection, key, replace
from csq.split import Split
from csq.terms import Quadrant, Queue, Severity, StepKind, Touch, Who


def _check_name(name: str) -> str:
    if not re.fullmatch(r"[^\W\d_]\w*", name) or name != name.lower():
        better = re.sub(r"\W+", "_", name.lower()).strip("_0123456789")
        raise Objection("not-a-name", f"{shown(name)} is not a name", f"write `{better}`" if better else None)
    return name


Name = Annotated[str, Rule(after=_check_name)]
"""Lower-case words joined by `_`."""
Positive = Annotated[float, Rule(gt=0)]


class Base(StrEnum):
    """What a playbook may build on."""

    BUILT_IN = "built-in"


class FactKind(StrEnum):
    """What a custom column holds."""

    NUMBER = "number"
    TEXT = "text"
    BOOL = "bool"
    DATE = "date"


def _id_of(text: str) -> str:
    """The id of a step that was given none: its first words, so that it holds while others come and go around it."""
    words = re.findall(r"[^\W\d_]\w*", re.sub(r"\{[^{}]*\}", "", text).lower())
    return "_".join(words[:6]) or "step"


class StepVariant(YamlSection):
    """What differs of a step for accounts of one touch."""

    do: Text | None = key(None, "what to do instead; may name facts in braces")
    short: Annotated[Text, Rule(max_length=80)] | None = key(None, "the same in one line")
    who: Who | None = key(None, "who does it instead")
    human: bool | None = key(None, "false when a machine may do it")
    hours: Annotated[float, Rule(ge=0)] | None = key(None, "hours it takes instead")


class Step(YamlSection):
    """One action of a play. An account's next step is the first that applies and is not done."""

    do: Text = key(..., "what to do; may name facts in braces")
    id: Name = key(
        ...,
        "its name, which stays when its text changes; its first words, when absent",
        make=lambda step: _id_of(step.do),
    )
    short: Annotated[Text, Rule(max_length=80)] | None = key(
        None, "what to do in one line of at most 80 characters; the first sentence of `do`, when absent"
    )
    who: Who = key(Who.CSM, "who does it")
    human: bool = key(
        ...,
        "false when a machine may do it; true unless `who` is automation",
        make=lambda step: step.who is not Who.AUTOMATION,
    )
    hours: Annotated[float, Rule(ge=0)] = key(
        ...,
        "hours it takes; 1 by default, 0 for automation",
        make=lambda step: 0.0 if step.who is Who.AUTOMATION else 1.0,
    )
    kind: StepKind | None = key(None, "what it asks or offers; signals may block steps of a kind")
    when: Text | None = key(None, "condition under which it applies; always, when absent")
    done_by: Name | None = key(None, "kind of the event that shows it is done")
    again_after: Annotated[int, Rule(ge=0)] = key(AGAIN, "days after which it may come back, once it was done")
    touch: dict[Touch, StepVariant] = key(
        {}, "what differs for accounts of a touch; tech follows low unless it has its own"
    )

    def for_touch(self, touch: Touch) -> "Step":
        """The step as it is for accounts of one touch; tech follows low unless it has a variant of its own."""
        variant = self.touch.get(touch) or (self.touch.get(Touch.LOW) if touch is Touch.TECH else None)
        if variant is None:
            return self
        given = dict(vars(variant))
        if "do" in given:
            given.setdefault("short", None)
        if "who" in given:
            by_machine = given["who"] is Who.AUTOMATION
            given = {"human": not by_machine, "hours": 0.0 if by_machine else self.hours, **given}
        return replace(self, **given)


def _distinct(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Let no two steps of one list have one id: those given are refused, those made of the words are numbered."""
    taken = [step.id for step in steps if "id" in vars(step)]
    for name in taken:
        if taken.count(name) > 1:
            raise Objection("id-twice", f"two steps have the id {shown(name)}", "give one of them another")
    named = []
    for step in steps:
        if "id" not in vars(step):
            choices = (step.id, *(f"{step.id}_{number}" for number in range(2, len(steps) + 2)))
            step = replace(step, id=next(name for name in choices if name not in taken))
            taken.append(step.id)
        named.append(step)
    return tuple(named)


StepList = Annotated[tuple[Step, ...], Rule(after=_distinct)]


class Risk(YamlSection):
    """A warning to print beside the play."""

    text: Text = key(..., "the warning; may name facts in braces")
    when: Text | None = key(None, "condition under which it applies; always, when absent")


class Addition(Risk):
    """A sentence that a signal adds to the next step."""

    text: Text = key(..., "the sentence; may name facts in braces")
    human: bool = key(True, "false when it may stand beside what a machine does, too")


class Need(YamlSection):
    """One thing that has to hold before a rescue takes more than an hour."""

    need: Text = key(..., "what is needed, to stand after `not yet:`")
    when: Text = key(..., "condition that holds when it is there")
    ask: Text | None = key(None, "question that settles it; added to `qualify` while it is not known")


class Rest(YamlSection):
    """Why an account may rest: under a condition, or from one event until another."""

    because: Text = key(..., "the reason, as it is printed")
    when: Text | None = key(None, "condition under which it rests; in place of `after`")
    after: Name | None = key(None, "kind of the event it rests after; in place of `when`")
    until: tuple[Name, ...] = key((), "kinds of events that end the rest, when dated after `after`")
    again_days: Annotated[int, Rule(ge=1)] | None = key(
        None, "look again each time so many days have passed since `after`"
    )

    def check(self) -> None:
        """Either `when` or `after`, and what belongs to `after` beside it."""
        if (self.when is None) == (self.after is None):
            raise Objection("not-one-of-two", "an account rests `when` a condition holds or `after` an event: give one")
        if self.when is not None and (self.until or self.again_days):
            raise Objection("not-after", "`until` and `again_days` belong to `after`", "leave them out beside `when`")


class Play(YamlSection):
    """What to do."""

    headline: Text = key(..., "the play in one line, as an order")
    steps: Annotated[tuple[Step, ...], Rule(min_length=1, after=_distinct)] = key(..., "actions, in order")


class Reason(YamlSection):
    """A likely reason for being in a quadrant. A text alone is one too; its code is its first words."""

    reason: Text = key(..., "the reason, as it is printed")
    code: Name = key(
        ...,
        "what to record as the cause of a cause_found event; the words before its colon, when absent",
        make=lambda told: _id_of(told.reason.split(":")[0]),
    )


def _reason_of(data: Any) -> Any:
    return {"reason": data} if isinstance(data, str) else data


ReasonOrText = Annotated[Reason, Rule(before=_reason_of, written=Reason | Text)]


class QuadrantEntry(YamlSection):
    """What the playbook says about one quadrant."""

    label: Text = key(..., "short name for headings")
    means: Text = key(..., "what it means to be here, in a sentence or two")
    reasons: tuple[ReasonOrText, ...] = key((), "likely reasons for being here")
    queue: Queue = key(..., "budget of the week that its accounts draw on")
    weight: Positive = key(..., "factor of the priority, above 0")
    gate: tuple[Need, ...] = key((), "what has to hold before more than an hour is spent")
    qualify: Step | None = key(None, "the one step while the gate is not known; without it the play goes on")
    rest: tuple[Rest, ...] = key((), "reasons to rest in spite of the queue; the first that holds")
    play: Play = key(..., "what to do")
    risks: tuple[Risk, ...] = key((), "warnings, in order")

    def check(self) -> None:
        """`qualify` belongs to a gate."""
        if self.qualify and not self.gate:
            raise Objection("never-reached", "`qualify` is never reached without a `gate`")


class Quadrants(YamlSection):
    """One entry for each quadrant."""

    advocates: QuadrantEntry = key(..., "high usage, high happiness")
    frustrated: QuadrantEntry = key(..., "high usage, low happiness")
    at_risk: QuadrantEntry = key(..., "low usage, low happiness")
    underusers: QuadrantEntry = key(..., "low usage, high happiness")
    unknown: QuadrantEntry = key(..., "an axis is not known")


class SignalReading(YamlSection):
    """How a signal reads in one quadrant, where that differs."""

    severity: Severity | None = key(None, "severity in this quadrant")
    text: Text | None = key(None, "text in this quadrant; may name facts in braces")


class Signal(YamlSection):
    """A named condition with a severity."""

    when: Text = key(..., "condition under which it holds")
    severity: Severity = key(..., "how serious it is")
    text: Text = key(..., "what it says; may name facts in braces")
    quadrants: dict[Quadrant, SignalReading] = key({}, "how it reads in a quadrant, where that differs")
    steps: StepList = key((), "actions of its own, in order")
    risks: tuple[Risk, ...] = key((), "warnings of its own, in order")
    also: tuple[Addition, ...] = key((), "what to add to the next step while that is not one of its own")
    mutes: tuple[Text, ...] = key((), "signals that are hidden while this one holds")
    blocks: tuple[StepKind, ...] = key((), "kinds of steps to hold back while this one holds")
    first: bool = key(False, "whether accounts for which it holds stand first in the week of their owner")
    takes_over: bool | None = key(
        None, "whether its own step goes before the play's; by default only where it says act"
    )

    def leads(self, severity: Severity) -> bool:
        """Whether its own step goes before the play's where it has this severity."""
        return severity is Severity.ACT if self.takes_over is None else self.takes_over


class TouchModel(YamlSection):
    """Which accounts get how much of a person's time."""

    high: tuple[Text, ...] = key((), "segments or tiers whose accounts are looked after by a person")
    low: tuple[Text, ...] = key((), "those where a person's time needs a reason")
    tech: tuple[Text, ...] = key((), "those that automation looks after; a person's time needs a reason")
    person_when: Text | None = key(
        None, "condition that is such a reason, beside a signal that says act; none, when absent"
    )

    def check(self) -> None:
        """Nothing has two touches."""
        named = [name.casefold() for name in (*self.high, *self.low, *self.tech)]
        if twice := next((name for name in named if named.count(name) > 1), None):
            raise Objection("touch-twice", f"{shown(twice)} is named twice under `touch`", "name it under one touch")


class Urgency(YamlSection):
    """A factor of the priority for accounts whose deadline is near."""

    within_days: Annotated[int, Rule(ge=0)] = key(..., "days to the deadline, at most; one that is past counts as near")
    factor: Positive = key(..., "factor of the priority, above 0")


class SignalWeights(YamlSection):
    """Factors of the priority by the severity of the most serious signal."""

    act: Positive = key(3.0, "factor while a signal says act")
    watch: Positive = key(1.2, "factor while a signal says watch")
    info: Positive = key(1.0, "factor otherwise")


class CheckIns(YamlSection):
    """Calls by a person to a few accounts of the protect queue that otherwise get automated messages only."""

    count: Annotated[int, Rule(ge=0)] = key(2, "accounts a week, for each owner")
    hours: Positive = key(0.5, "hours one takes")
    do: Text = key(
        "Call as a person, unasked: ten minutes, by name, with nothing to sell.",
        "what to do; may name facts in braces",
    )


def _check_order(order: tuple[Quadrant, ...]) -> tuple[Quadrant, ...]:
    missing = [quadrant for quadrant in Quadrant if quadrant not in order]
    twice = [quadrant for quadrant in Quadrant if order.count(quadrant) > 1]
    wrong = [f"lacks {', '.join(f'`{each}`' for each in missing)}"] if missing else []
    wrong += [f"repeats {', '.join(f'`{each}`' for each in twice)}"] if twice else []
    if wrong:
        raise Objection("not-an-order", f"the order {' and '.join(wrong)}", "name every quadrant once")
    return order


def _check_urgency(urgency: tuple[Urgency, ...]) -> tuple[Urgency, ...]:
    days = [each.within_days for each in urgency]
    if days != sorted(set(days)):
        raise Objection("never-reached", "a line of `urgency` is never reached", "put the fewest days first")
    return urgency


class Playbook(YamlSection):
    """playbooks.yaml: what to do."""

    extends: Base | None = key(
        None, "the playbook this one builds on, `built-in`: then the file holds only what differs"
    )
    facts: dict[Name, FactKind] = key({}, "columns of your own that conditions and braces may name")
    order: Annotated[tuple[Quadrant, ...], Rule(after=_check_order)] = key(
        ..., "the quadrants in the order of attack, each once"
    )
    touch: TouchModel = key(TouchModel(), "segments and tiers by touch; what is not named is high")
    min_value_per_hour: Annotated[float, Rule(ge=0)] = key(
        0.0, "contract value a year per hour of the whole play, from which an account is worth it"
    )
    quadrants: Quadrants = key(..., "what to do for each quadrant")
    rest: tuple[Rest, ...] = key((), "reasons to rest whatever the quadrant; the first that holds")
    signals: dict[Name, Signal] = key({}, "named conditions with a severity")
    urgency: Annotated[tuple[Urgency, ...], Rule(after=_check_urgency)] = key(
        (Urgency(within_days=90, factor=1.5), Urgency(within_days=180, factor=1.2)),
        "factors of the priority by days to the deadline; the first that holds, else 1",
    )
    signal_weights: SignalWeights = key(
        SignalWeights(), "factors of the priority by the severity of the most serious signal"
    )
    split: Split = key(Split(), "how the hours of a week are divided; the two add up to 1")

    check_ins: CheckIns | None = key(
        None, "calls by a person to accounts that otherwise get automated messages only; none, when absent"
    )

    def entry(self, quadrant: Quadrant) -> QuadrantEntry:
        """Return what the playbook says about `quadrant`."""
        found: QuadrantEntry = getattr(self.quadrants, quadrant)
        return found

    @property
    def custom(self) -> Mapping[str, Kind]:
        """The columns declared under `facts:`, and what they hold."""
        return {name: Kind(kind) for name, kind in self.facts.items()}
