"""The counts of `by_day` on whatever engine holds the rows: polars, DuckDB, any Spark.

Written once, over narwhals. Only what comes out the same on each of them: plain casts of cells that fit, sums of whole
numbers and numbers of rows; no distinct counts under a filter, no sums of yes and no, no first of anything.
"""

from collections.abc import Callable, Mapping, Sequence

import narwhals as nw

from csq.engine.by_day import FEATURE, USER
from csq.engine.counts import UNITS
from csq.fate import ROWS

LOG, REASON, DAY, NAMED = "log", "reason", "day", "named_"
"""Which log a row is of; why it is rejected, else null; its day as text; prefix of how many rows have a key."""
NAMES = ("user_id", "feature", "event_id")
VIA_USER = "via_user_id"
"""The user of a row that has no key."""
CELLS = (*NAMES, VIA_USER, "at", DAY, "units", "blank", "error", REASON)
"""What is made of a row beside its keys; `at` is its date or time as text."""
NO_DATE, BAD_DATE = "no date", "unreadable date"
BAD_COUNT, NEGATIVE = "number of events is not written plainly", "negative number of events"
DATE = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?( ?(Z|UTC|[+]00:?00))?)?$"
)
"""Days and times that name their day themselves, at whatever place they are read."""
_COUNT = r"^{}[0-9]{{1,15}}([.][0-9]+)?$"
MOST = 1e15
"""Events of a row, at most."""
EXACT = 2**53
"""Units up to which sums of floating-point numbers are whole and the same in any order."""


def texts(rows: nw.LazyFrame) -> nw.LazyFrame:
    """All cells as text."""
    return rows.select(nw.all().cast(nw.String))


def normal(
    rows: nw.LazyFrame,
    fields: Mapping[str, str],
    keys: Sequence[str],
    nothing: Mapping[str, Sequence[str]],
    error: str,
) -> nw.LazyFrame:
    """Rows of a log with what is counted of them: `CELLS`, and keys, which are null where it has none.

    Its columns are told by field. Cells that say that there is nothing are told lower-cased, by field; those that match
    `error` name nothing either.
    """

    def text(field: str) -> nw.Expr:
        return nw.col(fields[field]).cast(nw.String) if field in fields else nw.lit(None, nw.String)

    def is_blank(cell: nw.Expr, field: str) -> nw.Expr:
        return cell.is_null() | cell.str.strip_chars().str.to_lowercase().is_in(list(nothing[field]))

    def name(field: str) -> nw.Expr:
        cell = text(field)
        return nw.when(~is_blank(cell, field) & ~cell.str.contains(error)).then(cell) if field in fields else cell

    names = [*keys, *NAMES]
    broken = [_one(text(field).str.contains(error)) for field in names if field in fields]
    date = text("date").str.strip_chars()
    number, uncounted, wrong, negative = _numbers(rows, fields, text("events").str.strip_chars(), is_blank)
    undated = is_blank(date, "date")
    reason = _first({NO_DATE: undated, BAD_DATE: ~date.str.contains(DATE), NEGATIVE: negative, BAD_COUNT: wrong})
    cells = rows.select(
        *(name(field).alias(field) for field in names),
        at=date,
        number=number,
        blank=_one(uncounted),
        error=sum(broken, nw.lit(0)),
        **{REASON: reason},
    )
    alone = nw.all_horizontal(*(nw.col(key).is_null() for key in keys), ignore_nulls=False) if keys else nw.lit(True)
    return cells.with_columns(
        units=_whole(nw.col("number")),
        via_user_id=nw.when(alone).then(nw.col("user_id")),
        day=nw.when(nw.col(REASON).is_null()).then(nw.col("at").str.slice(0, 10)),
    ).select(*keys, *CELLS)


def _first(reasons: Mapping[str, nw.Expr]) -> nw.Expr:
    """The first of the reasons that is one; null where none is."""
    found = nw.lit(None, nw.String)
    for reason, holds in reversed([*reasons.items()]):
        found = nw.when(holds).then(nw.lit(reason)).otherwise(found)
    return found


