"""playbooks.yaml found, read and checked. Reads that one file, and the built-in one where it builds on that.

`check_playbook` finds every fault; a run refuses the file for the first of them and `csq playbook
lint` lists them all. What only makes sense once all keys are known is checked here: names in
conditions and braces, signals that mute others, custom facts that would hide csq's own.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from csq import yamlfile
from csq.errors import ConfigError, Problem
from csq.located import Data, Document, SourceText, Steps, find, in_order, problem, read, shown, spell, unusable
from csq.playbook import conditions, text
from csq.playbook.kinds import doubtful_kinds, texts
from csq.playbook.merge import merge
from csq.playbook.model import Base, FactKind, Playbook
from csq.playbook.names import names
from csq.playbook.tokens import Fault
from csq.schema import COLUMNS, Kind, event_kind
from csq.section import trusted
from csq.suggest import near_miss

FILE_NAME = "playbooks.yaml"
BUILT_IN = "built in"
PACKAGED = Path(__file__).with_name("default.yaml")
AS_JSON = PACKAGED.with_suffix(".json")
"""The same as it was read and checked, which takes a fortieth of the time to take up."""
TEMPLATE = Path(__file__).with_name("extends.yaml")
"""A short playbook to begin with, that builds on the packaged one."""


class LoadedPlaybook(NamedTuple):
    """A playbook and where it comes from."""

    playbook: Playbook
    label: str
    """The file, or `built in`."""
    sha256: str
    """Of the file's bytes, and of the built-in's where it builds on them."""


def find_playbook(flag: Path | None, from_settings: Path | None, directory: Path | None, cwd: Path) -> Path | None:
    """Return the playbook of a run; None for the one in the package.

    It is the one named on the command line, else in csq.yaml, else that of the inputs or of the working directory.
    """
    return flag or from_settings or find(FILE_NAME, directory, cwd)


def load_playbook(path: Path | None) -> LoadedPlaybook:
    """Read and check a playbook; None for the one in the package.

    Raises ConfigError when it cannot be opened, or has faults; all of them are attached.
    """
    source = _read(path)
    if path is None:
        return LoadedPlaybook(playbook=_packaged(), label=source.label, sha256=source.sha256)
    playbook, problems = check_playbook(source.text, source.label)
    if playbook is None:
        raise unusable(source.label, problems)
    sha256 = source.sha256
    if playbook.extends:  # a change of the built-in one changes what the file says
        sha256 = hashlib.sha256(source.text.encode() + PACKAGED.read_bytes()).hexdigest()
    return LoadedPlaybook(playbook=playbook, label=source.label, sha256=sha256)


def lint_playbook(path: Path | None) -> tuple[Problem, ...]:
    """Return every fault of a playbook, in the order of the file. Raises ConfigError when it cannot be opened."""
    try:
        source = _read(path)
    except ConfigError as error:
        if not error.problems:
            raise
        return error.problems
    return check_playbook(source.text, source.label)[1]


@lru_cache(maxsize=1)
def _packaged() -> Playbook:
    """The packaged one. Tests hold it to every check, and what is read here to what people read."""
    playbook: Playbook = trusted(Playbook)(json.loads(AS_JSON.read_bytes()))
    return playbook


def check_playbook(written: str, label: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    """Check the text of a playbook.

    Returns:
        The playbook, or None when there are faults; and the faults, in the order of the text.
    """
    return _checked(written, label, _read(None).text)


_MOST = 1_000
"""Faults of texts and mutes that are told at once: to find the name that was meant takes a millisecond each."""


@lru_cache(maxsize=2)  # a sweep asks for the same one in each of its runs
def _checked(written: str, label: str, built_in: str) -> tuple[Playbook | None, tuple[Problem, ...]]:
    from csq.validation import validate  # takes long, and few runs have anything to check

    try:
        document, met = _whole(written, label, built_in)
    except ConfigError as error:
        return None, error.problems
    playbook, problems = validate(document, Playbook, "playbook")
    problems += met
    facts = _entries(document.data, "facts")
    known = names({name: Kind(kind) for name, kind in facts.items() if kind in list(FactKind)})
    faults = chain(_wrong_texts(document, known), _wrong_mutes(document))
    problems += [*islice(faults, _MOST), *_mute_circles(document), *_hiding_facts(document)]
    if next(faults, None):
        message = f"there are more faults of texts and mutes than the {_MOST:,} that are told"
        problems.append(problem(document, (), message, "playbook/more-faults"))
    return (None if problems else playbook), in_order(problems)


def doubts(path: Path | None) -> tuple[Problem, ...]:
    """Return what a playbook without faults may not mean as it says it, in the order of the file."""
    source, built_in = _read(path), _read(None).text
    document, _ = _whole(source.text, source.label, built_in)
    return in_order(doubtful_kinds(document, yamlfile.parse(built_in, BUILT_IN)))


def _whole(written: str, label: str, built_in: str) -> tuple[Document, list[Problem]]:
    """A playbook as it counts, with what it builds on, and faults that show where the two meet."""
    document = yamlfile.parse(written, label)
    if isinstance(document.data, dict) and document.data.get("extends") == Base.BUILT_IN:
        return merge(document, yamlfile.parse(built_in, BUILT_IN))
    return document, []


def _read(path: Path | None) -> SourceText:
    return read(PACKAGED, label=BUILT_IN) if path is None else read(path)


def _entries(data: Data, key: str) -> dict[str, Data]:
    """Return the group under `key`; nothing where something else stands, which the model objects to."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _wrong_texts(document: Document, known: Mapping[str, Kind]) -> Iterator[Problem]:
    """Check conditions and braces, also where other keys keep the playbook from becoming a model."""
    for section in ("touch", "quadrants", "rest", "signals", "check_ins"):
        for path, value in texts(document.data.get(section) if isinstance(document.data, dict) else None, (section,)):
            for fault in _faults(path[-1], value, known):
                yield _within(document, path, fault)


