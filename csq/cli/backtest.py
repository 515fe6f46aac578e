"""`csq backtest`: the placing of earlier days held against what became of the accounts."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from csq.cli import diagnostics
from csq.cli.options import MEASURE, Faults, Inputs, Limits, Method, Outputs, Speech, expanded, option

if TYPE_CHECKING:
    import polars as pl

    from csq.backtest.model import Backtest
    from csq.cli.run import Run

EXAMPLES = """\b
Examples:
  csq backtest exports
  csq backtest exports --outcomes renewals.csv --horizon 180
  csq backtest exports -o backtest.xlsx -o backtest.html
"""


@expanded
def backtest(
    inputs: Inputs,
    method: Method,
    limits: Limits,
    outputs: Outputs,
    speech: Speech,
    *,
    horizon: Annotated[
        int, option("DAYS", "Days before each outcome on which the account is placed", min=1, max=3660, panel=MEASURE)
    ] = 90,
) -> None:
    """Say whether usage or happiness told more of who was lost, on the outcomes that you have.

    Every account is placed as of --horizon days before each of its outcomes, from rows dated by then and from the
    history where it has a snapshot of that week. Shows what became of each quadrant, how well usage, happiness and
    other orders told the lost from the kept, signals and steps among both, and whom nobody saw coming. Under 30 losses
    no order is judged. It gives no account a probability, and claims no cause.
    """
    from csq.backtest.build import backtest as hold_against
    from csq.cli.output import in_formats, put, speak, targets
    from csq.cli.run import prepare_checked
    from csq.render.backtest import render_backtest

    speak(speech)
    to = targets(outputs)
    run = prepare_checked(inputs, method, Faults(), limits, [each.path for each in to if each.path], whole=True)
    found = hold_against(
        run.tables,
        run.settings,
        run.playbook,
        horizon=horizon,
        as_of=run.options.as_of,
        today=run.options.run_day,
        snapshots=_snapshots(run),
    )
    rendered = in_formats(to, outputs, speech, partial(render_backtest, found))
    _narrate(found)
    put(rendered, speech)


def _snapshots(run: "Run") -> "pl.DataFrame | None":
    """Where the accounts stood in the triages that the history keeps; what was filled in afterwards is no better."""
    if run.memory is None or not run.memory.history.days:
        return None
    from csq.backtest.build import FROM_SNAPSHOT
    from csq.history.past import accounts_of_weeks

    weeks = accounts_of_weeks(run.memory.history, ["account_id", *FROM_SNAPSHOT])
    return weeks.filter(~weeks["is_filled"]).drop("is_filled").rename({"as_of": "snapshot_on"})


def _narrate(found: "Backtest") -> None:
    """Say what was left out, and what to be wary of."""
    if found.later:
        told = f"left out {found.later:,} rows dated after the day their account is placed on"
        diagnostics.note(f"{told}: what came later was not known")
    for told in found.disputed:
        diagnostics.warning(told)
    for leak in found.leaks:
        told = f"`{leak.fact}` separates the lost perfectly ({leak.how})"
        diagnostics.warning(f"{told}: it was likely written after they had left")
