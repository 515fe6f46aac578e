"""`csq movers`: what changed since the last snapshot, or between two of them."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from csq.cli.options import SHOW, Faults, Inputs, Limits, Method, Outputs, Speech, Text, Whole, expanded, option
from csq.errors import InputError, UsageError
from csq.suggest import in_shell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csq.history.store import History
    from csq.moves import Moves

EXAMPLES = """\b
Examples:
  csq movers exports --history history
  csq movers --history history --weeks 8
  csq movers exports --history history --since 2026-10-05 -o movers.html
"""


@expanded
def movers(
    inputs: Inputs,
    method: Method,
    limits: Limits,
    outputs: Outputs,
    speech: Speech,
    *,
    since: Annotated[
        Text, option("DATE", "Compare with the newest snapshot up to this day, else with the last", panel=SHOW)
    ] = None,
    weeks: Annotated[
        Whole, option("N", "Show each quadrant over the last N weeks as well", min=1, max=5200, panel=SHOW)
    ] = None,
) -> None:
    """Say who moved since the last snapshot, from where to where, and why; who is new, who left, what that is worth.

    Of the exports in DIR it says what moved since the last snapshot before their day; without exports it compares the
    last two snapshots. Every move has one cause: usage or happiness crossed, data appeared or went missing, the line
    moved, or it is measured differently. Nothing is kept.
    """
    from csq.cli.output import in_formats, put, speak, targets
    from csq.render.movers import render_movers

    speak(speech)
    to = targets(outputs)
    told, written = _day(since), [each.path for each in to if each.path]
    if inputs.directory is not None or any(inputs.files.values()):
        moves, currency = _of_exports(inputs, method, limits, told, written)
    else:
        moves, currency = _kept(method, inputs, told, weeks, written)
    put(in_formats(to, outputs, speech, partial(render_movers, moves, weeks=weeks, currency=currency)), speech)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise UsageError(f"`--since {text}` is not a date", hint="write it as 2026-11-16") from None


def _of_exports(
    inputs: Inputs, method: Method, limits: Limits, since: date | None, outputs: "Sequence[Path]"
) -> "tuple[Moves, str | None]":
    """The moves from a snapshot to what stands in exports, which no output may replace."""
    from csq.cli.keep import day_of, remembered
    from csq.cli.run import prepare_checked, run_triage
    from csq.pipeline import report as report_of

    run = prepare_checked(inputs, method, Faults(), limits, outputs, needs_history=True)
    assert run.memory is not None
    found = run_triage(run)
    day = day_of(found)
    earlier = tuple(each for each in run.memory.history.days if each < day)
    last = _last(run.memory.history, earlier, since, f"before {day}")
    report = remembered(report_of(found), found, run.memory, last)
    assert report.moves is not None
    return report.moves, report.currency


def _kept(
    method: Method, inputs: Inputs, since: date | None, weeks: int | None, outputs: "Sequence[Path]"
) -> "tuple[Moves, str | None]":
    """The moves between two snapshots: the last, and the one before it or that of `since`."""
    from csq.cli.places import check_targets
    from csq.cli.run import no_history
    from csq.history.past import moves_between, past_of
    from csq.history.store import open_history
    from csq.settings.load import find_settings, load_settings

    told = Path(method.history) if method.history else None
    if told is None:
        config = Path(inputs.config) if inputs.config else None
        told = load_settings(find_settings(config, None, Path())).history
    if told is None:
        raise no_history()
    check_targets(outputs, [*told.rglob("*")], [])
    history = open_history(told)
    if not history.days:
        raise InputError(f"the history `{told}` has no snapshot", hint="`csq triage` with `--history` keeps one a day")
    newest = history.days[-1]
    last = _last(history, history.days[:-1], since, f"before that of {newest}")
    before, after = history.load(last), history.load(newest)
    past = past_of(history.places(history.days)) if weeks else ()
    currencies = after.standing.accounts["currency"].drop_nulls().unique().to_list()
    moves = moves_between(before.standing, after.standing, is_filled=before.is_filled, past=past)
    return moves, currencies[0] if len(currencies) == 1 else None


def _last(history: "History", days: tuple[date, ...], since: date | None, which: str) -> date:
    """The newest of the days, up to `since` where that is told. Raises InputError or UsageError when there is none."""
    if not days:
        command = f"csq history fill DIR --history {in_shell(str(history.folder))}"
        fill = f"`{command}` places the same exports as of earlier weeks"
        raise InputError(f"the history `{history.folder}` has no snapshot {which}", hint=fill)
    last = max((day for day in days if since is None or day <= since), default=None)
    if last is None:
        raise UsageError(f"no snapshot is as old as `--since {since}`", hint=f"the first is of {days[0]}")
    return last
