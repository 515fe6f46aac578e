"""Whose row is it: the account behind each key, or the reason why there is none.

A role's key refers to one key column of the accounts, told (`--key`) or found by what matches; a row
without it goes by the next key it has. People lead to an account through the contacts. A key that
fits two accounts is reported and set aside, never settled by the order of the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

import polars as pl

from csq.errors import InputError, NoKeyError, Setting, UsageError
from csq.fate import FATE, ROWS, is_used, mark
from csq.report import SourceFile
from csq.roles import KEY_NAMES, PEOPLE, ROLES
from csq.sources.cells.keys import SALESFORCE, domain_of, name_damage, salesforce_twin
from csq.sources.columns.headers import missing_key
from csq.sources.columns.plausible import Looks, share_where
from csq.sources.joining.aliases import ALIAS, NO_ALIASES, with_aliases
from csq.sources.reading.read import TextTable, column
from csq.sources.rows.ids import drop_unknown, tell_marks
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import KEY, KEY_KIND, RoleRows, RunnerUp, Typed, labels
from csq.suggest import in_shell, in_yaml
from csq.terms import Aside, NoteKind, Role

NOBODY = ("(none)", "(not set)", "(other)")
"""Key cells by which an export says that a row is no account's, lower-cased."""

LOOSE = ("account_id", "account_name")
"""Fields that may hold any of the accounts' keys."""

Pair = tuple[str, str]
"""A field of the file, and the kind of key it is looked up among."""


@dataclass(frozen=True, eq=False)
class Known:
    """What keys can be looked up in: rows of the accounts and of the contacts, None without such files."""

    accounts: pl.DataFrame | None = None
    contacts: pl.DataFrame | None = None
    aliases: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NO_ALIASES))
    """Keys that a person has said are an account: role, key, account_id."""

    def of(self, role: Role) -> pl.DataFrame:
        """Every key that leads to an account in the files of a role: the columns of `keys`, and whether it is one."""
        return with_aliases(self.keys, self.aliases, role)

    @cached_property
    def keys(self) -> pl.DataFrame:
        """Every key that leads to an account: columns `key_kind` (a key column), `key`, `account_id`."""
        return key_map(self.accounts, self.contacts)

    @cached_property
    def kinds(self) -> list[str]:
        """The key columns that there are."""
        return self.keys[KEY_KIND].unique().to_list()


def key_map(accounts: pl.DataFrame | None, contacts: pl.DataFrame | None = None) -> pl.DataFrame:
    """Every key that leads to an account: columns `key_kind` (a key column), `key`, `account_id`, each pair once."""
    parts = [pl.DataFrame(schema={KEY_KIND: pl.String(), KEY: pl.String(), "account_id": pl.String()})]
    if accounts is not None:
        parts += [_keys_of(accounts, kind, kind) for kind in KEY_NAMES if kind in accounts.columns]
        ids = accounts.select(pl.lit("account_id").alias(KEY_KIND), "account_id")
        if "aliases" in accounts.columns:
            parts.append(ids.select(KEY_KIND, accounts["aliases"].alias(KEY), "account_id").explode(KEY))
        alike = ids["account_id"].filter(ids["account_id"].str.contains(f"^{SALESFORCE}$"))
        twins = {key: other for key in alike if (other := salesforce_twin(key))}
        if twins:
            twin = pl.col("account_id").replace_strict(twins, default=None, return_dtype=pl.String())
            parts.append(ids.select(KEY_KIND, twin.alias(KEY), "account_id"))
    if contacts is not None:
        for name in (name for name in PEOPLE if name in contacts.columns):
            # Many tools call a person by the e-mail address.
            mail = contacts.filter(pl.col(name).str.contains("@", literal=True))
            parts += [_keys_of(contacts, name, "user_id"), _keys_of(mail, name, "email")]
    found = pl.concat(parts).drop_nulls()
    kinds = [found.filter(pl.col(KEY_KIND) == kind) for kind in found[KEY_KIND].unique(maintain_order=True)]
    return pl.concat([found.clear(), *map(_each_once, kinds)])


