"""Being told to stop: Ctrl-C, SIGTERM, SIGHUP. A run that is told so replaces nothing and ends at once.

No handler ever raises: an exception in the middle of polars, an import or a callback would be swallowed there, and the
run would go on with something else in place of the truth. A signal is only noted, in a pipe that nobody empties. Who is
about to replace files looks there first; a thread waits there too, clears away what is half written, and ends the
process.
"""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from csq import scratch
from csq.errors import Exit

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

REPLACING = threading.Lock()
"""Held while a file is begun, and while files are put in their places, which is not stopped halfway."""

beside: set[Path] = set()
"""Files that are written beside their places at this moment."""

on_end: Callable[[int], object] | None = None
"""What is still to be done when a signal ends the run, with its exit code."""

_noted: socket.socket | None = None


class Stopped(BaseException):
    """The process was asked to end. No `Exception`, so that nothing but the clean-up on the way out stops it."""

    def __init__(self, code: int) -> None:
        """Keep the exit code that the signal asks for."""
        super().__init__(code)
        self.code = code


def watch() -> None:
    """Note signals from now on. One that is ignored already, as under `nohup`, stays ignored. Main thread only."""
    global _noted
    _noted, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    threading.Thread(target=_end_when_told, args=(_noted,), daemon=True).start()


def begin(path: Path) -> int:
    """Make a file that is written beside its place, and open it. A run that ends begins none: it waits here.

    Raises OSError.
    """
    with REPLACING:
        beside.add(path)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def check() -> None:
    """Go no further if a signal came. Raises Stopped."""
    if _noted is not None:
        with contextlib.suppress(BlockingIOError):
            if told := _noted.recv(1, socket.MSG_PEEK | getattr(socket, "MSG_DONTWAIT", 0)):
                raise Stopped(code_of(told[0]))


def _end_when_told(noted: socket.socket) -> None:
    (number,) = noted.recv(1, socket.MSG_PEEK)
    with REPLACING:
        with contextlib.suppress(Exception):
            if on_end is not None:
                on_end(code_of(number))
        for path in list(beside):
            with contextlib.suppress(OSError):
                path.unlink()
        scratch.clear()  # last, as the run goes on and may lay down more
        os._exit(code_of(number))


def code_of(number: int) -> int:
    """How a run ends that was told to stop by a signal."""
    return Exit.INTERRUPTED if number == signal.SIGINT else Exit.TERMINATED
