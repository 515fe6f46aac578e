"""`--column`: which header is which field, in all files of a role or in one file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from csq.errors import UsageError
from csq.roles import ROLES
from csq.terms import Role


class Told(NamedTuple):
    """Headers by field, for all files that have such a field, and by file and field."""

    by_field: Mapping[str, str]
    by_file: Mapping[str, Mapping[str, str]]

    def of(self, role: Role) -> dict[str, str]:
        """What is told for all files of a role."""
        own = {field.name for field in ROLES[role].fields}
        return {name: header for name, header in self.by_field.items() if name in own}


def read_columns(texts: Iterable[str], labels: Iterable[str]) -> Told:
    """Read `FIELD=HEADER` and `FIELD=FILE:HEADER`.

    What stands before a colon is a file only if it is one of the run's: a header may hold a colon, and so may a path.

    Args:
        texts: What was given.
        labels: What the files of the run are called.

    Raises:
        UsageError: There is no such field, or one field is told two headers for the same files.
    """
    files = _files(labels)
    names = {field.name for spec in ROLES.values() for field in spec.fields}
    by_field: dict[str, str] = {}
    by_file: dict[str, dict[str, str]] = {}
    for text in texts:
        field, told = pair("--column", text, "FIELD=HEADER")
        if field not in names:
            hint = f"fields: {', '.join(sorted(names))}"
            raise UsageError(f"`--column {text}`: no field is called `{field}`", hint=hint)
        file, header = _parted(text, told, files)
        before = by_field if file is None else by_file.setdefault(file, {})
        if before.setdefault(field, header) != header:
            where = "" if file is None else f" for `{file}`"
            raise UsageError(
                f"`--column {field}` is given twice{where}: `{before[field]}` and `{header}`",
                hint=f"once for each file: `--column {field}=FILE:{before[field]}`, `--column {field}=FILE:{header}`",
            )
    return Told(by_field, by_file)


def _files(labels: Iterable[str]) -> dict[str, list[str]]:
    """The files of a run by what they may be called: their path as it was given, or its last part."""
    files: dict[str, list[str]] = {}
    for label in dict.fromkeys(labels):
        for name in dict.fromkeys((label, Path(label).name)):
            files.setdefault(name, []).append(label)
    return files


def _parted(text: str, told: str, files: Mapping[str, list[str]]) -> tuple[str | None, str]:
    """The file and the header in `FILE:HEADER`; no file where none of the run is named."""
    named = max((name for name in files if told.startswith(f"{name}:")), key=len, default=None)
    if named is None:
        return None, told
    if len(files[named]) > 1:
        hint = f"name one by its path: {', '.join(files[named])}"
        raise UsageError(f"`--column {text}`: several files are called `{named}`", hint=hint)
    header = told.removeprefix(f"{named}:").strip()
    if not header:
        raise UsageError(f"`--column {text}` names no header")
    return files[named][0], header


def pair(flag: str, text: str, form: str) -> tuple[str, str]:
    """The two parts of `NAME=VALUE`. Raises UsageError where either is missing."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise UsageError(f"`{flag} {text}` is not of the form {form}")
    return name.strip(), value.strip()
