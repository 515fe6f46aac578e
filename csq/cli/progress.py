"""How far a long run is, on a terminal: bytes, rows a second, time left. In a pipe nothing is shown."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


class Progress:
    """A line on stderr while it is entered, and gone when it is left."""

    def __init__(self, *, quiet: bool) -> None:
        """Show nothing when told to be quiet, or where nobody looks."""
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._rows = 0.0
        if not quiet and sys.stderr is not None and sys.stderr.isatty():
            self._bar = _bar()

    def __enter__(self) -> Self:
        """Show the line."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        if self._bar:
            self._bar.stop()

    def begin(self, files: Sequence[Path]) -> None:
        """Reading begins of so many files."""
        self._next("Reading", sum(path.stat().st_size for path in files if path.is_file()))

    def read(self, data: bytes) -> None:
        """Read some bytes of a log, of whole lines."""
        if self._bar and self._task is not None:
            self._rows += data.count(b"\n")
            self._bar.update(self._task, advance=len(data), rows=self._speed())

    def write(self, rows: int) -> None:
        """Writing begins of the counts of so many rows."""
        self._next("Writing", rows)

    def wrote(self, rows: int) -> None:
        """Counts of so many rows are ready to be written."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, advance=rows)

    def _next(self, what: str, total: int) -> None:
        if self._bar:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task, self._rows = self._bar.add_task(what, total=total, rows=""), 0.0

    def _speed(self) -> str:
        assert self._bar is not None
        elapsed = self._bar.tasks[-1].elapsed
        return f"{self._rows / elapsed:,.0f} rows/s" if elapsed else ""


def _bar() -> "Bar":
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
