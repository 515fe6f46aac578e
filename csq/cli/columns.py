"""What flags and csq.yaml tell of all files or of one: which header is which field, and the conventions of cells."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple, TypeVar

from csq.errors import UsageError
from csq.roles import ROLES
from csq.settings.model import FileRule
from csq.terms import Role

Word = TypeVar("Word", bound=str)


class ToldColumns(NamedTuple):
    """Headers by field, for all files that have such a field, and by file and field."""

    by_field: Mapping[str, str]
    by_file: Mapping[str, Mapping[str, str]]

    def of(self, role: Role) -> dict[str, str]:
        """What is told for all files of a role."""
        own = {field.name for field in ROLES[role].fields}
        return {name: header for name, header in self.by_field.items() if name in own}


def read_columns(texts: Iterable[str], labels: Iterable[str]) -> ToldColumns:
    """Read `FIELD=HEADER` and `FIELD=FILE:HEADER`.

    What stands before a colon is a file only if it is one of the run's: a header may hold a colon, and so may a path.

    Raises UsageError when there is no such field, or one field is told two headers for the same files.
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
    return ToldColumns(by_field, by_file)


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
    label = _one_file("--column", text, named, files)
    header = told.removeprefix(f"{named}:").strip()
    if not header:
        raise UsageError(f"`--column {text}` names no header")
    return label, header


def read_convention(
    flag: str, texts: Iterable[str], known: Sequence[Word], labels: Iterable[str]
) -> tuple[Word | None, dict[str, Word]]:
    """Read `VALUE` and `FILE=VALUE`: what holds for all files, None where nothing does, and what for some, by label.

    The last `=` parts them, so that a path may hold any, and a drive its colon.

    Raises UsageError when there is no such value or file, or two are told for the same files.
    """
    files = _files(labels)
    found: dict[str, Word] = {}
    for text in texts:
        name, _, word = text.rpartition("=")
        value = next((each for each in known if each == word), None)
        if value is None:
            raise UsageError(f"`{flag}` cannot be `{text}`", hint=f"choose from {', '.join(known)}, or FILE=VALUE")
        label = _one_file(flag, text, name, files) if name else ""
        if found.setdefault(label, value) != value:
            where = f" for `{label}`" if label else ""
            raise UsageError(f"`{flag}` is given twice{where}: `{found[label]}` and `{value}`")
    return found.get(""), {label: value for label, value in found.items() if label}


def rules_by_label(rules: Mapping[str, FileRule], labels: Iterable[str]) -> dict[str, FileRule]:
    """What csq.yaml tells of files, by label: a rule is for a path, a name, or a pattern of names."""
    found: dict[str, FileRule] = {}
    for label in labels:
        names = (label, Path(label).name)
        exact = next((rules[name] for name in names if name in rules), None)
        fitting = (rule for pattern, rule in rules.items() if fnmatchcase(names[1], pattern))
        if (rule := exact or next(fitting, None)) is not None:
            found[label] = rule
    return found


def _one_file(flag: str, text: str, name: str, files: Mapping[str, list[str]]) -> str:
    labels = files.get(name, [])
    if not labels:
        raise UsageError(f"`{flag} {text}`: no file of the run is called `{name}`", hint=f"files: {', '.join(files)}")
    if len(labels) > 1:
        hint = f"name one by its path: {', '.join(labels)}"
        raise UsageError(f"`{flag} {text}`: several files are called `{name}`", hint=hint)
    return labels[0]


def pair(flag: str, text: str, form: str) -> tuple[str, str]:
    """The two parts of `NAME=VALUE`. Raises UsageError where either is missing."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise UsageError(f"`{flag} {text}` is not of the form {form}")
    return name.strip(), value.strip()
