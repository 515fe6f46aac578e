"""Usage exports in their three grains: event log, account and period, account.

A log says who did what and when; the tables say how much. What a file is shows in its columns: a feature makes it a
log, and so does a user or a date without a number; any other number makes it a table, whose rows may be users'.
"""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from csq.errors import ConfigError, InputError, Location
from csq.report import masked
from csq.roles import KEY_NAMES, MONEY_FIELDS, SIGN_UPS, Cell
from csq.sources.headers import squeeze
from csq.sources.metrics import SCORED, Meaning, Metric, is_called, kinds_asked, meaning, metric_name, metrics_line
from csq.sources.numbers import read_number
from csq.sources.periods import labels_in, spoken_length
from csq.sources.read import LINE, TextTable, column
from csq.sources.tables import ReadOptions, add_cells, read_fields
from csq.sources.typed import FILE, Typed, labels
from csq.sources.use_words import EVER
from csq.sources.values import Ambiguous, Cells, read_text
from csq.suggest import in_shell
from csq.terms import Grain, Length, MetricKind, NoteKind, Role

LOG_FIELDS = ("user_id", "feature", "event_id")
ROW_IDS = ("usageid", "uuid")
"""Headers of `event_id` that any row may have, whatever it stands for."""
LEAST_ACCOUNTS = 2
"""Of fewer rows it cannot be told that no account has two of them."""
METRIC = "metric_"
"""Prefix of the columns of a usage table that hold numbers to score or show."""
NO_NUMBERS = ("an id", "a date")
"""Columns that measure nothing, so that they do not make a table of a log."""
ONE_TIME = "a running total, which tells nothing of one time alone"
MONEY = tuple(f"`{name}`" for name in MONEY_FIELDS)


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
    numbers = {} if is_log else _numbers(typed, options)
    typed = typed.replace(grain=_grain(typed, numbers, options))
    if not _is_dated(typed):
        typed = typed.noting(
            f"{labels(tables)} has no dates: all of its rows count, whenever they were", NoteKind.WARNING
        )
    if typed.grain is Grain.LOG:
        return _as_log(typed, options, [name for name in numbers if name != "events"])
    if typed.grain is Grain.ACCOUNT and {"user_id", "last_active_date"} <= typed.fields.keys():
        typed = _last_there(typed, options)
    period = "period" if "period" in typed.fields else "date"
    when = pl.col(period).cast(pl.Date) if typed.grain is Grain.PERIOD else pl.lit(None, dtype=pl.Date())
    typed = typed.with_columns(when.alias("period"), pl.lit(_told_length(typed)).alias("period_length"))
    return _add_metrics(typed, numbers, options)


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
        names = ", ".join(f"`{name}`" for name in numbers)
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
    if "date" not in typed.fields or "period" in typed.fields or typed.frame["date"].is_not_null().any():
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


def _told_length(typed: Typed) -> Length | None:
    """How long periods are, as their cells say, else their header."""
    if "period" not in typed.fields:
        return None
    spoken = spoken_length(typed.header("period"))
    lengths = {label.length for label in labels_in(typed.text[column(typed.fields["period"])], spoken).values()}
    return lengths.pop() if len(lengths) == 1 else spoken


def is_use(header: str, options: ReadOptions) -> bool:
    """Whether a number with this header says how much was done."""
    metric = meaning(header, _told(header, options)).metric
    return metric is not None and metric.kind in SCORED


def _grain(typed: Typed, numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions) -> Grain:
    """What a row stands for. A row id says nothing of it: tables have one, too.

    A row of a user, or with the id of an event, is one event unless it says how much was done.
    """
    have = typed.fields
    if "feature" in have:
        return Grain.PERIOD if is_of_features(have) else Grain.LOG
    others = {name: index for name, (index, _) in numbers.items() if name != "events"}
    found = (_meaning(typed, name, index, options).metric for name, index in others.items())
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


def is_of_features(fields: Collection[str]) -> bool:
    """Whether a row tells how much a feature was used in a week, a month or a quarter, rather than an event."""
    return "feature" in fields and "period" in fields and "date" not in fields


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


