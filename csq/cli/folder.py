"""One file per owner in a folder. A manifest says which files are ours, and only those are ever removed."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from csq.cli import emit
from csq.errors import OutputError, UsageError
from csq.render import SUFFIXES, Format

MANIFEST = ".csq-plan.json"
_LONGEST = 60
_OURS = re.compile(r"[a-z0-9-]+\.[a-z]+")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))}
"""Names that Windows keeps for devices, whatever the suffix."""


def is_folder(name: str) -> bool:
    """Whether `-o NAME` means a folder."""
    return name.endswith(("/", "\\")) or Path(name).is_dir()


def refuse_inputs(folder: Path, inputs: Iterable[str]) -> None:
    """Refuse a folder that exports are read from: an owner's file could be next week's input, or take its place.

    Args:
        folder: Where the files are to go.
        inputs: Folder, files and patterns that are read, as they were given.
    """
    for given in inputs:
        place = Path(given) if Path(given).is_dir() else Path(given).parent
        if place.resolve() == folder.resolve():
            raise UsageError(
                f"`{folder}` is where the exports are, and a plan is a file per owner",
                hint=f"give it a folder of its own: `-o {folder / 'plan'}/`",
            )


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A file name, without suffix, for each owner: `[a-z0-9-]`, no two alike, the same for the same owners."""
    taken: dict[str, str] = {}
    for name in sorted(set(names)):
        slug = base = _slug(name)
        number = 1
        while slug in taken.values():
            number += 1
            slug = f"{base}-{number}"
        taken[name] = slug
    return taken


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    return slug if slug and slug not in _RESERVED else f"owner-{slug}".strip("-")


def suffix_of(format: Format) -> str:
    """The suffix of files in `format`."""
    return next(suffix for suffix, known in SUFFIXES.items() if known is format)


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write the files, and remove those of the last run that are not among them.

    Returns:
        The names of the files that were removed.

    Raises:
        OutputError: The folder or one of its files cannot be written.
    """
    emit.make_folder(folder)
    before = _read_manifest(folder / MANIFEST)
    # Before any file: a run that is cut short must not leave files behind that nobody knows to be ours.
    emit.to_file(folder / MANIFEST, _manifest(sorted({*before, *files})))
    for name, data in files.items():
        emit.to_file(folder / name, data)
    stale = tuple(name for name in before if name not in files and emit.remove(folder / name))
    emit.to_file(folder / MANIFEST, _manifest(sorted(files)))
    return stale


def _manifest(names: Sequence[str]) -> bytes:
    return (json.dumps({"files": list(names)}, indent=2) + "\n").encode()


def _read_manifest(path: Path) -> list[str]:
    """Names of the files of the last run; a name that we would never give is not believed."""
    if not path.exists():
        return []
    try:
        names = json.loads(path.read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"`{path}` does not list the files of the last plan",
            hint="remove it; files of owners who are gone are then yours to remove",
        ) from error
    listed = names if isinstance(names, list) else []
    return [name for name in listed if isinstance(name, str) and _OURS.fullmatch(name)]
