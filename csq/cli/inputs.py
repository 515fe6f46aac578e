"""From what was typed to what a run needs: files found, settings and playbook loaded, tables read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from csq.cli import emit, quality
from csq.errors import InputError, UsageError
from csq.facts.build import population
from csq.facts.fates import joins, matched_share
from csq.pipeline import AsOf, settle_as_of
from csq.playbook.load import LoadedPlaybook, find_playbook, load_playbook
from csq.settings.load import LoadedSettings, find_settings, load_settings, parse_cut
from csq.settings.model import KeyColumn, Settings
from csq.sources.fields import FIELDS
from csq.sources.load import Tables, load
from csq.sources.locate import expand, in_directory
from csq.sources.tables import ReadOptions
from csq.terms import Role


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The options of a command line that say what to read and how to measure, as typed."""

    directory: str | None = None
    files: Mapping[Role, Sequence[str]]
    config: str | None = None
    playbook: str | None = None
    as_of: str | None = None
    window: int | None = None
    csat_window: int | None = None
    usage_cut: str | None = None
    happiness_cut: str | None = None
    csat_scale: Sequence[str] = ()
    date_order: str | None = None
    decimal: str | None = None
    columns: Sequence[str] = ()
    keys: Sequence[str] = ()
    overlap: str | None = None
    min_match: str = "50"
    encoding: str | None = None
    rejects: str | None = None
    max_rejects: str | None = None
    """None: however many are rejected, the run goes on."""
    strict: bool = False
    outputs: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything a run needs."""

    tables: Tables
    settings: LoadedSettings
    playbook: LoadedPlaybook
    as_of: AsOf


def prepare(typed: Typed) -> Run:
    """Check the command line, then load settings, playbook and files.

    Raises:
        UsageError, ConfigError, InputError: As the fault is the user's line, a YAML file's, or the data's.
    """
    directory = Path(typed.directory) if typed.directory is not None else None
    told_day = _day(typed.as_of)
    min_match = _share(typed.min_match)
    limit = quality.Limit(typed.max_rejects) if typed.max_rejects is not None else None
    paths = _paths(typed, directory)
    config = find_settings(Path(typed.config) if typed.config else None, directory, Path())
    fields = {role: tuple(field.name for field in known) for role, known in FIELDS.items()}
    settings = load_settings(config, fields)
    settings = replace(settings, settings=_with_flags(settings.settings, typed))
    playbook_path = find_playbook(
        Path(typed.playbook) if typed.playbook else None, settings.playbook, directory, Path()
    )
    _check_outputs(typed, paths, [path for path in (config, playbook_path) if path], directory)
    playbook = load_playbook(playbook_path)
    tables = load(paths, _read_options(typed, settings.settings, playbook, told_day))
    as_of = settle_as_of(tables, told_day)
    if typed.rejects is not None:
        quality.write_rejects(Path(typed.rejects), tables)
    if limit is not None:
        quality.check_rejects(tables, limit, typed.rejects)
    if typed.strict:
        quality.check_strict(tables)
    _check_match(tables, settings.settings, as_of, min_match)
    return Run(tables=tables, settings=settings, playbook=playbook, as_of=as_of)


def _paths(typed: Typed, directory: Path | None) -> dict[Role, list[Path]]:
    """The files of each role: a flag stands in for what the directory holds of its role."""
    named = {role: expand(role, list(patterns)) for role, patterns in typed.files.items() if patterns}
    if directory is not None and directory.is_file():
        raise UsageError(
            f"`{directory}` is a file", hint=f"name its role: `--usage {directory}` or `--csat {directory}`"
        )
    paths = {**(in_directory(directory) if directory is not None else {}), **named}
    if not paths.get(Role.USAGE) and not paths.get(Role.CSAT):
        raise UsageError(
            "nothing to read", hint="give the folder with the exports, or `--usage FILE` and `--csat FILE`"
        )
    if sum(str(path) == "-" for found in paths.values() for path in found) > 1:
        raise UsageError("`-` can stand for one file only")
    return paths


def _check_outputs(typed: Typed, paths: Mapping[Role, list[Path]], others: list[Path], directory: Path | None) -> None:
    inputs = [path for found in paths.values() for path in found if str(path) != "-"]
    patterns = [pattern for given in typed.files.values() for pattern in given or ()]
    patterns += [str(directory)] if directory is not None else []
    outputs = [*typed.outputs, *([typed.rejects] if typed.rejects is not None else [])]
    emit.check_targets([Path(name) for name in outputs], [*inputs, *others], patterns)


def _with_flags(settings: Settings, typed: Typed) -> Settings:
    """Settings with what the command line says in their place."""
    windows = {name: days for name, days in (("usage", typed.window), ("csat", typed.csat_window)) if days}
    cuts = {
        name: parse_cut(cut) for name, cut in (("usage", typed.usage_cut), ("happiness", typed.happiness_cut)) if cut
    }
    return settings.model_copy(
        update={
            "windows": settings.windows.model_copy(update=windows),
            "thresholds": settings.thresholds.model_copy(update=cuts),
        }
    )


def _read_options(typed: Typed, settings: Settings, playbook: LoadedPlaybook, told_day: date | None) -> ReadOptions:
    columns = {role: dict(settings.columns.of(role)) for role in Role}
    for text in typed.columns:
        field, header = _pair("--column", text, "FIELD=HEADER")
        roles = [role for role, known in FIELDS.items() if field in {each.name for each in known}]
        if not roles:
            names = sorted({each.name for known in FIELDS.values() for each in known})
            raise UsageError(f"`--column {text}`: no field is called `{field}`", hint=f"fields: {', '.join(names)}")
        for role in roles:
            if typed.files.get(role) or typed.directory is not None:
                columns[role][field] = header
    keys = {role: str(key) for role, key in ((Role.USAGE, settings.keys.usage), (Role.CSAT, settings.keys.csat)) if key}
    for text in typed.keys:
        role_name, key = _pair("--key", text, "ROLE=FIELD")
        keyed = Role(_choice("--key", role_name, [Role.USAGE, Role.CSAT]))
        keys[keyed] = _choice("--key", key, list(KeyColumn))
    return ReadOptions(
        columns=columns,
        keys=keys,
        decimal=_choice("--decimal", typed.decimal, [",", "."]) if typed.decimal else None,  # type: ignore[arg-type]
        date_order=_choice("--date-order", typed.date_order, ["dmy", "mdy", "ymd"]) if typed.date_order else None,  # type: ignore[arg-type]
        csat_scale=tuple(typed.csat_scale),
        encoding=typed.encoding,
        as_of=told_day,
        usage_days=settings.windows.usage,
        overlap=_choice("--overlap", typed.overlap, ["dedupe", "add"]) if typed.overlap else None,
        # With a day told, the run must not depend on the day it happens to be.
        run_day=None if told_day else datetime.now(UTC).date(),
        custom=playbook.playbook.custom,
        metrics={name: str(kind) for name, kind in settings.metrics.items()},
    )


def _pair(flag: str, text: str, form: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise UsageError(f"`{flag} {text}` is not of the form {form}")
    return name.strip(), value.strip()


def _choice(flag: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise UsageError(f"`{flag}` cannot be `{value}`", hint=f"choose from {', '.join(known)}")
    return value


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"`--as-of {text}` is not a date", hint="write it as 2026-11-16") from None


def _share(text: str) -> float:
    """A percentage, with or without its sign, as a share 0-1."""
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"`--min-match {text}` is not a percentage", hint="a number from 0 to 100")
    return share


def _check_match(tables: Tables, settings: Settings, as_of: AsOf, least: float) -> None:
    """Refuse a run most of whose rows belong to nobody: its quadrants would be made of the rest.

    Raises:
        InputError: Under `least` of a role's rows match an account.
    """
    if tables.accounts is None:
        return
    accounts = population(tables, settings, as_of.day).frame
    for join in joins(tables, accounts):
        share = matched_share(join)
        if share < least:
            role, key = join.role, join.key
            raise InputError(
                f"{join.matched:,} of {join.rows:,} rows of {role} match an account by {key}, under {least:.0%}",
                details=(
                    f"in {role}: {', '.join(join.only_here[:5])}",
                    f"in accounts: {', '.join(accounts['account_id'].head(5))}",
                    *_damage(tables, role),
                ),
                hint=f"say which key it is, `--key {role}=FIELD`, or accept it with `--min-match {int(share * 100)}`",
            )


def _damage(tables: Tables, role: Role) -> tuple[str, ...]:
    """What a spreadsheet did to the keys of a role, if that is why they do not match."""
    rows = tables.usage if role is Role.USAGE else tables.csat
    return rows.damage if rows else ()
