"""What each file of a folder is used as, and why: told by headers and cells, a file's name breaking ties only.

Pure: tables in, one `Finding` a file out, which a run follows, `csq check` prints, and a csq.yaml can be made of.
A file that fits nothing is used for nothing, and says so.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, Setting
from csq.roles import NEVER_EMPTY, ROLES, Cell
from csq.sources.cells.values import squeeze, tidy
from csq.sources.columns.headers import detect, known_headers, missing_column
from csq.sources.columns.plausible import Looks
from csq.sources.finding import role_signs
from csq.sources.reading.read import NO_ROWS, TextTable, column, no_rows
from csq.sources.roles.context import OUTCOMES, word
from csq.sources.rows.measures import is_use
from csq.sources.rows.shapes import reshape
from csq.sources.rows.tables import ReadOptions
from csq.suggest import in_shell
from csq.terms import Role

AXES = (Role.USAGE, Role.CSAT)
"""Roles without any of which nothing can be said."""
LOOKED_AT = 200
"""Rows whose cells are looked at."""
_SCORES = ("score", "nps", "ces")
_MONEY = ("arr", "acv", "mrr", "billed_amount", "seats", "renewal_date")


class Seen(NamedTuple):
    """A file that was looked at: its table or the beginning of it, or why there is none."""

    path: Path
    label: str
    table: TextTable | None = None
    fault: InputError | None = None
    is_whole: bool = True


class Finding(NamedTuple):
    """What a file is used as."""

    label: str
    roles: tuple[Role, ...]
    """The likeliest first; none where the file is used for nothing."""
    why: str
    """By which headers it is told, or why it is not used."""
    runner_up: Role | None = None
    """The role it fits next."""
    open: tuple[str, ...] = ()
    """What it leaves open, each with the line of csq.yaml that settles it."""
    fault: InputError | None = None
    """What the reader of the role that it is most like would say."""
    is_told: bool = False
    """Whether csq.yaml says what it is, so that it has to be of use."""
    asks: tuple[Setting, ...] = ()
    """Lines of csq.yaml that would settle what it is."""
    able: tuple[Role, ...] = ()
    """Roles that a flag can make it, though it is used for nothing."""
    header: Sequence[str] = ()
    """Of one that is used for nothing, where it could be read."""

    @property
    def text(self) -> str:
        """The same in a sentence."""
        if not self.roles:
            return f"`{self.label}`: {self.why}"
        return f"`{self.label}` read as {' and '.join(self.roles)}: {self.why}"


class _Fit(NamedTuple):
    """How a file fits a role."""

    role: Role
    weight: float
    headers: tuple[str, ...] = ()
    """Those that say most, the most telling first."""
    is_strong: bool = False
    """Whether it may be a second role."""
    fault: InputError | None = None
    """What keeps it from being read as one that it is otherwise like."""
    is_able: bool = False
    """Whether it has all that its reader needs."""


def words_of(label: str, but: frozenset[str] = frozenset()) -> list[Role]:
    """The roles that a file's name speaks of; with words that do not count."""
    words = set(re.split(r"[^a-z]+", Path(label).stem.casefold())) - but
    roles = [role for role, spec in ROLES.items() if words & set(spec.file_words)]
    # `account_overrides.csv` says what to change in the accounts.
    if Role.OVERRIDES in roles:
        return [Role.OVERRIDES]
    # `usage_events.csv` is a log of use, not of what happened to the account.
    return [role for role in roles if role is not Role.EVENTS or Role.USAGE not in roles]


def said_of(label: str, fault: InputError) -> str:
    """A fault in a sentence that has named its file."""
    return fault.message.replace(f"`{label}`", "it")


def find_roles(files: Sequence[Seen], options: ReadOptions) -> tuple[Finding, ...]:
    """Say of each file what it is used as.

    A file has the role that its headers and cells fit best. One of usage, csat and accounts that is then left without
    any file is taken from files that fit it too.
    """
    fits = {seen.label: _fits(seen.table, options) for seen in files if seen.table is not None}
    found = [_finding(seen, fits.get(seen.label, ()), options.roles.get(seen.label)) for seen in files]
    taken = {role for finding in found for role in finding.roles}
    told = {seen.label for seen in files if seen.label in options.roles}
    return tuple(
        each if each.label in told or not each.roles else _with_seconds(each, fits[each.label], taken) for each in found
    )


