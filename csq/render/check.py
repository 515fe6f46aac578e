"""How the inputs were understood, as plain text: fields, conventions, the join, rows; and what exports are known."""

from collections.abc import Sequence

import polars as pl

from csq.pipeline import Checked
from csq.render.clean import clean_lines, short
from csq.render.terminal.layout import cells, fitted
from csq.render.wording import first_notes, reasons
from csq.report import Join, SourceFile, masked
from csq.sources.columns.presets import PRESETS, SHAPES
from csq.sources.finding.findings import Finding
from csq.suggest import first
from csq.terms import Aside, NoteKind, Role

_OF_NO_ACCOUNT = (Aside.UNMATCHED, Aside.AMBIGUOUS)
SHOWN_REJECTS = 10
"""Rejected rows and unreadable cells that are listed, of those there are."""


def is_clean(report: Checked) -> bool:
    """Whether every row was read, every cell understood and every key matched."""
    return not (
        report.rejects.height or report.faults.height or any(j.only_here_count or j.ambiguous for j in report.joins)
    )


def check_text(report: Checked, least: float, aliases: str, findings: Sequence[Finding] = ()) -> str:
    """The whole text, ending in a newline. Off a terminal or on one, no line is broken.

    Args:
        report: What was read.
        least: Share of a role's rows, 0-1, that must match an account in a run.
        aliases: The command that offers accounts for keys without one.
        findings: What each file of the folder was taken for.
    """
    as_of = f"as of {report.as_of}, {report.as_of_source}" if report.as_of else "no dates in the data"
    lines = [as_of, f"settings: {report.settings_label}; playbook: {report.playbook_label}", ""]
    lines += [*_folder(findings), ""] if findings else []
    for file in report.sources:
        lines += [*_file(file), ""]
    for join in report.joins:
        lines += [*_join(join, report.currency), ""]
    choices = [note.text for note in report.notes if note.kind in (NoteKind.CHOICE, NoteKind.WARNING)]
    lines += ["understood as", *(f"  {text}" for text in first_notes(choices)), ""]
    lines += _cells(report)
    lines += ["verdict", *(line for file in report.sources for line in _verdict(file, report, least, aliases))]
    return clean_lines(lines).rstrip("\n") + "\n"


def _folder(findings: Sequence[Finding]) -> list[str]:
    """What each file of the folder is used as, why, and what is open."""
    lines = ["found in the folder"]
    for found in findings:
        role = " and ".join(found.roles) or "not used"
        near = f"; it fits {found.runner_up} next" if found.runner_up else ""
        lines.append(f"  {found.label}: {role}, {'by ' if found.roles else ''}{found.why}{near}")
        lines += [f"    open: {question}" for question in found.open]
    return lines


def _file(file: SourceFile) -> list[str]:
    grain = f" ({file.grain})" if file.grain else ""
    width = max((cells(header) for header, _ in file.columns), default=0)
    lines = [f"{file.role}: {file.label}{grain}"]
    lines += [f"  {fitted(header, width)}  -> {field}" for header, field in file.columns]
    if file.unused:
        lines.append(f"  not used: {short(first(file.unused))}")
    lines.append(f"  {file.read:,} rows read = {file.used:,} used{_counts(file)}")
    return lines


def _counts(file: SourceFile) -> str:
    told = (("set aside", file.set_aside), ("rejected", file.rejected))
    return "".join(
        f" + {sum(rows.values()):,} {what}" + (f" ({', '.join(reasons(rows))})" if rows else "") for what, rows in told
    )


