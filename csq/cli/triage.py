"""`csq triage`: the weekly run."""

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
) -> int:
    """Place every account and print what to do.

    Finds usage, csat and accounts in DIR by what stands in the files, or takes those that are named; without any it
    reads the working directory. The result goes to stdout or, with -o, to files. The page is one screen; -v prints
    everything. What was noticed on the way is counted on the page and told on stderr, or in full by -v.
    """
    return run(inputs, outputs, shown, method, faults, limits, alarm, speech)


def run(
    inputs: Inputs,
    outputs: Outputs,
    shown: Shown,
    method: Method,
    faults: Faults,
    limits: Limits,
    alarm: Alarm,
    speech: Speech,
) -> int:
    """Read, place and write; returns the exit code that the alarm asks for."""
    from csq.cli.fail_on import conditions, verdict
    from csq.cli.output import asked_for, deliver, speak, targets, write_rejects
    from csq.cli.quality import check_inputs
    from csq.cli.run import prepare, run_triage
    from csq.pipeline import report as report_of

    speak(speech)
    asked = conditions(alarm.fail_on)
    to = targets(outputs)
    ready = prepare(inputs, method, faults, limits, [target.path for target in to if target.path])
    write_rejects(ready.tables, faults)
    check_inputs(ready.tables, ready.max_rejects, faults)
    report = report_of(run_triage(ready))
    deliver(report, to, asked_for(shown, outputs, speech), speech)
    return verdict(asked, report, ready.tables)
