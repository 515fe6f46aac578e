"""Survey answers: each score's kind, its scale and its place on 0-100.

A file may hold one score column and say the kind of each row (`survey`), or one column per kind
(`csat`, `nps`, `ces`). Either way one typed row per answer or unanswered request comes out.
"""

import re
from pathlib import Path

import polars as pl

from csq.errors import InputError
from csq.fate import ROWS
from csq.sources.cells.answer_words import ANSWERED, ASKED, UNANSWERED, UNASKED, WAITING
from csq.sources.cells.answers import LONGEST, plain
from csq.sources.cells.values import nowhere, tidy
from csq.sources.columns.headers import missing_column
from csq.sources.reading.read import TextTable, column
from csq.sources.roles.figures import read_figures
from csq.sources.roles.scales import Scale, kind_of, smallest_scale
from csq.sources.roles.score import count_silent, drop_codes, open_scores, read_told, read_worded, refuse_mixtures
from csq.sources.rows.tables import ReadOptions, read_fields
from csq.sources.rows.typed import FILE, Typed, labels
from csq.terms import Role, Survey

SCORES = ("score", "nps", "ces")
NOT_ASKED = ("not sent", "bounced", "failed", "undelivered", "not offered", "unoffered", "cancelled", "canceled")
"""Values of a status column that say that the question never reached anybody."""


def read_survey(tables: tuple[TextTable, ...], options: ReadOptions) -> Typed:
    """Read the answers of files with one header.

    The frame gains `answer` (0-100, null = asked and silent), `survey` (a `terms.Survey`), `at` (when
    answered, else sent; Datetime), `respondent`, `asked` (false: the request never reached anybody), and what is open:
    `score.QUESTION`, `score.OTHER`. `score.SIDE` is 1 for a promoter, -1 for a detractor.

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
        respondent=either(*_person(typed.frame), dtype=pl.String()),
        role=role,
        comment=either("comment", dtype=pl.String()),
        responses=either("responses", dtype=pl.Int64()),
        asked=~either("status", dtype=pl.String()).str.to_lowercase().is_in(NOT_ASKED).fill_null(value=False),
        asked_known=pl.lit("status" in have or "sent_at" in have),
    )
    typed = _without_nobodys(typed, scores)
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
    return typed.replace(frame=pl.concat(parts, how="diagonal"), text=pl.concat([typed.text] * len(parts)))


def _without_nobodys(typed: Typed, scores: list[str]) -> Typed:
    """A score of nought answers is nobody's, whatever it says: told as a fault of its count, and not read."""
    if "responses" not in typed.fields:
        return typed
    nobody = (typed.frame["responses"] < 1).fill_null(value=False)
    cells = [column(typed.fields[name]) for name in scores]
    scored = typed.text.select(pl.any_horizontal(pl.col(cells).str.strip_chars() != "")).to_series()
    typed = typed.fault(
        nobody & scored.fill_null(value=False), "responses", "no number of answers, so its score is nobody's"
    )
    text = typed.text.with_columns(typed.text[name].set(nobody, "") for name in cells)
    return typed.replace(text=text).with_columns(typed.frame["responses"].set(nobody, None))


def _person(frame: pl.DataFrame) -> tuple[str, ...]:
    """What names the respondent first: the id; beside an id that is new in each row, as an answer's is, the e-mail."""
    if "email" not in frame.columns or "user_id" not in frame.columns:
        return "user_id", "email"
    ids = frame["user_id"].drop_nulls()
    return ("email", "user_id") if ids.n_unique() == len(ids) else ("user_id", "email")


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


def _read_scores(typed: Typed, name: str, options: ReadOptions) -> tuple[Typed, list[pl.Series]]:
    """What the frame gains of one score column: answers, kinds, what is known of asking. The unreadable are rejects."""
    text, asking = _answers_only(typed, typed.text[column(typed.fields[name])])
    unanswered = _said_unanswered(typed)
    if unanswered.any():
        unanswered &= tidy(text).is_not_null()
        text = text.set(unanswered, None)
    kinds = _kinds(typed, name, text)
    scores = open_scores(typed, name, text, kinds, options)
    if unanswered.any():
        count_silent(scores, unanswered, f"are no answers, as `{typed.header('status')}` says")
    silent = int((scores.tidied.is_null() & asking["asked"]).sum()) if scores.tidied.null_count() else 0
    if silent:
        count = f"{silent:,} of {len(text):,} rows of {labels(typed.tables)}"
        scores.typed = scores.typed.noting(f"{count} have no `{scores.header}`: counted as asked, without an answer")
    read_told(scores)
    drop_codes(scores)
    refuse_mixtures(scores)
    read_worded(scores)
    read_figures(scores, _asked_in(typed, name), _preset_scales(typed, name))
    return scores.typed, [*asking, *scores.columns(), kinds.alias("survey")]


