"""From what was typed to what a run needs: files found, settings and playbook loaded, tables read."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from csq import pipeline
from csq.cli import places, quality
from csq.cli.columns import pair, read_columns, read_convention, rules_by_label
from csq.cli.options import Faults, Inputs, Limits, Method
from csq.errors import InputError, TooFewMatch, UsageError
from csq.located import SourceText
from csq.pipeline import AsOf, Triage, settle_as_of
from csq.playbook.load import LoadedPlaybook, find_playbook, load_playbook
from csq.roles import EXPORTS, KEYED, ROLES
from csq.settings.load import LoadedSettings, find_settings, load_settings, parse_cut, settings_of
from csq.settings.model import FileRule, KeyColumn, Settings
from csq.sources.cells.dates import ORDERS
from csq.sources.cells.numbers import MARKS
from csq.sources.columns.everyday import everyday_events
from csq.sources.finding.locate import Folder, expand, exports_in, in_directory, nothing_in
from csq.sources.load import Tables, load
from csq.sources.reading.read import label_of
from csq.sources.reading.streams import MAX_BYTES, size_of
from csq.sources.rows.tables import ReadOptions
from csq.suggest import in_shell
from csq.terms import Role, Survey

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
"""Days that a run can look back from: windows reach beyond the calendar from no other."""


class Run(NamedTuple):
    """Everything a run needs."""

    tables: Tables
    settings: LoadedSettings
    playbook: LoadedPlaybook
    as_of: AsOf
    max_rejects: quality.Limit | None
    """How many rows of a file may be rejected; None: any number."""
    min_match: float
    """Share of a role's rows that must match an account, 0-1."""
    inputs: Inputs
    aliases: tuple[Path, ...]
    """Files of aliases that were read."""


def prepare(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits | None,
    outputs: Sequence[Path] = (),
    *,
    checks: bool = False,
    draft: SourceText | None = None,
) -> Run:
    """Check the command line, then load settings, playbook and files.

    Args:
        inputs: What to read.
        method: How to measure.
        faults: Where what cannot be read will be written.
        limits: How much must be usable; None: the run goes on whatever is found.
        outputs: Files that will be written, which must not be inputs of this run or the next.
        checks: Any role is enough, and the aliases that are named will be written.
        draft: What the csq.yaml of the folder is to say, in place of what it says.

    Raises:
        UsageError, ConfigError, InputError: As the fault is the user's line, a YAML file's, or the data's.
    """
    try:
        return _prepare(inputs, method, faults, limits, outputs, checks=checks, draft=draft)
    except OSError as error:  # such as a name that is too long, or a folder that nobody may look into
        if not error.filename and isinstance(error, FileNotFoundError):
            raise InputError("the working directory is gone", hint="change to one that is there") from error
        named = f" `{error.filename}`" if error.filename else ""
        raise InputError(f"cannot read{named}: {error.strerror or error}") from error


def run_triage(run: Run) -> Triage:
    """Measure, place and prescribe. Raises what `pipeline.run` does, with the command that mends keys of no account."""
    try:
        return pipeline.run(run.tables, run.settings, run.playbook, as_of=run.as_of, min_match=run.min_match)
    except TooFewMatch as error:
        error.hint = f"`{aliases_command(run)}` offers accounts for the keys without one; else {error.hint}"
        raise


def aliases_command(run: Run) -> str:
    """The command that writes candidates for the keys of a run without an account, to be pasted into a shell."""
    inputs = run.inputs
    words = ["csq", "check", *([inputs.directory] if inputs.directory is not None else [])]
    words += [word for role, patterns in _named(inputs).items() for each in patterns for word in (f"--{role}", each)]
    for name in (name for name in Inputs._fields if name not in ("directory", "files", "aliases")):
        told = getattr(inputs, name)
        for value in [told] if isinstance(told, str) else told or ():
            words += [f"--{name.replace('_', '-')}", value]
    file = inputs.aliases or (str(run.aliases[-1]) if run.aliases else "aliases.csv")
    return shlex.join([*words, "--aliases", file])


def _prepare(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits | None,
    outputs: Sequence[Path],
    *,
    checks: bool,
    draft: SourceText | None,
) -> Run:
    told, inputs = inputs, _here(inputs)
    directory = Path(inputs.directory) if inputs.directory is not None else None
    told_day = _day(inputs.as_of)
    min_match = share(limits.min_match) if limits else 0.0
    max_rejects = quality.Limit(limits.max_rejects) if limits else None
    named = _expanded(inputs, directory, any_role=checks)
    config = find_settings(Path(inputs.config) if inputs.config else None, directory, Path()) if draft is None else None
    fields = {role: tuple(field.name for field in ROLES[role].fields) for role in EXPORTS}
    settings = settings_of(draft, directory or Path(), fields) if draft else load_settings(config, fields)
    settings = settings._replace(settings=_with_flags(settings.settings, method))
    told_playbook = Path(inputs.playbook) if inputs.playbook else None
    playbook_path = find_playbook(told_playbook, settings.playbook, directory, Path())
    playbook = load_playbook(playbook_path)
    labels = [label_of(path) for found in named.values() for path in found]
    labels += [label_of(path) for path in exports_in(directory)] if directory else []
    aliases = _alias_files(inputs, settings.aliases, writes=checks)
    read_options = replace(_read_options(inputs, labels, settings.settings, playbook, told_day), aliases=aliases)
    folder = in_directory(directory, named, read_options) if directory else Folder(named)
    if directory is not None and (nothing := nothing_in(directory, folder, any_role=checks)):
        raise nothing if told.directory else _nothing_told()
    read = [path for found in folder.paths.values() for path in found if str(path) != "-"]
    read += [path for path in (config, playbook_path) if path]
    written = [*outputs, *([Path(faults.rejects)] if faults.rejects is not None else [])]
    if checks and inputs.aliases:
        written.append(Path(inputs.aliases))
    else:
        read += aliases
    places.check_targets(written, read, given(inputs))
    tables = load(folder.paths, read_options, folder.tables, folder.findings)
    if limits is not None:
        quality.refuse_losses(tables, read_options)
    as_of = settle_as_of(tables, told_day, read_options.run_day)
    return Run(
        tables=tables,
        settings=settings,
        playbook=playbook,
        as_of=as_of,
        max_rejects=max_rejects,
        min_match=min_match,
        inputs=inputs,
        aliases=aliases,
    )


