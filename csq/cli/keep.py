"""The history of a run: what earlier runs pin for it and tell of it, and its own snapshot put beside theirs."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.cli import emit
from csq.cli.lock import locked
from csq.cli.options import Inputs
from csq.errors import InputError, OutputError
from csq.history.deferrals import asking, times_deferred
from csq.history.past import moves_between, past_of, weeks_here, with_moves, with_places
from csq.history.pins import Pins
from csq.history.snapshot import Snapshot, snapshot_of, to_bytes
from csq.history.standing import standing_of
from csq.history.store import RUN, TABLE, History, place_of
from csq.pipeline import Triage
from csq.report import Report
from csq.settings.model import Settings

_NOT_READING = {"directory", "files", "config", "playbook", "as_of", "aliases"}
"""Parts of the inputs that say where they are, not how they are read."""


class Memory(NamedTuple):
    """What a run knows of those before it."""

    history: History
    asked: Settings
    """Its settings before anything was pinned."""
    pins: Pins | None
    """What is pinned for it."""
    told: Mapping[str, object]
    """What the command line says about how to read."""


def told_of(inputs: Inputs) -> dict[str, object]:
    """What the command line says about how to read."""
    return {name: value for name, value in inputs._asdict().items() if value and name not in _NOT_READING}


def day_of(found: Triage) -> date:
    """The day of a run that is to be kept or compared. Raises InputError when it has none."""
    if found.as_of.day is None:
        raise InputError("the data has no dates: the history cannot tell of which day this is", hint="`--as-of DATE`")
    return found.as_of.day


def remembered(report: Report, found: Triage, memory: Memory, since: date | None = None) -> Report:
    """The report with what was put off, and what moved since the last snapshot before its day, or that of `since`."""
    day, now = day_of(found), standing_of(found)
    history = memory.history
    places = with_places(history, now)
    last = since or max((each for each in history.days if each < day), default=None)
    moves = None
    if last is not None:
        before = history.load(last)
        moves = moves_between(before.standing, now, is_filled=before.is_filled, past=past_of(places))
    pinned_on = memory.pins.pinned_on if memory.pins else None
    told = with_moves(report._replace(pinned_on=pinned_on), moves, weeks_here(places, day))
    return told._replace(accounts=asking(told.accounts, times_deferred(places, found)))


def with_deferred(accounts: pl.DataFrame, found: Triage, memory: Memory) -> pl.DataFrame:
    """The accounts of a run with what was put off; without a day they stay as they are."""
    if found.as_of.day is None:
        return accounts
    return asking(accounts, times_deferred(with_places(memory.history, standing_of(found)), found))


def taken(found: Triage, memory: Memory, *, is_filled: bool = False) -> Snapshot:
    """The snapshot of a run."""
    day_of(found)
    return snapshot_of(found, memory.asked, memory.pins, memory.told, is_filled=is_filled)


class Keep(NamedTuple):
    """A snapshot that is to be put into a history."""

    history: History
    snapshot: Snapshot
    replace: bool
    """Whether it takes the place of one of the same day under other settings."""

    @contextlib.contextmanager
    def held(self) -> Iterator[list[tuple[Path, bytes]]]:
        """Hold the history, and give the files to be written while it is held.

        Raises:
            OutputError: Another run holds it, it cannot be written to, or it has that day under other settings.
        """
        folder = place_of(self.history.folder, self.snapshot.as_of)
        with locked(self.history.folder):
            self._refuse_other(folder)
            with files_of(self.history.folder, [self.snapshot]) as files:
                yield files

    def _refuse_other(self, folder: Path) -> None:
        if self.replace or not (folder / TABLE).is_file():
            return
        day = self.snapshot.as_of
        before = self.history.load(day)
        if not before.is_filled and before.settings_sha256 != self.snapshot.settings_sha256:
            told = f"the history `{self.history.folder}` has {day} under other settings"
            raise OutputError(told, hint="`--replace` puts this run in its place")


@contextlib.contextmanager
def files_of(history: Path, snapshots: Sequence[Snapshot]) -> Iterator[list[tuple[Path, bytes]]]:
    """The files of snapshots, each in the folder of its day; one that was made for it goes where writing fails."""
    files, made = [], []
    for snapshot in snapshots:
        folder = place_of(history, snapshot.as_of)
        if not folder.is_dir():
            emit.make_folder(folder)
            made.append(folder)
        files += [(folder / name, data) for name, data in zip((TABLE, RUN), to_bytes(snapshot), strict=True)]
    try:
        yield files
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):  # it is not empty, then
                folder.rmdir()
        raise
