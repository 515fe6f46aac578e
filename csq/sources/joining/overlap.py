"""The same thing told twice: repeated event ids, duplicate rows, exports whose days overlap.

What is provably the same is counted once. What may be, such as two exports that both speak of an
account's day, is an error that names both until the user settles it. Rows that differ in a column nobody reads are two.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import polars as pl

from csq.errors import InputError, Location
from csq.fate import FATE, ROW, is_used, mark
from csq.report import Note
from csq.schema import collect
from csq.sources.cells.periods import read_period, spoken_length
from csq.sources.cells.values import Ambiguous
from csq.sources.joining.snapshots import are_snapshots, count_overlap_once
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.rows.measures import METRIC
from csq.sources.rows.typed import FILE, KEY, Typed
from csq.terms import Aside, Grain, NoteKind

UNREAD = "_unread"
"""Column that tells rows apart by the cells that no field reads."""


def with_unread(typed: Typed, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of files with one header, with what stands in the columns that are not read."""
    read = set(typed.fields.values())
    cells = [column(index) for index in range(len(typed.tables[0].header)) if index not in read]
    if not cells:
        return frame.hstack([pl.Series(UNREAD, [0], dtype=pl.UInt64()).new_from_index(0, frame.height)])
    unread = pl.struct(pl.col(cell).str.strip_chars() for cell in cells).hash()
    return frame.hstack(typed.text.select(unread.alias(UNREAD)))


