"""Which file plays which role: named by flags, or found in one directory by what stands in it."""

import glob
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from csq.errors import InputError, UsageError
from csq.located import dangles, named
from csq.sources.finding import role_signs
from csq.sources.finding.findings import AXES, Finding, Seen, find_roles, words_of
from csq.sources.reading.address import is_counted_there, is_remote
from csq.sources.reading.dialect import take_records
from csq.sources.reading.read import TextTable, label_of, read_table, table_from_bytes
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".parquet", ".gz", ".zst", ".zip")
BIG = 8 * 2**20
"""Bytes from which on only the beginning of a file is looked at to tell what it is."""
HEAD = 2**18
"""Bytes of it that are."""


class Folder(NamedTuple):
    """What a directory holds."""

    paths: Mapping[Role, Sequence[Path]]
    findings: tuple[Finding, ...] = ()
    tables: Mapping[str, TextTable] = {}
    """Files that were read whole to tell what they are, by label."""


def roles_of(path: Path) -> list[Role]:
    """Return the roles that a file's name speaks of; none when its suffix is that of no input."""
    return words_of(path.name) if path.suffix.casefold() in SUFFIXES else []


def exports_in(directory: Path) -> list[Path]:
    """The files in `directory` (not below it) that may be exports, sorted by name.

    Raises:
        InputError: There is no such directory, or a link in it that is an export by its name leads nowhere.
    """
    if not directory.is_dir():
        raise InputError(
            f"no such directory: {named(directory)}",
            hint="give the folder with the exports, or `--usage` and `--csat` files",
        )
    found = [path for path in sorted(directory.iterdir()) if path.suffix.casefold() in SUFFIXES]
    if lost := next((path for path in found if roles_of(path) and dangles(path)), None):
        raise InputError(f"no such file: {named(lost)}", hint="mend the link, or remove it")
    return [path for path in found if path.is_file() and not path.name.startswith((".", "~$"))]


def in_directory(directory: Path, told: Mapping[Role, Sequence[Path]], options: ReadOptions) -> Folder:
    """Return the files of each role: those told, else those in `directory`.

    Raises:
        InputError: There is no such directory, or a file that is all there is for usage or csat cannot be used.
    """
    settled = {path.resolve() for paths in (*told.values(), options.aliases) for path in paths}
    files = [_look(path, options) for path in exports_in(directory) if path.resolve() not in settled]
    findings = find_roles(files, options)
    found = [(seen.path, finding.roles) for seen, finding in zip(files, findings, strict=True)]
    paths = {role: [path for path, roles in found if role in roles] for role in Role}
    paths |= {role: list(given) for role, given in told.items()}
    _refuse_lost(findings, paths)
    tables = {seen.label: seen.table for seen in files if seen.table is not None and seen.is_whole}
    return Folder(paths, findings, tables)


def nothing_in(directory: Path, folder: Folder, *, any_role: bool = False) -> InputError | None:
    """The error for a folder that has nothing for usage or csat, or for no role at all; None where it has."""
    if any(folder.paths.get(role) for role in (Role if any_role else AXES)):
        return None
    return InputError(
        f"`{directory}` has no file for usage or csat",
        details=tuple(each.text for each in folder.findings),
        hint="`--usage FILE` or `--csat FILE` says what a file is, `--column FIELD=FILE:HEADER` what a column is",
        asks=tuple(ask for each in folder.findings for ask in (each.asks or (each.fault.asks if each.fault else ()))),
    )


def _refuse_lost(findings: Sequence[Finding], paths: Mapping[Role, Sequence[Path]]) -> None:
    """Refuse a file that is there by name for usage or csat, cannot be used, and is all there is of it."""
    for found in findings:
        promised = words_of(found.label, role_signs.VAGUE_NAMES)
        if found.fault is not None and any(role in promised and not paths[role] for role in AXES):
            raise found.fault


def _look(path: Path, options: ReadOptions) -> Seen:
    """Read a file, of a big one the beginning."""
    label = label_of(path)
    try:
        head = _head(path)
        if head is None:
            return Seen(path, label, read_table(path, encoding=options.encoding, max_bytes=options.max_bytes).settled())
        return Seen(path, label, table_from_bytes(head, label, encoding=options.encoding).settled(), is_whole=False)
    except InputError as fault:
        return Seen(path, label, fault=fault)


def _head(path: Path) -> bytes | None:
    """The first lines of a big text file, packed by gzip or not, or rows of a Parquet log; None of any other."""
    if is_counted_there(path):
        from csq.sources.reading.parquet import first_rows  # few runs need it

        return first_rows(path)
    if path.stat().st_size < BIG:
        return None
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic.startswith(b"\x1f\x8b"):
            try:
                with gzip.open(file) as stream:
                    return take_records(stream, HEAD)  # type: ignore[arg-type]
            except (OSError, EOFError):
                return None
        return None if magic in (b"PAR1", b"PK\x03\x04", b"\x28\xb5\x2f\xfd") else take_records(file, HEAD)


def expand(role: Role, patterns: list[str]) -> list[Path]:
    """Resolve what was given to one flag: files, `-`, or patterns such as `usage_*.csv`, sorted, each once.

    Raises:
        UsageError: A pattern matches nothing.
    """
    paths: list[Path] = []
    for pattern in patterns:
        # A file whose name has brackets or stars is itself before it is a pattern.
        if pattern == "-" or is_remote(pattern) or Path(pattern).exists() or not glob.has_magic(pattern):
            paths.append(Path(pattern))
            continue
        matches = sorted(Path(match) for match in glob.glob(pattern))  # noqa: PTH207 - the pattern may be absolute
        if not matches:
            raise UsageError(f"`--{role} {pattern}` matches no file")
        paths += matches
    return list(dict.fromkeys(paths))
