"""From what was typed to what a run needs: files found, settings and playbook loaded, tables read."""

import contextlib
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from csq import pipeline
from csq.cli import places, quality, run_log
from csq.cli.options import Faults, Inputs, Limits, Method
from csq.cli.output import write_rejects
from csq.cli.rules import Rules, settle, told_day
from csq.errors import InputError, TooFewMatch, UsageError
from csq.facts.build import Facts
from csq.located import SourceText
from csq.pipeline import AsOf, Triage, settle_as_of
from csq.playbook.load import LoadedPlaybook
from csq.report import Report
from csq.settings.change import KeyChange
from csq.settings.load import LoadedSettings
from csq.settings.model import Settings
from csq.sources.finding.locate import Folder, expand, exports_in, in_directory, nothing_in, roles_of
from csq.sources.load import Tables, load
from csq.sources.rows.tables import ReadOptions
from csq.suggest import in_shell
from csq.terms import Role

if TYPE_CHECKING:
    from csq.cli.keep import Memory


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
    memory: "Memory | None"
    """What is known of earlier runs; None without a history."""
    options: ReadOptions
    """How the tables were read."""

    @property
    def asked(self) -> Settings:
        """Its settings before anything was pinned."""
        return self.memory.asked if self.memory else self.settings.settings


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """Say in our form what the system refuses, such as a name that is too long, or a folder nobody may look into."""
    try:
        yield
    except OSError as error:
        if not error.filename and isinstance(error, FileNotFoundError):
            raise InputError("the working directory is gone", hint="change to one that is there") from error
        named = f" `{error.filename}`" if error.filename else ""
        raise InputError(f"cannot read{named}: {error.strerror or error}") from error


@_readable()
def prepare(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits | None,
    outputs: Sequence[Path] = (),
    *,
    checks: bool = False,
    draft: SourceText | None = None,
    changes: Sequence[KeyChange] = (),
    whole: bool = False,
) -> Run:
    """Check the command line, then load settings, playbook and files.

    Without limits the run goes on whatever is found. Outputs must not be inputs of this run or the next. Of a run that
    `checks` any role is enough, and the aliases that are named will be written. `draft` and `changes` are as in
    `settle`. The rows of a big log are kept as a `whole`, else counted for one day as they are read.

    Raises UsageError, ConfigError or InputError, as the fault is the user's line, a YAML file's, or the data's.
    """
    told, inputs = inputs, _here(inputs)
    directory = Path(inputs.directory) if inputs.directory is not None else None
    told_day(inputs.as_of)  # before anything takes time
    min_match = share(limits.min_match) if limits else 0.0
    max_rejects = quality.Limit(limits.max_rejects) if limits else None
    named = _expanded(inputs, directory, any_role=checks)
    rules = settle(inputs, method, directory, named, checks=checks, draft=draft, changes=changes)
    if whole:
        rules = rules._replace(options=rules.options._replace(usage_days=None))
    folder = in_directory(directory, named, rules.options) if directory else Folder(named)
    if directory is not None and (nothing := nothing_in(directory, folder, any_role=checks)):
        raise nothing if told.directory else _nothing_told()
    paths = _with_events(folder.paths, rules.settings.events, is_told=bool(named.get(Role.EVENTS)))
    read = [*(path for found in paths.values() for path in found if str(path) != "-"), *rules.files]
    aliases = (Path(inputs.aliases),) if checks and inputs.aliases else ()
    read += () if aliases else rules.aliases
    written = [*outputs, *([Path(faults.rejects)] if faults.rejects is not None else []), *aliases]
    places.check_targets(written, read, given(inputs))
    run_log.check(lambda log: places.check_targets([*written, *log], read, given(inputs)))
    tables = load(paths, rules.options, folder.tables, folder.findings)
    if limits is not None:
        quality.refuse_losses(tables, rules.options)
    return _run(tables, rules, inputs, method, max_rejects=max_rejects, min_match=min_match)


def prepare_checked(
    inputs: Inputs,
    method: Method,
    faults: Faults,
    limits: Limits,
    outputs: Sequence[Path] = (),
    *,
    whole: bool = False,
    needs_history: bool = False,
) -> Run:
    """As `prepare`; then write what is rejected, and refuse inputs that are not good enough to go on."""
    run = prepare(inputs, method, faults, limits, outputs, whole=whole)
    if needs_history and run.memory is None:
        raise no_history()
    write_rejects(run.tables, faults)
    quality.check_inputs(run.tables, run.max_rejects, faults)
    return run


def no_history() -> UsageError:
    """What is said to who asks for what only a history can tell, and has none."""
    return UsageError("no history is named", hint="`--history DIR`, or `history: DIR` in csq.yaml")


