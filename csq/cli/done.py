"""`csq done`: what became of the planned steps, told here or read back from where people ticked them off."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from csq.cli import diagnostics, emit
from csq.cli.options import Faults, Inputs, Method, Speech, Text, Texts, expanded, option
from csq.errors import InputError, OutputError, TooBigError, UsageError
from csq.suggest import in_shell, unknown_name
from csq.terms import Tick

if TYPE_CHECKING:
    from csq.cli.run import Run
    from csq.done.record import Record, TickDefaults
    from csq.done.ticks import Ticks
    from csq.pipeline import Triage
    from csq.planned import PlannedStep
    from csq.playbook.model import Step

EXAMPLES = """\b
Examples:
  csq done acme --data exports                 the next step that triage shows
  csq done acme case_study --data exports --by Dana --note "they will think about it"
  csq done acme find_cause --data exports --cause too_hard
  csq done --from week.xlsx --data exports     what is ticked in the workbook
  csq done --from plans/ --data exports        what is ticked in the checklists
"""
EVENTS = "csq-events.csv"
"""The record beside the exports, where csq.yaml names no other."""


class _Known(NamedTuple):
    """What ticks are held against."""

    keys: Mapping[str, str]
    """By account as outputs show it the key that the exports have: an address shows as a code."""
    steps: "Mapping[str, Step]"


@expanded
def done(
    speech: Speech,
    account: Annotated[
        Text, typer.Argument(metavar="ACCOUNT", help="Id, name, or an unambiguous part of either", show_default=False)
    ] = None,
    step: Annotated[
        Text, typer.Argument(metavar="STEP", help="Id of the step, else the next that triage shows", show_default=False)
    ] = None,
    *,
    files: Annotated[
        Texts, option("FILE", "Workbook, checklist or folder to read ticks from; may repeat", "--from")
    ] = None,
    data: Annotated[str, option("DIR", "Folder with the exports; default the working directory")] = ".",
    note: Annotated[Text, option("TEXT", "What there is to say about it")] = None,
    on: Annotated[Text, option("DATE", "Day of what does not tell its own; default today")] = None,
    by: Annotated[Text, option("NAME", "Who did it")] = None,
    cause: Annotated[Text, option("CODE", "Cause that was found, a reason code of the playbook")] = None,
) -> None:
    """Record what became of the planned steps, so that what is done does not come back next week.

    A step is named, or read from where it was ticked. It becomes an event in csq-events.csv beside the exports, or in
    the file that `events:` in csq.yaml names, and triage reads it there. What is on record is not added again, so a
    file may be read as often as you like. A tick whose account or step is gone is named, and kept.
    """
    from csq.cli.output import speak
    from csq.cli.rules import told_day
    from csq.cli.run import prepare, run_triage
    from csq.done.reading import read_ticks
    from csq.done.record import TickDefaults
    from csq.done.ticks import Said, Ticked, Ticks

    speak(speech)
    today = date.today()
    day = told_day(on, "--on") or today
    if day > today:
        raise UsageError(f"`--on {on}` is still to come", hint="name the day on which it was done")
    if (account is None) == (not files):
        hint = "`csq done ACCOUNT` or `csq done --from FILE`"
        raise UsageError("name one account, or files with `--from`", hint=hint)
    if files and (note is not None or cause is not None):
        hint = "write them beside the tick, or name the account"
        raise UsageError("`--note` and `--cause` are of one step", hint=hint)
    read = [read_ticks(Path(name), today) for name in files or ()]
    run = prepare(Inputs(directory=data), Method(), Faults(), None)
    known = _known(found := run_triage(run))
    if account is not None:
        planned = _planned(run, account, step, found, known)
        read = [Ticks((Ticked(planned, Said(Tick.DONE, "; ".join((note or "").splitlines())), "command line", 0),))]
    _record(run, read, known, TickDefaults(day, by or "", _cause(cause, found)))


def _known(found: "Triage") -> _Known:
    from csq.pipeline import report
    from csq.plan.prescribe import steps_by_id

    shown = report(found).accounts["account_id"].to_list()
    keys = dict(zip(shown, found.accounts["account_id"].to_list(), strict=True))
    return _Known(keys, steps_by_id(found.playbook.playbook))


def _cause(code: str | None, found: "Triage") -> str:
    """The cause, if the playbook knows it: a slip would stand on record for good. Raises UsageError."""
    playbook = found.playbook.playbook
    codes = {reason.code for quadrant in playbook.order for reason in playbook.entry(quadrant).reasons}
    if code is not None and code not in codes:
        raise unknown_name("no reason code", code, codes)
    return code or ""


def _planned(run: "Run", account: str, step: str | None, found: "Triage", known: _Known) -> "PlannedStep":
    """An account's step, of the week of the run. Raises UsageError when there is no such step, or it is left open."""
    from csq.explain.find import find_account
    from csq.planned import CHECK_IN, PlannedStep, week_of

    key = find_account(found.accounts, account, "csq done")
    row = found.accounts.filter(account_id=key).row(0, named=True)
    shown = next(shown for shown, own in known.keys.items() if own == key)
    planned = PlannedStep(shown, step or row["step_id"] or "", week_of(found.as_of.day or date.today()))
    if not planned.step:
        raise UsageError(f"nothing is planned for `{key}`", hint=f"name a step: `csq done {key} STEP`")
    if planned.step not in (*known.steps, CHECK_IN):
        raise unknown_name("no step", planned.step, [*known.steps, CHECK_IN])
    on_record = _kept(_record_of(run))[1].known
    done = [name for name in (*known.steps, CHECK_IN) if (str(planned._replace(step=name)), Tick.DONE) in on_record]
    if done and not step:
        # Told twice, or one more step? Only who told it knows.
        hint = f"`csq done {in_shell(key)} {planned.step}` records the next one too"
        raise UsageError(f"`{done[-1]}` of `{key}` is on record as done this week already", hint=hint)
    return planned


