"""Reading in a process of its own, for what can bring a process down: whatever becomes of it, this one goes on.

The libraries that read workbooks and Parquet are not ours. At damaged or hostile bytes they may panic, ask for more
memory than any machine has, or never end; none of that can be caught in the process that calls them.
"""

import contextlib
import gc
import importlib
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile

MEGABYTE = 1 << 20
MEMORY, PER_BYTE = 450 * MEGABYTE, 10
"""Memory that a reader may take at least, and what it may take for every byte."""
SECONDS, PER_SECOND = 5, MEGABYTE // 2
"""Seconds of work that it may take at least, and bytes for which it may take one more."""
PATIENCE = 12
"""Seconds that may pass for each of them: others may be at work, or it waits for what never comes."""


TOO_MUCH = "to read it takes too much memory"


class Failed(Exception):
    """Why a file could not be read: what the library said, or what became of it."""

    @property
    def is_too_much(self) -> bool:
        """Whether it took more memory than it may."""
        return str(self) == TOO_MUCH


def read_apart(function: str, data: bytes) -> object:
    """Return what a function makes of bytes, run in a process of its own.

    Args:
        function: As in `package.module:name`. It takes bytes, and what it returns can be pickled.
        data: The bytes.

    Raises:
        Failed: It raised an error, or its process came to an end.
    """
    # Without -P the user's folder would come first, and a `zipfile.py` in it be taken for Python's.
    command = [sys.executable, "-P", "-m", __name__, function]
    # To print where it ran out of memory would take some: a library in Rust would wait for that for ever.
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each), "RUST_BACKTRACE": "0"}
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        given.write(data)
        given.seek(0)
        child = subprocess.run(command, stdin=given, stdout=said, stderr=errors, check=False, env=env)
        said.seek(0)
        if child.returncode == 0:
            result, fault = pickle.load(said)
        else:
            errors.seek(0)
            result, fault = None, _became(child.returncode, errors.read(4096).decode(errors="replace"))
    if fault is not None:
        raise Failed(fault)
    return result


def _became(code: int, said: str) -> str:
    """What became of a process that did not end of itself."""
    if code in (-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGALRM")):
        return "to read it takes too long"
    if "memory allocation" in said or "MemoryError" in said or code == -signal.SIGKILL:
        return TOO_MUCH
    return "its reader broke down"


def memory_for(size: int) -> int:
    """Memory that the reader of so many bytes may take."""
    return MEMORY + PER_BYTE * size


def _limit(size: int) -> None:
    """Keep this process to the memory and the time that bytes of a size may take, where the system can."""
    try:
        import resource
    except ImportError:  # no such thing on Windows
        return
    memory, seconds = memory_for(size), SECONDS + size // PER_SECOND
    for what, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
    signal.alarm(seconds * PATIENCE)


def _main() -> None:
    gc.disable()  # nothing of what is read is ever given back, and to look through millions of cells takes time
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    data = sys.stdin.buffer.read()
    _limit(len(data))
    ending: tuple[object, str | None]
    try:
        ending = (function(data), None)
    except MemoryError:
        raise
    except BaseException as error:  # a panic in Rust is no Exception
        said = str(error).strip().splitlines()[:1] or [type(error).__name__]
        ending = (None, re.sub(r"\s+", " ", said[0])[:200])
    pickle.dump(ending, sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()
    os._exit(0)  # to take down all that was read would take time


if __name__ == "__main__":
    _main()