def run_triage(run: Run, facts: Facts | None = None) -> Triage:
    """Place and prescribe by the facts that are given, or else measure them first; raises what `measured` does."""
    facts = facts or measured(run)[0]
    return pipeline.run(run.tables, run.settings, run.playbook, as_of=run.as_of, facts=facts)


def measured(run: Run) -> tuple[Facts, Run]:
    """The facts of a run, and the run without what they alone are made of: who forgets the whole one has that room.

    Raises what `pipeline.run` does, with the command that mends keys of no account.
    """
    try:
        facts = pipeline.measure(run.tables, run.settings, as_of=run.as_of, min_match=run.min_match)
    except TooFewMatch as error:
        error.hint = f"`{aliases_command(run)}` offers accounts for the keys without one; else {error.hint}"
        raise
    return facts, run._replace(tables=run.tables.without_counts())


def report_of(run: Run, found: Triage) -> Report:
    """What a run found, with what its history tells of it."""
    report = pipeline.report(found)
    if run.memory is None:
        return report
    from csq.cli.keep import remembered

    return remembered(report, found, run.memory)


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


def _with_events(
    paths: Mapping[Role, Sequence[Path]], events: Path | None, *, is_told: bool
) -> Mapping[Role, Sequence[Path]]:
    """The files by role with the events that csq.yaml names, unless a flag names others or they are there already."""
    known = paths.get(Role.EVENTS, ())
    if is_told or events is None or not events.exists() or any(events.samefile(path) for path in known):
        return paths
    return {**paths, Role.EVENTS: [*known, events]}


def _run(
    tables: Tables, rules: Rules, inputs: Inputs, method: Method, *, max_rejects: quality.Limit | None, min_match: float
) -> Run:
    """Put together what was read and how it is to be measured."""
    as_of = settle_as_of(tables, rules.options.as_of, rules.options.run_day)
    folder = Path(method.history) if method.history else rules.settings.history
    memory = _memory(folder, rules.settings, as_of, inputs, recut=method.recut) if folder else None
    return Run(
        tables=tables,
        settings=_pinned(rules.settings, memory),
        playbook=rules.playbook,
        as_of=as_of,
        max_rejects=max_rejects,
        min_match=min_match,
        inputs=inputs,
        aliases=rules.aliases,
        memory=memory,
        options=rules.options,
    )


def rerun(run: Run, inputs: Inputs, method: Method, limits: Limits, changes: Sequence[KeyChange]) -> Run:
    """The same exports under another csq.yaml or playbook, read anew only where these say how; raises as `prepare`."""
    here = _here(inputs)
    directory = Path(here.directory) if here.directory is not None else None
    named = _expanded(here, directory, any_role=False)
    rules = settle(here, method, directory, named, checks=False, draft=None, changes=changes)
    if rules.options == run.options:
        return _run(run.tables, rules, here, method, max_rejects=run.max_rejects, min_match=run.min_match)
    if any(str(path) == "-" for found in named.values() for path in found):
        told = "standard input can be read once, and this changes how it is read"
        raise UsageError(told, hint="save it to a file, and name that")
    return prepare(inputs, method, Faults(), limits, changes=changes)


def _memory(folder: Path, settings: LoadedSettings, as_of: AsOf, inputs: Inputs, *, recut: bool) -> "Memory":
    """What earlier runs pin for this one: the newest of them, up to and with its day."""
    from csq.cli.keep import Memory, told_of  # few runs have a history
    from csq.history.store import open_history

    history = open_history(folder)
    newest = history.newest(as_of.day) if as_of.day and not recut else None
    pins = history.load(newest).pins if newest else None
    return Memory(history, settings.settings, pins, told_of(inputs))


def _pinned(settings: LoadedSettings, memory: "Memory | None") -> LoadedSettings:
    if memory is None or memory.pins is None:
        return settings
    from csq.history.pins import pinned

    return settings._replace(settings=pinned(settings.settings, memory.pins))


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
        role = next(iter(roles_of(directory)), Role.USAGE)
        hint = f"give the folder that it is in, or name its role: `--{role} {in_shell(str(directory))}`"
        raise UsageError(f"`{directory}` is a file", hint=hint)
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
    patterns = [pattern for each in _named(inputs).values() for pattern in each]
    return [*patterns, *([inputs.directory] if inputs.directory else [])]


def share(text: str) -> float:
    """A percentage, with or without its sign, as a share 0-1."""
    try:
        share = float(text.removesuffix("%")) / 100
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UsageError(f"`--min-match {text}` is not a percentage", hint="a number from 0 to 100")
    return share