def _record(run: "Run", read: "Sequence[Ticks]", known: _Known, told: "TickDefaults") -> None:
    """Add what is not on record yet, and say so."""
    from csq.cli.lock import held
    from csq.done.record import added, events_of, gone, late_notes, unknown_to

    for warning in (text for each in read for text in each.warnings):
        diagnostics.warning(warning)
    ticked = [each for ticks in read for each in ticks.ticked]
    path = _record_of(run)
    with held(path.with_name(f".{path.name}.lock"), f"`{path}`"):
        before, record = _kept(path)
        new = unknown_to(record, ticked)
        events = [event for each in new for event in events_of(each, known.steps, known.keys, told)]
        if events:
            emit.to_file(path, before + added(record, events))
    for warning in (*late_notes(record, ticked), *gone(new, known.keys, known.steps)):
        diagnostics.warning(warning)
    many = Counter(str(each.said.tick) for each in new)
    counts = ", ".join(f"{count:,} {tick}" for tick, count in many.items())
    for each in new if len(new) == 1 else ():
        counts = f"{each.planned} {each.said.tick}"
    old = len(ticked) - len(new)
    parts = [f"recorded in `{path}`: {counts}"] if new else []
    parts += [f"{old:,} on record already"] if old else []
    diagnostics.note("; ".join(parts) or "nothing is ticked")


def _record_of(run: "Run") -> Path:
    """Where a run keeps what became of its steps: beside the exports, unless csq.yaml says otherwise."""
    return run.settings.events or Path(run.inputs.directory or ".") / EVENTS


def _kept(path: Path) -> "tuple[bytes, Record]":
    """A record, as bytes and read."""
    from csq.done.record import read_record
    from csq.sources.reading.read import label_of

    before = path.read_bytes() if path.exists() else b""
    return before, read_record(before, label_of(path))


def refuse_unread(run: "Run", outputs: Iterable[Path]) -> None:
    """Refuse to replace a file in which steps are ticked that are not on record. Raises OutputError.

    Files that are no place for ticks, or hold none that can be read, are nobody's record; of what is too big to be read
    nobody knows.
    """
    path = _record_of(run)
    marked = [each for each in outputs if each.suffix.casefold() in (".md", ".xlsx") and each.is_file()]
    for output in marked:
        from csq.done.reading import read_ticks
        from csq.done.record import unknown_to

        with contextlib.suppress(InputError):
            try:
                found = read_ticks(output, date.max)
            except TooBigError as error:
                told = f"`{output}` is too big to be looked through for ticks, and would be replaced"
                raise OutputError(told, hint="move it away, or write to another file") from error
            if found.strays:
                stray = found.strays[0]
                told = f"line {stray.line:,} of `{output}` {stray.what}, and would be replaced"
                raise OutputError(told, hint=stray.remedy)
            if new := unknown_to(_kept(path)[1], found.ticked):
                what = "a tick that is" if len(new) == 1 else f"{len(new):,} ticks that are"
                command = f"csq done --from {in_shell(str(output))} --data {in_shell(str(run.inputs.directory or '.'))}"
                raise OutputError(f"`{output}` holds {what} not on record, and would be replaced", hint=f"`{command}`")
