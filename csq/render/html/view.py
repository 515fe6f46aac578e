"""Everything else on the page, as values that the template only has to put in their places."""

from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from csq.render import prose, wording
from csq.render.html.table import quadrant_text
from csq.report import Report
from csq.terms import Axis, Quadrant, Queue

_HEAD_OF_THE_LIST = 20


class Task(NamedTuple):
    """One line of this week's list."""

    rank: int
    account: str
    about: tuple[str, ...]
    step: str
    hours: str


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


def notes(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The notes by kind, in the order of the kinds."""
    by_title = groupby(wording.notes(report), key=itemgetter(0))
    return tuple((title, tuple(text for _, text in told)) for title, told in by_title)


def about(report: Report) -> tuple[tuple[str, str], ...]:
    """How it was measured, as names and texts."""
    return (
        *((f"Window of {window.axis}", wording.days(window)) for window in report.windows),
        *((f"High {axis} from", wording.cuts(axis, report.cuts)) for axis in Axis),
        ("Borderline", wording.BORDERLINE_IS),
        ("Settings", f"{report.settings_label}, sha256 {report.settings_sha256}"),
        ("Playbook", f"{report.playbook_label}, sha256 {report.playbook_sha256}"),
        ("Made by", f"csq {report.version}"),
    )
