"""The columns of a usage table that hold numbers: what each measures, and those of them that are scored or shown."""

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from csq.errors import ConfigError, InputError, Location
from csq.report import masked
from csq.roles import MONEY_FIELDS, Cell
from csq.sources.cells.numbers import read_numbers
from csq.sources.cells.values import Ambiguous, Cells, read_texts, squeeze
from csq.sources.columns.metrics import (
    SCORED,
    Meaning,
    Metric,
    kinds_asked,
    meaning,
    metric_name,
    metrics_line,
)
from csq.sources.columns.use_words import EVER, MOST
from csq.sources.reading.read import LINE, column
from csq.sources.rows.tables import ReadOptions, read_column
from csq.sources.rows.typed import FILE, Typed, labels
from csq.suggest import first
from csq.terms import Grain, MetricKind, NoteKind, Role

METRIC = "metric_"
"""Prefix of the columns of a usage table that hold numbers to score or show."""
_NO_NUMBERS = ("an id", "a date")
"""Columns that measure nothing, so that they do not make a table of a log."""
_ONE_TIME = "a running total, which tells nothing of one time alone"
_MONEY = tuple(f"`{name}`" for name in MONEY_FIELDS)


def is_use(header: str, options: ReadOptions) -> bool:
    """Whether a number with this header says how much was done."""
    metric = meaning(header, options.metrics.of(header)).metric
    return metric is not None and metric.kind in SCORED


def is_of_features(fields: Collection[str]) -> bool:
    """Whether a row tells how much a feature was used in a week, a month or a quarter, rather than an event."""
    return "feature" in fields and "period" in fields and "date" not in fields


def numbers_in(typed: Typed, options: ReadOptions) -> dict[str, tuple[int, Cells | None]]:
    """The columns whose cells are numbers for the most part, by metric name, with their position; `events` among them.

    Without cells it is a column of numbers that can be read in two ways; the question is put when it is to be used.
    Ids and dates are no numbers, and neither is what csq.yaml says to ignore.
    """
    taken = {index for name, index in typed.fields.items() if name != "events"}
    places = [
        index
        for index, header in enumerate(typed.tables[0].header)
        if index not in taken and header and meaning(header).instead not in _NO_NUMBERS
        if options.metrics.of(header) is not MetricKind.IGNORE
    ]
    found: dict[str, tuple[int, Cells | None]] = {}
    for index, cells in zip(places, read_numbers(typed.text[column(index)] for index in places), strict=True):
        name = _name(typed, index)
        if name in found:
            _refuse_twice(typed, found[name][0], index, options)
        elif isinstance(cells, Ambiguous):
            found[name] = index, None
        elif cells.values.count() > cells.unreadable.sum():
            found[name] = index, cells._replace(currency=None)  # use is no amount of money
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


def meaning_of(typed: Typed, name: str, index: int, options: ReadOptions) -> Meaning:
    """What a column measures: told by csq.yaml, a field that is known, by the export's preset, or by its words."""
    header = typed.tables[0].header[index]
    told, by_words = options.metrics.of(header), meaning(header)
    is_told = told is not None
    if told and by_words.instead in _MONEY:
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
    if found.metric and is_told:
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
    return Meaning(None, _ONE_TIME) if metric.running == EVER else Meaning(metric._replace(running=None))


def _told_elsewhere(header: str, options: ReadOptions) -> str | None:
    """The field of another role that a header was told to be."""
    others = (told for role, told in options.columns.items() if role is not Role.USAGE)
    return next((field for told in others for field, text in told.items() if squeeze(text) == squeeze(header)), None)


def add_metrics(typed: Typed, numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions) -> Typed:
    """Add a column for each number that is scored or shown, and say what the others are taken for.

    Raises:
        InputError: None of the numbers is known to be use.
    """
    metrics: dict[str, Metric] = {}
    instead, unknown = [], []
    places = {name: index for name, (index, _) in numbers.items()}
    for name, index in places.items():
        metric, what = meaning_of(typed, name, index, options)
        header = typed.tables[0].header[index]
        if metric is None:
            instead += [f"`{header}` ({what})"] if what else []
            unknown += [] if what else [header]
            continue
        metrics[name] = metric
    _refuse_many(typed, [name for name, metric in metrics.items() if not metric.is_told])
    typed = _with_metrics(typed, metrics, numbers, options)
    typed, shares = _percent(typed)
    described = [f"`{name}` {metric.word}{_how(metric, is_share=name in shares)}" for name, metric in metrics.items()]
    in_words = _in_words(typed, set(places.values()), options)
    if not any(metric.kind in SCORED for metric in metrics.values()) and typed.frame.height:
        _check_any_use(typed, unknown, in_words)
    for told in in_words.values():
        typed = typed.noting(f"{told}, and so not scored", NoteKind.WARNING)
    if described:
        typed = typed.noting(f"metrics of {labels(typed.tables)}: {first(described, '; ')}")
    if instead:
        typed = typed.noting(f"no use, and so not scored, in {labels(typed.tables)}: {first(instead)}")
    if unknown:
        text = f"not scored, as the name does not say whether it is use, in {labels(typed.tables)}: "
        text += first([f"`{header}`" for header in unknown])
        typed = typed.noting(
            f"{text}; {metrics_line(unknown)} in csq.yaml scores it",
            NoteKind.WARNING,
            asks=kinds_asked(unknown, MetricKind.IGNORE),
        )
    return typed


