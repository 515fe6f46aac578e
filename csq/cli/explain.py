"""`csq explain`: everything behind one account."""

from typing import Annotated

import typer

from csq.cli import diagnostics, emit, pager
from csq.cli.options import SHOW, Faults, Inputs, Limits, Method, Speech, expanded, option
from csq.errors import UsageError

EXAMPLES = """\b
Examples:
  csq explain A-1044 exports
  csq explain "Acme Ltd" exports --as-of 2026-11-16
  csq explain acme --usage usage.csv --csat survey.csv -f json
"""

_FORMATS = ("text", "json")


@expanded
def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Id, name, or an unambiguous part of either")],
    inputs: Inputs,
    method: Method,
    limits: Limits,
    speech: Speech,
    *,
    output_format: Annotated[str, option("FORMAT", "text or json", "-f", "--format", panel=SHOW)] = "text",
) -> None:
    """Explain one account, so that each number can be redone in a spreadsheet.

    Shows the lines it was read from, both scores part by part, how far it is from each cut, the signals that hold and
    those nobody could judge, the play step by step, and all that is on record. It names people; share it with care. Of
    an account that the triage leaves out it says why; as of an earlier day, one that has left since is told as it was.
    """
    from csq.cli.output import screen, speak
    from csq.cli.run import prepare_checked, run_triage
    from csq.explain.build import explain as explain_account
    from csq.explain.build import left_out
    from csq.known import with_who_left_later
    from csq.pipeline import report
    from csq.render.explain import as_json, as_text, aside_as_json, aside_as_text
    from csq.render.options import Options
    from csq.render.view import accounts

    if output_format not in _FORMATS:
        raise UsageError(f"no format `{output_format}`", hint=f"choose from {', '.join(_FORMATS)}")
    speak(speech)
    run = prepare_checked(inputs, method, Faults(), limits)
    if inputs.as_of is not None and run.as_of.day:  # who has left since was there then
        run = run._replace(tables=with_who_left_later(run.tables, run.as_of.day))
    found = run_triage(run)
    if aside := left_out(found, account):
        emit.to_stdout(aside_as_json(aside) if output_format == "json" else aside_as_text(aside))
        return
    explanation = explain_account(found, account)
    if run.memory is not None:
        from csq.cli.keep import with_deferred

        mine = with_deferred(found.accounts, found, run.memory).filter(account_id=explanation.account_id)
        explanation = explanation._replace(next_step=mine["next_step"][0])
    for scale in found.scales:
        diagnostics.note(scale.text)
    if output_format == "json":
        emit.to_stdout(as_json(explanation))
        return
    whole, on = report(found), screen(Options(), speech)
    (words,) = accounts(whole, whole.accounts.filter(account_id=explanation.account_id))
    pager.show(as_text(explanation, words, width=on.width, colour=on.colour), wanted=not speech.no_pager)
