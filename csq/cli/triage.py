"""`csq triage`: the weekly run."""

from typing import Annotated

import typer

from csq.cli.options import Alarm, Faults, Inputs, Limits, Method, Outputs, Shown, Speech, expanded

EXAMPLES = """\b
Examples:
  csq triage exports
  csq triage --usage usage.csv --csat survey.csv --as-of 2026-11-16
  csq triage exports --owner "Dana Reyes" -f csv | head
  csq triage exports -o week.csv --fail-on "at_risk_contract_value > 500000" --fail-on "data_age_days > 8"
"""


@expanded
def triage(
    inputs: Inputs,
    outputs: Outputs,
    shown: Shown,
    method: Method,
    faults: Faults,
    limits: Limits,
    alarm: Alarm,
    speech: Speech,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put this run in the place of one of its day, in the history")
    ] = False,
) -> int:
    """Place every account and print what to do.

    Finds usage, csat and accounts in DIR by what stands in the files, or takes those that are named; without any it
    reads the working directory. The result goes to stdout or, with -o, to files. The page is one screen; -v prints
    everything. What was noticed on the way is counted on the page and told on stderr, or in full by -v.
    """
    return run(inputs, method, faults, limits, alarm, outputs, shown, speech, keeps=True, replace=replace)


def run(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits,
    alarm: Alarm,
    outputs: Outputs,
    shown: Shown,
    speech: Speech,
    *,
    keeps: bool = False,
    replace: bool = False,
) -> int:
    """Read, place, write, and keep a snapshot if there is a history; returns the exit code that the alarm asks for."""
    from csq.cli.fail_on import conditions, verdict
    from csq.cli.output import asked_for, check_room, deliver, speak, targets, write_rejects
    from csq.cli.quality import check_inputs
    from csq.cli.run import measured, prepare, report_of, run_triage

    speak(speech)
    asked = conditions(alarm.fail_on)
    to = targets(outputs)
    replaced = [target.path for target in to if target.path]
    ready = prepare(inputs, method, faults, limits, replaced)
    check_room(to, ready.tables, shown)
    if replaced:
        from csq.cli.done import refuse_unread

        refuse_unread(ready, replaced)
    write_rejects(ready.tables, faults)
    check_inputs(ready.tables, ready.max_rejects, faults)
    facts, ready = measured(ready)
    found = run_triage(ready, facts)
    del facts
    report, keep = report_of(ready, found), None
    if keeps and ready.memory is not None:
        from csq.cli.keep import Keep, taken

        keep = Keep(ready.memory.history, taken(found, ready.memory), replace)
    del found  # what stands behind a report takes more memory than all that is written of it
    deliver(report, to, asked_for(shown, outputs, speech), speech, keep=keep)
    return verdict(asked, report, ready.tables)
