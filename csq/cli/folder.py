"""One file per owner in a folder. A manifest says which files are ours, and only those are ever removed."""

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from csq.cli import emit
from csq.errors import OutputError, UsageError
from csq.render import SUFFIXES, Format
from csq.suggest import in_shell

MANIFEST = ".csq-plan.json"
_LONGEST = 60
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
"""Names that Windows keeps for devices, whatever the suffix."""


def is_folder(name: str) -> bool:
    """Whether `-o NAME` means a folder."""
    return name.endswith(("/", "\\")) or Path(name).is_dir()


def refuse_inputs(folder: Path, inputs: Iterable[str]) -> None:
    """Refuse a folder that exports are read from: an owner's file could be next week's input, or take its place."""
    for given in inputs:
        place = Path(given) if Path(given).is_dir() else Path(given).parent
        if place.resolve() == folder.resolve():
            raise UsageError(
                f"`{folder}` is where the exports are, and a plan is a file per owner",
                hint=f"give it a folder of its own: `-o {in_shell(str(folder / 'plan') + '/')}`",
            )


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A file name, without suffix, for each owner: `[a-z0-9-]`, no two alike, the same for the same owners."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    for name in sorted(set(names)):
        slug = base = _slug(name)
        while slug in taken:
            numbers[base] += 1
            slug = f"{base}-{numbers[base] + 1}"
        taken.add(slug)
        found[name] = slug
    return found


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return slug if slug and slug not in _RESERVED else f"owner-{slug}".strip("-")


def suffix_of(format: Format) -> str:
    """The suffix of files in `format`."""
    return next(suffix for suffix, known in SUFFIXES.items() if known is format)


class OwnerFiles(NamedTuple):
    """What a run puts into a folder, and what of the last run goes."""

    path: Path
    files: tuple[tuple[Path, bytes], ...]
    """The manifest among them, which names old and new files as long as both are there."""
    names: tuple[str, ...]
    stale: tuple[str, ...]

    def tidy(self) -> None:
        """Remove the files of owners who are gone, once the new ones are in place. Raises OutputError."""
        for name in self.stale:
            emit.remove(self.path / name)
        if self.stale:
            emit.to_file(self.path / MANIFEST, _manifest(self.names))


def fill(folder: Path, files: Mapping[str, bytes], *, is_all: bool) -> OwnerFiles:
    """Settle what is written into a folder of one file per owner, which is made where there is none.

    Where the files, by name, are those of all owners, others of the last run are those of owners who are gone.

    Raises OutputError when the folder cannot be made, or a file stands in the way that is none of the last run's.
    """
    emit.make_folder(folder)
    before = _read_manifest(folder / MANIFEST)
    for name in files:
        if name not in before and os.path.lexists(folder / name):
            raise OutputError(
                f"`{folder / name}` is there already, and csq has not written it",
                hint="move it, or give the plan a folder of its own",
            )
    # What is of another format is another plan's: a calendar takes no checklist away.
    kinds = {Path(name).suffix for name in files}
    ours = [name for name in before if Path(name).suffix in kinds]
    stale = tuple(name for name in ours if name not in files and (folder / name).is_file()) if is_all else ()
    kept = [name for name in before if name not in ours] if is_all else before
    names = tuple(sorted({*kept, *files}))
    manifest = _manifest(sorted({*before, *files}))
    return OwnerFiles(
        path=folder,
        files=((folder / MANIFEST, manifest), *((folder / name, data) for name, data in files.items())),
        names=names,
        stale=stale,
    )


def _manifest(names: Sequence[str]) -> bytes:
    return (json.dumps({"files": list(names)}, indent=2) + "\n").encode()


def _read_manifest(path: Path) -> list[str]:
    """Names of the files of the last run; a name that we would never give is not believed."""
    if not path.exists():
        return []
    unlisted = OutputError(
        f"`{path}` does not list the files of the last plan",
        hint="remove it; files of owners who are gone are then yours to remove",
    )
    if not path.is_file():  # a pipe or a device might be read for ever
        raise unlisted
    try:
        names = json.loads(path.read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise unlisted from error
    listed = names if isinstance(names, list) else []
    return [name for name in listed if isinstance(name, str) and re.fullmatch(r"[a-z0-9-]+\.[a-z]+", name)]
