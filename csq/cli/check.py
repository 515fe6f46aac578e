"""`csq check`: read and validate only."""

from csq.cli.options import Inputs, Method, Speech, expanded

EXAMPLES = """\b
Examples:
  csq check exports
  csq check --csat survey.csv --csat-scale 1-5
"""


@expanded
def check(inputs: Inputs, speech: Speech) -> int:
    """Read and validate the exports, and say how they were understood.

    Prints which header became which field, the scales and conventions found, how the keys met the accounts, and the
    fate of every row. Exit 1 when a row is rejected, a cell unreadable or a key unmatched.
    """
    from csq.cli import emit
    from csq.cli.output import speak
    from csq.cli.run import prepare
    from csq.errors import Exit
    from csq.pipeline import triage
    from csq.render.check import check_text, is_clean

    speak(speech)
    # Keys that meet nobody are what check is asked about, so they do not stop it.
    run = prepare(inputs, Method(min_match="0"))
    report = triage(run.tables, run.settings, run.playbook, as_of=run.as_of)
    emit.to_stdout(check_text(report).encode())
    return Exit.OK if is_clean(report) else Exit.FOUND