def _numbers(
    rows: nw.LazyFrame, fields: Mapping[str, str], text: nw.Expr, is_blank: Callable[[nw.Expr, str], nw.Expr]
) -> tuple[nw.Expr, nw.Expr, nw.Expr, nw.Expr]:
    """Units of each row; whether it tells no number, one that cannot be read, or one below 0."""
    no, one = nw.lit(False), nw.lit(float(UNITS))
    if "events" not in fields:
        return one, no, no, no
    if rows.collect_schema()[fields["events"]].is_numeric():
        number = nw.col(fields["events"]).cast(nw.Float64)
        blank = number.is_null() | number.is_nan()  # which is more than any number to some, and not itself to others
        wrong, negative = ~blank & (number > MOST), ~blank & (number < 0)
    else:
        plain, below = text.str.contains(_COUNT.format("")), text.str.contains(_COUNT.format("-"))
        number = nw.when(plain).then(text).cast(nw.Float64)
        blank, negative = is_blank(text, "events"), below
        wrong = ~blank & ~plain & ~below
    return nw.when(~blank & ~wrong & ~negative).then(number * UNITS).otherwise(one), blank, wrong, negative


def _one(mask: nw.Expr) -> nw.Expr:
    """1 where it holds, else 0: a sum of yes and no is not the same everywhere."""
    return nw.when(mask).then(nw.lit(1)).otherwise(nw.lit(0))


def together(logs: Mapping[str, nw.LazyFrame]) -> nw.LazyFrame:
    """Rows of several logs, by name, with the name of theirs."""
    return nw.concat([rows.with_columns(nw.lit(name).alias(LOG)) for name, rows in logs.items()])


def of_days(rows: nw.LazyFrame, days: Sequence[str]) -> nw.LazyFrame:
    """The rows of some days that are not rejected."""
    return rows.filter(nw.col(REASON).is_null(), nw.col(DAY).is_in(list(days)))


def once(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Rows that have an event id, each once if they are the same in all that is counted."""
    named = rows.filter(~nw.col("event_id").is_null(), nw.col(REASON).is_null())
    columns = [name for name in rows.collect_schema().names() if name != LOG]
    found = named.group_by(*columns).agg(nw.col(LOG).min())
    others = rows.filter(nw.col("event_id").is_null() | ~nw.col(REASON).is_null())
    return nw.concat([others, found.select(*others.collect_schema().names())])


def differing(rows: nw.LazyFrame) -> nw.LazyFrame:
    """Event ids in use that stand in several rows, with their number."""
    named = rows.filter(~nw.col("event_id").is_null(), nw.col(REASON).is_null())
    return named.group_by("event_id").agg(nw.len().alias(ROWS)).filter(nw.col(ROWS) > 1)


def _whole(number: nw.Expr) -> nw.Expr:
    """Rounded, halves to the even number, as polars does."""
    low = number.floor().cast(nw.Float64)
    rest = number - low
    up = (rest > 0.5) | ((rest == 0.5) & (low % 2 == 1))
    return low + nw.when(up).then(1.0).otherwise(0.0)


def tally(rows: nw.LazyFrame, by: Sequence[str], keys: Sequence[str]) -> nw.LazyFrame:
    """How many rows there are of each day and each reason to reject them, and how many of these have each key.

    blank: those that tell no number; error: their cells with a spreadsheet's error.
    """
    named = {NAMED + key: nw.col(key).count() for key in keys}
    sums = nw.col("blank").sum(), nw.col("error").sum()
    return rows.group_by(*by, DAY, REASON).agg(nw.len().alias(ROWS), *sums, **named)


def count_by_day(rows: nw.LazyFrame, by: Sequence[str]) -> nw.LazyFrame:
    """Count rows of a log: columns `by`, day, units, user_id, feature. Returns `by` and `by_day.DAYS`, in no order."""
    kinds = {USER: "user_id", FEATURE: "feature"}
    counted = [
        rows.select(*by, DAY, "units", name=nw.col(column))
        .group_by(*by, DAY, "name")
        .agg(nw.col("units").sum(), nw.len().alias(ROWS))
        .select(*by, DAY, nw.lit(what).alias("what"), "name", "units", ROWS)
        for what, column in kinds.items()
    ]
    return nw.concat(counted)