def _faults(key: str | int, value: str, known: Mapping[str, Kind]) -> tuple[Fault, ...]:
    if key in ("when", "person_when"):
        return conditions.check(value, known) if value.strip() else ()
    if len(value) > text.MAX_LENGTH:
        message = f"a text of {len(value):,} characters, of at most {text.MAX_LENGTH:,}"
        return (Fault(offset=0, width=1, message=message, code="too-long"),)
    if key in ("do", "text"):
        return text.check(value, known)
    if named := text.fields(value):
        message = f"`{{{named[0]}}}` would be printed as it stands: braces are filled in `do` and `text` only"
        return (Fault(offset=value.index("{"), width=len(named[0]) + 2, message=message, code="unfilled-braces"),)
    return ()


def _within(document: Document, path: Steps, fault: Fault) -> Problem:
    location = document.locate_within(path, fault.offset, fault.width)
    return Problem(
        location=location, path=spell(path), message=fault.message, code=f"playbook/{fault.code}", hint=fault.hint
    )


def _wrong_mutes(document: Document) -> Iterator[Problem]:
    """Check that what a signal mutes are other signals."""
    signals = _entries(document.data, "signals")
    for name, signal in signals.items():
        muted = signal.get("mutes") if isinstance(signal, dict) else None
        others = sorted(signals.keys() - {name})
        for position, other in enumerate(muted if isinstance(muted, list) else ()):
            if isinstance(other, str) and other not in others:
                path = ("signals", name, "mutes", position)
                what = "a signal cannot mute itself" if other == name else f"there is no signal {shown(other)}"
                yield problem(document, path, what, "playbook/unknown-signal", near_miss(other, others))


def _mute_circles(document: Document) -> Iterator[Problem]:
    """Check that no signal mutes itself by way of others, since then none of them would ever be told."""
    signals = _entries(document.data, "signals")
    mutes = {name: signal.get("mutes") for name, signal in signals.items() if isinstance(signal, dict)}
    others = {
        name: [other for other in muted if isinstance(other, str) and other != name]
        for name, muted in mutes.items()
        if isinstance(muted, list)
    }
    try:
        TopologicalSorter(others).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1][:-1]
        # What is taken from the built-in playbook stands further up than any signal of a team's file.
        paths = {name: ("signals", name, "mutes") for name in ring}
        first = max(ring, key=lambda name: document.locate(paths[name], key=True).line or 0)
        start = ring.index(first)
        circle = [*ring[start:], *ring[:start], first]
        path = paths[first]
        message = f"signals that mute each other in a circle: {', '.join(circle)}"
        yield problem(document, path, message, "playbook/mute-circle", "leave one of the mutes out", at_key=True)


def _hiding_facts(document: Document) -> Iterator[Problem]:
    """Check that custom facts leave csq's own columns alone."""
    for name in _entries(document.data, "facts"):
        if name in COLUMNS or event_kind(name):
            message, hint = (
                f"`{name}` is a column of csq's own",
                "leave it out to use csq's, or give yours another name",
            )
            yield problem(document, ("facts", name), message, "playbook/fact-exists", hint, at_key=True)
