"""Accounts that keys without one may be: the same but for how they are written, or close by spelling.

Nothing is joined by likeness. What is found is a table for a person to go through.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import polars as pl

from csq.fate import FATE, ROWS, is_used
from csq.roles import KEY_NAMES, PEOPLE
from csq.sources.joining.aliases import COLUMNS
from csq.sources.joining.names import core, differences, legal_form, spellings
from csq.sources.rows.typed import KEY, KEY_KIND, RoleRows
from csq.suggest import LONGEST
from csq.terms import Aside, Role

LIKE = 0.8
"""Likeness of two spellings, 0-1, from which one may be meant for the other."""
SHARED = 0.4
"""Share of their pieces of three letters that two spellings must have in common to be compared letter by letter."""
OFFERED = 3
"""Accounts that are offered for a key, the likeliest first."""
COMPARED = 2000
"""Keys that are compared by spelling: those with most rows."""
COMMON = 500
"""Accounts that have a piece of three letters from which on it tells nothing."""

_EXACT = ("account_id", "subscription_id", "external_id", "account_name")
"""Keys that may be written in many ways. A domain that is written otherwise is another one."""


class Candidates(NamedTuple):
    """table: columns `aliases.COLUMNS`, rows and value as numbers. left: keys that nothing comes near to."""

    table: pl.DataFrame
    left: int


class _Lost(NamedTuple):
    role: Role
    kind: str
    key: str
    rows: int


def may_be_meant(rows: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The accounts that may be offered: account_id, account_name, contract_value, which only customers have.

    Args:
        rows: Rows of the accounts files.
        population: The accounts of the run.
    """
    named = rows.filter(is_used()).group_by("account_id").agg(pl.col("account_name").drop_nulls().first())
    worth = population.select("account_id", pl.col("contract_value").cast(pl.Decimal(38, 2)))
    return named.join(worth, on="account_id", how="left").sort("account_id")


def find_candidates(roles: Mapping[Role, RoleRows], keys: pl.DataFrame, accounts: pl.DataFrame) -> Candidates:
    """Offer accounts for every key without one, of all roles.

    Args:
        roles: Rows of the roles, matched. People are nobody's business in a table that is passed on, and left out.
        keys: What leads to an account, as `identity.key_map` gives it.
        accounts: account_id, account_name, contract_value of every account that may be offered.
    """
    known = keys.filter(pl.col(KEY_KIND).is_in(KEY_NAMES), pl.col("account_id").is_in(accounts["account_id"].implode()))
    told = {row["account_id"]: row for row in accounts.iter_rows(named=True)}
    lost = [each for role, rows in roles.items() if role is not Role.ACCOUNTS for each in _lost(role, rows)]
    met = {role: _met(rows) for role, rows in roles.items()}
    same = _Same(known if lost else known.clear(), lost)  # of a hundred thousand keys it takes seconds
    lines, others = [], []
    for each in lost:
        found, why, is_one = same.find(each, met[each.role])
        lines += [_line(each, found, why, told, is_one=is_one)] if found else []
        others += [] if found else [each]
    close = _close(sorted(others, key=lambda each: -each.rows)[:COMPARED], known) if others else {}
    lines += [
        _line(each, close[each.key][:OFFERED], "close by spelling", told, is_one=False)
        for each in others
        if each.key in close
    ]
    schema = {**dict.fromkeys(COLUMNS, pl.String()), "rows": pl.Int64(), "value": pl.Decimal(38, 2)}
    table = pl.DataFrame(lines, schema=schema, orient="row").sort(
        pl.col("account_id").is_null(), pl.col("rows"), "role", "key", descending=[False, True, False, False]
    )
    return Candidates(table, len(lost) - len(lines))


def _line(
    lost: _Lost, found: Sequence[str], why: str, told: Mapping[str, Mapping[str, object]], *, is_one: bool
) -> tuple[object, ...]:
    if is_one:
        row = told[found[0]]
        return (lost.role, lost.key, found[0], row["account_name"], why, lost.rows, row["contract_value"])
    named = " or ".join(f"{key} {told[key]['account_name'] or ''}".rstrip() for key in found)
    return (lost.role, lost.key, None, None, f"{why}: {named}", lost.rows, None)


def _lost(role: Role, rows: RoleRows) -> Iterator[_Lost]:
    """The keys of a role without an account, or with several, and how many rows each has."""
    if KEY_KIND not in rows.frame.columns:
        return
    without = pl.col(FATE).is_in([str(Aside.UNMATCHED), str(Aside.AMBIGUOUS)])
    frame = rows.frame.filter(
        without, ~pl.col(KEY_KIND).is_in(PEOPLE), ~pl.col(KEY).str.contains("@", literal=True).fill_null(value=True)
    )
    counted = frame.group_by(KEY).agg(pl.col(KEY_KIND).min(), pl.col(ROWS).sum()).sort(KEY)
    for key, kind, count in counted.select(KEY, KEY_KIND, ROWS).iter_rows():
        yield _Lost(role, kind, key, count)


def _met(rows: RoleRows) -> Mapping[str, str]:
    """Accounts that a key of the role leads to by itself, with such a key."""
    if KEY_KIND not in rows.frame.columns:
        return {}
    frame = rows.frame.filter(pl.col("account_id").is_not_null(), pl.col(KEY).is_not_null())
    return dict(frame.select("account_id", KEY).unique().sort("account_id", KEY).iter_rows())


