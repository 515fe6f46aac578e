"""The installed command, and `python -m csq`: looks after streams and signals before anything takes time to import."""

import os
import sys

from csq.cli import stop


def main() -> int:
    """Run csq on the arguments of the process and return its exit code."""
    _hold_standard_descriptors()
    stop.watch()
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
