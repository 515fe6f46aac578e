"""A text that is longer than the terminal is read in a pager: `$PAGER`, else `less`, told what git tells it.

Only where standard output is a terminal. To leave the pager before the end is no error, and nothing of the run depends
on it.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess

from csq.cli import emit
from csq.render.clean import columns

TOLD = {"LESS": "FRX", "LV": "-c", "LESSCHARSET": "utf-8"}
"""What the environment tells pagers, unless it does already: leave when all fits, show colours, do not clear."""

_MISSING = (126, 127, 9009)
"""How a shell ends that cannot start a command: of POSIX, and of Windows."""


def show(text: bytes, *, wanted: bool = True) -> None:
    """Write a text for people to standard output, through the pager where there is need of one.

    Raises:
        BrokenPipeError, OutputError: As `emit.to_stdout`.
    """
    command = _command() if wanted and os.isatty(emit.STDOUT) and _is_long(text.decode()) else None
    if command is None or not _paged(command, text):
        emit.to_stdout(text)


def _command() -> str | None:
    """The pager, as the shell takes it; None where there is none, or the person wants none."""
    told = os.environ.get("PAGER")
    if told is None and os.environ.get("TERM") != "dumb" and shutil.which("less"):
        return "less"
    return None if told is None or told.strip() in ("", "cat") else told


def _is_long(text: str) -> bool:
    """Whether it needs more lines than the terminal has; one is for the prompt that comes after."""
    width, height = shutil.get_terminal_size()
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()
    return sum(max(1, -(-columns(line) // width)) for line in lines) >= height


def _paged(command: str, text: bytes) -> bool:
    """Let a person read; whether the pager could be started."""
    # As git does it: through the shell, so that `PAGER` may hold flags.
    with subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=TOLD | os.environ) as pager:
        # Ctrl-C is for the pager, which goes on; the run waits for it, lest both fight over the terminal.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            with contextlib.suppress(BrokenPipeError):  # who has read enough leaves
                pager.communicate(text)
            return pager.wait() not in _MISSING
        finally:
            signal.signal(signal.SIGINT, before)