def _refuse_many(typed: Typed, known: Sequence[str]) -> None:
    """Refuse a table of more columns of use and of trouble than can tell anything. Raises InputError."""
    if len(known) > MOST:
        raise InputError(
            f"{len(known):,} columns of {labels(typed.tables)} are use or trouble: "
            f"{first([f'`{name}`' for name in known])}; csq takes up to {MOST:,} that nobody has named",
            location=typed.tables[0].where(),
            hint="export a row for each account and feature, or say in csq.yaml under `metrics:` what each column is",
        )


def _in_words(typed: Typed, numbers: Collection[int], options: ReadOptions) -> dict[str, str]:
    """The columns that would be use if their cells were numbers, with what is to be said of each."""
    taken = {*numbers, *typed.fields.values()}
    header = typed.tables[0].header
    uses = [place for place, name in enumerate(header) if place not in taken and name and is_use(name, options)]
    told = {}
    for place, cells in zip(uses, read_texts(typed.text[column(place)] for place in uses), strict=True):
        if cells.values.count():
            row = cells.values.is_not_null().arg_max() or 0
            file, line, cell = (*typed.frame.select(FILE, LINE).row(row), cells.values[row])
            told[header[place]] = f"`{header[place]}` holds no numbers: `{masked(cell)}` on line {line:,} of `{file}`"
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
            f"nothing in {labels(typed.tables)} can be scored: {first([*in_words.values()], '; ')}",
            location=typed.tables[0].where(),
            hint="export it as numbers, such as 1.5 for an hour and a half",
        )
    if len(uses) > len(totals):
        return
    unknown = [*unknown, *totals]
    hint = "`csq help metrics` lists what is known; `metrics: {HEADER: count}` in csq.yaml says that a column is use"
    if unknown:
        hint = f"if it is, say so in csq.yaml and leave out what is not: {metrics_line(unknown)}"
    raise InputError(
        f"nothing in {labels(typed.tables)} is known to be use, so nothing can be scored",
        location=Location(label=typed.tables[0].label, line=typed.tables[0].header_line, excerpt=",".join(header)),
        hint=hint,
        asks=kinds_asked(unknown, MetricKind.COUNT),
    )


def _with_metrics(
    typed: Typed, metrics: Mapping[str, Metric], numbers: Mapping[str, tuple[int, Cells | None]], options: ReadOptions
) -> Typed:
    """The same with a column for each metric. Nobody uses anything less than not at all: such a cell is a fault."""
    fields = {METRIC + name: numbers[name][0] for name in metrics}
    typed = typed.replace(fields={**typed.fields, **fields}, metrics=metrics)
    found = []
    for name, metric in metrics.items():
        index, cells = numbers[name]
        read = read_column(typed, METRIC + name, Cell.NUMBER, column(index), options, cells)
        if metric.kind in SCORED and float(read.values.min() or 0) < 0:  # type: ignore[arg-type]
            negative = (read.values < 0).fill_null(value=False)
            read = read.without(negative, f"a negative number, of {metric.kind}")
        found.append(read)
    return typed.adding(found)


def _how(metric: Metric, *, is_share: bool) -> str:
    """How a metric is read, after its kind."""
    if metric.kind is MetricKind.PERCENT:
        return " (read as a share of 1)" if is_share else " (read as 0-100)"
    return ", shown, not scored" if metric.kind is MetricKind.TROUBLE else ", more is better"


def _percent(typed: Typed) -> tuple[Typed, Collection[str]]:
    """Percent on 0-100: as written with a percent sign, else a share of 1 when no cell is above 1; which are such."""
    percents = [METRIC + name for name, metric in typed.metrics.items() if metric.kind is MetricKind.PERCENT]
    if not percents:
        return typed, ()
    sources = {name: column(typed.fields[name]) for name in percents}
    plain = {name: ~pl.col(source).str.contains("%", literal=True) for name, source in sources.items()}
    cells = typed.frame[percents].hstack(typed.text[[*sources.values()]])
    largest = cells.select(pl.col(name).filter(is_plain).max() for name, is_plain in plain.items()).row(0, named=True)
    shares = {name: plain[name] for name, most in largest.items() if most is not None and most <= 1.0}
    put = (pl.when(is_plain).then(pl.col(name) * 100).otherwise(name).alias(name) for name, is_plain in shares.items())
    return typed.with_columns(*cells.select(put)), {name.removeprefix(METRIC) for name in shares}
