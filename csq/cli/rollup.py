"""`csq rollup`: a usage log counted by day, so that no week reads the year again."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from csq.cli import diagnostics, emit
from csq.cli.options import Faults, Inputs, LogInputs, Method, Speech, expanded, option
from csq.errors import InputError, UsageError
from csq.scratch import folder as scratch_folder
from csq.terms import Role

if TYPE_CHECKING:
    import polars as pl

    from csq.cli.progress import Progress
    from csq.sources.roll_up import Rolled
    from csq.sources.rollup.layout import Manifest
    from csq.sources.rows.tables import ReadOptions

EXAMPLES = """\b
Examples:
  csq rollup log-2026.csv -o rollup           once, for the past
  csq rollup week.csv -o rollup               each week; a day that was there is replaced whole
  csq rollup s3://logs/2026/*.parquet -o rollup --engine spark --remote sc://localhost:15002
  csq triage --usage rollup --csat survey.csv --accounts accounts.csv
"""


@expanded
def rollup(
    reading: LogInputs,
    faults: Faults,
    speech: Speech,
    *,
    logs: Annotated[list[str], typer.Argument(metavar="LOG...", help="Usage logs: files, patterns, or `-`")],
    output: Annotated[str, option("ROLLUP", "Folder to write to; the days that it has stay", "-o", "--output")],
    hash_users: Annotated[
        bool,
        typer.Option("--hash-users", help="Keep digests of users and no name; who knows a name can tell its digest"),
    ] = False,
    max_rejects: Annotated[str, option("N|N%", "Rows of a file that may be rejected before the run stops")] = "5%",
) -> None:
    """Count usage logs by day, as Parquet in a folder that `--usage` takes in place of them.

    A rollup says of each day how many events each user and each feature of an account had. It gives the same facts as
    the logs; only the days that a run looks at are read. A day that is given again is replaced whole, so give all rows
    of it together. Accounts are matched when the rollup is used. Its files can be read by their owner alone.
    """
    from csq.cli.lock import locked
    from csq.cli.output import speak, write_rejects
    from csq.cli.progress import Progress
    from csq.cli.quality import Limit, check_inputs
    from csq.cli.rollup_there import check_engine, counted_there
    from csq.cli.rules import settle
    from csq.sources.finding.locate import expand

    speak(speech)
    limit = Limit(max_rejects)
    target = Path(output)
    remote = reading.remote
    check_engine(reading.engine, remote, faults)
    paths = [Path(log) for log in logs] if remote else expand(Role.USAGE, logs)
    told = Inputs(**{name: value for name, value in reading._asdict().items() if name in Inputs._fields})
    options = settle(told, Method(), None, {Role.USAGE: paths}, checks=False, draft=None, changes=()).options
    _check_target(target, () if remote else paths)
    with locked(target, "rollup"), scratch_folder() as scratch:
        known = _known(target, hash_users=hash_users)
        with Progress(quiet=speech.quiet) as progress:
            counted: AbstractContextManager[Rolled]
            if remote:
                counted = counted_there(remote, logs, told, options, limit, hash_users=hash_users)
            else:
                counted = nullcontext(_counted(paths, options, scratch, progress, hash_users=hash_users))
            with counted as found:
                write_rejects(found.tables, faults)
                check_inputs(found.tables, limit, faults)
                shrunk = _write(target, known, found, progress)
    _tell(found, shrunk, target)


def _check_target(target: Path, logs: Sequence[Path]) -> None:
    """Refuse a place that is no folder for a rollup, and logs that are no files. Raises UsageError, InputError."""
    from csq.cli.lock import LOCK
    from csq.sources.rollup.layout import is_rollup

    if target.is_dir() and not is_rollup(target) and any(path.name != LOCK for path in target.iterdir()):
        raise UsageError(f"`{target}` holds something else", hint="name a new folder: `-o rollup`")
    if target.exists() and not target.is_dir():
        raise UsageError(f"`{target}` is a file", hint="name a folder: `-o rollup`")
    if rolled := next((path for path in logs if path.is_dir()), None):
        raise UsageError(f"`{rolled}` is a folder, no log", hint="give the files: `csq rollup LOG... -o ROLLUP`")
    if gone := next((path for path in logs if str(path) != "-" and not path.exists()), None):
        raise InputError(f"no such file: `{gone}`", hint="give the usage logs")


def _known(target: Path, *, hash_users: bool) -> "Manifest":
    """What is known of the rollup so far. Raises UsageError where its users are kept otherwise."""
    from csq import __version__
    from csq.sources.rollup.layout import Manifest, is_rollup, manifest_of

    if not is_rollup(target):
        return Manifest(csq=__version__, hash_users=hash_users)
    known = manifest_of(target)
    if known.hash_users != hash_users:
        told = "keeps digests of its users" if known.hash_users else "keeps the names of its users"
        way = "give `--hash-users`" if known.hash_users else "leave `--hash-users` out"
        raise UsageError(f"the rollup `{target}` {told}", hint=f"{way}, or name another folder")
    return known._replace(csq=__version__)


def _counted(
    paths: Sequence[Path], options: "ReadOptions", scratch: Path, progress: "Progress", *, hash_users: bool
) -> "Rolled":
    from csq.sources.load import laid_down_once
    from csq.sources.roll_up import roll_up

    with laid_down_once(sorted(paths, key=str), options) as sources:
        progress.begin([source.path for source in sources])
        return roll_up(sources, options, scratch, hash_users=hash_users, watch=progress.read)


def _write(target: Path, known: "Manifest", found: "Rolled", progress: "Progress") -> dict[date, tuple[int, int]]:
    """Put every day into its place, then the manifest and the months; returns the days that shrank, with their rows."""
    from csq.sources.rollup.layout import KEYS, MANIFEST, day_file, month_file

    rows, shrunk = found.days.days, {}
    months = sorted({day.replace(day=1) for day in rows})
    days = dict(known.days)
    known = known._replace(keys=[name for name in KEYS if name in {*known.keys, *found.days.keys}])
    _put([(target / MANIFEST, known.to_bytes())])
    progress.write(sum(rows.values()))
    for month in months:  # it must not stand beside days of which it knows nothing
        emit.remove(month_file(target, month))
    for chunk in found.days.chunks():
        files = []
        for (day,), counts in chunk.partition_by("day", as_dict=True).items():
            data = _parquet(counts.drop("day"))
            before = int(days.get(str(day), {}).get("rows", 0))
            if before > rows[day]:
                shrunk[day] = (before, rows[day])
            days[str(day)] = {"rows": rows[day], **_of_day(found, day, data)}
            files.append((day_file(target, day), data))
            progress.wrote(rows[day])
        _put(files)
        known = known._replace(days=dict(days))
    inputs = {file.label: file.sha256 or None for file in found.tables.files}
    _put([(target / MANIFEST, known._replace(inputs={**known.inputs, **inputs}).to_bytes())])
    _put((month_file(target, month), _month(target, month, known.keys)) for month in months)
    return shrunk


def _of_day(found: "Rolled", day: date, data: bytes) -> dict[str, object]:
    """What the manifest says of a day beside its rows."""
    import hashlib

    inputs = sorted(label for label, days in found.days.files.items() if day in days)
    return {"sha256": hashlib.sha256(data).hexdigest(), "inputs": inputs}


def _put(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write files that their owner alone may read, each into a folder that is made if need be."""
    files = list(files)
    for path, _ in files:
        emit.make_folder(path.parent)
    emit.to_files(files, private=[path for path, _ in files])


