"""One account in words: where it stands, why it is to be turned to, and what to do.

Each is made when it is asked for: of a list of 100,000 accounts a page shows a few words each.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from csq.place.scores import PART
from csq.playbook.text import fields, fill
from csq.render import prose, wording
from csq.render.marks import MARKS
from csq.report import Report
from csq.terms import Axis, Quadrant, Severity

_REASONS = 3
"""Signals that are named as reasons; all are among the signals."""
_DATED = frozenset(("days_to_renewal", "days_to_deadline", "renewal_overdue_days"))
"""Facts that tell a deadline: a signal about one is told by the deadline itself."""


class Heard(NamedTuple):
    """A signal that holds for an account."""

    name: str
    """`champion left`."""
    severity: Severity
    text: str
    """`The champion left 80 days ago`."""


class Fired(NamedTuple):
    """The same before it is put into words."""

    signal: str
    severity: str
    template: str
    """What it says of accounts in their quadrant, with facts in braces."""


def words(name: str) -> str:
    """A name as words: `champion_left` is `champion left`."""
    return name.replace("_", " ")


class Account:
    """One account in words."""

    def __init__(self, report: Report, row: Mapping[str, Any], fired: Iterable[Fired]) -> None:
        """Take its row of the report, and the signals that hold for it, the loudest first."""
        self._report, self._row, self._fired = report, row, tuple(fired)
        self.rank: int = row["rank"]
        self.account_id: str = row["account_id"]
        self.name: str = row["account_name"] or row["account_id"]
        """Its id where it has none."""
        self.has_name = bool(row["account_name"])
        self.quadrant = Quadrant(row["quadrant"])
        self.mark = MARKS[self.quadrant]
        self.is_borderline = bool(row["borderline"])
        self.because: str = row["why"] or ""
        """The reasons in sentences: what the loudest signal says, or what its gate wants, and where it stands."""
        self.step: str = row["next_step"] or ""
        self.short: str = row["step_short"] or row["next_step"] or ""
        """The step in a line."""
        self.owner: str = row["owner"] or ""
        self.risks: tuple[str, ...] = tuple(row["risks"] or ())

    @property
    def label(self) -> str:
        """Its quadrant, as the playbook calls it."""
        return wording.label(self._report, self.quadrant)

    @property
    def value(self) -> str:
        """`314,700 EUR`, or `value unknown`; empty where nothing is weighted."""
        if not self._report.weighted:
            return ""
        value = self._row["contract_value"]
        return "value unknown" if value is None else prose.money(value, self._report.currency)

    @property
    def usage(self) -> str:
        """The score."""
        return wording.on_axis(self._row, Axis.USAGE)

    @property
    def usage_margin(self) -> str:
        """Points from the cut, with their sign."""
        return wording.margin(self._row["usage_margin"])

    @property
    def happiness(self) -> str:
        """With the answers behind it: `45.0 (5 of 6 asked)`."""
        return wording.on_axis(self._row, Axis.HAPPINESS)

    @property
    def happiness_margin(self) -> str:
        """Points from the cut, with their sign."""
        return wording.margin(self._row["happiness_margin"])

    @cached_property
    def divided(self) -> str:
        """`users 12 / decision maker 94`, where they stand on different sides of the cut; else empty."""
        return wording.divided(*(self._row[name] for name in wording.SIDES))

    @property
    def lacking(self) -> str:
        """`usage on 3 of 4 parts`, where most of its tier have one that it lacks; else empty."""
        return wording.parts(self._row)

    @property
    def parts(self) -> tuple[str, ...]:
        """Of its usage score, those that are known: `active days 71.2`."""
        return tuple(
            f"{words(name.removeprefix(PART))} {wording.score(score, None)}"
            for name, score in self._row.items()
            if name.startswith(PART) and score is not None
        )

    @property
    def by_role(self) -> str:
        """Mean and number of the answers of each role: `decision maker 0.0 (1); end user 93.8 (4)`.

        Of roles whose mean is known exactly, rounding never takes it over the cut.
        """
        row = self._row
        exact = {
            row["lowest_role"]: row["lowest_role_mean"],
            row["highest_role"]: row["highest_role_mean"],
            "decision_maker": row["decision_maker_mean"],
        }
        told = []
        for role, mean, count in (each.rsplit(" ", 2) for each in (row["csat_by_role"] or "").split("; ") if each):
            known = exact.get(role)
            shown = mean if known is None else wording.score(known, row["happiness_cut"])
            told.append(f"{words(role)} {shown} {count}")
        return "; ".join(told)

    @cached_property
    def signals(self) -> tuple[Heard, ...]:
        """The loudest first."""
        return tuple(
            Heard(words(each.signal), Severity(each.severity), fill(each.template, self._row)) for each in self._fired
        )

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to know before trusting it, such as `thin evidence`."""
        return tuple(wording.remarks(self._row))

    @cached_property
    def deadline(self) -> str:
        """`renewal in 68 days`, where that is near or past; else empty."""
        return wording.deadline(self._row)

    @property
    def effort(self) -> str:
        """`csm 2 h`."""
        return wording.effort(self._row)

    @cached_property
    def reasons(self) -> tuple[str, ...]:
        """Why it is to be turned to, the most telling first: `champion left`, `renewal in 68 days`.

        The loudest signal, the deadline, who is divided, further signals; without any of these, where it stands.
        """
        loud = [*self._loud()][:_REASONS]
        told = [each for each in (self.deadline, self.divided, self.divided and "divided") if each]
        if loud or told:
            return (*loud[:1], *told, *loud[1:])
        unknown = self._row["unknown_reason"]
        return (words(unknown),) if unknown else self._levels

    @property
    def alone(self) -> tuple[str, ...]:
        """The same where no score stands beside them: `usage low, happiness low (5 of 6 asked)`.

        Levels that are all there is to say stay together, with the answers behind that of happiness.
        """
        behind = wording.answers(self._row["responses"], self._row["asked"])
        is_alone = behind and self.reasons == self._levels
        return (f"{', '.join(self._levels)} ({behind})",) if is_alone else self.reasons

    @property
    def why(self) -> str:
        """All reasons in a line."""
        return ", ".join(self.reasons)

    @property
    def why_with_parts(self) -> str:
        """All reasons, and what its usage lacks."""
        return ", ".join((*self.reasons, *filter(None, (self.lacking,))))

    @property
    def why_alone(self) -> str:
        """The same where no score stands beside it."""
        return ", ".join((*self.alone, *filter(None, (self.lacking,))))

    @property
    def named(self) -> str:
        """Its name, with what its usage lacks: `Acme (usage on 3 of 4 parts)`."""
        return f"{self.name} ({self.lacking})" if self.lacking else self.name

    def _loud(self) -> Iterator[str]:
        for each in self._fired:
            is_told = self.deadline and not _DATED.isdisjoint(fields(each.template))
            if each.severity != Severity.INFO and not is_told:
                yield words(each.signal)

    @property
    def _levels(self) -> tuple[str, ...]:
        return tuple(f"{axis} {self._row[f'{axis}_level']}" for axis in Axis)
