"""A report to its targets: rendered first, all of them, then written; narrated on stderr."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from csq.cli import diagnostics, emit
from csq.errors import UsageError
from csq.render import SUFFIXES, Format, Options, render
from csq.report import Report
from csq.terms import NoteKind


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a run was asked to speak."""

    format: str | None = None
    outputs: tuple[str, ...] = ()
    quiet: bool = False
    verbose: bool = False
    color: str = "auto"


@dataclass(frozen=True)
class Target:
    """One output; without a path it is stdout."""

    format: Format
    path: Path | None = None


def targets(manner: Manner) -> tuple[Target, ...]:
    """Settle what is written where, and how the run speaks, before anything is read.

    Raises:
        UsageError: A format, a suffix or a colour that csq does not know.
    """
    if manner.color not in ("auto", "always", "never"):
        raise UsageError(f"`--color` cannot be `{manner.color}`", hint="choose from auto, always, never")
    level = diagnostics.Level.QUIET if manner.quiet else diagnostics.Level(1 + manner.verbose)
    diagnostics.configure(level=level, colour={"always": True, "never": False}.get(manner.color))
    told = None
    if manner.format is not None:
        if manner.format not in list(Format):
            raise UsageError(f"no format `{manner.format}`", hint=f"choose from {', '.join(Format)}")
        told = Format(manner.format)
    if not manner.outputs:
        return (Target(told or Format.TERMINAL),)
    return tuple(_target(name, told) for name in manner.outputs)


def _target(name: str, told: Format | None) -> Target:
    path = Path(name)
    by_suffix = SUFFIXES.get(path.suffix.casefold())
    if by_suffix is None and told is None:
        raise UsageError(
            f"`{name}`: its suffix tells no format", hint=f"end it in {', '.join(SUFFIXES)}, or give `--format`"
        )
    return Target(by_suffix or told or Format.TERMINAL, path)


def deliver(report: Report, to: Sequence[Target], options: Options, manner: Manner) -> None:
    """Render every target, then write them, then say what happened.

    Raises:
        UsageError: The options name something the report does not have.
        OutputError: A target cannot be written.
    """
    shown = screen(options, manner)
    rendered = [(target, render(report, target.format, options if target.path else shown)) for target in to]
    for target, data in rendered:
        if target.path is not None:
            emit.to_file(target.path, data)
    if any(target.format is not Format.TERMINAL or target.path for target in to):
        narrate(report)
    _guarded(report, to, options)
    for target, data in rendered:
        if target.path is None:
            emit.to_stdout(data)


def narrate(report: Report) -> None:
    """Say on stderr what the terminal output says in its notes."""
    for note in report.notes:
        if note.kind in (NoteKind.WARNING, NoteKind.FAULT, NoteKind.REJECTED, NoteKind.UNMATCHED):
            diagnostics.warning(note.text) if note.kind is NoteKind.WARNING else diagnostics.note(note.text)
        else:
            diagnostics.detail(f"note: {note.text}")


def _guarded(report: Report, to: Sequence[Target], options: Options) -> None:
    """Name key columns that were changed for the sake of spreadsheets, since joins on them would fail."""
    from csq.render.delimited import guarded_keys

    if options.raw or not any(target.format in (Format.CSV, Format.TSV) for target in to):
        return
    if names := guarded_keys(report, options):
        told = " and ".join(f"`{name}`" for name in names)
        diagnostics.note(
            f"a `'` was put before values of {told} that a spreadsheet would run as a formula; `--raw` leaves them"
        )


def screen(options: Options, manner: Manner) -> Options:
    """The options with what stdout can do: its width and colour, when it is a terminal."""
    terminal = os.isatty(emit.STDOUT) if _is_open(emit.STDOUT) else False
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    colour = {"always": True, "never": False}.get(manner.color, terminal and not plain)
    return replace(options, width=shutil.get_terminal_size().columns if terminal else None, colour=colour)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
