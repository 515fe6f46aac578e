"""Everything else on the page, as values that the template only has to put in their places."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from csq.render import prose, wording
from csq.render.html.table import quadrant_text
from csq.report import QuadrantPlay, Report, SourceFile, Total
from csq.schema import COLUMNS
from csq.terms import Axis, NoteKind, Quadrant, Queue

_HEAD_OF_THE_LIST = 20


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A quadrant in the grid."""

    quadrant: Quadrant
    name: str
    accounts: str
    worth: str
    share_pct: float
    rest: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """One line of this week's list."""

    rank: int
    account: str
    about: tuple[str, ...]
    step: str
    hours: str


@dataclass(frozen=True, kw_only=True)
class Card:
    """A quadrant with its play and its risks."""

    play: QuadrantPlay
    name: str
    total: str
    steps: tuple[tuple[str, str], ...]
    """Who does it, and what."""


@dataclass(frozen=True, kw_only=True)
class Fate:
    """An input file and what became of its rows."""

    source: SourceFile
    set_aside: str
    rejected: str


def _cell(report: Report, total: Total) -> Cell:
    """Describe one quadrant of the grid."""
    rest = [f"{total.borderline:,} borderline"] if total.borderline else []
    if total.unvalued and report.weighted:
        rest.append(f"{total.unvalued:,} without value")
    return Cell(
        quadrant=total.quadrant,
        name=quadrant_text(report, total.quadrant),
        accounts=prose.count(total.accounts, "account"),
        worth=wording.worth(report, total),
        share_pct=round(total.share_pct or 0.0, 1),
        rest=", ".join(rest),
    )


def grid(report: Report) -> dict[Quadrant, Cell]:
    """Describe every quadrant that has a total."""
    return {total.quadrant: _cell(report, total) for total in report.totals}


def gaps(report: Report) -> tuple[tuple[str, str, str], ...]:
    """What is not known: of how many accounts, what they are worth, and why."""
    return tuple(
        (f"{gap.accounts:,}", prose.money(gap.contract_value) if gap.contract_value else "", gap.text)
        for gap in report.gaps
    )


def is_planned(report: Report) -> bool:
    """Whether hours were divided, so that the week's list is known."""
    return report.accounts["this_week"].count() > 0


def week(report: Report, rows: pl.DataFrame) -> tuple[Task, ...]:
    """What fits this week; where no hours are divided, the head of the order of work."""
    wanted = pl.col("this_week") if is_planned(report) else pl.col("queue") != str(Queue.REST)
    chosen = rows.filter(wanted).sort("rank")
    shown = chosen if is_planned(report) else chosen.head(_HEAD_OF_THE_LIST)
    return tuple(_task(report, row) for row in shown.iter_rows(named=True))


def _task(report: Report, row: dict[str, object]) -> Task:
    value, hours = row["contract_value"], row["hours"]
    about = (
        quadrant_text(report, Quadrant(str(row["quadrant"]))),
        prose.money(value, report.currency) if isinstance(value, Decimal) else "",
        row["owner"],
    )
    return Task(
        rank=int(str(row["rank"])),
        account=str(row["account_name"] or row["account_id"]),
        about=tuple(str(each) for each in about if each),
        step=str(row["next_step"] or ""),
        hours=f"{hours:g} h" if isinstance(hours, float) else "",
    )


def cards(report: Report) -> Iterator[Card]:
    """Describe the quadrants in the order of attack."""
    totals = {total.quadrant: total for total in report.totals}
    for play in report.plays:
        total = totals[play.quadrant]
        told = filter(None, (prose.count(total.accounts, "account"), wording.worth(report, total)))
        yield Card(
            play=play,
            name=quadrant_text(report, play.quadrant),
            total=" · ".join(told),
            steps=tuple((wording.doer(step), step.do) for step in play.steps),
        )


def notes(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The notes by kind, in the order of the kinds."""
    by_kind = ((kind, tuple(note.text for note in report.notes if note.kind is kind)) for kind in NoteKind)
    return tuple((wording.NOTE_TITLES[kind], texts) for kind, texts in by_kind if texts)


def fates(report: Report) -> Iterator[Fate]:
    """The input files, each with the reasons for which rows are not used."""
    for source in report.sources:
        aside = (f"{count:,} {reason}" for reason, count in source.set_aside.items())
        rejected = (f"{count:,} {reason}" for reason, count in source.rejected.items())
        yield Fate(source=source, set_aside="; ".join(aside), rejected="; ".join(rejected))


def about(report: Report) -> tuple[tuple[str, str], ...]:
    """How it was measured, as names and texts."""
    return (
        *((f"Window of {window.axis}", wording.days(window)) for window in report.windows),
        *((f"High {axis} from", wording.cuts(axis, report.cuts)) for axis in Axis),
        ("Borderline", f"{COLUMNS['borderline'].meaning}; at the cut is high"),
        ("Settings", f"{report.settings_label}, sha256 {report.settings_sha256}"),
        ("Playbook", f"{report.playbook_label}, sha256 {report.playbook_sha256}"),
        ("Made by", f"csq {report.version}"),
    )
