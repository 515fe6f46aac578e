"""What settles a run before anything is read: csq.yaml, the playbook, and the command line on top of both."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from csq.cli.columns import pair, read_columns, read_convention, rules_by_label
from csq.cli.options import Inputs, Method
from csq.errors import UsageError
from csq.located import SourceText
from csq.playbook.load import LoadedPlaybook, find_playbook, load_playbook
from csq.roles import EXPORTS, KEYED, ROLES
from csq.section import replace
from csq.settings.change import KeyChange
from csq.settings.load import LoadedSettings, find_settings, load_settings, parse_cut, settings_of
from csq.settings.model import FileRule, KeyColumn, Settings
from csq.sources.cells.dates import ORDERS
from csq.sources.cells.numbers import MARKS
from csq.sources.columns.everyday import everyday_events
from csq.sources.columns.metrics import KindsTold
from csq.sources.finding.locate import exports_in
from csq.sources.reading.read import label_of
from csq.sources.reading.streams import MAX_BYTES, size_of
from csq.sources.rows.tables import ReadOptions
from csq.terms import Role, Survey

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Days that a run can look back from: windows reach beyond the calendar from no other."""
FLAGGED = {
    "window": ("windows", "usage"),
    "csat_window": ("windows", "csat"),
    "usage_cut": ("thresholds", "usage"),
    "happiness_cut": ("thresholds", "happiness"),
}
"""Flags that say what a key of csq.yaml says."""
READING = {
    "csat_scale": "scales",
    "column": "columns",
    "key": "keys",
    "decimal": "files",
    "date_order": "files",
    "aliases": "aliases",
}
"""Flags that say how to read, and the key of csq.yaml that they go before."""


class Rules(NamedTuple):
    """What csq.yaml, the playbook and the command line settle before anything is read."""

    settings: LoadedSettings
    playbook: LoadedPlaybook
    aliases: tuple[Path, ...]
    options: ReadOptions
    files: tuple[Path, ...]
    """csq.yaml and playbook, as far as they are files."""


def settle(
    inputs: Inputs,
    method: Method,
    directory: Path | None,
    named: Mapping[Role, Sequence[Path]],
    *,
    checks: bool,
    draft: SourceText | None,
    changes: Sequence[KeyChange],
) -> Rules:
    """Load csq.yaml and playbook, and put the command line on top.

    Of a run that `checks` the aliases that are named will be written. A `draft` stands in place of the csq.yaml of the
    folder of the exports; `changes` of its keys go before flags that say the same.

    Raises UsageError or ConfigError, as the fault is the user's line, or a YAML file's.
    """
    _refuse_hidden(inputs, changes)
    config = find_settings(Path(inputs.config) if inputs.config else None, directory, Path()) if draft is None else None
    fields = {role: tuple(field.name for field in ROLES[role].fields) for role in EXPORTS}
    settings = settings_of(draft, directory or Path(), fields) if draft else load_settings(config, fields, changes)
    settings = settings._replace(settings=_with_flags(settings.settings, _but_changed(method, changes)))
    told_playbook = Path(inputs.playbook) if inputs.playbook else None
    playbook_path = find_playbook(told_playbook, settings.playbook, directory, Path())
    playbook = load_playbook(playbook_path)
    labels = [label_of(path) for found in named.values() for path in found]
    labels += [label_of(path) for path in exports_in(directory)] if directory else []
    aliases = _alias_files(inputs, settings.aliases, writes=checks)
    options = _read_options(inputs, labels, settings.settings, playbook, told_day(inputs.as_of))
    options = options._replace(aliases=aliases)
    return Rules(settings, playbook, aliases, options, tuple(path for path in (config, playbook_path) if path))


def _alias_files(inputs: Inputs, of_settings: Path | None, *, writes: bool) -> tuple[Path, ...]:
    """The files of aliases that hold: the one named, else that of csq.yaml; where one is written, what both say."""
    named = Path(inputs.aliases) if inputs.aliases else None
    if not writes:
        return tuple(path for path in (named or of_settings,) if path)
    known = [path for path in (of_settings, named) if path and (path is not named or path.exists())]
    return tuple({path.resolve(): path for path in known}.values())