def _each_once(keys: pl.DataFrame) -> pl.DataFrame:
    """The keys of a kind, each pair of key and account once. Mostly they are, which is seen in a tenth of the time."""
    return keys if keys[KEY].n_unique() == keys.height else keys.unique(maintain_order=True)


def _keys_of(rows: pl.DataFrame, name: str, kind: str) -> pl.DataFrame:
    if kind == "email_domain":  # a company may have several
        rows = rows.select(pl.col(name).str.split(by=";").list.eval(pl.element().str.split(",")), "account_id")
        rows = rows.explode(name).explode(name).with_columns(pl.col(name).str.strip_chars())
    return rows.select(pl.lit(kind).alias(KEY_KIND), _values(name, kind).alias(KEY), "account_id")


def match_rows(typed: Typed, known: Known, told: str | None) -> RoleRows:
    """Find the account of each row in use. A key of none, or of several, sets its row aside.

    Args:
        typed: Rows of any role but accounts.
        known: What keys can be looked up in; without accounts every key is one.
        told: Key column given by the user for this role.

    Raises:
        UsageError: The key told is not a column of the accounts.
        InputError: No key column of the file can be used.
    """
    typed = drop_unknown(
        tell_marks(typed), known.keys[KEY] if known.accounts is not None else pl.Series([], dtype=pl.String())
    )
    have = [name for name in ROLES[typed.role].keys if name in typed.fields]
    if told and known.accounts is not None and told not in known.kinds:
        raise UsageError(
            f"`--key {typed.role}={told}`: the accounts have no such key column",
            hint=f"they have: {', '.join(sorted(set(known.kinds) & set(KEY_NAMES)))}",
        )
    people = known.contacts is not None
    own = _own_key(have, people=people) if known.accounts is None else None
    if own is not None:
        typed = typed.replace(frame=_renamed(typed.frame, own, known.aliases, typed.role))
        return _by_itself(typed, own, known.keys, [name for name in have if name in PEOPLE and people])
    tried = pairs_to_try(have, known, told)
    if not tried:
        raise _no_way(typed, known)
    keys = known.of(typed.role)
    taken, runner_up = rank_keys(typed.frame, keys, tried)
    found = _joined(typed, keys, taken)
    is_of_people = {name for name, _ in tried} <= {*PEOPLE}
    if is_of_people and not found.frame["account_id"].count() and (header := _meeting(typed, known)):
        raise _elsewhere(typed, header, InputError)
    return replace(found, runner_up=runner_up) if runner_up else found


def as_role(typed: Typed, **found: object) -> RoleRows:
    """What was read as the rows of its role; `found` is what matching found."""
    repairs = sum(len(table.repairs) for table in typed.tables) + typed.mended
    names = ("role", "frame", "faults", "notes", "grain", "metrics", "custom", "scales")
    parts = {name: getattr(typed, name) for name in names}
    return RoleRows(**{**parts, **found}, files=tuple(_file(typed, table) for table in typed.tables), repairs=repairs)


def _file(typed: Typed, table: TextTable) -> SourceFile:
    """A file before its rows are counted."""
    used = {index: name.removeprefix(METRIC) for name, index in typed.fields.items()}
    return SourceFile(
        role=typed.role,
        label=table.label,
        sha256=table.sha256,
        read=0,
        used=0,
        grain=typed.grain,
        columns=tuple((header, used[index]) for index, header in enumerate(table.header) if index in used),
        unused=tuple(header for index, header in enumerate(table.header) if index not in used and header),
    )


def may_lead(fields: Iterable[str], known: Known, told: str | None) -> list[str]:
    """The fields of a file by which `match_rows` would look for accounts, in the order of its trials."""
    people = known.contacts is not None
    have = [name for name in (*KEY_NAMES, *PEOPLE) if name in fields]
    if known.accounts is None and _own_key(have, people=people) is not None:
        return [name for name in have if people or name not in PEOPLE]
    return list(dict.fromkeys(name for name, _ in pairs_to_try(have, known, told)))


