"""`csq check`: read and validate only."""

from typing import Annotated

import typer

from csq.cli.options import Faults, Inputs, Method, Speech, expanded

EXAMPLES = """\b
Examples:
  csq check exports
  csq check --csat survey.csv --csat-scale 1-5
  csq check --formats
"""

Formats = Annotated[bool, typer.Option("--formats", help="List the exports that are known, with their headers")]


@expanded
def check(inputs: Inputs, faults: Faults, speech: Speech, *, formats: Formats = False) -> int:
    """Read and validate the exports, and say how they were understood.

    Prints which header became which field, the scales and conventions found, how the keys met the accounts, and the
    fate of every row. Exit 1 when a row is rejected, a cell unreadable or a key unmatched.
    """
    from csq.cli import emit
    from csq.cli.output import speak, write_rejects
    from csq.cli.quality import check_strict
    from csq.cli.run import prepare
    from csq.errors import Exit
    from csq.pipeline import triage
    from csq.render.check import check_text, exports_text, is_clean

    speak(speech)
    if formats:
        emit.to_stdout(exports_text().encode())
        return Exit.OK
    # Keys that meet nobody and rows that cannot be read are what check is asked about, so they do not stop it.
    run = prepare(inputs, Method(), faults, None)
    write_rejects(run.tables, faults)
    report = triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    emit.to_stdout(check_text(report, run.tables.findings).encode())
    if faults.strict:
        check_strict(run.tables)
    return Exit.OK if is_clean(report) else Exit.FOUND
