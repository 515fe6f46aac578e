"""What the page says beside the accounts: signals over all of them, how far to trust the data, and the rules."""

from collections.abc import Sequence

import polars as pl

from csq.render import prose, wording
from csq.render.view.account import words
from csq.render.view.model import MissingFact, Quality, RulesSummary, Signals, Source, Told
from csq.report import Cut, Gap, Report, SignalTotal
from csq.terms import Aside, Axis, NoteKind, Severity

_NAMED = 3
"""Accounts that are named beside a signal."""
_SHOWN = 6
"""Signals to watch, and signals not judged, that are named; all that say act are."""


def gaps(report: Report) -> tuple[MissingFact, ...]:
    """What is not known; all that is known of no account together."""
    of_all = [gap for gap in report.gaps if gap.accounts == report.accounts.height]
    if len(of_all) > 1:
        text = "all accounts: " + "; ".join(gap.text for gap in of_all)
        rest = (gap for gap in report.gaps if gap not in of_all)
        return (*(_gap(report, gap) for gap in rest), _gap(report, of_all[0]._replace(text=text)))
    return tuple(_gap(report, gap) for gap in report.gaps)


def _gap(report: Report, gap: Gap) -> MissingFact:
    value = prose.total(gap.contract_value, report.currency) if report.weighted and gap.contract_value else ""
    return MissingFact(f"{gap.accounts:,}", value, gap.text)


def axes(report: Report) -> tuple[str, ...]:
    """Of how many accounts each axis is unknown; only what there is."""
    return tuple(f"{axis} unknown: {count:,}" for axis, count in _unknown(report).items())


def _unknown(report: Report) -> dict[Axis, int]:
    counts = {axis: int((report.accounts[f"{axis}_level"] == "unknown").sum()) for axis in Axis}
    return {axis: count for axis, count in counts.items() if count}


def signals(report: Report) -> Signals:
    """The signals that hold, and those that nobody could judge."""
    held = {severity: _ranked(report.signals, severity) for severity in Severity}
    shown = [*held[Severity.ACT], *held[Severity.WATCH][:_SHOWN]]
    rest = len(held[Severity.WATCH][_SHOWN:]) + len(held[Severity.INFO])
    more = f"and {rest:,} that say less; `-f json` has them all" if rest else ""
    return Signals(tuple(_told(report, total) for total in shown), more, _unjudged(report))


def _ranked(totals: Sequence[SignalTotal], severity: Severity) -> list[SignalTotal]:
    held = (total for total in totals if total.severity is severity and total.accounts)
    return sorted(held, key=lambda total: (-total.contract_value, -total.accounts, total.name))


def _told(report: Report, total: SignalTotal) -> Told:
    value = prose.total(total.contract_value, report.currency) if report.weighted and total.contract_value else ""
    return Told(total.severity, f"{total.accounts:,}", value, words(total.name), _whom(report, total))


def _whom(report: Report, total: SignalTotal) -> str:
    """The first accounts it holds for, by rank."""
    fired = report.fired.filter(pl.col("signal") == total.name)
    names = report.accounts[["account_id", "account_name"]]
    rows = names.join(fired, on="account_id", how="semi", maintain_order="left").head(_NAMED)
    named = rows.select(pl.coalesce("account_name", "account_id")).to_series().to_list()
    more = total.accounts - len(named)
    return ", ".join(named) + (f" and {more:,} more" if more > 0 else "")


def _unjudged(report: Report) -> str:
    """Those of all accounts together, then those of most accounts."""
    every = report.accounts.height
    of_all = [words(total.name) for total in report.signals if total.unjudged == every]
    some = sorted((each for each in report.signals if 0 < each.unjudged < every), key=lambda each: -each.unjudged)
    told = [f"{words(each.name)}, {each.unjudged:,} without {' or '.join(each.missing[:2])}" for each in some[:_SHOWN]]
    if len(some) > _SHOWN:
        told.append(f"and {len(some) - _SHOWN:,} more")
    return "; ".join(([f"of all accounts {', '.join(of_all)}"] if of_all else []) + told)


def quality(report: Report) -> Quality:
    """Files and the fates of their rows, and every note."""
    files = tuple(Source(str(each.role), each.label, wording.fate(each)) for each in report.sources)
    return Quality((_rows(report), _open(report)), files, tuple(wording.notes(report)))


def _rows(report: Report) -> str:
    """`8 files, 39,100 rows: 33,300 used, 5,868 set aside, 9 unmatched, 8 rejected`."""
    files = report.sources
    unmatched = sum(file.set_aside.get(Aside.UNMATCHED, 0) for file in files)
    fates = (
        (sum(file.used for file in files), "used"),
        (sum(sum(file.set_aside.values()) for file in files) - unmatched, "set aside"),
        (unmatched, "unmatched"),
        (sum(sum(file.rejected.values()) for file in files), "rejected"),
    )
    told = ", ".join(f"{number:,} {fate}" for number, fate in fates if number)
    return f"{prose.count(len(files), 'file')}, {prose.count(sum(f.read for f in files), 'row')}: {told or 'none used'}"


def _open(report: Report) -> str:
    """What is unknown, how much was noted, and what shows it."""
    warnings = sum(note.kind is NoteKind.WARNING for note in report.notes)
    counts = ((len(report.notes), "note"), (warnings, "warning"))
    noted = ", ".join(prose.count(number, noun) for number, noun in counts if number) or "no notes"
    unknown = ", ".join(f"{axis} {count:,}" for axis, count in _unknown(report).items())
    known = f"unknown: {unknown}" if unknown else "both axes known of all accounts"
    return f"{known}; {noted}: `csq check` or `-v`"


def rules(report: Report) -> RulesSummary:
    """Windows, cuts, settings and playbook."""
    told = (
        *(("Windows", str(window.axis), wording.days(window)) for window in report.windows),
        *(("High from", str(axis), wording.cuts(axis, report.cuts)) for axis in Axis),
        *([("Pinned on", "history", f"{report.pinned_on}; `--recut` takes them anew")] if report.pinned_on else []),
        ("Borderline", wording.BORDERLINE, wording.BORDERLINE_IS),
        ("Rules", "settings", report.settings_label),
        ("Rules", "playbook", report.playbook_label),
    )
    return RulesSummary(_brief(report), told, "" if report.is_pinned else report.pinned)


def _brief(report: Report) -> str:
    """`usage cut median of tier, happiness cut 70; settings built in, playbook playbooks.yaml`."""
    cuts = ", ".join(f"{axis} cut {_cut([cut for cut in report.cuts if cut.axis is axis])}" for axis in Axis)
    if report.pinned_on:
        cuts += f", pinned on {report.pinned_on}"
    return f"{cuts}; settings {report.settings_label}, playbook {report.playbook_label}"


def _cut(cuts: Sequence[Cut]) -> str:
    """Where high begins, in a word or two."""
    if not cuts:
        return "none"
    if len({cut.at for cut in cuts}) == 1:
        return f"{cuts[0].at:.1f}".removesuffix(".0")
    methods = sorted({cut.method.replace("_", " ") for cut in cuts if cut.method != "number"})
    return f"{' or '.join(methods)} of tier" if methods else "by tier"