def pairs_to_try(have: Iterable[str], known: Known, told: str | None) -> list[Pair]:
    """What fields may be looked up in, the likeliest first."""
    return [(name, kind) for name in have for kind in _kinds_for(name, known.kinds, told)]


def _own_key(have: list[str], *, people: bool) -> str | None:
    """The column whose values are the accounts, where no accounts file says which there are."""
    own = next((name for name in have if name not in PEOPLE), None)
    return own or ("email" if "email" in have and not people else None)


def _no_way(typed: Typed, known: Known) -> InputError:
    """The fault of a file without a column for accounts."""
    table = typed.tables[0]
    if header := _meeting(typed, known):
        return _elsewhere(typed, header, NoKeyError)
    if known.accounts is None or (typed.preset and typed.preset.hint):
        fault = missing_key(table, typed.role, typed.preset)
        return NoKeyError(fault.message, location=fault.location, hint=fault.hint)
    return NoKeyError(
        f"no column of `{table.label}` can name an account of the accounts file",
        location=table.where(),
        hint=f"the accounts go by {', '.join(sorted(known.kinds))}: name the column by `--column account_id=HEADER`",
    )


def _meeting(typed: Typed, known: Known) -> str | None:
    """The header of the column of which most cells are keys of the accounts, half of them at least."""
    looks, keys = Looks(typed.tables[0]), known.keys[KEY].implode()
    cells = {name: looks.cells(place) for place, name in enumerate(looks.table.header) if name}
    met = dict(zip(cells, share_where(cells.values(), lambda some: some.is_in(keys)), strict=True))
    best = max(met, key=lambda name: met[name], default=None)
    return best if known.accounts is not None and best and met[best] >= 0.5 else None


def _elsewhere(typed: Typed, header: str, error: type[InputError]) -> InputError:
    """The fault of a file whose keys stand in a column that was not looked at."""
    table = typed.tables[0]
    return error(
        f"no column of `{table.label}` is called like a key of its accounts, and `{header}` holds such keys",
        location=table.where(),
        hint=f"`--column account_id={in_shell(header)}` says so",
        asks=(Setting(("columns", typed.role, "account_id"), in_yaml(header), f"in `{table.label}`"),),
    )


def _kinds_for(name: str, kinds: list[str], told: str | None) -> list[str]:
    """Kinds of keys that a file's column may be one of, likeliest first."""
    if name in PEOPLE:
        wider: tuple[str, ...] = ("email", "email_domain") if name == "email" else ("user_id", "email", "email_domain")
    elif told:
        return [told]
    else:
        # An export's `account` or `customer id` may hold any of the accounts' keys, its name included.
        wider = (name, *(KEY_NAMES if name in LOOSE else ()))
    return [kind for kind in dict.fromkeys(wider) if kind in kinds]


def _values(name: str, kind: str) -> pl.Expr:
    if kind == "email_domain":
        domain = domain_of(pl.col(name))
        if name == "user_id":  # `u.1` is no domain
            return pl.when(pl.col(name).str.contains("@", literal=True)).then(domain)
        return pl.coalesce(domain, name) if name in LOOSE else domain
    return pl.col(name).str.to_lowercase() if kind == "email" else pl.col(name)


