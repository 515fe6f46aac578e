"""`csq rollup --engine spark`: what the command line says to a server, and what a server cannot do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from csq.cli.options import Faults, Inputs
from csq.cli.quality import Limit
from csq.errors import InputError, UsageError
from csq.sources.roll_up import Rolled
from csq.sources.rows.tables import ReadOptions

ENGINES = ("local", "spark")
_OF_FILES = {"date_order": "--date-order", "decimal": "--decimal", "encoding": "--encoding", "max_size": "--max-size"}
"""Flags by which csq reads files, which a server does not do."""


def check_engine(engine: str, remote: str | None, faults: Faults) -> None:
    """Refuse an engine that there is not, and half of what names a server. Raises UsageError."""
    if engine not in ENGINES:
        raise UsageError(
            f"`--engine {engine}` is not known", hint="`--engine local`, or `--engine spark --remote sc://HOST:PORT`"
        )
    if engine == "spark" and not remote:
        raise UsageError("`--engine spark` needs a server", hint="name it: `--remote sc://HOST:PORT`")
    if remote and engine != "spark":
        raise UsageError(
            "`--remote` names a server that nobody asks", hint="give `--engine spark` with it, or leave it out"
        )
    if remote and faults.rejects:
        raise UsageError("`--rejects` lists rows with their lines, which a server does not know", hint="leave it out")


@contextmanager
def counted_there(
    remote: str, logs: Sequence[str], told: Inputs, options: ReadOptions, limit: Limit, *, hash_users: bool
) -> Iterator[Rolled]:
    """The counts of logs while the server that has them is asked. Raises UsageError, InputError."""
    from csq.sources.spark.roll_up import roll_up_there
    from csq.sources.spark.session import connected

    given = next((flag for name, flag in _OF_FILES.items() if getattr(told, name)), None)
    if given or told.overlap == "dedupe":
        raise UsageError(
            f"`{given or '--overlap dedupe'}` is for files that csq reads itself, and `--engine spark` reads none",
            hint="leave it out, or have csq read the files: `--engine local`",
        )
    with connected(remote) as session:
        found = roll_up_there(session, logs, options, hash_users=hash_users)
        _check_rejected(found, limit)
        yield found


def _check_rejected(found: Rolled, limit: Limit) -> None:
    """Refuse a log of which too much was rejected: the reasons without the lines, which a server does not know."""
    for file in found.tables.files:
        rejected = sum(file.rejected.values())
        if not limit.allows(rejected, file.read):
            reasons = sorted(file.rejected.items(), key=lambda each: (-each[1], each[0]))
            raise InputError(
                f"{rejected:,} of {file.read:,} rows in `{file.label}` were rejected, over the limit of {limit.text}",
                details=tuple(f"{rows:>6,}  {why}" for why, rows in reasons),
                hint="name the right columns, `--column FIELD=HEADER`, or mend them in a view on the server",
            )