def drop_repeats_across_files(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Set aside rows that stand word for word in an earlier file too; repeats within one file stay."""
    # A row that is rejected must not stand in for one that can be used.
    first = pl.when(pl.col(KEY).is_not_null()).then(FILE).min().over(columns)
    return mark(frame, {Aside.DUPLICATE: pl.col(FILE) != first})


def refuse_changed(frame: pl.DataFrame, scores: list[str]) -> pl.DataFrame:
    """Survey rows: refuse two exports of one survey that tell one person's answer of one time in two ways.

    Who answers twice on a day stands twice in one survey, which may be cut into files: only files of which one repeats
    rows of the other, or that are dated snapshots, tell one answer twice.

    Raises:
        InputError: With both.
    """
    answer = [KEY, "respondent", "at", "survey"]
    rows = frame.filter(is_used()).drop_nulls(answer)
    apart = (pl.struct(*scores).n_unique().over(answer) > 1) & (pl.col(FILE).n_unique().over(answer) > 1)
    twice = rows.filter(apart).sort(*answer, FILE, LINE)
    repeating = set(frame.filter(pl.col(FATE) == Aside.DUPLICATE)[FILE])
    for mates in twice.partition_by(answer, maintain_order=True):
        one, other = mates.row(0, named=True), mates.row(-1, named=True)
        if other[FILE] in repeating or are_snapshots(one[FILE], other[FILE]):
            raise InputError(
                f"`{one[FILE]}` line {one[LINE]:,} and `{other[FILE]}` line {other[LINE]:,} "
                "tell one answer with two scores",
                location=Location(label=one[FILE], line=one[LINE]),
                hint="leave the older file out, or take the line out that is wrong",
            )
    return frame


def count_once(frame: pl.DataFrame) -> pl.DataFrame:
    """Set aside rows that say what another row says, whichever files they stand in."""
    cells = [name for name in frame.columns if name not in ROW]
    place = pl.struct(FILE, LINE).rank("ordinal").over(*cells, is_used())
    return mark(frame, {Aside.DUPLICATE: place > 1})


def count_event_ids_once(frame: pl.DataFrame, as_of: date | None) -> tuple[pl.DataFrame, tuple[Note, ...]]:
    """Keep one row of each event id, and say of which ids the rows differ.

    The newest is kept of those that are not after `as_of`, where that is told, since these do not count; and of one
    moment the first by its cells, so that the order of rows is no matter.
    """
    cells = [name for name in ("account_id", KEY, "user_id", "feature", "events") if name in frame.columns]
    is_later = (pl.col("at").dt.date() > pl.lit(as_of, dtype=pl.Date())).fill_null(value=False).alias("later")
    newest_first = is_later, pl.col("at").is_null().alias("undated"), -pl.col("at").dt.epoch("us")
    # A row that is already set aside must not stand in for one that could be used.
    place = pl.struct(*newest_first, pl.struct(cells), FILE, LINE).rank("ordinal").over("event_id", is_used())
    repeated = pl.col("event_id").is_not_null() & (place > 1)
    told = frame.filter(is_used() & pl.col("event_id").is_not_null())
    told = told.filter(pl.col("event_id").is_duplicated())
    differ = told.filter(pl.struct("at", *cells).n_unique().over("event_id") > 1).sort("event_id", FILE, LINE)
    return mark(frame, {Aside.REPEATED_EVENT: repeated}), _differing(differ)


def _differing(rows: pl.DataFrame) -> tuple[Note, ...]:
    """What is said of event ids that stand in rows which differ, the first of them with its lines."""
    if rows.is_empty():
        return ()
    one, other = rows.head(2).iter_rows(named=True)
    count = rows["event_id"].n_unique()
    ids = "1 event id stands" if count == 1 else f"{count:,} event ids stand"
    text = (
        f"{ids} in rows that differ, first `{one['event_id']}` on line {one[LINE]:,} of `{one[FILE]}` and line "
        f"{other[LINE]:,} of `{other[FILE]}`: the newest row of an id is counted"
    )
    return (Note(kind=NoteKind.WARNING, text=text),)


def settle_log(frame: pl.DataFrame, overlap: str | None) -> pl.DataFrame:
    """Logs in several files: rows that are the same count once, two that tell a moment otherwise are refused.

    Rows with an event id are known apart and pass.

    Raises:
        InputError: Two files overlap and `overlap` is not given.
    """
    moment = ["account_id", "at", "user_id", "feature"]
    if overlap == "dedupe":
        return drop_repeats_across_files(frame, [*moment, "events", *(each for each in (UNREAD,) if each in frame)])
    if overlap == "add" or frame[FILE].n_unique() < 2:
        return frame
    if UNREAD in frame:  # with headers of their own, files tell nothing cell for cell
        frame = count_overlap_once(frame, moment, [*moment, "events", "event_id", UNREAD])
    open_rows = frame.filter(is_used() & pl.col("event_id").is_null())
    twice = open_rows.filter(pl.col(FILE).n_unique().over(moment) > 1)
    if twice.height:
        raise _overlap(twice.sort(*moment, FILE, LINE), "the same account, user, feature and time")
    return frame


def settle_table(
    frame: pl.DataFrame, grain: Grain, overlap: str | None, tables: Iterable[TextTable] = ()
) -> pl.DataFrame:
    """Usage tables: one row per account (and period, and user). Identical ones count once, different ones are refused.

    With `add` all stay, to be summed; `dedupe` looks only at what is read. `tables` are the files as they stand, so
    that a refusal can say where two rows differ.

    Raises:
        InputError: Two different rows for one account (and period), and `overlap` does not say `add`.
    """
    key = ["account_id", "period"] if grain is Grain.PERIOD else ["account_id"]
    key += [name for name in ("user_id", "feature") if name in frame.columns]
    if overlap == "add":
        return frame
    # Most tables tell each of them once, which is seen in a tenth of the time and of the memory.
    known = frame.select(key).hash_rows().sort()
    if not (known == known.shift()).any():
        return frame
    apart = ("period",) if overlap == "dedupe" else ("period", "event_id", UNREAD)
    rows = pl.struct(name for name in frame.columns if name in apart or name.startswith(METRIC))
    place = pl.struct(FILE, LINE).rank("ordinal").over([*key, rows.hash()])
    frame = mark(frame, {Aside.DUPLICATE: pl.col("account_id").is_not_null() & (place > 1)})
    twice = collect(frame.lazy().filter(is_used()).filter(pl.len().over(key) > 1).sort(*key, FILE, LINE))
    if twice.height:
        raise _overlap(twice, _and_so_on(key), tables)
    return frame


def _and_so_on(key: list[str]) -> str:
    names = [name.removesuffix("_id") for name in key]
    return f"the same {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"the same {names[0]}"


def _overlap(twice: pl.DataFrame, what: str, tables: Iterable[TextTable] = ()) -> InputError:
    one = twice.row(0, named=True)
    mates = twice.filter(pl.col("account_id") == one["account_id"])
    other = mates.filter((pl.col(FILE) != one[FILE]) | (pl.col(LINE) != one[LINE])).row(0, named=True)
    apart = mates.filter(pl.col(FILE) != one[FILE])
    other = apart.row(0, named=True) if apart.height else other
    tables = [*tables]
    apart_in = _headers_apart(one, other, {table.label: table for table in tables})
    hint = "`--overlap dedupe` counts rows that are the same in what csq reads once, `--overlap add` adds them up"
    if period := next((name for name in apart_in if _names_periods(tables, name)), None):
        hint = f'`--column period="{period}"` reads that column as the time of each row'
    return InputError(
        f"`{one[FILE]}` line {one[LINE]:,} and `{other[FILE]}` line {other[LINE]:,} tell {what}, `{one['account_id']}`"
        + (f"; they differ in {', '.join(f'`{name}`' for name in apart_in)}" if apart_in else ""),
        location=Location(label=str(one[FILE]), line=int(one[LINE])),
        hint=hint,
    )


def _headers_apart(one: Mapping[str, Any], other: Mapping[str, Any], tables: Mapping[str, TextTable]) -> list[str]:
    """The headers of the columns, read or not, in which two rows differ; none where they do not have the same ones."""
    first, second = tables.get(one[FILE]), tables.get(other[FILE])
    if first is None or second is None or first.header != second.header:
        return []
    cells, others = (
        table.frame.filter(pl.col(LINE) == row[LINE]).row(0, named=True)
        for table, row in ((first, one), (second, other))
    )
    same = [cells[column(at)].strip() == others[column(at)].strip() for at in range(len(first.header))]
    return [header for header, is_same in zip(first.header, same, strict=True) if header and not is_same]


def _names_periods(tables: Iterable[TextTable], header: str) -> bool:
    """Whether all cells of a column that is not read as such name a day, a week, a month or a quarter."""
    for table in (table for table in tables if header in table.header):
        text = table.frame[column(table.header.index(header))]
        try:
            cells = read_period(text, spoken=spoken_length(header))
        except Ambiguous:
            continue
        if cells.unreadable.any() or cells.values.null_count() or text.str.contains(r"^\d{1,5}$").any():
            return False
    return True