def rank_keys(frame: pl.DataFrame, keys: pl.DataFrame, tried: list[Pair]) -> tuple[list[Pair], RunnerUp | None]:
    """The key by which most rows join one account, then that of every other field; and the next best of all.

    A row without a key goes by the next it has, so it counts for a key that it lacks as well.

    Args:
        frame: Rows, with the fields of `tried`.
        keys: What leads to an account, as `Known.of` gives it.
        tried: Pairs, likeliest first: of those that join as many rows the first is taken.
    """
    rows = frame.filter(is_used())
    joined = {pair: _joins(rows, keys, pair) for pair in tried}

    def count(mask: pl.Series) -> int:
        return int(rows[ROWS].filter(mask).sum())

    alone = {pair: (count(found.one), count(found.several)) for pair, found in joined.items()}
    names = list(dict.fromkeys(name for name, _ in tried))
    best = {name: max((pair for pair in tried if pair[0] == name), key=alone.__getitem__) for name in names}

    def helped(name: str) -> tuple[int, int]:
        mine = joined[best[name]]
        others = reduce(or_, (joined[best[other]].one for other in names if other != name), mine.one)
        return count(mine.one | mine.blank & others), count(mine.several)

    first = max(names, key=helped)
    left = [pair for pair in tried if pair != best[first]]
    taken = [best[first], *(best[name] for name in names if name != first)]
    if not left:
        return taken, None
    second = max(left, key=alone.__getitem__)
    own = keys.filter(~pl.col(ALIAS))
    found = alone[second][0] if own.height == keys.height else count(_joins(rows, own, second).one)
    return taken, RunnerUp(*second, found)


class _Joined(NamedTuple):
    """Which rows join one account by a key, which fit several, and which have no such key."""

    one: pl.Series
    several: pl.Series
    blank: pl.Series


def _joins(rows: pl.DataFrame, keys: pl.DataFrame, pair: Pair) -> _Joined:
    name, kind = pair
    known = keys.filter(pl.col(KEY_KIND) == kind)[KEY]
    fit_several = known.filter(~known.is_first_distinct())
    if kind == "email_domain":  # each distinct cell once: to find the domain in a text takes its time
        domains = rows.select(name).unique().with_columns(_values(*pair).alias(KEY))
        cells = rows.select(name).join(domains, on=name, how="left", nulls_equal=True, maintain_order="left")[KEY]
    else:
        cells = rows.select(_values(*pair)).to_series()
    fits, several = (cells.is_in(among.implode()).fill_null(value=False) for among in (known, fit_several))
    return _Joined(fits & ~several, several, cells.is_null())


def _by_itself(typed: Typed, own: str, keys: pl.DataFrame, people: list[str]) -> RoleRows:
    """Every key is an account. A row without one goes by its person's, or by a domain that others of the file share."""
    typed = _nobodys(typed, own)
    ids = domain_of(pl.col(own)) if own in ("email", "email_domain") else pl.col(own)
    frame = typed.frame.with_columns(ids.alias(KEY))
    for name in people:
        kind = "user_id" if name == "user_id" else "email"
        frame = frame.with_columns(
            pl.coalesce(
                KEY,
                _values(name, kind).replace_strict(_unique(keys, kind), default=None, return_dtype=pl.String()),
            )
        )
    if "email_domain" in typed.fields and own != "email_domain":
        domain = domain_of(pl.col("email_domain"))
        somebodys = frame.filter(pl.col(FATE) != Aside.NOBODY)
        one = somebodys.group_by(domain.alias("domain")).agg(pl.col(KEY).drop_nulls().unique()).drop_nulls()
        one = one.filter(pl.col(KEY).list.len() == 1)
        shared = dict(one.select("domain", pl.col(KEY).list.first()).iter_rows())
        frame = frame.with_columns(
            pl.coalesce(KEY, domain.replace_strict(shared, default=None, return_dtype=pl.String()), domain)
        )
    typed = typed.replace(frame=frame)
    if people or "email_domain" in typed.fields:
        typed = _noted(typed, own, ids.is_null() & pl.col(KEY).is_not_null())
    typed = _settled(typed, own)
    return as_role(typed.with_columns(account_id=pl.col(KEY)), key=own, matched_by=own)


def _renamed(frame: pl.DataFrame, own: str, aliases: pl.DataFrame, role: Role) -> pl.DataFrame:
    """Rows with the accounts that their keys are said to be, where no accounts file says which there are."""
    if aliases.is_empty():
        return frame
    mine = dict(aliases.filter(pl.col("role") == role).select(KEY, "account_id").iter_rows())
    return frame.with_columns(pl.col(own).replace(mine)) if mine else frame