def _refuse_hidden(inputs: Inputs, changes: Sequence[KeyChange]) -> None:
    """Refuse a change that a flag would go before, so that it would change nothing."""
    for flag, key in READING.items():
        if getattr(inputs, flag) and any(change.path[0] == key for change in changes):
            name = f"--{flag.replace('_', '-')}"
            told = f"`{name}` says how to read, whatever `{key}` is set to"
            raise UsageError(told, hint=f"leave `{name}` out, and say it under `{key}` in csq.yaml")


def _but_changed(method: Method, changes: Sequence[KeyChange]) -> Method:
    """The flags without those that say what a change says otherwise."""
    left: dict[str, Any] = {
        flag: None for flag, path in FLAGGED.items() if any(path[: len(each.path)] == each.path[:2] for each in changes)
    }
    return method._replace(**left)


def _with_flags(settings: Settings, method: Method) -> Settings:
    """Settings with what the command line says in their place."""
    windows = {name: days for name, days in (("usage", method.window), ("csat", method.csat_window)) if days}
    cuts = {
        name: parse_cut(cut) for name, cut in (("usage", method.usage_cut), ("happiness", method.happiness_cut)) if cut
    }
    return replace(
        settings, windows=replace(settings.windows, **windows), thresholds=replace(settings.thresholds, **cuts)
    )


def _read_options(
    inputs: Inputs,
    labels: Sequence[str],
    settings: Settings,
    playbook: LoadedPlaybook,
    day: date | None,
) -> ReadOptions:
    named = read_columns(inputs.column or (), labels)
    columns = {role: {**(settings.columns.of(role) if role in EXPORTS else {}), **named.of(role)} for role in ROLES}
    decimal, decimals = read_convention("--decimal", inputs.decimal or (), MARKS, labels)
    order, orders = read_convention("--date-order", inputs.date_order or (), (*ORDERS,), labels)
    rules = rules_by_label(settings.files, labels)
    keys: dict[Role, str] = {role: str(told) for role in KEYED if (told := settings.keys.of(role))}
    for text in inputs.key or ():
        role_name, key = pair("--key", text, "ROLE=FIELD")
        keys[Role(_choice("--key", role_name, KEYED))] = _choice("--key", key, list(KeyColumn))
    return ReadOptions(
        columns=columns,
        file_columns=named.by_file,
        keys=keys,
        decimal=decimal,
        date_order=order,
        decimals={**_ruled(rules, "decimal"), **decimals},
        date_orders={**_ruled(rules, "date_order"), **orders},
        roles=_ruled(rules, "roles"),
        csat_scale=tuple(inputs.csat_scale or ()),
        scales={kind: getattr(settings.scales, kind) for kind in Survey},
        answers=settings.answers,
        encoding=inputs.encoding,
        max_bytes=size_of(inputs.max_size) if inputs.max_size is not None else MAX_BYTES,
        as_of=day,
        usage_days=settings.windows.usage,
        overlap=_choice("--overlap", inputs.overlap, ["dedupe", "add"]) if inputs.overlap else None,
        # With a day told, the run must not depend on the day it happens to be.
        run_day=None if day else datetime.now(UTC).date(),
        custom=playbook.playbook.custom,
        year=settings.year,
        metrics=KindsTold(settings.metrics),
        everyday=everyday_events(settings.features),
    )


def _ruled(rules: Mapping[str, FileRule], name: str) -> dict[str, Any]:
    """One thing that csq.yaml tells of files, by label."""
    return {label: told for label, rule in rules.items() if (told := getattr(rule, name)) is not None}


def _choice(flag: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise UsageError(f"`{flag}` cannot be `{value}`", hint=f"choose from {', '.join(known)}")
    return value


def told_day(text: str | None, flag: str = "--as-of") -> date | None:
    """The day that a flag names. Raises UsageError when that is none."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = date.fromisoformat(text)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(text)
    except ValueError:
        raise UsageError(f"`{flag} {text}` is not a date", hint="write it as 2026-11-16, from 1970 to 2199") from None
    return day