def _finding(seen: Seen, fits: Sequence[_Fit], told: Sequence[Role] | None) -> Finding:
    if told is not None:
        why = "csq.yaml says so" if told else "csq.yaml says to leave it"
        return Finding(seen.label, tuple(told), why, is_told=True)
    if seen.table is None:
        why = said_of(seen.label, seen.fault) if seen.fault else "it cannot be read"
        return Finding(seen.label, (), why, fault=seen.fault)
    if _is_own(seen.table.header):
        return Finding(seen.label, (), "csq wrote it")
    named = words_of(seen.label)
    able = [fit for fit in fits if fit.fault is None and _with_name(fit, named) >= role_signs.ENOUGH]
    if not able:
        return _unused(seen.table, fits, named)
    best, *others = sorted(able, key=lambda fit: -fit.weight)
    if any(fit.fault and fit.weight - best.weight >= role_signs.CLOSE for fit in fits):
        # What it most looks like it cannot be; it is not made the next best thing.
        return _unused(seen.table, fits, named)
    rivals = [fit for fit in others if best.weight - fit.weight < role_signs.CLOSE]
    spoken = [fit for fit in (best, *rivals) if fit.role in named]
    if rivals and len(spoken) != 1:
        return _undecided(seen.label, [best, *rivals])
    chosen = spoken[0] if rivals else best
    if seen.table.frame.is_empty() and chosen.role in NEVER_EMPTY:
        return Finding(seen.label, (), NO_ROWS, fault=no_rows(seen.table))
    runner_up = next((fit.role for fit in (best, *others) if fit is not chosen), None)
    why = _listed(chosen.headers) + (", and its name" if rivals or chosen.weight < role_signs.ENOUGH else "")
    return Finding(seen.label, (chosen.role,), why, runner_up)


def _undecided(label: str, rivals: Sequence[_Fit]) -> Finding:
    names = " or ".join(fit.role for fit in rivals)
    question = f"it may be {names}: `files: {{{_name(label)}: {{roles: {rivals[0].role}}}}}` in csq.yaml"
    first, *others = (str(fit.role) for fit in rivals)
    ask = Setting(
        ("files", Path(label).name, "roles"), first, f"`{Path(label).name}` could be {names}", (*others, "[]")
    )
    return Finding(label, (), f"it could be {names} by its content", rivals[1].role, (question,), asks=(ask,))


def _unused(table: TextTable, fits: Sequence[_Fit], named: Sequence[Role]) -> Finding:
    """A file that fits nothing, and what it lacks of the role that its name speaks of or that it is most like."""
    near = [fit for fit in fits if fit.role in named] or [fit for fit in fits if fit.weight >= role_signs.ENOUGH]
    able = tuple(fit.role for fit in fits if fit.is_able)
    told = "".join(f"; `--{role} {in_shell(table.label)}` reads it as {role}" for role in able)
    if not near or (fault := max(near, key=lambda fit: fit.weight).fault) is None:
        return Finding(table.label, (), f"it fits no role{told}", able=able, header=table.header)
    role = max(near, key=lambda fit: fit.weight).role
    lacks = f"as {role}, {said_of(table.label, fault)}"
    hint = f"{lacks}; {fault.hint}" if fault.hint else lacks
    why = f"it fits no role; {lacks}{told}"
    return Finding(table.label, (), why, able=able, header=table.header, open=(hint + told,), fault=fault)


def _with_seconds(finding: Finding, fits: Sequence[_Fit], taken: set[Role]) -> Finding:
    """The same with the roles that no file has, and that this one fits well."""
    second = [fit for fit in fits if fit.is_strong and fit.fault is None and fit.weight >= role_signs.SECOND]
    more = [fit for fit in second if fit.role in NEVER_EMPTY and fit.role not in taken]
    if not more:
        return finding
    why = "; ".join((finding.why, *(f"{fit.role} by {_listed(fit.headers)}" for fit in more)))
    return finding._replace(roles=(*finding.roles, *(fit.role for fit in more)), why=why)


def _with_name(fit: _Fit, named: Sequence[Role]) -> float:
    return fit.weight + (role_signs.BY_NAME if fit.role in named and fit.weight > 0 else 0)


def _is_own(header: Sequence[str]) -> bool:
    names = {squeeze(name) for name in header}
    return any(names >= own for own in role_signs.OWN_OUTPUTS) or tuple(header) == role_signs.OWN_REJECTS


def _name(label: str) -> str:
    """A file's name as YAML has it."""
    name = Path(label).name
    return name if re.fullmatch(r"[\w.-]+", name) else f'"{name}"'


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in headers[:3])


def _fits(table: TextTable, options: ReadOptions) -> tuple[_Fit, ...]:
    """How a file fits each role; roles that it has nothing of are left out."""
    looks = Looks(table._replace(frame=table.frame.head(LOOKED_AT)))
    found = (_fit(table, looks, role, options) for role in ROLES)
    return tuple(fit for fit in found if fit is not None)


