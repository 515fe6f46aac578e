"""`csq plan`: what to do this week, owner by owner."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from csq.cli import diagnostics
from csq.cli.options import (
    MOST,
    SHOW,
    Alarm,
    Faults,
    Inputs,
    Limits,
    Method,
    Outputs,
    Speech,
    Texts,
    Whole,
    expanded,
    option,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csq.cli.folder import OwnerFiles
    from csq.cli.output import Target
    from csq.cli.run import Run
    from csq.render import Format, Options
    from csq.report import Report

EXAMPLES = """\b
Examples:
  csq plan exports
  csq plan exports --owner "Dana Reyes"
  csq plan exports -o plans/               one file per owner
  csq plan exports -o week.xlsx --fail-on "left_out > 20"
"""


@expanded
def plan(
    inputs: Inputs,
    outputs: Outputs,
    method: Method,
    faults: Faults,
    limits: Limits,
    alarm: Alarm,
    speech: Speech,
    *,
    owner: Annotated[Texts, option("NAME", "This owner's week only, or `unassigned`; may repeat", panel=SHOW)] = None,
    top: Annotated[
        Whole, option("N", "At most N accounts: per owner on a page, else overall", min=0, max=MOST, panel=SHOW)
    ] = None,
    fields: Annotated[Texts, option("A,B", "Columns to add in machine formats", panel=SHOW)] = None,
) -> int:
    """Print the week: per owner whom to turn to, why, the next step, and how long it takes.

    The hours of `capacity:` in csq.yaml say where a week ends; without them the whole order of work is listed. What a
    tool can do stands apart. `-o DIR/` writes one file per owner, Markdown unless --format says otherwise, and removes
    those of owners who are gone.
    """
    from csq.cli.fail_on import conditions, verdict
    from csq.cli.folder import is_folder, refuse_inputs
    from csq.cli.output import field_names, speak, targets
    from csq.cli.run import given, prepare_checked, report_of, run_triage
    from csq.render import Options, Selection
    from csq.render.plan import FIELDS

    speak(speech)
    asked = conditions(alarm.fail_on)
    folders = [Path(name) for name in outputs.output or () if is_folder(name)]
    files = [name for name in outputs.output or () if not is_folder(name)]
    to = targets(outputs._replace(output=files)) if files or not folders else ()
    told = targets(outputs._replace(output=None))[0].format if outputs.output_format and folders else None
    for folder in folders:
        refuse_inputs(folder, given(inputs))
    run = prepare_checked(inputs, method, faults, limits, [target.path for target in to if target.path])
    report = report_of(run, run_triage(run))
    options = Options(
        selection=Selection(planned=True, desk=tuple(owner or ()), top=top),
        fields=(*FIELDS, *field_names(fields)),
        raw=outputs.raw,
        excel=outputs.excel,
        whole=speech.verbose,
    )
    _write(run, report, to, [_fill(report, folder, told, options) for folder in folders], options, speech)
    return verdict(asked, report, run.tables)


def _write(
    run: "Run",
    report: "Report",
    to: "Sequence[Target]",
    filled: "Sequence[OwnerFiles]",
    options: "Options",
    speech: Speech,
) -> None:
    """Write the plan to its targets and a file per owner into each folder, over no tick that is not on record."""
    from csq.cli.done import refuse_unread
    from csq.cli.output import deliver
    from csq.render.plan import render_plan

    places = [target.path for target in to if target.path] + [path for each in filled for path, _ in each.files]
    refuse_unread(run, [*places, *(each.path / name for each in filled for name in each.stale)])
    deliver(report, to, options, speech, made=render_plan, also=[file for each in filled for file in each.files])
    for each in filled:
        each.tidy()
        gone = f"; removed {', '.join(each.stale)}" if each.stale else ""
        diagnostics.note(f"{len(each.files) - 1:,} files in `{each.path}`{gone}")


def _fill(report: "Report", folder: Path, told: "Format | None", options: "Options") -> "OwnerFiles":
    """One file per owner. A plan of some owners leaves the files of the others alone."""
    from csq.cli.folder import fill, slugs, suffix_of
    from csq.render import Format
    from csq.render.plan import plans_by_owner

    format = told or Format.MARKDOWN
    # All owners have a say in the names, so that `--owner` writes the file that the whole plan would.
    names = slugs(week.owner for week in report.weeks)
    pages = plans_by_owner(report, format, options)
    files = {f"{names[owner]}{suffix_of(format)}": data for owner, data in pages}
    return fill(folder, files, is_all=not options.selection.desk)
