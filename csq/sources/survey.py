"""Survey answers: each score's kind, its scale and its place on 0-100.

A file may hold one score column and say the kind of each row (`survey`), or one column per kind
(`csat`, `nps`, `ces`). Either way one typed row per answer or unanswered request comes out.
"""

import re

import polars as pl

from csq.errors import InputError, UsageError
from csq.fate import ROWS
from csq.roles import Cell
from csq.sources.headers import missing_column
from csq.sources.read import TextTable, column
from csq.sources.scales import (
    ASKED,
    UNASKED,
    Scale,
    UnknownScale,
    kind_of,
    parse_scale,
    read_words,
    scale_in_header,
    smallest_scale,
    to_hundred,
)
from csq.sources.tables import ReadOptions, convert, read_fields
from csq.sources.typed import FILE, Typed, labels
from csq.sources.values import tidy
from csq.terms import Role, Survey

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
        raise _no_score(tables[0])
    have = typed.frame.columns

    def either(*names: str, dtype: pl.DataType) -> pl.Expr:
        known = [pl.col(name) for name in names if name in have]
        return pl.coalesce(known) if known else pl.lit(None, dtype=dtype)

    role = either("role", dtype=pl.String()).str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "_")
    typed = typed.with_columns(
        at=either("submitted_at", "sent_at", dtype=pl.Datetime("us")),
        respondent=either("user_id", "email", dtype=pl.String()),
        role=role,
        comment=either("comment", dtype=pl.String()),
        responses=either("responses", dtype=pl.Int64()),
        asked=~either("status", dtype=pl.String()).str.to_lowercase().is_in(NOT_ASKED).fill_null(value=False),
        asked_known=pl.lit("status" in have or "sent_at" in have),
    )
    if "submitted_at" in typed.fields and options.run_day:
        late = (typed.frame["at"].dt.date() > options.run_day).fill_null(value=False)
        typed = typed.reject(late, "submitted_at", "date after the run day")
    found = []
    for name in scores:
        typed, answers = _read_scores(typed, name, options)
        found.append(answers)
    # A line that answers several surveys stands in the frame for each, and is one row of its file.
    parts = [
        typed.frame.with_columns(*answers, pl.lit(int(place == 0), dtype=pl.Int64()).alias(ROWS))
        for place, answers in enumerate(found)
    ]
    return typed.replace(frame=pl.concat(parts), text=pl.concat([typed.text] * len(parts)))


def _no_score(table: TextTable) -> InputError:
    """No column holds a score; where the export numbers its questions, the choice is among these."""
    fault = missing_column(table, Role.CSAT, "score")
    rows = (table.header, *table.extra_headers)
    asked = [
        f"`{header}`" + "".join(f" ({row[index]})" for row in rows[1:2])
        for index, header in enumerate(table.header)
        if re.fullmatch(r"Q\d+(_\d+)*|.+\?", header)
    ]
    if not asked:
        return fault
    hint = f"name the question that asks for it, `--column score=HEADER`: {', '.join(asked[:5])}"
    return InputError(fault.message, location=table.where(), hint=hint)


def _read_scores(typed: Typed, name: str, options: ReadOptions) -> tuple[Typed, pl.DataFrame]:
    """Columns `answer`, `survey` and what is known of asking for one score column; unreadable scores become rejects."""
    header = typed.header(name)
    text, asking = _answers_only(typed, typed.text[column(typed.fields[name])])
    tidied = tidy(text)
    silent = int((tidied.is_null() & asking["asked"]).sum())
    if silent:
        count = f"{silent:,} of {len(tidied):,} rows of {labels(typed.tables)}"
        typed = typed.noting(f"{count} have no `{header}`: counted as asked, without an answer")
    worded = read_words(tidied)
    if worded is not None:
        kinds = _kinds(typed, name, kind_of(_asked_in(typed, name), name))
        typed = typed.reject(tidied.is_not_null() & worded.points.is_null(), name, "not an answer csq knows in words")
        typed = typed.noting(f"answers in words in `{header}` put on 0-100, {worded.scale}")
        return typed, asking.with_columns(answer=worded.points, survey=kinds)
    numbers = convert(typed, name, Cell.NUMBER, _leading_number(text), options)
    typed = typed.reject(numbers.unreadable, name, "score is not a number")
    kinds = _kinds(typed, name, _kind_by_scale(typed, name, numbers.values))
    answers = pl.Series([None] * len(text), dtype=pl.Float64())
    for kind in Survey:
        of_kind = kinds == str(kind)
        if not (of_kind & numbers.values.is_not_null()).any():
            continue
        for label, scale in _scales(typed, name, kind, numbers.values.set(~of_kind, None), options).items():
            here = of_kind & (typed.frame[FILE] == label)
            points = to_hundred(numbers.values, scale)
            outside = here & numbers.values.is_not_null() & points.is_null()
            typed = typed.reject(outside, name, f"score outside the scale {scale}")
            answers = answers.zip_with(~here, points)
            typed = typed.noting(f"scale {scale} for {kind} in `{label}`: {scale.why}")
    return typed, asking.with_columns(answer=answers, survey=kinds)