def _numbers(typed: Typed, options: ReadOptions) -> dict[str, tuple[int, Cells | None]]:
    """The columns whose cells are numbers for the most part, by metric name, with their position; `events` among them.

    Without cells it is a column of numbers that can be read in two ways; the question is put when it is to be used.
    Ids and dates are no numbers, and neither is what csq.yaml says to ignore.
    """
    taken = {index for name, index in typed.fields.items() if name != "events"}
    found: dict[str, tuple[int, Cells | None]] = {}
    for index, header in enumerate(typed.tables[0].header):
        if index in taken or not header or _told(header, options) is MetricKind.IGNORE:
            continue
        if meaning(header).instead in NO_NUMBERS:
            continue
        name = _name(typed, index)
        if name in found:
            _refuse_twice(typed, found[name][0], index, options)
            continue
        try:
            cells = read_number(typed.text[column(index)])
        except Ambiguous:
            found[name] = index, None
            continue
        if cells.values.is_not_null().sum() > cells.unreadable.sum():
            found[name] = index, cells
    return found


def _refuse_twice(typed: Typed, first: int, second: int, options: ReadOptions) -> None:
    """Refuse two columns by one name, of which one would be scored. Raises InputError."""
    table = typed.tables[0]
    if any(is_use(table.header[index], options) for index in (first, second)):
        raise InputError(
            f"two columns of {labels(typed.tables)} read as one: `{table.header[first]}` and `{table.header[second]}`",
            location=table.where(),
            hint="rename one of them",
        )


def _name(typed: Typed, index: int) -> str:
    return "events" if typed.fields.get("events") == index else metric_name(typed.tables[0].header[index])


def _told(header: str, options: ReadOptions) -> MetricKind | None:
    """The kind that csq.yaml gives a column."""
    return next((kind for name, kind in options.metrics.items() if is_called(header, name)), None)


def _meaning(typed: Typed, name: str, index: int, options: ReadOptions) -> Meaning:
    """What a column measures: told by csq.yaml, a field that is known, by the export's preset, or by its words."""
    header = typed.tables[0].header[index]
    told, by_words = _told(header, options), meaning(header)
    if told and by_words.instead in MONEY:
        raise ConfigError(
            f"`{header}` is contract value, of which no usage score is made",
            hint="take it out of `metrics:` in csq.yaml",
        )
    if told is None and name == "events":
        told = MetricKind.COUNT
    if told is None and typed.preset:
        told = next((kind for text, kind in typed.preset.metrics.items() if squeeze(text) == squeeze(header)), None)
    if told is None and (field := _told_elsewhere(header, options)):
        return Meaning(None, f"`{field}`")
    found = meaning(header, told) if told else by_words
    if found.metric and _told(header, options):
        found = Meaning(found.metric._replace(is_told=True))
    if is_of_features(typed.fields) and (metric := found.metric):
        is_of_one = metric.kind is MetricKind.PERCENT or metric.is_average
        found = Meaning(None, "of one feature alone") if is_of_one else found
    return _of_one_time(found) if typed.grain is Grain.ACCOUNT else found


def _of_one_time(found: Meaning) -> Meaning:
    """A running total that cannot have grown: what it was since its period began, if it starts again with any."""
    metric = found.metric
    if metric is None or not metric.running:
        return found
    return Meaning(None, ONE_TIME) if metric.running == EVER else Meaning(metric._replace(running=None))


def _told_elsewhere(header: str, options: ReadOptions) -> str | None:
    """The field of another role that a header was told to be."""
    others = (told for role, told in options.columns.items() if role is not Role.USAGE)
    return next((field for told in others for field, text in told.items() if squeeze(text) == squeeze(header)), None)