def _answers_only(typed: Typed, text: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """Score cells without those that speak of asking, and `asked` and `asked_known` with what these say."""
    known = {*UNASKED, *ASKED}
    cells = ((cell, plain(cell.strip()[:LONGEST])) for cell in text.unique())
    spelled = {cell: words for cell, words in cells if words in known}
    if not spelled:
        return text, typed.frame[["asked", "asked_known"]]
    words = text.replace_strict(spelled, default=None, return_dtype=pl.String())
    unasked, asked = words.is_in(UNASKED).fill_null(value=False), words.is_in(ASKED).fill_null(value=False)
    asking = typed.frame.select(
        asked=pl.col("asked") & ~pl.lit(unasked), asked_known=pl.col("asked_known") | pl.lit((unasked | asked).any())
    )
    return text.set(unasked | asked, None), asking


def _said_unanswered(typed: Typed) -> pl.Series:
    """Rows whose status says that nobody answered, so that a number in them is what a tool writes for none."""
    if "status" not in typed.frame.columns:
        return nowhere(typed.frame.height)
    spelled = {word: plain(word) for word in typed.frame["status"].drop_nulls().unique()}
    words = typed.frame["status"].replace_strict(spelled, default=None, return_dtype=pl.String())
    told_apart = words.is_in(ANSWERED).any()
    return words.is_in((*UNANSWERED, *WAITING) if told_apart else UNANSWERED).fill_null(value=False)


def _asked_in(typed: Typed, name: str) -> str:
    """Header and labels of a column: all that says what it asks after."""
    texts = (typed.header(name), *(row[typed.fields[name]] for row in typed.tables[0].extra_headers))
    return " ".join(texts)


def _kinds(typed: Typed, name: str, text: pl.Series) -> pl.Series:
    """The kind of survey of each row: its own word where the file has one, else that of the column or of the file."""
    asked = kind_of(_asked_in(typed, name), "" if name == "score" else name)
    if name == "score" and typed.preset:
        asked = typed.preset.survey or _kind_by_scale(typed, text) or asked
    by_file = {table.label: str(asked or _kind_of_file(table.label) or Survey.CSAT) for table in typed.tables}
    fixed = typed.frame[FILE].replace_strict(by_file, return_dtype=pl.String())
    if "survey" not in typed.fields or name != "score":
        return fixed
    own = {
        word: kind and str(kind) for word in typed.frame["survey"].drop_nulls().unique() for kind in [kind_of("", word)]
    }
    told = typed.frame["survey"].replace_strict(own, default=None, return_dtype=pl.String())
    return told.zip_with(told.is_not_null(), fixed)


def _kind_of_file(label: str) -> Survey | None:
    """The kind of survey that a file's name speaks of by a word of its own."""
    words = re.split(r"[\W_]+", Path(label).name.casefold())
    return Survey.NPS if "nps" in words else Survey.CES if "ces" in words else None


def _kind_by_scale(typed: Typed, text: pl.Series) -> Survey | None:
    """The kind of survey that the scale of an export tells, where it has one scale for each kind."""
    preset = typed.preset
    by_scale = {(low, high): kind for low, high, kind in preset.scales} if preset else {}
    if not by_scale or "survey" in typed.fields:
        return None
    values = tidy(text).cast(pl.Float64, strict=False).drop_nulls()
    if len(by_scale) == 1 or not len(values):
        return next(iter(by_scale.values()))
    scale = smallest_scale(values, tuple(by_scale))
    if scale is None:
        fits = ", ".join(f"{low:g}-{high:g}" for low, high in by_scale)
        raise InputError(
            f"no scale is certain for `{typed.header('score')}` in `{typed.tables[0].label}`: "
            f"the export may have {fits}, and no answer is at the top of one that holds all",
            location=typed.tables[0].where(),
            hint="export each survey by itself, with a column `survey` that names its kind: csat, nps or ces",
        )
    return by_scale[scale]


def _preset_scales(typed: Typed, name: str) -> dict[Survey, Scale]:
    """The scale that the export has for each kind of survey."""
    if typed.preset is None or name != "score":
        return {}
    return {kind: Scale(low, high, f"that of {typed.preset.name}") for low, high, kind in typed.preset.scales}
