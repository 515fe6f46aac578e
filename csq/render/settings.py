"""What a run found, as the lines of csq.yaml by which the next one need not look for it.

Each says what it was taken from. What two files tell differently, and csq.yaml could only tell of both, is left out.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from csq import yamlfile
from csq.errors import Setting
from csq.facts.standing import StatusKind, standing_of, vocabulary
from csq.located import Data
from csq.report import Cut, Report
from csq.roles import EXPORTS, KEYED, ROLES
from csq.settings.model import BREADTH, KeyColumn, Settings
from csq.sources.columns.metrics import meaning
from csq.sources.finding.findings import Finding
from csq.sources.joining.snapshots import undated
from csq.sources.load import Tables
from csq.suggest import in_yaml
from csq.terms import Axis, Role


def found_settings(report: Report, tables: Tables, settings: Settings) -> list[Setting]:
    """Every line, in the order in which they are to be read.

    Args:
        report: What the run found.
        tables: What it read.
        settings: By which settings.
    """
    return [
        *_files(report, tables.findings),
        *_agreed(_columns(report)),
        *(_keys(report) if Role.ACCOUNTS in tables.roles else ()),
        *_agreed(_scales(report)),
        *_agreed(_metrics(report, tables)),
        *_statuses(tables, settings),
        *_pinned(report),
    ]


def open_settings(report: Report, tables: Tables) -> list[Setting]:
    """The lines that would settle what a run has left open, though it could go on."""
    found = [each for finding in tables.findings for each in finding.asks]
    return [*found, *(each for note in report.notes for each in note.asks)]


def by_pattern(settings: Iterable[Setting], names: Iterable[str]) -> list[Setting]:
    """What is told of files, by a pattern of their names where these differ by a day alone and it is the same of all.

    Next week's export is then read like this week's.

    Args:
        settings: Lines under `files`, by name.
        names: What the files of the folder are called.
    """
    told: dict[str, dict[str, Setting]] = {}
    for setting in _agreed(settings):
        told.setdefault(setting.path[1], {})[setting.path[2]] = setting
    like: dict[str, list[str]] = {}
    for name in names:
        like.setdefault(undated(name), []).append(name)
    for pattern, alike in like.items():
        each = [told[name] for name in alike if name in told]
        keys = {key for rules in each for key in rules}
        values = {key: {rules[key].value for rules in each if key in rules} for key in keys}
        if len(each) == len(alike) and pattern != alike[0] and all(len(found) == 1 for found in values.values()):
            merged = {key: rule for rules in map(told.pop, alike) for key, rule in rules.items()}
            told[pattern] = {
                key: rule._replace(path=("files", pattern, key), why=f"`{rule.path[1]}`: {rule.why}")
                for key, rule in merged.items()
            }
    return [told[name][key] for name in sorted(told) for key in ("roles", "decimal", "date_order") if key in told[name]]


def _files(report: Report, findings: Iterable[Finding]) -> list[Setting]:
    """Roles and conventions, by file."""
    roles = [
        Setting(
            ("files", Path(found.label).name, "roles"),
            found.roles[0] if len(found.roles) == 1 else f"[{', '.join(found.roles)}]",
            f"by {found.why}" if found.roles else found.why,
        )
        for found in findings
        # What cannot be opened this week may be whole the next.
        if not (found.is_told or found.asks or (found.fault and not found.open))
    ]
    names = [Path(file.label).name for file in report.sources]
    return by_pattern(
        [*roles, *(line for note in report.notes for line in note.settles)],
        [*dict.fromkeys([*(Path(found.label).name for found in findings), *names])],
    )


def _columns(report: Report) -> Iterator[Setting]:
    for file in report.sources:
        fields = {field.name for field in ROLES[file.role].fields}
        for header, field in file.columns:
            # What csq makes of many columns is called `period` and stands in no file.
            if file.role in EXPORTS and field in fields and (header, field) != ("period", "period"):
                yield Setting(("columns", file.role, field), in_yaml(header), f"in `{Path(file.label).name}`")


def _keys(report: Report) -> Iterator[Setting]:
    for join in report.joins:
        if join.role in KEYED and join.key in set(KeyColumn) and join.matched * 2 >= join.rows > 0:
            others = f"; by {join.runner_up} it would be {join.runner_up_rows:,}" if join.runner_up else ""
            yield Setting(("keys", join.role), join.key, f"{join.matched:,} of {join.rows:,} rows match{others}")


def _scales(report: Report) -> Iterator[Setting]:
    for scale in report.scales:
        if not scale.words:
            yield Setting(("scales", scale.survey, scale.header), scale.scale, scale.why)
        for word, points in scale.words.items():
            yield Setting(("answers", word), f"{points:.10g}", f"in `{scale.header}`: {scale.why}")


def _metrics(report: Report, tables: Tables) -> Iterator[Setting]:
    usage = tables.roles.get(Role.USAGE)
    metrics = usage.metrics if usage else {}
    for file in report.sources if usage else ():
        for header, name in file.columns if file.role is Role.USAGE else ():
            metric = metrics.get(name)
            if metric is None or name == "events" or metric.is_told:
                continue
            told = meaning(header, metric.word).metric
            if told and told == metric:  # else the header says more than a kind can
                yield Setting(("metrics", header), metric.word, f"by its name, in `{Path(file.label).name}`")


def _statuses(tables: Tables, settings: Settings) -> Iterator[Setting]:
    accounts = tables.roles.get(Role.ACCOUNTS)
    if accounts is None or "status" not in accounts.frame.columns:
        return
    known = vocabulary(settings.statuses.current, settings.statuses.former)
    counts = accounts.frame.drop_nulls("status").group_by("status").len().sort("status").rows()
    for standing in (StatusKind.CURRENT, StatusKind.FORMER):
        for word, rows in counts:
            if standing_of(word, known) is standing:
                count = "1 row" if rows == 1 else f"{rows:,} rows"
                yield Setting(("statuses", standing), in_yaml(word), f"{count} of the accounts", is_item=True)


def _pinned(report: Report) -> Iterator[Setting]:
    """Tiers, cuts and references, as a run prints them for pinning."""
    told = yamlfile.parse(report.pinned, "the lines for pinning").data
    pinned = told if isinstance(told, dict) else {}
    if tiers := pinned.get("tiers"):
        valued = sum(tier.accounts for tier in report.tiers if tier.at_least is not None)
        yield Setting(("tiers",), _flow(tiers), f"least money a year in each, of {valued:,} accounts with a value")
    thresholds = pinned.get("thresholds")
    for axis, rule in thresholds.items() if isinstance(thresholds, dict) else ():
        if axis != "references":
            cuts = [cut for cut in report.cuts if cut.axis is Axis(axis)]
            yield Setting(("thresholds", axis), _flow(rule), "; ".join(dict.fromkeys(map(_cut, cuts))))
        elif isinstance(rule, dict):
            for part, amounts in rule.items():
                why = "the features of the log" if part == BREADTH else "the 75th percentile of each tier"
                yield Setting(("thresholds", axis, part), _flow(amounts), f"what counts as 100: {why}")


def _cut(cut: Cut) -> str:
    how = {"number": "as set", "pinned": "as set"}.get(cut.method, f"{cut.method} of {cut.scored:,} scored accounts")
    return how if how == "as set" or cut.tier == "all" else f"{cut.tier}: {how}"


def _flow(value: Data) -> str:
    """Values in one line; all of them are numbers, but for the keys."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{in_yaml(key)}: {_flow(each)}' for key, each in value.items())}}}"
    return str(value)


def _agreed(settings: Iterable[Setting]) -> list[Setting]:
    """Each path once, where all say the same of it."""
    by_path: dict[tuple[str, ...], list[Setting]] = {}
    for setting in settings:
        by_path.setdefault(setting.path, []).append(setting)
    return [each[0] for each in by_path.values() if len({setting.value for setting in each}) == 1]
