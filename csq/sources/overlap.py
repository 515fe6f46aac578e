"""The same thing told twice: repeated event ids, duplicate rows, exports whose days overlap.

What is provably the same is counted once. What may be, such as two exports that both speak of an
account's day, is an error that names both until the user settles it. Rows that differ in a column nobody reads are two.
"""

import polars as pl

from csq.errors import InputError, Location
from csq.fate import FATE, ROW, is_used, mark
from csq.sources.read import LINE, column
from csq.sources.snapshots import are_snapshots, count_overlap_once
from csq.sources.typed import FILE, KEY, Typed
from csq.sources.usage import METRIC
from csq.terms import Aside, Grain

UNREAD = "_unread"
"""Column that tells rows apart by the cells that no field reads."""


def with_unread(typed: Typed, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of files with one header, with what stands in the columns that are not read."""
    read = set(typed.fields.values())
    cells = [column(index) for index in range(len(typed.tables[0].header)) if index not in read]
    unread = pl.struct(pl.col(cell).str.strip_chars() for cell in cells).hash() if cells else pl.lit(0, pl.UInt64())
    return frame.with_columns(typed.text.select(unread.alias(UNREAD)).to_series() if cells else unread.alias(UNREAD))


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


def count_event_ids_once(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep one row of each event id: the smallest in all its cells, so that the order of rows is no matter."""
    order = [name for name in frame.columns if name not in (*ROW, "event_id", UNREAD)]
    # A row that is already set aside must not stand in for one that could be used.
    place = pl.struct(*order, FILE, LINE).rank("ordinal").over("event_id", is_used())
    repeated = pl.col("event_id").is_not_null() & (place > 1)
    return mark(frame, {Aside.REPEATED_EVENT: repeated})


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


def settle_table(frame: pl.DataFrame, grain: Grain, overlap: str | None) -> pl.DataFrame:
    """Usage tables: one row per account (and period, and user). Identical ones count once, different ones are refused.

    With `add` all stay, to be summed; `dedupe` looks only at what is read.

    Raises:
        InputError: Two different rows for one account (and period), and `overlap` does not say `add`.
    """
    key = ["account_id", "period"] if grain is Grain.PERIOD else ["account_id"]
    key += [name for name in ("user_id",) if name in frame.columns]
    if overlap == "add":
        return frame
    apart = ("period",) if overlap == "dedupe" else ("period", "event_id", UNREAD)
    rows = pl.struct(name for name in frame.columns if name in apart or name.startswith(METRIC))
    place = pl.struct(FILE, LINE).rank("ordinal").over([*key, rows.hash()])
    frame = mark(frame, {Aside.DUPLICATE: pl.col("account_id").is_not_null() & (place > 1)})
    twice = frame.filter(is_used()).filter(pl.len().over(key) > 1).sort(*key, FILE, LINE)
    if twice.height:
        raise _overlap(twice, _and_so_on(key))
    return frame


def _and_so_on(key: list[str]) -> str:
    names = [name.removesuffix("_id") for name in key]
    return f"the same {', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else f"the same {names[0]}"


def _overlap(twice: pl.DataFrame, what: str) -> InputError:
    one = twice.row(0, named=True)
    mates = twice.filter(pl.col("account_id") == one["account_id"])
    other = mates.filter((pl.col(FILE) != one[FILE]) | (pl.col(LINE) != one[LINE])).row(0, named=True)
    apart = mates.filter(pl.col(FILE) != one[FILE])
    other = apart.row(0, named=True) if apart.height else other
    dedupe = "`--overlap dedupe` counts rows that are the same in what csq reads once, "
    return InputError(
        f"`{one[FILE]}` line {one[LINE]:,} and `{other[FILE]}` line {other[LINE]:,} tell {what}, `{one['account_id']}`",
        location=Location(label=str(one[FILE]), line=int(one[LINE])),
        hint=f"{dedupe}`--overlap add` adds them up",
    )