def _parquet(counts: "pl.DataFrame") -> bytes:
    import io

    buffer = io.BytesIO()
    counts.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def _month(target: Path, month: date, keys: Sequence[str]) -> bytes:
    """The thin counts of a month, from all of its days."""
    from csq.engine.by_day import thin
    from csq.sources.rollup.layout import days_in, in_order, read_days

    days = [day for day in days_in(target) if day.replace(day=1) == month]
    return _parquet(in_order(thin(read_days(target, days, keys), keys)))


def _tell(found: "Rolled", shrunk: dict[date, tuple[int, int]], target: Path) -> None:
    """Say what was read and written."""
    for note in found.tables.notes:
        diagnostics.note(note.text)
    days = found.days.days
    for file in found.tables.files:
        lost = {**{str(aside): rows for aside, rows in file.set_aside.items()}, **file.rejected}
        told = "".join(f", {rows:,} {why}" for why, rows in lost.items() if rows)
        diagnostics.note(f"`{file.label}`: {file.read:,} rows read, {file.used:,} counted{told}")
    for day, (before, now) in list(shrunk.items())[:3]:
        diagnostics.warning(
            f"{day} had {before:,} rows and has {now:,} now: a day that is given again is replaced whole"
        )
    first, last = min(days), max(days)
    count = "1 day" if len(days) == 1 else f"{len(days):,} days"
    diagnostics.note(f"wrote {count}, {first} to {last}, to `{target}`")
