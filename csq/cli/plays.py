"""`csq plays`: what was planned, what of it was done, and where those accounts stood later."""

from functools import partial
from typing import Annotated

from csq.cli.options import SHOW, Faults, Inputs, Limits, Method, Outputs, Speech, Whole, expanded, option
from csq.errors import InputError
from csq.terms import Role

EXAMPLES = """\b
Examples:
  csq plays exports --history history
  csq plays exports --history history --weeks 26 -o plays.csv
"""


@expanded
def plays(
    inputs: Inputs,
    method: Method,
    limits: Limits,
    outputs: Outputs,
    speech: Speech,
    *,
    weeks: Annotated[
        Whole, option("N", "Look at the last N weeks of the history, else at all", min=1, max=5200, panel=SHOW)
    ] = None,
) -> None:
    """Say of each play and step how often it was planned and done, and where its accounts stood later.

    What was planned stands in the history, what was done in the events of the exports. Accounts for which a step was
    done are set beside those for which it was not, 4, 8 and 12 weeks later, by tier and segment; under 10 it says too
    few. It claims no cause. Nothing is kept.
    """
    from csq.backtest.decisions import own_rows
    from csq.backtest.plays import OF_ACCOUNTS
    from csq.backtest.plays import plays as count_plays
    from csq.cli.output import in_formats, put, speak, targets
    from csq.cli.run import prepare_checked
    from csq.history.past import accounts_of_weeks
    from csq.render.plays import render_plays

    speak(speech)
    to = targets(outputs)
    run = prepare_checked(inputs, method, Faults(), limits, [each.path for each in to if each.path], needs_history=True)
    events = run.tables.roles.get(Role.EVENTS)
    told = own_rows(events) if events is not None else None
    assert run.memory is not None
    history = run.memory.history
    if not history.days:
        told_so = f"the history `{history.folder}` has no snapshot"
        raise InputError(told_so, hint="`csq triage` with `--history` keeps one, and `csq history fill` earlier weeks")
    stood = accounts_of_weeks(history, OF_ACCOUNTS)
    found = count_plays(stood, told, run.playbook.playbook, weeks)
    put(in_formats(to, outputs, speech, partial(render_plays, found)), speech)
