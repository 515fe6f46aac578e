"""Files for tests of the sources, written and read in a line."""

from datetime import date
from pathlib import Path

import polars as pl

from csq.sources.load import Tables, load
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

RUN_DAY = date(2026, 11, 21)


def read(folder: Path, *, options: ReadOptions | None = None, **texts: str) -> Tables:
    """Write each text to `ROLE.csv` (or `ROLE_2.csv`, ...) and load them all."""
    paths: dict[Role, list[Path]] = {}
    for name, text in texts.items():
        path = folder / f"{name}.csv"
        path.write_text(text.replace("; ", "\n") + "\n")
        paths.setdefault(Role(name.split("_")[0]), []).append(path)
    return load(paths, options or ReadOptions(run_day=RUN_DAY))


def rows(frame: pl.DataFrame, *names: str) -> list[tuple[object, ...]]:
    """The rows of a frame, these columns of it."""
    return frame.select(names).rows()


def notes(tables: Tables) -> str:
    """All that is said, in one text."""
    return "\n".join(note.text for note in tables.notes)
