"""The one door: builds the command line, runs one command, and turns every ending into an exit code.

Commands import what is heavy inside their functions, so `csq --help` pays for neither polars nor rich.
"""

import contextlib
import math
import os
import platform
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from importlib import import_module
from typing import Annotated, NoReturn

import typer

from csq import __version__
from csq.cli import diagnostics, emit, run_log, stop
from csq.cli.options import Command, application
from csq.errors import CsqError, Exit, InputError, OutputError, UsageError
from csq.sources.reading.streams import NEED, memory_left

HELP = """Say which accounts to call this week, why, and what to do.

Places each customer account by usage and happiness, weighted by contract value, and prints the play and the risks of
each quadrant.

\b
Examples:
  csq triage exports                  the exports of usage, csat, accounts in a folder
  csq triage exports -o monday.csv    the same for a spreadsheet
  csq brief exports                   the same in a message, for a chat or a mail
  csq plan exports                    what to do this week, owner by owner
  csq done --from plans/              what was ticked off, so that it does not come back
  csq movers --history history        who moved since last week, and why
  csq whatif exports --set windows.usage=14   what would move under other rules
  csq backtest exports                whether usage or happiness told more of who was lost
  csq plays exports --history history         which plays were done, and where those accounts stood later
  csq explain acme exports            everything behind one account
  csq check exports                   read and validate only
  csq rollup log.csv -o rollup        a year of usage, read once and not again each week
"""

EPILOG = "\n".join(("\b", "Exit codes:", *(f"  {code:>3}  {code.meaning}" for code in Exit)))

COMMANDS: Sequence[str] = (
    "triage", "brief", "plan", "done", "movers", "whatif", "backtest", "plays", "explain", "check", "rollup", "init",
    "help",
)  # fmt: skip
"""The commands in the order in which help lists them, each the function of a module that is called like it."""
GROUPS = ("history", "playbook")
"""Those that have commands of their own, each the `app` of a module that is called like it."""
COMPLETE = "_CSQ_COMPLETE"
"""What a shell with completion sets when it asks."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run csq and return its exit code; without arguments by those of the process, which ends with this run."""
    try:
        if argv is not None:
            return copy_context().run(_run, argv)
        code = _run(sys.argv[1:])
    except KeyboardInterrupt:
        code = Exit.INTERRUPTED
    except stop.Stopped as stopped:
        code = stopped.code
    return code if argv is not None else _leave(code)