def _fit(table: TextTable, looks: Looks, role: Role, options: ReadOptions) -> _Fit | None:
    try:
        head = reshape(looks.table, role, options.year)
    except InputError:  # months without a year, about which a reader asks
        return _Fit(role, role_signs.MEASURE, ("its periods",))
    looks = looks if head is looks.table else Looks(head)
    preset, told = detect(head, role), options.told(role, [table])
    try:
        fields = known_headers(head, role, told, preset)
    except InputError as double:
        return _Fit(role, role_signs.BY_NAME, fault=None if role in words_of(table.label) else double)
    # Where name and header agree the reader judges the cells.
    is_sure = role in words_of(table.label)
    weights = {name: _weight(looks, role, name, place, is_sure or name in told) for name, place in fields.items()}
    weights = {name: weight for name, weight in weights.items() if weight}
    best = {head.header[fields[name]]: weight for name, weight in weights.items()}
    measures = _measures(looks, fields, options) if role is Role.USAGE else []
    best |= dict.fromkeys(measures[:1], role_signs.MEASURE)
    best |= dict.fromkeys(measures[1 : role_signs.MOST_MEASURES], role_signs.NEXT_MEASURE)
    if "period" in head.header and "period" not in table.header:
        best["its periods"] = role_signs.MEASURE
    if not (best or preset or is_sure):
        return None
    weight = sum(best.values()) + (role_signs.BY_PRESET if preset else 0)
    if not best and not preset:
        return _Fit(role, 0, fault=_lacking(looks, role, fields, weights, has_measures=bool(measures)))
    known = {head.header[place] for place in fields.values()} | {*measures}
    if known >= {*head.header} - {""}:
        weight += role_signs.ALL_KNOWN
    once = role is not Role.ACCOUNTS or _keys_once(table, fields)
    if role is Role.ACCOUNTS:
        of_others = any(squeeze(name) in role_signs.OTHER_THINGS for name in head.header)
        repeated = 0 if "subscription_id" in fields else role_signs.KEYS_REPEATED
        weight += role_signs.KEYS_REPEATED if of_others else role_signs.KEYS_ONCE if once else repeated
    strong = bool(measures) if role is Role.USAGE else once and _is_strong(head, role, fields, weights)
    headers = tuple(sorted(best, key=lambda name: -best[name])) if not preset else (preset.name,)
    # What is lacking is worth looking for, cell by cell, only in a file that may be of the role.
    may_be = preset or is_sure or weight >= role_signs.ENOUGH or ROLES[role].instead in weights
    fault = _lacking(looks, role, fields, weights, has_measures=bool(measures)) if may_be else None
    return _Fit(role, weight, headers, strong, fault, is_able=bool(may_be) and fault is None)


def _weight(looks: Looks, role: Role, name: str, place: int, is_sure: bool) -> float:
    """What a field says for a role; nothing where its cells cannot be what it holds."""
    cell = next(field.cell for field in ROLES[role].fields if field.name == name)
    weight = role_signs.WEIGHTS[role].get(name, 0.0)
    if not is_sure:
        if name == "outcome" and not _are_outcomes(looks.cells(place)):
            return 0.0
        if not looks.can_be(place, name, cell):
            return 0.0
    return min(weight, role_signs.LOOSE.get(squeeze(looks.table.header[place]), weight))


def _are_outcomes(cells: pl.Series) -> bool:
    words = cells.to_frame("cell").select(word(pl.col("cell")))["cell"]
    known = [each for told in OUTCOMES.values() for each in told]
    return bool(words.is_in(known).sum() * 2 > len(words))


def _measures(looks: Looks, fields: Mapping[str, int], options: ReadOptions) -> list[str]:
    """The headers of numbers that say how much was done."""
    taken = {place for name, place in fields.items() if name != "events"}
    header = looks.table.header
    uses = [place for place, name in enumerate(header) if name and place not in taken and is_use(name, options)]
    return [header[place] for place in looks.which(uses, "events", Cell.NUMBER)]


def _lacking(
    looks: Looks, role: Role, fields: Mapping[str, int], weights: Iterable[str], *, has_measures: bool
) -> InputError | None:
    """What keeps a file from being of a role, as its reader would say it."""
    has = {*weights}
    wanted: dict[Role, tuple[str, ...]] = {
        Role.CSAT: _SCORES,
        Role.CONTACTS: ("user_id", "email"),
        Role.USAGE: ("feature", "events", "event_id", "date", "period"),
    }
    for name in ROLES[role].needs if ROLES[role].instead not in has else ():
        if name not in has:
            return missing_column(looks.table, role, name, looks)
    if not any(name in fields for name in ROLES[role].keys):
        return missing_column(looks.table, role, "account_id", looks)
    if role is Role.USAGE and (has_measures or ({"last_active_date", "active"} & has and "user_id" in has)):
        return None
    if role in wanted and not has & {*wanted[role]}:
        return missing_column(looks.table, role, wanted[role][0], looks)
    return None


def _keys_once(table: TextTable, fields: Mapping[str, int]) -> bool:
    """Whether each account stands in one row."""
    place = fields.get("account_id", fields.get("account_name"))
    if place is None:
        return False
    keys = tidy(table.frame[column(place)]).drop_nulls()
    return keys.n_unique() == len(keys) > 0


def _is_strong(table: TextTable, role: Role, fields: Mapping[str, int], weights: Mapping[str, float]) -> bool:
    if role is Role.ACCOUNTS:
        return any(name in weights for name in _MONEY)
    scores = [squeeze(table.header[fields[name]]) for name in _SCORES if name in weights]
    return role is Role.CSAT and any(name not in role_signs.LOOSE for name in scores)