def _answers_only(typed: Typed, text: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """Score cells without those that speak of asking, and `asked` and `asked_known` with what these say."""
    words = text.str.strip_chars().str.to_lowercase()
    unasked, asked = words.is_in(UNASKED), words.is_in(ASKED)
    asking = typed.frame.select(
        asked=pl.col("asked") & ~pl.lit(unasked), asked_known=pl.col("asked_known") | pl.lit((unasked | asked).any())
    )
    return text.set(unasked | asked, None), asking


def _asked_in(typed: Typed, name: str) -> str:
    """Header and labels of a column: all that says what it asks after."""
    texts = (typed.header(name), *(row[typed.fields[name]] for row in typed.tables[0].extra_headers))
    return " ".join(texts)


def _kind_by_scale(typed: Typed, name: str, values: pl.Series) -> Survey:
    """The kind of survey of a score column; the scale tells it where the export has one kind for each."""
    preset = typed.preset
    if preset is None or not preset.scales or name != "score" or "survey" in typed.fields or not values.count():
        return kind_of(_asked_in(typed, name), name)
    by_scale = {(low, high): kind for low, high, kind in preset.scales}
    try:
        scale = smallest_scale(values.drop_nulls(), tuple(by_scale))
    except UnknownScale as unknown:
        if len(by_scale) > 1:
            raise _no_scale(typed, typed.header(name), typed.tables[0].label, unknown) from None
        return next(iter(by_scale.values()))
    return by_scale[scale.low, scale.high]


def _kinds(typed: Typed, name: str, fixed: Survey) -> pl.Series:
    """The kind of survey of each row: its own word where the file has one, else that of the column."""
    if typed.preset and typed.preset.survey and name == "score":
        fixed = typed.preset.survey
    if "survey" not in typed.fields or name != "score":
        return pl.repeat(str(fixed), typed.frame.height, dtype=pl.String(), eager=True)
    words = {word: str(kind_of("", word)) for word in typed.frame["survey"].drop_nulls().unique()}
    return typed.frame["survey"].replace_strict(words, default=str(fixed), return_dtype=pl.String())


def _leading_number(text: pl.Series) -> pl.Series:
    """`10 - Extremely likely`, `0 (Not at all likely)` and `Extremely likely - 10` stand for their number."""
    first = text.str.extract(r"^\s*([0-9]{1,3})\s*(?:[-\u{2013}:(].*[[:alpha:]].*)$")
    last = text.str.extract(r"^\s*[[:alpha:]][^0-9]*[-\u{2013}:(]\s*([0-9]{1,3})\)?\s*$")
    stars = text.str.extract(r"(?i)^\s*([0-9]{1,2}(?:\.[0-9])?)\s*(?:stars?|/ ?[0-9]{1,3}|out of [0-9]{1,3})\s*$")
    return pl.select(pl.coalesce(pl.lit(first), pl.lit(last), pl.lit(stars), pl.lit(text))).to_series()


def _scales(typed: Typed, name: str, kind: Survey, values: pl.Series, options: ReadOptions) -> dict[str, Scale]:
    """The scale of one survey kind in each file; a file that settles none takes that of files with its header."""
    told, header = _told(options, typed), typed.header(name)
    found: dict[str, Scale] = {}
    unsettled: dict[str, UnknownScale] = {}
    for table in typed.tables:
        here = values.filter(typed.frame[FILE] == table.label).drop_nulls()
        named = told.get(table.label) or told.get("") or _preset_scale(typed, name, kind)
        named = named or scale_in_header(_asked_in(typed, name), header, kind)
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


def _preset_scale(typed: Typed, name: str, kind: Survey) -> Scale | None:
    """The scale that the export has for a kind of survey."""
    if typed.preset is None or name != "score":
        return None
    found = [(low, high) for low, high, of_kind in typed.preset.scales if of_kind is kind]
    return Scale(*found[0], f"that of {typed.preset.name}") if found else None


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
