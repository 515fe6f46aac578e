"""What `csq init` finds out: it reads the exports again and again, until nothing is open that has not been asked."""

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from csq import scratch, yamlfile
from csq.cli import diagnostics, quality
from csq.cli.options import Faults, Inputs, Limits, Method
from csq.cli.run import Run, prepare
from csq.errors import ConfigError, CsqError, InputError, Setting
from csq.located import SourceText
from csq.pipeline import triage
from csq.render.rejects import aliases_csv
from csq.render.settings import found_settings, open_settings
from csq.report import Report
from csq.settings.edit import SettingLine, add, bare, in_one_line
from csq.settings.load import settings_of
from csq.sources.joining.aliases import read_aliases
from csq.sources.joining.candidates import find_candidates, may_be_meant
from csq.sources.joining.identity import key_map
from csq.suggest import in_yaml
from csq.terms import Role

ALIASES = "aliases.csv"
"""The file of aliases that is offered."""
ALIASES_KEY = "aliases"
NONE = "none"
"""What leaves keys without an account."""
PINS = ("tiers", "thresholds")
"""Sections that are taken from scores, and so wait for what moves these."""


SECTIONS = (
    "files", "columns", "keys", "aliases", "year", "scales", "answers", "metrics", "statuses", "currency", *PINS,
)  # fmt: skip
"""Sections in the order in which they are written."""


class AliasOffer(NamedTuple):
    """Accounts offered for keys without one: the file they go into, and what it would hold."""

    path: Path
    data: bytes


class Explored(NamedTuple):
    """What is to be written, and what is left open."""

    lines: tuple[SettingLine, ...]
    left: tuple[Setting, ...]
    aliases: AliasOffer | None


class _Seen(NamedTuple):
    """One look at the exports: a run and its report, or why there is none; and what is open."""

    asks: Sequence[Setting]
    run: Run | None = None
    report: Report | None = None
    fault: InputError | None = None


def explore(folder: Path, text: str, label: str) -> Explored:
    """Look at the exports of a folder, and ask what they leave open where there is a terminal.

    `text` is what csq.yaml, called `label`, says so far or is to begin with.

    Raises:
        InputError: The exports cannot be used, whatever csq.yaml says.
        ConfigError: What csq.yaml says cannot be used.
    """
    with scratch.folder() as place:
        return _Talk(folder, text, label, place / ALIASES).lead()


