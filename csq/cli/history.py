"""`csq history`: a past on the first day."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

from csq.cli import diagnostics, emit
from csq.cli.options import Command, Faults, Inputs, Limits, Method, Speech, application, expanded, option
from csq.errors import InputError
from csq.terms import Role

if TYPE_CHECKING:
    from csq.cli.run import Run
    from csq.history.pins import Pins
    from csq.pipeline import Triage

app = application("Look after the history: the snapshots that each triage keeps.")

EXAMPLES = """\b
Examples:
  csq history fill exports --history history
  csq history fill exports --weeks 26 --history history
"""


def fill(
    inputs: Inputs,
    method: Method,
    limits: Limits,
    speech: Speech,
    *,
    weeks: Annotated[int, option("N", "How many weeks to go back, 1-520", min=1, max=520)] = 12,
) -> None:
    """Place the same exports as of each earlier week, so that the first run already tells who moved.

    Rows that are dated later are not known then. What has no date, such as contract value, seats and owner, is taken as
    it stands. All weeks are placed by today's tiers, cuts and references, so that only customers move. A week whose
    usage the exports do not reach back to is left out; one that a triage has kept stays as it is. What is filled says
    so, and a triage of that day takes its place.
    """
    from csq.cli.keep import day_of, files_of, taken
    from csq.cli.lock import locked
    from csq.cli.output import speak
    from csq.cli.run import prepare_checked, run_triage
    from csq.history.fill import UNDATED, earlier_weeks
    from csq.history.pins import pins_of

    speak(speech)
    run = prepare_checked(inputs, method, Faults(), limits, needs_history=True)
    assert run.memory is not None
    today, memory = run_triage(run), run.memory
    day = day_of(today)
    pins = pins_of(today, memory.asked, memory.pins, day)
    history, asked = memory.history, earlier_weeks(day, weeks)
    kept = {each for each in asked if each in history.days and not history.load(each).is_filled}
    filled, left_out = [], []
    for each in (each for each in asked if each not in kept):
        try:
            filled.append(taken(_placed(each, run, pins, inputs, method), memory._replace(pins=pins), is_filled=True))
        except InputError as error:
            left_out.append((each, error.message))
    if not filled and left_out:
        told = f"no week before {day} can be filled: {left_out[-1][1]}"
        raise InputError(told, hint="export a longer past, or ask for fewer weeks")
    with locked(history.folder), files_of(history.folder, filled) as files:
        emit.to_files(files, private=[path for path, _ in files])
    if filled:
        first, last = filled[0].as_of, filled[-1].as_of
        count = "1 week" if len(filled) == 1 else f"{len(filled):,} weeks"
        diagnostics.note(f"filled {count}, {first} to {last}, in `{history.folder}`")
        diagnostics.note(f"{UNDATED} have no date: they are taken as they stand today")
    if kept:
        diagnostics.note(f"left as they are, since a triage kept them: {', '.join(map(str, sorted(kept)))}")
    if left_out:
        diagnostics.warning(f"left out {left_out[0][0]} to {left_out[-1][0]}: {left_out[-1][1]}")


app.command(name="fill", cls=Command, epilog=EXAMPLES)(expanded(fill))


def _placed(day: date, run: "Run", pins: "Pins", inputs: Inputs, method: Method) -> "Triage":
    """The exports as of a day. A log that was counted as it was read is counted anew for it."""
    from csq.cli.run import prepare
    from csq.history.fill import place_on

    assert run.memory is not None
    tables = run.tables
    rows = tables.roles.get(Role.USAGE)
    if rows is not None and rows.counts is not None:
        tables = prepare(inputs._replace(as_of=day.isoformat()), method, Faults(), None).tables
    asked = run.settings._replace(settings=run.memory.asked)
    return place_on(day, tables, asked, run.playbook, pins)
