"""csq.yaml found, read and checked. Reads that one file and nothing else."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from csq import yamlfile
from csq.errors import ConfigError, Problem, UsageError
from csq.located import Document, SourceText, Steps, find, problem, read, shown, unusable
from csq.settings.change import KeyChange, changed, meant
from csq.settings.model import ALL_TIERS, OTHER, UNVALUED, CutRule, Settings
from csq.suggest import near_miss
from csq.terms import Role

FILE_NAME = "csq.yaml"
SCHEMA_NAME = ".csq.schema.json"
"""The schema that lies beside it for editors; hidden, so that a folder of exports shows what people put there."""
BUILT_IN = "built in"
Fields = Mapping[Role, Iterable[str]]


class LoadedSettings(NamedTuple):
    """Settings and where they come from."""

    settings: Settings
    label: str
    """The file, or `built in`."""
    sha256: str
    """Of the file's bytes; of no bytes at all for what is built in."""
    folder: Path | None
    """What paths in the file are relative to."""

    @property
    def playbook(self) -> Path | None:
        """The playbook that the file asks for."""
        return self._beside(self.settings.playbook)

    @property
    def aliases(self) -> Path | None:
        """The file of aliases that the file asks for."""
        return self._beside(self.settings.aliases)

    @property
    def history(self) -> Path | None:
        """The folder of snapshots that the file asks for."""
        return self._beside(self.settings.history)

    @property
    def events(self) -> Path | None:
        """The file in which `csq done` keeps what became of the steps."""
        return self._beside(self.settings.events)

    def _beside(self, name: str | None) -> Path | None:
        return None if name is None or self.folder is None else self.folder / name


def find_settings(flag: Path | None, directory: Path | None, cwd: Path) -> Path | None:
    """Return the csq.yaml of a run: the one named, else that of the inputs, else that of the working directory."""
    return flag or find(FILE_NAME, directory, cwd)


def load_settings(path: Path | None, fields: Fields | None = None, changes: Sequence[KeyChange] = ()) -> LoadedSettings:
    """Read and check csq.yaml, or what is built in; `columns:` are checked against the fields there are of each role.

    Raises:
        ConfigError: it cannot be opened, or has faults; all of them are attached.
        UsageError: a change cannot be.
    """
    if path is None:
        nothing = hashlib.sha256(b"").hexdigest()
        built_in = LoadedSettings(settings=Settings(), label=BUILT_IN, sha256=nothing, folder=None)
        return _with_changes(SourceText("", BUILT_IN, nothing), Path(), fields, changes) if changes else built_in
    source = read(path)
    loaded = settings_of(source, path.parent, fields)
    return _with_changes(source, path.parent, fields, changes) if changes else loaded


def settings_of(source: SourceText, folder: Path, fields: Fields | None = None) -> LoadedSettings:
    """Check the text of a csq.yaml that is in `folder`, or is to be. Raises ConfigError as `load_settings` does."""
    from csq.validation import validate  # takes long, and few runs have anything to check

    document = yamlfile.parse(source.text, source.label)
    settings, problems = validate(document, Settings, "settings")
    if settings is not None:
        problems += [*_unknown_fields(document, settings, fields or {}), *_unknown_tiers(document, settings)]
    if settings is None or problems:
        raise unusable(source.label, problems)
    return LoadedSettings(settings=settings, label=source.label, sha256=source.sha256, folder=folder)


def _with_changes(
    source: SourceText, folder: Path, fields: Fields | None, changes: Sequence[KeyChange]
) -> LoadedSettings:
    """Settings without faults, with changes, whose faults are those of the command line. Raises UsageError."""
    text = changed(yamlfile.parse(source.text, source.label).data, changes)
    sha256 = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    try:
        return settings_of(SourceText(text, source.label, sha256), folder, fields)
    except ConfigError as error:
        first = error.problems[0]
        raise UsageError(f"`{meant(first.path, changes)}`: {first.message}", hint=first.hint) from error


def parse_cut(text: str) -> CutRule:
    """Read a cut as the command line spells it: a number from 0 to 100, `median`, `weighted_median` or `q75`.

    Raises UsageError when it is none of these.
    """
    from csq.validation import model_of  # takes long, and few runs have anything to check

    try:
        cut: CutRule = model_of(CutRule).model_validate(text.strip())
    except ValueError as error:
        hint = "a number from 0 to 100, `median`, `weighted_median`, or `q1` to `q99`"
        raise UsageError(f"{shown(text)} is not a cut", hint=hint) from error
    return cut


def _unknown_fields(document: Document, settings: Settings, fields: Fields) -> Iterator[Problem]:
    for role, known in fields.items():
        told = settings.columns.of(role)
        yield from (_unknown(document, ("columns", role, name), "field", known) for name in told if name not in known)


def _unknown_tiers(document: Document, settings: Settings) -> Iterator[Problem]:
    """Tiers that a number is given for, but that `bands` does not make."""
    if settings.tiers is None or settings.tiers.bands is None:
        return
    known = (*settings.tiers.bands, OTHER, UNVALUED, ALL_TIERS)
    thresholds = settings.thresholds
    told: dict[Steps, Iterable[str]] = {
        ("thresholds", "usage", "at"): thresholds.usage.at or (),
        ("thresholds", "happiness", "at"): thresholds.happiness.at or (),
        **{("thresholds", "references", part): tiers for part, tiers in thresholds.references.items()},
    }
    for path, tiers in told.items():
        yield from (_unknown(document, (*path, tier), "tier", known) for tier in tiers if tier not in known)


def _unknown(document: Document, path: Steps, what: str, known: Iterable[str]) -> Problem:
    known = list(known)
    hint = near_miss(str(path[-1]), known) or f"there are {', '.join(known)}"
    message, code = f"unknown {what} {shown(path[-1])}", f"settings/unknown-{what}"
    return problem(document, path, message, code, hint, at_key=True)
