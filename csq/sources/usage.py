"""Usage exports in their three grains: event log, account and period, account.

A log says who did what and when; the tables say how much. What a file is shows in its columns:
a user, a feature or an event id make it a log, any other number makes it a table.
"""

import re
from collections.abc import Iterable, Mapping

import polars as pl

from csq.errors import InputError
from csq.roles import Cell
from csq.sources.headers import squeeze
from csq.sources.numbers import read_number
from csq.sources.read import TextTable, column
from csq.sources.tables import ReadOptions, add_cells, read_fields
from csq.sources.typed import Typed, labels
from csq.sources.values import Ambiguous, Cells
from csq.terms import Grain, MetricKind, Role

LOG_FIELDS = ("user_id", "feature", "event_id")
METRIC = "metric_"
"""Prefix of the columns of a usage table that hold numbers to score or show."""

_KIND_WORDS: tuple[tuple[MetricKind, str], ...] = (
    (MetricKind.TROUBLE, r"days_since|since_|idle|inactiv|error|ticket|incident|crash|fail|latency|bug"),
    (MetricKind.PERCENT, r"pct|percent|rate|share|ratio|%|adoption|utili[sz]ation"),
    (MetricKind.USERS, r"users|\b(dau|wau|mau)\b|^(dau|wau|mau)|active_seats|seats_used|visitors|people|members"),
    (MetricKind.ID, r"(^|_)(id|uuid|guid|key|zip|phone|year)$"),
)


def metric_name(header: str) -> str:
    """`Active Users (30d)` becomes `active_users_30d`."""
    return re.sub(r"[\W_]+", "_", header.casefold().replace("%", " pct ")).strip("_")


def metric_kind(header: str, told: Mapping[str, str]) -> MetricKind | None:
    """The kind of a metric by its name; None when csq.yaml says to ignore it. Unknown numbers are counts."""
    for name, kind in told.items():
        if squeeze(name) == squeeze(header):
            return None if kind == "ignore" else MetricKind(kind)
    name = metric_name(header)
    return next((kind for kind, words in _KIND_WORDS if re.search(words, name)), MetricKind.COUNT)


def read_usage(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read usage files with one header.

    The frame of a log gains `at` (Datetime or null) and `events` (Float64, 1 where there is no
    such column); that of a table `period` (Date or null) and one `metric_<name>` column per number.

    Raises:
        InputError: There is neither a date nor a number to go by.
    """
    typed = read_fields(tables, Role.USAGE, options)
    have = typed.fields
    is_log = any(name in have for name in LOG_FIELDS)
    numbers = {} if is_log else _numbers(typed, options)
    typed = typed.replace(grain=Grain.LOG if is_log else _grain(typed, numbers))
    if typed.grain is Grain.LOG:
        at = (
            pl.col("date") if "date" in have else pl.col("period").cast(pl.Datetime("us")) if "period" in have else None
        )
        typed = typed.with_columns(
            at=at if at is not None else pl.lit(None, dtype=pl.Datetime("us")),
            events=pl.col("events").fill_null(1.0) if "events" in have else pl.lit(1.0),
            **{name: pl.lit(None, dtype=pl.String()) for name in LOG_FIELDS if name not in have},
        )
        return typed.reject((typed.frame["events"] < 0).fill_null(value=False), "events", "negative number of events")
    period = "period" if "period" in have else "date"
    when = pl.col(period).cast(pl.Date) if typed.grain is Grain.PERIOD else pl.lit(None, dtype=pl.Date())
    return _add_metrics(typed.with_columns(when.alias("period")), numbers, options)


def _grain(typed: Typed, numbers: Iterable[str]) -> Grain:
    """The grain of files that name no user, feature or event id."""
    have = typed.fields
    dated = "date" in have or "period" in have
    others = [name for name in numbers if name != "events"]
    if not dated and not numbers:
        raise InputError(
            f"{labels(typed.tables)} has neither a date nor a number to measure usage by",
            location=typed.tables[0].where(),
            hint='name the column: `--column date="HEADER"` for a log, `--column events="HEADER"` for a count',
        )
    if not dated:
        return Grain.ACCOUNT
    return Grain.PERIOD if others or "period" in have else Grain.LOG


def _numbers(typed: Typed, options: ReadOptions) -> dict[str, tuple[int, Cells | None]]:
    """The columns whose cells are numbers for the most part, by metric name, with their position; `events` among them.

    Without cells it is a column of numbers that can be read in two ways; the question is put when it is to be used.
    """
    taken = {index for name, index in typed.fields.items() if name != "events"}
    found: dict[str, tuple[int, Cells | None]] = {}
    for index, header in enumerate(typed.tables[0].header):
        if index in taken or not header or metric_kind(header, options.metrics) is None:
            continue
        try:
            cells = read_number(typed.text[column(index)], decimal=options.decimal)
        except Ambiguous:
            found[_name(typed, index)] = index, None
            continue
        if cells.values.is_not_null().sum() > cells.unreadable.sum():
            found[_name(typed, index)] = index, cells
    return found


def _name(typed: Typed, index: int) -> str:
    return "events" if typed.fields.get("events") == index else metric_name(typed.tables[0].header[index])


def _add_metrics(typed: Typed, numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions) -> Typed:
    described = []
    typed = typed.replace(fields={**typed.fields, **{METRIC + name: index for name, (index, _) in numbers.items()}})
    for name, (index, cells) in numbers.items():
        kind = metric_kind(typed.tables[0].header[index], options.metrics)
        if kind is None or kind is MetricKind.ID:
            described.append(f"`{name}` ignored (looks like an id)")
            typed = typed.replace(fields={key: place for key, place in typed.fields.items() if key != METRIC + name})
            continue
        typed = add_cells(typed, METRIC + name, Cell.NUMBER, column(index), options, cells)
        if kind is MetricKind.PERCENT:
            typed, scale = _percent(typed, METRIC + name, column(index))
            described.append(f"`{name}` {kind} ({scale})")
        else:
            described.append(
                f"`{name}` {kind}, {'shown, not scored' if kind is MetricKind.TROUBLE else 'more is better'}"
            )
    return typed.noting(f"metrics of {labels(typed.tables)}: {'; '.join(described)}")


def _percent(typed: Typed, name: str, source: str) -> tuple[Typed, str]:
    """Percent on 0-100: as written with a percent sign, else a share of 1 when no cell is above 1."""
    text, values = typed.text[source], typed.frame[name]
    signed = text.str.contains("%", literal=True).fill_null(value=False)
    plain = values.set(signed, None)
    if plain.is_not_null().any() and float(plain.max() or 0) <= 1.0:  # type: ignore[arg-type]
        shares = pl.select(pl.when(pl.lit(signed)).then(pl.lit(values)).otherwise(pl.lit(values) * 100)).to_series()
        return typed.with_columns(shares.rename(name)), "read as a share of 1"
    return typed, "read as 0-100"
