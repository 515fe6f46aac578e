"""Survey answers: each score's kind, its scale and its place on 0-100.

A file may hold one score column and say the kind of each row (`survey`), or one column per kind
(`csat`, `nps`, `ces`). Either way one typed row per answer or unanswered request comes out.
"""

import re

import polars as pl

from csq.errors import InputError, UsageError
from csq.report import Note
from csq.sources.fields import Cell
from csq.sources.headers import missing_column
from csq.sources.read import TextTable, column
from csq.sources.scales import (
    Scale,
    UnknownScale,
    kind_of,
    parse_scale,
    read_words,
    scale_in_header,
    smallest_scale,
    to_hundred,
)
from csq.sources.tables import FILE, ReadOptions, Typed, convert, labels, read_fields
from csq.sources.values import tidy
from csq.terms import NoteKind, Role, Survey

SCORES = ("score", "nps", "ces")
NOT_ASKED = ("not sent", "bounced", "failed", "undelivered", "not offered", "unoffered", "cancelled", "canceled")
"""Values of a status column that say that the question never reached anybody."""


def read_survey(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read the answers of files with one header.

    The frame gains `answer` (0-100, null = asked and silent), `survey` (a `terms.Survey`), `at` (when
    answered, else sent; Datetime), `respondent`, `asked` (false: the request never reached anybody).

    Raises:
        InputError: No score column, or a scale that nothing settles.
    """
    typed = read_fields(tables, Role.CSAT, options)
    scores = [name for name in SCORES if name in typed.fields]
    if not scores:
        raise missing_column(tables[0], Role.CSAT, "score")
    frame = typed.frame
    have = frame.columns

    def either(*names: str, dtype: pl.DataType) -> pl.Expr:
        known = [pl.col(name) for name in names if name in have]
        return pl.coalesce(known) if known else pl.lit(None, dtype=dtype)

    role = either("role", dtype=pl.String()).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "_")
    frame = frame.with_columns(
        at=either("submitted_at", "sent_at", dtype=pl.Datetime("us")),
        respondent=either("user_id", "email", dtype=pl.String()),
        role=role,
        comment=either("comment", dtype=pl.String()),
        responses=either("responses", dtype=pl.Int64()),
        asked=~either("status", dtype=pl.String()).str.to_lowercase().is_in(NOT_ASKED).fill_null(value=False),
        asked_known=pl.lit("status" in have or "sent_at" in have),
    )
    typed = typed.replace(frame=frame)
    if "submitted_at" in typed.fields and options.run_day:
        late = (frame["at"].dt.date() > options.run_day).fill_null(value=False)
        typed = typed.reject(late, "submitted_at", "date after the run day")
    parts = []
    for name in scores:
        typed, answers = _read_scores(typed, name, options)
        parts.append(typed.frame.with_columns(answers))
    return typed.replace(frame=pl.concat(parts))


def _read_scores(typed: Typed, name: str, options: ReadOptions) -> tuple[Typed, pl.DataFrame]:
    """Columns `answer` and `survey` for one score column; unreadable scores become rejects."""
    header = typed.header(name)
    text = typed.text[column(typed.fields[name])]
    fixed = kind_of(header, name)
    if "survey" in typed.fields and name == "score":
        kinds = typed.frame["survey"].map_elements(lambda word: str(kind_of("", word)), return_dtype=pl.String())
        kinds = kinds.fill_null(str(fixed))
    else:
        kinds = pl.repeat(str(fixed), len(text), dtype=pl.String(), eager=True)
    tidied = tidy(text)
    silent = tidied.null_count()
    if silent:
        count = f"{silent:,} of {len(tidied):,} rows of {labels(typed.tables)}"
        told = Note(kind=NoteKind.CHOICE, text=f"{count} have no `{header}`: counted as asked, without an answer")
        typed = typed.replace(notes=(*typed.notes, told))
    words = read_words(tidied)
    if words is not None:
        typed = typed.reject(tidied.is_not_null() & words.is_null(), name, "not an answer csq knows in words")
        note = Note(kind=NoteKind.CHOICE, text=f"answers in words in `{header}` put on 0-100")
        return typed.replace(notes=(*typed.notes, note)), pl.DataFrame({"answer": words, "survey": kinds})
    numbers = convert(typed, name, Cell.NUMBER, _leading_number(text), options)
    typed = typed.reject(numbers.unreadable, name, "score is not a number")
    answers = pl.Series([None] * len(text), dtype=pl.Float64())
    for kind in Survey:
        of_kind = kinds == str(kind)
        if not (of_kind & numbers.values.is_not_null()).any():
            continue
        for label, scale in _scales(typed, header, kind, numbers.values.set(~of_kind, None), options).items():
            here = of_kind & (typed.frame[FILE] == label)
            points = to_hundred(numbers.values, scale)
            outside = here & numbers.values.is_not_null() & points.is_null()
            typed = typed.reject(outside, name, f"score outside the scale {scale}")
            answers = answers.zip_with(~here, points)
            note = Note(kind=NoteKind.CHOICE, text=f"scale {scale} for {kind} in `{label}`: {scale.why}")
            typed = typed.replace(notes=(*typed.notes, note))
    return typed, pl.DataFrame({"answer": answers, "survey": kinds})


def _leading_number(text: pl.Series) -> pl.Series:
    """`10 - Extremely likely` and `0 (Not at all likely)` stand for their number."""
    number = text.str.extract(r"^\s*(\d{1,3})\s*(?:[-\u{2013}:(].*[[:alpha:]].*)$")
    return pl.select(pl.coalesce(pl.lit(number), pl.lit(text))).to_series()


def _scales(typed: Typed, header: str, kind: Survey, values: pl.Series, options: ReadOptions) -> dict[str, Scale]:
    """The scale of one survey kind in each file; a file that settles none takes that of files with its header."""
    told = _told(options, typed)
    found: dict[str, Scale] = {}
    unsettled: dict[str, UnknownScale] = {}
    for table in typed.tables:
        here = values.filter(typed.frame[FILE] == table.label).drop_nulls()
        named = told.get(table.label) or told.get("") or scale_in_header(header, kind)
        if named:
            found[table.label] = named
        elif len(here):
            try:
                found[table.label] = smallest_scale(here)
            except UnknownScale as question:
                unsettled[table.label] = question
    by_sister = {str(scale): scale for scale in found.values()}
    if len(by_sister) > 1 and not told:
        names = ", ".join(f"`{label}` {scale}" for label, scale in found.items())
        raise InputError(
            f"files with the same columns seem to have different scales: {names}",
            hint="say which: `--csat-scale LOW-HIGH`, or `--csat-scale FILE=LOW-HIGH` for one of them",
        )
    for label, unknown in unsettled.items():
        sister = next(iter(by_sister.values()), None)
        if sister is None or not sister.low <= unknown.low <= unknown.high <= sister.high:
            raise _no_scale(typed, header, label, unknown)
        found[label] = Scale(sister.low, sister.high, "that of the other files with these columns")
    return found


def _told(options: ReadOptions, typed: Typed) -> dict[str, Scale]:
    """Scales told by flag, by file label; the key is empty for all files."""
    told: dict[str, Scale] = {}
    for text in options.csat_scale:
        name, _, scale = text.rpartition("=")
        labels = [table.label for table in typed.tables if re.search(rf"(^|/){re.escape(name)}$", table.label)]
        try:
            for label in labels if name else [""]:
                told[label] = parse_scale(scale)
        except ValueError:
            raise UsageError(
                f"`--csat-scale {text}` is no scale", hint="write the lowest and the highest answer: `--csat-scale 1-5`"
            ) from None
    return told


def _no_scale(typed: Typed, header: str, label: str, unknown: UnknownScale) -> InputError:
    table = next(table for table in typed.tables if table.label == label)
    fits = f"; scales that hold them: {', '.join(unknown.candidates)}" if unknown.candidates else ""
    span = f"the answers go from {unknown.low:g} to {unknown.high:g}"
    return InputError(
        f"no scale is certain for `{header}` in `{label}`: {span}{fits}",
        location=table.where(),
        hint="say which: `--csat-scale LOW-HIGH`, such as `--csat-scale 1-5`",
    )