@dataclass
class _Talk:
    """What has been asked so far, and what was said to it."""

    folder: Path
    text: str
    label: str
    aliases: Path
    """Where aliases that were agreed to stand until csq.yaml is written."""
    settled: list[Setting] = field(default_factory=list)
    left: list[Setting] = field(default_factory=list)
    assumed: list[Setting] = field(default_factory=list)
    """Of what is left those without which a run could not go on; the likeliest is taken to look further."""
    offer: AliasOffer | None = None

    def lead(self) -> Explored:
        """Look and ask until nothing new is open."""
        while True:
            seen = self._look()
            new = [each for each in seen.asks if each not in self.left and not self._is_settled(each)]
            for question in new:
                self._put(question, is_needed=seen.run is None)
            if not new or (seen.run and all(each in self.left for each in new)):
                break
        if seen.fault and not seen.fault.asks:
            raise seen.fault
        found = self._tried(seen.run, seen.report) if seen.run and seen.report else []
        here = f"{self.folder}{os.sep}"  # where csq.yaml lies
        told = (each for each in (*found, *self.settled) if each.value != NONE)
        lines = [SettingLine(each._replace(why=each.why.replace(here, ""))) for each in told]
        lines += [SettingLine(each, is_open=True) for each in self.left]
        lines.sort(key=lambda line: SECTIONS.index(line.setting.path[0]))
        is_wanted = self.aliases.exists() or not (seen.run and seen.run.aliases)
        return Explored(tuple(lines), tuple(self.left), self.offer if self.offer and is_wanted else None)

    def _look(self) -> _Seen:
        try:
            run, report = self._read([*self.settled, *self.assumed])
        except InputError as fault:
            return _Seen(fault.asks, fault=fault)
        return _Seen([*open_settings(report, run.tables), *self._offered(run, report)], run, report)

    def _read(self, told: Sequence[Setting]) -> tuple[Run, Report]:
        """Run on the exports, with lines added to csq.yaml."""
        inputs = Inputs(directory=str(self.folder), aliases=str(self.aliases) if self.aliases.exists() else None)
        run = prepare(inputs, Method(), Faults(), Limits(), draft=self._draft(told))
        quality.check_inputs(run.tables, run.max_rejects, Faults())
        return run, triage(run.tables, run.settings, run.playbook, as_of=run.as_of)

    def _draft(self, told: Sequence[Setting]) -> SourceText:
        lines = [SettingLine(each) for each in told if each.value and each.path != (ALIASES_KEY,)]
        return SourceText(add(self.text, lines, self.label).text, self.label, "")

    def _offered(self, run: Run, report: Report) -> list[Setting]:
        """The question whether keys are to be the accounts that they come near to, where some do."""
        accounts = run.tables.roles.get(Role.ACCOUNTS)
        if accounts is None or self.aliases.exists():
            return []
        path = run.settings.aliases or self.folder / ALIASES
        told = read_aliases([path] if path.exists() else [])
        meant = may_be_meant(accounts.frame, report.accounts)
        table = find_candidates(run.tables.roles, key_map(accounts.frame), meant).table
        table = table.join(told, on=["role", "key"], how="anti", maintain_order="left")
        if table.is_empty() and (told.is_empty() or run.settings.aliases):
            return []
        self.offer = AliasOffer(path, aliases_csv(told, table))
        filled = table["account_id"].count() + told["account_id"].count()
        why = f"{table.height + told.height:,} keys of no account come near to one: {filled:,} are filled in, the same "
        why += "but for how they are written, and the others yours to choose"
        return [Setting((ALIASES_KEY,), in_yaml(path.name), why, (NONE,))]

    def _is_settled(self, question: Setting) -> bool:
        return any(
            each.path == question.path or (each.is_item and question.is_item and each.value == question.value)
            for each in self.settled
        )

    def _put(self, question: Setting, *, is_needed: bool) -> None:
        """Ask one question, or leave it."""
        answer = self._answer(question) if sys.stdin is not None and sys.stdin.isatty() else None
        if answer is None:
            self.left.append(question)
            self.assumed += [question] if is_needed and question.value else []
            return
        self.settled.append(answer)
        if answer.path == (ALIASES_KEY,) and answer.value != NONE and self.offer:
            self.aliases.write_bytes(self.offer.data)

    def _answer(self, question: Setting) -> Setting | None:
        """What a person says to a question; None where that is nothing."""
        ways = [question.value, *question.others] if question.value else []
        default = "current" if question.is_item else bare(question.value)
        while True:
            offered = f" ({', '.join(question.others if question.is_item else map(bare, ways))})" if ways else ""
            diagnostics.prompt(f"{in_one_line(question)}: {question.why}{offered} [{default}]: ")
            said = sys.stdin.readline()
            if not said.strip() and not (said and default):
                return None
            word = said.strip() or default
            if question.is_item and word in question.others:
                return question._replace(path=(*question.path[:-1], word), others=())
            value = next((way for way in ways if word in (way, bare(way))), None)
            if value is None and question.others:
                diagnostics.note(f"`{word}` is none of {offered.strip(' ()')}")
                continue
            answer = question._replace(value=value or word, others=())
            try:
                settings_of(self._draft([*self.settled, answer]), self.folder)
            except ConfigError as error:
                diagnostics.note(error.problems[0].message if error.problems else error.message)
                continue
            return answer

    def _tried(self, run: Run, report: Report) -> list[Setting]:
        """What was found, but for what is asked as well, and what would change the result if it were told."""
        left = {each.path[0] for each in self.left}
        few = any(join.matched * 2 < join.rows for join in report.joins)
        waits = bool(self.assumed) or "metrics" in left or (ALIASES_KEY in left and few)
        standing = {line.path[0] for line in self.settled} | {*_keys(self.text, self.label)}
        found = [
            each
            for each in found_settings(report, run.tables, run.settings.settings)
            if not (each.path[0] in PINS and (waits or {*PINS, each.path[0]} & standing))
            and all(each.path != one.path or each.is_item for one in self.left)
        ]
        return self._kept([*self.settled, *self.assumed], found, report)

    def _kept(self, told: Sequence[Setting], lines: Sequence[Setting], report: Report) -> list[Setting]:
        """Those of some lines that change nothing when they are told beside others; found by halving."""
        if not lines or self._is_alike([*told, *lines], report):
            return [*lines]
        if len(lines) == 1 or {each.path[0] for each in lines} == {"answers"}:  # words are worth something together
            names = ", ".join(f"`{in_one_line(each)}`" for each in lines)
            diagnostics.detail(f"not written, as it would change the result: {names}")
            return []
        middle = len(lines) // 2
        first = self._kept(told, lines[:middle], report)
        return [*first, *self._kept([*told, *first], lines[middle:], report)]

    def _is_alike(self, told: Sequence[Setting], report: Report) -> bool:
        """Whether a run that is told so much says the same as before."""
        try:
            _, other = self._read(told)
        except CsqError:
            return False
        return other.accounts.equals(report.accounts) and _fates(other) == _fates(report)


def _fates(report: Report) -> list[tuple[object, ...]]:
    return [(file.label, file.read, file.used, file.set_aside, file.rejected) for file in report.sources]


def _keys(text: str, label: str) -> Iterable[str]:
    data = yamlfile.parse(text, label).data
    return data if isinstance(data, dict) else ()
