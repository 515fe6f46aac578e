"""Which file plays which role: named by flags, or found by name in one directory."""

import glob
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from csq.errors import InputError, UsageError
from csq.located import dangles, named
from csq.roles import ROLES
from csq.terms import Role

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".parquet", ".gz", ".zst", ".zip")


def roles_of(path: Path) -> list[Role]:
    """Return the roles that a file's name speaks of; none when its suffix is that of no input."""
    if path.suffix.casefold() not in SUFFIXES:
        return []
    words = set(re.split(r"[^a-z]+", path.stem.casefold()))
    roles = [role for role, spec in ROLES.items() if words & set(spec.file_words)]
    # `account_overrides.csv` says what to change in the accounts.
    if Role.OVERRIDES in roles:
        return [Role.OVERRIDES]
    # `usage_events.csv` is a log of use, not of what happened to the account.
    return [role for role in roles if role is not Role.EVENTS or Role.USAGE not in roles]


def in_directory(directory: Path, told: Mapping[Role, Sequence[Path]] | None = None) -> dict[Role, list[Path]]:
    """Return the files of each role: those told, else those in `directory` (not below it), sorted by name.

    Raises:
        InputError: There is no such directory, nothing is for usage or csat, or a name fits two roles.
    """
    told = told or {}
    if not directory.is_dir():
        raise InputError(
            f"no such directory: {named(directory)}",
            hint="give the folder with the exports, or `--usage` and `--csat` files",
        )
    found: dict[Role, list[Path]] = {role: [] for role in Role}
    settled = {path.resolve() for paths in told.values() for path in paths}
    for path in sorted(directory.iterdir()):
        roles = roles_of(path)
        if roles and dangles(path):
            raise InputError(f"no such file: {named(path)}", hint="mend the link, or remove it")
        if not roles or not path.is_file() or path.resolve() in settled:
            continue
        if len(roles) > 1:
            raise InputError(
                f"`{path}` could be {' or '.join(roles)} by its name",
                hint=f"rename it, or name it by a flag: `--{roles[0]} {path}`",
            )
        for role in roles:
            found[role].append(path)
    found |= {role: list(paths) for role, paths in told.items()}
    if not found[Role.USAGE] and not found[Role.CSAT]:
        raise InputError(
            f"`{directory}` has no file for usage or csat",
            hint="names like `usage.csv`, `csat.csv`, `accounts.csv` are found; or give `--usage FILE --csat FILE`",
        )
    return found


def expand(role: Role, patterns: list[str]) -> list[Path]:
    """Resolve what was given to one flag: files, `-`, or patterns such as `usage_*.csv`, sorted, each once.

    Raises:
        UsageError: A pattern matches nothing.
    """
    paths: list[Path] = []
    for pattern in patterns:
        # A file whose name has brackets or stars is itself before it is a pattern.
        if pattern == "-" or Path(pattern).exists() or not glob.has_magic(pattern):
            paths.append(Path(pattern))
            continue
        matches = sorted(Path(match) for match in glob.glob(pattern))  # noqa: PTH207 - the pattern may be absolute
        if not matches:
            raise UsageError(f"`--{role} {pattern}` matches no file")
        paths += matches
    return list(dict.fromkeys(paths))
