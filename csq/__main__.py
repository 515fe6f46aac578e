"""The installed command, and `python -m csq`: looks after streams and signals before anything takes time to import."""

import gc
import os
import sys

from csq.cli import stop

KEPT = 250
"""Milliseconds for which freed memory is kept for reuse: a big log takes a fifth less time. Longer holds more."""
SHARED = 2**19
"""Bytes from which all threads take memory from one place, and so reuse what others freed: a quarter less is held."""


def main() -> int:
    """Run csq on the arguments of the process and return its exit code."""
    # One command and out: nearly all objects stay to the end, and looking through them takes a tenth of a run.
    gc.disable()
    _hold_standard_descriptors()
    stop.watch()
    # Polars reads this as it loads; by itself it gives freed memory back at once, and gets it anew for the next piece.
    # What is muzzy has been given back, and still counts as held until another process wants it.
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:{KEPT},muzzy_decay_ms:0,oversize_threshold:{SHARED}")
    # Pydantic would look for plugins of its own through every package there is.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")
    from csq.cli.main import main as run

    return run()


def _hold_standard_descriptors() -> None:
    """Occupy 0, 1 and 2 where they are closed, lest the next file that is opened becomes standard output.

    Read-only, so that writing to a closed stdout fails and is reported instead of vanishing.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # takes the lowest number that is free


if __name__ == "__main__":
    sys.exit(main())
