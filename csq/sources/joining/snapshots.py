"""One export saved week after week: of accounts the newest snapshot counts, and rows of logs that stand in two, once.

What shows that two files are one export is that they tell the same: a date in a name alone does not.
"""

import re
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path

import polars as pl

from csq.fate import ROW, is_used, mark
from csq.regex import regex
from csq.sources.rows.typed import FILE
from csq.terms import Aside

_DAY = regex(r"(?<!\d)(20\d\d)([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_SHARED = 0.5
"""Share of an older file's accounts that the newest must have for them to be snapshots of one export."""
_PAST = ("start_date", "last_contact_date")
"""Fields of an account that tell of what has been: the newest of them is no later than the day of the export."""


def keep_newest(frame: pl.DataFrame, *, one_row_each: bool) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Accounts of which there are snapshots: rows of older ones set aside, and what is to be said of it.

    Files are called alike but for the day in their names; or, where an account has one row, they tell accounts in two
    ways, and the newest row of one is newer than that of the other.

    Args:
        frame: Columns of `fate.ROW`, account_id and the accounts fields.
        one_row_each: All files have one header, in which an account has one row.
    """
    told = []
    found = [*_by_name(frame[FILE].unique().sort()).values(), *(_by_rows(frame) if one_row_each else ())]
    for dated in found:
        (newest, *older) = sorted(dated, key=lambda label: (dated[label], label), reverse=True)
        accounts = {label: set(frame.filter(pl.col(FILE) == label)["account_id"].drop_nulls()) for label in dated}
        same = [label for label in older if len(accounts[label] & accounts[newest]) >= _SHARED * len(accounts[label])]
        if not same:
            continue
        gone = len(set().union(*(accounts[label] for label in same)) - accounts[newest])
        left = f"; {gone:,} of their accounts are not in it" if gone else ""
        names = ", ".join(f"`{label}`" for label in same)
        told.append(f"`{newest}` is the newest snapshot of its export and counts, not {names}{left}")
        frame = mark(frame, {Aside.OLDER_SNAPSHOT: pl.col(FILE).is_in(same)})
    return frame, tuple(told)


def _by_rows(frame: pl.DataFrame) -> list[dict[str, str]]:
    """Files that tell an account in two ways, each with the newest day in it; none where two are of one day."""
    rows = frame.filter(is_used())
    if rows[FILE].n_unique() < 2:
        return []
    cells = [name for name in rows.columns if name not in (*ROW, "aliases")]
    several = rows.group_by("account_id").agg(pl.struct(cells).n_unique().alias("ways"), FILE)
    files = several.filter(pl.col("ways") > 1)[FILE].explode().unique().sort()
    newest = rows.group_by(FILE).agg(day=pl.max_horizontal(*_PAST).max()).filter(pl.col(FILE).is_in(files.implode()))
    if len(files) < 2 or newest["day"].null_count() or newest["day"].is_duplicated().any():
        return []
    return [{label: str(day) for label, day in newest.iter_rows()}]


def undated(name: str) -> str:
    """A file's name with a star in place of the day in it; as it is without one or where nothing else is left."""
    day = _DAY.search(name)
    pattern = f"{name[: day.start()]}*{name[day.end() :]}" if day else name
    return pattern if re.search(r"[^\W\d_]", Path(pattern).stem) and not set(name) & set("[]?*") else name


def _by_name(labels: Iterable[str]) -> dict[str, dict[str, str]]:
    """Files that are called alike but for the day in their names: that day by file, by what they are called."""
    found: dict[str, dict[str, str]] = {}
    for label in labels:
        path = Path(label)
        if day := _DAY.search(path.name):
            stem = path.name[: day.start()] + path.name[day.end() :]
            found.setdefault(str(path.with_name(stem or "-")), {})[label] = "".join(day.group(1, 3, 4))
    return {stem: dated for stem, dated in found.items() if len(dated) > 1}


def are_snapshots(one: str, other: str) -> bool:
    """Whether two files are called alike but for the day in their names."""
    return bool(_by_name((one, other)))


def count_overlap_once(frame: pl.DataFrame, moment: list[str], cells: list[str]) -> pl.DataFrame:
    """Set aside rows of a log that stand cell for cell in an earlier file, where that can only be the same happening.

    A row with a time of day is one happening. What is told of a day may be half of it, as two products export theirs:
    it is the same only where both files tell the same of all the days that both tell of, but for what the later of
    them has to add to the last of these, on which the other may have been made.

    Args:
        frame: Rows of a log, `at` being when.
        moment: The columns by which rows are one account's same moment.
        cells: The columns in which they have to be alike.
    """
    days = frame.with_columns(day=pl.col("at").dt.date())
    fine = pl.col("at") != pl.col("at").dt.truncate("1d")
    first = pl.when(is_used()).then(FILE).min().over(cells)
    coarse = days.filter(is_used(), ~fine.fill_null(value=False))
    pairs = [
        {"first": one, FILE: other}
        for one, other in combinations(sorted(coarse[FILE].unique()), 2)
        if _tell_alike(coarse.filter(pl.col(FILE) == one), coarse.filter(pl.col(FILE) == other), [*moment, *cells])
    ]
    alike = pl.struct(first.alias("first"), FILE).is_in(pl.Series([*pairs], dtype=pl.Struct(_PAIR)).implode())
    return mark(frame, {Aside.DUPLICATE: (pl.col(FILE) != first) & (fine | alike)})


_PAIR = {"first": pl.String(), FILE: pl.String()}


def _tell_alike(one: pl.DataFrame, other: pl.DataFrame, cells: list[str]) -> bool:
    """Whether two files tell the same of the days that both tell of."""
    names = list(dict.fromkeys([*cells, "day"]))
    earlier, later = sorted((one.select(names), other.select(names)), key=lambda rows: str(rows["day"].max()))
    begin, end = max(str(rows["day"].min()) for rows in (earlier, later)), str(earlier["day"].max())
    in_both = pl.col("day").cast(pl.String).is_between(pl.lit(begin), pl.lit(end))
    fewer, more = (rows.filter(in_both).unique() for rows in (earlier, later))
    if fewer.join(more, on=names, how="anti", nulls_equal=True).height:
        return False
    added = more.join(fewer, on=names, how="anti", nulls_equal=True)
    goes_on = str(later["day"].max()) > end
    return added.is_empty() or (goes_on and bool((added["day"].cast(pl.String) == end).all()))
