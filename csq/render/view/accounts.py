"""Accounts in words: where one stands, why it is to be turned to, and what to do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from csq.place.scores import PART
from csq.playbook.text import fields, fill
from csq.render import prose, wording
from csq.render.marks import MARKS
from csq.render.view.model import Account, Heard
from csq.report import Report
from csq.terms import Axis, Quadrant, Severity

_REASONS = 3
"""Signals that are named as reasons; all are among the signals."""
_DATED = frozenset(("days_to_renewal", "days_to_deadline", "renewal_overdue_days"))
"""Facts that tell a deadline: a signal about one is told by the deadline itself."""


def accounts(report: Report, rows: pl.DataFrame) -> tuple[Account, ...]:
    """Put `rows`, accounts of the report, into words."""
    if rows.is_empty():
        return ()
    heard = _heard(report, rows)
    remarks = wording.remarks(rows)
    return tuple(
        _account(report, row, heard[row["account_id"]], tuple(told))
        for row, told in zip(rows.iter_rows(named=True), remarks, strict=True)
    )


def words(name: str) -> str:
    """A name as words: `champion_left` is `champion left`."""
    return name.replace("_", " ")


def in_short(text: str) -> str:
    """Its first sentence, of those that need no fact of an account if there are any."""
    sentences = _sentences(text)
    return next((each for each in sentences if "[" not in each), sentences[0] if sentences else "")


def _sentences(text: str) -> list[str]:
    """Cut a text where a sentence ends and the next begins."""
    parts: list[str] = []
    for word in text.split():
        if parts and not (parts[-1][-1] in ".!?" and word[:1].isupper()):
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts


def _heard(report: Report, rows: pl.DataFrame) -> Mapping[str, list[tuple[Heard, bool]]]:
    """The signals that hold for each account, the loudest first, and whether one is about a deadline."""
    readings = {total.name: total.readings for total in report.signals}
    facts = {row["account_id"]: row for row in rows.iter_rows(named=True)}
    fired = report.fired.join(rows[["account_id"]], on="account_id", how="semi", maintain_order="left")
    heard: dict[str, list[tuple[Heard, bool]]] = defaultdict(list)
    for key, signal, severity in fired.iter_rows():
        text = readings.get(signal, {}).get(Quadrant(facts[key]["quadrant"]), "")
        told = Heard(words(signal), Severity(severity), fill(text, facts[key]))
        heard[key].append((told, not _DATED.isdisjoint(fields(text))))
    return heard


def _account(
    report: Report, row: Mapping[str, Any], heard: Iterable[tuple[Heard, bool]], remarks: tuple[str, ...]
) -> Account:
    quadrant = Quadrant(row["quadrant"])
    deadline = wording.deadline(row)
    divided = wording.divided(*(row[name] for name in wording.SIDES))
    reasons = tuple(_reasons(row, heard, deadline, divided))
    return Account(
        rank=row["rank"],
        account_id=row["account_id"],
        name=row["account_name"] or row["account_id"],
        has_name=bool(row["account_name"]),
        quadrant=quadrant,
        mark=MARKS[quadrant],
        label=wording.label(report, quadrant),
        value=_value(report, row),
        usage=wording.on_axis(row, Axis.USAGE),
        usage_margin=wording.margin(row["usage_margin"]),
        happiness=wording.on_axis(row, Axis.HAPPINESS),
        happiness_margin=wording.margin(row["happiness_margin"]),
        is_borderline=bool(row["borderline"]),
        divided=divided,
        lacking=wording.parts(row),
        parts=tuple(_parts(row)),
        by_role=_by_role(row),
        signals=tuple(each for each, _ in heard),
        remarks=remarks,
        reasons=reasons,
        alone=_alone(row, reasons),
        because=row["why"] or "",
        deadline=deadline,
        step=row["next_step"] or "",
        short=row["step_short"] or row["next_step"] or "",
        effort=wording.effort(row),
        owner=row["owner"] or "",
        risks=tuple(row["risks"] or ()),
    )


def _parts(row: Mapping[str, Any]) -> Iterator[str]:
    for name, score in row.items():
        if name.startswith(PART) and score is not None:
            yield f"{words(name.removeprefix(PART))} {wording.score(score, None)}"


def _by_role(row: Mapping[str, Any]) -> str:
    """The fact in words; of roles whose mean is known exactly, rounding never takes it over the cut."""
    exact = {
        row["lowest_role"]: row["lowest_role_mean"],
        row["highest_role"]: row["highest_role_mean"],
        "decision_maker": row["decision_maker_mean"],
    }
    told = []
    for role, mean, count in (each.rsplit(" ", 2) for each in (row["csat_by_role"] or "").split("; ") if each):
        known = exact.get(role)
        told.append(f"{words(role)} {mean if known is None else wording.score(known, row['happiness_cut'])} {count}")
    return "; ".join(told)


def _value(report: Report, row: Mapping[str, Any]) -> str:
    if not report.weighted:
        return ""
    value = row["contract_value"]
    return "value unknown" if value is None else prose.money(value, report.currency)


def _reasons(row: Mapping[str, Any], heard: Iterable[tuple[Heard, bool]], deadline: str, divided: str) -> list[str]:
    """The loudest signal, the deadline, who is divided, further signals; without any of these, where it stands."""
    loud = [
        each.name for each, is_dated in heard if each.severity is not Severity.INFO and not (is_dated and deadline)
    ][:_REASONS]
    told = [each for each in (deadline, divided, divided and "divided") if each]
    if loud or told:
        return [*loud[:1], *told, *loud[1:]]
    if row["unknown_reason"]:
        return [words(row["unknown_reason"])]
    return _levels(row)


def _levels(row: Mapping[str, Any]) -> list[str]:
    return [f"{axis} {row[f'{axis}_level']}" for axis in Axis]


def _alone(row: Mapping[str, Any], reasons: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons; levels that are all there is to say stay together, with the answers behind that of happiness."""
    behind = wording.answers(row["responses"], row["asked"])
    levels = _levels(row)
    return (f"{', '.join(levels)} ({behind})",) if behind and list(reasons) == levels else reasons
