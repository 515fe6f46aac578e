"""What a report says in words, the same on every page that a person reads."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from math import isfinite
from typing import Any

import polars as pl

from csq.render import prose
from csq.render.clean import short
from csq.render.options import Selection
from csq.report import Cut, PrintedStep, Report, SourceFile, Total, Window
from csq.schema import BORDERLINE as NEAR
from csq.schema import COLUMNS, money
from csq.terms import Aside, Axis, Evidence, Level, NoteKind, Outcome, Quadrant, Silence, Who

NOTE_TITLES: Mapping[NoteKind, str] = {
    NoteKind.CHOICE: "Chosen",
    NoteKind.WARNING: "Beware",
    NoteKind.FAULT: "Unreadable",
    NoteKind.SET_ASIDE: "Set aside",
    NoteKind.REJECTED: "Rejected",
    NoteKind.UNMATCHED: "Unmatched",
    NoteKind.PINNED: "Pinned",
}

BORDERLINE = "~"
"""Marks an account that is borderline."""
BORDERLINE_IS = f"{COLUMNS['borderline'].meaning}; at the cut is high"
"""What borderline means, and on which side of a cut the cut is."""

MARGIN_EDGES = (0.0, NEAR, -NEAR)
"""Sides that a margin must stay on when it is rounded: 4.96 must not be shown as 5.0, which is not borderline."""

_SCORES = (0.0, 100.0)
_SOON = 90
"""Days to a renewal that are told."""


def each(rows: pl.DataFrame, names: Sequence[str], text: Callable[[Mapping[str, Any]], str]) -> pl.Series:
    """Say `text` of each row, once for all that have the same in the columns `names`; null where it says nothing."""
    different = rows.select(names).unique(maintain_order=True)
    said = pl.Series("said", [text(row) or None for row in different.iter_rows(named=True)], dtype=pl.String)
    told = rows.select(names).join(
        different.with_columns(said), on=names, how="left", nulls_equal=True, maintain_order="left"
    )
    return told["said"]


def label(report: Report, quadrant: Quadrant) -> str:
    """Name a quadrant as the playbook does."""
    labels = {play.quadrant: play.label for play in report.plays}
    return labels.get(quadrant, quadrant.replace("_", " "))


def worth(report: Report, total: Total) -> str:
    """Write what a cell of the grid is worth, and its share; nothing when nothing is valued."""
    if total.share_pct is None:
        return ""
    return f"{prose.total(total.contract_value, report.currency)} · {prose.share(total.share_pct)}"


def size(report: Report, total: Total) -> str:
    """`12 accounts · 204 k EUR · 31 %`."""
    return " · ".join(filter(None, (prose.count(total.accounts, "account"), worth(report, total))))


def doubts(report: Report, total: Total) -> str:
    """`3 borderline, 2 without value`; only what there is."""
    unvalued = total.unvalued if report.weighted else 0
    told = ((total.borderline, "borderline"), (unvalued, "without value"))
    return ", ".join(f"{number:,} {what}" for number, what in told if number)


def reasons(rows: Mapping[Aside, int] | Mapping[str, int]) -> list[str]:
    """`3 exact duplicate`, for each reason for which rows are not used."""
    return [f"{count:,} {reason}" for reason, count in rows.items()]


NOTES = 100
"""Notes that a person is shown: of thousands of columns each may have one."""


def first_notes(texts: Sequence[str]) -> list[str]:
    """What is noted, of very many the first, and how many more there are."""
    more = len(texts) - NOTES
    return [
        *map(short, texts[:NOTES]),
        *([f"and {more:,} more: `csq triage -f json` has them all"] if more > 0 else []),
    ]


def notes(report: Report) -> list[tuple[str, str]]:
    """The notes with their titles, in the order of their kinds; of very many of a kind the first."""
    return [
        (NOTE_TITLES[kind], text)
        for kind in NoteKind
        for text in first_notes([note.text for note in report.notes if note.kind is kind])
    ]


def title(report: Report) -> tuple[str, str]:
    """Say as of when, and how that day was settled; the second is empty without dates."""
    if report.as_of is None:
        return "Triage without dates", ""
    return f"Triage as of {report.as_of}", f"({report.as_of_source})"


UNWEIGHTED = "nothing is weighted, because no contract value is known"
"""What to say first of a report that is not weighted."""


def base(report: Report) -> str:
    """Say how many accounts there are and what they are worth, how firm their places are, and what renews soon."""
    accounts = prose.count(report.accounts.height, "account")
    thin = int((report.accounts["evidence"] == str(Evidence.THIN)).sum())
    doubts = [f"{thin:,} on thin evidence"] if thin else []
    if report.weighted:
        value = prose.total(sum((total.contract_value for total in report.totals), start=Decimal(0)), report.currency)
        accounts += f", {value} a year"
        if unvalued := sum(total.unvalued for total in report.totals):
            doubts.insert(0, f"{unvalued:,} without a contract value")
    return "; ".join((accounts, *doubts, *_renewals(report)))


def _renewals(report: Report) -> Iterator[str]:
    """`44 renew within 90 days, 2.9 M, of them 17 unhappy, 1.9 M`; nothing where none does."""
    if not report.accounts["days_to_renewal"].count():
        return
    soon = report.accounts.filter(pl.col("days_to_renewal").is_between(0, _SOON))
    if soon.height:
        unhappy = soon.filter(pl.col("happiness_level") == str(Level.LOW))
        what = f"{'renews' if soon.height == 1 else 'renew'} within {_SOON} days"
        yield f"{_sized(report, soon, what)}, of them {_sized(report, unhappy, 'unhappy')}"


def _sized(report: Report, rows: pl.DataFrame, what: str) -> str:
    worth = money(rows["contract_value"])
    value = f" ({prose.total(worth, report.currency)})" if report.weighted and worth else ""
    return f"{rows.height:,} {what}{value}"


def fate(source: SourceFile) -> str:
    """`204 rows, 199 used, 3 set aside, 2 rejected`; only the fates that occurred."""
    fates = [
        f"{number:,} {fate}"
        for number, fate in (
            (source.used, "used"),
            (sum(source.set_aside.values()), "set aside"),
            (sum(source.rejected.values()), "rejected"),
        )
        if number
    ]
    what = "all used" if source.read and source.used == source.read else ", ".join(fates)
    return ", ".join(filter(None, (prose.count(source.read, "row"), what)))


def days(window: Window) -> str:
    """`2026-10-20 to 2026-11-16, 28 days`."""
    if window.first is None or window.last is None:
        return "all of it, for want of dates"
    undated = f", and {prose.count(window.undated, 'answer')} without a date" if window.undated else ""
    return f"{window.first} to {window.last}, {prose.count((window.last - window.first).days + 1, 'day')}{undated}"


def cuts(axis: Axis, cuts: Iterable[Cut]) -> str:
    """`70` for one cut, else `52.3 in enterprise, 48 in mid (median)`; the direction is in the title."""
    mine = [cut for cut in cuts if cut.axis is axis]
    if not mine:
        return "no cut: nothing is scored"
    tiers: dict[str, list[str]] = {}
    for cut in mine:
        if cut.note:
            tiers.setdefault(cut.note, []).append(cut.tier)
    notes = (f"{', '.join(names)}: {note}" for note, names in tiers.items())
    return "; ".join((*_by_method(mine), *notes))


def _by_method(cuts: list[Cut]) -> Iterator[str]:
    is_one = len({(cut.at, cut.method) for cut in cuts}) == 1
    for method, group in groupby(cuts, key=lambda cut: cut.method):
        same = list(group)
        counted = {cut.tier: "" if method == "number" else f" (n {cut.scored:,})" for cut in same}
        how = taken_how(method, "all accounts" if is_one else "each tier")
        if is_one:
            yield f"{at(same[0])} (n {same[0].scored:,}; {how})" if how else at(same[0])
        else:
            told = ", ".join(f"{at(cut)} in {cut.tier}{counted[cut.tier]}" for cut in same)
            yield f"{told} ({how})" if how else told


def at(cut: Cut) -> str:
    """A cut with one place, that of happiness on the two scales that most people ask on as well."""
    told = f"{cut.at:.1f}".removesuffix(".0")
    if cut.axis is not Axis.HAPPINESS:
        return told
    of_five, of_ten = (f"{value:.1f}".removesuffix(".0") for value in (1 + cut.at / 25, cut.at / 10))
    return f"{told} ({of_five} of 5, {of_ten} of 10)"


def taken_how(method: str, whole: str) -> str:
    """What a way to take a cut makes of the shares of high and low; nothing for a number."""
    halves = {"median": f"half of {whole}", "weighted_median": f"half of the value of {whole}"}
    quantile = re.fullmatch(r"q(\d+)", method)
    share = f"{100 - int(quantile[1])} % of {whole}" if quantile else halves.get(method)
    name = method.replace("_", " ")
    if share:
        return f"{name}: {share} is high by construction; pin the cuts to see shares move"
    return "" if method == "number" else name


def chosen(selection: Selection) -> str:
    """Say which accounts the filters leave; nothing when that is all of them."""
    filters = (
        ("quadrant", selection.quadrant),
        ("tier", selection.tier),
        ("owner", selection.owner),
        ("segment", selection.segment),
        ("owner", selection.desk),
    )
    chosen = [f"{name} {' or '.join(values)}" for name, values in filters if values]
    return ", ".join([*chosen, "this week's plan"] if selection.planned else chosen)


def doer(step: PrintedStep) -> str:
    """`csm 1 h`, `product, automated`, `automated`."""
    if step.who is Who.AUTOMATION:
        return "automated"
    if not step.human:
        return f"{step.who}, automated"
    return f"{step.who} {step.hours:g} h" if step.hours else step.who


def effort(row: Mapping[str, Any]) -> str:
    """Who takes the next step of an account, and for how long: `csm 2 h`."""
    return " ".join(filter(None, (row["who"], f"{row['hours']:g} h" if row["hours"] else None)))


def deadline(row: Mapping[str, Any]) -> str:
    """The renewal of an account where it is near, signed or overdue, and the deadline where notice comes before."""
    to_renewal, to_deadline = row["days_to_renewal"], row["days_to_deadline"]
    if row["renewal_overdue_days"]:
        return f"renewal {prose.count(row['renewal_overdue_days'], 'day')} overdue"
    if to_deadline is None or not 0 <= to_deadline <= _SOON:
        if to_renewal is None or not 0 <= to_renewal <= _SOON:
            return ""
        is_signed = to_deadline is None and row["last_outcome"] == Outcome.RENEWED
        return f"renewal {'signed' if is_signed else _in(to_renewal)}"
    if to_deadline == to_renewal:
        return f"renewal {_in(to_renewal)}"
    return f"last day to give notice {_in(to_deadline)}"


def _in(days: int) -> str:
    return f"in {prose.count(days, 'day')}" if days else "today"


def score(value: float | None, cut: float | None) -> str:
    """Write a score; rounding never takes it over its cut."""
    edges = _SCORES if cut is None else (*_SCORES, cut)
    return "unknown" if value is None or not isfinite(value) else prose.score(value, edges=edges)


def answers(responses: int | None, asked: int | None) -> str:
    """`5 of 6 asked`, or `5 answers` where who was asked is not known; nothing without answers."""
    if not responses:
        return ""
    # Rows that average several answers may count more answers than asks.
    return f"{responses:,} of {asked:,} asked" if asked and asked >= responses else prose.count(responses, "answer")


def on_axis(row: Mapping[str, Any], axis: Axis) -> str:
    """The score of an account, that of happiness with the answers behind it: `45.0 (5 of 6 asked)`."""
    told = score(row[f"{axis}_score"], row[f"{axis}_cut"])
    behind = answers(row["responses"], row["asked"]) if axis is Axis.HAPPINESS else ""
    return f"{told} ({behind})" if behind and row[f"{axis}_score"] is not None else told


def happiness(row: Mapping[str, Any]) -> str:
    """The happiness of an account; a mean that hides two sides stands behind both of them.

    `45.0 (5 of 6 asked)`, or `users 12 / decision maker 94, mean 45.0 (5 of 6 asked)`.
    """
    sides = divided(*(row[name] for name in SIDES))
    return f"{sides}, mean {on_axis(row, Axis.HAPPINESS)}" if sides else on_axis(row, Axis.HAPPINESS)


def margin(value: float | None) -> str:
    """Write a margin with its sign; rounding never makes it borderline, or not; nothing for null."""
    return "" if value is None else prose.score(value, edges=MARGIN_EDGES, signed=True)


SIDES = ("users_mean", "decision_maker_mean", "happiness_cut", "unhappy_side")
"""Columns that `divided` reads."""
HAPPINESS = ("happiness_score", "responses", "asked", *SIDES)
"""Columns that `happiness` reads."""


def divided(users: float | None, makers: float | None, cut: float | None, unhappy_side: str | None) -> str:
    """`users 12 / decision maker 94`, where they stand on different sides of the cut; else nothing."""
    if unhappy_side is None or users is None or makers is None:
        return ""
    return f"users {_rounded(users, cut)} / decision maker {_rounded(makers, cut)}"


def _rounded(mean: float, cut: float | None) -> str:
    """A mean without places, or with as many as keep it on its side of the cut."""
    edges = _SCORES if cut is None else (*_SCORES, cut)
    whole = round(mean)
    is_same = all((whole > edge, whole < edge) == (mean > edge, mean < edge) for edge in edges)
    return str(whole) if is_same else prose.score(mean, edges=edges)


PARTS = ("usage_parts", "usage_parts_possible", "usage_parts_lacking")
"""Columns that tell what a usage score rests on."""


def parts(row: Mapping[str, Any]) -> str:
    """`usage on 3 of 4 parts`, where an account lacks one that most of its tier have; else nothing."""
    return f"usage on {row['usage_parts']} of {row['usage_parts_possible']} parts" if row["usage_parts_lacking"] else ""


def remarks(row: Mapping[str, Any]) -> list[str]:
    """Say of an account what to know before trusting it."""
    # Without a score the reason has already said that nobody answered.
    quiet = row["silence"] if row["happiness_score"] is not None else None
    said = (
        row["unknown_reason"],
        "thin evidence" if row["evidence"] == Evidence.THIN else None,
        "stale answers" if quiet == Silence.STALE else quiet,
        parts(row),
        "new" if row["is_new"] else None,
    )
    return [remark.replace("_", " ") for remark in said if remark]
