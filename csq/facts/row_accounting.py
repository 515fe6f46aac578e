"""How the keys of each role met the accounts, and the fates of all rows in sentences."""

import polars as pl

from csq.errors import TooFewMatch
from csq.fate import FATE, ROWS
from csq.report import Join, Note, SourceFile, masked
from csq.roles import KEYED, PEOPLE
from csq.schema import collect, money
from csq.sources.joining.aliases import ALIAS
from csq.sources.load import Tables
from csq.sources.rows.typed import KEY, KEY_KIND, RoleRows, without_ticks
from csq.terms import Aside, NoteKind, Role

SHOWN_KEYS = 20
"""Keys without an account that are named, of those there are."""


def joins(tables: Tables, accounts: pl.DataFrame, least: float = 0.0) -> tuple[Join, ...]:
    """How the rows of each role met the accounts.

    Args:
        tables: All rows.
        accounts: The population, with contract_value.
        least: Share of a role's rows, 0-1, that must match an account of the accounts files.

    Raises:
        TooFewMatch: Fewer do: most of the rows belong to nobody, and quadrants would be made of the rest.
    """
    joined = []
    for role, rows in tables.roles.items():
        if role in KEYED:
            join = _join(rows, accounts)
            judged = _join(without_ticks(rows), accounts) if role is Role.EVENTS else join
            if Role.ACCOUNTS in tables.roles and matched_share(judged) < least:
                raise _too_few(rows, judged, tables.roles[Role.ACCOUNTS].frame, least)
            joined.append(join)
    return tuple(joined)


def _too_few(rows: RoleRows, join: Join, accounts: pl.DataFrame, least: float) -> TooFewMatch:
    role, key, share = join.role, join.key, matched_share(join)
    known = accounts[key if key in accounts.columns else "account_id"].drop_nulls().unique().sort()
    return TooFewMatch(
        f"{join.matched:,} of {join.rows:,} rows of {role} match an account by {key}, under {least:.0%}",
        details=(
            f"in {role}: {', '.join(join.only_here[:5])}",
            f"in accounts: {', '.join(known.head(5))}",
            *rows.damage,
        ),
        hint=f"say which key it is, `--key {role}=FIELD`, or accept it with `--min-match {int(share * 100)}`",
    )


def _join(rows: RoleRows, accounts: pl.DataFrame) -> Join:
    frame = rows.keyed
    kind = pl.col(KEY_KIND) if KEY_KIND in frame.columns else pl.lit(None, dtype=pl.String())
    is_matched = pl.col("account_id").is_not_null()
    counted = frame.select(
        rows=pl.col(ROWS).sum(),
        matched=pl.col(ROWS).filter(is_matched).sum(),
        aliased=pl.col(ROWS).filter(is_matched & (kind == ALIAS)).sum(),
    ).row(0, named=True)
    unmatched = (
        frame.lazy()
        .filter(pl.col(FATE) == Aside.UNMATCHED)
        .select(KEY, names_person=kind.is_in(PEOPLE).fill_null(value=False))
        .unique()
        .sort("names_person", KEY)
    )
    lost = collect(unmatched) if (frame[FATE] == Aside.UNMATCHED).any() else pl.DataFrame()
    absent = accounts.join(frame, on="account_id", how="anti")
    return Join(
        role=rows.role,
        key=rows.key,
        **counted,
        accounts=accounts.height - absent.height,
        only_here=tuple(
            dict.fromkeys(masked(key, is_person=is_person) for key, is_person in lost.head(SHOWN_KEYS).rows())
        ),
        only_here_count=lost.height,
        absent_accounts=absent.height,
        absent_value=money(absent["contract_value"]),
        ambiguous=rows.ambiguous,
        runner_up=rows.runner_up.kind if rows.runner_up else None,
        runner_up_rows=rows.runner_up.rows if rows.runner_up else 0,
    )


def fate_notes(files: tuple[SourceFile, ...], joined: tuple[Join, ...], faults: pl.DataFrame) -> tuple[Note, ...]:
    """What was set aside, rejected, unmatched or unreadable, in sentences; nothing where all rows were used."""
    notes = []
    by = faults.lazy().group_by("file", "column", "reason").agg(pl.len().alias("cells"), pl.col("line").min())
    kinds = collect(by.sort("file", "column", "line", "reason")).rows() if faults.height else ()
    for file, column, reason, cells, line in kinds:
        which = "a cell" if cells == 1 else f"{cells:,} cells"
        text = f"{which} of `{column}` in `{file}`, first on line {line:,}: {reason}, taken as unknown"
        notes.append(Note(kind=NoteKind.FAULT, text=text))
    for file in files:
        told = ", ".join(f"{count:,} {reason}" for reason, count in file.set_aside.items())
        if told:
            notes.append(Note(kind=NoteKind.SET_ASIDE, text=f"`{file.label}`: {told}"))
        told = ", ".join(f"{count:,} {reason}" for reason, count in file.rejected.items())
        if told:
            notes.append(Note(kind=NoteKind.REJECTED, text=f"`{file.label}`: {told}"))
    for join in joined:
        if choice := _by_choice(join):
            notes.append(Note(kind=NoteKind.CHOICE, text=choice))
        if join.only_here_count:
            named = ", ".join(f"`{key}`" for key in join.only_here[:5])
            more = ", ..." if join.only_here_count > 5 else ""
            keys = "1 key" if join.only_here_count == 1 else f"{join.only_here_count:,} keys"
            text = f"{keys} of {join.role} without an account of that {join.key}: {named}{more}"
            notes.append(Note(kind=NoteKind.UNMATCHED, text=text))
        if join.ambiguous:
            text = f"{join.ambiguous:,} keys of {join.role} fit more than one account and are set aside"
            notes.append(Note(kind=NoteKind.UNMATCHED, text=text))
    return tuple(notes)


def _by_choice(join: Join) -> str | None:
    """How the rows of a role met the accounts, where other keys or aliases have a part in it."""
    aliases = f", {join.aliased:,} of them by an alias" if join.aliased else ""
    other = f"; {join.runner_up} would match {join.runner_up_rows:,}" if join.runner_up_rows else ""
    return f"{join.role} goes by {join.key}: {join.matched:,} rows match{aliases}{other}" if aliases or other else None


def matched_share(join: Join) -> float:
    """Share of the rows with a readable key that found an account, 0-1."""
    return join.matched / join.rows if join.rows else 1.0
