"""A big usage log, counted as it is read: the fastest way that gives the same as reading it whole.

A plain file is counted straight from its bytes. Where one turns out not to be plain all are read in batches, or else
whole, and a note says why.
"""

from collections.abc import Sequence
from pathlib import Path

from csq.engine.rows import NotPlain
from csq.sources.big.batched import count_batches
from csq.sources.big.plain import BigLog, count_plain
from csq.sources.identity import Known
from csq.sources.tables import ReadOptions


def count_log(paths: Sequence[Path], options: ReadOptions, known: Known) -> tuple[BigLog | None, str | None]:
    """Count a log as it is read: straight from its file where it is plain, else in batches.

    Returns the log, None where it has to be read whole, and what is to be said of a way that is not the fast one.

    Raises:
        InputError, UsageError: As reading it whole would.
    """
    try:
        return count_plain(paths, options, known), None
    except NotPlain as error:
        # Without the error itself, which holds all that was read until then.
        reason = str(error)
    slowly = "row by row, which takes longer"
    try:
        return count_batches(paths, options, known), f"the usage files are read in batches, {slowly}: {reason}"
    except NotPlain as error:
        why = " and ".join(dict.fromkeys((reason, str(error))))
    return None, f"the usage files are read whole, {slowly} and much more memory: {why}"
