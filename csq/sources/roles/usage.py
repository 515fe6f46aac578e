"""Usage exports in their three grains: event log, account and period, account.

A log says who did what and when; the tables say how much. What a file is shows in its columns: a feature makes it a
log, and so does a user or a date without a number; any other number makes it a table, whose rows may be users'.
"""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from csq.errors import InputError, Location
from csq.roles import KEY_NAMES, SIGN_UPS, Cell
from csq.sources.cells.periods import labels_in, spoken_length
from csq.sources.cells.values import Cells, read_text, squeeze
from csq.sources.columns.metrics import SCORED
from csq.sources.columns.plausible import Looks
from csq.sources.reading.read import LINE, TextTable, column
from csq.sources.rows.measures import add_metrics, is_of_features, meaning_of, numbers_in
from csq.sources.rows.tables import ReadOptions, read_fields
from csq.sources.rows.typed import FILE, Typed, labels
from csq.suggest import first, in_shell
from csq.terms import Grain, Length, MetricKind, NoteKind, Role

LOG_FIELDS = ("user_id", "feature", "event_id")
ROW_IDS = ("usageid", "uuid")
"""Headers of `event_id` that any row may have, whatever it stands for."""
LEAST_ACCOUNTS = 2
"""Of fewer rows it cannot be told that no account has two of them."""