def _by_alias() -> pl.Expr:
    """The kind of a key, which of an alias is that."""
    return pl.when(ALIAS).then(pl.lit(ALIAS)).otherwise(KEY_KIND).alias(KEY_KIND)


def _unique(keys: pl.DataFrame, kind: str) -> dict[str, str]:
    """The keys of a kind that lead to one account."""
    one = keys.filter((pl.col(KEY_KIND) == kind) & (pl.len().over(KEY_KIND, KEY) == 1))
    return dict(one.select(KEY, "account_id").iter_rows())


def _noted(typed: Typed, name: str, by_another: pl.Expr) -> Typed:
    count = int(typed.frame.select((by_another & is_used()).sum()).item())
    if not count:
        return typed
    rows = "a row" if count == 1 else f"{count:,} rows"
    text = f"{rows} of {labels(typed.tables)} without `{typed.header(name)}`: taken by another key"
    return typed.noting(text)


def _nobodys(typed: Typed, name: str) -> Typed:
    """Set the rows aside that the export itself says are of no account."""
    cell = pl.col(column(typed.fields[name])).str.strip_chars().str.to_lowercase()
    return typed.put_aside(typed.text.select(cell.is_in(NOBODY)).to_series(), Aside.NOBODY)


def _settled(typed: Typed, name: str) -> Typed:
    """No row without a key is in use, and no row that is not in use has one."""
    if typed.frame[KEY].null_count():
        blank = typed.frame[KEY].is_null()
        is_nobodys = typed.preset and typed.preset.anonymous
        typed = typed.put_aside(blank, Aside.NOBODY) if is_nobodys else typed.reject(blank, name, "no account key")
    return typed.with_columns(pl.when(is_used()).then(KEY).alias(KEY))


def _joined(typed: Typed, keys: pl.DataFrame, pairs: list[Pair]) -> RoleRows:
    """Look rows up by the first pair whose cell is not blank."""
    name, kind = pairs[0]
    typed = _nobodys(typed, name)
    looked = [pl.when(_values(*pair).is_not_null()).then(pl.lit(pair[1])) for pair in pairs]
    typed = typed.with_columns(
        pl.coalesce(looked).alias(KEY_KIND), pl.coalesce(_values(*pair) for pair in pairs).alias(KEY)
    )
    typed = _noted(typed, name, pl.col(KEY_KIND) != kind)
    typed = _settled(typed, name)
    kinds = list(dict.fromkeys(kind for _, kind in pairs))
    on = [KEY_KIND, KEY] if len(kinds) > 1 else [KEY]  # by two texts they are joined in twice the time
    counts = keys.filter(pl.col(KEY_KIND).is_in(kinds)).group_by(on)
    found = counts.agg(pl.len().alias("fits"), pl.col("account_id", ALIAS).first())
    rows = typed.frame.drop("account_id", strict=False)
    joined = rows.join(found, on=on, how="left", maintain_order="left")
    several = pl.col("fits") > 1
    matched = mark(joined, {Aside.AMBIGUOUS: several, Aside.UNMATCHED: pl.col("fits").is_null()}).with_columns(
        account_id=pl.when(~several).then("account_id")
    )
    lost = matched.filter(pl.col(FATE) == Aside.UNMATCHED, pl.col(KEY_KIND) == kind, ~pl.col(KEY_KIND).is_in(PEOPLE))[
        KEY
    ]
    known = keys.filter(pl.col(KEY_KIND) == kind)[KEY]
    damage = tuple(name_damage(lost, known)) if len(lost) else ()
    for text in damage:
        typed = typed.noting(f"keys of {labels(typed.tables)}: {text}", NoteKind.WARNING)
    return as_role(
        typed.replace(frame=matched.with_columns(_by_alias()).drop("fits", ALIAS)),
        key=kind,
        matched_by=name,
        ambiguous=matched.filter(several)[KEY].n_unique(),
        damage=damage,
    )