def _leave(code: int) -> NoReturn:
    """End the process. All files are closed by now, and to take the libraries down takes a tenth of a small run."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):  # what cannot be told any more does not change the ending
                stream.flush()
    os._exit(code)


def _run(argv: Sequence[str]) -> int:
    """Run one command, and write the line of its log, if one is kept."""
    try:
        return run_log.end(_ended(argv))
    except KeyboardInterrupt:
        run_log.end(Exit.INTERRUPTED)
        raise
    except stop.Stopped as stopped:
        run_log.end(stopped.code)
        raise


def _ended(argv: Sequence[str]) -> int:
    """Run one command and report what went wrong, if anything did."""
    try:
        with contextlib.redirect_stdout(emit.TextStdout()):  # typer prints help by itself
            return _invoke(argv)
    except (KeyboardInterrupt, SystemExit, stop.Stopped):
        raise
    except BaseException as error:  # a panic in polars is no Exception
        stop.check()  # what is cleared away under a run that was told to stop is no fault of it
        return _reported(error, argv)


def _reported(error: BaseException, argv: Sequence[str]) -> int:
    """Say what ended a run, and give its exit code."""
    if isinstance(error, BrokenPipeError):
        return Exit.PIPE
    # Polars panics where it is given no memory, and what needs a thread or a library fails otherwise.
    is_known = isinstance(error, CsqError | OSError)
    need = math.inf if type(error).__name__ == "PanicException" else NEED
    diagnostics.debug(error)
    if isinstance(error, MemoryError) or (not is_known and memory_left() < need):
        told: CsqError = InputError("the inputs take more memory than there is", hint="give csq fewer rows at a time")
    elif isinstance(error, OSError):  # what is read tells its own, so that this is of a place to write to
        told = _refused(error)
    elif isinstance(error, CsqError):
        told = error
    else:
        diagnostics.report(_bug(error, argv))
        return Exit.BUG
    diagnostics.report(told)
    return told.exit


def _invoke(argv: Sequence[str]) -> int:
    """Parse the command line and call its command, which may return or raise its exit code."""
    if COMPLETE in os.environ:  # a shell asks what may come next, and takes its answer from here
        typer.main.get_command(command_line()).main([], prog_name="csq", complete_var=COMPLETE)
    command = typer.main.get_command(command_line(argv[0] if argv else None))
    try:
        # Not `command()`: that has its own ideas of exit codes, a broken pipe and the form of messages.
        with command.make_context("csq", list(argv)) as context:
            code = command.invoke(context)
    except typer.Exit as ending:
        return ending.exit_code
    except typer.TyperException as error:
        return _refuse(error)
    return code if isinstance(code, int) else Exit.OK


def _refuse(error: typer.TyperException) -> int:
    """Say in our form what typer says about a command line."""
    context: typer.Context | None = getattr(error, "ctx", None)
    text = error.format_message()
    if context is not None and text == context.get_help():
        # A group that is called without a command complains with its whole help.
        diagnostics.usage(text)
        return Exit.USAGE
    hint = f"`{context.command_path if context else 'csq'} --help` lists what there is"
    text = re.sub(r"'([^'\n]+)'|(?<!\S)(--?\w[\w-]*)", r"`\1\2`", text.replace("Value error, ", ""))
    if near := re.search(r"\.? (?:Did you mean |\(Possible options: )(.+)[?)]$", text):
        text, hint = text[: near.start()], f"did you mean {near[1]}?"
    extra = re.search(r"extra argument\S* \((\S+)", text)
    if extra and os.path.exists(extra[1].rstrip(")")):  # noqa: PTH110 - a Path raises where a name is too long
        hint = "give one folder, or each file by its role: `--usage FILE`, `--csat FILE`, `--accounts FILE`"
    message, *details = text.rstrip(".").splitlines()
    message = re.sub(r"(?:^|(?<=: ))[A-Z]", lambda initial: initial[0].lower(), message)
    diagnostics.report(UsageError(message, details=tuple(line.strip() for line in details), hint=hint))
    return Exit.USAGE


def command_line(only: str | None = None) -> typer.Typer:
    """Build the command line; where `only` is the name of a command, without the others, which would cost time."""
    completes = only not in COMMANDS
    app = application(HELP, epilog=EPILOG, add_completion=completes, pretty_exceptions_enable=False)
    app.callback()(_options)
    for name in COMMANDS:
        if name == only or only not in COMMANDS:
            command, examples = _command(name)
            app.command(name, cls=Command, epilog=examples)(command)
    if only not in COMMANDS:
        for name in GROUPS:
            app.add_typer(import_module(f"csq.cli.{name}").app, name=name)
    return app


def _command(name: str) -> tuple[Callable[..., int | None], str]:
    """A command and its examples. It is not imported before it is asked for."""
    module = import_module(f"csq.cli.{name}")
    return getattr(module, name), module.EXAMPLES


def _version(value: bool) -> None:
    """Print the version when it is asked for."""
    if value:
        typer.echo(f"csq {__version__}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def _refused(error: OSError) -> OutputError:
    """What the system refuses, such as a name that is too long or a working directory that is gone."""
    named = f" `{error.filename}`" if error.filename else ""
    return OutputError(f"cannot write{named}: {(error.strerror or str(error)).lower()}", hint="choose another place")


def _bug(error: BaseException, argv: Sequence[str]) -> CsqError:
    """What to tell of a bug so that it can be found, without the data that is named on the command line."""
    where = "csq"
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.startswith("csq."):
            where = f"`{module}`, line {line}"
    return CsqError(
        f"this is a bug in csq: {type(error).__name__} in {where}",
        details=(
            f"csq {__version__}, Python {platform.python_version()}, {platform.platform()}",
            " ".join(["csq", *_without_data(argv)]),
        ),
        hint="set `CSQ_DEBUG=1` for the traceback, and report it with the lines above",
    )


def _without_data(argv: Sequence[str]) -> Iterator[str]:
    """The shape of a command line: its command and flags, with `...` for each file, account or value."""
    for index, word in enumerate(argv):
        if index == 0 and not word.startswith("-"):
            yield word
        elif word.startswith("--"):
            yield re.sub("=.*", "=...", word, flags=re.DOTALL)
        elif word.startswith("-") and word != "-":
            yield word[:2]
        else:
            yield "..."