def read_usage(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read usage files with one header.

    The frame of a log gains `at` (Datetime or null) and `events` (Float64, 1 where there is no
    such column); that of a table `period` (Date or null), `period_length` (a `terms.Length`, null where it is not
    told) and one `metric_<name>` column per number; where a row is a user's, it has `user_id`.

    Raises:
        InputError: There is neither a date nor a number to go by, or sign-ups cannot be told from events.
    """
    typed = _of_accounts(read_fields(tables, Role.USAGE, options))
    _refuse_periods_as_days(typed)
    is_log = "feature" in typed.fields and not is_of_features(typed.fields)
    numbers = {} if is_log else numbers_in(typed, options)
    typed = typed.replace(grain=_grain(typed, numbers, options))
    if not _is_dated(typed):
        typed = _without_days(typed)
    if typed.grain is Grain.LOG:
        return _as_log(typed, options, [name for name in numbers if name != "events"])
    if typed.grain is Grain.ACCOUNT and {"user_id", "last_active_date"} <= typed.fields.keys():
        typed = _last_there(typed, options)
    period = "period" if "period" in typed.fields else "date"
    when = pl.col(period).cast(pl.Date) if typed.grain is Grain.PERIOD else pl.lit(None, dtype=pl.Date())
    typed = typed.with_columns(when.alias("period"), pl.lit(_told_length(typed)).alias("period_length"))
    return add_metrics(typed, numbers, options)


def _as_log(typed: Typed, options: ReadOptions, numbers: Sequence[str]) -> Typed:
    """A row as one event, or as many as it counts."""
    have = typed.fields
    _refuse_sign_ups(typed, options)
    typed = _tell_blank_counts(typed)
    at = pl.col("date") if "date" in have else pl.col("period") if "period" in have else pl.lit(None)
    typed = typed.with_columns(
        at=at.cast(pl.Datetime("us")),
        events=pl.col("events").fill_null(1.0) if "events" in have else pl.lit(1.0),
        **{name: pl.lit(None, dtype=pl.String()) for name in LOG_FIELDS if name not in have},
    )
    if numbers:
        names = first([f"`{name}`" for name in numbers])
        typed = typed.noting(f"{names} of {labels(typed.tables)} not counted: a row of an event log is one event")
    return typed.reject((typed.frame["events"] < 0).fill_null(value=False), "events", "negative number of events")


def _tell_blank_counts(typed: Typed) -> Typed:
    """Say where the number of events is not known: such a row is one event, as it would be without the column."""
    blank = typed.frame.filter(pl.col("events").is_null()) if "events" in typed.fields else typed.frame.clear()
    if blank.is_empty():
        return typed
    # How many there are is not known of a log that is counted as it is read; which is the first, always.
    file, line = blank.sort(FILE, LINE).select(FILE, LINE).row(0)
    header = typed.header("events")
    text = f"rows without a number in `{header}` count as one event each, the first on line {line:,} of `{file}`"
    return typed.noting(text, NoteKind.WARNING)


def _of_accounts(typed: Typed) -> Typed:
    """The same; an e-mail address in a table with a row for each account is whom to write to, and no user."""
    key = next((name for name in KEY_NAMES if name in typed.fields), None)
    dated = any(name in typed.fields for name in ("date", "period", "feature", "event_id", "active"))
    if dated or key is None or "user_id" not in typed.fields or squeeze(typed.header("user_id")) != "email":
        return typed
    keys = typed.frame[key].drop_nulls()
    if keys.is_duplicated().any() or len(keys) < LEAST_ACCOUNTS:
        return typed
    kept = {name: place for name, place in typed.fields.items() if name != "user_id"}
    typed = typed.replace(fields=kept, frame=typed.frame.drop("user_id"))
    return typed.noting(f"{labels(typed.tables)} has a row for each account: its e-mail addresses count no users")


def _last_there(typed: Typed, options: ReadOptions) -> Typed:
    """Users whose last day can be read, or who were never there: no others can be told to be active or not."""
    day = typed.frame["last_active_date"]
    said = read_text(typed.text[column(typed.fields["last_active_date"])]).values
    strange = said.is_not_null() & day.is_null() & ~said.str.to_lowercase().str.starts_with("never")
    typed = typed.reject(strange.fill_null(value=False), "last_active_date", "unreadable date")
    if options.run_day:
        late = (day > options.run_day).fill_null(value=False)
        typed = typed.reject(late, "last_active_date", "date after the run day")
    return typed


def _refuse_periods_as_days(typed: Typed) -> None:
    """Ask about a date column of which no cell is a day and all name a period, such as `Oct-26`. Raises InputError."""
    if "date" not in typed.fields or "period" in typed.fields or typed.frame["date"].count():
        return
    text = typed.text[column(typed.fields["date"])]
    cells = read_text(text).values
    if cells.is_not_null().any() and len(labels_in(text, None)) == cells.drop_nulls().n_unique():
        row = typed.text.row(cells.is_not_null().arg_true()[0], named=True)
        header = typed.header("date")
        raise InputError(
            f"`{row[column(typed.fields['date'])]}` in `{header}` is no day: it names a week, a month or a quarter",
            location=Location(label=row[FILE], line=row[LINE]),
            hint=f"`--column period={in_shell(header)}` reads its cells as such",
        )


def _is_dated(typed: Typed) -> bool:
    return any(name in typed.fields for name in ("date", "period", "last_active_date"))


def _without_days(typed: Typed) -> Typed:
    """The same with a word on it; a column of days that goes by no known name is offered."""
    table, text = typed.tables[0], f"{labels(typed.tables)} has no dates: all of its rows count, whenever they were"
    if typed.grain is not Grain.LOG:
        return typed.noting(text, NoteKind.WARNING)
    looks, taken = Looks(table), {*typed.fields.values()}
    named = [
        place
        for place, name in enumerate(table.header)
        if name and place not in taken and squeeze(name) not in SIGN_UPS and len(looks.cells(place))
    ]
    if days := looks.which(named, "date", Cell.TIME):
        day = table.header[days[0]]
        text = f"{text}; if `{day}` is the day of a row, `--column date={in_shell(day)}`"
    return typed.noting(text, NoteKind.WARNING)


def _told_length(typed: Typed) -> Length | None:
    """How long periods are, as their cells say, else their header."""
    if "period" not in typed.fields:
        return None
    spoken = spoken_length(typed.header("period"))
    lengths = {label.length for label in labels_in(typed.text[column(typed.fields["period"])], spoken).values()}
    return lengths.pop() if len(lengths) == 1 else spoken


def _grain(typed: Typed, numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions) -> Grain:
    """What a row stands for. A row id says nothing of it: tables have one, too.

    A row of a user, or with the id of an event, is one event unless it says how much was done.
    """
    have = typed.fields
    if "feature" in have:
        return Grain.PERIOD if is_of_features(have) else Grain.LOG
    others = {name: index for name, (index, _) in numbers.items() if name != "events"}
    found = (meaning_of(typed, name, index, options).metric for name, index in others.items())
    measures = [metric.kind for metric in found if metric and metric.kind in SCORED]
    is_row_of_log = "user_id" in have or is_event_id(typed.tables[0].header, have)
    if "date" in have or "period" in have:
        if is_row_of_log:
            return Grain.PERIOD if measures and not _tells_moments(typed, measures) else Grain.LOG
        return Grain.PERIOD if others or "period" in have else Grain.LOG
    if measures or "last_active_date" in have or "active" in have:
        return Grain.ACCOUNT
    if is_row_of_log or "event_id" in have:
        return Grain.LOG
    if others or "events" in have:
        return Grain.ACCOUNT
    raise InputError(
        f"{labels(typed.tables)} has neither a date nor a number to measure usage by",
        location=typed.tables[0].where(),
        hint='name the column: `--column date="HEADER"` for a log, `--column events="HEADER"` for a count',
    )


def is_event_id(header: Sequence[str], fields: Mapping[str, int]) -> bool:
    """Whether rows have an id that is an event's, and not just a row's."""
    return "event_id" in fields and squeeze(header[fields["event_id"]]) not in ROW_IDS


def _tells_moments(typed: Typed, measures: Collection[MetricKind]) -> bool:
    """Whether rows are moments, some of them of one day: then their numbers are of one event each."""
    if "date" not in typed.fields or any(kind in (MetricKind.USERS, MetricKind.PERCENT) for kind in measures):
        return False
    whose = [name for name in (*KEY_NAMES, "user_id") if name in typed.fields]
    rows = typed.frame.select(*whose, "date", day=pl.col("date").dt.date())
    is_timed = (rows["date"] != rows["date"].dt.truncate("1d")).any()
    return is_timed and bool(rows.select(*whose, "day").is_duplicated().any())


def _refuse_sign_ups(typed: Typed, options: ReadOptions) -> None:
    """Ask whether `created_at` is a sign-up where each user stands in one row. Raises InputError."""
    told = options.columns.get(Role.USAGE, {})
    have = typed.fields
    if "feature" in have or "user_id" not in have or "date" not in have or "date" in told:
        return
    users = typed.frame["user_id"].drop_nulls()
    if squeeze(typed.header("date")) in SIGN_UPS and len(users) > 1 and not users.is_duplicated().any():
        header = typed.header("date")
        raise InputError(
            f"`{header}` of {labels(typed.tables)} is when each user signed up, or when each did something once",
            location=typed.tables[0].where(),
            hint=f"`--column date={in_shell(header)}` counts its rows as events; of a table of users, "
            '`--column last_active_date="HEADER"` names the day each was last there',
        )
