"""How the inputs were understood, as plain text: fields, conventions, the join, rows; and what exports are known."""

from collections.abc import Sequence

from csq.render.clean import clean_lines
from csq.render.wording import reasons
from csq.report import Join, Report, SourceFile, masked
from csq.sources.findings import Finding
from csq.sources.presets import PRESETS, SHAPES
from csq.terms import NoteKind, Role

SHOWN_REJECTS = 10
"""Rejected rows and unreadable cells that are listed, of those there are."""


def is_clean(report: Report) -> bool:
    """Whether every row was read, every cell understood and every key matched."""
    return not (
        report.rejects.height or report.faults.height or any(j.only_here_count or j.ambiguous for j in report.joins)
    )


def check_text(report: Report, findings: Sequence[Finding] = ()) -> str:
    """The whole text, ending in a newline. Off a terminal or on one, nothing is cut.

    Args:
        report: What a run found.
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
    lines += ["understood as", *(f"  {text}" for text in choices), ""]
    lines += _cells(report)
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
    width = max((len(header) for header, _ in file.columns), default=0)
    lines = [f"{file.role}: {file.label}{grain}"]
    lines += [f"  {header:<{width}}  -> {field}" for header, field in file.columns]
    if file.unused:
        lines.append(f"  not used: {', '.join(file.unused)}")
    lines.append(f"  {file.read:,} rows read = {file.used:,} used{_counts(file)}")
    return lines


def _counts(file: SourceFile) -> str:
    told = (("set aside", file.set_aside), ("rejected", file.rejected))
    return "".join(
        f" + {sum(rows.values()):,} {what}" + (f" ({', '.join(reasons(rows))})" if rows else "") for what, rows in told
    )


def _join(join: Join, currency: str | None) -> list[str]:
    money = f"{join.absent_value:,.0f}{f' {currency}' if currency else ''}"
    lines = [
        f"{join.role} joined to accounts by {join.key}",
        f"  {join.matched:,} of {join.rows:,} rows match, for {join.accounts:,} accounts",
        f"  {join.absent_accounts:,} accounts without a row, worth {money} a year",
        f"  {join.only_here_count:,} keys among no account"
        + (f": {', '.join(join.only_here)}" if join.only_here else ""),
    ]
    if join.ambiguous:
        lines.append(f"  {join.ambiguous:,} keys fit more than one account")
    return lines


def _cells(report: Report) -> list[str]:
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