def _add_metrics(typed: Typed, numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions) -> Typed:
    """Add a column for each number that is scored or shown, and say what the others are taken for.

    Raises:
        InputError: None of the numbers is known to be use.
    """
    metrics: dict[str, Metric] = {}
    described, instead, unknown = [], [], []
    places = {name: index for name, (index, _) in numbers.items()}
    for name, (index, cells) in numbers.items():
        metric, what = _meaning(typed, name, index, options)
        header = typed.tables[0].header[index]
        if metric is None:
            instead += [f"`{header}` ({what})"] if what else []
            unknown += [] if what else [header]
            continue
        metrics[name] = metric
        typed = typed.replace(fields={**typed.fields, METRIC + name: places[name]})
        typed = add_cells(typed, METRIC + name, Cell.NUMBER, column(index), options, cells)
        typed = _without_negative(typed, METRIC + name, metric.kind)
        how = "shown, not scored" if metric.kind is MetricKind.TROUBLE else "more is better"
        if metric.kind is MetricKind.PERCENT:
            typed, how = _percent(typed, METRIC + name, column(index))
            how = f"({how})"
        described.append(f"`{name}` {metric.word}{' ' if how[0] == '(' else ', '}{how}")
    typed = typed.replace(metrics=metrics)
    if not any(metric.kind in SCORED for metric in metrics.values()) and typed.frame.height:
        _check_any_use(typed, unknown, _in_words(typed, set(places.values()), options))
    for told in _in_words(typed, set(places.values()), options).values():
        typed = typed.noting(f"{told}, and so not scored", NoteKind.WARNING)
    if described:
        typed = typed.noting(f"metrics of {labels(typed.tables)}: {'; '.join(described)}")
    if instead:
        typed = typed.noting(f"no use, and so not scored, in {labels(typed.tables)}: {', '.join(instead)}")
    if unknown:
        text = f"not scored, as the name does not say whether it is use, in {labels(typed.tables)}: "
        text += ", ".join(f"`{header}`" for header in unknown)
        typed = typed.noting(
            f"{text}; `{metrics_line(unknown)}` in csq.yaml scores it",
            NoteKind.WARNING,
            asks=kinds_asked(unknown, MetricKind.IGNORE),
        )
    return typed


def _in_words(typed: Typed, numbers: Collection[int], options: ReadOptions) -> dict[str, str]:
    """The columns that would be use if their cells were numbers, with what is to be said of each."""
    told = {}
    for index, header in enumerate(typed.tables[0].header):
        if index in (*numbers, *typed.fields.values()) or not header or not is_use(header, options):
            continue
        cells = read_text(typed.text[column(index)]).values
        if cells.is_not_null().any():
            row = cells.is_not_null().arg_true()[0]
            file, line, cell = (*typed.frame.select(FILE, LINE).row(row), cells[row])
            told[header] = f"`{header}` holds no numbers: `{masked(cell)}` on line {line:,} of `{file}`"
    return told


def _check_any_use(typed: Typed, unknown: Sequence[str], in_words: Mapping[str, str]) -> None:
    """Refuse a table of which nothing would be scored, unless its users count, or a column of use is just empty."""
    header = typed.tables[0].header
    left = [name for index, name in enumerate(header) if index not in typed.fields.values()]
    uses = {name: metric for name in left if (metric := meaning(name).metric) and metric.kind in SCORED}
    totals = [name for name, metric in uses.items() if typed.grain is Grain.ACCOUNT and metric.running == EVER]
    if "user_id" in typed.fields or "feature" in typed.fields:
        return
    if in_words:
        raise InputError(
            f"nothing in {labels(typed.tables)} can be scored: {'; '.join(in_words.values())}",
            location=typed.tables[0].where(),
            hint="export it as numbers, such as 1.5 for an hour and a half",
        )
    if len(uses) > len(totals):
        return
    unknown = [*unknown, *totals]
    hint = "`csq help metrics` lists what is known; `metrics: {HEADER: count}` in csq.yaml says that a column is use"
    if unknown:
        hint = f"if it is, say so in csq.yaml and leave out what is not: `{metrics_line(unknown)}`"
    raise InputError(
        f"nothing in {labels(typed.tables)} is known to be use, so nothing can be scored",
        location=Location(label=typed.tables[0].label, line=typed.tables[0].header_line, excerpt=",".join(header)),
        hint=hint,
        asks=kinds_asked(unknown, MetricKind.COUNT),
    )


def _without_negative(typed: Typed, name: str, kind: MetricKind) -> Typed:
    """Nobody uses anything less than not at all: such a cell is a fault."""
    negative = (typed.frame[name] < 0).fill_null(value=False)
    if kind not in SCORED or not negative.any():
        return typed
    typed = typed.fault(negative, name, f"a negative number, of {kind}")
    return typed.with_columns(typed.frame[name].set(negative, None))


def _percent(typed: Typed, name: str, source: str) -> tuple[Typed, str]:
    """Percent on 0-100: as written with a percent sign, else a share of 1 when no cell is above 1."""
    text, values = typed.text[source], typed.frame[name]
    signed = text.str.contains("%", literal=True).fill_null(value=False)
    plain = values.set(signed, None)
    if plain.is_not_null().any() and float(plain.max() or 0) <= 1.0:  # type: ignore[arg-type]
        shares = pl.select(pl.when(pl.lit(signed)).then(pl.lit(values)).otherwise(pl.lit(values) * 100)).to_series()
        return typed.with_columns(shares.rename(name)), "read as a share of 1"
    return typed, "read as 0-100"
