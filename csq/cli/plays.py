"""`csq plays`: what was planned, what of it was done, and where those accounts stood later."""

from typing import TYPE_CHECKING, Annotated

from csq.cli.options import SHOW, Inputs, Limits, Method, Outputs, Speech, Whole, expanded, option

if TYPE_CHECKING:
    import polars as pl

    from csq.history.store import History

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
    from csq.backtest.plays import plays as count_plays
    from csq.cli.options import Faults, Shown
    from csq.cli.output import asked_for, put, screen, speak, targets
    from csq.cli.quality import check_inputs
    from csq.cli.run import prepare
    from csq.errors import InputError, UsageError
    from csq.render.plays import render_plays
    from csq.terms import Role

    speak(speech)
    to = targets(outputs)
    run = prepare(inputs, method, Faults(), limits, [target.path for target in to if target.path])
    if run.memory is None:
        raise UsageError("no history is named", hint="`--history DIR`, or `history: DIR` in csq.yaml")
    check_inputs(run.tables, run.max_rejects, Faults())
    events = run.tables.roles.get(Role.EVENTS)
    history = run.memory.history
    told = own_rows(events) if events is not None else None
    if not history.days:
        told_so = f"the history `{history.folder}` has no snapshot"
        raise InputError(told_so, hint="`csq triage` with `--history` keeps one, and `csq history fill` earlier weeks")
    found = count_plays(_weeks(history), told, run.playbook.playbook, weeks)
    options = asked_for(Shown(), outputs, speech)
    on_screen = screen(options, speech)
    put([(each, render_plays(found, each.format, options if each.path else on_screen)) for each in to], speech)


def _weeks(history: "History") -> "pl.DataFrame":
    """Every week of a history."""
    import polars as pl

    from csq.backtest.plays import WEEK
    from csq.history.standing import completed

    frames = []
    for snapshot in map(history.load, history.days):
        own = completed(snapshot.standing.accounts).with_columns(
            as_of=pl.lit(snapshot.as_of), is_filled=pl.lit(snapshot.is_filled)
        )
        frames.append(own.select(pl.col(name).cast(dtype) for name, dtype in WEEK.items()))
    return pl.concat(frames)
