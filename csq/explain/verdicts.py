"""What the playbook says of one account, entry by entry, and on which facts."""

import re
from collections.abc import Mapping, Sequence

import polars as pl

from csq.explain.model import NeedState, SignalTold, State, StepState, Unjudged
from csq.pipeline import Triage
from csq.plan.signals import SINCE_WITH, evaluated, reading
from csq.plan.steps import PERSON, applies, blockers, holds, is_blocked, is_done
from csq.plan.texts import facts_for
from csq.planned import done_column, dropped_column
from csq.playbook.conditions import compile_condition
from csq.playbook.model import Need, Risk, Step
from csq.playbook.names import names
from csq.playbook.text import fill, say, spelled
from csq.schema import event_column, event_kind
from csq.terms import Gate, Role, StepKind, Touch

KINDS: Mapping[StepKind, str] = {
    StepKind.FAVOUR: "a favour",
    StepKind.EXPANSION: "selling more",
    StepKind.ADOPTION: "more features or users",
    StepKind.EFFORT: "a large effort",
    StepKind.THANKS: "thanks",
    StepKind.FIND_OUT: "questions",
    StepKind.ONBOARDING: "onboarding",
    StepKind.RENEWAL: "talk of the renewal",
}
"""What a step of a kind is, to stand after `no time for`."""


class Verdicts:
    """The playbook beside the facts of one account."""

    def __init__(self, found: Triage, mine: pl.DataFrame) -> None:
        """Take the run and the account's row."""
        self._playbook = found.playbook.playbook
        self._known = names(self._playbook.custom)
        self._judged = found.judged
        self._are_events_given = Role.EVENTS in found.tables.roles
        self._mine = mine
        self._blocking = blockers(self._playbook.signals)

    def steps(self, steps: Sequence[Step], next_step: str | None) -> tuple[StepState, ...]:
        """How each step stands; the one whose text the account's next step is, or is made of, is next."""
        if not steps:
            return ()
        row = self._mine
        hold = applies(row, steps, self._known).row(0, named=True)
        done = row.select(is_done(step, row.columns).alias(str(n)) for n, step in enumerate(steps)).row(0)
        blocked = row.select(is_blocked(step.kind, self._blocking).alias(str(n)) for n, step in enumerate(steps)).row(0)
        mine = [step.for_touch(Touch(row["touch"][0])) for step in steps]
        texts = facts_for(row, (each.do for each in (*steps, *mine)))[0]
        states = []
        is_next_told = False
        for number, step in enumerate(steps):
            ways = [step, mine[number]] if row[PERSON][0] else [mine[number], step]
            way = next((each for each in ways if spelled(each.do, texts) in (next_step or "")), ways[0])
            do = spelled(way.do, texts)
            state, why = State.LATER, ""
            if done[number]:
                state, why = State.DONE, self._settled(step)
            elif not hold[holds(step)]:
                state, why = self._not_due(step)
            elif blocked[number]:
                state, why = State.BLOCKED, self._blocked(step)
            elif way.human and not row[PERSON][0]:
                state, why = State.BLOCKED, f"{row['touch'][0]} touch, and no reason for a person's hour"
            elif step.id == row["step_id"][0] and do in (next_step or "") and not is_next_told:
                state, is_next_told = State.NEXT, True
            states.append(StepState(do=do, who=way.who, human=way.human, hours=way.hours, state=state, why=why))
        return tuple(states)

    def gate(self, needs: Sequence[Need]) -> tuple[NeedState, ...]:
        """Whether each need is there, not there, or not known."""
        states = []
        for need in needs:
            holds = self._holds(need.when)
            state = Gate.UNKNOWN if holds is None else Gate.OPEN if holds else Gate.CLOSED
            states.append(NeedState(need=need.need, state=state, because=self._because(need.when)))
        return tuple(states)

    def signals(self) -> tuple[SignalTold, ...]:
        """The signals that hold, loudest first, with what they rest on."""
        row = self._mine
        next_step, quadrant = row["next_step"][0], row["quadrant"][0]
        told = []
        for name in row["signals"][0]:
            signal = self._playbook.signals[name]
            severity, text = reading(signal, quadrant)
            step = next_step if signal.leads(severity) else None
            told.append(
                SignalTold(
                    name=name,
                    severity=severity,
                    text=spelled(text, facts_for(row, [text])[0]),
                    because=self._because(signal.when),
                    steps=self.steps(signal.steps, step),
                    risks=self._risks(signal.risks),
                )
            )
        return tuple(told)

    def unjudged(self) -> tuple[Unjudged, ...]:
        """The signals that could not be judged, and the facts they lack."""
        mine = self._judged.open.of(self._mine["account_id"][0]).rows()
        return tuple(
            Unjudged(
                name=name,
                because=self._because(self._playbook.signals[name].when),
                missing=tuple(missing),
            )
            for _, name, missing in mine.iter_rows()
        )

    def _risks(self, risks: Sequence[Risk]) -> tuple[str, ...]:
        if not risks:
            return ()
        hold = applies(self._mine, risks, self._known).row(0, named=True)
        texts = facts_for(self._mine, (risk.text for risk in risks))[0]
        told = (fill(risk.text, texts) for risk in risks if hold[holds(risk)])
        return tuple(text for text in told if text)

    def _not_due(self, step: Step) -> tuple[State, str]:
        """Whether a step's condition is false or not judged, and on what facts."""
        when = str(step.when)
        return State.NOT_JUDGED if self._holds(when) is None else State.NOT_DUE, self._because(when)

    def _holds(self, when: str) -> bool | None:
        condition = compile_condition(when, self._known)
        judged = evaluated(self._mine, {"holds": condition}, are_events_given=self._are_events_given)
        holds: bool | None = judged["holds"][0]
        return holds

    def _because(self, when: str) -> str:
        """The condition with each fact behind its name: `usage_level [high] = 'high' AND goals_overdue [2] > 0`."""
        reads, told = compile_condition(when, self._known).reads, set[str]()

        def beside(found: re.Match[str]) -> str:
            name = found.group()
            if name not in reads or name in told:
                return name
            told.add(name)
            return f"{name} [{self._say(name)}]"

        # A text in quotes, which is taken whole, or a word.
        return re.sub(r"'(?:[^']|'')*'|\w+", beside, when)

    def _blocked(self, step: Step) -> str:
        """Which of the signals that hold say that it is no time for it."""
        names = [name for name in self._blocking[step.kind] if name in self._mine["signals"][0]] if step.kind else []
        return f"no time for {KINDS[step.kind]}: {', '.join(names).replace('_', ' ')}" if step.kind else ""

    def _settled(self, step: Step) -> str:
        """What shows that a step is not to come yet: its event, or a tick."""
        said = {event_column(step.done_by): f"{step.done_by} is on record"} if step.done_by else {}
        said |= {done_column(step.id): "ticked as done", dropped_column(step.id): "dropped"}
        told = ((days, text) for name, text in said.items() if isinstance(days := self._value(name), int))
        days, text = min(told, key=lambda each: each[0])
        return f"{text}, {days} days ago"

    def _say(self, name: str) -> str:
        value = self._value(name)
        kept = self._are_events_given if event_kind(name) else self._value(SINCE_WITH.get(name, "")) is not None
        return "not on record" if value is None and kept else say(value)

    def _value(self, name: str) -> object:
        return self._mine[name][0] if name in self._mine.columns else None