class _Same:
    """Accounts by their keys, without what may be written otherwise, as far as lost keys are written so."""

    def __init__(self, known: pl.DataFrame, lost: Sequence[_Lost]) -> None:
        """Take the keys that lead to an account, and those that may be meant for them."""
        self.whole: dict[str, dict[str, str]] = defaultdict(dict)
        self.cores: dict[str, dict[str, str]] = defaultdict(dict)
        self.exact: dict[str, set[str]] = defaultdict(set)
        # Of the known keys, hundreds of thousands, next to none are written like a lost one.
        keys, wholes, cores = {each.key for each in lost}, set[str](), set[str]()
        for each in lost:
            forms = spellings(each.key) if each.kind in _EXACT else ((), (_named(each.key),))
            wholes.update(forms[0])
            cores.update(forms[1])
        for kind, key, account in known.select(KEY_KIND, KEY, "account_id").iter_rows():
            if key in keys:
                self.exact[key].add(account)
            if kind in _EXACT:
                whole, bare = spellings(key)
                for form in whole & wholes:
                    self.whole[form].setdefault(account, key)
                for form in bare & cores:
                    self.cores[form].setdefault(account, key)

    def find(self, lost: _Lost, met: Mapping[str, str]) -> tuple[list[str], str, bool]:
        """Accounts that a key is but for how it is written, in what it differs, and whether it can be only one."""
        if len(self.exact.get(lost.key, ())) > 1:
            return sorted(self.exact[lost.key])[:OFFERED], "fits several accounts", False
        if lost.kind not in _EXACT:
            return self._named_alike(lost.key)
        for places, forms in zip((self.whole, self.cores), spellings(lost.key), strict=True):
            found = {account: key for form in sorted(forms) for account, key in places.get(form, {}).items()}
            if found:
                accounts = sorted(found)
                differ = differences(lost.key, found[accounts[0]])
                why = f"same but for {', '.join(differ)}"
                forms_differ = places is self.cores and _contradict(lost.key, met.get(accounts[0], ""))
                if len(accounts) > 1:
                    return accounts[:OFFERED], f"{why}, but it fits {len(accounts):,} accounts", False
                return accounts, why, not forms_differ
        return [], "", False

    def _named_alike(self, domain: str) -> tuple[list[str], str, bool]:
        """Accounts whose name a domain reads like."""
        found = self.cores.get(_named(domain), {})
        return sorted(found)[:OFFERED], "the domain reads like the name", False


def _named(domain: str) -> str:
    """The name that a domain may be made of."""
    return core(domain.partition(".")[0])


def _contradict(one: str, other: str) -> bool:
    """Whether two keys of one file name companies of different legal forms, which are two."""
    forms = legal_form(one), legal_form(other)
    return all(forms) and forms[0] != forms[1]


def _close(lost: Sequence[_Lost], known: pl.DataFrame) -> Mapping[str, list[str]]:
    """Accounts whose keys are spelt much like others, by key, the likeliest first.

    Pieces of three letters find the few that are worth comparing letter by letter.
    """
    ours = _pieces([(each.key, each.kind == "email_domain") for each in lost])
    theirs = _pieces([(key, kind == "email_domain") for kind, key in known.select(KEY_KIND, KEY).unique().rows()])
    rare = theirs.group_by("piece").len().filter(pl.col("len") <= COMMON).select("piece")
    ours, theirs = (
        each.join(rare, on="piece", how="semi").with_columns(pl.len().over("form").alias("size"))
        for each in (ours, theirs)
    )
    pairs = (
        ours.join(theirs, on=["piece", "is_domain"], suffix=":known")
        .group_by("form", "form:known")
        .agg(pl.len().alias("both"), pl.col("size").first(), pl.col("size:known").first())
    )
    likely = pairs.filter(2 * pl.col("both") >= SHARED * (pl.col("size") + pl.col("size:known")))
    alike: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for one, other in likely.select("form", "form:known").sort("form", "form:known").iter_rows():
        if _figures(one) == _figures(other):
            likeness = SequenceMatcher(None, one, other, autojunk=False).ratio()
            if likeness >= LIKE:
                alike[one].append((-likeness, other))
    accounts: dict[str, list[str]] = {other: [] for found in alike.values() for _, other in found}
    for key, account in known.select(KEY, "account_id").sort(KEY, "account_id").iter_rows():
        if (form := core(key)) in accounts:
            accounts[form].append(account)
    return {
        each.key: list(dict.fromkeys(key for _, other in sorted(alike[form]) for key in accounts[other]))
        for each in lost
        if (form := core(each.key)) in alike
    }


_AT_ONCE = 20_000
"""Spellings that are cut up together."""


def _pieces(keys: Sequence[tuple[str, bool]]) -> pl.DataFrame:
    """Each spelling with its pieces of three letters, each once: columns form, is_domain, piece."""
    forms = sorted({(form, is_domain) for key, is_domain in keys if len(form := core(key)) <= LONGEST})
    frame = pl.DataFrame(forms, schema={"form": pl.String(), "is_domain": pl.Boolean()}, orient="row")
    return pl.concat([_cut(some) for some in (frame.iter_slices(_AT_ONCE) if forms else [frame])])


def _cut(some: pl.DataFrame) -> pl.DataFrame:
    word = pl.Categorical()  # since millions of texts take many times the room of the names
    text = pl.col("text")
    each = some.with_columns(pl.col("form").cast(word), text=pl.format("  {} ", "form"))
    each = each.with_columns(at=pl.int_ranges(text.str.len_chars() - 2)).explode("at")
    return each.select("form", "is_domain", piece=text.str.slice("at", 3).cast(word)).unique()


def _figures(form: str) -> str:
    return "".join(letter for letter in form if letter.isdecimal())