def _alias_files(inputs: Inputs, of_settings: Path | None, *, writes: bool) -> tuple[Path, ...]:
    """The files of aliases that hold: the one named, else that of csq.yaml; where one is written, what both say."""
    named = Path(inputs.aliases) if inputs.aliases else None
    if not writes:
        return tuple(path for path in (named or of_settings,) if path)
    known = [path for path in (of_settings, named) if path and (path is not named or path.exists())]
    return tuple({path.resolve(): path for path in known}.values())


def _here(inputs: Inputs) -> Inputs:
    """The same; with no file and no folder told, of the working directory, if it has anything that may be an export."""
    if inputs.directory is not None or any(_named(inputs).values()) or not exports_in(Path()):
        return inputs
    return inputs._replace(directory=".")


def _nothing_told() -> UsageError:
    return UsageError("nothing to read", hint="give the folder with the exports, or `--usage FILE` and `--csat FILE`")


def _expanded(inputs: Inputs, directory: Path | None, *, any_role: bool) -> dict[Role, list[Path]]:
    """The files that flags name, by role; a flag stands in for what the directory holds of its role."""
    named = {role: expand(role, list(patterns)) for role, patterns in _named(inputs).items() if patterns}
    if directory is not None and directory.is_file():
        quoted = in_shell(str(directory))
        raise UsageError(f"`{directory}` is a file", hint=f"name its role: `--usage {quoted}` or `--csat {quoted}`")
    if directory is None and not any(named.get(role) for role in (Role if any_role else (Role.USAGE, Role.CSAT))):
        raise _nothing_told()
    if sum(str(path) == "-" for found in named.values() for path in found) > 1:
        raise UsageError("`-` can stand for one file only")
    return named


def _named(inputs: Inputs) -> dict[Role, list[str]]:
    """What was given to the flag of each role."""
    return {role: patterns or [] for role, patterns in inputs.files.items()}


def given(inputs: Inputs) -> list[str]:
    """The folder, files and patterns that are read, as they were given."""
    return [*_patterns(inputs), *([inputs.directory] if inputs.directory else [])]


def _patterns(inputs: Inputs) -> list[str]:
    return [pattern for patterns in _named(inputs).values() for pattern in patterns]


def _with_flags(settings: Settings, method: Method) -> Settings:
    """Settings with what the command line says in their place."""
    windows = {name: days for name, days in (("usage", method.window), ("csat", method.csat_window)) if days}
    cuts = {
        name: parse_cut(cut) for name, cut in (("usage", method.usage_cut), ("happiness", method.happiness_cut)) if cut
    }
    return settings.model_copy(
        update={
            "windows": settings.windows.model_copy(update=windows),
            "thresholds": settings.thresholds.model_copy(update=cuts),
        }
    )


def _read_options(
    inputs: Inputs,
    labels: Sequence[str],
    settings: Settings,
    playbook: LoadedPlaybook,
    told_day: date | None,
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
        as_of=told_day,
        usage_days=settings.windows.usage,
        overlap=_choice("--overlap", inputs.overlap, ["dedupe", "add"]) if inputs.overlap else None,
        # With a day told, the run must not depend on the day it happens to be.
        run_day=None if told_day else datetime.now(UTC).date(),
        custom=playbook.playbook.custom,
        year=settings.year,
        metrics=settings.metrics,
        everyday=everyday_events(settings.features),
    )


def _ruled(rules: Mapping[str, FileRule], name: str) -> dict[str, Any]:
    """One thing that csq.yaml tells of files, by label."""
    return {label: told for label, rule in rules.items() if (told := getattr(rule, name)) is not None}


def _choice(flag: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise UsageError(f"`{flag}` cannot be `{value}`", hint=f"choose from {', '.join(known)}")
    return value


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(text)
        day = date.fromisoformat(text)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise ValueError(text)
    except ValueError:
        raise UsageError(f"`--as-of {text}` is not a date", hint="write it as 2026-11-16, from 1970 to 2199") from None
    return day


def share(text: str) -> float:
    """A percentage, with or without its sign, as a share 0-1."""
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"`--min-match {text}` is not a percentage", hint="a number from 0 to 100")
    return share