def _join(join: Join, currency: str | None) -> list[str]:
    money = f"{join.absent_value:,.0f}{f' {currency}' if currency else ''}"
    other = f"; the next best is {join.runner_up}, {join.runner_up_rows:,} rows" if join.runner_up else ""
    aliases = f", {join.aliased:,} of them by an alias" if join.aliased else ""
    lines = [
        f"{join.role} joined to accounts by {join.key}{other}",
        f"  {join.matched:,} of {join.rows:,} rows match{aliases}, for {join.accounts:,} accounts",
        f"  {join.absent_accounts:,} accounts without a row, worth {money} a year",
        f"  {join.only_here_count:,} keys among no account"
        + (f": {', '.join(join.only_here)}" if join.only_here else ""),
    ]
    if join.ambiguous:
        lines.append(f"  {join.ambiguous:,} keys fit more than one account")
    return lines


def _cells(report: Checked) -> list[str]:
    """The first rejected rows and unreadable cells, each with its place."""
    lines = []
    for title, frame in (("rejected rows", report.rejects), ("unreadable cells, taken as unknown", report.faults)):
        if frame.height:
            lines.append(f"{title}: {frame.height:,}")
            for row in frame.head(SHOWN_REJECTS).iter_rows(named=True):
                value = "" if row["value"] is None else f" `{masked(row['value'])}`"
                lines.append(f"  {row['file']}:{row['line']} {row['column']}{value}: {row['reason']}")
            if frame.height > SHOWN_REJECTS:
                lines.append(f"  and {frame.height - SHOWN_REJECTS:,} more")
            lines.append("")
    return lines


def _verdict(file: SourceFile, report: Checked, least: float, aliases: str) -> list[str]:
    """What a file is used as, how far it can be trusted, and what is open."""
    grain = f" ({file.grain})" if file.grain else ""
    return [
        f"  {file.label}: used as {file.role}{grain}",
        f"    trust: {_trust(file, report, least)}",
        f"    open: {'; '.join(_open(file, report, aliases)) or 'nothing'}",
    ]


def _trust(file: SourceFile, report: Checked, least: float) -> str:
    lost = sum(file.rejected.values()) + sum(file.set_aside.get(reason, 0) for reason in _OF_NO_ACCOUNT)
    join = next((join for join in report.joins if join.role is file.role), None)
    kept = f"{file.read - lost:,} of {file.read:,} rows are understood"
    if join and join.rows and join.matched < least * join.rows:
        return f"low, {kept}, and under {least:.0%} of {file.role} match an account, so that a run stops"
    return f"{'partial' if lost else 'full'}, {kept}" if file.read else "none, it has no rows"


def _open(file: SourceFile, report: Checked, aliases: str) -> list[str]:
    """What a person has to settle about a file."""
    keys = sum(file.set_aside.get(reason, 0) for reason in _OF_NO_ACCOUNT)
    offer = f": `{aliases}` offers some" if any(each.role is Role.ACCOUNTS for each in report.sources) else ""
    told = {
        f"of no single account{offer}": keys,
        "rejected: `--rejects FILE` lists them": sum(file.rejected.values()),
    }
    found = [f"{count:,} {'row' if count == 1 else 'rows'} {what}" for what, count in told.items() if count]
    if cells := report.faults.filter(pl.col("file") == file.label).height:
        found.append(f"{cells:,} unreadable {'cell' if cells == 1 else 'cells'}")
    unsure = [scale for scale in report.scales if file.label in scale.files and scale.others]
    found += [f"the scale of `{each.header}`, {each.scale} or {' or '.join(each.others)}" for each in unsure]
    return found


def exports_text() -> str:
    """Every preset with its headers, by role, and the exports that need none."""
    lines = ["Exports known by these headers, in whatever order; other columns may stand among them:"]
    for role in Role:
        for preset in (preset for preset in PRESETS if preset.role is role):
            lines += ["", f"{preset.name} (--{role})", f"  {', '.join(preset.headers)}"]
            lines += [f"  {text}" for text in (preset.note, preset.hint) if text]
    lines += ["", "Exports known by their shape, or by the names that any export may use:", ""]
    lines += [f"{name}: {shape}" for name, shape in SHAPES.items()]
    return "\n".join(lines) + "\n"
