"""Narration: the only module that writes to stderr. stdout is data; what is said about it is said here.

Headers, names and file names reach messages, so every text is cleaned of control characters on its way out. Whether
stderr is a terminal is asked when something is said, never at import. A stderr that nobody reads changes nothing about
how a run ends.
"""

import os
import sys
import traceback
from contextvars import ContextVar
from enum import IntEnum
from typing import NamedTuple

from csq.errors import ConfigError, CsqError, InputError, Location, Problem
from csq.located import without_addresses
from csq.render.clean import clean, columns, shown

_LONGEST = 100
"""Characters of an excerpt that are shown; a longer line would wrap and part the caret from what it points at."""


class Verbosity(IntEnum):
    """How much is said. Errors are said at every level."""

    QUIET = 0
    """Nothing else: a run that goes well leaves stderr empty."""
    NORMAL = 1
    """Notes and warnings too."""
    VERBOSE = 2
    """Details and the codes of problems too."""


class Manner(NamedTuple):
    """How this run speaks."""

    level: Verbosity = Verbosity.NORMAL
    colour: bool | None = None
    """None: in colour on a terminal, unless `NO_COLOR` is set."""


_MANNER: ContextVar[Manner] = ContextVar("manner", default=Manner())  # noqa: B039 - Manner is frozen


def configure(*, level: Verbosity = Verbosity.NORMAL, colour: bool | None = None) -> None:
    """Set how this run speaks, once, from its flags. It ends with the run: `main` gives each its own context."""
    _MANNER.set(Manner(level=level, colour=colour))


def detail(text: str) -> None:
    """Say what only `-v` wants to know."""
    if _MANNER.get().level >= Verbosity.VERBOSE:
        _write([shown(text)])


def note(text: str) -> None:
    """Say what was chosen or noticed."""
    if _MANNER.get().level >= Verbosity.NORMAL:
        _write([f"{_paint('note:', _CYAN)} {shown(text)}"])


def warning(text: str) -> None:
    """Say what may make the result mean something else than expected."""
    if _MANNER.get().level >= Verbosity.NORMAL:
        _write([f"{_paint('warning:', _YELLOW)} {shown(text)}"])


def found(text: str) -> None:
    """Say what the run was asked to be told about. It is why it ends with 1, so it is said at every level."""
    _write([f"{_paint('found:', _RED)} {shown(text)}"])


def prompt(text: str) -> None:
    """Ask on the terminal, at every level; what is answered stands in the same line."""
    if sys.stderr is not None:
        sys.stderr.write(f"{_paint('question:', _CYAN)} {shown(text)} ")
        sys.stderr.flush()


def report(error: CsqError) -> None:
    """Say what happened, where, and what to do next."""
    # What a file holds names people; what the command line holds is known to who typed it.
    told = without_addresses if isinstance(error, InputError) else str
    lines = [f"{_paint('error:', _RED)} {shown(told(error.message))}"]
    lines += [f"    {shown(told(line))}" for line in error.details]
    if error.location is not None:
        lines.append(f"  --> {clean(str(error.location))}")
        lines += _excerpt(error.location)
    if isinstance(error, ConfigError):
        for problem in error.problems:
            lines += ["", *_problem(problem)]
    if error.hint is not None:
        lines += ["", _hint(told(error.hint))]
    _write(lines)


def debug(error: BaseException) -> None:
    """Say where in the code an error arose, for those who set `CSQ_DEBUG=1`."""
    if os.environ.get("CSQ_DEBUG") == "1":
        _write("".join(traceback.format_exception(error)).splitlines())


def usage(text: str) -> None:
    """Say how a group of commands is used, to those who named none."""
    _write(text.splitlines())


def _problem(problem: Problem) -> list[str]:
    """One fault of a file: the line that editors understand, the place, and the way out."""
    code = f" [{problem.code}]" if _MANNER.get().level >= Verbosity.VERBOSE else ""
    lines = [shown(str(problem)) + code, *_excerpt(problem.location)]
    if problem.hint is not None:
        lines.append(_hint(problem.hint))
    return lines


def _hint(text: str) -> str:
    return f"{_paint('hint:', _CYAN)} {shown(text)}"


def _excerpt(location: Location) -> list[str]:
    """The line in question with a caret line under it, when the location carries them."""
    if location.line is None or location.excerpt is None:
        return []
    at = (location.column or 1) - 1
    start = max(0, at - _LONGEST // 2) if len(location.excerpt) > _LONGEST else 0
    excerpt = clean(location.excerpt[start : start + _LONGEST])
    margin = max(2, len(str(location.line)))
    lines = [f"{'':{margin}} |", f"{location.line:>{margin}} | {excerpt}"]
    if location.column is not None:
        before, marked = excerpt[: at - start], excerpt[at - start :][: location.width]
        lines.append(f"{'':{margin}} | {' ' * columns(before)}{'^' * max(1, columns(marked))}")
    return lines


_RED, _YELLOW, _CYAN = "1;31", "1;33", "1;36"


def _paint(label: str, code: str) -> str:
    """Colour a label of ours. Text from data is never coloured, so nothing is told by colour alone."""
    wanted = _MANNER.get().colour
    if wanted is None:
        terminal = sys.stderr is not None and sys.stderr.isatty()
        wanted = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return f"\x1b[{code}m{label}\x1b[0m" if wanted else label


def _write(lines: list[str]) -> None:
    """Write whole lines at once, so that messages of two programs on one terminal do not mix."""
    if sys.stderr is None:  # closed before we began
        return
    try:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        # Nobody listens. What is left in the buffer would fail again on the way out, and turn the exit code into 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
