"""Usage exports in their three grains: event log, account and period, account.

A log says who did what and when; the tables say how much. What a file is shows in its columns:
a user, a feature or an event id make it a log, any other number makes it a table.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from csq.errors import ConfigError, InputError, Location
from csq.roles import MONEY_FIELDS, Cell
from csq.sources.headers import squeeze
from csq.sources.metrics import SCORED, Meaning, Metric, is_called, meaning, metric_name
from csq.sources.numbers import read_number
from csq.sources.read import TextTable, column
from csq.sources.tables import ReadOptions, add_cells, read_fields
from csq.sources.typed import Typed, labels
from csq.sources.values import Ambiguous, Cells
from csq.suggest import nearest
from csq.terms import Grain, MetricKind, NoteKind, Role

LOG_FIELDS = ("user_id", "feature", "event_id")
METRIC = "metric_"
"""Prefix of the columns of a usage table that hold numbers to score or show."""
NO_NUMBERS = ("an id", "a date")
"""Columns that measure nothing, so that they do not make a table of a log."""
MONEY = tuple(f"`{name}`" for name in MONEY_FIELDS)


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
    Ids and dates are no numbers, and neither is what csq.yaml says to ignore.
    """
    taken = {index for name, index in typed.fields.items() if name != "events"}
    found: dict[str, tuple[int, Cells | None]] = {}
    for index, header in enumerate(typed.tables[0].header):
        if index in taken or not header or _told(header, options) is MetricKind.IGNORE:
            continue
        if meaning(header).instead in NO_NUMBERS:
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


def _told(header: str, options: ReadOptions) -> MetricKind | None:
    """The kind that csq.yaml gives a column."""
    return next((kind for name, kind in options.metrics.items() if is_called(header, name)), None)


def check_metrics(told: Iterable[str], tables: Sequence[TextTable]) -> None:
    """Refuse a name under `metrics:` in csq.yaml that no column of the usage files has.

    Raises:
        ConfigError: There is none, with the near miss.
    """
    headers = list(dict.fromkeys(header for table in tables for header in table.header if header))
    for name in told if tables else ():
        if not any(is_called(header, name) for header in headers):
            near = nearest(headers, name, form=squeeze)
            raise ConfigError(
                f"no usage file has a column `{name}`, which `metrics:` in csq.yaml names",
                hint=f"did you mean `{near[0]}`?" if near else f"columns: {', '.join(headers)}",
            )


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
    return meaning(header, told) if told else by_words


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
        described.append(f"`{name}` {metric.kind}{' ' if how[0] == '(' else ', '}{how}")
    typed = typed.replace(metrics=metrics)
    if not any(metric.kind in SCORED for metric in metrics.values()) and typed.frame.height:
        _check_any_use(typed, unknown)
    if described:
        typed = typed.noting(f"metrics of {labels(typed.tables)}: {'; '.join(described)}")
    if instead:
        typed = typed.noting(f"no use, and so not scored, in {labels(typed.tables)}: {', '.join(instead)}")
    if unknown:
        text = f"not scored, as the name does not say whether it is use, in {labels(typed.tables)}: "
        text += ", ".join(f"`{header}`" for header in unknown)
        typed = typed.noting(f"{text}; `{metrics_line(unknown)}` in csq.yaml scores it", NoteKind.WARNING)
    return typed


def _check_any_use(typed: Typed, unknown: Sequence[str]) -> None:
    """Refuse a table of which nothing would be scored, unless a column of use is just empty."""
    header = typed.tables[0].header
    known = [meaning(name).metric for index, name in enumerate(header) if index not in typed.fields.values()]
    if any(metric and metric.kind in SCORED for metric in known):
        return
    hint = "`csq help metrics` lists what is known; `metrics: {HEADER: count}` in csq.yaml says that a column is use"
    if unknown:
        hint = f"if it is, say so in csq.yaml and leave out what is not: `{metrics_line(unknown)}`"
    raise InputError(
        f"nothing in {labels(typed.tables)} is known to be use, so nothing can be scored",
        location=Location(label=typed.tables[0].label, line=typed.tables[0].header_line, excerpt=",".join(header)),
        hint=hint,
    )


def metrics_line(headers: Iterable[str]) -> str:
    """The line of csq.yaml that makes columns count as use."""
    return f"metrics: {{{', '.join(f'{yaml_word(header)}: count' for header in headers)}}}"


def yaml_word(text: str) -> str:
    """A YAML key; anything that is not a plain word is quoted, as JSON quotes, which YAML reads."""
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) else json.dumps(text, ensure_ascii=False)


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
